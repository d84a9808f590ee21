//! The rules of recording, pure: a [`Draft`] and the household's [`Book`] in, what is to be stored out, or what is wrong with it.

mod archived;
mod exact;
mod split;

pub use archived::{archived_in_the_way, cell_changes, way_out_of_archived};
pub use exact::Exact;
pub use split::{Division, current_shares, divided_anew, kept_division};

use super::book::{Bucket, Category, Location};
use super::transaction::{Line, Share, Snapshot};
use super::{Book, BucketChoice, Cell, Draft, Entry, Kind, LoanDirection, Problem, Problems, Sign, name};
use crate::ids::{BucketId, CategoryId, LocationId, TransactionId};
use crate::money::Amount;

/// What is to be stored of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it is.
    pub kind: Kind,
    /// The trimmed description.
    pub description: String,
    /// The category, or nothing where the household's built-in one of this kind is meant.
    pub category: Option<CategoryId>,
    /// With whom, of a loan.
    pub counterparty: Option<String>,
    /// What a refund gives back; whether it is there and fits, the database has to tell.
    pub refund_of: Option<TransactionId>,
    /// The sum of the lines; of a transfer what they move.
    pub amount: Amount,
    /// The postings, in their order.
    pub lines: Vec<Line>,
    /// The shares of a split, in their order; empty otherwise.
    pub shares: Vec<Share>,
}

/// Turns `draft` into what is to be stored. An edit passes what is stored so far: what it names already may be archived, and a split keeps its
/// shares.
///
/// # Errors
/// All problems that can be told without the database, each with its field.
pub fn plan(draft: &Draft, book: &Book, stored: Option<&Snapshot>) -> Result<Plan, Problems> {
    let mut check = Check {
        book,
        stored,
        problems: Vec::new(),
    };
    check.day(draft.date);
    let description = check.text("description", &draft.description);
    let money = match &draft.entry {
        Entry::Flow {
            refund,
            refund_of,
            amount,
            category,
            location,
            bucket,
            ..
        } => Money {
            refund_of: refund_of.filter(|_| *refund),
            ..check.flow(
                draft.entry.kind(),
                *refund,
                *amount,
                *category,
                *location,
                *bucket,
            )
        },
        Entry::Transfer {
            amount,
            from,
            to,
            category,
        } => check.transfer(*amount, *from, *to, *category),
        Entry::Loan {
            direction,
            amount,
            counterparty,
            cell,
            category,
        } => check.loan(*direction, *amount, counterparty, *cell, *category),
        Entry::Adjustment {
            amount,
            cell,
            category,
        } => check.adjustment(*amount, *cell, *category),
    };
    if !check.problems.is_empty() {
        return Err(check.problems);
    }
    Ok(Plan {
        kind: draft.entry.kind(),
        description,
        category: money.category,
        counterparty: money.counterparty,
        refund_of: money.refund_of,
        amount: money.amount,
        lines: money.lines,
        shares: money.shares,
    })
}

/// The part of a plan that depends on the kind.
#[derive(Default)]
struct Money {
    category: Option<CategoryId>,
    amount: Amount,
    counterparty: Option<String>,
    refund_of: Option<TransactionId>,
    lines: Vec<Line>,
    shares: Vec<Share>,
}

impl Money {
    /// All of it in one cell.
    fn in_one(cell: Cell, amount: Amount, category: Option<CategoryId>) -> Self {
        let lines = vec![Line {
            location: cell.location,
            bucket: cell.bucket,
            amount,
        }];
        Self {
            category,
            amount,
            lines,
            ..Self::default()
        }
    }
}

/// Collects what is wrong.
struct Check<'a> {
    book: &'a Book,
    stored: Option<&'a Snapshot>,
    problems: Problems,
}

impl Check<'_> {
    fn flow(
        &mut self,
        kind: Kind,
        refund: bool,
        amount: Amount,
        category: CategoryId,
        location: LocationId,
        bucket: BucketChoice,
    ) -> Money {
        self.above_zero(amount);
        self.category(category, kind.sign());
        self.location("location", location);
        // Income comes in and expense goes out; a refund turns it round.
        let signed = if (kind == Kind::Income) == refund {
            -amount
        } else {
            amount
        };
        match bucket {
            BucketChoice::One(bucket) => {
                self.bucket("bucket", bucket);
                Money::in_one(Cell { location, bucket }, signed, Some(category))
            }
            BucketChoice::Split => self.split(kind, category, location, signed, false),
            BucketChoice::SplitAnew => self.split(kind, category, location, signed, true),
        }
    }

    fn transfer(&mut self, amount: Amount, from: Cell, to: Cell, category: Option<CategoryId>) -> Money {
        self.above_zero(amount);
        self.optional_category(category);
        self.cell("from_location", "from_bucket", from);
        self.cell("to_location", "to_bucket", to);
        if from == to {
            self.problem(
                "to_location",
                "This moves nothing: choose another location or another bucket.",
            );
        }
        let out = Line {
            location: from.location,
            bucket: from.bucket,
            amount: -amount,
        };
        let into = Line {
            location: to.location,
            bucket: to.bucket,
            amount,
        };
        Money {
            category,
            amount,
            lines: vec![out, into],
            ..Money::default()
        }
    }

    fn loan(
        &mut self,
        direction: LoanDirection,
        amount: Amount,
        counterparty: &str,
        cell: Cell,
        category: Option<CategoryId>,
    ) -> Money {
        self.above_zero(amount);
        self.optional_category(category);
        self.cell("location", "bucket", cell);
        let before = self.problems.len();
        let counterparty = Some(self.text("counterparty", counterparty)).filter(|with| !with.is_empty());
        if counterparty.is_none() && self.problems.len() == before {
            self.problem("counterparty", "Say who lends or borrows.");
        }
        let signed = if direction.is_money_in() { amount } else { -amount };
        Money {
            counterparty,
            ..Money::in_one(cell, signed, category)
        }
    }

    fn adjustment(&mut self, amount: Amount, cell: Cell, category: Option<CategoryId>) -> Money {
        if amount.is_zero() {
            self.problem("amount", "Type an amount other than zero.");
        }
        self.optional_category(category);
        self.cell("location", "bucket", cell);
        Money::in_one(cell, amount, category)
    }

    fn problem(&mut self, field: &'static str, message: impl Into<String>) {
        self.problems.push(Problem {
            field,
            message: message.into(),
        });
    }

    fn text(&mut self, field: &'static str, text: &str) -> String {
        name::optional(field, text).unwrap_or_else(|problem| {
            self.problems.push(problem);
            String::new()
        })
    }

    fn above_zero(&mut self, amount: Amount) {
        if amount.is_zero() || amount.is_negative() {
            self.problem("amount", "Type an amount above zero.");
        }
    }

    fn cell(&mut self, location_field: &'static str, bucket_field: &'static str, cell: Cell) {
        self.location(location_field, cell.location);
        self.bucket(bucket_field, cell.bucket);
    }

    fn location(&mut self, field: &'static str, id: LocationId) {
        let known = self
            .stored
            .is_some_and(|stored| stored.transaction.lines.iter().any(|line| line.location == id));
        match self.book.location(id) {
            None => self.problem(field, "Choose one of your locations."),
            Some(Location {
                archived_at: Some(_),
                name,
                ..
            }) if !known => {
                self.problem(
                    field,
                    format!("{name} is archived. Choose another location, or restore it first."),
                );
            }
            Some(_) => {}
        }
    }

    fn bucket(&mut self, field: &'static str, id: BucketId) {
        let known = self
            .stored
            .is_some_and(|stored| stored.transaction.lines.iter().any(|line| line.bucket == id));
        match self.book.bucket(id) {
            None => self.problem(field, "Choose one of your buckets."),
            Some(Bucket {
                archived_at: Some(_),
                name,
                ..
            }) if !known => {
                self.problem(
                    field,
                    format!("{name} is archived. Choose another bucket, or restore it first."),
                );
            }
            Some(_) => {}
        }
    }

    fn optional_category(&mut self, id: Option<CategoryId>) {
        if let Some(id) = id {
            self.category(id, Sign::Neutral);
        }
    }

    fn category(&mut self, id: CategoryId, sign: Sign) {
        let known = self
            .stored
            .is_some_and(|stored| stored.transaction.category == id);
        match self.book.category(id) {
            None => self.problem("category", "Choose one of your categories."),
            Some(Category {
                archived_at: Some(_),
                name,
                ..
            }) if !known => {
                self.problem(
                    "category",
                    format!("{name} is archived. Choose another category, or restore it first."),
                );
            }
            Some(category) if category.sign != sign => {
                let wanted = match sign {
                    Sign::Positive => "an income",
                    Sign::Negative => "an expense",
                    Sign::Neutral => "neither income nor expense",
                };
                let message = format!(
                    "{} does not fit: choose a category that counts as {wanted}.",
                    category.name
                );
                self.problem("category", message);
            }
            Some(_) => {}
        }
    }
}
