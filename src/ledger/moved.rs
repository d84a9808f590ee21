//! A [`Move`]: what a merge changes in one transaction, without retelling the rest of it.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, SmallInt, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bulk;
use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId, TransactionId};
use crate::statement::statement;

/// The parts of a transaction that are moved: where they are before, or after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Why money moved, if that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// The postings that change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<MovedLine>,
    /// The shares of a split that change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<MovedShare>,
}

/// One posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedLine {
    /// Its number, from 1.
    pub line: i16,
    /// Where.
    pub location: LocationId,
    /// What for.
    pub bucket: BucketId,
    /// Minor units, signed; a move leaves them as they are.
    pub amount: i64,
}

/// One share of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedShare {
    /// Its number, from 1.
    pub position: i16,
    /// Whose.
    pub bucket: BucketId,
    /// Basis points; a move leaves them as they are.
    pub percent: i32,
}

/// What changes in one transaction. Both sides name the same lines and shares, in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Which transaction.
    pub id: TransactionId,
    /// Where its parts were.
    pub before: Moved,
    /// Where they are then.
    pub after: Moved,
}

/// Carries moves out; the version of each transaction goes up.
///
/// # Errors
/// Only database failures.
pub fn carry_out(conn: &mut PgConnection, household: HouseholdId, moves: &[Move]) -> QueryResult<()> {
    for batch in moves.chunks(bulk::BATCH_ROWS) {
        move_lines(conn, household, batch)?;
        move_shares(conn, household, batch)?;
        move_categories(conn, household, batch)?;
        statement("UPDATE transactions SET version = version + 1 WHERE household_id = ? AND id = ANY(?)")
            .bind::<SqlUuid, _>(household)
            .bind::<Array<SqlUuid>, _>(ids(batch))
            .execute(conn)?;
    }
    Ok(())
}

fn ids(moves: &[Move]) -> Vec<Uuid> {
    moves.iter().map(|one| one.id.uuid()).collect()
}

fn move_lines(conn: &mut PgConnection, household: HouseholdId, moves: &[Move]) -> QueryResult<()> {
    let rows: Vec<(Uuid, MovedLine)> = moves
        .iter()
        .flat_map(|one| one.after.lines.iter().map(|line| (one.id.uuid(), *line)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    statement(
        "UPDATE postings p SET location_id = n.location_id, bucket_id = n.bucket_id
           FROM unnest(?, ?, ?, ?) AS n (transaction_id, line, location_id, bucket_id)
          WHERE p.household_id = ? AND p.transaction_id = n.transaction_id AND p.line = n.line",
    )
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind::<Array<SmallInt>, _>(rows.iter().map(|(_, one)| one.line).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(
        rows.iter()
            .map(|(_, one)| one.location.uuid())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|(_, one)| one.bucket.uuid()).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(household)
    .execute(conn)
    .map(drop)
}

fn move_shares(conn: &mut PgConnection, household: HouseholdId, moves: &[Move]) -> QueryResult<()> {
    let rows: Vec<(Uuid, MovedShare)> = moves
        .iter()
        .flat_map(|one| one.after.shares.iter().map(|share| (one.id.uuid(), *share)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    statement(
        "UPDATE split_shares s SET bucket_id = n.bucket_id
           FROM unnest(?, ?, ?) AS n (transaction_id, position, bucket_id)
          WHERE s.household_id = ? AND s.transaction_id = n.transaction_id AND s.position = n.position",
    )
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind::<Array<SmallInt>, _>(rows.iter().map(|(_, one)| one.position).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|(_, one)| one.bucket.uuid()).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(household)
    .execute(conn)
    .map(drop)
}

fn move_categories(conn: &mut PgConnection, household: HouseholdId, moves: &[Move]) -> QueryResult<()> {
    let rows: Vec<(Uuid, Uuid)> = moves
        .iter()
        .filter_map(|one| Some((one.id.uuid(), one.after.category?.uuid())))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    statement(
        "UPDATE transactions t SET category_id = n.category_id FROM unnest(?, ?) AS n (id, category_id)
          WHERE t.household_id = ? AND t.id = n.id",
    )
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|(_, category)| *category).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(household)
    .execute(conn)
    .map(drop)
}

/// What takes `moves` back: only parts that are still where they were moved to, and unchanged. The shares and lines of a split go back
/// together or not at all, so that the lines follow the shares.
///
/// # Errors
/// Only database failures.
pub fn back(conn: &mut PgConnection, household: HouseholdId, moves: &[Move]) -> QueryResult<Vec<Move>> {
    let mut found = Vec::with_capacity(moves.len());
    for batch in moves.chunks(bulk::BATCH_ROWS) {
        let lines = lines_now(conn, household, batch)?;
        let shares = shares_now(conn, household, batch)?;
        let categories = categories_now(conn, household, batch)?;
        for one in batch {
            let id = one.id.uuid();
            let mut turned = Move {
                id: one.id,
                before: Moved::default(),
                after: Moved::default(),
            };
            for (was, is) in one.before.lines.iter().zip(&one.after.lines) {
                if lines.get(&(id, is.line)) == Some(is) {
                    turned.before.lines.push(*is);
                    turned.after.lines.push(*was);
                }
            }
            for (was, is) in one.before.shares.iter().zip(&one.after.shares) {
                if shares.get(&(id, is.position)) == Some(is) {
                    turned.before.shares.push(*is);
                    turned.after.shares.push(*was);
                }
            }
            let is_whole = turned.after.lines.len() == one.after.lines.len()
                && turned.after.shares.len() == one.after.shares.len();
            if !one.after.shares.is_empty() && !is_whole {
                continue;
            }
            if one.after.category.is_some() && categories.get(&id).copied() == one.after.category {
                turned.before.category = one.after.category;
                turned.after.category = one.before.category;
            }
            if turned.after != Moved::default() {
                found.push(turned);
            }
        }
    }
    Ok(found)
}

fn lines_now(
    conn: &mut PgConnection,
    household: HouseholdId,
    moves: &[Move],
) -> QueryResult<HashMap<(Uuid, i16), MovedLine>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        transaction_id: Uuid,
        #[diesel(sql_type = SmallInt)]
        line: i16,
        #[diesel(sql_type = SqlUuid)]
        location_id: LocationId,
        #[diesel(sql_type = SqlUuid)]
        bucket_id: BucketId,
        #[diesel(sql_type = BigInt)]
        amount_minor: i64,
    }
    let rows: Vec<Row> = statement(
        "SELECT transaction_id, line, location_id, bucket_id, amount_minor FROM postings
          WHERE household_id = ? AND transaction_id = ANY(?)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(ids(moves))
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let line = MovedLine {
                line: row.line,
                location: row.location_id,
                bucket: row.bucket_id,
                amount: row.amount_minor,
            };
            ((row.transaction_id, row.line), line)
        })
        .collect())
}

fn shares_now(
    conn: &mut PgConnection,
    household: HouseholdId,
    moves: &[Move],
) -> QueryResult<HashMap<(Uuid, i16), MovedShare>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        transaction_id: Uuid,
        #[diesel(sql_type = SmallInt)]
        position: i16,
        #[diesel(sql_type = SqlUuid)]
        bucket_id: BucketId,
        #[diesel(sql_type = Integer)]
        percent_bp: i32,
    }
    if moves.iter().all(|one| one.after.shares.is_empty()) {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = statement(
        "SELECT transaction_id, position, bucket_id, percent_bp FROM split_shares
          WHERE household_id = ? AND transaction_id = ANY(?)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(ids(moves))
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let share = MovedShare {
                position: row.position,
                bucket: row.bucket_id,
                percent: row.percent_bp,
            };
            ((row.transaction_id, row.position), share)
        })
        .collect())
}

fn categories_now(
    conn: &mut PgConnection,
    household: HouseholdId,
    moves: &[Move],
) -> QueryResult<HashMap<Uuid, CategoryId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = SqlUuid)]
        category_id: CategoryId,
    }
    if moves.iter().all(|one| one.after.category.is_none()) {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> =
        statement("SELECT id, category_id FROM transactions WHERE household_id = ? AND id = ANY(?)")
            .bind::<SqlUuid, _>(household)
            .bind::<Array<SqlUuid>, _>(ids(moves))
            .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.category_id)).collect())
}
