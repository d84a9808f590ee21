//! Spending day by day: a month beside the one before it.

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};

use super::flows::bind_scope;
use super::scope::Scope;
use crate::ids::HouseholdId;
use crate::period::Month;
use crate::statement::statement;

/// What was spent on each day of a month and of the one before, in minor units: above zero where money was spent, below where more came
/// back. The first number is that of the first day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// The month.
    pub now: Vec<i64>,
    /// The month before it.
    pub before: Vec<i64>,
}

/// Expenses by day within `$2 <= date < $3`; `$4` to `$6` are the scope.
macro_rules! days_sql {
    ($days:literal, $filter:literal) => {
        concat!(
            "WITH given AS (SELECT ?::uuid, ?::date, ?::date, ?::uuid[], ?::uuid[], ?::uuid[])
             SELECT t.date, sum(t.amount_minor)::bigint AS minor
               FROM ",
            $days,
            " t JOIN categories k ON k.household_id = t.household_id AND k.id = t.category_id AND k.sign = 'NEGATIVE'
              WHERE t.household_id = $1 AND t.date >= $2 AND t.date < $3",
            $filter,
            " GROUP BY t.date"
        )
    };
}

const WHOLE: &str = days_sql!("daily_totals", "");
const SCOPED: &str = days_sql!(
    "postings",
    " AND (cardinality($4) = 0 OR t.category_id = ANY ($4)) AND (cardinality($5) = 0 OR t.location_id = ANY ($5)) AND (cardinality($6) = 0 OR t.bucket_id = ANY ($6))"
);

impl Days {
    /// Reads both months, in one statement.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        scope: &Scope,
        month: Month,
    ) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Date)]
            date: NaiveDate,
            #[diesel(sql_type = BigInt)]
            minor: i64,
        }
        let before = month.previous();
        let from = before.unwrap_or(month).first_day();
        let text = if scope.is_everything() { WHOLE } else { SCOPED };
        let given = statement(text)
            .bind::<SqlUuid, _>(household)
            .bind::<Date, _>(from)
            .bind::<Date, _>(month.range().until);
        let rows: Vec<Row> = bind_scope(given, scope).load(conn)?;
        let spent = |month: Month| -> Vec<i64> {
            let mut days = vec![0; usize::try_from(month.days()).unwrap_or(0)];
            for row in rows.iter().filter(|row| month.range().contains(row.date)) {
                let place = usize::try_from(row.date.day0()).ok();
                if let Some(day) = place.and_then(|place| days.get_mut(place)) {
                    *day = row.minor.saturating_neg();
                }
            }
            days
        };
        Ok(Self {
            now: spent(month),
            before: before.map(spent).unwrap_or_default(),
        })
    }
}

/// Sums so far: each number with all before it.
#[must_use]
pub fn so_far(days: &[i64]) -> Vec<i64> {
    let mut sum: i64 = 0;
    days.iter()
        .map(|minor| {
            sum = sum.saturating_add(*minor);
            sum
        })
        .collect()
}
