//! What happened after a change: whether entries were changed since, and whether what they name is still there.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::Noun;
use super::entries::EntryItem;
use crate::ids::{ChangeId, HouseholdId, TransactionId};
use crate::ledger::moved::Move;
use crate::ledger::{Book, LedgerError};
use crate::statement::statement;

/// Those of `ids`, which came with `change`, that are not any more what it brought. What was changed and changed back again counts as unchanged.
pub(super) fn changed(
    conn: &mut PgConnection,
    household: HouseholdId,
    change: ChangeId,
    ids: &[TransactionId],
) -> QueryResult<HashSet<TransactionId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        object_id: TransactionId,
        #[diesel(sql_type = SqlUuid)]
        change_id: Uuid,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        undoes: Option<Uuid>,
    }
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = statement(
        "SELECT i.object_id, i.change_id, c.undoes
           FROM unnest(?) AS wanted (id)
           JOIN transactions t ON t.household_id = ? AND t.id = wanted.id AND t.version > 1
           JOIN change_items i ON i.household_id = t.household_id AND i.object_id = t.id AND i.change_id <> ?
           JOIN changes c ON c.household_id = i.household_id AND c.id = i.change_id
          ORDER BY c.at DESC, c.id DESC",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(change)
    .load(conn)?;
    let mut later: HashMap<TransactionId, Vec<(Uuid, Option<Uuid>)>> = HashMap::new();
    for row in rows {
        later
            .entry(row.object_id)
            .or_default()
            .push((row.change_id, row.undoes));
    }
    Ok(later
        .into_iter()
        .filter(|(_, changes)| is_effective(changes))
        .map(|(id, _)| id)
        .collect())
}

/// Whether these changes of one thing, newest first and each with the one that it undoes, leave it other than it was before all of them.
fn is_effective(changes: &[(Uuid, Option<Uuid>)]) -> bool {
    let listed: HashSet<Uuid> = changes.iter().map(|(id, _)| *id).collect();
    let mut taken_back = HashSet::new();
    for (id, undoes) in changes {
        if taken_back.contains(id) {
            continue;
        }
        match undoes {
            Some(undone) if listed.contains(undone) => {
                taken_back.insert(*undone);
            }
            _ => return true,
        }
    }
    false
}

/// Refuses where entries would come back to a location, bucket, category or original that is not there any more.
pub(super) fn all_there(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    entries: &[EntryItem],
    moves: &[Move],
) -> Result<(), LedgerError> {
    let mut needed: BTreeSet<(Noun, Uuid)> = BTreeSet::new();
    for before in entries.iter().filter_map(|one| one.before.as_ref()) {
        needed.insert((Noun::Category, before.transaction.category.uuid()));
        for line in &before.transaction.lines {
            needed.insert((Noun::Location, line.location.uuid()));
            needed.insert((Noun::Bucket, line.bucket.uuid()));
        }
        for share in &before.shares {
            needed.insert((Noun::Bucket, share.bucket.uuid()));
        }
    }
    // Where things were moved to, too: if that is gone, they were moved on, and the later move has to be taken back first.
    for one in moves {
        for side in [&one.before, &one.after] {
            if let Some(category) = side.category {
                needed.insert((Noun::Category, category.uuid()));
            }
            for line in &side.lines {
                needed.insert((Noun::Location, line.location.uuid()));
                needed.insert((Noun::Bucket, line.bucket.uuid()));
            }
            for share in &side.shares {
                needed.insert((Noun::Bucket, share.bucket.uuid()));
            }
        }
    }
    for (noun, id) in needed {
        let is_there = match noun {
            Noun::Location => book.location(id.into()).is_some(),
            Noun::Bucket => book.bucket(id.into()).is_some(),
            Noun::Category | Noun::Transaction | Noun::Moved => book.category(id.into()).is_some(),
        };
        if !is_there {
            let name = last_name(conn, household, id)?;
            return Err(LedgerError::Blocked(format!(
                "{} was deleted or merged since. Undo that first, under Activity.",
                name.unwrap_or_else(|| "Something in it".into())
            )));
        }
    }
    originals_there(conn, household, entries)
}

/// A refund that comes back still has what it gives back.
fn originals_there(
    conn: &mut PgConnection,
    household: HouseholdId,
    entries: &[EntryItem],
) -> Result<(), LedgerError> {
    use crate::schema::transactions;
    let coming: HashSet<TransactionId> = entries
        .iter()
        .filter(|one| one.before.is_some())
        .map(|one| one.id)
        .collect();
    let wanted: HashSet<TransactionId> = entries
        .iter()
        .filter_map(|one| one.before.as_ref()?.transaction.refund_of)
        .filter(|original| !coming.contains(original))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let found: i64 = transactions::table
        .filter(transactions::household_id.eq(household))
        .filter(transactions::id.eq_any(&wanted))
        .count()
        .get_result(conn)?;
    if usize::try_from(found) == Ok(wanted.len()) {
        return Ok(());
    }
    Err(LedgerError::Blocked(
        "The entry that this refund gives back was deleted since. Undo that first, under Activity.".into(),
    ))
}

/// What a thing that is gone was called last.
fn last_name(conn: &mut PgConnection, household: HouseholdId, id: Uuid) -> QueryResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        name: Option<String>,
    }
    let row: Option<Row> = statement(
        "SELECT i.before ->> 'name' AS name FROM change_items i
           JOIN changes c ON c.household_id = i.household_id AND c.id = i.change_id
          WHERE i.household_id = ? AND i.object_id = ? AND i.before IS NOT NULL
          ORDER BY c.at DESC, c.id DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .optional()?;
    Ok(row.and_then(|row| row.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_were_taken_back_count_for_nothing() {
        let [edit, undo, redo, other] = [1, 2, 3, 4].map(Uuid::from_u128);
        assert!(!is_effective(&[]));
        assert!(is_effective(&[(edit, None)]));
        assert!(!is_effective(&[(undo, Some(edit)), (edit, None)]));
        assert!(is_effective(&[
            (redo, Some(undo)),
            (undo, Some(edit)),
            (edit, None)
        ]));
        assert!(is_effective(&[(undo, Some(edit)), (other, None), (edit, None)]));
        // It undoes what came before all of them.
        assert!(is_effective(&[(undo, Some(other))]));
    }
}
