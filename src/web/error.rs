//! Why a request was not answered as asked: one error, to which [`face`](super::face) gives two faces. The cause is logged once, there, and
//! never shown.

use std::borrow::Cow;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::api::Refusal;
use crate::auth::password::PasswordError;
use crate::db::idempotency::KeyReused;
use crate::db::{DbError, QueryError};
use crate::demo::DemoError;
use crate::households::people::PeopleError;
use crate::ledger::{LedgerError, Problems};

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or not any more.
    #[error("not signed in")]
    SignedOut,
    /// E-mail and password do not match an account.
    #[error("wrong credentials")]
    WrongCredentials,
    /// The form came from elsewhere, or its token is too old.
    #[error("the form is not one of ours")]
    ForeignForm,
    /// This role may not do that.
    #[error("not allowed")]
    Forbidden,
    /// Only an owner of the household may do that.
    #[error("owners only")]
    OwnersOnly,
    /// There is no such thing for this caller.
    #[error("not found")]
    NotFound,
    /// The resource is there, but does not take this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// It conflicts with what is stored; the sentence says how, and the way out.
    #[error("{0}")]
    Conflict(String),
    /// The body cannot be read; the sentence says what is wrong with it.
    #[error("{0}")]
    BadRequest(String),
    /// Fields are wrong; a page renders its form again instead.
    #[error("invalid fields")]
    Invalid(Problems),
    /// What only programs are refused with.
    #[error("{0:?}")]
    Program(Refusal),
    /// The body is too large.
    #[error("the body is too large")]
    TooLarge,
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// There were too many tries; this one was not looked at.
    #[error("too many tries")]
    TooMany {
        /// The seconds after which the next one is looked at.
        retry_after_seconds: u64,
    },
    /// The database is busy or away; a write may or may not have happened.
    #[error("busy: {0}")]
    Busy(String),
    /// A fault of the program or the machine.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// Wraps a fault that nobody but the log should see.
    pub(super) fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::ForeignForm | Self::Forbidden | Self::OwnersOnly => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::BadRequest(_) | Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Program(refusal) => refusal.status(),
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A title and a sentence that says what to do.
    pub(super) fn words(&self) -> (&'static str, Cow<'_, str>) {
        let (title, sentence) = match self {
            Self::TooMany { retry_after_seconds } => return too_many(*retry_after_seconds),
            Self::Program(refusal) => return refusal.words(),
            Self::SignedOut => (
                "You are not logged in",
                "Log in, then do it again. Nothing was saved.",
            ),
            Self::WrongCredentials => ("Not logged in", "E-mail and password do not match an account."),
            Self::ForeignForm => (
                "This form is too old",
                "It was open for long, or came from another page. Nothing was saved. Load the page again and send it once more.",
            ),
            Self::Forbidden => (
                "You may only look",
                "Your role in this household does not allow changes. Nothing was saved. Ask an owner.",
            ),
            Self::OwnersOnly => (
                "Only an owner may do this",
                "Your role in this household does not allow it. Nothing was saved. Ask an owner.",
            ),
            Self::NotFound => (
                "This page does not exist",
                "It may have been deleted, or the address is not quite right.",
            ),
            Self::MethodNotAllowed => (
                "This cannot be done here",
                "The address is right, but not for this kind of request.",
            ),
            Self::Conflict(sentence) => ("Nothing was changed", sentence.as_str()),
            Self::BadRequest(sentence) => ("This could not be read", sentence.as_str()),
            Self::Invalid(_) => (
                "This could not be saved",
                "Some fields are not right. Nothing was saved.",
            ),
            Self::TooLarge => (
                "This is too much at once",
                "A request may have 1 MB at most. Nothing was saved.",
            ),
            Self::TooSlow => (
                "This took too long",
                "Your request did not arrive in time. Nothing was saved. Send it again.",
            ),
            Self::KeyReused => (
                "This was sent before, with other content",
                "Nothing was saved this time. Load the page again and send it once more.",
            ),
            Self::Busy(_) => (
                "The database is busy",
                "Try again in a moment. If you were saving: sending the same form again is safe, it will not be saved twice.",
            ),
            Self::Internal(_) => (
                "Something went wrong",
                "It is our fault, and it is in the log. Nothing was half saved.",
            ),
        };
        (title, sentence.into())
    }

    /// [`Error::words`] for programs, which know no pages and no forms.
    pub(super) fn words_for_programs(&self) -> (&'static str, Cow<'_, str>) {
        let (title, sentence) = match self {
            Self::SignedOut => (
                "Unauthorized",
                "Send a valid access token, as in Authorization: Bearer TOKEN.",
            ),
            Self::Forbidden => ("Forbidden", "Your role in this household does not allow changes."),
            Self::OwnersOnly => ("Forbidden", "Only an owner of this household may do this."),
            Self::NotFound => ("Not found", "There is no such resource, or it is not yours."),
            Self::MethodNotAllowed => ("Method not allowed", "The resource does not take this method."),
            Self::BadRequest(sentence) => ("Bad request", sentence.as_str()),
            Self::Invalid(_) => (
                "Bad request",
                "Some fields are not right; each is a member with its messages.",
            ),
            Self::KeyReused => (
                "Idempotency key reused",
                "This key came with another request before.",
            ),
            _ => return self.words(),
        };
        (title, sentence.into())
    }

    /// Logs the cause of a fault, once.
    pub(super) fn log(&self) {
        match self {
            Self::Internal(cause) => tracing::error!(cause, "a request failed"),
            Self::Busy(cause) => tracing::warn!(cause, "the database is busy or away"),
            _ => {}
        }
    }
}

/// In how long to come back: in seconds up to a minute and a half, then in minutes.
fn too_many(seconds: u64) -> (&'static str, Cow<'static, str>) {
    let wait = match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    };
    let sentence = format!(
        "There were many in a short time, so this one was not looked at. Nothing was saved. Come back in {wait}."
    );
    ("Too many tries", sentence.into())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Program(refusal)
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::SignedOut => Self::SignedOut,
            DbError::ReadOnly => Self::Forbidden,
            DbError::OwnersOnly => Self::OwnersOnly,
            DbError::Busy | DbError::Away(_) => Self::Busy(error.to_string()),
            DbError::Panicked | DbError::Schema(_) | DbError::Diesel(_) => Self::internal(error),
        }
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        DbError::from(error).into()
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotFound(_) => Self::NotFound,
            LedgerError::Invalid(problems) => Self::Invalid(problems),
            LedgerError::Stale => Self::Conflict(
                "Somebody else changed this since you opened it. Load the page again to see what it is now."
                    .into(),
            ),
            LedgerError::Blocked(sentence) => Self::Conflict(sentence),
            LedgerError::Database(error) => DbError::from(error).into(),
        }
    }
}

impl From<PeopleError> for Error {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::NotFound => Self::NotFound,
            PeopleError::LastOwner => Self::Conflict(
                "A household is never without an owner, and this one would be. Hand it over to somebody first, or delete it."
                    .into(),
            ),
            PeopleError::Database(error) => DbError::from(error).into(),
        }
    }
}

impl From<DemoError> for Error {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Refused(_) => Self::internal(error),
            DemoError::Ledger(error) => error.into(),
            DemoError::Db(error) => error.into(),
        }
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy(error.to_string()),
            PasswordError::Failed(_) => Self::internal(error),
        }
    }
}

impl From<KeyReused> for Error {
    fn from(_: KeyReused) -> Self {
        Self::KeyReused
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Bare: the middleware of `face.rs` fills it in, for it knows who asked.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status())
    }
}
