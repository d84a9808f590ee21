//! Signing up, logging in and out, through the definer functions that the role of requests may call.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Binary, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::NewAccount;
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
) -> QueryResult<()> {
    statement("SELECT start_session(?, ?, ?, ?, interval '90 days')")
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<SqlUuid, _>(user)
        .bind::<SqlUuid, _>(household)
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

/// Logs a program in: a new family whose first refresh token has this hash, for 30 days.
///
/// # Errors
/// Only database failures.
pub fn start_token_family(conn: &mut PgConnection, user: UserId, secret_hash: [u8; 32]) -> QueryResult<Uuid> {
    let family = Uuid::now_v7();
    statement("SELECT start_token_family(?, ?, ?, interval '30 days')")
        .bind::<SqlUuid, _>(family)
        .bind::<SqlUuid, _>(user)
        .bind::<Binary, _>(secret_hash.to_vec())
        .execute(conn)?;
    Ok(family)
}
