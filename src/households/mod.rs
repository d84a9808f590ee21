//! Households: the tenants, and what a person may do in one.

mod clear;
pub mod commands;
mod member;
pub mod queries;

pub use clear::{ClearError, Holdings, clear, holdings};
pub use member::{Member, Role, UnknownRole};
