//! Drawing entries and small files.

use budget::ledger::history::Noun;
use budget::ledger::{BucketChoice, Cell, Draft, Entry as Given, FlowKind, Kind, LoanDirection, Sign};
use budget::money::Amount;
use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::draw::Draw;
use super::import_rules::{File, Row};
use super::state::Entry;

const DESCRIPTIONS: [&str; 5] = ["", "Market", "Corner shop", "Kiosk", "Post"];

fn amount(minor: i64) -> Amount {
    Amount::from_minor(minor).unwrap()
}

impl Draw<'_> {
    fn date(&mut self) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
        first + Days::new(u64::try_from(self.dice.roll(90)).unwrap())
    }

    fn minor(&mut self) -> i64 {
        match self.dice.roll(120) {
            0 => 0,
            1 => 999_999_999_999_999 - self.dice.number(3),
            2..40 => self.dice.number(12) + 1, // fewer cents than buckets
            40..80 => self.dice.number(1_000) + 1,
            _ => self.dice.number(1_000_000) + 1,
        }
    }

    fn cell(&mut self) -> Cell {
        Cell {
            location: self.thing(Noun::Location).into(),
            bucket: self.thing(Noun::Bucket).into(),
        }
    }

    /// Mostly a category of this sign.
    fn category(&mut self, sign: Sign) -> Uuid {
        let fitting = self.categories(sign);
        if fitting.is_empty() || self.dice.once_in(25) {
            self.thing(Noun::Category)
        } else {
            self.dice.pick(&fitting)
        }
    }

    fn neutral(&mut self) -> Option<Uuid> {
        self.dice.once_in(3).then(|| self.category(Sign::Neutral))
    }

    /// Mostly an entry that a refund of this kind can give back.
    fn original(&mut self, kind: Kind) -> Uuid {
        let entries = self.model.state.entries.iter().rev();
        let fitting =
            entries.filter(|(_, entry)| entry.kind == kind && (entry.amount > 0) == (kind == Kind::Income));
        let fitting: Vec<Uuid> = fitting.map(|(id, _)| *id).take(12).collect();
        if fitting.is_empty() || self.dice.once_in(6) {
            self.entry().uuid()
        } else {
            self.dice.pick(&fitting)
        }
    }

    pub fn draft(&mut self) -> Draft {
        let (from, to) = (self.cell(), self.cell());
        let minor = amount(self.minor());
        let entry = match self.dice.roll(11) {
            0..4 => {
                let bucket = match self.dice.roll(4) {
                    0 => BucketChoice::One(from.bucket),
                    1 => BucketChoice::SplitAnew,
                    _ => BucketChoice::Split,
                };
                self.flow(FlowKind::Income, from, bucket, minor)
            }
            4..8 => {
                let bucket = if self.dice.once_in(40) {
                    BucketChoice::Split
                } else {
                    BucketChoice::One(from.bucket)
                };
                self.flow(FlowKind::Expense, from, bucket, minor)
            }
            8 => Given::Transfer {
                amount: minor,
                from,
                to,
                category: self.neutral().map(Into::into),
            },
            9 => Given::Loan {
                direction: self.dice.pick(LoanDirection::ALL),
                amount: minor,
                counterparty: self
                    .dice
                    .pick(&["Ada", "Bo", "Bo ", " Ada", "Cy", " "])
                    .to_owned(),
                cell: from,
                category: self.neutral().map(Into::into),
            },
            _ => Given::Adjustment {
                amount: if self.dice.once_in(2) { minor } else { -minor },
                cell: from,
                category: self.neutral().map(Into::into),
            },
        };
        let date = match self.dice.roll(150) {
            0 => NaiveDate::from_ymd_opt(1899, 12, 31).unwrap(),
            1 => NaiveDate::from_ymd_opt(2101, 1, 1).unwrap(),
            _ => self.date(),
        };
        let description = match self.dice.roll(150) {
            0 => "y".repeat(256),
            _ => self.dice.pick(&DESCRIPTIONS).to_owned(),
        };
        Draft {
            date,
            description,
            entry,
        }
    }

    fn flow(&mut self, kind: FlowKind, at: Cell, bucket: BucketChoice, amount: Amount) -> Given {
        let (of, sign) = match kind {
            FlowKind::Income => (Kind::Income, Sign::Positive),
            FlowKind::Expense => (Kind::Expense, Sign::Negative),
        };
        let refund = self.dice.once_in(4);
        let refund_of = self.dice.once_in(2).then(|| self.original(of).into());
        Given::Flow {
            kind,
            refund,
            refund_of,
            amount,
            category: self.category(sign).into(),
            location: at.location,
            bucket,
        }
    }

    /// The form of an entry with one thing changed in it, or nothing: what it names may be archived by now.
    pub fn draft_of(&mut self, stored: &Entry) -> Draft {
        let cell = |place: usize| {
            let line = &stored.lines[place];
            Cell {
                location: line.location.into(),
                bucket: line.bucket.into(),
            }
        };
        let changed = self.dice.roll(6);
        let minor = if changed == 0 {
            self.minor()
        } else {
            stored.amount.abs()
        };
        let minor = amount(minor);
        let mut first = cell(0);
        match changed {
            1 => first.location = self.thing(Noun::Location).into(),
            2 => first.bucket = self.thing(Noun::Bucket).into(),
            _ => {}
        }
        let category = if changed == 3 {
            self.category(super::state::sign_of(stored.kind))
        } else {
            stored.category
        };
        let is_in = stored.amount > 0;
        let entry = match stored.kind {
            Kind::Income | Kind::Expense => Given::Flow {
                kind: if stored.kind == Kind::Income {
                    FlowKind::Income
                } else {
                    FlowKind::Expense
                },
                refund: is_in != (stored.kind == Kind::Income),
                refund_of: stored.refund_of.map(Into::into),
                amount: minor,
                category: category.into(),
                location: first.location,
                bucket: if stored.shares.is_empty() || changed == 2 {
                    BucketChoice::One(first.bucket)
                } else if changed == 4 {
                    BucketChoice::SplitAnew
                } else {
                    BucketChoice::Split
                },
            },
            Kind::Transfer => {
                let turned = stored.lines[0].amount > 0;
                let (from, to) = if turned {
                    (cell(1), first)
                } else {
                    (first, cell(1))
                };
                Given::Transfer {
                    amount: minor,
                    from,
                    to,
                    category: Some(category.into()),
                }
            }
            Kind::Loan => Given::Loan {
                direction: if is_in {
                    LoanDirection::Borrowed
                } else {
                    LoanDirection::Lent
                },
                amount: minor,
                counterparty: stored.counterparty.clone().unwrap(),
                cell: first,
                category: Some(category.into()),
            },
            Kind::Adjustment => Given::Adjustment {
                amount: if is_in { minor } else { -minor },
                cell: first,
                category: Some(category.into()),
            },
        };
        Draft {
            date: if changed == 5 { self.date() } else { stored.date },
            description: stored.description.clone(),
            entry,
        }
    }

    fn name_of(&mut self, noun: Noun) -> String {
        let id = self.thing(noun);
        let found = self.model.state.thing(noun, id);
        match found.filter(|_| !self.dice.once_in(20)) {
            Some(thing) => thing.name.clone(),
            None => self.dice.pick(&["Annex", "Barn", "Cellar"]).to_owned(),
        }
    }

    /// A few rows: new ones, rows of earlier files, and what was typed in already.
    pub fn file(&mut self) -> File {
        let mut rows = Vec::new();
        for _ in 0..=self.dice.roll(4) {
            let row = match self.dice.roll(4) {
                0 if !self.rows.is_empty() => {
                    let recent = self.rows.len().saturating_sub(12);
                    self.dice.pick(&self.rows[recent..])
                }
                1 => {
                    let id = self.entry().uuid();
                    let stored = self.model.state.entries.get(&id).cloned();
                    let typed_in = stored.and_then(|stored| self.row_of(&stored));
                    typed_in.unwrap_or_else(|| self.row())
                }
                _ => self.row(),
            };
            rows.push(row);
            if self.dice.once_in(6) {
                rows.push(rows[0].clone());
            }
        }
        self.rows.extend(rows.clone());
        File {
            rows,
            create: !self.dice.once_in(4),
        }
    }

    fn row(&mut self) -> Row {
        let sign = self.dice.pick(&['+', '+', '-', '-', '-', '=']);
        let category = match sign {
            '+' => Sign::Positive,
            '-' => Sign::Negative,
            _ => Sign::Neutral,
        };
        let id = self.category(category);
        let named = self.model.state.things.get(&id);
        let category = named.map_or_else(|| "Sundry".to_owned(), |thing| thing.name.clone());
        let amount = self.minor().max(i64::from(!self.dice.once_in(30)));
        let to = (sign == '=').then(|| {
            let bucket = self.name_of(Noun::Bucket);
            let bucket = if self.dice.once_in(3) {
                String::new()
            } else {
                bucket
            };
            (self.name_of(Noun::Location), bucket)
        });
        Row {
            date: self.date(),
            description: self.dice.pick(&DESCRIPTIONS),
            amount: if sign != '=' && self.dice.once_in(6) {
                -amount
            } else {
                amount
            },
            sign,
            category,
            location: self.name_of(Noun::Location),
            bucket: if sign == '+' && !self.dice.once_in(3) {
                "*".to_owned()
            } else {
                self.name_of(Noun::Bucket)
            },
            to,
        }
    }

    /// The row of an income or expense that was typed in.
    fn row_of(&self, stored: &Entry) -> Option<Row> {
        let [line] = stored.lines.as_slice() else {
            return None;
        };
        let name = |id: Uuid| self.model.state.things[&id].name.clone();
        let description = DESCRIPTIONS.into_iter().find(|one| *one == stored.description)?;
        let (sign, amount) = match stored.kind {
            Kind::Income => ('+', stored.amount),
            Kind::Expense => ('-', -stored.amount),
            _ => return None,
        };
        Some(Row {
            date: stored.date,
            description,
            amount,
            sign,
            category: name(stored.category),
            location: name(line.location),
            bucket: if stored.shares.is_empty() {
                name(line.bucket)
            } else {
                "*".to_owned()
            },
            to: None,
        })
    }
}
