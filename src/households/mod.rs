//! Households: the tenants, and what a person may do in one.

pub mod commands;
mod member;
pub mod queries;

pub use member::{Member, Role, UnknownRole};
