//! *Security events*: what happened to an account. Its person sees them on their page about security.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::ids::UserId;
use crate::statement::{read_word, statement};

/// The most characters of an event's detail: two addresses and a few words.
const DETAIL_CHARACTERS_MAX: usize = 600;

/// Where a request comes from, as far as it can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The network address; empty for the command line.
    pub address: String,
    /// What the browser or program said it is, in words; empty when it said nothing that is known.
    pub browser: String,
}

/// Declares the kinds of events, each with the word that is stored.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal,)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventKind {
            $($(#[$doc])* $kind,)+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The stored word; [`FromStr`] reads it back.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)+
                }
            }
        }
    };
}

kinds! {
    /// The account was made.
    SignedUp = "signed_up",
    /// A browser logged in.
    LoggedIn = "logged_in",
    /// Somebody tried to log in with a wrong password.
    LogInFailed = "log_in_failed",
    /// Somebody with the right password gave a wrong code.
    CodeFailed = "code_failed",
    /// A browser logged out.
    LoggedOut = "logged_out",
    /// One device was logged out from another.
    DeviceEnded = "device_ended",
    /// All other devices were logged out.
    OtherDevicesEnded = "other_devices_ended",
    /// A link to reset the password was asked for.
    ResetAsked = "reset_asked",
    /// The password was set by a link.
    PasswordReset = "password_reset",
    /// The password was changed by its person.
    PasswordChanged = "password_changed",
    /// The password was set on the command line.
    PasswordSet = "password_set",
    /// The address was confirmed.
    EmailConfirmed = "email_confirmed",
    /// Another address was given, and waits to be confirmed.
    EmailChangeAsked = "email_change_asked",
    /// The address was changed; the detail has the earlier one.
    EmailChanged = "email_changed",
    /// Log-ins ask for a code from now on.
    SecondFactorOn = "second_factor_on",
    /// Log-ins ask for no code any more.
    SecondFactorOff = "second_factor_off",
    /// A recovery code stood in for a code.
    RecoveryCodeUsed = "recovery_code_used",
    /// New recovery codes were made.
    RecoveryCodesMade = "recovery_codes_made",
    /// A program logged in.
    TokenMade = "token_made",
    /// A program logged out.
    TokenRevoked = "token_revoked",
    /// A refresh token was used twice, so its program was logged out.
    TokenReused = "token_reused",
    /// The person came into a household; the detail has its name.
    Joined = "joined",
    /// The person left a household; the detail has its name.
    Left = "left",
    /// An owner took the person out of a household; the detail has its name.
    Removed = "removed",
    /// The person has another role in a household; the detail has both.
    RoleChanged = "role_changed",
    /// The person deleted a household; the detail has its name.
    HouseholdDeleted = "household_deleted",
    /// The account is to be deleted.
    DeletionAsked = "deletion_asked",
    /// The account stays after all.
    DeletionCancelled = "deletion_cancelled",
    /// The account was blocked on the command line.
    Blocked = "blocked",
    /// The account was unblocked on the command line.
    Unblocked = "unblocked",
}

/// A word that is no kind of event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of event: {0}")]
pub struct UnknownEvent(String);

impl FromStr for EventKind {
    type Err = UnknownEvent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownEvent(text.to_owned()))
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One event of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: EventKind,
    /// A name or an address that belongs to it; mostly empty.
    pub detail: String,
    /// Where the request came from.
    pub origin: Origin,
}

/// Notes what happened to an account, in the transaction in which it happens.
///
/// # Errors
/// Only database failures.
pub fn note(
    conn: &mut PgConnection,
    user: UserId,
    kind: EventKind,
    detail: &str,
    origin: &Origin,
) -> QueryResult<()> {
    statement("SELECT note_security_event(?, ?, ?, ?, ?, ?)")
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(user)
        .bind::<Text, _>(kind.as_str())
        .bind::<Text, _>(detail.chars().take(DETAIL_CHARACTERS_MAX).collect::<String>())
        .bind::<Text, _>(origin.address.clone())
        .bind::<Text, _>(origin.browser.clone())
        .execute(conn)
        .map(drop)
}

/// What happened to the account of the person who entered this transaction, the latest first, at most `most`.
///
/// # Errors
/// Only database failures.
pub fn mine(conn: &mut PgConnection, most: i32) -> QueryResult<Vec<Event>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Timestamptz)]
        at: DateTime<Utc>,
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = Text)]
        detail: String,
        #[diesel(sql_type = Text)]
        address: String,
        #[diesel(sql_type = Text)]
        browser: String,
    }
    let rows: Vec<Row> = statement("SELECT e.* FROM my_events(?) e")
        .bind::<Integer, _>(most)
        .load(conn)?;
    let event = |row: Row| {
        Ok(Event {
            at: row.at,
            kind: read_word(&row.kind)?,
            detail: row.detail,
            origin: Origin {
                address: row.address,
                browser: row.browser,
            },
        })
    };
    rows.into_iter().map(event).collect()
}
