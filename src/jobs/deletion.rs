//! Deleting for good: an account whose time to change one's mind is over, and a household that its owner deleted. Both may be large, so
//! nobody waits for them.

use serde::{Deserialize, Serialize};

use super::mail::Letter;
use super::queue::{Job, enqueue};
use super::{Context, JobError};
use crate::households::people;
use crate::ids::{HouseholdId, UserId};
use crate::users::administer;

/// Deletes an account, if its person did not change their mind: the moment in the account counts, not that of the job.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteAccount {
    /// Whose.
    pub user: UserId,
}

impl Job for DeleteAccount {
    const KIND: &'static str = "delete_account";

    fn run(self, context: &Context) -> Result<(), JobError> {
        let now = context.clock.now();
        context.db.system(|conn| {
            let recipient = administer::recipient(conn, self.user)?;
            let Some(closed) = administer::delete(conn, self.user, Some(now))? else {
                return Ok(());
            };
            for household in closed {
                enqueue(conn, &DeleteHousehold { household }, now, None)?;
            }
            if let Some(recipient) = recipient {
                enqueue(conn, &Letter::AccountDeleted { to: recipient.email }, now, None)?;
            }
            Ok(())
        })
    }
}

/// Takes away the rows of a household in which nobody is any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteHousehold {
    /// Which one.
    pub household: HouseholdId,
}

impl Job for DeleteHousehold {
    const KIND: &'static str = "delete_household";

    fn run(self, context: &Context) -> Result<(), JobError> {
        context
            .db
            .system(|conn| Ok::<_, JobError>(people::delete_closed(conn, self.household)?))?;
        Ok(())
    }
}
