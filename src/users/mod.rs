//! People who can log in.

mod account;
pub mod commands;
pub mod queries;

pub use account::{AccountProblem, NewAccount};
