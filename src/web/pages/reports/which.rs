//! The three reports as one: where each is, what it is called, and what it is made from.

use chrono::NaiveDate;

use super::{month, year, years};
use crate::db::Connection;
use crate::households::Member;
use crate::ledger::Book;
use crate::period::{Month, Year};
use crate::reports::scope::Scope;
use crate::web::asked::{Asked, remarks};
use crate::web::error::Error;
use crate::web::pages::shell::Section;

/// A report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Month(Month),
    Year(Year),
    Years,
}

/// What every report is made from.
pub(super) struct Around<'a> {
    pub(super) member: &'a Member,
    pub(super) today: NaiveDate,
    pub(super) book: &'a Book,
    pub(super) scope: Scope,
    /// The filter, without what is unknown in it.
    pub(super) asked: Asked,
    /// About what was left out of the filter.
    pub(super) remarks: Vec<String>,
}

impl Which {
    /// Its address.
    pub(super) fn path(self) -> String {
        match self {
            Self::Month(month) => month::path(month),
            Self::Year(year) => year::path(year),
            Self::Years => years::PATH.to_owned(),
        }
    }

    pub(super) fn title(self) -> String {
        match self {
            Self::Month(month) => month.label(),
            Self::Year(year) => format!("Year {year}"),
            Self::Years => "All years".to_owned(),
        }
    }

    pub(super) fn section(self) -> Section {
        match self {
            Self::Month(_) => Section::ReportMonth,
            Self::Year(_) => Section::ReportYear,
            Self::Years => Section::ReportYears,
        }
    }

    /// What its files are called after.
    pub(super) fn name(self) -> String {
        match self {
            Self::Month(month) => month.to_string(),
            Self::Year(year) => year.to_string(),
            Self::Years => "years".to_owned(),
        }
    }

    /// What stands in the frame of its page.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn content(
        self,
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        asked: &Asked,
    ) -> Result<String, Error> {
        let book = Book::load(conn, member.household)?;
        let (scope, unknown) = asked.scope(&book);
        let around = Around {
            member,
            today,
            book: &book,
            asked: Asked::of(&scope, asked.cents),
            scope,
            remarks: remarks(&unknown),
        };
        match self {
            Self::Month(month) => month::content(conn, &around, month),
            Self::Year(year) => year::content(conn, &around, year),
            Self::Years => years::content(conn, &around),
        }
    }

    /// A file of it, by its name.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a file that there is not, and for a filter that names something unknown; else when the database fails.
    pub(super) fn file(
        self,
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        asked: &Asked,
        name: &str,
    ) -> Result<String, Error> {
        let book = Book::load(conn, member.household)?;
        let scope = asked.known_scope(&book)?;
        let around = Around {
            member,
            today,
            book: &book,
            asked: Asked::of(&scope, true),
            scope,
            remarks: Vec::new(),
        };
        match self {
            Self::Month(month) => month::file(conn, &around, month, name),
            Self::Year(year) => year::file(conn, &around, year, name),
            Self::Years => years::file(conn, &around, name),
        }
    }
}

impl Around<'_> {
    /// Whether the currency has decimals that could be left out.
    pub(super) fn has_decimals(&self) -> bool {
        self.member.currency.decimals() > 0
    }

    /// What the switch between whole units and all decimals says.
    pub(super) fn switch_label(&self) -> &'static str {
        match (self.asked.cents, self.member.currency.decimals()) {
            (true, 2) => "Hide cents",
            (false, 2) => "Show cents",
            (true, _) => "Hide decimals",
            (false, _) => "Show all decimals",
        }
    }
}
