//! What a household is called, which days it has, and, while nothing was recorded, in which currency.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono_tz::Tz;

use super::page::{self, Again};
use super::{PATH, owner, told};
use crate::db::{Connection, DbError};
use crate::households::commands::{self, Edit, EditError};
use crate::households::{Member, queries};
use crate::ledger::name;
use crate::money::Currency;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::{Fields, Form};
use crate::web::pages::choices;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;

/// The form.
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) time_zone: String,
    pub(super) time_zones: Vec<String>,
    pub(super) currency: String,
    /// Nothing to choose from once there were entries.
    pub(super) currencies: Vec<(String, String)>,
    pub(super) errors: FieldErrors,
}

impl Settings {
    /// As they are.
    pub(super) fn of(conn: &mut Connection, member: &Member) -> Result<Self, Error> {
        let is_fixed = queries::currency_is_fixed(conn, member.household)?;
        Ok(Self {
            name: member.household_name.clone(),
            time_zone: member.time_zone.name().to_owned(),
            time_zones: choices::time_zones(),
            currency: member.currency.code().to_owned(),
            currencies: if is_fixed {
                Vec::new()
            } else {
                choices::currencies()
            },
            errors: FieldErrors::default(),
        })
    }
}

/// As they were typed.
pub(super) fn again(
    conn: &mut Connection,
    member: &Member,
    fields: &Fields,
    errors: FieldErrors,
) -> Result<Settings, Error> {
    Ok(Settings {
        name: fields.text("name").to_owned(),
        time_zone: fields.text("time_zone").to_owned(),
        currency: fields.text("currency").to_owned(),
        errors,
        ..Settings::of(conn, member)?
    })
}

/// The name of a household, checked.
pub(in crate::web::pages) fn read_name(fields: &Fields, errors: &mut FieldErrors) -> Option<String> {
    match name::required("name", fields.text("name")) {
        Ok(name) => Some(name),
        Err(problem) => {
            errors.push(problem.field, problem.message);
            None
        }
    }
}

/// A currency of the list.
pub(in crate::web::pages) fn read_currency(fields: &Fields, errors: &mut FieldErrors) -> Option<Currency> {
    let found = Currency::from_code(fields.text("currency")).ok();
    if found.is_none() {
        errors.push("currency", "Choose a currency from the list.");
    }
    found
}

/// A time zone of the list.
pub(in crate::web::pages) fn read_time_zone(fields: &Fields, errors: &mut FieldErrors) -> Option<Tz> {
    let found = fields.text("time_zone").parse().ok();
    if found.is_none() {
        errors.push("time_zone", "Choose a time zone from the list.");
    }
    found
}

/// Why nothing was saved.
enum Stop {
    CurrencyFixed,
    Error(Error),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Error(error.into())
    }
}

impl From<EditError> for Stop {
    fn from(error: EditError) -> Self {
        match error {
            EditError::CurrencyFixed => Self::CurrencyFixed,
            EditError::NotFound => Self::Error(Error::NotFound),
            EditError::Database(error) => Self::Error(error.into()),
        }
    }
}

/// `POST /household`: the settings.
///
/// # Errors
/// [`Error::OwnersOnly`]; when the database fails.
pub(in crate::web) async fn save(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    form: Form,
) -> Result<HttpResponse, Error> {
    owner(&state, &caller).await?;
    let fields = form.fields;
    let mut errors = FieldErrors::default();
    let name = read_name(&fields, &mut errors);
    // The form has no such field once the currency is fixed.
    let currency = match fields.text("currency") {
        "" => None,
        _ => read_currency(&fields, &mut errors),
    };
    let time_zone = read_time_zone(&fields, &mut errors);
    if errors.any() {
        return page::show(&state, caller, frame, None, Again::Settings(fields, errors)).await;
    }
    let edit = Edit {
        name,
        currency,
        time_zone,
    };
    let saved = state
        .db
        .own(caller.caller.clone(), move |conn, member| {
            Ok::<_, Stop>(commands::edit(conn, member.household, &edit)?)
        })
        .await;
    match saved {
        Ok(()) => told(&state, PATH, "Saved.".to_owned()),
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::CurrencyFixed) => {
            errors.push(
                "currency",
                "The currency is fixed, for there are entries in it. Make another household for another currency.",
            );
            page::show(&state, caller, frame, None, Again::Settings(fields, errors)).await
        }
    }
}
