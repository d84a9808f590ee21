//! People who can log in.

mod account;
pub mod administer;
pub mod commands;
pub mod device;
pub mod event;
pub mod link;
pub mod own;
pub mod profile;
pub mod queries;
pub mod second_factor;
mod theme;
pub mod token;

pub use account::{AccountProblem, NewAccount, address_problem};
pub use theme::{Theme, UnknownTheme};
