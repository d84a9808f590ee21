//! Background jobs: what is done after a request, or at a time of day, and not while somebody waits.
//!
//! * [`queue`] is the table of jobs: they are added inside the transaction of the work that they belong to, and claimed under a lease.
//! * [`worker`] runs them, [`registry`] says which code, [`schedule`] adds those of a time of day.
//! * One file for each job: [`mail`] sends a letter (its [`links`] are made then), [`deletion`] deletes accounts and households, [`tidy`] takes away what is over.
//!
//! A job may run twice, for instance when its worker dies just before it would have noted the end. So each can be repeated.

pub mod deletion;
mod error;
pub mod links;
pub mod mail;
pub mod queue;
pub mod registry;
pub mod schedule;
pub mod tidy;
pub mod worker;

use std::sync::Arc;

use crate::auth::seal::Sealer;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::mail::Mailer;

pub use error::JobError;

/// What a job may use. Cloning shares it.
#[derive(Clone)]
pub struct Context {
    /// The database; a job opens its own transactions.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Sends messages.
    pub mailer: Mailer,
    /// Seals what a link carries.
    pub sealer: Sealer,
    /// Where links lead: an origin such as `https://budget.example.org`, without a slash at its end.
    pub origin: Arc<str>,
}

impl Context {
    /// Puts the pieces together.
    #[must_use]
    pub fn new(config: &Config, db: Db, clock: Clock, mailer: Mailer, sealer: Sealer) -> Self {
        Self {
            db,
            clock,
            mailer,
            sealer,
            origin: config.public_origin().into(),
        }
    }
}
