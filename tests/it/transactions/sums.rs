//! The sums above the list: three ways to get them, one answer; and what a page costs.

use budget::ledger::book::Book;
use budget::ledger::transaction::queries::{self, Filter, Page};
use budget::ledger::transaction::sums::{self, Sums};
use budget::ledger::{Kind, LoanDirection};
use budget::period::{DateRange, Month, Year};

use super::set_up;
use crate::support::{Owner, TestApp, date};

/// Entries of every kind in several months, refunds and splits too.
fn mixed(app: &TestApp) -> Owner<'_> {
    let owner = set_up(app);
    for (day, amount) in [
        ("2025-12-31", "1000.00"),
        ("2026-01-01", "100.01"),
        ("2026-11-05", "347.33"),
    ] {
        owner.earned(day, amount, "Salary");
    }
    owner.earned_into("2026-11-06", "20.00", "Salary", ("Cash", "Fun"));
    for (day, amount, category) in [
        ("2026-01-31", "12.50", "Groceries"),
        ("2026-11-01", "800.00", "Rent"),
        ("2026-11-30", "3.33", "Groceries"),
    ] {
        owner.spent_from(day, amount, category, ("Bank", "Necessities"));
    }
    owner.spent_from("2026-11-14", "64.35", "Groceries", ("Card", "Fun"));
    owner.moved("2026-11-12", "150.00", ("Bank", "Fun"), ("Card", "Economy"));
    owner.loan(
        "2026-11-04",
        LoanDirection::Lent,
        "50.00",
        "Anna",
        ("Cash", "Fun"),
    );
    owner.adjusted("2026-11-01", "7.00", ("Cash", "Necessities"));
    super::add(
        &owner,
        "expense",
        &[
            ("amount", "5.55"),
            ("category", "Rent"),
            ("date", "2026-11-02"),
            ("refund", "1"),
        ],
    )
    .assert_status(303);
    super::add(
        &owner,
        "income",
        &[
            ("amount", "33.33"),
            ("category", "Salary"),
            ("date", "2026-11-07"),
            ("refund", "1"),
        ],
    )
    .assert_status(303);
    owner
}

#[test]
fn three_ways_to_add_up_agree() {
    let app = TestApp::new();
    let owner = mixed(&app);
    let book = owner.book();
    let november = Month::parse("2026-11").unwrap().range();
    let year = Year::parse("2026").unwrap().range();
    let days = DateRange::through(date("2026-11-02"), date("2026-11-14")).unwrap();
    let ranges = [None, Some(november), Some(year), Some(days)];
    let neutral = [Kind::Transfer, Kind::Loan, Kind::Adjustment];
    let kinds = [
        vec![],
        neutral.into(),
        Kind::ALL.into(),
        vec![Kind::Expense, Kind::Income],
        vec![Kind::Expense],
        vec![Kind::Income],
        vec![Kind::Loan],
        vec![Kind::Expense, Kind::Loan],
        vec![Kind::Transfer, Kind::Adjustment],
    ];
    let sorted = |mut ids: Vec<_>| {
        ids.sort();
        ids
    };
    let of_category = |names: &[&str]| names.iter().map(|name| owner.category_id(name)).collect();
    let categories = [
        vec![],
        of_category(&["Salary"]),
        sorted(of_category(&["Groceries", "Salary", "Loan"])),
    ];
    let (bank, cash, card) = (
        owner.location_id("Bank"),
        owner.location_id("Cash"),
        owner.location_id("Card"),
    );
    let locations = [vec![], vec![card], vec![bank, cash]];
    let (fun, economy) = (owner.bucket_id("Fun"), owner.bucket_id("Economy"));
    let buckets = [vec![], vec![economy, fun]];
    let mut by_month = 0;
    let mut compared = 0;
    for kinds in &kinds {
        for range in ranges {
            for categories in &categories {
                for locations in &locations {
                    for buckets in &buckets {
                        for words in [vec![], vec!["r".to_owned()]] {
                            let filter = Filter {
                                words,
                                range,
                                kinds: kinds.clone(),
                                categories: categories.clone(),
                                locations: locations.clone(),
                                buckets: buckets.clone(),
                            };
                            by_month += i32::from(compare(&owner, &book, &filter));
                            compared += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(compared, 9 * 4 * 3 * 3 * 2 * 2);
    // All kinds in two ways, income, expense, both, the neutral three; all time, a month, a year; three choices of categories.
    assert_eq!(by_month, 6 * 3 * 3);
}

/// Adds up what a filter finds in every way that can; whether the sums by month were one of them.
fn compare(owner: &Owner<'_>, book: &Book, filter: &Filter) -> bool {
    let caller = budget::db::Caller::Trusted {
        user: owner.user,
        household: Some(owner.household),
    };
    let (counted, shown, by_month) = owner
        .app
        .db
        .write_now(&caller, |conn, member| {
            let counted = sums::count(conn, filter)?;
            let (all, more) = queries::list(conn, member.household, filter, Page::First, 1000)?;
            assert!(!more);
            let by_month = sums::from_months(conn, member.household, book, filter)?;
            Ok::<(Sums, Sums, Option<Sums>), budget::db::DbError>((counted, Sums::of(&all, filter), by_month))
        })
        .unwrap();
    assert_eq!(counted, shown, "{filter:?}");
    if let Some(by_month) = by_month {
        assert_eq!(counted, by_month, "{filter:?}");
    }
    by_month.is_some()
}

#[test]
fn sums_of_a_place_count_only_what_lies_there() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.earned("2026-11-05", "1000.00", "Salary");
    owner.spent_from("2026-11-06", "12.50", "Groceries", ("Bank", "Fun"));

    let page = owner.get(&format!("/transactions?bucket={}", owner.bucket_id("Fun")));

    assert_eq!(
        page.select("dl.sums dd"),
        ["2", "+100.00", "−12.50", "+87.50", "0.00"]
    );
    assert_eq!(page.select("#tx-rows .num .sub"), ["+100.00 here"]);
}

#[test]
fn sums_that_take_long_come_after_the_list() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for _ in 0..51 {
        owner.spent("2026-11-01", "1.00", "Groceries");
    }
    // All on one page, or months alone: at once.
    for query in [
        "",
        "?period=2026-11",
        "?kind=expense",
        "?period=2026&kind=income",
        "?q=nothing",
    ] {
        let page = owner.get(&format!("/transactions{query}"));
        assert_eq!(page.attributes("[hx-trigger=load]", "hx-get").len(), 0, "{query}");
    }
    let page = owner.get("/transactions?q=gro&period=2026-11");
    assert!(page.select("dl.sums").is_empty());
    assert_eq!(
        page.attributes("[hx-trigger=load]", "hx-get"),
        ["/transactions/sums?q=gro&period=2026-11"]
    );
    // Without scripts a link does it.
    let link = page.attributes("p.sums a", "href").remove(0);
    let page = owner.get(&link);
    assert_eq!(page.select("dl.sums dd"), ["51", "0.00", "−51.00", "−51.00"]);
    let sums = owner.fragment("/transactions/sums?q=gro&period=2026-11");
    sums.assert_ok().assert_lacks("<html");
    assert_eq!(sums.select("dl.sums dd"), ["51", "0.00", "−51.00", "−51.00"]);
    owner
        .get("/transactions/sums?q=gro")
        .assert_status(303)
        .assert_location("/transactions?q=gro&sums=1");
}

#[test]
fn a_page_takes_at_most_six_statements_however_much_there_is() {
    let app = TestApp::new();
    let owner = mixed(&app);
    for day in 1..=28 {
        for _ in 0..2 {
            owner.spent(&format!("2026-10-{day:02}"), "1.00", "Groceries");
        }
    }
    let split = owner.earned("2026-11-09", "10.00", "Salary");
    let moved = owner.moved("2026-11-09", "1.00", ("Bank", "Fun"), ("Card", "Fun"));
    let transfer = format!(
        "kind=transfer&amount=1.00&from_location={}&from_bucket={}&to_location={}&to_bucket={}",
        owner.location_id("Bank"),
        owner.bucket_id("Fun"),
        owner.location_id("Card"),
        owner.bucket_id("Fun")
    );
    for path in [
        "/transactions".to_owned(),
        "/transactions?page=last".to_owned(),
        "/transactions?q=gro&sums=1".to_owned(),
        format!("/transactions?location={}&q=o&sums=1", owner.location_id("Bank")),
        "/transactions/new?kind=income&amount=100.01".to_owned(),
        format!("/transactions/new?{transfer}"),
        format!("/transactions/{split}"),
        format!("/transactions/{moved}"),
    ] {
        let taken = app.statements(|| drop(owner.get(&path)));
        assert!((2..=6).contains(&taken), "{path}: {taken}");
    }
    // With a message, the entry that it is about is looked up to mark it.
    super::add(&owner, "expense", &[("amount", "1"), ("category", "Rent")]).assert_status(303);
    let mut page = None;
    let taken = app.statements(|| page = Some(owner.get("/transactions")));
    assert!(taken <= 6, "{taken}");
    let page = page.unwrap();
    assert_eq!(page.select("tr.is-new th a"), ["Rent"]);
}
