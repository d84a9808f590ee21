//! The four figures at the head of a report.

use super::links::{Link, RESULT};
use super::number::{Figure, Number, Pen, Than};
use crate::ledger::Kind;
use crate::reports::flows::Flows;

/// Income, expenses, result and what is kept, of the first span against the second; `link` leads to the entries of some kinds.
pub(super) fn figures(
    pen: Pen<'_>,
    flows: &Flows,
    (now, before): (usize, usize),
    than: &Than,
    link: &dyn Fn(&[Kind]) -> Link,
) -> Vec<Figure> {
    let figure = |label, number: Number, kinds: &[Kind], note| Figure {
        label,
        number: number.to(link(kinds).href()),
        note,
    };
    let (income, result) = (flows.income(now), flows.result(now));
    let spent = |span| flows.expense(span).saturating_neg();
    vec![
        figure(
            "Income",
            pen.figure(income, true),
            &[Kind::Income],
            than.compare(pen, income, flows.income(before)),
        ),
        figure(
            "Expenses",
            pen.figure(flows.expense(now), false),
            &[Kind::Expense],
            than.compare(pen, spent(now), spent(before)),
        ),
        figure(
            "Result",
            pen.figure(result, true),
            &RESULT,
            than.compare(pen, result, flows.result(before)),
        ),
        Figure {
            label: "Kept of income",
            number: pen.kept(result, income),
            note: than.share(pen, flows.result(before), flows.income(before)),
        },
    ]
}
