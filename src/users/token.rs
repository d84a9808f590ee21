//! Log-ins of programs. Each is a *family* of refresh tokens, of which the newest alone is good: it is used once, for the next one.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::event::Origin;
use crate::ids::UserId;
use crate::statement::statement;

/// Logs a program in: a new family whose first refresh token has this hash, for 30 days.
///
/// # Errors
/// Only database failures.
pub fn start_family(
    conn: &mut PgConnection,
    user: UserId,
    secret_hash: [u8; 32],
    origin: &Origin,
) -> QueryResult<Uuid> {
    let family = Uuid::now_v7();
    statement("SELECT start_token_family(?, ?, ?, interval '30 days', ?, ?)")
        .bind::<SqlUuid, _>(family)
        .bind::<SqlUuid, _>(user)
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<Text, _>(origin.browser.clone())
        .bind::<Text, _>(origin.address.clone())
        .execute(conn)?;
    Ok(family)
}

/// What became of a refresh token that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The new one is good, and the old one is used up.
    Rotated {
        /// Whose it is.
        user: UserId,
        /// The log-in that it belongs to.
        family: Uuid,
        /// The person's epoch, for access tokens.
        epoch: i32,
    },
    /// It was used before, so somebody has a copy: its whole family was logged out, which has to be committed.
    Reused {
        /// Whose it was.
        user: UserId,
    },
    /// It is unknown, too old, or was revoked.
    Refused,
}

/// Takes a refresh token for a new one, which is good for 30 days.
///
/// # Errors
/// Only database failures.
pub fn rotate(conn: &mut PgConnection, old_hash: [u8; 32], new_hash: [u8; 32]) -> QueryResult<Rotation> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        outcome: Option<String>,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        user_id: Option<UserId>,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        family_id: Option<Uuid>,
        #[diesel(sql_type = Nullable<Integer>)]
        token_epoch: Option<i32>,
    }
    let row: Row = statement("SELECT r.* FROM rotate_refresh_token(?, ?, interval '30 days') r")
        .bind::<Binary, _>(old_hash.to_vec())
        .bind::<Binary, _>(new_hash.to_vec())
        .get_result(conn)?;
    Ok(match row {
        Row {
            outcome: Some(outcome),
            user_id: Some(user),
            family_id: Some(family),
            token_epoch: Some(epoch),
        } => {
            if outcome == "rotated" {
                Rotation::Rotated { user, family, epoch }
            } else {
                Rotation::Reused { user }
            }
        }
        _ => Rotation::Refused,
    })
}

/// Logs a program out, by any refresh token that it had; whose it was, nothing if there was nothing to end.
///
/// # Errors
/// Only database failures.
pub fn revoke(conn: &mut PgConnection, secret_hash: [u8; 32]) -> QueryResult<Option<UserId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<SqlUuid>)]
        user_id: Option<UserId>,
    }
    let row: Row = statement("SELECT revoke_refresh_token(?) AS user_id")
        .bind::<Binary, _>(secret_hash.to_vec())
        .get_result(conn)?;
    Ok(row.user_id)
}
