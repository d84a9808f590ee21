//! What the command line and jobs do to people. Only the owner of the schema may.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;

use crate::ids::{HouseholdId, UserId};
use crate::period::DateFormat;
use crate::schema::{second_factors, users};
use crate::statement::{read_word, statement};

/// Logs a person out everywhere, programs too.
///
/// # Errors
/// Only database failures.
pub fn log_out(conn: &mut PgConnection, user: UserId) -> QueryResult<()> {
    statement("SELECT log_out_everywhere(?, NULL)")
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .map(drop)
}

/// Blocks a person, who is logged out everywhere and cannot log in until they are unblocked; false if they were blocked already.
///
/// # Errors
/// Only database failures.
pub fn block(conn: &mut PgConnection, user: UserId) -> QueryResult<bool> {
    let blocked = diesel::update(users::table.find(user).filter(users::blocked_at.is_null()))
        .set(users::blocked_at.eq(diesel::dsl::now))
        .execute(conn)?;
    // Owners see the links of all open invitations, and could come back by one under another name.
    statement("DELETE FROM invitations WHERE household_id IN (SELECT household_id FROM members WHERE user_id = ? AND role = 'owner')")
        .bind::<SqlUuid, _>(user)
        .execute(conn)?;
    log_out(conn, user)?;
    Ok(blocked > 0)
}

/// Lets a blocked person log in again; false if they were not blocked.
///
/// # Errors
/// Only database failures.
pub fn unblock(conn: &mut PgConnection, user: UserId) -> QueryResult<bool> {
    let unblocked = diesel::update(users::table.find(user).filter(users::blocked_at.is_not_null()))
        .set(users::blocked_at.eq(None::<DateTime<Utc>>))
        .execute(conn)?;
    Ok(unblocked > 0)
}

/// Sets a person's password, and logs them out everywhere.
///
/// # Errors
/// Only database failures.
pub fn set_password(conn: &mut PgConnection, user: UserId, password_hash: &str) -> QueryResult<()> {
    diesel::update(users::table.find(user))
        .set((
            users::password_hash.eq(password_hash),
            users::updated_at.eq(diesel::dsl::now),
        ))
        .execute(conn)?;
    statement("DELETE FROM one_time_links WHERE user_id = ?")
        .bind::<SqlUuid, _>(user)
        .execute(conn)?;
    log_out(conn, user)
}

/// Takes a person's second factor away, for somebody who lost it; false if they had none.
///
/// # Errors
/// Only database failures.
pub fn drop_second_factor(conn: &mut PgConnection, user: UserId) -> QueryResult<bool> {
    let dropped = diesel::delete(second_factors::table.find(user)).execute(conn)?;
    Ok(dropped > 0)
}

/// Who a person is to the letters that are written to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their address.
    pub email: String,
    /// How they read days.
    pub date_format: DateFormat,
    /// When it was proved that mail reaches them.
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// When their account goes.
    pub delete_after: Option<DateTime<Utc>>,
}

/// A person to write to; nothing for one who is gone, blocked, or a demo's.
///
/// # Errors
/// Only database failures.
pub fn recipient(conn: &mut PgConnection, user: UserId) -> QueryResult<Option<Recipient>> {
    /// Address, date format, when it was confirmed, when the account goes.
    type Row = (String, String, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let row: Option<Row> = users::table
        .find(user)
        .filter(users::blocked_at.is_null())
        .filter(users::is_demo.eq(false))
        .select((
            users::email,
            users::date_format,
            users::email_confirmed_at,
            users::delete_after,
        ))
        .first(conn)
        .optional()?;
    let recipient = |(email, date_format, email_confirmed_at, delete_after): Row| {
        Ok(Recipient {
            email,
            date_format: read_word(&date_format)?,
            email_confirmed_at,
            delete_after,
        })
    };
    row.map(recipient).transpose()
}

/// Deletes a person whose time has come by `now`, or, without a moment, in any case. What they alone were in is closed, and named in the
/// answer: its rows have yet to be deleted. What they owned with others goes to whoever is next. Nothing for somebody who is not due.
///
/// # Errors
/// Only database failures.
pub fn delete(
    conn: &mut PgConnection,
    user: UserId,
    now: Option<DateTime<Utc>>,
) -> QueryResult<Option<Vec<HouseholdId>>> {
    #[derive(QueryableByName)]
    struct Closed {
        #[diesel(sql_type = SqlUuid)]
        id: HouseholdId,
    }
    // The households first, as everywhere: a member is locked after the household.
    statement(
        "SELECT h.id FROM members m JOIN households h ON h.id = m.household_id WHERE m.user_id = ? ORDER BY h.id FOR NO KEY UPDATE OF h",
    )
    .bind::<SqlUuid, _>(user)
    .execute(conn)?;
    let due_at: Option<Option<DateTime<Utc>>> = users::table
        .find(user)
        .select(users::delete_after)
        .for_update()
        .first(conn)
        .optional()?;
    let is_due = match (due_at, now) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(due_at), Some(now)) => due_at.is_some_and(|due_at| due_at <= now),
    };
    if !is_due {
        return Ok(None);
    }
    let closed: Vec<Closed> = statement("SELECT c.id FROM delete_person(?) AS c (id)")
        .bind::<SqlUuid, _>(user)
        .load(conn)?;
    Ok(Some(closed.into_iter().map(|closed| closed.id).collect()))
}
