//! The JSON API: one file a noun, with its request and response shapes.

pub(super) mod analytics;
mod body;
pub(super) mod households;
pub(super) mod names;
mod refusal;
pub(super) mod token;
pub(super) mod users;

pub use refusal::Refusal;
