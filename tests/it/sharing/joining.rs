//! Coming in by a link, with an account and without one.

use std::thread;

use super::{events, invite, join, listed, rename, run_sql, session, sign_up_by};
use crate::support::{PASSWORD, TestApp, fields};

#[test]
fn somebody_with_an_account_joins_by_a_button() {
    let app = TestApp::new();
    let ada = app.household();
    rename(&ada, "Sea street");
    ada.set_up();
    ada.earned("2026-11-01", "1234.56", "Salary");
    let bo = app.sign_up("bo@example.org", "JPY");
    let link = invite(&ada, "", "member");

    let page = bo.get(&link);
    page.assert_ok()
        .assert_has("Join Sea street")
        .assert_has("You are logged in as Ada (bo@example.org)");
    assert!(app.count("members") == 2, "looking does nothing");
    let before = session(&bo);
    let stolen = bo.copy();
    join(&bo, &link).assert_status(303).assert_location("/money");
    bo.get("/money")
        .assert_has("You are in Sea street now.")
        .assert_has("1,234.56 EUR");
    assert_ne!(session(&bo), before);
    stolen
        .get("/money")
        .assert_status(303)
        .assert_location("/login?next=%2Fmoney");
    assert_eq!(listed(&bo).len(), 2);
    assert_eq!(
        events(&app, &bo),
        [("joined".to_owned(), "Sea street".to_owned())]
    );

    // The link was for one.
    bo.get(&link).assert_status(404);
    let cy = app.sign_up("cy@example.org", "EUR");
    cy.post_with_token(&link, &[]).assert_status(404);
    assert_eq!(listed(&cy).len(), 1);
}

#[test]
fn somebody_without_one_signs_up_into_the_household() {
    let app = TestApp::new();
    let ada = app.household();
    rename(&ada, "Sea street");
    let link = invite(&ada, "", "reader");
    let visitor = app.browser();
    let page = visitor.get(&link);
    page.assert_ok().assert_has("a reader only looks");
    let sign_up = page.attributes("a[href^='/signup']", "href").remove(0);
    let form = visitor.get(&sign_up);
    form.assert_ok().assert_has("You join Sea street, as reader");
    assert_eq!(
        form.select("select"),
        Vec::<String>::new(),
        "currency and time zone are the household's"
    );

    let (bo, answer) = sign_up_by(&app, &link, "bo@example.org", "Bo");
    answer.assert_status(303).assert_location("/money");
    bo.get("/money")
        .assert_ok()
        .assert_has("Sea street")
        .assert_lacks("/transactions/new");
    assert_eq!(
        listed(&bo),
        ["Sea street Reader only looks People 2 EUR open".replace("People ", "")]
    );
    assert_eq!(app.count("households"), 1, "and none of their own");
    assert_eq!(
        app.count("security_events WHERE kind = 'joined' AND detail = 'Sea street'"),
        1
    );
    sign_up_by_gone(&app, &link);
}

#[track_caller]
fn sign_up_by_gone(app: &TestApp, link: &str) {
    let token = link.strip_prefix("/invitations/").unwrap();
    app.browser()
        .get(&format!("/signup?invitation={token}"))
        .assert_status(404);
}

#[test]
fn a_sign_up_by_link_that_is_wrong_comes_back_with_the_link() {
    let app = TestApp::new();
    let ada = app.household();
    let link = invite(&ada, "", "member");
    let (_, page) = sign_up_by(&app, &link, "no address", "Bo");
    page.assert_status(422)
        .assert_has("Type an e-mail address")
        .assert_has("You join Household");
    assert_eq!(format!("/invitations/{}", page.value("invitation")), link);
    page.submit(
        Some("/signup"),
        &[("email", "bo@example.org"), ("password", PASSWORD)],
    )
    .assert_status(303)
    .assert_location("/money");
}

#[test]
fn the_sign_up_form_sent_twice_is_one_account_that_is_in() {
    let app = TestApp::new();
    let ada = app.household();
    let link = invite(&ada, "", "member");
    let token = link.strip_prefix("/invitations/").unwrap();
    let browser = app.browser();
    let page = browser.get(&format!("/signup?invitation={token}"));
    let given = [("email", "bo@example.org"), ("password", PASSWORD)];
    page.submit(Some("/signup"), &given)
        .assert_status(303)
        .assert_location("/money");
    // Again, from a window that was loaded before, with a token of its own.
    let other = app.browser();
    let mut again = fields("bo@example.org");
    again.push(("invitation", token));
    other
        .post_with_token("/signup", &again)
        .assert_status(303)
        .assert_location("/money");
    assert_eq!(listed(&other).len(), 1);
    assert_eq!(app.count("users"), 2);
}

#[test]
fn who_forgot_that_they_have_an_account_is_led_to_the_button() {
    let app = TestApp::new();
    let ada = app.household();
    app.sign_up("bo@example.org", "EUR");
    let link = invite(&ada, "", "member");
    let (bo, answer) = sign_up_by(&app, &link, "bo@example.org", "Bo");
    answer.assert_status(303).assert_location(&link);
    join(&bo, &link).assert_status(303);
    assert_eq!(listed(&bo).len(), 2);
}

#[test]
fn logging_in_leads_back_to_the_invitation() {
    let app = TestApp::new();
    let ada = app.household();
    app.sign_up("bo@example.org", "EUR");
    let link = invite(&ada, "", "member");
    let browser = app.browser();
    let log_in = browser
        .get(&link)
        .attributes("a[href^='/login']", "href")
        .remove(0);
    let given = [("email", "bo@example.org"), ("password", PASSWORD)];
    browser
        .submit(&log_in, Some("/login"), &given)
        .assert_status(303)
        .assert_location(&link);
    // Nobody joins without a session.
    app.browser().post_with_token(&link, &[]).assert_status(303);
    assert_eq!(app.count("invitations"), 1);
}

#[test]
fn a_member_who_opens_a_link_leaves_it_good() {
    let app = TestApp::new();
    let ada = app.household();
    let link = invite(&ada, "", "reader");
    ada.get(&link)
        .assert_ok()
        .assert_has("You are in this household already");
    ada.post_with_token(&link, &[])
        .assert_status(303)
        .follow()
        .assert_has("The link is still good for somebody else.");
    ada.get("/household").assert_has("Invite somebody"); // an owner as before
    sign_up_by(&app, &link, "bo@example.org", "Bo")
        .1
        .assert_status(303);
}

#[test]
fn of_twenty_who_press_at_once_one_is_in() {
    let app = TestApp::new();
    let ada = app.household();
    let link = invite(&ada, "", "member");
    let people: Vec<_> = (0..20)
        .map(|number| app.sign_up(&format!("p{number}@example.org"), "EUR"))
        .collect();
    let tokens: Vec<String> = people.iter().map(|one| one.csrf_token()).collect();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let running: Vec<_> = people
            .iter()
            .zip(&tokens)
            .map(|(one, token)| {
                let (browser, link) = (one.browser.clone(), link.as_str());
                scope.spawn(move || browser.post(link, &[("csrf_token", token)]).status)
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 303).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|status| matches!(status, 303 | 404)),
        "{statuses:?}"
    );
    let inside = format!("members WHERE household_id = '{}'", ada.household);
    assert_eq!(app.count(&inside), 2);
    assert_eq!(app.count("invitations"), 0);
}

#[test]
fn who_is_blocked_or_in_a_demo_cannot_join() {
    let app = TestApp::new();
    let ada = app.household();
    let bo = app.sign_up("bo@example.org", "EUR");
    let link = invite(&ada, "", "member");
    let token = bo.csrf_token();
    run_sql(
        &app,
        "UPDATE users SET blocked_at = now() WHERE email = 'bo@example.org'",
    );
    bo.post(&link, &[("csrf_token", &token)]).assert_status(303);
    bo.get(&link).assert_ok().assert_has("Create account");
    assert_eq!(app.count("members"), 2);

    let visitor = app.browser();
    visitor.post_with_token("/demo", &[]).assert_status(303);
    for page in [
        visitor.get(&link),
        visitor.post_with_token(&link, &[]),
        visitor.get("/household"),
        visitor.get("/households"),
        visitor.get("/households/new"),
        visitor.get("/household/leave"),
        visitor.get("/household/delete"),
        visitor.post_with_token("/household/leave", &[]),
        visitor.post_with_token("/household/delete", &[("name", "Demo")]),
        visitor.post_with_token("/household", &[("name", "Demo"), ("time_zone", "UTC")]),
        visitor.post_with_token("/household/invitations", &[("role", "owner")]),
        visitor.post_with_token(
            "/households/new",
            &[("name", "X"), ("currency", "EUR"), ("time_zone", "UTC")],
        ),
        visitor.post_with_token(&format!("/households/{}/open", ada.household), &[]),
    ] {
        page.assert_status(409).assert_has("demo");
    }
    visitor.get("/money").assert_ok();
    assert_eq!(app.count("invitations"), 1);
    visitor.post_with_token("/demo/leave", &[]).assert_status(303);
}

#[test]
fn where_accounts_come_by_invitation_a_link_is_enough() {
    let app = TestApp::with(&[("SIGNUP", "invited")]);
    let made = crate::import::run(
        &app,
        &["user", "create", "--email", "ada@example.org", "--password-stdin"],
        PASSWORD.as_bytes(),
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    let ada = app.browser();
    let log_in = ada.get("/login");
    log_in
        .assert_has("Accounts come by invitation")
        .assert_lacks("/signup");
    let given = [("email", "ada@example.org"), ("password", PASSWORD)];
    log_in.submit(Some("/login"), &given).assert_status(303);
    let link = invite(&ada, "", "member");
    app.browser().get("/signup").assert_status(404);
    let mut bad = fields("cy@example.org");
    bad.push(("invitation", "x"));
    app.browser().post_with_token("/signup", &bad).assert_status(404);
    app.browser()
        .post_with_token("/signup", &fields("cy@example.org"))
        .assert_status(404);
    assert_eq!(app.count("users"), 1);
    sign_up_by(&app, &link, "bo@example.org", "Bo")
        .1
        .assert_status(303);
    assert_eq!(app.count("users"), 2);
}

#[test]
fn where_sign_up_is_closed_a_link_is_for_those_with_accounts() {
    let app = TestApp::with(&[("SIGNUP", "closed")]);
    for email in ["ada@example.org", "bo@example.org"] {
        let arguments = ["user", "create", "--email", email, "--password-stdin"];
        let made = crate::import::run(&app, &arguments, PASSWORD.as_bytes());
        assert_eq!(made.code, Some(0), "{}", made.err);
    }
    let entered = |email: &str| {
        let browser = app.browser();
        let given = [("email", email), ("password", PASSWORD)];
        browser.submit("/login", None, &given).assert_status(303);
        browser
    };
    let (ada, bo) = (entered("ada@example.org"), entered("bo@example.org"));
    let link = invite(&ada, "", "member");
    let token = link.strip_prefix("/invitations/").unwrap();
    let page = app.browser().get(&link);
    page.assert_ok().assert_has("Log in").assert_lacks("/signup");
    app.browser()
        .get(&format!("/signup?invitation={token}"))
        .assert_status(404);
    let mut given = fields("cy@example.org");
    given.push(("invitation", token));
    app.browser()
        .post_with_token("/signup", &given)
        .assert_status(404);
    join(&bo, &link).assert_status(303);
}
