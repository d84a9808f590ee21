//! Households: the tenants, and what a person may do in one.

mod member;

pub use member::{Member, Role, UnknownRole};
