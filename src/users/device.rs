//! *Devices*: browsers and programs that are logged in to an account, and what ends them.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::statement::{is_so, statement};

/// A browser or a program that is logged in.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Device {
    /// The session, or the log-in of a program.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whether it is a program with tokens.
    #[diesel(sql_type = Bool)]
    pub is_program: bool,
    /// What it said it is; may be empty.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The network address that it logged in from; may be empty.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// When it logged in.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was last noted to be in use, to the hour.
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: DateTime<Utc>,
}

/// The devices of the person who entered this transaction, the one that was used last first.
///
/// # Errors
/// Only database failures.
pub fn mine(conn: &mut PgConnection) -> QueryResult<Vec<Device>> {
    statement("SELECT d.* FROM my_devices() d").load(conn)
}

/// Logs one device of the person out; whether there was such a one.
///
/// # Errors
/// Only database failures.
pub fn end(conn: &mut PgConnection, device: Uuid) -> QueryResult<bool> {
    let query = statement("SELECT end_my_device(?) AS yes").bind::<SqlUuid, _>(device);
    is_so(conn, query)
}

/// Logs out all devices of the person but the session `kept`. Access tokens end too.
///
/// # Errors
/// Only database failures.
pub fn end_others(conn: &mut PgConnection, kept: Option<Uuid>) -> QueryResult<()> {
    statement("SELECT end_my_other_devices(?)")
        .bind::<Nullable<SqlUuid>, _>(kept)
        .execute(conn)
        .map(drop)
}

/// Gives the person's session another secret: whoever has the earlier one is logged out. Whether there is such a session.
///
/// # Errors
/// Only database failures.
pub fn renew(conn: &mut PgConnection, session: Uuid, secret_hash: [u8; 32]) -> QueryResult<bool> {
    let query = statement("SELECT renew_my_session(?, ?) AS yes")
        .bind::<SqlUuid, _>(session)
        .bind::<Binary, _>(secret_hash.to_vec());
    is_so(conn, query)
}
