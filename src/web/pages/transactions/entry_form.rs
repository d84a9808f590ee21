//! The [`EntryForm`]: the form of one entry, new or stored.

use chrono::NaiveDate;

use super::choices::{self, Choice};
use super::preview::Preview;
use super::refund_choices::RefundChoices;
use super::refunds::Refunds;
use super::todays::Todays;
use super::values::{Values, is_complete};
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ids::{ChangeId, TransactionId};
use crate::ledger::loan::Known;
use crate::ledger::transaction::Snapshot;
use crate::ledger::{Book, Kind, Problems, Sign, loan, rules};
use crate::web::error::Error;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};

/// Counterparties that a loan's form offers.
const COUNTERPARTIES_MAX: i32 = 200;

/// What is known wherever a form is made.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) member: &'a Member,
    pub(super) book: &'a Book,
    pub(super) frame: &'a Frame,
    pub(super) today: NaiveDate,
}

/// What the form is for.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// A new entry, beside the list.
    Panel,
    /// A new entry, on a page of its own.
    Page,
    /// An entry that is there.
    Stored(Stored),
}

/// The entry that a form changes.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) id: TransactionId,
    pub(super) version: i32,
    /// The query of the list that it was opened from.
    pub(super) back: String,
}

/// A form as the page shows it.
pub(super) struct EntryForm {
    pub(super) target: Target,
    pub(super) values: Values,
    pub(super) errors: FieldErrors,
    pub(super) preview: Preview,
    pub(super) currency: &'static str,
    pub(super) locations: Vec<Choice>,
    pub(super) buckets: Vec<Choice>,
    pub(super) categories: Vec<Choice>,
    pub(super) directions: Vec<Choice>,
    /// With whom there were loans before.
    pub(super) counterparties: Vec<String>,
    /// What it can give back, while it is a refund.
    pub(super) refund_choices: Option<RefundChoices>,
    /// How a stored entry and its refunds hang together.
    pub(super) refunds: Option<Refunds>,
    /// The offer to divide a stored split anew.
    pub(super) todays: Option<Todays>,
    /// Whether income can be split; else why not.
    pub(super) can_split: bool,
    pub(super) no_split: String,
    pub(super) missing: Option<Missing>,
    pub(super) may_write: bool,
    pub(super) csrf: String,
    pub(super) idempotency_key: String,
    /// What stands on the button that changes a stored entry.
    pub(super) save_label: &'static str,
    /// Whether its first field gets the focus: it is what the page is for, or follows the entry before it.
    pub(super) focused: bool,
    /// What was just recorded with the form before this one, for the list to mark.
    pub(super) just_added: Option<ChangeId>,
}

/// What a household needs before it can record anything.
pub(super) struct Missing {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) href: &'static str,
    pub(super) label: &'static str,
}

/// A kind of entry to go to.
pub(super) struct Tab {
    pub(super) kind: Kind,
    pub(super) href: String,
    pub(super) is_current: bool,
}

impl EntryForm {
    /// The form with these values and what can be told about them before saving; `stored` is the entry as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn load(
        conn: &mut Connection,
        desk: Desk<'_>,
        target: Target,
        mut values: Values,
        stored: Option<&Snapshot>,
    ) -> Result<Self, Error> {
        let Desk {
            member,
            book,
            frame,
            today,
        } = desk;
        let id = stored.map(|stored| stored.transaction.id);
        let refund_choices = RefundChoices::load(conn, member, book, today, &values, id)?;
        let refunds = match stored {
            Some(stored) => Refunds::load(conn, member, book, today, stored, refund_choices.as_ref())?,
            None => None,
        };
        let (preview, counterparties) = if values.kind == Kind::Loan {
            let known = known_loans(conn, member, &mut values, stored)?;
            (Preview::loan(member, &values, stored, known.open), known.names)
        } else {
            (Preview::load(conn, member, book, &values, stored)?, Vec::new())
        };
        let is_new = !matches!(target, Target::Stored(_));
        let locations = [&values.location, &values.from_location, &values.to_location];
        let buckets = [&values.bucket, &values.from_bucket, &values.to_bucket];
        Ok(Self {
            locations: choices::locations(book, &locations.map(String::as_str)),
            buckets: choices::buckets(book, &buckets.map(String::as_str)),
            categories: choices::categories(book, values.kind, &values.category),
            directions: choices::directions(),
            counterparties,
            refund_choices,
            refunds,
            todays: stored.and_then(|stored| Todays::of(member, book, stored)),
            can_split: is_complete(book) || stored.is_some_and(|stored| !stored.shares.is_empty()),
            no_split: no_split(member, book),
            missing: is_new.then(|| Missing::of(book, values.kind)).flatten(),
            may_write: member.role.may_write(),
            currency: member.currency.code(),
            csrf: frame.csrf(),
            idempotency_key: new_key(),
            save_label: "Save",
            focused: false,
            just_added: None,
            errors: FieldErrors::default(),
            preview,
            target,
            values,
        })
    }

    /// Says what is wrong with it: what cannot be read, then what the rules say, then what only the attempt to save it showed.
    #[must_use]
    pub(super) fn refused(
        mut self,
        member: &Member,
        book: &Book,
        stored: Option<&Snapshot>,
        problems: Problems,
    ) -> Self {
        let (draft, mut errors) = self.values.draft(member);
        let by_rules = rules::plan(&draft, book, stored).err().unwrap_or_default();
        for problem in by_rules.into_iter().chain(problems) {
            if errors.of(problem.field).is_none() {
                errors.push(problem.field, problem.message);
            }
        }
        self.errors = errors;
        self
    }

    pub(super) fn is_panel(&self) -> bool {
        matches!(self.target, Target::Panel)
    }

    pub(super) fn stored(&self) -> Option<&Stored> {
        match &self.target {
            Target::Stored(stored) => Some(stored),
            Target::Panel | Target::Page => None,
        }
    }

    /// Where it posts to.
    pub(super) fn action(&self) -> String {
        self.stored().map_or_else(
            || "/transactions".to_owned(),
            |stored| format!("/transactions/{}", stored.id),
        )
    }

    pub(super) fn is_flow(&self) -> bool {
        Self::is_flow_kind(self.values.kind)
    }

    /// Whether entries of this kind are income or expense.
    pub(super) const fn is_flow_kind(kind: Kind) -> bool {
        matches!(kind, Kind::Income | Kind::Expense)
    }

    pub(super) fn is_income(&self) -> bool {
        self.values.kind == Kind::Income
    }

    pub(super) fn is_transfer(&self) -> bool {
        self.values.kind == Kind::Transfer
    }

    pub(super) fn is_loan(&self) -> bool {
        self.values.kind == Kind::Loan
    }

    pub(super) fn is_adjustment(&self) -> bool {
        self.values.kind == Kind::Adjustment
    }

    /// Whether it shows what it would do before it is saved.
    pub(super) fn has_preview(&self) -> bool {
        self.is_transfer() || self.is_loan() || self.is_income() && self.can_split
    }

    /// Where the preview comes from while somebody types, and the fields that it needs; a split's box asks itself.
    pub(super) fn live_preview(&self) -> Option<(&'static str, &'static str)> {
        match self.values.kind {
            Kind::Transfer => Some((
                "/transactions/transfer-preview",
                "amount,from_location,from_bucket,to_location,to_bucket,id",
            )),
            Kind::Loan => Some(("/transactions/loan-preview", "amount,direction,counterparty,id")),
            Kind::Income | Kind::Expense | Kind::Adjustment => None,
        }
    }

    /// What stands on the button that shows the preview.
    pub(super) fn preview_label(&self) -> &'static str {
        match self.values.kind {
            Kind::Transfer => "Show both places",
            Kind::Loan => "Show what is open then",
            Kind::Income | Kind::Expense | Kind::Adjustment => "Show split",
        }
    }

    /// The noun of buttons and titles.
    pub(super) fn noun(&self) -> String {
        self.values.kind.label().to_lowercase()
    }

    /// The label of the field for the location.
    pub(super) fn location_label(&self) -> &'static str {
        match self.values.kind {
            Kind::Income => "Arrives at",
            Kind::Expense => "Paid from",
            Kind::Transfer | Kind::Loan | Kind::Adjustment => "Location",
        }
    }

    /// The other kinds of a new entry.
    pub(super) fn tabs(&self) -> Vec<Tab> {
        Kind::ALL
            .iter()
            .map(|kind| Tab {
                kind: *kind,
                href: format!("/transactions/new?{}", self.values.for_kind(*kind)),
                is_current: *kind == self.values.kind,
            })
            .collect()
    }
}

/// What is known of the counterparty of a loan and of others. A stored loan of which nobody said what it was gets its likely direction.
fn known_loans(
    conn: &mut Connection,
    member: &Member,
    values: &mut Values,
    stored: Option<&Snapshot>,
) -> Result<Known, QueryError> {
    let stored = stored.map(|stored| &stored.transaction);
    let at = stored.map(|stored| (stored.date, stored.id));
    let name = values.counterparty_name();
    let known = loan::known(conn, member.household, &name, at, COUNTERPARTIES_MAX)?;
    if let Some(stored) = stored
        && values.direction.is_empty()
    {
        let direction = loan::likely_direction(stored.amount.minor(), known.open.before_minor);
        direction.as_str().clone_into(&mut values.direction);
    }
    Ok(known)
}

/// Why income cannot be split.
fn no_split(member: &Member, book: &Book) -> String {
    let percent = |points: u32| member.number_format.basis_points(points.into());
    match book.percent_sum_bp() {
        0 => "Your buckets have no percentages yet, so this goes into one bucket.".to_owned(),
        sum => format!(
            "The percentages of your buckets add up to {}%: {}% is missing, so this goes into one bucket.",
            percent(sum),
            percent(10_000_u32.saturating_sub(sum))
        ),
    }
}

impl Missing {
    /// The first thing that is missing to record an entry of this kind.
    fn of(book: &Book, kind: Kind) -> Option<Self> {
        if book.active_locations().next().is_none() {
            return Some(Self {
                title: "You need a location first",
                text: "A location is where money is: a bank account, cash, a card.",
                href: "/setup/locations",
                label: "Add a location",
            });
        }
        if book.active_buckets().next().is_none() {
            return Some(Self {
                title: "You need a bucket first",
                text: "A bucket is what money is for: necessities, savings, fun. One is enough to begin with.",
                href: "/setup/buckets",
                label: "Add a bucket",
            });
        }
        let sign = kind.sign();
        if sign == Sign::Neutral || book.active_categories(sign).next().is_some() {
            return None;
        }
        Some(Self {
            title: match kind {
                Kind::Income => "You need a category for income first",
                _ => "You need a category for expenses first",
            },
            text: "A category says why money came or went: salary, groceries, rent.",
            href: "/setup/categories",
            label: "Add a category",
        })
    }
}
