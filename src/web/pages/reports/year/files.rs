//! The table and the picture of a year as files.

use super::table::sorted;
use super::{MONTHS, Sight, chart};
use crate::exchange::{Field, Table};
use crate::ledger::Sign;
use crate::reports::unusual::magnitude;
use crate::reports::yearly::Yearly;
use crate::web::pages::reports::words::{kind, span};

/// Categories by month, as on the page and exact: spending is above zero.
pub(super) fn categories(sight: &Sight<'_>) -> String {
    let report = sight.report;
    let mut table = Table::new(sight.member.currency);
    let mut heads: Vec<String> = sight.months().map(|month| month.to_string()).collect();
    heads.push(report.year.to_string());
    heads.push(report.past_range().map_or_else(String::new, span));
    table.row(
        [Field::Text("kind"), Field::Text("category")]
            .into_iter()
            .chain(heads.iter().map(|head| Field::Text(head))),
    );
    for sign in [Sign::Positive, Sign::Negative, Sign::Neutral] {
        for one in sorted(sight, sign) {
            let months = (0..MONTHS).map(|month| Field::Minor(magnitude(sign, one.line.minor(month))));
            table.row(
                [Field::Text(kind(sign)), Field::Text(one.name)]
                    .into_iter()
                    .chain(months)
                    .chain([Field::Minor(one.total), Field::Minor(one.of(Yearly::BEFORE))]),
            );
        }
    }
    let mut total = |name, of: &dyn Fn(usize) -> i64, whole: [i64; 2]| {
        table.row(
            [Field::Text("total"), Field::Text(name)]
                .into_iter()
                .chain((0..MONTHS).map(|month| Field::Minor(of(month))))
                .chain(whole.map(Field::Minor)),
        );
    };
    let (flows, whole) = (&report.flows, &report.whole);
    let both = |of: &dyn Fn(usize) -> i64| [of(Yearly::WHOLE), of(Yearly::PAST)];
    let spent = |minor| magnitude(Sign::Negative, minor);
    total(
        "All income",
        &|month| flows.income(month),
        both(&|span| whole.income(span)),
    );
    total(
        "All expenses",
        &|month| spent(flows.expense(month)),
        both(&|span| spent(whole.expense(span))),
    );
    total(
        "Result",
        &|month| flows.result(month),
        both(&|span| whole.result(span)),
    );
    if let (Some(ends), Some(before)) = (report.month_ends(), report.money_before) {
        let at = |month: usize| ends.get(month).copied().unwrap_or(0);
        // What was there at the end of the year before is not what was there on the day that it is compared up to.
        let past = if report.so_far.is_none() {
            Field::Minor(before)
        } else {
            Field::Empty
        };
        table.row(
            [Field::Text("total"), Field::Text("Money at the end")]
                .into_iter()
                .chain((0..MONTHS).map(|month| Field::Minor(at(month))))
                .chain([Field::Minor(at(MONTHS - 1)), past]),
        );
    }
    table.finish()
}

/// The picture.
pub(super) fn picture(sight: &Sight<'_>) -> Option<String> {
    chart::picture(sight).file()
}
