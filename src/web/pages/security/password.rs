//! Changing the password: all other devices are logged out, and this one goes on under another secret.

use actix_session::SessionExt;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;

use super::{PATH, Sent, show};
use crate::auth::{password, secret};
use crate::households::Member;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::users::event::{self, EventKind};
use crate::users::{device, own};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::account::email::WRONG_PASSWORD;
use crate::web::pages::account::{done, person};
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;
use crate::web::{State, credentials, session};

/// `POST /account/security/password`
///
/// # Errors
/// [`Error::TooMany`] after too many wrong passwords; [`Error::Conflict`] in a demo; or when the database or the hashing fails.
pub async fn change(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let member = person(&state, caller.caller.clone()).await?;
    let new = SecretString::from(form.fields.text("new_password"));
    let mut errors = FieldErrors::default();
    if let Some(complaint) = password::complaint(&new, Some(&member.email)) {
        errors.push("new_password", complaint);
    } else if !credentials::are_own(&state, &client, &member, form.fields.text("password")).await? {
        errors.push("password", WRONG_PASSWORD);
    }
    if errors.any() {
        let sent = Sent {
            password: errors,
            ..Sent::default()
        };
        return show(&state, caller.caller, frame, sent).await;
    }
    let hash = state.passwords.hash(new).await?;
    let session_secret = set(&state, caller, &client, &member, hash).await?;
    session::begin(&request.get_session(), &session_secret)?;
    done(
        &state,
        PATH,
        "Your password is changed, and all other devices are logged out.",
    )
}

/// Sets it; the new secret of this browser's session.
async fn set(
    state: &State,
    caller: SignedIn,
    client: &Client,
    member: &Member,
    password_hash: String,
) -> Result<String, Error> {
    let session_secret = secret::new_secret().map_err(Error::internal)?;
    let session_hash = secret::hash(&session_secret);
    let (user, kept) = (member.user, member.session);
    let (origin, now) = (client.origin(), state.clock.now());
    state
        .db
        .account(caller.caller, move |conn, _| {
            own::set_password(conn, &password_hash, kept)?;
            if let Some(kept) = kept {
                device::renew(conn, kept, session_hash)?;
            }
            event::note(conn, user, EventKind::PasswordChanged, "", &origin)?;
            queue::enqueue(conn, &Letter::PasswordChanged { user }, now, None)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(session_secret)
}
