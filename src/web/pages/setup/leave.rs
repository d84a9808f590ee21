//! How a thing leaves: archived, with its money moved where it holds some; merged into another; or deleted.

use super::noun::{Noun, find};
use crate::households::Member;
use crate::ledger::{Book, LedgerError};
use crate::web::pages::frame::new_key;

/// What the forms of leaving need.
#[derive(Debug)]
pub(super) struct Leave {
    pub(super) one: &'static str,
    pub(super) path: String,
    pub(super) name: String,
    /// What archiving does.
    pub(super) archive_text: String,
    /// What is moved when it is archived: `Move 338.96 to`. Nothing where it holds nothing.
    pub(super) move_label: Option<String>,
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
            move_label: move_label(cells, member),
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

/// What the choice of where the money goes is called.
pub(super) fn move_label(cells: &[i64], member: &Member) -> Option<String> {
    if cells.is_empty() {
        return None;
    }
    if cells.iter().any(|minor| *minor < 0) {
        return Some("Settle what it holds with".to_owned());
    }
    let total = cells.iter().fold(0, |sum: i64, minor| sum.saturating_add(*minor));
    let total = member.number_format.amount(total, member.currency);
    Some(format!("Move {total} to"))
}
