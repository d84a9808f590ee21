//! Kept answers, and counted tries: in Redis, which several servers share, or in the memory of this process.
//!
//! A [`Key`] says everything that an answer was made from, the version of the ledger above all. So what is found is never stale, nothing
//! ever has to be deleted, and it is safe to look in either place, or in none. The cache fails no request and holds none up: a Redis that
//! is away costs one short wait, and this process keeps answers itself until it is back.

mod redis;
mod tries;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use moka::policy::EvictionPolicy;
use moka::sync::Cache as Memory;
use sha2::{Digest, Sha256};

use self::redis::Redis;
use self::tries::Tries;
pub use self::tries::{Bound, Counted, Full};
use crate::auth::seal::Sealer;
use crate::config::Config;

/// The most bytes of one answer: a larger one is made anew each time.
pub const ENTRY_BYTES_MAX: usize = 1024 * 1024;
/// The most bytes that this process keeps.
const MEMORY_BYTES_MAX: u64 = 24 * 1024 * 1024;
/// How long this process keeps what nobody asks for, such as answers of an earlier version.
const MEMORY_IDLE_MAX: Duration = Duration::from_hours(1);
/// What an entry takes beside its bytes, roughly.
const ENTRY_OVERHEAD_BYTES: usize = 200;

/// What an answer was made from, as a SHA-256: it carries no names and no figures.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of an answer that was made from exactly these parts, in this order.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // With its length, so that no two lists of parts run together into the same bytes.
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.finalize().into())
    }
}

/// 43 characters that are safe in a header.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// What the cache was good for since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Answers that were found.
    pub hits: u64,
    /// Answers that had to be made.
    pub misses: u64,
    /// Commands that Redis did not do in time or at all, and entries in it that are not ours.
    pub errors: u64,
}

/// Where answers are kept.
enum Place {
    /// In this process.
    Process,
    /// In Redis; in this process while that is away.
    Redis(Arc<Redis>),
}

struct Inner {
    place: Place,
    memory: Memory<Key, Bytes>,
    tries: Tries,
    /// Names of counts are hashed under its key.
    sealer: Sealer,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// The cache. Cloning shares it.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
}

impl Cache {
    /// The cache in the Redis that is set, else in this process. It connects with the first use.
    #[must_use]
    pub fn open(config: &Config, sealer: Sealer) -> Self {
        let place = match &config.redis_url {
            None => Place::Process,
            Some(url) => match Redis::open(url, sealer.clone()) {
                Ok(redis) => Place::Redis(Arc::new(redis)),
                Err(error) => {
                    tracing::error!(
                        error,
                        "REDIS_URL cannot be used; answers are kept in this process"
                    );
                    Place::Process
                }
            },
        };
        let weight = |_: &Key, bytes: &Bytes| {
            u32::try_from(bytes.len().saturating_add(ENTRY_OVERHEAD_BYTES)).unwrap_or(u32::MAX)
        };
        let memory = Memory::builder()
            .max_capacity(MEMORY_BYTES_MAX)
            .weigher(weight)
            // Answers of an earlier version are never asked for again, however often they were.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(MEMORY_IDLE_MAX)
            .build();
        Self {
            inner: Arc::new(Inner {
                place,
                memory,
                tries: Tries::new(),
                sealer,
                hits: AtomicU64::new(0),
                misses: AtomicU64::new(0),
            }),
        }
    }

    /// What was kept under this key, if it still is.
    pub async fn get(&self, key: &Key) -> Option<Bytes> {
        let found = match &self.inner.place {
            Place::Process => self.inner.memory.get(key),
            Place::Redis(redis) => match redis.get(key).await {
                Ok(found) => found,
                Err(_) => self.inner.memory.get(key),
            },
        };
        let counter = match found {
            Some(_) => &self.inner.hits,
            None => &self.inner.misses,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Keeps an answer, unless it is larger than [`ENTRY_BYTES_MAX`].
    pub async fn put(&self, key: &Key, bytes: Bytes) {
        if bytes.len() > ENTRY_BYTES_MAX {
            return;
        }
        match &self.inner.place {
            Place::Process => self.inner.memory.insert(*key, bytes),
            Place::Redis(redis) => {
                if redis.put(key, &bytes).await.is_err() {
                    self.inner.memory.insert(*key, bytes);
                }
            }
        }
    }

    /// What it was good for so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            hits: self.inner.hits.load(Ordering::Relaxed),
            misses: self.inner.misses.load(Ordering::Relaxed),
            errors: match &self.inner.place {
                Place::Process => 0,
                Place::Redis(redis) => redis.errors(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_process() -> Cache {
        let config = Config::from_lookup(|_| None).unwrap();
        Cache::open(&config, Sealer::new(&vec![1; 32].into()))
    }

    fn run(work: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(work);
    }

    fn key(number: usize) -> Key {
        Key::of(&[&number.to_string()])
    }

    #[test]
    fn parts_do_not_run_together() {
        let keys = [
            Key::of(&["ab", "c"]),
            Key::of(&["a", "bc"]),
            Key::of(&["abc"]),
            Key::of(&["ab", "c", ""]),
            Key::of(&["c", "ab"]),
        ];
        for (index, one) in keys.iter().enumerate() {
            assert!(keys[index + 1..].iter().all(|other| other != one));
            assert_eq!(one.to_string().len(), 43);
        }
        assert!(Key::of(&["ab", "c"]) == keys[0]);
    }

    #[test]
    fn what_is_kept_is_found_under_its_own_key() {
        let cache = in_process();
        run(async {
            assert_eq!(cache.get(&key(1)).await, None);
            cache.put(&key(1), Bytes::from_static(b"one")).await;
            assert_eq!(cache.get(&key(1)).await, Some(Bytes::from_static(b"one")));
            assert_eq!(cache.get(&key(2)).await, None);
        });
        let expected = Counts {
            hits: 1,
            misses: 2,
            errors: 0,
        };
        assert_eq!(cache.counts(), expected);
    }

    #[test]
    fn too_large_an_answer_is_not_kept() {
        let cache = in_process();
        run(async {
            cache.put(&key(1), vec![0; ENTRY_BYTES_MAX + 1].into()).await;
            assert_eq!(cache.get(&key(1)).await, None);
            cache.put(&key(1), vec![0; ENTRY_BYTES_MAX].into()).await;
            assert!(cache.get(&key(1)).await.is_some());
        });
    }

    #[test]
    fn memory_has_a_bound_and_the_newest_stay() {
        let cache = in_process();
        let memory = &cache.inner.memory;
        run(async {
            // Asked for again and again, and of no use from now on.
            for number in 0..60 {
                cache.put(&key(number), vec![0; ENTRY_BYTES_MAX / 2].into()).await;
                for _ in 0..5 {
                    cache.get(&key(number)).await;
                }
            }
            for number in 60..100 {
                cache.put(&key(number), vec![0; ENTRY_BYTES_MAX / 2].into()).await;
                memory.run_pending_tasks();
                assert!(memory.weighted_size() <= MEMORY_BYTES_MAX);
                assert!(cache.get(&key(number)).await.is_some(), "{number}");
            }
            assert_eq!(cache.get(&key(0)).await, None);
        });
    }
}
