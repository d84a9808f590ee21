//! Pages: HTML for people, one file a noun.

pub(super) mod activity;
mod bar;
mod choices;
pub(super) mod demo;
mod enter;
pub(super) mod field_errors;
mod file;
mod frame;
pub(super) mod front;
pub(super) mod guide;
pub(super) mod health;
pub(super) mod household;
pub(super) mod households;
pub(super) mod invitations;
mod links;
pub(super) mod loans;
pub(super) mod money;
mod month_ends;
pub(super) mod more;
mod next;
mod number;
mod picture;
pub(super) mod reports;
pub(super) mod setup;
pub(super) mod shell;
pub(super) mod sign_up;
pub(super) mod transactions;
