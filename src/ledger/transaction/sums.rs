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
    /// Transfers, loans and adjustments likewise. Without a location or bucket a transfer adds nothing: it takes what it brings.
    pub neutral_minor: i64,
}

/// How many transactions the household has.
///
/// # Errors
/// Only database failures.
pub fn entries_count(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        entries: i64,
    }
    let query = "SELECT coalesce(sum(entries_count), 0)::bigint AS entries FROM monthly_totals WHERE household_id = ?";
    let row: Row = statement(query).bind::<SqlUuid, _>(household).get_result(conn)?;
    Ok(row.entries)
}

impl Sums {
    /// Income and expense together: profit above zero, loss below.
    #[must_use]
    pub const fn result_minor(self) -> i64 {
        self.income_minor.saturating_add(self.expense_minor)
    }

    /// All of it together: by how much the money changed that the filter looks at.
    #[must_use]
    pub const fn change_minor(self) -> i64 {
        self.result_minor().saturating_add(self.neutral_minor)
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
                Kind::Transfer | Kind::Loan | Kind::Adjustment => &mut sums.neutral_minor,
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
        #[diesel(sql_type = BigInt)]
        neutral: i64,
    }
    let found: Found = filter
        .bind(statement(
            "SELECT entries, income::bigint AS income, expense::bigint AS expense, neutral::bigint AS neutral
               FROM sum_transactions(?, ?, ?, ?, ?, ?, ?)",
        ))
        .get_result(conn)?;
    Ok(Sums {
        entries: found.entries,
        income_minor: found.income,
        expense_minor: found.expense,
        neutral_minor: found.neutral,
    })
}

/// What a filter finds in all, from the sums by month and category; nothing where these cannot tell.
///
/// They tell for whole months, categories and kinds, as far as a category's sign says what its entries are: income, expense, or one of the
/// neutral kinds, so these three only together. They do not know words, and of locations and buckets only the money, not the number of entries.
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
        let is_wanted = (filter.categories.is_empty() || filter.categories.contains(&of.category_id))
            && (filter.kinds.is_empty() || filter.kinds.iter().any(|kind| Some(kind.sign()) == sign));
        if !is_wanted {
            continue;
        }
        sums.entries += of.entries;
        let sum = match sign {
            Some(Sign::Positive) => &mut sums.income_minor,
            Some(Sign::Negative) => &mut sums.expense_minor,
            Some(Sign::Neutral) | None => &mut sums.neutral_minor,
        };
        *sum = sum.saturating_add(of.minor);
    }
    Ok(Some(sums))
}

/// Whether months and categories are all that the filter looks at.
fn is_by_month(filter: &Filter) -> bool {
    let Filter {
        words,
        range,
        kinds,
        categories: _,
        locations,
        buckets,
    } = filter;
    words.is_empty()
        && range.is_none_or(period::DateRange::is_whole_months)
        && is_by_sign(kinds)
        && locations.is_empty()
        && buckets.is_empty()
}

/// Whether the signs of categories tell these kinds from all others.
fn is_by_sign(kinds: &[Kind]) -> bool {
    let has_sign_of = |one: Kind| kinds.iter().any(|kind| kind.sign() == one.sign());
    Kind::ALL
        .iter()
        .all(|one| kinds.contains(one) || !has_sign_of(*one))
}

fn all_days() -> (NaiveDate, NaiveDate) {
    let last = period::last_day();
    (
        period::first_day(),
        last.checked_add_days(Days::new(1)).unwrap_or(last),
    )
}
