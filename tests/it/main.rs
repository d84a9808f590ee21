//! The tests through the front door: requests to a real server on a real Postgres, hostile SQL, the command line, and the shape of the code.
//!
//! `tests/run` runs everything; `tests/with-servers cargo test --test it WORD` the tests whose name holds this word.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    clippy::too_many_lines,
    clippy::must_use_candidate,
    reason = "a test that is surprised should stop, and its table of cases may be long"
)]

mod account;
mod activity;
mod api;
mod architecture;
mod cli;
mod demo;
mod embedded;
mod export;
mod guards;
mod guide;
mod household;
mod import;
mod jobs;
mod kept;
mod limits;
mod locales;
mod matrix;
mod money;
mod money_rules;
mod report_pages;
mod reports;
mod routes;
mod schema;
mod sessions;
mod setup;
mod sharing;
mod sign_up;
mod story;
mod support;
mod tokens;
mod torture;
mod transactions;
mod undo;
mod visitors;
