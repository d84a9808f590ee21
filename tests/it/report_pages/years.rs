//! The report of a year, and the history.

use budget::ledger::location;

use super::lived_in;
use crate::support::TestApp;

#[test]
fn a_year_that_is_not_over_is_compared_with_the_same_days() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let page = owner.get("/reports/year/2026");

    page.assert_ok()
        .assert_has("What changed against the same days of 2025");
    assert_eq!(
        page.select(".figures dd"),
        [
            "+2,100.01 1,200.01 more than by 14 Nov 2025",
            "−1,207.34 887.34 more than by 14 Nov 2025",
            "+892.67 312.67 more than by 14 Nov 2025",
            "42.5% 64.4% by 14 Nov 2025",
        ]
    );
    let heads = page.select(".report-table thead th");
    assert_eq!(heads.len(), 15);
    assert_eq!(heads[13..], ["2026", "vs to 14 Nov 2025"]);
    assert_eq!(
        page.attributes(".report-table thead a", "href")[10],
        "/reports/month/2026-11"
    );
}

#[test]
fn months_are_whole_units_and_totals_exact() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let page = owner.get("/reports/year/2026");

    let rows = page.select(".report-table tr");
    let row = |name: &str| rows.iter().find(|row| row.starts_with(name)).unwrap().clone();
    assert!(
        row("Groceries").ends_with("– nothing 55 92 – nothing 147.34 +127"),
        "{}",
        row("Groceries")
    );
    assert!(
        row("All expenses").ends_with("455 752 – nothing 1,207.34 +887"),
        "{}",
        row("All expenses")
    );
    assert!(
        row("Result").contains("+545 +348 – nothing +892.67"),
        "{}",
        row("Result")
    );
    // Ends of months that are to come are not known yet.
    assert!(
        row("Money at month’s end").contains("1,080 1,625 1,923 – nothing 1,922.67"),
        "{}",
        row("Money")
    );
    page.assert_has("Months and changes are rounded to whole EUR");
    let exact = owner.get("/reports/year/2026?cents=1");
    exact
        .assert_has("92.34")
        .assert_has("Hide cents")
        .assert_lacks("rounded");
    assert_eq!(
        exact.attributes(".btn-group a", "href"),
        ["2025", "2026", "2027"].map(|year| format!("/reports/year/{year}?cents=1"))
    );
}

#[test]
fn categories_are_ranked_with_their_shares() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let page = owner.get("/reports/year/2026");

    let ranked = page.select(".rank li");
    assert_eq!(ranked.len(), 4);
    assert!(ranked[0].starts_with("Rent 67.1%\u{2002}810.00"), "{ranked:?}");
    assert!(
        ranked[1].starts_with("Going out 20.7%\u{2002}250.00"),
        "{ranked:?}"
    );
    assert!(
        ranked[2].starts_with("Groceries 12.2%\u{2002}147.34"),
        "{ranked:?}"
    );
    assert!(
        ranked[3].starts_with("Salary 100.0%\u{2002}2,100.01"),
        "{ranked:?}"
    );
}

#[test]
fn beyond_twelve_categories_the_rest_leads_to_all_of_them() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for number in 10..26 {
        let name = format!("Thing {number}");
        owner.category(&name, budget::ledger::Sign::Negative);
        owner.spent("2026-10-05", &format!("{number}.00"), &name);
    }

    let page = owner.get("/reports/year/2026");

    let last = page.select(".rank li").pop().unwrap();
    // 10 + 11 + 12 + 13 of 280.
    assert!(last.starts_with("4 more 16.4%\u{2002}46.00"), "{last}");
    let href = page.attributes(".rank li:last-child a", "href").remove(0);
    assert_eq!(href.matches("category=").count(), 4);
    owner.get(&href).assert_has("−46.00");
}

#[test]
fn the_history_has_a_column_for_each_year_with_entries() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    owner.spent("2021-05-05", "10.00", "Rent");

    let page = owner.get("/reports/years");

    page.assert_ok().assert_has("2021 to 2026, all amounts in EUR");
    assert_eq!(
        page.select(".report-table.years thead th"),
        ["Category", "2021", "2025", "2026, not over", "All years", "Share"]
    );
    let rows = page.select(".report-table tr");
    let row = |start: &str| rows.iter().find(|row| row.starts_with(start)).unwrap().clone();
    assert_eq!(row("Rent"), "Rent 10.00 300.00 810.00 1,120.00 72.9%");
    assert_eq!(row("Result"), "Result −10.00 +580.00 +892.67 +1,462.67");
    assert_eq!(
        row("Kept of income"),
        "Kept of income – nothing 64.4% 42.5% 48.8%"
    );
    assert_eq!(
        row("At the beginning"),
        "At the beginning – nothing −10.00 1,070.00"
    );
    assert_eq!(
        row("Lent, borrowed, adjusted"),
        "Lent, borrowed, adjusted – nothing +500.00 −50.00"
    );
    assert_eq!(row("At year’s end"), "At year’s end −10.00 1,070.00 1,912.67");
    assert_eq!(
        row("Card"),
        "Card 0.00 0.00 −190.00".replace("0.00 0.00", "– nothing – nothing")
    );
    page.assert_has("2021 lost 10.00.");
    // Wide and narrow: the result, and where the money lay by bucket and by location.
    assert_eq!(page.attributes("svg.chart", "role").len(), 6);
}

#[test]
fn an_average_month_counts_the_months_that_are_over() {
    let app = TestApp::new();
    let owner = lived_in(&app); // from September 2025 on; November 2026 is not over

    let page = owner.get("/reports/years");

    let rows = page.select(".report-table.ends tr");
    let row = |start: &str| rows.iter().find(|row| row.starts_with(start)).unwrap().clone();
    assert_eq!(row("Months counted"), "Months counted 4 10 14");
    // 900 / 4, 1000.01 / 10, 1900.01 / 14
    assert_eq!(row("Income"), "Income 225.00 100.00 135.72");
    assert_eq!(row("Expenses"), "Expenses 80.00 45.50 55.36");
    assert_eq!(row("Rent"), "Rent 75.00 40.00 50.00");
}

#[test]
fn ten_years_are_shown_in_whole_units() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for year in 2017..=2026 {
        owner.earned(&format!("{year}-01-05"), "1000.50", "Salary");
    }

    let page = owner.get("/reports/years");

    page.assert_has("Years are rounded to whole EUR")
        .assert_has("1,001")
        .assert_has("10,005.00");
    let exact = owner.get("/reports/years?cents=1");
    exact.assert_lacks("rounded to whole").assert_has("1,000.50");
}

#[test]
fn what_was_archived_and_merged_stays_in_the_past() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    owner.moved(
        "2026-11-10",
        "25.00",
        ("Bank", "Necessities"),
        ("Cash", "Necessities"),
    );
    let cash = owner.location_id("Cash");
    owner
        .write(|conn, member| location::archive(conn, member, cash))
        .unwrap();

    let month = owner.get("/reports/month/2026-10");

    let locations = month.select(".flow")[1].clone();
    assert!(locations.contains("Cash"), "{locations}");
    owner.get("/reports/years").assert_has("Cash");
    owner
        .get(&format!("/reports/month/2026-10?location={cash}"))
        .assert_has("Cash (archived)");
}

#[test]
fn a_name_like_markup_is_text_everywhere() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let name = "<b>\"Bread\" & 'butter'</b>";
    owner.category(name, budget::ledger::Sign::Negative);
    owner.bucket("<i>&amp;", "0");
    owner.spent_from("2025-10-05", "10.00", name, ("Bank", "<i>&amp;"));
    owner.spent_from("2026-10-05", "30.00", name, ("Bank", "<i>&amp;"));

    for path in ["/reports/month/2026-10", "/reports/year/2026", "/reports/years"] {
        let page = owner.get(path);
        page.assert_ok().assert_has(name);
        assert!(!page.body.contains("<b>") && !page.body.contains("<i>"), "{path}");
    }
}

#[test]
fn two_hundred_categories_and_long_names_and_large_amounts_fit() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let long = "Forty characters of a name, exactly 40.".to_owned() + "!";
    assert_eq!(long.len(), 40);
    owner.category(&long, budget::ledger::Sign::Negative);
    owner.spent("2026-10-05", "1234567890.12", &long);
    for number in 0..200 {
        let name = format!("Category {number}");
        owner.category(&name, budget::ledger::Sign::Negative);
        owner.spent("2026-10-05", "1.00", &name);
    }

    for path in ["/reports/month/2026-10", "/reports/year/2026", "/reports/years"] {
        owner
            .get(path)
            .assert_ok()
            .assert_has(&long)
            .assert_has("1,234,568,090.12");
    }
}

#[test]
fn what_is_not_over_loses_nothing_yet() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    owner.spent("2026-12-01", "400.00", "Rent"); // ahead
    owner.spent("2027-01-01", "895.00", "Rent");

    let year = owner.get("/reports/year/2026");

    year.assert_lacks("ended below zero")
        .assert_lacks("lowest December");
    let years = owner.get("/reports/years");
    years.assert_lacks("lost 895.00").assert_lacks("lowest 2027");
    years.assert_has("2027, not over");
    owner.spent("2026-09-01", "1.00", "Rent");
    owner
        .get("/reports/year/2026")
        .assert_has("1 of 2 months ended below zero: September.");
}

#[test]
fn averages_count_the_months_in_which_nothing_fits_the_filter() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2016-01-05", "1.00", "Rent");
    owner.spent("2020-03-05", "60.00", "Going out");
    owner.spent("2024-03-05", "70.00", "Going out");
    owner.spent("2026-10-05", "1.00", "Rent");
    let out = owner.category_id("Going out");

    let page = owner.get(&format!("/reports/years?category={out}"));

    // 130 months from January 2016 to October 2026.
    let rows = page.select(".report-table.ends tr");
    let row = |start: &str| rows.iter().find(|row| row.starts_with(start)).unwrap().clone();
    assert_eq!(row("Months counted"), "Months counted 12 12 130");
    assert_eq!(row("Expenses"), "Expenses 5.00 5.83 1.00");
    page.assert_has("13.00 in a full year"); // of ten
}

#[test]
fn a_currency_without_decimals_has_no_cents_to_show() {
    let app = TestApp::new();
    let yen = app.sign_up("yen@example.org", "JPY");
    yen.set_up();
    let dinar = app.sign_up("dinar@example.org", "KWD");
    dinar.set_up();
    for owner in [&yen, &dinar] {
        for year in 2017..=2026 {
            owner.earned(&format!("{year}-01-05"), "1000", "Salary");
        }
    }
    for path in ["/reports/year/2026", "/reports/years"] {
        yen.get(path)
            .assert_lacks("Show all")
            .assert_lacks("Show cents")
            .assert_lacks("rounded to whole")
            .assert_has("1,000");
        dinar
            .get(path)
            .assert_has("Show all decimals")
            .assert_has("rounded");
    }
}

#[test]
fn a_year_in_which_the_ledger_began_midway_is_no_whole_one() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2024-07-05", "60.00", "Rent");
    owner.spent("2025-01-05", "70.00", "Rent");

    let page = owner.get("/reports/year/2025");

    page.assert_has("10.00 more than the 6 months of 2024");
}
