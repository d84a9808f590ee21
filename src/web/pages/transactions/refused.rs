//! Why an entry was not changed: [`Refused`] keeps apart what its form can answer.

use crate::db::DbError;
use crate::db::idempotency::KeyReused;
use crate::ledger::{LedgerError, Problems};
use crate::web::error::Error;

/// Why a write was refused, in a way that the form can answer.
pub(super) enum Refused {
    /// Fields are wrong.
    Invalid(Problems),
    /// Somebody else changed it since.
    Stale,
    /// Something archived is in the way.
    Blocked(String),
    /// Anything else.
    Other(Error),
}

impl From<LedgerError> for Refused {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Invalid(problems) => Self::Invalid(problems),
            LedgerError::Stale => Self::Stale,
            LedgerError::Blocked(sentence) => Self::Blocked(sentence),
            LedgerError::NotFound(_) | LedgerError::Database(_) => Self::Other(error.into()),
        }
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Other(error.into())
    }
}

impl From<KeyReused> for Refused {
    fn from(reused: KeyReused) -> Self {
        Self::Other(reused.into())
    }
}
