//! What a person sees and sets of their own account. Everything here acts for the person who entered the transaction.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::Theme;
use super::account::{AccountProblem, name_problem};
use crate::money::NumberFormat;
use crate::period::DateFormat;
use crate::statement::statement;

/// What only the person may know of their account.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Account {
    /// Since when they are here.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When they logged in last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_login_at: Option<DateTime<Utc>>,
    /// When it was proved that mail reaches them.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// Whether they see all through the command line.
    #[diesel(sql_type = Bool)]
    pub is_superuser: bool,
    /// An address that waits to be confirmed.
    #[diesel(sql_type = Nullable<Text>)]
    pub new_email: Option<String>,
    /// Since when log-ins ask for a code.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub second_factor_since: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    #[diesel(sql_type = BigInt)]
    pub recovery_codes: i64,
}

/// The account of the person.
///
/// # Errors
/// Only database failures.
pub fn account(conn: &mut PgConnection) -> QueryResult<Account> {
    statement("SELECT a.* FROM my_account() a").get_result(conn)
}

/// What a person may set freely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// May be empty.
    pub full_name: String,
    /// How they read and write numbers.
    pub number_format: NumberFormat,
    /// How they read days.
    pub date_format: DateFormat,
    /// How bright their pages are.
    pub theme: Theme,
}

impl Settings {
    /// What is wrong with them.
    #[must_use]
    pub fn problem(&self) -> Option<AccountProblem> {
        name_problem(&self.full_name)
    }
}

/// Keeps what the person set, which was checked.
///
/// # Errors
/// Only database failures.
pub fn save(conn: &mut PgConnection, settings: &Settings) -> QueryResult<()> {
    statement("SELECT save_my_account(?, ?, ?, ?)")
        .bind::<Text, _>(settings.full_name.clone())
        .bind::<Text, _>(settings.number_format.as_str())
        .bind::<Text, _>(settings.date_format.as_str())
        .bind::<Text, _>(settings.theme.as_str())
        .execute(conn)
        .map(drop)
}

/// The hash of the person's password, to check what they typed.
///
/// # Errors
/// Only database failures.
pub fn password_hash(conn: &mut PgConnection) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        hash: String,
    }
    let row: Row = statement("SELECT my_password_hash() AS hash").get_result(conn)?;
    Ok(row.hash)
}

/// Sets a new password. Every other session than `kept` and every token ends, and links that were mailed are void.
///
/// # Errors
/// Only database failures.
pub fn set_password(conn: &mut PgConnection, password_hash: &str, kept: Option<Uuid>) -> QueryResult<()> {
    statement("SELECT set_my_password(?, ?)")
        .bind::<Text, _>(password_hash.to_owned())
        .bind::<Nullable<SqlUuid>, _>(kept)
        .execute(conn)
        .map(drop)
}

/// Says when the account goes; nothing: it stays.
///
/// # Errors
/// Only database failures.
pub fn ask_deletion(conn: &mut PgConnection, moment: Option<DateTime<Utc>>) -> QueryResult<()> {
    statement("SELECT ask_my_deletion(?)")
        .bind::<Nullable<Timestamptz>, _>(moment)
        .execute(conn)
        .map(drop)
}
