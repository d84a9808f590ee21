//! The entry query: turns a credential into a [`Member`], and admits the transaction to that member's household.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::DbError;
use crate::households::Member;
use crate::ids::{HouseholdId, UserId};
use crate::money::Currency;
use crate::statement::statement;

/// SHA-256 of a secret that only its holder knows.
pub type SecretHash = [u8; 32];

/// A session's last use is noted when the noted one is older than this.
const TOUCH_AFTER: TimeDelta = TimeDelta::hours(1);

/// A credential, not yet checked.
#[derive(Debug, Clone)]
pub enum Caller {
    /// The secret of a session cookie, hashed.
    Session(SecretHash),
    /// The claims of an access token whose signature was good.
    Token {
        /// Whose it is.
        user: UserId,
        /// The log-in that it came from.
        family: Uuid,
        /// The user's epoch when it was made.
        epoch: i32,
        /// The household; without one their oldest counts.
        household: Option<HouseholdId>,
    },
    /// Somebody whom the command line or a job acts for; without a household their oldest counts.
    Trusted {
        /// The person.
        user: UserId,
        /// The household.
        household: Option<HouseholdId>,
    },
}

/// What the entry query found.
pub(super) struct Admitted {
    pub(super) member: Member,
    /// Whether the session's last use should be noted.
    pub(super) touch_due: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    user_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    full_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    number_format: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    date_format: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    theme: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    delete_after: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    household_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    household_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    currency: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    time_zone: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    is_demo: Option<bool>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    ledger_version: Option<i64>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ledger_changed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Integer>)]
    households_count: Option<i32>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    session_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
}

/// The entry query, by the function that checks this kind of credential.
macro_rules! admitted_by {
    ($check:literal) => {
        concat!("SELECT a.*, now() AS now FROM ", $check, " a")
    };
}

/// Checks the credential and admits this transaction to its household.
///
/// # Errors
/// [`DbError::SignedOut`] when the credential is unknown, expired, revoked, or its user is blocked or without a household.
pub(super) fn enter(conn: &mut PgConnection, caller: &Caller) -> Result<Admitted, DbError> {
    let query = match caller {
        Caller::Session(secret) => {
            statement(admitted_by!("enter_session(?, interval '14 days')")).bind::<Binary, _>(secret.to_vec())
        }
        Caller::Token {
            user,
            family,
            epoch,
            household,
        } => statement(admitted_by!("enter_token(?, ?, ?, ?)"))
            .bind::<SqlUuid, _>(*user)
            .bind::<SqlUuid, _>(*family)
            .bind::<Integer, _>(*epoch)
            .bind::<Nullable<SqlUuid>, _>(household.map(HouseholdId::uuid)),
        Caller::Trusted { user, household } => statement(admitted_by!("enter_household(?, ?)"))
            .bind::<SqlUuid, _>(*user)
            .bind::<Nullable<SqlUuid>, _>(household.map(HouseholdId::uuid)),
    };
    let row: Row = query.get_result(conn)?;
    let touch_due = row.last_seen_at.is_some_and(|seen| row.now - seen > TOUCH_AFTER);
    let member = member_of(row)?.ok_or(DbError::SignedOut)?;
    Ok(Admitted { member, touch_due })
}

/// A member, or nothing where the credential was refused.
fn member_of(row: Row) -> Result<Option<Member>, DbError> {
    let Row {
        user_id: Some(user),
        email: Some(email),
        full_name: Some(full_name),
        number_format: Some(number_format),
        date_format: Some(date_format),
        theme: Some(theme),
        delete_after,
        household_id: Some(household),
        household_name: Some(household_name),
        currency: Some(currency),
        time_zone: Some(time_zone),
        is_demo: Some(is_demo),
        role: Some(role),
        ledger_version: Some(ledger_version),
        ledger_changed_at: Some(ledger_changed_at),
        households_count: Some(households_count),
        session_id: session,
        ..
    } = row
    else {
        return Ok(None);
    };
    let unknown = |what: &str, value: &str| {
        DbError::Schema(format!(
            "the database holds a {what} that this version does not know: {value}"
        ))
    };
    Ok(Some(Member {
        user: user.into(),
        email,
        full_name,
        number_format: number_format
            .parse()
            .map_err(|_| unknown("number format", &number_format))?,
        date_format: date_format
            .parse()
            .map_err(|_| unknown("date format", &date_format))?,
        theme: theme.parse().map_err(|_| unknown("theme", &theme))?,
        delete_after,
        session,
        household: household.into(),
        household_name,
        currency: Currency::from_code(&currency).map_err(|_| unknown("currency", &currency))?,
        time_zone: time_zone.parse().map_err(|_| unknown("time zone", &time_zone))?,
        role: role.parse().map_err(|_| unknown("role", &role))?,
        ledger_version,
        ledger_changed_at,
        is_demo,
        households_count,
    }))
}

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

/// Takes this writer's turn: the lock on the household's row holds until the transaction ends.
pub(super) fn take_turn(conn: &mut PgConnection) -> Result<(), DbError> {
    let turn: Option<Turn> =
        statement("UPDATE households SET ledger_version = ledger_version + 1 WHERE id = current_household() RETURNING true AS taken")
            .get_result(conn)
            .optional()?;
    if turn.is_some_and(|turn| turn.taken) {
        Ok(())
    } else {
        Err(DbError::SignedOut)
    }
}

/// Notes that a session is in use.
pub(super) fn touch_session(conn: &mut PgConnection, secret: SecretHash) -> QueryResult<()> {
    statement("SELECT touch_session(?)")
        .bind::<Binary, _>(secret.to_vec())
        .execute(conn)
        .map(drop)
}
