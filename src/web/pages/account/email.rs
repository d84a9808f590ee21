//! Changing the address, and having it confirmed.
//!
//! An address that somebody else has is taken like any other: the page says the same, and the job that writes the letter writes none.

use actix_web::HttpResponse;
use actix_web::web::Data;
use uuid::Uuid;

use super::{PATH, Sent, done, person, show};
use crate::auth::{link as secrets, secret};
use crate::households::Member;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::users::event::{self, EventKind};
use crate::users::link::{self, Purpose};
use crate::users::{address_problem, own};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;
use crate::web::{State, credentials};

/// What is said about a wrong current password.
pub(in crate::web::pages) const WRONG_PASSWORD: &str = "This is not your password. Type it again.";

/// `POST /account/email`: another address waits until it is confirmed.
///
/// # Errors
/// [`Error::TooMany`] after too many wrong passwords or mails; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn change(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let member = person(&state, caller.caller.clone()).await?;
    let email = form.fields.text("email").trim().to_owned();
    let mut errors = FieldErrors::default();
    if let Some(problem) = address_problem(&email) {
        errors.push(problem.field, problem.message);
    } else if email == member.email {
        errors.push("email", "This is your address already. Type another one.");
    } else if !credentials::are_own(&state, &client, &member, form.fields.text("password")).await? {
        errors.push("password", WRONG_PASSWORD);
    }
    if errors.any() {
        let sent = Sent {
            email: Some((email, errors)),
            ..Sent::default()
        };
        return show(&state, caller.caller, frame, sent).await;
    }
    state.throttle.confirm(member.user).await?;
    begin(&state, caller, &client, &member, email).await?;
    done(
        &state,
        PATH,
        "A link is on its way to the new address. Until you confirm it there, the old one stays.",
    )
}

async fn begin(
    state: &State,
    caller: SignedIn,
    client: &Client,
    member: &Member,
    email: String,
) -> Result<(), Error> {
    let id = Uuid::now_v7();
    let hash = secret::hash(&secrets::secret(&state.sealer, Purpose::ChangeEmail.as_str(), id));
    let (user, origin, now) = (member.user, client.origin(), state.clock.now());
    state
        .db
        .account(caller.caller, move |conn, _| {
            link::begin_email_change(conn, id, hash, &email)?;
            event::note(conn, user, EventKind::EmailChangeAsked, &email, &origin)?;
            let letter = Letter::ConfirmNewEmail { to: email, link: id };
            queue::enqueue(conn, &letter, now, None)?;
            Ok::<_, Error>(())
        })
        .await
}

/// `POST /account/email/drop`: forgets an address that waits.
///
/// # Errors
/// [`Error::Conflict`] in a demo; or when the database fails.
pub async fn forget(state: Data<State>, caller: SignedIn, _: Form) -> Result<HttpResponse, Error> {
    person(&state, caller.caller.clone()).await?;
    state
        .db
        .account(caller.caller, |conn, _| {
            Ok::<_, Error>(link::drop_email_change(conn)?)
        })
        .await?;
    done(&state, PATH, "Your address stays as it is.")
}

/// `POST /account/email/confirm`: sends the link once more, unless the address is confirmed.
///
/// # Errors
/// [`Error::TooMany`] after too many mails; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn send_again(state: Data<State>, caller: SignedIn, _: Form) -> Result<HttpResponse, Error> {
    let member = person(&state, caller.caller.clone()).await?;
    state.throttle.confirm(member.user).await?;
    let (user, now) = (member.user, state.clock.now());
    let sent = state
        .db
        .account(caller.caller, move |conn, _| {
            let is_due = own::account(conn)?.email_confirmed_at.is_none();
            if is_due {
                queue::enqueue(conn, &Letter::ConfirmEmail { user }, now, None)?;
            }
            Ok::<_, Error>(is_due)
        })
        .await?;
    let text = if sent {
        "A link is on its way. It works once and for an hour."
    } else {
        "Your address is confirmed already."
    };
    done(&state, PATH, text)
}
