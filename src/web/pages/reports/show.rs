//! The handlers.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::asked::Asked;
use super::month as monthly;
use crate::period::Month;
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

/// `GET /reports/month`: on to the month of today.
///
/// # Errors
/// When the database fails.
pub async fn month_now(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let today = state
        .db
        .read(caller.caller, move |_, member| {
            Ok::<_, Error>(clock.today(member.time_zone))
        })
        .await?;
    let month = Month::of(today).map_err(|error| Error::internal(format!("the clock is wrong: {error}")))?;
    let asked = Asked::read(&Fields::parse(request.query_string().as_bytes()));
    Ok(htmx::see_other(&asked.href(&monthly::path(month))))
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
    let asked = Asked::read(&Fields::parse(request.query_string().as_bytes()));
    if *named != month.to_string() {
        return Ok(htmx::see_other(&asked.href(&monthly::path(month))));
    }
    let clock = state.clock.clone();
    let (page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let content = monthly::content(conn, member, today, month, &asked)?;
            let page = Page {
                shell: frame.shell(member, Section::ReportMonth),
                title: month.label(),
                content,
            };
            Ok::<_, Error>((page, frame))
        })
        .await?;
    frame.finish(&state, htmx::html(page.render()?))
}
