//! Signing up, logging in and out, through the definer functions that the role of requests may call.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Binary, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::NewAccount;
use super::event::Origin;
use crate::ids::{HouseholdId, UserId};
use crate::schema::users;
use crate::statement::statement;

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// Somebody has this address already.
    #[error("a user with this email already exists")]
    EmailTaken,
    /// The database failed.
    #[error(transparent)]
    Database(DieselError),
}

impl From<DieselError> for SignUpError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)
                if info.constraint_name() == Some("users_email_is_unique") =>
            {
                Self::EmailTaken
            }
            _ => Self::Database(error),
        }
    }
}

/// Makes a user, their household and their ownership of it.
///
/// # Errors
/// [`SignUpError::EmailTaken`].
pub fn sign_up(
    conn: &mut PgConnection,
    account: &NewAccount,
    password_hash: &str,
) -> Result<(UserId, HouseholdId), SignUpError> {
    let (user, household) = (UserId::new(), HouseholdId::new());
    statement("SELECT sign_up(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind::<SqlUuid, _>(user)
        .bind::<Text, _>(account.email.clone())
        .bind::<Text, _>(account.full_name.clone())
        .bind::<Text, _>(password_hash.to_owned())
        .bind::<Text, _>(account.number_format.as_str())
        .bind::<Text, _>(account.date_format.as_str())
        .bind::<SqlUuid, _>(household)
        .bind::<Text, _>(account.household_name())
        .bind::<Text, _>(account.currency.code())
        .bind::<Text, _>(account.time_zone.name())
        .execute(conn)?;
    Ok((user, household))
}

/// Makes a user who comes into the household of an invitation and has none of their own; nothing, and nobody is made, where the invitation
/// is not good.
///
/// # Errors
/// [`SignUpError::EmailTaken`].
pub fn sign_up_invited(
    conn: &mut PgConnection,
    account: &NewAccount,
    password_hash: &str,
    invitation: [u8; 32],
) -> Result<Option<(UserId, HouseholdId)>, SignUpError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<SqlUuid>)]
        household: Option<HouseholdId>,
    }
    let user = UserId::new();
    let row: Row = statement("SELECT sign_up_invited(?, ?, ?, ?, ?, ?, ?) AS household")
        .bind::<SqlUuid, _>(user)
        .bind::<Text, _>(account.email.clone())
        .bind::<Text, _>(account.full_name.clone())
        .bind::<Text, _>(password_hash.to_owned())
        .bind::<Text, _>(account.number_format.as_str())
        .bind::<Text, _>(account.date_format.as_str())
        .bind::<Binary, _>(invitation.to_vec())
        .get_result(conn)?;
    Ok(row.household.map(|household| (user, household)))
}

/// Lets a user see all households through the command line. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn make_superuser(conn: &mut PgConnection, user: UserId) -> QueryResult<()> {
    diesel::update(users::table.find(user))
        .set(users::is_superuser.eq(true))
        .execute(conn)
        .map(drop)
}

/// Logs a browser in: from now on the secret with this hash is theirs, for 90 days at most.
///
/// # Errors
/// Only database failures.
pub fn start_session(
    conn: &mut PgConnection,
    user: UserId,
    household: HouseholdId,
    secret_hash: [u8; 32],
    origin: &Origin,
) -> QueryResult<()> {
    statement("SELECT start_session(?, ?, ?, ?, interval '90 days', ?, ?)")
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<SqlUuid, _>(user)
        .bind::<SqlUuid, _>(household)
        .bind::<Text, _>(origin.browser.clone())
        .bind::<Text, _>(origin.address.clone())
        .execute(conn)
        .map(drop)
}

/// Logs a browser out; its secret is worth nothing any more.
///
/// # Errors
/// Only database failures.
pub fn end_session(conn: &mut PgConnection, secret_hash: [u8; 32]) -> QueryResult<()> {
    statement("SELECT end_session(?)")
        .bind::<Binary, _>(secret_hash.to_vec())
        .execute(conn)
        .map(drop)
}
