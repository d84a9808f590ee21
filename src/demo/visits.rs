//! Demos that visitors make: a household and a person of their own, marked in the database, and gone when they leave.
//!
//! Everything goes through definer functions that only ever touch what carries the mark.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Uuid as SqlUuid};

use crate::ids::{HouseholdId, UserId};
use crate::statement::statement;

/// Demos of visitors at the same time.
pub const VISITS_MAX: i64 = 24;

#[derive(QueryableByName)]
struct Done {
    #[diesel(sql_type = Bool)]
    done: bool,
}

/// Takes away some of the demos that are over a day old. How many demos are left, old and new.
///
/// # Errors
/// Only database failures.
pub fn forget_old(conn: &mut PgConnection) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Left {
        #[diesel(sql_type = BigInt)]
        left_over: i64,
    }
    let left: Left = statement("SELECT forget_old_demos() AS left_over").get_result(conn)?;
    Ok(left.left_over)
}

/// Takes away some of the demos that are over a day old. Whether there is room for one more.
///
/// # Errors
/// Only database failures.
pub fn make_room(conn: &mut PgConnection) -> QueryResult<bool> {
    Ok(forget_old(conn)? < VISITS_MAX)
}

/// Makes a demo of a user and their household, who were signed up in this very transaction.
///
/// # Errors
/// When either was there before.
pub fn mark(conn: &mut PgConnection, user: UserId, household: HouseholdId) -> QueryResult<()> {
    statement("SELECT mark_demo(?, ?)")
        .bind::<SqlUuid, _>(user)
        .bind::<SqlUuid, _>(household)
        .execute(conn)
        .map(drop)
}

/// Deletes the demo that this session shows, with its person and all their sessions. Nothing, and `false`, for any other session.
///
/// # Errors
/// Only database failures.
pub fn leave(conn: &mut PgConnection, secret_hash: [u8; 32]) -> QueryResult<bool> {
    let answer: Done = statement("SELECT leave_demo(?) AS done")
        .bind::<Binary, _>(secret_hash.to_vec())
        .get_result(conn)?;
    Ok(answer.done)
}
