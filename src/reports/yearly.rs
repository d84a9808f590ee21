//! The report of one year by months.

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Date;

use super::flows::{Flows, Spans, flows_sql, scoped, up_to_same_day, whole};
use super::scope::Scope;
use super::sums::Row;
use crate::ids::HouseholdId;
use crate::ledger::Book;
use crate::period::{DateRange, Month, Year};
use crate::statement::statement;

/// Months of a year.
const MONTHS: usize = 12;

/// A year's sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yearly {
    /// Which year.
    pub year: Year,
    /// Sums by category: spans 0 to 11 are the months, [`BEFORE`](Self::BEFORE) is the year before.
    pub flows: Flows,
    /// The same with the whole year as span [`WHOLE`](Self::WHOLE), and the year before as [`PAST`](Self::PAST).
    pub whole: Flows,
    /// Money at the beginning of the year, in minor units; nothing where the scope is not about places.
    pub money_before: Option<i64>,
    /// The last day that the year before is compared up to, where this one is not over: a day of this year.
    pub so_far: Option<NaiveDate>,
    /// How many months have begun, January counted as one.
    pub begun: usize,
    /// How many of them say what a month of the year is like: those in which the ledger was kept.
    pub usual_months: u32,
    /// How many months of the year before the ledger was kept in.
    pub past_months: u32,
}

/// The money before the year, whose first day is `$11`.
macro_rules! yearly_sql {
    ($months:literal, $days:literal, $entries:literal, $days_there:literal, $filter:literal) => {
        concat!(
            flows_sql!($months, $days, $entries, $days_there, $filter),
            "
             UNION ALL
             SELECT 'before', 0, NULL, NULL, NULL, NULL, NULL, coalesce(sum(t.amount_minor), 0)::bigint, 0
               FROM monthly_balances t
              WHERE t.household_id = $1 AND t.month < ?::date AND cardinality($8) = 0
                AND (cardinality($9) = 0 OR t.location_id = ANY ($9)) AND (cardinality($10) = 0 OR t.bucket_id = ANY ($10))"
        )
    };
}

impl Yearly {
    /// The span of the year before, among the months.
    pub const BEFORE: usize = MONTHS;
    /// The span of the whole year.
    pub const WHOLE: usize = 0;
    /// The span of the year before, beside the whole year; up to the same day where this one is not over.
    pub const PAST: usize = 1;

    /// Reads a year, in one statement.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        book: &Book,
        scope: &Scope,
        year: Year,
        today: NaiveDate,
    ) -> QueryResult<Self> {
        let so_far = year.range().contains(today).then_some(today);
        let mut ranges: Vec<DateRange> = year.months().map(Month::range).collect();
        ranges.push(before(year, so_far));
        let text = if scope.is_everything() {
            whole!(yearly_sql)
        } else {
            scoped!(yearly_sql)
        };
        let rows: Vec<Row> = Spans::of(&ranges)
            .bind(statement(text), household, scope)
            .bind::<Date, _>(year.first_day())
            .load(conn)?;
        let mut flows = Flows::new(ranges.len());
        let mut money_before = None;
        let mut first = None;
        for row in &rows {
            match (row.part.as_str(), row.category_id) {
                ("category", Some(category)) => {
                    flows.add(book, category, row.span(), row.minor, row.entries);
                }
                ("before", _) => money_before = Some(row.minor),
                _ => first = row.month.and_then(|day| Month::of(day).ok()),
            }
        }
        Ok(Self {
            year,
            whole: flows.gather(&[0..MONTHS, Self::BEFORE..Self::BEFORE + 1]),
            flows,
            money_before: money_before.filter(|_| scope.holds_money()),
            so_far,
            begun: year.months().filter(|month| month.first_day() <= today).count(),
            usual_months: first.map_or(0, |first| kept_months(year, first, today)),
            past_months: match (first, year.previous()) {
                (Some(first), Some(past)) => kept_months(past, first, today),
                _ => 0,
            },
        })
    }

    /// Whether nothing was recorded in the year.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty(Self::WHOLE)
    }

    /// The days of the year before that are compared; none before the calendar begins.
    #[must_use]
    pub fn past_range(&self) -> Option<DateRange> {
        let range = before(self.year, self.so_far);
        (range.from < range.until).then_some(range)
    }

    /// The last day of the year before that is compared, where this year is not over.
    #[must_use]
    pub fn past_until(&self) -> Option<NaiveDate> {
        self.so_far?;
        self.past_range()?.until.pred_opt()
    }

    /// Money at the end of each month, January first.
    #[must_use]
    pub fn month_ends(&self) -> Option<Vec<i64>> {
        let mut money = self.money_before?;
        let ends = (0..MONTHS).map(|month| {
            money = money.saturating_add(self.flows.change(month));
            money
        });
        Some(ends.collect())
    }
}

/// The year before, up to the same day where this one is not over. 29 February is compared with the whole of February.
fn before(year: Year, so_far: Option<NaiveDate>) -> DateRange {
    let nothing = DateRange {
        from: year.first_day(),
        until: year.first_day(),
    };
    let Some(past) = year.previous() else {
        return nothing;
    };
    match so_far {
        None => past.range(),
        Some(day) => DateRange {
            from: past.first_day(),
            until: Month::new(past.number(), day.month())
                .map_or(past.range().until, |month| up_to_same_day(month, day).until),
        },
    }
}

/// How many months of the year have begun by `today`, from the ledger's first month on.
fn kept_months(year: Year, first: Month, today: NaiveDate) -> u32 {
    let begun = |month: &Month| month.first_day() <= today && *month >= first;
    u32::try_from(year.months().filter(begun).count()).unwrap_or(0)
}
