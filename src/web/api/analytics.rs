//! Analytics: sums as JSON numbers with exact decimals, never through a float.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ledger::{Book, Problem};
use crate::money::{Currency, plain};
use crate::period;
use crate::reports::distribution::Distribution;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::Bearer;
use crate::web::kept;

/// What `/api/analytics-current/` may be asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// A past day; without it, now.
    date: Option<String>,
}

#[derive(Serialize)]
struct Current {
    locations: BTreeMap<String, Box<RawValue>>,
    buckets: BTreeMap<String, Box<RawValue>>,
    balance: Box<RawValue>,
}

/// `GET /api/analytics-current/`: money by location and by bucket, now or at the end of `?date=`.
///
/// # Errors
/// 400 for a day that is none, 401 without a good access token.
pub async fn current(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
    asked: Query<Asked>,
) -> Result<HttpResponse, Error> {
    let day = match asked.date.as_deref().filter(|date| !date.is_empty()) {
        None => None,
        Some(date) => {
            let unreadable = |error: period::DayError| {
                Error::Invalid(vec![Problem {
                    field: "date",
                    message: error.to_string(),
                }])
            };
            Some(period::parse_day(date).map_err(unreadable)?)
        }
    };
    let what = match day {
        None => "/api/analytics-current/".to_owned(),
        Some(day) => format!("/api/analytics-current/?date={day}"),
    };
    let caller = caller.0;
    kept::answer(
        &request,
        &state,
        caller,
        what,
        "application/json",
        move |conn, member, _| {
            let book = Book::load(conn, member.household)?;
            let distribution = match day {
                None => Distribution::now(conn, member.household)?,
                Some(day) => Distribution::at_end_of(conn, member.household, day)?,
            };
            let current = Current::of(&book, &distribution, member.currency)?;
            serde_json::to_string(&current).map_err(Error::internal)
        },
    )
    .await
}

impl Current {
    /// Everything in use, also at zero; what is archived only where it held money on that day.
    fn of(book: &Book, distribution: &Distribution, currency: Currency) -> Result<Self, Error> {
        let mut locations: BTreeMap<String, i64> = BTreeMap::new();
        for location in &book.locations {
            let minor = distribution.at(location.id);
            if location.archived_at.is_none() || minor != 0 {
                *locations.entry(location.name.clone()).or_default() += minor; // an archived one may share its name
            }
        }
        let mut buckets: BTreeMap<String, i64> = BTreeMap::new();
        for bucket in &book.buckets {
            let minor = distribution.of(bucket.id);
            if bucket.archived_at.is_none() || minor != 0 {
                *buckets.entry(bucket.name.clone()).or_default() += minor;
            }
        }
        let total = distribution.total();
        locations.insert("_total".into(), total);
        buckets.insert("_total".into(), total);
        Ok(Self {
            locations: numbers(locations, currency)?,
            buckets: numbers(buckets, currency)?,
            balance: number(total, currency)?,
        })
    }
}

/// A JSON number with the currency's decimals.
fn number(minor: i64, currency: Currency) -> Result<Box<RawValue>, Error> {
    RawValue::from_string(plain(minor, currency)).map_err(Error::internal)
}

fn numbers(
    sums: BTreeMap<String, i64>,
    currency: Currency,
) -> Result<BTreeMap<String, Box<RawValue>>, Error> {
    sums.into_iter()
        .map(|(name, minor)| Ok((name, number(minor, currency)?)))
        .collect()
}
