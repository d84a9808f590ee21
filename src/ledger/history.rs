//! What was done to the ledger: one change a command, with everything it touched before and after. Undo reads it, and is a change itself.

mod of_one;

pub use of_one::{Moment, of_one};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::transaction::{Snapshot, commands, queries};
use super::{Book, LedgerError, rules};
use crate::households::Member;
use crate::ids::{ChangeId, HouseholdId, TransactionId};
use crate::schema::{change_items, changes};

/// What a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A transaction.
    Transaction,
    /// A location.
    Location,
    /// A bucket.
    Bucket,
    /// A category.
    Category,
}

impl Noun {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::Location => "location",
            Self::Bucket => "bucket",
            Self::Category => "category",
        }
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
}

fn to_json(value: &impl Serialize) -> Result<Value, LedgerError> {
    serde_json::to_value(value)
        .map_err(|error| LedgerError::Database(diesel::result::Error::SerializationError(Box::new(error))))
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
    let rows: Vec<_> = (1..)
        .zip(items)
        .map(|(position, item)| {
            (
                change_items::household_id.eq(member.household),
                change_items::change_id.eq(id),
                change_items::position.eq(position),
                change_items::noun.eq(item.noun.as_str()),
                change_items::object_id.eq(item.object),
                change_items::before.eq(&item.before),
                change_items::after.eq(&item.after),
            )
        })
        .collect();
    diesel::insert_into(change_items::table)
        .values(rows)
        .execute(conn)?;
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

/// What an undo did.
#[derive(Debug, Clone)]
pub struct Undone {
    /// The undo itself, which can be undone in turn.
    pub change: ChangeId,
    /// The words of the change that was taken back.
    pub summary: String,
    /// What that change had done, such as `transaction.add`.
    pub action: String,
}

/// Takes a change of transactions back, if nobody changed them since.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] with the reason: undone already, changed since, something archived in the way, or not a
/// change of transactions.
pub fn undo(conn: &mut PgConnection, member: &Member, change: ChangeId) -> Result<Undone, LedgerError> {
    let (action, summary): (String, String) = changes::table
        .find((member.household, change))
        .select((changes::action, changes::summary))
        .first(conn)
        .optional()?
        .ok_or(LedgerError::NotFound("change"))?;
    let undone_already: bool = diesel::select(diesel::dsl::exists(
        changes::table
            .filter(changes::household_id.eq(member.household))
            .filter(changes::undoes.eq(change)),
    ))
    .get_result(conn)?;
    if undone_already {
        return Err(LedgerError::Blocked("This was undone already.".into()));
    }
    let book = Book::load(conn, member.household)?;
    let mut taken_back = Vec::new();
    for (id, before, after) in transaction_items(conn, member.household, change)? {
        taken_back.push(take_back(
            conn,
            member.household,
            &book,
            id,
            before,
            after.as_ref(),
        )?);
    }
    if taken_back.is_empty() {
        return Err(LedgerError::Blocked(
            "This cannot be undone: only what was done to single entries can. Set-up is changed back under Set-up.".into(),
        ));
    }
    // Taking back what was taken back is doing it again.
    let record_of_undo = Record {
        action: if action == "undo" { "redo" } else { "undo" },
        summary: &summary,
        undoes: Some(change),
    };
    let undo = record(conn, member, &record_of_undo, &taken_back)?;
    Ok(Undone {
        change: undo,
        summary,
        action,
    })
}

type BeforeAfter = (TransactionId, Option<Snapshot>, Option<Snapshot>);

/// The transactions of a change, with what they were before and after. A built-in category that came with the first transfer stays.
fn transaction_items(
    conn: &mut PgConnection,
    household: HouseholdId,
    change: ChangeId,
) -> Result<Vec<BeforeAfter>, LedgerError> {
    let rows: Vec<(Uuid, Option<Value>, Option<Value>)> = change_items::table
        .filter(change_items::household_id.eq(household))
        .filter(change_items::change_id.eq(change))
        .filter(change_items::noun.eq(Noun::Transaction.as_str()))
        .filter(
            change_items::before
                .is_not_null()
                .or(change_items::after.is_not_null()),
        )
        .order(change_items::position)
        .select((change_items::object_id, change_items::before, change_items::after))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, before, after)| Ok((id.into(), read(before)?, read(after)?)))
        .collect()
}

fn read<T: DeserializeOwned>(json: Option<Value>) -> Result<Option<T>, LedgerError> {
    json.map(serde_json::from_value)
        .transpose()
        .map_err(|error| LedgerError::Database(diesel::result::Error::DeserializationError(Box::new(error))))
}

/// Whether a transaction is what a change left. Its version may have gone up: later changes were made and taken back.
fn is_same(now: Option<&Snapshot>, after: Option<&Snapshot>) -> bool {
    match (now, after) {
        (None, None) => true,
        (Some(now), Some(after)) => {
            let mut now = now.clone();
            now.transaction.version = after.transaction.version;
            now == *after
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Brings one transaction back to what it was before; its version goes up all the same.
fn take_back(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    id: TransactionId,
    before: Option<Snapshot>,
    after: Option<&Snapshot>,
) -> Result<Item, LedgerError> {
    let now = queries::find(conn, household, id)?;
    if !is_same(now.as_ref(), after) {
        return Err(LedgerError::Blocked(
            "This entry was changed again since. Undo the later change first, or edit the entry.".into(),
        ));
    }
    let lines = |snapshot: &Option<Snapshot>| {
        snapshot
            .as_ref()
            .map(|one| one.transaction.lines.clone())
            .unwrap_or_default()
    };
    if let Some(sentence) = rules::archived_in_the_way(book, &lines(&now), &lines(&before)) {
        return Err(LedgerError::Blocked(sentence));
    }
    if let Some(category) = before
        .as_ref()
        .and_then(|before| book.category(before.transaction.category))
        && category.archived_at.is_some()
        && now
            .as_ref()
            .is_none_or(|now| now.transaction.category != category.id)
    {
        let sentence = format!(
            "{} is archived. Restore it under Set-up, Categories first.",
            category.name
        );
        return Err(LedgerError::Blocked(sentence));
    }
    if let Some(before) = &before
        && let Some(category) = book.category(before.transaction.category)
        && category.sign != before.transaction.kind.sign()
    {
        let sentence = format!(
            "What {} counts as was changed since. Change it back under Set-up, Categories first.",
            category.name
        );
        return Err(LedgerError::Blocked(sentence));
    }
    let version_max = now
        .iter()
        .chain(&before)
        .map(|one| one.transaction.version)
        .max()
        .unwrap_or(0);
    let target = before.map(|mut before| {
        before.transaction.version = version_max + 1;
        before
    });
    match (&now, &target) {
        (Some(now), Some(target)) => commands::replace(conn, household, now, target)?,
        (Some(_), None) => commands::remove(conn, household, id)?,
        (None, Some(target)) => commands::insert(conn, household, target)?,
        (None, None) => {}
    }
    Item::transaction(now.as_ref(), target.as_ref())
}
