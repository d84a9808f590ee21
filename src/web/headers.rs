//! Headers of every answer: what the browser may load, and that nobody keeps a page with money on it.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};

use super::State;

/// Everything from our own origin, nothing inline, no frames.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                                       form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Middleware: adds what the handler did not set itself.
pub(super) async fn add<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let https = request
        .app_data::<web::Data<State>>()
        .is_some_and(|state| state.https);
    let mut response = next.call(request).await?;
    let referrer_policy = if has_secret_address(response.request()) {
        "strict-origin"
    } else {
        "same-origin"
    };
    let headers = response.headers_mut();
    default(headers, header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, header::REFERRER_POLICY, referrer_policy);
    default(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    default(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    default(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    );
    default(headers, header::CACHE_CONTROL, "no-store");
    if https {
        default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    Ok(response)
}

/// Whether the address itself lets somebody in, such as a link that was mailed, or leads on with one: it is told to nobody, a proxy's log of
/// the next page included. Without any referrer browsers would hide the origin of the page's forms, too.
fn has_secret_address(request: &HttpRequest) -> bool {
    let is_link = |pattern: String| pattern.contains("{token}");
    let query = request.query_string();
    request.match_pattern().is_some_and(is_link)
        || query.contains("invitation=")
        || query.contains("invitations%2F")
        || query.contains("invitations/")
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
