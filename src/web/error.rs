//! One error, two faces: a page for people, `application/problem+json` for programs. The cause is logged once, here, and never shown.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use serde_json::{Value, json};
use tracing_actix_web::RequestId;
use url::{Position, Url};

use super::htmx;
use crate::auth::password::PasswordError;
use crate::db::idempotency::KeyReused;
use crate::db::{DbError, QueryError};
use crate::ledger::{LedgerError, Problems};

/// Seconds after which a busy server may be asked again.
const RETRY_AFTER_SECONDS: &str = "2";

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
    /// The body is too large.
    #[error("the body is too large")]
    TooLarge,
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
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

    fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::ForeignForm | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::BadRequest(_) | Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A title and a sentence that says what to do.
    fn words(&self) -> (&'static str, &str) {
        match self {
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
            Self::NotFound => (
                "This page does not exist",
                "It may have been deleted, or the address is not quite right.",
            ),
            Self::MethodNotAllowed => (
                "This cannot be done here",
                "The address is right, but not for this kind of request.",
            ),
            Self::Conflict(sentence) => ("Nothing was changed", sentence),
            Self::BadRequest(sentence) => ("This could not be read", sentence),
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
        }
    }

    /// [`Error::words`] for programs, which know no pages and no forms.
    fn words_for_programs(&self) -> (&'static str, &str) {
        match self {
            Self::SignedOut => (
                "Unauthorized",
                "Send a valid access token, as in Authorization: Bearer TOKEN.",
            ),
            Self::Forbidden => ("Forbidden", "Your role in this household does not allow changes."),
            Self::NotFound => ("Not found", "There is no such resource, or it is not yours."),
            Self::MethodNotAllowed => ("Method not allowed", "The resource does not take this method."),
            Self::BadRequest(sentence) => ("Bad request", sentence),
            Self::Invalid(_) => (
                "Bad request",
                "Some fields are not right; each is a member with its messages.",
            ),
            Self::KeyReused => (
                "Idempotency key reused",
                "This key came with another request before.",
            ),
            _ => self.words(),
        }
    }

    /// Logs the cause of a fault, once.
    fn log(&self) {
        match self {
            Self::Internal(cause) => tracing::error!(cause, "a request failed"),
            Self::Busy(cause) => tracing::warn!(cause, "the database is busy or away"),
            _ => {}
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::SignedOut => Self::SignedOut,
            DbError::ReadOnly => Self::Forbidden,
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

    /// Bare: [`render`] fills it in, for it knows who asked.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status())
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct Page<'a> {
    status: u16,
    title: &'a str,
    text: &'a str,
    action_href: &'a str,
    action_label: &'a str,
    request_id: &'a str,
}

/// Middleware: gives every failure its face. Also those that actix itself answers, such as an unknown path.
pub(super) async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(response);
    }
    let (request, inner) = response.into_parts();
    let own = inner.error().and_then(actix_web::Error::as_error::<Error>);
    let made_here = own.is_some() || inner.error().is_some() || is_empty(&inner);
    if !made_here {
        return Ok(ServiceResponse::new(request, inner)); // a form that came back with its messages
    }
    let fallback = match status {
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Error::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        StatusCode::REQUEST_TIMEOUT => Error::TooSlow,
        status if status.is_client_error() => {
            Error::BadRequest("The request is not one that this address understands.".into())
        }
        _ => Error::internal(
            inner
                .error()
                .map_or_else(|| status.to_string(), ToString::to_string),
        ),
    };
    let error = own.unwrap_or(&fallback);
    error.log();
    let mut answer = face(error, &request);
    if let Some(allow) = inner.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    Ok(ServiceResponse::new(request, answer))
}

fn is_empty(response: &HttpResponse) -> bool {
    matches!(
        response.body().size(),
        actix_web::body::BodySize::None | actix_web::body::BodySize::Sized(0)
    )
}

fn face(error: &Error, request: &HttpRequest) -> HttpResponse {
    let mut answer = if request.path().starts_with("/api/") {
        problem(error)
    } else {
        page(error, request)
    };
    if matches!(error, Error::Busy(_)) {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    }
    answer
}

/// Who is signed out goes to log in and comes back; everybody else sees what happened and what to do.
fn page(error: &Error, request: &HttpRequest) -> HttpResponse {
    if matches!(error, Error::SignedOut) {
        return to_log_in(request);
    }
    // htmx puts a 422 in the place of the form, which is right for the form itself, but not for this page.
    let status = match error {
        Error::KeyReused if htmx::is_fragment(request) => StatusCode::CONFLICT,
        _ => error.status(),
    };
    let (title, text) = error.words();
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    let fault = error.status().is_server_error();
    let page = Page {
        status: status.as_u16(),
        title,
        text,
        action_href: "/",
        action_label: "Go to the start page",
        request_id: if fault { &request_id } else { "" },
    };
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(_) => HttpResponse::build(status)
            .content_type("text/plain; charset=utf-8")
            .body(text.to_owned()),
    }
}

fn to_log_in(request: &HttpRequest) -> HttpResponse {
    // A fragment's own address is no place to come back to; the page that it was for is.
    let page = request
        .headers()
        .get("HX-Current-URL")
        .and_then(|value| Url::parse(value.to_str().ok()?).ok())
        .map(|url| url[Position::BeforePath..Position::AfterQuery].to_owned());
    let back = match page {
        Some(page) if htmx::is_fragment(request) => page,
        _ if request.method().is_safe() => request.uri().to_string(),
        _ => "/money".to_owned(),
    };
    let location = format!(
        "/login?{}",
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", &back)
            .finish()
    );
    if htmx::is_fragment(request) {
        return HttpResponse::Unauthorized()
            .insert_header((HeaderName::from_static("hx-redirect"), location))
            .finish();
    }
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .finish()
}

/// RFC 9457: the fields that are wrong are members of their own, each with its messages.
fn problem(error: &Error) -> HttpResponse {
    let (title, detail) = error.words_for_programs();
    let status = error.status();
    let mut body =
        json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    if let (Error::Invalid(problems), Value::Object(members)) = (error, &mut body) {
        for problem in problems {
            let messages = members.entry(problem.field).or_insert_with(|| json!([]));
            if let Value::Array(messages) = messages {
                messages.push(json!(problem.message));
            }
        }
    }
    let mut answer = HttpResponse::build(status);
    if error.status() == StatusCode::UNAUTHORIZED {
        answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    answer
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .body(body.to_string())
}
