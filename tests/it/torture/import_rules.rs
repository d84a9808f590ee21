//! Small files, and what the model says about importing them.

use std::collections::BTreeMap;

use budget::ledger::history::Noun;
use budget::ledger::{Kind, LocationKind, Sign};
use chrono::NaiveDate;
use uuid::Uuid;

use super::command::Told;
use super::model::{Item, Work};
use super::state::{Entry, Line, Refusal, Thing, divide};

/// A row of a file.
#[derive(Debug, Clone)]
pub struct Row {
    pub date: NaiveDate,
    pub description: &'static str,
    /// Cents; below zero it is a refund.
    pub amount: i64,
    /// `+`, `-` or `=`.
    pub sign: char,
    pub category: String,
    pub location: String,
    /// `*` splits.
    pub bucket: String,
    /// Of a transfer: location and bucket.
    pub to: Option<(String, String)>,
}

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    pub rows: Vec<Row>,
    /// Whether names that are missing are added.
    pub create: bool,
}

impl File {
    pub fn text(&self) -> String {
        let mut text =
            "date,description,amount,sign,category,location,bucket,to_location,to_bucket\n".to_owned();
        for row in &self.rows {
            let (to_location, to_bucket) = row.to.clone().unwrap_or_default();
            let minus = if row.amount < 0 { "-" } else { "" };
            let (whole, cents) = (row.amount.abs() / 100, row.amount.abs() % 100);
            let amount = format!("{minus}{whole}.{cents:02}");
            let fields = [
                &row.date.to_string(),
                row.description,
                &amount,
                &row.sign.to_string(),
                &row.category,
                &row.location,
                &row.bucket,
                &to_location,
                &to_bucket,
            ];
            text += &fields.join(",");
            text.push('\n');
        }
        text
    }
}

impl Row {
    /// What the row says, by which it is known again.
    fn key(&self) -> String {
        let to = self.to.as_ref().map(|(location, bucket)| {
            let source = |text: &str, otherwise: &str| {
                if text.is_empty() {
                    otherwise.to_lowercase()
                } else {
                    text.to_lowercase()
                }
            };
            (source(location, &self.location), source(bucket, &self.bucket))
        });
        key(
            self.date,
            self.description,
            self.amount,
            self.sign,
            [&self.category, &self.location, &self.bucket],
            to.as_ref(),
        )
    }
}

fn key(
    date: NaiveDate,
    description: &str,
    amount: i64,
    sign: char,
    names: [&str; 3],
    to: Option<&(String, String)>,
) -> String {
    let names = names.map(str::to_lowercase);
    format!("{date} {description:?} {amount} {sign} {names:?} {to:?}")
}

impl Work<'_> {
    pub fn import(&mut self, file: &File) -> Result<Told, Refusal> {
        let mut known = self.known_rows(file);
        let mut fault = None;
        let mut entries = Vec::new();
        for row in &file.rows {
            let left = known.entry(row.key()).or_default();
            if *left > 0 {
                *left -= 1;
                continue;
            }
            match self.row(row, file.create) {
                Ok(entry) => entries.push(entry),
                Err(refusal) => fault = Some(refusal),
            }
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        let new = entries.len();
        for entry in entries {
            let id = self.next_id("transaction");
            self.state.entries.insert(id, entry);
            self.items.push(Item::Imported(id));
        }
        Ok(Told::Rows(file.rows.len(), new))
    }

    /// How often the ledger has each row: imported wherever it is now, or typed in within the days of the file.
    fn known_rows(&self, file: &File) -> BTreeMap<String, usize> {
        let mut known = BTreeMap::new();
        let first = file.rows.iter().map(|row| row.date).min().unwrap();
        let last = file.rows.iter().map(|row| row.date).max().unwrap();
        for entry in self.state.entries.values() {
            let key = match &entry.key {
                Some(key) => Some(key.clone()),
                None if (first..=last).contains(&entry.date) => self.as_row(entry),
                None => None,
            };
            if let Some(key) = key {
                *known.entry(key).or_default() += 1;
            }
        }
        known
    }

    /// The row that would record an entry, where one can.
    fn as_row(&self, entry: &Entry) -> Option<String> {
        let name = |id: Uuid| self.state.things[&id].name.as_str();
        let lowered = |line: &Line| {
            (
                name(line.location).to_lowercase(),
                name(line.bucket).to_lowercase(),
            )
        };
        let head = entry.lines.first().unwrap();
        let (amount, sign, line, bucket, to) = match (entry.kind, entry.lines.as_slice()) {
            (Kind::Income, lines) if !entry.shares.is_empty() => {
                if lines.iter().any(|line| line.location != head.location) {
                    return None;
                }
                (entry.amount, '+', head, "*", None)
            }
            (Kind::Income, [only]) => (entry.amount, '+', only, name(only.bucket), None),
            (Kind::Expense, [only]) => (-entry.amount, '-', only, name(only.bucket), None),
            (Kind::Transfer, [one, other]) => {
                let (out, into) = if one.amount < 0 {
                    (one, other)
                } else {
                    (other, one)
                };
                (entry.amount, '=', out, name(out.bucket), Some(lowered(into)))
            }
            _ => return None,
        };
        let names = [name(entry.category), name(line.location), bucket];
        let to = to.as_ref();
        Some(key(entry.date, &entry.description, amount, sign, names, to))
    }

    fn row(&mut self, row: &Row, create: bool) -> Result<Entry, Refusal> {
        let (kind, sign) = match row.sign {
            '+' => (Kind::Income, Sign::Positive),
            '-' => (Kind::Expense, Sign::Negative),
            _ => (Kind::Transfer, Sign::Neutral),
        };
        // All names of a row are looked up, whatever is wrong with the others.
        let category = self.named(Noun::Category, &row.category, sign.as_str(), create);
        let location = self.named(Noun::Location, &row.location, "", create);
        let bucket = match row.bucket.as_str() {
            "*" if self.state.percent_sum() != 10_000 => Err(Refusal::Invalid("less than 100 %")),
            "*" => Ok(None),
            name => self.named(Noun::Bucket, name, "", create).map(Some),
        };
        let to = row.to.as_ref().map(|(to_location, to_bucket)| {
            let to_location = if to_location.is_empty() {
                &row.location
            } else {
                to_location
            };
            let to_bucket = if to_bucket.is_empty() {
                &row.bucket
            } else {
                to_bucket
            };
            let to_location = self.named(Noun::Location, to_location, "", create);
            let to_bucket = self.named(Noun::Bucket, to_bucket, "", create);
            to_location.and_then(|location| Ok((location, to_bucket?)))
        });
        let (category, location, bucket, to) = (category?, location?, bucket?, to.transpose()?);
        if row.amount == 0 || self.state.things[&category].word != sign.as_str() {
            return Err(Refusal::Invalid("a row that fits nothing"));
        }
        let amount = if kind == Kind::Expense {
            -row.amount
        } else {
            row.amount
        };
        let mut shares = Vec::new();
        let lines = match (bucket, to) {
            (Some(bucket), Some(to)) if (location, bucket) == to => {
                return Err(Refusal::Invalid("a row that moves nothing"));
            }
            (Some(bucket), Some((to_location, to_bucket))) => vec![
                Line {
                    location,
                    bucket,
                    amount: -amount,
                },
                Line {
                    location: to_location,
                    bucket: to_bucket,
                    amount,
                },
            ],
            (Some(bucket), None) => vec![Line {
                location,
                bucket,
                amount,
            }],
            (None, _) => {
                shares = self
                    .state
                    .active(Noun::Bucket)
                    .into_iter()
                    .map(|id| (id, self.state.things[&id].percent))
                    .collect();
                shares.retain(|(_, percent)| *percent > 0);
                let parts = divide(amount, &shares).into_iter();
                parts
                    .map(|(bucket, amount)| Line {
                        location,
                        bucket,
                        amount,
                    })
                    .collect()
            }
        };
        Ok(Entry {
            version: 1,
            date: row.date,
            kind,
            description: row.description.to_owned(),
            category,
            counterparty: None,
            refund_of: None,
            amount,
            lines,
            shares,
            key: Some(row.key()),
        })
    }

    /// What a name means: one in use, or a new one; an archived one is in the way.
    fn named(&mut self, noun: Noun, name: &str, word: &'static str, create: bool) -> Result<Uuid, Refusal> {
        let mut called = self
            .state
            .things
            .iter()
            .filter(|(_, thing)| thing.noun == noun && thing.is_called(name));
        if let Some((id, _)) = called.clone().find(|(_, thing)| thing.is_active()) {
            return Ok(*id);
        }
        if called.next().is_some() {
            return Err(Refusal::Invalid("a row names something archived"));
        }
        if !create {
            return Err(Refusal::Invalid("a row names something unknown"));
        }
        let (word, position) = match noun {
            Noun::Category => (word, 0),
            Noun::Location => (LocationKind::Bank.as_str(), self.state.position_after_all(noun)),
            _ => ("", self.state.position_after_all(noun)),
        };
        let id = self.next_id(noun.as_str());
        let thing = Thing {
            noun,
            name: name.to_owned(),
            word,
            percent: 0,
            position,
            archived: None,
            version: 1,
        };
        self.put_thing(id, Some(thing));
        Ok(id)
    }
}
