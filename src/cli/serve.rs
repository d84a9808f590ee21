//! `budget serve`

use std::net::{TcpListener, ToSocketAddrs};
use std::process::ExitCode;

use super::Failure;
use super::background::Background;
use super::opening::{self, Opened};
use crate::clock::Clock;
use crate::config::Config;
use crate::web::{State, server};

/// Migrate the schema, listen, and serve pages and API (the default)
///
/// Background jobs run beside it, unless JOBS=off.
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
    let background = if config.jobs {
        Some(Background::start(config, opened, &secret_key)?)
    } else {
        None
    };
    let state = State::new(config, &secret_key, opened.db.clone(), Clock::system());
    let address = listener.local_addr()?;
    let served = actix_web::rt::System::new().block_on(async {
        let server = server::start(listener, config.workers, state, secret_key)?;
        let shown = config.public_url.as_ref().map_or_else(
            || format!("http://{address}"),
            |url| url.origin().ascii_serialization(),
        );
        println!("Budget is at {shown}");
        let looking_after = actix_web::rt::spawn(opening::look_after(opened.embedded()));
        let outcome = server.await;
        looking_after.abort();
        outcome
    });
    let stopped = background.map_or(Ok(()), Background::stop);
    served?;
    stopped
}
