//! Requests about categories: why money moved.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query as FromQuery};

use super::list::{Asked, Query, Sent, given};
use super::refusal::Refusal;
use super::{category_page, done, suggestions};
use crate::db::idempotency;
use crate::ids::CategoryId;
use crate::ledger::{Book, LedgerError, Sign, category};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::pages::frame::Frame;

/// Where the list is.
pub(super) const PATH: &str = "/setup/categories";
const UNKNOWN_SIGN: &str = "Choose what it counts as: income, expense or neither.";

/// `GET /setup/categories`
///
/// # Errors
/// When the database fails.
pub async fn index(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    query: FromQuery<Query>,
) -> Result<HttpResponse, Error> {
    category_page::show(&state, caller, frame, Asked::by(query.into_inner())).await
}

/// `POST /setup/categories`: one more.
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
                let name = sent.text("name");
                let sign = read_sign(sent.text("sign"))
                    .map_err(|refused| Refusal::from(refused).also_about_name(name))?;
                category::add(conn, member, name, sign)?;
                Ok::<_, Refusal>(format!("Added {}.", name.trim()))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Add, fields).await
}

/// `POST /setup/categories/suggested`: the first ones of an empty household, all or none.
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
                let sign = |suggested: &Sign, _: Option<&str>| Ok(*suggested);
                let wanted = suggestions::read(&sent, &suggestions::CATEGORIES, "sign_", sign)?;
                for one in &wanted {
                    category::add(conn, member, &one.name, one.extra).map_err(|error| one.refused(error))?;
                }
                Ok::<_, Refusal>(suggestions::told(
                    &wanted,
                    "category",
                    "categories",
                    member.number_format,
                ))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Suggested, fields).await
}

/// `POST /setup/categories/{id}`: another name, or while it is unused another sign.
///
/// # Errors
/// When there is no such category, the caller may not write, or the database fails.
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
                let stored = book.category(of).ok_or(LedgerError::NotFound("category"))?;
                let sign = given(&sent, "sign").map_or(Ok(stored.sign), read_sign)?;
                // A version that cannot be read is no version at all: 0 is nobody's.
                let version = sent.text("version").parse().unwrap_or(0);
                let name = sent.text("name");
                category::edit(conn, member, of, version, name, sign)?;
                Ok::<_, Refusal>(format!("Saved {}.", name.trim()))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Edit(id), fields).await
}

/// `POST /setup/categories/{id}/archive`: out of use.
///
/// # Errors
/// When there is no such category, the caller may not write, or the database fails.
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
                category::archive(conn, member, of)?;
                let book = Book::load(conn, member.household)?;
                Ok::<_, Refusal>(format!("Archived {}.", name_in(&book, of)))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Archive(id), fields).await
}

/// `POST /setup/categories/{id}/restore`: back into use.
///
/// # Errors
/// When there is no such category, the caller may not write, or the database fails.
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
                category::restore(conn, member, of)
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
        Err(refusal) => category_page::show(state, caller, frame, Asked::again(sent, typed, refusal)?).await,
    }
}

fn read_id(text: &str) -> Result<CategoryId, LedgerError> {
    text.parse().map_err(|_| LedgerError::NotFound("category"))
}

fn read_sign(word: &str) -> Result<Sign, LedgerError> {
    word.parse()
        .map_err(|_| LedgerError::invalid("sign", UNKNOWN_SIGN))
}

fn name_in(book: &Book, id: CategoryId) -> &str {
    book.category(id).map_or("It", |category| category.name.as_str())
}
