//! How much a filter finds: added up from the page that shows it all, read from the sums by month, or counted from the transactions.
//!
//! The three agree. They differ in what they can answer and in what they cost: nothing, one small query whatever the size of the
//! ledger, and one that grows with what is found.

use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};

use super::Transaction;
use super::queries::Filter;
use crate::ids::{CategoryId, HouseholdId};
use crate::ledger::{Book, Kind, Sign};
use crate::period;
use crate::statement::statement;

/// How much a filter finds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Transactions.
    pub entries: i64,
    /// Income in minor units, refunds taken off; only what lies at the filter's location and in its bucket.
    pub income_minor: i64,
    /// Expense likewise: below zero where money was spent.
    pub expense_minor: i64,
}

impl Sums {
    /// Income and expense together: profit above zero, loss below.
    #[must_use]
    pub const fn result_minor(self) -> i64 {
        self.income_minor.saturating_add(self.expense_minor)
    }

    /// The sums of these transactions, which are all that `filter` finds.
    #[must_use]
    pub fn of(found: &[Transaction], filter: &Filter) -> Self {
        let mut sums = Self::default();
        for transaction in found {
            sums.entries += 1;
            let sum = match transaction.kind {
                Kind::Income => &mut sums.income_minor,
                Kind::Expense => &mut sums.expense_minor,
                Kind::Transfer | Kind::Loan | Kind::Adjustment => continue,
            };
            for line in transaction.lines.iter().filter(|line| filter.holds(line)) {
                *sum = sum.saturating_add(line.amount.minor());
            }
        }
        sums
    }
}

/// What a filter finds in all, counted from the transactions themselves.
///
/// # Errors
/// Only database failures, or sums beyond 64 bits.
pub fn count(conn: &mut PgConnection, filter: &Filter) -> QueryResult<Sums> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        entries: i64,
        #[diesel(sql_type = BigInt)]
        income: i64,
        #[diesel(sql_type = BigInt)]
        expense: i64,
    }
    let found: Found = filter
        .bind(statement("SELECT entries, income::bigint AS income, expense::bigint AS expense FROM sum_transactions(?, ?, ?, ?, ?, ?, ?)"))
        .get_result(conn)?;
    Ok(Sums {
        entries: found.entries,
        income_minor: found.income,
        expense_minor: found.expense,
    })
}

/// What a filter finds in all, from the sums by month and category; nothing where these cannot tell.
///
/// They tell for whole months, a category, and income or expense: a category's sign says which of the two its entries are, but not which
/// of the neutral kinds. They do not know words, and of locations and buckets only the money, not the number of entries.
///
/// # Errors
/// Only database failures, or sums beyond 64 bits.
pub fn from_months(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    filter: &Filter,
) -> QueryResult<Option<Sums>> {
    #[derive(QueryableByName)]
    struct OfCategory {
        #[diesel(sql_type = SqlUuid)]
        category_id: CategoryId,
        #[diesel(sql_type = BigInt)]
        entries: i64,
        #[diesel(sql_type = BigInt)]
        minor: i64,
    }
    if !is_by_month(filter) {
        return Ok(None);
    }
    let (from, until) = filter
        .range
        .map_or_else(all_days, |range| (range.from, range.until));
    // Without a join: the signs are in the book, and no plan can go wrong where the statistics are behind.
    let found: Vec<OfCategory> = statement(
        "SELECT category_id, sum(entries_count)::bigint AS entries, sum(amount_minor)::bigint AS minor
           FROM monthly_totals WHERE household_id = ? AND month >= ? AND month < ? GROUP BY category_id",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Date, _>(from)
    .bind::<Date, _>(until)
    .load(conn)?;
    let mut sums = Sums::default();
    for of in found {
        let sign = book.category(of.category_id).map(|category| category.sign);
        let is_wanted = filter.category.is_none_or(|category| category == of.category_id)
            && filter.kind.is_none_or(|kind| Some(kind.sign()) == sign);
        if !is_wanted {
            continue;
        }
        sums.entries += of.entries;
        match sign {
            Some(Sign::Positive) => sums.income_minor = sums.income_minor.saturating_add(of.minor),
            Some(Sign::Negative) => sums.expense_minor = sums.expense_minor.saturating_add(of.minor),
            Some(Sign::Neutral) | None => {}
        }
    }
    Ok(Some(sums))
}

/// Whether months and categories are all that the filter looks at.
fn is_by_month(filter: &Filter) -> bool {
    let Filter {
        words,
        range,
        kind,
        category: _,
        location,
        bucket,
    } = filter;
    words.is_empty()
        && range.is_none_or(period::DateRange::is_whole_months)
        && matches!(kind, None | Some(Kind::Income | Kind::Expense))
        && location.is_none()
        && bucket.is_none()
}

fn all_days() -> (NaiveDate, NaiveDate) {
    let last = period::last_day();
    (
        period::first_day(),
        last.checked_add_days(Days::new(1)).unwrap_or(last),
    )
}
