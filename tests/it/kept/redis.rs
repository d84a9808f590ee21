//! Kept answers in Redis: shared by servers, and never needed.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use budget::web::routes::ROUTES;
use redis::{Connection, cmd};

use super::{ENTRY_ONLY, MADE, NOW, OLD, Program};
use crate::support::{Owner, RedisServer, TestApp, free_port};

/// How long an answer may take at most when Redis does not answer; the limit for a command is a quarter of a second.
const ONE_WAIT: Duration = Duration::from_millis(900);

fn set_up(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up().earned("2019-05-01", "100", "Salary");
    owner
}

/// Waits until an answer is kept in Redis again.
#[track_caller]
fn wait_until_used(redis: &RedisServer, program: &Program) {
    let started = Instant::now();
    while redis.names().is_empty() {
        assert!(
            started.elapsed() < Duration::from_secs(15),
            "Redis is not used again"
        );
        // Days that nobody asked for, so that they have to be made.
        program.body(&format!(
            "{NOW}?date=2020-01-{:02}",
            started.elapsed().as_millis() / 100 % 28 + 1
        ));
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn two_servers_share_what_one_made() {
    let redis = RedisServer::start();
    let url = redis.url();
    let app = TestApp::with(&[("REDIS_URL", &url)]);
    let owner = set_up(&app);
    let first = Program::of(&owner).get(NOW);
    first.assert_ok();

    let other = app.other_process(&[("REDIS_URL", &url)]);
    let program = Program::at(other.browser(), &owner);
    let before = other.state.db.statements();
    assert_eq!(program.body(NOW), first.body);
    assert_eq!(other.state.db.statements() - before, ENTRY_ONLY);
    assert_eq!(other.state.cache.counts().hits, 1);
    assert_eq!(program.get(NOW).header("etag"), first.header("etag"));

    // What one writes, the other sees.
    owner.spent("2026-11-01", "1", "Rent");
    for program in [&program, &Program::of(&owner)] {
        program.get(NOW).assert_has(r#""balance":99.00"#);
    }
    // A server that has none shares nothing, and says the same.
    let alone = app.other_process(&[]);
    let program = Program::at(alone.browser(), &owner);
    assert_eq!(
        program.get(NOW).header("etag"),
        Program::of(&owner).get(NOW).header("etag")
    );
    assert_eq!(alone.state.cache.counts().hits, 0);
}

#[test]
fn redis_is_told_no_names_and_keeps_nothing_for_ever() {
    let redis = RedisServer::start();
    let app = TestApp::with(&[("REDIS_URL", &redis.url())]);
    let owner = set_up(&app);
    let program = Program::of(&owner);
    program.body(NOW);
    program.body(OLD);
    let names = redis.names();
    assert_eq!(names.len(), 2);
    for name in names {
        let hash = name.strip_prefix("budget:").unwrap();
        assert_eq!(hash.len(), 43, "{name}");
        let seconds: i64 = cmd("TTL").arg(&name).query(&mut redis.connect()).unwrap();
        assert!((1..=24 * 60 * 60).contains(&seconds), "{seconds}");
    }
}

#[test]
fn redis_may_stop_and_come_back() {
    let mut redis = RedisServer::start();
    let app = TestApp::with(&[("REDIS_URL", &redis.url())]);
    let owner = set_up(&app);
    let program = Program::of(&owner);
    let before = program.body(NOW);
    assert_eq!(program.body(NOW), before);

    redis.stop();
    assert_eq!(app.statements(|| assert_eq!(program.body(NOW), before)), MADE);
    assert!(app.state.cache.counts().errors > 0);
    assert_eq!(
        app.statements(|| assert_eq!(program.body(NOW), before)),
        ENTRY_ONLY,
        "kept in the process"
    );
    for route in ROUTES {
        if route.method == "GET" && !route.path.contains('{') {
            let answer = if route.path.starts_with("/api/") {
                program.get(route.path)
            } else {
                owner.get(route.path)
            };
            assert!(answer.status < 400, "{}: {}", route.path, answer.status);
        }
    }
    owner.spent("2026-11-01", "1", "Rent");
    program.get(NOW).assert_has(r#""balance":99.00"#);
    owner.submit("/money", Some("/logout"), &[]).assert_status(303);

    redis.start_again();
    wait_until_used(&redis, &program);
    program.get(NOW).assert_has(r#""balance":99.00"#);
    let made = app.statements(|| {
        program.get(NOW).assert_has(r#""balance":99.00"#);
    });
    assert_eq!(made, ENTRY_ONLY);

    // It stops and comes back between two answers: the connection is dead, and nobody has to know.
    redis.stop();
    redis.start_again();
    let errors = app.state.cache.counts().errors;
    program.get(NOW).assert_has(r#""balance":99.00"#);
    assert_eq!(app.state.cache.counts().errors, errors);
    assert_eq!(
        redis.names().len(),
        1,
        "it was empty, and is filled again at once"
    );
}

#[test]
fn a_redis_that_never_answers_costs_one_short_wait() {
    // It takes connections and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}/", listener.local_addr().unwrap());
    let silent = thread::spawn(move || {
        let taken: Vec<_> = listener.incoming().take(2).collect();
        drop(taken);
    });
    let app = TestApp::with(&[("REDIS_URL", &url)]);
    let owner = set_up(&app);
    let program = Program::of(&owner);
    assert_cheap(&program);
    let errors = app.state.cache.counts().errors;
    assert_eq!(errors, 1, "one command was tried");

    // The looks in the background hold nobody up.
    thread::sleep(Duration::from_millis(2100));
    let started = Instant::now();
    for _ in 0..5 {
        program.body(NOW);
        thread::sleep(Duration::from_millis(50));
    }
    assert!(started.elapsed() < ONE_WAIT, "{:?}", started.elapsed());
    assert_eq!(app.state.cache.counts().errors, errors);
    drop(app);
    silent.join().unwrap();
}

#[test]
fn a_redis_that_freezes_is_used_again_when_it_goes_on() {
    let redis = RedisServer::start();
    let app = TestApp::with(&[("REDIS_URL", &redis.url())]);
    let owner = set_up(&app);
    let program = Program::of(&owner);
    let before = program.body(NOW);
    redis.freeze();
    assert_cheap(&program);
    assert_eq!(program.body(NOW), before);
    redis.thaw();
    cmd("FLUSHALL").exec(&mut redis.connect()).unwrap();
    wait_until_used(&redis, &program);
    assert_eq!(program.body(NOW), before);
}

/// The first answer waits for Redis at most once, and those after it not at all.
#[track_caller]
fn assert_cheap(program: &Program) {
    let started = Instant::now();
    program.body(NOW);
    assert!(started.elapsed() < ONE_WAIT, "{:?}", started.elapsed());
    let started = Instant::now();
    for _ in 0..10 {
        program.body(NOW);
    }
    assert!(started.elapsed() < ONE_WAIT, "{:?}", started.elapsed());
}

#[test]
fn a_redis_that_is_not_there_or_lets_nobody_in_stops_nothing() {
    let redis = RedisServer::start();
    let address = redis.url().rsplit('@').next().unwrap().to_owned();
    let nobody = format!("redis://127.0.0.1:{}/", free_port());
    for url in [
        nobody,
        format!("redis://{address}"),
        format!("redis://:wrong@{address}"),
        format!("rediss://:hunter2@{address}"), // it speaks no TLS
        format!("{}99", redis.url()),
    ] {
        let app = TestApp::with(&[("REDIS_URL", &url)]);
        let owner = set_up(&app);
        let program = Program::of(&owner);
        assert_cheap(&program);
        let counts = app.state.cache.counts();
        assert_eq!((counts.errors, counts.hits), (1, 10), "{url}");
    }
}

#[test]
fn a_full_redis_is_left_alone() {
    let redis = RedisServer::start();
    let conn = &mut redis.connect();
    cmd("CONFIG")
        .arg("SET")
        .arg("maxmemory")
        .arg(1)
        .exec(conn)
        .unwrap();
    let app = TestApp::with(&[("REDIS_URL", &redis.url())]);
    let owner = set_up(&app);
    let program = Program::of(&owner);
    assert_cheap(&program);
    thread::sleep(Duration::from_millis(2100));
    assert_cheap(&program);
    assert_eq!(
        app.state.cache.counts().errors,
        1,
        "it answers, and is still of no use"
    );
    cmd("CONFIG")
        .arg("SET")
        .arg("maxmemory")
        .arg(0)
        .exec(conn)
        .unwrap();
    wait_until_used(&redis, &program);
}

#[test]
fn what_others_put_into_redis_is_never_an_answer() {
    type Spoil = fn(&mut Connection, &str, &str);
    let redis = RedisServer::start();
    let app = TestApp::with(&[("REDIS_URL", &redis.url())]);
    let owner = set_up(&app);
    let program = Program::of(&owner);
    let (now, old) = (program.get(NOW), program.get(OLD));
    owner.spent("2026-11-01", "1", "Rent");
    let (newer, _) = (program.get(NOW), old);
    assert_ne!(newer.body, now.body);
    let name = |page: &crate::support::Page| {
        let tag = page.header("etag").unwrap();
        format!("budget:{}", tag.trim_start_matches("W/").trim_matches('"'))
    };
    let (mine, other) = (name(&newer), name(&now));
    let conn = &mut redis.connect();
    let good: Vec<u8> = cmd("GET").arg(&mine).query(conn).unwrap();
    assert!(good.ends_with(newer.body.as_bytes()));

    let spoils: [(&str, Spoil); 8] = [
        ("text", |conn, name, _| set(conn, name, b"{\"balance\":1000000}")),
        ("one byte", |conn, name, _| set(conn, name, &[1])),
        ("an unsealed answer", |conn, name, _| {
            let mut forged = vec![1; 33];
            forged.extend(b"{\"balance\":1000000}");
            set(conn, name, &forged);
        }),
        ("another answer", |conn, name, other| {
            let other = get(conn, other);
            set(conn, name, &other);
        }),
        ("a flipped bit", |conn, name, _| {
            let mut entry = get(conn, name);
            *entry.last_mut().unwrap() ^= 1;
            set(conn, name, &entry);
        }),
        ("half of it", |conn, name, _| {
            let entry = get(conn, name);
            set(conn, name, &entry[..entry.len() / 2]);
        }),
        ("8 MB", |conn, name, _| set(conn, name, &vec![1; 8 * 1024 * 1024])),
        ("a list", |conn, name, _| {
            cmd("DEL").arg(name).exec(conn).unwrap();
            cmd("RPUSH").arg(name).arg("x").exec(conn).unwrap();
        }),
    ];
    for (index, (what, spoil)) in (1u64..).zip(spoils) {
        spoil(conn, &mine, &other);
        assert_eq!(
            app.statements(|| assert_eq!(program.body(NOW), newer.body, "{what}")),
            MADE,
            "{what}"
        );
        assert_eq!(app.state.cache.counts().errors, index, "{what}");
        assert_eq!(get(conn, &mine), good, "{what}: a good one takes its place");
        assert_eq!(
            app.statements(|| assert_eq!(program.body(NOW), newer.body)),
            ENTRY_ONLY,
            "{what}"
        );
    }
}

fn get(conn: &mut Connection, name: &str) -> Vec<u8> {
    cmd("GET").arg(name).query(conn).unwrap()
}

fn set(conn: &mut Connection, name: &str, entry: &[u8]) {
    cmd("SET").arg(name).arg(entry).exec(conn).unwrap();
}
