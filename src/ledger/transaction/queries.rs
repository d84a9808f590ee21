//! Reading transactions: one by its id, and lists by filters, page by page.

use std::collections::HashMap;
use std::num::TryFromIntError;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::{Line, Share, Snapshot, Transaction};
use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId, TransactionId};
use crate::ledger::Kind;
use crate::ledger::book::read_percent;
use crate::money::Amount;
use crate::period::DateRange;
use crate::schema::split_shares;
use crate::statement::{Statement, read_word, statement};

/// Which transactions a list shows; an empty filter shows all. Of several values one has to fit. Each list is sorted and has no doubles, so
/// that filters that say the same are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Every one of these must occur in the description, whatever its case and accents.
    pub words: Vec<String>,
    /// Days.
    pub range: Option<DateRange>,
    /// What it is; none for any.
    pub kinds: Vec<Kind>,
    /// Why; none for any.
    pub categories: Vec<CategoryId>,
    /// Where; none for anywhere. Together with buckets both must meet in one posting.
    pub locations: Vec<LocationId>,
    /// What for; none for anything.
    pub buckets: Vec<BucketId>,
}

/// Where in the order (newest day first, then newest id) a page begins. Pages by position stay right while entries come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest.
    First,
    /// What comes after this transaction: older ones.
    After(NaiveDate, TransactionId),
    /// What comes before this transaction: newer ones.
    Before(NaiveDate, TransactionId),
    /// The oldest.
    Last,
}

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

/// The same with what lists do not show.
#[derive(QueryableByName)]
struct StoredRow {
    #[diesel(embed)]
    shown: Row,
    #[diesel(sql_type = Nullable<Binary>)]
    import_key: Option<Vec<u8>>,
    /// The shares of a split, where it is the only one asked for.
    #[diesel(sql_type = Nullable<Array<SqlUuid>>)]
    share_buckets: Option<Vec<BucketId>>,
    #[diesel(sql_type = Nullable<Array<Integer>>)]
    share_percents: Option<Vec<i32>>,
}

/// At most `rows_max` transactions of a page, newest first, and whether there are more beyond in the direction of travel.
///
/// # Errors
/// Only database failures. An unknown household gives an empty list.
pub fn list(
    conn: &mut PgConnection,
    household: HouseholdId,
    filter: &Filter,
    page: Page,
    rows_max: i32,
) -> QueryResult<(Vec<Transaction>, bool)> {
    let (edge, older) = match page {
        Page::First => (None, true),
        Page::After(date, id) => (Some((date, id)), true),
        Page::Before(date, id) => (Some((date, id)), false),
        Page::Last => (None, false),
    };
    // One more than asked for tells whether there is another page.
    let rows: Vec<Row> = filter
        .bind(statement(
            "SELECT t.id, t.date, t.kind, t.description, t.category_id, t.counterparty, t.refund_of, t.amount_minor, t.split, t.version,
                    p.location_id, p.bucket_id, p.amount_minor AS line_minor
               FROM find_transactions(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS found (id)
               JOIN transactions t ON t.household_id = ? AND t.id = found.id
               JOIN postings p ON p.household_id = t.household_id AND p.transaction_id = t.id
              ORDER BY t.date DESC, t.id DESC, p.line",
        ))
        .bind::<Nullable<Date>, _>(edge.map(|(date, _)| date))
        .bind::<Nullable<SqlUuid>, _>(edge.map(|(_, id)| id.uuid()))
        .bind::<Bool, _>(older)
        .bind::<Integer, _>(rows_max + 1)
        .bind::<SqlUuid, _>(household)
        .load(conn)?;
    let mut found = gather(rows)?;
    let wanted = usize::try_from(rows_max).map_err(out_of_range)?;
    let more = found.len() > wanted;
    if more && older {
        found.truncate(wanted);
    } else if more {
        found.drain(..found.len() - wanted);
    }
    Ok((found, more))
}

/// One transaction with all that is stored of it.
///
/// # Errors
/// Only database failures. A foreign id is as unknown as a missing one.
pub fn find(
    conn: &mut PgConnection,
    household: HouseholdId,
    id: TransactionId,
) -> QueryResult<Option<Snapshot>> {
    Ok(find_all(conn, household, &[id])?.pop())
}

/// Those of these transactions that are there, with all that is stored of them, newest first.
///
/// # Errors
/// Only database failures. A foreign id is as unknown as a missing one.
pub fn find_all(
    conn: &mut PgConnection,
    household: HouseholdId,
    ids: &[TransactionId],
) -> QueryResult<Vec<Snapshot>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    // One brings its shares along, which saves its page a statement; those of many are read once for all.
    let is_one = ids.len() == 1;
    let rows: Vec<StoredRow> = statement(
        "SELECT t.id, t.date, t.kind, t.description, t.category_id, t.counterparty, t.refund_of, t.amount_minor, t.split, t.version,
                t.import_key, p.location_id, p.bucket_id, p.amount_minor AS line_minor,
                CASE WHEN ? AND t.split THEN ARRAY(SELECT s.bucket_id FROM split_shares s
                      WHERE s.household_id = t.household_id AND s.transaction_id = t.id ORDER BY s.position) END AS share_buckets,
                CASE WHEN ? AND t.split THEN ARRAY(SELECT s.percent_bp FROM split_shares s
                      WHERE s.household_id = t.household_id AND s.transaction_id = t.id ORDER BY s.position) END AS share_percents
           FROM transactions t
           JOIN postings p ON p.household_id = t.household_id AND p.transaction_id = t.id
          WHERE t.household_id = ? AND t.id = ANY(?)
          ORDER BY t.date DESC, t.id DESC, p.line",
    )
    .bind::<Bool, _>(is_one)
    .bind::<Bool, _>(is_one)
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(ids.clone())
    .load(conn)?;
    let mut keys: HashMap<TransactionId, Option<Vec<u8>>> = HashMap::new();
    let mut shares: HashMap<TransactionId, Vec<Share>> = HashMap::new();
    let mut shown = Vec::with_capacity(rows.len());
    for stored in rows {
        keys.insert(stored.shown.id, stored.import_key);
        if let (Some(buckets), Some(percents)) = (stored.share_buckets, stored.share_percents) {
            let read = buckets.into_iter().zip(percents).map(|(bucket, percent)| {
                Ok(Share {
                    bucket,
                    percent: read_percent(percent)?,
                })
            });
            shares.insert(stored.shown.id, read.collect::<QueryResult<_>>()?);
        }
        shown.push(stored.shown);
    }
    let found = gather(shown)?;
    if !is_one && found.iter().any(|one| one.split) {
        shares = shares_of(conn, household, &ids)?;
    }
    found
        .into_iter()
        .map(|transaction| {
            Ok(Snapshot {
                shares: shares.remove(&transaction.id).unwrap_or_default(),
                import_key: keys.remove(&transaction.id).flatten().map(read_key).transpose()?,
                transaction,
            })
        })
        .collect()
}

fn read_key(key: Vec<u8>) -> QueryResult<[u8; 16]> {
    let length = key.len();
    key.try_into().map_err(|_| {
        diesel::result::Error::DeserializationError(format!("an import key has {length} bytes").into())
    })
}

fn shares_of(
    conn: &mut PgConnection,
    household: HouseholdId,
    ids: &[Uuid],
) -> QueryResult<HashMap<TransactionId, Vec<Share>>> {
    let rows: Vec<(TransactionId, BucketId, i32)> = split_shares::table
        .filter(split_shares::household_id.eq(household))
        .filter(split_shares::transaction_id.eq_any(ids))
        .order((split_shares::transaction_id, split_shares::position))
        .select((
            split_shares::transaction_id,
            split_shares::bucket_id,
            split_shares::percent_bp,
        ))
        .load(conn)?;
    let mut shares: HashMap<TransactionId, Vec<Share>> = HashMap::new();
    for (id, bucket, percent) in rows {
        let percent = read_percent(percent)?;
        shares.entry(id).or_default().push(Share { bucket, percent });
    }
    Ok(shares)
}

/// Puts the lines of each transaction together; they stand next to each other.
fn gather(rows: Vec<Row>) -> QueryResult<Vec<Transaction>> {
    let mut found: Vec<Transaction> = Vec::new();
    for row in rows {
        let line = Line {
            location: row.location_id,
            bucket: row.bucket_id,
            amount: read_amount(row.line_minor)?,
        };
        match found.last_mut() {
            Some(last) if last.id == row.id => last.lines.push(line),
            _ => found.push(Transaction {
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
            }),
        }
    }
    Ok(found)
}

fn read_amount(minor: i64) -> QueryResult<Amount> {
    Amount::from_minor(minor).map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}

fn out_of_range(error: TryFromIntError) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(Box::new(error))
}

impl Filter {
    /// Whether it shows everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it looks at some locations or buckets only, and so perhaps at parts of transactions.
    #[must_use]
    pub fn has_place(&self) -> bool {
        !self.locations.is_empty() || !self.buckets.is_empty()
    }

    /// Whether a line lies at one of the filter's locations and in one of its buckets.
    #[must_use]
    pub fn holds(&self, line: &Line) -> bool {
        (self.locations.is_empty() || self.locations.contains(&line.location))
            && (self.buckets.is_empty() || self.buckets.contains(&line.bucket))
    }

    /// Gives a statement the seven parameters that the search functions begin with.
    pub(super) fn bind(&self, statement: Statement) -> Statement {
        fn some<T, U>(values: &[T], write: impl Fn(&T) -> U) -> Option<Vec<U>> {
            (!values.is_empty()).then(|| values.iter().map(write).collect())
        }
        statement
            .bind::<Nullable<Array<Text>>, _>(some(&self.words, Clone::clone))
            .bind::<Nullable<Date>, _>(self.range.map(|range| range.from))
            .bind::<Nullable<Date>, _>(self.range.map(|range| range.until))
            .bind::<Nullable<Array<Text>>, _>(some(&self.kinds, |kind| kind.as_str()))
            .bind::<Nullable<Array<SqlUuid>>, _>(some(&self.categories, |id| id.uuid()))
            .bind::<Nullable<Array<SqlUuid>>, _>(some(&self.locations, |id| id.uuid()))
            .bind::<Nullable<Array<SqlUuid>>, _>(some(&self.buckets, |id| id.uuid()))
    }
}
