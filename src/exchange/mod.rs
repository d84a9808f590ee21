//! Bringing money in from files, and out into files.
//!
//! ```text
//! bytes ─ csv ─► records ─ columns, fields, groups ─► entries, faults ─ catalogue, dedupe, plan ─► Import ─ write ─► ledger
//! ledger ─ export ─► entries ─ sheet ─► rows ─ csv ─► bytes
//! ```
//!
//! `csv`, `formula`, `columns`, `fields`, `groups` and `rows` are pure and know nothing of the household. `catalogue` says what the names of a file mean
//! in it, `names` what files call its things, `dedupe` and `matching` which entries it has already, and [`import`] carries the rest out, all or
//! nothing. [`export`] reads the ledger in batches, and `sheet` writes each entry as the import reads it. [`Table`] is for any other table that goes out.

mod catalogue;
mod columns;
mod csv;
mod dedupe;
pub mod export;
mod fault;
mod fields;
mod fingerprint;
mod formula;
mod groups;
pub mod import;
mod matching;
mod names;
mod overflow;
mod percentages;
mod plan;
mod rows;
mod sheet;
mod table;

pub use columns::{COLUMNS, EXACT_COLUMNS};
pub use export::{ExportError, Exported};
pub use fault::{Fault, Faults, ImportError};
pub use import::{Import, Options, Outcome};
pub use percentages::{Percentages, PercentagesError};
pub use table::{Field, Table};
