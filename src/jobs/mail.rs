//! Sending a letter.
//!
//! A new letter is a variant of [`Letter`] and an arm of [`Letter::message`], which takes its words from [`wording`]. The payload says only
//! what a letter is about: a link is made when the letter is written, in [`links`](super::links).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::links;
use super::queue::Job;
use super::{Context, JobError};
use crate::households::{Role, invitation};
use crate::ids::{HouseholdId, UserId};
use crate::mail::{Message, wording};
use crate::users::administer::{self, Recipient};

/// A letter to somebody. A user's address is looked up when it is sent, so it reaches them where they are by then; `to` is for an address
/// that the database does not hold any more, or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// A link that confirms their address, unless that was done.
    ConfirmEmail {
        /// Whose.
        user: UserId,
    },
    /// A link that sets a new password, to whoever has this address, if anybody.
    ResetPassword {
        /// The address that was typed; the letter goes to the one that the account has.
        email: String,
    },
    /// A link that confirms another address, to that address.
    ConfirmNewEmail {
        /// The new address.
        to: String,
        /// The link, unless a newer one took its place.
        link: Uuid,
    },
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
    /// Log-ins ask for a code from now on.
    SecondFactorOn {
        /// Whose.
        user: UserId,
    },
    /// Log-ins ask for no code any more.
    SecondFactorOff {
        /// Whose.
        user: UserId,
    },
    /// A link into a household, unless the invitation was used or withdrawn, or names no address.
    Invitation {
        /// The household.
        household: HouseholdId,
        /// The invitation.
        invitation: Uuid,
    },
    /// They have another role in a household.
    RoleChanged {
        /// Whose.
        user: UserId,
        /// The household's name.
        household: String,
        /// The role they have now, as [`Role::as_str`] says it.
        role: String,
    },
    /// They were taken out of a household.
    Removed {
        /// Who.
        user: UserId,
        /// The household's name.
        household: String,
    },
    /// Their account goes on a day, unless they changed their mind.
    DeletionAsked {
        /// Whose.
        user: UserId,
    },
    /// Their account is gone.
    AccountDeleted {
        /// Where it reached them.
        to: String,
    },
}

impl Letter {
    /// The message; nothing when there is nobody any more to get it, or nothing any more to say.
    fn message(&self, context: &Context) -> Result<Option<Message>, JobError> {
        let to_user = |user: UserId| recipient(context, user);
        Ok(match self {
            Self::ConfirmEmail { user } => links::confirm_email(context, *user)?
                .map(|letter| wording::confirm_email(&letter.to, &letter.url)),
            Self::ResetPassword { email } => links::reset_password(context, email)?
                .map(|letter| wording::reset_password(&letter.to, &letter.url)),
            Self::ConfirmNewEmail { to, link } => links::new_email(context, to, *link)?
                .map(|letter| wording::confirm_new_email(&letter.to, &letter.url)),
            Self::PasswordChanged { user } => to_user(*user)?.map(|to| wording::password_changed(&to.email)),
            Self::EmailChanged { to, new_masked } => Some(wording::email_changed(to, new_masked)),
            Self::SecondFactorOn { user } => to_user(*user)?.map(|to| wording::second_factor_on(&to.email)),
            Self::SecondFactorOff { user } => to_user(*user)?.map(|to| wording::second_factor_off(&to.email)),
            Self::Invitation {
                household,
                invitation,
            } => invite(context, *household, *invitation)?,
            Self::RoleChanged {
                user,
                household,
                role,
            } => {
                to_user(*user)?.map(|to| wording::role_changed(&to.email, household, may(role.parse().ok())))
            }
            Self::Removed { user, household } => {
                to_user(*user)?.map(|to| wording::removed_from_household(&to.email, household))
            }
            Self::DeletionAsked { user } => to_user(*user)?.and_then(|to| goes_on(context, &to)),
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
fn recipient(context: &Context, user: UserId) -> Result<Option<Recipient>, JobError> {
    context
        .db
        .system_read(|conn| Ok(administer::recipient(conn, user)?))
}

fn invite(context: &Context, household: HouseholdId, id: Uuid) -> Result<Option<Message>, JobError> {
    let offer = context
        .db
        .system_read(|conn| Ok::<_, JobError>(invitation::of(conn, household, id)?))?;
    Ok(offer.filter(|offer| !offer.email.is_empty()).map(|offer| {
        let url = links::invitation(&context.origin, &context.sealer, id);
        let (name, by, role) = (&offer.household_name, &offer.invited_by, may(Some(offer.role)));
        wording::invitation(&offer.email, name, by, role, &url, invitation::DAYS)
    }))
}

fn goes_on(context: &Context, to: &Recipient) -> Option<Message> {
    let day = to.date_format.long(to.delete_after?.date_naive());
    let url = format!("{}/account", context.origin);
    Some(wording::account_will_be_deleted(&to.email, &day, &url))
}

/// What a role allows, in the words of a letter.
const fn may(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Owner) => "do everything, and decide who else is in it",
        Some(Role::Member) => "read and write",
        Some(Role::Reader) | None => "read",
    }
}
