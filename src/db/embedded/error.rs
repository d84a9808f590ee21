//! What can go wrong with the private Postgres, in sentences for the person who runs the app.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why the private Postgres can't be used. The text names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No folder with a server that is new enough. `unfit` says what was found instead, and is empty when nothing was.
    #[error(
        "No PostgreSQL server (version 14 or newer) was found, so the app can't keep a private database.{}
Install one:
  Debian, Ubuntu: sudo apt-get install postgresql
  Fedora:         sudo dnf install postgresql-server
  macOS:          brew install postgresql@16
  Docker:         docker run -d --name budget-db -e POSTGRES_USER=budget -e POSTGRES_DB=budget -e POSTGRES_PASSWORD=SECRET -v budget-db:/var/lib/postgresql/data -p 127.0.0.1:5432:5432 postgres:16
                  and set DATABASE_URL=postgresql://budget:SECRET@127.0.0.1:5432/budget
If it is installed in an unusual place, set BUDGET_PG_BIN to the folder that holds initdb and postgres.", unfit_lines(.unfit)
    )]
    NotFound {
        /// What is wrong with each installation that was found.
        unfit: Vec<String>,
    },
    /// `BUDGET_PG_BIN` names a folder that can't be used.
    #[error(
        "BUDGET_PG_BIN is {}, but {reason}. Set it to the folder that holds initdb, postgres and pg_ctl (such as /usr/lib/postgresql/16/bin), or remove it to let the app look for one.", .path.display()
    )]
    WrongFolder {
        /// What `BUDGET_PG_BIN` says.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The data was written by another major version than any that is installed.
    #[error(
        "The database in {} was written by PostgreSQL {needed}, which this machine lacks ({found}). Install PostgreSQL {needed} again (Debian, Ubuntu: sudo apt-get install postgresql-{needed}), or set BUDGET_PG_BIN to its folder. To move to a newer version, export the data with the old one first.", .data.display()
    )]
    WrongMajor {
        /// The cluster.
        data: PathBuf,
        /// The major version that wrote it.
        needed: u32,
        /// What is installed instead.
        found: String,
    },
    /// A folder that must be private belongs to another user.
    #[error(
        "{} belongs to user id {owner}, not to user id {expected}, so it can't be used. Run the app as its owner, hand it over (chown -R {expected} {}), or choose another DATA_DIR.", .path.display(), .path.display()
    )]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who should.
        expected: u32,
    },
    /// The app runs as root, and the user that Postgres runs as can't enter a folder above the database.
    #[error(
        "The database in {} can't be reached: Postgres never runs as root, and user id {uid} may not enter {}. Let it pass (chmod o+x {}), or run the app as an ordinary user.", .home.display(), .closed.display(), .closed.display()
    )]
    Unreachable {
        /// The home of the database.
        home: PathBuf,
        /// The folder that is closed.
        closed: PathBuf,
        /// The user that Postgres runs as.
        uid: u32,
    },
    /// The app runs as root and there is nobody to run Postgres as.
    #[error(
        "Postgres never runs as root, and this machine has neither a user \"postgres\" nor \"nobody\". Create one, or run the app as an ordinary user."
    )]
    NoUser,
    /// The cluster's folder has content, but isn't a whole cluster.
    #[error(
        "{} isn't a complete database (its PG_VERSION or global/pg_control is missing). Nothing was changed. Restore it from a backup, or move it away to begin with an empty database.", .data.display()
    )]
    Incomplete {
        /// The cluster.
        data: PathBuf,
    },
    /// Another process held the start lock for too long.
    #[error("Another process has been starting or stopping the database for {waited_s} seconds. Look at {} and try again.", .log.display())]
    Busy {
        /// How long we waited.
        waited_s: u64,
        /// The server's log.
        log: PathBuf,
    },
    /// `initdb` failed.
    #[error("The database could not be initialised; initdb says:\n{output}")]
    Initdb {
        /// What it printed.
        output: String,
    },
    /// The server doesn't start or doesn't get ready.
    #[error("Postgres did not start: {reason}.{}", tail(.log, .lines))]
    Start {
        /// What happened.
        reason: String,
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        lines: String,
    },
    /// The server didn't stop.
    #[error("Postgres did not stop: {reason}.{}", tail(.log, .lines))]
    Stop {
        /// What `pg_ctl` printed.
        reason: String,
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        lines: String,
    },
    /// The server runs, but won't let us in or won't create our role or database.
    #[error("The private database can't be prepared: {reason}.{}", tail(.log, .lines))]
    Prepare {
        /// What the server answered.
        reason: String,
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        lines: String,
    },
    /// A file, folder or program refused.
    #[error("Could not {doing} {}: {source}", .path.display())]
    Io {
        /// What we wanted, as in "Could not create".
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// This system has no unix sockets.
    #[error(
        "A private database needs Linux, macOS or another unix. Set DATABASE_URL to a PostgreSQL database."
    )]
    Unsupported,
}

impl EmbeddedError {
    /// For `map_err`: what we were doing, and with which file.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only the unix modules touch files"))]
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }
}

fn unfit_lines(unfit: &[String]) -> String {
    unfit.iter().flat_map(|line| ["\n", line, "."]).collect()
}

fn tail(log: &Path, lines: &str) -> String {
    if lines.is_empty() {
        format!(" Its log {} is empty.", log.display())
    } else {
        format!(" The last lines of {}:\n{lines}", log.display())
    }
}
