//! The distribution of money: location × bucket, now or at the end of any day.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};

use super::scope::Scope;
use crate::ids::{BucketId, HouseholdId, LocationId};
use crate::ledger::Cell;
use crate::period::Month;
use crate::schema::balances;
use crate::statement::statement;

/// Money in every cell that ever held some, in minor units; cells at zero are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    cells: BTreeMap<Cell, i64>,
}

impl Distribution {
    /// Money of all entries, future ones too.
    ///
    /// # Errors
    /// Only database failures.
    pub fn now(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<Self> {
        let rows: Vec<(LocationId, BucketId, i64)> = balances::table
            .filter(balances::household_id.eq(household))
            .filter(balances::amount_minor.ne(0))
            .select((balances::location_id, balances::bucket_id, balances::amount_minor))
            .load(conn)?;
        Ok(rows
            .into_iter()
            .map(|(location, bucket, minor)| (Cell { location, bucket }, minor))
            .collect())
    }

    /// Money at the end of `day`, as in [`Stand`].
    ///
    /// # Errors
    /// Only database failures.
    pub fn at_end_of(conn: &mut PgConnection, household: HouseholdId, day: NaiveDate) -> QueryResult<Self> {
        Ok(Stand::at_end_of(conn, household, day)?.money)
    }

    /// The part of it that lies at the scope's locations and in its buckets.
    #[must_use]
    pub fn within(mut self, scope: &Scope) -> Self {
        self.cells
            .retain(|cell, _| scope.has_location(cell.location) && scope.has_bucket(cell.bucket));
        self
    }

    /// What lies in one cell.
    #[must_use]
    pub fn cell(&self, cell: Cell) -> i64 {
        self.cells.get(&cell).copied().unwrap_or(0)
    }

    /// What lies at a location, over all buckets.
    #[must_use]
    pub fn at(&self, location: LocationId) -> i64 {
        self.sum(|cell| cell.location == location)
    }

    /// What lies in a bucket, over all locations.
    #[must_use]
    pub fn of(&self, bucket: BucketId) -> i64 {
        self.sum(|cell| cell.bucket == bucket)
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.sum(|_| true)
    }

    /// All cells that hold something, or are below zero.
    pub fn cells(&self) -> impl Iterator<Item = (Cell, i64)> + '_ {
        self.cells.iter().map(|(cell, minor)| (*cell, *minor))
    }

    /// Cells that are below zero: money set aside for other buckets was used there.
    pub fn short_cells(&self) -> impl Iterator<Item = (Cell, i64)> + '_ {
        self.cells
            .iter()
            .filter(|(_, minor)| **minor < 0)
            .map(|(cell, minor)| (*cell, *minor))
    }

    fn sum(&self, counts: impl Fn(&Cell) -> bool) -> i64 {
        // The balances are below 10^18 each; saturating is the answer of last resort for nine cells at that limit.
        self.cells
            .iter()
            .filter(|(cell, _)| counts(cell))
            .fold(0, |sum: i64, (_, minor)| sum.saturating_add(*minor))
    }
}

/// Of cells, each once.
impl FromIterator<(Cell, i64)> for Distribution {
    fn from_iter<I: IntoIterator<Item = (Cell, i64)>>(cells: I) -> Self {
        Self {
            cells: cells.into_iter().filter(|(_, minor)| *minor != 0).collect(),
        }
    }
}

/// Money at a moment, and what its month had brought until then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stand {
    /// Money of all entries that count at the moment.
    pub money: Distribution,
    /// What those from the first of the month on added to each bucket, in minor units.
    pub month: BTreeMap<BucketId, i64>,
}

/// Whole months come from their sums, from the first one on or from now backwards, whichever are fewer. Of the month that is cut through, the
/// days on the shorter side of the cut come from the postings: they are added to the sums up to its beginning, or taken off those up to its
/// end.
///
/// `$1` is the household, `$2` the month, `$3` the first day after the whole months, `$4` and `$5` the days from and until, and `$6` their sign.
const AT_END_OF: &str = "WITH given AS (SELECT ?::uuid, ?::date, ?::date, ?::date, ?::date, ?::bigint),
      side AS MATERIALIZED (SELECT $3 - min(month) > max(month) - $3 AS is_late FROM monthly_balances WHERE household_id = $1)
     SELECT location_id, bucket_id, sum(minor)::bigint AS minor, sum(added)::bigint AS added FROM (
         SELECT location_id, bucket_id, sum(amount_minor) AS minor, 0::numeric AS added FROM monthly_balances
          WHERE household_id = $1 AND month < $3 AND NOT (SELECT is_late FROM side) GROUP BY 1, 2
         UNION ALL
         SELECT location_id, bucket_id, amount_minor, 0 FROM balances WHERE household_id = $1 AND (SELECT is_late FROM side)
         UNION ALL
         SELECT location_id, bucket_id, -sum(amount_minor), 0 FROM monthly_balances
          WHERE household_id = $1 AND month >= $3 AND (SELECT is_late FROM side) GROUP BY 1, 2
         UNION ALL
         SELECT location_id, bucket_id, 0, amount_minor FROM monthly_balances WHERE household_id = $1 AND month = $2 AND $3 > $2
         UNION ALL
         SELECT location_id, bucket_id, $6 * sum(amount_minor), $6 * sum(amount_minor) FROM postings
          WHERE household_id = $1 AND date >= $4 AND date < $5 GROUP BY 1, 2) x
      GROUP BY 1, 2 HAVING sum(minor) <> 0 OR sum(added) <> 0";

impl Stand {
    /// Reads that of the end of `day`, when entries up to that day count, in one statement. Buckets to which the month added nothing are left out.
    ///
    /// # Errors
    /// Only database failures. A day that the ledger does not take has nothing.
    pub fn at_end_of(conn: &mut PgConnection, household: HouseholdId, day: NaiveDate) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = SqlUuid)]
            location_id: LocationId,
            #[diesel(sql_type = SqlUuid)]
            bucket_id: BucketId,
            #[diesel(sql_type = BigInt)]
            minor: i64,
            #[diesel(sql_type = BigInt)]
            added: i64,
        }
        let Ok(month) = Month::of(day) else {
            return Ok(Self::default());
        };
        let (begins, ends) = (month.first_day(), month.range().until);
        let until = day.checked_add_days(Days::new(1)).unwrap_or(day);
        let (whole, from, until, sign): (_, _, _, i64) = if i64::from(day.day()) * 2 <= month.days() {
            (begins, begins, until, 1)
        } else {
            (ends, until, ends, -1)
        };
        let rows: Vec<Row> = statement(AT_END_OF)
            .bind::<SqlUuid, _>(household)
            .bind::<Date, _>(begins)
            .bind::<Date, _>(whole)
            .bind::<Date, _>(from)
            .bind::<Date, _>(until)
            .bind::<BigInt, _>(sign)
            .load(conn)?;
        let mut stand = Self::default();
        for row in rows {
            let cell = Cell {
                location: row.location_id,
                bucket: row.bucket_id,
            };
            if row.minor != 0 {
                stand.money.cells.insert(cell, row.minor);
            }
            let sum: &mut i64 = stand.month.entry(cell.bucket).or_default();
            *sum = sum.saturating_add(row.added);
        }
        stand.month.retain(|_, minor| *minor != 0);
        Ok(stand)
    }

    /// What the month had brought until then, in all buckets together.
    #[must_use]
    pub fn added(&self) -> i64 {
        self.month
            .values()
            .fold(0, |sum: i64, minor| sum.saturating_add(*minor))
    }
}
