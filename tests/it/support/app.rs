//! The app under test: the real server on a free port, over a database of its own.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use budget::clock::Clock;
use budget::config::Config;
use budget::db::{Db, Settings};
use budget::ids::HouseholdId;
use budget::jobs::Context;
use budget::jobs::registry::Registry;
use budget::jobs::worker::{Outcome, Settings as Pace, Worker};
use budget::ledger::integrity;
use budget::mail::{Mailer, Sent};
use budget::web::{State, server};
use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use secrecy::SecretSlice;

use super::{Browser, Owner, TestDatabase};

/// Where the clock stands at first: a Saturday.
const NOON: &str = "2026-11-14T12:00:00Z";
/// The key of the installation under test.
pub const SECRET_KEY: [u8; 32] = [7; 32];

/// The app with a database of its own, which remembers its mail instead of sending it. When it goes, every sum must be what its postings
/// say, and every job that is due must come to a good end.
pub struct TestApp {
    /// The database as the server uses it.
    pub db: Db,
    /// What the handlers use.
    pub state: State,
    /// What jobs use.
    pub jobs: Context,
    address: String,
    stop: ServerHandle,
    thread: Option<JoinHandle<()>>,
    // The last field: it is dropped after the pool.
    database: TestDatabase,
}

impl TestApp {
    /// The app as it starts at home.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The app with these variables of the environment.
    pub fn with(variables: &[(&str, &str)]) -> Self {
        let database = TestDatabase::new();
        let clock = Clock::fixed(NOON.parse().unwrap());
        let state = state(variables, &database, clock);
        let config = config(variables);
        let mailer = Mailer::remembering(&config).unwrap();
        let (db, clock, sealer) = (state.db.clone(), state.clock.clone(), state.sealer.clone());
        let jobs = Context::new(&config, db, clock, mailer, sealer);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let key = SecretSlice::from(SECRET_KEY.to_vec());
        let (thread, stop) = serve(listener, state.clone(), key);
        Self {
            db: state.db.clone(),
            state,
            jobs,
            address,
            stop,
            thread: Some(thread),
            database,
        }
    }

    /// A browser that was never here.
    pub fn browser(&self) -> Browser {
        Browser::at(&self.address)
    }

    /// Somebody who just signed up, with a household in EUR and UTC that holds nothing.
    pub fn household(&self) -> Owner<'_> {
        self.sign_up("home@example.org", "EUR")
    }

    /// Somebody else who just signed up.
    pub fn sign_up(&self, email: &str, currency: &str) -> Owner<'_> {
        Owner::sign_up(self, email, currency)
    }

    /// `127.0.0.1` and the port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The URL of the database, for another process.
    pub fn database_url(&self) -> String {
        self.database.url()
    }

    /// Moves the clock of the app; Postgres's own goes on.
    pub fn set_clock(&self, instant: &str) {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        self.state.clock.set(instant);
    }

    /// Gives every household one more owner, who does nothing: the others may have any role then, for a household is never without one.
    pub fn keep_owned(&self) {
        self.sql()
            .batch_execute(
                "INSERT INTO users (id, email, full_name, password_hash) VALUES (gen_random_uuid(), 'keeper@example.org', 'Keeper', 'none') ON CONFLICT DO NOTHING;
                 INSERT INTO members (household_id, user_id, role)
                     SELECT h.id, u.id, 'owner' FROM households h, users u WHERE u.email = 'keeper@example.org' ON CONFLICT DO NOTHING",
            )
            .unwrap();
    }

    /// A connection as the owner of the schema.
    pub fn sql(&self) -> PgConnection {
        self.database.connect()
    }

    /// A connection in a transaction as the role of requests, admitted to `household`.
    pub fn as_role(&self, household: HouseholdId) -> PgConnection {
        let mut conn = self.sql();
        conn.batch_execute("BEGIN; SET LOCAL ROLE budget_app").unwrap();
        sql_query("SELECT set_config('app.household_id', $1, true)")
            .bind::<Text, _>(household.to_string())
            .execute(&mut conn)
            .unwrap();
        conn
    }

    /// How many SQL statements `work` sends, without BEGIN, SET and COMMIT.
    pub fn statements(&self, work: impl FnOnce()) -> u64 {
        let before = self.db.statements();
        work();
        self.db.statements() - before
    }

    /// How many rows there are: of a table, perhaps with a condition.
    pub fn count(&self, from: &str) -> i64 {
        let query = format!("SELECT count(*) AS number FROM {from}");
        let row: Count = sql_query(query).get_result(&mut self.sql()).unwrap();
        row.number
    }

    /// A hash of the content of each table: the same while nothing is written.
    pub fn fingerprint(&self) -> BTreeMap<String, String> {
        let conn = &mut self.sql();
        let tables: Vec<Fingerprint> = sql_query(
            "SELECT relname::text AS name, '' AS hash FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
        )
        .load(conn)
        .unwrap();
        let hash = |table: Fingerprint| {
            let query = format!(
                "SELECT '{0}' AS name, md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS hash FROM {0} t",
                table.name
            );
            let found: Fingerprint = sql_query(query).get_result(conn).unwrap();
            (found.name, found.hash)
        };
        tables.into_iter().map(hash).collect()
    }

    /// Another server over the same database, beside the first, with which it shares the memory.
    pub fn second_server(&self) -> SecondServer {
        SecondServer::start(self.state.clone())
    }

    /// Another server over the same database as a process of its own: it shares nothing else, unless a variable says so.
    pub fn other_process(&self, variables: &[(&str, &str)]) -> SecondServer {
        SecondServer::start(state(variables, &self.database, self.state.clock.clone()))
    }

    /// Runs all jobs that are due, here and now. How many; none of them may fail.
    #[track_caller]
    pub fn work(&self) -> usize {
        let worker = Worker::new(self.jobs.clone(), Registry::of_the_app(), Pace::default());
        let outcomes = worker.work_off().unwrap();
        let done = outcomes.iter().all(|outcome| *outcome == Outcome::Done);
        assert!(done, "{outcomes:?}: {:?}", self.complaints());
        outcomes.len()
    }

    /// The mail that was sent so far, oldest first.
    pub fn mails(&self) -> Vec<Sent> {
        self.jobs.mailer.sent()
    }

    /// Jobs that are dead or whose last attempt failed.
    pub fn complaints(&self) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Complaint {
            #[diesel(sql_type = Text)]
            text: String,
        }
        let query = "SELECT format('%s %s: %s', state, kind, last_error) AS text FROM jobs
                      WHERE state = 'dead' OR last_error IS NOT NULL ORDER BY id";
        let rows: Vec<Complaint> = sql_query(query).load(&mut self.sql()).unwrap();
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Takes away the jobs that a test let fail.
    pub fn forgive(&self) {
        let query = "DELETE FROM jobs WHERE state = 'dead' OR last_error IS NOT NULL";
        sql_query(query).execute(&mut self.sql()).unwrap();
    }

    /// Every sum is what its postings say.
    pub fn check(&self) {
        let differences = integrity::differences(&mut self.sql()).unwrap();
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.check();
            self.work();
            assert_eq!(self.complaints(), Vec::<String>::new());
        }
        // The command is sent at once; only the answer would have to be awaited, and the thread's end says the same.
        drop(self.stop.stop(false));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the server panicked");
        }
    }
}

fn config(variables: &[(&str, &str)]) -> Config {
    let lookup = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        let found = found.map(|(_, value)| (*value).to_owned());
        // Most tests sign people up and log them in as often as they like; in production limits cannot be switched off.
        let in_production = variables.contains(&("ENVIRONMENT", "production"));
        found.or_else(|| (name == "RATE_LIMIT" && !in_production).then(|| "off".to_owned()))
    };
    Config::from_lookup(lookup).unwrap()
}

/// What the handlers use, with these variables of the environment.
fn state(variables: &[(&str, &str)], database: &TestDatabase, clock: Clock) -> State {
    let config = config(variables);
    let db = Db::open(&Settings {
        url: database.url(),
        connections_max: 8,
        prepared: config.database_prepared,
    });
    State::new(&config, &SecretSlice::from(SECRET_KEY.to_vec()), db, clock)
}

/// A server that shares the database of a [`TestApp`].
pub struct SecondServer {
    /// What its handlers use.
    pub state: State,
    address: String,
    stop: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl SecondServer {
    fn start(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let key = SecretSlice::from(SECRET_KEY.to_vec());
        let (thread, stop) = serve(listener, state.clone(), key);
        Self {
            state,
            address,
            stop,
            thread: Some(thread),
        }
    }

    /// A browser that was never here.
    pub fn browser(&self) -> Browser {
        Browser::at(&self.address)
    }
}

impl Drop for SecondServer {
    fn drop(&mut self) {
        drop(self.stop.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(
            matches!(ended, Some(Ok(()))) || thread::panicking(),
            "the server panicked"
        );
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Fingerprint {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    hash: String,
}

/// Starts the server on a thread of its own.
fn serve(listener: TcpListener, state: State, key: SecretSlice<u8>) -> (JoinHandle<()>, ServerHandle) {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let server = server::start(listener, Some(1), state, key).unwrap();
            sender.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (thread, receiver.recv().unwrap())
}
