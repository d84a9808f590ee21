//! `budget seed`

use std::process::ExitCode;

use chrono_tz::Tz;
use secrecy::ExposeSecret;

use super::Failure;
use super::opening::Opened;
use super::progress::Progress;
use super::user::generated_password;
use crate::auth::password;
use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::db::{Db, DbError};
use crate::demo::{DemoError, Shape, TRANSACTIONS_MAX, YEARS_MAX, furnish};
use crate::ledger::bulk;
use crate::money::{Currency, NumberFormat};
use crate::period::DateFormat;
use crate::users::NewAccount;
use crate::users::commands::{self, SignUpError};

/// Make a demo household: years of entries that nobody had
///
/// It gets a user of its own, whose password is printed once. The same numbers on the same day make the same household. Everything is
/// made up, and nothing else in the database is touched.
///
/// Example: budget seed --transactions 10000 --years 10
#[derive(clap::Args)]
pub(super) struct Seed {
    /// How many entries
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(TRANSACTIONS_MAX)))]
    transactions: u32,
    /// Over how many years, up to today
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=i64::from(YEARS_MAX)))]
    years: u32,
    /// Which of all possible households
    #[arg(long = "seed", value_name = "S", default_value_t = 1)]
    number: u64,
    /// The e-mail to log in with
    #[arg(long, value_name = "E", default_value = "demo@example.org")]
    email: String,
    /// Do it in production too
    #[arg(long)]
    yes: bool,
}

/// Why there is no demo household now.
#[derive(Debug, thiserror::Error)]
enum SeedError {
    #[error("There is a user with this e-mail already. Choose another one with --email.")]
    EmailTaken,
    #[error(transparent)]
    Demo(#[from] DemoError),
}

impl From<DbError> for SeedError {
    fn from(error: DbError) -> Self {
        Self::Demo(error.into())
    }
}

impl From<SignUpError> for SeedError {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::EmailTaken => Self::EmailTaken,
            SignUpError::Database(error) => Self::Demo(DbError::from(error).into()),
        }
    }
}

impl Seed {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        if config.environment == Environment::Production && !self.yes {
            return Err(
                "This is production, where made-up entries are rarely wanted. Add --yes if they are.".into(),
            );
        }
        let opened = Opened::current(config)?;
        let done = self.carry_out(&opened.db);
        opened.close()?;
        done
    }

    fn carry_out(&self, db: &Db) -> Result<ExitCode, Failure> {
        let password = generated_password()?;
        let account = NewAccount {
            email: self.email.trim().to_owned(),
            full_name: String::new(),
            password: password.clone(),
            number_format: NumberFormat::default(),
            date_format: DateFormat::default(),
            currency: Currency::EUR,
            time_zone: Tz::UTC,
        };
        if let Some(problem) = account.problems().into_iter().next() {
            return Err(format!("--email: {}", problem.message).into());
        }
        let hash = password::hash_now(&password)?;
        let today = Clock::system().today(account.time_zone);
        let shape = Shape::new(self.transactions, self.years, self.number, today)?;
        let mut progress = Progress::new(usize::try_from(self.transactions)?);
        let household = db.found_now(
            |conn| Ok(commands::sign_up(conn, &account, &hash)?),
            |conn, member| {
                furnish(conn, member, shape, &mut |written| progress.show(written))?;
                Ok::<_, SeedError>(member.household)
            },
        )?;
        println!(
            "Made the household {household}: {} entries from {} to {today}.",
            self.transactions,
            shape.first_day()
        );
        println!("Log in as {}", account.email);
        println!("Password, shown this once: {}", password.expose_secret());
        // The entries are in, whatever becomes of this.
        if let Err(error) = db.system(|conn| Ok::<_, DbError>(bulk::refresh_statistics(conn)?)) {
            tracing::warn!(%error, "Postgres could not be told how much there is now; pages may be slow for a minute");
        }
        Ok(ExitCode::SUCCESS)
    }
}
