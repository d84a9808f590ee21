//! The rows of a household's CSV file: its columns, found by their names, and every field read into what it means.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::NaiveDate;

use super::csv::{BrokenRecord, Record, Records};
use super::fault::{Fault, Faults, quote};
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

/// What a row records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowSign {
    /// `+`
    Income,
    /// `-`
    Expense,
    /// `=`
    Transfer,
}

impl RowSign {
    /// As it stands in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Income => "+",
            Self::Expense => "-",
            Self::Transfer => "=",
        }
    }
}

/// A name of the file, by its place in [`Table::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameId(u32);

/// One entry to be. Nothing in it is checked against the household yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins.
    pub line: u64,
    /// The day.
    pub date: NaiveDate,
    /// A few words, trimmed; may be empty.
    pub description: Box<str>,
    /// As it stands in the file: below zero it is a refund, never of a transfer.
    pub amount: Amount,
    /// What it records.
    pub sign: RowSign,
    /// Why.
    pub category: NameId,
    /// Where, or from where.
    pub location: NameId,
    /// What for; nothing when the income is split.
    pub bucket: Option<NameId>,
    /// Location and bucket that a transfer goes to; nothing otherwise.
    pub to: Option<(NameId, NameId)>,
}

/// The different names of a file, each kept once.
#[derive(Debug, Clone, Default)]
pub struct Names {
    texts: Vec<String>,
    places: HashMap<String, NameId>,
}

impl Names {
    /// The id of a name, which is kept if it is new.
    pub fn keep(&mut self, text: String) -> NameId {
        if let Some(id) = self.places.get(&text) {
            return *id;
        }
        // A file of four thousand million names does not fit into memory.
        let id = NameId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.clone());
        self.places.insert(text, id);
        id
    }

    /// All names, in the order of their ids.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// What belongs to a name, in a list that goes by ids.
    #[must_use]
    pub fn find<'a>(&self, id: NameId, list: &'a [String]) -> &'a str {
        list.get(id.0 as usize).map_or("", String::as_str)
    }
}

/// A file, read.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The good rows, in their order.
    pub rows: Vec<Row>,
    /// The names in them.
    pub names: Names,
    /// The other rows.
    pub faults: Faults,
}

/// Reads a file. Never fails on a row: a faulty one is among [`Table::faults`], and the others are read.
///
/// # Errors
/// When it is no table of these columns at all.
pub fn read(bytes: &[u8], currency: Currency) -> Result<Table, Fault> {
    let text = as_text(bytes)?;
    let mut records = Records::new(text);
    let Some(head) = records.next() else {
        return Err(fault(1, format!("The file is empty. {}", wanted_columns())));
    };
    let head = head.map_err(broken)?;
    let columns = Columns::find(&head).map_err(|reason| fault(head.line, reason))?;
    let mut table = Table::default();
    for record in records {
        let row = record
            .map_err(broken)
            .and_then(|record| columns.read(&record, currency, &mut table.names));
        match row {
            Ok(row) => table.rows.push(row),
            Err(fault) => table.faults.push(fault),
        }
    }
    if table.rows.is_empty() && table.faults.is_empty() {
        return Err(fault(
            head.line + 1,
            "There is no row below the names of the columns.".to_owned(),
        ));
    }
    Ok(table)
}

/// The text of a file, without the mark that some programs put before it.
fn as_text(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(fault(1, "The file is UTF-16. Save it as UTF-8.".to_owned()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to());
        let line = 1 + before.map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        fault(
            line,
            "This line is not UTF-8 text. Save the file as UTF-8.".to_owned(),
        )
    })
}

fn fault(line: u64, reason: String) -> Fault {
    Fault { line, reason }
}

fn broken(record: BrokenRecord) -> Fault {
    fault(record.line, record.reason.to_owned())
}

fn wanted_columns() -> String {
    format!("Its first line must name the columns: {}.", COLUMNS.join(","))
}

/// Where each of [`COLUMNS`] stands in this file.
struct Columns([usize; 9]);

impl Columns {
    fn find(head: &Record<'_>) -> Result<Self, String> {
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

    fn read(&self, record: &Record<'_>, currency: Currency, names: &mut Names) -> Result<Row, Fault> {
        if record.fields.len() != COLUMNS.len() {
            let reason = format!(
                "There are {} columns here and {} in the first line.",
                record.fields.len(),
                COLUMNS.len()
            );
            return Err(fault(record.line, reason));
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
            self.say(
                "bucket",
                "Only income, with the sign +, is split by *. Name a bucket.",
            );
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
        if text.trim().is_empty() {
            source
        } else {
            self.name(column, text)
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
