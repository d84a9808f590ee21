//! The private Postgres of an app that was given no `DATABASE_URL`.
//!
//! * The *home* is `DATA_DIR/postgres`: the cluster (`data`), its socket folder (`run`), `server.log`, and two lock files.
//! * The *server* runs on its own: it outlives an app that is killed, and the next start adopts it.
//! * A *user* of the server is a process that holds a shared lock on `users.lock`. The last one to leave stops it.
//! * Whoever decides something (initialise, start, stop) first holds `start.lock` alone, so two processes never race.
//!
//! Durability settings are Postgres's own defaults. There is no port: only who may enter the home reaches the socket.

mod error;
pub use error::EmbeddedError;

#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod find;
#[cfg(unix)]
mod pid;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod shared;
#[cfg(unix)]
pub use shared::Embedded;

#[cfg(not(unix))]
mod elsewhere;
#[cfg(not(unix))]
pub use elsewhere::Embedded;
