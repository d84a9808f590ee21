//! Money now: where it is, and what it is for.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::frame::Frame;
use super::shell::{Section, Shell};
use crate::reports::distribution::Distribution;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "money/index.html")]
struct Index {
    shell: Shell,
    total: String,
}

/// `GET /money`
///
/// # Errors
/// When the database fails.
pub async fn index(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let (member, distribution) = state
        .db
        .read(caller.caller, |conn, member| {
            let distribution = Distribution::now(conn, member.household)?;
            Ok::<_, Error>((member.clone(), distribution))
        })
        .await?;
    let page = Index {
        shell: frame.shell(&member, Section::Money),
        total: member.number_format.amount(distribution.total(), member.currency),
    };
    frame.finish(&state, htmx::html(page.render()?))
}
