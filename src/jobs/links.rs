//! Links in letters, made when the letter is written. Each is an address of ours with a secret that its row's id and the installation's key
//! make, so that no secret waits in the queue, and a letter that is written again has the same link or a newer one.

use uuid::Uuid;

use super::{Context, JobError};
use crate::auth::seal::Sealer;
use crate::auth::{link as secrets, secret};
use crate::households::invitation;
use crate::ids::UserId;
use crate::users::event::{self, EventKind, Origin};
use crate::users::link::{self, Purpose};
use crate::users::{administer, queries};

/// Where a letter goes, and the link in it.
pub(super) struct Linked {
    /// The address of the person.
    pub(super) to: String,
    /// The whole link.
    pub(super) url: String,
}

/// The link of an invitation. Its owner may see it on a page, and an administrator on the command line.
#[must_use]
pub fn invitation(origin: &str, sealer: &Sealer, id: Uuid) -> String {
    format!(
        "{origin}/invitations/{}",
        secrets::secret(sealer, invitation::PURPOSE, id)
    )
}

/// The link of a row of `one_time_links`.
fn one_time(origin: &str, sealer: &Sealer, purpose: Purpose, id: Uuid) -> String {
    let page = match purpose {
        Purpose::ConfirmEmail => "confirm",
        Purpose::ChangeEmail => "email",
        Purpose::ResetPassword => "password/reset",
    };
    format!(
        "{origin}/{page}/{}",
        secrets::secret(sealer, purpose.as_str(), id)
    )
}

/// Makes a link that sets a new password, for an administrator who hands it over in another way. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn make_reset(
    conn: &mut crate::db::Connection,
    origin: &str,
    sealer: &Sealer,
    user: UserId,
    email: &str,
) -> Result<String, crate::db::QueryError> {
    let id = Uuid::now_v7();
    let hash = secret::hash(&secrets::secret(sealer, Purpose::ResetPassword.as_str(), id));
    link::make(conn, id, hash, Purpose::ResetPassword, user, email)?;
    Ok(one_time(origin, sealer, Purpose::ResetPassword, id))
}

/// A link for somebody whose address is not confirmed yet.
pub(super) fn confirm_email(context: &Context, user: UserId) -> Result<Option<Linked>, JobError> {
    context.db.system(|conn| {
        let recipient = administer::recipient(conn, user)?;
        let Some(recipient) = recipient.filter(|one| one.email_confirmed_at.is_none()) else {
            return Ok(None);
        };
        let id = Uuid::now_v7();
        let purpose = Purpose::ConfirmEmail;
        let hash = secret::hash(&secrets::secret(&context.sealer, purpose.as_str(), id));
        link::make(conn, id, hash, purpose, user, &recipient.email)?;
        Ok(Some(Linked {
            url: one_time(&context.origin, &context.sealer, purpose, id),
            to: recipient.email,
        }))
    })
}

/// A link for whoever has this address; it goes to the address as the account has it, never to what was typed.
pub(super) fn reset_password(context: &Context, typed: &str) -> Result<Option<Linked>, JobError> {
    context.db.system(|conn| {
        let Some(user) = queries::by_email(conn, typed)? else {
            return Ok(None);
        };
        let Some(recipient) = administer::recipient(conn, user)? else {
            return Ok(None);
        };
        let url = make_reset(conn, &context.origin, &context.sealer, user, &recipient.email)?;
        event::note(conn, user, EventKind::ResetAsked, "", &Origin::default())?;
        Ok(Some(Linked {
            url,
            to: recipient.email,
        }))
    })
}

/// The link that confirms another address, unless it was replaced. An address that somebody has already gets no letter: whoever typed it
/// cannot use it, and learns nothing.
pub(super) fn new_email(context: &Context, to: &str, id: Uuid) -> Result<Option<Linked>, JobError> {
    let purpose = Purpose::ChangeEmail;
    let hash = secret::hash(&secrets::secret(&context.sealer, purpose.as_str(), id));
    let found = context.db.system_read(|conn| {
        let found = link::find(conn, hash, purpose)?;
        let holder = queries::by_email(conn, to)?;
        Ok::<_, JobError>(found.filter(|found| holder.is_none_or(|holder| holder == found.user_id)))
    })?;
    Ok(found.filter(|found| found.link_email == to).map(|_| Linked {
        to: to.to_owned(),
        url: one_time(&context.origin, &context.sealer, purpose, id),
    }))
}
