//! The worker: claims jobs that are due and runs them, a few at once, beside a server or alone.
//!
//! Nothing is awaited with a transaction open: jobs run on blocking threads, and open and close their own.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};

use super::error::without_values;
use super::queue::{self, ADDED, Claimed, Failed};
use super::registry::Registry;
use super::schedule::{Schedule, UnreadableLine};
use super::{Context, JobError};
use crate::db::DbError;

/// How long a job is its worker's without a sign of life.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// The first pause after a job or a wake-up; it doubles until [`PAUSE_MAX`].
const PAUSE_MIN: Duration = Duration::from_millis(50);
/// How often an idle worker looks for jobs.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// The pause while the database is away.
const PAUSE_AWAY: Duration = Duration::from_secs(5);

/// How a worker goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Jobs at once.
    pub at_once: usize,
    /// How often the lease of a running job is extended.
    pub heartbeat: Duration,
    /// How long running jobs may go on after the worker was told to stop.
    pub stop_within: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            at_once: 2,
            heartbeat: Duration::from_secs(20),
            // Less than the ten seconds after which many who stop programs insist.
            stop_within: Duration::from_secs(8),
        }
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// It failed, and is tried again or dead.
    Failed,
    /// Another worker had taken over; whatever came of it here was not noted.
    Lost,
}

/// Runs jobs until it is told to stop. Cloning shares what it holds.
#[derive(Clone)]
pub struct Worker {
    context: Context,
    registry: Registry,
    settings: Settings,
    held: Arc<Mutex<BTreeMap<(i64, i32), Claimed>>>,
}

impl Worker {
    /// A worker for these kinds of jobs.
    #[must_use]
    pub fn new(context: Context, registry: Registry, settings: Settings) -> Self {
        Self {
            context,
            registry,
            settings,
            held: Arc::default(),
        }
    }

    /// Claims and runs jobs until `stop` is there. Then what runs may end, within the time that is set; what does not is put back for
    /// another worker, and its thread is left alone.
    ///
    /// # Errors
    /// [`UnreadableLine`]; nothing else ends it, for a database that is away comes back.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) -> Result<(), UnreadableLine> {
        let schedule = Arc::new(Mutex::new(Schedule::of_the_app()?));
        let slots = Arc::new(Semaphore::new(self.settings.at_once));
        let mut tasks = JoinSet::new();
        let mut pause = PAUSE_MIN;
        let mut away = false;
        let mut stop = std::pin::pin!(stop);
        loop {
            let permit = tokio::select! {
                biased;
                () = &mut stop => break,
                permit = Arc::clone(&slots).acquire_owned() => permit,
            };
            while tasks.try_join_next().is_some() {}
            let rest = match self.claim(Arc::clone(&schedule)).await {
                Ok(Some(claimed)) => {
                    (pause, away) = (PAUSE_MIN, false);
                    let worker = self.clone();
                    tasks.spawn(async move {
                        worker.work(claimed).await;
                        drop(permit);
                    });
                    continue;
                }
                Ok(None) => {
                    away = false;
                    pause
                }
                Err(error) => {
                    if !away {
                        tracing::warn!(cause = without_values(&error), "no jobs can be looked for");
                    }
                    away = true;
                    PAUSE_AWAY
                }
            };
            drop(permit);
            pause = (pause * 2).min(PAUSE_MAX);
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = ADDED.notified() => pause = PAUSE_MIN,
                () = sleep(rest) => {}
            }
        }
        let ended = timeout(self.settings.stop_within, async {
            while tasks.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            self.put_back_the_rest().await;
        }
        Ok(())
    }

    /// Tells what the schedule has to tell, and claims a job.
    async fn claim(&self, schedule: Arc<Mutex<Schedule>>) -> Result<Option<Claimed>, DbError> {
        let worker = self.clone();
        blocking(move || {
            let now = worker.context.clock.now();
            let mut schedule = schedule.lock().unwrap_or_else(PoisonError::into_inner);
            let claimed = worker.context.db.system(|conn| {
                schedule.tick(conn, now)?;
                Ok(queue::claim(conn, now, LEASE)?)
            });
            match &claimed {
                Ok(Some(claimed)) => worker.hold(claimed),
                Ok(None) => {}
                Err(_) => schedule.start_over(), // what it told may not have been committed
            }
            claimed
        })
        .await
    }

    /// Runs a job and notes what became of it; meanwhile its lease is extended.
    async fn work(&self, claimed: Claimed) {
        let (worker, job) = (self.clone(), claimed.clone());
        let mut running = spawn_blocking(move || worker.attempt(&job));
        while timeout(self.settings.heartbeat, &mut running).await.is_err() {
            self.extend(&claimed).await;
        }
    }

    async fn extend(&self, claimed: &Claimed) {
        let (context, job) = (self.context.clone(), claimed.clone());
        let extended = blocking(move || {
            let now = context.clock.now();
            context
                .db
                .system(|conn| Ok::<_, DbError>(queue::extend(conn, &job, now, LEASE)?))
        })
        .await;
        let (kind, id) = (&claimed.kind, claimed.id);
        match extended {
            Ok(true) => {}
            Ok(false) => tracing::warn!(kind, id, "another worker has taken a running job over"),
            Err(error) => {
                let cause = without_values(&error);
                tracing::warn!(
                    kind,
                    id,
                    cause,
                    "the lease of a running job could not be extended"
                );
            }
        }
    }

    /// One attempt, on this thread.
    fn attempt(&self, claimed: &Claimed) -> Outcome {
        let outcome = self.registry.run(claimed, &self.context);
        let noted = self.note(claimed, outcome);
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&(claimed.id, claimed.attempt));
        match noted {
            Ok(outcome) => outcome,
            Err(error) => {
                let cause = without_values(&error);
                let (kind, id) = (&claimed.kind, claimed.id);
                tracing::error!(
                    kind,
                    id,
                    cause,
                    "the end of a job could not be noted, so it will run again"
                );
                Outcome::Failed
            }
        }
    }

    fn note(&self, claimed: &Claimed, outcome: Result<(), JobError>) -> Result<Outcome, DbError> {
        let now = self.context.clock.now();
        let (kind, id, attempt) = (&claimed.kind, claimed.id, claimed.attempt);
        let Err(error) = outcome else {
            let done = self
                .context
                .db
                .system(|conn| Ok::<_, DbError>(queue::finish(conn, claimed, now)?))?;
            return Ok(if done { Outcome::Done } else { Outcome::Lost });
        };
        let failed = self
            .context
            .db
            .system(|conn| Ok::<_, DbError>(queue::fail(conn, claimed, now, &error)?))?;
        match failed {
            Failed::Again(again) => {
                tracing::warn!(kind, id, attempt, %error, %again, "a job failed and is tried again");
                Ok(Outcome::Failed)
            }
            Failed::Dead => {
                tracing::error!(kind, id, attempt, %error, "a job is dead");
                Ok(Outcome::Failed)
            }
            Failed::Lost => Ok(Outcome::Lost),
        }
    }

    fn hold(&self, claimed: &Claimed) {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((claimed.id, claimed.attempt), claimed.clone());
    }

    async fn put_back_the_rest(&self) {
        let held = Arc::clone(&self.held);
        let db = self.context.db.clone();
        let put_back = blocking(move || {
            let held = held.lock().unwrap_or_else(PoisonError::into_inner);
            db.system(|conn| {
                for claimed in held.values() {
                    queue::put_back(conn, claimed)?;
                }
                Ok::<_, DbError>(held.len())
            })
        })
        .await;
        match put_back {
            Ok(count) => tracing::info!(count, "jobs that did not end in time were put back"),
            Err(error) => {
                let cause = without_values(&error);
                tracing::warn!(cause, "jobs could not be put back; their leases run out");
            }
        }
    }

    /// Runs all that is due, on this thread and one after the other, and what that adds too. What became of each.
    ///
    /// # Errors
    /// Only database failures.
    pub fn work_off(&self) -> Result<Vec<Outcome>, DbError> {
        let mut outcomes = Vec::new();
        loop {
            let now = self.context.clock.now();
            let claimed = self
                .context
                .db
                .system(|conn| Ok::<_, DbError>(queue::claim(conn, now, LEASE)?))?;
            match claimed {
                Some(claimed) => outcomes.push(self.attempt(&claimed)),
                None => return Ok(outcomes),
            }
        }
    }
}

async fn blocking<T, F>(work: F) -> Result<T, DbError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, DbError> + Send + 'static,
{
    spawn_blocking(work).await.map_err(|_| DbError::Panicked)?
}
