//! The body of a request: bounded in size and time.

use std::time::Duration;

use actix_web::web::{Bytes, Payload};

use super::error::Error;

/// The most bytes.
const BYTES_MAX: usize = 1024 * 1024;
/// How long it may take to arrive.
const ARRIVES_WITHIN: Duration = Duration::from_secs(15);

/// Reads all of it.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::TooSlow`], or [`Error::BadRequest`] when it breaks off.
pub(super) async fn read(payload: Payload) -> Result<Bytes, Error> {
    let arriving = tokio::time::timeout(ARRIVES_WITHIN, payload.to_bytes_limited(BYTES_MAX));
    arriving
        .await
        .map_err(|_| Error::TooSlow)?
        .map_err(|_| Error::TooLarge)?
        .map_err(|_| Error::BadRequest("The request broke off on its way.".into()))
}
