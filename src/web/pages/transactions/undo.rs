//! Taking a change back, and taking that back in turn.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};
use url::{Position, Url};

use super::add::MONEY_CHANGED;
use super::filters::PATH;
use super::recorded::Recorded;
use crate::db::idempotency;
use crate::ids::{ChangeId, TransactionId};
use crate::ledger::history::{self, Undone};
use crate::ledger::transaction::queries;
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

/// Why nothing was taken back, with the way to where it was asked.
#[derive(Template)]
#[template(path = "error.html")]
struct Refused<'a> {
    status: u16,
    title: &'a str,
    text: &'a str,
    action_href: &'a str,
    action_label: &'a str,
    request_id: &'a str,
}

/// What the form's key remembers.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Answer {
    recorded: Recorded,
    /// Where to go then.
    back: String,
}

/// `POST /undo/{change}`: back to where it was asked, with a message; for htmx the message alone.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], or when the database fails.
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
    let asked_on = local(form.fields.text("back")).or_else(|| referer(&request));
    let back = asked_on.clone();
    let written = state
        .db
        .write(caller.caller, move |conn, member| {
            idempotency::once(conn, member, form.attempt.as_ref(), |conn| {
                let undone = history::undo(conn, member, change)?;
                let mut back = back.unwrap_or_else(|| page_of(&undone).to_owned());
                if let Some(entry) = entry_of(&back)
                    && queries::find(conn, member.household, entry)?.is_none()
                {
                    PATH.clone_into(&mut back); // its page went with it
                }
                let recorded = Recorded::saying(undone.change, sentence(&undone));
                Ok::<_, Error>(Answer { recorded, back })
            })
        })
        .await;
    match (written, wants) {
        (Ok(answer), Wants::Page) => {
            let mut response = htmx::see_other(&answer.back);
            answer.recorded.flash().put(&state, &mut response)?;
            Ok(response)
        }
        (Ok(answer), Wants::Fragment) => message(&frame, StatusCode::OK, answer.recorded.flash().toast()),
        (Err(Error::Conflict(sentence)), Wants::Fragment) => {
            // Of the answers that refuse, htmx shows only this one.
            let toast = Toast {
                text: format!("Not undone. {sentence}"),
                undo: None,
            };
            message(&frame, StatusCode::UNPROCESSABLE_ENTITY, toast)
        }
        (Err(Error::Conflict(sentence)), Wants::Page) => refused(&sentence, asked_on.as_deref()),
        (Err(error), _) => Err(error),
    }
}

/// The message, and word to the rest of the page: also what could not be undone may look different by now.
fn message(frame: &Frame, status: StatusCode, toast: Toast) -> Result<HttpResponse, Error> {
    let csrf = frame.csrf();
    let mut response = htmx::html_with(status, Message { toast, csrf }.render()?);
    let (name, value) = MONEY_CHANGED;
    response.headers_mut().insert(name, value);
    Ok(response)
}

fn refused(sentence: &str, asked_on: Option<&str>) -> Result<HttpResponse, Error> {
    let page = Refused {
        status: StatusCode::CONFLICT.as_u16(),
        title: "Not undone",
        text: sentence,
        action_href: asked_on.unwrap_or("/activity"),
        action_label: if asked_on.is_some() {
            "Back to where you were"
        } else {
            "See the activity"
        },
        request_id: "",
    };
    Ok(htmx::html_with(StatusCode::CONFLICT, page.render()?))
}

fn sentence(undone: &Undone) -> String {
    match undone.action.as_str() {
        "undo" => format!("Done again: {}.", undone.summary),
        _ => format!("Undone: {}.", undone.summary),
    }
}

/// The page of what was changed, for whoever does not say where they were.
fn page_of(undone: &Undone) -> &'static str {
    match undone.action.split_once('.') {
        Some(("location", _)) => "/setup/locations",
        Some(("bucket", _)) => "/setup/buckets",
        Some(("category", _)) => "/setup/categories",
        _ => PATH,
    }
}

/// The page on which the button stood, if it is one of ours.
fn referer(request: &HttpRequest) -> Option<String> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let url = Url::parse(header(header::REFERER)?).ok()?;
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let is_ours = url
        .host_str()
        .is_some_and(|host| Some(format!("{host}{port}").as_str()) == header(header::HOST));
    local(&url[Position::BeforePath..Position::AfterQuery]).filter(|_| is_ours)
}

/// A path of this site that can be looked at, as it was given; nothing for what a browser would take for an address elsewhere.
fn local(path: &str) -> Option<String> {
    let here = Url::parse("http://here").ok()?;
    let url = here.join(path).ok()?;
    let stays = path.starts_with('/') && url.origin() == here.origin();
    let found = &url[Position::BeforePath..Position::AfterQuery];
    (stays && !found.starts_with("//") && !found.starts_with("/undo/")).then(|| found.to_owned())
}

/// The entry whose page this is.
fn entry_of(path: &str) -> Option<TransactionId> {
    let rest = path.strip_prefix("/transactions/")?;
    rest.split(['/', '?']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_lead_back() {
        for path in ["/money", "/activity?all=1&from=x", "/setup/buckets"] {
            assert_eq!(local(path).as_deref(), Some(path));
        }
        for path in [
            "",
            "money",
            "//evil.example/",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/..//evil.example",
            "/undo/1",
            "/\t/evil.example",
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
    }
}
