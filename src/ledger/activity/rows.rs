//! What the statements of the history answer, and the [`Change`]s that are made of it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::{Change, Counts, Item, Sides, Turn, Undone, What};
use crate::ids::{ChangeId, TransactionId, UserId};

/// A change without what it touched.
#[derive(QueryableByName)]
pub(super) struct ChangeRow {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: ChangeId,
    #[diesel(sql_type = Timestamptz)]
    pub(super) at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    user_id: Option<UserId>,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Text)]
    summary: String,
    #[diesel(sql_type = Text)]
    pub(super) deed: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    undone_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    undone_by: Option<UserId>,
}

impl ChangeRow {
    pub(super) fn change(self) -> Change {
        Change {
            id: self.id,
            at: self.at,
            by: self.user_id,
            turn: match self.action.as_str() {
                "undo" => Turn::Undone,
                "redo" => Turn::Redone,
                _ => Turn::Done,
            },
            deed: self.deed,
            summary: self.summary,
            undone: self.undone_at.map(|at| Undone {
                at,
                by: self.undone_by,
            }),
            items: Vec::new(),
            counts: Counts::default(),
            touches_others: false,
        }
    }
}

/// An item of a change; or, with a `number`, how many of its noun there are.
#[derive(QueryableByName)]
pub(super) struct ItemRow {
    #[diesel(sql_type = SqlUuid)]
    pub(super) change_id: Uuid,
    #[diesel(sql_type = Text)]
    noun: String,
    #[diesel(sql_type = SqlUuid)]
    object_id: Uuid,
    #[diesel(sql_type = Nullable<Jsonb>)]
    before: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    after: Option<Value>,
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
    #[diesel(sql_type = Bool)]
    is_there: bool,
}

impl ItemRow {
    pub(super) fn add_to(self, change: &mut Change) -> QueryResult<()> {
        if let Some(number) = self.number {
            *change.counts.of(&self.noun) = number;
            return Ok(());
        }
        change.items.push(Item {
            object: self.object_id,
            is_there: self.is_there,
            what: What::read(&self.noun, self.before, self.after)?,
        });
        Ok(())
    }
}

/// A change, and what it did to one transaction.
#[derive(QueryableByName)]
pub(super) struct EntryRow {
    #[diesel(embed)]
    change: ChangeRow,
    #[diesel(sql_type = Text)]
    noun: String,
    #[diesel(sql_type = Nullable<Jsonb>)]
    before: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    after: Option<Value>,
    #[diesel(sql_type = Bool)]
    touches_others: bool,
}

impl EntryRow {
    pub(super) fn change(self, id: TransactionId) -> QueryResult<Change> {
        let mut change = self.change.change();
        *change.counts.of(&self.noun) = 1;
        change.touches_others = self.touches_others;
        change.items.push(Item {
            object: id.uuid(),
            is_there: true,
            what: What::read(&self.noun, self.before, self.after)?,
        });
        Ok(change)
    }
}

impl Counts {
    fn of(&mut self, noun: &str) -> &mut i64 {
        match noun {
            "location" => &mut self.locations,
            "bucket" => &mut self.buckets,
            "category" => &mut self.categories,
            "moved" => &mut self.moved,
            _ => &mut self.transactions,
        }
    }
}

impl What {
    fn read(noun: &str, before: Option<Value>, after: Option<Value>) -> QueryResult<Self> {
        Ok(match noun {
            "location" => Self::Location(sides(before, after)?),
            "bucket" => Self::Bucket(sides(before, after)?),
            "category" => Self::Category(sides(before, after)?),
            "moved" => Self::Moved(sides(before, after)?),
            _ => Self::Transaction(Box::new(sides(before, after)?)),
        })
    }
}

fn sides<T: DeserializeOwned>(before: Option<Value>, after: Option<Value>) -> QueryResult<Sides<T>> {
    Ok(Sides {
        before: read(before)?,
        after: read(after)?,
    })
}

fn read<T: DeserializeOwned>(json: Option<Value>) -> QueryResult<Option<T>> {
    json.map(serde_json::from_value)
        .transpose()
        .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}
