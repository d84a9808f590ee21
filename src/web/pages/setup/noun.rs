//! What locations, buckets and categories have in common: the [`Noun`]s of Set-up, which the requests in `actions` are written once for.

use std::fmt::Display;
use std::str::FromStr;

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;

use super::list::Asked;
use super::refusal::Refusal;
use super::thing::{Beside, Facts};
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ids::ChangeId;
use crate::ledger::merge::Pair;
use crate::ledger::order::Towards;
use crate::ledger::retire::Retire;
use crate::ledger::{Book, LedgerError, history};
use crate::money::Percent;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::Section;

/// One of the household's things, as far as all three nouns have it.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) version: i32,
    pub(super) archived_at: Option<DateTime<Utc>>,
}

/// Locations, buckets or categories.
pub(in crate::web) trait Noun: 'static {
    /// What names one of them.
    type Id: Copy + Eq + Display + FromStr + Into<uuid::Uuid> + Send + 'static;
    /// One of them as the history keeps it.
    type Stored: DeserializeOwned + Send + 'static;

    /// Where their list is.
    const PATH: &'static str;
    /// What one is called.
    const ONE: &'static str;
    /// What all are called, as a heading.
    const ALL: &'static str;
    /// What the history calls them.
    const NOUN: history::Noun;
    /// Their part of the app.
    const SECTION: Section;

    /// The thing with this id, archived or not.
    fn find(book: &Book, id: Self::Id) -> Option<Named<'_>>;

    /// Adds what a form asks for.
    fn add(conn: &mut Connection, member: &Member, fields: &Fields) -> Result<ChangeId, Refusal>;

    /// Adds the suggestions that are ticked, and says so.
    fn suggested(
        conn: &mut Connection,
        member: &Member,
        fields: &Fields,
    ) -> Result<(ChangeId, String), Refusal>;

    /// Changes a thing as a form asks; nothing when that changes nothing.
    fn edit(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        id: Self::Id,
        fields: &Fields,
    ) -> Result<Option<ChangeId>, Refusal>;

    /// Takes a thing out of use.
    fn archive(conn: &mut Connection, member: &Member, id: Self::Id) -> Result<ChangeId, LedgerError>;

    /// Takes an archived thing back into use.
    fn restore(conn: &mut Connection, member: &Member, id: Self::Id) -> Result<ChangeId, LedgerError>;

    /// Takes a thing away that was never used.
    fn delete(conn: &mut Connection, member: &Member, id: Self::Id) -> Result<ChangeId, LedgerError>;

    /// One thing, to be merged into another.
    fn pair(source: Self::Id, target: Self::Id) -> Pair;

    /// One thing, to be archived with its money moved to another; nothing where it never holds any.
    fn retire(from: Self::Id, to: Self::Id) -> Option<Retire>;

    /// Those in use that could take the place of a thing.
    fn others(book: &Book, id: Self::Id) -> Vec<(Self::Id, &str)>;

    /// What of a thing becomes the other's in a merge: `Its money and all its entries`.
    fn handed_over(book: &Book, id: Self::Id, member: &Member) -> String;

    /// What else archiving does to a thing, as a sentence with a space before it.
    fn freed(_: &Book, _: Self::Id, _: &Member) -> String {
        String::new()
    }

    /// What becomes of the other's share of income in a merge.
    fn share_after(_: &Book, _: Self::Id, _gained: Percent, _: &Member) -> Option<String> {
        None
    }

    /// What is said of a thing that is in use again.
    fn told_restored(name: &str) -> String {
        format!("{name} is in use again.")
    }

    /// What the page of one thing knows beside what all three nouns have.
    fn facts(
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        book: &Book,
        id: Self::Id,
    ) -> Result<Facts, QueryError>;

    /// The field beside the name, on the page of one thing. `is_used` says whether it has entries.
    fn beside(book: &Book, id: Self::Id, member: &Member, asked: &Asked, is_used: bool) -> Option<Beside>;

    /// What a thing of the history was: its properties, each with what it is called.
    fn properties(stored: &Self::Stored, member: &Member) -> Vec<(&'static str, String)>;

    /// What was typed about a thing and what it is now, where somebody else was faster.
    fn differences(book: &Book, id: Self::Id, fields: &Fields, member: &Member) -> Vec<(String, String)>;

    /// The page of the list, with a row open or a form that comes back.
    fn list(
        state: &State,
        caller: SignedIn,
        frame: Frame,
        asked: Asked,
    ) -> impl Future<Output = Result<HttpResponse, Error>>;
}

/// Things that stand in an order of their own.
pub(in crate::web) trait Ordered: Noun {
    /// Moves a thing past its neighbour; nothing where there is none.
    fn shift(
        conn: &mut Connection,
        member: &Member,
        id: Self::Id,
        towards: Towards,
    ) -> Result<Option<ChangeId>, LedgerError>;
}

/// The id in an address. What cannot be one is as unknown as a foreign one.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) fn read_id<N: Noun>(text: &str) -> Result<N::Id, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// The thing with this id.
///
/// # Errors
/// [`LedgerError::NotFound`].
pub(super) fn find<N: Noun>(book: &Book, id: N::Id) -> Result<Named<'_>, LedgerError> {
    N::find(book, id).ok_or(LedgerError::NotFound(N::ONE))
}
