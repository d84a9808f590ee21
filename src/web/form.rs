//! A form as it was sent: its fields, checked to come from one of our own pages.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use sha2::{Digest, Sha256};

use super::error::Error;
use super::{State, body, csrf};
use crate::db::idempotency::Attempt;

/// The fields of a form or of a query, in their order.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of a field; empty when it is missing.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Fields whose name begins with `prefix`: the rest of the name, and the value.
    pub fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(field, value)| Some((field.strip_prefix(prefix)?, value.as_str())))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(field, value)| (field.as_str(), value.as_str()))
    }
}

/// A form that came from one of our own pages in this browser.
#[derive(Debug, Clone)]
pub struct Form {
    /// Its fields.
    pub fields: Fields,
    /// Its idempotency key with a hash of what it asks; nothing when it carries none.
    pub attempt: Option<Attempt>,
}

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload);
        Box::pin(async move {
            let state = state(&request)?;
            csrf::check_origin(&request, state)?;
            let content_type = request
                .headers()
                .get(header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default();
            if !content_type.starts_with("application/x-www-form-urlencoded") {
                return Err(Error::BadRequest(
                    "A form is sent as application/x-www-form-urlencoded.".into(),
                ));
            }
            let body = body::read(payload.await.map_err(Error::internal)?).await?;
            let fields = Fields::parse(&body);
            csrf::check(&request, state, fields.text("csrf_token"))?;
            let attempt = attempt(&request, &fields);
            Ok(Self { fields, attempt })
        })
    }
}

/// What makes this request the same as another: its address and all fields but the token, which differs on each page.
fn attempt(request: &HttpRequest, fields: &Fields) -> Option<Attempt> {
    let key = fields.text("idempotency_key");
    if key.is_empty() || key.len() > 255 || key.chars().any(char::is_control) {
        return None;
    }
    let mut hash = Sha256::new();
    hash.update(request.path().as_bytes());
    for (field, value) in fields.iter().filter(|(field, _)| *field != "csrf_token") {
        for part in [field, value] {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    Some(Attempt {
        key: key.to_owned(),
        request_hash: hash.finalize().into(),
    })
}

/// The shared state, which the server always has.
pub(super) fn state(request: &HttpRequest) -> Result<&State, Error> {
    request
        .app_data::<web::Data<State>>()
        .map(|data| &***data)
        .ok_or_else(|| Error::internal("the server was started without its state"))
}
