//! A month by category, against the month before and the same month last year.

use super::Sight;
use crate::ledger::{Kind, Sign};
use crate::reports::monthly::Monthly;
use crate::reports::unusual::{Rule, magnitude};
use crate::web::pages::bar::width;
use crate::web::pages::reports::links::{BESIDE, Link, RESULT};
use crate::web::pages::reports::number::{Number, Pen};
use crate::web::pages::reports::ranked::{Ranked, ranked};
use crate::web::pages::reports::words;

/// An expense is marked when it is this part of what a month usually takes above its own average.
const MARGIN_PART: i64 = 20;

/// The table.
pub(super) struct Categories {
    pub(super) groups: Vec<Group>,
    pub(super) result: Row,
    /// The rule by which rows are marked, in words; nothing without a past to compare with.
    pub(super) rule: Option<String>,
}

/// The categories of one sign.
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) bar: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) total: Option<Row>,
}

/// One category, or a sum.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) now: Number,
    pub(super) width: String,
    pub(super) before: Number,
    pub(super) since_before: Number,
    pub(super) year_ago: Number,
    pub(super) since_year_ago: Number,
}

/// The categories of a sign that have entries in one of the three months, the largest first; ties by name.
pub(super) fn sorted<'a>(sight: &Sight<'a>, sign: Sign) -> Vec<Ranked<'a>> {
    let shown = [Monthly::NOW, Monthly::BEFORE, Monthly::YEAR_AGO];
    ranked(
        sight,
        &sight.report.flows,
        sign,
        &(Monthly::NOW..Monthly::NOW + 1),
        &shown,
    )
}

impl Categories {
    pub(super) fn of(sight: &Sight<'_>) -> Self {
        let rule = rule(sight.report);
        let groups = [
            (Sign::Positive, "Income", "bar", "All income"),
            (
                Sign::Negative,
                "Expenses, largest first",
                "bar out",
                "All expenses",
            ),
            (Sign::Neutral, "Beside the result", "", ""),
        ];
        let groups = groups.into_iter().filter_map(|(sign, title, bar, total)| {
            let sums = sorted(sight, sign);
            let largest = sums.iter().map(|one| one.total).max().unwrap_or(0);
            let rows = sums
                .iter()
                .map(|one| Row::of(sight, sign, one, largest, rule))
                .collect();
            (!sums.is_empty()).then(|| Group {
                title,
                bar,
                rows,
                total: (sign != Sign::Neutral).then(|| Row::total(sight, sign, total)),
            })
        });
        Self {
            groups: groups.collect(),
            result: Row::result(sight),
            rule: rule.map(|rule| {
                format!(
                    "at least 2.5 times the category’s average of the {} before and {} above it, which is a twentieth of what a month usually takes",
                    months(sight.report.usual_months),
                    Pen::exact(sight.member).amount(rule.margin_minor)
                )
            }),
        }
    }
}

fn months(number: u32) -> String {
    match number {
        1 => "month".to_owned(),
        many => format!("{many} months"),
    }
}

/// The rule for marks; nothing without a month before.
pub(super) fn rule(report: &Monthly) -> Option<Rule> {
    let months = i64::from(report.usual_months);
    (months > 0).then(|| Rule::of(report.flows.expense(Monthly::USUAL) / months, MARGIN_PART))
}

impl Row {
    fn of(sight: &Sight<'_>, sign: Sign, sums: &Ranked<'_>, largest: i64, rule: Option<Rule>) -> Self {
        let usual = magnitude(sign, sums.line.minor(Monthly::USUAL));
        let is_marked = sign == Sign::Negative
            && rule.is_some_and(|rule| rule.marks(sums.total, usual, sight.report.usual_months));
        let link = Link::within(&sight.scope).category(sums.id);
        let pen = Pen::exact(sight.member);
        let number = |span: usize, minor| {
            let is_there = sums.line.has_entries(span);
            let number = if sign == Sign::Neutral {
                Number {
                    text: pen.signed(minor),
                    ..pen.number_of(minor, is_there)
                }
            } else {
                pen.number_of(minor, is_there)
            };
            sight.number(number, &link, span)
        };
        Self {
            name: sums.name.to_owned(),
            href: link.clone().month(sight.report.month).href(),
            now: number(Monthly::NOW, sums.total).marked(is_marked),
            width: width(sums.total, largest),
            before: number(Monthly::BEFORE, sums.of(Monthly::BEFORE)),
            since_before: pen.change(sums.total.saturating_sub(sums.of(Monthly::BEFORE))),
            year_ago: number(Monthly::YEAR_AGO, sums.of(Monthly::YEAR_AGO)),
            since_year_ago: pen.change(sums.total.saturating_sub(sums.of(Monthly::YEAR_AGO))),
        }
    }

    fn total(sight: &Sight<'_>, sign: Sign, name: &str) -> Self {
        let kind = if sign == Sign::Negative {
            Kind::Expense
        } else {
            Kind::Income
        };
        let flows = &sight.report.flows;
        let pen = Pen::exact(sight.member);
        let of = |span| magnitude(sign, flows.of_sign(sign, span));
        Self::sum(sight, name, of, |minor| pen.number(minor), &[kind])
    }

    fn result(sight: &Sight<'_>) -> Self {
        let flows = &sight.report.flows;
        let pen = Pen::exact(sight.member);
        Self::sum(
            sight,
            "Result",
            |span| flows.result(span),
            |minor| pen.result(minor),
            &RESULT,
        )
    }

    fn sum(
        sight: &Sight<'_>,
        name: &str,
        of: impl Fn(usize) -> i64,
        write: impl Fn(i64) -> Number,
        kinds: &[Kind],
    ) -> Self {
        let link = Link::within(&sight.scope).kinds(kinds);
        let pen = Pen::exact(sight.member);
        let number = |span| sight.number(write(of(span)), &link, span);
        let change = |span| pen.change(of(Monthly::NOW).saturating_sub(of(span)));
        Self {
            name: name.to_owned(),
            href: String::new(),
            now: number(Monthly::NOW),
            width: String::new(),
            before: number(Monthly::BEFORE),
            since_before: change(Monthly::BEFORE),
            year_ago: number(Monthly::YEAR_AGO),
            since_year_ago: change(Monthly::YEAR_AGO),
        }
    }
}

/// What stands beside the result, in words.
pub(super) fn beside(sight: &Sight<'_>) -> Option<String> {
    let now = Monthly::NOW;
    let sums = sorted(sight, Sign::Neutral);
    let parts = sums.iter().map(|one| {
        (
            one.name,
            one.total,
            one.line.entries(now),
            one.line.has_entries(now),
        )
    });
    words::beside(sight.member, parts)
}

/// The link to what is beside the result.
pub(super) fn beside_link(sight: &Sight<'_>) -> String {
    Link::within(&sight.scope)
        .kinds(&BESIDE)
        .month(sight.report.month)
        .href()
}
