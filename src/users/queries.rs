//! Looking people up.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid};

use crate::ids::{HouseholdId, UserId};
use crate::schema::users;
use crate::statement::statement;

/// What a log-in needs to check a password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who it is.
    pub user: UserId,
    /// The hash of their password.
    pub password_hash: String,
    /// Their epoch, for access tokens.
    pub token_epoch: i32,
    /// The household they see first: their oldest.
    pub household: Option<HouseholdId>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    user_id: Option<UserId>,
    #[diesel(sql_type = Nullable<Text>)]
    password_hash: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    token_epoch: Option<i32>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    household_id: Option<HouseholdId>,
}

/// The credentials of whoever has this address; nothing for an unknown or blocked person.
///
/// # Errors
/// Only database failures.
pub fn credentials(conn: &mut PgConnection, email: &str) -> QueryResult<Option<Credentials>> {
    let row: Row = statement("SELECT c.* FROM find_credentials(?) c")
        .bind::<Text, _>(email.to_owned())
        .get_result(conn)?;
    let Row {
        user_id: Some(user),
        password_hash: Some(password_hash),
        token_epoch: Some(token_epoch),
        household_id,
    } = row
    else {
        return Ok(None);
    };
    Ok(Some(Credentials {
        user,
        password_hash,
        token_epoch,
        household: household_id,
    }))
}

/// One line of the list of users.
#[derive(Debug, Clone, Queryable, Selectable, serde::Serialize)]
#[diesel(table_name = users)]
pub struct UserRow {
    /// Their identifier.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub full_name: String,
    /// Whether they see all through the command line.
    pub is_superuser: bool,
    /// Since when they may not log in.
    pub blocked_at: Option<DateTime<Utc>>,
    /// When they logged in last.
    pub last_login_at: Option<DateTime<Utc>>,
    /// Since when they are here.
    pub created_at: DateTime<Utc>,
}

/// Everybody, in order of arrival. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn all(conn: &mut PgConnection) -> QueryResult<Vec<UserRow>> {
    users::table
        .order((users::created_at, users::id))
        .select(UserRow::as_select())
        .load(conn)
}

/// The id of the user with this address, whatever its case. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn by_email(conn: &mut PgConnection, email: &str) -> QueryResult<Option<UserId>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        id: UserId,
    }
    let found: Option<Found> =
        statement("SELECT id FROM users WHERE lower(normalize(email, NFKC)) = lower(normalize(?, NFKC))")
            .bind::<Text, _>(email.to_owned())
            .get_result(conn)
            .optional()?;
    Ok(found.map(|found| found.id))
}

/// Where mail reaches this user; nothing for somebody who is gone, and for the visitor of a demo, whom no mail reaches. Only the owner of the
/// schema may.
///
/// # Errors
/// Only database failures.
pub fn address(conn: &mut PgConnection, user: UserId) -> QueryResult<Option<String>> {
    users::table
        .find(user)
        .filter(users::is_demo.eq(false))
        .select(users::email)
        .first(conn)
        .optional()
}
