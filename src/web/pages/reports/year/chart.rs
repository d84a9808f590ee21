//! Profit and loss by month, as a picture.

use super::Sight;
use crate::charts::{Bar, Words, result};
use crate::web::pages::reports::number::Pen;
use crate::web::pages::reports::picture::Picture;
use crate::web::pages::reports::words::best_and_worst;

pub(super) fn picture(sight: &Sight<'_>) -> Picture {
    let flows = &sight.report.flows;
    let year = sight.report.year;
    let whole = Pen {
        member: sight.member,
        whole: true,
    };
    let known = sight.known_months();
    let bars: Vec<Bar> = sight
        .months()
        .enumerate()
        .map(|(place, month)| Bar {
            label: month.short_name().to_owned(),
            income: flows.income(place),
            expense: flows.expense(place).saturating_neg(),
            result: flows.result(place),
            result_text: if place < known {
                whole.signed(flows.result(place))
            } else {
                String::new()
            },
            unfinished: month.range().contains(sight.today),
        })
        .collect();
    let results = sight
        .months()
        .enumerate()
        .filter(|(place, month)| !flows.is_empty(*place) && month.range().until <= sight.today)
        .map(|(place, month)| (month.name().to_owned(), flows.result(place)));
    let words = Words {
        id: "result".to_owned(),
        title: format!("Income, expenses and result by month, {year}"),
        description: format!(
            "{} The table below has every number.",
            best_and_worst(Pen::exact(sight.member), "month", &results.collect::<Vec<_>>())
        ),
    };
    Picture::of(sight.member, |width, axis| result(&words, width, axis, &bars))
}
