//! `budget migrate`

use std::process::ExitCode;

use clap::Subcommand;

use super::Failure;
use super::opening::{Opened, away};
use crate::config::Config;
use crate::db::migrate;

/// Apply schema migrations, take the newest back, or show them
#[derive(clap::Args)]
pub(super) struct Migrate {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Subcommand, Clone, Copy)]
enum Act {
    /// Show all migrations and whether they are applied
    ///
    /// Example: budget migrate status
    Status,
    /// Apply what is missing (the default)
    ///
    /// Example: budget migrate up
    Up,
    /// Take the newest back, with its data
    ///
    /// Example: budget migrate down
    Down,
}

impl Migrate {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let opened = Opened::new(config, false)?;
        let done = self.act.unwrap_or(Act::Up).run(&opened.url);
        opened.close()?;
        done
    }
}

impl Act {
    fn run(self, url: &str) -> Result<ExitCode, Failure> {
        match self {
            Self::Status => {
                for status in migrate::status(url).map_err(away)? {
                    println!(
                        "{} {}",
                        if status.applied { "applied" } else { "missing" },
                        status.name
                    );
                }
            }
            Self::Up => {
                let done = migrate::up(url).map_err(away)?;
                for name in &done {
                    println!("applied {name}");
                }
                if done.is_empty() {
                    println!("The schema is up to date.");
                }
            }
            Self::Down => match migrate::down(url).map_err(away)? {
                Some(name) => println!("took back {name}"),
                None => println!("There is nothing to take back."),
            },
        }
        Ok(ExitCode::SUCCESS)
    }
}
