//! *Links* that were mailed to a person. Each works once, for an hour, and a newer one of the same purpose takes its place. Whoever has the
//! secret has read the mail, so the secret is all the proof that is needed; the database keeps its hash only.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Binary, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::ids::UserId;
use crate::statement::statement;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Proves that mail to the address reaches the person.
    ConfirmEmail,
    /// Proves it of a new address, which then takes the place of the old one.
    ChangeEmail,
    /// Sets a new password.
    ResetPassword,
}

impl Purpose {
    /// The word that the database keeps; it is part of what the secret is made from.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "confirm_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
        }
    }
}

/// Whom a good link is for.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Addressee {
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: UserId,
    /// Their address now.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// The address that the link was mailed to.
    #[diesel(sql_type = Text)]
    pub link_email: String,
}

/// Whom the link with this secret is for; nothing for one that is used, too old, replaced, or never was.
///
/// # Errors
/// Only database failures.
pub fn find(
    conn: &mut PgConnection,
    secret_hash: [u8; 32],
    purpose: Purpose,
) -> QueryResult<Option<Addressee>> {
    statement("SELECT l.* FROM find_link(?, ?) l")
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<Text, _>(purpose.as_str())
        .get_result(conn)
        .optional()
}

/// Keeps a link for an hour, in the place of an earlier one of its purpose. Only the owner of the schema may: jobs and the command line.
///
/// # Errors
/// Only database failures.
pub fn make(
    conn: &mut PgConnection,
    link: Uuid,
    secret_hash: [u8; 32],
    purpose: Purpose,
    user: UserId,
    email: &str,
) -> QueryResult<()> {
    statement(
        "INSERT INTO one_time_links (id, secret_hash, purpose, user_id, email, expires_at) VALUES (?, ?, ?, ?, ?, now() + interval '1 hour')
         ON CONFLICT ON CONSTRAINT one_time_link_is_the_newest DO UPDATE
            SET id = excluded.id, secret_hash = excluded.secret_hash, email = excluded.email, created_at = now(), expires_at = excluded.expires_at",
    )
    .bind::<SqlUuid, _>(link)
    .bind::<Binary, _>(secret_hash.to_vec())
    .bind::<Text, _>(purpose.as_str())
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(email.to_owned())
    .execute(conn)
    .map(drop)
}

/// Keeps a link by which the person who entered this transaction confirms another address.
///
/// # Errors
/// Only database failures.
pub fn begin_email_change(
    conn: &mut PgConnection,
    link: Uuid,
    secret_hash: [u8; 32],
    email: &str,
) -> QueryResult<()> {
    statement("SELECT begin_email_change(?, ?, ?, interval '1 hour')")
        .bind::<SqlUuid, _>(link)
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<Text, _>(email.to_owned())
        .execute(conn)
        .map(drop)
}

/// Forgets an address of the person that waits to be confirmed.
///
/// # Errors
/// Only database failures.
pub fn drop_email_change(conn: &mut PgConnection) -> QueryResult<()> {
    statement("SELECT drop_email_change()").execute(conn).map(drop)
}

/// Uses a link that confirms an address: whose it is, nothing for a link that is not good or an address that was changed since.
///
/// # Errors
/// Only database failures.
pub fn confirm_email(conn: &mut PgConnection, secret_hash: [u8; 32]) -> QueryResult<Option<UserId>> {
    let query = statement("SELECT confirm_email(?) AS id").bind::<Binary, _>(secret_hash.to_vec());
    whose(conn, query)
}

/// Uses a link that sets a password: whose it is, nothing for a link that is not good. Every session and token of the person ends, and
/// every other link that was mailed to them is void.
///
/// # Errors
/// Only database failures.
pub fn reset_password(
    conn: &mut PgConnection,
    secret_hash: [u8; 32],
    password_hash: &str,
) -> QueryResult<Option<UserId>> {
    let query = statement("SELECT reset_password(?, ?) AS id")
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<Text, _>(password_hash.to_owned());
    whose(conn, query)
}

/// An address that took the place of another.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct EmailChange {
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: UserId,
    /// The address that they had.
    #[diesel(sql_type = Text)]
    pub old_email: String,
    /// The address that they have now.
    #[diesel(sql_type = Text)]
    pub new_email: String,
}

/// Why an address was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EmailChangeError {
    /// Somebody has this address meanwhile.
    #[error("a user with this email already exists")]
    EmailTaken,
    /// The database failed.
    #[error(transparent)]
    Database(DieselError),
}

impl From<DieselError> for EmailChangeError {
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

/// Uses a link that confirms another address; nothing for a link that is not good. Every other link that was mailed is void.
///
/// # Errors
/// [`EmailChangeError::EmailTaken`]; nothing may be committed then.
pub fn change_email(
    conn: &mut PgConnection,
    secret_hash: [u8; 32],
) -> Result<Option<EmailChange>, EmailChangeError> {
    let changed = statement("SELECT c.* FROM change_email(?) c")
        .bind::<Binary, _>(secret_hash.to_vec())
        .get_result(conn)
        .optional()?;
    Ok(changed)
}

/// The id that a function answers, if any.
fn whose(conn: &mut PgConnection, query: crate::statement::Statement) -> QueryResult<Option<UserId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<SqlUuid>)]
        id: Option<UserId>,
    }
    let row: Row = query.get_result(conn)?;
    Ok(row.id)
}
