//! Why a command on the ledger was not carried out.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The constraints that keep the sums of the rollups exact.
const SUMS_ARE_IN_RANGE: [&str; 5] = [
    "balance_is_in_range",
    "monthly_total_is_in_range",
    "monthly_cell_is_in_range",
    "monthly_balance_is_in_range",
    "daily_total_is_in_range",
];

/// One thing that is wrong with what was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field it is about, by its name in forms and in the API.
    pub field: &'static str,
    /// A sentence for the person who filled it in: what is wrong, and what to do.
    pub message: String,
}

/// Everything that is wrong with what was entered; never empty.
pub type Problems = Vec<Problem>;

/// Why a command was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// No such thing in this household.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was entered cannot be stored.
    #[error("what was entered cannot be stored")]
    Invalid(Problems),
    /// Somebody else changed it since it was read.
    #[error("it was changed by somebody else in the meantime")]
    Stale,
    /// It is in the way of something else; the sentence says of what, and the way out.
    #[error("{0}")]
    Blocked(String),
    /// The database failed.
    #[error(transparent)]
    Database(DieselError),
}

impl LedgerError {
    /// One problem with one field.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem {
            field,
            message: message.into(),
        }])
    }
}

impl From<DieselError> for LedgerError {
    /// Postgres has the last word on what it alone can know, such as whether a sum stays in range.
    fn from(error: DieselError) -> Self {
        if let DieselError::DatabaseError(kind, info) = &error {
            match (kind, info.constraint_name()) {
                (DatabaseErrorKind::CheckViolation, Some(name)) if SUMS_ARE_IN_RANGE.contains(&name) => {
                    return Self::invalid(
                        "amount",
                        "With this amount a sum would become too large to be kept exactly.",
                    );
                }
                (DatabaseErrorKind::CheckViolation, Some("posting_is_not_on_an_archived_thing")) => {
                    return Self::Blocked(
                        "Something in this entry is archived. Restore it under Set-up first.".into(),
                    );
                }
                (DatabaseErrorKind::ForeignKeyViolation, Some("transaction_refund_has_its_original")) => {
                    return Self::Blocked("What this refund gives back is gone. Bring it back first.".into());
                }
                (DatabaseErrorKind::CheckViolation, Some("archived_is_empty")) => {
                    return Self::Blocked(
                        "Something archived would hold money then. Restore it under Set-up first.".into(),
                    );
                }
                (
                    DatabaseErrorKind::CheckViolation,
                    Some("refund_fits_its_original" | "transaction_refund_is_a_refund"),
                ) => {
                    return Self::Blocked(
                        "A refund and what it gives back would not fit together then. Undo or delete the refund first.".into(),
                    );
                }
                (DatabaseErrorKind::CheckViolation, Some("transfer_moves_something")) => {
                    return Self::Blocked(
                        "A transfer would move nothing then. Change or delete it first.".into(),
                    );
                }
                (
                    DatabaseErrorKind::CheckViolation,
                    Some("location_name_is_not_total" | "bucket_name_is_not_total"),
                ) => {
                    return Self::invalid("name", "_total is reserved for sums. Choose another name.");
                }
                (DatabaseErrorKind::UniqueViolation, Some("locations_name_is_unique")) => {
                    return Self::invalid(
                        "name",
                        "There is a location of this name already. Choose another name.",
                    );
                }
                (DatabaseErrorKind::UniqueViolation, Some("buckets_name_is_unique")) => {
                    return Self::invalid(
                        "name",
                        "There is a bucket of this name already. Choose another name.",
                    );
                }
                (DatabaseErrorKind::UniqueViolation, Some("categories_name_is_unique")) => {
                    return Self::invalid(
                        "name",
                        "There is a category of this name already. Choose another name.",
                    );
                }
                (DatabaseErrorKind::UniqueViolation, Some("change_is_undone_once")) => {
                    return Self::Blocked("This was undone already.".into());
                }
                _ => {}
            }
        }
        Self::Database(error)
    }
}
