//! The same money for people who write numbers and dates in their own ways, in currencies with and without decimals, on a day of their own.

mod browser;
mod currencies;
mod numbers;
mod today;

use budget::ledger::{LoanDirection, location};
use budget::web::routes::{ROUTES, Who};
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel::{RunQueryDsl, sql_query};

use crate::support::{Owner, TestApp, fields};

/// How this person reads dates from now on.
fn set_date_format(owner: &Owner<'_>, format: &str) {
    sql_query("UPDATE users SET date_format = $1 WHERE id = $2")
        .bind::<Text, _>(format)
        .bind::<SqlUuid, _>(owner.user)
        .execute(&mut owner.app.sql())
        .unwrap();
}

/// A page for each route that people read, and some with more to say. None of them needs an id.
fn pages_of(owner: &Owner<'_>) -> Vec<String> {
    let lists = ROUTES
        .iter()
        .filter(|route| route.method == "GET" && route.who != Who::Anyone && !route.path.starts_with("/api/"))
        .filter(|route| !route.path.contains('{'))
        // Samples of all formats to choose from; network addresses; a file for programs.
        .filter(|route| {
            !matches!(
                route.path,
                "/account" | "/account/security" | "/data/export/budget.csv"
            )
        })
        .map(|route| route.path.to_owned());
    let topics = owner.get("/guide").attributes(".topics a", "href");
    let more = [
        "/transactions?from=2025-11-01&to=2026-11-13",
        "/transactions?from=2026-01-01",
        "/transactions?to=2025-12-31",
        "/transactions?from=2026-11-13&to=2026-11-13",
        "/transactions?from=2020-01-01&to=2020-12-31",
    ];
    let entry: String = owner.get("/transactions").attributes("table.tx a", "href")[0].clone();
    lists
        .chain(topics)
        .chain(more.map(str::to_owned))
        .chain([entry])
        .collect()
}

/// Years, months and days that matter: this year and another, first and last.
fn with_days(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up();
    owner.earned("2025-11-13", "100.01", "Salary");
    for day in 1..=28 {
        owner.spent(&format!("2025-12-{day:02}"), "1", "Groceries");
        owner.spent(&format!("2026-10-{day:02}"), "1", "Groceries");
    }
    owner.earned("2026-11-01", "1234.56", "Salary");
    owner.loan("2026-11-13", LoanDirection::Lent, "10", "Uncle", ("Bank", "Fun"));
    owner.moved("2026-11-13", "5", ("Bank", "Fun"), ("Cash", "Fun"));
    let card = owner.location_id("Card");
    owner
        .write(|conn, member| location::archive(conn, member, card))
        .unwrap();
    owner
}

/// What in a text looks like a day in each of the ways: day first, month first, year first.
fn days_in(text: &str) -> [Vec<String>; 3] {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let bare = |word: &str| word.trim_matches(|one: char| !one.is_alphanumeric()).to_owned();
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let is_day = |word: &str| word.len() <= 2 && word.parse().is_ok_and(|day: u32| (1..=31).contains(&day));
    let is_month = |word: &str| {
        MONTHS.iter().any(|month| word.starts_with(month))
            && word.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let pairs = |first: &dyn Fn(&str) -> bool, second: &dyn Fn(&str) -> bool| -> Vec<String> {
        let both = words.windows(2).filter(|two| first(&two[0]) && second(&two[1]));
        both.map(|two| two.join(" ")).collect()
    };
    let iso = words
        .iter()
        .filter(|word| word.parse::<chrono::NaiveDate>().is_ok());
    [
        pairs(&is_day, &is_month),
        pairs(&is_month, &is_day),
        iso.cloned().collect(),
    ]
}

#[test]
fn every_page_shows_days_as_its_reader_writes_them() {
    let app = TestApp::new();
    let owner = with_days(&app);
    for (place, format) in ["day_month", "month_day", "iso"].into_iter().enumerate() {
        set_date_format(&owner, format);
        let mut seen = 0;
        for path in pages_of(&owner) {
            let page = owner.get(&path);
            if page.location_if_any().is_some() {
                continue; // a part of a page, which leads to the whole
            }
            page.assert_ok();
            let found = days_in(&page.text());
            seen += found[place].len();
            for (other, days) in found.iter().enumerate() {
                assert!(other == place || days.is_empty(), "{path} in {format}: {days:?}");
            }
        }
        assert!(seen > 100, "{format}: only {seen} days were seen");
    }
}

#[test]
fn the_year_is_said_where_it_is_another() {
    let app = TestApp::new();
    let owner = with_days(&app);
    for (format, this_year, last_year, since, between) in [
        (
            "day_month",
            "13 Nov",
            "13 Nov 2025",
            "since 1 Nov.",
            "from 13 Nov 2025 to 13 Nov, newest",
        ),
        (
            "month_day",
            "Nov 13",
            "Nov 13, 2025",
            "since Nov 1.",
            "from Nov 13, 2025 to Nov 13, newest",
        ),
        (
            "iso",
            "2026-11-13",
            "2025-11-13",
            "since 2026-11-01.",
            "from 2025-11-13 to 2026-11-13, newest",
        ),
    ] {
        set_date_format(&owner, format);
        let list = owner.get("/transactions?from=2025-11-13&to=2026-11-13");
        list.assert_has(between);
        let days = list.select("table.tx td.when");
        assert_eq!(days.first().map(String::as_str), Some(this_year));
        let oldest = owner
            .get("/transactions?to=2025-11-13")
            .select("table.tx td.when");
        assert_eq!(oldest, [last_year]);
        owner.get("/money").assert_has(since);
    }
}

#[test]
fn a_day_is_chosen_and_kept_as_programs_write_it() {
    let app = TestApp::new();
    let owner = with_days(&app);
    set_date_format(&owner, "month_day");
    let form = owner.get("/transactions/new?kind=expense");
    assert_eq!(form.value("date"), "2026-11-14", "date fields take nothing else");
    let (category, location, bucket) = (
        owner.category_id("Rent").to_string(),
        owner.location_id("Bank").to_string(),
        owner.bucket_id("Fun").to_string(),
    );
    let mut given = vec![
        ("date", "02/30/2026"),
        ("amount", "1.00"),
        ("category", &category),
        ("location", &location),
        ("bucket", &bucket),
    ];
    let refused = form.submit(Some("/transactions"), &given);
    refused
        .assert_status(422)
        .assert_has("Write the day as 2026-11-14.");
    given[0].1 = "2026-02-30";
    form.submit(Some("/transactions"), &given)
        .assert_status(422)
        .assert_has("2026-02-30 is not a day: February 2026 has 28 days.");
    given[0].1 = "2026-02-28";
    form.submit(Some("/transactions"), &given).assert_status(303);
    owner
        .get("/transactions?from=2026-02-28&to=2026-02-28")
        .assert_has("Feb 28");
    app.check();
}

#[test]
fn formats_are_chosen_by_what_the_browser_speaks() {
    let app = TestApp::new();
    for (number, (language, numbers, dates)) in [
        ("en-US,en;q=0.9", "comma_point", "month_day"),
        ("de-DE,de;q=0.9,en-US;q=0.8", "point_comma", "day_month"),
        ("de-CH", "apostrophe_point", "day_month"),
        ("sv-SE,sv;q=0.9", "space_comma", "iso"),
        ("fr-CA,fr;q=0.9", "space_comma", "iso"),
        ("ja", "comma_point", "iso"),
        ("", "comma_point", "day_month"),
        ("nonsense;;q", "comma_point", "day_month"),
    ]
    .into_iter()
    .enumerate()
    {
        let browser = app.browser();
        let token = browser.csrf_token();
        let email = format!("{number}@example.org");
        let mut given = fields(&email);
        given.push(("csrf_token", &token));
        let request = browser.request("POST", "/signup").form(&given);
        request
            .header("Accept-Language", language)
            .send()
            .assert_status(303);
        let chosen = format!(
            "users WHERE email = '{email}' AND number_format = '{numbers}' AND date_format = '{dates}'"
        );
        assert_eq!(app.count(&chosen), 1, "{language}");
    }
}
