//! Reports: the month, the year by months, and the history by years.
//!
//! A handler reads the address, and what it shows is kept for the same ledger (`web/kept.rs`): `content` of a report makes all that stands in
//! the page's frame. [`Asked`] is the filter, [`Link`](super::links::Link) leads from a number to the transactions behind it.

mod figures;
mod finding;
mod head;
mod month;
mod rank;
mod ranked;
mod show;
mod which;
mod words;
mod year;
mod years;

// What they share with other pages.
use super::{links, number, picture};

pub(in crate::web) use show::{month, month_file, month_now, year, year_file, year_now, years, years_file};
