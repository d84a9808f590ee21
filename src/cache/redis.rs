//! Answers in Redis, and what to do while it is away.
//!
//! Every command has a short time limit, the wait for a connection included. After the first failure nobody waits any more: the place
//! counts as away until a look in the background, every few seconds, finds that it takes and keeps a value again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use deadpool_redis::{Manager, Pool, PoolError};
use redis::{Cmd, FromRedisValue, RedisError, cmd};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::{ENTRY_BYTES_MAX, Key};
use crate::auth::seal::{MARK_BYTES, Sealer};

/// How long a command may take altogether.
const WITHIN: Duration = Duration::from_millis(250);
/// How long a look may take: longer, for nobody waits for it, and TLS to a far server takes its time.
const LOOK_WITHIN: Duration = Duration::from_millis(1500);
/// How long Redis is left alone after it failed.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(2);
/// How long Redis keeps an answer.
const KEEP_SECONDS: u64 = 24 * 60 * 60;
/// Connections of this process at most.
const CONNECTIONS_MAX: usize = 16;
/// The name of the value that is written to see whether Redis is back.
const LOOK_NAME: &str = "budget:look";

/// The first byte of an entry: a program that writes another shape writes another byte.
const FORMAT: u8 = 1;
/// What stands before the answer: the format, and a seal that only servers with our secret can make.
const HEAD_BYTES: usize = 1 + MARK_BYTES;

/// A Redis that may be away.
pub(super) struct Redis {
    pool: Pool,
    sealer: Sealer,
    /// When to look again; nothing while Redis works.
    away_until: Mutex<Option<Instant>>,
    errors: AtomicU64,
}

/// Redis was not asked, or did not answer well.
pub(super) struct Away;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("no answer within {} ms", .0.as_millis())]
    Slow(Duration),
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Command(#[from] RedisError),
}

impl Redis {
    /// A pool that connects when it is used.
    ///
    /// # Errors
    /// A sentence without secrets, for a URL that cannot be used.
    pub(super) fn open(url: &SecretString, sealer: Sealer) -> Result<Self, &'static str> {
        // The first one in a process counts, and nobody else chooses one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let manager = Manager::new(url.expose_secret()).map_err(|_| "it is no URL of a Redis server")?;
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS_MAX)
            .build()
            .map_err(|_| "its pool could not be made")?;
        Ok(Self {
            pool,
            sealer,
            away_until: Mutex::new(None),
            errors: AtomicU64::new(0),
        })
    }

    /// The answer under this key, if Redis has it and it bears our seal.
    pub(super) async fn get(self: &Arc<Self>, key: &Key) -> Result<Option<Bytes>, Away> {
        let mut command = cmd("GETRANGE");
        // No more than an entry can have and one byte, whatever lies there.
        command.arg(name(key)).arg(0).arg(HEAD_BYTES + ENTRY_BYTES_MAX);
        let answer = match self.ask::<Vec<u8>>(&command).await? {
            Some(nothing) if nothing.is_empty() => return Ok(None),
            Some(entry) => self.unseal(key, entry),
            None => None,
        };
        if answer.is_none() {
            self.errors.fetch_add(1, Ordering::Relaxed);
            tracing::warn!("an entry in Redis is not one of ours; the answer is made anew");
        }
        Ok(answer)
    }

    /// Keeps an answer for a day.
    pub(super) async fn put(self: &Arc<Self>, key: &Key, answer: &[u8]) -> Result<(), Away> {
        let mut command = cmd("SET");
        command.arg(name(key)).arg(self.seal(key, answer));
        command.arg("EX").arg(KEEP_SECONDS);
        self.ask::<()>(&command).await.map(drop)
    }

    /// How many commands were not done, and how many entries were not ours.
    pub(super) fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// Sends a command, unless Redis is away. Nothing comes back where something lies under the name that no answer can be.
    pub(super) async fn ask<T: FromRedisValue>(self: &Arc<Self>, command: &Cmd) -> Result<Option<T>, Away> {
        if self.is_away() {
            return Err(Away);
        }
        match self.send(command, WITHIN).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Trouble::Command(error)) if error.code() == Some("WRONGTYPE") => Ok(None),
            Err(trouble) => {
                self.errors.fetch_add(1, Ordering::Relaxed);
                // The others that lie idle are no better, and each would have to be waited for.
                self.pool.retain(|_, _| false);
                if self.set_away() {
                    tracing::warn!(%trouble, "Redis is away; this process keeps answers and counts tries itself until it is back");
                }
                Err(Away)
            }
        }
    }

    /// Sends a command on a connection that just proved to be alive.
    async fn send<T: FromRedisValue>(&self, command: &Cmd, within: Duration) -> Result<T, Trouble> {
        let sent = async {
            let mut connection = self.pool.get().await?;
            Ok(command.query_async(&mut connection).await?)
        };
        timeout(within, sent).await.map_err(|_| Trouble::Slow(within))?
    }

    /// Whether Redis is away. Whoever asks when it is time to look again starts that, and does not wait for it.
    fn is_away(self: &Arc<Self>) -> bool {
        let mut away_until = self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(until) = *away_until else {
            return false;
        };
        let now = Instant::now();
        if now >= until {
            *away_until = Some(now + LOOK_AGAIN_AFTER);
            tokio::spawn(Arc::clone(self).look());
        }
        true
    }

    /// Notes that Redis failed; whether that is news.
    fn set_away(&self) -> bool {
        let mut away_until = self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        away_until.replace(Instant::now() + LOOK_AGAIN_AFTER).is_none()
    }

    /// Sees whether Redis takes a value: one that answers but is full, or a copy that may only be read, is of no use.
    async fn look(self: Arc<Self>) {
        let mut command = cmd("SET");
        command.arg(LOOK_NAME).arg("").arg("EX").arg(KEEP_SECONDS);
        match self.send::<()>(&command, LOOK_WITHIN).await {
            Ok(()) => {
                *self.away_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
                tracing::info!("Redis is back");
            }
            Err(trouble) => tracing::debug!(%trouble, "Redis is still away"),
        }
    }

    fn seal(&self, key: &Key, answer: &[u8]) -> Vec<u8> {
        let mut entry = Vec::with_capacity(HEAD_BYTES + answer.len());
        entry.push(FORMAT);
        entry.extend_from_slice(&self.sealer.mark(&purpose(key), answer));
        entry.extend_from_slice(answer);
        entry
    }

    /// The answer in an entry that was sealed for this key; nothing from any other bytes.
    fn unseal(&self, key: &Key, entry: Vec<u8>) -> Option<Bytes> {
        let (mark, answer) = entry.strip_prefix(&[FORMAT])?.split_at_checked(MARK_BYTES)?;
        if !self.sealer.is_mark(&purpose(key), answer, mark) {
            return None;
        }
        Some(Bytes::from(entry).slice(HEAD_BYTES..))
    }
}

/// What an entry is called in Redis.
fn name(key: &Key) -> String {
    format!("budget:{key}")
}

/// What a seal is for: an entry that was moved to another name bears the wrong one.
fn purpose(key: &Key) -> String {
    format!("kept answer {key}")
}
