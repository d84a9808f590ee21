//! The matrix: every bucket at every location.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::value::RawValue;

use super::current::Current;
use super::{TOTAL, numbers, of_day};
use crate::ledger::{Book, Cell};
use crate::money::Currency;
use crate::reports::distribution::Distribution;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::Bearer;

#[derive(Serialize)]
struct Matrix {
    /// By location, then by bucket; each location with its total.
    distribution: BTreeMap<String, BTreeMap<String, Box<RawValue>>>,
    #[serde(flatten)]
    edges: Current,
}

/// `GET /api/analytics-distribution/`: money in each bucket at each location, with both edges; now or at the end of `?date=`.
///
/// # Errors
/// 400 for a day that is none and for an unknown id, 401 without a good access token.
pub async fn distribution(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
) -> Result<HttpResponse, Error> {
    of_day(
        &request,
        &state,
        caller,
        "/api/analytics-distribution/",
        Matrix::of,
    )
    .await
}

impl Matrix {
    fn of(book: &Book, distribution: &Distribution, currency: Currency) -> Result<Self, Error> {
        Ok(Self {
            distribution: cells(book, distribution, currency)?,
            edges: Current::of(book, distribution, currency)?,
        })
    }
}

/// Every bucket at every location that is in use, also at zero; what is archived only where it held money on that day.
fn cells(
    book: &Book,
    distribution: &Distribution,
    currency: Currency,
) -> Result<BTreeMap<String, BTreeMap<String, Box<RawValue>>>, Error> {
    let mut rows: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for location in &book.locations {
        let total = distribution.at(location.id);
        let holds = book.buckets.iter().any(|bucket| {
            distribution.cell(Cell {
                location: location.id,
                bucket: bucket.id,
            }) != 0
        });
        if location.archived_at.is_some() && !holds {
            continue;
        }
        let row = rows.entry(location.name.clone()).or_default();
        for bucket in &book.buckets {
            let minor = distribution.cell(Cell {
                location: location.id,
                bucket: bucket.id,
            });
            if bucket.archived_at.is_none() || minor != 0 {
                let sum = row.entry(bucket.name.clone()).or_default();
                *sum = sum.saturating_add(minor);
            }
        }
        let sum = row.entry(TOTAL.to_owned()).or_default();
        *sum = sum.saturating_add(total);
    }
    rows.into_iter()
        .map(|(name, row)| Ok((name, numbers(row, currency)?)))
        .collect()
}
