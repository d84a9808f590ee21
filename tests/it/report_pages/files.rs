//! Tables and pictures of reports as files.

use super::lived_in;
use crate::support::{Page, TestApp};

#[track_caller]
fn lines(page: &Page) -> Vec<String> {
    page.assert_ok();
    assert_eq!(page.header("content-type"), Some("text/csv; charset=utf-8"));
    page.body.lines().map(str::to_owned).collect()
}

#[test]
fn a_month_as_tables() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let categories = owner.get("/reports/month/2026-10/categories.csv");

    assert_eq!(
        lines(&categories),
        [
            "kind,category,2026-10,2026-09,2025-10",
            "income,Salary,1000.01,0.00,900.00",
            "expense,Rent,400.00,0.00,300.00",
            "expense,Groceries,55.00,0.00,20.00",
            "total,All income,1000.01,0.00,900.00",
            "total,All expenses,455.00,0.00,320.00",
            "total,Result,545.01,0.00,580.00",
        ]
    );
    assert_eq!(
        categories.header("content-disposition"),
        Some("attachment; filename=\"budget-2026-10-categories.csv\"")
    );
    let unfinished = owner.get("/reports/month/2026-11/categories.csv");
    assert_eq!(
        lines(&unfinished)[0],
        "kind,category,2026-11,2026-10-01 to 2026-10-14,2025-11-01 to 2025-11-14"
    );
    assert_eq!(
        lines(&owner.get("/reports/month/2026-11/buckets.csv"))[4],
        "Fun,190.00,110.00,-250.00,40.00,90.00"
    );
    assert_eq!(
        lines(&owner.get("/reports/month/2026-11/locations.csv"))
            .last()
            .unwrap(),
        "total,1625.01,1100.00,-752.34,-50.00,1922.67"
    );
    let days = lines(&owner.get("/reports/month/2026-11/days.csv"));
    assert_eq!(days.len(), 31);
    assert_eq!(days[4], "2026-11-04,-15.50,490.00,400.00");
}

#[test]
fn a_year_and_the_history_as_tables() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let year = lines(&owner.get("/reports/year/2025/categories.csv"));

    assert_eq!(year[0].split(',').count(), 16);
    assert!(year[0].ends_with(",2025-12,2025,2024"), "{}", year[0]);
    assert_eq!(
        year[2],
        "expense,Rent,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,300.00,0.00,0.00,300.00,0.00"
    );
    assert!(
        year.last()
            .unwrap()
            .ends_with(",500.00,1080.00,1080.00,1080.00,1080.00,0.00"),
        "{year:?}"
    );
    // Not over: what was there at the end of the year before stands under no day that it is not of.
    let unfinished = lines(&owner.get("/reports/year/2026/categories.csv"));
    assert!(
        unfinished[0].ends_with(",2026,2025-01-01 to 2025-11-14"),
        "{}",
        unfinished[0]
    );
    assert!(
        unfinished.last().unwrap().ends_with(",1922.67,1922.67,"),
        "{unfinished:?}"
    );
    let quarters = lines(&owner.get("/reports/years/quarters.csv"));
    assert_eq!(
        quarters[0],
        "kind,name,2025 Q3,2025 Q4,2026 Q1,2026 Q2,2026 Q3,2026 Q4"
    );
    assert_eq!(
        quarters.last().unwrap(),
        "total,All,500.00,1080.00,1080.00,1080.00,1080.00,1922.67"
    );
    assert_eq!(
        lines(&owner.get("/reports/years/categories.csv"))[1],
        "income,Salary,900.00,2100.01,3000.01"
    );
    let money = lines(&owner.get("/reports/years/money.csv"));
    assert_eq!(money[0], "kind,name,2025,2026");
    assert_eq!(money.last().unwrap(), "total,All,1080.00,1922.67");
    assert_eq!(
        lines(&owner.get("/reports/years/average.csv"))[3],
        "Result,145.00,54.50,80.36"
    );
}

#[test]
fn pictures_stand_alone() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    for path in [
        "/reports/month/2026-11/days.svg",
        "/reports/year/2026/result.svg",
        "/reports/years/result.svg",
        "/reports/years/by-bucket.svg",
        "/reports/years/by-location.svg",
    ] {
        let picture = owner.get(path);
        picture.assert_ok();
        assert_eq!(picture.header("content-type"), Some("image/svg+xml"), "{path}");
        assert!(picture.body.starts_with("<?xml"), "{path}");
        assert!(
            picture.body.contains("<title") && picture.body.len() < 20_000,
            "{path}"
        );
        assert!(
            picture
                .header("content-disposition")
                .unwrap()
                .starts_with("attachment; filename=\"budget-")
        );
    }
}

#[test]
fn no_text_in_a_table_becomes_a_formula() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.category("=HYPERLINK(\"x\")", budget::ledger::Sign::Negative);
    owner.spent("2026-10-05", "10.00", "=HYPERLINK(\"x\")");

    let table = owner.get("/reports/month/2026-10/categories.csv");

    assert_eq!(
        lines(&table)[1],
        "expense,\"'=HYPERLINK(\"\"x\"\")\",10.00,0.00,0.00"
    );
}

#[test]
fn a_file_that_there_is_not_is_not_found() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let other = app.sign_up("other@example.org", "EUR");
    let theirs = other.location("Theirs", budget::ledger::LocationKind::Bank);
    let nobodys = "0193a5b0-0000-7000-8000-000000000001";

    for path in [
        "/reports/month/2026-11/nothing.csv".to_owned(),
        "/reports/month/2026-11/categories".to_owned(),
        "/reports/month/2026-11/categories.exe".to_owned(),
        "/reports/month/2026-11/..%2Fdays.csv".to_owned(),
        "/reports/month/2026-11/da%22ys.csv".to_owned(),
        "/reports/month/2026-13/days.csv".to_owned(),
        "/reports/year/1899/categories.csv".to_owned(),
        "/reports/years/nothing.svg".to_owned(),
        format!("/reports/years/categories.csv?location={theirs}"),
        format!("/reports/years/categories.csv?location={nobodys}"),
        "/reports/years/categories.csv?location=x".to_owned(),
    ] {
        owner.get(&path).assert_status(404);
    }
    let bodies = [theirs.to_string(), nobodys.to_owned()]
        .map(|id| owner.get(&format!("/reports/years/money.csv?location={id}")).body);
    assert_eq!(bodies[0], bodies[1], "a foreign id answers as a missing one");
}
