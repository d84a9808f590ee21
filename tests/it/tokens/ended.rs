//! What ends tokens ends them at once: on every server, with or without Redis, and after a restart.

use budget::auth::password;
use budget::db::DbError;
use budget::households::people;
use budget::users::{administer, device};
use serde_json::json;

use crate::support::{Owner, PASSWORD, Program, RedisServer, TestApp, log_in};

/// Something that ends the tokens of a person.
struct End {
    name: &'static str,
    /// Whether it ends every log-in of the person, or only the one.
    all: bool,
    /// Whether one can log in again with the same password.
    back: bool,
    act: fn(&Owner<'_>, &Program),
}

const ENDS: &[End] = &[
    End {
        name: "revoking",
        all: false,
        back: true,
        act: |_, program| {
            program.revoke().assert_ok();
        },
    },
    End {
        name: "logging out everywhere",
        all: true,
        back: true,
        act: |owner, _| {
            owner
                .write(|conn, _| Ok(device::end_others(conn, None)?))
                .unwrap();
        },
    },
    End {
        name: "a new password",
        all: true,
        back: false,
        act: |owner, program| {
            let body = json!({ "password": "a better horse battery", "current_password": PASSWORD });
            let path = format!("/api/users/{}/", owner.user);
            program.send("PATCH", &path, &body).assert_ok();
        },
    },
    End {
        name: "a password by an administrator",
        all: true,
        back: false,
        act: |owner, _| {
            let hash = password::hash_now(&"a better horse battery".into()).unwrap();
            administer::set_password(&mut owner.app.sql(), owner.user, &hash).unwrap();
        },
    },
    End {
        name: "blocking",
        all: true,
        back: false,
        act: |owner, _| assert!(administer::block(&mut owner.app.sql(), owner.user).unwrap()),
    },
    End {
        name: "deletion",
        all: true,
        back: false,
        act: |owner, _| {
            let closed = owner
                .app
                .db
                .system(|conn| {
                    let closed = administer::delete(conn, owner.user, None)?.unwrap_or_default();
                    for household in &closed {
                        people::delete_closed(conn, *household)?;
                    }
                    Ok::<_, DbError>(closed)
                })
                .unwrap();
            assert_eq!(closed, [owner.household]);
        },
    },
];

#[test]
fn every_end_counts_at_once_everywhere() {
    for end in ENDS {
        for redis_stops in [false, true] {
            let mut redis = RedisServer::start();
            let url = redis.url();
            let app = TestApp::with(&[("REDIS_URL", &url)]);
            let other = app.other_process(&[("REDIS_URL", &url)]);
            let owner = app.household();
            let stranger = Program::of(&app.sign_up("stranger@example.org", "EUR"));
            let (mut program, second) = (Program::of(&owner), Program::of(&owner));
            let earlier = program.go_on();
            let there = program.at(other.browser());
            // Answers are kept in both processes, and in Redis.
            for _ in 0..2 {
                program.assert_in();
                there.assert_in();
            }
            if redis_stops {
                redis.stop();
            }
            (end.act)(&owner, &program);
            there.assert_out();
            program.assert_out();
            earlier.at(other.browser()).assert_out();
            if end.all {
                second.assert_out();
            } else {
                second.assert_in();
            }
            let restarted = app.other_process(&[]);
            program.at(restarted.browser()).assert_out();
            stranger.assert_in();
            stranger.at(restarted.browser()).assert_in();
            let back = log_in(&app.browser(), &owner.email);
            assert_eq!(back.status, if end.back { 200 } else { 401 }, "{}", end.name);
        }
    }
}

#[test]
fn unblocking_brings_no_token_back() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let conn = &mut app.sql();
    assert!(administer::block(conn, owner.user).unwrap());
    assert!(administer::unblock(conn, owner.user).unwrap());
    program.assert_out();
    Program::of(&owner).assert_in();
}

#[test]
fn tokens_outlive_a_restart() {
    let app = TestApp::new();
    let owner = app.household();
    let mut program = Program::of(&owner);
    let restarted = app.other_process(&[]);
    program.at(restarted.browser()).assert_in();
    program.browser = restarted.browser();
    program.go_on();
    program.assert_in();
}
