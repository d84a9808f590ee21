//! A forgotten password: asking for a link, and choosing a new one behind it.
//!
//! The answer to the first is the same for every address, and so is the work: a job looks later whether anybody has it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use secrecy::SecretString;

use super::code::{self, Known};
use super::field_errors::FieldErrors;
use super::frame::Frame;
use super::front::START_PAGE;
use super::mailed::{self, Told};
use crate::auth::password;
use crate::db::SecretHash;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::users::address_problem;
use crate::users::event::{self, EventKind};
use crate::users::link::{self, Purpose};
use crate::users::queries::{self, Credentials};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "password/ask.html")]
struct Ask {
    csrf_token: String,
    email: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "password/reset.html")]
struct Reset {
    csrf_token: String,
    path: String,
    /// Whose password it is; password managers keep it beside the new one.
    email: String,
    errors: FieldErrors,
}

/// `GET /password`
///
/// # Errors
/// When the page cannot be rendered.
pub async fn ask_form(state: Data<State>, frame: Frame) -> Result<HttpResponse, Error> {
    let page = Ask {
        csrf_token: frame.csrf(),
        email: String::new(),
        errors: FieldErrors::default(),
    };
    frame.finish(&state, htmx::html(page.render()?))
}

/// `POST /password`: the same answer and the same work whether anybody has the address or not.
///
/// # Errors
/// [`Error::TooMany`] after too many of them; or when the database fails.
pub async fn ask(
    state: Data<State>,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let email = form.fields.text("email").trim().to_owned();
    if let Some(problem) = address_problem(&email) {
        let mut errors = FieldErrors::default();
        errors.push(problem.field, problem.message);
        let page = Ask {
            csrf_token: frame.csrf(),
            email,
            errors,
        };
        let html = page.render()?;
        return frame.finish(&state, htmx::html_with(StatusCode::UNPROCESSABLE_ENTITY, html));
    }
    state.throttle.reset(&client, &email).await?;
    let now = state.clock.now();
    state
        .db
        .public(move |conn| {
            queue::enqueue(conn, &Letter::ResetPassword { email }, now, None)?;
            Ok::<_, Error>(())
        })
        .await?;
    let told = Told {
        title: "Look at your mail",
        text: "If there is an account with this address, a link to choose a new password is on its way. It works once and for an hour. If nothing comes, look into the folder for spam, and whether the address is the one of your account.".to_owned(),
        href: "/login",
        label: "Back to log in",
    };
    frame.finish(&state, htmx::html(told.render()?))
}

fn gone() -> Result<HttpResponse, Error> {
    mailed::gone(
        "You can ask for another one.",
        "/password",
        "Ask for another link",
    )
}

/// `GET /password/reset/{token}`
///
/// # Errors
/// When the database fails.
pub async fn reset_form(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    token: Path<String>,
) -> Result<HttpResponse, Error> {
    let Some((_, found)) = mailed::addressee(&state, Purpose::ResetPassword, &token).await? else {
        return gone();
    };
    let page = Reset {
        csrf_token: frame.csrf(),
        path: request.path().to_owned(),
        email: found.email,
        errors: FieldErrors::default(),
    };
    frame.finish(&state, htmx::html(page.render()?))
}

/// `POST /password/reset/{token}`: sets the password, ends every session, and lets in, with a code where there is a second factor.
///
/// # Errors
/// When the database or the hashing fails; the link is still good then.
pub async fn reset(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    client: Client,
    token: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let Some((hash, found)) = mailed::addressee(&state, Purpose::ResetPassword, &token).await? else {
        return gone();
    };
    let password = SecretString::from(form.fields.text("password"));
    if let Some(complaint) = password::complaint(&password, Some(&found.email)) {
        let mut errors = FieldErrors::default();
        errors.push("password", complaint);
        let page = Reset {
            csrf_token: frame.csrf(),
            path: request.path().to_owned(),
            email: found.email,
            errors,
        };
        let html = page.render()?;
        return frame.finish(&state, htmx::html_with(StatusCode::UNPROCESSABLE_ENTITY, html));
    }
    let new_hash = state.passwords.hash(password).await?;
    let Some(credentials) = set(&state, &client, hash, new_hash).await? else {
        return gone();
    };
    match Known::of(credentials) {
        Some(known) => code::admit(&request, &state, frame, &client, known, START_PAGE).await,
        None => Ok(htmx::see_other("/login")),
    }
}

/// Uses the link; nothing for one that was used meanwhile.
async fn set(
    state: &State,
    client: &Client,
    link_hash: SecretHash,
    password_hash: String,
) -> Result<Option<Credentials>, Error> {
    let (origin, now) = (client.origin(), state.clock.now());
    let set = state.db.public(move |conn| {
        let Some(user) = link::reset_password(conn, link_hash, &password_hash)? else {
            return Ok(None);
        };
        event::note(conn, user, EventKind::PasswordReset, "", &origin)?;
        queue::enqueue(conn, &Letter::PasswordChanged { user }, now, None)?;
        Ok::<_, Error>(queries::credentials_of(conn, user)?)
    });
    set.await
}
