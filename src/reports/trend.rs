//! The trend: money at the end of each of the last months, and how many entries lie ahead.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Uuid as SqlUuid};

use crate::ids::HouseholdId;
use crate::period::Month;
use crate::statement::statement;

/// Money over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// Money at the end of each month, oldest first, in minor units; the last one counts every entry, future ones too.
    pub month_ends: Vec<(Month, i64)>,
    /// Entries of days that are still to come.
    pub ahead: i64,
}

impl Trend {
    /// The `months` months up to the one of `today`, worked out backwards from `total`, the money of now.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        today: NaiveDate,
        months: usize,
        total: i64,
    ) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Date>)]
            month: Option<NaiveDate>,
            #[diesel(sql_type = BigInt)]
            minor: i64,
        }
        let Ok(this_month) = Month::of(today) else {
            return Ok(Self {
                month_ends: Vec::new(),
                ahead: 0,
            });
        };
        let mut span = vec![this_month];
        while span.len() < months
            && let Some(earlier) = span.last().and_then(|month| month.previous())
        {
            span.push(earlier);
        }
        let first = span.last().map_or(this_month, |month| *month);
        let rows: Vec<Row> = statement(
            "SELECT NULL::date AS month, count(*) AS minor FROM transactions WHERE household_id = ? AND date > ?
             UNION ALL
             SELECT month, sum(amount_minor)::bigint FROM monthly_totals WHERE household_id = ? AND month > ? GROUP BY month",
        )
        .bind::<SqlUuid, _>(household)
        .bind::<Date, _>(today)
        .bind::<SqlUuid, _>(household)
        .bind::<Date, _>(first.first_day())
        .load(conn)?;
        let change = |month: Month| {
            rows.iter()
                .filter(|row| row.month == Some(month.first_day()))
                .fold(0, |sum: i64, row| sum.saturating_add(row.minor))
        };
        let ahead = rows
            .iter()
            .find(|row| row.month.is_none())
            .map_or(0, |row| row.minor);
        let mut month_ends = Vec::with_capacity(span.len());
        let mut money = total;
        for month in span {
            month_ends.push((month, money));
            money = money.saturating_sub(change(month));
        }
        month_ends.reverse();
        Ok(Self { month_ends, ahead })
    }
}
