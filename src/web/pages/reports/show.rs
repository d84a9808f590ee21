//! The handlers.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::asked::Asked;
use super::{month as monthly, year as yearly, years as historical};
use crate::db::Connection;
use crate::households::Member;
use crate::period::{Month, Year};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::{Section, Shell};
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "reports/page.html")]
struct Page {
    shell: Shell,
    title: String,
    content: String,
}

/// `GET /reports` and `GET /reports/month`: on to the month of today.
///
/// # Errors
/// When the database fails.
pub async fn month_now(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
) -> Result<HttpResponse, Error> {
    let today = today(&state, caller).await?;
    let month = Month::of(today).map_err(Error::internal)?;
    Ok(htmx::see_other(&asked(&request).href(&monthly::path(month))))
}

/// `GET /reports/year`: on to the year of today.
///
/// # Errors
/// When the database fails.
pub async fn year_now(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
) -> Result<HttpResponse, Error> {
    let today = today(&state, caller).await?;
    let year = Year::of(today).map_err(Error::internal)?;
    Ok(htmx::see_other(&asked(&request).href(&yearly::path(year))))
}

async fn today(state: &Data<State>, caller: SignedIn) -> Result<NaiveDate, Error> {
    let clock = state.clock.clone();
    state
        .db
        .read(caller.caller, move |_, member| {
            Ok::<_, Error>(clock.today(member.time_zone))
        })
        .await
}

fn asked(request: &HttpRequest) -> Asked {
    Asked::read(&Fields::parse(request.query_string().as_bytes()))
}

/// `GET /reports/month/{month}`
///
/// # Errors
/// [`Error::NotFound`] for what is no month; else when the database fails.
pub async fn month(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    named: Path<String>,
) -> Result<HttpResponse, Error> {
    let month = Month::parse(&named).map_err(|_| Error::NotFound)?;
    let asked = asked(&request);
    if *named != month.to_string() {
        return Ok(htmx::see_other(&asked.href(&monthly::path(month))));
    }
    page(
        &state,
        caller,
        frame,
        Section::ReportMonth,
        month.label(),
        move |conn, member, today| monthly::content(conn, member, today, month, &asked),
    )
    .await
}

/// `GET /reports/year/{year}`
///
/// # Errors
/// [`Error::NotFound`] for what is no year; else when the database fails.
pub async fn year(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    named: Path<String>,
) -> Result<HttpResponse, Error> {
    let year = Year::parse(&named).map_err(|_| Error::NotFound)?;
    let asked = asked(&request);
    page(
        &state,
        caller,
        frame,
        Section::ReportYear,
        format!("Year {year}"),
        move |conn, member, today| yearly::content(conn, member, today, year, &asked),
    )
    .await
}

/// `GET /reports/years`
///
/// # Errors
/// When the database fails.
pub async fn years(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
) -> Result<HttpResponse, Error> {
    let asked = asked(&request);
    page(
        &state,
        caller,
        frame,
        Section::ReportYears,
        "All years".to_owned(),
        move |conn, member, today| historical::content(conn, member, today, &asked),
    )
    .await
}

async fn page(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    section: Section,
    title: String,
    content: impl FnOnce(&mut Connection, &Member, NaiveDate) -> Result<String, Error> + Send + 'static,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let (page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let content = content(conn, member, today)?;
            let page = Page {
                shell: frame.shell(member, section),
                title,
                content,
            };
            Ok::<_, Error>((page, frame))
        })
        .await?;
    frame.finish(state, htmx::html(page.render()?))
}
