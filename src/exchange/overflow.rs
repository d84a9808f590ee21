//! Sums have a limit. Postgres refuses a whole batch that would pass it; this finds the line that did.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId};
use crate::ledger::transaction::Transaction;
use crate::schema::{balances, daily_totals, monthly_balances, monthly_totals};

/// Every sum of the rollups is nearer to zero than this many minor units.
const SUM_LIMIT_MINOR: i128 = 1_000_000_000_000_000_000;

/// The sums of a household while entries are added to them.
#[derive(Debug, Default)]
pub(super) struct Sums {
    cells: HashMap<(LocationId, BucketId), i128>,
    months: HashMap<(NaiveDate, CategoryId), i128>,
    days: HashMap<(NaiveDate, CategoryId), i128>,
    cells_by_month: HashMap<(NaiveDate, LocationId, BucketId), i128>,
}

impl Sums {
    /// The sums as they are, of all time and of the months and days from `first` to `last`: those that entries of these days add to.
    pub(super) fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        first: NaiveDate,
        last: NaiveDate,
    ) -> QueryResult<Self> {
        let cells: Vec<(LocationId, BucketId, i64)> = balances::table
            .filter(balances::household_id.eq(household))
            .select((balances::location_id, balances::bucket_id, balances::amount_minor))
            .load(conn)?;
        let months: Vec<(NaiveDate, CategoryId, i64)> = monthly_totals::table
            .filter(monthly_totals::household_id.eq(household))
            .filter(monthly_totals::month.between(month_of(first), last))
            .select((
                monthly_totals::month,
                monthly_totals::category_id,
                monthly_totals::amount_minor,
            ))
            .load(conn)?;
        let days: Vec<(NaiveDate, CategoryId, i64)> = daily_totals::table
            .filter(daily_totals::household_id.eq(household))
            .filter(daily_totals::date.between(first, last))
            .select((
                daily_totals::date,
                daily_totals::category_id,
                daily_totals::amount_minor,
            ))
            .load(conn)?;
        let cells_by_month: Vec<(NaiveDate, LocationId, BucketId, i64)> = monthly_balances::table
            .filter(monthly_balances::household_id.eq(household))
            .filter(monthly_balances::month.between(month_of(first), last))
            .select((
                monthly_balances::month,
                monthly_balances::location_id,
                monthly_balances::bucket_id,
                monthly_balances::amount_minor,
            ))
            .load(conn)?;
        let pair = |(day, category, minor): (NaiveDate, CategoryId, i64)| ((day, category), minor.into());
        Ok(Self {
            cells: cells
                .into_iter()
                .map(|(location, bucket, minor)| ((location, bucket), minor.into()))
                .collect(),
            months: months.into_iter().map(pair).collect(),
            days: days.into_iter().map(pair).collect(),
            cells_by_month: cells_by_month
                .into_iter()
                .map(|(month, location, bucket, minor)| ((month, location, bucket), minor.into()))
                .collect(),
        })
    }

    /// Adds an entry, and says whether a sum passes the limit with it.
    pub(super) fn overflow_with(&mut self, entry: &Transaction) -> bool {
        let month = month_of(entry.date);
        let mut over = false;
        for line in &entry.lines {
            let minor = i128::from(line.amount.minor());
            over |= passes(&mut self.cells, (line.location, line.bucket), minor);
            over |= passes(&mut self.months, (month, entry.category), minor);
            over |= passes(&mut self.days, (entry.date, entry.category), minor);
            over |= passes(
                &mut self.cells_by_month,
                (month, line.location, line.bucket),
                minor,
            );
        }
        over
    }
}

/// The first day of the month, as the sums by month are kept.
fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Adds to one sum, and says whether it leaves its range.
fn passes<Key: Eq + Hash>(sums: &mut HashMap<Key, i128>, key: Key, minor: i128) -> bool {
    let sum = sums.entry(key).or_default();
    let before = *sum;
    *sum += minor;
    before.abs() < SUM_LIMIT_MINOR && sum.abs() >= SUM_LIMIT_MINOR
}
