//! Money by location and by bucket.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{TOTAL, number, numbers, of_day};
use crate::ledger::Book;
use crate::money::Currency;
use crate::reports::distribution::Distribution;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::Bearer;

#[derive(Serialize)]
pub(super) struct Current {
    locations: BTreeMap<String, Box<RawValue>>,
    buckets: BTreeMap<String, Box<RawValue>>,
    balance: Box<RawValue>,
}

/// `GET /api/analytics-current/`: money by location and by bucket, now or at the end of `?date=`.
///
/// # Errors
/// 400 for a day that is none and for an unknown id, 401 without a good access token.
pub async fn current(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
) -> Result<HttpResponse, Error> {
    of_day(&request, &state, caller, "/api/analytics-current/", Current::of).await
}

impl Current {
    /// Everything in use, also at zero; what is archived only where it held money on that day.
    pub(super) fn of(book: &Book, distribution: &Distribution, currency: Currency) -> Result<Self, Error> {
        let mut locations: BTreeMap<String, i64> = BTreeMap::new();
        for location in &book.locations {
            let minor = distribution.at(location.id);
            if location.archived_at.is_none() || minor != 0 {
                let sum = locations.entry(location.name.clone()).or_default();
                *sum = sum.saturating_add(minor); // an archived one may share its name
            }
        }
        let mut buckets: BTreeMap<String, i64> = BTreeMap::new();
        for bucket in &book.buckets {
            let minor = distribution.of(bucket.id);
            if bucket.archived_at.is_none() || minor != 0 {
                let sum = buckets.entry(bucket.name.clone()).or_default();
                *sum = sum.saturating_add(minor);
            }
        }
        let total = distribution.total();
        locations.insert(TOTAL.into(), total);
        buckets.insert(TOTAL.into(), total);
        Ok(Self {
            locations: numbers(locations, currency)?,
            buckets: numbers(buckets, currency)?,
            balance: number(total, currency)?,
        })
    }
}
