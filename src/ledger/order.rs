//! The order of locations and buckets on pages; of buckets also the order in which left-over units of a split are given out.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::history::{self, Item, Noun, Record};
use super::thing::Thing;
use super::{Book, LedgerError};
use crate::households::Member;
use crate::ids::{BucketId, ChangeId, LocationId};

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// Up the list.
    Earlier,
    /// Down the list.
    Later,
}

/// Moves a location past its neighbour in use. Nothing is written where it is at that end already.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] for an archived one, which has no place.
pub fn location(
    conn: &mut PgConnection,
    member: &Member,
    id: LocationId,
    towards: Towards,
) -> Result<Option<ChangeId>, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let all = book.locations.into_iter().map(Thing::Location).collect();
    shift(conn, member, all, (Noun::Location, id.uuid()), towards)
}

/// Moves a bucket past its neighbour in use. Nothing is written where it is at that end already.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] for an archived one, which has no place.
pub fn bucket(
    conn: &mut PgConnection,
    member: &Member,
    id: BucketId,
    towards: Towards,
) -> Result<Option<ChangeId>, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let all = book.buckets.into_iter().map(Thing::Bucket).collect();
    shift(conn, member, all, (Noun::Bucket, id.uuid()), towards)
}

/// `all` stand in their order, archived ones among them. Versions stay: who renames a thing meanwhile is not in the way.
fn shift(
    conn: &mut PgConnection,
    member: &Member,
    mut all: Vec<Thing>,
    (noun, id): (Noun, Uuid),
    towards: Towards,
) -> Result<Option<ChangeId>, LedgerError> {
    let missing = || LedgerError::NotFound(noun.as_str());
    let place = all.iter().position(|one| one.id() == id).ok_or_else(missing)?;
    let moving = all.get(place).cloned().ok_or_else(missing)?;
    if moving.is_archived() {
        return Err(LedgerError::Blocked(format!(
            "{} is archived, so it has no place in the order. Restore it first.",
            moving.name()
        )));
    }
    let mut others = all.iter().enumerate().filter(|(_, one)| !one.is_archived());
    let neighbour = match towards {
        Towards::Earlier => others.rfind(|(index, _)| *index < place),
        Towards::Later => others.find(|(index, _)| *index > place),
    };
    let Some((neighbour, _)) = neighbour else {
        return Ok(None);
    };
    all.remove(place);
    all.insert(neighbour, moving.clone());
    let mut items = Vec::new();
    for (position, before) in (1..).zip(&all) {
        let after = at_position(before.clone(), position);
        if after != *before {
            after.update(conn, member.household)?;
            items.push(Item::thing(Some(before), Some(&after))?);
        }
    }
    let record = Record {
        action: if noun == Noun::Location {
            "location.move"
        } else {
            "bucket.move"
        },
        summary: moving.name(),
        undoes: None,
    };
    Ok(Some(history::record(conn, member, &record, &items)?))
}

fn at_position(mut thing: Thing, position: i32) -> Thing {
    match &mut thing {
        Thing::Location(one) => one.position = position,
        Thing::Bucket(one) => one.position = position,
        Thing::Category(_) => {}
    }
    thing
}
