//! Money is never lost or bent: random commands against a simple model, and many writers at once.

use std::collections::BTreeMap;
use std::thread;

use budget::ids::{BucketId, CategoryId, ChangeId, LocationId, TransactionId};
use budget::ledger::transaction::commands;
use budget::ledger::{
    BucketChoice, Cell, Draft, Entry, FlowKind, Kind, LedgerError, LoanDirection, Sign, bucket,
};
use budget::money::{Amount, Percent};
use budget::period::Month;
use budget::reports::distribution::Distribution;
use budget::reports::month::MonthSums;
use budget::schema::{balances, households, monthly_totals, transactions};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;

use crate::support::{Owner, TestApp, date};

/// The same numbers in the same order on every machine (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(below).unwrap()).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

/// A transaction as the model knows it.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    version: i32,
    kind: Kind,
    date: NaiveDate,
    /// Nothing stands for the built-in category of a kind, by its name.
    category: Result<CategoryId, &'static str>,
    lines: Vec<(Cell, i64)>,
    shares: Vec<(BucketId, i64)>,
}

/// What the model remembers of a change: the transaction before and after it.
#[derive(Debug, Clone)]
struct Change {
    id: ChangeId,
    transaction: TransactionId,
    before: Option<Known>,
    after: Option<Known>,
    undone: bool,
}

/// A household in memory: sums are made by adding up.
#[derive(Default)]
struct Model {
    transactions: BTreeMap<TransactionId, Known>,
    changes: Vec<Change>,
    percentages: Vec<(BucketId, i64)>,
}

impl Model {
    /// What a draft becomes, worked out without the code under test.
    fn plan(&self, draft: &Draft, version: i32, stored: Option<&Known>) -> Known {
        let mut shares = Vec::new();
        let (category, lines) = match &draft.entry {
            Entry::Flow {
                kind,
                refund,
                refund_of: _,
                amount,
                category,
                location,
                bucket,
                ..
            } => {
                let comes_in = (*kind == FlowKind::Income) != *refund;
                let signed = if comes_in { amount.minor() } else { -amount.minor() };
                let at = |bucket| Cell {
                    location: *location,
                    bucket,
                };
                let lines = match bucket {
                    BucketChoice::One(bucket) => vec![(at(*bucket), signed)],
                    BucketChoice::Split | BucketChoice::SplitAnew => {
                        let is_kept = *bucket == BucketChoice::Split;
                        let kept = stored.filter(|stored| is_kept && !stored.shares.is_empty());
                        shares = kept.map_or_else(|| self.percentages.clone(), |kept| kept.shares.clone());
                        let parts = divide(signed, &shares);
                        parts
                            .into_iter()
                            .map(|(bucket, part)| (at(bucket), part))
                            .collect()
                    }
                };
                (Ok(*category), lines)
            }
            Entry::Transfer {
                amount,
                from,
                to,
                category,
            } => (
                category.ok_or("Transfer"),
                vec![(*from, -amount.minor()), (*to, amount.minor())],
            ),
            Entry::Loan {
                direction,
                amount,
                cell,
                category,
                ..
            } => {
                let comes_in = matches!(direction, LoanDirection::Borrowed | LoanDirection::GotBack);
                let signed = if comes_in { amount.minor() } else { -amount.minor() };
                (category.ok_or("Loan"), vec![(*cell, signed)])
            }
            Entry::Adjustment {
                amount,
                cell,
                category,
            } => (category.ok_or("Adjustment"), vec![(*cell, amount.minor())]),
        };
        Known {
            version,
            kind: draft.entry.kind(),
            date: draft.date,
            category,
            lines,
            shares,
        }
    }

    fn put(&mut self, transaction: TransactionId, known: Option<Known>) {
        match known {
            Some(known) => self.transactions.insert(transaction, known),
            None => self.transactions.remove(&transaction),
        };
    }

    fn done(&mut self, id: ChangeId, transaction: TransactionId, after: Option<Known>) {
        let before = self.transactions.get(&transaction).cloned();
        self.put(transaction, after.clone());
        self.changes.push(Change {
            id,
            transaction,
            before,
            after,
            undone: false,
        });
    }

    /// Whether a change can be undone, and whether only since later ones were: the version of its transaction went up with these.
    fn is_undoable(&self, place: usize) -> (bool, bool) {
        let change = &self.changes[place];
        let as_left = match (self.transactions.get(&change.transaction), &change.after) {
            (Some(now), Some(after)) => {
                let version = after.version;
                (
                    Known {
                        version,
                        ..now.clone()
                    } == *after,
                    now.version != version,
                )
            }
            (now, after) => (now.is_none() && after.is_none(), false),
        };
        (
            !change.undone && as_left.0,
            !change.undone && as_left.0 && as_left.1,
        )
    }

    fn cells(&self, until: NaiveDate) -> BTreeMap<Cell, i64> {
        let mut cells = BTreeMap::new();
        for known in self.transactions.values().filter(|known| known.date <= until) {
            for (cell, amount) in &known.lines {
                *cells.entry(*cell).or_insert(0) += amount;
            }
        }
        cells.retain(|_, amount| *amount != 0);
        cells
    }

    /// By month and category: the sum, and how many transactions.
    fn months(&self, owner: &Owner<'_>) -> BTreeMap<(NaiveDate, CategoryId), (i64, i64)> {
        let book = owner.book();
        let built_in = |name: &str| {
            let mut found = book.categories.iter().filter(|one| one.name == name);
            found.next().unwrap().id
        };
        let mut months = BTreeMap::new();
        for known in self.transactions.values() {
            let month = Month::of(known.date).unwrap().first_day();
            let category = known.category.unwrap_or_else(built_in);
            let sums = months.entry((month, category)).or_insert((0, 0));
            sums.0 += known.lines.iter().map(|(_, amount)| amount).sum::<i64>();
            sums.1 += 1;
        }
        months
    }
}

/// Largest remainder, ties to the earlier; parts of nothing are left out.
fn divide(amount: i64, shares: &[(BucketId, i64)]) -> Vec<(BucketId, i64)> {
    let whole = i128::from(amount.abs());
    let mut parts: Vec<i128> = shares
        .iter()
        .map(|(_, percent)| whole * i128::from(*percent) / 10_000)
        .collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|place| -(whole * i128::from(shares[*place].1) % 10_000));
    let left = usize::try_from(whole - parts.iter().sum::<i128>()).unwrap();
    for place in order.into_iter().take(left) {
        parts[place] += 1;
    }
    let signed = |part: i128| i64::try_from(part).unwrap() * amount.signum();
    shares
        .iter()
        .zip(parts)
        .map(|((bucket, _), part)| (*bucket, signed(part)))
        .filter(|(_, part)| *part != 0)
        .collect()
}

/// One run: a household, its model, and the dice.
struct Run<'a> {
    owner: &'a Owner<'a>,
    model: Model,
    dice: Dice,
    /// Undos of a change after later ones of the same transaction were taken back.
    undone_later: usize,
}

impl Run<'_> {
    fn amount(&mut self) -> Amount {
        let minor = match self.dice.roll(4) {
            0 => self.dice.roll(12) + 1, // fewer cents than buckets
            1 => self.dice.roll(1_000) + 1,
            2 => self.dice.roll(1_000_000) + 1,
            _ => 999_999_999_999_999 - self.dice.roll(3),
        };
        Amount::from_minor(i64::try_from(minor).unwrap()).unwrap()
    }

    fn draft(&mut self) -> Draft {
        let book = self.owner.book();
        let locations: Vec<_> = book.active_locations().map(|one| one.id).collect();
        let buckets: Vec<_> = book.active_buckets().map(|one| one.id).collect();
        let amount = self.amount();
        let mut cell = || Cell {
            location: self.dice.pick(&locations),
            bucket: self.dice.pick(&buckets),
        };
        let (from, mut to) = (cell(), cell());
        while to == from {
            to = cell();
        }
        let category = |name: &str| {
            let mut found = book.categories.iter().filter(|one| one.name == name);
            found.next().unwrap().id
        };
        let spare = category("Spare");
        let expense = category(["Groceries", "Rent", "Going out"][self.dice.roll(3)]);
        let neutral = (self.dice.roll(3) == 0).then_some(spare);
        let income = |bucket, refund| Entry::Flow {
            kind: FlowKind::Income,
            refund,
            refund_of: None,
            amount,
            category: category("Salary"),
            location: from.location,
            bucket,
        };
        let entry = match self.dice.roll(10) {
            0..2 => income(BucketChoice::Split, self.dice.roll(8) == 0),
            2 => income(BucketChoice::SplitAnew, self.dice.roll(8) == 0),
            3 => income(BucketChoice::One(from.bucket), self.dice.roll(8) == 0),
            4..7 => Entry::Flow {
                kind: FlowKind::Expense,
                refund: self.dice.roll(6) == 0,
                refund_of: None,
                amount,
                category: expense,
                location: from.location,
                bucket: BucketChoice::One(from.bucket),
            },
            7 => Entry::Transfer {
                amount,
                from,
                to,
                category: neutral,
            },
            8 => Entry::Loan {
                direction: self.dice.pick(LoanDirection::ALL),
                amount,
                counterparty: "Ada".to_owned(),
                cell: from,
                category: neutral,
            },
            _ => Entry::Adjustment {
                amount: if self.dice.roll(2) == 0 { amount } else { -amount },
                cell: from,
                category: neutral,
            },
        };
        let day = u64::try_from(self.dice.roll(120)).unwrap();
        Draft {
            date: date("2026-08-20") + Days::new(day),
            description: String::new(),
            entry,
        }
    }

    fn step(&mut self) {
        // Mostly the newest ones, so that one transaction has several changes.
        let known = self.model.transactions.keys().rev().copied();
        let known: Vec<_> = known
            .take(if self.dice.roll(4) == 0 { 1000 } else { 3 })
            .collect();
        match self.dice.roll(20) {
            0..9 => self.add(),
            9..13 if !known.is_empty() => {
                let id = self.dice.pick(&known);
                self.edit(id);
            }
            13..15 if !known.is_empty() => {
                let id = self.dice.pick(&known);
                let change = self.owner.delete(id);
                self.model.done(change, id, None);
            }
            15..19 if !self.model.changes.is_empty() => self.undo(),
            _ => self.set_percentages(),
        }
    }

    fn add(&mut self) {
        let draft = self.draft();
        let done = self.owner.record(&draft).unwrap();
        let planned = self.model.plan(&draft, 1, None);
        self.model
            .done(done.change, done.after.unwrap().id, Some(planned));
    }

    fn edit(&mut self, id: TransactionId) {
        let draft = self.draft();
        let stored = self.model.transactions[&id].clone();
        let version = stored.version;
        let done = self
            .owner
            .write(|conn, member| commands::edit(conn, member, id, version, &draft))
            .unwrap();
        let planned = self.model.plan(&draft, version + 1, Some(&stored));
        self.model.done(done.change, id, Some(planned));
        let stale = self
            .owner
            .write(|conn, member| commands::edit(conn, member, id, version, &draft));
        assert!(matches!(stale, Err(LedgerError::Stale)), "{stale:?}");
    }

    /// A newer change, or one that can be undone again since later ones were; it goes if the transaction is as it left it.
    fn undo(&mut self) {
        let count = self.model.changes.len();
        let later: Vec<_> = (0..count)
            .filter(|place| self.model.is_undoable(*place) == (true, true))
            .collect();
        let place = if later.is_empty() || self.dice.roll(2) == 0 {
            count - 1 - self.dice.roll(count.min(30))
        } else {
            self.dice.pick(&later)
        };
        let (expected, is_later) = self.model.is_undoable(place);
        self.undone_later += usize::from(is_later);
        let change = self.model.changes[place].clone();
        let now = self.model.transactions.get(&change.transaction).cloned();
        let version = |known: &Option<Known>| known.as_ref().map(|known| known.version);
        match self.owner.undo(change.id) {
            Ok(undo) => {
                assert!(expected, "{change:?} was undone, though now it is {now:?}");
                let newest = version(&now).max(version(&change.before)).unwrap_or(0);
                let back = change.before.map(|known| Known {
                    version: newest + 1,
                    ..known
                });
                self.model.changes[place].undone = true;
                self.model.done(undo, change.transaction, back);
            }
            Err(LedgerError::Blocked(_)) => {
                assert!(!expected, "{change:?} should be undone; now it is {now:?}");
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// New percentages of 100 % in sum, in steps that leave remainders.
    fn set_percentages(&mut self) {
        let buckets: Vec<_> = self.owner.book().active_buckets().map(|one| one.id).collect();
        let mut left = 10_000;
        let mut percentages = Vec::new();
        for bucket in &buckets[1..] {
            let percent = i64::try_from(self.dice.roll(2_500)).unwrap();
            left -= percent;
            percentages.push((*bucket, percent));
        }
        percentages.insert(0, (buckets[0], left));
        let given: Vec<_> = percentages
            .iter()
            .map(|(bucket, percent)| (*bucket, Percent::from_basis_points(*percent).unwrap()))
            .collect();
        self.owner
            .write(|conn, member| bucket::set_percentages(conn, member, &given))
            .unwrap();
        percentages.retain(|(_, percent)| *percent > 0);
        self.model.percentages = percentages;
    }

    fn compare(&mut self) {
        let conn = &mut self.owner.app.sql();
        let household = self.owner.household;
        let far = date("2100-12-31");

        let stored: Vec<(LocationId, BucketId, i64)> = balances::table
            .filter(balances::household_id.eq(household))
            .filter(balances::amount_minor.ne(0))
            .select((balances::location_id, balances::bucket_id, balances::amount_minor))
            .load(conn)
            .unwrap();
        let stored: BTreeMap<Cell, i64> = stored
            .into_iter()
            .map(|(location, bucket, amount)| (Cell { location, bucket }, amount))
            .collect();
        assert_eq!(stored, self.model.cells(far));

        let months = self.model.months(self.owner);
        let stored: Vec<(NaiveDate, CategoryId, i64, i64)> = monthly_totals::table
            .filter(monthly_totals::household_id.eq(household))
            .filter(monthly_totals::postings_count.gt(0))
            .select((
                monthly_totals::month,
                monthly_totals::category_id,
                monthly_totals::amount_minor,
                monthly_totals::entries_count,
            ))
            .load(conn)
            .unwrap();
        let stored: BTreeMap<_, _> = stored
            .into_iter()
            .map(|(month, category, amount, entries)| ((month, category), (amount, entries)))
            .collect();
        assert_eq!(stored, months);

        let day = date("2026-08-01") + Days::new(u64::try_from(self.dice.roll(150)).unwrap());
        let past = Distribution::at_end_of(conn, household, day).unwrap();
        let expected = self.model.cells(day);
        assert_eq!(past.total(), expected.values().sum::<i64>(), "{day}");
        for (cell, amount) in &expected {
            assert_eq!(past.cell(*cell), *amount, "{day}");
        }
        let month = Month::of(day).unwrap();
        let sums = MonthSums::load(conn, household, month).unwrap();
        let expected: BTreeMap<_, _> = months
            .iter()
            .filter(|((first, _), _)| *first == month.first_day())
            .map(|((_, category), (amount, _))| (*category, *amount))
            .collect();
        assert_eq!(sums.by_category, expected, "{month:?}");
    }
}

#[test]
fn random_commands_leave_the_sums_that_adding_up_gives() {
    let mut seen = (0, 0, 0); // undone, of these after later changes, transactions at the end
    for seed in 1..=2 {
        let app = TestApp::new();
        let owner = app.household();
        owner.set_up();
        owner.category("Spare", Sign::Neutral);
        let percentages = owner
            .book()
            .active_buckets()
            .map(|one| (one.id, i64::from(one.percent.basis_points())))
            .collect();
        let mut run = Run {
            owner: &owner,
            model: Model {
                percentages,
                ..Model::default()
            },
            dice: Dice(seed),
            undone_later: 0,
        };
        for step in 1..=300 {
            run.step();
            if step % 25 == 0 {
                run.compare();
                app.check();
            }
        }
        seen.0 += run.model.changes.iter().filter(|change| change.undone).count();
        seen.1 += run.undone_later;
        seen.2 += run.model.transactions.len();
    }
    assert!(
        seen.0 > 40 && seen.1 > 2 && seen.2 > 80,
        "the dice were too kind: {seen:?}"
    );
}

#[test]
fn many_writers_at_once_lose_nothing() {
    const WRITERS: usize = 8;
    const WRITES: usize = 20;
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let other = app.sign_up("other@example.org", "JPY");
    other.set_up();
    let version = |owner: &Owner<'_>| -> i64 {
        households::table
            .find(owner.household)
            .select(households::ledger_version)
            .first(&mut app.sql())
            .unwrap()
    };
    let before = version(&owner);
    let cells = [("Bank", "Fun"), ("Cash", "Economy"), ("Card", "Necessities")];
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (owner, other) = (&owner, &other);
            scope.spawn(move || {
                for write in 0..WRITES {
                    // Each goes through the cells in another order, which would deadlock without the turn that writers take.
                    let from = cells[(writer + write) % 3];
                    let to = cells[(2 * writer + write + 1 + writer % 2) % 3];
                    match write % 4 {
                        0 => drop(owner.earned("2026-11-01", "100.01", "Salary")),
                        1 => drop(owner.spent_from("2026-10-02", "7", "Rent", from)),
                        2 if from != to => drop(owner.moved("2026-11-03", "1", from, to)),
                        2 => drop(owner.adjusted("2026-11-03", "1", from)),
                        _ => drop(owner.spent_from("2026-11-04", "3", "Groceries", to)),
                    }
                    if write % 5 == 0 {
                        other.earned("2026-11-01", "1000", "Salary");
                    }
                }
            });
        }
    });
    let count = |owner: &Owner<'_>| -> i64 {
        transactions::table
            .filter(transactions::household_id.eq(owner.household))
            .count()
            .get_result(&mut app.sql())
            .unwrap()
    };
    assert_eq!(count(&owner), 160);
    assert_eq!(count(&other), 32);
    assert!(version(&owner) >= before + 160, "every write is a new version");
    let adjusted: i64 = transactions::table
        .filter(transactions::household_id.eq(owner.household))
        .filter(transactions::kind.eq("adjustment"))
        .count()
        .get_result(&mut app.sql())
        .unwrap();
    let total = Distribution::now(&mut app.sql(), owner.household)
        .unwrap()
        .total();
    assert_eq!(total, 40 * (10_001 - 700 - 300) + 100 * adjusted);
}
