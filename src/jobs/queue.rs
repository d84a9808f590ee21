//! The queue: a table of jobs. They are added inside the transaction of the work that they belong to, claimed by one worker at a time under
//! a lease, and finished, tried again later, or given up.
//!
//! Every instant is the app's clock, which the callers pass in.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use super::mail::Letter;
use super::{Context, JobError};
use crate::schema::jobs;
use crate::statement::statement;

/// How long done jobs stay. Longer than a missed tick of the schedule is made up for: its row says that it ran.
pub const KEEP_DONE: TimeDelta = TimeDelta::days(7);
/// How long dead jobs stay, for somebody to look at them.
const KEEP_DEAD: TimeDelta = TimeDelta::days(90);
/// The pause after the first failed attempt; each further one is four times as long.
const BACKOFF_FIRST: TimeDelta = TimeDelta::seconds(10);
/// The longest pause, reached after seven failed attempts. All attempts together take about 15 hours.
const BACKOFF_MAX: TimeDelta = TimeDelta::hours(12);

/// Wakes the worker of this process. A job of a transaction that is not committed yet is not seen at once, so the worker looks a few times.
pub(super) static ADDED: Notify = Notify::const_new();

/// Work for the background. What it holds is written to the database: never a secret, and no more about people than it needs.
pub trait Job: Serialize + DeserializeOwned {
    /// How the queue names it: small letters and underscores. Once released it stays, for old rows carry it.
    const KIND: &'static str;

    /// Does the work, in transactions of its own. It may be called again after a success that nobody could note.
    ///
    /// # Errors
    /// [`JobError`]; the job is tried again later, unless that is hopeless.
    fn run(self, context: &Context) -> Result<(), JobError>;
}

/// A job that a worker holds. The number of the attempt tells this worker from one that took over when the lease had run out.
#[derive(Debug, Clone, QueryableByName)]
pub struct Claimed {
    /// The row.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Which code runs it.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// What it is about.
    #[diesel(sql_type = Jsonb)]
    pub payload: serde_json::Value,
    /// The number of this attempt, from 1.
    #[diesel(sql_type = Integer)]
    pub attempt: i32,
    /// The last attempt there is.
    #[diesel(sql_type = Integer)]
    pub attempts_max: i32,
}

/// What became of a job whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// It is tried again then.
    Again(DateTime<Utc>),
    /// It is dead.
    Dead,
    /// Another worker has it: nothing was noted.
    Lost,
}

/// Adds a job, to be run at `run_at` or soon after. It exists if this transaction commits, through whichever door of
/// [`Db`](crate::db::Db) that is. `false`, and nothing is added, when there is a job with this `unique_key` already: waiting, or run not
/// more than [`KEEP_DONE`] ago.
///
/// # Errors
/// Only database failures.
pub fn enqueue<J: Job>(
    conn: &mut PgConnection,
    job: &J,
    run_at: DateTime<Utc>,
    unique_key: Option<&str>,
) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Added {
        #[diesel(sql_type = Bool)]
        added: bool,
    }
    let payload = serde_json::to_value(job)
        .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))?;
    let answer: Added = statement("SELECT enqueue_job(?, ?, ?, ?) AS added")
        .bind::<Text, _>(J::KIND)
        .bind::<Jsonb, _>(payload)
        .bind::<Timestamptz, _>(run_at)
        .bind::<Nullable<Text>, _>(unique_key.map(str::to_owned))
        .get_result(conn)?;
    ADDED.notify_one();
    Ok(answer.added)
}

/// Takes the job that is due longest: one that waits, or one whose worker let its lease run out. It is this worker's until `now` and `lease`.
/// A job whose last attempt ended with its worker is buried here. Only the owner of the schema may.
///
/// # Errors
/// Only database failures.
pub fn claim(conn: &mut PgConnection, now: DateTime<Utc>, lease: TimeDelta) -> QueryResult<Option<Claimed>> {
    loop {
        let claimed: Option<Claimed> = statement(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, locked_until = ?
              WHERE id = (SELECT id FROM jobs WHERE state IN ('queued', 'running') AND coalesce(locked_until, run_at) <= ?
                           ORDER BY coalesce(locked_until, run_at), id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, kind, payload, attempts AS attempt, attempts_max",
        )
        .bind::<Timestamptz, _>(now + lease)
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .optional()?;
        match claimed {
            Some(claimed) if claimed.attempt > claimed.attempts_max => {
                let lost = "its worker stopped without a word, at the last attempt too";
                bury(conn, &claimed, now, lost)?;
                tracing::error!(kind = claimed.kind, id = claimed.id, "a job is dead: {lost}");
            }
            other => return Ok(other),
        }
    }
}

/// Notes that a job is done. `false`, and nothing is noted, when another worker has taken over.
///
/// # Errors
/// Only database failures.
pub fn finish(conn: &mut PgConnection, claimed: &Claimed, now: DateTime<Utc>) -> QueryResult<bool> {
    // A letter may have held an address or a name, and nobody needs them any more.
    let forgotten = (claimed.kind == Letter::KIND).then(|| serde_json::json!({}));
    diesel::update(jobs::table.filter(jobs::id.eq(claimed.id)))
        .filter(jobs::state.eq("running"))
        .filter(jobs::attempts.eq(claimed.attempt))
        .set((
            jobs::state.eq("done"),
            forgotten.map(|nothing| jobs::payload.eq(nothing)),
            jobs::finished_at.eq(now),
            jobs::locked_until.eq(None::<DateTime<Utc>>),
            jobs::last_error.eq(None::<String>),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Notes that an attempt failed: the job waits for its next one, or is dead after the last, or at once when another is hopeless.
///
/// # Errors
/// Only database failures.
pub fn fail(
    conn: &mut PgConnection,
    claimed: &Claimed,
    now: DateTime<Utc>,
    error: &JobError,
) -> QueryResult<Failed> {
    let text = error.to_string();
    if error.is_hopeless() || claimed.attempt >= claimed.attempts_max {
        let buried = bury(conn, claimed, now, &text)?;
        return Ok(if buried { Failed::Dead } else { Failed::Lost });
    }
    let again = now + backoff(claimed.attempt);
    let noted = diesel::update(jobs::table.filter(jobs::id.eq(claimed.id)))
        .filter(jobs::state.eq("running"))
        .filter(jobs::attempts.eq(claimed.attempt))
        .set((
            jobs::state.eq("queued"),
            jobs::run_at.eq(again),
            jobs::locked_until.eq(None::<DateTime<Utc>>),
            jobs::last_error.eq(text),
        ))
        .execute(conn)?;
    Ok(if noted == 1 {
        Failed::Again(again)
    } else {
        Failed::Lost
    })
}

fn bury(conn: &mut PgConnection, claimed: &Claimed, now: DateTime<Utc>, why: &str) -> QueryResult<bool> {
    diesel::update(jobs::table.filter(jobs::id.eq(claimed.id)))
        .filter(jobs::state.eq("running"))
        .filter(jobs::attempts.eq(claimed.attempt))
        .set((
            jobs::state.eq("dead"),
            jobs::finished_at.eq(now),
            jobs::locked_until.eq(None::<DateTime<Utc>>),
            jobs::last_error.eq(why),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Extends the lease to `now` and `lease`. `false` when another worker has taken over.
///
/// # Errors
/// Only database failures.
pub fn extend(
    conn: &mut PgConnection,
    claimed: &Claimed,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> QueryResult<bool> {
    diesel::update(jobs::table.filter(jobs::id.eq(claimed.id)))
        .filter(jobs::state.eq("running"))
        .filter(jobs::attempts.eq(claimed.attempt))
        .set(jobs::locked_until.eq(now + lease))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Gives a job back that could not end before its worker stops: it is due at once, and this attempt does not count. `false` when it had
/// ended, or another worker has taken over.
///
/// # Errors
/// Only database failures.
pub fn put_back(conn: &mut PgConnection, claimed: &Claimed) -> QueryResult<bool> {
    // The number of the attempt stays used, or the one that was given up could still note its end.
    diesel::update(jobs::table.filter(jobs::id.eq(claimed.id)))
        .filter(jobs::state.eq("running"))
        .filter(jobs::attempts.eq(claimed.attempt))
        .set((
            jobs::state.eq("queued"),
            jobs::attempts_max.eq(jobs::attempts_max + 1),
            jobs::locked_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Takes away jobs that ended long ago. How many.
///
/// # Errors
/// Only database failures.
pub fn purge(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    let over = |state: &'static str, until: DateTime<Utc>| {
        diesel::delete(
            jobs::table
                .filter(jobs::state.eq(state))
                .filter(jobs::finished_at.lt(until)),
        )
    };
    let done = over("done", now - KEEP_DONE).execute(conn)?;
    let dead = over("dead", now - KEEP_DEAD).execute(conn)?;
    Ok(done + dead)
}

/// The pause after so many failed attempts, and up to a quarter more, so that what failed together does not come back together.
fn backoff(attempts: i32) -> TimeDelta {
    let exponent = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let factor = 4_i32.saturating_pow(exponent);
    let pause = BACKOFF_FIRST
        .checked_mul(factor)
        .map_or(BACKOFF_MAX, |pause| pause.min(BACKOFF_MAX));
    let permille = rand::random_range(1000..=1250);
    pause
        .checked_mul(permille)
        .and_then(|pause| pause.checked_div(1000))
        .unwrap_or(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_differ() {
        let mut least = TimeDelta::seconds(10);
        for attempts in 1..=40 {
            let pauses: Vec<_> = (0..40).map(|_| backoff(attempts)).collect();
            assert!(
                pauses
                    .iter()
                    .all(|pause| *pause >= least && *pause <= least * 5 / 4),
                "{attempts}: {pauses:?}"
            );
            assert!(pauses.iter().any(|pause| *pause != pauses[0]));
            least = (least * 4).min(TimeDelta::hours(12));
        }
        assert_eq!(least, TimeDelta::hours(12));
    }
}
