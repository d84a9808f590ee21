//! The page of the list, and its parts for htmx.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::entry_form::{Desk, EntryForm, Target};
use super::filter_form::FilterForm;
use super::filters::{Filters, address};
use super::list::{Around, List, SumsView};
use super::values::Values;
use crate::ledger::transaction::queries::Page;
use crate::ledger::transaction::sums;
use crate::ledger::{Book, history};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::htmx::{self, Wants};
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::{Section, Shell, Toast};

#[derive(Template)]
#[template(path = "transactions/index.html")]
struct Index {
    shell: Shell,
    filters: FilterForm,
    list: List,
    /// Nothing for those who may only read.
    entry: Option<EntryForm>,
}

#[derive(Template)]
#[template(path = "transactions/_update.html")]
struct Fragment {
    list: List,
    /// What was just done in a row of it.
    toast: Option<Toast>,
    csrf: String,
}

#[derive(Template)]
#[template(path = "transactions/_sums.html")]
struct SumsFragment {
    sums: SumsView,
}

/// `GET /transactions`: the page, or for htmx the list.
///
/// # Errors
/// When the database fails.
pub async fn index(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    let fields = Fields::parse(request.query_string().as_bytes());
    match wants {
        Wants::Page => page(&state, caller, frame, fields).await,
        Wants::Fragment => {
            let typed = request
                .headers()
                .get("HX-Trigger")
                .is_some_and(|id| id == "filters");
            fragment(&state, caller, frame, fields, typed).await
        }
    }
}

async fn page(state: &State, caller: SignedIn, frame: Frame, fields: Fields) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let (page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let book = Book::load(conn, member.household)?;
            let filters = Filters::read(&fields, &book);
            let marked = match frame.undoable() {
                Some(change) => history::only_transaction(conn, member.household, change)?,
                None => None,
            };
            let entry = if member.role.may_write() {
                let values = Values::fresh(&Fields::default(), &book, today);
                let desk = Desk {
                    member,
                    book: &book,
                    frame: &frame,
                    today,
                };
                Some(EntryForm::load(conn, desk, Target::Panel, values, None)?)
            } else {
                None
            };
            let around = Around {
                today,
                book: &book,
                marked,
                open: Vec::new(),
            };
            Ok::<_, Error>((
                Index {
                    shell: frame.shell(member, Section::Transactions),
                    filters: FilterForm::of(&filters, &book, member.dates(today)),
                    list: List::load(conn, member, filters, &around)?,
                    entry,
                },
                frame,
            ))
        })
        .await?;
    frame.finish(state, htmx::html(page.render()?))
}

async fn fragment(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    fields: Fields,
    typed: bool,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let done = frame.undoable();
    let list = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let book = Book::load(conn, member.household)?;
            let filters = Filters::read(&fields, &book);
            let marked = match done.or_else(|| fields.text("change").parse().ok()) {
                Some(change) => history::only_transaction(conn, member.household, change)?,
                None => None,
            };
            let around = Around {
                today,
                book: &book,
                marked,
                open: fields.all("open").filter_map(|id| id.parse().ok()).collect(),
            };
            List::load(conn, member, filters, &around)
        })
        .await?;
    let href = list.href.clone();
    let fragment = Fragment {
        list,
        toast: frame.toast(),
        csrf: frame.csrf(),
    };
    let mut response = htmx::html(fragment.render()?);
    if typed {
        // The form sends its empty fields too; the address bar gets the short way to say the same.
        let href = HeaderValue::from_str(&href).map_err(Error::internal)?;
        response
            .headers_mut()
            .insert(HeaderName::from_static("hx-push-url"), href);
    }
    frame.finish(state, response)
}

/// `GET /transactions/sums`: what the filters find in all, however long it takes. It is loaded after the list.
///
/// # Errors
/// When the database fails.
pub async fn sums(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    let fields = Fields::parse(request.query_string().as_bytes());
    let sums = state
        .db
        .read(caller.caller, move |conn, member| {
            let book = Book::load(conn, member.household)?;
            let filters = Filters::read(&fields, &book);
            if wants == Wants::Page {
                return Ok(Err(filters.query_at(Page::First)));
            }
            let sums = match sums::from_months(conn, member.household, &book, &filters.filter)? {
                Some(sums) => sums,
                None => sums::count(conn, &filters.filter)?,
            };
            Ok::<_, Error>(Ok(SumsView::of(member, &filters, Some(sums))))
        })
        .await?;
    Ok(match sums {
        Ok(sums) => htmx::html(SumsFragment { sums }.render()?),
        Err(query) if query.is_empty() => htmx::see_other(&address("sums=1")),
        Err(query) => htmx::see_other(&address(&format!("{query}&sums=1"))),
    })
}
