//! The closed lists of the ledger: kinds of transactions, signs of categories, kinds of locations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that is not in its list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word: {0}")]
pub struct UnknownWord(String);

impl UnknownWord {
    pub(super) fn new(word: &str) -> Self {
        Self(word.to_owned())
    }
}

/// Declares an enum whose variants are stored as words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in the order in which people are shown them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it is stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err(UnknownWord(other.to_owned())),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a transaction is.
    Kind {
        /// Money spent; a refund is one with reversed sign.
        Expense = "expense",
        /// Money earned; may be split over the buckets.
        Income = "income",
        /// Money that changes location, bucket or both.
        Transfer = "transfer",
        /// Money lent or borrowed, until it is returned.
        Loan = "loan",
        /// A correction: an opening balance, a difference found. Neither income nor owed by anybody.
        Adjustment = "adjustment",
    }
}

words! {
    /// What a category counts as.
    Sign {
        /// Income.
        Positive = "POSITIVE",
        /// Expense.
        Negative = "NEGATIVE",
        /// Neither: transfers, loans, adjustments.
        Neutral = "NEUTRAL",
    }
}

words! {
    /// What a location is.
    LocationKind {
        /// A current account.
        Bank = "bank",
        /// A savings account.
        Savings = "savings",
        /// Notes and coins.
        Cash = "cash",
        /// A credit or prepaid card.
        Card = "card",
        /// A digital wallet.
        Wallet = "wallet",
        /// Anything else.
        Other = "other",
    }
}

impl Kind {
    /// The sign that a transaction of this kind demands of its category.
    #[must_use]
    pub const fn sign(self) -> Sign {
        match self {
            Self::Income => Sign::Positive,
            Self::Expense => Sign::Negative,
            Self::Transfer | Self::Loan | Self::Adjustment => Sign::Neutral,
        }
    }

    /// The word that people read, at the start of a sentence. It is also the name of a household's built-in category of a neutral kind.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Income => "Income",
            Self::Expense => "Expense",
            Self::Transfer => "Transfer",
            Self::Loan => "Loan",
            Self::Adjustment => "Adjustment",
        }
    }
}

impl Sign {
    /// The word that people read: the interface never says positive or negative.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Positive => "Income",
            Self::Negative => "Expense",
            Self::Neutral => "Neither",
        }
    }
}

impl LocationKind {
    /// The words that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bank => "Bank account",
            Self::Savings => "Savings account",
            Self::Cash => "Cash",
            Self::Card => "Card",
            Self::Wallet => "Digital wallet",
            Self::Other => "Something else",
        }
    }
}
