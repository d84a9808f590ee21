//! Pages behind links that were mailed: confirming an address, and taking a new one. Looking at one changes nothing; the button does.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::Frame;
use crate::auth::{link as secrets, secret};
use crate::db::SecretHash;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::mail::masked;
use crate::users::event::{self, EventKind};
use crate::users::link::{self, Addressee, EmailChangeError, Purpose};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::{State, htmx};

/// A page with something to read and a way on.
#[derive(Template)]
#[template(path = "told.html")]
pub(super) struct Told {
    pub(super) title: &'static str,
    pub(super) text: String,
    pub(super) href: &'static str,
    pub(super) label: &'static str,
}

/// A page with one button.
#[derive(Template)]
#[template(path = "asked.html")]
struct Asked {
    csrf_token: String,
    title: &'static str,
    text: &'static str,
    /// The address that it is about.
    email: String,
    path: String,
    label: &'static str,
}

/// What is stored of the secret in a link of ours; nothing for any other text.
pub(super) fn secret_hash(state: &State, purpose: Purpose, token: &str) -> Option<SecretHash> {
    secrets::read(&state.sealer, purpose.as_str(), token).map(|_| secret::hash(token))
}

/// Whom a link is for, with what is stored of it; nothing for one that is not good.
pub(super) async fn addressee(
    state: &State,
    purpose: Purpose,
    token: &str,
) -> Result<Option<(SecretHash, Addressee)>, Error> {
    let Some(hash) = secret_hash(state, purpose, token) else {
        return Ok(None);
    };
    let found = state
        .db
        .public(move |conn| Ok::<_, Error>(link::find(conn, hash, purpose)?))
        .await?;
    Ok(found.map(|found| (hash, found)))
}

/// The same page for a link that was used, is too old, was replaced, or never was.
pub(super) fn gone(text: &str, href: &'static str, label: &'static str) -> Result<HttpResponse, Error> {
    let told = Told {
        title: "This link does not work any more",
        text: format!("A link works once and for an hour, and a newer one takes its place. {text}"),
        href,
        label,
    };
    Ok(htmx::html_with(StatusCode::NOT_FOUND, told.render()?))
}

fn confirm_gone() -> Result<HttpResponse, Error> {
    gone(
        "If your address is not confirmed yet, have another one sent from your account.",
        "/account",
        "Open my account",
    )
}

fn email_gone() -> Result<HttpResponse, Error> {
    gone(
        "Your address is as it was before. You can change it in your account.",
        "/account",
        "Open my account",
    )
}

/// `GET /confirm/{token}`
///
/// # Errors
/// When the database fails.
pub async fn confirm_form(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    token: Path<String>,
) -> Result<HttpResponse, Error> {
    let Some((_, found)) = addressee(&state, Purpose::ConfirmEmail, &token).await? else {
        return confirm_gone();
    };
    let page = Asked {
        csrf_token: frame.csrf(),
        title: "Confirm your address",
        text: "Is this your address? Mail about the safety of your account goes there.",
        email: found.link_email,
        path: request.path().to_owned(),
        label: "Confirm address",
    };
    frame.finish(&state, htmx::html(page.render()?))
}

/// `POST /confirm/{token}`
///
/// # Errors
/// When the database fails.
pub async fn confirm(
    state: Data<State>,
    client: Client,
    token: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let Some(hash) = secret_hash(&state, Purpose::ConfirmEmail, &token) else {
        return confirm_gone();
    };
    let origin = client.origin();
    let confirmed = state
        .db
        .public(move |conn| {
            let user = link::confirm_email(conn, hash)?;
            if let Some(user) = user {
                event::note(conn, user, EventKind::EmailConfirmed, "", &origin)?;
            }
            Ok::<_, Error>(user.is_some())
        })
        .await?;
    if !confirmed {
        return confirm_gone();
    }
    told(
        "Your address is confirmed",
        "Mail about your account reaches you.".to_owned(),
    )
}

/// `GET /email/{token}`
///
/// # Errors
/// When the database fails.
pub async fn email_form(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    token: Path<String>,
) -> Result<HttpResponse, Error> {
    let Some((_, found)) = addressee(&state, Purpose::ChangeEmail, &token).await? else {
        return email_gone();
    };
    let page = Asked {
        csrf_token: frame.csrf(),
        title: "Confirm your new address",
        text: "From now on you log in with this address, and mail goes there. The old one does not work any more then.",
        email: found.link_email,
        path: request.path().to_owned(),
        label: "Confirm new address",
    };
    frame.finish(&state, htmx::html(page.render()?))
}

/// `POST /email/{token}`
///
/// # Errors
/// [`Error::Conflict`] for an address that somebody took meanwhile; or when the database fails.
pub async fn email(
    state: Data<State>,
    client: Client,
    token: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let Some(hash) = secret_hash(&state, Purpose::ChangeEmail, &token) else {
        return email_gone();
    };
    let (origin, now) = (client.origin(), state.clock.now());
    let changed = state.db.public(move |conn| {
        let Some(change) = link::change_email(conn, hash).map_err(refused)? else {
            return Ok(None);
        };
        event::note(
            conn,
            change.user_id,
            EventKind::EmailChanged,
            &change.old_email,
            &origin,
        )?;
        let letter = Letter::EmailChanged {
            to: change.old_email,
            new_masked: masked(&change.new_email),
        };
        queue::enqueue(conn, &letter, now, None)?;
        Ok::<_, Error>(Some(change.new_email))
    });
    match changed.await? {
        Some(email) => told(
            "Your address is changed",
            format!("From now on you log in with {email}."),
        ),
        None => email_gone(),
    }
}

fn refused(error: EmailChangeError) -> Error {
    match error {
        EmailChangeError::EmailTaken => Error::Conflict(
            "Another account has this address meanwhile. Choose another one in your account.".to_owned(),
        ),
        EmailChangeError::Database(error) => error.into(),
    }
}

fn told(title: &'static str, text: String) -> Result<HttpResponse, Error> {
    let told = Told {
        title,
        text,
        href: "/account",
        label: "Open my account",
    };
    Ok(htmx::html(told.render()?))
}
