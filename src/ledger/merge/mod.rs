//! Merging two locations, buckets or categories: what names the source names the target then, and the source is gone.

mod named;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::history::{self, Item, Noun, Record};
use super::moved;
use super::thing::Thing;
use super::transaction::queries;
use super::{Book, LedgerError, bulk};
use crate::households::Member;
use crate::ids::{BucketId, CategoryId, ChangeId, HouseholdId, LocationId};
use crate::money::Percent;
use crate::schema::transactions;

/// What is merged into what. The source is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair {
    /// Two locations.
    Locations {
        /// What is taken away.
        source: LocationId,
        /// What takes its place.
        target: LocationId,
    },
    /// Two buckets; the target gets the source's percentage, too.
    Buckets {
        /// What is taken away.
        source: BucketId,
        /// What takes its place.
        target: BucketId,
    },
    /// Two categories of the same sign.
    Categories {
        /// What is taken away.
        source: CategoryId,
        /// What takes its place.
        target: CategoryId,
    },
}

/// What a merge does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// Entries that name the target then.
    pub entries: i64,
    /// Transfers between the two, which would move nothing then: they are deleted.
    pub vanishing: i64,
    /// What is added to the target bucket's share of income.
    pub percent: Percent,
}

impl Pair {
    const fn noun(self) -> Noun {
        match self {
            Self::Locations { .. } => Noun::Location,
            Self::Buckets { .. } => Noun::Bucket,
            Self::Categories { .. } => Noun::Category,
        }
    }

    const fn ids(self) -> (Uuid, Uuid) {
        match self {
            Self::Locations { source, target } => (source.uuid(), target.uuid()),
            Self::Buckets { source, target } => (source.uuid(), target.uuid()),
            Self::Categories { source, target } => (source.uuid(), target.uuid()),
        }
    }
}

/// What merging would do.
///
/// # Errors
/// As [`merge`].
pub fn preview(conn: &mut PgConnection, household: HouseholdId, pair: Pair) -> Result<Effect, LedgerError> {
    let book = Book::load(conn, household)?;
    let (source, _) = check(&book, pair)?;
    let vanishing = as_count(named::vanishing(conn, household, pair)?.len())?;
    let entries = match pair {
        Pair::Locations { source, .. } => named::by_location(conn, household, source)?,
        Pair::Buckets { source, .. } => named::by_bucket(conn, household, source)?,
        Pair::Categories { source, .. } => transactions::table
            .filter(transactions::household_id.eq(household))
            .filter(transactions::category_id.eq(source))
            .count()
            .get_result(conn)?,
    };
    Ok(Effect {
        entries: entries - vanishing,
        vanishing,
        percent: percent_of(&source),
    })
}

/// Merges the source into the target: one change.
///
/// # Errors
/// [`LedgerError::NotFound`] when the source is not there (any more); [`LedgerError::Invalid`] on the field `into` for a target that is none;
/// [`LedgerError::Blocked`] when the target is archived.
pub fn merge(
    conn: &mut PgConnection,
    member: &Member,
    pair: Pair,
) -> Result<(ChangeId, Effect), LedgerError> {
    let household = member.household;
    let book = Book::load(conn, household)?;
    let (source, target) = check(&book, pair)?;
    let mut items = Vec::new();
    let gone = named::vanishing(conn, household, pair)?;
    for batch in gone.chunks(bulk::BATCH_ROWS) {
        for snapshot in queries::find_all(conn, household, batch)? {
            items.push(Item::transaction(Some(&snapshot), None)?);
        }
        bulk::remove(conn, household, batch)?;
    }
    let moves = named::moves(conn, household, pair)?;
    moved::carry_out(conn, household, &moves)?;
    source.remove(conn, household)?;
    items.push(Item::thing(Some(&source), None)?);
    let percent = percent_of(&source);
    if percent != Percent::ZERO
        && let Thing::Bucket(before) = &target
    {
        let mut after = before.clone();
        after.percent = sum_of(before.percent, percent)?;
        after.version += 1;
        let after = Thing::Bucket(after);
        after.update(conn, household)?;
        items.push(Item::thing(Some(&target), Some(&after))?);
    }
    for one in &moves {
        items.push(Item::moved(one)?);
    }
    bulk::check_now(conn)?;
    let record = Record {
        action: match pair {
            Pair::Locations { .. } => "location.merge",
            Pair::Buckets { .. } => "bucket.merge",
            Pair::Categories { .. } => "category.merge",
        },
        summary: &format!("{} into {}", source.name(), target.name()),
        undoes: None,
    };
    let change = history::record(conn, member, &record, &items)?;
    let effect = Effect {
        entries: as_count(moves.len())?,
        vanishing: as_count(gone.len())?,
        percent,
    };
    Ok((change, effect))
}

/// Source and target, once they can be merged.
fn check(book: &Book, pair: Pair) -> Result<(Thing, Thing), LedgerError> {
    let noun = pair.noun();
    let (source, target) = pair.ids();
    let source = Thing::find(book, noun, source).ok_or(LedgerError::NotFound(noun.as_str()))?;
    let Some(target) = Thing::find(book, noun, target) else {
        let one_of_yours = match noun {
            Noun::Location => "Choose one of your locations.",
            Noun::Bucket => "Choose one of your buckets.",
            Noun::Category | Noun::Transaction | Noun::Moved => "Choose one of your categories.",
        };
        return Err(LedgerError::invalid("into", one_of_yours));
    };
    if source.id() == target.id() {
        let message = format!(
            "{} cannot be merged into itself. Choose another {}.",
            source.name(),
            noun.as_str()
        );
        return Err(LedgerError::invalid("into", message));
    }
    if target.is_archived() {
        return Err(LedgerError::Blocked(format!(
            "{} is archived and takes nothing. Restore it under {} first.",
            target.name(),
            target.page()
        )));
    }
    if let (Thing::Category(from), Thing::Category(to)) = (&source, &target)
        && from.sign != to.sign
    {
        let message = format!(
            "{} and {} do not count as the same: income, expense, or neither. Choose another category.",
            from.name, to.name
        );
        return Err(LedgerError::invalid("into", message));
    }
    Ok((source, target))
}

fn percent_of(thing: &Thing) -> Percent {
    match thing {
        Thing::Bucket(bucket) => bucket.percent,
        Thing::Location(_) | Thing::Category(_) => Percent::ZERO,
    }
}

fn sum_of(one: Percent, other: Percent) -> Result<Percent, LedgerError> {
    let sum = i64::from(one.basis_points()) + i64::from(other.basis_points());
    Percent::from_basis_points(sum)
        .map_err(|error| LedgerError::Database(diesel::result::Error::SerializationError(Box::new(error))))
}

fn as_count(number: usize) -> QueryResult<i64> {
    i64::try_from(number).map_err(|error| diesel::result::Error::QueryBuilderError(Box::new(error)))
}
