//! Making an account: with a household of one's own, or by an invitation into another one.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Deserialize;

use super::enter::{Entering, enter};
use super::field_errors::FieldErrors;
use super::frame::Frame;
use super::front::{START_PAGE, check_password};
use super::{choices, code, household, invitations};
use crate::auth::password;
use crate::config::SignUp;
use crate::ids::{HouseholdId, UserId};
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::money::{Currency, NumberFormat};
use crate::period::DateFormat;
use crate::users::event::EventKind;
use crate::users::{NewAccount, commands};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::form::{Fields, Form};
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage {
    csrf_token: String,
    joining: Option<Joining>,
    email: String,
    full_name: String,
    currencies: Vec<(String, String)>,
    currency: String,
    time_zones: Vec<String>,
    time_zone: String,
    errors: FieldErrors,
}

/// The invitation that somebody signs up with.
struct Joining {
    token: String,
    household: String,
    /// `member`
    role: String,
    /// `reads and writes`
    means: &'static str,
}

/// What `/signup?invitation=` carries.
#[derive(Debug, Default, Deserialize)]
pub struct Invited {
    #[serde(default)]
    invitation: String,
}

/// `GET /signup`, for somebody with an invitation `?invitation=TOKEN`.
///
/// # Errors
/// [`Error::NotFound`] where there is no sign-up without an invitation; when the page cannot be rendered.
pub async fn form(
    state: Data<State>,
    frame: Frame,
    client: Client,
    invited: Query<Invited>,
) -> Result<HttpResponse, Error> {
    check_sign_up(&state, &invited.invitation)?;
    let Some(joining) = joining(&state, &client, &invited.invitation).await? else {
        return invitations::gone();
    };
    let html = sign_up_page(&frame, &Fields::default(), FieldErrors::default(), joining).render()?;
    frame.finish(&state, htmx::html(html))
}

/// Whether accounts are made here, with this invitation or without one.
///
/// # Errors
/// [`Error::NotFound`] where they are not.
fn check_sign_up(state: &State, invitation: &str) -> Result<(), Error> {
    match state.sign_up {
        SignUp::Open => Ok(()),
        SignUp::Invited if !invitation.is_empty() => Ok(()),
        SignUp::Invited | SignUp::Closed => Err(Error::NotFound),
    }
}

/// What somebody signs up with: an invitation, none, or, and that is nothing, one that is not good.
async fn joining(state: &State, client: &Client, token: &str) -> Result<Option<Option<Joining>>, Error> {
    if token.is_empty() {
        return Ok(Some(None));
    }
    let found = invitations::find(state, client, token).await?;
    Ok(found.map(|offer| {
        Some(Joining {
            token: token.to_owned(),
            household: offer.household_name,
            role: household::name(offer.role).to_lowercase(),
            means: household::means(offer.role),
        })
    }))
}

/// `POST /signup`: makes a user, and a household of theirs unless they are invited into one; and logs in.
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
    let token = form.fields.text("invitation").to_owned();
    check_sign_up(&state, &token)?;
    let mut errors = FieldErrors::default();
    let account = read_account(&request, &form.fields, &mut errors);
    let (Some(account), false) = (account, errors.any()) else {
        return sign_up_again(&state, frame, &client, &form.fields, errors).await;
    };
    state.throttle.sign_up(&client).await?;
    let hash = state.passwords.hash(account.password.clone()).await?;
    let email = account.email.clone();
    let (invitation, origin) = (invitations::hash_of(&state, &token), client.origin());
    let now = state.clock.now();
    let made = state
        .db
        .public(move |conn| {
            let made = if token.is_empty() {
                commands::sign_up(conn, &account, &hash).map(Some)
            } else {
                invitations::sign_up(conn, &account, &hash, invitation, &origin)?
            };
            match made {
                Ok(Some((user, household))) => {
                    queue::enqueue(conn, &Letter::ConfirmEmail { user }, now, None)?;
                    Ok(Made::Now(user, household))
                }
                Ok(None) => Ok(Made::NotInvited),
                Err(commands::SignUpError::EmailTaken) => Ok(Made::Before),
                Err(commands::SignUpError::Database(error)) => Err(Error::from(error)),
            }
        })
        .await?;
    match made {
        // Perhaps by this very form, sent twice: with the right password its person simply logs in.
        Made::NotInvited => {
            let password = form.fields.text("password");
            let Some(known) = check_password(&state, &client, &email, password).await? else {
                return invitations::gone();
            };
            return code::admit(&request, &state, frame, &client, known, START_PAGE).await;
        }
        Made::Now(user, household) => {
            let who = Entering {
                user,
                household,
                event: EventKind::SignedUp,
                epoch: None,
            };
            return enter(&request, &state, &client, who, START_PAGE).await;
        }
        Made::Before => {}
    }
    // A form sent twice, or somebody who forgot that they were here already: with the right password they simply log in.
    if let Some(known) = check_password(&state, &client, &email, form.fields.text("password")).await? {
        let next = next_of(&state, &client, form.fields.text("invitation")).await?;
        return code::admit(&request, &state, frame, &client, known, &next).await;
    }
    errors.push(
        "email",
        "A user with this e-mail already exists. Log in instead, or use another address.",
    );
    sign_up_again(&state, frame, &client, &form.fields, errors).await
}

/// What came of a sign-up.
enum Made {
    /// An account, and the household that it shows first.
    Now(UserId, HouseholdId),
    /// Nothing: there is one with this address.
    Before,
    /// Nothing: the invitation is not good.
    NotInvited,
}

/// Whoever has an account already still has to join, if the invitation was not used by this very form.
async fn next_of(state: &State, client: &Client, token: &str) -> Result<String, Error> {
    let is_open = !token.is_empty() && invitations::find(state, client, token).await?.is_some();
    Ok(if is_open {
        format!("/invitations/{token}")
    } else {
        START_PAGE.to_owned()
    })
}

async fn sign_up_again(
    state: &State,
    frame: Frame,
    client: &Client,
    fields: &Fields,
    errors: FieldErrors,
) -> Result<HttpResponse, Error> {
    let Some(joining) = joining(state, client, fields.text("invitation")).await? else {
        return invitations::gone();
    };
    let html = sign_up_page(&frame, fields, errors, joining).render()?;
    frame.finish(state, htmx::html_with(StatusCode::UNPROCESSABLE_ENTITY, html))
}

fn sign_up_page(frame: &Frame, fields: &Fields, errors: FieldErrors, joining: Option<Joining>) -> SignUpPage {
    let or = |name: &str, default: &str| {
        Some(fields.text(name))
            .filter(|text| !text.is_empty())
            .unwrap_or(default)
            .to_owned()
    };
    SignUpPage {
        csrf_token: frame.csrf(),
        joining,
        email: fields.text("email").to_owned(),
        full_name: fields.text("full_name").to_owned(),
        currencies: choices::currencies(),
        currency: or("currency", Currency::EUR.code()),
        time_zones: choices::time_zones(),
        time_zone: or("time_zone", Tz::UTC.name()),
        errors,
    }
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
    // Whoever is invited comes into a household that has both.
    let needs_household = fields.text("invitation").is_empty();
    if needs_household && currency.is_err() {
        errors.push("currency", "Choose a currency from the list.");
    }
    if needs_household && time_zone.is_err() {
        errors.push("time_zone", "Choose a time zone from the list.");
    }
    (!errors.any()).then_some(account)
}
