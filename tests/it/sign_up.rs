//! Making an account.

use crate::support::{PASSWORD, Page, TestApp, fields};

/// Sends the sign-up form of a new browser with one field changed.
fn sign_up_with<'a>(app: &TestApp, name: &'a str, value: &'a str) -> Page {
    let browser = app.browser();
    let mut given = fields("home@example.org");
    given.retain(|(field, _)| *field != name);
    given.push((name, value));
    browser.post_with_token("/signup", &given)
}

#[test]
fn what_is_wrong_comes_back_with_what_was_typed() {
    let app = TestApp::new();
    let taken = app.sign_up("taken@example.org", "EUR");
    let before = app.fingerprint();
    let long = "x".repeat(10_000);
    let long_address = format!("{long}@example.org");
    let cases = [
        ("email", "", "Type an e-mail address"),
        ("email", "home", "Type an e-mail address"),
        ("email", "home example.org", "Type an e-mail address"),
        ("email", "home@ex\0ample.org", "Type an e-mail address"),
        (
            "email",
            "home@example.org\r\nBcc: all@example.org",
            "Type an e-mail address",
        ),
        ("email", &long_address, "Type an e-mail address"),
        (
            "email",
            "taken@example.org",
            "A user with this e-mail already exists",
        ),
        (
            "email",
            "TAKEN@example.ORG",
            "A user with this e-mail already exists",
        ),
        ("password", "", "Use at least 10 characters"),
        ("password", "short", "Use at least 10 characters"),
        ("password", "password123", "Many people use this one"),
        ("password", "home@example.org", "This is your e-mail address"),
        ("password", "tic-tic-tic-tic", "This repeats itself"),
        ("password", &long, "Use at most 1000 characters"),
        ("full_name", &long, "Use at most 255 characters"),
        ("full_name", "Ada\0Lovelace", "without line breaks"),
        ("full_name", "Ada\nLovelace", "without line breaks"),
        ("full_name", "Ada\u{2028}Lovelace", "without line breaks"),
        ("currency", "", "Choose a currency"),
        ("currency", "XXQ", "Choose a currency"),
        ("currency", "eur ", "Choose a currency"),
        ("time_zone", "", "Choose a time zone"),
        ("time_zone", "Europe/Atlantis", "Choose a time zone"),
        ("time_zone", &long, "Choose a time zone"),
    ];
    for (name, value, message) in cases {
        // With another password: the right one of an account would simply log in.
        let browser = app.browser();
        let mut given = fields("home@example.org");
        given.retain(|(field, _)| *field != name && *field != "password");
        if name != "password" {
            given.push(("password", "another long password"));
        }
        given.push((name, value));
        let page = browser.post_with_token("/signup", &given);
        page.assert_status(422).assert_has(message);
        let marked = page.attributes("[aria-invalid=true]", "name");
        assert_eq!(marked, [name], "{value:.40}");
        let links = page.attributes(".error-summary a", "href");
        assert_eq!(links, [format!("#{name}")], "{value:.40}");
        let described = page.attributes("[aria-invalid=true]", "aria-describedby");
        assert!(described[0].contains(&format!("{name}-error")), "{described:?}");

        for (field, typed) in given.iter().filter(|(field, _)| *field != "password") {
            let kept = page.value(field);
            let typed = typed.replace('\0', "\u{fffd}").replace("\r\n", "\n"); // as browsers read HTML
            let is_choice = matches!(*field, "currency" | "time_zone");
            assert!(
                kept == typed || is_choice && *field == name,
                "{field}: {kept:.40}"
            );
        }
        assert_eq!(page.value("password"), "");
        page.assert_lacks("another long password");
        browser.get("/money").assert_status(303);
    }
    // A wrong password for an address that is taken is noted for whom it belongs to.
    let mut after = app.fingerprint();
    after.insert("security_events".to_owned(), before["security_events"].clone());
    assert_eq!(after, before, "nothing was written");
    drop(taken);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let app = TestApp::new();
    let page = app.browser().post_with_token("/signup", &[]);
    page.assert_status(422);
    assert_eq!(
        page.attributes(".error-summary a", "href"),
        ["#email", "#password", "#currency", "#time_zone"]
    );
    assert_eq!(page.select("title"), ["Error: Create account · Budget"]);
}

#[test]
fn unusual_names_are_people_too() {
    let app = TestApp::new();
    for (number, name) in ["", "Zoë 👩‍👩‍👧", "محمد", "O'Brien <b>&amp;", &"é".repeat(255)]
        .iter()
        .enumerate()
    {
        let email = format!("home{number}@example.org");
        let browser = app.browser();
        let mut given = fields(&email);
        given.retain(|(field, _)| *field != "full_name");
        given.push(("full_name", name));
        browser
            .submit("/signup", None, &given)
            .assert_status(303)
            .assert_location("/money");
        browser.get("/money").assert_ok();
    }
}

#[test]
fn the_same_form_sent_twice_is_one_account() {
    let app = TestApp::new();
    let (first, second) = (app.browser(), app.browser());
    for browser in [&first, &second, &first] {
        let page = browser.post_with_token("/signup", &fields("home@example.org"));
        page.assert_status(303).assert_location("/money");
        browser.get("/money").assert_ok();
    }
    assert_eq!(app.count("users"), 1);
    assert_eq!(app.count("households"), 1);
}

#[test]
fn a_household_has_the_currency_and_the_day_that_were_chosen() {
    let app = TestApp::new();
    sign_up_with(&app, "currency", "JPY").assert_status(303);
    assert_eq!(
        app.count("households WHERE currency = 'JPY' AND time_zone = 'UTC'"),
        1
    );
    let browser = app.browser();
    let mut given = fields("kiritimati@example.org");
    given.retain(|(field, _)| *field != "time_zone");
    given.push(("time_zone", "Pacific/Kiritimati"));
    browser.submit("/signup", None, &given).assert_status(303);
    assert_eq!(app.count("households WHERE time_zone = 'Pacific/Kiritimati'"), 1);
}

#[test]
fn where_sign_up_is_closed_there_is_none() {
    for who in ["closed", "invited"] {
        let app = TestApp::with(&[("SIGNUP", who)]);
        let browser = app.browser();
        browser.get("/signup").assert_status(404);
        browser
            .post_with_token("/signup", &fields("home@example.org"))
            .assert_status(404);
        assert_eq!(app.count("users"), 0);
    }
}

#[test]
fn the_password_is_stored_as_argon2id_only() {
    let app = TestApp::new();
    let owner = app.household();
    assert_eq!(
        app.count("users WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'"),
        1
    );
    assert_eq!(
        app.count(&format!("users WHERE users::text LIKE '%{PASSWORD}%'")),
        0
    );
    // Nor is the secret of the session anywhere, only its hash.
    assert_eq!(app.count("sessions WHERE octet_length(secret_hash) = 32"), 1);
    drop(owner);
}
