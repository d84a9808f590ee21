//! Tokens for programs: logging in, going on, logging out.
//!
//! A program has an access token of a quarter of an hour, and a refresh token that buys both anew, once.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;
use uuid::Uuid;

use super::Refusal;
use super::body::{Body, refuse};
use crate::auth::secret;
use crate::ids::UserId;
use crate::users::event::{self, EventKind, Origin};
use crate::users::queries::{self, Credentials};
use crate::users::token::{self, Rotation};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::second_factor::{self, Taken};
use crate::web::{State, credentials};

/// `POST /api/token/`: `{email, password}` for `{access, refresh}`; with a second factor also `{code}`.
///
/// # Errors
/// 400 for missing fields, 401 where e-mail and password do not match an account or its code is not right, 429 after too many tries.
pub async fn log_in(state: Data<State>, client: Client, body: Body) -> Result<HttpResponse, Error> {
    let mut problems = Vec::new();
    let (email, password) = (
        body.text("email", &mut problems),
        body.text("password", &mut problems),
    );
    let typed = body.optional("code", &mut problems).unwrap_or_default();
    refuse(problems)?;
    let found = credentials::check(&state, &client, &email, password.into()).await?;
    let found = found.ok_or(Error::WrongCredentials)?;
    let refresh = secret::new_secret().map_err(Error::internal)?;
    let login = LogIn {
        user: found.user,
        epoch: found.token_epoch,
        hash: secret::hash(&refresh),
        origin: client.origin(),
    };
    let (user, epoch) = (login.user, login.epoch);
    if found.second_factor.is_some() {
        if typed.is_empty() {
            return Err(Refusal::CodeNeeded.into());
        }
        match second_factor::take(&state, &client, &found, &typed).await? {
            Taken::Code | Taken::Recovery => {}
            Taken::Wrong | Taken::Closed => return Err(Refusal::CodeNeeded.into()),
        }
    }
    let family = log_in_with(&state, login).await?;
    answer(&state, user, family, epoch, &refresh)
}

/// Somebody whose password was right.
#[derive(Debug, Clone)]
struct LogIn {
    user: UserId,
    epoch: i32,
    /// Of the refresh token.
    hash: [u8; 32],
    origin: Origin,
}

/// Makes the family.
///
/// # Errors
/// [`Error::WrongCredentials`] where the person was blocked or their password changed while it was checked.
async fn log_in_with(state: &State, login: LogIn) -> Result<Uuid, Error> {
    state
        .db
        .public(move |conn| {
            let family = token::start_family(conn, login.user, login.hash, &login.origin)?;
            // The family holds a lock on the person by now: whoever changes their password later finds it, and ends it.
            let now: Option<Credentials> = queries::credentials_of(conn, login.user)?;
            if now.is_none_or(|now| now.token_epoch != login.epoch) {
                return Err(Error::WrongCredentials);
            }
            event::note(conn, login.user, EventKind::TokenMade, "", &login.origin)?;
            Ok(family)
        })
        .await
}

/// `POST /api/token/refresh/`: `{refresh}` for `{access, refresh}`. The old one is worth nothing from then on: whoever shows it again logs
/// its program out.
///
/// # Errors
/// 400 without a token, 401 for one that is not good, 429 after too many of those.
pub async fn refresh(state: Data<State>, client: Client, body: Body) -> Result<HttpResponse, Error> {
    let old = shown(&body)?;
    let attempt = state.throttle.refresh(&client).await?;
    let refresh = secret::new_secret().map_err(Error::internal)?;
    let (old_hash, new_hash) = (secret::hash(&old), secret::hash(&refresh));
    let origin = client.origin();
    let rotation = state
        .db
        .public(move |conn| {
            let rotation = token::rotate(conn, old_hash, new_hash)?;
            if let Rotation::Reused { user } = rotation {
                event::note(conn, user, EventKind::TokenReused, "", &origin)?;
            }
            Ok::<_, Error>(rotation)
        })
        .await?;
    match rotation {
        Rotation::Rotated { user, family, epoch } => {
            attempt.forgive().await;
            answer(&state, user, family, epoch, &refresh)
        }
        Rotation::Reused { .. } | Rotation::Refused => Err(Refusal::RefreshTokenOver.into()),
    }
}

/// `POST /api/token/revoke/`: logs out the program of `{refresh}`. A token that is none is answered in the same way (RFC 7009).
///
/// # Errors
/// 400 without a token.
pub async fn revoke(state: Data<State>, client: Client, body: Body) -> Result<HttpResponse, Error> {
    let hash = secret::hash(&shown(&body)?);
    let origin = client.origin();
    state
        .db
        .public(move |conn| {
            if let Some(user) = token::revoke(conn, hash)? {
                event::note(conn, user, EventKind::TokenRevoked, "", &origin)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

/// The refresh token in a body.
fn shown(body: &Body) -> Result<String, Error> {
    let mut problems = Vec::new();
    let token = body.text("refresh", &mut problems);
    refuse(problems)?;
    Ok(token)
}

fn answer(
    state: &State,
    user: UserId,
    family: Uuid,
    epoch: i32,
    refresh: &str,
) -> Result<HttpResponse, Error> {
    let access = state
        .tokens
        .issue(user, family, epoch, state.clock.now())
        .map_err(Error::internal)?;
    Ok(HttpResponse::Ok().json(json!({ "access": access, "refresh": refresh })))
}
