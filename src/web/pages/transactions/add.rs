//! Recording something new.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::aftermath;
use super::entry_form::{Desk, EntryForm, Target};
use super::filters::PATH;
use super::recorded::Recorded;
use super::values::Values;
use crate::db::idempotency;
use crate::ids::ChangeId;
use crate::ledger::transaction::commands;
use crate::ledger::{Book, Problems};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::htmx::{self, Wants};
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::{Section, Shell, Toast};

/// What tells the parts of a page that show money to load themselves again.
pub(super) const MONEY_CHANGED: (HeaderName, HeaderValue) = (
    HeaderName::from_static("hx-trigger"),
    HeaderValue::from_static("money-changed"),
);

#[derive(Template)]
#[template(path = "transactions/new.html")]
struct New {
    shell: Shell,
    entry: EntryForm,
}

/// The form alone, and what was just recorded with it.
#[derive(Template)]
#[template(path = "transactions/_added.html")]
struct Added {
    entry: EntryForm,
    toast: Option<Toast>,
}

/// `GET /transactions/new`: the form of a kind, with what the address says already filled in.
///
/// # Errors
/// [`Error::Forbidden`] for those who may only read; else when the database fails.
pub async fn new_form(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    let fields = Fields::parse(request.query_string().as_bytes());
    let form = FormFor::fresh(target(&fields, wants), fields);
    answer(&state, caller, frame, wants, StatusCode::OK, form).await
}

/// `POST /transactions`: records the entry; with `preview` only shows what it would do.
///
/// # Errors
/// [`Error::Forbidden`] for those who may only read; else when the database fails: nothing is recorded then.
pub async fn add(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    form: Form,
) -> Result<HttpResponse, Error> {
    let values = Values::sent(&form.fields);
    let target = target(&form.fields, wants);
    let another = form.fields.ticked("another");
    if form.fields.ticked("preview") {
        let form = FormFor::again(target, values, None);
        return answer(&state, caller, frame, wants, StatusCode::OK, form).await;
    }
    let recorded = match record(&state, &caller, form, values.clone()).await {
        Ok(recorded) => recorded,
        Err(Error::Invalid(problems)) => {
            let form = FormFor::again(target, values, Some(problems));
            return answer(
                &state,
                caller,
                frame,
                wants,
                StatusCode::UNPROCESSABLE_ENTITY,
                form,
            )
            .await;
        }
        Err(error) => return Err(error),
    };
    let next = if another {
        values.for_another()
    } else {
        format!("kind={}", values.kind)
    };
    if wants == Wants::Page {
        let list = PATH.to_owned();
        let mut response = htmx::see_other(&if another {
            format!("{PATH}/new?{next}")
        } else {
            list
        });
        recorded.flash().put(&state, &mut response)?;
        return Ok(response);
    }
    let form = FormFor {
        added: Some((recorded.change(), recorded.flash().toast())),
        ..FormFor::fresh(target, Fields::parse(next.as_bytes()))
    };
    let mut response = answer(&state, caller, frame, wants, StatusCode::OK, form).await?;
    let (name, value) = MONEY_CHANGED;
    response.headers_mut().insert(name, value);
    Ok(response)
}

/// Writes the entry, once however often the form is sent.
async fn record(state: &State, caller: &SignedIn, form: Form, values: Values) -> Result<Recorded, Error> {
    let caller = caller.caller.clone();
    state
        .db
        .write(caller, move |conn, member| {
            idempotency::once(conn, member, form.attempt.as_ref(), |conn| {
                let (draft, errors) = values.draft(member);
                if errors.any() {
                    return Err(Error::Invalid(Problems::new()));
                }
                let done = commands::add(conn, member, &draft)?;
                let aftermath = aftermath::sentence(conn, member, &done)?;
                Ok(Recorded::new("Added", member, &done, aftermath.as_deref()))
            })
        })
        .await
}

/// Where a form was: beside the list, or on its own page.
fn target(fields: &Fields, wants: Wants) -> Target {
    if wants == Wants::Fragment && fields.ticked("panel") {
        Target::Panel
    } else {
        Target::Page
    }
}

/// What the next form is to hold.
struct FormFor {
    target: Target,
    values: FormValues,
    /// What the attempt to save it showed.
    problems: Option<Problems>,
    added: Option<(ChangeId, Toast)>,
}

enum FormValues {
    /// A new form with what an address says.
    Fresh(Fields),
    /// What was typed.
    Again(Box<Values>),
}

impl FormFor {
    fn fresh(target: Target, fields: Fields) -> Self {
        Self {
            target,
            values: FormValues::Fresh(fields),
            problems: None,
            added: None,
        }
    }

    fn again(target: Target, values: Values, problems: Option<Problems>) -> Self {
        Self {
            target,
            values: FormValues::Again(Box::new(values)),
            problems,
            added: None,
        }
    }
}

/// The form as a page, or for htmx by itself.
async fn answer(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    status: StatusCode,
    form: FormFor,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let FormFor {
        target,
        values,
        problems,
        added,
    } = form;
    let (member, mut entry, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            if !member.role.may_write() {
                return Err(Error::Forbidden);
            }
            let book = Book::load(conn, member.household)?;
            let today = clock.today(member.time_zone);
            let values = match values {
                FormValues::Fresh(fields) => Values::fresh(&fields, &book, today),
                FormValues::Again(values) => *values,
            };
            let desk = Desk {
                member,
                book: &book,
                frame: &frame,
                today,
            };
            let mut entry = EntryForm::load(conn, desk, target, values, None)?;
            if let Some(problems) = problems {
                entry = entry.refused(member, &book, None, problems);
            }
            Ok((member.clone(), entry, frame))
        })
        .await?;
    entry.focused = wants == Wants::Page || added.is_some();
    if wants == Wants::Fragment {
        let (change, toast) = added.unzip();
        entry.just_added = change;
        return Ok(htmx::html_with(status, Added { entry, toast }.render()?));
    }
    let page = New {
        shell: frame.shell(&member, Section::Add),
        entry,
    };
    frame.finish(state, htmx::html_with(status, page.render()?))
}
