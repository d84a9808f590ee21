//! A database for each test: copied from a template that is migrated once a run, and dropped when the test ends.

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use budget::db::migrate;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use url::Url;

/// How the databases of all runs begin; then come the process and a number.
const PREFIX: &str = "budget_it_";

/// This process's part of the cluster.
struct Run {
    template: String,
    numbers: AtomicU32,
    /// Holds the lock that says that this process lives; without it the next run clears its databases away.
    _alive: Mutex<PgConnection>,
}

/// A database that lives as long as this value.
pub struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// A database with the current schema.
    pub fn new() -> Self {
        Self::create(|run| &run.template)
    }

    /// A database without any schema.
    pub fn empty() -> Self {
        Self::create(|_| "template0")
    }

    fn create(template: impl Fn(&Run) -> &str) -> Self {
        let run = run();
        let name = format!("{}_{}", run.template, run.numbers.fetch_add(1, Ordering::Relaxed));
        let template = template(run);
        server()
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .unwrap();
        Self { name }
    }

    /// Its URL, as the owner.
    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    /// A connection as the owner, whom no policy binds.
    pub fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url()).unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let dropped = server().batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        if let Err(error) = dropped {
            eprintln!("{} stays behind: {error}", self.name);
        }
    }
}

fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let mut alive = server();
        clear_away_the_dead(&mut alive);
        let template = format!("{PREFIX}{}", std::process::id());
        assert!(lock(&mut alive, &template), "another process uses {template}");
        alive
            .batch_execute(&format!("CREATE DATABASE {template} TEMPLATE template0"))
            .unwrap();
        migrate::up(&url_of(&template)).unwrap();
        Run {
            template,
            numbers: AtomicU32::new(1),
            _alive: Mutex::new(alive),
        }
    })
}

/// Drops what earlier runs left: their templates, and the databases of tests that were killed.
fn clear_away_the_dead(conn: &mut PgConnection) {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        datname: String,
    }
    let found: Vec<Found> = sql_query("SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)")
        .bind::<Text, _>(PREFIX)
        .load(conn)
        .unwrap();
    for Found { datname } in found {
        let process = datname[PREFIX.len()..].split('_').next().unwrap();
        if lock(conn, &format!("{PREFIX}{process}")) {
            // Another new run may do the same.
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS {datname} WITH (FORCE)"))
                .unwrap();
        }
    }
    conn.batch_execute("SELECT pg_advisory_unlock_all()").unwrap();
}

/// Takes the lock of a run, if nobody holds it.
fn lock(conn: &mut PgConnection, run: &str) -> bool {
    #[derive(QueryableByName)]
    struct Taken {
        #[diesel(sql_type = Bool)]
        taken: bool,
    }
    let taken: Taken = sql_query("SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken")
        .bind::<Text, _>(run)
        .get_result(conn)
        .unwrap();
    taken.taken
}

/// A connection to the database that the cluster came with.
fn server() -> PgConnection {
    PgConnection::establish(server_url().as_str()).unwrap()
}

fn url_of(database: &str) -> String {
    let mut url = server_url();
    url.set_path(database);
    url.to_string()
}

fn server_url() -> Url {
    let url = env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
        panic!("TEST_DATABASE_URL is not set. Run tests/run, or one test with: tests/with-servers cargo test --test it NAME")
    });
    Url::parse(&url).expect("TEST_DATABASE_URL is a URL")
}
