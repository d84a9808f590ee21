//! Importing a household's CSV file: read it, leave out what the ledger has already, and write the rest as one change, all or nothing.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::catalogue::Catalogue;
use super::dedupe;
use super::fault::{Fault, Faults, ImportError};
use super::fingerprint::{Content, Fingerprint, Line, Lines};
use super::groups;
use super::overflow::Sums;
use super::percentages::Percentages;
use super::plan::plan;
use super::rows::{self, Money, Row, Table};
use crate::households::Member;
use crate::ids::{HouseholdId, TransactionId};
use crate::ledger::bulk::{self, Additions};
use crate::ledger::history::{self, Record};
use crate::ledger::transaction::Snapshot;
use crate::ledger::{Kind, LedgerError, Problems};
use crate::money::Currency;
use crate::schema::transactions;

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
    /// Of all entries, in their order.
    fingerprints: Vec<Fingerprint>,
    /// The places of the entries that the ledger does not have yet.
    new: Vec<usize>,
    /// Under which ids these will be, in the same order.
    ids: Vec<TransactionId>,
    /// By their places, the entries that the ledger has and that refunds of the file give back.
    known: HashMap<usize, TransactionId>,
}

/// What an import does, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Rows of the file.
    pub rows: usize,
    /// Entries that these rows are.
    pub entries: usize,
    /// How many entries are added to the ledger.
    pub new: usize,
    /// What comes into the set-up with them.
    pub additions: Additions,
}

impl Outcome {
    /// How many entries the ledger had already.
    #[must_use]
    pub const fn double(&self) -> usize {
        self.entries - self.new
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
    let catalogue = Catalogue::load(conn, member, &table.names, &options.percentages, options.create)?;
    let fingerprints: Vec<Fingerprint> = table
        .rows
        .iter()
        .map(|row| fingerprint(row, &catalogue, member.currency))
        .collect();
    let originals = table.rows.iter().filter_map(|row| table.original(row)).collect();
    let file = dedupe::File {
        fingerprints: &fingerprints,
        wanted: &originals,
        days: days(&table.rows),
    };
    let sorted = dedupe::sort(conn, member.household, member.currency, &catalogue.labels, &file)?;
    let mut faults = std::mem::take(&mut table.faults);
    let mut import = Import {
        ids: sorted.new.iter().map(|_| TransactionId::new()).collect(),
        new: sorted.new,
        known: sorted.known,
        table,
        catalogue,
        fingerprints,
    };
    faults.append(import.faults(conn, member.household)?);
    if !faults.is_empty() {
        let rows = import.table.rows_count;
        return Err(ImportError::Rows { faults, rows });
    }
    Ok(import)
}

impl Import {
    /// What it does.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome {
            rows: self.table.rows_count,
            entries: self.table.rows.len(),
            new: self.new.len(),
            additions: self.catalogue.additions.clone(),
        }
    }

    /// Carries it out: one change, called `source`. An import that does nothing leaves no change. Tells `progress` how many transactions are
    /// written so far.
    ///
    /// # Errors
    /// [`ImportError::Rows`] with the line at which a sum would leave its range, or the database's. Nothing may be committed then.
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
        let sums = self.sums(conn, member.household)?;
        let items = bulk::add_to_set_up(conn, member.household, &additions)?;
        let record = Record {
            action: "import",
            summary: source,
            undoes: None,
        };
        let change = history::record(conn, member, &record, &items)?;
        let order = self.writing_order();
        let mut written = 0;
        for places in order.chunks(bulk::BATCH_ROWS) {
            let batch = self.snapshots(places)?;
            match bulk::insert(conn, member.household, &batch).map_err(LedgerError::from) {
                Ok(()) => {}
                Err(LedgerError::Invalid(problems)) => {
                    let done = order.get(..written + batch.len()).unwrap_or(&order);
                    return Err(self.overflow(sums, done, problems));
                }
                Err(error) => return Err(error.into()),
            }
            bulk::remember(conn, member.household, change, items.len() + written, &batch)?;
            written += batch.len();
            progress(written);
        }
        Ok(())
    }

    /// The sums that the new entries will add to.
    fn sums(&self, conn: &mut PgConnection, household: HouseholdId) -> QueryResult<Sums> {
        let days = (0..self.new.len()).filter_map(|place| self.row(place).map(|row| row.date));
        match (days.clone().min(), days.max()) {
            (Some(first), Some(last)) => Sums::load(conn, household, first, last),
            _ => Ok(Sums::default()),
        }
    }

    /// What is wrong with the entries that are new.
    fn faults(&mut self, conn: &mut PgConnection, household: HouseholdId) -> QueryResult<Faults> {
        let mut faults = Faults::default();
        let unfit = unfit_originals(conn, household, &self.table, &self.known)?;
        for place in 0..self.new.len() {
            if let Err(fault) = self.snapshot(place) {
                faults.push(fault);
            } else if let Some(row) = self.row(place)
                && let Some(original) = self.table.original(row)
                && unfit.contains(&original)
            {
                let reason = "refund_of: That entry is in the household already, and was changed since: it is no income or expense that this can give back. Leave the column empty here.";
                faults.push(Fault {
                    line: row.line,
                    reason: reason.to_owned(),
                });
            }
        }
        Ok(faults)
    }

    /// Places in `new`: refunds come after what they give back, everything else in the order of the file.
    fn writing_order(&self) -> Vec<usize> {
        let refunds = |place: &usize| self.row(*place).is_some_and(|row| row.refund_of.is_some());
        let (later, first): (Vec<usize>, Vec<usize>) = (0..self.new.len()).partition(refunds);
        [first, later].concat()
    }

    fn row(&self, place: usize) -> Option<&Row> {
        self.table.rows.get(*self.new.get(place)?)
    }

    /// What is to be stored of the entries with these places in `new`.
    fn snapshots(&mut self, places: &[usize]) -> Result<Vec<Snapshot>, ImportError> {
        let rows = self.table.rows_count;
        let snapshots: Result<Vec<_>, Fault> = places
            .iter()
            .filter_map(|place| self.snapshot(*place).transpose())
            .collect();
        // Everything was planned before; only memory spares us to keep it.
        snapshots.map_err(|fault| ImportError::Rows {
            faults: fault.into(),
            rows,
        })
    }

    fn snapshot(&mut self, place: usize) -> Result<Option<Snapshot>, Fault> {
        let (Some(at), Some(id)) = (self.new.get(place).copied(), self.ids.get(place).copied()) else {
            return Ok(None);
        };
        let (Some(row), Some(fingerprint)) = (self.table.rows.get(at), self.fingerprints.get(at)) else {
            return Ok(None);
        };
        let original = self.table.original(row).and_then(|original| {
            let new = self.new.binary_search(&original).ok();
            new.and_then(|place| self.ids.get(place))
                .or_else(|| self.known.get(&original))
                .copied()
        });
        let mut snapshot = plan(row, &self.table.names, &mut self.catalogue, id, original)?;
        snapshot.import_key = Some(*fingerprint);
        Ok(Some(snapshot))
    }

    /// Names the line with which a sum passes its limit, of those with these places in `new`. The rarest sums are not followed; then only
    /// the complaint is left.
    fn overflow(mut self, mut sums: Sums, places: &[usize], problems: Problems) -> ImportError {
        let mut last = None;
        for place in places {
            if let Ok(Some(snapshot)) = self.snapshot(*place)
                && sums.overflow_with(&snapshot.transaction)
            {
                last = self.row(*place).map(|row| row.line);
            }
        }
        match last {
            Some(line) => ImportError::Rows {
                faults: Fault::of(line, &problems).into(),
                rows: self.table.rows_count,
            },
            None => ImportError::Ledger(LedgerError::Invalid(problems)),
        }
    }
}

fn fingerprint(row: &Row, catalogue: &Catalogue, currency: Currency) -> Fingerprint {
    let key = |id| catalogue.key(id);
    let exact = match &row.money {
        Money::Short(short) => {
            let content = Content {
                date: row.date,
                description: &row.description,
                amount: short.amount,
                sign: short.sign,
                category: key(row.category),
                location: key(short.location),
                bucket: short.bucket.map(key),
                to: short.to.map(|(location, bucket)| (key(location), key(bucket))),
            };
            return content.fingerprint(currency);
        }
        Money::Exact(exact) => exact,
    };
    let postings = exact.parts.iter().filter(|part| !part.amount.is_zero());
    let lines: Vec<Line<'_>> = postings
        .map(|part| (key(part.location), key(part.bucket), part.amount))
        .collect();
    let entry = Lines {
        date: row.date,
        description: &row.description,
        kind: exact.kind,
        category: key(row.category),
        counterparty: exact.counterparty.as_deref(),
        split: exact.parts.iter().any(|part| part.share.is_some()),
        postings: &lines,
    };
    entry.fingerprint(currency)
}

/// The first and the last day.
fn days(rows: &[Row]) -> Option<(NaiveDate, NaiveDate)> {
    let first = rows.iter().map(|row| row.date).min()?;
    let last = rows.iter().map(|row| row.date).max()?;
    Some((first, last))
}

/// Places of entries that the ledger has, and of which no refund can be recorded any more: they were edited since they were imported.
fn unfit_originals(
    conn: &mut PgConnection,
    household: HouseholdId,
    table: &Table,
    known: &HashMap<usize, TransactionId>,
) -> QueryResult<HashSet<usize>> {
    let found: Vec<(TransactionId, String, i64)> = transactions::table
        .filter(transactions::household_id.eq(household))
        .filter(transactions::id.eq_any(known.values()))
        .select((transactions::id, transactions::kind, transactions::amount_minor))
        .load(conn)?;
    let found: HashMap<_, _> = found
        .into_iter()
        .map(|(id, kind, minor)| (id, (kind, minor > 0)))
        .collect();
    let fits = |place: usize, id: &TransactionId| {
        let row = table.rows.get(place).map(|row| groups::kind(&row.money));
        let now = found.get(id).map(|(kind, comes_in)| (kind.as_str(), *comes_in));
        row.zip(now)
            .is_some_and(|(row, now)| now == (row.as_str(), row == Kind::Income))
    };
    let unfit = known.iter().filter(|(place, id)| !fits(**place, id));
    Ok(unfit.map(|(place, _)| *place).collect())
}
