//! Exporting a household's entries as a CSV file that [`import`](super::import) reads back.
//!
//! It reads in batches, so its memory grows with the refunded entries only, whose numbers it keeps; call it on one snapshot.

use std::io::{self, Write};

use diesel::pg::PgConnection;

use super::names::Labels;
use super::sheet::{self, Sheet};
use crate::db::DbError;
use crate::households::Member;
use crate::ledger::Book;
use crate::ledger::transaction::all;

/// Transactions read at once.
const BATCH_ROWS: i32 = 2000;

/// How much was exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Transactions.
    pub entries: i64,
    /// Rows, without that of the names of the columns.
    pub rows: usize,
}

/// Why an export stopped. What was written so far is no whole file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed, or does not let this person in.
    #[error(transparent)]
    Db(#[from] DbError),
    /// It cannot be written to where it should go.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl From<diesel::result::Error> for ExportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Writes all entries of the member's household, oldest day first.
///
/// # Errors
/// [`ExportError::Write`] when `out` takes no more, or the database's.
pub fn export(
    conn: &mut PgConnection,
    member: &Member,
    out: &mut impl Write,
) -> Result<Exported, ExportError> {
    let book = Book::load(conn, member.household)?;
    let sheet = Sheet {
        currency: member.currency,
        labels: Labels::of(conn, member.household, &book)?,
        numbers: all::numbers_of_originals(conn, member.household)?,
    };
    let mut exported = Exported::default();
    let mut text = String::new();
    sheet::write_head(&mut text);
    let mut last = None;
    loop {
        let batch = all::after(conn, member.household, last, BATCH_ROWS)?;
        for entry in &batch {
            exported.entries += 1;
            exported.rows += sheet.write(&mut text, exported.entries, entry);
        }
        out.write_all(text.as_bytes())?;
        text.clear();
        let Some(end) = batch.last() else {
            return Ok(exported);
        };
        last = Some((end.transaction.date, end.transaction.id));
    }
}
