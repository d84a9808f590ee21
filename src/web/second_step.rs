//! The second step of a log-in: a code of an app, or a recovery code that stands in for one.
//!
//! A code is looked at before the database is asked, and *taken* inside the transaction that lets the person in, so that none counts twice.

use super::State;
use super::error::Error;
use crate::auth::{recovery, totp};
use crate::db::{Connection, QueryError};
use crate::ids::UserId;
use crate::users::second_factor::{self, PURPOSE};

/// A code that may be right; the database says whether it was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// One of the app, of this time step.
    OfStep(i64),
    /// A recovery code, hashed.
    Recovery([u8; 32]),
}

/// What a typed code is for somebody with this encrypted secret; nothing for one that is wrong.
///
/// # Errors
/// When the secret cannot be opened.
pub(super) fn read(state: &State, user: UserId, secret: &[u8], typed: &str) -> Result<Option<Code>, Error> {
    if let Some(hash) = recovery::hash(typed) {
        return Ok(Some(Code::Recovery(hash)));
    }
    let secret = state
        .vault
        .open(PURPOSE, user.uuid(), secret)
        .map_err(Error::internal)?;
    let step = totp::check(&secret, typed, state.clock.now()).map_err(Error::internal)?;
    Ok(step.map(Code::OfStep))
}

impl Code {
    /// Uses it up; false where it was used before, or is none of this person's.
    ///
    /// # Errors
    /// Only database failures.
    pub(super) fn take(self, conn: &mut Connection, user: UserId) -> Result<bool, QueryError> {
        match self {
            Self::OfStep(step) => second_factor::take_step(conn, user, step),
            Self::Recovery(hash) => second_factor::take_recovery_code(conn, user, hash),
        }
    }
}
