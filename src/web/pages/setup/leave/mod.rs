//! How a thing leaves: archived, with its money moved where it holds some; merged into another; or deleted.
//!
//! [`Leave`] is what the forms need, [`step`] the page between them and the deed, [`outcome`] what happens.

pub(super) mod outcome;
pub(super) mod step;

use super::noun::{Noun, find};
use crate::households::Member;
use crate::ledger::{Book, LedgerError};
use crate::web::pages::frame::new_key;

/// What the step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Its entries become another's.
    Merge,
    /// The same, asked for as a deletion.
    Delete,
    /// Its money becomes another's.
    Archive,
}

impl Act {
    /// The field that names the other.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Merge | Self::Delete => "into",
            Self::Archive => "move_to",
        }
    }

    /// The end of its address.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Delete => "delete",
            Self::Archive => "archive",
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Merge => "Merge",
            Self::Delete => "Delete",
            Self::Archive => "Archive",
        }
    }

    /// What the choice of the other is called.
    const fn label(self) -> &'static str {
        match self {
            Self::Merge => "Merge into",
            Self::Delete => "What takes its place",
            Self::Archive => "Where its money goes",
        }
    }
}

/// What the forms of leaving need.
#[derive(Debug)]
pub(super) struct Leave {
    pub(super) one: &'static str,
    pub(super) path: String,
    pub(super) name: String,
    /// What archiving does.
    pub(super) archive_text: String,
    /// What moves when it is archived; nothing where it holds nothing.
    pub(super) holds: Option<Holds>,
    /// What merging does.
    pub(super) merge_text: String,
    /// What could take its place: id and name.
    pub(super) others: Vec<(String, String)>,
    pub(super) is_archived: bool,
    /// Whether it has entries, on its own page; nothing in the list, which offers no deletion.
    pub(super) is_used: Option<bool>,
    pub(super) archive_key: String,
    pub(super) delete_key: String,
}

impl Leave {
    /// For the thing `id`, whose cells hold these amounts in minor units.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn new<N: Noun>(
        book: &Book,
        id: N::Id,
        member: &Member,
        cells: &[i64],
        is_used: Option<bool>,
    ) -> Result<Self, LedgerError> {
        let named = find::<N>(book, id)?;
        Ok(Self {
            one: N::ONE,
            path: format!("{}/{id}", N::PATH),
            name: named.name.to_owned(),
            archive_text: format!(
                "It takes no more entries and leaves the lists. Its history stays.{}",
                N::freed(book, id, member)
            ),
            holds: Holds::of(cells, member),
            merge_text: format!(
                "{} become the other’s. The name {} goes away.",
                N::handed_over(book, id, member),
                named.name
            ),
            others: N::others(book, id)
                .into_iter()
                .map(|(id, name)| (id.to_string(), name.to_owned()))
                .collect(),
            is_archived: named.archived_at.is_some(),
            is_used,
            archive_key: new_key(),
            delete_key: new_key(),
        })
    }
}

/// The money that keeps a thing from being archived at once.
#[derive(Debug)]
pub(super) struct Holds {
    /// `It still holds 338.96, which moves first.`
    pub(super) sentence: String,
    /// `Move 338.96 to`
    pub(super) label: String,
}

impl Holds {
    fn of(cells: &[i64], member: &Member) -> Option<Self> {
        if cells.is_empty() {
            return None;
        }
        if cells.iter().any(|minor| *minor < 0) {
            return Some(Self {
                sentence: "It holds amounts below zero, which are settled first.".to_owned(),
                label: "Settle with".to_owned(),
            });
        }
        let total = cells.iter().fold(0, |sum: i64, minor| sum.saturating_add(*minor));
        let total = member.number_format.amount(total, member.currency);
        Some(Self {
            sentence: format!("It still holds {total}, which moves first."),
            label: format!("Move {total} to"),
        })
    }
}
