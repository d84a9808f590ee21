//! The tables and the pictures of the history as files.

use super::average::Average;
use super::money::at_end;
use super::stacks::{self, By};
use super::table::sorted;
use super::{Sight, chart};
use crate::exchange::{Field, Table};
use crate::ledger::Sign;
use crate::reports::historical::Money;
use crate::reports::unusual::magnitude;
use crate::web::pages::reports::words::kind;

/// Categories by year, as on the page: spending is above zero.
pub(super) fn categories(sight: &Sight<'_>) -> String {
    let report = sight.report;
    let mut table = Table::new(sight.member.currency);
    let heads: Vec<String> = report.years.iter().map(ToString::to_string).collect();
    let years = || heads.iter().map(|head| Field::Text(head));
    table.row(
        [Field::Text("kind"), Field::Text("category")]
            .into_iter()
            .chain(years())
            .chain([Field::Text("all years")]),
    );
    for sign in [Sign::Positive, Sign::Negative, Sign::Neutral] {
        for one in sorted(sight, sign) {
            let sums =
                (0..report.years.len()).map(|year| Field::Minor(magnitude(sign, one.line.minor(year))));
            table.row(
                [Field::Text(kind(sign)), Field::Text(one.name)]
                    .into_iter()
                    .chain(sums)
                    .chain([Field::Minor(one.total)]),
            );
        }
    }
    let flows = &report.flows;
    let mut total = |name, of: &dyn Fn(usize) -> i64| {
        let sums = (0..report.years.len()).map(|year| Field::Minor(of(year)));
        table.row(
            [Field::Text("total"), Field::Text(name)]
                .into_iter()
                .chain(sums)
                .chain([Field::Minor(report.over_all(of))]),
        );
    };
    total("All income", &|year| flows.income(year));
    total("All expenses", &|year| {
        magnitude(Sign::Negative, flows.expense(year))
    });
    total("Result", &|year| flows.result(year));
    table.finish()
}

/// Money at each year's end, by bucket and by location; nothing where the scope is not about places.
pub(super) fn money(sight: &Sight<'_>) -> Option<String> {
    let report = sight.report;
    let money = report.money.as_ref()?;
    let ends = |values: &[i64]| {
        report
            .years
            .iter()
            .map(|year| at_end(money, values, *year))
            .collect()
    };
    Some(places(sight, money, &report.years, ends))
}

/// Money at the end of each quarter, by bucket and by location; nothing where the scope is not about places.
pub(super) fn quarters(sight: &Sight<'_>) -> Option<String> {
    let money = sight.report.money.as_ref()?;
    Some(places(sight, money, &money.quarters, <[i64]>::to_vec))
}

/// A line for each bucket and location with `shown` of its quarters, which stand under `heads`, and one of all.
fn places(
    sight: &Sight<'_>,
    money: &Money,
    heads: &[impl ToString],
    shown: impl Fn(&[i64]) -> Vec<i64>,
) -> String {
    let mut table = Table::new(sight.member.currency);
    let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
    table.row(
        [Field::Text("kind"), Field::Text("name")]
            .into_iter()
            .chain(heads.iter().map(|head| Field::Text(head))),
    );
    let mut line = |kind, name, values: &[i64]| {
        let numbers = shown(values).into_iter().map(Field::Minor);
        table.row([Field::Text(kind), Field::Text(name)].into_iter().chain(numbers));
    };
    for one in &sight.book.buckets {
        if let Some(values) = money.buckets.get(&one.id) {
            line("bucket", &one.name, values);
        }
    }
    for one in &sight.book.locations {
        if let Some(values) = money.locations.get(&one.id) {
            line("location", &one.name, values);
        }
    }
    line("total", "All", &money.total());
    table.finish()
}

/// An average month of each year; nothing while no month is over.
pub(super) fn average(sight: &Sight<'_>) -> Option<String> {
    let average = Average::of(sight)?;
    let mut table = Table::new(sight.member.currency);
    let heads: Vec<String> = sight.report.years.iter().map(ToString::to_string).collect();
    table.row(
        [Field::Text("average month")]
            .into_iter()
            .chain(heads.iter().map(|head| Field::Text(head)))
            .chain([Field::Text("all years")]),
    );
    for row in &average.rows {
        let numbers = row.minor.iter().map(|minor| match minor {
            Some(minor) => Field::Minor(*minor),
            None => Field::Empty,
        });
        table.row([Field::Text(&row.name)].into_iter().chain(numbers));
    }
    Some(table.finish())
}

/// A picture by its name.
pub(super) fn picture(sight: &Sight<'_>, name: &str) -> Option<String> {
    match name {
        "result.svg" => chart::picture(sight).file(),
        "by-bucket.svg" => stacks::picture(sight, By::Bucket)?.file(),
        "by-location.svg" => stacks::picture(sight, By::Location)?.file(),
        _ => None,
    }
}
