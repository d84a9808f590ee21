//! The report of one month: by category against the month before and the same month last year, by location and by bucket, and what the
//! usual is.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Date;

use super::flows::{Flows, Spans, flows_sql, scoped, up_to_same_day, whole};
use super::scope::Scope;
use super::sums::{Places, Row};
use crate::ids::HouseholdId;
use crate::ledger::Book;
use crate::period::{DateRange, Month};
use crate::statement::statement;

/// Months that an average is made of, at most.
const AVERAGE_MONTHS: usize = 12;

/// A month's sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monthly {
    /// Which month.
    pub month: Month,
    /// Sums by category: the spans are [`NOW`](Self::NOW), [`BEFORE`](Self::BEFORE), [`YEAR_AGO`](Self::YEAR_AGO) and
    /// [`USUAL`](Self::USUAL).
    pub flows: Flows,
    /// By location and by bucket.
    pub places: Places,
    /// The last day that the spans before and a year ago are compared up to, where the month is not over: a day of this month.
    pub so_far: Option<NaiveDate>,
    /// The days of each span.
    pub ranges: [DateRange; 4],
    /// How many months [`USUAL`](Self::USUAL) adds up: those of the year before this month in which the ledger was kept.
    pub usual_months: u32,
}

/// The parts beside the sums by category, with the month at `$11`. What was there before is no matter of categories.
macro_rules! monthly_sql {
    ($months:literal, $days:literal, $entries:literal, $days_there:literal, $filter:literal) => {
        concat!(
            flows_sql!($months, $days, $entries, $days_there, $filter),
            "
             UNION ALL
             SELECT 'flow', 0, NULL, t.location_id, t.bucket_id, k.sign, NULL, sum(t.amount_minor)::bigint, 0
               FROM monthly_cells t JOIN categories k ON k.household_id = t.household_id AND k.id = t.category_id
              WHERE t.household_id = $1 AND t.month = ?::date AND t.postings_count > 0",
            $filter,
            "
              GROUP BY GROUPING SETS ((k.sign, t.location_id), (k.sign, t.bucket_id))
             UNION ALL
             SELECT 'before', 0, NULL, t.location_id, t.bucket_id, NULL, NULL, sum(t.amount_minor)::bigint, 0
               FROM monthly_balances t
              WHERE t.household_id = $1 AND t.month < $11 AND t.postings_count > 0 AND cardinality($8) = 0
                AND (cardinality($9) = 0 OR t.location_id = ANY ($9)) AND (cardinality($10) = 0 OR t.bucket_id = ANY ($10))
              GROUP BY GROUPING SETS ((t.location_id), (t.bucket_id))"
        )
    };
}

impl Monthly {
    /// The span of the month itself.
    pub const NOW: usize = 0;
    /// The span of the month before; up to the same day where this one is not over.
    pub const BEFORE: usize = 1;
    /// The span of the same month a year ago; likewise.
    pub const YEAR_AGO: usize = 2;
    /// The span of the last twelve months before this one, for averages.
    pub const USUAL: usize = 3;

    /// Reads a month, in one statement.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        book: &Book,
        scope: &Scope,
        month: Month,
        today: NaiveDate,
    ) -> QueryResult<Self> {
        let so_far = month.range().contains(today).then_some(today);
        let compared = |other: Option<Month>| match (other, so_far) {
            (Some(other), Some(day)) => up_to_same_day(other, day),
            (Some(other), None) => other.range(),
            (None, _) => nothing(month),
        };
        let ranges = [
            month.range(),
            compared(month.previous()),
            compared(month.year_ago()),
            usual(month),
        ];
        let text = if scope.is_everything() {
            whole!(monthly_sql)
        } else {
            scoped!(monthly_sql)
        };
        let rows: Vec<Row> = Spans::of(&ranges)
            .bind(statement(text), household, scope)
            .bind::<Date, _>(month.first_day())
            .load(conn)?;
        let mut flows = Flows::new(ranges.len());
        let mut places = Places::default();
        let mut first = None;
        for row in &rows {
            match (row.part.as_str(), row.category_id) {
                ("category", Some(category)) => {
                    flows.add(book, category, row.span(), row.minor, row.entries);
                }
                ("flow", _) => places.add_flow(row)?,
                ("before", _) => places.add_before(row),
                _ => first = row.month.and_then(|day| Month::of(day).ok()),
            }
        }
        Ok(Self {
            month,
            flows,
            places,
            so_far,
            ranges,
            usual_months: first.map_or(0, |first| months_before(first, month)),
        })
    }

    /// The days of a span; nothing where there are none, before the calendar begins.
    #[must_use]
    pub fn range(&self, span: usize) -> Option<DateRange> {
        self.ranges
            .get(span)
            .copied()
            .filter(|range| range.from < range.until)
    }

    /// Whether nothing was recorded in the month.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty(Self::NOW)
    }
}

/// A span of no days, for a month beyond the calendar.
fn nothing(month: Month) -> DateRange {
    DateRange {
        from: month.first_day(),
        until: month.first_day(),
    }
}

/// The months before this one that say what is usual.
fn usual(month: Month) -> DateRange {
    let first = std::iter::successors(month.previous(), |month| month.previous())
        .take(AVERAGE_MONTHS)
        .last();
    DateRange {
        from: first.map_or(month.first_day(), Month::first_day),
        until: month.first_day(),
    }
}

/// How many of the last twelve months before `month` there are from `first` on.
fn months_before(first: Month, month: Month) -> u32 {
    let known = std::iter::successors(month.previous(), |month| month.previous())
        .take(AVERAGE_MONTHS)
        .take_while(|earlier| *earlier >= first);
    u32::try_from(known.count()).unwrap_or(0)
}
