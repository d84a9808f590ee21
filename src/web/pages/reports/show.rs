//! The handlers.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::which::Which;
use crate::period::{Month, Year};
use crate::web::asked::Asked;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::kept::kept;
use crate::web::pages::file::File;
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::Shell;
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "reports/page.html")]
struct Page<'a> {
    shell: Shell,
    title: String,
    content: &'a str,
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
    Ok(htmx::see_other(
        &asked(&request).href(&Which::Month(month).path()),
    ))
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
    Ok(htmx::see_other(&asked(&request).href(&Which::Year(year).path())))
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
    let report = Which::Month(month);
    if *named != month.to_string() {
        return Ok(htmx::see_other(&asked(&request).href(&report.path())));
    }
    page(&request, &state, caller, frame, report).await
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
    page(&request, &state, caller, frame, Which::Year(year)).await
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
    page(&request, &state, caller, frame, Which::Years).await
}

/// `GET /reports/month/{month}/{file}`
///
/// # Errors
/// [`Error::NotFound`] for a month or a file that there is not; else when the database fails.
pub async fn month_file(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    named: Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (month, name) = named.into_inner();
    let month = Month::parse(&month).map_err(|_| Error::NotFound)?;
    file(&request, &state, caller, Which::Month(month), name).await
}

/// `GET /reports/year/{year}/{file}`
///
/// # Errors
/// [`Error::NotFound`] for a year or a file that there is not; else when the database fails.
pub async fn year_file(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    named: Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (year, name) = named.into_inner();
    let year = Year::parse(&year).map_err(|_| Error::NotFound)?;
    file(&request, &state, caller, Which::Year(year), name).await
}

/// `GET /reports/years/{file}`
///
/// # Errors
/// [`Error::NotFound`] for a file that there is not; else when the database fails.
pub async fn years_file(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    named: Path<String>,
) -> Result<HttpResponse, Error> {
    file(&request, &state, caller, Which::Years, named.into_inner()).await
}

/// What is kept of a report, in the frame of a page, which is made anew each time.
async fn page(
    request: &HttpRequest,
    state: &State,
    caller: SignedIn,
    frame: Frame,
    report: Which,
) -> Result<HttpResponse, Error> {
    let asked = asked(request);
    let what = asked.href(&report.path());
    let content = kept(state, caller.caller, what, move |conn, member, today| {
        report.content(conn, member, today, &asked)
    })
    .await?;
    let page = Page {
        shell: frame.shell(&content.member, report.section()),
        title: report.title(),
        content: std::str::from_utf8(&content.body).map_err(Error::internal)?,
    };
    frame.finish(state, htmx::html(page.render()?))
}

async fn file(
    request: &HttpRequest,
    state: &State,
    caller: SignedIn,
    report: Which,
    name: String,
) -> Result<HttpResponse, Error> {
    let asked = asked(request);
    let file = File::new(&name, &report.name())?;
    let what = asked.href(&format!("{}/{name}", report.path()));
    file.answer(request, state, caller, what, move |conn, member, today| {
        report.file(conn, member, today, &asked, &name)
    })
    .await
}
