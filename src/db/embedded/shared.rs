//! The private Postgres as the app sees it, and the locks that let several processes share it.

use std::{
    fs::{File, TryLockError},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{
    EmbeddedError, cluster, find,
    place::Home,
    server::{START_TIMEOUT, Server, open_shared},
};

/// Longer than the longest work that is done under the start lock.
const LOCK_TIMEOUT: Duration = START_TIMEOUT.saturating_add(Duration::from_secs(90));
const LOCK_POLL: Duration = Duration::from_millis(20);

/// A private Postgres in `DATA_DIR/postgres`, shared by every process that uses the same `DATA_DIR`.
///
/// A value that is dropped without [`Embedded::stop`] leaves the server running, as a killed app does; the next start adopts it.
#[derive(Debug)]
#[must_use = "the server runs until `stop` is called"]
pub struct Embedded {
    home: Home,
    server: Server,
    /// Held shared as long as this process uses the server.
    users: File,
}

impl Embedded {
    /// Finds, initialises if needed, starts or adopts or joins the server, makes sure that role and database exist, and
    /// returns once it accepts connections.
    ///
    /// `pg_bin` is the folder with `initdb`, `postgres` and `pg_ctl`, if the person named one. Blocks: 0.7 s the first time,
    /// less later, and up to two minutes for recovery after a crash.
    ///
    /// # Errors
    /// [`EmbeddedError`] says what is wrong and what helps. Nothing that holds data is ever removed.
    pub fn start(data_dir: &Path, pg_bin: Option<&Path>) -> Result<Self, EmbeddedError> {
        let home = Home::of(data_dir)?;
        let _start = start_lock(&home)?;
        let users = lock(&home, &home.folder.join("users.lock"), File::try_lock_shared)?;
        let data = home.data();
        let major = cluster::major(&data)?;
        let installation = find::installation(pg_bin, &data, major, &home.user)?;
        if major.is_none() {
            tracing::info!(bin = %installation.bin.display(), data = %data.display(), "Creating the private database (PostgreSQL {}).", installation.major);
            cluster::initialise(&home, &installation)?;
        }
        let server = Server::new(&home, installation)?;
        if server.is_serving()? {
            tracing::debug!(data = %data.display(), "the private Postgres runs already");
        } else {
            server.bring_up()?;
        }
        let me = Self { home, server, users };
        if let Err(error) = cluster::prepare(&me.server) {
            if let Err(error) = me.leave() {
                tracing::warn!(%error, "The private Postgres could not be stopped after a failed start.");
            }
            return Err(error);
        }
        Ok(me)
    }

    /// The libpq connection URL for the owner role `budget` in database `budget`. Stays the same over restarts of the server.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.server.url(cluster::OWNER, cluster::DATABASE)
    }

    /// Starts the server again if it is gone: call it when connections fail. Cheap when it is healthy; otherwise it blocks
    /// until the server has recovered. Several threads and processes may call it at once.
    ///
    /// # Errors
    /// [`EmbeddedError::Start`] and what else can go wrong with a start.
    pub fn ensure_running(&self) -> Result<(), EmbeddedError> {
        if self.server.is_serving()? {
            return Ok(());
        }
        let _start = start_lock(&self.home)?;
        if self.server.is_serving()? {
            return Ok(()); // another thread or process was quicker
        }
        tracing::warn!(log = %self.home.log().display(), "The private Postgres is gone; starting it again.");
        self.server.bring_up()
    }

    /// Stops the server if this is the last process that uses it; otherwise leaves it running.
    ///
    /// # Errors
    /// [`EmbeddedError::Stop`] if it doesn't stop within a minute.
    pub fn stop(&self) -> Result<(), EmbeddedError> {
        let _start = start_lock(&self.home)?;
        self.leave()
    }

    /// The caller holds the start lock, so nobody joins between the look and the stop.
    fn leave(&self) -> Result<(), EmbeddedError> {
        let path = self.home.folder.join("users.lock");
        self.users.unlock().map_err(EmbeddedError::io("unlock", &path))?;
        match self.users.try_lock() {
            Ok(()) => {
                self.server.stop()?;
                self.server.remove_socket_folder();
                self.users.unlock().map_err(EmbeddedError::io("unlock", &path))
            }
            Err(TryLockError::WouldBlock) => {
                tracing::debug!("other processes use the private Postgres, so it goes on");
                Ok(())
            }
            Err(TryLockError::Error(e)) => Err(EmbeddedError::io("lock", &path)(e)),
        }
    }
}

/// Whoever holds this decides alone; given back when the file is dropped.
fn start_lock(home: &Home) -> Result<File, EmbeddedError> {
    lock(home, &home.folder.join("start.lock"), File::try_lock)
}

fn lock(
    home: &Home,
    path: &Path,
    attempt: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<File, EmbeddedError> {
    let file = open_shared(path)?;
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match attempt(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(LOCK_POLL),
            Err(TryLockError::WouldBlock) => {
                return Err(EmbeddedError::Busy {
                    waited_s: LOCK_TIMEOUT.as_secs(),
                    log: home.log(),
                });
            }
            Err(TryLockError::Error(e)) => return Err(EmbeddedError::io("lock", path)(e)),
        }
    }
}
