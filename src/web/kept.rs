//! Answers that are made from a household's ledger alone, and kept for as long as it stays as it is.
//!
//! A key says everything that such an answer depends on: the program, the household and the version of its ledger, how this person reads
//! numbers and days, whether they may write, which day it is for them, and the address with its arguments. What is kept can so never be
//! old or somebody else's, and nothing has to be deleted when the ledger changes. The credential is checked first, each time.

use actix_web::http::header::{self, ETag, EntityTag};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::NaiveDate;

use super::error::Error;
use super::{State, conditional};
use crate::cache::Key;
use crate::db::{Caller, Connection};
use crate::households::Member;

/// Differs between any two programs that might answer differently: a hash of the sources, made by `build.rs`.
const BUILD: &str = env!("BUDGET_BUILD");

/// What the same address answers differently for, beside what the tag says.
const VARY: &str = "Accept-Encoding, Authorization, Cookie, X-Household";

/// An answer, perhaps made earlier.
#[derive(Debug)]
pub(in crate::web) struct Kept {
    /// What `make` made.
    pub(in crate::web) body: Bytes,
    /// Says which answer this is. Weak, for the same one also goes out packed by the middleware.
    pub(in crate::web) tag: EntityTag,
    /// Who asked, as they are now.
    pub(in crate::web) member: Member,
}

/// The answer to `what`, the canonical address with its arguments: kept, or else made in a read transaction.
///
/// `make` may use of the member what the key has (household, currency, time zone, formats, whether they may write) and no more: others get
/// to see what it makes.
///
/// # Errors
/// [`Error::SignedOut`] for a credential that is no longer good, whatever is kept; and what `make` says, which is not kept.
pub(in crate::web) async fn kept<F>(
    state: &State,
    caller: Caller,
    what: String,
    make: F,
) -> Result<Kept, Error>
where
    F: FnOnce(&mut Connection, &Member, NaiveDate) -> Result<String, Error> + Send + 'static,
{
    Asked::admit(state, caller, what)
        .await?
        .kept_or_made(state, make)
        .await
}

/// [`kept`] as a whole answer, for programs and downloads: they may keep it too, and ask each time whether it is still the one.
///
/// # Errors
/// As [`kept`].
pub(in crate::web) async fn answer<F>(
    request: &HttpRequest,
    state: &State,
    caller: Caller,
    what: String,
    content_type: &'static str,
    make: F,
) -> Result<HttpResponse, Error>
where
    F: FnOnce(&mut Connection, &Member, NaiveDate) -> Result<String, Error> + Send + 'static,
{
    let asked = Asked::admit(state, caller, what).await?;
    let tag = tag(&asked.key);
    if conditional::names(request, &tag) {
        return Ok(respond(HttpResponse::NotModified(), tag).finish());
    }
    let kept = asked.kept_or_made(state, make).await?;
    if conditional::has_already(request, &kept.tag) {
        return Ok(respond(HttpResponse::NotModified(), kept.tag).finish());
    }
    Ok(respond(HttpResponse::Ok(), kept.tag)
        .content_type(content_type)
        .body(kept.body))
}

fn respond(mut response: HttpResponseBuilder, tag: EntityTag) -> HttpResponseBuilder {
    response
        .insert_header(ETag(tag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, VARY));
    response
}

fn tag(key: &Key) -> EntityTag {
    EntityTag::new_weak(key.to_string())
}

/// A question whose asker was admitted.
struct Asked {
    caller: Caller,
    what: String,
    member: Member,
    key: Key,
}

impl Asked {
    /// Checks the credential, and nothing else: one statement.
    async fn admit(state: &State, caller: Caller, what: String) -> Result<Self, Error> {
        let member = state
            .db
            .read(caller.clone(), |_, member| Ok::<_, Error>(member.clone()))
            .await?;
        let today = state.clock.today(member.time_zone);
        Ok(Self {
            key: key(&member, today, &what),
            caller,
            what,
            member,
        })
    }

    /// Looks outside of any transaction; what has to be made is kept under the version that the transaction which made it saw.
    async fn kept_or_made<F>(self, state: &State, make: F) -> Result<Kept, Error>
    where
        F: FnOnce(&mut Connection, &Member, NaiveDate) -> Result<String, Error> + Send + 'static,
    {
        if let Some(body) = state.cache.get(&self.key).await {
            return Ok(Kept {
                body,
                tag: tag(&self.key),
                member: self.member,
            });
        }
        let Self { caller, what, .. } = self;
        let clock = state.clock.clone();
        let (key, fresh) = state
            .db
            .read(caller, move |conn, member| {
                let today = clock.today(member.time_zone);
                let key = key(member, today, &what);
                // Boxed first: no room for more than its bytes is kept.
                let body = Bytes::from(make(conn, member, today)?.into_bytes().into_boxed_slice());
                let kept = Kept {
                    body,
                    tag: tag(&key),
                    member: member.clone(),
                };
                Ok::<_, Error>((key, kept))
            })
            .await?;
        state.cache.put(&key, fresh.body.clone()).await;
        Ok(fresh)
    }
}

fn key(member: &Member, today: NaiveDate, what: &str) -> Key {
    Key::of(&[
        BUILD,
        &member.household.to_string(),
        &member.ledger_version.to_string(),
        &member.ledger_changed_at.timestamp_micros().to_string(),
        member.currency.code(),
        member.time_zone.name(),
        &today.to_string(),
        member.number_format.as_str(),
        member.date_format.as_str(),
        if member.role.may_write() {
            "writes"
        } else {
            "reads"
        },
        what,
    ])
}
