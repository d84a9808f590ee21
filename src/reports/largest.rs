//! The single expense that took most.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::scope::Scope;
use crate::ids::{CategoryId, HouseholdId, TransactionId};
use crate::period::DateRange;
use crate::statement::statement;

/// An expense.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Largest {
    /// Which one.
    #[diesel(sql_type = SqlUuid)]
    pub id: TransactionId,
    /// Its day.
    #[diesel(sql_type = Date)]
    pub date: NaiveDate,
    /// A few words; may be empty.
    #[diesel(sql_type = Text)]
    pub description: String,
    /// Why.
    #[diesel(sql_type = SqlUuid)]
    pub category_id: CategoryId,
    /// What it took, below zero, in minor units; only the part within the scope.
    #[diesel(sql_type = BigInt)]
    pub minor: i64,
}

/// The largest single expense of whole months; of two that are equal the earlier one.
///
/// # Errors
/// Only database failures. Without expenses there is none.
pub fn load(
    conn: &mut PgConnection,
    household: HouseholdId,
    scope: &Scope,
    range: DateRange,
) -> QueryResult<Option<Largest>> {
    let given = |ids: Vec<Uuid>| (!ids.is_empty()).then_some(ids);
    statement(
        "SELECT t.id, t.date, t.description, t.category_id, found.amount_minor AS minor
           FROM largest_expense(?, ?, ?, ?, ?) found
           JOIN transactions t ON t.household_id = ? AND t.id = found.id",
    )
    .bind::<Date, _>(range.from)
    .bind::<Date, _>(range.until)
    .bind::<Nullable<Array<SqlUuid>>, _>(given(scope.categories.iter().map(|id| id.uuid()).collect()))
    .bind::<Nullable<Array<SqlUuid>>, _>(given(scope.locations.iter().map(|id| id.uuid()).collect()))
    .bind::<Nullable<Array<SqlUuid>>, _>(given(scope.buckets.iter().map(|id| id.uuid()).collect()))
    .bind::<SqlUuid, _>(household)
    .get_result(conn)
    .optional()
}
