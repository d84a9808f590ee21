//! A [`Member`]: a user in a household, as the entry query found them at the start of a database transaction.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::ids::{HouseholdId, UserId};
use crate::money::{Currency, NumberFormat};
use crate::period::{DateFormat, Dates};
use crate::users::Theme;

/// What a person may do in a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Owner,
    /// Reads and writes money and set-up.
    Member,
    /// Reads.
    Reader,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Member, Self::Reader];

    /// The word that the database and programs know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Reader => "reader",
        }
    }

    /// Whether this role may change the ledger and its set-up.
    #[must_use]
    pub const fn may_write(self) -> bool {
        matches!(self, Self::Owner | Self::Member)
    }
}

/// A role that the database does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role: {0}")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "owner" => Ok(Self::Owner),
            "member" => Ok(Self::Member),
            "reader" => Ok(Self::Reader),
            other => Err(UnknownRole(other.to_owned())),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who is acting, in which household, with its settings. Holding one means that Postgres checked the credential in this very transaction.
#[derive(Debug, Clone)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// Their e-mail address.
    pub email: String,
    /// Their name; empty when they gave none.
    pub full_name: String,
    /// How they read and write numbers.
    pub number_format: NumberFormat,
    /// How they read days.
    pub date_format: DateFormat,
    /// How bright their pages are.
    pub theme: Theme,
    /// When their account goes, if they do not change their mind.
    pub delete_after: Option<DateTime<Utc>>,
    /// The session that they came in with, or the log-in of their program; nothing for the command line and for jobs.
    pub session: Option<Uuid>,
    /// The household whose money this is.
    pub household: HouseholdId,
    /// Its name.
    pub household_name: String,
    /// Its currency.
    pub currency: Currency,
    /// Its time zone, which decides which day is today.
    pub time_zone: Tz,
    /// What the person may do in it.
    pub role: Role,
    /// The version of its ledger that this transaction sees.
    pub ledger_version: i64,
    /// When that version was reached.
    pub ledger_changed_at: DateTime<Utc>,
    /// Whether the household is a visitor's demo, which goes when they leave.
    pub is_demo: bool,
    /// In how many households the person is.
    pub households_count: i32,
}

impl Member {
    /// Days as this person reads them when it is `today`.
    #[must_use]
    pub const fn dates(&self, today: NaiveDate) -> Dates {
        Dates::new(self.date_format, today)
    }
}
