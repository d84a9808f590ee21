//! The three lists: locations, buckets, categories, as plain arrays.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::db::Caller;
use crate::ids::{BucketId, CategoryId, LocationId};
use crate::ledger::{Book, LocationKind, Problem, Sign};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::Bearer;

/// What a list may be asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Part of the name, whatever its case.
    #[serde(default)]
    search: String,
    /// `name` or `-name`; without it, the order of pages.
    #[serde(default)]
    ordering: String,
    /// Of categories: what they count as.
    #[serde(default)]
    sign: String,
}

#[derive(Serialize)]
struct LocationShape {
    id: LocationId,
    name: String,
    kind: LocationKind,
    is_removed: bool,
    version: i32,
}

#[derive(Serialize)]
struct BucketShape {
    id: BucketId,
    name: String,
    allocation_percentage: String,
    allocation_status: &'static str,
    is_removed: bool,
    version: i32,
}

#[derive(Serialize)]
struct CategoryShape {
    id: CategoryId,
    name: String,
    sign: Sign,
    is_removed: bool,
    version: i32,
}

/// `GET /api/locations/`
///
/// # Errors
/// 401 without a good access token.
pub async fn locations(
    state: Data<State>,
    caller: Bearer,
    asked: Query<Asked>,
) -> Result<HttpResponse, Error> {
    let book = book(&state, caller.0).await?;
    let shapes = book
        .active_locations()
        .map(|one| LocationShape {
            id: one.id,
            name: one.name.clone(),
            kind: one.kind,
            is_removed: false,
            version: one.version,
        })
        .collect();
    Ok(HttpResponse::Ok().json(asked.arrange(shapes, |shape| &shape.name)))
}

/// `GET /api/buckets/`
///
/// # Errors
/// 401 without a good access token.
pub async fn buckets(state: Data<State>, caller: Bearer, asked: Query<Asked>) -> Result<HttpResponse, Error> {
    let book = book(&state, caller.0).await?;
    let allocation_status = if book.percent_sum_bp() == 10_000 {
        "COMPLETE"
    } else {
        "INCOMPLETE"
    };
    let shapes = book
        .active_buckets()
        .map(|one| BucketShape {
            id: one.id,
            name: one.name.clone(),
            allocation_percentage: one.percent.to_string(),
            allocation_status,
            is_removed: false,
            version: one.version,
        })
        .collect();
    Ok(HttpResponse::Ok().json(asked.arrange(shapes, |shape| &shape.name)))
}

/// `GET /api/categories/`
///
/// # Errors
/// 400 for an unknown sign, 401 without a good access token.
pub async fn categories(
    state: Data<State>,
    caller: Bearer,
    asked: Query<Asked>,
) -> Result<HttpResponse, Error> {
    let sign = if asked.sign.is_empty() {
        None
    } else {
        let unknown = |_| {
            Error::Invalid(vec![Problem {
                field: "sign",
                message: "Choose POSITIVE, NEGATIVE or NEUTRAL.".into(),
            }])
        };
        Some(asked.sign.parse::<Sign>().map_err(unknown)?)
    };
    let book = book(&state, caller.0).await?;
    let shapes = book
        .categories
        .iter()
        .filter(|one| one.archived_at.is_none() && sign.is_none_or(|sign| one.sign == sign))
        .map(|one| CategoryShape {
            id: one.id,
            name: one.name.clone(),
            sign: one.sign,
            is_removed: false,
            version: one.version,
        })
        .collect();
    Ok(HttpResponse::Ok().json(asked.arrange(shapes, |shape| &shape.name)))
}

async fn book(state: &State, caller: Caller) -> Result<Book, Error> {
    state
        .db
        .read(caller, |conn, member| {
            Ok::<_, Error>(Book::load(conn, member.household)?)
        })
        .await
}

impl Asked {
    /// Searches and orders. An ordering that is unknown is left out, as the old API did.
    fn arrange<T>(&self, mut shapes: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
        let needle = self.search.to_lowercase();
        shapes.retain(|shape| name(shape).to_lowercase().contains(&needle));
        match self.ordering.as_str() {
            "name" => shapes.sort_by_key(|shape| name(shape).to_lowercase()),
            "-name" => shapes.sort_by_key(|shape| std::cmp::Reverse(name(shape).to_lowercase())),
            _ => {}
        }
        shapes
    }
}
