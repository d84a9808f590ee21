//! The household of `tests/data`, imported: every number of its reports against what the file comes to by an arithmetic of its own.
//!
//! [`numbers`] is what any front has to say, be it the domain, a page or the API: a front is a function that reads one of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use budget::ids::CategoryId;
use budget::ledger::{Book, Cell};
use budget::period::{Month, Year};
use budget::reports::distribution::Distribution;
use budget::reports::flows::Flows;
use budget::reports::historical::Historical;
use budget::reports::monthly::Monthly;
use budget::reports::scope::Scope;
use budget::reports::yearly::Yearly;
use chrono::{Datelike, NaiveDate};
use diesel::PgConnection;
use serde_json::Value;

use crate::import::{bring_in, sample};
use crate::support::{Owner, TestApp, date};

/// Which report a number is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The report of a month.
    Month(Month),
    /// The report of a year, as a whole.
    Year(Year),
    /// A month in the report of its year.
    MonthOfYear(Month),
    /// A year in the history.
    YearOfHistory(Year),
    /// Where the money is at the end of a day.
    EndOf(NaiveDate),
}

/// Which number it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Category(String),
    Income,
    Expense,
    Result,
    /// All money before the first day.
    MoneyBefore,
    /// All money at the end of the last day.
    MoneyLeft,
    /// What lies at a location at the end of the last day.
    Location(String),
    /// What lies in a bucket at the end of the last day.
    Bucket(String),
    /// What lies at a location and in a bucket.
    Cell(String, String),
}

/// One number, in cents; signed as postings are: money in above zero, out below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub report: Report,
    pub what: What,
    pub minor: i64,
}

type Row = BTreeMap<String, i64>;
type Matrix = BTreeMap<String, Row>;

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn matrix(value: &Value) -> Matrix {
    serde_json::from_value(value.clone()).unwrap()
}

/// Brings the household in.
pub fn arrive(owner: &Owner<'_>) {
    bring_in(
        owner,
        &read("household.csv"),
        "Home=33.33,Kids=33.33,Später=33.24,Giving=0.1",
    );
}

/// What lies in each cell at the end of a day: what the rows up to it come to.
fn cells_at_end_of(file: &str, day: NaiveDate) -> Matrix {
    let (head, rows) = file.split_once('\n').unwrap();
    let until = day.to_string();
    let rows = rows.lines().filter(|row| row[..10] <= *until);
    let part: Vec<&str> = std::iter::once(head).chain(rows).collect();
    matrix(&sample::expected(&part.join("\n"))["matrix"])
}

fn total(cells: &Matrix) -> i64 {
    cells.values().flat_map(BTreeMap::values).sum()
}

/// What the numbers of one span come to.
fn of_span(report: Report, categories: &Row, before: &Matrix, after: &Matrix) -> Vec<Number> {
    let of = |names: &[&str]| names.iter().filter_map(|name| categories.get(*name)).sum::<i64>();
    let income = of(&["Pay", "Interest"]);
    let expense = of(&["Food", "Rent, and heating", "Fun \"and\" games", "Ärzte"]);
    assert_eq!(total(after) - total(before), income + expense, "{report:?}"); // transfers change nothing
    let mut numbers = vec![
        (What::Income, income),
        (What::Expense, expense),
        (What::Result, income + expense),
        (What::MoneyBefore, total(before)),
        (What::MoneyLeft, total(after)),
    ];
    for (name, minor) in categories {
        numbers.push((What::Category(name.clone()), *minor));
    }
    let mut buckets = Row::new();
    for (location, row) in after {
        numbers.push((What::Location(location.clone()), row.values().sum()));
        for (bucket, minor) in row {
            *buckets.entry(bucket.clone()).or_default() += minor;
        }
    }
    numbers.extend(
        buckets
            .into_iter()
            .map(|(name, minor)| (What::Bucket(name), minor)),
    );
    let number = |(what, minor)| Number { report, what, minor };
    numbers.into_iter().map(number).collect()
}

/// Everything that the reports of this household say.
pub fn numbers() -> Vec<Number> {
    let file = read("household.csv");
    let expected: Value = serde_json::from_str(&read("household.expected.json")).unwrap();
    let months = matrix(&expected["months"]);
    let at_end = |day: NaiveDate| cells_at_end_of(&file, day);
    let mut numbers = Vec::new();
    let mut years: BTreeMap<i32, Row> = BTreeMap::new();
    for (name, categories) in &months {
        let month = Month::parse(name).unwrap();
        let before = at_end(month.first_day().pred_opt().unwrap());
        let after = at_end(month.range().until.pred_opt().unwrap());
        for report in [Report::Month(month), Report::MonthOfYear(month)] {
            numbers.extend(of_span(report, categories, &before, &after));
        }
        for (category, minor) in categories {
            let year = years.entry(month.year()).or_default();
            *year.entry(category.clone()).or_default() += minor;
        }
    }
    for (number, categories) in &years {
        let year = Year::new(*number).unwrap();
        let before = at_end(year.first_day().pred_opt().unwrap());
        let after = at_end(year.range().until.pred_opt().unwrap());
        for report in [Report::Year(year), Report::YearOfHistory(year)] {
            numbers.extend(of_span(report, categories, &before, &after));
        }
    }
    let cells = |day: NaiveDate, matrix: Matrix| {
        let cells = matrix.into_iter().flat_map(|(location, row)| {
            row.into_iter()
                .map(move |(bucket, minor)| (What::Cell(location.clone(), bucket), minor))
        });
        cells
            .map(|(what, minor)| Number {
                report: Report::EndOf(day),
                what,
                minor,
            })
            .collect::<Vec<_>>()
    };
    let (first, last) = (date("2024-01-30"), date("2025-12-31"));
    for day in first.iter_days().take_while(|day| *day <= last) {
        numbers.extend(cells(day, at_end(day)));
    }
    // The last day's are in the file of what is expected.
    numbers.extend(cells(last, matrix(&expected["matrix"])));
    numbers
}

/// Asks a front for every number, and tells of each that it says otherwise. What a front does not show, it answers with nothing; how many it
/// showed comes back, for a front that shows none proves nothing.
#[track_caller]
pub fn compare(mut front: impl FnMut(&Number) -> Option<i64>) -> usize {
    let mut shown = 0;
    let mut wrong = Vec::new();
    for number in numbers() {
        match front(&number) {
            Some(minor) if minor == number.minor => shown += 1,
            Some(minor) => wrong.push(format!("{minor} instead of {number:?}")),
            None => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(20)]
    );
    shown
}

/// The domain as a front.
struct Domain<'a> {
    owner: &'a Owner<'a>,
    conn: PgConnection,
    book: Book,
    monthly: BTreeMap<Month, Monthly>,
    yearly: BTreeMap<Year, Yearly>,
    historical: Historical,
    distribution: BTreeMap<NaiveDate, Distribution>,
}

impl Domain<'_> {
    fn category(&self, name: &str) -> CategoryId {
        let found = self.book.categories.iter().find(|one| one.name == name);
        found.unwrap().id
    }

    fn of_flows(&self, flows: &Flows, span: usize, what: &What) -> Option<i64> {
        match what {
            What::Category(name) => Some(flows.line(self.category(name)).map_or(0, |line| line.minor(span))),
            What::Income => Some(flows.income(span)),
            What::Expense => Some(flows.expense(span)),
            What::Result => Some(flows.result(span)),
            _ => None,
        }
    }

    fn month(&mut self, month: Month, what: &What) -> Option<i64> {
        if !self.monthly.contains_key(&month) {
            let (household, scope) = (self.owner.household, Scope::default());
            let report = Monthly::load(
                &mut self.conn,
                household,
                &self.book,
                &scope,
                month,
                date("2026-11-14"),
            );
            self.monthly.insert(month, report.unwrap());
        }
        let report = &self.monthly[&month];
        match what {
            What::MoneyBefore => Some(report.places.total().before),
            What::MoneyLeft => Some(report.places.total().left()),
            What::Location(name) => Some(report.places.locations[&self.owner.location_id(name)].left()),
            What::Bucket(name) => Some(report.places.buckets[&self.owner.bucket_id(name)].left()),
            what => self.of_flows(&report.flows, Monthly::NOW, what),
        }
    }

    fn year(&mut self, year: Year, month: Option<Month>, what: &What) -> Option<i64> {
        if !self.yearly.contains_key(&year) {
            let (household, scope) = (self.owner.household, Scope::default());
            let report = Yearly::load(
                &mut self.conn,
                household,
                &self.book,
                &scope,
                year,
                date("2026-11-14"),
            );
            self.yearly.insert(year, report.unwrap());
        }
        let report = &self.yearly[&year];
        let place = month.map(|month| usize::try_from(month.first_day().month0()).unwrap());
        match (what, place) {
            (What::MoneyBefore, None | Some(0)) => report.money_before,
            (What::MoneyBefore, Some(place)) => report.month_ends().map(|ends| ends[place - 1]),
            (What::MoneyLeft, place) => report.month_ends().map(|ends| ends[place.unwrap_or(11)]),
            (what, None) => self.of_flows(&report.whole, Yearly::WHOLE, what),
            (what, Some(place)) => self.of_flows(&report.flows, place, what),
        }
    }

    fn history(&self, year: Year, what: &What) -> Option<i64> {
        let span = self.historical.years.iter().position(|one| *one == year).unwrap();
        let money = self.historical.money.as_ref().unwrap();
        let end = money.end_of(year).unwrap();
        match what {
            What::MoneyLeft => Some(money.total()[end]),
            What::Location(name) => Some(money.locations[&self.owner.location_id(name)][end]),
            What::Bucket(name) => Some(money.buckets[&self.owner.bucket_id(name)][end]),
            what => {
                let finished = self.of_flows(&self.historical.finished, span, what);
                let all = self.of_flows(&self.historical.flows, span, what);
                assert_eq!(finished, all, "all of it is over");
                all
            }
        }
    }

    fn end_of(&mut self, day: NaiveDate, what: &What) -> Option<i64> {
        let What::Cell(location, bucket) = what else {
            return None;
        };
        let household = self.owner.household;
        let conn = &mut self.conn;
        let distribution = self
            .distribution
            .entry(day)
            .or_insert_with(|| Distribution::at_end_of(conn, household, day).unwrap());
        let id_of_location = self.book.locations.iter().find(|one| one.name == *location);
        let id_of_bucket = self.book.buckets.iter().find(|one| one.name == *bucket);
        Some(distribution.cell(Cell {
            location: id_of_location.unwrap().id,
            bucket: id_of_bucket.unwrap().id,
        }))
    }

    fn answer(&mut self, number: &Number) -> Option<i64> {
        match number.report {
            Report::Month(month) => self.month(month, &number.what),
            Report::MonthOfYear(month) => {
                let year = Year::new(month.year()).unwrap();
                self.year(year, Some(month), &number.what)
            }
            Report::Year(year) => self.year(year, None, &number.what),
            Report::YearOfHistory(year) => self.history(year, &number.what),
            Report::EndOf(day) => self.end_of(day, &number.what),
        }
    }
}

#[test]
fn the_made_household_reads_to_the_cent_in_every_report() {
    let app = TestApp::new();
    let owner = app.household();
    arrive(&owner);
    let mut conn = app.as_role(owner.household);
    let book = owner.book();
    let historical = Historical::load(
        &mut conn,
        owner.household,
        &book,
        &Scope::default(),
        date("2026-11-14"),
    )
    .unwrap();
    let mut domain = Domain {
        owner: &owner,
        conn,
        book,
        monthly: BTreeMap::new(),
        yearly: BTreeMap::new(),
        historical,
        distribution: BTreeMap::new(),
    };
    let shown = compare(|number| domain.answer(number));
    assert!(shown > 11_000, "{shown}");
}
