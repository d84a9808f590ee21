//! One month: income, expense and result, by category and by bucket.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};

use crate::ids::{BucketId, CategoryId, HouseholdId};
use crate::ledger::{Book, Sign};
use crate::period::Month;
use crate::statement::statement;

/// The sums of one month, signed as postings are: money in above zero, out below; in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonthSums {
    /// By category.
    pub by_category: BTreeMap<CategoryId, i64>,
    /// By bucket: what it gained or lost, transfers too.
    pub by_bucket: BTreeMap<BucketId, i64>,
}

impl MonthSums {
    /// Reads the sums of `month` from the rollup.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(conn: &mut PgConnection, household: HouseholdId, month: Month) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = SqlUuid)]
            category_id: CategoryId,
            #[diesel(sql_type = SqlUuid)]
            bucket_id: BucketId,
            #[diesel(sql_type = BigInt)]
            minor: i64,
        }
        let rows: Vec<Row> = statement(
            "SELECT category_id, bucket_id, sum(amount_minor)::bigint AS minor FROM monthly_cells
              WHERE household_id = ? AND month = ? AND postings_count > 0 GROUP BY 1, 2",
        )
        .bind::<SqlUuid, _>(household)
        .bind::<Date, _>(month.first_day())
        .load(conn)?;
        let mut sums = Self::default();
        for row in rows {
            let category: &mut i64 = sums.by_category.entry(row.category_id).or_default();
            *category = category.saturating_add(row.minor);
            let bucket: &mut i64 = sums.by_bucket.entry(row.bucket_id).or_default();
            *bucket = bucket.saturating_add(row.minor);
        }
        Ok(sums)
    }

    /// What all categories of one sign add up to.
    #[must_use]
    pub fn of_sign(&self, book: &Book, sign: Sign) -> i64 {
        self.by_category
            .iter()
            .filter(|(id, _)| book.category(**id).is_some_and(|category| category.sign == sign))
            .fold(0, |sum: i64, (_, minor)| sum.saturating_add(*minor))
    }

    /// Income and expense together: profit above zero, loss below.
    #[must_use]
    pub fn result(&self, book: &Book) -> i64 {
        self.of_sign(book, Sign::Positive)
            .saturating_add(self.of_sign(book, Sign::Negative))
    }

    /// What the whole month added to the household's money, loans and adjustments too.
    #[must_use]
    pub fn change(&self) -> i64 {
        self.by_category
            .values()
            .fold(0, |sum: i64, minor| sum.saturating_add(*minor))
    }
}
