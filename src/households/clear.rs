//! Deleting everything but superusers.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::ids::HouseholdId;
use crate::schema::{households, jobs, members, token_families, users};
use crate::statement::statement;

/// What is deleted, or was, and who stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Holdings {
    /// Households, those of superusers too.
    #[diesel(sql_type = BigInt)]
    pub households: i64,
    /// Their transactions.
    #[diesel(sql_type = BigInt)]
    pub transactions: i64,
    /// People who are no superusers.
    #[diesel(sql_type = BigInt)]
    pub users: i64,
    /// Those who stay.
    #[diesel(sql_type = BigInt)]
    pub superusers: i64,
}

/// Why nothing was deleted.
#[derive(Debug, thiserror::Error)]
pub enum ClearError {
    /// Somebody is at work in the database.
    #[error(
        "Others are using the database, so nothing was deleted. Stop `budget serve` and other commands, then try again."
    )]
    InUse,
    /// The database failed.
    #[error(transparent)]
    Database(DieselError),
}

impl From<DieselError> for ClearError {
    fn from(error: DieselError) -> Self {
        match &error {
            // Diesel has no kind of its own for this.
            DieselError::DatabaseError(_, info) if info.message().contains("lock timeout") => Self::InUse,
            _ => Self::Database(error),
        }
    }
}

/// What there is to delete. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn holdings(conn: &mut PgConnection) -> QueryResult<Holdings> {
    statement(
        "SELECT (SELECT count(*) FROM households) AS households, (SELECT count(*) FROM transactions) AS transactions,
                count(*) FILTER (WHERE NOT is_superuser) AS users, count(*) FILTER (WHERE is_superuser) AS superusers FROM users",
    )
    .get_result(conn)
}

#[derive(QueryableByName)]
struct Superuser {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = Text)]
    time_zone: String,
}

/// Deletes all households with everything in them, and everybody who is no superuser. Superusers are logged out, and find an empty household
/// with the name, currency and time zone of their oldest: without one they could not log in. Only the owner of the schema may.
///
/// # Errors
/// [`ClearError`]; nothing may be committed then.
pub fn clear(conn: &mut PgConnection) -> Result<Holdings, ClearError> {
    // Nobody adds anything between counting and deleting.
    statement("LOCK TABLE users, households, members, transactions IN ACCESS EXCLUSIVE MODE")
        .execute(conn)?;
    let deleted = holdings(conn)?;
    let superusers: Vec<Superuser> = statement(
        "SELECT u.id, coalesce(h.name, 'Household') AS name, coalesce(h.currency, 'EUR') AS currency, coalesce(h.time_zone, 'UTC') AS time_zone
           FROM users u
           LEFT JOIN LATERAL (SELECT h.* FROM members m JOIN households h ON h.id = m.household_id
                               WHERE m.user_id = u.id ORDER BY m.joined_at, h.id LIMIT 1) h ON true
          WHERE u.is_superuser ORDER BY u.created_at, u.id",
    )
    .load(conn)?;
    // Everything of a household refers to it, so this empties all of it at once, whatever tables there are.
    statement("TRUNCATE households CASCADE").execute(conn)?;
    diesel::delete(token_families::table).execute(conn)?;
    // What was still to be done was for those who go.
    diesel::delete(jobs::table).execute(conn)?;
    diesel::delete(users::table.filter(users::is_superuser.eq(false))).execute(conn)?;
    for superuser in superusers {
        let household = HouseholdId::new();
        diesel::insert_into(households::table)
            .values((
                households::id.eq(household),
                households::name.eq(superuser.name),
                households::currency.eq(superuser.currency),
                households::time_zone.eq(superuser.time_zone),
            ))
            .execute(conn)?;
        diesel::insert_into(members::table)
            .values((
                members::household_id.eq(household),
                members::user_id.eq(superuser.id),
                members::role.eq("owner"),
            ))
            .execute(conn)?;
    }
    Ok(deleted)
}
