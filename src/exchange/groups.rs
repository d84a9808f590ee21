//! Entries that take several rows of a file: rows with the same entry number are one, wherever they stand.

use std::collections::{HashMap, HashSet};

use super::fault::{Fault, Faults, quote};
use super::rows::{Exact, Money, Row, RowSign, Short, Table};
use crate::ledger::Kind;

/// The entries of a file, while it is read.
#[derive(Debug, Default)]
pub(super) struct Groups {
    rows: Vec<Row>,
    places: HashMap<u64, usize>,
    /// Entries of which a row is faulty: what is left of them says nothing.
    spoilt: HashSet<u64>,
}

impl Groups {
    /// Adds a row: as an entry of its own, or to the entry that has its number.
    pub(super) fn add(&mut self, number: Option<u64>, row: Row) -> Result<(), Fault> {
        let known = number.and_then(|number| self.places.get(&number));
        let Some(first) = known.and_then(|place| self.rows.get_mut(*place)) else {
            if let Some(number) = number {
                self.places.insert(number, self.rows.len());
            }
            self.rows.push(row);
            return Ok(());
        };
        if let Some(column) = different(first, &row) {
            let reason = format!(
                "{column}: This is not what line {} says, which has the same entry number.",
                first.line
            );
            return Err(Fault {
                line: row.line,
                reason,
            });
        }
        if let (Money::Exact(first), Money::Exact(more)) = (&mut first.money, row.money) {
            first.parts.extend(more.parts);
        }
        Ok(())
    }

    /// Notes that a row of this entry could not be read.
    pub(super) fn spoil(&mut self, number: Option<u64>) {
        self.spoilt.extend(number);
    }

    /// Puts the entries into `table`, and what is wrong with what they refer to.
    pub(super) fn finish(self, table: &mut Table) {
        let mut numbers = vec![None; self.rows.len()];
        for (number, place) in &self.places {
            if let Some(slot) = numbers.get_mut(*place) {
                *slot = Some(*number);
            }
        }
        for (mut row, number) in self.rows.into_iter().zip(numbers) {
            if number.is_some_and(|number| self.spoilt.contains(&number)) {
                continue;
            }
            shorten(&mut row.money);
            if let Some(number) = number {
                table.numbered.insert(number, table.rows.len());
            }
            table.rows.push(row);
        }
        let mut faults = Faults::default();
        for row in &table.rows {
            if let Some(number) = row.refund_of
                && !self.spoilt.contains(&number)
                && let Err(reason) = check_original(table, row, number)
            {
                faults.push(Fault {
                    line: row.line,
                    reason: format!("refund_of: {reason}"),
                });
            }
        }
        table.faults.append(faults);
    }
}

/// The first column in which two rows differ that should tell of one entry.
fn different(one: &Row, other: &Row) -> Option<&'static str> {
    let (Money::Exact(left), Money::Exact(right)) = (&one.money, &other.money) else {
        return Some("kind");
    };
    [
        ("date", one.date != other.date),
        ("description", one.description != other.description),
        ("category", one.category != other.category),
        ("kind", left.kind != right.kind),
        ("counterparty", left.counterparty != right.counterparty),
        ("refund_of", one.refund_of != other.refund_of),
    ]
    .into_iter()
    .find_map(|(column, differs)| differs.then_some(column))
}

/// Says in one row what one row can say: it takes less memory. Not of a transfer, whose two rows have a line each.
fn shorten(money: &mut Money) {
    let Money::Exact(exact) = money else { return };
    match (exact.kind, exact.parts.as_slice()) {
        (Kind::Income | Kind::Expense, [only]) if only.share.is_none() => {
            let sign = RowSign::of(exact.kind);
            *money = Money::Short(Short {
                amount: sign.turn(only.amount),
                sign,
                location: only.location,
                bucket: Some(only.bucket),
                to: None,
            });
        }
        _ => exact.parts.shrink_to_fit(),
    }
}

/// A refund gives back an entry of its own kind that is no refund.
fn check_original(table: &Table, row: &Row, number: u64) -> Result<(), String> {
    if refunds(&row.money) != Some(true) {
        return Err(
            "Leave this empty: only a refund, whose amount is below zero, gives anything back.".into(),
        );
    }
    let Some(original) = table.original(row).and_then(|place| table.rows.get(place)) else {
        return Err(format!("There is no entry {number} in this file."));
    };
    if kind(&original.money) != kind(&row.money) {
        let title = quote(&original.description);
        return Err(format!(
            "Entry {number}, {title}, is of another kind than its refund."
        ));
    }
    if refunds(&original.money) == Some(true) {
        let title = quote(&original.description);
        return Err(format!("Entry {number}, {title}, is a refund itself."));
    }
    Ok(())
}

/// What an entry is.
pub(super) const fn kind(money: &Money) -> Kind {
    match money {
        Money::Short(short) => match short.sign {
            RowSign::Income => Kind::Income,
            RowSign::Expense => Kind::Expense,
            RowSign::Transfer => Kind::Transfer,
        },
        Money::Exact(exact) => exact.kind,
    }
}

/// Whether an income or expense goes the other way; nothing of the other kinds.
fn refunds(money: &Money) -> Option<bool> {
    match (kind(money), money) {
        (Kind::Income | Kind::Expense, Money::Short(short)) => Some(short.amount.is_negative()),
        (Kind::Income | Kind::Expense, Money::Exact(exact)) => {
            let sum = sum(exact);
            Some(if exact.kind == Kind::Income {
                sum < 0
            } else {
                sum > 0
            })
        }
        _ => None,
    }
}

/// What the postings add up to, in minor units; more than an amount can hold at times.
pub(super) fn sum(exact: &Exact) -> i128 {
    exact
        .parts
        .iter()
        .map(|part| i128::from(part.amount.minor()))
        .sum()
}
