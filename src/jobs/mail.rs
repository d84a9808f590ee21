//! Sending a letter.
//!
//! A new letter is a variant of [`Letter`] and an arm of [`Letter::message`], which takes its words from [`wording`]. One with a link makes
//! the link here, from [`Context::origin`] and a secret or seal of its own: the payload says only what the link is for.

use serde::{Deserialize, Serialize};

use super::queue::Job;
use super::{Context, JobError};
use crate::ids::UserId;
use crate::mail::{Message, wording};
use crate::users;

/// A letter to somebody. A user's address is looked up when it is sent, so it reaches them where they are by then; `to` is for an address
/// that the database does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Their password was changed.
    PasswordChanged {
        /// Whose.
        user: UserId,
    },
    /// Their address was changed; told to the old one.
    EmailChanged {
        /// The old address.
        to: String,
        /// The new one as [`masked`](crate::mail::masked) shows it.
        new_masked: String,
    },
    /// Their account is gone.
    AccountDeleted {
        /// Where it reached them.
        to: String,
    },
}

impl Letter {
    /// The message; nothing when there is nobody any more to get it.
    fn message(&self, context: &Context) -> Result<Option<Message>, JobError> {
        Ok(match self {
            Self::PasswordChanged { user } => {
                address(context, *user)?.map(|to| wording::password_changed(&to))
            }
            Self::EmailChanged { to, new_masked } => Some(wording::email_changed(to, new_masked)),
            Self::AccountDeleted { to } => Some(wording::account_deleted(to)),
        })
    }
}

impl Job for Letter {
    const KIND: &'static str = "letter";

    fn run(self, context: &Context) -> Result<(), JobError> {
        if let Some(message) = self.message(context)? {
            context.mailer.send(&message, context.clock.now())?;
        }
        Ok(())
    }
}

/// Where mail reaches this user; nothing for somebody who is gone.
fn address(context: &Context, user: UserId) -> Result<Option<String>, JobError> {
    context
        .db
        .system_read(|conn| Ok(users::queries::address(conn, user)?))
}
