//! The [`Values`] of an entry's form: what was typed, kept word for word, and what the ledger makes of it.

use chrono::NaiveDate;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::households::Member;
use crate::ids::{BucketId, CategoryId, LocationId, TransactionId};
use crate::ledger::transaction::Snapshot;
use crate::ledger::{Book, BucketChoice, Cell, Draft, Entry, FlowKind, Kind, LoanDirection, name};
use crate::money::Amount;
use crate::period;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;

/// What an edited split follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Percentages {
    /// Those that it was divided by; a new one has only today's.
    AsStored,
    /// Those of today.
    Todays,
}

/// The fields of an entry, each as text.
#[derive(Debug, Clone)]
pub(super) struct Values {
    pub(super) kind: Kind,
    /// A kind that there is not.
    unknown_kind: bool,
    pub(super) date: String,
    pub(super) amount: String,
    pub(super) description: String,
    pub(super) category: String,
    pub(super) location: String,
    pub(super) bucket: String,
    pub(super) split: bool,
    pub(super) percentages: Percentages,
    pub(super) refund: bool,
    pub(super) refund_of: String,
    pub(super) from_location: String,
    pub(super) from_bucket: String,
    pub(super) to_location: String,
    pub(super) to_bucket: String,
    pub(super) counterparty: String,
    pub(super) direction: String,
}

impl Values {
    /// What a form sent.
    pub(super) fn sent(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        let kind = fields.text("kind").parse();
        Self {
            unknown_kind: kind.is_err(),
            kind: kind.unwrap_or(Kind::Expense),
            date: text("date"),
            amount: text("amount"),
            description: text("description"),
            category: text("category"),
            location: text("location"),
            bucket: text("bucket"),
            split: fields.ticked("split"),
            percentages: if fields.ticked("todays_percentages") {
                Percentages::Todays
            } else {
                Percentages::AsStored
            },
            refund: fields.ticked("refund"),
            refund_of: text("refund_of"),
            from_location: text("from_location"),
            from_bucket: text("from_bucket"),
            to_location: text("to_location"),
            to_bucket: text("to_bucket"),
            counterparty: text("counterparty"),
            direction: text("direction"),
        }
    }

    /// What a new form begins with: what its address says, and else today, the first location and the first bucket. Where money moves to is
    /// left open, unless there is no choice.
    pub(super) fn fresh(fields: &Fields, book: &Book, today: NaiveDate) -> Self {
        let mut values = Self {
            unknown_kind: false,
            ..Self::sent(fields)
        };
        let set = |field: &mut String, default: Option<String>| {
            if field.is_empty() {
                *field = default.unwrap_or_default();
            }
        };
        let locations: Vec<String> = book.active_locations().map(|one| one.id.to_string()).collect();
        let buckets: Vec<String> = book.active_buckets().map(|one| one.id.to_string()).collect();
        let only = |all: &[String]| all.first().filter(|_| all.len() == 1).cloned();
        set(&mut values.date, Some(today.to_string()));
        set(&mut values.location, locations.first().cloned());
        set(&mut values.bucket, buckets.first().cloned());
        for field in [&mut values.from_location, &mut values.to_location] {
            set(field, only(&locations));
        }
        for field in [&mut values.from_bucket, &mut values.to_bucket] {
            set(field, only(&buckets));
        }
        // A category goes along to another kind only where it fits; a single one is no choice.
        let categories = super::choices::categories(book, values.kind, "");
        if !categories.iter().any(|choice| choice.value == values.category) {
            values.category.clear();
        }
        if let ([one], Kind::Income | Kind::Expense) = (categories.as_slice(), values.kind) {
            set(&mut values.category, Some(one.value.clone()));
        }
        values.split = values.kind == Kind::Income && fields.text("split") != "0" && is_complete(book);
        values
    }

    /// A new form after this one: what several entries in a row have in common.
    pub(super) fn for_another(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("kind", self.kind.as_str());
        let places: &[(&str, &String)] = match self.kind {
            Kind::Transfer => &[
                ("from_location", &self.from_location),
                ("from_bucket", &self.from_bucket),
                ("to_location", &self.to_location),
                ("to_bucket", &self.to_bucket),
            ],
            _ => &[("location", &self.location), ("bucket", &self.bucket)],
        };
        for (name, value) in [("date", &self.date)].iter().chain(places) {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if self.kind == Kind::Income && !self.split {
            query.append_pair("split", "0");
        }
        query.finish()
    }

    /// What a form sends to the same form of another kind.
    pub(super) fn for_kind(&self, kind: Kind) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("kind", kind.as_str());
        for (name, value) in [
            ("date", &self.date),
            ("amount", &self.amount),
            ("description", &self.description),
            ("location", &self.location),
            ("bucket", &self.bucket),
            ("from_location", &self.from_location),
            ("from_bucket", &self.from_bucket),
            ("to_location", &self.to_location),
            ("to_bucket", &self.to_bucket),
            ("counterparty", &self.counterparty),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// What is stored, as somebody would have typed it.
    pub(super) fn stored(member: &Member, snapshot: &Snapshot) -> Self {
        let transaction = &snapshot.transaction;
        let line = transaction.lines.first();
        let minor = transaction.amount.minor();
        let shown = if transaction.kind == Kind::Adjustment {
            minor
        } else {
            transaction.amount.abs().minor()
        };
        let (from, to) = transaction.transfer_cells().unzip();
        let location = |cell: Option<Cell>| cell.map_or_else(String::new, |cell| cell.location.to_string());
        let bucket = |cell: Option<Cell>| cell.map_or_else(String::new, |cell| cell.bucket.to_string());
        let first = line.map(|line| Cell {
            location: line.location,
            bucket: line.bucket,
        });
        Self {
            kind: transaction.kind,
            unknown_kind: false,
            date: transaction.date.to_string(),
            amount: member.number_format.amount(shown, member.currency),
            description: transaction.description.clone(),
            category: transaction.category.to_string(),
            location: location(first),
            bucket: if transaction.split {
                String::new()
            } else {
                bucket(first)
            },
            split: transaction.split,
            percentages: Percentages::AsStored,
            refund: transaction.is_refund(),
            refund_of: transaction
                .refund_of
                .map_or_else(String::new, |original| original.to_string()),
            from_location: location(from),
            from_bucket: bucket(from),
            to_location: location(to),
            to_bucket: bucket(to),
            counterparty: transaction.counterparty.clone().unwrap_or_default(),
            direction: direction(minor).as_str().to_owned(),
        }
    }

    /// The amount, if it can be read.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn read_amount(&self, member: &Member) -> Result<Amount, String> {
        Amount::parse(&self.amount, member.currency, member.number_format)
            .map_err(|error| format!("{error}."))
    }

    /// What the ledger is asked to record, and what cannot be read. For the latter something stands in, so that the ledger's rules can look
    /// at the rest: all problems are told at once.
    pub(super) fn draft(&self, member: &Member) -> (Draft, FieldErrors) {
        let mut errors = FieldErrors::default();
        if self.unknown_kind {
            errors.push("kind", "Choose what to record.");
        }
        let amount = self.read_amount(member).unwrap_or_else(|sentence| {
            errors.push("amount", sentence);
            Amount::from_minor(1).unwrap_or_default()
        });
        let date = match self.date.trim() {
            "" => Err("Choose a day.".to_owned()),
            day => period::parse_day(day).map_err(|error| format!("{error}.")),
        };
        let date = date.unwrap_or_else(|sentence| {
            errors.push("date", sentence);
            period::first_day()
        });
        let entry = match self.kind {
            Kind::Income => self.flow(FlowKind::Income, amount),
            Kind::Expense => self.flow(FlowKind::Expense, amount),
            Kind::Transfer => Entry::Transfer {
                amount,
                from: cell(&self.from_location, &self.from_bucket),
                to: cell(&self.to_location, &self.to_bucket),
                category: self.optional_category(),
            },
            Kind::Loan => Entry::Loan {
                direction: self.direction.parse().unwrap_or_else(|_| {
                    errors.push("direction", "Choose which way the money goes.");
                    LoanDirection::Lent
                }),
                amount,
                counterparty: self.counterparty.clone(),
                cell: cell(&self.location, &self.bucket),
                category: self.optional_category(),
            },
            Kind::Adjustment => Entry::Adjustment {
                amount,
                cell: cell(&self.location, &self.bucket),
                category: self.optional_category(),
            },
        };
        let draft = Draft {
            date,
            description: self.description.clone(),
            entry,
        };
        (draft, errors)
    }

    /// The cells of a transfer, as far as they are chosen.
    pub(super) fn cells(&self) -> (Cell, Cell) {
        (
            cell(&self.from_location, &self.from_bucket),
            cell(&self.to_location, &self.to_bucket),
        )
    }

    fn flow(&self, kind: FlowKind, amount: Amount) -> Entry {
        Entry::Flow {
            kind,
            refund: self.refund,
            refund_of: self.chosen_original(),
            amount,
            category: self.optional_category().unwrap_or(Uuid::nil().into()),
            location: cell(&self.location, &self.bucket).location,
            bucket: match (self.split, self.percentages) {
                (true, Percentages::AsStored) => BucketChoice::Split,
                (true, Percentages::Todays) => BucketChoice::SplitAnew,
                (false, _) => BucketChoice::One(cell(&self.location, &self.bucket).bucket),
            },
        }
    }

    /// What a refund gives back; an id that nothing has where it cannot be read.
    pub(super) fn chosen_original(&self) -> Option<TransactionId> {
        let chosen = (self.refund && !self.refund_of.is_empty()).then(|| self.refund_of.parse());
        chosen.map(|original| original.unwrap_or(Uuid::nil().into()))
    }

    /// The counterparty as it would be stored; empty where it could not be.
    pub(super) fn counterparty_name(&self) -> String {
        name::optional("counterparty", &self.counterparty).unwrap_or_default()
    }

    /// Whether a split is made anew, by the percentages of today.
    pub(super) fn is_anew(&self) -> bool {
        self.percentages == Percentages::Todays
    }

    /// What a loan adds to the money, below zero where it goes out; nothing while that cannot be told.
    pub(super) fn loan_minor(&self, member: &Member) -> Option<i64> {
        let direction: LoanDirection = self.direction.parse().ok()?;
        let amount = self.read_amount(member).ok()?;
        let is_above_zero = !amount.is_zero() && !amount.is_negative();
        let signed = if direction.is_money_in() { amount } else { -amount };
        is_above_zero.then(|| signed.minor())
    }

    fn optional_category(&self) -> Option<CategoryId> {
        let chosen = (!self.category.is_empty()).then(|| self.category.parse());
        chosen.map(|category| category.unwrap_or(Uuid::nil().into()))
    }
}

/// Whether an income of today can be split.
pub(super) fn is_complete(book: &Book) -> bool {
    book.percent_sum_bp() == 10_000
}

/// A cell by its ids; nothing that a household could have where they are none.
fn cell(location: &str, bucket: &str) -> Cell {
    Cell {
        location: location.parse().unwrap_or(LocationId::from(Uuid::nil())),
        bucket: bucket.parse().unwrap_or(BucketId::from(Uuid::nil())),
    }
}

/// Which way a loan of this amount went. Whether it began or ended a debt is not stored: a beginning is what it mostly is.
const fn direction(minor: i64) -> LoanDirection {
    if minor < 0 {
        LoanDirection::Lent
    } else {
        LoanDirection::Borrowed
    }
}
