//! Households: the tenants, and what a person may do in one.

mod clear;
mod member;

pub use clear::{ClearError, Holdings, clear, holdings};
pub use member::{Member, Role, UnknownRole};
