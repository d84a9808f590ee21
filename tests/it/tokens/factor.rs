//! The second factor of a log-in over the API.

use budget::auth::recovery;
use budget::users::second_factor::{self, PURPOSE};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use super::events;
use crate::support::{Owner, PASSWORD, Page, TestApp, ask, problem};

const SECRET: &[u8; 20] = b"12345678901234567890";
const RECOVERY: &str = "k3v9-0rqx-7m2d-tz4h";

/// Switches a second factor on.
fn protect(owner: &Owner<'_>) {
    let locked = owner
        .app
        .state
        .vault
        .lock(PURPOSE, owner.user.uuid(), SECRET)
        .unwrap();
    owner
        .write(|conn, _| {
            assert!(second_factor::begin(conn, locked)?);
            let hashes = vec![recovery::hash(RECOVERY).unwrap().to_vec()];
            assert!(second_factor::enable(conn, 1, hashes)?);
            Ok(())
        })
        .unwrap();
}

/// The code that the app shows now, or so many seconds from now.
fn code(app: &TestApp, seconds: i64) -> String {
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(SECRET.to_vec())
        .with_account_name("account")
        .build()
        .unwrap();
    let at = app.state.clock.now().timestamp() + seconds;
    totp.generate(u64::try_from(at).unwrap()).to_string()
}

fn log_in(app: &TestApp, email: &str, password: &str, code: Option<&str>) -> Page {
    let mut body = json!({ "email": email, "password": password });
    if let Some(code) = code {
        body["code"] = Value::from(code);
    }
    ask(&app.browser(), "/api/token/", &body)
}

#[test]
fn a_code_is_asked_for_only_after_the_right_password() {
    let app = TestApp::new();
    let owner = app.household();
    protect(&owner);
    let unknown = problem(&log_in(&app, "nobody@example.org", "not my password", None), 401);
    let good = code(&app, 0);
    for typed in [None, Some("000000"), Some(good.as_str()), Some(RECOVERY)] {
        let answer = log_in(&app, &owner.email, "not my password", typed);
        assert_eq!(problem(&answer, 401), unknown);
    }
    let needed = problem(&log_in(&app, &owner.email, PASSWORD, None), 401);
    assert_ne!(needed, unknown);
    assert!(needed["detail"].as_str().unwrap().contains("code"), "{needed}");
    for wrong in [
        "000000",
        "12345",
        "abc",
        "",
        "k3v9-0rqx-7m2d-tz4j",
        "\0",
        &"1".repeat(10_000),
    ] {
        let answer = log_in(&app, &owner.email, PASSWORD, Some(wrong));
        assert_eq!(problem(&answer, 401), needed, "{wrong}");
    }
    let odd = json!({ "email": owner.email, "password": PASSWORD, "code": 123_456 });
    let answer = ask(&app.browser(), "/api/token/", &odd);
    assert_eq!(problem(&answer, 400)["code"], json!(["Not a valid string."]));
    assert_eq!(app.count("token_families"), 0);
    let noted = events(&owner);
    assert_eq!(noted.iter().filter(|kind| *kind == "code_failed").count(), 6);
    assert_eq!(noted.iter().filter(|kind| *kind == "log_in_failed").count(), 4);
    // The code of the attempts with a wrong password is as good as before.
    log_in(&app, &owner.email, PASSWORD, Some(&good)).assert_ok();
    assert_eq!(events(&owner)[0], "token_made");
}

#[test]
fn a_code_counts_once() {
    let app = TestApp::new();
    let owner = app.household();
    protect(&owner);
    let (now, before, next) = (code(&app, 0), code(&app, -30), code(&app, 30));
    log_in(&app, &owner.email, PASSWORD, Some(&now)).assert_ok();
    for used in [&now, &before] {
        problem(&log_in(&app, &owner.email, PASSWORD, Some(used)), 401);
    }
    log_in(
        &app,
        &owner.email,
        PASSWORD,
        Some(&format!(" {} {} ", &next[..3], &next[3..])),
    )
    .assert_ok();
    app.set_clock("2026-11-14T12:00:30Z");
    problem(&log_in(&app, &owner.email, PASSWORD, Some(&next)), 401);
    assert_eq!(app.count("token_families"), 2);

    log_in(&app, &owner.email, PASSWORD, Some("K3V9 0RQX 7M2D TZ4H")).assert_ok();
    assert_eq!(events(&owner)[..2], ["token_made", "recovery_code_used"]);
    problem(&log_in(&app, &owner.email, PASSWORD, Some(RECOVERY)), 401);
    assert_eq!(app.count("recovery_codes"), 0);
}

#[test]
fn of_ten_uses_of_a_code_at_once_one_lets_in() {
    let app = TestApp::new();
    let owner = app.household();
    protect(&owner);
    let good = code(&app, 0);
    for typed in [good.as_str(), RECOVERY] {
        let before = app.count("token_families");
        std::thread::scope(|scope| {
            for _ in 0..10 {
                scope.spawn(|| log_in(&app, &owner.email, PASSWORD, Some(typed)));
            }
        });
        assert_eq!(app.count("token_families"), before + 1, "{typed}");
    }
}

#[test]
fn a_code_of_another_person_is_none() {
    let app = TestApp::new();
    let (owner, other) = (app.household(), app.sign_up("other@example.org", "EUR"));
    protect(&owner);
    // The secret of one, moved into the row of the other, does not open.
    let locked = app.state.vault.lock(PURPOSE, owner.user.uuid(), SECRET).unwrap();
    other
        .write(|conn, _| {
            assert!(second_factor::begin(conn, locked)?);
            assert!(second_factor::enable(conn, 1, Vec::new())?);
            Ok(())
        })
        .unwrap();
    problem(&log_in(&app, &other.email, PASSWORD, Some(&code(&app, 0))), 401);
    problem(&log_in(&app, &other.email, PASSWORD, Some(RECOVERY)), 401);
    assert_eq!(app.count("token_families"), 0);
    assert_eq!(app.count("recovery_codes"), 1);
}

#[test]
fn wrong_codes_are_limited_by_account() {
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    let owner = app.household();
    protect(&owner);
    for _ in 0..5 {
        problem(&log_in(&app, &owner.email, PASSWORD, Some("000000")), 401);
    }
    let good = code(&app, 0);
    let refused = log_in(&app, &owner.email, PASSWORD, Some(&good));
    problem(&refused, 429);
    assert_eq!(refused.header("retry-after"), Some("60"));
    app.set_clock("2026-11-14T12:01:00Z");
    for step in 0..6 {
        app.set_clock(&format!("2026-11-14T12:0{}:00Z", step + 1));
        log_in(&app, &owner.email, PASSWORD, Some(&code(&app, 0))).assert_ok();
    }
}

#[test]
fn a_log_in_with_a_code_costs_few_statements() {
    let app = TestApp::new();
    let owner = app.household();
    protect(&owner);
    for typed in [code(&app, 0), RECOVERY.to_owned()] {
        let sent = app.statements(|| {
            log_in(&app, &owner.email, PASSWORD, Some(&typed)).assert_ok();
        });
        assert!(sent <= 6, "{sent}");
    }
}
