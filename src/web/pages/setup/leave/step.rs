//! The step before a thing leaves: what would happen, to the entry and to the cent, and the button that does it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::list::{ON_PAGE, given};
use super::super::noun::{Noun, find, read_id};
use super::super::refusal::Refusal;
use super::Act;
use super::outcome::{self, Outcome};
use crate::db::Connection;
use crate::households::Member;
use crate::ledger::Book;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::htmx::{self, Wants};
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::Shell;

#[derive(Template)]
#[template(path = "setup/step.html")]
struct Page {
    shell: Shell,
    one: &'static str,
    all: &'static str,
    list_path: &'static str,
    path: String,
    name: String,
    /// `Merge`
    verb: &'static str,
    /// `Merge Fun into another bucket`
    title: String,
    text: String,
    label: &'static str,
    /// Id and name of what can be chosen, and whether it is.
    others: Vec<(String, String, bool)>,
    step: Step,
}

/// The part that htmx asks for.
#[derive(Template)]
#[template(path = "setup/_step.html")]
struct Step {
    csrf: String,
    action: String,
    field: &'static str,
    version: i32,
    key: String,
    on_page: bool,
    /// Why it was not done, or cannot be.
    refused: Option<String>,
    outcome: Option<Outcome>,
}

/// What is asked of the step.
#[derive(Debug)]
pub(in super::super) struct Asking {
    pub(in super::super) act: Act,
    pub(in super::super) fields: Fields,
    /// Why it was not done just now.
    pub(in super::super) refusal: Option<Refusal>,
}

/// `GET /setup/NOUN/{id}/merge?into=`: what merging would do.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn merge_step<N: Noun>(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(&id)?;
    let asking = Asking::of(Act::Merge, &request);
    show::<N>(&state, caller, frame, wants, id, asking).await
}

/// `GET /setup/NOUN/{id}/delete?into=`: what deleting would do, with a replacement for what has entries.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn delete_step<N: Noun>(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(&id)?;
    let asking = Asking::of(Act::Delete, &request);
    show::<N>(&state, caller, frame, wants, id, asking).await
}

/// `GET /setup/NOUN/{id}/archive?move_to=`: where the money would go.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn archive_step<N: Noun>(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(&id)?;
    let asking = Asking::of(Act::Archive, &request);
    show::<N>(&state, caller, frame, wants, id, asking).await
}

impl Asking {
    fn of(act: Act, request: &HttpRequest) -> Self {
        Self {
            act,
            fields: Fields::parse(request.query_string().as_bytes()),
            refusal: None,
        }
    }
}

/// The step, or its page.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in super::super) async fn show<N: Noun>(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: N::Id,
    asking: Asking,
) -> Result<HttpResponse, Error> {
    let (status, page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            if !member.role.may_write() {
                return Err(Error::Forbidden);
            }
            let (status, page) = page::<N>(conn, member, &frame, id, asking)?;
            Ok((status, page, frame))
        })
        .await?;
    match wants {
        // Of the answers that refuse, htmx shows only this one.
        Wants::Fragment if status != StatusCode::OK => Ok(htmx::html_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            page.step.render()?,
        )),
        Wants::Fragment => Ok(htmx::html(page.step.render()?)),
        Wants::Page => frame.finish(state, htmx::html_with(status, page.render()?)),
    }
}

fn page<N: Noun>(
    conn: &mut Connection,
    member: &Member,
    frame: &Frame,
    id: N::Id,
    asking: Asking,
) -> Result<(StatusCode, Page), Error> {
    let Asking { act, fields, refusal } = asking;
    let book = Book::load(conn, member.household)?;
    let named = find::<N>(&book, id)?;
    let into = given(&fields, act.field());
    let outcome = into.map(|into| outcome::preview::<N>(conn, member, &book, id, act, into));
    let (outcome, prevented) = match outcome.transpose() {
        Ok(outcome) => (outcome, None),
        Err(refusal) => (None, Some(refusal)),
    };
    // What was refused just now comes first; what stands in the way of the preview is most often the same.
    let (status, refused) = match refusal.or(prevented) {
        Some(refusal) => refusal.told(named.name)?,
        None => (StatusCode::OK, String::new()),
    };
    let path = format!("{}/{id}", N::PATH);
    let page = Page {
        shell: frame.shell(member, N::SECTION),
        one: N::ONE,
        all: N::ALL,
        list_path: N::PATH,
        name: named.name.to_owned(),
        verb: act.heading(),
        title: match act {
            Act::Merge => format!("Merge {} into another {}", named.name, N::ONE),
            Act::Delete | Act::Archive => format!("{} {}", act.heading(), named.name),
        },
        text: text::<N>(&book, id, member, act, named.name),
        label: act.label(),
        others: N::others(&book, id)
            .into_iter()
            .map(|(id, name)| {
                let id = id.to_string();
                let is_chosen = Some(id.as_str()) == into;
                (id, name.to_owned(), is_chosen)
            })
            .collect(),
        step: Step {
            csrf: frame.csrf(),
            action: format!("{path}/{}", act.as_str()),
            field: act.field(),
            version: named.version,
            key: new_key(),
            on_page: fields.ticked(ON_PAGE),
            refused: (!refused.is_empty()).then_some(refused),
            outcome,
        },
        path,
    };
    Ok((status, page))
}

/// What the act means, before anything is chosen.
fn text<N: Noun>(book: &Book, id: N::Id, member: &Member, act: Act, name: &str) -> String {
    let handed_over = N::handed_over(book, id, member);
    match act {
        Act::Merge => format!("{handed_over} become the other’s. The name {name} goes away."),
        Act::Delete => {
            format!(
                "What was recorded stays: {} become another’s.",
                lower_first(&handed_over)
            )
        }
        Act::Archive => format!(
            "It takes no more entries and leaves the lists. Its history stays. What it holds moves first.{}",
            N::freed(book, id, member)
        ),
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

impl Refusal {
    /// The status and the sentence of it, for a step about the thing called `name`.
    fn told(self, name: &str) -> Result<(StatusCode, String), Error> {
        match self {
            Self::Invalid(errors) => Ok((StatusCode::UNPROCESSABLE_ENTITY, first_of(&errors))),
            Self::Stale => Ok((
                StatusCode::CONFLICT,
                format!(
                    "Somebody else changed {name} in the meantime. Nothing was done: look again, then confirm."
                ),
            )),
            Self::Blocked(sentence) => Ok((StatusCode::CONFLICT, sentence)),
            Self::Failed(error) => Err(error),
        }
    }
}

fn first_of(errors: &FieldErrors) -> String {
    errors
        .iter()
        .next()
        .map_or_else(String::new, |error| error.message.clone())
}
