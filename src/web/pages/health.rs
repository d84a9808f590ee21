//! For monitors: is the process alive, is it ready.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::web::State;

/// `GET /livez`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("alive\n")
}

/// `GET /readyz`: the database answers and has the schema of this version.
pub async fn ready(state: Data<State>) -> HttpResponse {
    match state.db.ready().await {
        Ok(()) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body("ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .body("not ready\n")
        }
    }
}
