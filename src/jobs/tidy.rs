//! Tidying up at night: takes away what is over and nobody can use any more.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, not};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::queue::{self, Job};
use super::{Context, JobError};
use crate::demo::visits;
use crate::schema::{
    idempotency_keys, invitations, one_time_links, refresh_tokens, security_events, sessions, token_families,
};

/// How long an answer is kept for a form that is sent twice.
const KEEP_ANSWERS: TimeDelta = TimeDelta::hours(48);
/// How long a browser stays logged in without being used.
const IDLE_MAX: TimeDelta = TimeDelta::days(14);
/// How long a refresh token stays after its end.
const KEEP_TOKENS: TimeDelta = TimeDelta::days(1);
/// How long a family of tokens stays after it was revoked. One without tokens has to be as old as that.
const KEEP_FAMILIES: TimeDelta = TimeDelta::days(30);

/// How long people see what happened to their account.
const KEEP_EVENTS: TimeDelta = TimeDelta::days(365);

/// Takes away old jobs, kept answers, sessions, tokens, links, invitations, security events and demos.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tidy {}

/// One thing to tidy up; says how many rows went.
type Step = fn(&mut PgConnection, DateTime<Utc>) -> QueryResult<usize>;

/// Each in a transaction of its own: none waits for another.
const STEPS: &[(&str, Step)] = &[
    ("jobs", queue::purge),
    ("kept answers", forget_answers),
    ("sessions", end_sessions),
    ("refresh tokens", forget_tokens),
    ("token families", forget_families),
    ("links", forget_links),
    ("invitations", forget_invitations),
    ("security events", forget_events),
];

impl Job for Tidy {
    const KIND: &'static str = "tidy";

    fn run(self, context: &Context) -> Result<(), JobError> {
        let now = context.clock.now();
        for (what, step) in STEPS {
            let gone = context.db.system(|conn| Ok::<_, JobError>(step(conn, now)?))?;
            tracing::debug!(what, gone, "tidied up");
        }
        forget_demos(context)
    }
}

fn forget_answers(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(now - KEEP_ANSWERS)))
        .execute(conn)
}

fn end_sessions(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    let over = sessions::expires_at
        .le(now)
        .or(sessions::last_seen_at.le(now - IDLE_MAX));
    diesel::delete(sessions::table.filter(over)).execute(conn)
}

fn forget_tokens(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::expires_at.lt(now - KEEP_TOKENS)))
        .execute(conn)
}

fn forget_families(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    let long_ago = now - KEEP_FAMILIES;
    let tokens = refresh_tokens::table.filter(refresh_tokens::family_id.eq(token_families::id));
    let unused = token_families::created_at.lt(long_ago).and(not(exists(tokens)));
    let revoked = token_families::revoked_at.lt(long_ago).assume_not_null();
    diesel::delete(token_families::table.filter(revoked.or(unused))).execute(conn)
}

fn forget_links(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(one_time_links::table.filter(one_time_links::expires_at.le(now))).execute(conn)
}

fn forget_invitations(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(invitations::table.filter(invitations::expires_at.le(now))).execute(conn)
}

fn forget_events(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(security_events::table.filter(security_events::at.lt(now - KEEP_EVENTS))).execute(conn)
}

/// A few at a time, until no more go: one that somebody is using just now stays for the next night.
fn forget_demos(context: &Context) -> Result<(), JobError> {
    let mut left_before = i64::MAX;
    loop {
        let left = context
            .db
            .system(|conn| Ok::<_, JobError>(visits::forget_old(conn)?))?;
        if left >= left_before {
            return Ok(());
        }
        left_before = left;
    }
}
