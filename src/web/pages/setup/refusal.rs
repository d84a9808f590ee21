//! A [`Refusal`]: why a form of Set-up was not carried out, and whether its page can be shown again with the reason.

use crate::db::DbError;
use crate::db::idempotency::KeyReused;
use crate::ledger::{LedgerError, bucket};
use crate::web::error::Error;
use crate::web::pages::field_errors::FieldErrors;

/// Why nothing was written.
#[derive(Debug)]
pub(in crate::web) enum Refusal {
    /// Fields are wrong.
    Invalid(FieldErrors),
    /// Somebody else changed it since it was read.
    Stale,
    /// Something is in the way; the sentence says what, and the way out.
    Blocked(String),
    /// No form can help here.
    Failed(Error),
}

impl Refusal {
    /// One field is wrong.
    pub(super) fn field(
        field: impl Into<std::borrow::Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        let mut errors = FieldErrors::default();
        errors.push(field, message);
        Self::Invalid(errors)
    }

    /// One field beside the name is wrong, and perhaps the name too.
    pub(super) fn named(name: &str, field: &'static str, message: String) -> Self {
        Self::field(field, message).also_about_name(name)
    }

    /// The same, told together with what is wrong with the name.
    pub(super) fn also_about_name(self, name: &str) -> Self {
        match (self, bucket::name_problem(name)) {
            (Self::Invalid(others), Some(problem)) => {
                let mut errors = FieldErrors::default();
                errors.push(problem.field, problem.message);
                for other in &others {
                    errors.push(other.field.clone(), other.message.clone());
                }
                Self::Invalid(errors)
            }
            (refusal, _) => refusal,
        }
    }

    /// Why the archived thing called `name` does not come back: another one may have its name by now.
    pub(super) fn restoring(name: &str, error: LedgerError) -> Self {
        match error {
            LedgerError::Invalid(_) => Self::field(
                "name",
                format!("Another one is called {name} now. Rename that one first, then restore this one."),
            ),
            other => other.into(),
        }
    }
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Invalid(problems) => {
                let mut errors = FieldErrors::default();
                for problem in problems {
                    errors.push(problem.field, problem.message);
                }
                Self::Invalid(errors)
            }
            LedgerError::Stale => Self::Stale,
            LedgerError::Blocked(sentence) => Self::Blocked(sentence),
            LedgerError::NotFound(_) | LedgerError::Database(_) => Self::Failed(error.into()),
        }
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<crate::db::QueryError> for Refusal {
    fn from(error: crate::db::QueryError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<KeyReused> for Refusal {
    fn from(error: KeyReused) -> Self {
        Self::Failed(error.into())
    }
}
