//! The *second factor* of a person: codes from an app, and recovery codes that stand in for them. The secret is kept encrypted; who calls
//! these functions opens it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Timestamptz, Uuid as SqlUuid};

use crate::ids::UserId;
use crate::statement::{is_so, statement};

/// What the secrets of second factors are locked in the vault for.
pub const PURPOSE: &str = "second factor";

/// What is kept of a person's second factor.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct SecondFactor {
    /// The encrypted secret.
    #[diesel(sql_type = Binary)]
    pub secret: Vec<u8>,
    /// Since when log-ins ask for it; nothing while the app has yet to prove that it has the secret.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub enabled_at: Option<DateTime<Utc>>,
}

/// The second factor of the person who entered this transaction.
///
/// # Errors
/// Only database failures.
pub fn mine(conn: &mut PgConnection) -> QueryResult<Option<SecondFactor>> {
    statement("SELECT f.* FROM my_second_factor() f")
        .get_result(conn)
        .optional()
}

/// Keeps a secret that the person's app has yet to prove; false where they have a second factor already.
///
/// # Errors
/// Only database failures.
pub fn begin(conn: &mut PgConnection, secret: Vec<u8>) -> QueryResult<bool> {
    is_so(
        conn,
        statement("SELECT begin_second_factor(?) AS yes").bind::<Binary, _>(secret),
    )
}

/// Switches it on, after a code of time step `step` was right; false where there is none to switch on.
///
/// # Errors
/// Only database failures.
pub fn enable(conn: &mut PgConnection, step: i64, code_hashes: Vec<Vec<u8>>) -> QueryResult<bool> {
    let query = statement("SELECT enable_second_factor(?, ?) AS yes")
        .bind::<BigInt, _>(step)
        .bind::<Array<Binary>, _>(code_hashes);
    is_so(conn, query)
}

/// Switches it off; whether it was on.
///
/// # Errors
/// Only database failures.
pub fn disable(conn: &mut PgConnection) -> QueryResult<bool> {
    is_so(conn, statement("SELECT drop_second_factor() AS yes"))
}

/// Puts new recovery codes in the place of all earlier ones.
///
/// # Errors
/// Only database failures.
pub fn set_recovery_codes(conn: &mut PgConnection, code_hashes: Vec<Vec<u8>>) -> QueryResult<()> {
    statement("SELECT set_my_recovery_codes(?)")
        .bind::<Array<Binary>, _>(code_hashes)
        .execute(conn)
        .map(drop)
}

/// Whether a code of this time step still counts for a log-in; no code of it or of an earlier one does from then on.
///
/// # Errors
/// Only database failures.
pub fn take_step(conn: &mut PgConnection, user: UserId, step: i64) -> QueryResult<bool> {
    let query = statement("SELECT take_second_factor_step(?, ?) AS yes")
        .bind::<SqlUuid, _>(user)
        .bind::<BigInt, _>(step);
    is_so(conn, query)
}

/// Whether the person has this recovery code; it is gone from then on.
///
/// # Errors
/// Only database failures.
pub fn take_recovery_code(conn: &mut PgConnection, user: UserId, code_hash: [u8; 32]) -> QueryResult<bool> {
    let query = statement("SELECT take_recovery_code(?, ?) AS yes")
        .bind::<SqlUuid, _>(user)
        .bind::<Binary, _>(code_hash.to_vec());
    is_so(conn, query)
}
