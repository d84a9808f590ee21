//! Forms are only taken from our own pages: each carries a token that belongs to the browser's session, or, before log-in, to a random cookie
//! that a GET hands out without a row anywhere. Beside that, `Sec-Fetch-Site` or `Origin` must say that the form came from here.
//!
//! The token is masked anew on each page, so that a compressed page gives nothing away about it.

use actix_session::SessionExt;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::error::Error;
use super::{State, client, session};
use crate::auth::secret;

const PURPOSE: &str = "csrf";
/// Bytes of a token: those of its seal.
const TOKEN_BYTES: usize = 32;

/// A token for the forms of one page, and the cookie that must go with it when the browser had none.
#[derive(Debug)]
pub(super) struct FormToken {
    pub(super) token: String,
    pub(super) cookie: Option<Cookie<'static>>,
}

/// The token for the forms of the page that answers this request.
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn token(request: &HttpRequest, state: &State) -> Result<FormToken, Error> {
    if let Some(holder) = holder(request, state) {
        return Ok(FormToken {
            token: masked(state, &holder)?,
            cookie: None,
        });
    }
    let visitor = secret::new_secret().map_err(Error::internal)?;
    let cookie = Cookie::build(cookie_name(state.https), visitor.clone())
        .path("/")
        .http_only(true)
        .secure(state.https)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(1))
        .finish();
    Ok(FormToken {
        token: masked(state, &visitor)?,
        cookie: Some(cookie),
    })
}

/// Whether a form with this token came from one of our pages in this browser.
///
/// # Errors
/// [`Error::ForeignForm`] when it did not.
pub(super) fn check(request: &HttpRequest, state: &State, token: &str) -> Result<(), Error> {
    let holder = holder(request, state).ok_or(Error::ForeignForm)?;
    let good = unmask(token)
        .zip(sealed(state, &holder))
        .is_some_and(|(given, wanted)| bool::from(given.ct_eq(&wanted)));
    if good { Ok(()) } else { Err(Error::ForeignForm) }
}

/// Whether the browser says that the request came from our own pages. Old browsers say nothing; the token stands alone then.
///
/// # Errors
/// [`Error::ForeignForm`] when it says that it came from elsewhere.
pub(super) fn check_origin(request: &HttpRequest, state: &State) -> Result<(), Error> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header(header::HeaderName::from_static("sec-fetch-site")) {
        return if matches!(site, "same-origin" | "none") {
            Ok(())
        } else {
            Err(Error::ForeignForm)
        };
    }
    let Some(origin) = header(header::ORIGIN) else {
        return Ok(());
    };
    let own = if let Some(own) = &state.origin {
        origin == &**own
    } else {
        // At home the program is reached by several names; the one that was asked is the right one.
        let scheme = if client::came_by_https(request, state) {
            "https://"
        } else {
            "http://"
        };
        header(header::HOST).is_some_and(|host| origin.strip_prefix(scheme) == Some(host))
    };
    if own { Ok(()) } else { Err(Error::ForeignForm) }
}

/// The secret that this browser's tokens belong to: its session's, or its visitor cookie's.
pub(super) fn holder(request: &HttpRequest, state: &State) -> Option<String> {
    session::secret(&request.get_session()).or_else(|| {
        let cookie = request.cookie(cookie_name(state.https))?;
        (cookie.value().len() >= TOKEN_BYTES).then(|| cookie.value().to_owned())
    })
}

const fn cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-budget_visitor"
    } else {
        "budget_visitor"
    }
}

fn sealed(state: &State, holder: &str) -> Option<[u8; TOKEN_BYTES]> {
    URL_SAFE_NO_PAD
        .decode(state.sealer.seal(PURPOSE, holder))
        .ok()?
        .try_into()
        .ok()
}

/// A random mask, then the token under it.
fn masked(state: &State, holder: &str) -> Result<String, Error> {
    let token = sealed(state, holder).ok_or_else(|| Error::internal("a seal has an unexpected length"))?;
    let mask: [u8; TOKEN_BYTES] = secret::random_bytes().map_err(Error::internal)?;
    let mut bytes = mask.to_vec();
    bytes.extend(mask.iter().zip(token).map(|(mask, byte)| mask ^ byte));
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn unmask(text: &str) -> Option<[u8; TOKEN_BYTES]> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (mask, token) = bytes.split_at_checked(TOKEN_BYTES)?;
    let bytes: Vec<u8> = mask.iter().zip(token).map(|(mask, byte)| mask ^ byte).collect();
    (token.len() == TOKEN_BYTES).then_some(bytes)?.try_into().ok()
}
