//! The worker as a thread beside the rest of the program. It has a runtime of its own, so that nothing waits for a job that hangs.

use std::thread::JoinHandle;

use secrecy::SecretSlice;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::Failure;
use super::opening::Opened;
use crate::auth::seal::Sealer;
use crate::clock::Clock;
use crate::config::Config;
use crate::jobs::Context;
use crate::jobs::registry::Registry;
use crate::jobs::worker::{Settings, Worker};
use crate::mail::Mailer;

/// A running worker.
pub(super) struct Background {
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
    thread: JoinHandle<Result<(), String>>,
}

impl Background {
    /// Starts it.
    pub(super) fn start(
        config: &Config,
        opened: &Opened,
        secret_key: &SecretSlice<u8>,
    ) -> Result<Self, Failure> {
        let (db, clock, sealer) = (opened.db.clone(), Clock::system(), Sealer::new(secret_key));
        let context = Context::new(config, db, clock, Mailer::open(config)?, sealer);
        let worker = Worker::new(context, Registry::of_the_app(), Settings::default());
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("jobs")
            .enable_time()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let (alive, ended) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || {
                let _alive: oneshot::Sender<()> = alive; // gone with this thread
                // An error says that whoever would tell it to stop is gone.
                let ran = runtime.block_on(worker.run(async { drop(stopped.await) }));
                // A job that was put back may still hold its thread; it ends with the process.
                runtime.shutdown_background();
                ran.map_err(|error| error.to_string())
            })?;
        Ok(Self { stop, ended, thread })
    }

    /// Waits until it has ended by itself, which it does for no good reason.
    pub(super) async fn ended(&mut self) {
        drop((&mut self.ended).await);
    }

    /// Tells it to stop, and waits until it has.
    pub(super) fn stop(self) -> Result<(), Failure> {
        drop(self.stop);
        self.thread
            .join()
            .map_err(|_| "the worker of background jobs panicked")??;
        Ok(())
    }
}
