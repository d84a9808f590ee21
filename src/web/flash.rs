//! What was just done, told on the next page: a sealed cookie that the page takes away again. No row is written for it.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::State;
use super::error::Error;
use super::pages::shell::{Toast, Undo};
use crate::ids::ChangeId;

const PURPOSE: &str = "flash";

/// A message for the next page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Flash {
    /// What was done, in a sentence.
    pub(super) text: String,
    /// The change that can be taken back.
    pub(super) undo: Option<ChangeId>,
}

impl Flash {
    /// The message as the page shows it.
    pub(super) fn toast(self) -> Toast {
        let undo = self.undo.map(|change| Undo {
            change: change.to_string(),
            idempotency_key: ChangeId::new().to_string(),
        });
        Toast {
            text: self.text,
            undo,
        }
    }

    /// Sends the message along with an answer that leads to the next page.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn put(&self, state: &State, response: &mut HttpResponse) -> Result<(), Error> {
        let text = serde_json::to_string(self).map_err(Error::internal)?;
        let value = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&text),
            state.sealer.seal(PURPOSE, &text)
        );
        response
            .add_cookie(&cookie(state, value, Duration::minutes(1)))
            .map_err(Error::internal)
    }
}

/// The message that came with this request; one that we did not seal is none.
pub(super) fn read(request: &HttpRequest, state: &State) -> Option<Flash> {
    let cookie = request.cookie(name(state.https))?;
    let (text, seal) = cookie.value().split_once('.')?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    if !state.sealer.is_seal(PURPOSE, &text, seal) {
        return None;
    }
    serde_json::from_str(&text).ok()
}

/// Takes the message away: it was shown.
///
/// # Errors
/// When the cookie cannot be set.
pub(super) fn clear(state: &State, response: &mut HttpResponse) -> Result<(), Error> {
    response
        .add_cookie(&cookie(state, String::new(), Duration::ZERO))
        .map_err(Error::internal)
}

const fn name(https: bool) -> &'static str {
    if https {
        "__Host-budget_flash"
    } else {
        "budget_flash"
    }
}

fn cookie(state: &State, value: String, lifetime: Duration) -> Cookie<'static> {
    Cookie::build(name(state.https), value)
        .path("/")
        .http_only(true)
        .secure(state.https)
        .same_site(SameSite::Lax)
        .max_age(lifetime)
        .finish()
}
