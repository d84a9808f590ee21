//! Tokens for programs.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use super::body::Body;
use crate::auth::secret;
use crate::users::token;
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::{State, credentials};

/// `POST /api/token/`: `{email, password}` for `{access, refresh}`.
///
/// # Errors
/// 400 for missing fields, 401 where e-mail and password do not match an account, 429 after too many tries.
pub async fn log_in(state: Data<State>, client: Client, body: Body) -> Result<HttpResponse, Error> {
    let mut problems = Vec::new();
    let (email, password) = (
        body.text("email", &mut problems),
        body.text("password", &mut problems),
    );
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let found = credentials::check(&state, &client, &email, password.into()).await?;
    let found = found.ok_or(Error::WrongCredentials)?;
    let refresh = secret::new_secret().map_err(Error::internal)?;
    let (user, hash) = (found.user, secret::hash(&refresh));
    let origin = client.origin();
    let family = state
        .db
        .public(move |conn| Ok::<_, Error>(token::start_family(conn, user, hash, &origin)?))
        .await?;
    let access = state
        .tokens
        .issue(user, family, found.token_epoch, state.clock.now())
        .map_err(Error::internal)?;
    Ok(HttpResponse::Ok().json(json!({ "access": access, "refresh": refresh })))
}
