//! What was done to the ledger: one change a command, with everything it touched before and after. [`undo`] reads it, and is a change itself.

mod entries;
mod of_one;
mod setting;
mod since;
mod undo;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

pub use of_one::{Moment, of_one};
pub use undo::{Undone, undo};

use super::moved::Move;
use super::thing::Thing;
use super::transaction::Snapshot;
use super::{LedgerError, bulk};
use crate::households::Member;
use crate::ids::{ChangeId, HouseholdId, TransactionId};
use crate::schema::{change_items, changes};
use crate::statement::statement;

/// What a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    /// A transaction.
    Transaction,
    /// A location.
    Location,
    /// A bucket.
    Bucket,
    /// A category.
    Category,
    /// A transaction of which the history tells only what a merge moved.
    Moved,
}

impl Noun {
    /// The word as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::Location => "location",
            Self::Bucket => "bucket",
            Self::Category => "category",
            Self::Moved => "moved",
        }
    }
}

impl std::str::FromStr for Noun {
    type Err = super::UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [
            Self::Transaction,
            Self::Location,
            Self::Bucket,
            Self::Category,
            Self::Moved,
        ]
        .into_iter()
        .find(|noun| noun.as_str() == word)
        .ok_or_else(|| super::UnknownWord::new(word))
    }
}

/// One thing that a change touched.
#[derive(Debug, Clone)]
pub struct Item {
    noun: Noun,
    object: Uuid,
    before: Option<Value>,
    after: Option<Value>,
}

impl Item {
    /// Something of the set-up, before and after.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(
        noun: Noun,
        object: impl Into<Uuid>,
        before: Option<&impl Serialize>,
        after: Option<&impl Serialize>,
    ) -> Result<Self, LedgerError> {
        Ok(Self {
            noun,
            object: object.into(),
            before: before.map(to_json).transpose()?,
            after: after.map(to_json).transpose()?,
        })
    }

    /// Whatever it is of the set-up, before and after; one of the two is there.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn thing(before: Option<&Thing>, after: Option<&Thing>) -> Result<Self, LedgerError> {
        let Some(one) = after.or(before) else {
            return Err(LedgerError::NotFound("thing"));
        };
        Ok(Self {
            noun: one.noun(),
            object: one.id(),
            before: before.map(Thing::to_json).transpose()?,
            after: after.map(Thing::to_json).transpose()?,
        })
    }

    /// A transaction, before and after.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn transaction(before: Option<&Snapshot>, after: Option<&Snapshot>) -> Result<Self, LedgerError> {
        let id = after
            .or(before)
            .map_or(Uuid::nil(), |snapshot| snapshot.transaction.id.uuid());
        Self::of(Noun::Transaction, id, before, after)
    }

    /// What was moved of a transaction.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn moved(one: &Move) -> Result<Self, LedgerError> {
        Self::of(Noun::Moved, one.id.uuid(), Some(&one.before), Some(&one.after))
    }
}

/// What the history writes down.
pub(super) fn to_json(value: &impl Serialize) -> Result<Value, LedgerError> {
    serde_json::to_value(value)
        .map_err(|error| LedgerError::Database(diesel::result::Error::SerializationError(Box::new(error))))
}

/// What the history wrote down.
pub(super) fn from_json<T: DeserializeOwned>(json: Value) -> Result<T, LedgerError> {
    serde_json::from_value(json)
        .map_err(|error| LedgerError::Database(diesel::result::Error::DeserializationError(Box::new(error))))
}

/// What is written down about a command.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// What was done, such as `transaction.add`.
    pub action: &'static str,
    /// A few words for people.
    pub summary: &'a str,
    /// The change that this one takes back.
    pub undoes: Option<ChangeId>,
}

/// Appends a change.
///
/// # Errors
/// Only database failures.
pub fn record(
    conn: &mut PgConnection,
    member: &Member,
    record: &Record<'_>,
    items: &[Item],
) -> QueryResult<ChangeId> {
    let id = ChangeId::new();
    diesel::insert_into(changes::table)
        .values((
            changes::household_id.eq(member.household),
            changes::id.eq(id),
            changes::user_id.eq(member.user),
            changes::action.eq(record.action),
            changes::summary.eq(record.summary),
            changes::undoes.eq(record.undoes),
        ))
        .execute(conn)?;
    let mut before = 0;
    for batch in items.chunks(bulk::BATCH_ROWS) {
        statement(
            "INSERT INTO change_items (household_id, change_id, position, noun, object_id, before, after)
             SELECT ?, ?, ? + place, noun, object_id, before, after
               FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS new (noun, object_id, before, after, place)",
        )
        .bind::<SqlUuid, _>(member.household)
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(before)
        .bind::<Array<Text>, _>(batch.iter().map(|item| item.noun.as_str()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(batch.iter().map(|item| item.object).collect::<Vec<_>>())
        .bind::<Array<Nullable<Jsonb>>, _>(batch.iter().map(|item| item.before.clone()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Jsonb>>, _>(batch.iter().map(|item| item.after.clone()).collect::<Vec<_>>())
        .execute(conn)?;
        before += i64::try_from(batch.len())
            .map_err(|error| diesel::result::Error::QueryBuilderError(Box::new(error)))?;
    }
    Ok(id)
}

/// The one transaction that a change touched; nothing when it touched none or several, as an import does.
///
/// # Errors
/// Only database failures. A foreign change is as unknown as a missing one.
pub fn only_transaction(
    conn: &mut PgConnection,
    household: HouseholdId,
    change: ChangeId,
) -> QueryResult<Option<TransactionId>> {
    let touched: Vec<TransactionId> = change_items::table
        .filter(change_items::household_id.eq(household))
        .filter(change_items::change_id.eq(change))
        .filter(change_items::noun.eq(Noun::Transaction.as_str()))
        .select(change_items::object_id)
        .limit(2)
        .load::<Uuid>(conn)?
        .into_iter()
        .map(TransactionId::from)
        .collect();
    Ok(match touched.as_slice() {
        [one] => Some(*one),
        _ => None,
    })
}
