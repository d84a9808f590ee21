//! A [`Thing`] of the set-up: a location, a bucket or a category, where it does not matter which of the three.

use diesel::dsl::{exists, now, select};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use serde_json::Value;
use uuid::Uuid;

use super::book::{Bucket, Category, Location};
use super::history::{self, Item, Noun, Record, from_json, to_json};
use super::{Book, LedgerError, category};
use crate::households::Member;
use crate::ids::{ChangeId, HouseholdId};
use crate::schema::{balances, buckets, categories, locations, postings, split_shares};

/// One of the three, with all that is stored of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// Where money is.
    Location(Location),
    /// What it is for.
    Bucket(Bucket),
    /// Why it moved.
    Category(Category),
}

/// Does the same with whichever it is.
macro_rules! each {
    ($thing:expr, $one:ident => $do:expr) => {
        match $thing {
            Thing::Location($one) => $do,
            Thing::Bucket($one) => $do,
            Thing::Category($one) => $do,
        }
    };
}

impl Thing {
    /// The thing with this id, archived or not.
    #[must_use]
    pub fn find(book: &Book, noun: Noun, id: Uuid) -> Option<Self> {
        match noun {
            Noun::Location => book.location(id.into()).cloned().map(Self::Location),
            Noun::Bucket => book.bucket(id.into()).cloned().map(Self::Bucket),
            Noun::Category => book.category(id.into()).cloned().map(Self::Category),
            Noun::Transaction | Noun::Moved => None,
        }
    }

    /// The thing as the history wrote it down.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn read(noun: Noun, json: Value) -> Result<Self, LedgerError> {
        match noun {
            Noun::Location => from_json(json).map(Self::Location),
            Noun::Bucket => from_json(json).map(Self::Bucket),
            Noun::Category | Noun::Transaction | Noun::Moved => from_json(json).map(Self::Category),
        }
    }

    /// The thing as the history writes it down.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn to_json(&self) -> Result<Value, LedgerError> {
        each!(self, one => to_json(one))
    }

    /// What it is.
    #[must_use]
    pub const fn noun(&self) -> Noun {
        match self {
            Self::Location(_) => Noun::Location,
            Self::Bucket(_) => Noun::Bucket,
            Self::Category(_) => Noun::Category,
        }
    }

    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        each!(self, one => one.id.uuid())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        each!(self, one => &one.name)
    }

    /// Goes up with every edit.
    #[must_use]
    pub const fn version(&self) -> i32 {
        each!(self, one => one.version)
    }

    /// Whether it takes no new postings.
    #[must_use]
    pub const fn is_archived(&self) -> bool {
        each!(self, one => one.archived_at.is_some())
    }

    /// The same with another version.
    #[must_use]
    pub fn at_version(mut self, version: i32) -> Self {
        each!(&mut self, one => one.version = version);
        self
    }

    /// The same, in use under a name that nothing else has: so entries can come back to something archived before it is archived again.
    #[must_use]
    pub(super) fn in_use_for_now(mut self) -> Self {
        each!(&mut self, one => {
            one.name = one.id.to_string();
            one.archived_at = None;
        });
        self
    }

    /// The page on which it is changed, as people are told.
    #[must_use]
    pub const fn page(&self) -> &'static str {
        match self {
            Self::Location(_) => "Set-up, Locations",
            Self::Bucket(_) => "Set-up, Buckets",
            Self::Category(_) => "Set-up, Categories",
        }
    }

    /// Whether an entry names it, of any day; of a bucket also a share of a split.
    ///
    /// # Errors
    /// Only database failures.
    pub fn is_used(&self, conn: &mut PgConnection, household: HouseholdId) -> QueryResult<bool> {
        match self {
            Self::Location(one) => select(exists(
                postings::table
                    .filter(postings::household_id.eq(household))
                    .filter(postings::location_id.eq(one.id)),
            ))
            .get_result(conn),
            Self::Bucket(one) => select(
                exists(
                    postings::table
                        .filter(postings::household_id.eq(household))
                        .filter(postings::bucket_id.eq(one.id)),
                )
                .or(exists(
                    split_shares::table
                        .filter(split_shares::household_id.eq(household))
                        .filter(split_shares::bucket_id.eq(one.id)),
                )),
            )
            .get_result(conn),
            Self::Category(one) => category::is_used(conn, household, one.id),
        }
    }

    /// Whether money lies in one of its cells; never of a category.
    ///
    /// # Errors
    /// Only database failures.
    pub fn holds_money(&self, conn: &mut PgConnection, household: HouseholdId) -> QueryResult<bool> {
        let cells = balances::table
            .filter(balances::household_id.eq(household))
            .filter(balances::amount_minor.ne(0));
        match self {
            Self::Location(one) => {
                select(exists(cells.filter(balances::location_id.eq(one.id)))).get_result(conn)
            }
            Self::Bucket(one) => {
                select(exists(cells.filter(balances::bucket_id.eq(one.id)))).get_result(conn)
            }
            Self::Category(_) => Ok(false),
        }
    }

    /// Stores a thing that is not there.
    pub(super) fn insert(&self, conn: &mut PgConnection, household: HouseholdId) -> QueryResult<()> {
        match self {
            Self::Location(one) => diesel::insert_into(locations::table)
                .values((
                    locations::household_id.eq(household),
                    locations::id.eq(one.id),
                    locations::name.eq(&one.name),
                    locations::kind.eq(one.kind.as_str()),
                    locations::position.eq(one.position),
                    locations::archived_at.eq(one.archived_at),
                    locations::version.eq(one.version),
                ))
                .execute(conn),
            Self::Bucket(one) => diesel::insert_into(buckets::table)
                .values((
                    buckets::household_id.eq(household),
                    buckets::id.eq(one.id),
                    buckets::name.eq(&one.name),
                    buckets::percent_bp.eq(i32::from(one.percent.basis_points())),
                    buckets::position.eq(one.position),
                    buckets::archived_at.eq(one.archived_at),
                    buckets::version.eq(one.version),
                ))
                .execute(conn),
            Self::Category(one) => diesel::insert_into(categories::table)
                .values((
                    categories::household_id.eq(household),
                    categories::id.eq(one.id),
                    categories::name.eq(&one.name),
                    categories::sign.eq(one.sign.as_str()),
                    categories::archived_at.eq(one.archived_at),
                    categories::version.eq(one.version),
                ))
                .execute(conn),
        }
        .map(drop)
    }

    /// Stores it in place of what was there.
    pub(super) fn update(&self, conn: &mut PgConnection, household: HouseholdId) -> QueryResult<()> {
        match self {
            Self::Location(one) => diesel::update(locations::table.find((household, one.id)))
                .set((
                    locations::name.eq(&one.name),
                    locations::kind.eq(one.kind.as_str()),
                    locations::position.eq(one.position),
                    locations::archived_at.eq(one.archived_at),
                    locations::version.eq(one.version),
                ))
                .execute(conn),
            Self::Bucket(one) => diesel::update(buckets::table.find((household, one.id)))
                .set((
                    buckets::name.eq(&one.name),
                    buckets::percent_bp.eq(i32::from(one.percent.basis_points())),
                    buckets::position.eq(one.position),
                    buckets::archived_at.eq(one.archived_at),
                    buckets::version.eq(one.version),
                ))
                .execute(conn),
            Self::Category(one) => diesel::update(categories::table.find((household, one.id)))
                .set((
                    categories::name.eq(&one.name),
                    categories::sign.eq(one.sign.as_str()),
                    categories::archived_at.eq(one.archived_at),
                    categories::version.eq(one.version),
                ))
                .execute(conn),
        }
        .map(drop)
    }

    /// Takes it away; nothing may name it.
    pub(super) fn remove(&self, conn: &mut PgConnection, household: HouseholdId) -> QueryResult<()> {
        match self {
            Self::Location(one) => diesel::delete(locations::table.find((household, one.id))).execute(conn),
            Self::Bucket(one) => diesel::delete(buckets::table.find((household, one.id))).execute(conn),
            Self::Category(one) => diesel::delete(categories::table.find((household, one.id))).execute(conn),
        }
        .map(drop)
    }
}

/// Takes a thing out of use; `first` came before it in the same change, such as the transfers that emptied it. A bucket's percentage becomes free.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] while it holds money, and when it is archived already.
pub(super) fn archive(
    conn: &mut PgConnection,
    member: &Member,
    noun: Noun,
    id: Uuid,
    first: Vec<Item>,
) -> Result<ChangeId, LedgerError> {
    let before = of(conn, member.household, noun, id)?;
    if before.is_archived() {
        return Err(LedgerError::Blocked(format!(
            "{} is archived already.",
            before.name()
        )));
    }
    if before.holds_money(conn, member.household)? {
        return Err(LedgerError::Blocked(format!(
            "{} still holds money. Choose where it goes, then archive it.",
            before.name()
        )));
    }
    let at = diesel::select(now.into_sql::<Timestamptz>()).get_result(conn)?;
    let mut after = before.clone().at_version(before.version() + 1);
    each!(&mut after, one => one.archived_at = Some(at));
    if let Thing::Bucket(bucket) = &mut after {
        bucket.percent = crate::money::Percent::ZERO;
    }
    after.update(conn, member.household)?;
    let action = match noun {
        Noun::Location => "location.archive",
        Noun::Bucket => "bucket.archive",
        Noun::Category | Noun::Transaction | Noun::Moved => "category.archive",
    };
    remember(conn, member, action, Some(&before), Some(&after), first)
}

/// Takes an archived thing back into use, a bucket at 0 %.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when it is in use; [`LedgerError::Invalid`] when its name was given to another meanwhile.
pub(super) fn restore(
    conn: &mut PgConnection,
    member: &Member,
    noun: Noun,
    id: Uuid,
) -> Result<ChangeId, LedgerError> {
    let before = of(conn, member.household, noun, id)?;
    if !before.is_archived() {
        return Err(LedgerError::Blocked(format!(
            "{} is in use already.",
            before.name()
        )));
    }
    let mut after = before.clone().at_version(before.version() + 1);
    each!(&mut after, one => one.archived_at = None);
    after.update(conn, member.household)?;
    let action = match noun {
        Noun::Location => "location.restore",
        Noun::Bucket => "bucket.restore",
        Noun::Category | Noun::Transaction | Noun::Moved => "category.restore",
    };
    remember(conn, member, action, Some(&before), Some(&after), Vec::new())
}

/// Takes a thing away that was never used.
///
/// # Errors
/// [`LedgerError::NotFound`]; [`LedgerError::Blocked`] when an entry names it.
pub(super) fn delete(
    conn: &mut PgConnection,
    member: &Member,
    noun: Noun,
    id: Uuid,
) -> Result<ChangeId, LedgerError> {
    let before = of(conn, member.household, noun, id)?;
    if before.is_used(conn, member.household)? {
        return Err(LedgerError::Blocked(format!(
            "{} has entries. Choose what takes its place, or archive it.",
            before.name()
        )));
    }
    before.remove(conn, member.household)?;
    let action = match noun {
        Noun::Location => "location.delete",
        Noun::Bucket => "bucket.delete",
        Noun::Category | Noun::Transaction | Noun::Moved => "category.delete",
    };
    remember(conn, member, action, Some(&before), None, Vec::new())
}

/// The thing with this id.
pub(super) fn of(
    conn: &mut PgConnection,
    household: HouseholdId,
    noun: Noun,
    id: Uuid,
) -> Result<Thing, LedgerError> {
    let book = Book::load(conn, household)?;
    Thing::find(&book, noun, id).ok_or(LedgerError::NotFound(noun.as_str()))
}

/// Writes down what a command did to one thing; `items` came before it in the same change.
pub(super) fn remember(
    conn: &mut PgConnection,
    member: &Member,
    action: &'static str,
    before: Option<&Thing>,
    after: Option<&Thing>,
    mut items: Vec<Item>,
) -> Result<ChangeId, LedgerError> {
    let Some(one) = after.or(before) else {
        return Err(LedgerError::NotFound("thing"));
    };
    items.push(Item::thing(before, after)?);
    let record = Record {
        action,
        summary: one.name(),
        undoes: None,
    };
    Ok(history::record(conn, member, &record, &items)?)
}
