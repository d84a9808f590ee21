//! Households: the tenants, and what a person may do in one.

mod clear;
pub mod commands;
pub mod invitation;
mod member;
pub mod people;
pub mod queries;

pub use clear::{ClearError, Holdings, clear, holdings};
pub use member::{Member, Role, UnknownRole};
