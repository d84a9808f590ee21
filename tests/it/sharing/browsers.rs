//! Two people at two real browsers.

use crate::support::{Chromium, PASSWORD, Scripts, TestApp};

fn open(app: &TestApp, browser: &Chromium, path: &str) {
    browser.open(&format!("http://{}{path}", app.address()));
}

#[test]
fn ada_lets_bo_look_and_then_write() {
    let app = TestApp::new();
    let (ada, bo) = (Chromium::start(Scripts::On), Chromium::start(Scripts::On));
    let person = app.sign_up("ada@example.org", "EUR");
    person.set_up();
    person.earned("2026-11-01", "1234.56", "Salary");

    open(&app, &ada, "/login");
    ada.fill("#email", "ada@example.org");
    ada.fill("#password", PASSWORD);
    ada.press("Log in");
    ada.arrives_at("/money");
    ada.press("Household");
    ada.arrives_at("/household");
    ada.choose("role", "Reader: only looks");
    ada.press("Invite");
    ada.sees("Copy this link, and hand it to whom you invite.");
    let link = ada.run("return document.querySelector('#made_link').value");
    let link = super::path_of(link.as_str().unwrap());

    open(&app, &bo, &link);
    bo.sees("Ada invites you to keep track of money together.");
    bo.press("Create account");
    bo.sees("You join Household, as reader");
    bo.fill("#email", "bo@example.org");
    bo.fill("#password", PASSWORD);
    bo.fill("#full_name", "Bo");
    bo.press("Create account");
    bo.arrives_at("/money");
    bo.sees("1,234.56");
    let adds = bo.run("return document.querySelectorAll('a[href^=\"/transactions/new\"], #quickadd').length");
    assert_eq!(adds, 0);

    open(&app, &ada, "/household");
    ada.sees("bo@example.org");
    let bo_id = budget::users::queries::by_email(&mut app.sql(), "bo@example.org")
        .unwrap()
        .unwrap();
    let choose = format!(
        "const form = document.querySelector('form[action=\"/household/members/{bo_id}\"]');
         form.role.value = 'member'; form.requestSubmit()"
    );
    ada.run(&choose);
    ada.sees("Bo is a member now, and reads and writes.");

    open(&app, &bo, "/money");
    bo.sees("Log in");
    bo.fill("#email", "bo@example.org");
    bo.fill("#password", PASSWORD);
    bo.press("Log in");
    bo.arrives_at("/money");
    open(&app, &bo, "/transactions/new?kind=expense");
    bo.fill("#amount", "40.50");
    bo.choose("category", "Groceries");
    bo.choose("location", "Bank");
    bo.choose("bucket", "Necessities");
    bo.press("Add expense");
    bo.sees("−40.50");

    open(&app, &ada, "/money");
    ada.sees("1,194.06");
    ada.press("Activity");
    ada.sees("Bo");
    for browser in [&ada, &bo] {
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
}
