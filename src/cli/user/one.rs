//! `budget user show|block|unblock|password|delete`: one person.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use chrono::{DateTime, SubsecRound, Utc};
use comfy_table::{Table, presets};
use secrecy::{ExposeSecret, SecretString};

use super::super::{Failure, ListFormat, opening, output};
use super::asked_password;
use crate::auth::password;
use crate::auth::seal::Sealer;
use crate::config::Config;
use crate::db::{Connection, Db, DbError, QueryError};
use crate::households::people;
use crate::ids::UserId;
use crate::jobs::links;
use crate::users::administer;
use crate::users::event::{self, EventKind, Origin};
use crate::users::queries::{self, Details};

/// What has to be typed before somebody is deleted.
const WORD: &str = "delete";

/// Who is meant.
#[derive(clap::Args)]
pub(super) struct Whom {
    /// Their e-mail
    #[arg(value_name = "E")]
    email: String,
}

#[derive(clap::Args)]
pub(super) struct Show {
    #[command(flatten)]
    whom: Whom,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

#[derive(clap::Args)]
pub(super) struct Password {
    #[command(flatten)]
    whom: Whom,
    /// Read the password from standard input instead of asking for it
    #[arg(long = "password-stdin", conflicts_with = "link")]
    from_stdin: bool,
    /// Print a link by which they choose one themselves, good for an hour
    #[arg(long)]
    link: bool,
    /// Take their second factor away too, for somebody who lost it with all recovery codes
    #[arg(long)]
    drop_second_factor: bool,
}

#[derive(clap::Args)]
pub(super) struct Delete {
    #[command(flatten)]
    whom: Whom,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

impl Whom {
    fn id(&self, conn: &mut Connection) -> Result<UserId, Stop> {
        queries::by_email(conn, self.email.trim())?.ok_or(Stop::Nobody)
    }

    /// Does something to them, all or nothing.
    fn act<T>(
        &self,
        db: &Db,
        work: impl FnOnce(&mut Connection, UserId) -> Result<T, Stop>,
    ) -> Result<T, Failure> {
        let done = db.system(|conn| {
            let user = self.id(conn)?;
            work(conn, user)
        });
        done.map_err(|stop| self.complaint(stop))
    }

    fn complaint(&self, stop: Stop) -> Failure {
        match stop {
            Stop::Nobody => format!("There is no user {}. `budget user list` shows all.", self.email).into(),
            Stop::Db(error) => error.into(),
        }
    }

    pub(super) fn block(&self, db: &Db) -> Result<ExitCode, Failure> {
        let news = self.act(db, |conn, user| {
            let news = administer::block(conn, user)?;
            event::note(conn, user, EventKind::Blocked, "", &Origin::default())?;
            Ok(news)
        })?;
        output::print(&if news {
            format!(
                "Blocked {}, and logged them out everywhere. What they recorded stays.\n",
                self.email
            )
        } else {
            format!("{} was blocked already.\n", self.email)
        })?;
        Ok(ExitCode::SUCCESS)
    }

    pub(super) fn unblock(&self, db: &Db) -> Result<ExitCode, Failure> {
        let news = self.act(db, |conn, user| {
            let news = administer::unblock(conn, user)?;
            if news {
                event::note(conn, user, EventKind::Unblocked, "", &Origin::default())?;
            }
            Ok(news)
        })?;
        output::print(&if news {
            format!("{} may log in again.\n", self.email)
        } else {
            format!("{} was not blocked.\n", self.email)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    pub(super) fn run(&self, db: &Db) -> Result<ExitCode, Failure> {
        let details = db.system_read(|conn| {
            let user = self.whom.id(conn)?;
            queries::details(conn, user)?.ok_or(Stop::Nobody)
        });
        let details = details.map_err(|stop| self.whom.complaint(stop))?;
        let text = match self.format {
            ListFormat::Json => serde_json::to_string_pretty(&details)?,
            ListFormat::Table => table(&details).to_string(),
        };
        output::print(&format!("{text}\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn table(details: &Details) -> Table {
    let moment = |at: Option<DateTime<Utc>>, never: &str| {
        at.map_or_else(|| never.to_owned(), |at| at.trunc_subsecs(0).to_string())
    };
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let user = &details.user;
    let households: Vec<String> = details
        .households
        .iter()
        .map(|one| format!("{} ({}, {})", one.name, one.role, one.id))
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (what, value) in [
        ("Id", user.id.to_string()),
        ("E-mail", user.email.clone()),
        ("Confirmed", moment(details.email_confirmed_at, "no")),
        ("Name", user.full_name.clone()),
        ("Superuser", yes(user.is_superuser)),
        ("Second factor", moment(details.second_factor_since, "no")),
        ("Since", moment(Some(user.created_at), "-")),
        ("Last log-in", moment(user.last_login_at, "never")),
        ("Blocked", moment(user.blocked_at, "no")),
        ("To be deleted", moment(details.delete_after, "no")),
        ("Browsers logged in", details.sessions.to_string()),
        ("Programs logged in", details.programs.to_string()),
        ("Households", households.join("\n")),
    ] {
        table.add_row([what.to_owned(), value]);
    }
    table
}

impl Password {
    pub(super) fn run(&self, db: &Db, config: &Config) -> Result<ExitCode, Failure> {
        if self.link {
            return self.print_link(db, config);
        }
        let (new, generated) = asked_password(self.from_stdin)?;
        if let Some(complaint) = password::complaint(&new, Some(&self.whom.email)) {
            return Err(format!("The password will not do. {complaint}").into());
        }
        let hash = password::hash_now(&new)?;
        self.whom.act(db, |conn, user| {
            administer::set_password(conn, user, &hash)?;
            event::note(conn, user, EventKind::PasswordSet, "", &Origin::default())?;
            self.drop_factor(conn, user)
        })?;
        self.tell(generated.then_some(&new))?;
        Ok(ExitCode::SUCCESS)
    }

    fn print_link(&self, db: &Db, config: &Config) -> Result<ExitCode, Failure> {
        let sealer = Sealer::new(&opening::secret_key(config)?);
        let origin = config.public_origin();
        let link = self.whom.act(db, |conn, user| {
            let email = queries::details(conn, user)?.ok_or(Stop::Nobody)?.user.email;
            event::note(conn, user, EventKind::ResetAsked, "", &Origin::default())?;
            self.drop_factor(conn, user)?;
            Ok(links::make_reset(conn, &origin, &sealer, user, &email)?)
        })?;
        output::print(&format!("{link}\n"))?;
        Ok(ExitCode::SUCCESS)
    }

    fn drop_factor(&self, conn: &mut Connection, user: UserId) -> Result<(), Stop> {
        if self.drop_second_factor && administer::drop_second_factor(conn, user)? {
            event::note(conn, user, EventKind::SecondFactorOff, "", &Origin::default())?;
        }
        Ok(())
    }

    fn tell(&self, generated: Option<&SecretString>) -> Result<(), Failure> {
        let email = &self.whom.email;
        output::print(&format!(
            "Set the password of {email}, and logged them out everywhere.\n"
        ))?;
        if let Some(new) = generated {
            output::print(&format!("Password, shown this once: {}\n", new.expose_secret()))?;
        }
        Ok(())
    }
}

impl Delete {
    pub(super) fn run(&self, db: &Db) -> Result<ExitCode, Failure> {
        let email = &self.whom.email;
        if !self.yes {
            if !std::io::stdin().is_terminal() {
                return Err(format!(
                    "This deletes {email}, and there is nobody to ask. Add --yes if it is meant."
                )
                .into());
            }
            self.whom.act(db, |_, _| Ok(()))?;
            if !is_meant(email)? {
                output::print("Nothing was deleted.\n")?;
                return Ok(ExitCode::FAILURE);
            }
        }
        let households = self.whom.act(db, |conn, user| {
            let closed = administer::delete(conn, user, None)?.ok_or(Stop::Nobody)?;
            for household in &closed {
                people::delete_closed(conn, *household)?;
            }
            Ok(closed.len())
        })?;
        let of_theirs = match households {
            0 => String::new(),
            1 => " and a household that only they were in".to_owned(),
            many => format!(" and {many} households that only they were in"),
        };
        output::print(&format!("Deleted {email}{of_theirs}.\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Asks whoever sits there.
fn is_meant(email: &str) -> Result<bool, Failure> {
    eprint!(
        "This deletes {email} and the households that only they are in, with all entries. Type {WORD} to go on: "
    );
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim() == WORD)
}

/// Why nothing was done.
enum Stop {
    Nobody,
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<QueryError> for Stop {
    fn from(error: QueryError) -> Self {
        Self::Db(error.into())
    }
}
