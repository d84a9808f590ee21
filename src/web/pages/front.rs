//! The door: landing page, sign-up, log-in, log-out.

use actix_session::SessionExt;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::{TZ_VARIANTS, Tz};
use secrecy::SecretString;
use serde::Deserialize;

use super::code::{self, Known};
use super::enter::{Entering, enter};
use super::field_errors::FieldErrors;
use super::frame::Frame;
use super::next::local_path;
use crate::auth::{password, secret};
use crate::config::SignUp;
use crate::households::Member;
use crate::ids::{HouseholdId, UserId};
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::money::{Currency, NumberFormat};
use crate::period::DateFormat;
use crate::users::event::{self, EventKind};
use crate::users::{NewAccount, commands};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
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
    /// Whether strangers may sign up.
    sign_up: bool,
}

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage {
    csrf_token: String,
    email: String,
    full_name: String,
    currencies: Vec<(String, String)>,
    currency: String,
    time_zones: Vec<String>,
    time_zone: String,
    errors: FieldErrors,
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
        sign_up: state.sign_up == SignUp::Open,
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
        sign_up: state.sign_up == SignUp::Open,
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

/// `GET /signup`
///
/// # Errors
/// When the page cannot be rendered.
pub async fn sign_up_form(state: Data<State>, frame: Frame) -> Result<HttpResponse, Error> {
    if state.sign_up != SignUp::Open {
        return Err(Error::NotFound);
    }
    let html = sign_up_page(&frame, &Fields::default(), FieldErrors::default()).render()?;
    frame.finish(&state, htmx::html(html))
}

/// `POST /signup`: makes user and household, and logs in.
///
/// # Errors
/// [`Error::TooMany`] after too many of them; when the database or the hashing fails; nothing is made then.
pub async fn sign_up(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    if state.sign_up != SignUp::Open {
        return Err(Error::NotFound);
    }
    let mut errors = FieldErrors::default();
    let account = read_account(&request, &form.fields, &mut errors);
    let (Some(account), false) = (account, errors.any()) else {
        return sign_up_again(&state, frame, &form.fields, errors);
    };
    state.throttle.sign_up(&client).await?;
    let hash = state.passwords.hash(account.password.clone()).await?;
    let email = account.email.clone();
    if let Some((user, household)) = make(&state, account, hash).await? {
        let who = Entering {
            user,
            household,
            event: EventKind::SignedUp,
        };
        return enter(&request, &state, &client, who, START_PAGE).await;
    }
    // A form sent twice, or somebody who forgot that they were here already: with the right password they simply log in.
    if let Some(known) = check_password(&state, &client, &email, form.fields.text("password")).await? {
        return code::admit(&request, &state, frame, &client, known, START_PAGE).await;
    }
    errors.push(
        "email",
        "A user with this e-mail already exists. Log in instead, or use another address.",
    );
    sign_up_again(&state, frame, &form.fields, errors)
}

/// Makes user and household, and has the address confirmed; nothing where somebody has it already.
async fn make(
    state: &State,
    account: NewAccount,
    hash: String,
) -> Result<Option<(UserId, HouseholdId)>, Error> {
    let now = state.clock.now();
    let made = state.db.public(move |conn| {
        let (user, household) = match commands::sign_up(conn, &account, &hash) {
            Ok(made) => made,
            Err(commands::SignUpError::EmailTaken) => return Ok(None),
            Err(commands::SignUpError::Database(error)) => return Err(Error::from(error)),
        };
        queue::enqueue(conn, &Letter::ConfirmEmail { user }, now, None)?;
        Ok(Some((user, household)))
    });
    made.await
}

fn sign_up_again(
    state: &State,
    frame: Frame,
    fields: &Fields,
    errors: FieldErrors,
) -> Result<HttpResponse, Error> {
    let html = sign_up_page(&frame, fields, errors).render()?;
    frame.finish(state, htmx::html_with(StatusCode::UNPROCESSABLE_ENTITY, html))
}

fn sign_up_page(frame: &Frame, fields: &Fields, errors: FieldErrors) -> SignUpPage {
    let or = |name: &str, default: &str| {
        Some(fields.text(name))
            .filter(|text| !text.is_empty())
            .unwrap_or(default)
            .to_owned()
    };
    SignUpPage {
        csrf_token: frame.csrf(),
        email: fields.text("email").to_owned(),
        full_name: fields.text("full_name").to_owned(),
        currencies: Currency::all()
            .map(|currency| {
                (
                    currency.code().to_owned(),
                    format!("{}, {}", currency.code(), currency.name()),
                )
            })
            .collect(),
        currency: or("currency", Currency::EUR.code()),
        time_zones: time_zones().map(|zone| zone.name().to_owned()).collect(),
        time_zone: or("time_zone", Tz::UTC.name()),
        errors,
    }
}

/// Zones that are named after a place, and UTC; the others are old spellings of these.
fn time_zones() -> impl Iterator<Item = Tz> {
    let regions = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let placed = TZ_VARIANTS
        .iter()
        .copied()
        .filter(move |zone| regions.iter().any(|region| zone.name().starts_with(region)));
    std::iter::once(Tz::UTC).chain(placed)
}

fn read_account(request: &HttpRequest, fields: &Fields, errors: &mut FieldErrors) -> Option<NewAccount> {
    let language = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let password = SecretString::from(fields.text("password"));
    let currency = Currency::from_code(fields.text("currency"));
    let time_zone = fields.text("time_zone").parse::<Tz>();
    let account = NewAccount {
        email: fields.text("email").trim().to_owned(),
        full_name: fields.text("full_name").trim().to_owned(),
        password: password.clone(),
        number_format: NumberFormat::for_language(language),
        date_format: DateFormat::for_language(language),
        currency: currency.unwrap_or(Currency::EUR),
        time_zone: time_zone.unwrap_or(Tz::UTC),
    };
    for problem in account.problems() {
        errors.push(problem.field, problem.message);
    }
    if let Some(complaint) = password::complaint(&password, Some(&account.email)) {
        errors.push("password", complaint);
    }
    if currency.is_err() {
        errors.push("currency", "Choose a currency from the list.");
    }
    if time_zone.is_err() {
        errors.push("time_zone", "Choose a time zone from the list.");
    }
    (!errors.any()).then_some(account)
}

/// Who this is, if the password is theirs.
async fn check_password(
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
