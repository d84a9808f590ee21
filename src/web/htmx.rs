//! Pages and fragments: the same address answers both.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::error::Error;

/// What the asker wants to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    /// A whole page.
    Page,
    /// The part of it that htmx puts in place.
    Fragment,
}

impl FromRequest for Wants {
    type Error = Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(if is_fragment(request) {
            Self::Fragment
        } else {
            Self::Page
        }))
    }
}

/// Whether htmx asks for a fragment. When it restores history it wants the page.
pub(super) fn is_fragment(request: &HttpRequest) -> bool {
    let says_true = |name| {
        request
            .headers()
            .get(name)
            .is_some_and(|value: &header::HeaderValue| value.as_bytes() == b"true")
    };
    says_true("HX-Request") && !says_true("HX-History-Restore-Request")
}

/// An answer in HTML. Caches between us and the browser must tell page and fragment apart.
pub(super) fn html(body: String) -> HttpResponse {
    html_with(StatusCode::OK, body)
}

/// [`html`] with another status, such as 422 for a form that came back.
pub(super) fn html_with(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::VARY, "HX-Request"))
        .body(body)
}

/// After a form was sent: on to a page, which shows what was done.
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .finish()
}
