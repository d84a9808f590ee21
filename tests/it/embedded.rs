//! The private Postgres: it starts quickly, is shared, survives every way of being killed, and never risks what is stored.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use budget::db::embedded::{Embedded, EmbeddedError};
use diesel::{
    Connection, PgConnection, RunQueryDsl, connection::SimpleConnection, dsl::sql, select, sql_types::Text,
};
use tempfile::TempDir;

/// A data folder for one test. A test that fails leaves no server behind.
struct DataDir(TempDir);

impl DataDir {
    fn new() -> Self {
        Self::with_mode(0o755)
    }

    /// Nobody but its owner may enter.
    fn closed() -> Self {
        Self::with_mode(0o700)
    }

    fn with_mode(mode: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("budget-it-").tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn home(&self) -> PathBuf {
        self.path().join("postgres")
    }

    fn pid_file(&self) -> PathBuf {
        self.home().join("data/postmaster.pid")
    }

    fn start(&self) -> Embedded {
        Embedded::start(self.path(), None).unwrap()
    }

    fn postmaster(&self) -> u32 {
        fs::read_to_string(self.pid_file())
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    fn is_running(&self) -> bool {
        self.pid_file().exists() && is_alive(self.postmaster())
    }

    fn kill_postgres(&self) {
        let pid = self.postmaster();
        kill("-s KILL", pid);
        wait_until(|| !is_alive(pid));
    }

    /// Puts another number in the place of the killed server's.
    fn forge_pid(&self, pid: u32) {
        let lock = self.home().join("run/.s.PGSQL.5432.lock");
        for file in [self.pid_file(), lock] {
            let content = fs::read_to_string(&file).unwrap();
            let (_, rest) = content.split_once('\n').unwrap();
            fs::write(&file, format!("{pid}\n{rest}")).unwrap();
        }
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        if let Ok(content) = fs::read_to_string(self.pid_file())
            && let Some(pid) = content.lines().next().and_then(|pid| pid.parse().ok())
            && command_line(pid).contains("postgres -D")
        {
            kill("-s QUIT", pid);
            thread::sleep(Duration::from_millis(300));
        }
        if let Ok(fallback) = fs::read_link(self.home()) {
            fs::remove_dir_all(fallback).unwrap();
        }
    }
}

fn ps(column: &str, pid: u32) -> String {
    let output = Command::new("ps")
        .args(["-ww", "-o", column, "-p", &pid.to_string()])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Small Linux images have no `ps`.
fn command_line(pid: u32) -> String {
    if cfg!(target_os = "linux") {
        fs::read_to_string(format!("/proc/{pid}/cmdline"))
            .unwrap_or_default()
            .replace('\0', " ")
    } else {
        ps("command=", pid)
    }
}

/// A dead process that its parent hasn't collected doesn't live.
fn is_alive(pid: u32) -> bool {
    let state = if cfg!(target_os = "linux") {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ")
            .map_or(String::new(), |(_, state)| state.to_owned())
    } else {
        ps("stat=", pid)
    };
    !state.is_empty() && !state.starts_with('Z')
}

/// The shell knows `kill` where there is no such program.
fn kill(signal: &str, pid: u32) {
    assert!(
        Command::new("sh")
            .args(["-c", &format!("kill {signal} {pid}")])
            .status()
            .unwrap()
            .success()
    );
}

fn wait_until(done: impl Fn() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(30), "it never happened");
        thread::sleep(Duration::from_millis(20));
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

fn connect(embedded: &Embedded) -> PgConnection {
    PgConnection::establish(&embedded.database_url()).unwrap()
}

fn text(conn: &mut PgConnection, expression: &str) -> String {
    select(sql::<Text>(expression)).get_result(conn).unwrap()
}

fn note(embedded: &Embedded, word: &str) {
    connect(embedded)
        .batch_execute(&format!(
            "CREATE TABLE IF NOT EXISTS notes (word text); INSERT INTO notes VALUES ('{word}')"
        ))
        .unwrap();
}

fn notes(embedded: &Embedded) -> String {
    text(
        &mut connect(embedded),
        "(SELECT string_agg(word, ' ' ORDER BY word) FROM notes)",
    )
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

/// The data folder that the test below works on when it runs as another process of the same app.
const HELPER: &str = "BUDGET_TEST_EMBEDDED_HELPER";

/// No test of its own: the other process, which uses the database until its input ends.
#[test]
fn helper_process() {
    let Some(data_dir) = env::var_os(HELPER) else {
        return;
    };
    let embedded = Embedded::start(Path::new(&data_dir), None).unwrap();
    let who = text(&mut connect(&embedded), "current_user::text");
    writeln!(std::io::stdout(), "\nhelper ready as {who}").unwrap();
    std::io::stdin().lines().for_each(drop);
    embedded.stop().unwrap();
}

fn helper(data: &DataDir) -> Command {
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([&format!("{module}::helper_process"), "--exact", "--nocapture"])
        .env(HELPER, data.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn wait_for_ready(child: &mut Child) {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines
        .by_ref()
        .any(|line| line.unwrap().contains("helper ready as budget"));
    assert!(ready, "the helper could not use the database");
    // It may go on writing; a closed pipe would end it.
    thread::spawn(move || lines.for_each(drop));
}

fn finish(mut child: Child) {
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_first_start_gives_a_safe_database_to_an_ordinary_role() {
    let data = DataDir::new();
    let since = Instant::now();
    let embedded = data.start();
    assert!(
        since.elapsed() < Duration::from_secs(10),
        "took {:?}",
        since.elapsed()
    );

    let mut conn = connect(&embedded);
    assert_eq!(text(&mut conn, "1::text"), "1");
    assert_eq!(
        text(&mut conn, "current_user || ' in ' || current_database()"),
        "budget in budget"
    );
    let role = "(SELECT concat(rolsuper, rolcreaterole, rolcreatedb, rolbypassrls) FROM pg_roles WHERE rolname = 'budget')";
    assert_eq!(text(&mut conn, role), "fttf");
    assert_eq!(
        text(
            &mut conn,
            "(SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'budget')"
        ),
        "budget"
    );
    for (setting, value) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("max_connections", "100"),
        ("log_timezone", "UTC"),
        ("jit", "off"),
    ] {
        assert_eq!(
            text(&mut conn, &format!("current_setting('{setting}')")),
            value,
            "{setting}"
        );
    }
    conn.batch_execute("CREATE TABLE mine (); CREATE ROLE budget_it NOLOGIN; DROP ROLE budget_it")
        .unwrap();
    drop(conn);

    for (path, allowed) in [
        ("data", 0o700),
        ("run", 0o700),
        ("server.log", 0o600),
        ("start.lock", 0o600),
        ("users.lock", 0o600),
    ] {
        assert_eq!(mode(&data.home().join(path)), allowed, "{path}");
    }
    embedded.stop().unwrap();
    assert!(!data.is_running());
}

#[test]
fn a_later_start_finds_what_was_stored() {
    let data = DataDir::new();
    let embedded = data.start();
    let url = embedded.database_url();
    note(&embedded, "kept");
    embedded.stop().unwrap();
    let log = data.home().join("server.log");
    fs::File::options()
        .append(true)
        .open(&log)
        .unwrap()
        .set_len(9 * 1024 * 1024)
        .unwrap();

    let embedded = data.start();
    assert_eq!(embedded.database_url(), url);
    assert_eq!(notes(&embedded), "kept");
    embedded.stop().unwrap();
    assert!(
        fs::metadata(&log).unwrap().len() < 10_000,
        "a long log is set aside"
    );
    assert!(data.home().join("server.log.1").exists());
}

#[test]
fn the_last_user_stops_the_server() {
    let data = DataDir::new();
    let first = data.start();
    let second = data.start();
    let postmaster = data.postmaster();
    first.stop().unwrap();
    assert_eq!(text(&mut connect(&second), "1::text"), "1");
    assert_eq!(data.postmaster(), postmaster);
    second.stop().unwrap();
    assert!(!data.is_running());
}

#[test]
fn processes_that_start_at_once_share_one_server() {
    let data = DataDir::new();
    let mut others: Vec<_> = (0..3).map(|_| helper(&data).spawn().unwrap()).collect();
    others.iter_mut().for_each(wait_for_ready);
    let embedded = data.start();
    others.into_iter().for_each(finish);
    assert_eq!(text(&mut connect(&embedded), "1::text"), "1");
    embedded.stop().unwrap();
    assert!(!data.is_running());
}

#[test]
fn variables_of_the_environment_for_postgres_change_nothing() {
    let data = DataDir::new();
    let mut command = helper(&data);
    for (name, value) in [
        ("PGHOST", "nowhere.invalid"),
        ("PGHOSTADDR", "127.0.0.1"),
        ("PGPORT", "1"),
        ("PGUSER", "nobody"),
        ("PGDATABASE", "nothing"),
        ("PGDATA", "/nowhere"),
        ("PGOPTIONS", "-c no_such_setting=1"),
        ("PGSSLMODE", "require"),
        ("LC_ALL", "xx_XX"),
    ] {
        command.env(name, value);
    }
    let mut other = command.spawn().unwrap();
    wait_for_ready(&mut other);
    finish(other);
    assert!(!data.is_running());
}

#[test]
fn a_killed_app_leaves_a_server_that_the_next_one_adopts() {
    let data = DataDir::new();
    let mut app = helper(&data).spawn().unwrap();
    wait_for_ready(&mut app);
    let postmaster = data.postmaster();
    app.kill().unwrap();
    app.wait().unwrap();
    assert!(data.is_running());

    let embedded = data.start();
    assert_eq!(data.postmaster(), postmaster);
    embedded.stop().unwrap();
    assert!(!data.is_running());
}

#[test]
fn a_killed_server_comes_back_when_the_app_asks() {
    let data = DataDir::new();
    let embedded = data.start();
    note(&embedded, "kept");
    let postmaster = data.postmaster();
    embedded.ensure_running().unwrap();
    assert_eq!(data.postmaster(), postmaster, "a healthy server is left alone");

    data.kill_postgres();
    thread::scope(|scope| {
        let asking: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| embedded.ensure_running()))
            .collect();
        for thread in asking {
            thread.join().unwrap().unwrap();
        }
    });
    assert_ne!(data.postmaster(), postmaster);
    assert_eq!(notes(&embedded), "kept");
    embedded.stop().unwrap();
    assert!(!data.is_running());
}

#[test]
fn a_server_that_was_killed_before_the_stop_needs_no_stop() {
    let data = DataDir::new();
    let embedded = data.start();
    data.kill_postgres();
    embedded.stop().unwrap();
    data.start().stop().unwrap();
}

#[test]
fn app_and_server_killed_together_lose_nothing() {
    let data = DataDir::new();
    let embedded = data.start();
    note(&embedded, "kept");
    let mut app = helper(&data).spawn().unwrap();
    wait_for_ready(&mut app);
    drop(embedded); // gives its lock back as a killed process does
    app.kill().unwrap();
    app.wait().unwrap();
    data.kill_postgres();
    assert!(data.pid_file().exists());

    let embedded = data.start();
    assert_eq!(notes(&embedded), "kept");
    embedded.stop().unwrap();
}

#[test]
fn a_number_that_belongs_to_another_process_by_now_does_not_keep_the_server_from_starting() {
    let data = DataDir::new();
    let embedded = data.start();
    note(&embedded, "kept");
    data.kill_postgres();
    drop(embedded);
    // Of the same user: Postgres itself sees through one that it may not signal.
    let owner = fs::metadata(data.home().join("data")).unwrap();
    let mut sleep = Command::new("sleep");
    if is_root() {
        sleep.uid(owner.uid()).gid(owner.gid());
    }
    let mut stranger = sleep.arg("60").spawn().unwrap();
    data.forge_pid(stranger.id());

    let embedded = data.start();
    assert_eq!(notes(&embedded), "kept");
    embedded.stop().unwrap();
    assert!(
        stranger.try_wait().unwrap().is_none(),
        "the stranger was left alone"
    );
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn a_dead_process_that_nobody_collected_does_not_keep_the_server_from_starting() {
    let data = DataDir::new();
    let embedded = data.start();
    data.kill_postgres();
    drop(embedded);
    let mut dead = Command::new("true").spawn().unwrap();
    wait_until(|| !is_alive(dead.id()));
    data.forge_pid(dead.id());

    data.start().stop().unwrap();
    dead.wait().unwrap();
}

#[test]
fn a_damaged_pid_file_does_not_keep_the_server_from_starting() {
    let data = DataDir::new();
    let embedded = data.start();
    data.kill_postgres();
    drop(embedded);
    fs::write(data.pid_file(), "").unwrap();

    data.start().stop().unwrap();
}

#[test]
fn a_query_that_outlives_the_killed_server_is_waited_for() {
    let data = DataDir::new();
    let embedded = data.start();
    note(&embedded, "kept");
    let mut conn = connect(&embedded);
    // Busy computing, it notices only at its end that the server is gone.
    let busy = "SELECT sum(sqrt(a)) FROM generate_series(1, 30000) a, generate_series(1, 1000) b";
    let query = thread::spawn(move || conn.batch_execute(busy));
    thread::sleep(Duration::from_millis(300));
    data.kill_postgres();

    embedded.ensure_running().unwrap();
    assert_eq!(notes(&embedded), "kept");
    let log = fs::read_to_string(data.home().join("server.log")).unwrap();
    assert!(
        log.contains("still in use"),
        "the query was over too soon to show anything:\n{log}"
    );
    embedded.stop().unwrap();
    query.join().unwrap().ok(); // it may even get its answer
}

#[test]
fn a_server_without_its_socket_is_restarted() {
    let data = DataDir::new();
    let embedded = data.start();
    note(&embedded, "kept");
    fs::remove_dir_all(data.home().join("run")).unwrap();

    embedded.ensure_running().unwrap();
    assert_eq!(notes(&embedded), "kept");
    embedded.stop().unwrap();
    assert!(!data.is_running());
}

#[test]
fn an_initialisation_that_was_killed_is_done_again() {
    let data = DataDir::new();
    for pause_ms in [100, 250, 400] {
        let mut app = helper(&data).spawn().unwrap();
        thread::sleep(Duration::from_millis(pause_ms));
        app.kill().unwrap();
        app.wait().unwrap();
    }
    let draft = data.home().join("data.new0");
    fs::create_dir_all(draft.join("global")).unwrap();
    fs::write(draft.join("PG_VERSION"), "15\n").unwrap();

    let embedded = data.start();
    assert_eq!(text(&mut connect(&embedded), "1::text"), "1");
    embedded.stop().unwrap();
}

#[test]
fn what_is_no_whole_database_is_left_alone() {
    let data = DataDir::new();
    data.start().stop().unwrap();
    let control = data.home().join("data/global/pg_control");
    fs::rename(&control, control.with_extension("away")).unwrap();

    let error = Embedded::start(data.path(), None).unwrap_err();
    assert!(matches!(error, EmbeddedError::Incomplete { .. }), "{error}");
    assert!(error.to_string().contains("Nothing was changed"), "{error}");
    fs::rename(control.with_extension("away"), &control).unwrap();
    data.start().stop().unwrap();
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let data = DataDir::new();
    data.start().stop().unwrap();
    let conf = data.home().join("data/postgresql.conf");
    let good = fs::read_to_string(&conf).unwrap();
    fs::write(&conf, format!("{good}\nno_such_setting = 1\n")).unwrap();

    let since = Instant::now();
    let error = Embedded::start(data.path(), None).unwrap_err().to_string();
    assert!(
        error.contains("no_such_setting") && error.contains("server.log"),
        "{error}"
    );
    assert!(
        since.elapsed() < Duration::from_secs(10),
        "took {:?}",
        since.elapsed()
    );
    fs::write(&conf, good).unwrap();
    data.start().stop().unwrap();
}

#[test]
fn data_of_another_major_version_names_the_one_it_needs() {
    let data = DataDir::new();
    data.start().stop().unwrap();
    fs::write(data.home().join("data/PG_VERSION"), "11\n").unwrap();

    let error = Embedded::start(data.path(), None).unwrap_err();
    assert!(
        matches!(error, EmbeddedError::WrongMajor { needed: 11, .. }),
        "{error}"
    );
    assert!(
        error.to_string().contains("sudo apt-get install postgresql-11"),
        "{error}"
    );
}

#[test]
fn without_an_installation_every_remedy_is_named() {
    let error = EmbeddedError::NotFound {
        unfit: vec!["/usr/lib/postgresql/12/bin holds version 12".to_owned()],
    }
    .to_string();
    for remedy in [
        "/usr/lib/postgresql/12/bin holds version 12",
        "sudo apt-get install postgresql",
        "sudo dnf install postgresql-server",
        "brew install postgresql@16",
        "docker run",
        "DATABASE_URL=",
        "BUDGET_PG_BIN",
    ] {
        assert_eq!(
            error.lines().filter(|line| line.contains(remedy)).count(),
            1,
            "{remedy} in:\n{error}"
        );
    }
}

#[test]
fn a_wrong_folder_for_the_programs_is_named() {
    let data = DataDir::new();
    let empty = DataDir::new();
    for (folder, reason) in [
        (Path::new("/no/such/folder"), "can't be opened"),
        (empty.path(), "there is no postgres in it"),
    ] {
        let error = Embedded::start(data.path(), Some(folder))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&format!("BUDGET_PG_BIN is {}", folder.display())) && error.contains(reason),
            "{error}"
        );
    }
    for name in ["postgres", "initdb", "pg_ctl"] {
        let program = empty.path().join(name);
        fs::write(&program, "#!/bin/sh\nexit 3\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let error = Embedded::start(data.path(), Some(empty.path()))
        .unwrap_err()
        .to_string();
    assert!(error.contains("postgres doesn't tell its version"), "{error}");
}

#[test]
fn without_the_usual_locale_text_is_utf8_all_the_same() {
    let data = DataDir::new();
    data.start().stop().unwrap();
    let options = fs::read_to_string(data.home().join("data/postmaster.opts")).unwrap();
    let real = fs::canonicalize(options.split(' ').next().unwrap()).unwrap();
    let real = real.parent().unwrap();

    let lacking = DataDir::new();
    let bin = lacking.path().join("bin");
    fs::create_dir(&bin).unwrap();
    fs::set_permissions(&bin, fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["postgres", "pg_ctl", "initdb"] {
        let refuse = if name == "initdb" {
            r#"case "$*" in *C.UTF-8*) echo 'invalid locale name' >&2; exit 1;; esac"#
        } else {
            ""
        };
        let script = format!(
            "#!/bin/sh\n{refuse}\nexec '{}' \"$@\"\n",
            real.join(name).display()
        );
        fs::write(bin.join(name), script).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let embedded = Embedded::start(lacking.path(), Some(&bin)).unwrap();
    let mut conn = connect(&embedded);
    assert_eq!(text(&mut conn, "current_setting('server_encoding')"), "UTF8");
    assert_eq!(text(&mut conn, "lower('ÄÉ')"), "äé");
    embedded.stop().unwrap();
}

#[test]
fn a_database_that_root_brought_back_without_its_owners_says_how_to_hand_it_over() {
    if !is_root() {
        return;
    }
    let data = DataDir::new();
    let cluster = data.home().join("data");
    fs::create_dir_all(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "15\n").unwrap();
    let error = Embedded::start(data.path(), None).unwrap_err();
    assert!(
        matches!(error, EmbeddedError::Foreign { owner: 0, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("chown -R"), "{error}");
}

#[test]
fn a_deep_or_unusual_data_folder_works_too() {
    let data = DataDir::new();
    for name in [&"deep".repeat(40), "a space, a comma and ümlauts"] {
        let embedded = Embedded::start(&data.path().join(name), None).unwrap();
        let url = embedded.database_url();
        note(&embedded, "kept");
        embedded.stop().unwrap();

        let socket_folder = url
            .split(['@', '?'])
            .nth(1)
            .unwrap()
            .trim_end_matches("/budget")
            .replace("%2F", "/");
        assert!(
            socket_folder.len() < 87 && !socket_folder.contains("postgres"),
            "{socket_folder}"
        );
        assert!(
            !Path::new(&socket_folder).exists(),
            "nothing stays among the temporary files"
        );

        if is_root() {
            // Somebody else was there first: a trap, or another user's database.
            fs::create_dir(&socket_folder).unwrap();
            chown(&socket_folder, Some(54321), None).unwrap();
            let error = Embedded::start(&data.path().join(name), None).unwrap_err();
            assert!(
                matches!(error, EmbeddedError::Foreign { owner: 54321, .. }),
                "{error}"
            );
            fs::remove_dir(&socket_folder).unwrap();
        }
        let embedded = Embedded::start(&data.path().join(name), None).unwrap();
        assert_eq!(notes(&embedded), "kept");
        embedded.stop().unwrap();
    }
}

#[test]
fn a_data_folder_that_only_root_may_enter_has_its_database_elsewhere() {
    if !is_root() {
        return; // an ordinary user's Postgres runs as that user
    }
    let data = DataDir::closed();
    let embedded = data.start();
    let home = fs::read_link(data.home()).unwrap();
    assert!(home.starts_with("/var/lib/budget"), "{}", home.display());
    note(&embedded, "kept");
    embedded.stop().unwrap();

    // Open by now: still the same database, not a new one.
    fs::set_permissions(data.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let embedded = data.start();
    assert_eq!(notes(&embedded), "kept");
    embedded.stop().unwrap();
}

#[test]
fn a_database_that_becomes_unreachable_is_not_replaced_by_an_empty_one() {
    if !is_root() {
        return;
    }
    let data = DataDir::new();
    data.start().stop().unwrap();
    fs::set_permissions(data.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let error = Embedded::start(data.path(), None).unwrap_err();
    assert!(matches!(error, EmbeddedError::Unreachable { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains(&format!("chmod o+x {}", data.path().display())),
        "{error}"
    );
}
