//! The line beside the total.

use super::with_money;
use crate::support::{Owner, TestApp};

/// What the line says in words.
fn said(owner: &Owner<'_>, path: &str) -> String {
    let page = owner.get(path);
    page.assert_ok();
    page.select(".total svg desc").join("")
}

#[test]
fn the_line_says_its_lowest_and_its_highest() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let page = owner.get("/money");

    assert_eq!(
        page.select(".total svg title"),
        ["Money at the end of each of the last 12 months"]
    );
    assert_eq!(
        said(&owner, "/money"),
        "Lowest 0 at the end of December 2025, highest 1,000 at the end of October 2026."
    );
    page.assert_has("Line: last 12 months.");
    assert_eq!(
        said(&owner, "/money?date=2026-11-07"),
        "Lowest 0 at the end of December 2025, highest 1,060 on 7 Nov."
    );
    assert_eq!(
        said(&owner, "/money?date=2026-10-05"),
        "Lowest 0 at the end of November 2025, highest 1,000 on 5 Oct."
    );
}

#[test]
fn entries_ahead_do_not_bend_the_months_that_are_over() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.adjusted("2026-10-01", "100.00", ("Cash", "Fun"));
    owner.spent_from("2027-02-01", "70.00", "Groceries", ("Cash", "Fun"));

    let said = said(&owner, "/money");

    assert_eq!(
        said,
        "Lowest 0 at the end of December 2025, highest 100 at the end of October 2026."
    );
    owner.get("/money").assert_has("−70.00 since 1 Nov.");
}
