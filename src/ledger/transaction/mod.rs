//! Transactions: one event on one day, with the postings that carry its money.

pub mod all;
pub mod commands;
pub mod queries;
pub mod sums;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Book, Cell, Kind};
use crate::ids::{BucketId, CategoryId, LocationId, TransactionId};
use crate::money::{Amount, Percent};

/// One signed amount at one location and in one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Where.
    pub location: LocationId,
    /// What for.
    pub bucket: BucketId,
    /// Money in above zero, out below; never zero.
    pub amount: Amount,
}

/// One bucket's part of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Whose part.
    pub bucket: BucketId,
    /// How much of the whole.
    pub percent: Percent,
}

/// A transaction as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its identifier.
    pub id: TransactionId,
    /// The day.
    pub date: NaiveDate,
    /// What it is.
    pub kind: Kind,
    /// A few words; may be empty.
    pub description: String,
    /// Why.
    pub category: CategoryId,
    /// With whom, of a loan.
    pub counterparty: Option<String>,
    /// What a refund gives back, where somebody said.
    #[serde(default)]
    pub refund_of: Option<TransactionId>,
    /// The sum of the lines; of a transfer what they move.
    pub amount: Amount,
    /// Whether the lines follow shares.
    pub split: bool,
    /// Goes up with every edit.
    pub version: i32,
    /// The postings, in their order.
    pub lines: Vec<Line>,
}

/// A transaction with all that is stored of it: what a change remembers, and undo brings back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The transaction.
    pub transaction: Transaction,
    /// The shares of a split, in their order.
    pub shares: Vec<Share>,
    /// The fingerprint of the imported row.
    pub import_key: Option<[u8; 16]>,
}

impl Transaction {
    /// The cells that a transfer takes from and brings to, as recorded through a form: one line each.
    #[must_use]
    pub fn transfer_cells(&self) -> Option<(Cell, Cell)> {
        let cell = |line: &Line| Cell {
            location: line.location,
            bucket: line.bucket,
        };
        match (self.kind, self.lines.as_slice()) {
            (Kind::Transfer, [out, into]) if out.amount.is_negative() => Some((cell(out), cell(into))),
            (Kind::Transfer, [into, out]) => Some((cell(out), cell(into))),
            _ => None,
        }
    }

    /// The description, or what stands in for an empty one: the name of the category.
    #[must_use]
    pub fn title<'a>(&'a self, book: &'a Book) -> &'a str {
        if self.description.is_empty() {
            book.category(self.category)
                .map_or(self.kind.label(), |category| category.name.as_str())
        } else {
            &self.description
        }
    }

    /// Whether an income or expense goes the other way than its kind.
    #[must_use]
    pub fn is_refund(&self) -> bool {
        match self.kind {
            Kind::Income => self.amount.is_negative(),
            Kind::Expense => !self.amount.is_negative(),
            Kind::Transfer | Kind::Loan | Kind::Adjustment => false,
        }
    }
}
