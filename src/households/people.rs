//! Who is in a household, and what they may do there: roles that change, people who leave, are taken out or take over.
//!
//! Everything here is about the household that the transaction entered, and acts for the person who entered it. Postgres checks once more
//! that this person is an owner, and at commit that the household still has one.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::member::Role;
use crate::ids::{HouseholdId, UserId};
use crate::money::Currency;
use crate::schema::households;
use crate::statement::{Statement, is_so, read_word, statement};

/// Somebody in the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub user: UserId,
    /// Their name; may be empty.
    pub full_name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Since when they are in it.
    pub joined_at: DateTime<Utc>,
}

impl Person {
    /// What they are called: their name, else their address.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.full_name.is_empty() {
            &self.email
        } else {
            &self.full_name
        }
    }
}

/// Everybody in the household, in order of arrival.
///
/// # Errors
/// Only database failures.
pub fn all(conn: &mut PgConnection) -> QueryResult<Vec<Person>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        user_id: UserId,
        #[diesel(sql_type = Text)]
        full_name: String,
        #[diesel(sql_type = Text)]
        email: String,
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = Timestamptz)]
        joined_at: DateTime<Utc>,
    }
    let rows: Vec<Row> = statement("SELECT m.* FROM household_members() m").load(conn)?;
    let person = |row: Row| {
        Ok(Person {
            user: row.user_id,
            full_name: row.full_name,
            email: row.email,
            role: read_word(&row.role)?,
            joined_at: row.joined_at,
        })
    };
    rows.into_iter().map(person).collect()
}

/// A household that a person is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Which one.
    pub household: HouseholdId,
    /// Its name.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// What the person may do there.
    pub role: Role,
    /// How many are in it.
    pub people: i64,
    /// Since when the person is in it.
    pub joined_at: DateTime<Utc>,
}

/// The households of the person who entered this transaction, the oldest membership first.
///
/// # Errors
/// Only database failures.
pub fn memberships(conn: &mut PgConnection) -> QueryResult<Vec<Membership>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: HouseholdId,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        currency: String,
        #[diesel(sql_type = Text)]
        time_zone: String,
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = BigInt)]
        people: i64,
        #[diesel(sql_type = Timestamptz)]
        joined_at: DateTime<Utc>,
    }
    let rows: Vec<Row> = statement("SELECT h.* FROM my_households() h").load(conn)?;
    let membership = |row: Row| {
        Ok(Membership {
            household: row.id,
            name: row.name,
            currency: row.currency,
            time_zone: row.time_zone,
            role: read_word(&row.role)?,
            people: row.people,
            joined_at: row.joined_at,
        })
    };
    rows.into_iter().map(membership).collect()
}

/// A household of the person, with what decides whether it goes with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfIGo {
    /// Its name.
    pub name: String,
    /// What the person may do there.
    pub role: Role,
    /// How many are in it.
    pub people: i64,
    /// How many of them own it.
    pub owners: i64,
    /// How many entries it holds.
    pub entries: i64,
}

/// What the person who entered this transaction is in, for the day they go; the oldest membership first.
///
/// # Errors
/// Only database failures.
pub fn if_i_go(conn: &mut PgConnection) -> QueryResult<Vec<IfIGo>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = BigInt)]
        people: i64,
        #[diesel(sql_type = BigInt)]
        owners: i64,
        #[diesel(sql_type = BigInt)]
        entries: i64,
    }
    let rows: Vec<Row> = statement("SELECT h.* FROM my_households_if_i_go() h").load(conn)?;
    let one = |row: Row| {
        Ok(IfIGo {
            name: row.name,
            role: read_word(&row.role)?,
            people: row.people,
            owners: row.owners,
            entries: row.entries,
        })
    };
    rows.into_iter().map(one).collect()
}

/// Why nothing changed about who is in a household.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// There is no such person in it.
    #[error("there is no such member")]
    NotFound,
    /// It would be without an owner.
    #[error("a household has an owner")]
    LastOwner,
    /// The database failed.
    #[error(transparent)]
    Database(DieselError),
}

impl From<DieselError> for PeopleError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, info)
                if info.constraint_name() == Some("household_has_an_owner") =>
            {
                Self::LastOwner
            }
            _ => Self::Database(error),
        }
    }
}

/// Looks at once whether the household still has an owner, and not only at commit, so that the answer can say so.
fn check_owner(conn: &mut PgConnection) -> Result<(), PeopleError> {
    statement("SET CONSTRAINTS members_leave_an_owner IMMEDIATE").execute(conn)?;
    Ok(())
}

/// Gives somebody another role, and says which they had. Their sessions end, but for `kept`: the caller's own goes on, under a secret that the
/// handler renews. Where it was an owner's role, open invitations are withdrawn, for their links are known to every owner.
///
/// # Errors
/// [`PeopleError`]; nothing may be committed then.
pub fn change_role(
    conn: &mut PgConnection,
    user: UserId,
    role: Role,
    kept: Option<Uuid>,
) -> Result<Role, PeopleError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        before: Option<String>,
    }
    let row: Row = statement("SELECT change_role(?, ?, ?) AS before")
        .bind::<SqlUuid, _>(user)
        .bind::<Text, _>(role.as_str())
        .bind::<Nullable<SqlUuid>, _>(kept)
        .get_result(conn)?;
    check_owner(conn)?;
    let before = row.before.ok_or(PeopleError::NotFound)?;
    Ok(read_word(&before)?)
}

/// Takes somebody out. Their sessions in this household end, and they keep, or get, a household of their own. After an owner, open invitations
/// are withdrawn, as in [`change_role`].
///
/// # Errors
/// [`PeopleError`]; nothing may be committed then.
pub fn remove(conn: &mut PgConnection, user: UserId) -> Result<(), PeopleError> {
    let query = statement("SELECT remove_member(?) AS yes").bind::<SqlUuid, _>(user);
    found(conn, query)?;
    check_owner(conn)
}

/// Makes somebody an owner, and the caller a member, whose sessions end but for `kept`.
///
/// # Errors
/// [`PeopleError::NotFound`] for somebody who is not in the household, and for oneself.
pub fn hand_over(conn: &mut PgConnection, user: UserId, kept: Option<Uuid>) -> Result<(), PeopleError> {
    let query = statement("SELECT hand_over(?, ?) AS yes")
        .bind::<SqlUuid, _>(user)
        .bind::<Nullable<SqlUuid>, _>(kept);
    found(conn, query)?;
    check_owner(conn)
}

/// Takes the caller out. Their session goes on with another household of theirs, under a new secret.
///
/// # Errors
/// [`PeopleError::LastOwner`] for the only owner; nothing may be committed then.
pub fn leave(
    conn: &mut PgConnection,
    session: Option<Uuid>,
    secret_hash: [u8; 32],
) -> Result<HouseholdId, PeopleError> {
    let next = next_household(conn, "SELECT leave_household(?, ?) AS id", session, secret_hash)?;
    check_owner(conn)?;
    Ok(next)
}

/// Deletes the household for everybody in it: a job takes its rows away. The caller's session goes on with another household of theirs, under
/// a new secret.
///
/// # Errors
/// Only database failures; that somebody is no owner is one that [`crate::db::DbError`] knows.
pub fn end(
    conn: &mut PgConnection,
    session: Option<Uuid>,
    secret_hash: [u8; 32],
) -> QueryResult<HouseholdId> {
    next_household(conn, "SELECT end_household(?, ?) AS id", session, secret_hash)
}

/// Lets the caller's session show another household of theirs, under a new secret; false where they are not in it.
///
/// # Errors
/// Only database failures.
pub fn show(
    conn: &mut PgConnection,
    session: Uuid,
    household: HouseholdId,
    secret_hash: [u8; 32],
) -> QueryResult<bool> {
    let query = statement("SELECT show_household(?, ?, ?) AS yes")
        .bind::<SqlUuid, _>(session)
        .bind::<SqlUuid, _>(household)
        .bind::<Binary, _>(secret_hash.to_vec());
    is_so(conn, query)
}

/// Lets others who write to this household, or change who is in it, wait until the transaction ends. Whatever the caller's role is.
///
/// # Errors
/// Only database failures.
pub fn take_turn(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<()> {
    households::table
        .find(household)
        .select(households::id)
        .for_no_key_update()
        .first::<HouseholdId>(conn)
        .map(drop)
}

/// Makes another household, which the caller owns.
///
/// # Errors
/// Only database failures.
pub fn found_household(
    conn: &mut PgConnection,
    name: &str,
    currency: Currency,
    time_zone: chrono_tz::Tz,
) -> QueryResult<HouseholdId> {
    let household = HouseholdId::new();
    statement("SELECT found_household(?, ?, ?, ?)")
        .bind::<SqlUuid, _>(household)
        .bind::<Text, _>(name.to_owned())
        .bind::<Text, _>(currency.code())
        .bind::<Text, _>(time_zone.name())
        .execute(conn)?;
    Ok(household)
}

/// Takes away the rows of a household that was deleted; false for any other. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn delete_closed(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<bool> {
    let query = statement("SELECT delete_closed_household(?) AS yes").bind::<SqlUuid, _>(household);
    is_so(conn, query)
}

fn next_household(
    conn: &mut PgConnection,
    text: &'static str,
    session: Option<Uuid>,
    secret_hash: [u8; 32],
) -> QueryResult<HouseholdId> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: HouseholdId,
    }
    let row: Row = statement(text)
        .bind::<Nullable<SqlUuid>, _>(session)
        .bind::<Binary, _>(secret_hash.to_vec())
        .get_result(conn)?;
    Ok(row.id)
}

fn found(conn: &mut PgConnection, query: Statement) -> Result<(), PeopleError> {
    if is_so(conn, query)? {
        Ok(())
    } else {
        Err(PeopleError::NotFound)
    }
}
