//! One log line a request: method, route, status and time, under a request id. The address itself stays out of it, for searches and
//! prefilled forms carry what people write and what they own.

use std::time::Instant;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

/// Makes the span of a request, and its line at the end.
pub(super) struct RequestLine;

/// When the request came.
struct Came(Instant);

impl RootSpanBuilder for RequestLine {
    fn on_request_start(request: &ServiceRequest) -> Span {
        request.extensions_mut().insert(Came(Instant::now()));
        let id = request
            .extensions()
            .get::<RequestId>()
            .map(ToString::to_string)
            .unwrap_or_default();
        let route = request.match_pattern().unwrap_or_else(|| "unknown".into());
        tracing::info_span!("request", id, method = %request.method(), route)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        let _entered = span.enter();
        match outcome {
            Ok(response) => {
                let came = response
                    .request()
                    .extensions()
                    .get::<Came>()
                    .map(|came| came.0.elapsed().as_micros());
                tracing::info!(
                    status = response.status().as_u16(),
                    microseconds = came,
                    "answered"
                );
            }
            Err(error) => tracing::error!(%error, "not answered"),
        }
    }
}
