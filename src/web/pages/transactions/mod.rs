//! Transactions: the list with its filters, the form of an entry, and taking things back.
//!
//! * [`index`] is the page of the list: [`filters`] with their [`period`] say which, [`filter_form`] asks for them, [`list`] and [`row`] say
//!   how it reads.
//! * [`add`] and [`edit`] show and take the [`entry_form`]: its [`values`] are what was typed, [`choices`] what there is to choose from, and
//!   [`preview`] what would happen. A [`conflict`] is what stops a change whose fields are right; [`refused`]
//!   tells it from other failures. [`refund_choices`] and [`refunds`] tie an entry to what it gives back, and [`todays`] offers to divide a
//!   split anew; [`aftermath`] says what an entry means for others.
//! * [`undo`] takes a change back. What was [`recorded`] is told on the next page.

mod add;
mod aftermath;
mod cell_table;
mod choices;
mod conflict;
mod edit;
mod entry_form;
mod filter_form;
mod filters;
mod index;
mod latest;
mod list;
mod period;
mod preview;
mod recorded;
mod refund_choices;
mod refunds;
mod refused;
mod row;
mod row_form;
mod split_table;
mod todays;
mod undo;
mod values;

pub(in crate::web) use add::{add, new_form};
pub(in crate::web) use edit::{delete, edit, edit_form};
pub(in crate::web) use index::{index, sums};
pub(in crate::web::pages) use latest::Latest;
pub(in crate::web) use preview::{loan_preview, split_preview, transfer_preview};
pub(in crate::web) use refund_choices::refund_choices;
pub(in crate::web::pages) use row::Figure;
pub(in crate::web::pages) use row::amount as signed_amount;
pub(in crate::web) use row_form::row;
pub(in crate::web) use undo::undo;
