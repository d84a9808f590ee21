//! What somebody tries who wants to be somebody else: replays, and clocks held beside answers.

use std::time::{Duration, Instant};

use super::{COOKIE, assert_signed_out};
use crate::support::{PASSWORD, RedisServer, TestApp};

#[test]
fn a_session_that_was_left_is_worth_nothing_anywhere_ever_again() {
    let mut redis = RedisServer::start();
    let url = redis.url();
    let app = TestApp::with(&[("REDIS_URL", &url)]);
    let owner = app.household();
    let stolen = owner.copy();
    let other = app.other_process(&[("REDIS_URL", &url)]);
    let elsewhere = other.browser();
    elsewhere.set_cookie(COOKIE, &stolen.cookie(COOKIE).unwrap());
    stolen.get("/money").assert_ok();
    elsewhere.get("/money").assert_ok();
    owner.submit("/money", Some("/logout"), &[]).assert_status(303);
    assert_signed_out(&stolen);
    assert_signed_out(&elsewhere);
    redis.stop();
    assert_signed_out(&stolen);
    assert_signed_out(&elsewhere);
    // A process that begins afterwards remembers nothing of its own.
    let restarted = app.other_process(&[]);
    let later = restarted.browser();
    later.set_cookie(COOKIE, &stolen.cookie(COOKIE).unwrap());
    assert_signed_out(&later);
    // Nor does a new log-in bring the earlier one back.
    let again = owner.other_browser();
    again.get("/money").assert_ok();
    assert_signed_out(&stolen);
}

#[test]
fn an_unknown_address_takes_as_much_work_and_time_as_a_known_one() {
    let app = TestApp::new();
    let _owner = app.household();
    let browser = app.browser();
    let token = browser.csrf_token();
    let fail = |email: &str| {
        let given = [
            ("email", email),
            ("password", "not my password"),
            ("csrf_token", token.as_str()),
        ];
        browser.post("/login", &given).assert_status(422);
    };
    fail("nobody@example.org");
    let known = app.statements(|| fail("home@example.org"));
    let unknown = app.statements(|| fail("nobody@example.org"));
    assert_eq!(known, unknown);
    // The difference of a hash that is not made would be some tens of milliseconds: several times the rest of the answer. The quickest of
    // many is the one that nothing else was in the way of.
    let quickest = |email: &str, so_far: Duration| {
        let began = Instant::now();
        fail(email);
        began.elapsed().min(so_far)
    };
    let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
    for _ in 0..30 {
        known = quickest("home@example.org", known);
        unknown = quickest("nobody@example.org", unknown);
    }
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    assert!(
        (0.7..1.4).contains(&ratio),
        "known {known:?}, unknown {unknown:?}"
    );
}

#[test]
fn a_session_that_was_planted_is_exchanged_at_sign_up_and_log_in() {
    let app = TestApp::new();
    let attacker = app.household();
    for (page, fields) in [
        ("/signup", crate::support::fields("victim@example.org")),
        (
            "/login",
            vec![("email", "victim@example.org"), ("password", PASSWORD)],
        ),
    ] {
        let planted = attacker.cookie(COOKIE).unwrap();
        let victim = app.browser();
        let form = victim.get(page);
        victim.set_cookie(COOKIE, &planted);
        // The form's token belongs to the visitor's cookie, and is none beside another session.
        form.submit(None, &fields).assert_status(403);
        let token = victim.csrf_token();
        let with_token = [&fields[..], &[("csrf_token", token.as_str())]].concat();
        victim.post(page, &with_token).assert_status(303);
        assert_ne!(victim.cookie(COOKIE).unwrap(), planted, "{page}");
        victim.get("/more").assert_has("victim@example.org");
        // What was planted ended with it.
        assert_signed_out(&attacker);
        let given = [("email", "home@example.org"), ("password", PASSWORD)];
        attacker.submit("/login", None, &given).assert_status(303);
        attacker.get("/more").assert_lacks("victim@example.org");
    }
}
