//! Profit and loss by year, as a picture.

use super::Sight;
use crate::charts::{Bar, Words, result};
use crate::web::pages::reports::number::Pen;
use crate::web::pages::reports::picture::Picture;
use crate::web::pages::reports::words::best_and_worst;

pub(super) fn picture(sight: &Sight<'_>) -> Picture {
    let report = sight.report;
    let flows = &report.flows;
    let whole = Pen {
        member: sight.member,
        whole: true,
    };
    let bars: Vec<Bar> = report
        .years
        .iter()
        .enumerate()
        .map(|(place, year)| Bar {
            label: year.to_string(),
            income: flows.income(place),
            expense: flows.expense(place).saturating_neg(),
            result: flows.result(place),
            result_text: whole.signed(flows.result(place)),
            unfinished: sight.is_unfinished(*year),
        })
        .collect();
    let (Some(first), Some(last)) = (report.years.first(), report.years.last()) else {
        return Picture::default();
    };
    let over = report
        .years
        .iter()
        .enumerate()
        .filter(|(_, year)| !sight.is_unfinished(**year));
    let results: Vec<(String, i64)> = over
        .map(|(place, year)| (year.to_string(), flows.result(place)))
        .collect();
    let open = report
        .years
        .last()
        .filter(|year| sight.is_unfinished(**year))
        .map_or_else(String::new, |year| format!(" {year} is not over."));
    let words = Words {
        id: "result".to_owned(),
        title: format!("Income, expenses and result by year, {first} to {last}"),
        description: format!(
            "{}{open} The tables below have every number.",
            best_and_worst(Pen::exact(sight.member), "year", &results)
        ),
    };
    Picture::of(sight.member, |width, axis| result(&words, width, axis, &bars))
}
