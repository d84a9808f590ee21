//! Jobs of a time of day. Every process tells the ticks, and the unique key of a tick lets only one row be.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::PgConnection;
use diesel::result::QueryResult;

use super::queue::{self, Job, KEEP_DONE};
use super::tidy::Tidy;

/// A tick that was missed is made up for when it is not older than this. Shorter than done jobs stay, so that no tick comes twice.
const MAKE_UP_FOR: TimeDelta = TimeDelta::days(6);
const _: () = assert!(MAKE_UP_FOR.num_seconds() < KEEP_DONE.num_seconds());

/// One line of the schedule.
struct Line {
    /// Seconds, minutes, hours, days of the month, months and days of the week, in UTC.
    times: &'static str,
    kind: &'static str,
    enqueue: fn(&mut PgConnection, DateTime<Utc>, &str) -> QueryResult<bool>,
}

/// When what is to be done.
const LINES: &[Line] = &[Line {
    times: "0 17 3 * * *",
    kind: Tidy::KIND,
    enqueue: |conn, tick, key| queue::enqueue(conn, &Tidy {}, tick, Some(key)),
}];

/// A time of the schedule cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the schedule has a line that cannot be read: {0}")]
pub struct UnreadableLine(&'static str);

/// Tells the ticks of the schedule, and remembers which it told.
pub struct Schedule(Vec<(&'static Line, cron::Schedule, Option<DateTime<Utc>>)>);

impl Schedule {
    /// The schedule of the app, of which nothing was told yet.
    ///
    /// # Errors
    /// [`UnreadableLine`], which a test rules out.
    pub fn of_the_app() -> Result<Self, UnreadableLine> {
        let read = |line: &'static Line| {
            let times = cron::Schedule::from_str(line.times).map_err(|_| UnreadableLine(line.times))?;
            Ok((line, times, None))
        };
        LINES.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Adds a job for the latest tick of each line, unless some process did. Ticks that were missed while nothing ran come once
    /// altogether. How many were added.
    ///
    /// # Errors
    /// Only database failures; [`Schedule::start_over`] then.
    pub fn tick(&mut self, conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
        let mut count = 0;
        for (line, times, told) in &mut self.0 {
            let Some(tick) = latest(times, now).filter(|tick| *told != Some(*tick)) else {
                continue;
            };
            let key = format!("schedule:{}:{}", line.kind, tick.timestamp());
            count += usize::from((line.enqueue)(conn, tick, &key)?);
            *told = Some(tick);
        }
        Ok(count)
    }

    /// Forgets what was told, so that it is told again: no tick makes a second row.
    pub fn start_over(&mut self) {
        for (_, _, told) in &mut self.0 {
            *told = None;
        }
    }
}

/// The latest tick up to `now` that is still to be made up for.
fn latest(times: &cron::Schedule, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // What comes before an instant does not contain the instant itself.
    let just_after = now + TimeDelta::seconds(1);
    let tick = times.after(&just_after).rev().find(|tick| *tick <= now)?;
    (tick > now - MAKE_UP_FOR).then_some(tick)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_line_can_be_read() {
        assert_eq!(Schedule::of_the_app().unwrap().0.len(), LINES.len());
    }

    #[test]
    fn the_latest_tick_is_found_from_its_second_on_and_for_some_days() {
        let nightly = cron::Schedule::from_str("0 17 3 * * *").unwrap();
        let tick = at("2026-11-14T03:17:00Z");
        for now in [
            "2026-11-14T03:17:00Z",
            "2026-11-14T03:17:00.5Z",
            "2026-11-14T03:17:01Z",
            "2026-11-15T03:16:59.999Z",
        ] {
            assert_eq!(latest(&nightly, at(now)), Some(tick), "{now}");
        }
        assert_eq!(
            latest(&nightly, at("2026-11-14T03:16:59.999Z")),
            Some(at("2026-11-13T03:17:00Z"))
        );
        let yearly = cron::Schedule::from_str("0 0 0 1 1 *").unwrap();
        assert_eq!(
            latest(&yearly, at("2026-01-06T23:00:00Z")),
            Some(at("2026-01-01T00:00:00Z"))
        );
        assert_eq!(latest(&yearly, at("2026-01-08T00:00:00Z")), None);
    }
}
