//! Changing households: an owner the one they entered, and the command line any.

use chrono_tz::Tz;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::queries::currency_is_fixed;
use crate::ids::HouseholdId;
use crate::money::Currency;
use crate::schema::households;

/// What is to be different about a household; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// Its name, checked.
    pub name: Option<String>,
    /// Its currency.
    pub currency: Option<Currency>,
    /// Its time zone.
    pub time_zone: Option<Tz>,
}

/// Why a household was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// No such household.
    #[error("there is no such household")]
    NotFound,
    /// Its amounts are kept with the decimals of its currency.
    #[error("the currency is fixed")]
    CurrencyFixed,
    /// The database failed.
    #[error(transparent)]
    Database(DieselError),
}

impl From<DieselError> for EditError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, info)
                if info.constraint_name() == Some("household_currency_is_fixed") =>
            {
                Self::CurrencyFixed
            }
            _ => Self::Database(error),
        }
    }
}

/// Changes a household. A request may change the one that it entered, through [`Db::own`](crate::db::Db::own).
///
/// # Errors
/// [`EditError::NotFound`]; [`EditError::CurrencyFixed`] once it has had entries, for undo may bring them back.
pub fn edit(conn: &mut PgConnection, household: HouseholdId, edit: &Edit) -> Result<(), EditError> {
    let before: Option<String> = households::table
        .find(household)
        .select(households::currency)
        .for_no_key_update()
        .first(conn)
        .optional()?;
    let before = before.ok_or(EditError::NotFound)?;
    let currency = edit.currency.map(Currency::code).filter(|code| *code != before);
    if currency.is_some() && currency_is_fixed(conn, household)? {
        return Err(EditError::CurrencyFixed);
    }
    // What is kept under the version, such as a page in a cache, shows the old settings.
    diesel::update(households::table.find(household))
        .set((
            edit.name.as_ref().map(|name| households::name.eq(name)),
            currency.map(|code| households::currency.eq(code)),
            edit.time_zone.map(|zone| households::time_zone.eq(zone.name())),
            households::ledger_version.eq(households::ledger_version + 1),
        ))
        .execute(conn)?;
    Ok(())
}
