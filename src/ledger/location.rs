//! Locations: where money is. Commands, and when each was last used; reading the rest is the [`Book`]'s.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Date, Uuid as SqlUuid};

use super::book::Location;
use super::history::{self, Item, Noun, Record};
use super::thing::{self, Thing};
use super::transaction::commands;
use super::{Book, Cell, Draft, Entry, LedgerError, LocationKind, Problem, name};
use crate::households::Member;
use crate::ids::{BucketId, ChangeId, HouseholdId, LocationId};
use crate::money::Amount;
use crate::schema::locations;
use crate::statement::statement;

/// What an opening balance is called.
const OPENING: &str = "Opening balance";

/// The day of the latest entry at each location, up to `today`; one that was never used is left out.
///
/// # Errors
/// Only database failures.
pub fn last_used(
    conn: &mut PgConnection,
    household: HouseholdId,
    today: NaiveDate,
) -> QueryResult<BTreeMap<LocationId, NaiveDate>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: LocationId,
        #[diesel(sql_type = Date)]
        date: NaiveDate,
    }
    // One step down the index for each location, however many entries it has.
    let rows: Vec<Row> = statement(
        "SELECT l.id, latest.date FROM locations l
          CROSS JOIN LATERAL (SELECT p.date FROM postings p
                               WHERE p.household_id = l.household_id AND p.location_id = l.id AND p.date <= ?
                               ORDER BY p.date DESC, p.transaction_id DESC LIMIT 1) latest
          WHERE l.household_id = ?",
    )
    .bind::<Date, _>(today)
    .bind::<SqlUuid, _>(household)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.date)).collect())
}

/// Adds a location at the end of the order.
///
/// # Errors
/// [`LedgerError::Invalid`] for a name that is empty, too long or taken.
pub fn add(
    conn: &mut PgConnection,
    member: &Member,
    name: &str,
    kind: LocationKind,
) -> Result<(LocationId, ChangeId), LedgerError> {
    add_with_opening(conn, member, name, kind, None)
}

/// What was at a location before anything else was recorded there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// How much; below zero where the location is overdrawn. Not zero.
    pub amount: Amount,
    /// What the money is for.
    pub bucket: BucketId,
    /// The day from which on it is there.
    pub date: NaiveDate,
}

/// Adds a location at the end of the order, with what is there already: one change, so that one undo takes both back.
///
/// # Errors
/// [`LedgerError::Invalid`] for a name that is empty, too long or taken, and for an opening balance that cannot be recorded: its problems
/// are with `opening_amount`, `opening_bucket` and `opening_date`.
pub fn add_with_opening(
    conn: &mut PgConnection,
    member: &Member,
    name: &str,
    kind: LocationKind,
    opening: Option<Opening>,
) -> Result<(LocationId, ChangeId), LedgerError> {
    let name = name::required("name", name).map_err(|problem| LedgerError::Invalid(vec![problem]))?;
    let last: Option<i32> = locations::table
        .filter(locations::household_id.eq(member.household))
        .select(diesel::dsl::max(locations::position))
        .first(conn)?;
    let id = LocationId::new();
    diesel::insert_into(locations::table)
        .values((
            locations::household_id.eq(member.household),
            locations::id.eq(id),
            locations::name.eq(&name),
            locations::kind.eq(kind.as_str()),
            locations::position.eq(last.unwrap_or(0) + 1),
        ))
        .execute(conn)?;
    let book = Book::load(conn, member.household)?;
    let made = book.location(id).ok_or(LedgerError::NotFound("location"))?;
    let mut items = vec![Item::of(
        Noun::Location,
        id.uuid(),
        None::<&Location>,
        Some(made),
    )?];
    if let Some(opening) = opening {
        let draft = Draft {
            date: opening.date,
            description: OPENING.to_owned(),
            entry: Entry::Adjustment {
                amount: opening.amount,
                cell: Cell {
                    location: id,
                    bucket: opening.bucket,
                },
                category: None,
            },
        };
        commands::add_to(conn, member, &book, &draft, &mut items).map_err(of_opening)?;
    }
    let record = Record {
        action: "location.add",
        summary: &made.name,
        undoes: None,
    };
    let change = history::record(conn, member, &record, &items)?;
    Ok((id, change))
}

/// The same problems, with the fields of the opening balance.
fn of_opening(error: LedgerError) -> LedgerError {
    let LedgerError::Invalid(problems) = error else {
        return error;
    };
    let renamed = problems.into_iter().map(|problem| Problem {
        field: match problem.field {
            "bucket" => "opening_bucket",
            "date" => "opening_date",
            _ => "opening_amount",
        },
        message: problem.message,
    });
    LedgerError::Invalid(renamed.collect())
}

/// Renames a location that was read at `version`, or changes its kind. Nothing is written where both stay as they are.
///
/// # Errors
/// [`LedgerError::NotFound`], [`LedgerError::Stale`], [`LedgerError::Invalid`].
pub fn edit(
    conn: &mut PgConnection,
    member: &Member,
    id: LocationId,
    version: i32,
    name: &str,
    kind: LocationKind,
) -> Result<Option<ChangeId>, LedgerError> {
    let before = find(conn, member.household, id)?;
    if before.version != version {
        return Err(LedgerError::Stale);
    }
    let name = name::required("name", name).map_err(|problem| LedgerError::Invalid(vec![problem]))?;
    if before.name == name && before.kind == kind {
        return Ok(None);
    }
    diesel::update(locations::table.find((member.household, id)))
        .set((
            locations::name.eq(name),
            locations::kind.eq(kind.as_str()),
            locations::version.eq(version + 1),
        ))
        .execute(conn)?;
    let after = Thing::Location(find(conn, member.household, id)?);
    let before = Thing::Location(before);
    let action = "location.edit";
    thing::remember(conn, member, action, Some(&before), Some(&after), Vec::new()).map(Some)
}

/// Archives a location that holds nothing: it takes no new postings and leaves the lists; its history stays.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] while it holds money, and when it is archived already.
pub fn archive(conn: &mut PgConnection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
    thing::archive(conn, member, Noun::Location, id.uuid(), Vec::new())
}

/// Takes an archived location back into use.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when it is in use; [`LedgerError::Invalid`] when its name was given to another meanwhile.
pub fn restore(conn: &mut PgConnection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
    thing::restore(conn, member, Noun::Location, id.uuid())
}

/// Takes a location away that was never used.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when an entry names it.
pub fn delete(conn: &mut PgConnection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
    thing::delete(conn, member, Noun::Location, id.uuid())
}

fn find(conn: &mut PgConnection, household: HouseholdId, id: LocationId) -> Result<Location, LedgerError> {
    Book::load(conn, household)?
        .location(id)
        .cloned()
        .ok_or(LedgerError::NotFound("location"))
}
