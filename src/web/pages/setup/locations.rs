//! Requests about locations: where money is.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query as FromQuery};

use super::list::{Asked, Query, Sent, given};
use super::refusal::Refusal;
use super::{done, location_page, opening, suggestions};
use crate::db::idempotency;
use crate::ids::LocationId;
use crate::ledger::{Book, LedgerError, LocationKind, location};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::pages::frame::Frame;

/// Where the list is.
pub(super) const PATH: &str = "/setup/locations";
const UNKNOWN_KIND: &str = "Choose a kind from the list.";

/// `GET /setup/locations`
///
/// # Errors
/// When the database fails.
pub async fn index(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    query: FromQuery<Query>,
) -> Result<HttpResponse, Error> {
    location_page::show(&state, caller, frame, Asked::by(query.into_inner())).await
}

/// `POST /setup/locations`: one more.
///
/// # Errors
/// When the caller may not write, or the database fails.
pub async fn add(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    form: Form,
) -> Result<HttpResponse, Error> {
    let Form { fields, attempt } = form;
    let sent = fields.clone();
    let written = state
        .db
        .write(caller.caller.clone(), move |conn, member| {
            idempotency::once(conn, member, attempt.as_ref(), |conn| {
                // Programs that know no kinds leave it out.
                let kind = match sent.text("kind") {
                    "" => LocationKind::Other,
                    word => read_kind(word)?,
                };
                let name = sent.text("name");
                let opening = opening::read(&sent, member)?;
                location::add_with_opening(conn, member, name, kind, opening)?;
                Ok::<_, Refusal>(format!("Added {}.", name.trim()))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Add, fields).await
}

/// `POST /setup/locations/suggested`: the first ones of an empty household, all or none.
///
/// # Errors
/// When the caller may not write, or the database fails.
pub async fn suggested(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    form: Form,
) -> Result<HttpResponse, Error> {
    let Form { fields, attempt } = form;
    let sent = fields.clone();
    let written = state
        .db
        .write(caller.caller.clone(), move |conn, member| {
            idempotency::once(conn, member, attempt.as_ref(), |conn| {
                let kind = |suggested: &LocationKind, typed: Option<&str>| match typed {
                    Some(word) => word.parse().map_err(|_| UNKNOWN_KIND.to_owned()),
                    None => Ok(*suggested),
                };
                let wanted = suggestions::read(&sent, &suggestions::LOCATIONS, "kind_", kind)?;
                for one in &wanted {
                    location::add(conn, member, &one.name, one.extra).map_err(|error| one.refused(error))?;
                }
                Ok::<_, Refusal>(suggestions::told(
                    &wanted,
                    "location",
                    "locations",
                    member.number_format,
                ))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Suggested, fields).await
}

/// `POST /setup/locations/{id}`: another name or kind.
///
/// # Errors
/// When there is no such location, the caller may not write, or the database fails.
pub async fn edit(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let id = id.into_inner();
    let Form { fields, attempt } = form;
    let (sent, of) = (fields.clone(), id.clone());
    let written = state
        .db
        .write(caller.caller.clone(), move |conn, member| {
            idempotency::once(conn, member, attempt.as_ref(), |conn| {
                let of = read_id(&of)?;
                let book = Book::load(conn, member.household)?;
                let stored = book.location(of).ok_or(LedgerError::NotFound("location"))?;
                let kind = given(&sent, "kind").map_or(Ok(stored.kind), read_kind)?;
                // A version that cannot be read is no version at all: 0 is nobody's.
                let version = sent.text("version").parse().unwrap_or(0);
                let name = sent.text("name");
                location::edit(conn, member, of, version, name, kind)?;
                Ok::<_, Refusal>(format!("Saved {}.", name.trim()))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Edit(id), fields).await
}

/// `POST /setup/locations/{id}/archive`: out of use, if it holds nothing.
///
/// # Errors
/// When there is no such location, the caller may not write, or the database fails.
pub async fn archive(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let id = id.into_inner();
    let Form { fields, attempt } = form;
    let of = id.clone();
    let written = state
        .db
        .write(caller.caller.clone(), move |conn, member| {
            idempotency::once(conn, member, attempt.as_ref(), |conn| {
                let of = read_id(&of)?;
                location::archive(conn, member, of)?;
                let book = Book::load(conn, member.household)?;
                Ok::<_, Refusal>(format!("Archived {}.", name_in(&book, of)))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Archive(id), fields).await
}

/// `POST /setup/locations/{id}/restore`: back into use.
///
/// # Errors
/// When there is no such location, the caller may not write, or the database fails.
pub async fn restore(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let Form { fields, attempt } = form;
    let written = state
        .db
        .write(caller.caller.clone(), move |conn, member| {
            idempotency::once(conn, member, attempt.as_ref(), |conn| {
                let of = read_id(&id)?;
                let book = Book::load(conn, member.household)?;
                location::restore(conn, member, of)
                    .map_err(|error| Refusal::restoring(name_in(&book, of), error))?;
                Ok::<_, Refusal>(format!("{} is in use again.", name_in(&book, of)))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Restore, fields).await
}

/// On to the list, or the list again with the form that was refused.
async fn answer(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    written: Result<String, Refusal>,
    sent: Sent,
    typed: Fields,
) -> Result<HttpResponse, Error> {
    match written {
        Ok(told) => done(state, PATH, told),
        Err(refusal) => location_page::show(state, caller, frame, Asked::again(sent, typed, refusal)?).await,
    }
}

fn read_id(text: &str) -> Result<LocationId, LedgerError> {
    text.parse().map_err(|_| LedgerError::NotFound("location"))
}

fn read_kind(word: &str) -> Result<LocationKind, LedgerError> {
    word.parse()
        .map_err(|_| LedgerError::invalid("kind", UNKNOWN_KIND))
}

fn name_in(book: &Book, id: LocationId) -> &str {
    book.location(id).map_or("It", |location| location.name.as_str())
}
