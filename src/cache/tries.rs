//! Counted tries, in the same places as kept answers: at most so many under one name within any span of some length.
//!
//! The times of the last tries are kept, which are few, and not a sum for each window: so a limit holds for *any* span of its length, and
//! the wait is never longer than that span. The crate `governor` would not do: it cannot give a try back that was none after all, nor share
//! its counts through Redis.
//!
//! Redis sees hashes under our key, and times. Whoever may write there can change counts, and nothing else. While it is away this process
//! counts by itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::policy::EvictionPolicy;
use moka::sync::Cache as Memory;
use redis::cmd;

use super::redis::{Away, Redis};
use super::{Cache, Key, Place};

/// The most names that this process counts under.
const NAMES_MAX: u64 = 100_000;
/// How long it keeps the times under a name after the last try: no span of a limit is longer.
const KEEP: Duration = Duration::from_hours(1);

/// Counts a try under all names, or, where one of them is full, under none: then it answers how many milliseconds to wait.
///
/// KEYS: the names. ARGV: the time, then for each name how many tries it takes and within how many milliseconds.
const COUNT: &str = r"
local now, wait, kept = tonumber(ARGV[1]), 0, {}
for i, name in ipairs(KEYS) do
  local most, within, times = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1]), {}
  if redis.call('TYPE', name).ok == 'string' then
    for time in string.gmatch(redis.call('GETRANGE', name, 0, 4095), '%d+') do
      if math.abs(now - tonumber(time)) < within then times[#times + 1] = time end
    end
  end
  if #times >= most then
    table.sort(times, function(one, other) return tonumber(one) < tonumber(other) end)
    wait = math.max(wait, tonumber(times[#times - most + 1]) + within - now)
  end
  kept[i] = times
end
if wait > 0 then return wait end
for i, name in ipairs(KEYS) do
  table.insert(kept[i], ARGV[1])
  redis.call('SET', name, table.concat(kept[i], ' '), 'PX', ARGV[2 * i + 1])
end
return 0";

/// Takes one try of this time away again. KEYS: the names. ARGV: the time.
const GIVE_BACK: &str = r"
for _, name in ipairs(KEYS) do
  if redis.call('TYPE', name).ok == 'string' then
    local kept, found = {}, false
    for time in string.gmatch(redis.call('GETRANGE', name, 0, 4095), '%d+') do
      if time == ARGV[1] and not found then found = true else kept[#kept + 1] = time end
    end
    if #kept == 0 then redis.call('DEL', name)
    elseif found then redis.call('SET', name, table.concat(kept, ' '), 'KEEPTTL') end
  end
end
return 0";

/// At most so many tries under one name within any span of some length.
#[derive(Clone, Copy)]
pub struct Bound {
    name: Key,
    most: usize,
    within_ms: i64,
}

/// A try that was counted.
pub struct Counted {
    names: Vec<Key>,
    at_ms: i64,
}

/// There were too many tries; this one was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full {
    /// How long until the next one is taken, if nobody else is quicker. Above zero.
    pub wait: TimeDelta,
}

/// What this process counts itself: the times of tries in milliseconds, by name.
pub(super) struct Tries {
    times: Memory<Key, Arc<[i64]>>,
    /// Held while one try is counted under its names, which is one step for all others.
    turn: Mutex<()>,
}

impl Cache {
    /// A bound for what these parts name, such as a limit and an address. `within` is an hour at most.
    #[must_use]
    pub fn bound(&self, parts: &[&str], most: usize, within: TimeDelta) -> Bound {
        // Addresses are few enough to try them all: only under our key does a hash hide them.
        let name = Key(self.inner.sealer.mark("counted tries", &Key::of(parts).0));
        Bound {
            name,
            most,
            within_ms: within.num_milliseconds(),
        }
    }

    /// Counts a try under all of these bounds, in one step for all who share the place.
    ///
    /// # Errors
    /// [`Full`] when one of them takes no more; it is counted nowhere then.
    pub async fn count(&self, bounds: &[Bound], now: DateTime<Utc>) -> Result<Counted, Full> {
        let at_ms = now.timestamp_millis();
        let wait_ms = match &self.inner.place {
            Place::Process => self.inner.tries.count(bounds, at_ms),
            Place::Redis(redis) => match count_in(redis, bounds, at_ms).await {
                Ok(wait_ms) => wait_ms,
                Err(Away) => self.inner.tries.count(bounds, at_ms),
            },
        };
        if wait_ms > 0 {
            return Err(Full {
                wait: TimeDelta::milliseconds(wait_ms),
            });
        }
        Ok(Counted {
            names: bounds.iter().map(|bound| bound.name).collect(),
            at_ms,
        })
    }

    /// Takes back a try that does not count after all, such as one with the right password.
    pub async fn give_back(&self, counted: Counted) {
        // Wherever it was counted: in the other place there is nothing to take.
        self.inner.tries.give_back(&counted);
        if let Place::Redis(redis) = &self.inner.place
            && !counted.names.is_empty()
        {
            let mut command = cmd("EVAL");
            command.arg(GIVE_BACK).arg(counted.names.len());
            for name in &counted.names {
                command.arg(name_of(name));
            }
            command.arg(counted.at_ms);
            if redis.ask::<i64>(&command).await.is_err() {
                tracing::debug!("a try could not be given back; it counts until it is too old");
            }
        }
    }
}

async fn count_in(redis: &Arc<Redis>, bounds: &[Bound], at_ms: i64) -> Result<i64, Away> {
    if bounds.is_empty() {
        return Ok(0);
    }
    let mut command = cmd("EVAL");
    command.arg(COUNT).arg(bounds.len());
    for bound in bounds {
        command.arg(name_of(&bound.name));
    }
    command.arg(at_ms);
    for bound in bounds {
        command.arg(bound.most).arg(bound.within_ms);
    }
    redis.ask::<i64>(&command).await?.ok_or(Away)
}

/// What a count is called in Redis.
fn name_of(name: &Key) -> String {
    format!("budget:tries:{name}")
}

impl Tries {
    pub(super) fn new() -> Self {
        Self {
            times: Memory::builder()
                .max_capacity(NAMES_MAX)
                .eviction_policy(EvictionPolicy::lru())
                .time_to_live(KEEP)
                .build(),
            turn: Mutex::new(()),
        }
    }

    /// As [`COUNT`].
    fn count(&self, bounds: &[Bound], at_ms: i64) -> i64 {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wait_ms = 0;
        let mut kept = Vec::new();
        for bound in bounds {
            let mut times = self
                .times
                .get(&bound.name)
                .map_or_else(Vec::new, |times| times.to_vec());
            times.retain(|time| (at_ms - time).abs() < bound.within_ms);
            times.sort_unstable();
            if let Some(oldest) = times
                .len()
                .checked_sub(bound.most)
                .and_then(|first| times.get(first))
            {
                wait_ms = wait_ms.max(oldest + bound.within_ms - at_ms);
            }
            times.push(at_ms);
            kept.push((bound.name, times));
        }
        if wait_ms == 0 {
            for (name, times) in kept {
                self.times.insert(name, times.into());
            }
        }
        drop(turn);
        wait_ms
    }

    /// As [`GIVE_BACK`].
    fn give_back(&self, counted: &Counted) {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        for name in &counted.names {
            let mut times = self.times.get(name).map_or_else(Vec::new, |times| times.to_vec());
            if let Some(place) = times.iter().position(|time| *time == counted.at_ms) {
                times.swap_remove(place);
                self.times.insert(*name, times.into());
            }
        }
        drop(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::seal::Sealer;
    use crate::config::Config;

    fn cache() -> Cache {
        let config = Config::from_lookup(|_| None).unwrap();
        Cache::open(&config, Sealer::new(&vec![1; 32].into()))
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(work)
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_348_800 + seconds, 0).unwrap()
    }

    fn minute() -> TimeDelta {
        TimeDelta::minutes(1)
    }

    #[test]
    fn any_span_takes_so_many_and_no_more() {
        let cache = cache();
        let bound = [cache.bound(&["a"], 3, minute())];
        let wait = |seconds| {
            let counted = run(cache.count(&bound, at(seconds)));
            counted.err().map(|full| full.wait.num_seconds())
        };
        assert_eq!([wait(50), wait(55), wait(59)], [None; 3]);
        // Across the turn of the minute, too.
        assert_eq!([wait(60), wait(109)], [Some(50), Some(1)]);
        assert_eq!([wait(110), wait(111)], [None, Some(4)]);
        // What was refused does not prolong the wait.
        assert_eq!([wait(115), wait(119), wait(120)], [None, None, Some(50)]);
        // Names do not share their tries.
        assert!(run(cache.count(&[cache.bound(&["b"], 3, minute())], at(120))).is_ok());
    }

    #[test]
    fn a_try_counts_under_all_names_or_none() {
        let cache = cache();
        let (narrow, wide) = (cache.bound(&["n"], 1, minute()), cache.bound(&["w"], 2, minute()));
        assert!(run(cache.count(&[wide, narrow], at(0))).is_ok());
        for _ in 0..5 {
            assert!(run(cache.count(&[wide, narrow], at(1))).is_err());
        }
        assert!(run(cache.count(&[wide], at(2))).is_ok());
        assert!(run(cache.count(&[wide], at(3))).is_err());
        assert!(run(cache.count(&[], at(3))).is_ok());
    }

    #[test]
    fn what_is_given_back_never_was() {
        let cache = cache();
        let bound = [cache.bound(&["a"], 1, minute())];
        for _ in 0..3 {
            let counted = run(cache.count(&bound, at(0))).ok().unwrap();
            run(cache.give_back(counted));
        }
        assert!(run(cache.count(&bound, at(0))).is_ok());
        assert!(run(cache.count(&bound, at(0))).is_err());
    }
}
