//! Reports at the edges: leap days, the ends of the ledger, and households with nothing or hardly anything.

use budget::ids::HouseholdId;
use budget::ledger::{Book, Sign};
use budget::period::{Month, Year};
use budget::reports::days::{Days, so_far};
use budget::reports::distribution::Distribution;
use budget::reports::historical::{Historical, Money};
use budget::reports::largest;
use budget::reports::monthly::Monthly;
use budget::reports::nearest::Nearest;
use budget::reports::scope::Scope;
use budget::reports::sums::Places;
use budget::reports::yearly::Yearly;
use diesel::PgConnection;

use super::compare::Question;
use super::naive::Naive;
use crate::support::{Owner, TestApp, date};

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn monthly(owner: &Owner<'_>, of: &str, today: &str) -> Monthly {
    let conn = &mut owner.app.as_role(owner.household);
    let book = owner.book();
    Monthly::load(
        conn,
        owner.household,
        &book,
        &Scope::default(),
        month(of),
        date(today),
    )
    .unwrap()
}

fn yearly(owner: &Owner<'_>, of: i32, today: &str) -> Yearly {
    let conn = &mut owner.app.as_role(owner.household);
    let book = owner.book();
    let year = Year::new(of).unwrap();
    Yearly::load(conn, owner.household, &book, &Scope::default(), year, date(today)).unwrap()
}

/// Expenses in each span, above zero where money was spent.
fn spent(report: &Monthly) -> [i64; 4] {
    [Monthly::NOW, Monthly::BEFORE, Monthly::YEAR_AGO, Monthly::USUAL].map(|span| -report.flows.expense(span))
}

#[test]
fn the_29_february_is_compared_with_the_29_january_and_the_whole_february_before() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for (day, amount) in [
        ("2023-01-31", "1"),
        ("2023-02-01", "2"),
        ("2023-02-28", "4"),
        ("2023-03-01", "8"),
        ("2024-01-29", "16"),
        ("2024-01-30", "32"),
        ("2024-02-29", "64"),
        ("2024-03-01", "128"),
    ] {
        owner.spent(day, amount, "Rent");
    }
    let report = monthly(&owner, "2024-02", "2024-02-29");
    assert_eq!(spent(&report), [6400, 1600, 600, 6200]); // 2023-02 to 2024-01: 2, 4, 8, 16 and 32
    assert_eq!(
        (report.so_far, report.usual_months),
        (Some(date("2024-02-29")), 12)
    );
    // The 28th leaves the 29th out, and the other way round.
    assert_eq!(
        spent(&monthly(&owner, "2024-02", "2024-02-28")),
        [6400, 0, 600, 6200]
    );
    let past = |of, today| {
        let report = yearly(&owner, of, today);
        (
            -report.whole.expense(Yearly::WHOLE),
            -report.whole.expense(Yearly::PAST),
            report.usual_months,
        )
    };
    assert_eq!(past(2024, "2024-02-29"), (24000, 700, 2));
    assert_eq!(past(2024, "2024-02-28"), (24000, 700, 2));
    assert_eq!(past(2024, "2024-02-27"), (24000, 300, 2));
    assert_eq!(past(2024, "2024-03-01"), (24000, 1500, 3));
    assert_eq!(past(2024, "2026-01-01"), (24000, 1500, 12));
    assert_eq!(past(2025, "2025-02-28"), (0, 4800, 2));
    let report = monthly(&owner, "2024-03", "2024-02-29"); // ahead: nothing is cut
    assert_eq!(
        (spent(&report)[..3].to_vec(), report.so_far),
        (vec![12800, 6400, 800], None)
    );
}

#[test]
fn the_ledger_has_a_first_and_a_last_month() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("1900-01-01", "1", "Rent");
    owner.spent("1900-02-28", "2", "Rent");
    owner.spent("1901-01-01", "4", "Rent");
    owner.spent("2100-11-30", "8", "Rent");
    owner.spent("2100-12-31", "16", "Groceries");
    let today = "2026-11-14";
    let report = monthly(&owner, "1900-01", today);
    assert_eq!((spent(&report), report.usual_months), ([100, 0, 0, 0], 0));
    assert_eq!(report.places.total().before, 0);
    assert_eq!(spent(&monthly(&owner, "1900-01", "1900-01-01")), [100, 0, 0, 0]);
    let report = monthly(&owner, "1900-02", today);
    assert_eq!((spent(&report), report.usual_months), ([200, 100, 0, 100], 1));
    assert_eq!(spent(&monthly(&owner, "1901-01", today)), [400, 0, 100, 300]);
    let report = monthly(&owner, "2100-12", "2100-12-31");
    assert_eq!((spent(&report), report.usual_months), ([1600, 800, 0, 800], 12));
    assert_eq!(report.places.total().left(), -3100);

    let report = yearly(&owner, 1900, today);
    assert_eq!(
        (
            report.whole.is_empty(Yearly::PAST),
            report.money_before,
            report.month_ends().unwrap()[11]
        ),
        (true, Some(0), -300)
    );
    let report = yearly(&owner, 2100, "2100-12-31");
    assert_eq!(
        (report.money_before, report.month_ends().unwrap()[11]),
        (Some(-700), -3100)
    );

    let conn = &mut app.as_role(owner.household);
    let (household, everything) = (owner.household, Scope::default());
    let days = Days::load(conn, household, &everything, month("1900-01")).unwrap();
    assert_eq!((days.now.len(), days.now[0], days.before), (31, 100, Vec::new()));
    let days = Days::load(conn, household, &everything, month("2100-12")).unwrap();
    assert_eq!(
        (days.now[30], days.before.len(), days.before[29]),
        (1600, 30, 800)
    );
    let nearest =
        |conn: &mut PgConnection, of| Nearest::load(conn, household, &everything, month(of).range()).unwrap();
    let found = nearest(conn, "1900-01");
    assert_eq!((found.before, found.after), (None, Some(month("1900-02"))));
    let found = nearest(conn, "2100-12");
    assert_eq!((found.before, found.after), (Some(month("2100-11")), None));
    let range = month("2100-12").range();
    let found = largest::load(conn, household, &everything, range)
        .unwrap()
        .unwrap();
    assert_eq!((found.minor, found.date), (-1600, date("2100-12-31")));
    let report = Historical::load(conn, household, &owner.book(), &everything, date("2100-12-31")).unwrap();
    assert_eq!((report.years.len(), report.months), (3, vec![12, 12, 11]));
    let money = report.money.unwrap();
    assert_eq!(
        (money.quarters.len(), money.total()[0], money.total()[803]),
        (804, -300, -3100)
    );
    for (day, total) in [
        ("1900-01-01", -100),
        ("1899-12-31", 0),
        ("2100-12-30", -1500),
        ("2100-12-31", -3100),
    ] {
        let found = Distribution::at_end_of(conn, household, date(day)).unwrap();
        assert_eq!(found.total(), total, "{day}");
    }
}

#[test]
fn of_equal_expenses_the_earlier_one_is_the_largest() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    // Recorded the other way round, for ids rise as they are given.
    owner.spent("2026-05-10", "50", "Rent");
    owner.spent("2026-03-10", "50", "Rent");
    let earliest = owner.spent("2026-03-09", "50", "Rent");
    owner.spent("2026-03-09", "50", "Rent");
    owner.spent("2026-03-08", "49.99", "Rent");
    let conn = &mut app.as_role(owner.household);
    let rent = Scope {
        categories: vec![owner.category_id("Rent")],
        ..Scope::default()
    };
    for scope in [Scope::default(), rent] {
        for range in [month("2026-03").range(), Year::new(2026).unwrap().range()] {
            let found = largest::load(conn, owner.household, &scope, range)
                .unwrap()
                .unwrap();
            assert_eq!((found.id, found.minor), (earliest, -5000), "{scope:?}, {range:?}");
        }
    }
}

/// Every report of a household, as a request reads it.
fn question<'a>(
    household: HouseholdId,
    book: &'a Book,
    naive: &'a Naive,
    scope: &'a Scope,
    today: &str,
) -> Question<'a> {
    Question {
        household,
        book,
        naive,
        scope,
        today: date(today),
        place: format!("today {today}, {scope:?}"),
    }
}

#[test]
fn a_household_without_entries_has_empty_reports() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let (household, scope) = (owner.household, Scope::default());
    let conn = &mut app.as_role(household);
    let (book, naive) = (owner.book(), Naive::read(&mut app.sql(), household));
    for day in ["1900-01-01", "2024-02-29", "2026-11-14", "2100-12-31"] {
        question(household, &book, &naive, &scope, day).all(conn, date(day));
    }
    let report = monthly(&owner, "2026-11", "2026-11-14");
    assert!(report.is_empty() && report.places == Places::default() && report.usual_months == 0);
    let report = yearly(&owner, 2026, "2026-11-14");
    assert_eq!(
        (report.is_empty(), report.usual_months, report.month_ends()),
        (true, 0, Some(vec![0; 12]))
    );
    let report = Historical::load(conn, household, &book, &scope, date("2026-11-14")).unwrap();
    assert_eq!((report.years.len(), report.money), (0, Some(Money::default())));
}

#[test]
fn a_household_of_one_entry_has_it_in_every_report_and_none_when_it_is_gone() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let only = owner.spent("2024-02-29", "12.34", "Rent");
    let household = owner.household;
    let scopes = [
        Scope::default(),
        Scope {
            locations: vec![owner.location_id("Bank")],
            ..Scope::default()
        },
        Scope {
            buckets: vec![owner.bucket_id("Fun")],
            ..Scope::default()
        },
        Scope {
            categories: vec![owner.category_id("Rent")],
            ..Scope::default()
        },
    ];
    let days = [
        "2023-02-28",
        "2024-01-31",
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
        "2025-02-28",
        "2026-11-14",
    ];
    let ask = || {
        let conn = &mut app.as_role(household);
        let (book, naive) = (owner.book(), Naive::read(&mut app.sql(), household));
        for scope in &scopes {
            for day in days {
                for today in days {
                    question(household, &book, &naive, scope, today).all(conn, date(day));
                }
            }
        }
        naive.0.len()
    };
    assert_eq!(ask(), 1);
    let report = monthly(&owner, "2024-02", "2026-11-14");
    let (category, line) = report.flows.lines().next().unwrap();
    assert_eq!(
        (
            category,
            line.sign,
            line.minor(Monthly::NOW),
            line.entries(Monthly::NOW)
        ),
        (owner.category_id("Rent"), Sign::Negative, -1234, 1)
    );
    // Its rows stay in the sums, and count as absent.
    owner.delete(only);
    assert_eq!(ask(), 0);
    assert!(
        app.count("monthly_balances WHERE postings_count = 0") == 1
            && app.count("daily_totals WHERE postings_count = 0") == 1
    );
}

#[test]
fn sums_so_far_add_up() {
    assert_eq!(so_far(&[]), Vec::<i64>::new());
    assert_eq!(so_far(&[5, 0, -7, 2]), [5, 5, -2, 0]);
    assert_eq!(so_far(&[i64::MAX, 1]), [i64::MAX, i64::MAX]);
}
