//! Tidying up at night.

use budget::db::DbError;
use budget::jobs::queue;
use budget::jobs::tidy::Tidy;
use diesel::connection::SimpleConnection;

use super::lines;
use crate::support::TestApp;

#[test]
fn the_night_takes_what_is_over_and_leaves_the_rest() {
    let app = TestApp::new();
    let owner = app.household();
    let now = app.state.clock.now();
    let (user, household) = (owner.user, owner.household);
    app.sql()
        .batch_execute(&format!(
            "DELETE FROM sessions;
             INSERT INTO sessions (id, secret_hash, user_id, household_id, last_seen_at, expires_at)
             SELECT gen_random_uuid(), convert_to(name, 'UTF8'), '{user}', '{household}', timestamptz '{now}' - idle::interval, timestamptz '{now}' + rest::interval
               FROM (VALUES ('used', '1 hour', '1 day'), ('rarely used', '13 days 23 hours', '1 day'), ('idle', '14 days', '1 day'),
                            ('over', '1 hour', '-1 second')) given (name, idle, rest);
             INSERT INTO idempotency_keys (household_id, user_id, key, request_hash, answer, created_at)
             SELECT '{household}', '{user}', name, '\\x00', '1', timestamptz '{now}' - age::interval
               FROM (VALUES ('young', '47 hours'), ('old', '49 hours')) given (name, age);
             INSERT INTO token_families (id, user_id, created_at, revoked_at)
             SELECT ('00000000-0000-7000-8000-00000000000' || number)::uuid, '{user}', timestamptz '{now}' - age::interval, timestamptz '{now}' - revoked::interval
               FROM (VALUES (1, '40 days', NULL), (2, '40 days', '29 days'), (3, '40 days', '31 days'), (4, '31 days', NULL), (5, '29 days', NULL),
                            (6, '40 days', NULL)) given (number, age, revoked);
             INSERT INTO refresh_tokens (secret_hash, family_id, expires_at)
             SELECT convert_to(name, 'UTF8'), ('00000000-0000-7000-8000-00000000000' || family)::uuid, timestamptz '{now}' + rest::interval
               FROM (VALUES ('good', 1, '1 day'), ('revoked lately', 2, '1 day'), ('revoked', 3, '1 day'), ('just over', 6, '-23 hours'), ('long over', 4, '-25 hours')) given (name, family, rest);
             INSERT INTO jobs (kind, payload, run_at, state, finished_at, last_error)
             SELECT 'x', to_jsonb(name), timestamptz '{now}', state, timestamptz '{now}' - age::interval, NULL
               FROM (VALUES ('done', 'done', '6 days'), ('long done', 'done', '8 days'), ('dead', 'dead', '89 days'),
                            ('long dead', 'dead', '91 days')) given (name, state, age);"
        ))
        .unwrap();
    app.db
        .system(|conn| Ok::<_, DbError>(queue::enqueue(conn, &Tidy {}, now, None)?))
        .unwrap();
    assert_eq!(app.work(), 1);
    let names = |query: &str| lines(&app, query);
    assert_eq!(
        names("SELECT convert_from(secret_hash, 'UTF8') AS line FROM sessions ORDER BY 1"),
        ["rarely used", "used"]
    );
    assert_eq!(names("SELECT key AS line FROM idempotency_keys"), ["young"]);
    assert_eq!(
        names("SELECT convert_from(secret_hash, 'UTF8') AS line FROM refresh_tokens ORDER BY 1"),
        ["good", "just over", "revoked lately"]
    );
    assert_eq!(
        names("SELECT right(id::text, 1) AS line FROM token_families ORDER BY 1"),
        ["1", "2", "5", "6"]
    );
    assert_eq!(
        names("SELECT payload #>> '{}' AS line FROM jobs WHERE kind = 'x' ORDER BY 1"),
        ["dead", "done"]
    );
    app.sql()
        .batch_execute("DELETE FROM jobs WHERE kind = 'x'")
        .unwrap();
}

#[test]
fn the_night_takes_every_demo_of_yesterday() {
    let app = TestApp::new();
    let owner = app.household();
    // Demos are judged by the database's clock, as when a visitor makes one.
    app.sql()
        .batch_execute(
            "ALTER TABLE households DISABLE TRIGGER households_have_an_owner;
             INSERT INTO households (id, name, currency, is_demo, created_at)
             SELECT gen_random_uuid(), name, 'EUR', true, now() - age::interval
               FROM (SELECT 'old ' || n, '25 hours' FROM generate_series(1, 8) n UNION VALUES ('new', '23 hours')) given (name, age);
             ALTER TABLE households ENABLE TRIGGER households_have_an_owner",
        )
        .unwrap();
    let now = app.state.clock.now();
    app.db
        .system(|conn| Ok::<_, DbError>(queue::enqueue(conn, &Tidy {}, now, None)?))
        .unwrap();
    assert_eq!(app.work(), 1);
    assert_eq!(
        lines(&app, "SELECT name AS line FROM households WHERE is_demo"),
        ["new"]
    );
    owner.get("/money").assert_ok();
}
