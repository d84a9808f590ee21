//! E-mail and password, for pages and API alike.

use secrecy::{ExposeSecret, SecretString};

use super::State;
use super::client::Client;
use super::error::Error;
use crate::auth::password;
use crate::households::Member;
use crate::ids::UserId;
use crate::users::event::{self, EventKind};
use crate::users::queries::{self, Credentials};

/// Whose they are; nothing for an unknown or blocked person and for a wrong password, which all take the same time. What is wrong counts as
/// a try of this client.
///
/// # Errors
/// [`Error::TooMany`] after too many tries, whether the password is right or not; or when the database or the hashing fails.
pub(super) async fn check(
    state: &State,
    client: &Client,
    email: &str,
    password: SecretString,
) -> Result<Option<Credentials>, Error> {
    let typed = email.trim().replace('\0', "");
    let email = typed.clone();
    let found = state
        .db
        .public(move |conn| Ok::<_, Error>(queries::credentials(conn, &email)?))
        .await?;
    let is_theirs = |user| found.as_ref().is_some_and(|found| found.user == user);
    let device = client.device.as_ref().filter(|device| is_theirs(device.user));
    let attempt = state.throttle.log_in(client, &typed, device).await?;
    // Nobody has a password this long, and hashing a book would keep the server busy.
    let too_long = password.expose_secret().chars().count() > password::CHARACTERS_MAX;
    let password = if too_long {
        SecretString::default()
    } else {
        password
    };
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let right = state
        .passwords
        .verify(password, hash)
        .await
        .map(|right| right && !too_long);
    if !matches!(right, Ok(false)) {
        attempt.forgive().await;
    }
    let right = right?;
    if !right {
        // For an unknown person the same is done, in the name of nobody.
        let user = found.as_ref().map_or_else(UserId::new, |found| found.user);
        note_failure(state, client, user).await?;
    }
    Ok(found.filter(|_| right))
}

/// Whether the password is the one of the person who is logged in here. A wrong one counts like one at log-in.
///
/// # Errors
/// As [`check`].
pub(super) async fn are_own(
    state: &State,
    client: &Client,
    member: &Member,
    password: &str,
) -> Result<bool, Error> {
    let found = check(state, client, &member.email, SecretString::from(password)).await?;
    Ok(found.is_some_and(|found| found.user == member.user))
}

/// Tells the person of the account. Nobody waits for the disk, so that an answer about a known address takes no longer than another.
async fn note_failure(state: &State, client: &Client, user: UserId) -> Result<(), Error> {
    let origin = client.origin();
    state
        .db
        .note(move |conn| Ok::<_, Error>(event::note(conn, user, EventKind::LogInFailed, "", &origin)?))
        .await
}
