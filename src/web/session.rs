//! The session cookie. `actix-session` seals and carries it; the session itself is a row of the database, which only the entry query reads.
//!
//! So this store keeps nothing: what it "loads" is the secret in the cookie, and what it "saves" is the secret that a log-in made.

use std::collections::HashMap;

use actix_session::config::PersistentSession;
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use secrecy::SecretSlice;

use super::error::Error;
use crate::auth::secret;

const SECRET: &str = "secret";
/// How long a browser keeps the cookie; the row in the database may end sooner.
const COOKIE_LIFETIME: Duration = Duration::days(90);

/// Carries the secret between cookie and handlers.
#[derive(Debug, Clone, Copy)]
pub(super) struct CookieOnly;

impl SessionStore for CookieOnly {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        Ok(Some(HashMap::from([(SECRET.to_owned(), quoted(key.as_ref()))])))
    }

    async fn save(&self, state: HashMap<String, String>, _: &Duration) -> Result<SessionKey, SaveError> {
        key_of(&state).map_err(SaveError::Other)
    }

    async fn update(
        &self,
        _: SessionKey,
        state: HashMap<String, String>,
        _: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        key_of(&state).map_err(UpdateError::Other)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, _: &SessionKey) -> Result<(), anyhow::Error> {
        Ok(())
    }
}

/// Session values are JSON; a secret has no characters that would need escaping.
fn quoted(secret: &str) -> String {
    format!("\"{secret}\"")
}

fn key_of(state: &HashMap<String, String>) -> Result<SessionKey, anyhow::Error> {
    let secret = state
        .get(SECRET)
        .ok_or_else(|| anyhow::anyhow!("a session without a secret cannot be kept"))?;
    SessionKey::try_from(secret.trim_matches('"').to_owned()).map_err(anyhow::Error::from)
}

/// The middleware that reads and writes the cookie.
pub(super) fn middleware(secret_key: &SecretSlice<u8>, https: bool) -> SessionMiddleware<CookieOnly> {
    let key = Key::from(&secret::derive("session cookie", secret_key));
    let name = if https {
        "__Host-budget_session"
    } else {
        "budget_session"
    };
    SessionMiddleware::builder(CookieOnly, key)
        .cookie_name(name.to_owned())
        .cookie_secure(https)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .session_lifecycle(PersistentSession::default().session_ttl(COOKIE_LIFETIME))
        .build()
}

/// The secret that this browser shows, if any.
pub(super) fn secret(session: &Session) -> Option<String> {
    session.get::<String>(SECRET).ok().flatten()
}

/// Gives the browser a new secret: it is logged in from now on.
///
/// # Errors
/// When the session cannot hold it.
pub(super) fn begin(session: &Session, secret: &str) -> Result<(), Error> {
    session.renew();
    session.insert(SECRET, secret).map_err(Error::internal)
}

/// Takes the cookie away.
pub(super) fn end(session: &Session) {
    session.purge();
}
