//! The phone's menu: what the tab bar leaves out.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::frame::Frame;
use super::shell::{Section, Shell};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "more/index.html")]
struct Index {
    shell: Shell,
    email: String,
}

/// `GET /more`
///
/// # Errors
/// When the database fails.
pub async fn index(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let member = state
        .db
        .read(caller.caller, |_, member| Ok::<_, Error>(member.clone()))
        .await?;
    let page = Index {
        shell: frame.shell(&member, Section::More),
        email: member.email,
    };
    frame.finish(&state, htmx::html(page.render()?))
}
