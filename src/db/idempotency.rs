//! Answers already given: the same form sent twice is one entry, and both senders get the first answer.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::DbError;
use crate::households::Member;
use crate::schema::idempotency_keys;

/// One request as its sender named it.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What the sender calls this request, at most 255 characters.
    pub key: String,
    /// SHA-256 of what is asked.
    pub request_hash: [u8; 32],
}

/// The same key came with another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyReused;

/// Does `work` once: a key seen in the last 48 hours gets the answer of that time. Call it inside [`super::Db::write`], whose lock makes
/// simultaneous senders wait for each other.
///
/// # Errors
/// [`KeyReused`] when the key came with another request before, and what `work` says; nothing is remembered then.
pub fn once<A, E>(
    conn: &mut PgConnection,
    member: &Member,
    attempt: Option<&Attempt>,
    work: impl FnOnce(&mut PgConnection) -> Result<A, E>,
) -> Result<A, E>
where
    A: Serialize + DeserializeOwned,
    E: From<DbError> + From<KeyReused>,
{
    let Some(attempt) = attempt else {
        return work(conn);
    };
    forget_old(conn, member).map_err(DbError::from)?;
    if let Some((hash, answer)) = find(conn, member, &attempt.key).map_err(DbError::from)? {
        if hash != attempt.request_hash {
            return Err(KeyReused.into());
        }
        return serde_json::from_value(answer).map_err(|error| unreadable(&error).into());
    }
    let answer = work(conn)?;
    let stored = serde_json::to_value(&answer).map_err(|error| unreadable(&error))?;
    store(conn, member, attempt, stored).map_err(DbError::from)?;
    Ok(answer)
}

fn unreadable(error: &serde_json::Error) -> DbError {
    DbError::Schema(format!("a remembered answer cannot be read or written: {error}"))
}

/// Takes away what is older than 48 hours, so that it neither answers nor is in the way.
fn forget_old(conn: &mut PgConnection, member: &Member) -> QueryResult<()> {
    use diesel::dsl::{IntervalDsl, now};
    use diesel::sql_types::Timestamptz;
    diesel::delete(
        idempotency_keys::table
            .filter(idempotency_keys::household_id.eq(member.household))
            .filter(idempotency_keys::created_at.lt(now.into_sql::<Timestamptz>() - 48.hours())),
    )
    .execute(conn)
    .map(drop)
}

fn find(
    conn: &mut PgConnection,
    member: &Member,
    key: &str,
) -> QueryResult<Option<(Vec<u8>, serde_json::Value)>> {
    idempotency_keys::table
        .find((member.household, member.user, key))
        .select((idempotency_keys::request_hash, idempotency_keys::answer))
        .first(conn)
        .optional()
}

fn store(
    conn: &mut PgConnection,
    member: &Member,
    attempt: &Attempt,
    answer: serde_json::Value,
) -> QueryResult<()> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::household_id.eq(member.household),
            idempotency_keys::user_id.eq(member.user),
            idempotency_keys::key.eq(&attempt.key),
            idempotency_keys::request_hash.eq(&attempt.request_hash[..]),
            idempotency_keys::answer.eq(answer),
        ))
        .execute(conn)
        .map(drop)
}
