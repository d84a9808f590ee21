//! Confirming an address, and taking another one.

use super::{
    EMAIL, ON, assert_gone, events, later, lines, link, log_in, mails, run, sign_up, times, without_tokens,
};
use crate::support::{Browser, PASSWORD, Page, TestApp};

fn change(browser: &Browser, email: &str, password: &str) -> Page {
    let form = [("email", email), ("password", password)];
    browser.submit("/account", Some("/account/email"), &form)
}

#[test]
fn signing_up_brings_a_link_that_confirms_the_address() {
    let app = TestApp::new();
    let browser = sign_up(&app, EMAIL);
    browser.get("/account").assert_has("It is not confirmed yet");
    let path = link(&app, EMAIL);
    assert!(path.starts_with("/confirm/"));
    let before = app.fingerprint();
    let page = app.browser().get(&path);
    page.assert_ok()
        .assert_has("Confirm your address")
        .assert_has(EMAIL);
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    app.browser().request("HEAD", &path).send().assert_ok();
    assert_eq!(app.fingerprint(), before);
    page.submit(None, &[])
        .assert_ok()
        .assert_has("Your address is confirmed");
    browser
        .get("/account")
        .assert_lacks("It is not confirmed yet")
        .assert_has("confirmed");
    assert_eq!(times(&app, "email_confirmed"), 1);
    assert_gone(&page.submit(None, &[]));
    assert_gone(&app.browser().get(&path));
}

#[test]
fn somebody_who_is_here_already_gets_no_greeting() {
    let app = TestApp::new();
    sign_up(&app, EMAIL);
    sign_up(&app, EMAIL); // logs in
    assert_eq!(mails(&app).len(), 1);
    // Nor does a form that made nobody send anything.
    let page = app
        .browser()
        .post_with_token("/signup", &[("email", "x@example.org")]);
    page.assert_status(422);
    assert_eq!(mails(&app).len(), 0);
}

#[test]
fn the_link_is_sent_again_and_the_older_one_is_void() {
    let app = TestApp::with(&[ON]);
    let browser = sign_up(&app, EMAIL);
    let first = link(&app, EMAIL);
    let again = || browser.submit("/account", Some("/account/email/confirm"), &[]);
    again()
        .assert_status(303)
        .follow()
        .assert_has("A link is on its way");
    let second = link(&app, EMAIL);
    assert_gone(&app.browser().get(&first));
    again().assert_status(303);
    let third = link(&app, EMAIL);
    assert_gone(&app.browser().get(&second));
    again().assert_status(303);
    again().assert_status(429);
    later(&app, 15 * 60);
    assert_eq!(mails(&app).len(), 1);
    assert_gone(&app.browser().get(&third));
    // Once it is confirmed, there is nothing to send.
    run(&app, "UPDATE users SET email_confirmed_at = now()");
    owner_says_confirmed(&browser);
    assert_eq!(mails(&app).len(), 0);
}

#[track_caller]
fn owner_says_confirmed(browser: &Browser) {
    browser
        .post_with_token("/account/email/confirm", &[])
        .assert_status(303)
        .follow()
        .assert_has("Your address is confirmed already.");
}

#[test]
fn a_link_to_an_address_that_was_changed_since_confirms_nothing() {
    let app = TestApp::new();
    sign_up(&app, EMAIL);
    let path = link(&app, EMAIL);
    let page = app.browser().get(&path);
    run(&app, "UPDATE users SET email = 'moved@example.org'");
    assert_gone(&page.submit(None, &[]));
    assert_eq!(app.count("users WHERE email_confirmed_at IS NOT NULL"), 0);
}

#[test]
fn another_address_waits_until_it_is_confirmed() {
    let app = TestApp::new();
    let owner = app.household();
    let other = owner.other_browser();
    change(&owner, "new+1@example.net", PASSWORD)
        .assert_status(303)
        .follow()
        .assert_has("new+1@example.net waits to be confirmed")
        .assert_has("Until you confirm it there, the old one stays.");
    let path = link(&app, "new+1@example.net");
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(303);
    log_in(&app.browser(), "new+1@example.net", PASSWORD).assert_status(422);

    let before = app.fingerprint();
    let page = app.browser().get(&path);
    page.assert_ok().assert_has("Confirm your new address");
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    app.browser().request("HEAD", &path).send().assert_ok();
    assert_eq!(app.fingerprint(), before);
    page.submit(None, &[])
        .assert_ok()
        .assert_has("From now on you log in with new+1@example.net.");
    let told = mails(&app);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].message.to, EMAIL);
    assert!(told[0].text.contains("n…@example.net") && !told[0].raw.contains("new+1"));
    assert!(events(&app).contains(&format!("email_changed {EMAIL}")));
    // Sessions stay.
    for browser in [&owner.browser, &other] {
        browser
            .get("/account")
            .assert_ok()
            .assert_has("new+1@example.net")
            .assert_lacks("waits");
    }
    log_in(&app.browser(), "New+1@example.net", PASSWORD).assert_status(303);
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(422);
    assert_gone(&page.submit(None, &[]));
}

#[test]
fn an_address_that_waits_can_be_dropped_or_replaced() {
    let app = TestApp::new();
    let owner = app.household();
    change(&owner, "first@example.org", PASSWORD).assert_status(303);
    let first = link(&app, "first@example.org");
    change(&owner, "second@example.org", PASSWORD).assert_status(303);
    let second = link(&app, "second@example.org");
    assert_gone(&app.browser().get(&first));
    owner
        .submit("/account", Some("/account/email/drop"), &[])
        .assert_status(303)
        .follow()
        .assert_has("Your address stays as it is.")
        .assert_lacks("second@example.org");
    assert_gone(&app.browser().get(&second));
    // One that is too old.
    change(&owner, "third@example.org", PASSWORD).assert_status(303);
    let third = link(&app, "third@example.org");
    run(&app, "UPDATE one_time_links SET expires_at = now()");
    assert_gone(&app.browser().get(&third));
    owner.get("/account").assert_lacks("third@example.org");
}

#[test]
fn an_address_of_somebody_else_reads_like_a_free_one_and_gets_no_letter() {
    let app = TestApp::new();
    let owner = app.household();
    let _taken = app.sign_up("taken@example.org", "EUR");
    let ask = |email: &str| {
        let mut answer = None;
        let statements = app.statements(|| answer = Some(change(&owner, email, PASSWORD)));
        let answer = answer.unwrap();
        answer.assert_status(303);
        let page = without_tokens(&answer.follow()).replace(email, "ADDRESS");
        (page, statements)
    };
    let free = ask("free@example.org");
    assert_eq!(mails(&app).len(), 1);
    assert_eq!(ask("Taken@example.org"), free);
    assert_eq!(mails(&app).len(), 0);
    // The letter is on its way when somebody else signs up with the address.
    ask("quick@example.org");
    let path = link(&app, "quick@example.org");
    let _quick = app.sign_up("QUICK@example.org", "EUR");
    app.browser()
        .submit(&path, None, &[])
        .assert_status(409)
        .assert_has("Another account has this address meanwhile");
    assert_eq!(
        lines(
            &app,
            "SELECT email AS line FROM users ORDER BY email COLLATE \"C\""
        ),
        ["QUICK@example.org", EMAIL, "taken@example.org"]
    );
}

#[test]
fn changing_the_address_asks_for_the_password_and_for_an_address() {
    let app = TestApp::with(&[ON]);
    let owner = app.household();
    for (email, password, field, message) in [
        ("", PASSWORD, "mail_email", "Type an e-mail address"),
        (
            "new@example.org\r\nBcc: spy@example.org",
            PASSWORD,
            "mail_email",
            "Type an e-mail address",
        ),
        (EMAIL, PASSWORD, "mail_email", "This is your address already"),
        (
            "new@example.org",
            "wrong password",
            "mail_password",
            "This is not your password",
        ),
        (
            "new@example.org",
            "",
            "mail_password",
            "This is not your password",
        ),
    ] {
        let token = owner.csrf_token();
        let form = [("email", email), ("password", password), ("csrf_token", &token)];
        let page = owner.post("/account/email", &form);
        page.assert_status(422).assert_has(message);
        assert_eq!(page.attributes("[aria-invalid=true]", "id"), [field], "{email}");
        assert_eq!(page.attributes(".error-summary a", "href"), [format!("#{field}")]);
        assert!(
            page.attributes("details[open] form", "action")
                .contains(&"/account/email".to_owned())
        );
        assert_eq!(page.value("password"), "");
    }
    assert_eq!(times(&app, "log_in_failed"), 2);
    assert_eq!(app.count("one_time_links"), 0);
    for _ in 0..3 {
        change(&owner, "new@example.org", "wrong password").assert_status(422);
    }
    change(&owner, "new@example.org", PASSWORD).assert_status(429);
    // Its spelling can be changed, though.
    later(&app, 60);
    change(&owner, "Home@example.org", PASSWORD).assert_status(303);
    let path = link(&app, "Home@example.org");
    app.browser().submit(&path, None, &[]).assert_ok();
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(303);
}

#[test]
fn nobody_makes_the_program_write_to_strangers_without_end() {
    let app = TestApp::with(&[ON]);
    let owner = app.household();
    for number in 0..3 {
        change(&owner, &format!("stranger{number}@example.org"), PASSWORD).assert_status(303);
    }
    change(&owner, "stranger4@example.org", PASSWORD).assert_status(429);
    assert_eq!(
        mails(&app).len(),
        1,
        "earlier ones were replaced before they were written"
    );
}
