//! The opening balance of a new location: what is there already, in one bucket.

use chrono::NaiveDate;

use super::list::{Asked, Sent};
use super::refusal::Refusal;
use crate::households::Member;
use crate::ledger::Book;
use crate::ledger::location::Opening;
use crate::money::Amount;
use crate::period;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;

/// The fields of an opening balance, in the form that adds a location.
pub(super) struct OpeningFields {
    pub(super) amount: String,
    pub(super) date: String,
    pub(super) buckets: Vec<Choice>,
    /// Whether they are unfolded: something is in them.
    pub(super) is_open: bool,
}

/// A bucket that the money could be for.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

impl OpeningFields {
    /// Nothing while there is no bucket that the money could be for.
    pub(super) fn of(book: &Book, asked: &Asked, today: NaiveDate) -> Option<Self> {
        let first = book.active_buckets().next()?;
        let chosen = asked.text(&Sent::Add, "opening_bucket", &first.id.to_string());
        let buckets = book.active_buckets().map(|one| Choice {
            id: one.id.to_string(),
            name: one.name.clone(),
            is_chosen: one.id.to_string() == chosen,
        });
        let amount = asked.text(&Sent::Add, "opening_amount", "");
        Some(Self {
            is_open: !amount.is_empty(),
            amount,
            date: asked.text(&Sent::Add, "opening_date", &today.to_string()),
            buckets: buckets.collect(),
        })
    }
}

/// What a form says is there already; nothing where its amount is left empty.
///
/// # Errors
/// [`Refusal::Invalid`] with what cannot be read.
pub(super) fn read(fields: &Fields, member: &Member) -> Result<Option<Opening>, Refusal> {
    let typed = fields.text("opening_amount").trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let mut errors = FieldErrors::default();
    let amount = Amount::parse(typed, member.currency, member.number_format)
        .map_err(|error| errors.push("opening_amount", format!("{error}.")));
    let date = period::parse_day(fields.text("opening_date").trim())
        .map_err(|error| errors.push("opening_date", format!("{error}.")));
    let bucket = fields
        .text("opening_bucket")
        .parse()
        .map_err(|_| errors.push("opening_bucket", "Choose one of your buckets."));
    match (amount, bucket, date) {
        (Ok(amount), Ok(bucket), Ok(date)) => Ok(Some(Opening { amount, bucket, date })),
        _ => Err(Refusal::Invalid(errors).also_about_name(fields.text("name"))),
    }
}
