//! Addresses of reports that make no sense.

use super::lived_in;
use crate::support::TestApp;

#[test]
fn periods_that_there_are_not() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    for path in [
        "/reports/month/1899-12",
        "/reports/month/2101-01",
        "/reports/month/2026-00",
        "/reports/month/2026-13",
        "/reports/month/2026",
        "/reports/month/2026-11-01",
        "/reports/month/-2026-11",
        "/reports/month/%00",
        "/reports/month/2026-1%D9%A1",
        "/reports/year/1899",
        "/reports/year/2101",
        "/reports/year/26",
        "/reports/year/2026-11",
        "/reports/year/NaN",
        "/reports/years/2026",
        "/reports/decade",
    ] {
        owner.get(path).assert_status(404);
    }
    for path in [
        "/reports/month/1900-01",
        "/reports/month/2100-12",
        "/reports/year/1900",
        "/reports/year/2100",
    ] {
        let page = owner.get(path);
        page.assert_ok().assert_has("No entries in");
        assert!(
            page.select(".btn-group a").len() == 2,
            "one neighbour lies outside: {path}"
        );
    }
}

#[test]
fn a_month_of_one_digit_leads_to_its_address() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let fun = owner.bucket_id("Fun");
    owner
        .get("/reports/month/2026-1")
        .assert_status(303)
        .assert_location("/reports/month/2026-01");
    owner
        .get(&format!("/reports/month/2026-1?bucket={fun}&x=1"))
        .assert_location(&format!("/reports/month/2026-01?bucket={fun}"));
    owner.get("/reports").assert_location("/reports/month/2026-11");
    owner
        .get(&format!("/reports/month?bucket={fun}"))
        .assert_location(&format!("/reports/month/2026-11?bucket={fun}"));
    owner.get("/reports/year").assert_location("/reports/year/2026");
}

#[test]
fn unknown_and_foreign_ids_are_left_out_and_said() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let other = app.sign_up("other@example.org", "EUR");
    let theirs = other.location("Theirs", budget::ledger::LocationKind::Bank);
    let nobodys = "0193a5b0-0000-7000-8000-000000000001";
    let pages = [
        theirs.to_string(),
        nobodys.to_owned(),
        "x".to_owned(),
        "%00".to_owned(),
    ]
    .map(|id| owner.get(&format!("/reports/month/2026-11?location={id}&category={id}")));
    for page in &pages {
        page.assert_ok()
            .assert_has("A location was left out of the filter: there is none like it.")
            .assert_has("A category was left out of the filter: there is none like it.")
            .assert_lacks("Theirs");
        assert_eq!(page.select("main"), pages[0].select("main"));
    }
}

#[test]
fn currencies_with_other_decimals_are_written_as_they_are() {
    let app = TestApp::new();
    let yen = app.sign_up("yen@example.org", "JPY");
    yen.set_up();
    yen.earned("2026-10-05", "100001", "Salary");
    yen.spent("2026-10-06", "50", "Rent");
    let dinar = app.sign_up("dinar@example.org", "KWD");
    dinar.set_up();
    dinar.earned("2026-10-05", "100.001", "Salary");
    dinar.spent("2026-10-06", "0.005", "Rent");

    yen.get("/reports/month/2026-10")
        .assert_has("+100,001")
        .assert_has("−50")
        .assert_lacks("100,001.0");
    dinar
        .get("/reports/month/2026-10")
        .assert_has("+100.001")
        .assert_has("−0.005");
    dinar.get("/reports/year/2026").assert_has("100.001");
    dinar
        .get("/reports/year/2026/categories.csv")
        .assert_has("total,Result,")
        .assert_has(",99.996,0.000");
}
