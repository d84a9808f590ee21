//! Password, second factor, devices, and what happened.

use super::{
    EMAIL, Factor, NEW_PASSWORD, ON, PASSWORD_FORMS, ask_for_code, assert_signed_out, events, give, later,
    log_in, mails, run, switch_on, times, totp,
};
use crate::support::{Owner, PASSWORD, Page, TestApp};

fn change(owner: &Owner<'_>, old: &str, new: &str) -> Page {
    let form = [("password", old), ("new_password", new)];
    owner.submit("/account/security", Some("/account/security/password"), &form)
}

#[test]
fn a_new_password_logs_all_others_out_and_renews_this_one() {
    let app = TestApp::new();
    let owner = app.household();
    let other = owner.other_browser();
    let (access, refresh) = owner.tokens();
    let stolen = owner.copy();
    change(&owner, PASSWORD, NEW_PASSWORD)
        .assert_status(303)
        .follow()
        .assert_has("Your password is changed, and all other devices are logged out.");
    owner.get("/money").assert_ok();
    for browser in [&other, &stolen] {
        assert_signed_out(browser);
    }
    let bearer = format!("Bearer {access}");
    let asked = app.browser();
    let asked = asked
        .request("GET", "/api/buckets/")
        .header("Authorization", &bearer)
        .send();
    asked.assert_status(401);
    assert!(!refresh.is_empty());
    assert_eq!(app.count("sessions"), 1);
    assert_eq!(app.count("token_families WHERE revoked_at IS NULL"), 0);
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(422);
    log_in(&app.browser(), EMAIL, NEW_PASSWORD).assert_status(303);
    let told = mails(&app);
    assert_eq!(
        (told.len(), told[0].message.subject.as_str()),
        (1, "Your password was changed")
    );
    assert_eq!(times(&app, "password_changed"), 1);
}

#[test]
fn a_password_that_will_not_do_changes_nothing() {
    let app = TestApp::new();
    let owner = app.household();
    for (old, new, field, message) in [
        (PASSWORD, "short", "new_password", "Use at least 10 characters"),
        (PASSWORD, EMAIL, "new_password", "This is your e-mail address"),
        (
            PASSWORD,
            "password123",
            "new_password",
            "Many people use this one",
        ),
        (
            "not my password",
            NEW_PASSWORD,
            "password",
            "This is not your password",
        ),
        ("", NEW_PASSWORD, "password", "This is not your password"),
    ] {
        let page = change(&owner, old, new);
        page.assert_status(422).assert_has(message);
        assert_eq!(page.attributes("[aria-invalid=true]", "name"), [field]);
        assert_eq!(page.select("title"), ["Error: Security · Account · Budget"]);
        assert!(!page.body.contains(NEW_PASSWORD));
    }
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(303);
    assert_eq!(times(&app, "password_changed"), 0);
}

#[test]
fn every_form_that_matters_asks_for_the_password_and_counts_wrong_ones() {
    for path in PASSWORD_FORMS {
        let app = TestApp::with(&[ON]);
        let owner = app.household();
        let _factor = switch_on(&owner);
        app.work();
        let send = |password: &str| {
            let token = owner.csrf_token();
            let form = [
                ("csrf_token", token.as_str()),
                ("password", password),
                ("new_password", NEW_PASSWORD),
                ("email", "new@example.org"),
            ];
            owner.post(path, &form)
        };
        let password = lines_of(&app, "users");
        for wrong in ["", "not my password", "CORRECT HORSE BATTERY", "x", " "] {
            let page = send(wrong);
            page.assert_status(422)
                .assert_has("This is not your password. Type it again.");
        }
        send(PASSWORD).assert_status(429);
        assert_eq!(times(&app, "log_in_failed"), 5, "{path}");
        assert_eq!(lines_of(&app, "users"), password, "{path}: nothing is changed");
        assert_eq!(app.count("second_factors WHERE enabled_at IS NOT NULL"), 1);
        assert_eq!(app.count("recovery_codes"), 10);
        assert_eq!(app.count("one_time_links"), 0);
    }
}

fn lines_of(app: &TestApp, table: &str) -> String {
    app.fingerprint()[table].clone()
}

#[test]
fn the_second_factor_is_on_after_its_first_code() {
    let app = TestApp::new();
    let owner = app.household();
    owner.get("/account").assert_has("The second factor is off");
    let page = owner.submit("/account/second-factor", None, &[("password", PASSWORD)]);
    page.assert_ok();
    assert_eq!(page.attributes("svg.qr", "role"), ["img"]);
    let typed = page.select("code.secret").remove(0);
    assert_eq!(typed.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8]);
    let factor = Factor {
        totp: totp(&page),
        codes: Vec::new(),
    };
    let uri = page.attributes("a[href^='otpauth:']", "href").remove(0);
    assert!(
        uri.contains(&typed.replace(' ', "")) && uri.contains("home%40example.org"),
        "{uri}"
    );
    // Not in use yet, and shown by no page that can be asked for again.
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(303);
    assert!(!owner.get("/account/second-factor").body.contains("otpauth"));
    assert!(
        !owner
            .get("/account/second-factor/enable")
            .body
            .contains("otpauth")
    );
    assert_eq!(
        app.count("second_factors WHERE enabled_at IS NULL AND octet_length(secret) = 48"),
        1,
        "encrypted"
    );

    let wrong = page.submit(Some("/account/second-factor/enable"), &[("code", "000000")]);
    wrong.assert_status(422).assert_has("This code is not right");
    assert_eq!(wrong.select("code.secret"), [typed], "the same picture again");
    let code = factor.code(&app, 0);
    let done = wrong.submit(Some("/account/second-factor/enable"), &[("code", &code)]);
    done.assert_ok().assert_has("Shown this once");
    let codes = done.select(".recovery code");
    run(
        &app,
        "UPDATE second_factors SET enabled_at = '2026-11-13T12:00:00Z'",
    );
    owner
        .get("/account")
        .assert_has("The second factor is on since 13 Nov");
    for path in ["/account/security", "/account/second-factor"] {
        let page = owner.get(path);
        assert!(codes.iter().all(|code| !page.body.contains(code)), "{path}");
    }
    assert_eq!(mails(&app)[0].message.subject, "The second factor is on");
    assert_eq!(times(&app, "second_factor_on"), 1);
    // The code that switched it on is used.
    give(&ask_for_code(&app.browser()), &code).assert_status(422);
    // The form is worth nothing any more.
    let again = wrong.submit(Some("/account/second-factor/enable"), &[("code", &code)]);
    again.assert_status(303).assert_location("/account/second-factor");
    assert_eq!(app.count("recovery_codes"), 10);
}

#[test]
fn what_was_begun_again_or_long_ago_or_elsewhere_switches_nothing_on() {
    let app = TestApp::new();
    let owner = app.household();
    let other = owner.other_browser();
    let stranger = app.sign_up("stranger@example.org", "EUR");
    let begin = || owner.submit("/account/second-factor", None, &[("password", PASSWORD)]);
    let first = begin();
    let second = begin();
    let enable = |browser: &crate::support::Browser, page: &Page| {
        let code = Factor {
            totp: totp(page),
            codes: Vec::new(),
        }
        .code(&app, 0);
        let token = browser.csrf_token();
        let proof = page.value("proof");
        let form = [("csrf_token", token.as_str()), ("proof", &proof), ("code", &code)];
        browser.post("/account/second-factor/enable", &form)
    };
    for (browser, page) in [
        (&owner.browser, &first),
        (&other, &second),
        (&stranger.browser, &second),
    ] {
        enable(browser, page)
            .assert_status(303)
            .assert_location("/account/second-factor");
    }
    later(&app, 30 * 60);
    enable(&owner, &second).assert_location("/account/second-factor");
    assert_eq!(app.count("second_factors WHERE enabled_at IS NOT NULL"), 0);
    enable(&owner, &begin()).assert_ok();
}

#[test]
fn codes_at_set_up_are_limited() {
    let app = TestApp::with(&[ON]);
    let owner = app.household();
    let page = owner.submit("/account/second-factor", None, &[("password", PASSWORD)]);
    let factor = Factor {
        totp: totp(&page),
        codes: Vec::new(),
    };
    let send = |code: &str| page.submit(Some("/account/second-factor/enable"), &[("code", code)]);
    for _ in 0..5 {
        send("000000").assert_status(422);
    }
    send(&factor.code(&app, 0)).assert_status(429);
}

#[test]
fn recovery_codes_are_made_anew_and_the_factor_goes() {
    let app = TestApp::new();
    let owner = app.household();
    let factor = switch_on(&owner);
    app.work();
    let security = "/account/security";
    let page = owner.submit(
        security,
        Some("/account/second-factor/codes"),
        &[("password", PASSWORD)],
    );
    page.assert_ok().assert_has("New recovery codes");
    let new = page.select(".recovery code");
    assert!(new.len() == 10 && new.iter().all(|code| !factor.codes.contains(code)));
    give(&ask_for_code(&app.browser()), &factor.codes[0]).assert_status(422);
    give(&ask_for_code(&app.browser()), &new[0]).assert_status(303);
    owner.get(security).assert_has("9 recovery codes are left.");
    run(&app, "DELETE FROM recovery_codes");
    owner.get(security).assert_has("You have no recovery code left");

    let off = owner.submit(
        security,
        Some("/account/second-factor/off"),
        &[("password", PASSWORD)],
    );
    off.assert_status(303)
        .follow()
        .assert_has("The second factor is off.");
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(303);
    assert_eq!(mails(&app)[0].message.subject, "The second factor is off");
    // Without one there are no codes to make, and nothing to switch off again.
    for path in ["/account/second-factor/codes", "/account/second-factor/off"] {
        owner
            .post_with_token(path, &[("password", PASSWORD)])
            .assert_status(303);
    }
    assert_eq!(app.count("recovery_codes"), 0);
    assert_eq!(mails(&app).len(), 0);
    let noted = events(&app);
    let count = |kind: &str| noted.iter().filter(|one| *one == kind).count();
    assert_eq!((count("second_factor_off"), count("recovery_codes_made")), (1, 1));
}

#[test]
fn devices_are_logged_out_one_by_one_or_all_at_once() {
    let app = TestApp::new();
    let owner = app.household();
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0";
    let firefox = app.browser();
    let token = firefox.get("/login").value("csrf_token");
    let form = [("email", EMAIL), ("password", PASSWORD), ("csrf_token", &token)];
    let request = firefox
        .request("POST", "/login")
        .header("User-Agent", agent)
        .form(&form);
    request.send().assert_status(303);
    let (access, _) = owner.tokens();
    let page = owner.get("/account/security");
    let devices = page.select(".devices li");
    assert_eq!(devices.len(), 3, "{devices:?}");
    assert_eq!(page.select(".devices .tag"), ["this one"]);
    let theirs = devices
        .iter()
        .position(|one| one.contains("Firefox on Linux"))
        .unwrap();
    assert!(devices[theirs].contains("from 127.0.0.1"), "{devices:?}");
    assert!(devices.iter().any(|one| one.contains("(program)")), "{devices:?}");
    let paths = page.attributes(".devices form", "action");
    page.submit(Some(&paths[theirs]), &[])
        .assert_status(303)
        .follow()
        .assert_has("The device is logged out.");
    assert_signed_out(&firefox);
    owner.get("/money").assert_ok();
    assert!(events(&app).contains(&"device_ended Firefox on Linux".to_owned()));
    owner.post_with_token(&paths[theirs], &[]).assert_status(404);

    let other = owner.other_browser();
    owner
        .submit("/account/security", Some("/account/security/devices"), &[])
        .assert_status(303)
        .follow()
        .assert_has("All other devices are logged out.");
    assert_signed_out(&other);
    let bearer = format!("Bearer {access}");
    let asked = app.browser();
    let asked = asked
        .request("GET", "/api/buckets/")
        .header("Authorization", &bearer)
        .send();
    asked.assert_status(401);
    assert_eq!(times(&app, "other_devices_ended"), 1);

    let page = owner.get("/account/security");
    let own = page.attributes(".devices form", "action").remove(0);
    assert_eq!(page.select(".devices li").len(), 1);
    page.submit(Some(&own), &[])
        .assert_status(303)
        .assert_location("/");
    assert_signed_out(&owner);
    assert_eq!(owner.cookie("budget_session"), None);
    assert_eq!(times(&app, "logged_out"), 1);
}

#[test]
fn nobody_logs_out_the_device_of_somebody_else() {
    let app = TestApp::new();
    let owner = app.household();
    let stranger = app.sign_up("stranger@example.org", "EUR");
    let member = owner.joined_by("member@example.org", "Mia", "owner");
    let path = owner
        .get("/account/security")
        .attributes(".devices form", "action")
        .remove(0);
    let before = app.fingerprint();
    for other in [&stranger, &member] {
        other.post_with_token(&path, &[]).assert_status(404);
    }
    assert_eq!(app.fingerprint(), before);
    owner.get("/money").assert_ok();
}

#[test]
fn events_are_told_in_words_in_the_zone_of_the_household() {
    let app = TestApp::new();
    let owner = app.household();
    let stranger = app.sign_up("stranger@example.org", "EUR");
    run(
        &app,
        "UPDATE households SET time_zone = 'Asia/Tokyo';
         UPDATE security_events SET at = '2020-11-13T20:30:00Z'",
    );
    log_in(&app.browser(), EMAIL, "not my password").assert_status(422);
    let rows = owner.get("/account/security").select(".past tbody tr");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].contains("A wrong password was typed"), "{rows:?}");
    assert!(
        rows[1].starts_with("14 Nov 2020, 05:30 The account was made"),
        "{rows:?}"
    );
    assert!(rows[1].contains("127.0.0.1"), "{rows:?}");
    assert_eq!(
        stranger.get("/account/security").select(".past tbody tr").len(),
        1
    );

    let names = "'<b>Zoë</b> 👩‍👩‍👧 ' || repeat('x', 500)";
    let kinds: Vec<String> = budget::users::event::EventKind::ALL
        .iter()
        .map(|kind| format!("('{kind}')"))
        .collect();
    run(
        &app,
        &format!(
            "INSERT INTO security_events (id, user_id, kind, detail, address, browser)
                SELECT gen_random_uuid(), '{}', kind, {names}, '2001:db8::1', 'curl' FROM (VALUES {}) kinds (kind), generate_series(1, 2)",
            owner.user,
            kinds.join(", ")
        ),
    );
    let page = owner.get("/account/security");
    // The latest 50, and beside them the failures: whoever makes many cannot push out of sight what matters.
    let failures = app.count("security_events WHERE kind IN ('log_in_failed', 'code_failed')");
    assert!(failures > 0);
    let shown = page.select(".past tbody tr").len();
    assert_eq!(shown, 50 + usize::try_from(failures).unwrap());
    assert!(!page.body.contains("<b>Zoë"));
    run(
        &app,
        &format!(
            "INSERT INTO security_events (id, user_id, kind) SELECT gen_random_uuid(), '{}', 'log_in_failed' FROM generate_series(1, 100)",
            owner.user
        ),
    );
    assert_eq!(owner.get("/account/security").select(".past tbody tr").len(), 75);
}
