//! Where the money lay at each year's end, and over time.

use super::Sight;
use crate::period::Year;
use crate::reports::historical::Money;
use crate::web::pages::reports::links::{BESIDE, Link, RESULT};
use crate::web::pages::reports::number::{Number, Pen};

/// Money at each year's end.
pub(super) struct Ends {
    pub(super) before: Vec<Number>,
    pub(super) result: Vec<Number>,
    /// Nothing where there is nothing beside the result.
    pub(super) beside: Option<Vec<Number>>,
    pub(super) beside_label: &'static str,
    pub(super) after: Vec<Number>,
    pub(super) buckets: Vec<Place>,
    pub(super) locations: Vec<Place>,
}

/// A bucket or location.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) series: Option<usize>,
    pub(super) numbers: Vec<Number>,
}

impl Ends {
    /// Nothing where the scope is not about places.
    pub(super) fn of(sight: &Sight<'_>) -> Option<Self> {
        let report = sight.report;
        let money = report.money.as_ref()?;
        let total = money.total();
        let flows = &report.flows;
        let pen = sight.cells();
        let link = sight.link();
        let within = |kinds: &[crate::ledger::Kind], year: Year| link.clone().kinds(kinds).year(year).href();
        let years = || report.years.iter().copied().enumerate();
        let at = |line: &[i64], year: Year| at_end(money, line, year);
        let beside: Vec<Number> = years()
            .map(|(place, year)| pen.change(flows.beside(place)).to(within(&BESIDE, year)))
            .collect();
        let numbers = |line: &[i64], link: &Link| -> Vec<Number> {
            years()
                .map(|(_, year)| until(pen, link, at(line, year), year.range().until.pred_opt()))
                .collect()
        };
        let buckets = sight.book.buckets.iter().enumerate().filter_map(|(place, one)| {
            Some(Place {
                name: one.name.clone(),
                series: Some(place % 10 + 1),
                numbers: numbers(money.buckets.get(&one.id)?, &link.clone().bucket(one.id)),
            })
        });
        let locations = sight.book.locations.iter().filter_map(|one| {
            Some(Place {
                name: one.name.clone(),
                series: None,
                numbers: numbers(money.locations.get(&one.id)?, &link.clone().location(one.id)),
            })
        });
        Some(Self {
            before: years()
                .map(|(place, year)| {
                    let after = at(&total, year);
                    let minor = after.saturating_sub(flows.change(place));
                    until(pen, &link, minor, year.first_day().pred_opt())
                })
                .collect(),
            result: years()
                .map(|(place, year)| pen.result(flows.result(place)).to(within(&RESULT, year)))
                .collect(),
            beside: beside.iter().any(|one| !one.is_nothing).then_some(beside),
            beside_label: if sight.scope.is_everything() {
                "Lent, borrowed, adjusted"
            } else {
                "Moved, lent, adjusted"
            },
            after: numbers(&total, &link),
            buckets: buckets.collect(),
            locations: locations.collect(),
        })
    }
}

/// What a line of quarters holds at the end of a year.
pub(super) fn at_end(money: &Money, line: &[i64], year: Year) -> i64 {
    let quarter = money.end_of(year);
    quarter
        .and_then(|quarter| line.get(quarter))
        .copied()
        .unwrap_or(0)
}

fn until(pen: Pen<'_>, link: &Link, minor: i64, day: Option<chrono::NaiveDate>) -> Number {
    let number = pen.money(minor);
    match day {
        Some(day) => number.to(link.clone().until_end_of(day).href()),
        None => number,
    }
}
