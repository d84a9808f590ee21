//! Taking a change back, and taking that back in turn.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::Url;

use super::add::MONEY_CHANGED;
use super::filters::PATH;
use super::recorded::Recorded;
use crate::db::idempotency;
use crate::ids::{ChangeId, TransactionId};
use crate::ledger::history::{self, Undone};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::htmx::{self, Wants};
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::Toast;

/// The message that comes in place of the one whose button was pressed.
#[derive(Template)]
#[template(path = "transactions/_undone.html")]
struct Message {
    toast: Toast,
    csrf: String,
}

/// `POST /undo/{change}`: back to where it was asked, with a message; for htmx the message alone.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Conflict`] with what is in the way, [`Error::Forbidden`], or when the database fails.
pub async fn undo(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    change: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let change: ChangeId = change.parse().map_err(|_| Error::NotFound)?;
    let written = state
        .db
        .write(caller.caller, move |conn, member| {
            idempotency::once(conn, member, form.attempt.as_ref(), |conn| {
                let undone = history::undo(conn, member, change)?;
                Ok::<_, Error>(Recorded::saying(undone.change, sentence(&undone)))
            })
        })
        .await;
    match (written, wants) {
        (Ok(recorded), Wants::Page) => {
            let mut response = htmx::see_other(&back(&request));
            recorded.flash().put(&state, &mut response)?;
            Ok(response)
        }
        (Ok(recorded), Wants::Fragment) => {
            let mut response = message(&frame, StatusCode::OK, recorded.flash().toast())?;
            let (name, value) = MONEY_CHANGED;
            response.headers_mut().insert(name, value);
            Ok(response)
        }
        (Err(Error::Conflict(sentence)), Wants::Fragment) => {
            // Of the answers that refuse, htmx shows only this one.
            let toast = Toast {
                text: format!("Not undone. {sentence}"),
                undo: None,
            };
            message(&frame, StatusCode::UNPROCESSABLE_ENTITY, toast)
        }
        (Err(error), _) => Err(error),
    }
}

fn message(frame: &Frame, status: StatusCode, toast: Toast) -> Result<HttpResponse, Error> {
    let csrf = frame.csrf();
    Ok(htmx::html_with(status, Message { toast, csrf }.render()?))
}

fn sentence(undone: &Undone) -> String {
    match undone.action.as_str() {
        "undo" => format!("Done again: {}.", undone.summary),
        _ => format!("Undone: {}.", undone.summary),
    }
}

/// The page on which the button stood, if it is one of ours. An entry's own page may be gone by now.
fn back(request: &HttpRequest) -> String {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let page = header(header::REFERER)
        .and_then(|referer| Url::parse(referer).ok())
        .filter(|url| {
            let asked = header(header::HOST).unwrap_or_default();
            let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
            url.host_str()
                .is_some_and(|host| format!("{host}{port}") == asked)
        });
    let Some(page) = page else { return PATH.to_owned() };
    let path = page.path();
    let of_an_entry = path.strip_prefix("/transactions/").is_some_and(|rest| {
        rest.split('/')
            .next()
            .unwrap_or_default()
            .parse::<TransactionId>()
            .is_ok()
    });
    if of_an_entry || path.starts_with("/undo/") || path.starts_with("//") {
        return PATH.to_owned();
    }
    match page.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}
