//! `budget worker`

use std::process::ExitCode;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use super::background::Background;
use super::opening::{self, Opened};
use crate::config::Config;

/// Run only the background jobs, until it is told to stop
///
/// For machines that send the mail and tidy up while others serve: those set JOBS=off. Any number may run at once. A job that is running
/// when the stop comes may end within some seconds, or is put back.
///
/// Example: budget worker
#[derive(clap::Args)]
pub(super) struct Worker {}

impl Worker {
    #[expect(clippy::unused_self, reason = "as all commands are run")]
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let opened = Opened::current(config)?;
        let worked = work(config, &opened);
        let closed = opened.close();
        worked?;
        closed?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Works until SIGTERM or SIGINT.
fn work(config: &Config, opened: &Opened) -> Result<(), Failure> {
    let secret_key = opening::secret_key(config)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut background = Background::start(config, opened, &secret_key)?;
        println!("Background jobs are running");
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = background.ended() => {}
            () = opening::look_after(opened.embedded()) => {}
        }
        background.stop()
    })
}
