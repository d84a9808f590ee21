//! Small files, and what the model says about importing them.

use std::collections::{BTreeMap, BTreeSet};

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

    /// How many entries of the ledger stand for each row. An entry is known by the row that it came from, and within the days of the file by
    /// the row that would record it now; it stands for one of them, so that as many as possible stand for something.
    fn known_rows(&self, file: &File) -> BTreeMap<String, usize> {
        let mut room: BTreeMap<String, usize> = BTreeMap::new();
        for row in &file.rows {
            *room.entry(row.key()).or_default() += 1;
        }
        let first = file.rows.iter().map(|row| row.date).min().unwrap();
        let last = file.rows.iter().map(|row| row.date).max().unwrap();
        let labels = self.labels();
        let mut choices: Vec<Vec<String>> = Vec::new();
        for entry in self.state.entries.values() {
            let is_within = (first..=last).contains(&entry.date);
            let now = is_within.then(|| as_row(&labels, entry)).flatten();
            let mut rows: Vec<String> = now.into_iter().chain(entry.key.clone()).collect();
            rows.dedup();
            rows.retain(|row| room.contains_key(row));
            choices.push(rows);
        }
        // Who has no choice comes first.
        choices.sort_by_key(Vec::len);
        let mut seated: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for entry in 0..choices.len() {
            seat(entry, &choices, &room, &mut seated, &mut BTreeSet::new());
        }
        seated
            .into_iter()
            .map(|(row, entries)| (row, entries.len()))
            .collect()
    }

    /// What everything is called in files. An archived thing may have the name of another: if only their state differs, a file says the same
    /// of both, unless some transfer between the two would then move nothing; otherwise it has a word more.
    fn labels(&self) -> BTreeMap<Uuid, String> {
        let state = &self.state;
        let name = |id: Uuid| state.things[&id].name.to_lowercase();
        let is_apart = state.entries.values().any(|entry| {
            let mut cells: BTreeMap<(String, String), i64> = BTreeMap::new();
            for line in &entry.lines {
                let cell = (name(line.location), name(line.bucket));
                *cells.entry(cell).or_default() += line.amount;
            }
            entry.kind == Kind::Transfer && cells.values().all(|amount| *amount == 0)
        });
        let mut labels = BTreeMap::new();
        let mut later = Vec::new();
        for noun in [Noun::Location, Noun::Bucket, Noun::Category] {
            let mut all = state.ordered(noun);
            all.sort_by_key(|id| {
                let by_name = (noun == Noun::Category).then(|| name(*id));
                (state.is_archived(*id), by_name)
            });
            let mut firsts: BTreeMap<String, Uuid> = BTreeMap::new();
            for id in all {
                let first = *firsts.entry(name(id)).or_insert(id);
                if first == id {
                    labels.insert(id, name(id));
                } else {
                    later.push((&state.things[&first], id));
                }
            }
        }
        for (first, id) in later {
            let thing = &state.things[&id];
            let is_alike = match thing.noun {
                Noun::Category => thing.word == first.word,
                _ => !is_apart,
            };
            let (mut label, mut number) = (name(id), 0);
            while !(is_alike && thing.name == first.name)
                && (number == 0 || labels.values().any(|one| *one == label))
            {
                number += 1;
                label = match number {
                    1 => format!("{} (archived)", name(id)),
                    _ => format!("{} (archived {number})", name(id)),
                };
            }
            labels.insert(id, label);
        }
        labels
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
        let labels = self.labels();
        let called = self.state.ordered(noun).into_iter();
        let called: Vec<Uuid> = called.filter(|id| labels[id] == name.to_lowercase()).collect();
        if let Some(id) = called.iter().find(|id| !self.state.is_archived(**id)) {
            return Ok(*id);
        }
        if !called.is_empty() {
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

/// Gives an entry its place; whoever has a choice moves aside for it.
fn seat(
    entry: usize,
    choices: &[Vec<String>],
    room: &BTreeMap<String, usize>,
    seated: &mut BTreeMap<String, Vec<usize>>,
    tried: &mut BTreeSet<String>,
) -> bool {
    for row in &choices[entry] {
        if !tried.insert(row.clone()) {
            continue;
        }
        let there = seated.entry(row.clone()).or_default();
        if there.len() < room[row] {
            there.push(entry);
            return true;
        }
        for other in there.clone() {
            if seat(other, choices, room, seated, tried) {
                let there = seated.entry(row.clone()).or_default();
                there.retain(|one| *one != other);
                there.push(entry);
                return true;
            }
        }
    }
    false
}

/// The row that would record an entry, where one can.
fn as_row(labels: &BTreeMap<Uuid, String>, entry: &Entry) -> Option<String> {
    let name = |id: Uuid| labels[&id].as_str();
    let head = entry.lines.first().unwrap();
    let (amount, sign, line, bucket, to) = match (entry.kind, entry.lines.as_slice()) {
        (Kind::Income, lines) if !entry.shares.is_empty() => {
            if lines
                .iter()
                .any(|line| labels[&line.location] != labels[&head.location])
            {
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
            let to = (name(into.location).to_owned(), name(into.bucket).to_owned());
            (entry.amount, '=', out, name(out.bucket), Some(to))
        }
        _ => return None,
    };
    let names = [name(entry.category), name(line.location), bucket];
    let to = to.as_ref();
    Some(key(entry.date, &entry.description, amount, sign, names, to))
}
