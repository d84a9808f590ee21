//! Opening the database for a command: the one that is set, or the private one of `DATA_DIR`.

use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretSlice};

use super::Failure;
use crate::auth::secret;
use crate::config::Config;
use crate::db::embedded::Embedded;
use crate::db::{Db, Settings, migrate};

/// A database in use, and its server when that is ours.
pub(super) struct Opened {
    pub(super) db: Db,
    pub(super) url: String,
    embedded: Option<Arc<Embedded>>,
}

impl Opened {
    /// Starts or joins the private Postgres where no other is set, and brings the schema up to date.
    pub(super) fn new(config: &Config, migrating: bool) -> Result<Self, Failure> {
        let (url, embedded) = locate(config)?;
        if migrating {
            for name in migrate::up(&url)? {
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
    if let Ok(key) = std::fs::read(&path)
        && key.len() >= 32
    {
        return Ok(key.into());
    }
    let key = secret::new_secret()?;
    write_private(&path, key.as_bytes())
        .map_err(|error| format!("{}: the secret key cannot be kept: {error}", path.display()))?;
    // Another process may have made one at the same moment: what is in the file counts.
    Ok(std::fs::read(&path)?.into())
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
