//! The household itself: who is in it, who is invited, what it is called, and how one leaves or deletes it.
//!
//! `page.rs` shows it all on one page. The others take its forms: `settings.rs`, `members.rs`, `invite.rs`; `leave.rs` and `delete.rs` end it
//! for one or for all, each after a [step](step::Step) that says what happens. Only owners decide, but everybody may leave.

mod delete;
mod invite;
mod leave;
mod members;
mod page;
mod roles;
mod settings;
mod step;

pub(in crate::web) use delete::{delete, delete_step};
pub(in crate::web) use invite::{invite, withdraw};
pub(in crate::web) use leave::{leave, leave_step};
pub(in crate::web) use members::{change_role, hand_over, hand_over_step, remove};
pub(in crate::web) use page::index;
pub(in crate::web) use settings::save;

pub(super) use roles::{means, name};
pub(super) use settings::{read_currency, read_name, read_time_zone};

use actix_session::SessionExt;
use actix_web::{HttpRequest, HttpResponse};

use crate::auth::secret;
use crate::db::SecretHash;
use crate::households::{Member, Role};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::flash::Flash;
use crate::web::{State, htmx, session};

/// The page that everything here leads back to.
const PATH: &str = "/household";

/// A visitor's demo is nobody's household.
///
/// # Errors
/// [`Error::Conflict`] in a demo.
pub(super) fn refuse_demo(member: &Member) -> Result<(), Error> {
    if member.is_demo {
        return Err(Error::Conflict(
            "This is a demo, which nobody else can come into. Leave it and create an account: then you have a household that you can share."
                .into(),
        ));
    }
    Ok(())
}

/// What only owners may look at.
///
/// # Errors
/// [`Error::OwnersOnly`] for everybody else.
fn owners_only(member: &Member) -> Result<(), Error> {
    match member.role {
        Role::Owner => Ok(()),
        Role::Member | Role::Reader => Err(Error::OwnersOnly),
    }
}

/// The owner who asks, before their form is looked at.
///
/// # Errors
/// [`Error::OwnersOnly`] for everybody else, [`Error::Conflict`] in a demo.
async fn owner(state: &State, caller: &SignedIn) -> Result<Member, Error> {
    let look = state.db.read(caller.caller.clone(), |_, member| {
        refuse_demo(member)?;
        owners_only(member)?;
        Ok::<_, Error>(member.clone())
    });
    look.await
}

/// A new secret for a browser's session. Whoever comes to see more or less than before gets one, so that an earlier one is worth nothing.
pub(super) struct Renewed {
    secret: String,
    /// What the database is told.
    pub(super) hash: SecretHash,
}

impl Renewed {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn new() -> Result<Self, Error> {
        let secret = secret::new_secret().map_err(Error::internal)?;
        Ok(Self {
            hash: secret::hash(&secret),
            secret,
        })
    }

    /// Hands it to the browser, once the database has it.
    ///
    /// # Errors
    /// When the cookie cannot hold it.
    pub(super) fn hand_out(&self, request: &HttpRequest) -> Result<(), Error> {
        session::begin(&request.get_session(), &self.secret)
    }
}

/// After something was done: on to a page, which tells what.
///
/// # Errors
/// When the message cannot be written.
pub(super) fn told(state: &State, next: &str, text: String) -> Result<HttpResponse, Error> {
    let mut response = htmx::see_other(next);
    Flash { text, undo: None }.put(state, &mut response)?;
    Ok(response)
}
