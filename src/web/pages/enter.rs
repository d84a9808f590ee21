//! Coming in: a browser gets a session of its own, whether its person logged in, signed up, or was let in by a link.

use actix_session::SessionExt;
use actix_web::{HttpRequest, HttpResponse};

use crate::auth::secret;
use crate::ids::{HouseholdId, UserId};
use crate::users::event::{self, EventKind};
use crate::users::{commands, queries};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::{State, device, htmx, session};

/// Who comes in, who proved who they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entering {
    /// The person.
    pub(super) user: UserId,
    /// The household that the browser shows first.
    pub(super) household: HouseholdId,
    /// What their page about security says of it.
    pub(super) event: EventKind,
    /// The epoch under which they proved it; nothing for an account that was just made.
    pub(super) epoch: Option<i32>,
}

/// Gives this browser a session of its own, and leads on; an earlier session ends.
///
/// # Errors
/// [`Error::WrongCredentials`] where the person was blocked, or their password changed, while it was checked; or when the database fails.
pub(super) async fn enter(
    request: &HttpRequest,
    state: &State,
    client: &Client,
    who: Entering,
    location: &str,
) -> Result<HttpResponse, Error> {
    let earlier = session::secret(&request.get_session()).map(|earlier| secret::hash(&earlier));
    let secret = secret::new_secret().map_err(Error::internal)?;
    let hash = secret::hash(&secret);
    let origin = client.origin();
    state
        .db
        .public(move |conn| {
            if let Some(earlier) = earlier {
                commands::end_session(conn, earlier)?;
            }
            commands::start_session(conn, who.user, who.household, hash, &origin)?;
            // The session holds a lock on the person by now: whoever changes their password later finds it, and ends it.
            if let Some(epoch) = who.epoch {
                let now = queries::credentials_of(conn, who.user)?;
                if now.is_none_or(|now| now.token_epoch != epoch) {
                    return Err(Error::WrongCredentials);
                }
            }
            Ok::<_, Error>(event::note(conn, who.user, who.event, "", &origin)?)
        })
        .await?;
    session::begin(&request.get_session(), &secret)?;
    let mut response = htmx::see_other(location);
    device::put(state, &mut response, who.user)?;
    Ok(response)
}
