//! Switching the second factor on and off, and new recovery codes.
//!
//! The secret is shown once, to whoever typed the password, and stands in no page that can be asked for again. What the code is then typed
//! into bears a seal that says so.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use super::{PATH, Sent, show};
use crate::auth::{recovery, totp};
use crate::households::Member;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::users::event::{self, EventKind};
use crate::users::second_factor::{self, PURPOSE};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::account::email::WRONG_PASSWORD;
use crate::web::pages::account::{done, person, refuse_demo};
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::{Section, Shell};
use crate::web::second_factor::open;
use crate::web::{State, credentials, htmx};

/// Where it is switched on.
const SET_UP: &str = "/account/second-factor";
const SEAL: &str = "second factor set-up";
/// How long somebody may take to set their app up.
const WITHIN: TimeDelta = TimeDelta::minutes(30);

#[derive(Template)]
#[template(path = "account/second-factor.html")]
struct Begin {
    shell: Shell,
    email: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "account/second-factor-code.html")]
struct SetUp {
    shell: Shell,
    /// The secret as a picture, for the app to scan; SVG of ours.
    picture: String,
    /// The secret, to be typed.
    typed: String,
    uri: String,
    proof: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "account/recovery-codes.html")]
struct NewCodes {
    shell: Shell,
    title: &'static str,
    codes: Vec<String>,
}

/// `GET /account/second-factor`
///
/// # Errors
/// [`Error::Conflict`] in a demo; or when the database fails.
pub async fn begin_form(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let member = person(&state, caller.caller).await?;
    ask(&state, frame, &member, FieldErrors::default())
}

fn ask(state: &State, frame: Frame, member: &Member, errors: FieldErrors) -> Result<HttpResponse, Error> {
    let page = Begin {
        shell: frame.shell(member, Section::Account),
        email: member.email.clone(),
        errors,
    };
    let status = if page.errors.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    frame.finish(state, htmx::html_with(status, page.render()?))
}

/// `POST /account/second-factor`: makes a secret, and shows it.
///
/// # Errors
/// [`Error::TooMany`] after too many wrong passwords; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn begin(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let member = person(&state, caller.caller.clone()).await?;
    if !credentials::are_own(&state, &client, &member, form.fields.text("password")).await? {
        let mut errors = FieldErrors::default();
        errors.push("password", WRONG_PASSWORD);
        return ask(&state, frame, &member, errors);
    }
    let secret = totp::new_secret().map_err(Error::internal)?;
    let locked = state.vault.lock(PURPOSE, member.user.uuid(), &secret);
    let locked = locked.map_err(Error::internal)?;
    let stored = locked.clone();
    let begun = state
        .db
        .account(caller.caller, move |conn, _| {
            Ok::<_, Error>(second_factor::begin(conn, stored)?)
        })
        .await?;
    if !begun {
        return done(&state, PATH, "The second factor is on already.");
    }
    let proof = prove(&state, &member, &locked);
    set_up(&state, frame, &member, &secret, proof, FieldErrors::default())
}

fn set_up(
    state: &State,
    frame: Frame,
    member: &Member,
    secret: &[u8],
    proof: String,
    errors: FieldErrors,
) -> Result<HttpResponse, Error> {
    let uri = totp::uri(secret, &member.email).map_err(Error::internal)?;
    let status = if errors.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = SetUp {
        shell: frame.shell(member, Section::Account),
        picture: totp::picture(&uri).map_err(Error::internal)?,
        typed: totp::typed(secret),
        uri,
        proof,
        errors,
    };
    frame.finish(state, htmx::html_with(status, page.render()?))
}

/// `POST /account/second-factor/enable`: switches it on after a code of the app, and shows the recovery codes.
///
/// # Errors
/// [`Error::TooMany`] after too many wrong codes; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn enable(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let (member, kept) = state
        .db
        .read(caller.caller.clone(), |conn, member| {
            refuse_demo(member)?;
            Ok::<_, Error>((member.clone(), second_factor::mine(conn)?))
        })
        .await?;
    let proof = form.fields.text("proof").to_owned();
    let kept =
        kept.filter(|kept| kept.enabled_at.is_none() && is_proof(&state, &member, &kept.secret, &proof));
    let secret = kept.and_then(|kept| open(&state, member.user, &kept.secret));
    let Some(secret) = secret else {
        return done(
            &state,
            SET_UP,
            "That took too long, or was begun again. Begin once more.",
        );
    };
    let attempt = state.throttle.code(&client, member.user).await?;
    let step = totp::check(&secret, form.fields.text("code"), state.clock.now()).map_err(Error::internal)?;
    let Some(step) = step else {
        let mut errors = FieldErrors::default();
        errors.push(
            "code",
            "This code is not right. Type the one that your app shows now, and check that its clock is right.",
        );
        return set_up(&state, frame, &member, &secret, proof, errors);
    };
    attempt.forgive().await;
    let codes = recovery::new_codes().map_err(Error::internal)?;
    let (hashes, origin, now) = (hashes(&codes), client.origin(), state.clock.now());
    let enabled = state
        .db
        .account(caller.caller, move |conn, member| {
            let enabled = second_factor::enable(conn, step, hashes)?;
            if enabled {
                let user = member.user;
                event::note(conn, user, EventKind::SecondFactorOn, "", &origin)?;
                queue::enqueue(conn, &Letter::SecondFactorOn { user }, now, None)?;
            }
            Ok::<_, Error>(enabled)
        })
        .await?;
    if !enabled {
        return done(&state, PATH, "The second factor is on already.");
    }
    show_codes(&state, frame, &member, "The second factor is on", codes)
}

/// `POST /account/second-factor/codes`: new recovery codes in the place of all earlier ones.
///
/// # Errors
/// [`Error::TooMany`] after too many wrong passwords; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn new_codes(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let member = person(&state, caller.caller.clone()).await?;
    if !credentials::are_own(&state, &client, &member, form.fields.text("password")).await? {
        let mut sent = Sent::default();
        sent.codes.push("password", WRONG_PASSWORD);
        return show(&state, caller.caller, frame, sent).await;
    }
    let codes = recovery::new_codes().map_err(Error::internal)?;
    let (hashes, origin) = (hashes(&codes), client.origin());
    let made = state
        .db
        .account(caller.caller, move |conn, member| {
            let is_on = second_factor::mine(conn)?.is_some_and(|kept| kept.enabled_at.is_some());
            if is_on {
                second_factor::set_recovery_codes(conn, hashes)?;
                event::note(conn, member.user, EventKind::RecoveryCodesMade, "", &origin)?;
            }
            Ok::<_, Error>(is_on)
        })
        .await?;
    if !made {
        return done(
            &state,
            PATH,
            "The second factor is off, so there are no recovery codes.",
        );
    }
    show_codes(&state, frame, &member, "New recovery codes", codes)
}

/// `POST /account/second-factor/off`
///
/// # Errors
/// [`Error::TooMany`] after too many wrong passwords; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn disable(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let member = person(&state, caller.caller.clone()).await?;
    if !credentials::are_own(&state, &client, &member, form.fields.text("password")).await? {
        let mut sent = Sent::default();
        sent.off.push("password", WRONG_PASSWORD);
        return show(&state, caller.caller, frame, sent).await;
    }
    let (origin, now) = (client.origin(), state.clock.now());
    state
        .db
        .account(caller.caller, move |conn, member| {
            if second_factor::disable(conn)? {
                let user = member.user;
                event::note(conn, user, EventKind::SecondFactorOff, "", &origin)?;
                queue::enqueue(conn, &Letter::SecondFactorOff { user }, now, None)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    done(&state, PATH, "The second factor is off.")
}

fn show_codes(
    state: &State,
    frame: Frame,
    member: &Member,
    title: &'static str,
    codes: Vec<String>,
) -> Result<HttpResponse, Error> {
    let page = NewCodes {
        shell: frame.shell(member, Section::Account),
        title,
        codes,
    };
    frame.finish(state, htmx::html(page.render()?))
}

fn hashes(codes: &[String]) -> Vec<Vec<u8>> {
    let hashes = codes.iter().filter_map(|code| recovery::hash(code));
    hashes.map(Vec::from).collect()
}

/// Says that whoever set this very secret up in this session had typed the password.
fn prove(state: &State, member: &Member, locked: &[u8]) -> String {
    let begun = state.clock.now().timestamp_millis();
    let seal = state.sealer.seal(SEAL, &sealed(member, locked, begun));
    format!("{begun}.{seal}")
}

fn is_proof(state: &State, member: &Member, locked: &[u8], proof: &str) -> bool {
    let read = || {
        let (begun, seal) = proof.split_once('.')?;
        let begun: i64 = begun.parse().ok()?;
        let age = state.clock.now() - DateTime::<Utc>::from_timestamp_millis(begun)?;
        let is_fresh = age >= TimeDelta::zero() && age < WITHIN;
        Some(is_fresh && state.sealer.is_seal(SEAL, &sealed(member, locked, begun), seal))
    };
    read().is_some_and(|good| good)
}

fn sealed(member: &Member, locked: &[u8], begun: i64) -> String {
    let session = member.session.map(|session| session.to_string());
    format!(
        "{} {} {begun} {}",
        member.user,
        session.unwrap_or_default(),
        URL_SAFE_NO_PAD.encode(locked)
    )
}
