//! What htmx makes quicker, in a real browser: nothing here loads a page, and the browser has nothing to complain about.

use serde_json::Value;

use super::{Person, Scripts, TestApp, person};
use crate::support::{Owner, PASSWORD};

const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";

/// Signs in with keys alone, and marks the page, to see whether it is the same one later.
fn signed_in<'a>(app: &'a TestApp, owner: &Owner<'_>, path: &str) -> Person<'a> {
    let ada = person(app, Scripts::On);
    ada.open("/login");
    ada.chromium.fill("#email", &owner.email);
    ada.chromium.fill("#password", PASSWORD);
    ada.chromium.type_keys(ENTER);
    ada.chromium.arrives_at("/money");
    ada.open(path);
    ada.chromium.run("window.same = true");
    ada
}

impl Person<'_> {
    /// Puts the focus where Tab would bring it, after a while.
    #[track_caller]
    fn focus(&self, css: &str) {
        let script = format!(
            "document.querySelector({css:?}).focus(); return document.activeElement.matches({css:?})"
        );
        assert_eq!(self.chromium.run(&script), Value::Bool(true), "{css}");
    }

    /// Waits until the focus is there.
    #[track_caller]
    fn is_at(&self, css: &str) {
        let script = format!("return document.activeElement.matches({css:?})");
        self.chromium.waits_for(&format!("the focus at {css}"), || {
            self.chromium.run(&script) == Value::Bool(true)
        });
    }

    #[track_caller]
    fn assert_same_page(&self) {
        assert_eq!(
            self.chromium.run("return window.same === true"),
            Value::Bool(true),
            "the page was loaded again"
        );
        self.assert_quiet();
    }
}

#[test]
fn an_entry_is_recorded_corrected_and_taken_back_without_leaving_the_list() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-01", "1", "Rent");
    let ada = signed_in(&app, &owner, "/transactions");
    let page = &ada.chromium;

    // By the panel.
    page.fill("#amount", "12.50");
    page.fill("#description", "Market");
    page.choose("category", "Groceries");
    page.type_keys(ENTER); // on the chosen category: nothing is sent by that
    ada.focus("#description");
    page.type_keys(ENTER);
    page.sees("Added Market, −12.50.");
    page.reads("#tx-rows tr:first-child .num", "−12.50");
    page.reads(".sums div:first-child dd", "2");
    ada.is_at("#amount");

    // In its row.
    ada.focus("#tx-rows tr:first-child .row-menu");
    page.type_keys(ENTER);
    ada.is_at(".editing [name=amount]");
    page.fill(".editing [name=amount]", "21.50");
    page.type_keys(ENTER);
    page.sees("Changed Market, −21.50.");
    page.reads("#tx-rows tr:first-child .num", "−21.50");
    ada.is_at("#tx-rows tr:first-child .row-menu");
    assert_eq!(app.count("transactions WHERE amount_minor = -2150"), 1);

    // A form that is open stays, with what is typed, while the list loads itself again.
    page.type_keys(ENTER);
    ada.is_at(".editing [name=amount]");
    page.fill(".editing [name=amount]", "77");
    page.fill("#amount", "5");
    page.choose("category", "Rent");
    ada.focus("#description");
    page.type_keys(ENTER);
    page.sees("Added Rent, −5.00.");
    page.reads(".sums div:first-child dd", "3");
    assert_eq!(
        page.run("return document.querySelector('.editing [name=amount]').value"),
        "77"
    );
    page.press("Cancel");
    page.waits_for("the row", || page.text_of(".editing").is_none());
    ada.is_at(".row-menu");

    // Undo in the newest message.
    ada.focus("#toasts .toast:last-child form button");
    page.type_keys(ENTER);
    page.sees("Undone: Rent.");
    page.reads(".sums div:first-child dd", "2");
    ada.is_at(".toast");
    ada.assert_same_page();
}

#[test]
fn the_start_page_and_the_activity_follow_what_happens() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-05", "100", "Salary");
    let ada = signed_in(&app, &owner, "/money");
    let page = &ada.chromium;
    assert_eq!(ada.cell("Fun", "Bank"), "10.00");
    owner.spent_from("2026-11-06", "4", "Going out", ("Bank", "Fun"));
    page.run("document.body.dispatchEvent(new CustomEvent('money-changed'))");
    page.reads(".total .sum", "96.00 EUR");
    page.waits_for("the matrix", || ada.cell("Fun", "Bank") == "6.00");
    page.sees("−4.00");
    page.waits_for("the month", || {
        page.text_of("#month")
            .is_some_and(|text| text.contains("Going out"))
    });
    ada.assert_same_page();

    ada.open("/activity");
    page.run("window.same = true");
    page.sees("Added Going out, −4.00");
    ada.focus(".log li:first-child form button");
    page.type_keys(ENTER);
    page.sees("Undone: Going out.");
    page.sees("Undid: Added Going out, −4.00");
    ada.is_at(".toast");
    ada.focus(".toast form button");
    page.type_keys(ENTER);
    page.sees("Did again: Added Going out, −4.00");
    page.type_keys(TAB);
    ada.assert_same_page();
    assert_eq!(app.count("transactions"), 2);
}

#[test]
fn several_values_of_a_filter_stay_until_another_is_chosen() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let ids = ["Groceries", "Rent", "Going out"].map(|category| {
        owner.spent("2026-11-01", "1", category);
        owner.category_id(category).to_string()
    });
    let address = format!("/transactions?category={}", ids.join("&category="));
    owner.earned("2026-11-02", "100", "Salary");
    let ada = signed_in(&app, &owner, &address);
    let page = &ada.chromium;
    page.reads(".sums div:first-child dd", "3");
    page.reads(".chips", "Going out\nGroceries\nRent");
    page.reads("#f-category option:checked", "3 categories");

    // A search keeps them.
    page.fill("#search", "r");
    page.reads(".sums div:first-child dd", "2");
    page.reads(".chips", "Going out\nGroceries\nRent");
    page.fill("#search", "");
    page.reads(".sums div:first-child dd", "3");

    // One in their place, and back.
    page.choose("f-category", "Rent");
    page.reads(".sums div:first-child dd", "1");
    page.waits_for("no chips", || page.text_of(".chips").is_none());
    page.arrives_at(&format!("/transactions?category={}", owner.category_id("Rent")));
    page.choose("f-category", "3 categories");
    page.reads(".sums div:first-child dd", "3");
    page.reads(".chips", "Going out\nGroceries\nRent");
    page.arrives_at(&address);
    ada.assert_same_page();

    page.press("Groceries");
    page.reads(".chips", "Going out\nRent");
    page.reads(".sums div:first-child dd", "2");
    page.reads("#f-category option:checked", "2 categories");
    ada.assert_quiet();
}

#[test]
fn the_keys_work_on_every_page() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let entry = owner.spent("2026-11-01", "1", "Rent");
    let ada = signed_in(&app, &owner, "/money");
    let page = &ada.chromium;
    for path in [
        "/money",
        "/activity",
        "/more",
        "/setup/locations",
        "/setup/buckets",
        "/setup/categories",
        &format!("/transactions/{entry}"),
    ] {
        ada.open(path);
        page.type_keys("n");
        page.arrives_at("/transactions/new");
        ada.open(path);
        page.type_keys("/");
        page.sees("Transactions");
        ada.is_at("#search");
    }
    // On the list itself the search is there already.
    ada.open("/transactions");
    page.run("window.same = true");
    page.type_keys("/");
    ada.is_at("#search");
    page.type_keys("rent/n");
    page.waits_for("the search", || page.path().contains("q=rent%2Fn"));
    ada.assert_same_page();
}
