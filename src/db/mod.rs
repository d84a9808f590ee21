//! The database: its pool, and the doors through which everything passes.
//!
//! | Door | For | Runs as |
//! | --- | --- | --- |
//! | [`Db::read`] | pages, reports, exports | `budget_app`, read-only, one snapshot |
//! | [`Db::write`] | commands on a household's ledger | `budget_app`, one writer per household |
//! | [`Db::own`] | what only an owner decides: people and the household itself | as `write`, owners only |
//! | [`Db::account`] | a user's own account, whatever their role | `budget_app`, through definer functions |
//! | [`Db::public`] | sign-up, log-in, links that were mailed | `budget_app`, through definer functions |
//! | [`Db::found`] | a new household with its first entries | `budget_app`: as a stranger, then as its owner |
//! | [`Db::system`] | command line, jobs, checks | the owner of the schema |
//!
//! A transaction begins here and nowhere else: queries and commands take the connection.

pub mod embedded;
mod entry;
pub mod idempotency;
pub mod migrate;
mod pool;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use diesel::pg::PgConnection;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What queries and commands take; the layers above name it without naming Diesel.
pub use diesel::pg::PgConnection as Connection;
/// What a query that failed says; the layers above name it without naming Diesel.
pub use diesel::result::Error as QueryError;
pub use entry::{Caller, SecretHash};
pub use pool::{DbError, Settings};

use crate::households::{Member, Role};
use crate::ids::{HouseholdId, UserId};
use pool::Connections;

/// How long a request waits for a free connection before it is told to come again.
const WAIT_FOR_CONNECTION: Duration = Duration::from_millis(1500);
/// How long a request waits for its whole database work: longer than the server's own statement time-out, for a frozen server keeps none.
const DEADLINE: Duration = Duration::from_secs(12);

/// Every `SET LOCAL` ends with the transaction, so no state stays on a connection. Planning for parallel workers costs more than they bring.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE budget_app; \
                          SET LOCAL statement_timeout = '10s'; SET LOCAL max_parallel_workers_per_gather = 0";
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE budget_app; \
                           SET LOCAL statement_timeout = '10s'; SET LOCAL max_parallel_workers_per_gather = 0";
/// A commit that does not wait for the disk.
const BEGIN_NOTE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE budget_app; \
                          SET LOCAL statement_timeout = '10s'; SET LOCAL synchronous_commit = off";
/// A command-line import may take its time.
const BEGIN_LONG_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE budget_app";
/// A command says that others are in its way instead of waiting for ever.
const BEGIN_SYSTEM: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s'";
/// A command-line export too.
const BEGIN_LONG_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE budget_app; \
                               SET LOCAL max_parallel_workers_per_gather = 0";
const BEGIN_SYSTEM_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The database. Cloning shares the pool.
#[derive(Clone)]
pub struct Db {
    connections: Connections,
    permits: Arc<Semaphore>,
}

impl Db {
    /// Opens the pool; a database that is away shows with the first use.
    #[must_use]
    pub fn open(settings: &Settings) -> Self {
        Self {
            connections: Connections::open(settings),
            permits: Arc::new(Semaphore::new(settings.connections_max as usize)),
        }
    }

    /// How many SQL statements were sent so far, without BEGIN, SET, COMMIT and ROLLBACK.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.connections.statements()
    }

    /// Reads one household: a single snapshot, nothing can be written.
    ///
    /// # Errors
    /// [`DbError::SignedOut`] when the credential is no longer good, and whatever `work` says.
    pub async fn read<T, E, F>(&self, caller: Caller, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E> + Send + 'static,
    {
        let touch = caller.clone();
        let (answer, touch_due) = self
            .on_blocking_thread(move |db| {
                db.connections.transact(BEGIN_READ, |conn| {
                    let admitted = entry::enter(conn, &caller)?;
                    let answer = work(conn, &admitted.member)?;
                    Ok::<_, E>((answer, admitted.touch_due))
                })
            })
            .await?;
        if touch_due {
            self.touch(&touch);
        }
        Ok(answer)
    }

    /// Writes to one household. Writers of the same household wait for each other here, before they look at anything.
    ///
    /// # Errors
    /// [`DbError::SignedOut`], [`DbError::ReadOnly`] for a reader, and whatever `work` says; nothing is written then.
    pub async fn write<T, E, F>(&self, caller: Caller, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E> + Send + 'static,
    {
        self.on_blocking_thread(move |db| db.write_in(BEGIN_WRITE, &caller, work))
            .await
    }

    /// [`Db::write`] for the command line: on this thread, and without a time limit.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_now<T, E, F>(&self, caller: &Caller, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E>,
    {
        self.write_in(BEGIN_LONG_WRITE, caller, work)
    }

    /// Signs somebody up and writes to their new household, all in one transaction.
    ///
    /// # Errors
    /// Whatever `sign_up` or `work` says; nothing is written then.
    pub async fn found<T, E, S, F>(&self, sign_up: S, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        S: FnOnce(&mut PgConnection) -> Result<(UserId, HouseholdId), E> + Send + 'static,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E> + Send + 'static,
    {
        self.on_blocking_thread(move |db| db.found_in(BEGIN_WRITE, sign_up, work))
            .await
    }

    /// [`Db::found`] for the command line: on this thread, and without a time limit.
    ///
    /// # Errors
    /// As [`Db::found`].
    pub fn found_now<T, E, S, F>(&self, sign_up: S, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        S: FnOnce(&mut PgConnection) -> Result<(UserId, HouseholdId), E>,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E>,
    {
        self.found_in(BEGIN_LONG_WRITE, sign_up, work)
    }

    /// [`Db::read`] for the command line: on this thread, and without a time limit.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_now<T, E, F>(&self, caller: &Caller, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E>,
    {
        self.connections.transact(BEGIN_LONG_READ, |conn| {
            let member = entry::enter(conn, caller)?.member;
            work(conn, &member)
        })
    }

    /// [`Db::read`] for an answer that is written bit by bit, without a time limit: it goes on by itself, on a thread of its own, and ends
    /// when `work` does. What went wrong before `work` began is told to `refused`.
    ///
    /// # Errors
    /// [`DbError::Busy`] when no connection is free.
    pub async fn read_on<F, R>(&self, caller: Caller, work: F, refused: R) -> Result<(), DbError>
    where
        F: FnOnce(&mut PgConnection, &Member) + Send + 'static,
        R: FnOnce(DbError) + Send + 'static,
    {
        let permit = within(WAIT_FOR_CONNECTION, Arc::clone(&self.permits).acquire_owned())
            .await?
            .map_err(|_| DbError::Busy)?;
        let db = self.clone();
        // A panic was reported by the panic hook already, and what `work` holds goes while unwinding.
        drop(tokio::task::spawn_blocking(move || {
            let read = db.read_now(&caller, |conn, member| {
                work(conn, member);
                Ok::<_, DbError>(())
            });
            if let Err(error) = read {
                refused(error);
            }
            drop(permit);
        }));
        Ok(())
    }

    /// Writes what only an owner of the household may: who is in it, and what it is.
    ///
    /// # Errors
    /// [`DbError::SignedOut`], [`DbError::OwnersOnly`] for everybody else, and whatever `work` says; nothing is written then.
    pub async fn own<T, E, F>(&self, caller: Caller, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E> + Send + 'static,
    {
        self.on_blocking_thread(move |db| {
            db.write_in(BEGIN_WRITE, &caller, |conn, member| match member.role {
                Role::Owner => work(conn, member),
                Role::Member | Role::Reader => Err(DbError::OwnersOnly.into()),
            })
        })
        .await
    }

    /// Writes to the caller's own account, whatever their role; the ledger is left alone, and its version stays.
    ///
    /// # Errors
    /// [`DbError::SignedOut`], and whatever `work` says; nothing is written then.
    pub async fn account<T, E, F>(&self, caller: Caller, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E> + Send + 'static,
    {
        self.on_blocking_thread(move |db| {
            db.connections.transact(BEGIN_WRITE, |conn| {
                let member = entry::enter(conn, &caller)?.member;
                work(conn, &member)
            })
        })
        .await
    }

    /// Acts for a stranger: sign-up, log-in and out, and whoever has a secret that proves enough, through the definer functions only.
    ///
    /// # Errors
    /// Whatever `work` says.
    pub async fn public<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
    {
        self.on_blocking_thread(move |db| db.connections.transact(BEGIN_WRITE, work))
            .await
    }

    /// [`Db::public`] for a note whose loss in a crash is no harm, and whose writing must not show in the time that an answer takes: the
    /// commit does not wait for the disk.
    ///
    /// # Errors
    /// Whatever `work` says.
    pub async fn note<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
    {
        self.on_blocking_thread(move |db| db.connections.transact(BEGIN_NOTE, work))
            .await
    }

    /// Acts as the owner of the schema, unbound by row-level security: for the command line and for jobs only.
    ///
    /// # Errors
    /// Whatever `work` says.
    pub fn system<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut PgConnection) -> Result<T, E>,
    {
        self.connections.transact(BEGIN_SYSTEM, work)
    }

    /// [`Db::system`] on one snapshot, without writing.
    ///
    /// # Errors
    /// Whatever `work` says.
    pub fn system_read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut PgConnection) -> Result<T, E>,
    {
        self.connections.transact(BEGIN_SYSTEM_READ, work)
    }

    /// Whether the database answers and its schema is the one of this program.
    ///
    /// # Errors
    /// What is wrong, for the log.
    pub async fn ready(&self) -> Result<(), DbError> {
        self.on_blocking_thread(|db| db.connections.transact(BEGIN_SYSTEM_READ, migrate::check_current))
            .await
    }

    fn write_in<T, E, F>(&self, begin: &'static str, caller: &Caller, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E>,
    {
        self.connections.transact(begin, |conn| {
            let member = entry::enter(conn, caller)?.member;
            if !member.role.may_write() {
                return Err(DbError::ReadOnly.into());
            }
            entry::take_turn(conn)?;
            work(conn, &member)
        })
    }

    fn found_in<T, E, S, F>(&self, begin: &'static str, sign_up: S, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        S: FnOnce(&mut PgConnection) -> Result<(UserId, HouseholdId), E>,
        F: FnOnce(&mut PgConnection, &Member) -> Result<T, E>,
    {
        self.connections.transact(begin, |conn| {
            let (user, household) = sign_up(conn)?;
            let caller = Caller::Trusted {
                user,
                household: Some(household),
            };
            let member = entry::enter(conn, &caller)?.member;
            entry::take_turn(conn)?;
            work(conn, &member)
        })
    }

    /// Notes that a session is in use, after the answer is ready. It may fail unseen: the next request tries again.
    fn touch(&self, caller: &Caller) {
        if let Caller::Session(secret) = *caller {
            let db = self.clone();
            tokio::spawn(async move {
                let touched: Result<(), DbError> = db
                    .public(move |conn| Ok(entry::touch_session(conn, secret)?))
                    .await;
                if let Err(error) = touched {
                    tracing::debug!(%error, "the time a session was last used could not be noted");
                }
            });
        }
    }

    /// Runs `work` on a blocking thread, at most as many at once as there are connections.
    async fn on_blocking_thread<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&Self) -> Result<T, E> + Send + 'static,
    {
        let permit = within(WAIT_FOR_CONNECTION, Arc::clone(&self.permits).acquire_owned())
            .await?
            .map_err(|_| DbError::Busy)?;
        let db = self.clone();
        let running = tokio::task::spawn_blocking(move || {
            let answer = work(&db);
            drop(permit);
            answer
        });
        // A panic was reported by the panic hook already; its connection was thrown away while unwinding.
        within(DEADLINE, running).await?.map_err(|_| DbError::Panicked)?
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, DbError> {
    timeout(limit, work).await.map_err(|_| DbError::Busy)
}
