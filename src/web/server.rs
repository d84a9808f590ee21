//! The HTTP server: middleware in its order, limits, and a clean stop.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use secrecy::SecretSlice;
use tracing_actix_web::TracingLogger;

use super::{State, face, headers, log, route, session};

/// How long a browser may take to send the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// How long running requests may go on after the program was told to stop.
const STOP_WITHIN_SECONDS: u64 = 20;

/// A server on `listener`; it runs when awaited, and stops cleanly on SIGTERM and SIGINT.
///
/// # Errors
/// When the listener cannot be used.
pub fn start(
    listener: TcpListener,
    workers: Option<usize>,
    state: State,
    secret_key: SecretSlice<u8>,
) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        // The last one wraps the others: log, headers, faces for failures, session, packing.
        App::new()
            .app_data(web::Data::new(state.clone()))
            .configure(|config| route::register(config, state.demos))
            .wrap(session::middleware(&secret_key, state.https))
            .wrap(from_fn(face::render))
            .wrap(Compress::default())
            .wrap(from_fn(headers::add))
            .wrap(TracingLogger::<log::RequestLine>::new())
    })
    .client_request_timeout(HEAD_WITHIN)
    .shutdown_timeout(STOP_WITHIN_SECONDS);
    let server = match workers {
        Some(workers) => server.workers(workers),
        None => server,
    };
    Ok(server.listen(listener)?.run())
}
