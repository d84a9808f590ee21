//! What somebody sees who has no account yet.

use crate::support::TestApp;

#[test]
fn the_landing_page_leads_to_sign_up_and_log_in() {
    let app = TestApp::new();
    let page = app.browser().get("/");
    page.assert_ok().assert_has("Create account").assert_has("Log in");
    assert_eq!(
        page.select("h1"),
        ["Know where your money is, and what it is for."]
    );
}

#[test]
fn signing_up_leads_to_the_money_page() {
    let app = TestApp::new();
    let owner = app.household();
    owner
        .get("/money")
        .assert_ok()
        .assert_has("Money now")
        .assert_has("0.00 EUR");
    owner.get("/").assert_status(303).assert_location("/money");
}

#[test]
fn what_was_recorded_is_money_now() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-01", "1000", "Salary");
    let rent = owner.spent("2026-11-02", "400.50", "Rent");
    owner.moved("2026-11-03", "50", ("Bank", "Fun"), ("Cash", "Fun"));
    owner.get("/money").assert_has("599.50 EUR");
    let change = owner.delete(rent);
    owner.get("/money").assert_has("1,000.00 EUR");
    owner.undo(change).unwrap();
    owner.get("/money").assert_has("599.50 EUR");
}
