//! The two faces of an [`Error`]: a page for people, `application/problem+json` for programs.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use serde_json::{Value, json};
use tracing_actix_web::RequestId;
use url::form_urlencoded::Serializer;
use url::{Position, Url};

use super::api::Refusal;
use super::error::Error;
use super::htmx;

/// Seconds after which a busy server may be asked again.
const RETRY_AFTER_SECONDS: &str = "2";

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
    let retry_after = match error {
        Error::Busy(_) => Some(HeaderValue::from_static(RETRY_AFTER_SECONDS)),
        Error::TooMany { retry_after_seconds } => Some(HeaderValue::from(*retry_after_seconds)),
        _ => None,
    };
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    answer
}

/// For a form about something that is not there: most often somebody was quicker.
const GONE: (&str, &str) = (
    "This is not there any more",
    "It was deleted or merged since you opened the page, perhaps by somebody else in your household. Nothing was changed now.",
);

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
    let was_sent = matches!(error, Error::NotFound) && request.method() == Method::POST;
    let (title, text) = if was_sent {
        (GONE.0, GONE.1.into())
    } else {
        error.words()
    };
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    let fault = error.status().is_server_error();
    let page = Page {
        status: status.as_u16(),
        title,
        text: &text,
        action_href: if was_sent { "/activity" } else { "/" },
        action_label: if was_sent {
            "See what happened"
        } else {
            "Go to the start page"
        },
        request_id: if fault { &request_id } else { "" },
    };
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(_) => HttpResponse::build(status)
            .content_type("text/plain; charset=utf-8")
            .body(text.into_owned()),
    }
}

fn to_log_in(request: &HttpRequest) -> HttpResponse {
    // A fragment's own address is no place to come back to; the page that it was for is.
    let page = request
        .headers()
        .get(if htmx::is_fragment(request) {
            "HX-Current-URL"
        } else {
            "Referer"
        })
        .and_then(|value| Url::parse(value.to_str().ok()?).ok())
        .map(|url| url[Position::BeforePath..Position::AfterQuery].to_owned());
    let back = match page {
        Some(page) if htmx::is_fragment(request) || !request.method().is_safe() => page,
        _ if request.method().is_safe() => request.uri().to_string(),
        _ => "/money".to_owned(),
    };
    let mut query = Serializer::new(String::new());
    query.append_pair("next", &back);
    if !request.method().is_safe() && request.path() != "/logout" {
        query.append_pair("lost", "1");
    }
    let location = format!("/login?{}", query.finish());
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
    if let (Error::Program(Refusal::UnknownFields(names)), Value::Object(members)) = (error, &mut body) {
        for name in names {
            members
                .entry(name.as_str())
                .or_insert_with(|| json!(["This field is not known."]));
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
