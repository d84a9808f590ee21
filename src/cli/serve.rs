//! `budget serve`

use std::net::{TcpListener, ToSocketAddrs};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::Failure;
use super::opening::{self, Opened};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::embedded::Embedded;
use crate::web::{State, server};

/// How often the private Postgres is looked after.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(2);

/// Migrate the schema, listen, and serve pages and API (the default)
///
/// Example: budget serve
#[derive(clap::Args, Default)]
pub(super) struct Serve {
    /// Leave the schema as it is
    #[arg(long)]
    no_migrate: bool,
}

impl Serve {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let listener = listen(config)?;
        let opened = Opened::new(config, !self.no_migrate)?;
        let served = serve(config, &opened, listener);
        let closed = opened.close();
        served?;
        closed?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The listening socket, taken before anything else is started: a port in use is told at once.
fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let address = (config.host.as_str(), config.port);
    let found = address
        .to_socket_addrs()
        .map_err(|error| format!("HOST: \"{}\" is no address to listen on: {error}.", config.host))?;
    let addresses: Vec<_> = found.collect();
    TcpListener::bind(addresses.as_slice()).map_err(|error| {
        format!("{}:{} cannot be listened on: {error}. Stop the program that uses the port, or set PORT to another number.", config.host, config.port).into()
    })
}

fn serve(config: &Config, opened: &Opened, listener: TcpListener) -> Result<(), Failure> {
    let secret_key = opening::secret_key(config)?;
    let state = State::new(config, &secret_key, opened.db.clone(), Clock::system());
    let address = listener.local_addr()?;
    actix_web::rt::System::new().block_on(async {
        let server = server::start(listener, config.workers, state, secret_key)?;
        let shown = config.public_url.as_ref().map_or_else(
            || format!("http://{address}"),
            |url| url.origin().ascii_serialization(),
        );
        println!("Budget is at {shown}");
        let looking_after = opened
            .embedded()
            .map(|embedded| actix_web::rt::spawn(look_after(embedded)));
        let outcome = server.await;
        if let Some(looking_after) = looking_after {
            looking_after.abort();
        }
        outcome
    })?;
    Ok(())
}

/// Starts the private Postgres again when it has died.
async fn look_after(embedded: Arc<Embedded>) {
    loop {
        tokio::time::sleep(LOOK_AFTER_EVERY).await;
        let watched = Arc::clone(&embedded);
        match tokio::task::spawn_blocking(move || watched.ensure_running()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the private Postgres is not running"),
            Err(error) => tracing::error!(%error, "the private Postgres could not be looked after"),
        }
    }
}
