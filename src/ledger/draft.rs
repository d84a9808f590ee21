//! What somebody wants to record, with every word read but nothing checked against the household yet.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Kind, UnknownWord};
use crate::ids::{BucketId, CategoryId, LocationId, TransactionId};
use crate::money::Amount;

/// A place in both dimensions at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// Where the money is.
    pub location: LocationId,
    /// What it is for.
    pub bucket: BucketId,
}

/// A transaction to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The day it happened.
    pub date: NaiveDate,
    /// A few words; may be empty.
    pub description: String,
    /// What happened.
    pub entry: Entry,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Income or expense.
    Flow {
        /// Which of the two.
        kind: FlowKind,
        /// Whether the money goes the other way: a purchase given back, pay taken back. It lowers its category.
        refund: bool,
        /// What a refund gives back, where somebody says so; an entry of the same kind that is no refund itself.
        refund_of: Option<TransactionId>,
        /// How much; above zero.
        amount: Amount,
        /// Why.
        category: CategoryId,
        /// Where the money comes to or goes from.
        location: LocationId,
        /// What the money is for.
        bucket: BucketChoice,
    },
    /// Money that changes its place.
    Transfer {
        /// How much; above zero.
        amount: Amount,
        /// From where.
        from: Cell,
        /// To where.
        to: Cell,
        /// Why; the household's Transfer category when left open.
        category: Option<CategoryId>,
    },
    /// Money lent or borrowed, or returned.
    Loan {
        /// Which way, and whether it begins or ends a debt.
        direction: LoanDirection,
        /// How much; above zero.
        amount: Amount,
        /// With whom.
        counterparty: String,
        /// Where the money comes to or goes from.
        cell: Cell,
        /// Why; the household's Loan category when left open.
        category: Option<CategoryId>,
    },
    /// A correction of what is there.
    Adjustment {
        /// What is added; below zero takes away. Not zero.
        amount: Amount,
        /// Where.
        cell: Cell,
        /// Why; the household's Adjustment category when left open.
        category: Option<CategoryId>,
    },
}

impl Entry {
    /// The kind of transaction that this becomes.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Flow {
                kind: FlowKind::Income,
                ..
            } => Kind::Income,
            Self::Flow {
                kind: FlowKind::Expense,
                ..
            } => Kind::Expense,
            Self::Transfer { .. } => Kind::Transfer,
            Self::Loan { .. } => Kind::Loan,
            Self::Adjustment { .. } => Kind::Adjustment,
        }
    }
}

/// The two kinds that make a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// Money earned.
    Income,
    /// Money spent.
    Expense,
}

/// Where in the second dimension an income or expense goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketChoice {
    /// All of it in one bucket.
    One(BucketId),
    /// Over the buckets by their percentages; of income only. An edit keeps the percentages that it was split by.
    Split,
    /// Over the buckets by the percentages of today, whatever it was split by before.
    SplitAnew,
}

/// What happens with a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoanDirection {
    /// Given to somebody: money out.
    Lent,
    /// Taken from somebody: money in.
    Borrowed,
    /// Returned to us: money in.
    GotBack,
    /// Returned by us: money out.
    PaidBack,
}

impl LoanDirection {
    /// All of them, in the order in which people are shown them.
    pub const ALL: &'static [Self] = &[Self::Lent, Self::GotBack, Self::Borrowed, Self::PaidBack];

    /// Whether money comes in.
    #[must_use]
    pub const fn is_money_in(self) -> bool {
        matches!(self, Self::Borrowed | Self::GotBack)
    }

    /// The words for a loan of which only the way of its money is known.
    #[must_use]
    pub const fn way(self) -> &'static str {
        if self.is_money_in() {
            "Money comes in: borrowed or got back"
        } else {
            "Money goes out: lent or paid back"
        }
    }

    /// The word in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lent => "lent",
            Self::Borrowed => "borrowed",
            Self::GotBack => "got_back",
            Self::PaidBack => "paid_back",
        }
    }

    /// The words that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Lent => "I lend money",
            Self::Borrowed => "I borrow money",
            Self::GotBack => "I get money back",
            Self::PaidBack => "I pay money back",
        }
    }
}

impl std::str::FromStr for LoanDirection {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|direction| direction.as_str() == word)
            .ok_or_else(|| UnknownWord::new(word))
    }
}
