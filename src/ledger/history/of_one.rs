//! What happened to one thing of the set-up: its names, its percentages, its archiving, each with the day and who did it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::{Noun, from_json};
use crate::ids::{ChangeId, HouseholdId, UserId};
use crate::ledger::LedgerError;
use crate::schema::{change_items, changes};

/// One change of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment<T> {
    /// The change.
    pub change: ChangeId,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Who did it; nothing when that account was deleted since.
    pub by: Option<UserId>,
    /// What was done, such as `bucket.edit`.
    pub action: String,
    /// What it was before; nothing when it was not there.
    pub before: Option<T>,
    /// What it was afterwards; nothing when it was gone.
    pub after: Option<T>,
}

type Row = (
    ChangeId,
    DateTime<Utc>,
    Option<UserId>,
    String,
    Option<Value>,
    Option<Value>,
);

/// The newest changes of one thing, at most `most`, and whether there are more. A foreign thing has none.
///
/// # Errors
/// Only database failures.
pub fn of_one<T: DeserializeOwned>(
    conn: &mut PgConnection,
    household: HouseholdId,
    noun: Noun,
    object: Uuid,
    most: usize,
) -> Result<(Vec<Moment<T>>, bool), LedgerError> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows: Vec<Row> = change_items::table
        .inner_join(
            changes::table.on(changes::household_id
                .eq(change_items::household_id)
                .and(changes::id.eq(change_items::change_id))),
        )
        .filter(change_items::household_id.eq(household))
        .filter(change_items::object_id.eq(object))
        .filter(change_items::noun.eq(noun.as_str()))
        .order((changes::at.desc(), changes::id.desc()))
        .limit(limit)
        .select((
            changes::id,
            changes::at,
            changes::user_id,
            changes::action,
            change_items::before,
            change_items::after,
        ))
        .load(conn)?;
    let more = rows.len() > most;
    rows.truncate(most);
    let moments = rows
        .into_iter()
        .map(|(change, at, by, action, before, after)| {
            Ok::<_, LedgerError>(Moment {
                change,
                at,
                by,
                action,
                before: before.map(from_json).transpose()?,
                after: after.map(from_json).transpose()?,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok((moments, more))
}
