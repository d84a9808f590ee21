//! The trend: money at the end of each of the last months, of everything or of one location or bucket.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Uuid as SqlUuid};

use super::distribution::{Distribution, Stand};
use crate::ids::{BucketId, HouseholdId, LocationId};
use crate::ledger::Cell;
use crate::period::{Month, last_day};
use crate::statement::statement;

/// Money over time, up to a moment: now, where every entry counts, also those of days to come; or the end of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// Money at the end of each month, oldest first, in minor units; the last one is the money of the moment.
    pub month_ends: Vec<(Month, i64)>,
    /// What was added since the first day of the last month: the same entries count as in its money.
    pub added: i64,
    /// Entries of days that are still to come and count.
    pub ahead: i64,
    /// Whether anything was recorded up to the moment.
    pub is_begun: bool,
}

/// A location or a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Where money is.
    Location(LocationId),
    /// What it is for.
    Bucket(BucketId),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    part: String,
    #[diesel(sql_type = Nullable<Date>)]
    month: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    minor: i64,
}

/// The last month that is asked for, and which entries count.
struct Until {
    month: Month,
    /// The day after which entries lie ahead.
    today: NaiveDate,
    /// The last day that counts.
    day: NaiveDate,
    /// The first month whose sums do not count.
    months: NaiveDate,
}

/// `$1` is the household, `$2` today, `$3` the last day that counts, `$4` the first month, `$5` the last one, `$6` the one whose sums do not
/// count any more. What lies beyond the last month counts as of it.
const TREND: &str = "WITH given AS (SELECT ?::uuid, ?::date, ?::date, ?::date, ?::date, ?::date)
     SELECT 'ahead' AS part, NULL::date AS month, count(*) AS minor FROM transactions WHERE household_id = $1 AND date > $2 AND date <= $3
     UNION ALL
     SELECT 'begun', NULL, count(*) FROM (
         SELECT 1 FROM daily_totals WHERE household_id = $1 AND date <= $3 AND postings_count > 0 LIMIT 1) x
     UNION ALL
     SELECT 'month', least(month, $5), sum(amount_minor)::bigint FROM monthly_totals
      WHERE household_id = $1 AND month >= $4 AND month < $6 GROUP BY 2";

impl Trend {
    /// The `months` months up to the one of `today`, worked out backwards from `total`, the money of now.
    ///
    /// # Errors
    /// Only database failures.
    pub fn now(
        conn: &mut PgConnection,
        household: HouseholdId,
        today: NaiveDate,
        months: usize,
        total: i64,
    ) -> QueryResult<Self> {
        let Ok(month) = Month::of(today) else {
            return Ok(Self::nothing());
        };
        let until = Until {
            month,
            today,
            day: last_day(),
            months: last_day(),
        };
        let (span, rows) = until.load(conn, household, months)?;
        let added = of_month(&rows, month);
        Ok(Self::of(&span, &rows, total, added))
    }

    /// The `months` months up to the one of `day`, worked out backwards from `stand`, the money at its end. `today` tells what lies ahead.
    ///
    /// # Errors
    /// Only database failures.
    pub fn at_end_of(
        conn: &mut PgConnection,
        household: HouseholdId,
        day: NaiveDate,
        today: NaiveDate,
        months: usize,
        stand: &Stand,
    ) -> QueryResult<Self> {
        let Ok(month) = Month::of(day) else {
            return Ok(Self::nothing());
        };
        let until = Until {
            month,
            today,
            day,
            months: month.first_day(),
        };
        let (span, rows) = until.load(conn, household, months)?;
        Ok(Self::of(&span, &rows, stand.money.total(), stand.added()))
    }

    fn of(span: &[Month], rows: &[Row], total: i64, added: i64) -> Self {
        let number = |part: &str| {
            rows.iter()
                .find(|row| row.part == part)
                .map_or(0, |row| row.minor)
        };
        let last = span.first().copied();
        let change = |month| {
            if Some(month) == last {
                added
            } else {
                of_month(rows, month)
            }
        };
        Self {
            month_ends: backwards(span, total, change),
            added,
            ahead: number("ahead"),
            is_begun: number("begun") > 0,
        }
    }

    fn nothing() -> Self {
        Self {
            month_ends: Vec::new(),
            added: 0,
            ahead: 0,
            is_begun: false,
        }
    }
}

impl Until {
    /// The months, the last one first, and the sums.
    fn load(
        &self,
        conn: &mut PgConnection,
        household: HouseholdId,
        months: usize,
    ) -> QueryResult<(Vec<Month>, Vec<Row>)> {
        let span = span(self.month, months);
        let first = span.last().map_or(self.month, |month| *month);
        let rows = statement(TREND)
            .bind::<SqlUuid, _>(household)
            .bind::<Date, _>(self.today)
            .bind::<Date, _>(self.day)
            .bind::<Date, _>(first.first_day())
            .bind::<Date, _>(self.month.first_day())
            .bind::<Date, _>(self.months)
            .load(conn)?;
        Ok((span, rows))
    }
}

/// Money of one location or bucket: where it is now and what it is for, and over the last months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTrend {
    /// Its cells, with all entries, future ones too.
    pub money: Distribution,
    /// Its money at the end of each month, oldest first, in minor units: all that is recorded up to that month's last day.
    pub month_ends: Vec<(Month, i64)>,
}

/// `$1` is the household, `$2` the first month, `$3` the location or bucket.
macro_rules! part_sql {
    ($column:literal) => {
        concat!(
            "WITH given AS (SELECT ?::uuid, ?::date, ?::uuid)
             SELECT NULL::date AS month, location_id, bucket_id, amount_minor AS minor
               FROM balances WHERE household_id = $1 AND amount_minor <> 0 AND ",
            $column,
            " = $3
             UNION ALL
             SELECT month, NULL, NULL, sum(amount_minor)::bigint
               FROM monthly_balances WHERE household_id = $1 AND month > $2 AND ",
            $column,
            " = $3 GROUP BY month"
        )
    };
}

impl PartTrend {
    /// Reads the `months` months up to the one of `today`, worked out backwards from the money of now, in one statement. A foreign part has
    /// none.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        part: Part,
        today: NaiveDate,
        months: usize,
    ) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Date>)]
            month: Option<NaiveDate>,
            #[diesel(sql_type = Nullable<SqlUuid>)]
            location_id: Option<LocationId>,
            #[diesel(sql_type = Nullable<SqlUuid>)]
            bucket_id: Option<BucketId>,
            #[diesel(sql_type = BigInt)]
            minor: i64,
        }
        let span = Month::of(today).map_or_else(|_| Vec::new(), |month| span(month, months));
        let first = span.last().map_or(today, |month| month.first_day());
        let given = |text| {
            statement(text)
                .bind::<SqlUuid, _>(household)
                .bind::<Date, _>(first)
        };
        let rows: Vec<Row> = match part {
            Part::Location(id) => given(part_sql!("location_id")).bind::<SqlUuid, _>(id),
            Part::Bucket(id) => given(part_sql!("bucket_id")).bind::<SqlUuid, _>(id),
        }
        .load(conn)?;
        let cells = rows.iter().filter_map(|row| {
            let cell = Cell {
                location: row.location_id?,
                bucket: row.bucket_id?,
            };
            Some((cell, row.minor))
        });
        let money: Distribution = cells.collect();
        let sum_of = |counts: &dyn Fn(NaiveDate) -> bool| {
            rows.iter()
                .filter(|row| row.month.is_some_and(counts))
                .fold(0, |sum: i64, row| sum.saturating_add(row.minor))
        };
        let ahead = span
            .first()
            .map_or(0, |last| sum_of(&|day| day >= last.range().until));
        Ok(Self {
            month_ends: backwards(&span, money.total().saturating_sub(ahead), |month| {
                sum_of(&|day| day == month.first_day())
            }),
            money,
        })
    }
}

/// The months up to `last`, which comes first.
fn span(last: Month, months: usize) -> Vec<Month> {
    std::iter::successors(Some(last), |month| month.previous())
        .take(months)
        .collect()
}

fn of_month(rows: &[Row], month: Month) -> i64 {
    rows.iter()
        .filter(|row| row.month == Some(month.first_day()))
        .fold(0, |sum: i64, row| sum.saturating_add(row.minor))
}

/// From the money at the end of the first month of `span`, which is the last one: money at the end of each, oldest first.
fn backwards(span: &[Month], total: i64, change: impl Fn(Month) -> i64) -> Vec<(Month, i64)> {
    let mut money = total;
    let mut ends = Vec::with_capacity(span.len());
    for month in span {
        ends.push((*month, money));
        money = money.saturating_sub(change(*month));
    }
    ends.reverse();
    ends
}
