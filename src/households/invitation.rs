//! *Invitations*: links into a household. Each lets in one person, once, within seven days, whoever has it; an owner may copy it again, or
//! withdraw it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::member::Role;
use crate::ids::HouseholdId;
use crate::schema::invitations;
use crate::statement::{is_so, read_word, statement};

/// What the secrets of invitations are made for.
pub const PURPOSE: &str = "invitation";
/// How long an invitation is good.
pub const DAYS: i64 = 7;

/// An invitation that nobody has used yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its identifier, from which its link can be made again.
    pub id: Uuid,
    /// Where it was mailed to; may be empty.
    pub email: String,
    /// What whoever uses it may do.
    pub role: Role,
    /// Who invited, by name or address; empty for the command line.
    pub invited_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Open invitations of the entered household, for its owners; nothing for others.
///
/// # Errors
/// Only database failures.
pub fn open(conn: &mut PgConnection) -> QueryResult<Vec<Invitation>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Text)]
        email: String,
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = Text)]
        invited_by: String,
        #[diesel(sql_type = Timestamptz)]
        created_at: DateTime<Utc>,
        #[diesel(sql_type = Timestamptz)]
        expires_at: DateTime<Utc>,
    }
    let rows: Vec<Row> = statement("SELECT i.* FROM household_invitations() i").load(conn)?;
    let invitation = |row: Row| {
        Ok(Invitation {
            id: row.id,
            email: row.email,
            role: read_word(&row.role)?,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    };
    rows.into_iter().map(invitation).collect()
}

/// Invites into the entered household, for [`DAYS`] days. An earlier invitation to the same address is void.
///
/// # Errors
/// Only database failures; that somebody is no owner is one that [`crate::db::DbError`] knows.
pub fn make(
    conn: &mut PgConnection,
    invitation: Uuid,
    secret_hash: [u8; 32],
    email: &str,
    role: Role,
) -> QueryResult<()> {
    statement("SELECT invite(?, ?, ?, ?, interval '7 days')")
        .bind::<SqlUuid, _>(invitation)
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<Text, _>(email.to_owned())
        .bind::<Text, _>(role.as_str())
        .execute(conn)
        .map(drop)
}

/// Withdraws an invitation of the entered household; whether there was such a one.
///
/// # Errors
/// As [`make`].
pub fn withdraw(conn: &mut PgConnection, invitation: Uuid) -> QueryResult<bool> {
    let query = statement("SELECT withdraw_invitation(?) AS yes").bind::<SqlUuid, _>(invitation);
    is_so(conn, query)
}

/// What whoever has a good link may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The household.
    pub household: HouseholdId,
    /// Its name.
    pub household_name: String,
    /// What they could do there.
    pub role: Role,
    /// Who invites; empty for the command line.
    pub invited_by: String,
    /// Where it was mailed to; may be empty.
    pub email: String,
}

/// What the link with this secret leads to; nothing for one that is used, withdrawn, too old, or never was.
///
/// # Errors
/// Only database failures.
pub fn find(conn: &mut PgConnection, secret_hash: [u8; 32]) -> QueryResult<Option<Offer>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        household_id: HouseholdId,
        #[diesel(sql_type = Text)]
        household_name: String,
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = Text)]
        invited_by: String,
        #[diesel(sql_type = Text)]
        email: String,
    }
    let row: Option<Row> = statement("SELECT i.* FROM find_invitation(?) i")
        .bind::<Binary, _>(secret_hash.to_vec())
        .get_result(conn)
        .optional()?;
    let offer = |row: Row| {
        Ok(Offer {
            household: row.household_id,
            household_name: row.household_name,
            role: read_word(&row.role)?,
            invited_by: row.invited_by,
            email: row.email,
        })
    };
    row.map(offer).transpose()
}

/// The same by id. Only the owner of the schema may: jobs.
///
/// # Errors
/// Only database failures.
pub fn of(conn: &mut PgConnection, household: HouseholdId, id: Uuid) -> QueryResult<Option<Offer>> {
    let hash: Option<Vec<u8>> = invitations::table
        .find((household, id))
        .select(invitations::secret_hash)
        .first(conn)
        .optional()?;
    match hash.and_then(|hash| hash.try_into().ok()) {
        Some(hash) => find(conn, hash),
        None => Ok(None),
    }
}

/// Lets the person who entered this transaction in, who is in from now on; nothing for a link that is not good. For somebody who is in already the link stays good.
///
/// # Errors
/// Only database failures.
pub fn accept(conn: &mut PgConnection, secret_hash: [u8; 32]) -> QueryResult<Option<HouseholdId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<SqlUuid>)]
        id: Option<HouseholdId>,
    }
    let row: Row = statement("SELECT accept_invitation(?) AS id")
        .bind::<Binary, _>(secret_hash.to_vec())
        .get_result(conn)?;
    Ok(row.id)
}

/// Invites into any household, as nobody in particular. Only the owner of the schema may: the command line.
///
/// # Errors
/// Only database failures.
pub fn make_for(
    conn: &mut PgConnection,
    household: HouseholdId,
    invitation: Uuid,
    secret_hash: [u8; 32],
    email: &str,
    role: Role,
) -> QueryResult<()> {
    statement("DELETE FROM invitations WHERE household_id = ? AND email <> '' AND lower(normalize(email, NFKC)) = lower(normalize(?, NFKC))")
        .bind::<SqlUuid, _>(household)
        .bind::<Text, _>(email.to_owned())
        .execute(conn)?;
    statement(
        "INSERT INTO invitations (household_id, id, secret_hash, email, role, expires_at) VALUES (?, ?, ?, ?, ?, now() + interval '7 days')",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(invitation)
    .bind::<Binary, _>(secret_hash.to_vec())
    .bind::<Text, _>(email.to_owned())
    .bind::<Text, _>(role.as_str())
    .execute(conn)
    .map(drop)
}
