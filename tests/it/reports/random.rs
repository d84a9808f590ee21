//! A household that grows at random: every kind of entry, on days at the edges of months and years, and what is archived, merged and undone.

use budget::ids::{BucketId, CategoryId, ChangeId, LocationId, TransactionId};
use budget::ledger::merge::{self, Pair};
use budget::ledger::retire::{self, Retire};
use budget::ledger::transaction::commands;
use budget::ledger::{
    Book, BucketChoice, Cell, Draft, Entry, FlowKind, LedgerError, LoanDirection, LocationKind, Sign, bucket,
    category, history, location,
};
use budget::money::{Amount, Percent};
use budget::reports::scope::Scope;
use budget::schema::{postings, transactions};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;

use crate::support::{Owner, date};
use crate::torture::dice::Dice;

/// Days on which something may go wrong.
const EDGES: [&str; 16] = [
    "2023-12-31",
    "2024-01-01",
    "2024-01-31",
    "2024-02-28",
    "2024-02-29",
    "2024-03-01",
    "2024-03-31",
    "2024-12-31",
    "2025-01-01",
    "2025-02-28",
    "2025-03-01",
    "2025-03-31",
    "2025-06-30",
    "2026-02-28",
    "2026-11-14",
    "2026-12-31",
];

/// The ends of the ledger.
const FAR: [&str; 7] = [
    "1900-01-01",
    "1900-01-31",
    "1900-12-31",
    "1901-02-28",
    "2000-02-29",
    "2100-11-30",
    "2100-12-31",
];

/// Somebody who records at random.
pub struct Scribe<'a> {
    pub owner: &'a Owner<'a>,
    pub dice: Dice,
    /// Whether entries lie at the ends of the ledger, too.
    pub far: bool,
    changes: Vec<ChangeId>,
    entries: Vec<(TransactionId, i32)>,
    names: usize,
}

impl<'a> Scribe<'a> {
    pub fn new(owner: &'a Owner<'a>, seed: u64, far: bool) -> Self {
        owner.set_up();
        owner.location("Drawer", LocationKind::Other);
        owner.category("Interest", Sign::Positive);
        owner.category("Moves", Sign::Neutral);
        Self {
            owner,
            dice: Dice::new(seed),
            far,
            changes: Vec::new(),
            entries: Vec::new(),
            names: 0,
        }
    }

    /// A day of an entry, or one to look from.
    pub fn day(&mut self) -> NaiveDate {
        match self.dice.roll(8) {
            0..3 => date(self.dice.pick(&EDGES)),
            3 if self.far => date(self.dice.pick(&FAR)),
            _ => date("2023-11-01") + Days::new(self.dice.roll(1150) as u64),
        }
    }

    /// What a report looks at: often one thing, sometimes several; archived ones too, and once in a while something that is not there.
    pub fn scope(&mut self, book: &Book) -> Scope {
        let locations: Vec<LocationId> = book.locations.iter().map(|one| one.id).collect();
        let buckets: Vec<BucketId> = book.buckets.iter().map(|one| one.id).collect();
        let categories: Vec<CategoryId> = book.categories.iter().map(|one| one.id).collect();
        Scope {
            categories: self.some(&categories, CategoryId::new),
            locations: self.some(&locations, LocationId::new),
            buckets: self.some(&buckets, BucketId::new),
        }
    }

    fn some<T: Clone>(&mut self, all: &[T], unknown: impl Fn() -> T) -> Vec<T> {
        match self.dice.roll(12) {
            0..6 => Vec::new(),
            6..9 => vec![self.dice.pick(all)],
            9..11 => (0..3).map(|_| self.dice.pick(all)).collect(),
            _ => vec![unknown(), self.dice.pick(all)],
        }
    }

    /// Does something; what the ledger refuses is not done.
    pub fn act(&mut self) {
        let book = self.owner.book();
        let result = match self.dice.roll(100) {
            0..62 => self.record(&book),
            62..70 => self.record_several_lines(&book),
            70..77 => self.edit(&book),
            77..82 => self.delete(),
            82..87 => self.undo(),
            87..91 => self.merge(&book),
            91..95 => self.retire(&book),
            95..97 => self.remove(&book),
            _ => self.add(),
        };
        if let Err(LedgerError::Database(error)) = result {
            panic!("{error:?}");
        }
    }

    fn amount(&mut self) -> Amount {
        // Few amounts, so that some are equal, the largest too.
        let minor = match self.dice.roll(3) {
            0 => self.dice.pick(&[1, 2500, 1_000_000]),
            1 => self.dice.number(5) * 100 + 100,
            _ => self.dice.number(1_000_000) + 1,
        };
        Amount::from_minor(minor).unwrap()
    }

    fn cell(&mut self, book: &Book) -> Cell {
        let locations: Vec<_> = book.locations.iter().map(|one| one.id).collect();
        let buckets: Vec<_> = book.buckets.iter().map(|one| one.id).collect();
        Cell {
            location: self.dice.pick(&locations),
            bucket: self.dice.pick(&buckets),
        }
    }

    fn category(&mut self, book: &Book, sign: Sign) -> CategoryId {
        let fitting: Vec<_> = book.categories.iter().filter(|one| one.sign == sign).collect();
        self.dice.pick(&fitting).id
    }

    fn draft(&mut self, book: &Book) -> Draft {
        let amount = self.amount();
        let cell = self.cell(book);
        let neutral = self.dice.once_in(2).then(|| self.category(book, Sign::Neutral));
        let refund = self.dice.once_in(5);
        let entry = match self.dice.roll(12) {
            0..3 => Entry::Flow {
                kind: FlowKind::Income,
                refund,
                refund_of: None,
                amount,
                category: self.category(book, Sign::Positive),
                location: cell.location,
                bucket: if self.dice.once_in(2) {
                    BucketChoice::Split
                } else {
                    BucketChoice::One(cell.bucket)
                },
            },
            3..8 => Entry::Flow {
                kind: FlowKind::Expense,
                refund,
                refund_of: None,
                amount,
                category: self.category(book, Sign::Negative),
                location: cell.location,
                bucket: BucketChoice::One(cell.bucket),
            },
            8 | 9 => Entry::Transfer {
                amount,
                from: cell,
                to: self.cell(book),
                category: neutral,
            },
            10 => Entry::Loan {
                direction: self.dice.pick(LoanDirection::ALL),
                amount,
                counterparty: "Ada".to_owned(),
                cell,
                category: neutral,
            },
            _ => Entry::Adjustment {
                amount: if refund { -amount } else { amount },
                cell,
                category: neutral,
            },
        };
        Draft {
            date: self.day(),
            description: format!("Entry {}", self.dice.roll(1000)),
            entry,
        }
    }

    fn record(&mut self, book: &Book) -> Result<(), LedgerError> {
        let draft = self.draft(book);
        let done = self.owner.record(&draft)?;
        self.changes.push(done.change);
        let after = done.after.unwrap();
        self.entries.push((after.id, after.version));
        Ok(())
    }

    /// An expense of several lines, as files bring them: some may give back.
    fn record_several_lines(&mut self, book: &Book) -> Result<(), LedgerError> {
        let (id, day) = (TransactionId::new(), self.day());
        let category = self.category(book, Sign::Negative);
        let parts: Vec<(Cell, i64)> = (0..2 + self.dice.roll(3))
            .map(|_| {
                let minor = self.dice.number(1000) + 1;
                (self.cell(book), if self.dice.once_in(4) { minor } else { -minor })
            })
            .collect();
        let total: i64 = parts.iter().map(|(_, minor)| minor).sum();
        let archived = parts.iter().any(|(cell, _)| {
            let location = book.location(cell.location).unwrap();
            let bucket = book.bucket(cell.bucket).unwrap();
            location.archived_at.is_some() || bucket.archived_at.is_some()
        });
        let archived = archived || book.category(category).unwrap().archived_at.is_some();
        if total == 0 || archived {
            return Ok(());
        }
        self.owner.write(|conn, member| {
            diesel::insert_into(transactions::table)
                .values((
                    transactions::household_id.eq(member.household),
                    transactions::id.eq(id),
                    transactions::date.eq(day),
                    transactions::kind.eq("expense"),
                    transactions::description.eq("Several lines"),
                    transactions::category_id.eq(category),
                    transactions::amount_minor.eq(total),
                ))
                .execute(conn)?;
            for (number, (cell, minor)) in (1_i16..).zip(parts) {
                diesel::insert_into(postings::table)
                    .values((
                        postings::household_id.eq(member.household),
                        postings::transaction_id.eq(id),
                        postings::line.eq(number),
                        postings::date.eq(day),
                        postings::category_id.eq(category),
                        postings::location_id.eq(cell.location),
                        postings::bucket_id.eq(cell.bucket),
                        postings::amount_minor.eq(minor),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
    }

    fn edit(&mut self, book: &Book) -> Result<(), LedgerError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let place = self.dice.roll(self.entries.len());
        let (id, version) = self.entries[place];
        let draft = self.draft(book);
        let done = self
            .owner
            .write(|conn, member| commands::edit(conn, member, id, version, &draft))?;
        self.changes.push(done.change);
        if let Some(after) = done.after {
            self.entries[place].1 = after.version;
        }
        Ok(())
    }

    fn delete(&mut self) -> Result<(), LedgerError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let place = self.dice.roll(self.entries.len());
        let (id, _) = self.entries.swap_remove(place);
        let done = self
            .owner
            .write(|conn, member| commands::delete(conn, member, id, None))?;
        self.changes.push(done.change);
        Ok(())
    }

    fn undo(&mut self) -> Result<(), LedgerError> {
        if self.changes.is_empty() {
            return Ok(());
        }
        // Mostly something recent, for that can be undone.
        let back = 1 + self.dice.roll(self.changes.len().min(6));
        let change = self.changes[self.changes.len() - back];
        let undone = self.owner.undo(change)?;
        self.changes.push(undone);
        Ok(())
    }

    fn merge(&mut self, book: &Book) -> Result<(), LedgerError> {
        let (from, to) = (self.cell(book), self.cell(book));
        let sign = self.dice.pick(&[Sign::Positive, Sign::Negative, Sign::Neutral]);
        let pair = match self.dice.roll(3) {
            0 => Pair::Locations {
                source: from.location,
                target: to.location,
            },
            1 => Pair::Buckets {
                source: from.bucket,
                target: to.bucket,
            },
            _ => Pair::Categories {
                source: self.category(book, sign),
                target: self.category(book, sign),
            },
        };
        let (change, _) = self
            .owner
            .write(|conn, member| merge::merge(conn, member, pair))?;
        self.changes.push(change);
        self.add()
    }

    fn retire(&mut self, book: &Book) -> Result<(), LedgerError> {
        let (from, to) = (self.cell(book), self.cell(book));
        let what = if self.dice.once_in(2) {
            Retire::Location {
                from: from.location,
                to: to.location,
            }
        } else {
            Retire::Bucket {
                from: from.bucket,
                to: to.bucket,
            }
        };
        let today = self.day();
        let (change, _) = self
            .owner
            .write(|conn, member| retire::retire(conn, member, what, today))?;
        self.changes.push(change);
        self.add()
    }

    /// Takes away what was never used, or archives a category.
    fn remove(&mut self, book: &Book) -> Result<(), LedgerError> {
        let cell = self.cell(book);
        let category = self.category(book, Sign::Negative);
        let change = match self.dice.roll(4) {
            0 => self
                .owner
                .write(|conn, member| location::delete(conn, member, cell.location)),
            1 => self
                .owner
                .write(|conn, member| bucket::delete(conn, member, cell.bucket)),
            2 => self
                .owner
                .write(|conn, member| category::delete(conn, member, category)),
            _ => self
                .owner
                .write(|conn, member| category::archive(conn, member, category)),
        }?;
        self.changes.push(change);
        self.add()
    }

    /// Adds a location, a bucket or a category.
    fn add(&mut self) -> Result<(), LedgerError> {
        self.names += 1;
        let name = format!("New {}", self.names);
        let sign = self.dice.pick(&[Sign::Positive, Sign::Negative, Sign::Neutral]);
        let what = self.dice.roll(3);
        let change = self.owner.write(|conn, member| match what {
            0 => location::add(conn, member, &name, LocationKind::Cash).map(|(_, change)| change),
            1 => bucket::add(conn, member, &name, Percent::from_basis_points(0).unwrap())
                .map(|(_, change)| change),
            _ => category::add(conn, member, &name, sign).map(|(_, change)| change),
        })?;
        self.changes.push(change);
        Ok(())
    }

    /// Takes the newest changes back, one after the other, as far as that goes.
    pub fn undo_the_last(&mut self, number: usize) {
        for _ in 0..number {
            let Some(change) = self.changes.pop() else {
                return;
            };
            let undone = self
                .owner
                .write(|conn, member| history::undo(conn, member, change));
            if let Err(LedgerError::Database(error)) = undone {
                panic!("{error:?}");
            }
        }
    }
}
