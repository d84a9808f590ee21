//! `budget clear`

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use super::Failure;
use super::opening::Opened;
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::households::{self, ClearError, Holdings};

/// What has to be typed.
const WORD: &str = "delete";

/// Delete everything except superusers
///
/// All households go, with their entries and their history, and everybody who is no superuser. Superusers keep their account and begin
/// again with an empty household. It cannot be undone. All or nothing.
///
/// Example: budget clear --yes
#[derive(clap::Args)]
pub(super) struct Clear {
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

/// Why nothing was deleted.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Clear(#[from] ClearError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Clear {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        if !self.yes && !std::io::stdin().is_terminal() {
            return Err(
                "This deletes everything, and there is nobody to ask. Add --yes if it is meant.".into(),
            );
        }
        let opened = Opened::current(config)?;
        let done = self.carry_out(&opened.db);
        opened.close()?;
        done
    }

    fn carry_out(&self, db: &Db) -> Result<ExitCode, Failure> {
        if !self.yes {
            let there = db.system_read(|conn| Ok::<_, DbError>(households::holdings(conn)?))?;
            if !is_meant(&there)? {
                println!("Nothing was deleted.");
                return Ok(ExitCode::FAILURE);
            }
        }
        let deleted = db.system(|conn| Ok::<_, Stop>(households::clear(conn)?))?;
        println!("Deleted {}.", words(&deleted));
        if deleted.superusers > 0 {
            println!(
                "{} left, with an empty household each. They have to log in again.",
                count(deleted.superusers, "superuser is", "superusers are")
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Asks whoever sits there.
fn is_meant(there: &Holdings) -> Result<bool, Failure> {
    eprint!("This deletes {}. Type {WORD} to go on: ", words(there));
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim() == WORD)
}

fn words(holdings: &Holdings) -> String {
    format!(
        "{} with {}, and {}",
        count(holdings.households, "household", "households"),
        count(holdings.transactions, "entry", "entries"),
        count(holdings.users, "user", "users")
    )
}

fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
