//! *Profiles*: what programs may know of people. Everybody sees their own, a superuser all; Postgres decides which.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::ids::UserId;
use crate::statement::statement;

/// What may be known of a person.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Profile {
    /// Who it is.
    #[diesel(sql_type = SqlUuid)]
    pub id: UserId,
    /// Their address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Their name; may be empty.
    #[diesel(sql_type = Text)]
    pub full_name: String,
    /// Whether they may log in.
    #[diesel(sql_type = Bool)]
    pub is_active: bool,
    /// When they logged in last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_login_at: Option<DateTime<Utc>>,
    /// Since when they are here.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When something about them was changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// The profiles that the person who entered this transaction may see, in order of arrival.
///
/// # Errors
/// Only database failures.
pub fn visible(conn: &mut PgConnection) -> QueryResult<Vec<Profile>> {
    load(conn, None)
}

/// The profile of one person; nothing for somebody who is not there, or whom the person may not see.
///
/// # Errors
/// Only database failures.
pub fn of(conn: &mut PgConnection, user: UserId) -> QueryResult<Option<Profile>> {
    Ok(load(conn, Some(user))?.pop())
}

fn load(conn: &mut PgConnection, user: Option<UserId>) -> QueryResult<Vec<Profile>> {
    statement("SELECT p.* FROM visible_people(?) p")
        .bind::<Nullable<SqlUuid>, _>(user.map(UserId::uuid))
        .load(conn)
}
