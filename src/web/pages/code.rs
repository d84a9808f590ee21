//! The second step of a log-in: who has a second factor gets no session for the password alone, but a page that asks for a code.
//!
//! What the first step proved stands sealed in that page, not in the database: who it is, until when, in which browser, and under which
//! password and second factor. Changing either makes it worth nothing.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use url::form_urlencoded::Serializer;

use super::enter::{Entering, enter};
use super::frame::Frame;
use super::next::local_path;
use crate::db::Caller;
use crate::ids::{HouseholdId, UserId};
use crate::users::event::EventKind;
use crate::users::own;
use crate::users::queries::{self, Credentials};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::second_factor::{self, Taken};
use crate::web::{State, csrf, htmx};

const PURPOSE: &str = "log-in code";
const PURPOSE_FINGERPRINT: &str = "log-in code of";
/// How long somebody may look for their code.
const WITHIN: TimeDelta = TimeDelta::minutes(5);

/// Somebody who gave the right password, or proved as much.
pub(super) struct Known {
    credentials: Credentials,
    household: HouseholdId,
}

impl Known {
    /// Nothing for somebody without a household, who cannot come in.
    pub(super) fn of(credentials: Credentials) -> Option<Self> {
        let household = credentials.household?;
        Some(Self {
            credentials,
            household,
        })
    }

    const fn entering(&self) -> Entering {
        Entering {
            user: self.credentials.user,
            household: self.household,
            event: EventKind::LoggedIn,
            epoch: Some(self.credentials.token_epoch),
        }
    }
}

#[derive(Template)]
#[template(path = "login-code.html")]
struct Page {
    csrf_token: String,
    pending: String,
    next: String,
    error: Option<&'static str>,
}

/// What is wrong with a code, whatever it is.
const WRONG: &str =
    "This code is not right, or was used before. Wait for the next one in your app, or type a recovery code.";
/// The codes of the app cannot be checked.
const CLOSED: &str = "The codes of your app cannot be checked here any more, because the key of this installation was changed. Type a recovery code, or ask an administrator to take the second factor away.";

/// Lets somebody in: at once, or, where they have a second factor, after a code.
///
/// # Errors
/// When the database fails.
pub(super) async fn admit(
    request: &HttpRequest,
    state: &State,
    frame: Frame,
    client: &Client,
    known: Known,
    location: &str,
) -> Result<HttpResponse, Error> {
    if known.credentials.second_factor.is_none() {
        return enter(request, state, client, known.entering(), location).await;
    }
    let page = Page {
        csrf_token: frame.csrf(),
        pending: pend(request, state, &known.credentials)?,
        next: location.to_owned(),
        error: None,
    };
    frame.finish(state, htmx::html(page.render()?))
}

/// `POST /login/code`
///
/// # Errors
/// [`Error::TooMany`] after too many wrong codes; or when the database fails.
pub async fn check(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let next = form.fields.text("next");
    let pending = form.fields.text("pending");
    let Some((user, fingerprint)) = read(&request, &state, pending) else {
        return Ok(too_late(next));
    };
    let found = state
        .db
        .public(move |conn| Ok::<_, Error>(queries::credentials_of(conn, user)?))
        .await?;
    let found = found.filter(|found| is_fingerprint(&state, found, &fingerprint));
    let Some(known) = found.and_then(Known::of) else {
        return Ok(too_late(next));
    };
    let taken = second_factor::take(&state, &client, &known.credentials, form.fields.text("code")).await?;
    let error = match taken {
        Taken::Code | Taken::Recovery => {
            let location = local_path(next);
            let mut response = enter(&request, &state, &client, known.entering(), location).await?;
            if taken == Taken::Recovery {
                tell_left(&state, &known, &mut response).await?;
            }
            return Ok(response);
        }
        Taken::Wrong => WRONG,
        Taken::Closed => CLOSED,
    };
    let page = Page {
        csrf_token: frame.csrf(),
        pending: pending.to_owned(),
        next: next.to_owned(),
        error: Some(error),
    };
    frame.finish(
        &state,
        htmx::html_with(StatusCode::UNPROCESSABLE_ENTITY, page.render()?),
    )
}

/// The next page says how many recovery codes are left.
async fn tell_left(state: &State, known: &Known, response: &mut HttpResponse) -> Result<(), Error> {
    let caller = Caller::Trusted {
        user: known.credentials.user,
        household: Some(known.household),
    };
    let left = state
        .db
        .read(caller, |conn, _| {
            Ok::<_, Error>(own::account(conn)?.recovery_codes)
        })
        .await?;
    let text = match left {
        0 => "That was your last recovery code. Make new ones under Account, Security.".to_owned(),
        1 => "You used a recovery code. One is left; make new ones under Account, Security.".to_owned(),
        left => format!("You used a recovery code. {left} are left."),
    };
    Flash { text, undo: None }.put(state, response)
}

/// Back to the first step, in words.
fn too_late(next: &str) -> HttpResponse {
    let mut query = Serializer::new(String::new());
    if !next.is_empty() {
        query.append_pair("next", next);
    }
    query.append_pair("late", "1");
    htmx::see_other(&format!("/login?{}", query.finish()))
}

/// What the first step proved.
fn pend(request: &HttpRequest, state: &State, credentials: &Credentials) -> Result<String, Error> {
    let browser = csrf::holder(request, state).ok_or(Error::ForeignForm)?;
    let (user, now) = (credentials.user, state.clock.now().timestamp_millis());
    let text = format!("{user}.{now}.{}", fingerprint(state, credentials));
    let seal = state.sealer.seal(PURPOSE, &bound(&text, &browser));
    Ok(format!("{text}.{seal}"))
}

/// Who it is, and under which password and second factor; nothing from what this browser was not given within the last minutes.
fn read(request: &HttpRequest, state: &State, pending: &str) -> Option<(UserId, String)> {
    let browser = csrf::holder(request, state)?;
    let (text, seal) = pending.rsplit_once('.')?;
    if !state.sealer.is_seal(PURPOSE, &bound(text, &browser), seal) {
        return None;
    }
    let mut parts = text.split('.');
    let user = parts.next()?.parse().ok()?;
    let begun = DateTime::<Utc>::from_timestamp_millis(parts.next()?.parse().ok()?)?;
    let fingerprint = parts.next()?.to_owned();
    let age = state.clock.now() - begun;
    (age >= TimeDelta::zero() && age < WITHIN).then_some((user, fingerprint))
}

/// The text with the browser that it belongs to. Neither has a line break.
fn bound(text: &str, browser: &str) -> String {
    format!("{text}\n{browser}")
}

/// Differs as soon as the password or the second factor does, and gives neither away.
fn fingerprint(state: &State, credentials: &Credentials) -> String {
    state.sealer.seal(PURPOSE_FINGERPRINT, &protection(credentials))
}

fn is_fingerprint(state: &State, credentials: &Credentials, given: &str) -> bool {
    state
        .sealer
        .is_seal(PURPOSE_FINGERPRINT, &protection(credentials), given)
}

fn protection(credentials: &Credentials) -> String {
    format!("{}\n{:?}", credentials.password_hash, credentials.second_factor)
}
