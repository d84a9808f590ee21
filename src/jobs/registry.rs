//! Which code runs which kind of job.

use std::collections::HashMap;

use super::deletion::{DeleteAccount, DeleteHousehold};
use super::mail::Letter;
use super::queue::{Claimed, Job};
use super::tidy::Tidy;
use super::{Context, JobError};

type Handler = fn(&Claimed, &Context) -> Result<(), JobError>;

/// The kinds of jobs that a worker can run.
#[derive(Clone, Default)]
pub struct Registry(HashMap<&'static str, Handler>);

impl Registry {
    /// All jobs of the app. A new job is added here.
    #[must_use]
    pub fn of_the_app() -> Self {
        Self::default()
            .with::<Letter>()
            .with::<DeleteAccount>()
            .with::<DeleteHousehold>()
            .with::<Tidy>()
    }

    /// These and one more.
    #[must_use]
    pub fn with<J: Job>(mut self) -> Self {
        self.0.insert(J::KIND, run::<J>);
        self
    }

    /// Runs a job on this thread. A panic is a failed attempt; the connection that it had is thrown away while unwinding, with its
    /// transaction and its locks.
    ///
    /// # Errors
    /// What the job says; or when no code of this version runs it, or cannot read it: a newer version may.
    pub(super) fn run(&self, claimed: &Claimed, context: &Context) -> Result<(), JobError> {
        let handler = self
            .0
            .get(claimed.kind.as_str())
            .ok_or(JobError::Failed("this version does not know this kind of job"))?;
        let work = std::panic::AssertUnwindSafe(|| handler(claimed, context));
        std::panic::catch_unwind(work).unwrap_or(Err(JobError::Panicked))
    }
}

fn run<J: Job>(claimed: &Claimed, context: &Context) -> Result<(), JobError> {
    // What serde says would quote values.
    let job: J = serde_json::from_value(claimed.payload.clone())
        .map_err(|_| JobError::Failed("this version cannot read the job's payload"))?;
    job.run(context)
}
