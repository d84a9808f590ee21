//! Bringing money in from files.
//!
//! ```text
//! bytes ─ csv ─► records ─ columns ─► rows, faults ─ catalogue, dedupe, plan ─► Import ─ write ─► ledger
//! ```
//!
//! `csv`, `columns` and `rows` are pure and know nothing of the household. `catalogue` says what the names of a file mean in it, `dedupe`
//! which rows it has already, and [`import`] carries the rest out, all or nothing.

mod catalogue;
mod columns;
mod csv;
mod dedupe;
mod fault;
mod fingerprint;
pub mod import;
mod percentages;
mod plan;
mod rows;

pub use columns::COLUMNS;
pub use fault::{Fault, Faults, ImportError};
pub use import::{Import, Options, Outcome};
pub use percentages::{Percentages, PercentagesError};
