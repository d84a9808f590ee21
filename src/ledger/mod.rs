//! The ledger: locations, buckets, categories, transactions, and the history of what was done to them.
//!
//! [`rules`] is pure: it turns what somebody wants to record ([`Draft`]) into what is to be stored ([`rules::Plan`]), or says what is wrong
//! with it. Everything else is SQL around that.

pub mod activity;
pub mod book;
pub mod bucket;
pub mod bulk;
pub mod category;
mod draft;
mod error;
pub mod history;
pub mod integrity;
mod kind;
pub mod loan;
pub mod location;
pub mod merge;
pub mod moved;
pub mod name;
pub mod order;
pub mod refund;
pub mod retire;
pub mod rules;
pub mod suggested;
pub mod thing;
pub mod transaction;

pub use book::Book;
pub use draft::{BucketChoice, Cell, Draft, Entry, FlowKind, LoanDirection};
pub use error::{LedgerError, Problem, Problems};
pub use kind::{Kind, LocationKind, Sign, UnknownWord};
