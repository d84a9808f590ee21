//! What came in and went out: in a month, in a year by months, and in all years.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Around, Ordered, TOTAL, answer, invalid, number, numbers};
use crate::ledger::Sign;
use crate::period::{Month, Year};
use crate::reports::flows::Flows;
use crate::reports::historical::Historical;
use crate::reports::monthly::Monthly;
use crate::reports::unusual::magnitude;
use crate::reports::yearly::Yearly;
use crate::web::State;
use crate::web::asked::Asked;
use crate::web::error::Error;
use crate::web::extract::Bearer;
use crate::web::form::Fields;

/// Months of a year.
const MONTHS: usize = 12;

/// One period.
#[derive(Serialize)]
struct Sums {
    positive_categories: BTreeMap<String, Box<RawValue>>,
    negative_categories: BTreeMap<String, Box<RawValue>>,
    neutral_categories: BTreeMap<String, Box<RawValue>>,
    balance: BTreeMap<&'static str, Box<RawValue>>,
}

#[derive(Serialize)]
struct OfMonth {
    #[serde(flatten)]
    sums: Sums,
    period: Period,
}

#[derive(Serialize)]
struct Period {
    year: i32,
    month: u32,
}

#[derive(Serialize)]
struct OfYear {
    monthly: Ordered<Sums>,
    summary: Sums,
    period: i32,
}

#[derive(Serialize)]
struct OfAll {
    yearly: Ordered<Sums>,
    summary: Sums,
}

/// `GET /api/analytics-monthly/`: the month of today.
///
/// # Errors
/// As [`monthly`].
pub async fn monthly_now(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
) -> Result<HttpResponse, Error> {
    of_month(&request, &state, caller, None).await
}

/// `GET /api/analytics-monthly/{month}/`, with or without the zero before a month of one digit.
///
/// # Errors
/// 400 for what is no month and for an unknown id, 401 without a good access token.
pub async fn monthly(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
    named: Path<String>,
) -> Result<HttpResponse, Error> {
    let month = Month::parse(&named).map_err(|error| invalid("month", error.to_string()))?;
    of_month(&request, &state, caller, Some(month)).await
}

async fn of_month(
    request: &HttpRequest,
    state: &State,
    caller: Bearer,
    month: Option<Month>,
) -> Result<HttpResponse, Error> {
    let path = match month {
        Some(month) => format!("/api/analytics-monthly/{month}/"),
        None => "/api/analytics-monthly/".to_owned(),
    };
    answer(
        request,
        state,
        caller,
        asked(request, &path),
        move |conn, around| {
            let Around {
                member,
                today,
                book,
                scope,
            } = around;
            let month = month
                .map_or_else(|| Month::of(*today), Ok)
                .map_err(Error::internal)?;
            let report = Monthly::load(conn, member.household, book, scope, month, *today)?;
            Ok(OfMonth {
                sums: Sums::of(around, &report.flows, Monthly::NOW)?,
                period: Period {
                    year: month.year(),
                    month: month.month(),
                },
            })
        },
    )
    .await
}

/// `GET /api/analytics-yearly/`: the year of today.
///
/// # Errors
/// As [`yearly`].
pub async fn yearly_now(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
) -> Result<HttpResponse, Error> {
    of_year(&request, &state, caller, None).await
}

/// `GET /api/analytics-yearly/{year}/`: its months, and all of it.
///
/// # Errors
/// 400 for what is no year and for an unknown id, 401 without a good access token.
pub async fn yearly(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
    named: Path<String>,
) -> Result<HttpResponse, Error> {
    let year = Year::parse(&named).map_err(|error| invalid("year", error.to_string()))?;
    of_year(&request, &state, caller, Some(year)).await
}

async fn of_year(
    request: &HttpRequest,
    state: &State,
    caller: Bearer,
    year: Option<Year>,
) -> Result<HttpResponse, Error> {
    let path = match year {
        Some(year) => format!("/api/analytics-yearly/{year}/"),
        None => "/api/analytics-yearly/".to_owned(),
    };
    answer(
        request,
        state,
        caller,
        asked(request, &path),
        move |conn, around| {
            let Around {
                member,
                today,
                book,
                scope,
            } = around;
            let year = year
                .map_or_else(|| Year::of(*today), Ok)
                .map_err(Error::internal)?;
            let report = Yearly::load(conn, member.household, book, scope, year, *today)?;
            let months = (0..MONTHS).map(|month| {
                let sums = Sums::of(around, &report.flows, month)?;
                Ok::<_, Error>(((month + 1).to_string(), sums))
            });
            Ok(OfYear {
                monthly: Ordered(months.collect::<Result<_, _>>()?),
                summary: Sums::of(around, &report.whole, Yearly::WHOLE)?,
                period: year.number(),
            })
        },
    )
    .await
}

/// `GET /api/analytics-historical/`: every year in which something was recorded, and all of them.
///
/// # Errors
/// 400 for an unknown id, 401 without a good access token.
pub async fn historical(
    request: HttpRequest,
    state: Data<State>,
    caller: Bearer,
) -> Result<HttpResponse, Error> {
    let asked = asked(&request, "/api/analytics-historical/");
    answer(&request, &state, caller, asked, move |conn, around| {
        let Around {
            member,
            today,
            book,
            scope,
        } = around;
        let report = Historical::load(conn, member.household, book, scope, *today)?;
        let years = report.years.iter().enumerate().map(|(place, year)| {
            let sums = Sums::of(around, &report.flows, place)?;
            Ok::<_, Error>((year.to_string(), sums))
        });
        let all = report
            .flows
            .gather(std::slice::from_ref(&(0..report.years.len())));
        Ok(OfAll {
            yearly: Ordered(years.collect::<Result<_, _>>()?),
            summary: Sums::of(around, &all, 0)?,
        })
    })
    .await
}

/// The filter, and the address that stands for it at this path.
fn asked(request: &HttpRequest, path: &str) -> (Asked, String) {
    let asked = Asked::read(&Fields::parse(request.query_string().as_bytes())).with_cents(false);
    let what = asked.href(path);
    (asked, what)
}

impl Sums {
    /// One span: all categories in use, also without entries, and those archived that have some. Of those with the same name the sums are
    /// added up. Income and expense are magnitudes, which refunds lower.
    fn of(around: &Around<'_>, flows: &Flows, span: usize) -> Result<Self, Error> {
        let (book, currency) = (around.book, around.member.currency);
        let asked_for = &around.scope.categories;
        let of = |sign: Sign| {
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for category in book.categories.iter().filter(|one| one.sign == sign) {
                let line = flows.line(category.id);
                let is_there = line.is_some_and(|line| line.has_entries(span));
                let is_asked = asked_for.is_empty() || asked_for.contains(&category.id);
                if is_there || (is_asked && category.archived_at.is_none()) {
                    let minor = magnitude(sign, line.map_or(0, |line| line.minor(span)));
                    let sum = sums.entry(category.name.clone()).or_default();
                    *sum = sum.saturating_add(minor);
                }
            }
            numbers(sums, currency)
        };
        let sum = |sign| magnitude(sign, flows.of_sign(sign, span));
        let balance = [
            (TOTAL, flows.change(span)),
            ("positive", sum(Sign::Positive)),
            ("negative", sum(Sign::Negative)),
            ("neutral", sum(Sign::Neutral)),
        ];
        Ok(Self {
            positive_categories: of(Sign::Positive)?,
            negative_categories: of(Sign::Negative)?,
            neutral_categories: of(Sign::Neutral)?,
            balance: balance
                .into_iter()
                .map(|(name, minor)| Ok((name, number(minor, currency)?)))
                .collect::<Result<_, Error>>()?,
        })
    }
}
