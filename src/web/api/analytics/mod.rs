//! Analytics: sums as JSON numbers with exact decimals, never through a float.
//!
//! `current` and `distribution` say where money lies, `periods` what came in and went out. All take a filter, as the reports do, by the ids of
//! `category`, `location` and `bucket`, each as often as wanted.

mod current;
mod distribution;
mod periods;

pub(in crate::web) use current::current;
pub(in crate::web) use distribution::distribution;
pub(in crate::web) use periods::{historical, monthly, monthly_now, yearly, yearly_now};

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::db::Connection;
use crate::households::Member;
use crate::ledger::{Book, Problem};
use crate::money::{Currency, plain};
use crate::period;
use crate::reports::distribution::Distribution;
use crate::reports::scope::Scope;
use crate::web::asked::Asked;
use crate::web::error::Error;
use crate::web::extract::Bearer;
use crate::web::form::Fields;
use crate::web::{State, kept};

/// The name of a sum among those that it adds up.
const TOTAL: &str = "_total";

/// Members of an object, in their own order.
struct Ordered<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A JSON number with the currency's decimals.
fn number(minor: i64, currency: Currency) -> Result<Box<RawValue>, Error> {
    RawValue::from_string(plain(minor, currency)).map_err(Error::internal)
}

/// Names and their numbers.
fn numbers(
    sums: BTreeMap<String, i64>,
    currency: Currency,
) -> Result<BTreeMap<String, Box<RawValue>>, Error> {
    sums.into_iter()
        .map(|(name, minor)| Ok((name, number(minor, currency)?)))
        .collect()
}

/// Answers with what `make` makes of the household's names and the part of the ledger that the filter means.
async fn answer<S, F>(
    request: &HttpRequest,
    state: &State,
    caller: Bearer,
    (asked, what): (Asked, String),
    make: F,
) -> Result<HttpResponse, Error>
where
    S: Serialize,
    F: FnOnce(&mut Connection, &Around<'_>) -> Result<S, Error> + Send + 'static,
{
    kept::answer(
        request,
        state,
        caller.0,
        what,
        "application/json",
        move |conn, member, today| {
            let book = Book::load(conn, member.household)?;
            let around = Around {
                member,
                today,
                scope: scope(&asked, &book)?,
                book: &book,
            };
            serde_json::to_string(&make(conn, &around)?).map_err(Error::internal)
        },
    )
    .await
}

/// What every answer is made from.
struct Around<'a> {
    member: &'a Member,
    today: NaiveDate,
    book: &'a Book,
    scope: Scope,
}

/// Answers with a shape of where money lies: now, or at the end of `?date=`.
async fn of_day<S: Serialize + 'static>(
    request: &HttpRequest,
    state: &State,
    caller: Bearer,
    path: &str,
    shape: fn(&Book, &Distribution, Currency) -> Result<S, Error>,
) -> Result<HttpResponse, Error> {
    let fields = Fields::parse(request.query_string().as_bytes());
    let day = day(&fields)?;
    let asked = Asked::read(&fields).of_places();
    let what = asked.href_at(path, day);
    answer(request, state, caller, (asked, what), move |conn, around| {
        let household = around.member.household;
        let money = match day {
            None => Distribution::now(conn, household)?,
            Some(day) => Distribution::at_end_of(conn, household, day)?,
        };
        shape(around.book, &money.within(&around.scope), around.member.currency)
    })
    .await
}

/// The day that `?date=` names; nothing for now.
fn day(fields: &Fields) -> Result<Option<NaiveDate>, Error> {
    match fields.text("date") {
        "" => Ok(None),
        text => period::parse_day(text)
            .map(Some)
            .map_err(|error| invalid("date", error.to_string())),
    }
}

/// The scope that a filter means.
fn scope(asked: &Asked, book: &Book) -> Result<Scope, Error> {
    let (scope, unknown) = asked.scope(book);
    if unknown.is_empty() {
        return Ok(scope);
    }
    let problems = unknown.into_iter().map(|field| Problem {
        field,
        message: format!("There is no {field} with this id."),
    });
    Err(Error::Invalid(problems.collect()))
}

fn invalid(field: &'static str, message: String) -> Error {
    Error::Invalid(vec![Problem { field, message }])
}
