//! Money now: the matrix, its shares and what of it is short, the month so far.

mod files;
mod parts;
mod past;
mod trend;

use budget::ledger::{BucketChoice, Entry, FlowKind};

use crate::report_pages::links::follow_all;
use crate::support::{Owner, TestApp};

/// Records that more came back of what was spent on a category, or had to be paid back of what came in.
fn came_back(owner: &Owner<'_>, day: &str, amount: &str, category: &str, kind: FlowKind) {
    let entry = Entry::Flow {
        kind,
        refund: true,
        refund_of: None,
        amount: owner.amount(amount),
        category: owner.category_id(category),
        location: owner.location_id("Bank"),
        bucket: BucketChoice::One(owner.bucket_id("Necessities")),
    };
    owner.add(day, "Back again", entry);
}

/// The household of most tests here: money at two locations, some of it short.
fn with_money(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-10-05", "1000.00", "Salary");
    owner.earned("2026-11-05", "100.01", "Salary");
    owner.spent_from("2026-11-07", "40.00", "Rent", ("Bank", "Necessities"));
    owner.moved("2026-11-08", "30.00", ("Bank", "Fun"), ("Card", "Fun"));
    owner.spent_from("2026-11-09", "64.79", "Going out", ("Card", "Fun"));
    owner
}

#[test]
fn every_cell_row_and_column_adds_up() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let page = owner.get("/money");

    page.assert_ok();
    // 1000.00 and 100.01 by 50/20/10/10/10: the cent left over of the second goes to Necessities (50.005), the largest remainder.
    let rows = page.select("table.matrix tbody tr");
    assert_eq!(rows.len(), 5);
    let cells = page.select("table.matrix tbody tr:first-child td");
    assert_eq!(
        cells[0], "510.01",
        "Necessities at the bank: 500.00 + 50.01 − 40.00"
    );
    assert_eq!(cells[3], "510.01", "all locations");
    assert_eq!(
        page.select("table.matrix tbody tr:nth-child(4) td.cell"),
        ["80.00", "– nothing", "−34.79"]
    );
    assert_eq!(
        page.select("table.matrix tfoot tr:first-child td.loc"),
        ["1,030.01", "0.00", "−34.79"]
    );
    assert_eq!(page.select("table.matrix tfoot td.all"), ["995.22"]);
    assert_eq!(page.select(".total .sum"), ["995.22 EUR"]);
}

#[test]
fn what_is_short_is_said_with_a_way_to_cover_it() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let page = owner.get("/money");

    page.assert_has("Fun is 34.79 short on Card.")
        .assert_has("Cover it from Bank");
    let href = page.attributes(".note a.btn", "href").remove(0);
    assert!(
        href.starts_with("/transactions/new?kind=transfer&amount=34.79&from_location="),
        "{href}"
    );
    // Nobody can say what share of money lies at a location that is below zero.
    assert_eq!(
        page.select("table.matrix tfoot tr:nth-child(2) td.loc"),
        ["–", "–", "–"]
    );
}

#[test]
fn the_month_so_far_counts_this_month_only() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let page = owner.get("/money");

    page.assert_has("November so far").assert_has("14 of 30 days");
    assert_eq!(page.select(".figures dd"), ["+100.01", "−104.79", "−4.78"]);
    assert_eq!(page.select("ol.rank a"), ["Salary", "Going out", "Rent"]);
    assert_eq!(page.select("ol.rank span"), ["100.01", "64.79", "40.00"]);
    page.assert_has("−4.78 since 1 Nov");
}

#[test]
fn loans_and_adjustments_are_no_result_and_the_future_is_named() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.adjusted("2026-11-01", "200.00", ("Cash", "Fun"));
    owner.spent_from("2026-12-24", "50.00", "Groceries", ("Cash", "Fun"));

    let page = owner.get("/money");

    page.assert_has("Not in the result: +200.00 by loans and adjustments.");
    page.assert_has("1 entry lies ahead and is counted.");
    assert_eq!(page.select(".total .sum"), ["150.00 EUR"]);
    assert_eq!(page.select(".figures dd"), ["0.00", "0.00", "0.00"]);
}

#[test]
fn the_page_takes_six_statements_however_much_there_is() {
    let app = TestApp::new();
    let owner = with_money(&app);
    let few = app.statements(|| drop(owner.get("/money")));
    for day in 1..=28 {
        owner.spent_from(
            &format!("2026-10-{day:02}"),
            "1.00",
            "Groceries",
            ("Cash", "Necessities"),
        );
    }
    let many = app.statements(|| drop(owner.get("/money")));
    assert!(many <= 6, "{many} statements");
    assert_eq!(few, many);
}

#[test]
fn a_yen_has_no_decimals_and_a_dinar_three() {
    let app = TestApp::new();
    for (currency, amount, shown) in [("JPY", "1000", "1,000 JPY"), ("KWD", "1.005", "1.005 KWD")] {
        let owner = app.sign_up(&format!("{currency}@example.org"), currency);
        owner.set_up();
        owner.adjusted("2026-11-01", amount, ("Cash", "Fun"));
        assert_eq!(owner.get("/money").select(".total .sum"), [shown]);
    }
}

#[test]
fn an_empty_household_is_told_where_to_begin() {
    let app = TestApp::new();
    let owner = app.household();

    let page = owner.get("/money");

    page.assert_ok().assert_has("0.00 EUR");
    assert!(page.select("table.matrix").is_empty());
}

#[test]
fn every_number_leads_to_the_entries_that_it_counts() {
    let app = TestApp::new();
    let owner = with_money(&app);
    owner.adjusted("2026-11-02", "12.34", ("Cash", "Fun"));
    owner.spent_from("2026-11-28", "5.00", "Groceries", ("Cash", "Fun")); // ahead, in this month
    owner.earned("2026-12-24", "70.00", "Salary"); // ahead, in the next
    for number in 0..12 {
        let name = format!("Category {number}");
        owner.category(&name, budget::ledger::Sign::Negative);
        owner.spent("2026-11-10", "1.00", &name);
    }

    assert!(follow_all(&owner, "/money") > 25);

    let page = owner.get("/money");
    page.assert_has("2 entries lie ahead and are counted.");
    // What is said to have come since the first counts what the number counts.
    let link = page.attributes(".total strong a", "href").remove(0);
    assert_eq!(link, "/transactions?period=custom&from=2026-11-01");
    page.assert_has("+60.56 since 1 Nov");
    let link = page.attributes(".total .small > a", "href").remove(0);
    assert_eq!(owner.get(&link).select("#tx-rows tr").len(), 2);
}

#[test]
fn a_category_that_more_came_back_of_is_named() {
    let app = TestApp::new();
    let owner = with_money(&app);
    owner.spent("2026-11-10", "10.00", "Groceries");
    came_back(&owner, "2026-11-11", "25.00", "Groceries", FlowKind::Expense);
    came_back(&owner, "2026-11-11", "40.00", "Rent", FlowKind::Expense);
    came_back(&owner, "2026-11-11", "130.01", "Salary", FlowKind::Income);

    let page = owner.get("/money");

    page.assert_has("Groceries: 15.00 more came back than was spent.")
        .assert_has("Rent: all that was spent came back.")
        .assert_has("Salary: 30.00 more was paid back than came in.");
    assert_eq!(page.select("ol.rank a"), ["Going out"]);
    assert_eq!(page.select(".figures dd"), ["−30.00", "−49.79", "−79.79"]);
}
