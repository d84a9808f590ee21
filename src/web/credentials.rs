//! E-mail and password, for pages and API alike.

use secrecy::{ExposeSecret, SecretString};

use super::State;
use super::error::Error;
use crate::auth::password;
use crate::users::queries::{self, Credentials};

/// Whose they are; nothing for an unknown or blocked person and for a wrong password, which all take the same time.
///
/// # Errors
/// When the database or the hashing fails.
pub(super) async fn check(
    state: &State,
    email: &str,
    password: SecretString,
) -> Result<Option<Credentials>, Error> {
    let email = email.trim().replace('\0', "");
    let found = state
        .db
        .public(move |conn| Ok::<_, Error>(queries::credentials(conn, &email)?))
        .await?;
    // Nobody has a password this long, and hashing a book would keep the server busy.
    let too_long = password.expose_secret().chars().count() > password::CHARACTERS_MAX;
    let password = if too_long {
        SecretString::default()
    } else {
        password
    };
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let right = state.passwords.verify(password, hash).await?;
    Ok(found.filter(|_| right && !too_long))
}
