//! Schema migrations, embedded in the program.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationVersion};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DbError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// The oldest Postgres that knows all that the schema uses.
const SERVER_MIN: i32 = 140_000;

/// One migration and whether it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its folder's name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Applies what is missing; returns the names. Processes that start together wait for each other.
///
/// # Errors
/// A sentence that says which database or migration failed, and why.
pub fn up(url: &str) -> Result<Vec<String>, DbError> {
    locked(url, |conn| {
        let mut done = Vec::new();
        for migration in pending(conn)? {
            conn.run_migration(&migration)
                .map_err(|error| failed(&migration.name().to_string(), error.as_ref()))?;
            done.push(migration.name().to_string());
        }
        Ok(done)
    })
}

/// Takes the newest migration back; returns its name, or nothing when none is applied.
///
/// # Errors
/// A sentence that says what failed, and why.
pub fn down(url: &str) -> Result<Option<String>, DbError> {
    locked(url, |conn| {
        let applied = applied(conn)?;
        let Some(newest) = applied.first() else {
            return Ok(None);
        };
        let reverted = conn
            .revert_last_migration(MIGRATIONS)
            .map_err(|error| failed(&newest.to_string(), error.as_ref()))?;
        Ok(all()?
            .iter()
            .map(Migration::name)
            .find(|name| name.version() == reverted)
            .map(ToString::to_string))
    })
}

/// All migrations, oldest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn status(url: &str) -> Result<Vec<Status>, DbError> {
    locked(url, |conn| {
        let applied = applied(conn)?;
        Ok(all()?
            .iter()
            .map(|migration| Status {
                name: migration.name().to_string(),
                applied: applied.contains(&migration.name().version().as_owned()),
            })
            .collect())
    })
}

/// Whether the schema is the one of this program.
///
/// # Errors
/// [`DbError::Schema`] when it is older or newer.
pub fn check_current(conn: &mut PgConnection) -> Result<(), DbError> {
    let known = all()?
        .last()
        .map(|migration| migration.name().version().to_string());
    let newest: Option<String> =
        diesel::select(diesel::dsl::sql::<
            diesel::sql_types::Nullable<diesel::sql_types::Text>,
        >("(SELECT max(version) FROM __diesel_schema_migrations)"))
        .get_result(conn)?;
    if newest == known {
        Ok(())
    } else {
        Err(DbError::Schema(
            "the schema is not the one of this version: run `budget migrate`".into(),
        ))
    }
}

fn all() -> Result<Vec<Box<dyn Migration<Pg>>>, DbError> {
    let mut migrations = diesel::migration::MigrationSource::<Pg>::migrations(&MIGRATIONS)
        .map_err(|error| DbError::Schema(error.to_string()))?;
    migrations.sort_by_key(|migration| migration.name().to_string());
    Ok(migrations)
}

fn pending(conn: &mut PgConnection) -> Result<Vec<Box<dyn Migration<Pg>>>, DbError> {
    conn.pending_migrations(MIGRATIONS)
        .map_err(|error| DbError::Schema(error.to_string()))
}

fn applied(conn: &mut PgConnection) -> Result<Vec<MigrationVersion<'static>>, DbError> {
    conn.applied_migrations()
        .map_err(|error| DbError::Schema(error.to_string()))
}

fn failed(name: &str, error: &dyn std::error::Error) -> DbError {
    DbError::Schema(format!("migration {name} failed: {error}"))
}

/// Connects as the owner and holds a lock that every migrating process takes, until the connection closes.
fn locked<T>(url: &str, work: impl FnOnce(&mut PgConnection) -> Result<T, DbError>) -> Result<T, DbError> {
    let mut conn = PgConnection::establish(url).map_err(|error| DbError::Away(error.to_string()))?;
    let version: String = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(
        "current_setting('server_version_num')",
    ))
    .get_result(&mut conn)?;
    if version.parse::<i32>().is_ok_and(|version| version < SERVER_MIN) {
        return Err(DbError::Schema(
            "This Postgres is too old: version 14 or newer is needed.".into(),
        ));
    }
    check_text(&mut conn)?;
    // The key is arbitrary; it only has to be the same everywhere.
    conn.batch_execute("SET client_min_messages = warning; SELECT pg_advisory_lock(4210768223)")?;
    work(&mut conn)
}

/// Names are unique and searched without case, so the database must be able to fold it.
fn check_text(conn: &mut PgConnection) -> Result<(), DbError> {
    let good: bool = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(
        "current_setting('server_encoding') = 'UTF8' AND lower(U&'\\00C4') = U&'\\00E4'",
    ))
    .get_result(conn)?;
    if good {
        return Ok(());
    }
    Err(DbError::Schema(
        "This database cannot tell upper from lower case beyond ASCII. Make it anew with ENCODING 'UTF8' and a locale such as C.UTF-8: \
         CREATE DATABASE budget TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'."
            .into(),
    ))
}
