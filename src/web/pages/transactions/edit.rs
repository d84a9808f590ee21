//! One entry that is there: looking at it, changing it, deleting it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::form_urlencoded::Serializer;

use super::aftermath;
use super::conflict::Conflict;
use super::entry_form::{Desk, EntryForm, Stored, Target};
use super::filters::address;
use super::recorded::Recorded;
use super::refused::Refused;
use super::row_form;
use super::values::Values;
use crate::db::{Connection, idempotency};
use crate::households::Member;
use crate::ids::TransactionId;
use crate::ledger::transaction::commands::{self, Done};
use crate::ledger::transaction::{Snapshot, queries};
use crate::ledger::{Book, LedgerError, Problems};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::htmx::{self, Wants};
use crate::web::pages::activity::History;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "transactions/edit.html")]
struct Edit {
    shell: Shell,
    title: String,
    back_href: String,
    /// This page without anything typed.
    stored_href: String,
    entry: EntryForm,
    conflict: Option<Conflict>,
    /// The key of the form that deletes it.
    delete_key: String,
    history: History,
}

/// `GET /transactions/{id}`: its page, or for htmx the form in place of its row.
///
/// # Errors
/// [`Error::NotFound`] when the household has no such entry; else when the database fails.
pub async fn edit_form(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let fields = Fields::parse(request.query_string().as_bytes());
    if wants == Wants::Fragment {
        let back = fields.text("back").to_owned();
        return row_form::open(&state, caller, frame, read_id(&id)?, back).await;
    }
    let shown = Shown {
        back: fields.text("back").to_owned(),
        typed: None,
        problem: Problem::None,
    };
    show(&state, caller, frame, read_id(&id)?, StatusCode::OK, shown).await
}

/// `POST /transactions/{id}`: changes the entry; with `preview` only shows what it would be. For htmx it is the form in place of its row.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], or when the database fails: nothing is changed then.
pub async fn edit(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let id = read_id(&id)?;
    if wants == Wants::Fragment {
        return row_form::save(&state, caller, frame, id, form).await;
    }
    let values = Values::sent(&form.fields);
    let back = form.fields.text("back").to_owned();
    // A version that cannot be read is none that is stored.
    let version = form.fields.text("version").parse().unwrap_or(0);
    let typed = Typed {
        values: values.clone(),
        version,
    };
    if form.fields.ticked("preview") {
        let shown = Shown {
            back,
            typed: Some(typed),
            problem: Problem::None,
        };
        return show(&state, caller, frame, id, StatusCode::OK, shown).await;
    }
    let written = write(&state, &caller, form, "Changed", move |conn, member| {
        let (draft, errors) = values.draft(member);
        if errors.any() {
            // Its other problems are told together with these; whether it is still there, comes first.
            queries::find(conn, member.household, id)?.ok_or(LedgerError::NotFound("transaction"))?;
            return Err(LedgerError::Invalid(Problems::new()));
        }
        commands::edit(conn, member, id, version, &draft)
    });
    let written = written.await;
    finish(&state, caller, frame, id, back, Some(typed), written).await
}

/// `POST /transactions/{id}/delete`
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], or when the database fails: nothing is deleted then.
pub async fn delete(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let id = read_id(&id)?;
    let back = form.fields.text("back").to_owned();
    let version = form.fields.text("version").parse().unwrap_or(0);
    let written = write(&state, &caller, form, "Deleted", move |conn, member| {
        commands::delete(conn, member, id, Some(version))
    });
    let written = written.await;
    finish(&state, caller, frame, id, back, None, written).await
}

/// An id that is none is as unknown as one of another household.
pub(super) fn read_id(id: &str) -> Result<TransactionId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

async fn write<F>(
    state: &State,
    caller: &SignedIn,
    form: Form,
    verb: &'static str,
    command: F,
) -> Result<Recorded, Refused>
where
    F: FnOnce(&mut Connection, &Member) -> Result<Done, LedgerError> + Send + 'static,
{
    let caller = caller.caller.clone();
    state
        .db
        .write(caller, move |conn, member| {
            idempotency::once(conn, member, form.attempt.as_ref(), |conn| {
                let done = command(conn, member)?;
                let aftermath = aftermath::sentence(conn, member, &done)?;
                Ok(Recorded::new(verb, member, &done, aftermath.as_deref()))
            })
        })
        .await
}

/// Back to the list with a message, or the form again with what is in the way.
async fn finish(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    id: TransactionId,
    back: String,
    typed: Option<Typed>,
    written: Result<Recorded, Refused>,
) -> Result<HttpResponse, Error> {
    let (status, problem) = match written {
        Ok(recorded) => {
            let mut response = htmx::see_other(&back_href(&back));
            recorded.flash().put(state, &mut response)?;
            return Ok(response);
        }
        Err(Refused::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, Problem::Invalid(problems)),
        Err(Refused::Stale) => (StatusCode::CONFLICT, Problem::Stale),
        Err(Refused::Blocked(sentence)) => (StatusCode::CONFLICT, Problem::Blocked(sentence)),
        Err(Refused::Other(error)) => return Err(error),
    };
    let shown = Shown { back, typed, problem };
    show(state, caller, frame, id, status, shown).await
}

/// The list that the entry was opened from. It is written anew, so that it leads to the list whatever it was.
fn back_href(back: &str) -> String {
    let fields = Fields::parse(back.as_bytes());
    address(
        &Serializer::new(String::new())
            .extend_pairs(fields.iter())
            .finish(),
    )
}

/// What the form is to hold.
struct Shown {
    back: String,
    /// Nothing: what is stored.
    typed: Option<Typed>,
    problem: Problem,
}

/// What was typed, on top of which version.
struct Typed {
    values: Values,
    version: i32,
}

enum Problem {
    None,
    Invalid(Problems),
    Stale,
    Blocked(String),
}

async fn show(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    id: TransactionId,
    status: StatusCode,
    shown: Shown,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let (page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            let snapshot = queries::find(conn, member.household, id)?.ok_or(Error::NotFound)?;
            let book = Book::load(conn, member.household)?;
            let today = clock.today(member.time_zone);
            let Shown { back, typed, problem } = shown;
            let conflict = match &problem {
                Problem::None | Problem::Invalid(_) => None,
                Problem::Stale => Some(Conflict::stale(
                    member,
                    &book,
                    today,
                    &snapshot,
                    typed.as_ref().map(|typed| &typed.values),
                )),
                Problem::Blocked(sentence) => Some(Conflict::blocked(sentence)),
            };
            // Only who has just seen both may save over what is stored now; every other form stays on what it was typed on.
            let version = match (&problem, &typed) {
                (Problem::None | Problem::Invalid(_) | Problem::Blocked(_), Some(typed)) => typed.version,
                _ => snapshot.transaction.version,
            };
            let target = Target::Stored(Stored { id, version, back });
            let values = match typed {
                Some(typed) => typed.values,
                None => as_stored(member, &snapshot),
            };
            let desk = Desk {
                member,
                book: &book,
                frame: &frame,
                today,
            };
            let mut entry = EntryForm::load(conn, desk, target, values, Some(&snapshot))?;
            if let Problem::Invalid(problems) = problem {
                entry = entry.refused(member, &book, Some(&snapshot), problems);
            }
            let page = edit_page(member, &book, &frame, &snapshot, entry, conflict);
            let history = History::load(conn, member, today, book, id)?;
            Ok::<_, Error>((Edit { history, ..page }, frame))
        })
        .await?;
    frame.finish(state, htmx::html_with(status, page.render()?))
}

/// What is stored, as somebody would have typed it. Of a loan only the way of its money is stored: what was open before it will say what it
/// most likely was.
fn as_stored(member: &Member, snapshot: &Snapshot) -> Values {
    let mut values = Values::stored(member, snapshot);
    values.direction.clear();
    values
}

fn edit_page(
    member: &Member,
    book: &Book,
    frame: &Frame,
    snapshot: &Snapshot,
    mut entry: EntryForm,
    conflict: Option<Conflict>,
) -> Edit {
    if conflict.as_ref().is_some_and(|conflict| conflict.has_choice) {
        entry.save_label = "Save mine over it";
    }
    let back = entry.stored().map_or("", |stored| stored.back.as_str());
    let query = Serializer::new(String::new()).append_pair("back", back).finish();
    Edit {
        shell: frame.shell(member, Section::Transactions),
        title: snapshot.transaction.title(book).to_owned(),
        back_href: back_href(back),
        stored_href: format!("{}?{query}", entry.action()),
        entry,
        conflict,
        delete_key: new_key(),
        history: History::default(),
    }
}
