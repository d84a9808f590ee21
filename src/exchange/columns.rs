//! The columns of a household's CSV file, found by their names.

use std::borrow::Cow;

use super::csv::Record;
use super::fault::{Fault, quote};
use super::fields::{self, Reader};
use super::rows::{Names, Row};
use crate::money::Currency;

/// The columns, all of which must be there, in any order.
pub const COLUMNS: [&str; 9] = [
    "date",
    "description",
    "amount",
    "sign",
    "category",
    "location",
    "bucket",
    "to_location",
    "to_bucket",
];

/// Further columns, which say exactly what is in a ledger; an export has all of them.
pub const EXACT_COLUMNS: [&str; 5] = ["entry", "kind", "counterparty", "share", "refund_of"];

/// What a file is told that names its columns wrongly.
pub(super) fn wanted_columns() -> String {
    format!("Its first line must name the columns: {}.", COLUMNS.join(","))
}

/// Where each of the columns stands in this file.
pub(super) struct Columns {
    places: [usize; 9],
    /// Of [`EXACT_COLUMNS`], those that are there.
    exact: [Option<usize>; 5],
}

impl Columns {
    /// Finds them by their names in the first line.
    pub(super) fn find(head: &Record<'_>) -> Result<Self, String> {
        let names: Vec<String> = head
            .fields
            .iter()
            .map(|field| field.trim().to_ascii_lowercase())
            .collect();
        if let Some(double) = (1..)
            .zip(&names)
            .find(|(after, name)| names.iter().skip(*after).any(|other| &other == name))
        {
            return Err(format!("The column {} is there twice.", quote(double.1)));
        }
        let unknown: Vec<String> = names
            .iter()
            .filter(|name| !COLUMNS.contains(&name.as_str()) && !EXACT_COLUMNS.contains(&name.as_str()))
            .take(COLUMNS.len())
            .map(|name| quote(name))
            .collect();
        let missing: Vec<&str> = COLUMNS
            .into_iter()
            .filter(|column| !names.iter().any(|name| name == column))
            .collect();
        let mut complaints = Vec::new();
        if !unknown.is_empty() {
            complaints.push(format!("Unknown columns: {}.", unknown.join(", ")));
        }
        if !missing.is_empty() {
            complaints.push(format!("Missing columns: {}.", missing.join(", ")));
        }
        if !complaints.is_empty() {
            if let [only] = names.as_slice()
                && only.contains([';', '\t'])
            {
                complaints.insert(0, "Put commas between the columns.".to_owned());
            }
            complaints.push(wanted_columns());
            return Err(complaints.join(" "));
        }
        let place = |column| names.iter().position(|name| name == column);
        Ok(Self {
            places: COLUMNS.map(|column| place(column).unwrap_or(usize::MAX)),
            exact: EXACT_COLUMNS.map(place),
        })
    }

    /// Whether the file has any of [`EXACT_COLUMNS`]; then its text may carry marks against formulas.
    pub(super) fn are_exact(&self) -> bool {
        self.exact.iter().any(Option::is_some)
    }

    /// The entry that a row belongs to; nothing where it is an entry by itself, or where the number cannot be read.
    pub(super) fn number(&self, record: &Record<'_>) -> Option<u64> {
        let [entry, ..] = self.exact;
        fields::number(record.fields.get(entry?)?).ok().flatten()
    }

    /// Reads one row; its names are kept in `names`.
    pub(super) fn read(
        &self,
        record: &Record<'_>,
        currency: Currency,
        names: &mut Names,
    ) -> Result<Row, Fault> {
        let number = self.places.len() + self.exact.iter().flatten().count();
        if record.fields.len() != number {
            let reason = format!(
                "A row needs {number} fields, one for each column; this one has {}.",
                record.fields.len()
            );
            return Err(Fault {
                line: record.line,
                reason,
            });
        }
        let field = |place| record.fields.get(place).map_or("", Cow::as_ref);
        let fields = self.places.map(field);
        let exact = self.exact.map(|place| place.map_or("", field));
        let mut reader = Reader::new(names, self.are_exact());
        let row = reader.row(record.line, fields, exact, currency);
        reader
            .finish(row)
            .map_err(|problems| Fault::of(record.line, &problems))
    }
}
