//! All transactions of a household, batch by batch in the order of their days: for exports.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};

use super::queries::read_amount;
use super::{Line, Share, Snapshot, Transaction};
use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId, TransactionId};
use crate::ledger::book::read_percent;
use crate::statement::{read_word, statement};

/// One line of a transaction, with what belongs to the whole repeated.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: TransactionId,
    #[diesel(sql_type = Date)]
    date: NaiveDate,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = SqlUuid)]
    category_id: CategoryId,
    #[diesel(sql_type = Nullable<Text>)]
    counterparty: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    refund_of: Option<TransactionId>,
    #[diesel(sql_type = BigInt)]
    amount_minor: i64,
    #[diesel(sql_type = Bool)]
    split: bool,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = SqlUuid)]
    location_id: LocationId,
    #[diesel(sql_type = SqlUuid)]
    bucket_id: BucketId,
    #[diesel(sql_type = BigInt)]
    line_minor: i64,
}

/// At most `number` transactions after this one, oldest day first, with their shares and without their import keys.
///
/// # Errors
/// Only database failures. An unknown household gives an empty list.
pub fn after(
    conn: &mut PgConnection,
    household: HouseholdId,
    last: Option<(NaiveDate, TransactionId)>,
    number: i32,
) -> QueryResult<Vec<Snapshot>> {
    // Postings are looked up one transaction after the other, whatever Postgres thinks how many there are: see OFFSET 0.
    let rows: Vec<Row> = statement(
        "SELECT t.id, t.date, t.kind, t.description, t.category_id, t.counterparty, t.refund_of, t.amount_minor, t.split, t.version,
                p.location_id, p.bucket_id, p.line_minor
           FROM (SELECT * FROM transactions WHERE household_id = ? AND (date, id) > (coalesce(?, '-infinity'::date), coalesce(?, '00000000-0000-0000-0000-000000000000'::uuid))
                  ORDER BY date, id LIMIT ?) t
          CROSS JOIN LATERAL (
                SELECT line, location_id, bucket_id, amount_minor AS line_minor
                  FROM postings WHERE household_id = t.household_id AND transaction_id = t.id OFFSET 0) p
          ORDER BY t.date, t.id, p.line",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Nullable<Date>, _>(last.map(|(date, _)| date))
    .bind::<Nullable<SqlUuid>, _>(last.map(|(_, id)| id.uuid()))
    .bind::<Integer, _>(number)
    .load(conn)?;
    let mut found = gather(rows)?;
    add_shares(conn, household, &mut found)?;
    Ok(found)
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

/// Puts the lines of each transaction together; they stand next to each other.
fn gather(rows: Vec<Row>) -> QueryResult<Vec<Snapshot>> {
    let mut found: Vec<Snapshot> = Vec::new();
    for row in rows {
        let line = Line {
            location: row.location_id,
            bucket: row.bucket_id,
            amount: read_amount(row.line_minor)?,
        };
        if let Some(last) = found.last_mut()
            && last.transaction.id == row.id
        {
            last.transaction.lines.push(line);
            continue;
        }
        found.push(Snapshot {
            transaction: Transaction {
                id: row.id,
                date: row.date,
                kind: read_word(&row.kind)?,
                description: row.description,
                category: row.category_id,
                counterparty: row.counterparty,
                refund_of: row.refund_of,
                amount: read_amount(row.amount_minor)?,
                split: row.split,
                version: row.version,
                lines: vec![line],
            },
            shares: Vec::new(),
            import_key: None,
        });
    }
    Ok(found)
}

fn add_shares(conn: &mut PgConnection, household: HouseholdId, found: &mut [Snapshot]) -> QueryResult<()> {
    #[derive(QueryableByName)]
    struct Part {
        #[diesel(sql_type = SqlUuid)]
        transaction_id: TransactionId,
        #[diesel(sql_type = SqlUuid)]
        bucket_id: BucketId,
        #[diesel(sql_type = Integer)]
        percent_bp: i32,
    }
    let mut splits: HashMap<TransactionId, &mut Vec<Share>> = found
        .iter_mut()
        .filter(|one| one.transaction.split)
        .map(|one| (one.transaction.id, &mut one.shares))
        .collect();
    if splits.is_empty() {
        return Ok(());
    }
    let parts: Vec<Part> = statement(
        "SELECT transaction_id, bucket_id, percent_bp
           FROM unnest(?) AS split (id)
          CROSS JOIN LATERAL (
                SELECT transaction_id, position, bucket_id, percent_bp
                  FROM split_shares WHERE household_id = ? AND transaction_id = split.id OFFSET 0) shares
          ORDER BY transaction_id, position",
    )
    .bind::<Array<SqlUuid>, _>(splits.keys().map(|id| id.uuid()).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(household)
    .load(conn)?;
    for part in parts {
        if let Some(shares) = splits.get_mut(&part.transaction_id) {
            shares.push(Share {
                bucket: part.bucket_id,
                percent: read_percent(part.percent_bp)?,
            });
        }
    }
    Ok(())
}
