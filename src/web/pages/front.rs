//! The door: landing page, sign-up, log-in, log-out.

use actix_session::SessionExt;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

use super::code::{self, Known};
use super::frame::Frame;
use super::next::local_path;
use crate::auth::secret;
use crate::config::SignUp;
use crate::households::Member;
use crate::users::commands;
use crate::users::event::{self, EventKind};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::{State, credentials, htmx, session};

/// Where a log-in leads.
pub(super) const START_PAGE: &str = "/money";

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing {
    /// The token for the form that makes a demo, where there are demos.
    demo: Option<String>,
    /// Whether strangers may sign up.
    sign_up: bool,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LogIn {
    csrf_token: String,
    email: String,
    error: bool,
    notice: Option<Notice>,
    next: String,
    newcomers: Newcomers,
}

/// Who may make an account.
enum Newcomers {
    All,
    Invited,
    None,
}

impl Newcomers {
    const fn of(sign_up: SignUp) -> Self {
        match sign_up {
            SignUp::Open => Self::All,
            SignUp::Invited => Self::Invited,
            SignUp::Closed => Self::None,
        }
    }
}

/// Why somebody has to log in just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notice {
    /// Something was being saved when it turned out that nobody is logged in any more.
    Lost,
    /// The second step of a log-in came too late, or from elsewhere.
    Late,
}

/// What `/login?next=` carries.
#[derive(Debug, Deserialize)]
pub struct Towards {
    #[serde(default)]
    next: String,
    /// Present when a form was sent.
    lost: Option<String>,
    /// Present when a code came too late.
    late: Option<String>,
}

/// `GET /`: what this is; somebody signed in goes on to their money.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn landing(request: HttpRequest, state: Data<State>, frame: Frame) -> Result<HttpResponse, Error> {
    if signed_in(&request, &state).await?.is_some() {
        return Ok(htmx::see_other(START_PAGE));
    }
    let sign_up = state.sign_up == SignUp::Open;
    if !state.demos {
        return Ok(htmx::html(Landing { demo: None, sign_up }.render()?));
    }
    let demo = Some(frame.csrf());
    frame.finish(&state, htmx::html(Landing { demo, sign_up }.render()?))
}

/// `GET /login`
///
/// # Errors
/// When the page cannot be rendered.
pub async fn log_in_form(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    asked: Query<Towards>,
) -> Result<HttpResponse, Error> {
    if signed_in(&request, &state).await?.is_some() {
        return Ok(htmx::see_other(local_path(&asked.next)));
    }
    let page = LogIn {
        csrf_token: frame.csrf(),
        email: String::new(),
        error: false,
        notice: match (&asked.lost, &asked.late) {
            (Some(_), _) => Some(Notice::Lost),
            (None, Some(_)) => Some(Notice::Late),
            (None, None) => None,
        },
        next: asked.into_inner().next,
        newcomers: Newcomers::of(state.sign_up),
    };
    frame.finish(&state, htmx::html(page.render()?))
}

/// `POST /login`
///
/// # Errors
/// [`Error::TooMany`] after too many wrong passwords; when the database or the hashing fails.
pub async fn log_in(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let email = form.fields.text("email").trim().to_owned();
    let next = form.fields.text("next").to_owned();
    let password = form.fields.text("password");
    if let Some(known) = check_password(&state, &client, &email, password).await? {
        return code::admit(&request, &state, frame, &client, known, local_path(&next)).await;
    }
    let page = LogIn {
        csrf_token: frame.csrf(),
        email,
        error: true,
        notice: None,
        next,
        newcomers: Newcomers::of(state.sign_up),
    };
    frame.finish(
        &state,
        htmx::html_with(StatusCode::UNPROCESSABLE_ENTITY, page.render()?),
    )
}

/// `POST /logout`
///
/// # Errors
/// When the database fails: the session goes on then.
pub async fn log_out(
    request: HttpRequest,
    state: Data<State>,
    client: Client,
    caller: SignedIn,
    _: Form,
) -> Result<HttpResponse, Error> {
    let (secret_hash, origin) = (caller.secret_hash, client.origin());
    let ended = state.db.account(caller.caller, move |conn, member| {
        commands::end_session(conn, secret_hash)?;
        Ok::<_, Error>(event::note(conn, member.user, EventKind::LoggedOut, "", &origin)?)
    });
    match ended.await {
        Ok(()) | Err(Error::SignedOut) => {} // the session ended before
        Err(error) => return Err(error),
    }
    session::end(&request.get_session());
    Ok(htmx::see_other("/"))
}

/// Who this is, if the password is theirs.
pub(super) async fn check_password(
    state: &State,
    client: &Client,
    email: &str,
    password: &str,
) -> Result<Option<Known>, Error> {
    let found = credentials::check(state, client, email, SecretString::from(password)).await?;
    Ok(found.and_then(Known::of))
}

/// Whose browser this is, if its session is still good. A database that is away shows what visitors see all the same.
pub(super) async fn signed_in(request: &HttpRequest, state: &State) -> Result<Option<Member>, Error> {
    let Some(secret) = session::secret(&request.get_session()) else {
        return Ok(None);
    };
    let caller = crate::db::Caller::Session(secret::hash(&secret));
    let found = state.db.read(caller, |_, member| Ok::<_, Error>(member.clone()));
    match found.await {
        Ok(member) => Ok(Some(member)),
        Err(Error::SignedOut | Error::Busy(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
