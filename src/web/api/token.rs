//! Tokens for programs.

use actix_web::HttpResponse;
use actix_web::web::Data;
use secrecy::SecretString;
use serde_json::json;

use super::body::Body;
use crate::auth::{password, secret};
use crate::users::{commands, queries};
use crate::web::State;
use crate::web::error::Error;

/// `POST /api/token/`: `{email, password}` for `{access, refresh}`.
///
/// # Errors
/// 400 for missing fields, 401 where e-mail and password do not match an account.
pub async fn log_in(state: Data<State>, body: Body) -> Result<HttpResponse, Error> {
    let mut problems = Vec::new();
    let (email, password) = (
        body.text("email", &mut problems),
        body.text("password", &mut problems),
    );
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let email = email.replace('\0', "");
    let found = state
        .db
        .public(move |conn| Ok::<_, Error>(queries::credentials(conn, email.trim())?))
        .await?;
    let password = SecretString::from(
        password
            .chars()
            .take(password::CHARACTERS_MAX)
            .collect::<String>(),
    );
    let right = state
        .passwords
        .verify(password, found.as_ref().map(|found| found.password_hash.clone()))
        .await?;
    let found = found.filter(|_| right).ok_or(Error::SignedOut)?;
    let refresh = secret::new_secret().map_err(Error::internal)?;
    let (user, hash) = (found.user, secret::hash(&refresh));
    let family = state
        .db
        .public(move |conn| Ok::<_, Error>(commands::start_token_family(conn, user, hash)?))
        .await?;
    let access = state
        .tokens
        .issue(user, family, found.token_epoch, state.clock.now())
        .map_err(Error::internal)?;
    Ok(HttpResponse::Ok().json(json!({ "access": access, "refresh": refresh })))
}
