//! Importing a household's CSV file: read it, leave out what the ledger has already, and write the rest as one change, all or nothing.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::catalogue::Catalogue;
use super::dedupe;
use super::fault::{Fault, Faults, ImportError};
use super::fingerprint::{Content, Fingerprint};
use super::percentages::Percentages;
use super::plan::plan;
use super::rows::{self, Row, Table};
use crate::households::Member;
use crate::ledger::bulk::{self, Additions};
use crate::ledger::history::{self, Record};
use crate::ledger::transaction::Snapshot;

/// What somebody wants of an import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether names that the household lacks are added.
    pub create: bool,
    /// Percentages that buckets get first.
    pub percentages: Percentages,
}

/// An import that can be carried out: nothing in it is faulty, and nothing is written yet.
pub struct Import {
    table: Table,
    catalogue: Catalogue,
    /// Of all rows, in their order.
    fingerprints: Vec<Fingerprint>,
    /// The places of the rows that the ledger does not have yet.
    new: Vec<usize>,
}

/// What an import does, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Rows of the file.
    pub rows: usize,
    /// How many of them become entries.
    pub new: usize,
    /// What comes into the set-up with them.
    pub additions: Additions,
}

impl Outcome {
    /// How many rows the ledger had already.
    #[must_use]
    pub const fn double(&self) -> usize {
        self.rows - self.new
    }
}

/// Reads a file and checks all of it against the household.
///
/// # Errors
/// [`ImportError::File`] when it is no such table, [`ImportError::Rows`] with all faulty rows, [`ImportError::Percentages`].
pub fn prepare(
    conn: &mut PgConnection,
    member: &Member,
    bytes: &[u8],
    options: &Options,
) -> Result<Import, ImportError> {
    let mut table = rows::read(bytes, member.currency).map_err(ImportError::File)?;
    let mut catalogue = Catalogue::load(conn, member, &table.names, &options.percentages, options.create)?;
    let fingerprints: Vec<Fingerprint> = table
        .rows
        .iter()
        .map(|row| content(row, &catalogue).fingerprint(member.currency))
        .collect();
    let new = match days(&table.rows) {
        Some(days) => {
            let existing = dedupe::existing(conn, member.household, member.currency, &fingerprints, days)?;
            dedupe::new_rows(&fingerprints, &existing)
        }
        None => Vec::new(),
    };
    let mut faults = Faults::default();
    for row in new.iter().filter_map(|place| table.rows.get(*place)) {
        if let Err(problems) = plan(row, &table.names, &mut catalogue) {
            faults.push(Fault::of(row.line, &problems));
        }
    }
    let rows = table.rows.len() + table.faults.rows();
    faults.append(std::mem::take(&mut table.faults));
    if !faults.is_empty() {
        return Err(ImportError::Rows { faults, rows });
    }
    Ok(Import {
        table,
        catalogue,
        fingerprints,
        new,
    })
}

impl Import {
    /// What it does.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome {
            rows: self.table.rows.len(),
            new: self.new.len(),
            additions: self.catalogue.additions.clone(),
        }
    }

    /// Carries it out: one change, called `source`. An import that does nothing leaves no change. Tells `progress` how many transactions are
    /// written so far.
    ///
    /// # Errors
    /// [`ImportError::Ledger`] when a sum would leave its range, or the database's. Nothing may be committed then.
    pub fn write(
        mut self,
        conn: &mut PgConnection,
        member: &Member,
        source: &str,
        progress: &mut dyn FnMut(usize),
    ) -> Result<(), ImportError> {
        let additions = std::mem::take(&mut self.catalogue.additions);
        if self.new.is_empty() && additions.is_empty() {
            return Ok(());
        }
        let items = bulk::add_to_set_up(conn, member.household, &additions)?;
        let record = Record {
            action: "import",
            summary: source,
            undoes: None,
        };
        let change = history::record(conn, member, &record, &items)?;
        let mut written = 0;
        for places in self.new.chunks(bulk::BATCH_ROWS) {
            let batch = snapshots(places, &self.table, &self.fingerprints, &mut self.catalogue)?;
            bulk::insert(conn, member.household, &batch)?;
            bulk::remember(conn, member.household, change, items.len() + written, &batch)?;
            written += batch.len();
            progress(written);
        }
        Ok(())
    }
}

fn content<'a>(row: &'a Row, catalogue: &'a Catalogue) -> Content<'a> {
    let key = |id| catalogue.key(id);
    Content {
        date: row.date,
        description: &row.description,
        amount: row.amount,
        sign: row.sign,
        category: key(row.category),
        location: key(row.location),
        bucket: row.bucket.map(key),
        to: row.to.map(|(location, bucket)| (key(location), key(bucket))),
    }
}

/// The first and the last day.
fn days(rows: &[Row]) -> Option<(NaiveDate, NaiveDate)> {
    let first = rows.iter().map(|row| row.date).min()?;
    let last = rows.iter().map(|row| row.date).max()?;
    Some((first, last))
}

/// What is to be stored of these rows.
fn snapshots(
    places: &[usize],
    table: &Table,
    fingerprints: &[Fingerprint],
    catalogue: &mut Catalogue,
) -> Result<Vec<Snapshot>, ImportError> {
    let rows = places
        .iter()
        .filter_map(|place| table.rows.get(*place).zip(fingerprints.get(*place)));
    rows.map(|(row, fingerprint)| {
        // Everything was planned before; only memory spares us to keep it.
        let mut snapshot = plan(row, &table.names, catalogue).map_err(|problems| ImportError::Rows {
            faults: Fault::of(row.line, &problems).into(),
            rows: table.rows.len(),
        })?;
        snapshot.import_key = Some(*fingerprint);
        Ok(snapshot)
    })
    .collect()
}
