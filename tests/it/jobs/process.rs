//! Jobs in the real program: `budget worker`, and `budget serve` with and without them.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use tempfile::TempDir;

use crate::support::{Browser, SmtpSink, TestDatabase};

/// The program at work; it does not outlive its test.
struct Program {
    child: Child,
    log: Option<JoinHandle<String>>,
    said: String,
    _folder: TempDir,
}

impl Program {
    /// Starts it, and waits for the line that says so.
    fn start(database: &TestDatabase, command: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("budget-jobs-").tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_budget"))
            .arg(command)
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("DATABASE_URL", database.url())
            .env("PORT", "0")
            .env("WORKERS", "1")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut err = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut log = String::new();
            err.read_to_string(&mut log).unwrap();
            log
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let program = Self {
            child,
            log: Some(log),
            said: line,
            _folder: folder,
        };
        assert!(!program.said.is_empty(), "it did not start");
        program
    }

    /// Until it answers, a server does not listen to signals either.
    fn browse(&self) {
        let (_, address) = self.said.trim().split_once("http://").unwrap();
        Browser::at(address).get("/livez").assert_ok();
    }

    fn terminate(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", "TERM", &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Its exit code and its log.
    fn end(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(20), "it does not end");
            thread::sleep(Duration::from_millis(10));
        }
        let log = self.log.take().unwrap().join().unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn add_letter(database: &TestDatabase) {
    database
        .connect()
        .batch_execute(
            "SELECT enqueue_job('letter', '{\"letter\": \"account_deleted\", \"to\": \"ada@example.org\"}', now(), NULL)",
        )
        .unwrap();
}

fn letters(database: &TestDatabase) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let query = "SELECT format('%s, attempt %s of %s', state, attempts, attempts_max) AS line FROM jobs WHERE kind = 'letter' ORDER BY id";
    let rows: Vec<Line> = sql_query(query).load(&mut database.connect()).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

#[track_caller]
fn wait_for(database: &TestDatabase, states: &[&str]) {
    let started = Instant::now();
    while letters(database) != states {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{:?}",
            letters(database)
        );
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_worker_that_is_told_to_stop_lets_the_running_job_end() {
    let database = TestDatabase::new();
    let sink = SmtpSink::start();
    sink.hold(true);
    add_letter(&database);
    let mut program = Program::start(&database, "worker", &[("SMTP_URL", &sink.url())]);
    sink.wait_for(1);
    program.terminate();
    thread::sleep(Duration::from_millis(500));
    assert!(program.child.try_wait().unwrap().is_none(), "it did not wait");
    add_letter(&database); // nothing new is begun
    sink.hold(false);
    let (code, log) = program.end();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(
        letters(&database),
        ["done, attempt 1 of 8", "queued, attempt 0 of 8"]
    );
    assert!(!log.contains("ada@"), "{log}");
}

#[test]
fn a_job_that_hangs_is_put_back_and_does_not_keep_the_program() {
    let database = TestDatabase::new();
    let sink = SmtpSink::start();
    sink.hold(true);
    add_letter(&database);
    let program = Program::start(&database, "worker", &[("SMTP_URL", &sink.url())]);
    sink.wait_for(1);
    program.terminate();
    let started = Instant::now();
    let (code, log) = program.end();
    assert!(
        started.elapsed() < Duration::from_secs(12),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(letters(&database), ["queued, attempt 1 of 9"]);
}

#[test]
fn a_killed_worker_leaves_its_job_to_others() {
    let database = TestDatabase::new();
    let sink = SmtpSink::start();
    sink.hold(true);
    add_letter(&database);
    let mut program = Program::start(&database, "worker", &[("SMTP_URL", &sink.url())]);
    sink.wait_for(1);
    program.child.kill().unwrap();
    program.end();
    sink.hold(false);
    wait_for(&database, &["running, attempt 1 of 8"]);
    database
        .connect()
        .batch_execute(
            "UPDATE jobs SET locked_until = locked_until - interval '1 minute' WHERE state = 'running'",
        )
        .unwrap();
    let program = Program::start(&database, "worker", &[("SMTP_URL", &sink.url())]);
    wait_for(&database, &["done, attempt 2 of 8"]);
    program.terminate();
    assert_eq!(program.end().0, Some(0));
}

#[test]
fn the_server_runs_jobs_unless_it_is_told_not_to() {
    let database = TestDatabase::new();
    let sink = SmtpSink::start();
    let url = sink.url();
    let idle = Program::start(&database, "serve", &[("JOBS", "off"), ("SMTP_URL", &url)]);
    add_letter(&database);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(letters(&database), ["queued, attempt 0 of 8"]);
    idle.browse();
    idle.terminate();
    assert_eq!(idle.end().0, Some(0));

    let program = Program::start(&database, "serve", &[("SMTP_URL", &url)]);
    wait_for(&database, &["done, attempt 1 of 8"]);
    assert_eq!(sink.letters().len(), 1);
    program.browse();
    program.terminate();
    assert_eq!(program.end().0, Some(0));
}

#[test]
fn without_an_smtp_server_mail_is_in_the_log_at_home_only() {
    let key = "k".repeat(32);
    let production = [
        ("ENVIRONMENT", "production"),
        ("SECRET_KEY", key.as_str()),
        ("PUBLIC_URL", "https://budget.example.org"),
    ];
    for (settings, shown) in [(&[][..], true), (&production[..], false)] {
        let database = TestDatabase::new();
        add_letter(&database);
        let program = Program::start(&database, "worker", settings);
        wait_for(&database, &["done, attempt 1 of 8"]);
        program.terminate();
        let (code, log) = program.end();
        assert_eq!(code, Some(0), "{log}");
        for part in ["To: ada@example.org", "Your account in Budget was deleted"] {
            assert_eq!(log.contains(part), shown, "{log}");
        }
        assert!(log.contains("SMTP_URL is not set"), "{log}");
    }
}
