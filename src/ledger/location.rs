//! Locations: where money is. Commands; reading is the [`Book`]'s.

use diesel::dsl::now;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;

use super::book::Location;
use super::history::{self, Item, Noun, Record};
use super::{Book, LedgerError, LocationKind, name};
use crate::households::Member;
use crate::ids::{ChangeId, HouseholdId, LocationId};
use crate::schema::{balances, locations};

/// Adds a location at the end of the order.
///
/// # Errors
/// [`LedgerError::Invalid`] for a name that is empty, too long or taken.
pub fn add(
    conn: &mut PgConnection,
    member: &Member,
    name: &str,
    kind: LocationKind,
) -> Result<LocationId, LedgerError> {
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
    remember(conn, member, "location.add", None, id)?;
    Ok(id)
}

/// Renames a location that was read at `version`, or changes its kind.
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
) -> Result<ChangeId, LedgerError> {
    let before = find(conn, member.household, id)?;
    if before.version != version {
        return Err(LedgerError::Stale);
    }
    let name = name::required("name", name).map_err(|problem| LedgerError::Invalid(vec![problem]))?;
    diesel::update(locations::table.find((member.household, id)))
        .set((
            locations::name.eq(name),
            locations::kind.eq(kind.as_str()),
            locations::version.eq(version + 1),
        ))
        .execute(conn)?;
    remember(conn, member, "location.edit", Some(&before), id)
}

/// Archives a location that holds nothing: it takes no new postings and leaves the lists; its history stays.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] while it holds money.
pub fn archive(conn: &mut PgConnection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
    let before = find(conn, member.household, id)?;
    if before.archived_at.is_some() {
        return Err(LedgerError::Blocked(format!(
            "{} is archived already.",
            before.name
        )));
    }
    let holds: bool = diesel::select(diesel::dsl::exists(
        balances::table
            .filter(balances::household_id.eq(member.household))
            .filter(balances::location_id.eq(id))
            .filter(balances::amount_minor.ne(0)),
    ))
    .get_result(conn)?;
    if holds {
        return Err(LedgerError::Blocked(format!(
            "{} still holds money. Move it to another location with a transfer, then archive it.",
            before.name
        )));
    }
    diesel::update(locations::table.find((member.household, id)))
        .set((
            locations::archived_at.eq(now.into_sql::<Timestamptz>().nullable()),
            locations::version.eq(before.version + 1),
        ))
        .execute(conn)?;
    remember(conn, member, "location.archive", Some(&before), id)
}

/// Takes an archived location back into use.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Invalid`] when its name was given to another meanwhile.
pub fn restore(conn: &mut PgConnection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
    let before = find(conn, member.household, id)?;
    diesel::update(locations::table.find((member.household, id)))
        .set((
            locations::archived_at.eq(None::<chrono::DateTime<chrono::Utc>>),
            locations::version.eq(before.version + 1),
        ))
        .execute(conn)?;
    remember(conn, member, "location.restore", Some(&before), id)
}

fn find(conn: &mut PgConnection, household: HouseholdId, id: LocationId) -> Result<Location, LedgerError> {
    Book::load(conn, household)?
        .location(id)
        .cloned()
        .ok_or(LedgerError::NotFound("location"))
}

fn remember(
    conn: &mut PgConnection,
    member: &Member,
    action: &'static str,
    before: Option<&Location>,
    id: LocationId,
) -> Result<ChangeId, LedgerError> {
    let after = find(conn, member.household, id)?;
    let item = Item::of(Noun::Location, id.uuid(), before, Some(&after))?;
    Ok(history::record(
        conn,
        member,
        &Record {
            action,
            summary: &after.name,
            undoes: None,
        },
        &[item],
    )?)
}
