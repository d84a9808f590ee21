//! Tokens of programs: going on, logging out, and what an attacker makes of them.

mod ended;
mod factor;
mod forged;

use diesel::connection::SimpleConnection;
use std::sync::Barrier;
use std::thread;

use serde_json::json;

use crate::support::{Owner, Program, TestApp, ask, log_in, problem};

/// The kinds of events of a person, the latest first.
fn events(owner: &Owner<'_>) -> Vec<String> {
    use budget::schema::security_events::dsl;
    use diesel::prelude::*;
    dsl::security_events
        .filter(dsl::user_id.eq(owner.user))
        .order((dsl::at.desc(), dsl::id.desc()))
        .select(dsl::kind)
        .load(&mut owner.app.sql())
        .unwrap()
}

#[test]
fn a_refresh_token_buys_both_tokens_anew() {
    let app = TestApp::new();
    let owner = app.household();
    let mut program = Program::of(&owner);
    let answer = program.ask_anew();
    answer.assert_ok();
    let tokens = answer.json();
    assert_eq!(tokens.as_object().unwrap().len(), 2, "{tokens}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    program.refresh = tokens["refresh"].as_str().unwrap().to_owned();
    let earlier = program.clone();
    app.set_clock("2026-11-14T12:10:00Z");
    for _ in 0..3 {
        program.go_on();
    }
    assert_ne!(earlier.access, program.access);
    program.assert_in();
    app.set_clock("2026-11-14T12:20:00Z");
    program.assert_in();
    problem(&earlier.get("/api/locations/"), 401);
    assert_eq!(app.count("token_families"), 1);
    assert_eq!(app.count("refresh_tokens WHERE used_at IS NULL"), 1);
    assert_eq!(events(&owner), ["token_made", "signed_up"]);
}

#[test]
fn a_refresh_token_that_comes_twice_ends_its_family() {
    let app = TestApp::new();
    let owner = app.household();
    let (mut program, bystander) = (Program::of(&owner), Program::of(&owner));
    let thief = program.go_on();
    program.assert_in();
    problem(&thief.ask_anew(), 401);
    program.assert_out();
    thief.assert_out();
    bystander.assert_in(); // another log-in of the same person
    assert_eq!(events(&owner)[0], "token_reused");
    assert_eq!(
        events(&owner).iter().filter(|one| *one == "token_reused").count(),
        1
    );
    // The thief may be the one who went on; it is the same.
    let mut thief = bystander.clone();
    thief.go_on();
    problem(&bystander.ask_anew(), 401);
    thief.assert_out();
}

#[test]
fn of_twenty_uses_at_once_one_wins_and_the_family_is_dead() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let barrier = Barrier::new(20);
    let answers: Vec<_> = thread::scope(|scope| {
        let start = || {
            barrier.wait();
            program.at(app.browser()).ask_anew()
        };
        let running: Vec<_> = (0..20).map(|_| scope.spawn(start)).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 19));
    for answer in lost {
        problem(answer, 401);
    }
    let winner = won[0].json();
    let winner = Program {
        access: winner["access"].as_str().unwrap().to_owned(),
        refresh: winner["refresh"].as_str().unwrap().to_owned(),
        ..program.clone()
    };
    winner.assert_out();
    program.assert_out();
    assert_eq!(events(&owner), ["token_reused", "token_made", "signed_up"]);
}

#[test]
fn refresh_tokens_last_thirty_days_and_refuse_what_is_none() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let said = problem(&program.ask_anew_with("never was one"), 401);
    for none in [
        program.access.as_str(),
        "",
        "\0",
        &"x".repeat(100_000),
        &program.refresh[1..],
        &format!("{} ", program.refresh),
        &program.refresh.to_uppercase(),
        "' OR true --",
    ] {
        let answer = program.ask_anew_with(none);
        if none.is_empty() {
            assert_eq!(
                problem(&answer, 400)["refresh"],
                json!(["This field may not be blank."])
            );
        } else {
            assert_eq!(problem(&answer, 401), said);
        }
    }
    for (body, message) in [
        (json!({}), "This field is required."),
        (json!({ "refresh": null }), "This field is required."),
        (json!({ "refresh": [program.refresh] }), "Not a valid string."),
    ] {
        let browser = app.browser();
        for path in ["/api/token/refresh/", "/api/token/refresh", "/api/token/revoke/"] {
            assert_eq!(
                problem(&ask(&browser, path, &body), 400)["refresh"],
                json!([message])
            );
        }
    }
    diesel::connection::SimpleConnection::batch_execute(
        &mut app.sql(),
        "UPDATE refresh_tokens SET expires_at = now()",
    )
    .unwrap();
    assert_eq!(problem(&program.ask_anew(), 401), said);
    program.assert_in(); // for its quarter of an hour
}

#[test]
fn revoking_answers_the_same_for_every_token() {
    let app = TestApp::new();
    let owner = app.household();
    let mut program = Program::of(&owner);
    let other = Program::of(&owner);
    let earlier = program.go_on();
    // An old one of the family ends it, too (RFC 7009, 2.1).
    for token in [
        &earlier.refresh,
        &earlier.refresh,
        &program.refresh,
        &program.access,
    ] {
        let answer = ask(&app.browser(), "/api/token/revoke/", &json!({ "refresh": token }));
        answer.assert_ok();
        assert_eq!(answer.body, "{}");
    }
    program.assert_out();
    earlier.assert_out();
    other.assert_in();
    assert_eq!(events(&owner)[0], "token_revoked");
    assert_eq!(events(&owner).len(), 4, "one log-out is noted once");
    problem(&other.browser.get("/api/token/revoke/"), 405);
}

#[test]
fn wrong_refresh_tokens_are_limited_and_good_ones_are_not() {
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    let owner = app.household();
    let mut program = Program::of(&owner);
    for _ in 0..40 {
        program.go_on();
    }
    for _ in 0..30 {
        problem(&program.ask_anew_with("never was one"), 401);
    }
    let refused = program.ask_anew();
    problem(&refused, 429);
    assert_eq!(refused.header("retry-after"), Some("60"));
    app.set_clock("2026-11-14T12:01:00Z");
    program.go_on();
}

#[test]
fn a_log_in_of_a_program_is_a_device_that_its_person_can_end() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let device = owner
        .write(|conn, _| Ok(budget::users::device::mine(conn)?))
        .unwrap()
        .into_iter()
        .find(|device| device.is_program)
        .unwrap();
    assert_eq!(device.address, "127.0.0.1");
    assert!(
        owner
            .write(|conn, _| Ok(budget::users::device::end(conn, device.id)?))
            .unwrap()
    );
    program.assert_out();
    owner.get("/money").assert_ok();
}

#[test]
fn a_password_that_changes_during_a_log_in_lets_nobody_in() {
    let app = TestApp::new();
    let owner = app.household();
    // The log-in waits for the lock of a change that is under way, after it found the old password to be right.
    let mut conn = app.sql();
    conn.batch_execute("BEGIN; UPDATE users SET token_epoch = token_epoch + 1")
        .unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| log_in(&app.browser(), &owner.email));
        thread::sleep(std::time::Duration::from_millis(1500));
        assert!(!waiting.is_finished(), "the log-in does not wait");
        conn.batch_execute("COMMIT").unwrap();
        problem(&waiting.join().unwrap(), 401);
    });
    assert_eq!(app.count("token_families"), 0);
    log_in(&app.browser(), &owner.email).assert_ok();
}

#[test]
fn tokens_cost_few_statements() {
    let app = TestApp::new();
    let owner = app.household();
    let mut program = Program::of(&owner);
    let few = |what: &str, work: &mut dyn FnMut()| {
        let sent = app.statements(work);
        assert!(sent <= 6, "{what}: {sent}");
    };
    few("logging in", &mut || {
        log_in(&app.browser(), &owner.email).assert_ok();
    });
    few("going on", &mut || {
        program.go_on();
    });
    few("logging out", &mut || {
        program.revoke().assert_ok();
    });
}
