//! Background jobs: added with the work that they belong to, run once, tried again, taken over, put back; and what the app's own do.

mod letters;
mod process;
mod tidy;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use budget::db::{Caller, DbError};
use budget::jobs::queue::{self, Claimed, Failed, Job};
use budget::jobs::registry::Registry;
use budget::jobs::schedule::Schedule;
use budget::jobs::worker::{Outcome, Settings, Worker};
use budget::jobs::{Context, JobError};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::support::TestApp;

const LEASE: TimeDelta = TimeDelta::seconds(60);

/// A job that writes down that it ran, and then does as it is told.
#[derive(Clone, Serialize, Deserialize)]
struct Probe {
    name: String,
    act: Act,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Act {
    Succeed,
    /// Fails so many times first.
    Fail(i64),
    /// Panics once, inside a transaction that holds a lock.
    Panic,
    /// Waits until its gate is open.
    Wait,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Job for Probe {
    const KIND: &'static str = "probe";

    fn run(self, context: &Context) -> Result<(), JobError> {
        let name = self.name.clone();
        let runs: Number = context.db.system(|conn| {
            sql_query("INSERT INTO runs (name) VALUES ($1)")
                .bind::<Text, _>(&name)
                .execute(conn)?;
            let count = sql_query("SELECT count(*) AS number FROM runs WHERE name = $1");
            Ok::<_, JobError>(count.bind::<Text, _>(&name).get_result(conn)?)
        })?;
        match self.act {
            Act::Fail(times) if runs.number <= times => Err(JobError::Failed("the probe fails")),
            Act::Panic if runs.number == 1 => context.db.system(|conn| {
                sql_query("UPDATE gates SET name = name").execute(conn)?;
                panic!("ada@example.org had 12.50 on her account")
            }),
            Act::Wait => {
                let open = || {
                    let query = sql_query("SELECT count(*) AS number FROM gates WHERE name = $1");
                    let found: Number = context
                        .db
                        .system(|conn| Ok::<_, JobError>(query.bind::<Text, _>(&name).get_result(conn)?))?;
                    Ok::<_, JobError>(found.number > 0)
                };
                while !open()? {
                    thread::sleep(Duration::from_millis(10));
                }
                Ok(())
            }
            Act::Succeed | Act::Fail(_) | Act::Panic => Ok(()),
        }
    }
}

/// An app whose workers know probes.
struct Bench {
    app: TestApp,
}

impl Bench {
    fn new() -> Self {
        let app = TestApp::new();
        app.sql()
            .batch_execute("CREATE TABLE runs (name TEXT); CREATE TABLE gates (name TEXT); INSERT INTO gates VALUES ('none')")
            .unwrap();
        Self { app }
    }

    fn now(&self) -> DateTime<Utc> {
        self.app.state.clock.now()
    }

    fn pass(&self, time: TimeDelta) {
        self.app.state.clock.set(self.now() + time);
    }

    fn worker(&self, settings: Settings) -> Worker {
        Worker::new(
            self.app.jobs.clone(),
            Registry::default().with::<Probe>(),
            settings,
        )
    }

    fn work(&self) -> Vec<Outcome> {
        self.worker(Settings::default()).work_off().unwrap()
    }

    fn add(&self, name: &str, act: Act) {
        assert!(self.add_at(name, act, self.now(), None));
    }

    fn add_at(&self, name: &str, act: Act, run_at: DateTime<Utc>, key: Option<&str>) -> bool {
        let probe = Probe {
            name: name.to_owned(),
            act,
        };
        self.app
            .db
            .system(|conn| Ok::<_, DbError>(queue::enqueue(conn, &probe, run_at, key)?))
            .unwrap()
    }

    /// How often each probe ran, and what became of it.
    fn states(&self) -> Vec<String> {
        lines(
            &self.app,
            "SELECT format('%s: %s runs, %s, attempt %s of %s', payload->>'name', (SELECT count(*) FROM runs WHERE name = payload->>'name'), state, attempts, attempts_max)
                    AS line FROM jobs ORDER BY id",
        )
    }

    fn claim(&self) -> Option<Claimed> {
        let now = self.now();
        self.app
            .db
            .system(|conn| Ok::<_, DbError>(queue::claim(conn, now, LEASE)?))
            .unwrap()
    }

    fn system<T>(&self, work: impl FnOnce(&mut diesel::PgConnection) -> diesel::QueryResult<T>) -> T {
        self.app.db.system(|conn| Ok::<_, DbError>(work(conn)?)).unwrap()
    }

    fn open_gate(&self, name: &str) {
        let open = format!("INSERT INTO gates VALUES ('{name}')");
        self.app.sql().batch_execute(&open).unwrap();
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(app: &TestApp, query: &str) -> Vec<String> {
    let rows: Vec<Line> = sql_query(query).load(&mut app.sql()).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what} did not come");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A worker on a thread of its own.
struct Running {
    stop: Arc<Notify>,
    thread: thread::JoinHandle<()>,
}

impl Running {
    fn start(worker: Worker) -> Self {
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime
                .block_on(worker.run(async move { stopped.notified().await }))
                .unwrap();
            runtime.shutdown_background();
        });
        Self { stop, thread }
    }

    fn stop(self) {
        self.stop.notify_one();
        self.thread.join().unwrap();
    }
}

#[test]
fn a_job_comes_true_with_its_transaction_or_not_at_all() {
    let bench = Bench::new();
    let owner = bench.app.household();
    let caller = Caller::Trusted {
        user: owner.user,
        household: None,
    };
    let now = bench.now();
    let probe = |name: &str| Probe {
        name: name.to_owned(),
        act: Act::Succeed,
    };
    let refused: Result<(), DbError> = bench.app.db.write_now(&caller, |conn, _| {
        assert!(queue::enqueue(conn, &probe("never"), now, None)?);
        Err(DbError::ReadOnly)
    });
    assert!(refused.is_err());
    assert_eq!(bench.app.count("jobs"), 0);
    assert_eq!(bench.work(), []);
    // Through every door that writes.
    bench
        .app
        .db
        .write_now(&caller, |conn, _| {
            Ok::<_, DbError>(queue::enqueue(conn, &probe("written"), now, None)?)
        })
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let account = probe("account");
    runtime
        .block_on(bench.app.db.account(caller.clone(), move |conn, _| {
            Ok::<_, DbError>(queue::enqueue(conn, &account, now, None)?)
        }))
        .unwrap();
    bench.add("system", Act::Succeed);
    assert_eq!(bench.work(), [Outcome::Done; 3]);
    assert_eq!(
        bench.states(),
        ["written", "account", "system"].map(|name| format!("{name}: 1 runs, done, attempt 1 of 8"))
    );
}

#[test]
fn a_job_waits_for_its_time() {
    let bench = Bench::new();
    let later = bench.now() + TimeDelta::hours(1);
    bench.add_at("later", Act::Succeed, later, None);
    bench.pass(TimeDelta::minutes(59));
    assert_eq!(bench.work(), []);
    bench.pass(TimeDelta::minutes(1));
    assert_eq!(bench.work(), [Outcome::Done]);
    assert_eq!(bench.work(), []);
}

#[test]
fn a_job_that_fails_is_tried_again_after_growing_pauses() {
    let bench = Bench::new();
    bench.add("flaky", Act::Fail(2));
    assert_eq!(bench.work(), [Outcome::Failed]);
    assert_eq!(bench.states(), ["flaky: 1 runs, queued, attempt 1 of 8"]);
    assert_eq!(bench.app.complaints(), ["queued probe: the probe fails"]);
    bench.pass(TimeDelta::milliseconds(9_999));
    assert_eq!(bench.work(), []);
    bench.pass(TimeDelta::milliseconds(2_501));
    assert_eq!(bench.work(), [Outcome::Failed]);
    bench.pass(TimeDelta::milliseconds(39_999));
    assert_eq!(bench.work(), []);
    bench.pass(TimeDelta::milliseconds(10_001));
    assert_eq!(bench.work(), [Outcome::Done]);
    assert_eq!(bench.states(), ["flaky: 3 runs, done, attempt 3 of 8"]);
    assert!(bench.app.complaints().is_empty());
}

#[test]
fn a_job_is_dead_after_its_last_attempt() {
    let bench = Bench::new();
    bench.add("hopeful", Act::Fail(99));
    for _ in 0..8 {
        assert_eq!(bench.work(), [Outcome::Failed]);
        bench.pass(TimeDelta::days(1));
    }
    assert_eq!(bench.work(), []);
    assert_eq!(bench.states(), ["hopeful: 8 runs, dead, attempt 8 of 8"]);
    assert_eq!(bench.app.complaints(), ["dead probe: the probe fails"]);
    bench.app.forgive();
}

#[test]
fn a_job_of_a_newer_version_waits_for_it() {
    let bench = Bench::new();
    bench
        .app
        .sql()
        .batch_execute("SELECT enqueue_job('mystery', '1', '2026-11-14', NULL), enqueue_job('probe', '{\"name\": \"ada@example.org\"}', '2026-11-14', NULL)")
        .unwrap();
    assert_eq!(bench.work(), [Outcome::Failed; 2]);
    assert_eq!(
        bench.app.complaints(),
        [
            "queued mystery: this version does not know this kind of job",
            "queued probe: this version cannot read the job's payload",
        ]
    );
    bench.app.forgive();
}

#[test]
fn a_panic_is_a_failed_attempt_and_holds_no_locks() {
    let bench = Bench::new();
    bench.add("nervous", Act::Panic);
    assert_eq!(bench.work(), [Outcome::Failed]);
    assert_eq!(
        bench.app.complaints(),
        ["queued probe: the job panicked; the place is in the log"]
    );
    // The row that it had locked is free, and no connection is left in its transaction.
    bench
        .app
        .sql()
        .batch_execute("SET lock_timeout = '2s'; UPDATE gates SET name = name")
        .unwrap();
    assert_eq!(
        lines(
            &bench.app,
            "SELECT state AS line FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        ),
        Vec::<String>::new()
    );
    bench.pass(TimeDelta::minutes(1));
    assert_eq!(bench.work(), [Outcome::Done]);
}

#[test]
fn a_worker_that_comes_too_late_changes_nothing() {
    let bench = Bench::new();
    bench.add("slow", Act::Succeed);
    let first = bench.claim().unwrap();
    bench.pass(LEASE - TimeDelta::milliseconds(1));
    assert!(bench.claim().is_none(), "it is the first one's still");
    bench.pass(TimeDelta::milliseconds(1));
    let second = bench.claim().unwrap();
    assert_eq!(
        (first.id, first.attempt, second.id, second.attempt),
        (second.id, 1, first.id, 2)
    );
    let now = bench.now();
    assert!(!bench.system(|conn| queue::extend(conn, &first, now, LEASE)));
    assert!(!bench.system(|conn| queue::finish(conn, &first, now)));
    let error = JobError::Failed("too late");
    assert_eq!(
        bench.system(|conn| queue::fail(conn, &first, now, &error)),
        Failed::Lost
    );
    let hopeless = JobError::Hopeless("too late");
    assert_eq!(
        bench.system(|conn| queue::fail(conn, &first, now, &hopeless)),
        Failed::Lost
    );
    assert!(!bench.system(|conn| queue::put_back(conn, &first)));
    assert_eq!(bench.states(), ["slow: 0 runs, running, attempt 2 of 8"]);
    assert!(bench.system(|conn| queue::extend(conn, &second, now, LEASE)));
    assert!(bench.system(|conn| queue::finish(conn, &second, now)));
    assert!(!bench.system(|conn| queue::finish(conn, &second, now)));
    assert_eq!(bench.states(), ["slow: 0 runs, done, attempt 2 of 8"]);
}

#[test]
fn a_job_whose_workers_all_vanish_is_dead_in_the_end() {
    let bench = Bench::new();
    bench.add("deadly", Act::Succeed);
    for attempt in 1..=8 {
        assert_eq!(bench.claim().unwrap().attempt, attempt);
        bench.pass(LEASE);
    }
    assert!(bench.claim().is_none());
    assert_eq!(
        bench.app.complaints(),
        ["dead probe: its worker stopped without a word, at the last attempt too"]
    );
    bench.app.forgive();
}

#[test]
fn a_heartbeat_keeps_a_long_job() {
    let bench = Bench::new();
    bench.add("long", Act::Wait);
    let running = Running::start(bench.worker(Settings {
        heartbeat: Duration::from_millis(20),
        ..Settings::default()
    }));
    wait_until("the job", || bench.app.count("runs") == 1);
    for _ in 0..4 {
        bench.pass(TimeDelta::seconds(50));
        let lease = format!(
            "jobs WHERE locked_until = '{}'",
            (bench.now() + LEASE).to_rfc3339()
        );
        wait_until("the heartbeat", || bench.app.count(&lease) == 1);
        // The schedule may have added something of its own, which is anybody's.
        assert!(bench.claim().is_none_or(|claimed| claimed.kind != Probe::KIND));
    }
    bench.open_gate("long");
    wait_until("the end", || bench.app.count("jobs WHERE state = 'done'") == 1);
    running.stop();
    // The schedule added what was due.
    bench
        .app
        .sql()
        .batch_execute("DELETE FROM jobs WHERE kind <> 'probe'")
        .unwrap();
    assert_eq!(bench.states(), ["long: 1 runs, done, attempt 1 of 8"]);
}

#[test]
fn at_most_two_run_at_once_and_what_does_not_end_is_put_back() {
    let bench = Bench::new();
    for name in ["a", "b", "c"] {
        bench.add(name, Act::Wait);
    }
    let running = Running::start(bench.worker(Settings {
        stop_within: Duration::from_millis(300),
        ..Settings::default()
    }));
    wait_until("two jobs", || bench.app.count("runs") == 2);
    thread::sleep(Duration::from_millis(200));
    assert_eq!(bench.app.count("jobs WHERE state = 'running'"), 2);
    bench.open_gate("a");
    wait_until("the third job", || bench.app.count("runs") == 3);
    running.stop();
    bench
        .app
        .sql()
        .batch_execute("DELETE FROM jobs WHERE kind <> 'probe'")
        .unwrap();
    assert_eq!(
        bench.states(),
        [
            "a: 1 runs, done, attempt 1 of 8",
            "b: 1 runs, queued, attempt 1 of 9",
            "c: 1 runs, queued, attempt 1 of 9",
        ]
    );
    // Those that were given up end after all, and have nothing to say any more.
    bench.open_gate("b");
    bench.open_gate("c");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(bench.app.count("jobs WHERE state = 'queued'"), 2);
    assert_eq!(bench.work(), [Outcome::Done; 2]);
}

#[test]
fn an_added_job_wakes_the_worker() {
    let bench = Bench::new();
    let running = Running::start(bench.worker(Settings::default()));
    thread::sleep(Duration::from_secs(3)); // it looks once a second by now
    let mut waited = Vec::new();
    for number in 0..3 {
        let started = Instant::now();
        bench.add(&format!("quick {number}"), Act::Succeed);
        wait_until("the job", || bench.app.count("runs") == number + 1);
        waited.push(started.elapsed());
        thread::sleep(Duration::from_millis(1700));
    }
    waited.sort();
    assert!(waited[0] < Duration::from_millis(500), "{waited:?}");
    running.stop();
    bench
        .app
        .sql()
        .batch_execute("DELETE FROM jobs WHERE kind <> 'probe'")
        .unwrap();
}

#[test]
fn of_jobs_with_one_key_only_the_first_counts_until_it_is_forgotten() {
    let bench = Bench::new();
    let now = bench.now();
    assert!(bench.add_at("first", Act::Succeed, now, Some("key")));
    assert!(!bench.add_at("second", Act::Succeed, now, Some("key")));
    assert!(bench.add_at("other", Act::Succeed, now, Some("another key")));
    assert_eq!(bench.work(), [Outcome::Done; 2]);
    bench.pass(TimeDelta::days(7));
    let purge = |now| bench.system(|conn| queue::purge(conn, now));
    assert_eq!(purge(bench.now()), 0);
    assert!(!bench.add_at("third", Act::Succeed, now, Some("key")));
    bench.pass(TimeDelta::seconds(1));
    assert_eq!(purge(bench.now()), 2);
    assert!(bench.add_at("fourth", Act::Succeed, now, Some("key")));
    assert_eq!(bench.work(), [Outcome::Done]);
    assert_eq!(bench.states(), ["fourth: 1 runs, done, attempt 1 of 8"]);
}

#[test]
fn a_tick_is_one_job_for_all_processes_and_missed_ones_come_once() {
    let bench = Bench::new();
    let tick = |schedule: &mut Schedule| {
        let now = bench.now();
        bench.system(|conn| schedule.tick(conn, now))
    };
    let (mut one, mut other) = (Schedule::of_the_app().unwrap(), Schedule::of_the_app().unwrap());
    // Noon: last night's tidying up was missed.
    assert_eq!((tick(&mut one), tick(&mut other), tick(&mut one)), (1, 0, 0));
    assert_eq!(
        lines(&bench.app, "SELECT unique_key AS line FROM jobs"),
        ["schedule:tidy:1794626220"]
    );
    bench.pass(TimeDelta::hours(15));
    assert_eq!((tick(&mut other), tick(&mut one)), (0, 0), "03:00");
    bench.pass(TimeDelta::minutes(17));
    assert_eq!((tick(&mut other), tick(&mut one)), (1, 0), "03:17");
    // Three nights without any process.
    bench.pass(TimeDelta::days(3));
    let mut again = Schedule::of_the_app().unwrap();
    assert_eq!((tick(&mut again), tick(&mut one), tick(&mut again)), (1, 0, 0));
    assert_eq!(bench.app.count("jobs"), 3);
    assert_eq!(bench.app.work(), 3);
    // What was told but not committed is told again.
    bench.pass(TimeDelta::days(1));
    let now = bench.now();
    let lost: Result<(), DbError> = bench.app.db.system(|conn| {
        assert_eq!(again.tick(conn, now)?, 1);
        Err(DbError::Busy)
    });
    assert!(lost.is_err());
    again.start_over();
    assert_eq!((tick(&mut again), tick(&mut one)), (1, 0));
}

#[test]
fn four_workers_share_the_jobs_and_run_none_twice() {
    let bench = Bench::new();
    for number in 0..200 {
        bench.add(&format!("job {number}"), Act::Succeed);
    }
    let done: Vec<usize> = thread::scope(|scope| {
        let work = || scope.spawn(|| bench.work());
        let workers: Vec<_> = (0..4).map(|_| work()).collect();
        let outcomes = workers.into_iter().map(|worker| worker.join().unwrap());
        outcomes
            .map(|outcomes| {
                assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Done));
                outcomes.len()
            })
            .collect()
    });
    assert_eq!(done.iter().sum::<usize>(), 200);
    assert!(done.iter().filter(|count| **count > 0).count() > 1, "{done:?}");
    assert_eq!(bench.app.count("runs"), 200);
    assert_eq!(bench.app.count("(SELECT DISTINCT name FROM runs) names"), 200);
    assert_eq!(bench.app.count("jobs WHERE state = 'done' AND attempts = 1"), 200);
}

/// Not a test but a measurement: see docs/measurements.md.
#[test]
#[ignore = "a measurement"]
fn measure_five_thousand_jobs() {
    let bench = Bench::new();
    let now = bench.now();
    let started = Instant::now();
    bench.system(|conn| {
        for number in 0..5000 {
            let probe = Probe {
                name: number.to_string(),
                act: Act::Succeed,
            };
            queue::enqueue(conn, &probe, now, None)?;
        }
        Ok(())
    });
    println!("added in {:?}", started.elapsed());
    let started = Instant::now();
    let statements = bench.app.statements(|| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| bench.work());
            }
        });
    });
    println!("run in {:?} with {statements} statements", started.elapsed());
    let running = Running::start(bench.worker(Settings::default()));
    thread::sleep(Duration::from_secs(5));
    let idle = bench.app.statements(|| thread::sleep(Duration::from_secs(30)));
    println!("idle: {idle} statements in 30 s");
    running.stop();
    bench.app.sql().batch_execute("DELETE FROM jobs").unwrap();
}
