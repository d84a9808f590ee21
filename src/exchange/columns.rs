//! The columns of a household's CSV file, found by their names, and every field read into what it means.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::csv::Record;
use super::fault::{Fault, quote};
use super::rows::{NameId, Names, Row, RowSign};
use crate::ledger::{Problem, Problems, name};
use crate::money::{Amount, Currency};
use crate::period;

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

const SPLIT_OF_NO_INCOME: &str = "Only income, with the sign +, is split by *. Name a bucket.";

/// What a file is told that names its columns wrongly.
pub(super) fn wanted_columns() -> String {
    format!("Its first line must name the columns: {}.", COLUMNS.join(","))
}

/// Where each of [`COLUMNS`] stands in this file.
pub(super) struct Columns([usize; 9]);

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
            .filter(|name| !COLUMNS.contains(&name.as_str()))
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
        Ok(Self(COLUMNS.map(|column| {
            names.iter().position(|name| name == column).unwrap_or(usize::MAX)
        })))
    }

    /// Reads one row; its names are kept in `names`.
    pub(super) fn read(
        &self,
        record: &Record<'_>,
        currency: Currency,
        names: &mut Names,
    ) -> Result<Row, Fault> {
        if record.fields.len() != COLUMNS.len() {
            let reason = format!(
                "A row needs {} fields, one for each column; this one has {}.",
                COLUMNS.len(),
                record.fields.len()
            );
            return Err(Fault {
                line: record.line,
                reason,
            });
        }
        let fields = self
            .0
            .map(|place| record.fields.get(place).map_or("", Cow::as_ref));
        let mut reader = Reader {
            names,
            problems: Vec::new(),
        };
        let row = reader.row(record.line, fields, currency);
        match row {
            Some(row) if reader.problems.is_empty() => Ok(row),
            _ => Err(Fault::of(record.line, &reader.problems)),
        }
    }
}

/// Reads one row and collects what is wrong with it.
struct Reader<'a> {
    names: &'a mut Names,
    problems: Problems,
}

impl Reader<'_> {
    /// The row, if every field of it can be read; it counts only when there are no problems.
    fn row(&mut self, line: u64, fields: [&str; 9], currency: Currency) -> Option<Row> {
        let [
            date,
            description,
            amount,
            sign,
            category,
            location,
            bucket,
            to_location,
            to_bucket,
        ] = fields;
        let date = self.date(date);
        let description = self.take(name::optional("description", description));
        let amount = self.amount(amount, currency);
        let sign = self.sign(sign);
        let category = self.name("category", category);
        let location = self.name("location", location);
        let splits = bucket.trim() == "*";
        let bucket = if splits { None } else { self.name("bucket", bucket) };
        let sign = sign?;
        if splits && sign != RowSign::Income {
            self.say("bucket", SPLIT_OF_NO_INCOME);
        }
        let to = if sign == RowSign::Transfer {
            if amount.is_some_and(Amount::is_negative) {
                self.say(
                    "amount",
                    "What a transfer moves is above zero. Swap where it comes from and where it goes.",
                );
            }
            let to_location = self.target("to_location", to_location, location);
            let to_bucket = self.target("to_bucket", to_bucket, bucket);
            to_location.zip(to_bucket)
        } else {
            self.nothing("to_location", to_location);
            self.nothing("to_bucket", to_bucket);
            None
        };
        Some(Row {
            line,
            date: date?,
            description: description?.into(),
            amount: amount?,
            sign,
            category: category?,
            location: location?,
            bucket,
            to,
        })
    }

    fn date(&mut self, text: &str) -> Option<NaiveDate> {
        let date = period::parse_day(text.trim()).map_err(|error| problem("date", error.to_string()));
        self.take(date)
    }

    fn amount(&mut self, text: &str, currency: Currency) -> Option<Amount> {
        let amount =
            Amount::parse_plain(text, currency).map_err(|error| problem("amount", error.to_string()));
        self.take(amount)
    }

    fn sign(&mut self, text: &str) -> Option<RowSign> {
        let sign = match text.trim() {
            "+" => Ok(RowSign::Income),
            "-" => Ok(RowSign::Expense),
            "=" => Ok(RowSign::Transfer),
            _ => Err(problem(
                "sign",
                "Write + for income, - for an expense, = for a transfer.",
            )),
        };
        self.take(sign)
    }

    /// A name that must be there.
    fn name(&mut self, column: &'static str, text: &str) -> Option<NameId> {
        let text = self.take(name::required(column, text))?;
        Some(self.names.keep(text))
    }

    /// Where a transfer goes: the source, if nothing is said.
    fn target(&mut self, column: &'static str, text: &str, source: Option<NameId>) -> Option<NameId> {
        match text.trim() {
            "" => source,
            "*" => {
                self.say(column, SPLIT_OF_NO_INCOME);
                None
            }
            name => self.name(column, name),
        }
    }

    fn nothing(&mut self, column: &'static str, text: &str) {
        if !text.trim().is_empty() {
            self.say(
                column,
                "Leave this empty: only a transfer, with the sign =, goes anywhere.",
            );
        }
    }

    fn say(&mut self, column: &'static str, message: &str) {
        self.problems.push(problem(column, message));
    }

    fn take<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }
}

fn problem(field: &'static str, message: impl Into<String>) -> Problem {
    Problem {
        field,
        message: message.into(),
    }
}
