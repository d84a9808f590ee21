//! Connections, and transactions on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, Instrumentation, InstrumentationEvent, SimpleConnection,
    TransactionManager,
};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// How long getting a working connection may take altogether.
const CONNECT_WITHIN: Duration = Duration::from_millis(1800);

/// What the pool needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// libpq URL of the owner.
    pub url: String,
    /// Most connections at once.
    pub connections_max: u32,
    /// Whether prepared statements are kept; not behind an old `PgBouncer`.
    pub prepared: bool,
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The credential names nobody, or nobody who may come in.
    #[error("not signed in")]
    SignedOut,
    /// A reader tried to write.
    #[error("this role may only read")]
    ReadOnly,
    /// Somebody who is no owner tried to do what only an owner may.
    #[error("only an owner may do this")]
    OwnersOnly,
    /// No connection was free, or the work took too long. A write may or may not have happened.
    #[error("the database is busy")]
    Busy,
    /// No connection could be made. Nothing was written, unless it broke during the commit.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The work panicked; nothing was written.
    #[error("the work panicked")]
    Panicked,
    /// The schema is not the one that this program knows.
    #[error("{0}")]
    Schema(String),
    /// Anything else that Postgres or Diesel says.
    #[error(transparent)]
    Diesel(DieselError),
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Away(info.message().to_owned())
            }
            // Diesel has no kind of its own for a statement that ran into its time limit.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info)
                if info.message().contains("statement timeout") =>
            {
                Self::Busy
            }
            // The functions about people and roles check once more.
            DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, info)
                if info.constraint_name() == Some("owner_decides") =>
            {
                Self::OwnersOnly
            }
            _ => Self::Diesel(error),
        }
    }
}

/// The pool, and a count of the statements sent through it.
#[derive(Clone)]
pub(super) struct Connections {
    pool: Pool<ConnectionManager<PgConnection>>,
    statements: Arc<AtomicU64>,
}

type Pooled = PooledConnection<ConnectionManager<PgConnection>>;

impl Connections {
    pub(super) fn open(settings: &Settings) -> Self {
        let statements = Arc::new(AtomicU64::new(0));
        let pool = Pool::builder()
            .max_size(settings.connections_max)
            .error_handler(Box::new(r2d2::NopErrorHandler)) // a failure is told to whoever asked for the connection
            .min_idle(Some(1))
            .connection_timeout(CONNECT_WITHIN)
            // A test query at each check-out would double the round trips; a dead connection shows at BEGIN, where nothing is lost yet.
            .test_on_check_out(false)
            .connection_customizer(Box::new(Prepare {
                statements: Arc::clone(&statements),
                prepared: settings.prepared,
            }))
            .build_unchecked(ConnectionManager::new(&settings.url));
        Self { pool, statements }
    }

    pub(super) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Runs `work` in a transaction that begins with the batch `begin`: committed when it succeeds, rolled back when it fails.
    pub(super) fn transact<T, E>(
        &self,
        begin: &'static str,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let mut conn = self.begin(begin)?;
        match work(&mut conn) {
            Ok(answer) => match self.control(&mut conn, "COMMIT") {
                Ok(()) => Ok(answer),
                Err(error) => {
                    self.roll_back(&mut conn);
                    Err(DbError::from(error).into())
                }
            },
            Err(error) => {
                self.roll_back(&mut conn);
                Err(error)
            }
        }
    }

    /// A connection inside a fresh transaction. Dead ones, such as after a restart of the server, are thrown away until one answers.
    fn begin(&self, begin: &'static str) -> Result<Pooled, DbError> {
        let started = Instant::now();
        loop {
            let mut conn = self
                .pool
                .get()
                .map_err(|error| DbError::Away(error.to_string()))?;
            match self.control(&mut conn, begin) {
                Ok(()) => return Ok(conn),
                Err(error) => {
                    give_up(&mut conn);
                    if started.elapsed() > CONNECT_WITHIN {
                        return Err(DbError::Away(error.to_string()));
                    }
                }
            }
        }
    }

    fn roll_back(&self, conn: &mut Pooled) {
        if self.control(conn, "ROLLBACK").is_err() {
            give_up(conn);
        }
    }

    /// Sends a batch that is not counted as a statement.
    fn control(&self, conn: &mut Pooled, batch: &str) -> Result<(), DieselError> {
        let sent = conn.batch_execute(batch);
        self.statements.fetch_sub(1, Ordering::Relaxed);
        sent
    }
}

/// Makes the pool drop this connection instead of handing it on.
fn give_up(conn: &mut PgConnection) {
    AnsiTransactionManager::transaction_manager_status_mut(conn).set_in_error();
}

/// Prepares a new connection for use.
#[derive(Debug)]
struct Prepare {
    statements: Arc<AtomicU64>,
    prepared: bool,
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Prepare {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        if !self.prepared {
            conn.set_prepared_statement_cache_size(CacheSize::Disabled);
        }
        conn.set_instrumentation(Count(Arc::clone(&self.statements)));
        Ok(())
    }
}

/// Counts statements as they are sent.
struct Count(Arc<AtomicU64>);

impl Instrumentation for Count {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}
