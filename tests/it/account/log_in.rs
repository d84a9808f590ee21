//! Logging in with a second factor.

use base64::Engine;
use secrecy::SecretSlice;

use super::{
    EMAIL, NEW_PASSWORD, ON, ask_for_code, assert_signed_out, give, later, log_in, run, sign_up, switch_on,
    times, without_tokens,
};
use crate::support::{Owner, PASSWORD, TestApp, fields};

/// Somebody with a second factor, and another browser that has yet to come in.
fn somebody(app: &TestApp) -> (Owner<'_>, super::Factor) {
    let owner = app.household();
    let factor = switch_on(&owner);
    app.work();
    (owner, factor)
}

#[test]
fn the_password_alone_lets_nobody_in_and_a_code_does() {
    let app = TestApp::new();
    let (owner, factor) = somebody(&app);
    let browser = app.browser();
    let page = browser.get("/login?next=%2Floans");
    let page = page.submit(None, &[("email", EMAIL), ("password", PASSWORD)]);
    page.assert_ok().assert_has("Your code");
    assert_eq!(app.count("sessions"), 1, "only the one that switched it on");
    assert_eq!(browser.cookie("budget_session"), None);
    give(&page, &factor.code(&app, 0))
        .assert_status(303)
        .assert_location("/loans");
    browser.get("/loans").assert_ok();
    assert_eq!(times(&app, "logged_in"), 1);
    assert!(browser.cookie("budget_device").is_some());
    owner.get("/money").assert_ok();
}

#[test]
fn a_code_counts_once_and_none_before_it() {
    let app = TestApp::new();
    let (_owner, factor) = somebody(&app);
    let used = factor.code(&app, 0);
    let spaced = format!(" {} {} ", &used[..3], &used[3..]);
    give(&ask_for_code(&app.browser()), &spaced).assert_status(303);
    for (what, code) in [("again", used), ("the one before", factor.code(&app, -1))] {
        let page = give(&ask_for_code(&app.browser()), &code);
        page.assert_status(422)
            .assert_has("not right, or was used before");
        assert!(!page.body.contains(&code), "{what}");
    }
    // One step ahead is a clock that is fast.
    give(&ask_for_code(&app.browser()), &factor.code(&app, 1)).assert_status(303);
    give(&ask_for_code(&app.browser()), &factor.code(&app, 0)).assert_status(422);
    assert_eq!(times(&app, "code_failed"), 3);
}

#[test]
fn whatever_is_wrong_reads_the_same() {
    let app = TestApp::new();
    let (_owner, factor) = somebody(&app);
    let used = factor.code(&app, 0);
    give(&ask_for_code(&app.browser()), &used).assert_status(303);
    let long = "9".repeat(10_000);
    let wrong = [
        "",
        "000000",
        &used,
        "abcd",
        "0000-0000-0000-0000",
        "' OR true",
        "\0",
        "🦀",
        &long,
    ];
    let mut answers = wrong.map(|code| {
        let asked = ask_for_code(&app.browser());
        let page = give(&asked, code);
        page.assert_status(422);
        without_tokens(&page).replace(&asked.value("pending"), "PENDING")
    });
    answers.sort();
    assert_eq!(answers.first(), answers.last());
}

#[test]
fn a_recovery_code_stands_in_once() {
    let app = TestApp::new();
    let (_owner, factor) = somebody(&app);
    let browser = app.browser();
    let typed = factor.codes[3].to_uppercase().replace('-', " ");
    let done = give(&ask_for_code(&browser), &typed);
    done.assert_status(303)
        .follow()
        .assert_has("You used a recovery code. 9 are left.");
    give(&ask_for_code(&app.browser()), &factor.codes[3]).assert_status(422);
    run(
        &app,
        "DELETE FROM recovery_codes WHERE code_hash NOT IN (SELECT code_hash FROM recovery_codes LIMIT 9)",
    );
    for code in factor.codes.iter().take(3).chain(&factor.codes[4..]) {
        give(&ask_for_code(&app.browser()), code).assert_status(303);
    }
    assert_eq!(app.count("recovery_codes"), 0);
    assert_eq!(times(&app, "recovery_code_used"), 10);
}

#[test]
fn what_the_first_step_proved_ends_after_five_minutes() {
    let app = TestApp::new();
    let (_owner, factor) = somebody(&app);
    let browser = app.browser();
    let page = ask_for_code(&browser);
    later(&app, 299);
    give(&page, &factor.code(&app, 0)).assert_status(303);
    let page = ask_for_code(&app.browser());
    later(&app, 300);
    let late = give(&page, &factor.code(&app, 0));
    late.assert_status(303)
        .assert_location("/login?next=%2Fmoney&late=1");
    late.follow().assert_has("That took too long");
    // Nor does a clock that was put back make it younger.
    let page = ask_for_code(&app.browser());
    later(&app, -1);
    give(&page, &factor.code(&app, 2)).assert_status(303);
    assert_eq!(times(&app, "code_failed"), 0, "it was not looked at");
}

#[test]
fn what_the_first_step_proved_is_worth_nothing_elsewhere_or_after_a_change() {
    let app = TestApp::new();
    let (owner, factor) = somebody(&app);
    let is_refused = |pending: &str| {
        let stranger = app.browser();
        let code = factor.code(&app, 0);
        let form = [("pending", pending), ("code", code.as_str()), ("next", "")];
        stranger
            .post_with_token("/login/code", &form)
            .assert_status(303)
            .assert_location("/login?late=1");
        assert_signed_out(&stranger);
    };
    let pending = ask_for_code(&app.browser()).value("pending");
    is_refused(&pending);
    is_refused("");
    is_refused("a.b.c.d");
    let (text, seal) = pending.rsplit_once('.').unwrap();
    is_refused(&format!("{text}.{}", seal.to_lowercase()));
    is_refused(&pending.replacen(
        &owner.user.to_string(),
        &budget::ids::UserId::new().to_string(),
        1,
    ));

    // In the right browser, but under another password, or without the factor, or blocked.
    for change in [
        "UPDATE users SET password_hash = password_hash || 'x'",
        "UPDATE second_factors SET secret = secret || '\\x00'",
        "UPDATE users SET blocked_at = now()",
        "DELETE FROM second_factors",
    ] {
        let other = TestApp::new();
        let (_owner, factor) = somebody(&other);
        let page = ask_for_code(&other.browser());
        run(&other, change);
        give(&page, &factor.code(&other, 0))
            .assert_status(303)
            .assert_location("/login?next=%2Fmoney&late=1");
    }
}

#[test]
fn wrong_codes_are_limited_and_the_right_one_waits_too() {
    let app = TestApp::with(&[ON]);
    let (_owner, factor) = somebody(&app);
    let page = ask_for_code(&app.browser());
    for _ in 0..5 {
        give(&page, "000000").assert_status(422);
    }
    // From any browser: whoever tries codes has the password.
    for page in [&page, &ask_for_code(&app.browser())] {
        let refused = give(page, &factor.code(&app, 0));
        refused.assert_status(429).assert_has("Too many tries");
    }
    later(&app, 60);
    give(&page, &factor.code(&app, 0)).assert_status(303);
    // Codes that are right do not count.
    for step in 1..8 {
        later(&app, 30);
        give(&ask_for_code(&app.browser()), &factor.code(&app, 0)).assert_status(303);
        assert!(step < 8);
    }
}

#[test]
fn signing_up_again_is_no_way_around_the_code() {
    let app = TestApp::new();
    let (_owner, factor) = somebody(&app);
    let browser = app.browser();
    let page = browser.submit("/signup", None, &fields(EMAIL));
    page.assert_ok().assert_has("Your code");
    assert_signed_out(&browser);
    give(&page, &factor.code(&app, 0)).assert_status(303);
    browser.get("/money").assert_ok();
}

#[test]
fn under_another_key_the_page_says_what_to_do() {
    let app = TestApp::new();
    let (owner, factor) = somebody(&app);
    // As after a restart with another SECRET_KEY, which logs everybody out as well.
    let locked = budget::auth::vault::Vault::new(&SecretSlice::from(vec![9; 32]))
        .lock("second factor", owner.user.uuid(), &[1; 20])
        .unwrap();
    let locked = base64::engine::general_purpose::STANDARD.encode(locked);
    run(
        &app,
        &format!("UPDATE second_factors SET secret = decode('{locked}', 'base64')"),
    );
    let page = give(&ask_for_code(&app.browser()), &factor.code(&app, 0));
    page.assert_status(422)
        .assert_has("the key of this installation was changed")
        .assert_has("ask an administrator");
    give(&page, &factor.codes[0]).assert_status(303);
}

#[test]
fn without_an_account_for_strangers_nothing_leads_to_sign_up() {
    for (who, links) in [("open", 1), ("invited", 0), ("closed", 0)] {
        let app = TestApp::with(&[("SIGNUP", who)]);
        for path in ["/login", "/", "/guide"] {
            let page = app.browser().get(path);
            let found = page.attributes("a[href='/signup']", "href").len();
            assert_eq!(found.min(1), links, "{who}: {path}");
        }
    }
    let app = TestApp::new();
    app.browser().get("/signup").assert_has("Already here?");
}

#[test]
fn a_log_out_is_noted_once() {
    let app = TestApp::new();
    let browser = sign_up(&app, EMAIL);
    let token = browser.csrf_token();
    let old = browser.copy();
    for window in [&browser, &old] {
        window
            .post("/logout", &[("csrf_token", &token)])
            .assert_status(303)
            .assert_location("/");
    }
    assert_eq!(times(&app, "logged_out"), 1);
    log_in(&browser, EMAIL, NEW_PASSWORD).assert_status(422);
    app.work();
}
