//! Exact money: amounts, percentages, splits, and the way people write them.
//!
//! * [`Currency`]: which money, and how many decimals it has.
//! * [`Amount`]: whole minor units of one currency (cents for EUR), read without ever rounding.
//! * [`Percent`]: basis points from 0 to 10,000, for what a bucket gets of an income.
//! * [`Split`]: percentages that add up to 100; divides an amount so that not a cent is lost.
//! * [`NumberFormat`]: how one person writes numbers; turns minor units into text.
//!
//! Money is an `i64` of minor units everywhere. Sums made by the database may pass the limit of a
//! single [`Amount`], so the functions that write take a plain `i64` and are total.
//! Nothing here does I/O, reads a clock or computes with floats.

mod amount;
mod amount_error;
mod currency;
mod format;
mod language;
mod numeral;
mod percent;
mod split;

pub use amount::Amount;
pub use amount_error::AmountError;
pub use currency::{Currency, CurrencyError};
pub use format::{NumberFormat, UnknownNumberFormat, plain};
pub use percent::{Percent, PercentError};
pub use split::{Split, SplitError, SplitPart};
