//! `budget user`

mod one;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Subcommand;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use comfy_table::{Table, presets};
use secrecy::{ExposeSecret, SecretString};

use super::opening::Opened;
use super::{Failure, ListFormat, household};
use crate::auth::{password, secret};
use crate::config::Config;
use crate::db::{Db, DbError, QueryError};
use crate::money::NumberFormat;
use crate::period::{self, DateFormat};
use crate::users::commands::SignUpError;
use crate::users::{NewAccount, commands, queries};

/// People who can log in
#[derive(clap::Args)]
pub(super) struct User {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Make a user with a household of their own
    ///
    /// Example: budget user create --email home@example.org --currency EUR
    Create(Create),
    /// List all users
    ///
    /// Example: budget user list --format json
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Show one user: their households, what protects their account, and where they are logged in
    ///
    /// Example: budget user show home@example.org
    Show(one::Show),
    /// Block a user, who is logged out everywhere and cannot log in any more
    ///
    /// Example: budget user block home@example.org
    Block(one::Whom),
    /// Let a blocked user log in again
    ///
    /// Example: budget user unblock home@example.org
    Unblock(one::Whom),
    /// Set a user's password, and log them out everywhere; or print a link by which they set it themselves
    ///
    /// Without --password-stdin it is asked for, or made up and printed once.
    ///
    /// Example: budget user password home@example.org --link
    Password(one::Password),
    /// Delete a user at once, with the households that only they are in
    ///
    /// A household that they share goes on; one that they alone own goes to whoever is next in it. It cannot be undone.
    ///
    /// Example: budget user delete home@example.org --yes
    Delete(one::Delete),
}

#[derive(clap::Args)]
struct Create {
    /// How they log in
    #[arg(long)]
    email: String,
    /// Their name
    #[arg(long, default_value = "")]
    name: String,
    /// The household's currency, an ISO 4217 code
    #[arg(long, default_value = "EUR")]
    currency: String,
    /// The household's time zone, an IANA name
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// How they read and write numbers
    #[arg(long, value_parser = numbers(), default_value = NumberFormat::default().as_str())]
    number_format: NumberFormat,
    /// How they read dates
    #[arg(long, value_parser = dates(), default_value = DateFormat::default().as_str())]
    date_format: DateFormat,
    /// May see all households through the command line
    #[arg(long)]
    superuser: bool,
    /// Read the password from standard input instead of asking for it
    #[arg(long)]
    password_stdin: bool,
}

/// One of the number formats, each told by a sample.
fn numbers() -> impl TypedValueParser<Value = NumberFormat> {
    let told = NumberFormat::ALL.map(|format| PossibleValue::new(format.as_str()).help(format.sample()));
    PossibleValuesParser::new(told).try_map(|id| id.parse::<NumberFormat>())
}

/// One of the date formats, each told by a sample.
fn dates() -> impl TypedValueParser<Value = DateFormat> {
    let told = DateFormat::ALL
        .map(|format| PossibleValue::new(format.as_str()).help(format.long(period::last_day())));
    PossibleValuesParser::new(told).try_map(|id| id.parse::<DateFormat>())
}

impl User {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let opened = Opened::current(config)?;
        let done = match &self.act {
            Act::Create(create) => create.run(&opened.db),
            Act::List { format } => list(&opened.db, *format),
            Act::Show(show) => show.run(&opened.db),
            Act::Block(whom) => whom.block(&opened.db),
            Act::Unblock(whom) => whom.unblock(&opened.db),
            Act::Password(password) => password.run(&opened.db, config),
            Act::Delete(delete) => delete.run(&opened.db),
        };
        opened.close()?;
        done
    }
}

impl Create {
    fn run(&self, db: &Db) -> Result<ExitCode, Failure> {
        let currency = household::currency(&self.currency)?;
        let time_zone = household::time_zone(&self.time_zone)?;
        let (password, generated) = asked_password(self.password_stdin)?;
        if let Some(complaint) = password::complaint(&password, Some(&self.email)) {
            return Err(format!("The password will not do. {complaint}").into());
        }
        let account = NewAccount {
            email: self.email.trim().to_owned(),
            full_name: self.name.trim().to_owned(),
            password: password.clone(),
            number_format: self.number_format,
            date_format: self.date_format,
            currency,
            time_zone,
        };
        if let Some(problem) = account.problems().into_iter().next() {
            return Err(problem.message.into());
        }
        let hash = password::hash_now(&password)?;
        db.system(|conn| {
            let (user, _) = commands::sign_up(conn, &account, &hash)?;
            if self.superuser {
                commands::make_superuser(conn, user)?;
            }
            Ok::<_, CreateError>(())
        })?;
        println!("Made the user {}.", account.email);
        if generated {
            println!("Password, shown this once: {}", password.expose_secret());
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A password that is read or asked for, and whether it was made up here.
fn asked_password(from_stdin: bool) -> Result<(SecretString, bool), Failure> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        return Ok((line.trim_end_matches(['\r', '\n']).to_owned().into(), false));
    }
    if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password (empty: make one up): ")?;
        if !password.is_empty() {
            return Ok((password.into(), false));
        }
    }
    Ok((generated_password()?, true))
}

/// A password that nobody could guess, short enough to be typed.
pub(super) fn generated_password() -> Result<SecretString, Failure> {
    Ok(secret::new_secret()?.chars().take(20).collect::<String>().into())
}

#[derive(Debug, thiserror::Error)]
enum CreateError {
    #[error("{0}")]
    Db(#[from] DbError),
    #[error("A user with this e-mail already exists.")]
    EmailTaken,
}

impl From<SignUpError> for CreateError {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::EmailTaken => Self::EmailTaken,
            SignUpError::Database(error) => Self::Db(error.into()),
        }
    }
}

impl From<QueryError> for CreateError {
    fn from(error: QueryError) -> Self {
        Self::Db(error.into())
    }
}

fn list(db: &Db, format: ListFormat) -> Result<ExitCode, Failure> {
    let users = db.system_read(|conn| Ok::<_, DbError>(queries::all(conn)?))?;
    match format {
        ListFormat::Json => println!("{}", serde_json::to_string_pretty(&users)?),
        ListFormat::Table => {
            let mut table = Table::new();
            table.load_style(presets::NOTHING).set_header([
                "E-mail",
                "Name",
                "Superuser",
                "Blocked",
                "Last log-in",
            ]);
            for user in users {
                let day = |at: Option<chrono::DateTime<chrono::Utc>>| {
                    at.map_or_else(|| "-".to_owned(), |at| at.date_naive().to_string())
                };
                let superuser = if user.is_superuser { "yes" } else { "no" };
                table.add_row([
                    user.email,
                    user.full_name,
                    superuser.to_owned(),
                    day(user.blocked_at),
                    day(user.last_login_at),
                ]);
            }
            println!("{table}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
