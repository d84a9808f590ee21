//! Demo households: ten years of a life that nobody had, believable to look at, in any size.
//!
//! ```text
//! Shape ─ life ─► events, day by day ─ set_up ─► drafts ─ ledger::rules ─► batches ─ furnish ─► ledger
//! ```
//!
//! [`Life`] is pure: the same [`Shape`] makes the same events, whatever machine and version. [`furnish`] writes them into a household that
//! is still empty. [`visits`] is the demo that a visitor makes and leaves again.

mod calendar;
mod dice;
mod event;
mod everyday;
mod fixed;
mod furnish;
mod life;
mod purse;
mod set_up;
mod shape;
pub mod visits;

pub use event::{Event, What};
pub use furnish::{DemoError, furnish};
pub use life::Life;
pub use shape::{Shape, ShapeError, TRANSACTIONS_MAX, YEARS_MAX};
