//! Logging in and out, and what a session is worth.

mod attacks;

use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Bool};

use crate::support::{Browser, Owner, PASSWORD, Page, TestApp};

const COOKIE: &str = "budget_session";

fn log_in(browser: &Browser, email: &str, password: &str) -> Page {
    browser.submit("/login", None, &[("email", email), ("password", password)])
}

#[track_caller]
fn assert_signed_out(browser: &Browser) {
    browser
        .get("/money")
        .assert_status(303)
        .assert_location("/login?next=%2Fmoney");
}

/// A page without what differs from one showing to the next.
fn without_token(page: &Page) -> String {
    page.body.replace(&page.value("csrf_token"), "TOKEN")
}

#[test]
fn logging_in_leads_on_and_logging_out_leads_back() {
    let app = TestApp::new();
    let owner = app.household();
    let browser = app.browser();
    log_in(&browser, "home@example.org", PASSWORD)
        .assert_status(303)
        .assert_location("/money");
    browser.get("/money").assert_ok();
    browser
        .submit("/money", Some("/logout"), &[])
        .assert_status(303)
        .assert_location("/");
    assert_signed_out(&browser);
    assert_eq!(browser.cookie(COOKIE), None, "the cookie is taken away");
    owner.get("/money").assert_ok(); // another browser is another session
}

#[test]
fn the_address_is_known_in_any_case() {
    let app = TestApp::new();
    app.household();
    for email in ["HOME@Example.org", "  home@example.org ", "ｈｏｍｅ@example.org"] {
        log_in(&app.browser(), email, PASSWORD).assert_status(303);
    }
}

#[test]
fn a_wrong_password_and_an_unknown_address_read_the_same() {
    let app = TestApp::new();
    let owner = app.household();
    let answers = ["home@example.org", "nobody@example.org"].map(|email| {
        let page = log_in(&app.browser(), email, "not my password");
        page.assert_status(422)
            .assert_has("E-mail and password do not match an account.");
        assert_eq!(page.value("email"), email, "what was typed is kept");
        assert_eq!(page.value("password"), "", "but not the password");
        without_token(&page).replace(email, "ADDRESS")
    });
    assert_eq!(answers[0], answers[1]);

    app.sql()
        .batch_execute("UPDATE users SET blocked_at = now()")
        .unwrap();
    let blocked = log_in(&app.browser(), "home@example.org", PASSWORD);
    blocked.assert_status(422);
    assert_eq!(
        without_token(&blocked).replace("home@example.org", "ADDRESS"),
        answers[0]
    );
    drop(owner);
}

#[test]
fn strange_log_ins_are_refused_like_any_other() {
    let app = TestApp::new();
    app.household();
    let long = "x".repeat(10_000);
    for (email, password) in [
        ("", ""),
        ("home@example.org", ""),
        ("home@example.org", long.as_str()),
        ("home\0@example.org", "not my password"),
        (long.as_str(), PASSWORD),
        ("' OR true --", PASSWORD),
    ] {
        let browser = app.browser();
        let page = browser.post_with_token("/login", &[("email", email), ("password", password)]);
        page.assert_status(422);
        assert_signed_out(&browser);
    }
}

#[test]
fn logging_in_makes_a_new_session_and_ends_the_earlier_one() {
    let app = TestApp::new();
    let owner = app.household();
    let before = owner.cookie(COOKIE).unwrap();
    let stolen = owner.copy();
    stolen.get("/money").assert_ok();
    // The log-in page leads on, so the form is sent from an old tab.
    let token = owner.csrf_token();
    let again = [
        ("email", owner.email.as_str()),
        ("password", PASSWORD),
        ("csrf_token", token.as_str()),
    ];
    owner.post("/login", &again).assert_status(303);
    assert_ne!(owner.cookie(COOKIE).unwrap(), before);
    owner.get("/money").assert_ok();
    assert_signed_out(&stolen);
}

#[test]
fn a_cookie_that_was_planted_is_worth_nothing() {
    let app = TestApp::new();
    let owner = app.household();
    let victim = app.browser();
    for planted in ["", "forged", &owner.cookie(COOKIE).unwrap()[1..]] {
        victim.set_cookie(COOKIE, planted);
        assert_signed_out(&victim);
    }
    victim.set_cookie(COOKIE, "forged");
    log_in(&victim, "home@example.org", PASSWORD).assert_status(303);
    assert_ne!(victim.cookie(COOKIE).unwrap(), "forged");
    victim.get("/money").assert_ok();
}

#[test]
fn a_session_ends_when_its_time_is_over() {
    let app = TestApp::new();
    for change in [
        "expires_at = now() - interval '1 second'",
        "last_seen_at = now() - interval '14 days'",
    ] {
        let owner = app.sign_up(&format!("{}@example.org", change.len()), "EUR");
        owner.get("/money").assert_ok();
        app.sql()
            .batch_execute(&format!("UPDATE sessions SET {change}"))
            .unwrap();
        assert_signed_out(&owner);
        let other = owner.other_browser();
        other.get("/money").assert_ok();
    }
}

#[test]
fn a_session_in_use_goes_on() {
    #[derive(QueryableByName)]
    struct Seen {
        #[diesel(sql_type = Bool)]
        lately: bool,
    }
    let app = TestApp::new();
    let owner = app.household();
    app.sql()
        .batch_execute("UPDATE sessions SET last_seen_at = now() - interval '13 days'")
        .unwrap();
    owner.get("/money").assert_ok();
    // It is noted after the answer.
    let started = Instant::now();
    let mut conn = app.sql();
    loop {
        let seen: Seen =
            sql_query("SELECT last_seen_at > now() - interval '1 minute' AS lately FROM sessions")
                .get_result(&mut conn)
                .unwrap();
        if seen.lately {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(5), "it was not noted");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_logged_out_session_is_refused_at_once() {
    let app = TestApp::new();
    let owner = app.household();
    let stolen = owner.copy();
    stolen.get("/money").assert_ok();
    owner.submit("/more", Some("/logout"), &[]).assert_status(303);
    assert_signed_out(&stolen);
    stolen.fragment("/money").assert_status(401).assert_lacks("EUR");
}

#[test]
fn a_blocked_user_is_out_at_once() {
    let app = TestApp::new();
    let owner = app.household();
    let other = app.sign_up("other@example.org", "EUR");
    app.sql()
        .batch_execute("UPDATE users SET blocked_at = now() WHERE email = 'home@example.org'")
        .unwrap();
    assert_signed_out(&owner);
    other.get("/money").assert_ok();
}

#[test]
fn a_user_without_a_household_is_out() {
    let app = TestApp::new();
    let owner = app.household();
    app.sql()
        .batch_execute("UPDATE households SET closed_at = now(); DELETE FROM members")
        .unwrap();
    assert_signed_out(&owner);
    log_in(&app.browser(), "home@example.org", PASSWORD).assert_status(422);
}

#[test]
fn sessions_survive_a_restart() {
    let app = TestApp::new();
    let owner = app.household();
    let restarted = app.second_server();
    let browser = restarted.browser();
    browser.set_cookie(COOKIE, &owner.cookie(COOKIE).unwrap());
    browser.get("/money").assert_ok();
    browser.submit("/money", Some("/logout"), &[]).assert_status(303);
    assert_signed_out(&owner); // on every replica
}

#[test]
fn logging_in_leads_to_where_one_wanted_to_go() {
    let app = TestApp::new();
    app.household();
    let browser = app.browser();
    let gate = browser.get("/more?tab=1").assert_status(303).follow();
    let page = gate.submit(None, &[("email", "home@example.org"), ("password", PASSWORD)]);
    page.assert_status(303).assert_location("/more?tab=1");
}

#[test]
fn next_leads_nowhere_else() {
    let app = TestApp::new();
    let owner = app.household();
    for away in [
        "https%3A%2F%2Fexample.org",
        "%2F%2Fexample.org",
        "%2F%5Cexample.org",
        "%5C%5Cexample.org",
        "javascript%3Aalert(1)",
        "%2Fa%0D%0ASet-Cookie%3A+a%3Db",
        "%2F%09%2Fexample.org",
        "money",
    ] {
        let page = format!("/login?next={away}");
        let given = [("email", "home@example.org"), ("password", PASSWORD)];
        let browser = app.browser();
        browser
            .get(&page)
            .submit(Some("/login"), &given)
            .assert_status(303)
            .assert_location("/money");
        owner.get(&page).assert_status(303).assert_location("/money");
    }
}

#[test]
fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let attributes = |page: &Page, name: &str| -> Vec<String> {
        let all = page.headers.get_all("set-cookie").iter();
        let set = all
            .map(|value| value.to_str().unwrap())
            .find(|value| value.starts_with(&format!("{name}=")));
        let set = set.unwrap_or_else(|| panic!("{name} is not set: {:?}", page.headers));
        let mut attributes: Vec<_> = set.split("; ").skip(1).map(str::to_owned).collect();
        attributes.sort();
        attributes
    };
    let plain = TestApp::new();
    let secure = TestApp::with(&[("PUBLIC_URL", "https://budget.example.org")]);
    for (app, prefix, flag) in [(&plain, "", None), (&secure, "__Host-", Some("Secure"))] {
        app.household();
        let browser = app.browser();
        let page = browser.get("/login");
        let with = |rest: &[&str]| -> Vec<String> {
            let mut all: Vec<_> = rest
                .iter()
                .chain(flag.iter())
                .map(|one| (*one).to_owned())
                .collect();
            all.sort();
            all
        };
        assert_eq!(
            attributes(&page, &format!("{prefix}budget_visitor")),
            with(&["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"])
        );
        let page = page.submit(None, &[("email", "home@example.org"), ("password", PASSWORD)]);
        assert_eq!(
            attributes(&page, &format!("{prefix}budget_session")),
            with(&["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=7776000"])
        );
        assert_eq!(
            attributes(&page, &format!("{prefix}budget_device")),
            with(&["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"])
        );
    }
}

#[test]
fn two_people_see_their_own_money_only() {
    let app = TestApp::new();
    let (mine, theirs) = (app.household(), app.sign_up("other@example.org", "USD"));
    let filled = |owner: &Owner<'_>, amount: &str| {
        owner.set_up();
        owner.earned("2026-11-01", amount, "Salary");
    };
    filled(&mine, "1234.50");
    filled(&theirs, "77");
    mine.get("/money").assert_has("1,234.50").assert_lacks("USD");
    theirs.get("/money").assert_has("77.00").assert_lacks("1,234.50");
    mine.get("/more")
        .assert_has("home@example.org")
        .assert_lacks("other@example.org");
}
