//! Pages: HTML for people, one file a noun.

pub(super) mod activity;
mod bar;
pub(super) mod demo;
pub(super) mod field_errors;
mod frame;
pub(super) mod front;
pub(super) mod guide;
pub(super) mod health;
pub(super) mod loans;
pub(super) mod money;
pub(super) mod more;
pub(super) mod reports;
pub(super) mod setup;
pub(super) mod shell;
pub(super) mod transactions;
