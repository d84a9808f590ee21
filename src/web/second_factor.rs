//! The second step of a log-in, for pages and API alike: a code of the app, or a recovery code that stands in for it.

use super::State;
use super::client::Client;
use super::error::Error;
use crate::auth::{recovery, totp};
use crate::ids::UserId;
use crate::users::event::{self, EventKind};
use crate::users::queries::Credentials;
use crate::users::second_factor::{self, PURPOSE};

/// Digits of a code of the app.
const CODE_DIGITS: usize = 6;

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was the app's, of a time step that counts no more.
    Code,
    /// It was a recovery code, which is gone.
    Recovery,
    /// It is neither, or was used before.
    Wrong,
    /// The app's codes cannot be checked: the secret does not open under this `SECRET_KEY`.
    Closed,
}

/// What was typed.
enum Given {
    /// A code of the app that is right now, with its time step.
    Step(i64),
    /// What is stored of a recovery code.
    Recovery([u8; 32]),
    /// Neither.
    Nothing,
}

/// Takes a code of somebody who gave the right password; no code is taken twice. A wrong one counts as a try and is noted.
///
/// # Errors
/// [`Error::TooMany`] after too many wrong ones, whether this one is right or not; or when the database fails.
pub(super) async fn take(
    state: &State,
    client: &Client,
    credentials: &Credentials,
    typed: &str,
) -> Result<Taken, Error> {
    let attempt = state.throttle.code(client, credentials.user).await?;
    let taken = look_at(state, client, credentials, typed).await;
    if !matches!(taken, Ok(Taken::Wrong)) {
        attempt.forgive().await;
    }
    taken
}

async fn look_at(
    state: &State,
    client: &Client,
    credentials: &Credentials,
    typed: &str,
) -> Result<Taken, Error> {
    let user = credentials.user;
    let given = if is_code(typed) {
        let stored = credentials.second_factor.as_deref().unwrap_or_default();
        let Some(secret) = open(state, user, stored) else {
            return Ok(Taken::Closed);
        };
        let step = totp::check(&secret, typed, state.clock.now()).map_err(Error::internal)?;
        step.map_or(Given::Nothing, Given::Step)
    } else {
        recovery::hash(typed).map_or(Given::Nothing, Given::Recovery)
    };
    let origin = client.origin();
    state
        .db
        .public(move |conn| {
            let taken = match given {
                Given::Step(step) if second_factor::take_step(conn, user, step)? => Taken::Code,
                Given::Recovery(hash) if second_factor::take_recovery_code(conn, user, hash)? => {
                    Taken::Recovery
                }
                _ => Taken::Wrong,
            };
            match taken {
                Taken::Recovery => event::note(conn, user, EventKind::RecoveryCodeUsed, "", &origin)?,
                Taken::Wrong => event::note(conn, user, EventKind::CodeFailed, "", &origin)?,
                Taken::Code | Taken::Closed => {}
            }
            Ok::<_, Error>(taken)
        })
        .await
}

/// Six digits, with spaces wherever somebody put them.
fn is_code(typed: &str) -> bool {
    let code: Vec<char> = typed.chars().filter(|one| !one.is_whitespace()).collect();
    code.len() == CODE_DIGITS && code.iter().all(char::is_ascii_digit)
}

/// The secret of this person's second factor; nothing, and a line in the log, when it does not open.
pub(super) fn open(state: &State, user: UserId, stored: &[u8]) -> Option<Vec<u8>> {
    match state.vault.open(PURPOSE, user.uuid(), stored) {
        Ok(secret) => Some(secret),
        Err(error) => {
            tracing::error!(%user, %error, "the secret of a second factor cannot be read: was SECRET_KEY changed?");
            None
        }
    }
}
