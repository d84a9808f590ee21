//! JSON in: an object of at most 1 MB.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use serde_json::{Map, Value};

use super::Refusal;
use crate::ledger::{Problem, Problems};
use crate::web::body;
use crate::web::error::Error;

/// The most names of unknown fields that are named back, and the most characters of each.
const UNKNOWN_MAX: usize = 20;
const UNKNOWN_CHARACTERS_MAX: usize = 100;

/// The body of a request.
#[derive(Debug)]
pub(in crate::web) struct Body(Map<String, Value>);

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                value
                    .split(';')
                    .next()
                    .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
            });
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(Error::BadRequest(
                    "Send JSON, with Content-Type: application/json.".into(),
                ));
            }
            let bytes = body::read(payload.await.map_err(Error::internal)?).await?;
            match serde_json::from_slice(&bytes) {
                Ok(Value::Object(members)) => Ok(Self(members)),
                Ok(_) => Err(Error::BadRequest("The body has to be a JSON object.".into())),
                Err(error) => Err(Error::BadRequest(format!("The body is not JSON: {error}."))),
            }
        })
    }
}

impl Body {
    /// A text that must be there; what is wrong with it goes to `problems`.
    pub(in crate::web) fn text(&self, field: &'static str, problems: &mut Vec<Problem>) -> String {
        let message = match self.0.get(field) {
            Some(Value::String(text)) if !text.is_empty() => return text.clone(),
            None | Some(Value::Null) => "This field is required.",
            Some(Value::String(_)) => "This field may not be blank.",
            Some(_) => "Not a valid string.",
        };
        problems.push(Problem {
            field,
            message: message.into(),
        });
        String::new()
    }

    /// A text that may be left out, or be empty; what is wrong with it goes to `problems`.
    pub(in crate::web) fn optional(
        &self,
        field: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<String> {
        let message = match self.0.get(field)? {
            Value::String(text) => return Some(text.clone()),
            Value::Null => "This field may not be null.",
            _ => "Not a valid string.",
        };
        problems.push(Problem {
            field,
            message: message.into(),
        });
        None
    }

    /// A text that must be there, but may be empty; what is wrong with it goes to `problems`.
    pub(in crate::web) fn given(&self, field: &'static str, problems: &mut Vec<Problem>) -> String {
        if !self.0.contains_key(field) {
            problems.push(Problem {
                field,
                message: "This field is required.".into(),
            });
        }
        self.optional(field, problems).unwrap_or_default()
    }

    /// Refuses members whose names are in none of these lists, such as one that is misspelt: it would be ignored in silence.
    ///
    /// # Errors
    /// [`Refusal::UnknownFields`].
    pub(in crate::web) fn only(&self, known: &[&[&str]]) -> Result<(), Error> {
        let unknown: Vec<String> = self
            .0
            .keys()
            .filter(|name| !known.iter().any(|list| list.contains(&name.as_str())))
            .take(UNKNOWN_MAX)
            .map(|name| name.chars().take(UNKNOWN_CHARACTERS_MAX).collect())
            .collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Refusal::UnknownFields(unknown).into())
        }
    }
}

/// Refuses what was found wrong, if anything.
///
/// # Errors
/// [`Error::Invalid`] with all problems.
pub(in crate::web) fn refuse(problems: Problems) -> Result<(), Error> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}
