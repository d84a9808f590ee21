//! Spending day by day, as numbers; the chart is drawn from them.

use chrono::Datelike;

use super::Sight;
use crate::ledger::Kind;
use crate::period::{DateRange, Month};
use crate::reports::days::{Days, so_far};
use crate::web::pages::reports::links::Link;
use crate::web::pages::reports::number::{Number, Pen};

/// The days of a month.
pub(super) struct Spending {
    /// The name of the month before.
    pub(super) before: &'static str,
    pub(super) rows: Vec<Row>,
}

/// A day on which something was spent, or came back.
pub(super) struct Row {
    pub(super) day: String,
    pub(super) spent: Number,
    pub(super) so_far: String,
    /// What was spent up to the same day of the month before.
    pub(super) before: String,
}

impl Spending {
    pub(super) fn of(sight: &Sight<'_>, days: &Days) -> Self {
        let month = sight.report.month;
        let pen = Pen::exact(sight.member);
        let before = so_far(&days.before);
        let link = Link::within(&sight.scope).kinds(&[Kind::Expense]);
        let dates = sight.dates();
        let rows = month_days(month)
            .zip(days.now.iter().zip(so_far(&days.now)))
            .enumerate()
            .filter(|(_, (_, (spent, _)))| **spent != 0)
            .map(|(place, (day, (spent, sum)))| {
                let then = before.get(place).or(before.last()).copied().unwrap_or(0);
                let number = pen.amount(*spent);
                let href = DateRange::through(day, day).map(|range| link.clone().days(range).href());
                Row {
                    day: dates.weekday(day),
                    spent: Number {
                        text: number,
                        href: href.ok(),
                        ..Number::default()
                    },
                    so_far: pen.amount(sum),
                    before: pen.amount(then),
                }
            });
        Self {
            before: month.previous().map_or("", Month::name),
            rows: rows.collect(),
        }
    }
}

/// The days of a month, the first one first.
pub(super) fn month_days(month: Month) -> impl Iterator<Item = chrono::NaiveDate> {
    month
        .first_day()
        .iter_days()
        .take_while(move |day| day.month() == month.month())
}
