//! The shape of the code: who may import whom, what stays pure, and how long a file may be. It reads `src/` as text.
//!
//! The picture is in CONTRIBUTING.md and in `docs/architecture.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of a file without its tests.
const FILE_LINES_MAX: usize = 400;
/// The most lines of a function, from `fn` to its last brace.
const FUNCTION_LINES_MAX: usize = 70;

/// Modules of the crate that every other may use; they use none, but for [`LEAVES_USE`].
const LEAVES: &[&str] = &[
    "clock",
    "ids",
    "language",
    "money",
    "period",
    "schema",
    "statement",
];

/// What leaves may use: the one that chooses a person's formats.
const LEAVES_USE: &[&str] = &["language"];

/// What each module may use beside the leaves and itself.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "web",
            "jobs",
            "exchange",
            "demo",
            "reports",
            "ledger",
            "households",
            "users",
            "auth",
            "mail",
            "db",
            "config",
            "telemetry",
        ],
    ),
    (
        "web",
        &[
            "charts",
            "jobs",
            "exchange",
            "demo",
            "reports",
            "ledger",
            "households",
            "users",
            "auth",
            "cache",
            "mail",
            "db",
            "config",
        ],
    ),
    (
        "jobs",
        &[
            "exchange",
            "demo",
            "reports",
            "ledger",
            "households",
            "users",
            "auth",
            "mail",
            "db",
            "config",
        ],
    ),
    ("charts", &[]),
    // A write transaction's error is db's; whoever wants one of their own names it.
    (
        "exchange",
        &["reports", "ledger", "households", "users", "db::DbError"],
    ),
    ("demo", &["ledger", "households", "users", "db::DbError"]),
    ("reports", &["ledger", "households", "users"]),
    ("ledger", &["households", "users"]),
    ("households", &["users"]),
    ("users", &["households"]),
    ("auth", &[]),
    // Its config says where, and what it keeps elsewhere bears a seal.
    ("cache", &["auth::seal", "config"]),
    // Its config says where it goes out.
    ("mail", &["config"]),
    ("db", &["households"]),
    ("config", &[]),
    ("telemetry", &["config"]),
];

/// Crates with an own layer, and the modules that may name them.
const OUTSIDERS: &[(&[&str], &[&str])] = &[
    (
        &[
            "actix_web",
            "actix_session",
            "actix_rt",
            "tracing_actix_web",
            "rust_embed",
        ],
        &["web"],
    ),
    (&["askama"], &["web", "mail"]),
    // The config refuses a mailbox that no mail can be from.
    (&["lettre"], &["mail", "config"]),
    (&["cron"], &["jobs"]),
    (
        &["diesel", "diesel_migrations", "pq_sys", "r2d2"],
        &[
            "db",
            "schema",
            "statement",
            "ids",
            "users",
            "households",
            "ledger",
            "reports",
            "exchange",
            "demo",
            "jobs",
        ],
    ),
    (&["clap", "comfy_table", "indicatif", "rpassword"], &["cli"]),
    (&["plotters", "plotters_backend"], &["charts"]),
    (
        &[
            "argon2",
            "chacha20poly1305",
            "hmac",
            "jsonwebtoken",
            "qrcode",
            "totp_rs",
        ],
        &["auth"],
    ),
    (&["icu_normalizer", "woothee"], &["web"]),
    (&["ipnet"], &["config", "web"]),
    (&["dotenvy"], &["config"]),
    (&["deadpool_redis", "moka", "redis", "rustls"], &["cache"]),
];

/// Words that a pure file has no use for.
const IMPURE: &[&str] = &[
    "Clock",
    "Instant",
    "SystemTime",
    "Utc",
    "Local",
    "PgConnection",
    "diesel",
    "env",
    "fs",
    "io",
    "net",
    "process",
    "rand",
    "statement",
    "thread",
    "tokio",
    "tracing",
    "f32",
    "f64",
];

/// One source file.
struct Source {
    /// `src/ledger/rules.rs`
    file: String,
    /// `ledger::rules`
    module: Vec<String>,
    /// As it is written, without its tests.
    text: String,
    /// Without its tests, comments and the content of strings.
    code: String,
}

impl Source {
    fn top(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }

    /// Whether its module is this one or lies in it.
    fn within(&self, module: &str) -> bool {
        starts_with(&self.module, module)
    }

    /// All paths into this crate that its code names, such as `ledger::rules::plan`.
    fn paths(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        let words = words(&self.code);
        for (index, word) in words.iter().enumerate() {
            let begins = matches!(*word, "crate" | "super" | "self")
                && words.get(index + 1) == Some(&"::")
                && (index == 0 || words[index - 1] != "::");
            if begins {
                let mut base = match *word {
                    "crate" => Vec::new(),
                    "self" => self.module.clone(),
                    _ => parent(&self.module),
                };
                let mut rest = &words[index + 2..];
                while let ["super", "::", more @ ..] = rest {
                    base = parent(&base);
                    rest = more;
                }
                tree(&base, &mut rest, &mut found);
            }
        }
        found
    }
}

fn parent(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

fn starts_with(path: &[String], module: &str) -> bool {
    let wanted: Vec<&str> = module.split("::").collect();
    path.len() >= wanted.len() && path.iter().zip(&wanted).all(|(one, other)| one == other)
}

/// Reads `a::{b, c::d}` after its base.
fn tree(base: &[String], rest: &mut &[&str], found: &mut Vec<Vec<String>>) {
    let mut path = base.to_vec();
    loop {
        match rest {
            ["{", more @ ..] => {
                *rest = more;
                while !rest.is_empty() && rest[0] != "}" {
                    tree(&path, rest, found);
                    if rest.first() == Some(&",") {
                        *rest = &rest[1..];
                    }
                }
                *rest = rest.get(1..).unwrap_or_default();
                return;
            }
            [word, more @ ..] if is_name(word) => {
                path.push((*word).to_owned());
                *rest = more;
                if let ["as", _, more @ ..] = *rest {
                    *rest = more;
                }
                match *rest {
                    ["::", more @ ..] => *rest = more,
                    _ => break,
                }
            }
            ["*", more @ ..] => {
                *rest = more;
                break;
            }
            _ => break,
        }
    }
    found.push(path);
}

fn is_name(word: &str) -> bool {
    word.chars().all(|one| one.is_alphanumeric() || one == '_')
}

/// Names, `::`, and single other characters.
fn words(code: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|one: char| !one.is_alphanumeric() && one != '_')
                .unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        words.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    words
}

/// Takes out comments and the content of strings and characters; lines stay lines.
fn bare(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    let skip = |rest: &mut &str, length: usize, code: &mut String| {
        code.extend(rest[..length].chars().filter(|one| *one == '\n'));
        *rest = &rest[length..];
    };
    while let Some(first) = rest.chars().next() {
        let raw = rest
            .strip_prefix('r')
            .map(|after| after.len() - after.trim_start_matches('#').len());
        let whole_word = !code.ends_with(|one: char| one.is_alphanumeric() || one == '_');
        if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            skip(&mut rest, length, &mut code);
        } else if rest.starts_with("/*") {
            let length = rest.find("*/").unwrap() + 2;
            skip(&mut rest, length, &mut code);
        } else if let Some(hashes) = raw.filter(|hashes| whole_word && rest[1 + hashes..].starts_with('"')) {
            let end = format!("\"{}", "#".repeat(hashes));
            let length = rest[2 + hashes..].find(&end).unwrap() + 2 + hashes + end.len();
            code.push_str("\"\"");
            skip(&mut rest, length, &mut code);
        } else if first == '"' {
            let mut length = 1;
            let bytes = rest.as_bytes();
            while bytes[length] != b'"' {
                length += if bytes[length] == b'\\' { 2 } else { 1 };
            }
            code.push_str("\"\"");
            skip(&mut rest, length + 1, &mut code);
        } else if let Some(length) = character(rest) {
            code.push_str("' '");
            skip(&mut rest, length, &mut code);
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

/// The length of a character literal, which is told from a lifetime by its end.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escaped) = inner.strip_prefix('\\') {
        let first = escaped.chars().next()?.len_utf8();
        return Some(2 + first + escaped[first..].find('\'')? + 1);
    }
    let first = inner.chars().next()?.len_utf8();
    inner[first..].starts_with('\'').then_some(first + 2)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let found: Vec<_> = files(&root().join("src"), ".rs")
        .iter()
        .map(|path| read(path))
        .collect();
    assert!(found.len() > 60, "src/ was not found");
    found
}

fn read(path: &Path) -> Source {
    let file = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    let whole = fs::read_to_string(path).unwrap();
    // Tests stand at the end of a file.
    let text = whole.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    Source {
        code: bare(&text),
        file,
        module,
        text,
    }
}

/// Runs a rule over all files and shows every breach at once.
#[track_caller]
fn hold(rule: impl Fn(&Source) -> Vec<String>) {
    let mut breaches = BTreeSet::new();
    for source in sources() {
        for breach in rule(&source) {
            breaches.insert(format!("{}: {breach}", source.file));
        }
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
}

fn names(source: &Source) -> BTreeSet<&str> {
    words(&source.code).into_iter().collect()
}

#[test]
fn imports_go_one_way() {
    hold(|source| {
        let top = source.top();
        if top == "lib" {
            return Vec::new(); // main.rs and lib.rs name the modules
        }
        let (uses, leaves) = match LAYERS.iter().find(|(module, _)| *module == top) {
            Some((_, uses)) => (*uses, LEAVES),
            None if LEAVES.contains(&top) => (LEAVES_USE, &[][..]),
            None => {
                return vec![format!(
                    "{top} is new: give it a place in LAYERS of tests/it/architecture.rs"
                )];
            }
        };
        let paths = source.paths();
        paths
            .iter()
            .filter(|path| {
                let may = |module: &&str| starts_with(path, module);
                !path.is_empty() && !may(&top) && !uses.iter().any(may) && !leaves.iter().any(may)
            })
            .map(|path| format!("{top} may not use {}", path.join("::")))
            .collect()
    });
}

#[test]
fn each_outsider_stays_in_its_layer() {
    hold(|source| {
        let names = names(source);
        let mut breaches = Vec::new();
        for (crates, modules) in OUTSIDERS {
            let serves = source.file == "src/cli/serve.rs"; // it starts the server
            for name in *crates {
                if names.contains(name)
                    && !modules.contains(&source.top())
                    && !(serves && *name == "actix_web")
                {
                    breaches.push(format!("{name} is for {}", modules.join(", ")));
                }
            }
        }
        breaches
    });
}

#[test]
fn pages_and_api_do_not_know_each_other() {
    hold(|source| {
        let other = if source.within("web::pages") {
            "web::api"
        } else if source.within("web::api") {
            "web::pages"
        } else {
            return Vec::new();
        };
        let paths = source.paths();
        let uses = paths.iter().filter(|path| starts_with(path, other));
        uses.map(|path| path.join("::")).collect()
    });
}

#[test]
fn rules_and_numbers_are_pure() {
    let pure = |source: &Source| {
        ["charts", "language", "money", "period"].contains(&source.top()) || source.within("ledger::rules")
    };
    assert!(sources().iter().filter(|source| pure(source)).count() > 10);
    hold(|source| {
        if !pure(source) {
            return Vec::new();
        }
        let names = names(source);
        let used = IMPURE.iter().filter(|name| names.contains(*name));
        used.map(|name| format!("{name} has no place in it")).collect()
    });
}

#[test]
fn the_environment_is_read_in_one_place() {
    hold(|source| {
        let words = words(&source.code);
        let reads = |function: &str| words.windows(3).any(|three| three == ["env", "::", function]);
        // Looking programs up in PATH needs the variable as the system has it.
        let finds_programs = source.within("db::embedded");
        ["var", "vars", "var_os", "vars_os", "set_var", "remove_var"]
            .iter()
            .filter(|function| source.file != "src/config.rs" && reads(function))
            .filter(|function| !(finds_programs && **function == "var_os"))
            .map(|function| format!("env::{function}: settings are read in src/config.rs"))
            .collect()
    });
}

#[test]
fn transactions_begin_in_db_only() {
    hold(|source| {
        if source.within("db") {
            return Vec::new();
        }
        let words = words(&source.code);
        let calls = [
            (".", "transaction"),
            (".", "build_transaction"),
            (".", "batch_execute"),
            ("::", "establish"),
        ]
        .into_iter()
        .filter(|(joint, call)| words.windows(3).any(|three| three == [*joint, *call, "("]))
        .map(|(joint, call)| format!("{joint}{call}() is for db"));
        let control = [
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT",
            "SET LOCAL",
            "SET ROLE",
        ]
        .into_iter()
        .filter(|sql| source.text.contains(&format!("\"{sql}")))
        .map(|sql| format!("{sql} is for db"));
        calls.chain(control).collect()
    });
}

#[test]
fn floats_hold_no_money() {
    hold(|source| {
        let names = names(source);
        let used = ["f32", "f64"].iter().filter(|name| names.contains(*name));
        used.map(|name| format!("{name}: amounts are whole minor units, shares basis points"))
            .collect()
    });
}

#[test]
fn files_and_functions_stay_short() {
    hold(|source| {
        if source.file == "src/schema.rs" {
            return Vec::new(); // generated
        }
        let mut breaches = Vec::new();
        let count = source.text.trim_end().lines().count();
        if count > FILE_LINES_MAX {
            breaches.push(format!(
                "{count} lines, {FILE_LINES_MAX} at most: split it by noun or verb"
            ));
        }
        // rustfmt puts the last brace of a function under its first letter.
        let lines: Vec<&str> = source.code.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if !line.contains("fn ") || line.trim_end().ends_with([';', '}']) {
                continue;
            }
            let close = format!("{}}}", " ".repeat(indent));
            let last = lines[index..].iter().position(|line| line.trim_end() == close);
            let count = last.map_or(0, |last| last + 1);
            if count > FUNCTION_LINES_MAX {
                breaches.push(format!(
                    "{}: {count} lines, {FUNCTION_LINES_MAX} at most",
                    line.trim()
                ));
            }
        }
        breaches
    });
}

#[test]
fn every_module_says_what_it_is_about() {
    hold(|source| {
        let mut breaches = Vec::new();
        if !source.text.starts_with("//!") && source.file != "src/schema.rs" {
            breaches.push("begin it with //! and what it is about".to_owned());
        }
        let name = source.module.last().map_or("", String::as_str);
        if [
            "common",
            "helper",
            "helpers",
            "misc",
            "shared_code",
            "util",
            "utils",
        ]
        .contains(&name)
        {
            breaches.push("name it after what it holds".to_owned());
        }
        breaches
    });
}

#[test]
fn templates_reach_into_the_web_only() {
    for path in files(&root().join("templates"), ".html") {
        let text = fs::read_to_string(&path).unwrap();
        for (start, _) in text.match_indices("crate::") {
            let rest = &text[start..];
            assert!(
                rest.starts_with("crate::web::"),
                "{}: {}",
                path.display(),
                rest.lines().next().unwrap()
            );
        }
    }
}

#[test]
fn htmx_is_spoken_in_templates_only() {
    let root = root();
    let mut places = files(&root.join("src"), ".rs");
    places.extend(files(&root.join("static"), ""));
    for path in places {
        let text = fs::read_to_string(&path).unwrap();
        for word in [
            "get",
            "post",
            "target",
            "swap",
            "trigger",
            "include",
            "sync",
            "swap-oob",
            "disabled-elt",
        ] {
            for quote in ["=\"", "='", "=\\\""] {
                let attribute = format!("hx-{word}{quote}");
                assert!(!text.contains(&attribute), "{}: {attribute}", path.display());
            }
        }
    }
    let script = fs::read_to_string(root.join("static/app.js")).unwrap();
    assert!(
        script.lines().count() < 60,
        "app.js has {} lines",
        script.lines().count()
    );
    let mut fires = 0;
    for path in files(&root.join("templates"), ".html") {
        let text = fs::read_to_string(&path).unwrap();
        // Children would inherit it otherwise, from wherever they happen to stand.
        for tag in text
            .split('<')
            .filter(|tag| tag.contains("hx-get=") || tag.contains("hx-post="))
        {
            let place = text.find(tag).unwrap();
            let around = text[..place].rfind("hx-target=").is_some();
            let own = tag.contains("hx-target=") && tag.contains("hx-swap=");
            assert!(own || around, "{}: <{tag}", path.display());
            fires += 1;
        }
    }
    assert!(fires > 10);
}

#[test]
fn the_reader_of_this_test_reads_well() {
    let source = |text: &str| Source {
        file: "src/web/api/x.rs".to_owned(),
        module: ["web", "api", "x"].map(str::to_owned).to_vec(),
        text: text.to_owned(),
        code: bare(text),
    };
    let paths = |text: &str| -> Vec<String> {
        let source = source(text);
        source.paths().iter().map(|path| path.join("::")).collect()
    };
    assert_eq!(
        paths(
            "use crate::{db::{Db, DbError as E}, ids::*}; fn f(a: super::Body) -> super::super::Error { self::g() }"
        ),
        [
            "db::Db",
            "db::DbError",
            "ids::*",
            "web::api::Body",
            "web::Error",
            "web::api::x::g"
        ]
        .map(|path| path.replace("::*", ""))
    );
    assert_eq!(
        paths(
            "// crate::db\nlet a = \"crate::db \\\" crate::web\"; /* crate::cli */ let b = r#\"crate::\"x\"#; let c = '\"'; crate::ids::new()"
        ),
        ["ids::new"]
    );
    assert_eq!(
        bare("fn a<'b>(c: &'b str) { '\\'' }"),
        "fn a<'b>(c: &'b str) { ' ' }"
    );
}

#[test]
fn days_become_words_in_one_place() {
    const MONTHS: &[&str] = &["\"Jan", "\"Feb", "\"Mar\"", "\"March\"", "\"Dec"];
    hold(|source| {
        if source.file == "src/period/format.rs" {
            return Vec::new();
        }
        let mut breaches = Vec::new();
        for pattern in [
            ".format(\"%",
            ".format(&",
            ".format_localized(",
            ".format_with_items(",
        ] {
            if source.text.contains(pattern) {
                breaches.push(format!("{pattern}: a day becomes text in src/period/format.rs"));
            }
        }
        // A month's whole name is the same for everybody.
        if source.file != "src/period.rs" {
            let named = MONTHS.iter().filter(|name| source.text.contains(*name));
            breaches.extend(named.map(|name| format!("{name}: months are named in src/period.rs")));
        }
        breaches
    });
    for path in files(&root().join("templates"), ".html") {
        let text = fs::read_to_string(&path).unwrap();
        for pattern in [".format(", "|date", "| date"] {
            assert!(!text.contains(pattern), "{}: {pattern}", path.display());
        }
    }
}
