//! Requests about buckets: what money is for, and how income is divided.

use actix_web::web::{Data, Path, Query as FromQuery};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::list::{Asked, Query, Sent};
use super::refusal::Refusal;
use super::shares;
use super::sum::SumLine;
use super::{bucket_page, done, suggestions};
use crate::db::idempotency;
use crate::ids::BucketId;
use crate::ledger::{Book, LedgerError, bucket};
use crate::money::Percent;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::htmx::Wants;
use crate::web::pages::frame::Frame;
use crate::web::{State, htmx};

/// Where the list is.
pub(super) const PATH: &str = "/setup/buckets";

/// `GET /setup/buckets`
///
/// # Errors
/// When the database fails.
pub async fn index(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    query: FromQuery<Query>,
) -> Result<HttpResponse, Error> {
    bucket_page::show(&state, caller, frame, Asked::by(query.into_inner())).await
}

/// `GET /setup/buckets/sum`: the running sum of the percentages that are being typed, in the list or among the suggestions.
///
/// # Errors
/// When the database fails.
pub async fn sum(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    if wants == Wants::Page {
        return Ok(htmx::see_other(PATH));
    }
    let fields = Fields::parse(request.query_string().as_bytes());
    let line = state
        .db
        .read(caller.caller, move |conn, member| {
            let format = member.number_format;
            let typed = if fields.starting(shares::SUGGESTED_FIELD).next().is_some() {
                shares::typed_suggestions(&fields, format)
            } else {
                shares::typed(&fields, &Book::load(conn, member.household)?, format)
            };
            Ok::<_, Error>(SumLine::new(&typed, format))
        })
        .await?;
    Ok(htmx::html(line.render()?))
}

/// `POST /setup/buckets`: one more.
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
                let percent = match sent.text("allocation_percentage") {
                    "" => Ok(Percent::ZERO),
                    text => shares::read_percent(text, member.number_format),
                };
                let percent =
                    percent.map_err(|message| Refusal::named(name, "allocation_percentage", message))?;
                bucket::add(conn, member, name, percent)?;
                Ok::<_, Refusal>(format!("Added {}.", name.trim()))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Add, fields).await
}

/// `POST /setup/buckets/suggested`: the first ones of an empty household, all or none.
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
                let format = member.number_format;
                let share = |suggested: &suggestions::Share, typed: Option<&str>| match typed {
                    Some(text) => shares::read_percent(text, format),
                    None => Ok(suggested.percent()),
                };
                let field = shares::SUGGESTED_FIELD;
                let wanted = suggestions::read(&sent, &suggestions::BUCKETS, field, share)?;
                if let Some(over) = shares::over(&shares::typed_suggestions(&sent, format), format) {
                    return Err(Refusal::field(
                        over.field,
                        format!("{} {}.", over.title, over.advice),
                    ));
                }
                for one in &wanted {
                    bucket::add(conn, member, &one.name, one.extra).map_err(|error| one.refused(error))?;
                }
                let added = suggestions::told(&wanted, "bucket", "buckets", format);
                let book = Book::load(conn, member.household)?;
                Ok(format!("{added} {}", shares::told(&book, format)))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Suggested, fields).await
}

/// `POST /setup/buckets/percentages`: the shares of all buckets in use, all or none. `give` names one that gets what is left to 100 %.
///
/// # Errors
/// When there is no such bucket, the caller may not write, or the database fails.
pub async fn percentages(
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
                let format = member.number_format;
                let book = Book::load(conn, member.household)?;
                let mut typed = shares::read(&sent, &book, format, None)?;
                shares::give_rest(&book, &mut typed, sent.text("give"));
                bucket::set_percentages(conn, member, &typed)?;
                let book = Book::load(conn, member.household)?;
                Ok::<_, Refusal>(format!("Shares saved. {}", shares::told(&book, format)))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Percentages, fields).await
}

/// `POST /setup/buckets/{id}`: another name, and the shares that stand in the same form.
///
/// # Errors
/// When there is no such bucket, the caller may not write, or the database fails.
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
                let stored = book.bucket(of).ok_or(LedgerError::NotFound("bucket"))?;
                let name = sent.text("name");
                // A version that cannot be read is no version at all: 0 is nobody's.
                let version: i32 = sent.text("version").parse().unwrap_or(0);
                if version != stored.version && name.trim() != stored.name {
                    return Err(Refusal::Stale);
                }
                let typed = shares::read(&sent, &book, member.number_format, Some(of))
                    .map_err(|refusal| refusal.also_about_name(name))?;
                bucket::rename(conn, member, of, version, name)?;
                bucket::set_percentages(conn, member, &typed)?;
                Ok::<_, Refusal>(format!("Saved {}.", name.trim()))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Edit(id), fields).await
}

/// `POST /setup/buckets/{id}/archive`: out of use, if it holds nothing.
///
/// # Errors
/// When there is no such bucket, the caller may not write, or the database fails.
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
                bucket::archive(conn, member, of)?;
                let book = Book::load(conn, member.household)?;
                Ok::<_, Refusal>(format!("Archived {}.", name_in(&book, of)))
            })
        })
        .await;
    answer(&state, caller, frame, written, Sent::Archive(id), fields).await
}

/// `POST /setup/buckets/{id}/restore`: back into use, without a share.
///
/// # Errors
/// When there is no such bucket, the caller may not write, or the database fails.
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
                let name = name_in(&book, of);
                bucket::restore(conn, member, of).map_err(|error| Refusal::restoring(name, error))?;
                Ok::<_, Refusal>(format!("{name} is in use again, with a share of 0%."))
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
        Err(refusal) => bucket_page::show(state, caller, frame, Asked::again(sent, typed, refusal)?).await,
    }
}

fn read_id(text: &str) -> Result<BucketId, LedgerError> {
    text.parse().map_err(|_| LedgerError::NotFound("bucket"))
}

fn name_in(book: &Book, id: BucketId) -> &str {
    book.bucket(id).map_or("It", |bucket| bucket.name.as_str())
}
