//! Archiving a location or bucket that still holds money: the money moves in the same step, one transfer a cell.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::history::{Item, Noun};
use super::thing::{self, Thing};
use super::transaction::commands;
use super::{Book, Cell, Draft, Entry, LedgerError, Problem, name};
use crate::households::Member;
use crate::ids::{BucketId, ChangeId, HouseholdId, LocationId};
use crate::money::Amount;
use crate::schema::balances;

/// What is archived, and where its money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retire {
    /// All buckets of one location go to another location.
    Location {
        /// What is archived.
        from: LocationId,
        /// What takes its money.
        to: LocationId,
    },
    /// All locations of one bucket go to another bucket.
    Bucket {
        /// What is archived.
        from: BucketId,
        /// What takes its money.
        to: BucketId,
    },
}

/// One transfer that empties a cell; where the cell was short, it is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Where money is taken from.
    pub from: Cell,
    /// Where it goes.
    pub to: Cell,
    /// How much; above zero.
    pub amount: Amount,
}

/// The transfers that would empty it, in the order of pages; none when it holds nothing.
///
/// # Errors
/// As [`retire`].
pub fn preview(
    conn: &mut PgConnection,
    household: HouseholdId,
    retire: Retire,
) -> Result<Vec<Move>, LedgerError> {
    let book = Book::load(conn, household)?;
    check(&book, retire)?;
    moves(conn, household, &book, retire)
}

/// Moves the money on the day `today`, then archives: one change.
///
/// # Errors
/// [`LedgerError::NotFound`] for what is archived; [`LedgerError::Invalid`] on the field `move_to`; [`LedgerError::Blocked`] when it is archived
/// already, or when a cell holds more than a transfer can move.
pub fn retire(
    conn: &mut PgConnection,
    member: &Member,
    retire: Retire,
    today: NaiveDate,
) -> Result<(ChangeId, Vec<Move>), LedgerError> {
    let book = Book::load(conn, member.household)?;
    let thing = check(&book, retire)?;
    let moves = moves(conn, member.household, &book, retire)?;
    let description = format!("Moved out of {}", thing.name());
    let description = name::optional("description", &description).unwrap_or_else(|_| "Moved out".into());
    let mut items: Vec<Item> = Vec::new();
    for one in &moves {
        let draft = Draft {
            date: today,
            description: description.clone(),
            entry: Entry::Transfer {
                amount: one.amount,
                from: one.from,
                to: one.to,
                category: None,
            },
        };
        commands::add_to(conn, member, &book, &draft, &mut items)?;
    }
    let (noun, id) = (thing.noun(), thing.id());
    let change = thing::archive(conn, member, noun, id, items)?;
    Ok((change, moves))
}

/// What is archived, once both ends are there and in use.
fn check(book: &Book, retire: Retire) -> Result<Thing, LedgerError> {
    let (noun, from, to): (Noun, Uuid, Uuid) = match retire {
        Retire::Location { from, to } => (Noun::Location, from.uuid(), to.uuid()),
        Retire::Bucket { from, to } => (Noun::Bucket, from.uuid(), to.uuid()),
    };
    let thing = Thing::find(book, noun, from).ok_or(LedgerError::NotFound(noun.as_str()))?;
    let refuse = |message: String| {
        Err(LedgerError::Invalid(vec![Problem {
            field: "move_to",
            message,
        }]))
    };
    let word = noun.as_str();
    match Thing::find(book, noun, to) {
        None => refuse(format!("Choose one of your {word}s.")),
        Some(target) if target.id() == thing.id() => refuse(format!("Choose another {word}.")),
        Some(target) if target.is_archived() => refuse(format!(
            "{} is archived. Choose another {word}, or restore it first.",
            target.name()
        )),
        Some(_) if thing.is_archived() => Err(LedgerError::Blocked(format!(
            "{} is archived already.",
            thing.name()
        ))),
        Some(_) => Ok(thing),
    }
}

fn moves(
    conn: &mut PgConnection,
    household: HouseholdId,
    book: &Book,
    retire: Retire,
) -> Result<Vec<Move>, LedgerError> {
    let held: Vec<(LocationId, BucketId, i64)> = balances::table
        .filter(balances::household_id.eq(household))
        .filter(balances::amount_minor.ne(0))
        .select((balances::location_id, balances::bucket_id, balances::amount_minor))
        .load(conn)?;
    let of = |location, bucket| {
        held.iter()
            .find(|(in_location, in_bucket, _)| *in_location == location && *in_bucket == bucket)
            .map(|(.., minor)| *minor)
    };
    let cells: Vec<(Cell, Cell, i64)> = match retire {
        Retire::Location { from, to } => book
            .buckets
            .iter()
            .filter_map(|bucket| {
                let cell = |location| Cell {
                    location,
                    bucket: bucket.id,
                };
                Some((cell(from), cell(to), of(from, bucket.id)?))
            })
            .collect(),
        Retire::Bucket { from, to } => book
            .locations
            .iter()
            .filter_map(|location| {
                let cell = |bucket| Cell {
                    location: location.id,
                    bucket,
                };
                Some((cell(from), cell(to), of(location.id, from)?))
            })
            .collect(),
    };
    cells
        .into_iter()
        .map(|(from, to, minor)| {
            let amount = Amount::from_minor(minor).map_err(|_| {
                LedgerError::Blocked(
                    "It holds more than one transfer can move. Move a part of it by hand first.".into(),
                )
            })?;
            Ok(if amount.is_negative() {
                Move {
                    from: to,
                    to: from,
                    amount: -amount,
                }
            } else {
                Move { from, to, amount }
            })
        })
        .collect()
}
