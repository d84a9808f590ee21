//! Why a job failed, in words without anything personal: they go into the log and into the table.

use diesel::result::Error as DieselError;

use crate::db::DbError;
use crate::mail::MailError;

/// Why an attempt failed. Its text names no person, address or amount.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The database did not do it.
    #[error("{}", without_values(.0))]
    Database(#[from] DbError),
    /// The message was not sent.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Something else, which may be over at the next attempt. Say nothing personal.
    #[error("{0}")]
    Failed(&'static str),
    /// Something that no further attempt can mend: the job is dead at once. Say nothing personal.
    #[error("{0}")]
    Hopeless(&'static str),
    /// The handler panicked.
    #[error("the job panicked; the place is in the log")]
    Panicked,
}

impl JobError {
    /// Whether another attempt makes no sense.
    #[must_use]
    pub const fn is_hopeless(&self) -> bool {
        matches!(self, Self::Hopeless(_) | Self::Mail(MailError::Address))
    }
}

impl From<DieselError> for JobError {
    fn from(error: DieselError) -> Self {
        Self::Database(error.into())
    }
}

/// What the database said, without the values that it quotes.
pub(super) fn without_values(error: &DbError) -> String {
    match error {
        DbError::Away(_) => "the database cannot be reached".to_owned(),
        DbError::Diesel(DieselError::DatabaseError(kind, info)) => {
            let place = info.constraint_name().or(info.table_name()).unwrap_or("no table");
            format!("the database refused it: {kind:?}, {place}")
        }
        DbError::Diesel(DieselError::NotFound) => "the database does not hold it".to_owned(),
        DbError::Diesel(_) => "the database could not be asked".to_owned(),
        DbError::SignedOut
        | DbError::ReadOnly
        | DbError::OwnersOnly
        | DbError::Busy
        | DbError::Panicked
        | DbError::Schema(_) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorKind;

    use super::*;

    #[test]
    fn the_values_of_a_failure_stay_out_of_its_text() {
        let said: Box<String> = Box::new("invalid input: \"ada@example.org\"".to_owned());
        let error = DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, said);
        let text = JobError::from(error).to_string();
        assert_eq!(text, "the database refused it: UniqueViolation, no table");
        let text = JobError::from(DbError::Away("password=hunter2".to_owned())).to_string();
        assert!(!text.contains("hunter2"), "{text}");
    }
}
