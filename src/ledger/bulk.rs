//! Writing many things in one change: each statement carries a whole batch as arrays, for a row at a time would take minutes.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Date, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid,
};
use uuid::Uuid;

use super::LedgerError;
use super::book::{Bucket, Category, Location};
use super::history::{Item, Noun};
use super::transaction::{Line, Share, Snapshot};
use crate::ids::{ChangeId, HouseholdId, TransactionId};
use crate::money::Percent;
use crate::schema::buckets;
use crate::statement::statement;

/// Rows written at once.
pub const BATCH_ROWS: usize = 5000;

/// What is added to the set-up, or changed in it, together with transactions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Additions {
    /// New ones, in their order.
    pub locations: Vec<Location>,
    /// New ones, in their order.
    pub buckets: Vec<Bucket>,
    /// New ones.
    pub categories: Vec<Category>,
    /// Buckets before and after their percentage changes.
    pub percentages: Vec<(Bucket, Bucket)>,
}

impl Additions {
    /// Whether there is nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.locations.is_empty()
            && self.buckets.is_empty()
            && self.categories.is_empty()
            && self.percentages.is_empty()
    }
}

/// Stores additions; new locations and buckets come after those that are there. Returns what the history keeps of them.
///
/// # Errors
/// [`LedgerError::Invalid`] for a name that is taken or reserved.
pub fn add_to_set_up(
    conn: &mut PgConnection,
    household: HouseholdId,
    additions: &Additions,
) -> Result<Vec<Item>, LedgerError> {
    let mut items = Vec::new();
    insert_locations(conn, household, &additions.locations)?;
    for location in &additions.locations {
        items.push(Item::of(
            Noun::Location,
            location.id.uuid(),
            None::<&Location>,
            Some(location),
        )?);
    }
    insert_buckets(conn, household, &additions.buckets)?;
    for bucket in &additions.buckets {
        items.push(Item::of(
            Noun::Bucket,
            bucket.id.uuid(),
            None::<&Bucket>,
            Some(bucket),
        )?);
    }
    insert_categories(conn, household, &additions.categories)?;
    for category in &additions.categories {
        items.push(Item::of(
            Noun::Category,
            category.id.uuid(),
            None::<&Category>,
            Some(category),
        )?);
    }
    for (before, after) in &additions.percentages {
        diesel::update(buckets::table.find((household, after.id)))
            .set((
                buckets::percent_bp.eq(basis_points(after.percent)),
                buckets::version.eq(after.version),
            ))
            .execute(conn)?;
        items.push(Item::of(
            Noun::Bucket,
            after.id.uuid(),
            Some(before),
            Some(after),
        )?);
    }
    Ok(items)
}

fn insert_locations(conn: &mut PgConnection, household: HouseholdId, new: &[Location]) -> QueryResult<()> {
    statement(
        "INSERT INTO locations (household_id, id, name, kind, version, position)
         SELECT ?, id, name, kind, version, place + (SELECT coalesce(max(position), 0) FROM locations WHERE household_id = ?)
           FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS new (id, name, kind, version, place)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(each(new, |one| one.id.uuid()))
    .bind::<Array<Text>, _>(each(new, |one| one.name.clone()))
    .bind::<Array<Text>, _>(each(new, |one| one.kind.as_str()))
    .bind::<Array<Integer>, _>(each(new, |one| one.version))
    .execute(conn)
    .map(drop)
}

fn insert_buckets(conn: &mut PgConnection, household: HouseholdId, new: &[Bucket]) -> QueryResult<()> {
    statement(
        "INSERT INTO buckets (household_id, id, name, percent_bp, version, position)
         SELECT ?, id, name, percent_bp, version, place + (SELECT coalesce(max(position), 0) FROM buckets WHERE household_id = ?)
           FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS new (id, name, percent_bp, version, place)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(each(new, |one| one.id.uuid()))
    .bind::<Array<Text>, _>(each(new, |one| one.name.clone()))
    .bind::<Array<Integer>, _>(each(new, |one| basis_points(one.percent)))
    .bind::<Array<Integer>, _>(each(new, |one| one.version))
    .execute(conn)
    .map(drop)
}

fn insert_categories(conn: &mut PgConnection, household: HouseholdId, new: &[Category]) -> QueryResult<()> {
    statement(
        "INSERT INTO categories (household_id, id, name, sign, version)
         SELECT ?, * FROM unnest(?, ?, ?, ?)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(each(new, |one| one.id.uuid()))
    .bind::<Array<Text>, _>(each(new, |one| one.name.clone()))
    .bind::<Array<Text>, _>(each(new, |one| one.sign.as_str()))
    .bind::<Array<Integer>, _>(each(new, |one| one.version))
    .execute(conn)
    .map(drop)
}

/// Stores transactions that are not there, with their shares and postings. The guards that otherwise wait for the commit look at them at
/// once: what they would have to remember of a long import stays small, and the last step is not the longest.
///
/// # Errors
/// Only database failures.
pub fn insert(conn: &mut PgConnection, household: HouseholdId, new: &[Snapshot]) -> QueryResult<()> {
    insert_unchecked(conn, household, new)?;
    check_now(conn)
}

/// [`insert`] within a change that is not whole yet: the guards look later.
pub(super) fn insert_unchecked(
    conn: &mut PgConnection,
    household: HouseholdId,
    new: &[Snapshot],
) -> QueryResult<()> {
    insert_transactions(conn, household, new)?;
    insert_shares(conn, household, new)?;
    insert_postings(conn, household, new)
}

/// Lets the guards that otherwise wait for the commit look at what was written so far, so that what they refuse can still be told.
///
/// # Errors
/// What they refuse, and database failures.
pub fn check_now(conn: &mut PgConnection) -> QueryResult<()> {
    statement("SET CONSTRAINTS ALL IMMEDIATE").execute(conn)?;
    statement("SET CONSTRAINTS ALL DEFERRED").execute(conn).map(drop)
}

/// Deletes transactions with their postings and shares. The postings go first, all at once: cascading they would be added up one by one.
///
/// # Errors
/// Only database failures.
pub(super) fn remove(
    conn: &mut PgConnection,
    household: HouseholdId,
    ids: &[TransactionId],
) -> QueryResult<()> {
    for delete in [
        "DELETE FROM postings WHERE household_id = ? AND transaction_id = ANY(?)",
        "DELETE FROM transactions WHERE household_id = ? AND id = ANY(?)",
    ] {
        statement(delete)
            .bind::<SqlUuid, _>(household)
            .bind::<Array<SqlUuid>, _>(each(ids, |id| id.uuid()))
            .execute(conn)?;
    }
    Ok(())
}

fn insert_transactions(conn: &mut PgConnection, household: HouseholdId, new: &[Snapshot]) -> QueryResult<()> {
    statement(
        "INSERT INTO transactions (household_id, id, date, kind, description, category_id, counterparty, refund_of, amount_minor, split, import_key, version)
         SELECT ?, * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(each(new, |one| one.transaction.id.uuid()))
    .bind::<Array<Date>, _>(each(new, |one| one.transaction.date))
    .bind::<Array<Text>, _>(each(new, |one| one.transaction.kind.as_str()))
    .bind::<Array<Text>, _>(each(new, |one| one.transaction.description.clone()))
    .bind::<Array<SqlUuid>, _>(each(new, |one| one.transaction.category.uuid()))
    .bind::<Array<Nullable<Text>>, _>(each(new, |one| one.transaction.counterparty.clone()))
    .bind::<Array<Nullable<SqlUuid>>, _>(each(new, |one| one.transaction.refund_of.map(TransactionId::uuid)))
    .bind::<Array<BigInt>, _>(each(new, |one| one.transaction.amount.minor()))
    .bind::<Array<Bool>, _>(each(new, |one| one.transaction.split))
    .bind::<Array<Nullable<Binary>>, _>(each(new, |one| one.import_key.map(|key| key.to_vec())))
    .bind::<Array<Integer>, _>(each(new, |one| one.transaction.version))
    .execute(conn)
    .map(drop)
}

fn insert_shares(conn: &mut PgConnection, household: HouseholdId, new: &[Snapshot]) -> QueryResult<()> {
    let rows: Vec<(Uuid, i16, Share)> = new
        .iter()
        .flat_map(|one| {
            let id = one.transaction.id.uuid();
            (1..)
                .zip(&one.shares)
                .map(move |(place, share)| (id, place, *share))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    statement(
        "INSERT INTO split_shares (household_id, transaction_id, position, bucket_id, percent_bp)
         SELECT ?, * FROM unnest(?, ?, ?, ?)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(each(&rows, |(id, ..)| *id))
    .bind::<Array<SmallInt>, _>(each(&rows, |(_, place, _)| *place))
    .bind::<Array<SqlUuid>, _>(each(&rows, |(.., share)| share.bucket.uuid()))
    .bind::<Array<Integer>, _>(each(&rows, |(.., share)| basis_points(share.percent)))
    .execute(conn)
    .map(drop)
}

fn insert_postings(conn: &mut PgConnection, household: HouseholdId, new: &[Snapshot]) -> QueryResult<()> {
    let rows: Vec<(Uuid, i16, NaiveDate, Uuid, Line)> = new
        .iter()
        .flat_map(|Snapshot { transaction: one, .. }| {
            let (id, date, category) = (one.id.uuid(), one.date, one.category.uuid());
            (1..)
                .zip(&one.lines)
                .map(move |(place, line)| (id, place, date, category, *line))
        })
        .collect();
    statement(
        "INSERT INTO postings (household_id, transaction_id, line, date, category_id, location_id, bucket_id, amount_minor)
         SELECT ?, * FROM unnest(?, ?, ?, ?, ?, ?, ?)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(each(&rows, |(id, ..)| *id))
    .bind::<Array<SmallInt>, _>(each(&rows, |(_, place, ..)| *place))
    .bind::<Array<Date>, _>(each(&rows, |(_, _, date, ..)| *date))
    .bind::<Array<SqlUuid>, _>(each(&rows, |(.., category, _)| *category))
    .bind::<Array<SqlUuid>, _>(each(&rows, |(.., line)| line.location.uuid()))
    .bind::<Array<SqlUuid>, _>(each(&rows, |(.., line)| line.bucket.uuid()))
    .bind::<Array<BigInt>, _>(each(&rows, |(.., line)| line.amount.minor()))
    .execute(conn)
    .map(drop)
}

/// Adds to `change` that these transactions came with it: their ids only. `after` items are in it already.
///
/// # Errors
/// Only database failures.
pub fn remember(
    conn: &mut PgConnection,
    household: HouseholdId,
    change: ChangeId,
    after: usize,
    new: &[Snapshot],
) -> QueryResult<()> {
    let after =
        i64::try_from(after).map_err(|error| diesel::result::Error::QueryBuilderError(Box::new(error)))?;
    statement(
        "INSERT INTO change_items (household_id, change_id, position, noun, object_id)
         SELECT ?, ?, ? + place, 'transaction', id FROM unnest(?) WITH ORDINALITY AS new (id, place)",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(change)
    .bind::<BigInt, _>(after)
    .bind::<Array<SqlUuid>, _>(each(new, |one| one.transaction.id.uuid()))
    .execute(conn)
    .map(drop)
}

/// Tells Postgres's planner how much there is now. Until it knows (by itself it would, after a minute), it takes a large household for a
/// small one and joins row by row. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn refresh_statistics(conn: &mut PgConnection) -> QueryResult<()> {
    statement(
        "ANALYZE transactions, postings, split_shares, balances, monthly_totals, monthly_cells, monthly_balances, daily_totals",
    )
    .execute(conn)
    .map(drop)
}

fn each<T, V>(all: &[T], value: impl Fn(&T) -> V) -> Vec<V> {
    all.iter().map(value).collect()
}

fn basis_points(percent: Percent) -> i32 {
    percent.basis_points().into()
}
