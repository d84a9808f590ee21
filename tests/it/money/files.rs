//! The matrix and the trend as files.

use budget::ledger::{LocationKind, location};

use super::with_money;
use crate::support::{Page, TestApp};

#[track_caller]
fn lines(page: &Page) -> Vec<&str> {
    page.assert_ok();
    assert_eq!(page.header("content-type"), Some("text/csv; charset=utf-8"));
    page.body.lines().collect()
}

#[test]
fn the_matrix_is_a_table_of_now_or_of_a_day() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let now = owner.get("/money/matrix.csv");
    assert_eq!(
        lines(&now),
        [
            "bucket,Bank,Cash,Card,total",
            "Necessities,510.01,0.00,0.00,510.01",
            "Economy,220.00,0.00,0.00,220.00",
            "Education,110.00,0.00,0.00,110.00",
            "Fun,80.00,0.00,-34.79,45.21",
            "Donation,110.00,0.00,0.00,110.00",
            "total,1030.01,0.00,-34.79,995.22",
        ]
    );
    assert_eq!(
        now.header("content-disposition"),
        Some("attachment; filename=\"budget-money-matrix.csv\"")
    );
    let past = owner.get("/money/matrix.csv?date=2026-10-31");
    assert_eq!(lines(&past)[6], "total,1000.00,0.00,0.00,1000.00");
    assert_eq!(
        past.header("content-disposition"),
        Some("attachment; filename=\"budget-money-2026-10-31-matrix.csv\"")
    );
}

#[test]
fn names_are_no_formulas_and_archived_ones_say_so() {
    let app = TestApp::new();
    let owner = with_money(&app);
    let place = owner.location("=1+1", LocationKind::Bank);
    owner.adjusted("2026-10-20", "5.00", ("=1+1", "Fun"));
    owner.moved("2026-11-10", "5.00", ("=1+1", "Fun"), ("Bank", "Fun"));
    owner
        .write(|conn, member| location::archive(conn, member, place))
        .unwrap();

    let past = owner.get("/money/matrix.csv?date=2026-10-31");

    assert_eq!(lines(&past)[0], "bucket,Bank,Cash,Card,'=1+1 (archived),total");
    assert_eq!(
        lines(&owner.get("/money/matrix.csv"))[0],
        "bucket,Bank,Cash,Card,total"
    );
}

#[test]
fn the_trend_is_a_picture_that_stands_alone() {
    let app = TestApp::new();
    let owner = with_money(&app);

    for (path, last) in [
        ("/money/trend.svg", "1,000 at the end of October 2026"),
        ("/money/trend.svg?date=2026-11-07", "highest 1,060 on 7 Nov"),
        ("/money/trend.svg?date=1900-01-01", "0 all the time"),
    ] {
        let picture = owner.get(path);
        picture.assert_ok();
        assert_eq!(picture.header("content-type"), Some("image/svg+xml"), "{path}");
        assert!(picture.body.starts_with("<?xml"), "{path}");
        assert!(picture.body.contains(last), "{path}: {}", picture.body);
    }
}

#[test]
fn files_are_linked_and_kept() {
    let app = TestApp::new();
    let owner = with_money(&app);

    for (page, files) in [
        ("/money", ["/money/matrix.csv", "/money/trend.svg"]),
        (
            "/money?date=2026-10-31",
            [
                "/money/matrix.csv?date=2026-10-31",
                "/money/trend.svg?date=2026-10-31",
            ],
        ),
    ] {
        assert_eq!(owner.get(page).attributes(".files a", "href"), files);
        for file in files {
            let first = owner.get(file);
            let tag = first.assert_ok().header("etag").unwrap().to_owned();
            let again = || owner.request("GET", file).header("If-None-Match", &tag).send();
            again().assert_status(304);
            assert_eq!(app.statements(|| drop(owner.get(file))), 1, "{file} is kept");
        }
    }
    let tag = owner.get("/money/matrix.csv").header("etag").unwrap().to_owned();
    owner.spent("2026-11-10", "1.00", "Groceries");
    let changed = owner
        .request("GET", "/money/matrix.csv")
        .header("If-None-Match", &tag)
        .send();
    assert_eq!(
        *lines(&changed).last().unwrap(),
        "total,1029.01,0.00,-34.79,994.22"
    );
}

#[test]
fn other_names_are_not_found() {
    let app = TestApp::new();
    let owner = with_money(&app);
    for name in [
        "matrix.svg",
        "trend.csv",
        "matrix",
        "x",
        "..%2fmatrix.csv",
        "matrix.csv%00",
    ] {
        owner.get(&format!("/money/{name}")).assert_status(404);
    }
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    assert_eq!(
        *lines(&other.get("/money/matrix.csv")).last().unwrap(),
        "total,0.00,0.00,0.00,0.00"
    );
}
