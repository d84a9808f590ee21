//! How large a demo is, and which.

use chrono::{Datelike, Months, NaiveDate, Weekday};

use crate::period;

/// The most transactions of one demo.
pub const TRANSACTIONS_MAX: u32 = 5_000_000;
/// The most years of one demo.
pub const YEARS_MAX: u32 = 50;

/// Entries a month that two people and their home make, when they write down everything.
const USUAL_PACE: i64 = 83;

/// What a demo household is made from. The same shape makes the same household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    transactions: i64,
    first: NaiveDate,
    last: NaiveDate,
    seed: u64,
}

/// Why there is no such demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// None, or too many.
    #[error("A demo has 1 to {TRANSACTIONS_MAX} transactions.")]
    Transactions,
    /// None, or too many, or before the first day of the ledger.
    #[error("A demo has 1 to {YEARS_MAX} years.")]
    Years,
}

impl Shape {
    /// So many transactions over so many years up to `today`.
    ///
    /// # Errors
    /// [`ShapeError`] says which numbers are possible.
    pub fn new(transactions: u32, years: u32, seed: u64, today: NaiveDate) -> Result<Self, ShapeError> {
        if !(1..=TRANSACTIONS_MAX).contains(&transactions) {
            return Err(ShapeError::Transactions);
        }
        let months = years.checked_mul(12).ok_or(ShapeError::Years)?;
        let first = today
            .checked_sub_months(Months::new(months))
            .and_then(|day| day.succ_opt());
        match first {
            Some(first)
                if (1..=YEARS_MAX).contains(&years)
                    && first >= period::first_day()
                    && today <= period::last_day() =>
            {
                Ok(Self {
                    transactions: transactions.into(),
                    first,
                    last: today,
                    seed,
                })
            }
            _ => Err(ShapeError::Years),
        }
    }

    /// How many transactions there are in all.
    #[must_use]
    pub const fn transactions(&self) -> i64 {
        self.transactions
    }

    /// The day of the opening balances.
    #[must_use]
    pub const fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// Today.
    #[must_use]
    pub const fn last_day(&self) -> NaiveDate {
        self.last
    }

    /// Which of all households of this size it is.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Entries in a month.
    pub(super) fn pace(&self) -> i64 {
        let days = (self.last - self.first).num_days() + 1;
        self.transactions * 30 / days.max(1)
    }

    /// How many couples live in it: a large household is no faster one, there are more people in it.
    pub(super) fn couples(&self) -> i64 {
        ((self.pace() + USUAL_PACE / 2) / USUAL_PACE).max(1)
    }

    /// How many transactions there should be by the end of `day`: a Saturday has more than a Sunday.
    pub(super) fn due(&self, day: NaiveDate) -> i64 {
        if day >= self.last {
            return self.transactions;
        }
        self.transactions * weight_until(self.first, day) / weight_until(self.first, self.last).max(1)
    }
}

/// What the days from `first` to `day` weigh.
fn weight_until(first: NaiveDate, day: NaiveDate) -> i64 {
    const WEEK: i64 = 67;
    let days = (day - first).num_days() + 1;
    let rest = days % 7;
    let mut total = days / 7 * WEEK;
    let mut weekday = day.weekday();
    for _ in 0..rest {
        total += weight(weekday);
        weekday = weekday.pred();
    }
    total
}

const fn weight(weekday: Weekday) -> i64 {
    match weekday {
        Weekday::Sat => 14,
        Weekday::Fri => 11,
        Weekday::Sun => 6,
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_days_share_all_transactions() {
        let shape = Shape::new(10_000, 10, 1, day("2026-11-22")).unwrap();
        assert_eq!(shape.first_day(), day("2016-11-23"));
        assert_eq!((shape.pace(), shape.couples()), (82, 1));
        let due: Vec<i64> = shape
            .first_day()
            .iter_days()
            .take_while(|day| *day <= shape.last_day())
            .map(|day| shape.due(day))
            .collect();
        assert!(due.is_sorted());
        assert_eq!(due.last(), Some(&10_000));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let today = day("2026-11-22");
        assert_eq!(Shape::new(0, 10, 1, today), Err(ShapeError::Transactions));
        assert_eq!(Shape::new(u32::MAX, 10, 1, today), Err(ShapeError::Transactions));
        for years in [0, YEARS_MAX + 1, u32::MAX] {
            assert_eq!(Shape::new(1, years, 1, today), Err(ShapeError::Years));
        }
        assert_eq!(Shape::new(1, 50, 1, day("1920-01-01")), Err(ShapeError::Years));
    }
}
