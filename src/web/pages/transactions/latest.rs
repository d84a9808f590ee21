//! The latest transactions, for the start page and the pages of Set-up: the same rows as in the list, without its edit column.

use chrono::NaiveDate;

use super::row::Row;
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ledger::transaction::queries::{self, Filter, Page};
use crate::ledger::{Book, Kind};

/// Rows of a page.
const ROWS_MAX: i32 = 7;

/// The newest rows; the names of the fields are those of the list, whose table this is.
pub(in crate::web::pages) struct Latest {
    pub(in crate::web::pages) caption: String,
    pub(in crate::web::pages) rows: Vec<Row>,
    pub(in crate::web::pages) back: String,
    pub(in crate::web::pages) may_write: bool,
    /// Whether the household has nothing but a few adjustments.
    pub(in crate::web::pages) only_adjustments: bool,
}

impl Latest {
    /// Reads the newest of all.
    ///
    /// # Errors
    /// Only database failures.
    pub(in crate::web::pages) fn load(
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        book: &Book,
    ) -> Result<Self, QueryError> {
        Self::of(conn, member, today, book, &Filter::default())
    }

    /// Reads the newest that a filter finds.
    ///
    /// # Errors
    /// Only database failures.
    pub(in crate::web::pages) fn of(
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        book: &Book,
        filter: &Filter,
    ) -> Result<Self, QueryError> {
        let (found, more) = queries::list(conn, member.household, filter, Page::First, ROWS_MAX)?;
        Ok(Self {
            caption: "The latest transactions".to_owned(),
            rows: found
                .iter()
                .map(|one| Row::of(member, today, book, filter, one))
                .collect(),
            back: String::new(),
            may_write: false,
            only_adjustments: !more && found.iter().all(|one| one.kind == Kind::Adjustment),
        })
    }
}
