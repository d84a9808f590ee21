//! What is wrong with a file, by its lines.

use std::fmt;

use crate::db::DbError;
use crate::ledger::{LedgerError, Problem};

/// A row that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Fault {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// What is wrong, and what to do about it.
    pub reason: String,
}

impl Fault {
    /// All that is wrong in the fields of one row; of a message about no field the name is empty.
    pub(super) fn of(line: u64, problems: &[Problem]) -> Self {
        let reasons: Vec<String> = problems
            .iter()
            .map(|problem| match problem.field {
                "" => problem.message.clone(),
                field => format!("{field}: {}", problem.message),
            })
            .collect();
        Self {
            line,
            reason: reasons.join(" · "),
        }
    }
}

/// The faulty rows of a file: all are counted, the first of them kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    listed: Vec<Fault>,
    rows: usize,
}

impl Faults {
    /// So many are told in full; whoever has more has to look at the file as a whole.
    pub const LISTED_MAX: usize = 20;

    /// Adds one; within one pass over the file they come in the order of their lines.
    pub(super) fn push(&mut self, fault: Fault) {
        self.rows += 1;
        if self.listed.len() < Self::LISTED_MAX {
            self.listed.push(fault);
        }
    }

    /// Adds those that a second pass over the file found in other rows.
    pub(super) fn append(&mut self, other: Self) {
        self.rows += other.rows;
        self.listed.extend(other.listed);
        self.listed.sort_by_key(|fault| fault.line);
        self.listed.truncate(Self::LISTED_MAX);
    }

    /// The first ones.
    #[must_use]
    pub fn listed(&self) -> &[Fault] {
        &self.listed
    }

    /// How many rows are faulty.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        let mut faults = Self::default();
        faults.push(fault);
        faults
    }
}

/// One line for each of the first, and how many there are besides.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.listed {
            writeln!(f, "{fault}")?;
        }
        match self.rows - self.listed.len() {
            0 => Ok(()),
            more => writeln!(f, "and {more} more faulty rows"),
        }
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is no table of the expected kind.
    #[error(transparent)]
    File(Fault),
    /// Some rows are faulty.
    #[error("{faults}{} of {rows} rows are faulty.", faults.rows())]
    Rows {
        /// Which, and why.
        faults: Faults,
        /// How many rows the file has, good ones too.
        rows: usize,
    },
    /// The percentages that were asked for cannot be.
    #[error("{0}")]
    Percentages(String),
    /// The ledger refused.
    #[error("{}", say(.0))]
    Ledger(LedgerError),
    /// The database failed, or does not let this person in.
    #[error(transparent)]
    Db(#[from] DbError),
}

fn say(error: &LedgerError) -> String {
    match error {
        LedgerError::Invalid(problems) => problems
            .iter()
            .map(|problem| problem.message.as_str())
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    }
}

impl From<LedgerError> for ImportError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Database(error) => Self::Db(error.into()),
            other => Self::Ledger(other),
        }
    }
}

impl From<diesel::result::Error> for ImportError {
    /// The ledger knows which of its guards have a sentence for people.
    fn from(error: diesel::result::Error) -> Self {
        LedgerError::from(error).into()
    }
}

/// Text from a file as a message shows it: without control characters, and not at length.
pub(super) fn quote(text: &str) -> String {
    const CHARACTERS_MAX: usize = 60;
    let mut shown = String::new();
    for one in text.chars().take(CHARACTERS_MAX) {
        if matches!(one, '"' | '\'' | '\\') {
            shown.push(one);
        } else {
            shown.extend(one.escape_debug());
        }
    }
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        shown.push('…');
    }
    format!("“{shown}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: u64) -> Fault {
        Fault {
            line,
            reason: "broken".into(),
        }
    }

    #[test]
    fn the_first_twenty_are_told_and_all_are_counted() {
        let mut faults = Faults::default();
        for line in 10..32 {
            faults.push(fault(line));
        }
        let mut more = Faults::default();
        more.push(fault(3));
        faults.append(more);
        let said = faults.to_string();
        assert_eq!(said.lines().next(), Some("line 3: broken"));
        assert_eq!(said.lines().nth(19), Some("line 28: broken"));
        assert_eq!(said.lines().nth(20), Some("and 3 more faulty rows"));
        assert_eq!(said.lines().count(), 21);
    }

    #[test]
    fn quoted_text_cannot_steer_a_terminal() {
        assert_eq!(quote("Cash"), "“Cash”");
        assert_eq!(quote("a\u{1b}[2J\n\u{202e}b"), "“a\\u{1b}[2J\\n\\u{202e}b”");
        assert_eq!(quote("Bob's \"x\\y\""), "“Bob's \"x\\y\"”");
        assert_eq!(quote(&"é".repeat(61)), format!("“{}…”", "é".repeat(60)));
    }
}
