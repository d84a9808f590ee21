//! For whom a command acts.

use super::Failure;
use crate::db::{Caller, Db, DbError};
use crate::ids::HouseholdId;
use crate::users::queries;

/// A person, and one of their households.
#[derive(clap::Args)]
pub(super) struct Person {
    /// The e-mail of the person for whom this is done
    #[arg(long, value_name = "E")]
    pub(super) user: String,
    /// Which of their households; else the oldest
    #[arg(long, value_name = "ID")]
    household: Option<HouseholdId>,
}

impl Person {
    /// Whom the database asks; whether they may, it says itself.
    pub(super) fn caller(&self, db: &Db) -> Result<Caller, Failure> {
        let user = db
            .system_read(|conn| Ok::<_, DbError>(queries::by_email(conn, self.user.trim())?))?
            .ok_or_else(|| format!("There is no user {}. `budget user list` shows all.", self.user))?;
        Ok(Caller::Trusted {
            user,
            household: self.household,
        })
    }

    /// What it means that the database did not let them in.
    pub(super) fn refusal(&self) -> String {
        match self.household {
            Some(household) => format!(
                "{} is blocked, or is not a member of a household {household}.",
                self.user
            ),
            None => format!("{} is blocked, or has no household.", self.user),
        }
    }
}
