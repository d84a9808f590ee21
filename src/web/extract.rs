//! Who asks. An extractor only takes the credential; the database checks it, in the transaction that the answer comes from.

use std::future::{Ready, ready};

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};

use super::error::Error;
use super::{form, session};
use crate::auth::secret;
use crate::db::{Caller, SecretHash};
use crate::ids::HouseholdId;

/// Somebody whose browser has a session cookie.
#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    pub(super) caller: Caller,
    pub(super) secret_hash: SecretHash,
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            session::secret(&request.get_session())
                .ok_or(Error::SignedOut)
                .map(|secret| {
                    let secret_hash = secret::hash(&secret);
                    Self {
                        caller: Caller::Session(secret_hash),
                        secret_hash,
                    }
                }),
        )
    }
}

/// A program with an access token.
#[derive(Debug, Clone)]
pub(super) struct Bearer(pub(super) Caller);

impl FromRequest for Bearer {
    type Error = Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(bearer(request))
    }
}

fn bearer(request: &HttpRequest) -> Result<Bearer, Error> {
    let state = form::state(request)?;
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let header = headers
        .next()
        .and_then(|value| value.to_str().ok())
        .ok_or(Error::SignedOut)?;
    if headers.next().is_some() {
        return Err(Error::SignedOut); // of two, a proxy may have checked the other one
    }
    let (scheme, token) = header.split_once(' ').ok_or(Error::SignedOut)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Error::SignedOut);
    }
    let household = household(request)?;
    let claims = state
        .tokens
        .read(token.trim(), state.clock.now())
        .map_err(|_| Error::SignedOut)?;
    Ok(Bearer(Caller::Token {
        user: claims.sub,
        family: claims.sid,
        epoch: claims.epoch,
        household,
    }))
}

/// The household that a program names, for a user with several.
fn household(request: &HttpRequest) -> Result<Option<HouseholdId>, Error> {
    let Some(named) = request.headers().get("X-Household") else {
        return Ok(None);
    };
    let id = named.to_str().ok().and_then(|text| text.trim().parse().ok());
    let unreadable = || Error::BadRequest("X-Household has to be the id of one of your households.".into());
    id.map(Some).ok_or_else(unreadable)
}
