//! Taking back what a change did to transactions.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::{Item, since};
use crate::ids::{CategoryId, ChangeId, HouseholdId, TransactionId};
use crate::ledger::book::Category;
use crate::ledger::moved::{Move, Moved};
use crate::ledger::transaction::{Line, Snapshot, commands, queries};
use crate::ledger::{Book, LedgerError, bulk, rules};
use crate::money::Amount;
use crate::schema::transactions;

/// One transaction, as the history wrote it down.
pub(super) struct EntryItem {
    pub(super) id: TransactionId,
    pub(super) before: Option<Snapshot>,
    pub(super) after: Option<Snapshot>,
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

/// Brings transactions back to what they were; their versions go up all the same.
pub(super) fn take_back(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    entries: &[EntryItem],
) -> Result<Vec<Item>, LedgerError> {
    let mut items = Vec::with_capacity(entries.len());
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for batch in entries.chunks(bulk::BATCH_ROWS) {
        let ids: Vec<TransactionId> = batch.iter().map(|one| one.id).collect();
        let mut stored: HashMap<TransactionId, Snapshot> = queries::find_all(conn, household, &ids)?
            .into_iter()
            .map(|one| (one.transaction.id, one))
            .collect();
        for EntryItem { id, before, after } in batch {
            let now = stored.remove(id);
            if !is_same(now.as_ref(), after.as_ref()) {
                let entry = now.as_ref().or(after.as_ref());
                return Err(LedgerError::Blocked(changed_again(book, entry)));
            }
            check(book, now.as_ref(), before.as_ref())?;
            let versions = now.iter().chain(before).map(|one| one.transaction.version);
            let version_max = versions.max().unwrap_or(0);
            let target = before.clone().map(|mut before| {
                before.transaction.version = version_max + 1;
                before
            });
            items.push(Item::transaction(now.as_ref(), target.as_ref())?);
            match (now, target) {
                (Some(now), Some(target)) => commands::replace(conn, household, &now, &target)?,
                (Some(now), None) => removed.push(now.transaction.id),
                (None, Some(target)) => added.push(target),
                (None, None) => {}
            }
        }
    }
    // A refund may stand anywhere among the entries, so what goes is looked at together.
    refuse_refunded(conn, household, &removed)?;
    for batch in removed.chunks(bulk::BATCH_ROWS) {
        bulk::remove(conn, household, batch)?;
    }
    for batch in added.chunks(bulk::BATCH_ROWS) {
        bulk::insert_unchecked(conn, household, batch)?;
    }
    Ok(items)
}

fn changed_again(book: &Book, entry: Option<&Snapshot>) -> String {
    let title = entry.map_or("This entry", |one| one.transaction.title(book));
    format!(
        "{title} was changed again since. Undo the later change first, under Activity, or edit the entry."
    )
}

/// Whether the set-up takes what a transaction was before.
fn check(book: &Book, now: Option<&Snapshot>, before: Option<&Snapshot>) -> Result<(), LedgerError> {
    let lines = |snapshot: Option<&Snapshot>| -> Vec<Line> {
        snapshot
            .map(|one| one.transaction.lines.clone())
            .unwrap_or_default()
    };
    if let Some(sentence) = rules::archived_in_the_way(book, &lines(now), &lines(before)) {
        return Err(LedgerError::Blocked(sentence));
    }
    let Some(before) = before else {
        return Ok(());
    };
    let Some(category) = book.category(before.transaction.category) else {
        return Ok(());
    };
    let had_it = now.is_some_and(|now| now.transaction.category == category.id);
    if category.archived_at.is_some() && !had_it {
        return Err(LedgerError::Blocked(format!(
            "{} is archived. Restore it under Set-up, Categories first.",
            category.name
        )));
    }
    if category.sign != before.transaction.kind.sign() {
        return Err(sign_changed(category));
    }
    Ok(())
}

fn sign_changed(category: &Category) -> LedgerError {
    LedgerError::Blocked(format!(
        "What {} counts as was changed since. Change it back under Set-up, Categories first.",
        category.name
    ))
}

/// Whether the categories that entries are moved to still count as those that they come from.
pub(super) fn check_moves(book: &Book, moves: &[Move], entries: &[EntryItem]) -> Result<(), LedgerError> {
    for one in moves {
        let category = |id: Option<CategoryId>| book.category(id?);
        if let (Some(from), Some(to)) = (category(one.before.category), category(one.after.category))
            && from.sign != to.sign
        {
            return Err(sign_changed(to));
        }
    }
    // Together with the entries that come and go, for a merge deletes transfers that would move nothing.
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for one in moves {
        before.extend(lines_of(&one.before)?);
        after.extend(lines_of(&one.after)?);
    }
    if before.is_empty() {
        return Ok(());
    }
    for one in entries {
        before.extend(
            one.after
                .iter()
                .flat_map(|one| one.transaction.lines.iter().copied()),
        );
        after.extend(
            one.before
                .iter()
                .flat_map(|one| one.transaction.lines.iter().copied()),
        );
    }
    rules::archived_in_the_way(book, &before, &after)
        .map_or(Ok(()), |sentence| Err(LedgerError::Blocked(sentence)))
}

fn lines_of(moved: &Moved) -> QueryResult<Vec<Line>> {
    moved
        .lines
        .iter()
        .map(|line| {
            let amount = Amount::from_minor(line.amount)
                .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
            Ok(Line {
                location: line.location,
                bucket: line.bucket,
                amount,
            })
        })
        .collect()
}

/// An entry that refunds were linked to since does not go.
fn refuse_refunded(
    conn: &mut PgConnection,
    household: HouseholdId,
    removed: &[TransactionId],
) -> Result<(), LedgerError> {
    if removed.is_empty() {
        return Ok(());
    }
    let is_refunded: bool = diesel::select(diesel::dsl::exists(
        transactions::table
            .filter(transactions::household_id.eq(household))
            .filter(transactions::refund_of.eq_any(removed))
            .filter(transactions::id.ne_all(removed)),
    ))
    .get_result(conn)?;
    if is_refunded {
        return Err(LedgerError::Blocked(
            "A refund is linked to this entry by now. Undo or delete the refund first.".into(),
        ));
    }
    Ok(())
}

/// Takes out what came with an import, if nobody changed it since. What was deleted since is gone already.
pub(super) fn take_out(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    change: ChangeId,
    ids: &[TransactionId],
) -> Result<Vec<Item>, LedgerError> {
    let changed: HashSet<TransactionId> = since::changed(conn, household, change, ids)?;
    let mut items = Vec::with_capacity(ids.len());
    let (mut removed, mut changed_count, mut example) = (Vec::with_capacity(ids.len()), 0, String::new());
    for batch in ids.chunks(bulk::BATCH_ROWS) {
        for snapshot in queries::find_all(conn, household, batch)? {
            let transaction = &snapshot.transaction;
            if changed.contains(&transaction.id) {
                changed_count += 1;
                transaction.title(book).clone_into(&mut example);
            }
            if let Some(sentence) = rules::archived_in_the_way(book, &transaction.lines, &[]) {
                return Err(LedgerError::Blocked(sentence));
            }
            removed.push(transaction.id);
            items.push(Item::transaction(Some(&snapshot), None)?);
        }
    }
    if changed_count > 0 {
        let which = if changed_count == 1 {
            format!("{example} was")
        } else {
            format!("{changed_count} of its entries were (such as {example})")
        };
        return Err(LedgerError::Blocked(format!(
            "{which} changed since. Undo the later changes first, under Activity, or delete what is not wanted one by one."
        )));
    }
    refuse_refunded(conn, household, &removed)?;
    for batch in removed.chunks(bulk::BATCH_ROWS) {
        bulk::remove(conn, household, batch)?;
    }
    Ok(items)
}
