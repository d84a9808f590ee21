//! Passwords: Argon2id with 19 MiB and 2 passes (the OWASP recommendation, and the default of the `argon2` crate).
//!
//! Hashing takes tens of milliseconds of a whole core, so at most a few run at once, on threads of their own: log-ins must not starve pages.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use passwords::analyzer::is_common_password;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The fewest characters of a password.
pub const CHARACTERS_MIN: usize = 10;
/// The most characters: hashing a whole book would be a way to keep the server busy.
pub const CHARACTERS_MAX: usize = 1000;

/// The most characters of a run that a password may not merely repeat.
const RUN_MAX: usize = 4;

/// Hashes at once.
const AT_ONCE: usize = 2;
/// How long a log-in waits for its turn.
const WAIT: Duration = Duration::from_secs(5);

/// Why a password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many log-ins at once.
    #[error("too many log-ins at once")]
    Busy,
    /// The algorithm failed, or a stored hash is damaged.
    #[error("the password could not be hashed: {0}")]
    Failed(String),
}

/// Hashes and checks passwords. Cloning shares the queue.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        // Made now, or the first unknown person would wait twice as long as the next.
        if let Err(error) = stand_in() {
            tracing::warn!(%error, "the hash that stands in for unknown people could not be made yet");
        }
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Passwords {
    /// The hash of a new password, in PHC format.
    ///
    /// # Errors
    /// When too many wait, or hashing fails.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        self.in_turn(move || hash_now(&password)).await
    }

    /// Whether `password` is the one that was hashed. Without a hash (an unknown person) the same work is done, so that the time tells nothing.
    ///
    /// # Errors
    /// When too many wait, or the stored hash is damaged.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, PasswordError> {
        self.in_turn(move || match hash {
            Some(hash) => verify_now(&password, &hash),
            None => verify_now(&password, stand_in()?).map(|_| false),
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = timeout(WAIT, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| PasswordError::Busy)?;
        let turn = turn.map_err(|_| PasswordError::Busy)?;
        tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(turn);
            answer
        })
        .await
        .map_err(|error| PasswordError::Failed(error.to_string()))?
    }
}

/// The hash of a new password, on this thread: for the command line.
///
/// # Errors
/// When hashing fails.
pub fn hash_now(password: &SecretString) -> Result<String, PasswordError> {
    let hashed = Argon2::default().hash_password(password.expose_secret().as_bytes());
    hashed
        .map(|hash: argon2::password_hash::phc::PasswordHash| hash.to_string())
        .map_err(|error| PasswordError::Failed(error.to_string()))
}

/// What is wrong with a new password of whoever has this address, in a sentence; nothing when it will do.
///
/// Long enough, and not what somebody would try first: no list of characters that it must have, and no day on which it ends.
#[must_use]
pub fn complaint(password: &SecretString, email: Option<&str>) -> Option<String> {
    let password = password.expose_secret();
    let characters = password.chars().count();
    if characters < CHARACTERS_MIN {
        Some(format!(
            "Use at least {CHARACTERS_MIN} characters. Three or four words in a row are fine."
        ))
    } else if characters > CHARACTERS_MAX {
        Some(format!("Use at most {CHARACTERS_MAX} characters."))
    } else if email.is_some_and(|email| is_address(password, email)) {
        Some("This is your e-mail address. Use something that others do not know: three or four words in a row are fine.".into())
    } else if is_common_password(password) || is_common_password(password.to_lowercase()) {
        Some("Many people use this one, so it is tried first. Use another: three or four words in a row are fine.".into())
    } else if is_repeated(password) {
        Some("This repeats itself, so it is easily guessed. Use another: three or four words in a row are fine.".into())
    } else {
        None
    }
}

/// Whether it is the address or what stands before its @, in any case.
fn is_address(password: &str, email: &str) -> bool {
    let folded = |text: &str| text.trim().to_lowercase();
    let (password, email) = (folded(password), folded(email));
    password == email || email.rsplit_once('@').is_some_and(|(local, _)| password == local)
}

/// Whether it is a run of a few characters again and again, in any case; the last run may be cut.
fn is_repeated(password: &str) -> bool {
    let folded: Vec<char> = password.to_lowercase().chars().collect();
    (1..=RUN_MAX).any(|run| {
        folded
            .iter()
            .zip(folded.iter().skip(run))
            .all(|(one, later)| one == later)
    })
}

fn verify_now(password: &SecretString, hash: &str) -> Result<bool, PasswordError> {
    let parsed = PasswordHash::new(hash).map_err(|error| PasswordError::Failed(error.to_string()))?;
    Ok(Argon2::default()
        .verify_password(password.expose_secret().as_bytes(), &parsed)
        .is_ok())
}

/// A hash of nothing anybody knows.
fn stand_in() -> Result<&'static str, PasswordError> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash);
    }
    let hash = hash_now(&SecretString::from("stand-in for an unknown person"))?;
    Ok(HASH.get_or_init(|| hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> Option<String> {
        complaint(&SecretString::from(password), Some("Ada.Lovelace@example.org"))
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for (password, why) in [
            ("", "at least 10"),
            ("nine char", "at least 10"),
            ("1234567890", "Many people"),
            ("password123", "Many people"),
            ("PassWord123", "Many people"),
            ("aaaaaaaaaa", "Many people"),
            ("ada.lovelace@example.org", "e-mail"),
            ("ADA.LOVELACE", "e-mail"),
            (" Ada.Lovelace ", "e-mail"),
            ("abababababab", "repeats"),
            ("aB3!Ab3!aB3!a", "repeats"),
            ("          ", "repeats"),
            ("ééééééééééé", "repeats"),
        ] {
            let complaint = refused(password).unwrap_or_else(|| panic!("{password} was taken"));
            assert!(complaint.contains(why), "{password}: {complaint}");
            assert!(complaint.contains("Use "), "it says what to do: {complaint}");
        }
        assert!(refused(&"word ".repeat(201)).unwrap().contains("at most"));
    }

    #[test]
    fn whatever_else_will_do() {
        for password in [
            "correct horse battery",
            "ada.lovelace2",
            "abcdeabcdeabcde",
            "zürich im regen",
            "我们在图书馆见面吧朋友",
            "          x",
        ] {
            assert_eq!(refused(password), None, "{password}");
        }
        let address = SecretString::from("ada.lovelace@example.org");
        assert_eq!(complaint(&address, None), None, "nobody's address");
        assert_eq!(complaint(&address, Some("")), None);
    }
}
