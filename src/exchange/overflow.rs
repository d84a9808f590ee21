//! Sums have a limit. Postgres refuses a whole batch that would pass it; this finds the line that did.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId};
use crate::ledger::transaction::Transaction;
use crate::schema::{balances, monthly_totals};

/// Every sum of the rollups is nearer to zero than this many minor units.
const SUM_LIMIT_MINOR: i128 = 1_000_000_000_000_000_000;

/// The sums of a household while entries are added to them.
#[derive(Debug, Default)]
pub(super) struct Sums {
    cells: HashMap<(LocationId, BucketId), i128>,
    months: HashMap<(NaiveDate, CategoryId), i128>,
}

impl Sums {
    /// The sums as they are.
    pub(super) fn load(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<Self> {
        let cells: Vec<(LocationId, BucketId, i64)> = balances::table
            .filter(balances::household_id.eq(household))
            .select((balances::location_id, balances::bucket_id, balances::amount_minor))
            .load(conn)?;
        let months: Vec<(NaiveDate, CategoryId, i64)> = monthly_totals::table
            .filter(monthly_totals::household_id.eq(household))
            .select((
                monthly_totals::month,
                monthly_totals::category_id,
                monthly_totals::amount_minor,
            ))
            .load(conn)?;
        let cells = cells
            .into_iter()
            .map(|(location, bucket, minor)| ((location, bucket), minor.into()));
        let months = months
            .into_iter()
            .map(|(month, category, minor)| ((month, category), minor.into()));
        Ok(Self {
            cells: cells.collect(),
            months: months.collect(),
        })
    }

    /// Adds an entry, and says whether a sum passes the limit with it.
    pub(super) fn overflow_with(&mut self, entry: &Transaction) -> bool {
        let month = entry.date.with_day(1).unwrap_or(entry.date);
        let mut over = false;
        for line in &entry.lines {
            let minor = i128::from(line.amount.minor());
            over |= passes(&mut self.cells, (line.location, line.bucket), minor);
            over |= passes(&mut self.months, (month, entry.category), minor);
        }
        over
    }
}

/// Adds to one sum, and says whether it leaves its range.
fn passes<Key: Eq + Hash>(sums: &mut HashMap<Key, i128>, key: Key, minor: i128) -> bool {
    let sum = sums.entry(key).or_default();
    let before = *sum;
    *sum += minor;
    before.abs() < SUM_LIMIT_MINOR && sum.abs() >= SUM_LIMIT_MINOR
}
