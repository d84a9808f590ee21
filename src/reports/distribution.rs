//! The distribution of money: location × bucket, now or at the end of a past day.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};

use super::scope::Scope;
use crate::ids::{BucketId, HouseholdId, LocationId};
use crate::ledger::Cell;
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
        Ok(Self {
            cells: rows
                .into_iter()
                .map(|(location, bucket, minor)| (Cell { location, bucket }, minor))
                .collect(),
        })
    }

    /// Money at the end of `day`: whole months from the sums by month, and of a month that is cut through the days from the postings.
    ///
    /// # Errors
    /// Only database failures.
    pub fn at_end_of(conn: &mut PgConnection, household: HouseholdId, day: NaiveDate) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = SqlUuid)]
            location_id: LocationId,
            #[diesel(sql_type = SqlUuid)]
            bucket_id: BucketId,
            #[diesel(sql_type = BigInt)]
            minor: i64,
        }
        // The day after decides: at the end of a month, all of it is in the sums.
        let until = day.checked_add_days(Days::new(1)).unwrap_or(day);
        let cut = until.with_day(1).unwrap_or(until);
        let rows: Vec<Row> = statement(
            "SELECT location_id, bucket_id, sum(minor)::bigint AS minor FROM (
                 SELECT location_id, bucket_id, amount_minor AS minor FROM monthly_balances
                  WHERE household_id = ? AND month < ?
                 UNION ALL
                 SELECT location_id, bucket_id, amount_minor FROM postings
                  WHERE household_id = ? AND date >= ? AND date < ?) x
              GROUP BY 1, 2 HAVING sum(minor) <> 0",
        )
        .bind::<SqlUuid, _>(household)
        .bind::<Date, _>(cut)
        .bind::<SqlUuid, _>(household)
        .bind::<Date, _>(cut)
        .bind::<Date, _>(until)
        .load(conn)?;
        let cell = |row: Row| {
            (
                Cell {
                    location: row.location_id,
                    bucket: row.bucket_id,
                },
                row.minor,
            )
        };
        Ok(Self {
            cells: rows.into_iter().map(cell).collect(),
        })
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
