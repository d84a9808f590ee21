//! One row of the list, and the form that takes its place to correct it there. Only htmx asks for them: without it the same link leads to
//! the page of the entry.
//!
//! The answer is the row alone; the list loads itself again after a write, and brings the message along.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::add::MONEY_CHANGED;
use super::aftermath;
use super::choices::{self, Choice};
use super::conflict::Conflict;
use super::edit::read_id;
use super::filters::Filters;
use super::list::back_query;
use super::recorded::Recorded;
use super::refused::Refused;
use super::row::{InPlace, Row};
use super::values::Values;
use crate::db::idempotency;
use crate::ids::TransactionId;
use crate::ledger::transaction::{Snapshot, commands, queries};
use crate::ledger::{Book, Kind, LedgerError, Problems, rules};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::htmx::{self, Wants};
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};

#[derive(Template)]
#[template(path = "transactions/_one_row.html")]
struct OneRow {
    row: Row,
    back: String,
    may_write: bool,
}

/// The form in place of a row.
#[derive(Template)]
#[template(path = "transactions/_row_form.html")]
struct RowForm {
    id: TransactionId,
    /// Before the name of each field, in its id: the page has other forms with the same fields.
    prefix: String,
    version: i32,
    title: String,
    values: Values,
    errors: FieldErrors,
    conflict: Option<Conflict>,
    locations: Vec<Choice>,
    buckets: Vec<Choice>,
    categories: Vec<Choice>,
    /// The query of the list, as the entry's page takes it, and as a field.
    back: String,
    back_field: String,
    currency: &'static str,
    csrf: String,
    idempotency_key: String,
}

/// Why the form is shown, beside that somebody asked for it.
enum Trouble {
    None,
    Invalid(Problems),
    Stale,
    Blocked(String),
}

/// `GET /transactions/{id}/row`: the row as it is. A page it is not; for those who ask for one, the entry's own is.
///
/// # Errors
/// [`Error::NotFound`] when the household has no such entry; else when the database fails.
pub async fn row(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id(&id)?;
    let back = Fields::parse(request.query_string().as_bytes())
        .text("back")
        .to_owned();
    let row = one_row(&state, caller, id, back).await?;
    Ok(match wants {
        Wants::Page => htmx::see_other(&format!("/transactions/{id}")),
        Wants::Fragment => htmx::html(row.render()?),
    })
}

async fn one_row(state: &State, caller: SignedIn, id: TransactionId, back: String) -> Result<OneRow, Error> {
    let clock = state.clock.clone();
    state
        .db
        .read(caller.caller, move |conn, member| {
            let snapshot = queries::find(conn, member.household, id)?.ok_or(Error::NotFound)?;
            let book = Book::load(conn, member.household)?;
            let filters = Filters::read(&Fields::parse(back.as_bytes()), &book);
            let today = clock.today(member.time_zone);
            Ok(OneRow {
                row: Row {
                    form: InPlace::Closed,
                    ..Row::of(member, today, &book, &filters.filter, &snapshot.transaction)
                },
                back: back_query(&back),
                may_write: member.role.may_write(),
            })
        })
        .await
}

/// The form in place of the row of an entry.
///
/// # Errors
/// [`Error::NotFound`] when the household has no such entry, [`Error::Forbidden`]; else when the database fails.
pub(super) async fn open(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    id: TransactionId,
    back: String,
) -> Result<HttpResponse, Error> {
    show(state, caller, frame, id, back, None, Trouble::None).await
}

/// Changes the entry: the row as it is then, or the form again. What the form does not show, stays as it is stored.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], or when the database fails: nothing is changed then.
pub(super) async fn save(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    id: TransactionId,
    form: Form,
) -> Result<HttpResponse, Error> {
    let back = form.fields.text("back").to_owned();
    let sent = form.fields.clone();
    let typed = sent.clone();
    let version = form.fields.text("version").parse().unwrap_or(0);
    let written: Result<Recorded, Refused> = state
        .db
        .write(caller.caller.clone(), move |conn, member| {
            idempotency::once(conn, member, form.attempt.as_ref(), |conn| {
                let stored = queries::find(conn, member.household, id).map_err(LedgerError::from)?;
                let stored = stored.ok_or(LedgerError::NotFound("transaction"))?;
                let (draft, errors) = over(Values::stored(member, &stored), &sent).draft(member);
                if errors.any() {
                    return Err(Refused::Invalid(Problems::new()));
                }
                let done = commands::edit(conn, member, id, version, &draft)?;
                let aftermath = aftermath::sentence(conn, member, &done)?;
                Ok(Recorded::new("Changed", member, &done, aftermath.as_deref()))
            })
        })
        .await;
    let trouble = match written {
        Ok(recorded) => {
            let row = one_row(state, caller, id, back).await?;
            let mut response = htmx::html(row.render()?);
            recorded.flash().put(state, &mut response)?;
            let (name, value) = MONEY_CHANGED;
            response.headers_mut().insert(name, value);
            return Ok(response);
        }
        Err(Refused::Invalid(problems)) => Trouble::Invalid(problems),
        Err(Refused::Stale) => Trouble::Stale,
        Err(Refused::Blocked(sentence)) => Trouble::Blocked(sentence),
        Err(Refused::Other(error)) => return Err(error),
    };
    show(state, caller, frame, id, back, Some((typed, version)), trouble).await
}

/// What is stored, with what was typed over it.
fn over(mut values: Values, typed: &Fields) -> Values {
    for (name, field) in [
        ("amount", &mut values.amount),
        ("date", &mut values.date),
        ("description", &mut values.description),
        ("category", &mut values.category),
        ("location", &mut values.location),
        ("bucket", &mut values.bucket),
        ("from_location", &mut values.from_location),
        ("from_bucket", &mut values.from_bucket),
        ("to_location", &mut values.to_location),
        ("to_bucket", &mut values.to_bucket),
    ] {
        if let Some((_, text)) = typed.iter().find(|(typed, _)| *typed == name) {
            text.clone_into(field);
        }
    }
    values
}

async fn show(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    id: TransactionId,
    back: String,
    typed: Option<(Fields, i32)>,
    trouble: Trouble,
) -> Result<HttpResponse, Error> {
    // Of the answers that refuse, htmx puts only this one in place.
    let status = match &trouble {
        Trouble::None => StatusCode::OK,
        Trouble::Invalid(_) | Trouble::Stale | Trouble::Blocked(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let clock = state.clock.clone();
    let form = state
        .db
        .read(caller.caller, move |conn, member| {
            if !member.role.may_write() {
                return Err(Error::Forbidden);
            }
            let snapshot = queries::find(conn, member.household, id)?.ok_or(Error::NotFound)?;
            let book = Book::load(conn, member.household)?;
            let stored = Values::stored(member, &snapshot);
            let (values, version) = match typed {
                Some((fields, version)) => (over(stored, &fields), version),
                None => (stored, snapshot.transaction.version),
            };
            let mut form = RowForm::of(&frame, &book, &snapshot, values, back);
            form.version = version;
            form.currency = member.currency.code();
            match trouble {
                Trouble::None => {}
                Trouble::Invalid(problems) => {
                    let (draft, mut errors) = form.values.draft(member);
                    let by_rules = rules::plan(&draft, &book, Some(&snapshot)).err();
                    for problem in by_rules.unwrap_or_default().into_iter().chain(problems) {
                        if errors.of(problem.field).is_none() {
                            errors.push(problem.field, problem.message);
                        }
                    }
                    form.errors = errors;
                }
                Trouble::Stale => {
                    let today = clock.today(member.time_zone);
                    form.version = snapshot.transaction.version; // who has seen both may save over it
                    form.conflict = Some(Conflict::stale(
                        member,
                        &book,
                        today,
                        &snapshot,
                        Some(&form.values),
                    ));
                }
                Trouble::Blocked(sentence) => form.conflict = Some(Conflict::blocked(&sentence)),
            }
            Ok(form)
        })
        .await?;
    Ok(htmx::html_with(status, form.render()?))
}

impl RowForm {
    fn of(frame: &Frame, book: &Book, snapshot: &Snapshot, values: Values, back: String) -> Self {
        let id = snapshot.transaction.id;
        let locations = [&values.location, &values.from_location, &values.to_location];
        let buckets = [&values.bucket, &values.from_bucket, &values.to_bucket];
        Self {
            id,
            prefix: format!("tx-{id}-"),
            version: snapshot.transaction.version,
            title: snapshot.transaction.title(book).to_owned(),
            locations: choices::locations(book, &locations.map(String::as_str)),
            buckets: choices::buckets(book, &buckets.map(String::as_str)),
            categories: choices::categories(book, values.kind, &values.category),
            errors: FieldErrors::default(),
            conflict: None,
            back: back_query(&back),
            back_field: back,
            currency: "",
            csrf: frame.csrf(),
            idempotency_key: new_key(),
            values,
        }
    }

    fn is_transfer(&self) -> bool {
        self.values.kind == Kind::Transfer
    }

    /// The id of the field with this name.
    fn field_id(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Whether the form has this field: what is wrong with another one is told without a link.
    fn has_field(&self, name: &str) -> bool {
        match name {
            "amount" | "date" | "description" | "category" => true,
            "location" => !self.is_transfer(),
            "bucket" => !self.is_transfer() && !self.values.split,
            "from_location" | "from_bucket" | "to_location" | "to_bucket" => self.is_transfer(),
            _ => false,
        }
    }
}
