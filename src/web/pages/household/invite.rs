//! Inviting somebody, and thinking better of it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use uuid::Uuid;

use super::page::{self, Again};
use super::{PATH, owner, told};
use crate::db::idempotency;
use crate::households::{Role, invitation};
use crate::users::address_problem;
use crate::web::State;
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;
use crate::web::people::{Act, NewInvitation};

/// Whom to invite, and as what.
struct Inviting {
    /// May be empty.
    email: String,
    role: Role,
}

fn read(fields: &Fields, errors: &mut FieldErrors) -> Option<Inviting> {
    let email = fields.text("email").trim().to_owned();
    if let Some(problem) = address_problem(&email).filter(|_| !email.is_empty()) {
        errors.push(problem.field, problem.message);
    }
    let role = fields.text("role").parse().ok();
    if role.is_none() {
        errors.push("role", "Choose a role from the list.");
    }
    role.filter(|_| !errors.any())
        .map(|role| Inviting { email, role })
}

/// `POST /household/invitations`: makes a link, and mails it where an address is given.
///
/// # Errors
/// [`Error::OwnersOnly`]; [`Error::TooMany`] after many in an hour; when the database fails.
pub(in crate::web) async fn invite(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let owner = owner(&state, &caller).await?;
    let mut errors = FieldErrors::default();
    let Some(inviting) = read(&form.fields, &mut errors) else {
        return page::show(&state, caller, frame, None, Again::Inviting(form.fields, errors)).await;
    };
    let counted = state.throttle.invite(owner.user).await?;
    let said = match inviting.email.as_str() {
        "" => "The link is ready. Copy it, and hand it to whom you invite.".to_owned(),
        email => format!("The invitation is on its way to {email}."),
    };
    let invitation = NewInvitation::new(&state, inviting.email, inviting.role);
    let new_id = invitation.id;
    let (act, attempt) = (Act::new(&state, &client), form.attempt);
    let id = state
        .db
        .own(caller.caller, move |conn, member| {
            idempotency::once(conn, member, attempt.as_ref(), |conn| {
                invitation.make(conn, member, &act)?;
                Ok::<_, Error>(invitation.id)
            })
        })
        .await?;
    if id != new_id {
        counted.forgive().await; // the same form came before: nothing was made
    }
    told(&state, &format!("{PATH}?invited={id}#invited"), said)
}

/// `POST /household/invitations/{id}/withdraw`: its link is good for nothing from now on.
///
/// # Errors
/// [`Error::OwnersOnly`]; [`Error::NotFound`] where this household has no such invitation open; when the database fails.
pub(in crate::web) async fn withdraw(
    state: Data<State>,
    caller: SignedIn,
    id: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    owner(&state, &caller).await?;
    let id = Uuid::try_parse(&id).map_err(|_| Error::NotFound)?;
    state
        .db
        .own(caller.caller, move |conn, _| {
            if invitation::withdraw(conn, id)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await?;
    told(
        &state,
        PATH,
        "The invitation was withdrawn. Its link leads nowhere any more.".to_owned(),
    )
}
