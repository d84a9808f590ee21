//! The households that a person is in: which one they see, and one more.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;

use super::choices;
use super::field_errors::FieldErrors;
use super::frame::{Frame, new_key};
use super::front::START_PAGE;
use super::household::{self, Renewed, read_currency, read_name, read_time_zone, refuse_demo, told};
use super::shell::{Section, Shell};
use crate::db::idempotency;
use crate::households::people::{self, Membership};
use crate::ids::HouseholdId;
use crate::money::Currency;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "households/index.html")]
struct Index {
    shell: Shell,
    rows: Vec<Row>,
}

/// One household of the person.
struct Row {
    id: String,
    name: String,
    role: &'static str,
    means: &'static str,
    people: i64,
    currency: String,
    is_shown: bool,
}

#[derive(Template)]
#[template(path = "households/new.html")]
struct New {
    shell: Shell,
    key: String,
    name: String,
    currency: String,
    currencies: Vec<(String, String)>,
    time_zone: String,
    time_zones: Vec<String>,
    errors: FieldErrors,
}

/// `GET /households`
///
/// # Errors
/// [`Error::Conflict`] in a demo; when the database fails.
pub async fn index(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let (memberships, member) = state
        .db
        .read(caller.caller, |conn, member| {
            refuse_demo(member)?;
            Ok::<_, Error>((people::memberships(conn)?, member.clone()))
        })
        .await?;
    let row = |one: Membership| Row {
        id: one.household.to_string(),
        name: one.name,
        role: household::name(one.role),
        means: household::means(one.role),
        people: one.people,
        currency: one.currency,
        is_shown: one.household == member.household,
    };
    let page = Index {
        shell: frame.shell(&member, Section::Household),
        rows: memberships.into_iter().map(row).collect(),
    };
    frame.finish(&state, htmx::html(page.render()?))
}

/// `POST /households/{id}/open`: this browser shows that household from now on.
///
/// # Errors
/// [`Error::NotFound`] for a household that the person is not in, and for none; [`Error::Conflict`] in a demo; when the database fails.
pub async fn open(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    id: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let id = id.parse::<HouseholdId>();
    let renewed = Renewed::new()?;
    let hash = renewed.hash;
    state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            let session = member.session.ok_or(Error::SignedOut)?;
            let id = id.map_err(|_| Error::NotFound)?;
            if people::show(conn, session, id, hash)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await?;
    renewed.hand_out(&request)?;
    Ok(htmx::see_other(START_PAGE))
}

/// `GET /households/new`
///
/// # Errors
/// As [`index`].
pub async fn new_form(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    show_form(&state, caller, frame, &Fields::default(), FieldErrors::default()).await
}

async fn show_form(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    fields: &Fields,
    errors: FieldErrors,
) -> Result<HttpResponse, Error> {
    let member = state
        .db
        .read(caller.caller, |_, member| {
            refuse_demo(member)?;
            Ok::<_, Error>(member.clone())
        })
        .await?;
    let or = |name: &str, default: &str| match fields.text(name) {
        "" => default.to_owned(),
        typed => typed.to_owned(),
    };
    let status = if errors.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = New {
        shell: frame.shell(&member, Section::Household),
        key: new_key(),
        name: fields.text("name").to_owned(),
        currency: or("currency", member.currency.code()),
        currencies: choices::currencies(),
        time_zone: or("time_zone", member.time_zone.name()),
        time_zones: choices::time_zones(),
        errors,
    };
    frame.finish(state, htmx::html_with(status, page.render()?))
}

/// What another household is to be.
struct Wanted {
    name: String,
    currency: Currency,
    time_zone: Tz,
}

fn read(fields: &Fields, errors: &mut FieldErrors) -> Option<Wanted> {
    let (name, currency, time_zone) = (
        read_name(fields, errors),
        read_currency(fields, errors),
        read_time_zone(fields, errors),
    );
    Some(Wanted {
        name: name?,
        currency: currency?,
        time_zone: time_zone?,
    })
}

/// `POST /households/new`: makes another household, which this browser shows from now on.
///
/// # Errors
/// As [`index`].
pub async fn create(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    form: Form,
) -> Result<HttpResponse, Error> {
    let mut errors = FieldErrors::default();
    let Some(wanted) = read(&form.fields, &mut errors) else {
        return show_form(&state, caller, frame, &form.fields, errors).await;
    };
    let renewed = Renewed::new()?;
    let user = state
        .db
        .read(caller.caller.clone(), |_, member| Ok::<_, Error>(member.user))
        .await?;
    state.throttle.found(user).await?;
    let (hash, attempt) = (renewed.hash, form.attempt);
    let said = format!("{} is there, and yours.", wanted.name);
    state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            let session = member.session.ok_or(Error::SignedOut)?;
            people::take_turn(conn, member.household)?;
            let id = idempotency::once(conn, member, attempt.as_ref(), |conn| {
                let Wanted {
                    name,
                    currency,
                    time_zone,
                } = &wanted;
                Ok::<_, Error>(people::found_household(conn, name, *currency, *time_zone)?)
            })?;
            if people::show(conn, session, id, hash)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await?;
    renewed.hand_out(&request)?;
    told(&state, START_PAGE, said)
}
