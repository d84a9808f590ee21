//! Opening the database for a command: the one that is set, or the private one of `DATA_DIR`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretSlice};

use super::Failure;
use crate::auth::secret;
use crate::config::{Config, SECRET_KEY_BYTES_MIN};
use crate::db::embedded::Embedded;
use crate::db::{Db, DbError, Settings, migrate};

/// How often the private Postgres is looked after.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(2);

/// A database in use, and its server when that is ours.
pub(super) struct Opened {
    pub(super) db: Db,
    pub(super) url: String,
    embedded: Option<Arc<Embedded>>,
}

impl Opened {
    /// Opens the database for a command that needs the schema of this version. The private one is brought up to date; a database that
    /// others may be using is not: a newer program must not change it under an older one that serves.
    pub(super) fn current(config: &Config) -> Result<Self, Failure> {
        let opened = Self::new(config, config.database_url.is_none())?;
        opened.db.system_read(migrate::check_current).map_err(away)?;
        Ok(opened)
    }

    /// Starts or joins the private Postgres where no other is set, and brings the schema up to date if `migrating`.
    pub(super) fn new(config: &Config, migrating: bool) -> Result<Self, Failure> {
        let (url, embedded) = locate(config)?;
        if migrating {
            for name in migrate::up(&url).map_err(away)? {
                tracing::info!(name, "migrated");
            }
        }
        let settings = Settings {
            url: url.clone(),
            connections_max: config.database_pool_max,
            prepared: config.database_prepared,
        };
        Ok(Self {
            db: Db::open(&settings),
            url,
            embedded,
        })
    }

    /// Stops the private Postgres, if this was the last process that used it.
    pub(super) fn close(self) -> Result<(), Failure> {
        drop(self.db);
        self.embedded.map_or(Ok(()), |embedded| Ok(embedded.stop()?))
    }

    /// The private server, where there is one.
    pub(super) fn embedded(&self) -> Option<Arc<Embedded>> {
        self.embedded.clone()
    }
}

/// Starts the private Postgres again whenever it has died; never ends.
pub(super) async fn look_after(embedded: Option<Arc<Embedded>>) {
    let Some(embedded) = embedded else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(LOOK_AFTER_EVERY).await;
        let watched = Arc::clone(&embedded);
        match tokio::task::spawn_blocking(move || watched.ensure_running()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the private Postgres is not running"),
            Err(error) => tracing::error!(%error, "the private Postgres could not be looked after"),
        }
    }
}

/// The database's URL, and its server when that is ours.
fn locate(config: &Config) -> Result<(String, Option<Arc<Embedded>>), Failure> {
    if let Some(url) = &config.database_url {
        return Ok((url.expose_secret().to_owned(), None));
    }
    let embedded = Embedded::start(&config.data_dir, config.pg_bin.as_deref())?;
    Ok((embedded.database_url(), Some(Arc::new(embedded))))
}

/// The key that signs cookies and tokens: the one that is set, or one made on the first start and kept in `DATA_DIR`.
pub(super) fn secret_key(config: &Config) -> Result<SecretSlice<u8>, Failure> {
    if let Some(key) = &config.secret_key {
        return Ok(key.clone());
    }
    std::fs::create_dir_all(&config.data_dir)?;
    let path = config.data_dir.join("secret_key");
    let complain = |what: &str| format!("{}: {what}", path.display());
    match std::fs::read(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = secret::new_secret()?;
            write_private(&path, key.as_bytes())
                .map_err(|error| complain(&format!("the secret key cannot be kept: {error}")))?;
        }
        Err(error) => return Err(complain(&format!("the secret key cannot be read: {error}")).into()),
    }
    // Another process may have made one at the same moment: what is in the file counts.
    let key = std::fs::read(&path)?;
    if key.len() < SECRET_KEY_BYTES_MIN {
        let remedy = "the secret key is too short. Delete the file to get a new one; everybody has to log in again then.";
        return Err(complain(remedy).into());
    }
    Ok(key.into())
}

/// Writes a file that only its owner can read, whole or not at all; a file that is there stays.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let draft = path.with_extension(std::process::id().to_string());
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Says which setting leads to a database that is away.
pub(super) fn away(error: DbError) -> Failure {
    match error {
        DbError::Away(cause) => format!(
            "DATABASE_URL: the database cannot be reached. Check the address, and that the server runs. {}",
            cause.trim()
        )
        .into(),
        other => other.into(),
    }
}
