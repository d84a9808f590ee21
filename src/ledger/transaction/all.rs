//! All transactions of a household, batch by batch in the order of their days: for exports.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Uuid as SqlUuid};

use super::{Snapshot, queries};
use crate::ids::{HouseholdId, TransactionId};
use crate::statement::statement;

/// At most `number` transactions after this one, oldest day first.
///
/// # Errors
/// Only database failures. An unknown household gives an empty list.
pub fn after(
    conn: &mut PgConnection,
    household: HouseholdId,
    last: Option<(NaiveDate, TransactionId)>,
    number: i32,
) -> QueryResult<Vec<Snapshot>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        id: TransactionId,
    }
    let found: Vec<Found> = statement(
        "SELECT id FROM transactions
          WHERE household_id = ?
            AND (date, id) > (coalesce(?, '-infinity'::date), coalesce(?, '00000000-0000-0000-0000-000000000000'::uuid))
          ORDER BY date, id LIMIT ?",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Nullable<Date>, _>(last.map(|(date, _)| date))
    .bind::<Nullable<SqlUuid>, _>(last.map(|(_, id)| id.uuid()))
    .bind::<Integer, _>(number)
    .load(conn)?;
    let ids: Vec<TransactionId> = found.into_iter().map(|found| found.id).collect();
    let mut batch = queries::find_all(conn, household, &ids)?;
    batch.reverse();
    Ok(batch)
}

/// The numbers of all transactions that refunds give back, counted from 1 in the order of [`after`].
///
/// # Errors
/// Only database failures.
pub fn numbers_of_originals(
    conn: &mut PgConnection,
    household: HouseholdId,
) -> QueryResult<HashMap<TransactionId, i64>> {
    #[derive(QueryableByName)]
    struct Numbered {
        #[diesel(sql_type = SqlUuid)]
        id: TransactionId,
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let found: Vec<Numbered> = statement(
        "SELECT id, number FROM (SELECT id, row_number() OVER (ORDER BY date, id) AS number FROM transactions WHERE household_id = ?) numbered
          WHERE id IN (SELECT refund_of FROM transactions WHERE household_id = ? AND refund_of IS NOT NULL)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(household)
    .load(conn)?;
    Ok(found.into_iter().map(|one| (one.id, one.number)).collect())
}
