//! Undo: brings everything that a change touched back to what it was before, if nothing has come to depend on it since.
//!
//! The order matters to Postgres: what is needed comes first (deleted and archived things of the set-up), then the entries, then what
//! must be empty or unused by then.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

use super::entries::{self, EntryItem};
use super::setting::{self, Setting};
use super::since;
use super::{Item, Noun, Record, from_json, record};
use crate::households::Member;
use crate::ids::{ChangeId, HouseholdId, TransactionId};
use crate::ledger::moved::{self, Move};
use crate::ledger::{Book, LedgerError, bulk};
use crate::schema::{change_items, changes};
use crate::statement::{read_word, statement};

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

/// Everything that a change touched, sorted by how it is taken back.
#[derive(Default)]
struct Touched {
    settings: Vec<Setting>,
    entries: Vec<EntryItem>,
    /// Came with an import: the ids only.
    imported: Vec<TransactionId>,
    moves: Vec<Move>,
}

/// Takes a change back.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] with the reason and the way out: undone already, changed since, in use since, something
/// archived or gone in the way.
pub fn undo(conn: &mut PgConnection, member: &Member, change: ChangeId) -> Result<Undone, LedgerError> {
    let household = member.household;
    let (action, summary): (String, String) = changes::table
        .find((household, change))
        .select((changes::action, changes::summary))
        .first(conn)
        .optional()?
        .ok_or(LedgerError::NotFound("change"))?;
    let undone_already: bool = diesel::select(diesel::dsl::exists(
        changes::table
            .filter(changes::household_id.eq(household))
            .filter(changes::undoes.eq(change)),
    ))
    .get_result(conn)?;
    if undone_already {
        return Err(LedgerError::Blocked("This was undone already.".into()));
    }
    let mut touched = load(conn, household, change)?;
    if action.starts_with("transaction.") {
        // The household's own category that came with the first transfer stays.
        touched.settings.clear();
    }
    let root = root_action(conn, household, change)?;
    let taken_back = take_back(conn, household, change, &root, touched).map_err(told)?;
    if taken_back.is_empty() {
        return Err(LedgerError::Blocked(
            "Nothing is left of this that could be undone: what it did was changed or deleted since.".into(),
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

fn take_back(
    conn: &mut PgConnection,
    household: HouseholdId,
    change: ChangeId,
    root: &str,
    touched: Touched,
) -> Result<Vec<Item>, LedgerError> {
    let Touched {
        settings,
        entries,
        imported,
        moves,
    } = touched;
    let mut items = Vec::new();
    let (needed, others): (Vec<_>, Vec<_>) = settings.into_iter().partition(Setting::is_needed_first);
    for one in &needed {
        items.extend(setting::take_back(conn, household, one, true)?);
    }
    let book = Book::load(conn, household)?;
    since::all_there(conn, household, &book, &entries, &moves)?;
    let moves = moved::back(conn, household, &moves)?;
    entries::check_moves(&book, &moves, &entries)?;
    moved::carry_out(conn, household, &moves)?;
    items.extend(entries::take_back(conn, household, &book, &entries)?);
    items.extend(entries::take_out(conn, household, &book, change, &imported)?);
    setting::archive_again(conn, household, &needed)?;
    for one in &moves {
        items.push(Item::moved(one)?);
    }
    for one in &others {
        if root == "bucket.merge" {
            setting::refuse_other_share(&book, one)?;
        }
        // What an import brought along, or the first transfer, stays if it is used by now.
        let came_along = root == "import" || (one.noun == Noun::Category && !root.starts_with("category."));
        items.extend(setting::take_back(conn, household, one, !came_along)?);
    }
    check(conn, household)?;
    Ok(items)
}

/// Nobody typed anything: what is wrong with a field is the reason of a refusal.
fn told(error: LedgerError) -> LedgerError {
    match error {
        LedgerError::Invalid(problems) => {
            let sentences: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            LedgerError::Blocked(sentences.join(" "))
        }
        other => other,
    }
}

/// What was done in the first place: by the change itself, or by the one that it undid or did again.
fn root_action(conn: &mut PgConnection, household: HouseholdId, change: ChangeId) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        action: String,
    }
    let row: Row = statement(
        "WITH RECURSIVE chain AS (
             SELECT id, action, undoes FROM changes WHERE household_id = ? AND id = ?
              UNION ALL SELECT c.id, c.action, c.undoes FROM changes c JOIN chain ON c.id = chain.undoes WHERE c.household_id = ?)
         SELECT action FROM chain WHERE undoes IS NULL",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(change)
    .bind::<SqlUuid, _>(household)
    .get_result(conn)?;
    Ok(row.action)
}

/// What only the whole can tell.
fn check(conn: &mut PgConnection, household: HouseholdId) -> Result<(), LedgerError> {
    let sum_bp = Book::load(conn, household)?.percent_sum_bp();
    if sum_bp > 10_000 {
        return Err(LedgerError::Blocked(
            "The shares of income would add up to more than 100%. Lower another bucket's share under Set-up, Buckets first."
                .into(),
        ));
    }
    Ok(bulk::check_now(conn)?)
}

fn load(conn: &mut PgConnection, household: HouseholdId, change: ChangeId) -> Result<Touched, LedgerError> {
    let rows: Vec<(String, Uuid, Option<Value>, Option<Value>)> = change_items::table
        .filter(change_items::household_id.eq(household))
        .filter(change_items::change_id.eq(change))
        .order(change_items::position)
        .select((
            change_items::noun,
            change_items::object_id,
            change_items::before,
            change_items::after,
        ))
        .load(conn)?;
    let mut touched = Touched::default();
    for (noun, id, before, after) in rows {
        match (read_word(&noun)?, before, after) {
            (Noun::Transaction, None, None) => touched.imported.push(id.into()),
            (Noun::Transaction, before, after) => touched.entries.push(EntryItem {
                id: id.into(),
                before: before.map(from_json).transpose()?,
                after: after.map(from_json).transpose()?,
            }),
            (Noun::Moved, before, after) => touched.moves.push(Move {
                id: id.into(),
                before: before.map(from_json).transpose()?.unwrap_or_default(),
                after: after.map(from_json).transpose()?.unwrap_or_default(),
            }),
            (noun @ (Noun::Location | Noun::Bucket | Noun::Category), before, after) => {
                touched.settings.push(Setting {
                    noun,
                    id,
                    before,
                    after,
                });
            }
        }
    }
    Ok(touched)
}
