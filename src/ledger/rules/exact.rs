//! Entries that are said posting by posting, as a file of another ledger has them: their lines and shares are taken as they are.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Check, Plan};
use crate::ids::CategoryId;
use crate::ledger::transaction::{Line, Share};
use crate::ledger::{Book, Kind, Problem, Problems};
use crate::money::{Amount, Split};
use crate::period;

/// Lines and shares are numbered with 15 bits.
const LINES_MAX: usize = 32_767;

/// An entry with its postings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact<'a> {
    /// The day it happened.
    pub date: NaiveDate,
    /// A few words; may be empty.
    pub description: &'a str,
    /// What it is.
    pub kind: Kind,
    /// Why.
    pub category: CategoryId,
    /// With whom, of a loan.
    pub counterparty: Option<&'a str>,
    /// Its postings, in their order; none of them zero.
    pub lines: Vec<Line>,
    /// The shares of a split, in their order.
    pub shares: Vec<Share>,
}

impl Exact<'_> {
    /// What is to be stored of it.
    ///
    /// # Errors
    /// What is wrong, and the place of the line that it is about; without a place it is about the whole.
    pub fn plan(self, book: &Book) -> Result<Plan, (Option<usize>, Problems)> {
        let mut check = Check {
            book,
            stored: None,
            problems: Vec::new(),
        };
        check.day(self.date);
        let description = check.text("description", self.description);
        let counterparty = self.counterparty.map(|with| check.text("counterparty", with));
        check.category(self.category, self.kind.sign());
        for (place, line) in self.lines.iter().enumerate() {
            let before = check.problems.len();
            check.location("location", line.location);
            check.bucket("bucket", line.bucket);
            if check.problems.len() > before {
                return Err((Some(place), check.problems));
            }
        }
        if (self.kind == Kind::Loan) != counterparty.as_ref().is_some_and(|with| !with.is_empty()) {
            check.problem(
                "counterparty",
                "A loan says who lends or borrows, and nothing else does.",
            );
        }
        check.problems.extend(self.shares_problem());
        let amount = self.amount();
        match amount {
            Ok(amount) if check.problems.is_empty() => Ok(Plan {
                kind: self.kind,
                description,
                category: Some(self.category),
                counterparty,
                refund_of: None,
                amount,
                lines: self.lines,
                shares: self.shares,
            }),
            Ok(_) => Err((None, check.problems)),
            Err(problem) => {
                check.problems.push(problem);
                Err((None, check.problems))
            }
        }
    }

    /// The sum of the lines; of a transfer what they move.
    fn amount(&self) -> Result<Amount, Problem> {
        let problem = |message: &str| Problem {
            field: "amount",
            message: message.to_owned(),
        };
        if self.lines.len() > LINES_MAX || self.shares.len() > LINES_MAX {
            return Err(problem("An entry has at most 32,767 rows."));
        }
        let minor = |line: &Line| i128::from(line.amount.minor());
        let sum: i128 = self.lines.iter().map(minor).sum();
        let amount = if self.kind == Kind::Transfer {
            if sum != 0 {
                return Err(problem(
                    "What leaves must arrive: make the rows of this transfer add up to 0.",
                ));
            }
            if !self.moves_something() {
                return Err(problem(
                    "This moves nothing: choose another location or another bucket.",
                ));
            }
            self.lines.iter().map(minor).filter(|minor| *minor > 0).sum()
        } else {
            sum
        };
        if amount == 0 {
            return Err(problem(
                "The rows of this entry add up to 0. Type amounts that add up to something else.",
            ));
        }
        let amount = i64::try_from(amount).unwrap_or(i64::MAX);
        Amount::from_minor(amount).map_err(|error| problem(&error.to_string()))
    }

    fn moves_something(&self) -> bool {
        let mut cells: HashMap<_, i128> = HashMap::new();
        for line in &self.lines {
            *cells.entry((line.location, line.bucket)).or_default() += i128::from(line.amount.minor());
        }
        cells.values().any(|sum| *sum != 0)
    }

    /// Shares are of an income, and make the whole.
    fn shares_problem(&self) -> Option<Problem> {
        let problem = |message: String| Problem {
            field: "share",
            message,
        };
        if self.shares.is_empty() {
            return None;
        }
        if self.kind != Kind::Income {
            return Some(problem("Only income is split. Leave this empty.".to_owned()));
        }
        let percentages = self.shares.iter().map(|share| share.percent).collect();
        let error = Split::new(percentages).err()?;
        Some(problem(format!(
            "{error}. The rows of a split name every share, also those of which nothing came out."
        )))
    }
}

impl Check<'_> {
    pub(super) fn day(&mut self, date: NaiveDate) {
        if date < period::first_day() || date > period::last_day() {
            self.problem("date", "Choose a day from 1 January 1900 to 31 December 2100.");
        }
    }
}
