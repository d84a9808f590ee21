//! `budget household`

use std::process::ExitCode;

use chrono_tz::Tz;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Subcommand};
use comfy_table::{Table, presets};
use uuid::Uuid;

use super::opening::{self, Opened};
use super::{Failure, ListFormat, output};
use crate::auth::seal::Sealer;
use crate::auth::{link, secret};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::households::commands::{self, EditError};
use crate::households::queries::{self, Overview};
use crate::households::{Role, invitation};
use crate::ids::HouseholdId;
use crate::jobs::mail::Letter;
use crate::jobs::{links, queue};
use crate::ledger::name;
use crate::money::Currency;
use crate::users::address_problem;

/// Households: who is in them, what they hold, and their settings
#[derive(clap::Args)]
pub(super) struct Household {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// List all households
    ///
    /// Example: budget household list
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Show one household with its members and what it holds, counted
    ///
    /// Example: budget household show 0191f2c4-6d3e-7b1a-9c55-2f0a8e4d7b10 --format json
    Show {
        /// Which one; `budget household list` shows all
        #[arg(value_name = "ID")]
        id: HouseholdId,
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Invite somebody into a household: prints a link that lets in one person, once, within seven days
    ///
    /// The link is mailed, too, where a mail server is set. An earlier invitation to the same address is void.
    ///
    /// Example: budget household invite 0191f2c4-6d3e-7b1a-9c55-2f0a8e4d7b10 --email bo@example.org --role reader
    Invite(Invite),
    /// Change the name, the currency or the time zone of a household
    ///
    /// The currency is fixed once there were entries.
    ///
    /// Example: budget household edit 0191f2c4-6d3e-7b1a-9c55-2f0a8e4d7b10 --name Home --time-zone Europe/Berlin
    Edit(Edit),
}

#[derive(clap::Args)]
#[command(group(ArgGroup::new("what").args(["name", "currency", "time_zone"]).required(true).multiple(true)))]
struct Edit {
    /// Which one; `budget household list` shows all
    #[arg(value_name = "ID")]
    id: HouseholdId,
    /// Its new name
    #[arg(long)]
    name: Option<String>,
    /// Its new currency, an ISO 4217 code
    #[arg(long)]
    currency: Option<String>,
    /// Its new time zone, an IANA name
    #[arg(long)]
    time_zone: Option<String>,
}

#[derive(clap::Args)]
struct Invite {
    /// Into which one; `budget household list` shows all
    #[arg(value_name = "ID")]
    id: HouseholdId,
    /// Whom
    #[arg(long)]
    email: String,
    /// What they may do: owners everything, members read and write, readers read
    #[arg(long, value_parser = roles())]
    role: Role,
}

/// The roles by their words.
fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).try_map(|word| word.parse::<Role>())
}

impl Household {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let opened = Opened::current(config)?;
        let done = match &self.act {
            Act::List { format } => list(&opened.db, *format),
            Act::Show { id, format } => show(&opened.db, *id, *format),
            Act::Invite(invite) => invite.run(config, &opened.db),
            Act::Edit(edit) => edit.run(&opened.db),
        };
        opened.close()?;
        done
    }
}

fn list(db: &Db, format: ListFormat) -> Result<ExitCode, Failure> {
    let households = db.system_read(|conn| Ok::<_, DbError>(queries::overviews(conn, None)?))?;
    let text = match format {
        ListFormat::Json => serde_json::to_string_pretty(&households)?,
        ListFormat::Table => {
            let mut table = Table::new();
            table.load_style(presets::NOTHING).set_header([
                "Id",
                "Name",
                "Currency",
                "Members",
                "Entries",
                "First day",
                "Last day",
            ]);
            for one in households {
                table.add_row([
                    one.id.to_string(),
                    one.name.clone(),
                    one.currency.clone(),
                    members(&one),
                    one.entries.to_string(),
                    day(one.first_day),
                    day(one.last_day),
                ]);
            }
            table.to_string()
        }
    };
    output::print(&format!("{text}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn show(db: &Db, id: HouseholdId, format: ListFormat) -> Result<ExitCode, Failure> {
    let found = db.system_read(|conn| Ok::<_, DbError>(queries::overviews(conn, Some(id))?))?;
    let one = found.into_iter().next().ok_or_else(|| unknown(id))?;
    let text = match format {
        ListFormat::Json => serde_json::to_string_pretty(&one)?,
        ListFormat::Table => {
            let mut table = Table::new();
            table.load_style(presets::NOTHING);
            let lines = [
                ("Id", one.id.to_string()),
                ("Name", one.name.clone()),
                ("Currency", one.currency.clone()),
                ("Time zone", one.time_zone.clone()),
                ("Members", members(&one)),
                ("Locations", one.locations.to_string()),
                ("Buckets", one.buckets.to_string()),
                ("Categories", one.categories.to_string()),
                ("Entries", one.entries.to_string()),
                ("First day", day(one.first_day)),
                ("Last day", day(one.last_day)),
                ("Ledger version", one.ledger_version.to_string()),
            ];
            for (what, value) in lines {
                table.add_row([what.to_owned(), value]);
            }
            table.to_string()
        }
    };
    output::print(&format!("{text}\n"))?;
    Ok(ExitCode::SUCCESS)
}

impl Invite {
    fn run(&self, config: &Config, db: &Db) -> Result<ExitCode, Failure> {
        let email = self.email.trim();
        if let Some(problem) = address_problem(email) {
            return Err(format!("--email: {}", problem.message).into());
        }
        let sealer = Sealer::new(&opening::secret_key(config)?);
        let id = Uuid::now_v7();
        let hash = secret::hash(&link::secret(&sealer, invitation::PURPOSE, id));
        let mailed = config.mail.smtp_url.is_some();
        let found = db.system(|conn| {
            if queries::overviews(conn, Some(self.id))?.is_empty() {
                return Ok(false);
            }
            invitation::make_for(conn, self.id, id, hash, email, self.role)?;
            if mailed {
                let letter = Letter::Invitation {
                    household: self.id,
                    invitation: id,
                };
                queue::enqueue(conn, &letter, Clock::system().now(), None)?;
            }
            Ok::<_, DbError>(true)
        })?;
        if !found {
            return Err(unknown(self.id).into());
        }
        if mailed {
            eprintln!("The invitation is on its way to {email}, with this link:");
        } else {
            eprintln!("No SMTP_URL is set, so nothing was mailed. Hand over this link:");
        }
        output::print(&format!(
            "{}\n",
            links::invitation(&config.public_origin(), &sealer, id)
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Edit {
    fn run(&self, db: &Db) -> Result<ExitCode, Failure> {
        let name = self.name.as_deref().map(|text| name::required("name", text));
        let name = name
            .transpose()
            .map_err(|problem| format!("--name: {}", problem.message))?;
        let edit = commands::Edit {
            name,
            currency: self.currency.as_deref().map(currency).transpose()?,
            time_zone: self.time_zone.as_deref().map(time_zone).transpose()?,
        };
        let edited = db.system(|conn| Ok::<_, Stop>(commands::edit(conn, self.id, &edit)?));
        match edited {
            Ok(()) => show(db, self.id, ListFormat::Table),
            Err(Stop::Db(error)) => Err(error.into()),
            Err(Stop::Edit(EditError::NotFound)) => Err(unknown(self.id).into()),
            Err(Stop::Edit(EditError::CurrencyFixed)) => Err(
                "--currency: it is fixed, for this household has had entries, whose amounts have the decimals of their currency. \
                 Make another household for another currency, with `budget user create`."
                    .into(),
            ),
            Err(Stop::Edit(EditError::Database(error))) => Err(DbError::from(error).into()),
        }
    }
}

/// Why nothing was changed.
enum Stop {
    Db(DbError),
    Edit(EditError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<EditError> for Stop {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

/// The currency with this code.
pub(super) fn currency(code: &str) -> Result<Currency, String> {
    Currency::from_code(code).map_err(|error| format!("--currency {code}: {error}"))
}

/// The time zone with this name.
pub(super) fn time_zone(name: &str) -> Result<Tz, String> {
    name.parse()
        .map_err(|_| format!("--time-zone {name}: no such zone; write it as Europe/Berlin"))
}

fn unknown(id: HouseholdId) -> String {
    format!("There is no household {id}. `budget household list` shows all.")
}

fn members(household: &Overview) -> String {
    let members: Vec<String> = household
        .members
        .iter()
        .map(|member| format!("{} ({})", member.email, member.role))
        .collect();
    members.join(", ")
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(|| "-".to_owned(), |day| day.to_string())
}
