//! The JSON API: one file a noun, with its request and response shapes.

pub(super) mod analytics;
mod body;
pub(super) mod names;
pub(super) mod token;
