//! `budget check`

use std::process::ExitCode;

use super::Failure;
use super::opening::Opened;
use crate::config::Config;
use crate::db::DbError;
use crate::ledger::integrity;

/// Recompute every sum from the postings and compare
///
/// Each difference is a line, and the exit code is 1.
///
/// Example: budget check --checksum
#[derive(clap::Args)]
pub(super) struct Check {
    /// Print a checksum of each household's entries, the same wherever the same money is recorded
    #[arg(long)]
    checksum: bool,
}

impl Check {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let opened = Opened::current(config)?;
        let found = opened.db.system_read(|conn| {
            let differences = integrity::differences(conn)?;
            let checksums = if self.checksum {
                integrity::checksums(conn)?
            } else {
                Vec::new()
            };
            Ok::<_, DbError>((differences, checksums))
        });
        opened.close()?;
        let (differences, checksums) = found?;
        for (household, checksum) in checksums {
            println!("{household} {checksum}");
        }
        for difference in &differences {
            println!("{difference}");
        }
        if differences.is_empty() {
            println!("All sums agree with their postings.");
            return Ok(ExitCode::SUCCESS);
        }
        let noun = if differences.len() == 1 {
            "difference"
        } else {
            "differences"
        };
        eprintln!("budget: {} {noun} found.", differences.len());
        Ok(ExitCode::FAILURE)
    }
}
