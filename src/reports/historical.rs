//! The history by years, and where the money lay over time.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Date, Uuid as SqlUuid};

use super::flows::{Flows, bind_scope};
use super::scope::Scope;
use super::sums::Row;
use crate::ids::{BucketId, HouseholdId, LocationId};
use crate::ledger::Book;
use crate::period::{Month, Year};
use crate::statement::statement;

/// Quarters of a year.
const QUARTERS: i32 = 4;

/// All years in which something was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Historical {
    /// The years, the first one first; years without entries are left out.
    pub years: Vec<Year>,
    /// Sums by category, with a span for each year.
    pub flows: Flows,
    /// The same of months that are over, to say what a month is like.
    pub finished: Flows,
    /// How many months each year has in [`finished`](Self::finished): from the ledger's first month on, up to the last one that is over.
    pub months: Vec<u32>,
    /// How many months say what a month is like in all: those of every year in which the ledger was kept, also where the scope has no entries.
    pub all_months: u32,
    /// How many of those years are full: over, and kept from January on.
    pub full_years: u32,
    /// Money over time; nothing where the scope is not about places.
    pub money: Option<Money>,
}

/// Money at the end of each quarter, by bucket and by location, in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Money {
    /// The quarters without gaps, the first one first.
    pub quarters: Vec<Quarter>,
    /// By bucket, a number for each quarter.
    pub buckets: BTreeMap<BucketId, Vec<i64>>,
    /// By location, a number for each quarter.
    pub locations: BTreeMap<LocationId, Vec<i64>>,
}

/// Three months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter(i32);

impl Quarter {
    /// The one in which a day lies.
    fn of(day: NaiveDate) -> Self {
        Self(day.year() * QUARTERS + i32::try_from(day.month0()).unwrap_or(0) / 3)
    }

    /// The year it is in.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.div_euclid(QUARTERS)
    }

    /// Whether it is the first of its year.
    #[must_use]
    pub fn begins_a_year(self) -> bool {
        self.0.rem_euclid(QUARTERS) == 0
    }
}

/// `2026 Q4`.
impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Q{}", self.year(), self.0.rem_euclid(QUARTERS) + 1)
    }
}

/// Sums by year and category, once of the months that are over and once of the others, and by month and place. `$1` is the household, `$2` to
/// `$4` the scope, `$5` the first day of this month.
macro_rules! historical_sql {
    ($months:literal, $filter:literal) => {
        concat!(
            "WITH given AS (SELECT ?::uuid, ?::uuid[], ?::uuid[], ?::uuid[], ?::date)
             SELECT CASE WHEN t.month < $5 THEN 'finished' ELSE 'unfinished' END AS part, date_part('year', t.month)::int AS place, t.category_id, NULL::uuid AS location_id, NULL::uuid AS bucket_id,
                    NULL::text AS sign, NULL::date AS month, sum(t.amount_minor)::bigint AS minor, 0::bigint AS entries
               FROM ",
            $months,
            " t WHERE t.household_id = $1 AND t.postings_count > 0",
            $filter,
            " GROUP BY 1, 2, 3
             UNION ALL
             SELECT 'first', 0, NULL, NULL, NULL, NULL, (SELECT min(month) FROM monthly_totals WHERE household_id = $1 AND postings_count > 0), 0, 0
             UNION ALL
             SELECT 'last', 0, NULL, NULL, NULL, NULL, (SELECT max(month) FROM monthly_totals WHERE household_id = $1 AND postings_count > 0), 0, 0
             UNION ALL
             SELECT 'place', 0, NULL, t.location_id, t.bucket_id, NULL, t.month, sum(t.amount_minor)::bigint, 0
               FROM monthly_balances t
              WHERE t.household_id = $1 AND t.postings_count > 0 AND cardinality($2) = 0
                AND (cardinality($3) = 0 OR t.location_id = ANY ($3)) AND (cardinality($4) = 0 OR t.bucket_id = ANY ($4))
              GROUP BY GROUPING SETS ((t.month, t.location_id), (t.month, t.bucket_id))"
        )
    };
}

const WHOLE: &str = historical_sql!("monthly_totals", "");
const SCOPED: &str = historical_sql!(
    "monthly_cells",
    " AND (cardinality($2) = 0 OR t.category_id = ANY ($2)) AND (cardinality($3) = 0 OR t.location_id = ANY ($3)) AND (cardinality($4) = 0 OR t.bucket_id = ANY ($4))"
);

impl Historical {
    /// Reads all years, in one statement.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        book: &Book,
        scope: &Scope,
        today: NaiveDate,
    ) -> QueryResult<Self> {
        let this_month = today.with_day(1).unwrap_or(today);
        let text = if scope.is_everything() { WHOLE } else { SCOPED };
        let rows: Vec<Row> = bind_scope(statement(text).bind::<SqlUuid, _>(household), scope)
            .bind::<Date, _>(this_month)
            .load(conn)?;
        let part = |name: &'static str| rows.iter().filter(move |row| row.part == name);
        let all = || part("finished").chain(part("unfinished"));
        let mut years: Vec<Year> = all().filter_map(|row| Year::new(row.place).ok()).collect();
        years.sort_unstable();
        years.dedup();
        let month = |name| {
            let day = part(name).find_map(|row| row.month);
            day.and_then(|day| Month::of(day).ok())
        };
        let (first, last) = (month("first"), month("last"));
        let kept: Vec<u32> = kept_years(first, last)
            .map(|year| finished_months(year, first, this_month))
            .collect();
        let months = years.iter().map(|year| finished_months(*year, first, this_month));
        Ok(Self {
            months: months.collect(),
            all_months: kept.iter().sum(),
            full_years: u32::try_from(kept.iter().filter(|months| **months == 12).count()).unwrap_or(0),
            flows: flows(book, &years, all()),
            finished: flows(book, &years, part("finished")),
            years,
            money: scope.holds_money().then(|| Money::of(part("place"))),
        })
    }

    /// Income, expense or any other number of all years together.
    #[must_use]
    pub fn over_all(&self, number: impl Fn(usize) -> i64) -> i64 {
        (0..self.years.len()).fold(0, |sum: i64, year| sum.saturating_add(number(year)))
    }
}

fn flows<'a>(book: &Book, years: &[Year], rows: impl Iterator<Item = &'a Row>) -> Flows {
    let mut flows = Flows::new(years.len());
    for row in rows {
        let span = years.iter().position(|year| year.number() == row.place);
        if let (Some(category), Some(span)) = (row.category_id, span) {
            flows.add(book, category, span, row.minor, 0);
        }
    }
    flows
}

/// The years from the ledger's first month to its last one.
fn kept_years(first: Option<Month>, last: Option<Month>) -> impl Iterator<Item = Year> {
    let first = first.and_then(|month| Year::new(month.year()).ok());
    let last = last.map(Month::year);
    std::iter::successors(first, |year| year.next()).take_while(move |year| last >= Some(year.number()))
}

/// How many months of a year are over and not before the ledger's first one.
fn finished_months(year: Year, first: Option<Month>, this_month: NaiveDate) -> u32 {
    let counts = |month: &Month| month.first_day() < this_month && first.is_some_and(|first| *month >= first);
    u32::try_from(year.months().filter(counts).count()).unwrap_or(0)
}

impl Money {
    fn of<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Self {
        let quarters = rows.clone().filter_map(|row| row.month.map(Quarter::of));
        let (Some(first), Some(last)) = (quarters.clone().min(), quarters.max()) else {
            return Self::default();
        };
        let mut money = Self {
            quarters: (first.0..=last.0).map(Quarter).collect(),
            ..Self::default()
        };
        let number = money.quarters.len();
        for row in rows {
            let line = match (row.location_id, row.bucket_id) {
                (Some(location), None) => money.locations.entry(location).or_insert_with(|| vec![0; number]),
                (None, Some(bucket)) => money.buckets.entry(bucket).or_insert_with(|| vec![0; number]),
                _ => continue,
            };
            let place = row.month.map(|month| Quarter::of(month).0 - first.0);
            let place = place.and_then(|place| usize::try_from(place).ok());
            if let Some(sum) = place.and_then(|place| line.get_mut(place)) {
                *sum = sum.saturating_add(row.minor);
            }
        }
        money.buckets.values_mut().for_each(|line| add_up(line));
        money.locations.values_mut().for_each(|line| add_up(line));
        money
    }

    /// All money at the end of each quarter.
    #[must_use]
    pub fn total(&self) -> Vec<i64> {
        (0..self.quarters.len())
            .map(|quarter| {
                let at = self.buckets.values().filter_map(|line| line.get(quarter));
                at.fold(0, |sum: i64, minor| sum.saturating_add(*minor))
            })
            .collect()
    }

    /// The last quarter of a year, or of the years before it: where its money at the end stands. Nothing before the first one.
    #[must_use]
    pub fn end_of(&self, year: Year) -> Option<usize> {
        self.quarters
            .iter()
            .rposition(|quarter| quarter.year() <= year.number())
    }
}

/// What came each quarter becomes what was there at its end.
fn add_up(line: &mut [i64]) {
    let mut sum: i64 = 0;
    for minor in line {
        sum = sum.saturating_add(*minor);
        *minor = sum;
    }
}
