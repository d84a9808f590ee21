//! Logging devices out: one of them, or all others.

use actix_session::SessionExt;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

use super::{PATH, name};
use crate::users::device;
use crate::users::event::{self, EventKind};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::account::{done, refuse_demo};
use crate::web::{State, htmx, session};

/// `POST /account/security/devices/{id}`: ending this very browser's session is logging out.
///
/// # Errors
/// [`Error::NotFound`] for a device that is not there or somebody else's; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn end(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    id: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let origin = client.origin();
    let is_own = state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            let known_as = device::mine(conn)?.iter().find(|one| one.id == id).map(name);
            if !device::end(conn, id)? {
                return Err(Error::NotFound);
            }
            let is_own = member.session == Some(id);
            let (kind, detail) = if is_own {
                (EventKind::LoggedOut, String::new())
            } else {
                (EventKind::DeviceEnded, known_as.unwrap_or_default())
            };
            event::note(conn, member.user, kind, &detail, &origin)?;
            Ok::<_, Error>(is_own)
        })
        .await?;
    if is_own {
        session::end(&request.get_session());
        return Ok(htmx::see_other("/"));
    }
    done(&state, PATH, "The device is logged out.")
}

/// `POST /account/security/devices`: logs all others out, programs too.
///
/// # Errors
/// [`Error::Conflict`] in a demo; or when the database fails.
pub async fn end_others(
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    _: Form,
) -> Result<HttpResponse, Error> {
    let origin = client.origin();
    state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            device::end_others(conn, member.session)?;
            let kind = EventKind::OtherDevicesEnded;
            Ok::<_, Error>(event::note(conn, member.user, kind, "", &origin)?)
        })
        .await?;
    done(&state, PATH, "All other devices are logged out.")
}
