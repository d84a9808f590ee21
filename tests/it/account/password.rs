//! A forgotten password.

use super::{
    EMAIL, NEW_PASSWORD, ON, assert_gone, assert_signed_out, events, give, later, link, log_in, mails,
    reset_link, run, switch_on, times,
};
use crate::support::{PASSWORD, TestApp};

#[test]
fn a_link_sets_a_new_password_ends_everything_and_lets_in() {
    let app = TestApp::new();
    let owner = app.household();
    let other = owner.other_browser();
    let (access, _) = owner.tokens();
    let login = app.browser().get("/login");
    assert_eq!(login.attributes(".line a", "href"), ["/password"]);
    let path = reset_link(&app);
    assert!(path.starts_with("/password/reset/"), "{path}");

    let browser = app.browser();
    let page = browser.get(&path);
    page.assert_ok()
        .assert_has("Choose a new password")
        .assert_has(EMAIL);
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    let weak = page.submit(None, &[("password", "home@example.org")]);
    weak.assert_status(422).assert_has("This is your e-mail address");
    page.submit(None, &[("password", NEW_PASSWORD)])
        .assert_status(303)
        .assert_location("/money");
    browser.get("/money").assert_ok();
    assert!(browser.cookie("budget_device").is_some());
    assert_signed_out(&owner);
    assert_signed_out(&other);
    let bearer = format!("Bearer {access}");
    let program = app.browser();
    let asked = program
        .request("GET", "/api/buckets/")
        .header("Authorization", &bearer);
    asked.send().assert_status(401);

    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(422);
    log_in(&app.browser(), EMAIL, NEW_PASSWORD).assert_status(303);
    let told = mails(&app);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].message.subject, "Your password was changed");
    let noted = events(&app);
    assert!(noted.contains(&"password_reset".to_owned()) && noted.contains(&"reset_asked".to_owned()));
    // Whoever has the link reads mail to this address.
    assert_eq!(app.count("users WHERE email_confirmed_at IS NOT NULL"), 1);
}

#[test]
fn a_link_works_once_and_only_the_newest() {
    let app = TestApp::new();
    let _owner = app.household();
    let first = reset_link(&app);
    let second = reset_link(&app);
    let browser = app.browser();
    assert_gone(&browser.get(&first));
    let page = browser.get(&second);
    let twice = browser.copy();
    page.submit(None, &[("password", NEW_PASSWORD)])
        .assert_status(303);
    let token = twice.csrf_token();
    let again = [("csrf_token", token.as_str()), ("password", PASSWORD)];
    for path in [&first, &second] {
        assert_gone(&twice.post(path, &again));
        assert_gone(&twice.get(path));
    }
    log_in(&app.browser(), EMAIL, NEW_PASSWORD).assert_status(303);
    app.work();
}

#[test]
fn of_two_at_once_one_sets_the_password() {
    let app = TestApp::new();
    let _owner = app.household();
    let path = reset_link(&app);
    let browser = app.browser();
    let token = browser.get(&path).value("csrf_token");
    let form = [("csrf_token", token.as_str()), ("password", NEW_PASSWORD)];
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| browser.copy().post(&path, &form).status))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404, 404, 404]);
    assert_eq!(times(&app, "password_reset"), 1);
}

#[test]
fn a_link_that_is_no_good_reads_like_any_other() {
    let app = TestApp::new();
    let owner = app.household();
    let path = reset_link(&app);
    let secret = path.strip_prefix("/password/reset/").unwrap();
    let nonsense = [
        "x".to_owned(),
        secret[1..].to_owned(),
        format!("{secret}A"),
        secret.to_lowercase(),
        "%00".to_owned(),
        "é".to_owned(),
        "9".repeat(3000),
    ];
    let browser = app.browser();
    let mut pages: Vec<String> = nonsense
        .iter()
        .map(|text| {
            let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let page = browser.get(&format!("/password/reset/{text}"));
            assert_gone(&page);
            page.body
        })
        .collect();
    // The secret of another purpose, and this one at other pages.
    assert_gone(&browser.get(&format!("/confirm/{secret}")));
    assert_gone(&browser.get(&format!("/email/{secret}")));
    browser.get(&path).assert_ok();
    run(&app, "UPDATE users SET blocked_at = now()");
    pages.push(browser.get(&path).body);
    run(
        &app,
        "UPDATE users SET blocked_at = NULL; UPDATE one_time_links SET expires_at = now()",
    );
    pages.push(browser.get(&path).body);
    let token = browser.csrf_token();
    let old = browser.post(&path, &[("csrf_token", &token), ("password", NEW_PASSWORD)]);
    assert_gone(&old);
    run(&app, "DELETE FROM one_time_links");
    pages.push(browser.get(&path).body);
    pages.sort();
    assert_eq!(pages.first(), pages.last());
    owner.get("/money").assert_ok();
}

#[test]
fn looking_at_a_link_does_not_use_it() {
    let app = TestApp::new();
    let owner = app.household();
    let path = reset_link(&app);
    let before = app.fingerprint();
    for method in ["GET", "HEAD", "GET"] {
        for browser in [&app.browser(), &owner.browser] {
            browser.request(method, &path).send().assert_ok();
        }
    }
    assert_eq!(app.fingerprint(), before);
    // Nor does a form from elsewhere, or one without a token.
    app.browser()
        .post(&path, &[("password", NEW_PASSWORD)])
        .assert_status(403);
    assert_eq!(app.fingerprint(), before);
    app.browser()
        .submit(&path, None, &[("password", NEW_PASSWORD)])
        .assert_status(303);
}

#[test]
fn a_second_factor_is_asked_for_all_the_same() {
    let app = TestApp::new();
    let owner = app.household();
    let factor = switch_on(&owner);
    app.work();
    let path = reset_link(&app);
    let browser = app.browser();
    let page = browser.submit(&path, None, &[("password", NEW_PASSWORD)]);
    page.assert_ok().assert_has("Your code");
    assert_signed_out(&browser);
    assert_signed_out(&owner);
    give(&page, &factor.code(&app, 0)).assert_status(303);
    browser.get("/money").assert_ok();
}

#[test]
fn known_and_unknown_addresses_are_answered_alike() {
    let app = TestApp::new();
    let _owner = app.household();
    let ask = |email: &str| {
        let browser = app.browser();
        let form = browser.get("/password");
        let mut page = None;
        let statements = app.statements(|| page = Some(form.submit(None, &[("email", email)])));
        let page = page.unwrap();
        page.assert_ok();
        (page.body, page.headers.len(), statements)
    };
    let known = ask(EMAIL);
    assert_eq!(ask("nobody@example.org"), known);
    run(&app, "UPDATE users SET blocked_at = now()");
    assert_eq!(ask(EMAIL), known);
    assert_eq!(known.2, 1, "one statement, whoever it is");
    run(&app, "UPDATE users SET blocked_at = NULL");
    assert_eq!(mails(&app).len(), 2, "nobody has the other address");
}

#[test]
fn the_mail_goes_to_the_address_that_is_stored_only() {
    let app = TestApp::new();
    let _owner = app.sign_up("home+budget@example.org", "EUR");
    for typed in [
        "HOME+Budget@Example.ORG",
        "ｈｏｍｅ+budget@example.org",
        " home+budget@example.org ",
    ] {
        app.browser()
            .submit("/password", None, &[("email", typed)])
            .assert_ok();
        let sent = mails(&app);
        assert_eq!(sent.len(), 1, "{typed}");
        assert_eq!(sent[0].message.to, "home+budget@example.org");
    }
    // Without the plus, or with letters that only look alike, it is somebody else.
    for typed in [
        "home@example.org",
        "hоme+budget@example.org",
        "home+budget@example.org.evil.example",
    ] {
        app.browser()
            .submit("/password", None, &[("email", typed)])
            .assert_ok();
        assert_eq!(mails(&app).len(), 0, "{typed}");
    }
    let before = app.count("jobs");
    for typed in [
        "",
        "home",
        "home+budget@example.org\r\nBcc: spy@example.org",
        "home+budget@example.org,spy@example.org spy@example.org",
        "a\0b@example.org",
    ] {
        let page = app.browser().post_with_token("/password", &[("email", typed)]);
        page.assert_status(422).assert_has("Type an e-mail address");
    }
    assert_eq!(app.count("jobs"), before);
}

#[test]
fn the_host_that_was_asked_is_in_no_link() {
    let app = TestApp::new();
    let _owner = app.household();
    let browser = app.browser();
    let token = browser.csrf_token();
    browser
        .request("POST", "/password")
        .header("X-Forwarded-Host", "evil.example")
        .header("Forwarded", "host=evil.example")
        .header("Host", "evil.example")
        .form(&[("csrf_token", &token), ("email", EMAIL)])
        .send()
        .assert_ok();
    let path = link(&app, EMAIL);
    assert!(path.starts_with("/password/reset/"));
    assert!(!app.mails().iter().any(|mail| mail.raw.contains("evil")));
    let page = app.browser().get("/password");
    assert!(!page.body.contains("evil"));

    let public = TestApp::with(&[("PUBLIC_URL", "https://budget.example.org")]);
    let browser = public.browser();
    let form = browser.get("/signup");
    let mut fields = crate::support::fields(EMAIL);
    let token = form.value("csrf_token");
    fields.push(("csrf_token", &token));
    browser.post("/signup", &fields).assert_status(303);
    public.work();
    let link = public.mails()[0].message.button.as_ref().unwrap().link.clone();
    assert!(link.starts_with("https://budget.example.org/confirm/"), "{link}");
}

#[test]
fn mails_for_a_new_password_are_limited_for_everybody_alike() {
    let app = TestApp::with(&[ON]);
    let _owner = app.household();
    for email in [EMAIL, "nobody@example.org"] {
        let ask = || app.browser().submit("/password", None, &[("email", email)]);
        let before = app.count("jobs");
        for _ in 0..3 {
            ask().assert_ok();
        }
        ask().assert_status(429).assert_has("Come back in 15 minutes");
        assert_eq!(app.count("jobs") - before, 3, "{email}");
        later(&app, 15 * 60);
    }
    for number in 0..5 {
        let email = format!("home{number}@example.org");
        app.browser()
            .submit("/password", None, &[("email", &email)])
            .assert_ok();
    }
    let sixth = app
        .browser()
        .submit("/password", None, &[("email", "more@example.org")]);
    sixth.assert_status(429);
}

#[test]
fn other_links_are_void_after_a_reset() {
    let app = TestApp::new();
    let owner = app.household();
    let path = reset_link(&app);
    let form = [("email", "new@example.org"), ("password", PASSWORD)];
    owner
        .submit("/account", Some("/account/email"), &form)
        .assert_status(303);
    let change = link(&app, "new@example.org");
    app.browser()
        .submit(&path, None, &[("password", NEW_PASSWORD)])
        .assert_status(303);
    assert_gone(&app.browser().get(&change));
}
