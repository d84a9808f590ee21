//! Several households: the list, switching, one more, and their settings.

use super::{PATH, join, listed, rename, session};
use crate::support::TestApp;

#[test]
fn one_switches_between_households_of_other_currency_and_role() {
    let app = TestApp::new();
    let ada = app.household();
    rename(&ada, "Sea street");
    ada.set_up();
    ada.earned("2026-11-01", "1234.56", "Salary");
    let bo = app.sign_up("bo@example.org", "JPY");
    rename(&bo, "Club");
    bo.get(PATH).assert_ok();
    let link = super::invite(&ada, "", "reader");
    join(&bo, &link).assert_status(303);
    bo.get("/money")
        .assert_has("1,234.56 EUR")
        .assert_has("switch")
        .assert_lacks("/transactions/new");
    bo.get("/transactions/new").assert_status(403);

    let page = bo.get("/households");
    assert_eq!(
        page.select("tbody tr"),
        [
            "Club Owner reads and writes, and decides who is in it 1 JPY Open",
            "Sea street Reader only looks 2 EUR open"
        ]
    );
    let (before, stolen) = (session(&bo), bo.copy());
    let open = format!("/households/{}/open", bo.household);
    page.submit(Some(&open), &[])
        .assert_status(303)
        .assert_location("/money");
    assert_ne!(session(&bo), before);
    stolen
        .get("/money")
        .assert_status(303)
        .assert_location("/login?next=%2Fmoney");
    bo.get("/money")
        .assert_has("JPY")
        .assert_has("Club")
        .assert_lacks("1,234.56");
    bo.get(PATH).assert_has("Invite somebody");
    // Another browser of theirs shows what it showed.
    let other = bo.other_browser();
    bo.post_with_token(&format!("/households/{}/open", ada.household), &[])
        .assert_status(303);
    other.get("/money").assert_has("Club");
    bo.get("/money").assert_has("Sea street");
}

#[test]
fn another_household_is_made_and_opened() {
    let app = TestApp::new();
    let ada = app.household();
    ada.get("/money").assert_lacks("switch");
    let (before, stolen) = (session(&ada), ada.copy());
    let given = [
        ("name", "  Chess club 🐎 "),
        ("currency", "JPY"),
        ("time_zone", "Asia/Tokyo"),
    ];
    let made = ada.submit("/households/new", None, &given);
    made.assert_status(303).assert_location("/money");
    ada.get("/money")
        .assert_has("Chess club 🐎 is there, and yours.")
        .assert_has("JPY");
    assert_ne!(session(&ada), before);
    stolen.get("/money").assert_status(303);
    assert_eq!(listed(&ada).len(), 2);
    ada.get(PATH)
        .assert_has("Asia/Tokyo")
        .assert_has("Invite somebody");
}

#[test]
fn the_same_form_sent_at_once_is_one_household() {
    let app = TestApp::new();
    let ada = app.household();
    let page = ada.get("/households/new");
    let (key, token) = (page.value("idempotency_key"), page.value("csrf_token"));
    let given = [
        ("name", "Club"),
        ("currency", "EUR"),
        ("time_zone", "UTC"),
        ("idempotency_key", key.as_str()),
        ("csrf_token", token.as_str()),
    ];
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let browser = ada.browser.copy();
            scope.spawn(move || {
                let status = browser.post("/households/new", &given).status;
                assert_eq!(status, 303);
            });
        }
    });
    assert_eq!(app.count("households"), 2);
}

#[test]
fn what_is_wrong_with_a_household_comes_back() {
    let app = TestApp::new();
    let ada = app.household();
    let before = app.fingerprint();
    let long = "x".repeat(256);
    for (field, value, message) in [
        ("name", "", "Type a name."),
        ("name", " \u{200b} ", "Type a name."),
        ("name", "a\0b", "Take out the line breaks and control characters."),
        ("name", long.as_str(), "Use at most 255 characters"),
        ("currency", "XXQ", "Choose a currency from the list."),
        (
            "time_zone",
            "Europe/Atlantis",
            "Choose a time zone from the list.",
        ),
    ] {
        let mut given = vec![("name", "Club"), ("currency", "EUR"), ("time_zone", "UTC")];
        given.retain(|(name, _)| *name != field);
        given.push((field, value));
        ada.post_with_token("/households/new", &given)
            .assert_status(422)
            .assert_has(message)
            .assert_has("Error: Add a household");
        ada.post_with_token(PATH, &given)
            .assert_status(422)
            .assert_has(message)
            .assert_has("Error: Household");
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn the_settings_are_an_owners_and_the_currency_is_fixed_by_entries() {
    let app = TestApp::new();
    let ada = app.household();
    let given = [
        ("name", "Sea street"),
        ("currency", "JPY"),
        ("time_zone", "Asia/Tokyo"),
    ];
    ada.submit(PATH, Some(PATH), &given)
        .assert_status(303)
        .follow()
        .assert_has("Saved.");
    ada.get("/money").assert_has("Sea street").assert_has("JPY");
    ada.submit(PATH, Some(PATH), &[("currency", "EUR")])
        .assert_status(303);
    ada.set_up();
    let entry = ada.earned("2026-11-01", "10", "Salary");
    for _ in 0..2 {
        let page = ada.get(PATH);
        page.assert_has("There are entries in it, so it is fixed.");
        assert_eq!(page.select("select#currency"), Vec::<String>::new());
        let given = [("name", "Other"), ("currency", "JPY"), ("time_zone", "UTC")];
        ada.post_with_token(PATH, &given)
            .assert_status(422)
            .assert_has("The currency is fixed");
        ada.get("/money").assert_has("Sea street");
        // Undo could bring it back.
        if app.count("transactions") == 1 {
            ada.delete(entry);
        }
    }
    let given = [("name", "Other"), ("time_zone", "UTC")];
    ada.post_with_token(PATH, &given).assert_status(303);
    ada.get("/money").assert_has("Other");
}
