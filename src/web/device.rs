//! The cookie of an earlier log-in: it says that this browser knew the password of an account once. It lets nobody in. It is why a stranger
//! who makes the whole account wait, does not make its owner wait.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};

use super::State;
use super::error::Error;
use crate::ids::UserId;

const PURPOSE: &str = "device";
/// Days that the cookie is kept and counts; browsers keep none for longer.
const DAYS: i64 = 400;

/// A browser that was logged in to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Whose account it was.
    pub user: UserId,
    /// Tells it from other browsers of the same account, which logged in at other times.
    pub name: String,
}

/// The account that this browser was logged in to last; nothing from a cookie that we did not seal, or one that is too old.
pub(super) fn read(request: &HttpRequest, state: &State) -> Option<Device> {
    let cookie = request.cookie(cookie_name(state.https))?;
    let (name, seal) = cookie.value().rsplit_once('.')?;
    if !state.sealer.is_seal(PURPOSE, name, seal) {
        return None;
    }
    let (user, issued) = name.split_once('.')?;
    let issued = DateTime::<Utc>::from_timestamp_millis(issued.parse().ok()?)?;
    let is_fresh = state.clock.now() - issued < TimeDelta::days(DAYS);
    let user = user.parse().ok().filter(|_| is_fresh)?;
    Some(Device {
        user,
        name: name.to_owned(),
    })
}

/// Notes in this browser that it was logged in to this account; an earlier note goes.
///
/// # Errors
/// When the cookie cannot be set.
pub(super) fn put(state: &State, response: &mut HttpResponse, user: UserId) -> Result<(), Error> {
    let name = format!("{user}.{}", state.clock.now().timestamp_millis());
    let value = format!("{name}.{}", state.sealer.seal(PURPOSE, &name));
    let cookie = Cookie::build(cookie_name(state.https), value)
        .path("/")
        .http_only(true)
        .secure(state.https)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(DAYS))
        .finish();
    response.add_cookie(&cookie).map_err(Error::internal)
}

const fn cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-budget_device"
    } else {
        "budget_device"
    }
}
