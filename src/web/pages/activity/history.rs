//! The [`History`] of one entry, on its page.

use chrono::NaiveDate;

use super::line::{Line, Scope};
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ids::TransactionId;
use crate::ledger::Book;
use crate::ledger::activity::{self, Names};

/// Changes of one entry that its page shows.
const CHANGES_MAX: i32 = 20;

/// What was done to an entry, newest first.
#[derive(Default)]
pub(in crate::web::pages) struct History {
    pub(in crate::web::pages) lines: Vec<Line>,
    /// Whether older changes are left out.
    pub(in crate::web::pages) has_more: bool,
}

impl History {
    /// Reads it. It is the last thing to be read for a page: see [`Names::load`].
    ///
    /// # Errors
    /// Only database failures.
    pub(in crate::web::pages) fn load(
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        book: Book,
        id: TransactionId,
    ) -> Result<Self, QueryError> {
        let (changes, has_more) = activity::of_transaction(conn, member.household, id, CHANGES_MAX)?;
        let names = Names::load(conn, member, book, &changes)?;
        let line = |change| Line::of(member, &names, today, change, Scope::Entry);
        Ok(Self {
            lines: changes.iter().map(line).collect(),
            has_more,
        })
    }
}
