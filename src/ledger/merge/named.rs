//! What names the source of a merge.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Uuid as SqlUuid};

use super::Pair;
use crate::ids::{BucketId, HouseholdId, LocationId, TransactionId};
use crate::ledger::moved::{Move, Moved, MovedLine, MovedShare};
use crate::schema::{postings, split_shares, transactions};
use crate::statement::statement;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// Entries with a posting at the location.
pub(super) fn by_location(
    conn: &mut PgConnection,
    household: HouseholdId,
    location: LocationId,
) -> QueryResult<i64> {
    let row: Count = statement(
        "SELECT count(DISTINCT transaction_id) AS entries FROM postings WHERE household_id = ? AND location_id = ?",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(location)
    .get_result(conn)?;
    Ok(row.entries)
}

/// Entries with a posting in the bucket, or a share of it whose part was zero.
pub(super) fn by_bucket(
    conn: &mut PgConnection,
    household: HouseholdId,
    bucket: BucketId,
) -> QueryResult<i64> {
    let row: Count = statement(
        "SELECT count(*) AS entries FROM (
             SELECT transaction_id FROM postings WHERE household_id = ? AND bucket_id = ?
              UNION SELECT transaction_id FROM split_shares WHERE household_id = ? AND bucket_id = ?) x",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(bucket)
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(bucket)
    .get_result(conn)?;
    Ok(row.entries)
}

/// Transfers that would change nothing any more: in every cell their lines would add up to zero.
pub(super) fn vanishing(
    conn: &mut PgConnection,
    household: HouseholdId,
    pair: Pair,
) -> QueryResult<Vec<TransactionId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        transaction_id: TransactionId,
    }
    let of_locations = match pair {
        Pair::Locations { .. } => true,
        Pair::Buckets { .. } => false,
        Pair::Categories { .. } => return Ok(Vec::new()),
    };
    let (source, target) = pair.ids();
    let rows: Vec<Row> = statement(
        "SELECT transaction_id FROM (
             SELECT p.transaction_id, sum(p.amount_minor) AS rest
               FROM postings p
               JOIN transactions t ON t.household_id = p.household_id AND t.id = p.transaction_id AND t.kind = 'transfer'
              CROSS JOIN (SELECT ?::boolean AS of_locations, ?::uuid AS source, ?::uuid AS target) merge
              WHERE p.household_id = ?
                AND p.transaction_id IN (SELECT transaction_id FROM postings s
                                          WHERE s.household_id = ? AND CASE WHEN ? THEN s.location_id ELSE s.bucket_id END = ?)
              GROUP BY p.transaction_id,
                       CASE WHEN of_locations AND p.location_id = source THEN target ELSE p.location_id END,
                       CASE WHEN NOT of_locations AND p.bucket_id = source THEN target ELSE p.bucket_id END) cells
          GROUP BY transaction_id HAVING bool_and(rest = 0)",
    )
    .bind::<Bool, _>(of_locations)
    .bind::<SqlUuid, _>(source)
    .bind::<SqlUuid, _>(target)
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(household)
    .bind::<Bool, _>(of_locations)
    .bind::<SqlUuid, _>(source)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.transaction_id).collect())
}

/// All that names the source, as it is and as it will be.
pub(super) fn moves(conn: &mut PgConnection, household: HouseholdId, pair: Pair) -> QueryResult<Vec<Move>> {
    let mut moves: BTreeMap<TransactionId, Move> = BTreeMap::new();
    let of = |id| Move {
        id,
        before: Moved::default(),
        after: Moved::default(),
    };
    match pair {
        Pair::Locations { target, .. } => {
            for (id, before) in lines(conn, household, pair)? {
                let one = moves.entry(id).or_insert_with(|| of(id));
                one.before.lines.push(before);
                one.after.lines.push(MovedLine {
                    location: target,
                    ..before
                });
            }
        }
        Pair::Buckets { target, .. } => {
            for (id, before) in lines(conn, household, pair)? {
                let one = moves.entry(id).or_insert_with(|| of(id));
                one.before.lines.push(before);
                one.after.lines.push(MovedLine {
                    bucket: target,
                    ..before
                });
            }
            for (id, before) in shares(conn, household, pair)? {
                let one = moves.entry(id).or_insert_with(|| of(id));
                one.before.shares.push(before);
                one.after.shares.push(MovedShare {
                    bucket: target,
                    ..before
                });
            }
        }
        Pair::Categories { source, target } => {
            let ids: Vec<TransactionId> = transactions::table
                .filter(transactions::household_id.eq(household))
                .filter(transactions::category_id.eq(source))
                .select(transactions::id)
                .load(conn)?;
            for id in ids {
                let one = moves.entry(id).or_insert_with(|| of(id));
                one.before.category = Some(source);
                one.after.category = Some(target);
            }
        }
    }
    Ok(moves.into_values().collect())
}

/// The postings at the source, in their order.
fn lines(
    conn: &mut PgConnection,
    household: HouseholdId,
    pair: Pair,
) -> QueryResult<Vec<(TransactionId, MovedLine)>> {
    let query = postings::table
        .filter(postings::household_id.eq(household))
        .order((postings::transaction_id, postings::line))
        .select((
            postings::transaction_id,
            postings::line,
            postings::location_id,
            postings::bucket_id,
            postings::amount_minor,
        ))
        .into_boxed();
    let query = match pair {
        Pair::Locations { source, .. } => query.filter(postings::location_id.eq(source)),
        Pair::Buckets { source, .. } => query.filter(postings::bucket_id.eq(source)),
        Pair::Categories { .. } => return Ok(Vec::new()),
    };
    let rows: Vec<(TransactionId, i16, LocationId, BucketId, i64)> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, line, location, bucket, amount)| {
            (
                id,
                MovedLine {
                    line,
                    location,
                    bucket,
                    amount,
                },
            )
        })
        .collect())
}

/// The shares of the source bucket, in their order.
fn shares(
    conn: &mut PgConnection,
    household: HouseholdId,
    pair: Pair,
) -> QueryResult<Vec<(TransactionId, MovedShare)>> {
    let (source, _) = pair.ids();
    let rows: Vec<(TransactionId, i16, i32)> = split_shares::table
        .filter(split_shares::household_id.eq(household))
        .filter(split_shares::bucket_id.eq(source))
        .order((split_shares::transaction_id, split_shares::position))
        .select((
            split_shares::transaction_id,
            split_shares::position,
            split_shares::percent_bp,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, position, percent)| {
            let bucket = source.into();
            (
                id,
                MovedShare {
                    position,
                    bucket,
                    percent,
                },
            )
        })
        .collect())
}
