//! Looking people up.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Nullable, Text, Uuid as SqlUuid};

use crate::ids::{HouseholdId, UserId};
use crate::schema::{second_factors, sessions, token_families, users};
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
    /// The encrypted secret of their second factor, if they have one.
    pub second_factor: Option<Vec<u8>>,
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
    #[diesel(sql_type = Nullable<Binary>)]
    second_factor: Option<Vec<u8>>,
}

/// The credentials of whoever has this address; nothing for an unknown or blocked person.
///
/// # Errors
/// Only database failures.
pub fn credentials(conn: &mut PgConnection, email: &str) -> QueryResult<Option<Credentials>> {
    let query = statement("SELECT c.* FROM find_credentials(?) c").bind::<Text, _>(email.to_owned());
    Ok(query.get_result::<Row>(conn)?.credentials())
}

/// The credentials of a person, for the second step of their log-in; nothing for somebody who is gone or blocked.
///
/// # Errors
/// Only database failures.
pub fn credentials_of(conn: &mut PgConnection, user: UserId) -> QueryResult<Option<Credentials>> {
    let query = statement("SELECT c.* FROM credentials_of(?) c").bind::<SqlUuid, _>(user);
    Ok(query.get_result::<Row>(conn)?.credentials())
}

impl Row {
    fn credentials(self) -> Option<Credentials> {
        Some(Credentials {
            user: self.user_id?,
            password_hash: self.password_hash?,
            token_epoch: self.token_epoch?,
            household: self.household_id,
            second_factor: self.second_factor,
        })
    }
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

/// One user, with what protects their account and where they are. Serialises to what programs read.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Details {
    /// Who it is.
    #[serde(flatten)]
    pub user: UserRow,
    /// When it was proved that mail reaches them.
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// When their account goes.
    pub delete_after: Option<DateTime<Utc>>,
    /// Since when log-ins ask for a code.
    pub second_factor_since: Option<DateTime<Utc>>,
    /// Browsers that are logged in.
    pub sessions: i64,
    /// Programs that are logged in.
    pub programs: i64,
    /// The households they are in, the oldest membership first.
    pub households: Vec<OfTheirs>,
}

/// A household that somebody is in.
#[derive(Debug, Clone, serde::Serialize, QueryableByName)]
pub struct OfTheirs {
    /// Its identifier.
    #[diesel(sql_type = SqlUuid)]
    pub id: HouseholdId,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What they may do in it.
    #[diesel(sql_type = Text)]
    pub role: String,
}

/// All about one user but secrets; nothing for an unknown one. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn details(conn: &mut PgConnection, user: UserId) -> QueryResult<Option<Details>> {
    /// With when the address was confirmed, and when the account goes.
    type Found = (UserRow, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let found: Option<Found> = users::table
        .find(user)
        .select((
            UserRow::as_select(),
            users::email_confirmed_at,
            users::delete_after,
        ))
        .first(conn)
        .optional()?;
    let Some((row, email_confirmed_at, delete_after)) = found else {
        return Ok(None);
    };
    let second_factor_since = second_factors::table
        .find(user)
        .select(second_factors::enabled_at)
        .first(conn)
        .optional()?
        .flatten();
    let sessions = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::expires_at.gt(diesel::dsl::now))
        .count()
        .get_result(conn)?;
    let programs = token_families::table
        .filter(token_families::user_id.eq(user))
        .filter(token_families::revoked_at.is_null())
        .count()
        .get_result(conn)?;
    let households = statement(
        "SELECT h.id, h.name, m.role FROM members m JOIN households h ON h.id = m.household_id WHERE m.user_id = ? ORDER BY m.joined_at, h.id",
    )
    .bind::<SqlUuid, _>(user)
    .load(conn)?;
    Ok(Some(Details {
        user: row,
        email_confirmed_at,
        delete_after,
        second_factor_since,
        sessions,
        programs,
        households,
    }))
}
