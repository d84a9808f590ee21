//! Buckets: what money is for, and how income is divided. Commands, and an income to show the division by; reading the rest is the [`Book`]'s.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};

use super::book::Bucket;
use super::history::{self, Item, Noun, Record};
use super::thing;
use super::{Book, LedgerError, Problem, name};
use crate::households::Member;
use crate::ids::{BucketId, ChangeId, HouseholdId};
use crate::money::Percent;
use crate::schema::buckets;
use crate::statement::statement;

/// The day and the minor units of the latest income up to `today` that was split, or of the latest one at all; only recent ones are looked at.
///
/// # Errors
/// Only database failures.
pub fn latest_income(
    conn: &mut PgConnection,
    household: HouseholdId,
    today: NaiveDate,
) -> QueryResult<Option<(NaiveDate, i64)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Date)]
        date: NaiveDate,
        #[diesel(sql_type = BigInt)]
        amount_minor: i64,
    }
    let found: Option<Row> = statement(
        "SELECT date, amount_minor FROM (
             SELECT id, date, amount_minor, split FROM transactions
              WHERE household_id = ? AND kind = 'income' AND date <= ? ORDER BY date DESC, id DESC LIMIT 50) recent
          WHERE amount_minor > 0 ORDER BY split DESC, date DESC, id DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Date, _>(today)
    .get_result(conn)
    .optional()?;
    Ok(found.map(|row| (row.date, row.amount_minor)))
}

/// What is wrong with a name, apart from being taken: for forms that have other fields to complain about as well.
#[must_use]
pub fn name_problem(name: &str) -> Option<Problem> {
    name_of(name).err()
}

/// A bucket's name, checked: `*` stands for a split in files.
fn name_of(text: &str) -> Result<String, Problem> {
    let name = name::required("name", text)?;
    if name == "*" {
        let message = "* stands for a split in CSV files. Choose another name.".into();
        return Err(Problem {
            field: "name",
            message,
        });
    }
    Ok(name)
}

/// Whether a percentage that somebody else changed would be overwritten unseen. Each is given with the version of its bucket that was read.
#[must_use]
pub fn overwrites_unseen(book: &Book, percentages: &[(BucketId, Percent, i32)]) -> bool {
    percentages.iter().any(|(id, percent, version)| {
        book.bucket(*id)
            .is_some_and(|bucket| bucket.percent != *percent && bucket.version != *version)
    })
}

/// Adds a bucket at the end of the order.
///
/// # Errors
/// [`LedgerError::Invalid`] for a name that is empty, too long or taken, and for percentages over 100 in sum.
pub fn add(
    conn: &mut PgConnection,
    member: &Member,
    name: &str,
    percent: Percent,
) -> Result<(BucketId, ChangeId), LedgerError> {
    let name = name_of(name).map_err(|problem| LedgerError::Invalid(vec![problem]))?;
    let book = Book::load(conn, member.household)?;
    check_sum(member, book.percent_sum_bp() + u32::from(percent.basis_points()))?;
    let last: Option<i32> = buckets::table
        .filter(buckets::household_id.eq(member.household))
        .select(diesel::dsl::max(buckets::position))
        .first(conn)?;
    let id = BucketId::new();
    diesel::insert_into(buckets::table)
        .values((
            buckets::household_id.eq(member.household),
            buckets::id.eq(id),
            buckets::name.eq(&name),
            buckets::percent_bp.eq(i32::from(percent.basis_points())),
            buckets::position.eq(last.unwrap_or(0) + 1),
        ))
        .execute(conn)?;
    let change = remember(conn, member, "bucket.add", &name, &Book::default(), &[id])?;
    Ok((id, change))
}

/// Renames a bucket that was read at `version`, and sets percentages, in one change. Nothing is written where all stay as they are.
///
/// # Errors
/// [`LedgerError::NotFound`], [`LedgerError::Stale`], [`LedgerError::Invalid`], and as [`set_percentages`].
pub fn edit(
    conn: &mut PgConnection,
    member: &Member,
    id: BucketId,
    version: i32,
    name: &str,
    percentages: &[(BucketId, Percent)],
) -> Result<Option<ChangeId>, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let bucket = of(&book, id)?;
    if bucket.version != version {
        return Err(LedgerError::Stale);
    }
    let name = name_of(name).map_err(|problem| LedgerError::Invalid(vec![problem]))?;
    let is_renamed = bucket.name != name;
    if is_renamed {
        diesel::update(buckets::table.find((member.household, id)))
            .set((buckets::name.eq(&name), buckets::version.eq(version + 1)))
            .execute(conn)?;
    }
    let mut changed = write_percentages(conn, member, &book, percentages)?;
    if is_renamed && !changed.contains(&id) {
        changed.insert(0, id);
    }
    if changed.is_empty() {
        return Ok(None);
    }
    remember(conn, member, "bucket.edit", &name, &book, &changed).map(Some)
}

/// Sets the percentages of buckets in use; those not named keep theirs. Counts for income from now on: earlier entries keep their split.
/// Nothing is written where all stay as they are.
///
/// # Errors
/// [`LedgerError::NotFound`], [`LedgerError::Blocked`] for a bucket that is archived, [`LedgerError::Invalid`] for more than 100 % in sum.
pub fn set_percentages(
    conn: &mut PgConnection,
    member: &Member,
    percentages: &[(BucketId, Percent)],
) -> Result<Option<ChangeId>, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let changed = write_percentages(conn, member, &book, percentages)?;
    if changed.is_empty() {
        return Ok(None);
    }
    remember(conn, member, "bucket.percentages", "Percentages", &book, &changed).map(Some)
}

/// Stores percentages that differ from those in `book`, and says whose they are.
fn write_percentages(
    conn: &mut PgConnection,
    member: &Member,
    book: &Book,
    percentages: &[(BucketId, Percent)],
) -> Result<Vec<BucketId>, LedgerError> {
    let wanted = |bucket: &Bucket| {
        percentages
            .iter()
            .find(|(id, _)| *id == bucket.id)
            .map(|(_, percent)| *percent)
    };
    for (id, _) in percentages {
        let bucket = of(book, *id)?;
        if bucket.archived_at.is_some() {
            let sentence = format!(
                "{} is archived, so it takes no income. Nothing was saved.",
                bucket.name
            );
            return Err(LedgerError::Blocked(sentence));
        }
    }
    check_sum(
        member,
        book.active_buckets()
            .map(|bucket| u32::from(wanted(bucket).unwrap_or(bucket.percent).basis_points()))
            .sum(),
    )?;
    let mut changed = Vec::new();
    for bucket in book.active_buckets() {
        let Some(percent) = wanted(bucket).filter(|percent| *percent != bucket.percent) else {
            continue;
        };
        diesel::update(buckets::table.find((member.household, bucket.id)))
            .set((
                buckets::percent_bp.eq(i32::from(percent.basis_points())),
                buckets::version.eq(bucket.version + 1),
            ))
            .execute(conn)?;
        changed.push(bucket.id);
    }
    Ok(changed)
}

/// Archives a bucket that holds nothing: it takes no more income and leaves the lists, its percentage becomes free, its history stays.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] while it holds money, and when it is archived already.
pub fn archive(conn: &mut PgConnection, member: &Member, id: BucketId) -> Result<ChangeId, LedgerError> {
    thing::archive(conn, member, Noun::Bucket, id.uuid(), Vec::new())
}

/// Takes an archived bucket back into use, at 0 %.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when it is in use; [`LedgerError::Invalid`] when its name was given to another meanwhile.
pub fn restore(conn: &mut PgConnection, member: &Member, id: BucketId) -> Result<ChangeId, LedgerError> {
    thing::restore(conn, member, Noun::Bucket, id.uuid())
}

/// Takes a bucket away that was never used.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when an entry names it, or a share of a split.
pub fn delete(conn: &mut PgConnection, member: &Member, id: BucketId) -> Result<ChangeId, LedgerError> {
    thing::delete(conn, member, Noun::Bucket, id.uuid())
}

fn of(book: &Book, id: BucketId) -> Result<&Bucket, LedgerError> {
    book.bucket(id).ok_or(LedgerError::NotFound("bucket"))
}

/// Refuses more than 100 % in sum.
pub(super) fn check_sum(member: &Member, sum_bp: u32) -> Result<(), LedgerError> {
    let Some(over) = sum_bp.checked_sub(10_000).filter(|over| *over > 0) else {
        return Ok(());
    };
    let say = |basis_points: u32| member.number_format.basis_points(basis_points.into());
    let message = format!(
        "The shares add up to {}%. Take away {}%; nothing was saved.",
        say(sum_bp),
        say(over)
    );
    Err(LedgerError::invalid("allocation_percentage", message))
}

fn remember(
    conn: &mut PgConnection,
    member: &Member,
    action: &'static str,
    summary: &str,
    before: &Book,
    changed: &[BucketId],
) -> Result<ChangeId, LedgerError> {
    let after = Book::load(conn, member.household)?;
    let items = changed
        .iter()
        .map(|id| Item::of(Noun::Bucket, id.uuid(), before.bucket(*id), after.bucket(*id)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(history::record(
        conn,
        member,
        &Record {
            action,
            summary,
            undoes: None,
        },
        &items,
    )?)
}
