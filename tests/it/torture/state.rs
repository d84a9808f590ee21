//! The ledger as the model knows it: plain values in memory, and sums made by adding up.

use std::collections::BTreeMap;

use budget::ledger::history::Noun;
use budget::ledger::{Kind, Sign};
use chrono::NaiveDate;
use uuid::Uuid;

/// A posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub location: Uuid,
    pub bucket: Uuid,
    pub amount: i64,
}

/// A bucket and its basis points.
pub type Share = (Uuid, i64);

/// A transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub version: i32,
    pub date: NaiveDate,
    pub kind: Kind,
    pub description: String,
    pub category: Uuid,
    pub counterparty: Option<String>,
    pub refund_of: Option<Uuid>,
    pub amount: i64,
    pub lines: Vec<Line>,
    pub shares: Vec<Share>,
    /// What the row of a file said that it came from.
    pub key: Option<String>,
}

/// A location, a bucket or a category.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    pub noun: Noun,
    pub name: String,
    /// The kind of a location, the sign of a category.
    pub word: &'static str,
    /// Basis points.
    pub percent: i64,
    pub position: i32,
    /// Which archiving it was, by a number that never comes again.
    pub archived: Option<u64>,
    pub version: i32,
}

impl Thing {
    pub fn is_active(&self) -> bool {
        self.archived.is_none()
    }

    pub fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }
}

/// Everything in a household.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub entries: BTreeMap<Uuid, Entry>,
    pub things: BTreeMap<Uuid, Thing>,
}

/// Location and bucket.
pub type Cell = (Uuid, Uuid);

impl State {
    /// The thing with this id, if it is of this noun.
    pub fn thing(&self, noun: Noun, id: Uuid) -> Option<&Thing> {
        self.things.get(&id).filter(|thing| thing.noun == noun)
    }

    /// Those in use and archived ones, in their order.
    pub fn ordered(&self, noun: Noun) -> Vec<Uuid> {
        let mut found: Vec<_> = self
            .things
            .iter()
            .filter(|(_, thing)| thing.noun == noun)
            .map(|(id, thing)| (thing.position, *id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Those in use, in their order.
    pub fn active(&self, noun: Noun) -> Vec<Uuid> {
        let mut found = self.ordered(noun);
        found.retain(|id| self.things[id].is_active());
        found
    }

    pub fn is_archived(&self, id: Uuid) -> bool {
        self.things.get(&id).is_some_and(|thing| !thing.is_active())
    }

    /// Whether another thing in use has this name.
    pub fn is_taken(&self, noun: Noun, name: &str, but: Option<Uuid>) -> bool {
        self.things.iter().any(|(id, thing)| {
            Some(*id) != but && thing.noun == noun && thing.is_active() && thing.is_called(name)
        })
    }

    /// Basis points of the buckets in use.
    pub fn percent_sum(&self) -> i64 {
        let buckets = self.things.values().filter(|thing| thing.noun == Noun::Bucket);
        buckets
            .filter(|thing| thing.is_active())
            .map(|thing| thing.percent)
            .sum()
    }

    pub fn position_after_all(&self, noun: Noun) -> i32 {
        let positions = self.things.values().filter(|thing| thing.noun == noun);
        positions.map(|thing| thing.position).max().unwrap_or(0) + 1
    }

    /// Whether an entry names it.
    pub fn is_used(&self, id: Uuid) -> bool {
        self.entries.values().any(|entry| names(entry, id))
    }

    /// Whether money lies in one of its cells.
    pub fn holds_money(&self, id: Uuid) -> bool {
        self.cells()
            .into_iter()
            .any(|((location, bucket), (amount, _))| (location == id || bucket == id) && amount != 0)
    }

    /// The amount in each cell, and in how many lines.
    pub fn cells(&self) -> BTreeMap<Cell, (i64, i64)> {
        let mut cells: BTreeMap<Cell, (i64, i64)> = BTreeMap::new();
        for line in self.entries.values().flat_map(|entry| &entry.lines) {
            let cell = cells.entry((line.location, line.bucket)).or_default();
            cell.0 += line.amount;
            cell.1 += 1;
        }
        cells
    }

    /// The refunds that give this entry back.
    pub fn refunds_of(&self, original: Uuid) -> Vec<Uuid> {
        let refunds = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.refund_of == Some(original));
        refunds.map(|(id, _)| *id).collect()
    }

    /// Whether the whole is as Postgres wants it: what is archived holds nothing, transfers move something, refunds fit, and so on.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.percent_sum() > 10_000 {
            return Err(Refusal::Blocked("more than 100 %"));
        }
        for ((location, bucket), (amount, _)) in self.cells() {
            if amount != 0 && (self.is_archived(location) || self.is_archived(bucket)) {
                return Err(Refusal::Blocked("archived would hold money"));
            }
        }
        for entry in self.entries.values() {
            if entry.kind == Kind::Transfer && moves_nothing(&entry.lines) {
                return Err(Refusal::Blocked("a transfer would move nothing"));
            }
            let Some(original) = entry.refund_of else {
                continue;
            };
            let fits = self.entries.get(&original).is_some_and(|original| {
                original.kind == entry.kind && original.amount.signum() != entry.amount.signum()
            });
            if !fits {
                return Err(Refusal::Blocked("a refund would not fit"));
            }
        }
        Ok(())
    }
}

/// Whether an entry names a location, bucket or category.
pub fn names(entry: &Entry, id: Uuid) -> bool {
    entry.category == id
        || entry
            .lines
            .iter()
            .any(|line| line.location == id || line.bucket == id)
        || entry.shares.iter().any(|(bucket, _)| *bucket == id)
}

/// Whether lines add up to zero in every cell.
pub fn moves_nothing(lines: &[Line]) -> bool {
    let mut cells: BTreeMap<Cell, i64> = BTreeMap::new();
    for line in lines {
        *cells.entry((line.location, line.bucket)).or_default() += line.amount;
    }
    cells.values().all(|amount| *amount == 0)
}

/// Largest remainder, ties to the earlier; parts of nothing are left out.
pub fn divide(amount: i64, shares: &[(Uuid, i64)]) -> Vec<(Uuid, i64)> {
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

/// What the kind of an entry demands of its category.
pub fn sign_of(kind: Kind) -> Sign {
    match kind {
        Kind::Income => Sign::Positive,
        Kind::Expense => Sign::Negative,
        Kind::Transfer | Kind::Loan | Kind::Adjustment => Sign::Neutral,
    }
}

/// Why a command is refused, with a few words to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    NotFound,
    Stale,
    ReadOnly,
    Invalid(&'static str),
    Blocked(&'static str),
}

impl Refusal {
    /// What is compared with the ledger's own answer.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Stale => "stale",
            Self::ReadOnly => "read only",
            Self::Invalid(_) => "invalid",
            Self::Blocked(_) => "blocked",
        }
    }

    /// The words to count by.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Invalid(why) | Self::Blocked(why) => why,
            Self::NotFound | Self::Stale | Self::ReadOnly => self.word(),
        }
    }
}
