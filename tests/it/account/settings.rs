//! Name, formats and theme.

use super::{PASSWORD_FORMS, run};
use crate::support::{Owner, TestApp};

fn save(owner: &Owner<'_>, name: &str, value: &str) -> crate::support::Page {
    owner.submit("/account", None, &[(name, value)])
}

#[test]
fn formats_are_in_effect_at_once() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2025-03-01", "1234.56", "Salary");
    let page = owner.get("/account");
    let samples = page.select("#number_format option");
    assert!(
        samples.len() == 4 && samples.iter().any(|sample| sample.contains("1.234")),
        "{samples:?}"
    );
    assert_eq!(page.select("#date_format option").len(), 3);
    save(&owner, "number_format", "comma_dot").assert_status(422);
    let comma = page.attributes("#number_format option", "value");
    for format in comma {
        save(&owner, "number_format", &format)
            .assert_status(303)
            .assert_location("/account")
            .follow()
            .assert_has("Saved.");
        let wanted = budget::money::NumberFormat::ALL
            .into_iter()
            .find(|one| one.as_str() == format);
        let wanted = wanted.unwrap().amount(123_456, budget::money::Currency::EUR);
        owner.get("/money").assert_has(&wanted);
    }
    for (format, day) in [
        ("iso", "2025-03-01"),
        ("month_day", "Mar 1, 2025"),
        ("day_month", "1 Mar 2025"),
    ] {
        save(&owner, "date_format", format).assert_status(303);
        owner.get("/transactions?period=all").assert_has(day);
    }
}

#[test]
fn the_theme_is_forced_on_every_page() {
    let app = TestApp::new();
    let owner = app.household();
    let theme = |path: &str| owner.get(path).attributes("html", "data-theme");
    assert_eq!(theme("/money"), Vec::<String>::new());
    for forced in ["dark", "light"] {
        save(&owner, "theme", forced).assert_status(303);
        for path in [
            "/money",
            "/account",
            "/account/security",
            "/account/delete",
            "/data/export",
        ] {
            assert_eq!(theme(path), [forced], "{path}");
        }
        assert_eq!(
            owner.get("/account").attributes("[name=theme][checked]", "value"),
            [forced]
        );
    }
    save(&owner, "theme", "system").assert_status(303);
    assert_eq!(theme("/money"), Vec::<String>::new());
}

#[test]
fn what_is_wrong_comes_back_with_what_was_typed() {
    let app = TestApp::new();
    let owner = app.household();
    let before = app.fingerprint();
    let long = "é".repeat(256);
    for (name, value, message) in [
        ("full_name", long.as_str(), "Use at most 255 characters"),
        ("full_name", "Ada\nLovelace", "without line breaks"),
        ("full_name", "Ada\0", "without line breaks"),
        ("number_format", "x", "Choose a format from the list."),
        ("date_format", "", "Choose a format from the list."),
        ("theme", "pink", "Choose one of the three."),
    ] {
        let token = owner.csrf_token();
        let mut form = vec![
            ("full_name", "Ada"),
            ("number_format", budget::money::NumberFormat::default().as_str()),
            ("date_format", "iso"),
            ("theme", "dark"),
            ("csrf_token", &token),
        ];
        form.retain(|(field, _)| *field != name);
        form.push((name, value));
        let page = owner.post("/account", &form);
        page.assert_status(422).assert_has(message);
        assert_eq!(page.attributes(".error-summary a", "href"), [format!("#{name}")]);
        assert_eq!(page.select("title"), ["Error: Account · Budget"]);
        if name != "full_name" {
            assert_eq!(page.value("full_name"), "Ada");
        }
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn readers_look_after_their_own_account() {
    let app = TestApp::new();
    let owner = app.household();
    let reader = owner.joined_by("reader@example.org", "Rita", "reader");
    save(&reader, "full_name", "Rita 👩‍👩‍👧").assert_status(303);
    assert_eq!(app.count("users WHERE full_name = 'Rita 👩‍👩‍👧'"), 1);
    assert_eq!(app.count("users WHERE full_name = 'Ada'"), 1, "nobody else's");
    let page = reader.get("/account");
    page.assert_has("you read, with one other person")
        .assert_has("you own it");
}

#[test]
fn long_names_and_many_households_are_shown() {
    let app = TestApp::new();
    let owner = app.household();
    let long = "Haushalt der Familie 👨‍👩‍👧‍👦 <b>&amp; Freunde</b> ".repeat(4);
    let long = long.trim();
    let email = format!("{}@example.org", "a".repeat(200));
    run(
        &app,
        &format!(
            "UPDATE users SET email = '{email}', full_name = '{long}';
             INSERT INTO households (id, name, currency, time_zone) SELECT gen_random_uuid(), '{long}' || n, 'JPY', 'UTC' FROM generate_series(1, 30) n;
             INSERT INTO members (household_id, user_id, role) SELECT h.id, u.id, 'owner' FROM households h, users u WHERE h.currency = 'JPY'"
        ),
    );
    let page = owner.get("/account");
    page.assert_ok().assert_has(&email);
    assert_eq!(page.select("section[aria-labelledby=homes-h] li").len(), 31);
    assert!(!page.body.contains("<b>&amp;"));
    owner.get("/account/delete").assert_ok().assert_has("0 entries");
    owner.get("/account/security").assert_ok();
}

#[test]
fn a_demo_has_no_account_but_an_export() {
    let app = TestApp::new();
    let visitor = app.browser();
    visitor.submit("/", Some("/demo"), &[]).assert_status(303);
    let before = app.fingerprint();
    for path in [
        "/account",
        "/account/security",
        "/account/second-factor",
        "/account/delete",
    ] {
        visitor
            .get(path)
            .assert_status(409)
            .assert_has("This is a demo, which has no account.");
    }
    for path in PASSWORD_FORMS.iter().chain(&[
        "/account/email/drop",
        "/account/email/confirm",
        "/account/keep",
        "/account/security/devices",
    ]) {
        let token = visitor.csrf_token();
        let form = [
            ("csrf_token", token.as_str()),
            ("email", "x@example.org"),
            ("password", "x"),
            ("new_password", "another long password"),
        ];
        visitor.post(path, &form).assert_status(409);
    }
    let token = visitor.csrf_token();
    let format = budget::money::NumberFormat::default();
    let form = [
        ("csrf_token", token.as_str()),
        ("number_format", format.as_str()),
        ("date_format", "iso"),
        ("theme", "dark"),
    ];
    visitor.post("/account", &form).assert_status(409);
    assert_eq!(app.fingerprint(), before);
    visitor.get("/data/export").assert_ok();
    visitor.get("/data/export/budget.csv").assert_ok();
}
