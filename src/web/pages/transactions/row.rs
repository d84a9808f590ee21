//! A [`Row`] of the list: one transaction in words.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::households::Member;
use crate::ids::TransactionId;
use crate::ledger::transaction::Transaction;
use crate::ledger::transaction::queries::Filter;
use crate::ledger::{Book, Kind};

/// One transaction as the list shows it.
pub(in crate::web::pages) struct Row {
    pub(in crate::web::pages) id: TransactionId,
    pub(in crate::web::pages) title: String,
    pub(in crate::web::pages) when: String,
    pub(in crate::web::pages) category: String,
    /// With whom, of a loan.
    pub(in crate::web::pages) counterparty: Option<String>,
    pub(in crate::web::pages) buckets: Places,
    pub(in crate::web::pages) locations: Places,
    pub(in crate::web::pages) amount: Figure,
    pub(in crate::web::pages) is_refund: bool,
    /// How much of it came back, where the page looked that up.
    pub(in crate::web::pages) refunded: Option<String>,
    /// Whether it is what the message on this page is about.
    pub(in crate::web::pages) is_new: bool,
    /// Whether a form is or was in its place.
    pub(in crate::web::pages) form: InPlace,
    /// What of it lies where the filter looks, when that is not the whole.
    pub(in crate::web::pages) here: Option<String>,
}

/// Whether a form stands in the place of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web::pages) enum InPlace {
    /// It does not.
    None,
    /// It does, and stays when the list is loaded again.
    Open,
    /// It did until now: the row takes the focus from it.
    Closed,
}

/// Where it is, or what it is for, in one dimension.
pub(in crate::web::pages) enum Places {
    /// One name, or a number of them.
    At(String),
    /// From one to another.
    Between(String, String),
}

/// An amount with its sign and its colour.
#[derive(Debug)]
pub(in crate::web::pages) struct Figure {
    pub(in crate::web::pages) text: String,
    pub(in crate::web::pages) class: &'static str,
    /// Whether it is a transfer's, which has no sign.
    pub(in crate::web::pages) is_moved: bool,
}

impl Figure {
    /// The amount of a transaction: signed, unless it only changed its place.
    pub(in crate::web::pages) fn of(member: &Member, transaction: &Transaction) -> Self {
        let (minor, is_moved) = (transaction.amount.minor(), transaction.kind == Kind::Transfer);
        Self {
            text: amount(member, transaction),
            class: if transaction.kind == Kind::Income && minor > 0 {
                "amount in"
            } else {
                "amount"
            },
            is_moved,
        }
    }

    /// A sum: what came in is coloured, and so is a loss.
    pub(in crate::web::pages) fn sum(member: &Member, minor: i64) -> Self {
        Self {
            text: member.number_format.signed(minor, member.currency),
            class: match minor {
                1.. => "amount in",
                0 => "amount",
                _ => "amount short",
            },
            is_moved: false,
        }
    }

    /// Without its colour: spending is no trouble.
    pub(in crate::web::pages) fn plain(self) -> Self {
        Self {
            class: "amount",
            ..self
        }
    }
}

/// The amount of a transaction in words: signed, unless it only changed its place.
pub(in crate::web::pages) fn amount(member: &Member, transaction: &Transaction) -> String {
    let minor = transaction.amount.minor();
    if transaction.kind == Kind::Transfer {
        member.number_format.amount(minor, member.currency)
    } else {
        member.number_format.signed(minor, member.currency)
    }
}

impl Row {
    pub(in crate::web::pages) fn of(
        member: &Member,
        today: NaiveDate,
        book: &Book,
        filter: &Filter,
        transaction: &Transaction,
    ) -> Self {
        let category = book.category(transaction.category);
        Self {
            id: transaction.id,
            title: transaction.title(book).to_owned(),
            when: member.dates(today).day(transaction.date),
            category: category.map_or_else(String::new, |category| category.name.clone()),
            counterparty: transaction.counterparty.clone(),
            buckets: Places::buckets(transaction, book),
            locations: Places::locations(transaction, book),
            amount: Figure::of(member, transaction),
            is_refund: transaction.is_refund(),
            refunded: None,
            is_new: false,
            form: InPlace::None,
            here: here(member, filter, transaction),
        }
    }

    /// Whether a form stands in its place.
    pub(in crate::web::pages) fn is_open(&self) -> bool {
        self.form == InPlace::Open
    }

    /// Whether it takes the focus.
    pub(in crate::web::pages) fn is_focused(&self) -> bool {
        self.form == InPlace::Closed
    }

    /// The second line on a phone.
    pub(in crate::web::pages) fn meta(&self) -> String {
        let mut parts = vec![self.when.clone(), self.category.clone()];
        if let Some(counterparty) = &self.counterparty {
            parts.push(counterparty.clone());
        }
        if matches!(self.buckets, Places::Between(..)) {
            parts.push(self.buckets.words());
        }
        parts.push(self.locations.words());
        parts.join(" · ")
    }
}

impl Places {
    fn buckets(transaction: &Transaction, book: &Book) -> Self {
        let name = |id| book.bucket(id).map_or("", |bucket| bucket.name.as_str());
        match transaction.transfer_cells() {
            Some((from, to)) => Self::between(from.bucket, to.bucket, name),
            None => Self::at(transaction.lines.iter().map(|line| line.bucket), name, "buckets"),
        }
    }

    fn locations(transaction: &Transaction, book: &Book) -> Self {
        let name = |id| book.location(id).map_or("", |location| location.name.as_str());
        match transaction.transfer_cells() {
            Some((from, to)) => Self::between(from.location, to.location, name),
            None => Self::at(
                transaction.lines.iter().map(|line| line.location),
                name,
                "locations",
            ),
        }
    }

    fn between<'a, I: Copy + PartialEq>(from: I, to: I, name: impl Fn(I) -> &'a str) -> Self {
        if from == to {
            Self::At(name(from).to_owned())
        } else {
            Self::Between(name(from).to_owned(), name(to).to_owned())
        }
    }

    fn at<'a, I: Copy + Ord>(ids: impl Iterator<Item = I>, name: impl Fn(I) -> &'a str, noun: &str) -> Self {
        let ids: BTreeSet<I> = ids.collect();
        Self::At(match ids.first() {
            Some(one) if ids.len() == 1 => name(*one).to_owned(),
            _ => format!("{} {noun}", ids.len()),
        })
    }

    /// From where and to where, when it moved.
    pub(in crate::web::pages) fn between_two(&self) -> Option<(&str, &str)> {
        match self {
            Self::At(_) => None,
            Self::Between(from, to) => Some((from, to)),
        }
    }

    pub(in crate::web::pages) fn words(&self) -> String {
        match self {
            Self::At(name) => name.clone(),
            Self::Between(from, to) => format!("{from} → {to}"),
        }
    }
}

/// What of a transaction lies where the filter looks; nothing when all of it does.
fn here(member: &Member, filter: &Filter, transaction: &Transaction) -> Option<String> {
    if !filter.has_place() {
        return None;
    }
    let minor = transaction
        .lines
        .iter()
        .filter(|line| filter.holds(line))
        .fold(0, |sum: i64, line| sum.saturating_add(line.amount.minor()));
    let whole = transaction.kind != Kind::Transfer && minor == transaction.amount.minor();
    (!whole).then(|| member.number_format.signed(minor, member.currency))
}
