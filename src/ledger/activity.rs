//! The history as people read it: the changes of a household, newest first, and those of one transaction.
//!
//! A change may hold a hundred thousand items, so only its first ones are read, and the rest is counted.

mod names;
mod rows;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

pub use names::Names;
use rows::{ChangeRow, EntryRow, ItemRow};

use super::book::{Bucket, Category, Location};
use super::history::Noun;
use super::moved::Moved;
use super::transaction::Snapshot;
use crate::ids::{ChangeId, HouseholdId, TransactionId, UserId};
use crate::statement::statement;

/// Items that are read of a change; the rest is counted.
pub const ITEMS_MAX: i32 = 20;

/// Which changes are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who did it.
    pub person: Option<UserId>,
    /// What was done something to.
    pub subject: Option<Subject>,
}

/// What a change is about, as people choose from. An undo is about what it takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Single entries.
    Entries,
    /// Files brought in.
    Imports,
    /// Locations.
    Locations,
    /// Buckets and their percentages.
    Buckets,
    /// Categories.
    Categories,
}

impl Subject {
    /// All of them, in the order in which people are shown them.
    pub const ALL: &'static [Self] = &[
        Self::Entries,
        Self::Imports,
        Self::Locations,
        Self::Buckets,
        Self::Categories,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Imports => "imports",
            Self::Locations => "locations",
            Self::Buckets => "buckets",
            Self::Categories => "categories",
        }
    }

    /// What the actions begin with.
    const fn pattern(self) -> &'static str {
        match self {
            Self::Entries => "transaction.%",
            Self::Imports => "import%",
            Self::Locations => "location.%",
            Self::Buckets => "bucket.%",
            Self::Categories => "category.%",
        }
    }
}

impl std::str::FromStr for Subject {
    type Err = super::UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|subject| subject.as_str() == word)
            .ok_or_else(|| super::UnknownWord::new(word))
    }
}

/// One command, and what it did.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its identifier.
    pub id: ChangeId,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Who did it; nothing once that account is deleted.
    pub by: Option<UserId>,
    /// Whether it did something, took something back, or did it again.
    pub turn: Turn,
    /// What it did, took back or did again, such as `transaction.add`.
    pub deed: String,
    /// The words that were written down for people.
    pub summary: String,
    /// Who took it back, if anybody did.
    pub undone: Option<Undone>,
    /// The first of what it touched. Of one transaction's history: what it did to that one.
    pub items: Vec<Item>,
    /// How much it touched. Of one transaction's history: of that one.
    pub counts: Counts,
    /// Whether it touched other transactions too, in one transaction's history.
    pub touches_others: bool,
}

/// The change that a page ends before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Its identifier.
    pub id: ChangeId,
    /// When it was done.
    pub at: DateTime<Utc>,
}

/// Which way a change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Something was done.
    Done,
    /// Something was taken back.
    Undone,
    /// What was taken back, was done again.
    Redone,
}

/// A change was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; nothing once that account is deleted.
    pub by: Option<UserId>,
}

/// How many things a change touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions that were added, changed or deleted.
    pub transactions: i64,
    /// Transactions of which a merge moved parts.
    pub moved: i64,
    /// Locations.
    pub locations: i64,
    /// Buckets.
    pub buckets: i64,
    /// Categories.
    pub categories: i64,
}

impl Counts {
    /// Everything together.
    #[must_use]
    pub const fn all(self) -> i64 {
        self.transactions + self.moved + self.locations + self.buckets + self.categories
    }
}

/// One thing that a change touched.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub object: Uuid,
    /// Whether it is a transaction that is there now.
    pub is_there: bool,
    /// What it was and what it became.
    pub what: What,
}

/// What a thing was before a change, and after it.
#[derive(Debug, Clone)]
pub enum What {
    /// A transaction; without both sides, it came with an import.
    Transaction(Box<Sides<Snapshot>>),
    /// Parts of a transaction.
    Moved(Sides<Moved>),
    /// A location.
    Location(Sides<Location>),
    /// A bucket.
    Bucket(Sides<Bucket>),
    /// A category.
    Category(Sides<Category>),
}

/// Before and after.
#[derive(Debug, Clone)]
pub struct Sides<T> {
    /// Nothing when it was not there.
    pub before: Option<T>,
    /// Nothing when it was gone.
    pub after: Option<T>,
}

/// At most `changes_max` changes, newest first and not before `since`, from `start` on (which is the first of them), and the one that comes
/// next, whenever it was.
///
/// # Errors
/// Only database failures. A foreign change is as unknown as a missing one: nothing comes after it.
pub fn page(
    conn: &mut PgConnection,
    household: HouseholdId,
    filter: Filter,
    start: Option<ChangeId>,
    since: Option<DateTime<Utc>>,
    changes_max: i32,
) -> QueryResult<(Vec<Change>, Option<Next>)> {
    let mut rows: Vec<ChangeRow> = statement(
        "SELECT c.id, c.at, c.user_id, c.action, c.summary, root.action AS deed, u.at AS undone_at, u.user_id AS undone_by
           FROM changes c
          CROSS JOIN LATERAL (
                WITH RECURSIVE up AS (
                    SELECT c.action, c.undoes
                     UNION ALL
                    SELECT o.action, o.undoes FROM up JOIN changes o ON o.household_id = ? AND o.id = up.undoes)
                SELECT up.action FROM up WHERE up.undoes IS NULL) root
           LEFT JOIN changes u ON u.household_id = c.household_id AND u.undoes = c.id
          WHERE c.household_id = ?
            AND (?::uuid IS NULL OR c.user_id = ?)
            AND (?::text IS NULL OR root.action LIKE ?)
            AND (?::uuid IS NULL OR (c.at, c.id) <= (SELECT s.at, s.id FROM changes s WHERE s.household_id = ? AND s.id = ?))
          ORDER BY c.at DESC, c.id DESC
          LIMIT ?",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(household)
    .bind::<Nullable<SqlUuid>, _>(filter.person.map(UserId::uuid))
    .bind::<Nullable<SqlUuid>, _>(filter.person.map(UserId::uuid))
    .bind::<Nullable<Text>, _>(filter.subject.map(Subject::pattern))
    .bind::<Nullable<Text>, _>(filter.subject.map(Subject::pattern))
    .bind::<Nullable<SqlUuid>, _>(start.map(ChangeId::uuid))
    .bind::<SqlUuid, _>(household)
    .bind::<Nullable<SqlUuid>, _>(start.map(ChangeId::uuid))
    .bind::<Integer, _>(changes_max + 1)
    .load(conn)?;
    let fitting = usize::try_from(changes_max).unwrap_or_default();
    let recent = rows
        .iter()
        .take_while(|row| since.is_none_or(|since| row.at >= since));
    let shown = recent.count().min(fitting);
    let next = rows.get(shown).map(|row| Next {
        id: row.id,
        at: row.at,
    });
    rows.truncate(shown);
    let items = items(conn, household, &rows)?;
    let mut found: Vec<Change> = rows.into_iter().map(ChangeRow::change).collect();
    for row in items {
        let place = found.iter_mut().find(|change| change.id.uuid() == row.change_id);
        if let Some(change) = place {
            row.add_to(change)?;
        }
    }
    Ok((found, next))
}

/// The first items of each change, and how many of each noun it has in all.
///
/// Of a large change most items are of one noun, and stand together: what an import brought, what a merge moved. Their number is where they
/// begin and end, and only the others are counted. Whether an entry is there is asked one by one: as `EXISTS` Postgres looks
/// through all entries instead. And it takes no `coalesce` to be safe under row-level security, so that it would not use the index.
fn items(conn: &mut PgConnection, household: HouseholdId, rows: &[ChangeRow]) -> QueryResult<Vec<ItemRow>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let changes: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
    let mostly: Vec<&str> = rows
        .iter()
        .map(|row| {
            if matches!(row.deed.split_once('.'), Some((_, "merge"))) {
                Noun::Moved.as_str()
            } else {
                Noun::Transaction.as_str()
            }
        })
        .collect();
    statement(
        "SELECT wanted.id AS change_id, i.noun, i.object_id, i.before, i.after, NULL::bigint AS number,
                coalesce((SELECT true FROM transactions t WHERE t.household_id = ? AND t.id = i.object_id), false) AS is_there
           FROM unnest(?) WITH ORDINALITY AS wanted (id, place)
          CROSS JOIN LATERAL (
                SELECT * FROM change_items WHERE household_id = ? AND change_id = wanted.id ORDER BY position LIMIT ?) i
          UNION ALL
         SELECT wanted.id, n.noun, wanted.id, NULL, NULL, n.number, false
           FROM unnest(?, ?) AS wanted (id, mostly)
          CROSS JOIN (SELECT ?::uuid AS household, 2147483647 AS beyond) asked
          CROSS JOIN LATERAL (
                SELECT max(position) > 1000 AS is_large FROM change_items WHERE household_id = household AND change_id = wanted.id) size
           LEFT JOIN LATERAL (
                SELECT position AS first FROM change_items
                 WHERE size.is_large AND household_id = household AND change_id = wanted.id AND noun = mostly ORDER BY position LIMIT 1) begins ON true
           LEFT JOIN LATERAL (
                SELECT position AS last FROM change_items
                 WHERE size.is_large AND household_id = household AND change_id = wanted.id AND noun = mostly ORDER BY position DESC LIMIT 1) ends ON true
          CROSS JOIN LATERAL (
                SELECT noun, sum(number)::bigint AS number FROM (
                    SELECT noun, count(*) AS number FROM change_items
                     WHERE household_id = household AND change_id = wanted.id AND position < CASE WHEN first IS NULL THEN beyond ELSE first END GROUP BY noun
                     UNION ALL
                    SELECT noun, count(*) FROM change_items
                     WHERE household_id = household AND change_id = wanted.id AND position > CASE WHEN last IS NULL THEN beyond ELSE last END GROUP BY noun
                     UNION ALL
                    SELECT mostly, last - first + 1 WHERE first IS NOT NULL) parts
                 GROUP BY noun) n",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(changes.clone())
    .bind::<SqlUuid, _>(household)
    .bind::<Integer, _>(ITEMS_MAX)
    .bind::<Array<SqlUuid>, _>(changes)
    .bind::<Array<Text>, _>(mostly)
    .bind::<SqlUuid, _>(household)
    .load(conn)
}

/// At most `changes_max` changes of one transaction, newest first, and whether there are older ones. A change has of its items only this
/// transaction's.
///
/// # Errors
/// Only database failures. A foreign transaction has no changes.
pub fn of_transaction(
    conn: &mut PgConnection,
    household: HouseholdId,
    id: TransactionId,
    changes_max: i32,
) -> QueryResult<(Vec<Change>, bool)> {
    let rows: Vec<EntryRow> = statement(
        "SELECT c.id, c.at, c.user_id, c.action, c.summary, root.action AS deed, u.at AS undone_at, u.user_id AS undone_by,
                i.noun, i.before, i.after,
                EXISTS (SELECT FROM change_items o
                         WHERE o.household_id = i.household_id AND o.change_id = i.change_id AND o.object_id <> i.object_id
                           AND o.noun IN ('transaction', 'moved')) AS touches_others
           FROM change_items i
           JOIN changes c ON c.household_id = i.household_id AND c.id = i.change_id
          CROSS JOIN LATERAL (
                WITH RECURSIVE up AS (
                    SELECT c.action, c.undoes
                     UNION ALL
                    SELECT o.action, o.undoes FROM up JOIN changes o ON o.household_id = ? AND o.id = up.undoes)
                SELECT up.action FROM up WHERE up.undoes IS NULL) root
           LEFT JOIN changes u ON u.household_id = c.household_id AND u.undoes = c.id
          WHERE i.household_id = ? AND i.object_id = ? AND i.noun IN ('transaction', 'moved')
          ORDER BY c.at DESC, c.id DESC
          LIMIT ?",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(changes_max + 1)
    .load(conn)?;
    let shown = usize::try_from(changes_max).unwrap_or_default();
    let more = rows.len() > shown;
    let changes = rows.into_iter().take(shown).map(|row| row.change(id));
    Ok((changes.collect::<QueryResult<_>>()?, more))
}
