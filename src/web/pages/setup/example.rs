//! An example beside the buckets: what their shares make of one income.

use chrono::NaiveDate;

use super::sum::colour_of;
use crate::households::Member;
use crate::ledger::Book;
use crate::money::{Amount, Percent, Split};

/// The income of the example, in whole units of the currency, while there is none.
const ROUND_UNITS: i64 = 1000;

/// What the shares make of one income.
pub(super) struct Example {
    pub(super) amount: String,
    /// Colour, name, percentage, part.
    pub(super) parts: Vec<(usize, String, String, String)>,
    pub(super) total: String,
    pub(super) source: String,
}

/// The latest income, or a round one, divided by the shares; nothing while they do not add up to 100 %.
pub(super) fn example(
    member: &Member,
    book: &Book,
    latest_income: Option<(NaiveDate, i64)>,
    today: NaiveDate,
) -> Option<Example> {
    let format = member.number_format;
    let split = Split::new(book.active_buckets().map(|bucket| bucket.percent).collect()).ok()?;
    let (minor, source) = match latest_income {
        Some((day, minor)) => (
            minor,
            format!("Your latest income, {}.", member.dates(today).day(day)),
        ),
        None => (
            member.currency.minor_per_unit().saturating_mul(ROUND_UNITS),
            "An example: your income will be divided the same way.".to_owned(),
        ),
    };
    let parts = split.apply(Amount::from_minor(minor).ok()?);
    Some(Example {
        amount: format.amount(minor, member.currency),
        parts: (0..)
            .zip(book.active_buckets().zip(parts))
            .filter(|(_, (bucket, _))| bucket.percent > Percent::ZERO)
            .map(|(place, (bucket, part))| {
                (
                    colour_of(place),
                    bucket.name.clone(),
                    format.percent(bucket.percent),
                    format.signed(part.amount.minor(), member.currency),
                )
            })
            .collect(),
        total: format.signed(minor, member.currency),
        source,
    })
}
