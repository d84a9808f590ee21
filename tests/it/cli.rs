//! The command line, as the real program.

mod demo;
mod people;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use budget::web::routes::ROUTES;
use diesel::connection::SimpleConnection;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Browser, PASSWORD, TestApp, TestDatabase};

/// What a command answered.
#[derive(Debug)]
struct Answer {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Answer {
    #[track_caller]
    fn assert_code(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Done, with nothing to complain about.
    #[track_caller]
    fn assert_done(&self) -> &Self {
        assert!(self.code == Some(0) && self.err.is_empty(), "{self:?}");
        self
    }

    /// Failed, with one sentence for the person at the terminal, and nothing else.
    #[track_caller]
    fn assert_failed(&self, sentence: &str) -> &Self {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert!(
            self.err.starts_with("budget: ") && self.err.contains(sentence),
            "{self:?}"
        );
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        self
    }
}

/// A folder to run in, and the settings of one installation.
struct Terminal {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Terminal {
    fn new(database_url: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("budget-cli-").tempdir().unwrap();
        let data = folder.path().join("data").to_str().unwrap().to_owned();
        Self {
            folder,
            settings: vec![
                ("DATABASE_URL".to_owned(), database_url.to_owned()),
                ("DATA_DIR".to_owned(), data),
            ],
        }
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_budget"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with_input(arguments, "")
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Answer {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A command that does not read its input may be gone already.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        Answer {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A running `budget serve`; it does not outlive its test.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(terminal: &Terminal, arguments: &[&str]) -> Self {
        let mut child = terminal.command(arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("Budget is at ") {
            line.clear();
            if out.read_line(&mut line).unwrap() == 0 {
                let mut complaint = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut complaint)
                    .unwrap();
                panic!("it did not start: {complaint}");
            }
        }
        // Whoever stops reading stops the writer in the end.
        thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        let mut err = child.stderr.take().unwrap();
        thread::spawn(move || std::io::copy(&mut err, &mut std::io::sink()));
        let address = line.trim().rsplit_once("http://").unwrap().1.to_owned();
        Self { child, address }
    }

    fn browser(&self) -> Browser {
        Browser::at(&self.address)
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args(["-s", signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Its exit code, which has to come within some seconds.
    fn end(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < Duration::from_secs(15), "it does not stop");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn migrations_go_up_and_down() {
    let database = TestDatabase::empty();
    let terminal = Terminal::new(&database.url());
    let status = terminal.run(&["migrate", "status"]);
    status.assert_done();
    let names: Vec<&str> = status
        .out
        .lines()
        .map(|line| line.strip_prefix("missing ").unwrap())
        .collect();
    assert!(names.len() >= 6 && names.is_sorted(), "{names:?}");

    let up = terminal.run(&["migrate"]);
    up.assert_done();
    assert_eq!(
        up.out,
        names
            .iter()
            .fold(String::new(), |all, name| all + "applied " + name + "\n")
    );
    assert_eq!(
        terminal.run(&["migrate", "up"]).assert_done().out,
        "The schema is up to date.\n"
    );
    let newest = names.last().unwrap();
    assert_eq!(
        terminal.run(&["migrate", "down"]).assert_done().out,
        format!("took back {newest}\n")
    );
    let status = terminal.run(&["migrate", "status"]);
    assert!(status.out.ends_with(&format!("missing {newest}\n")), "{status:?}");
    assert_eq!(status.out.matches("applied ").count(), names.len() - 1);
    for _ in 1..names.len() {
        terminal.run(&["migrate", "down"]).assert_done();
    }
    assert_eq!(
        terminal.run(&["migrate", "down"]).assert_done().out,
        "There is nothing to take back.\n"
    );
}

#[test]
fn processes_that_migrate_at_once_wait_for_each_other() {
    let database = TestDatabase::empty();
    let terminal = Terminal::new(&database.url());
    let started: Vec<_> = (0..3)
        .map(|_| terminal.command(&["migrate"]).spawn().unwrap())
        .collect();
    let applied = started
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout)
                .unwrap()
                .matches("applied ")
                .count()
        })
        .sum::<usize>();
    let all = terminal.run(&["migrate", "status"]).out.lines().count();
    assert_eq!(applied, all, "each is applied once");
}

#[test]
fn a_user_who_was_made_can_log_in() {
    let app = TestApp::new();
    let terminal = Terminal::new(&app.database_url());
    let made = terminal.run_with_input(
        &[
            "user",
            "create",
            "--email",
            " home@example.org",
            "--name",
            "Ada",
            "--currency",
            "JPY",
            "--time-zone",
            "Europe/Berlin",
            "--number-format",
            "point_comma",
            "--date-format",
            "iso",
            "--superuser",
            "--password-stdin",
        ],
        &format!("{PASSWORD}\n"),
    );
    made.assert_done();
    assert_eq!(made.out, "Made the user home@example.org.\n");
    assert_eq!(app.count("users WHERE is_superuser AND full_name = 'Ada'"), 1);
    assert_eq!(
        app.count("users WHERE number_format = 'point_comma' AND date_format = 'iso'"),
        1
    );
    assert_eq!(
        app.count("households WHERE currency = 'JPY' AND time_zone = 'Europe/Berlin'"),
        1
    );
    let given = [("email", "home@example.org"), ("password", PASSWORD)];
    app.browser().submit("/login", None, &given).assert_status(303);

    // Without a password one is made up, and shown once.
    let made = terminal.run(&["user", "create", "--email", "other@example.org"]);
    made.assert_done();
    let password = made
        .out
        .lines()
        .nth(1)
        .unwrap()
        .strip_prefix("Password, shown this once: ")
        .unwrap();
    assert!(password.len() >= 20, "{password}");
    let given = [("email", "other@example.org"), ("password", password)];
    app.browser().submit("/login", None, &given).assert_status(303);
    assert_eq!(
        app.count("households WHERE currency = 'EUR' AND time_zone = 'UTC'"),
        1
    );
}

#[test]
fn a_user_who_will_not_do_is_refused_in_a_sentence() {
    let app = TestApp::new();
    app.household();
    let terminal = Terminal::new(&app.database_url());
    let before = app.fingerprint();
    let create = |more: &[&str], password: &str| {
        let mut arguments = vec!["user", "create", "--password-stdin"];
        arguments.extend(more);
        terminal.run_with_input(&arguments, password)
    };
    for (more, password, sentence) in [
        (
            &["--email", "HOME@example.org"][..],
            PASSWORD,
            "A user with this e-mail already exists.",
        ),
        (
            &["--email", "home"],
            PASSWORD,
            "Type an e-mail address, such as home@example.org.",
        ),
        (
            &["--email", "new@example.org"],
            "short\n",
            "Use at least 10 characters.",
        ),
        (&["--email", "new@example.org"], "", "Use at least 10 characters."),
        (
            &["--email", "new@example.org"],
            "password123\n",
            "Many people use this one",
        ),
        (
            &["--email", "new@example.org"],
            "new@example.org\n",
            "This is your e-mail address.",
        ),
        (
            &["--email", "new@example.org", "--currency", "XXQ"],
            PASSWORD,
            "--currency XXQ: ",
        ),
        (
            &["--email", "new@example.org", "--time-zone", "Atlantis"],
            PASSWORD,
            "--time-zone Atlantis: no such zone",
        ),
        (
            &["--email", "new@example.org", "--name", "A\nB"],
            PASSWORD,
            "without line breaks",
        ),
    ] {
        let refused = create(more, password);
        refused.assert_failed(sentence);
        assert!(
            !refused.err.contains(PASSWORD) && !refused.err.contains("short"),
            "{refused:?}"
        );
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn users_are_listed_for_people_and_for_programs() {
    let app = TestApp::new();
    let terminal = Terminal::new(&app.database_url());
    let none = terminal.run(&["user", "list", "--format", "json"]);
    assert_eq!(none.assert_done().out, "[]\n");
    let owner = app.household();
    app.sign_up("second@example.org", "USD");
    app.sql()
        .batch_execute("UPDATE users SET blocked_at = '2026-11-14T10:00:00Z', full_name = E'Ada \\u202eevil' WHERE email = 'second@example.org'")
        .unwrap();
    let list = terminal.run(&["user", "list", "--format", "json"]);
    let users: Value = serde_json::from_str(&list.assert_done().out).unwrap();
    let users = users.as_array().unwrap();
    assert_eq!(users[0]["id"], owner.user.to_string());
    assert_eq!(users[0]["email"], "home@example.org");
    assert_eq!(users[0]["is_superuser"], false);
    assert!(users[0]["blocked_at"].is_null() && users[0]["last_login_at"].is_string());
    assert_eq!(users[1]["email"], "second@example.org");
    assert!(
        users[1]["blocked_at"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-14T10:00:00")
    );
    assert!(
        !list.out.contains("password") && !list.out.contains("argon2"),
        "{list:?}"
    );
    let table = terminal.run(&["user", "list"]);
    let lines: Vec<_> = table.assert_done().out.lines().collect();
    assert_eq!(lines.len(), 3, "{table:?}");
    assert!(lines[0].contains("E-mail") && lines[1].contains("home@example.org"));
    assert!(lines[2].contains("second@example.org") && lines[2].contains("2026-11-14"));
}

#[test]
fn sums_that_agree_are_told_and_sums_that_do_not_are_named() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-01", "100", "Salary");
    let terminal = Terminal::new(&app.database_url());
    let good = terminal.run(&["check"]);
    assert_eq!(good.assert_done().out, "All sums agree with their postings.\n");

    let mut sql = app.sql();
    sql.batch_execute("UPDATE balances SET amount_minor = amount_minor + 1 WHERE amount_minor = 5000")
        .unwrap();
    let bad = terminal.run(&["check"]);
    bad.assert_code(1);
    assert_eq!(bad.err, "budget: 1 difference found.\n");
    let place = format!(
        "location {}, bucket {}",
        owner.location_id("Bank"),
        owner.bucket_id("Necessities")
    );
    assert_eq!(
        bad.out,
        format!(
            "household {}: balance of {place} is 5001 in 1 postings, should be 5000 in 1\n",
            owner.household
        )
    );
    sql.batch_execute(
        "UPDATE balances SET amount_minor = amount_minor - 1 WHERE amount_minor = 5001; UPDATE monthly_totals SET entries_count = 2;
         DELETE FROM monthly_cells WHERE amount_minor = 5000",
    )
    .unwrap();
    let bad = terminal.run(&["check"]);
    bad.assert_code(1);
    assert_eq!(
        (bad.err.as_str(), bad.out.lines().count()),
        ("budget: 2 differences found.\n", 2),
        "{bad:?}"
    );
    let (household, category) = (owner.household, owner.category_id("Salary"));
    sql.batch_execute(
        "UPDATE monthly_balances SET amount_minor = 4999 WHERE amount_minor = 5000; UPDATE daily_totals SET postings_count = 7 WHERE postings_count > 0",
    )
    .unwrap();
    let bad = terminal.run(&["check"]);
    bad.assert_code(1);
    assert_eq!(bad.err, "budget: 4 differences found.\n");
    for line in [
        format!(
            "household {household}: 2026-11-01 at {} is 4999 in 1 postings, should be 5000 in 1\n",
            place.replace(", bucket", " in bucket")
        ),
        format!(
            "household {household}: day 2026-11-01 of category {category} is 10000 in 7 postings, should be 10000 in 5\n"
        ),
    ] {
        assert!(bad.out.contains(&line), "{line}{}", bad.out);
    }
    sql.batch_execute("UPDATE monthly_balances SET amount_minor = 5000 WHERE amount_minor = 4999; UPDATE daily_totals SET postings_count = 5 WHERE postings_count = 7")
        .unwrap();
    sql.batch_execute("UPDATE monthly_totals SET entries_count = 1; INSERT INTO monthly_cells SELECT household_id, '2026-11-01', category_id, location_id, bucket_id, amount_minor, 1 FROM postings WHERE amount_minor = 5000")
        .unwrap();
    terminal.run(&["check"]).assert_done();
}

#[test]
fn the_checksum_is_the_same_wherever_the_same_money_is_recorded() {
    let app = TestApp::new();
    let (first, second) = (app.household(), app.sign_up("other@example.org", "EUR"));
    for owner in [&first, &second] {
        owner.set_up();
    }
    let checksums = || {
        let answer = Terminal::new(&app.database_url()).run(&["check", "--checksum"]);
        let lines: Vec<_> = answer.assert_done().out.lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        let checksum = |line: &str, owner: &crate::support::Owner<'_>| {
            let (household, checksum) = line.split_once(' ').unwrap();
            assert_eq!(household, owner.household.to_string());
            assert_eq!(checksum.len(), 64);
            checksum.to_owned()
        };
        (checksum(&lines[0], &first), checksum(&lines[1], &second))
    };
    let (empty, other) = checksums();
    assert_eq!(empty, other);
    first.earned("2026-11-01", "100", "Salary");
    let rent = first.spent("2026-11-02", "1", "Rent");
    second.spent("2026-11-02", "1", "Rent");
    let (one, other) = checksums();
    assert!(one != empty && one != other);
    // The other order, and a detour.
    let extra = second.spent("2026-11-02", "2", "Rent");
    second.earned("2026-11-01", "100", "Salary");
    second.delete(extra);
    let (one, other) = checksums();
    assert_eq!(one, other);
    first.delete(rent);
    assert_ne!(checksums().0, one);
}

#[test]
fn routes_are_listed_without_a_database() {
    let terminal = Terminal::new("nonsense");
    let json = terminal.run(&["routes", "--format", "json"]);
    let routes: Value = serde_json::from_str(&json.assert_done().out).unwrap();
    let routes = routes.as_array().unwrap();
    assert_eq!(routes.len(), ROUTES.len());
    for (shown, route) in routes.iter().zip(ROUTES) {
        assert_eq!(shown["method"], route.method);
        assert_eq!(shown["path"], route.path);
        assert_eq!(shown["who"], route.who.to_string());
        assert_eq!(shown["changes"], route.changes);
    }
    let table = terminal.run(&["routes"]);
    assert_eq!(table.assert_done().out.lines().count(), ROUTES.len() + 1);
}

#[test]
fn a_wrong_setting_is_named() {
    let database = TestDatabase::new();
    for (name, value, remedy) in [
        ("PORT", "eighty", "a number from 0 to 65535"),
        (
            "DATABASE_URL",
            "mysql://me:hunter2@host/db",
            "has to be the URL of a Postgres database",
        ),
        ("SECRET_KEY", "hunter2", "at least 32"),
        ("ENVIRONMENT", "staging", "local or production"),
        (
            "PUBLIC_URL",
            "budget.example.org",
            "such as https://budget.example.org",
        ),
        ("WORKERS", "0", "a number from 1 to 1000"),
        ("RUST_LOG", "budget=loud", "cannot be read"),
        ("HOST", "no such host", "is no address"),
    ] {
        let terminal = Terminal::new(&database.url()).set("PORT", "0").set(name, value);
        let refused = terminal.run(&["serve"]);
        refused.assert_failed(remedy);
        assert!(
            refused.err.starts_with(&format!("budget: {name}: ")),
            "{refused:?}"
        );
        assert!(!refused.err.contains("hunter2"), "{refused:?}");
    }
}

#[test]
fn a_setting_may_stand_in_a_file() {
    let database = TestDatabase::new();
    let terminal = Terminal::new(&database.url());
    fs::write(terminal.folder.path().join(".env"), "PORT=eighty\n").unwrap();
    terminal.run(&["check"]).assert_failed("PORT: it is \"eighty\"");
    // What is set outside counts more.
    let terminal = Terminal::new(&database.url()).set("PORT", "0");
    fs::write(terminal.folder.path().join(".env"), "PORT=eighty\n").unwrap();
    terminal.run(&["check"]).assert_done();
    for line in ["SECRET_KEY=\"hunter2\n", "SECRET_KEY=hunter2 hunter2\n"] {
        fs::write(terminal.folder.path().join(".env"), line).unwrap();
        let refused = terminal.run(&["check"]);
        refused.assert_failed(".env: the file cannot be read: a line is not of the form NAME='value'");
        assert!(!refused.err.contains("hunter2"), "{refused:?}");
    }
}

#[test]
fn a_database_that_is_away_is_told() {
    let terminal = Terminal::new("postgresql://me:hunter2@127.0.0.1:1/budget");
    for arguments in [&["check"][..], &["migrate"], &["user", "list"]] {
        let refused = terminal.run(arguments);
        refused.assert_code(1);
        assert!(
            refused
                .err
                .starts_with("budget: DATABASE_URL: the database cannot be reached. Check the address"),
            "{refused:?}"
        );
        assert!(!refused.err.contains("hunter2"), "{refused:?}");
    }
}

#[test]
fn wrong_usage_is_another_failure() {
    let terminal = Terminal::new("nonsense");
    for arguments in [
        &["flly"][..],
        &["user"],
        &["user", "create"],
        &[
            "user",
            "create",
            "--email",
            "a@example.org",
            "--number-format",
            "roman",
        ],
        &[
            "user",
            "create",
            "--email",
            "a@example.org",
            "--date-format",
            "julian",
        ],
        &["user", "list", "--format", "xml"],
        &["migrate", "sideways"],
        &["serve", "now"],
        &["check", "--checksums=yes"],
    ] {
        let refused = terminal.run(arguments);
        refused.assert_code(2);
        assert!(
            refused.out.is_empty() && refused.err.contains("--help"),
            "{refused:?}"
        );
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    let terminal = Terminal::new("nonsense");
    let help = terminal.run(&["--help"]);
    assert!(help.assert_done().out.contains("Usage: budget"), "{help:?}");
    let commands = |out: &str| -> Vec<String> {
        out.split("Commands:")
            .nth(1)
            .map(|rest| rest.lines().skip(1).take_while(|line| !line.is_empty()))
            .into_iter()
            .flatten()
            .filter_map(|line| {
                line.strip_prefix("  ")?
                    .split(' ')
                    .next()
                    .filter(|name| !name.is_empty() && *name != "help")
            })
            .map(str::to_owned)
            .collect()
    };
    let found = commands(&help.out);
    assert!(found.len() >= 5, "{found:?}");
    for command in found {
        let help = terminal.run(&[&command, "--help"]);
        let inner = commands(&help.assert_done().out);
        if inner.is_empty() || help.out.contains("Example: ") {
            assert!(
                help.out.contains(&format!("Example: budget {command}")),
                "{}",
                help.out
            );
        } else {
            for act in inner {
                let help = terminal.run(&[&command, &act, "--help"]);
                assert!(
                    help.assert_done()
                        .out
                        .contains(&format!("Example: budget {command} {act}")),
                    "{}",
                    help.out
                );
            }
        }
    }
    let version = terminal.run(&["--version"]);
    assert_eq!(
        version.assert_done().out,
        format!("budget {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn the_server_answers_until_it_is_told_to_stop() {
    let database = TestDatabase::empty();
    let terminal = Terminal::new(&database.url())
        .set("PORT", "0")
        .set("WORKERS", "1");
    for (arguments, signal) in [(&["serve"][..], "TERM"), (&[], "INT")] {
        let mut serving = Serving::start(&terminal, arguments);
        let browser = serving.browser();
        let alive = browser.get("/livez");
        assert_eq!((alive.status, alive.body.as_str()), (200, "alive\n"));
        let ready = browser.get("/readyz");
        assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
        browser.get("/").assert_ok();
        let form = browser.get("/signup");
        form.assert_ok().assert_has("Create account");
        serving.signal(signal);
        assert_eq!(serving.end(), Some(0), "{signal}");
    }
    // The key that was made on the first start is kept, and nobody else may read it.
    let key = terminal.folder.path().join("data/secret_key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(&key).unwrap().len(), 43);
}

#[test]
fn a_log_in_outlives_a_restart() {
    let database = TestDatabase::empty();
    let terminal = Terminal::new(&database.url())
        .set("PORT", "0")
        .set("WORKERS", "1");
    let mut serving = Serving::start(&terminal, &["serve"]);
    let browser = serving.browser();
    let given = crate::support::fields("home@example.org");
    browser.submit("/signup", None, &given).assert_status(303);
    serving.signal("TERM");
    assert_eq!(serving.end(), Some(0));
    let serving = Serving::start(&terminal, &["serve"]);
    let again = serving.browser();
    again.set_cookie("budget_session", &browser.cookie("budget_session").unwrap());
    again.get("/money").assert_ok();
}

#[test]
fn a_schema_that_is_not_there_is_no_reason_to_die_but_not_ready() {
    let database = TestDatabase::empty();
    let terminal = Terminal::new(&database.url())
        .set("PORT", "0")
        .set("WORKERS", "1");
    let mut serving = Serving::start(&terminal, &["serve", "--no-migrate"]);
    let browser = serving.browser();
    browser.get("/livez").assert_ok();
    let ready = browser.get("/readyz");
    assert_eq!((ready.status, ready.body.as_str()), (503, "not ready\n"));
    browser.get("/").assert_ok();
    terminal.run(&["migrate"]).assert_done();
    browser.get("/readyz").assert_ok();
    serving.signal("TERM");
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn a_port_in_use_is_told() {
    let database = TestDatabase::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = Terminal::new(&database.url()).set("PORT", &port).run(&["serve"]);
    refused.assert_failed(&format!("127.0.0.1:{port} cannot be listened on"));
    assert!(refused.err.contains("set PORT to another number"), "{refused:?}");
}

// --- what the program says of itself ----------------------------------------------------------------------------------

/// `just docs-cli` writes the file anew.
#[test]
fn the_reference_is_what_the_program_says() {
    let terminal = Terminal::new("postgres://nowhere");
    let said = terminal.run(&["reference"]);
    let written = include_str!("../../docs/cli.md");
    assert!(
        said.assert_done().out == written,
        "docs/cli.md is not what the commands say. Make it anew with: just docs-cli"
    );
    // Every command that does something has its heading, what it is for, and an example.
    let listed: Vec<&str> = written
        .lines()
        .filter_map(|line| line.strip_prefix("- [`"))
        .collect();
    assert!(listed.len() > 10, "{written}");
    for line in listed {
        let command = line.split('`').next().unwrap();
        let section = written
            .split("\n#")
            .find(|section| section.lines().next().unwrap().trim_start_matches(['#', ' ']) == command)
            .unwrap_or_else(|| panic!("{command} has no section"));
        assert!(
            section.contains(&format!("```sh\n{command}")),
            "{command} has no example"
        );
        let path: Vec<&str> = command.split(' ').skip(1).chain(["--help"]).collect();
        let help = terminal.run(&path);
        for option in section.lines().filter_map(|line| line.strip_prefix("- `--")) {
            let option = option.split(['`', ' ']).next().unwrap();
            assert!(
                help.assert_done().out.contains(&format!("--{option}")),
                "{command} --{option}"
            );
        }
    }
}

#[test]
fn shells_complete_every_command() {
    let terminal = Terminal::new("postgres://nowhere");
    for (shell, sign) in [
        ("bash", "complete -F _budget"),
        ("zsh", "#compdef budget"),
        ("fish", "complete -c budget"),
    ] {
        let answer = terminal.run(&["completions", shell]);
        let script = &answer.assert_done().out;
        for word in [sign, "export", "household", "checksum"] {
            assert!(script.contains(word), "{shell}: {word} is missing");
        }
        assert!(!script.contains("panicked"));
    }
    terminal.run(&["completions", "tcl"]).assert_code(2);
    // The shell itself takes the script.
    let script = terminal.run(&["completions", "bash"]).out;
    let path = terminal.folder.path().join("budget.bash");
    fs::write(&path, script).unwrap();
    let asked = "source budget.bash; COMP_WORDS=(budget exp); COMP_CWORD=1; _budget budget exp budget; echo ${COMPREPLY[@]}";
    let output = Command::new("bash")
        .args(["-c", asked])
        .current_dir(terminal.folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "export\n");
}
