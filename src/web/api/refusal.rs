//! What only programs are refused with.

use std::borrow::Cow;

use actix_web::http::StatusCode;

use crate::config::SignUp;

/// Why a program was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The password is right; a code of the second factor is missing, wrong, or was used before.
    CodeNeeded,
    /// The refresh token buys nothing.
    RefreshTokenOver,
    /// Strangers cannot sign up here; who may.
    NoSignUp(SignUp),
    /// The body has members of these names, which nothing is known of.
    UnknownFields(Vec<String>),
}

impl Refusal {
    pub(in crate::web) const fn status(&self) -> StatusCode {
        match self {
            Self::CodeNeeded | Self::RefreshTokenOver => StatusCode::UNAUTHORIZED,
            Self::NoSignUp(_) => StatusCode::FORBIDDEN,
            Self::UnknownFields(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// A title and a sentence that says what to do.
    pub(in crate::web) fn words(&self) -> (&'static str, Cow<'_, str>) {
        let (title, sentence) = match self {
            Self::CodeNeeded => (
                "A code is needed",
                "This account has a second factor. Send a new code of its app, or a recovery code, as code beside email and password.",
            ),
            Self::RefreshTokenOver => (
                "Log in again",
                "This refresh token was used before, was revoked, is too old, or never was one. Ask for new tokens with email and password.",
            ),
            Self::NoSignUp(SignUp::Invited) => (
                "By invitation only",
                "Here people sign up by invitation only. Open the link of an invitation in a browser.",
            ),
            Self::NoSignUp(_) => (
                "No new accounts",
                "Here nobody can sign up. Ask whoever runs this Budget for an account.",
            ),
            Self::UnknownFields(_) => (
                "Bad request",
                "The body has fields that this resource does not know; each is a member with its message. Leave them out.",
            ),
        };
        (title, sentence.into())
    }
}
