//! The sums of reports for programs: `/api/analytics-…/`.

use serde_json::{Value, json};

use super::lived_in;
use crate::support::{Owner, Page, TestApp};

/// An answer to this person's program.
fn ask(owner: &Owner<'_>, access: &str, path: &str) -> Page {
    owner
        .app
        .browser()
        .request("GET", path)
        .header("Authorization", &format!("Bearer {access}"))
        .send()
}

#[track_caller]
fn json_of(owner: &Owner<'_>, access: &str, path: &str) -> Value {
    let page = ask(owner, access, path);
    page.assert_ok();
    assert_eq!(page.header("content-type"), Some("application/json"));
    page.json()
}

#[test]
fn a_month_has_its_categories_and_its_balance() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (access, _) = owner.tokens();

    let month = ask(&owner, &access, "/api/analytics-monthly/2026-11/");

    month.assert_ok();
    // The digits are the currency's: 15.50 and not 15.5.
    month
        .assert_has(r#""negative":752.34"#)
        .assert_has(r#""Rent":410.00"#);
    assert_eq!(
        month.json(),
        json!({
            "positive_categories": { "Salary": 1100.00 },
            "negative_categories": { "Going out": 250.00, "Groceries": 92.34, "Rent": 410.00 },
            "neutral_categories": { "Adjustment": 0.00, "Loan": -50.00, "Transfer": 0.00 },
            "balance": { "_total": 297.66, "positive": 1100.00, "negative": 752.34, "neutral": -50.00 },
            "period": { "year": 2026, "month": 11 },
        })
    );
    let now = json_of(&owner, &access, "/api/analytics-monthly/");
    assert_eq!(now, month.json(), "no month is the one of today");
    let one_digit = json_of(&owner, &access, "/api/analytics-monthly/2026-1");
    assert_eq!(one_digit["period"], json!({ "year": 2026, "month": 1 }));
    assert_eq!(
        one_digit["negative_categories"],
        json!({ "Going out": 0.00, "Groceries": 0.00, "Rent": 0.00 }),
        "what is not used appears as 0"
    );
}

#[test]
fn a_year_has_twelve_months_in_order_and_a_summary() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (access, _) = owner.tokens();

    let year = ask(&owner, &access, "/api/analytics-yearly/2026/");

    let body = year.json();
    assert_eq!(body["period"], 2026);
    assert_eq!(body["monthly"].as_object().unwrap().len(), 12);
    let place = |key: &str| year.body.find(&format!("\"{key}\":{{\"positive")).unwrap();
    assert!((1..12).all(|month| place(&month.to_string()) < place(&(month + 1).to_string())));
    assert_eq!(
        body["monthly"]["10"]["balance"],
        json!({ "_total": 545.01, "positive": 1000.01, "negative": 455.00, "neutral": 0.00 })
    );
    assert!(body["monthly"]["10"].get("period").is_none());
    assert_eq!(
        body["summary"]["balance"],
        json!({ "_total": 842.67, "positive": 2100.01, "negative": 1207.34, "neutral": -50.00 })
    );
    assert_eq!(json_of(&owner, &access, "/api/analytics-yearly"), body);
}

#[test]
fn the_history_has_the_years_in_order_and_a_summary() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (access, _) = owner.tokens();

    let body = json_of(&owner, &access, "/api/analytics-historical/");

    let years: Vec<_> = body["yearly"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(years, ["2025", "2026"]);
    assert_eq!(
        body["yearly"]["2025"]["balance"],
        json!({ "_total": 1080.00, "positive": 900.00, "negative": 320.00, "neutral": 500.00 })
    );
    assert_eq!(
        body["summary"]["balance"],
        json!({ "_total": 1922.67, "positive": 3000.01, "negative": 1527.34, "neutral": 450.00 })
    );
}

#[test]
fn the_matrix_adds_up_in_both_directions() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (access, _) = owner.tokens();

    let body = json_of(&owner, &access, "/api/analytics-distribution/");

    assert_eq!(body["balance"], json!(1922.67));
    assert_eq!(
        body["distribution"]["Card"],
        json!({ "Necessities": 0.00, "Economy": 0.00, "Education": 0.00, "Fun": -190.00, "Donation": 0.00, "_total": -190.00 })
    );
    assert_eq!(body["locations"]["_total"], body["buckets"]["_total"]);
    let past = json_of(&owner, &access, "/api/analytics-distribution/?date=2026-10-31");
    assert_eq!(past["balance"], json!(1625.01));
    assert_eq!(
        json_of(&owner, &access, "/api/analytics-current/?date=2026-10-31")["locations"],
        past["locations"]
    );
}

#[test]
fn filters_are_those_of_the_pages() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (access, _) = owner.tokens();
    let (card, rent) = (owner.location_id("Card"), owner.category_id("Rent"));

    let at_card = json_of(
        &owner,
        &access,
        &format!("/api/analytics-monthly/2026-11/?location={card}"),
    );

    assert_eq!(
        at_card["balance"],
        json!({ "_total": -190.00, "positive": 0.00, "negative": 250.00, "neutral": 60.00 })
    );
    let of_rent = json_of(
        &owner,
        &access,
        &format!("/api/analytics-historical/?category={rent}"),
    );
    assert_eq!(
        of_rent["summary"]["negative_categories"],
        json!({ "Rent": 1110.00 })
    );
    assert_eq!(of_rent["summary"]["positive_categories"], json!({}));
    let money = json_of(
        &owner,
        &access,
        &format!("/api/analytics-distribution/?location={card}"),
    );
    assert_eq!(money["balance"], json!(-190.00));
}

#[test]
fn what_makes_no_sense_is_said_with_its_name() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let other = app.sign_up("other@example.org", "EUR");
    let theirs = other.location("Theirs", budget::ledger::LocationKind::Bank);
    let (access, _) = owner.tokens();
    for (path, field) in [
        ("/api/analytics-monthly/2026-13/".to_owned(), "month"),
        ("/api/analytics-monthly/2026-0/".to_owned(), "month"),
        ("/api/analytics-monthly/1899-12/".to_owned(), "month"),
        ("/api/analytics-monthly/2026/".to_owned(), "month"),
        ("/api/analytics-yearly/2101/".to_owned(), "year"),
        ("/api/analytics-yearly/x/".to_owned(), "year"),
        ("/api/analytics-distribution/?date=2026-02-30".to_owned(), "date"),
        (
            format!("/api/analytics-historical/?location={theirs}"),
            "location",
        ),
        ("/api/analytics-yearly/2026/?bucket=x".to_owned(), "bucket"),
        (
            "/api/analytics-current/?location=0193a5b0-0000-7000-8000-000000000001".to_owned(),
            "location",
        ),
    ] {
        let answer = ask(&owner, &access, &path);
        answer.assert_status(400);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
        assert!(answer.json()[field][0].is_string(), "{path}: {}", answer.body);
    }
    app.browser().get("/api/analytics-yearly/").assert_status(401);
}

#[test]
fn an_answer_that_is_known_is_not_sent_again() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (access, _) = owner.tokens();
    for path in [
        "/api/analytics-monthly/2026-11/",
        "/api/analytics-yearly/2026/",
        "/api/analytics-historical/",
        "/api/analytics-distribution/",
    ] {
        let first = ask(&owner, &access, path);
        let tag = first.header("etag").unwrap().to_owned();
        let again = || {
            app.browser()
                .request("GET", path)
                .header("Authorization", &format!("Bearer {access}"))
                .header("If-None-Match", &tag)
                .send()
        };
        let statements = app.statements(|| {
            again().assert_status(304);
        });
        assert_eq!(statements, 1, "{path}");
        owner.spent("2019-01-05", "1.00", "Rent");
        again().assert_ok();
    }
}

#[test]
fn a_household_without_anything_has_empty_sums() {
    let app = TestApp::new();
    let owner = app.household();
    let (access, _) = owner.tokens();
    assert_eq!(
        json_of(&owner, &access, "/api/analytics-historical/"),
        json!({
            "yearly": {},
            "summary": {
                "positive_categories": {}, "negative_categories": {}, "neutral_categories": {},
                "balance": { "_total": 0.00, "positive": 0.00, "negative": 0.00, "neutral": 0.00 },
            },
        })
    );
}
