//! Categories by month, with totals, the result and the money at each month's end.

use super::{MONTHS, Sight};
use crate::ledger::{Kind, Sign};
use crate::reports::unusual::{Rule, magnitude};
use crate::reports::yearly::Yearly;
use crate::web::pages::reports::links::{Link, RESULT};
use crate::web::pages::reports::number::{Number, Pen, Style};
use crate::web::pages::reports::ranked::{Ranked, ranked};

/// An expense of a month is marked when it is this part of what a month usually takes above its own average.
const MARGIN_PART: i64 = 20;

/// The table.
pub(super) struct Table {
    pub(super) groups: Vec<Group>,
    pub(super) result: Row,
    /// Nothing where the scope is not about places.
    pub(super) money: Option<Row>,
    /// The rule by which cells are marked, in words.
    pub(super) rule: Option<String>,
}

/// The categories of one sign.
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) total: Option<Row>,
}

/// One category, or a sum.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) months: Vec<Number>,
    /// Of the whole year, always exact.
    pub(super) total: Number,
    pub(super) change: Number,
}

/// The categories of a sign that have entries in the year or in the one before, the largest first; ties by name.
pub(super) fn sorted<'a>(sight: &Sight<'a>, sign: Sign) -> Vec<Ranked<'a>> {
    let shown: Vec<usize> = (0..=Yearly::BEFORE).collect();
    ranked(sight, &sight.report.flows, sign, &(0..MONTHS), &shown)
}

impl Table {
    pub(super) fn of(sight: &Sight<'_>) -> Self {
        let rule = rule(sight);
        let groups = [
            (Sign::Positive, "Income", "All income"),
            (Sign::Negative, "Expenses, largest first", "All expenses"),
            (Sign::Neutral, "Beside the result", ""),
        ];
        let groups = groups.into_iter().filter_map(|(sign, title, total)| {
            let rows: Vec<Row> = sorted(sight, sign)
                .iter()
                .filter(|one| sign != Sign::Neutral || (0..MONTHS).any(|month| one.line.minor(month) != 0))
                .map(|one| Row::of(sight, sign, one, rule))
                .collect();
            (!rows.is_empty()).then(|| Group {
                title,
                rows,
                total: (sign != Sign::Neutral).then(|| Row::total(sight, sign, total)),
            })
        });
        Self {
            groups: groups.collect(),
            result: Row::result(sight),
            money: Row::money(sight),
            rule: rule.map(|rule| {
                format!(
                    "at least 2.5 times the category’s monthly average and {} above it, which is a twentieth of what a month takes",
                    Pen::exact(sight.member).amount(rule.margin_minor)
                )
            }),
        }
    }
}

/// The rule for marks, from what a month of this year takes; nothing before one has begun.
fn rule(sight: &Sight<'_>) -> Option<Rule> {
    let months = i64::from(sight.report.usual_months);
    (months > 0).then(|| {
        let begun = (0..sight.report.begun).fold(0, |sum: i64, month| {
            sum.saturating_add(sight.report.flows.expense(month))
        });
        Rule::of(begun / months, MARGIN_PART)
    })
}

impl Row {
    fn of(sight: &Sight<'_>, sign: Sign, sums: &Ranked<'_>, rule: Option<Rule>) -> Self {
        let link = Link::within(&sight.scope).category(sums.id);
        let cells = sight.pen();
        let write = |pen: Pen<'_>, minor, is_there| {
            let number = pen.number_of(minor, is_there);
            if sign == Sign::Neutral {
                Number {
                    text: pen.signed(minor),
                    ..number
                }
            } else {
                number
            }
        };
        let usual = magnitude(sign, sums.line.over(0..sight.report.begun));
        let months = sight.months().enumerate().map(|(place, month)| {
            let minor = magnitude(sign, sums.line.minor(place));
            let is_marked = sign == Sign::Negative
                && rule.is_some_and(|rule| rule.marks(minor, usual, sight.report.usual_months));
            write(cells, minor, sums.line.has_entries(place))
                .marked(is_marked)
                .to(link.clone().month(month).href())
        });
        let is_there = (0..MONTHS).any(|month| sums.line.has_entries(month));
        Self {
            name: sums.name.to_owned(),
            months: months.collect(),
            total: write(Pen::exact(sight.member), sums.total, is_there)
                .to(link.clone().year(sight.report.year).href()),
            change: cells.change(sums.total.saturating_sub(sums.of(Yearly::BEFORE))),
        }
    }

    fn total(sight: &Sight<'_>, sign: Sign, name: &str) -> Self {
        let kind = if sign == Sign::Negative {
            Kind::Expense
        } else {
            Kind::Income
        };
        let report = sight.report;
        let month = |place| magnitude(sign, report.flows.of_sign(sign, place));
        let year = |place| magnitude(sign, report.whole.of_sign(sign, place));
        Self::sum(sight, name, (&month, &year), Style::Amount, &[kind])
    }

    fn result(sight: &Sight<'_>) -> Self {
        let report = sight.report;
        let month = |place| report.flows.result(place);
        let year = |place| report.whole.result(place);
        Self::sum(sight, "Result", (&month, &year), Style::Result, &RESULT)
    }

    /// A row of sums: of each month, and of the whole year.
    fn sum(
        sight: &Sight<'_>,
        name: &str,
        (month, year): (&dyn Fn(usize) -> i64, &dyn Fn(usize) -> i64),
        style: Style,
        kinds: &[Kind],
    ) -> Self {
        let link = Link::within(&sight.scope).kinds(kinds);
        let cells = sight.pen();
        let months = sight.months().enumerate().map(|(place, of)| {
            let number = cells.styled(style, month(place));
            let is_nothing = sight.report.flows.is_empty(place);
            Number {
                is_nothing: is_nothing || number.is_nothing,
                ..number
            }
            .to(link.clone().month(of).href())
        });
        let (total, past) = (year(Yearly::WHOLE), year(Yearly::PAST));
        Self {
            name: name.to_owned(),
            months: months.collect(),
            total: Pen::exact(sight.member)
                .styled(style, total)
                .to(link.clone().year(sight.report.year).href()),
            change: cells.change(total.saturating_sub(past)),
        }
    }

    fn money(sight: &Sight<'_>) -> Option<Self> {
        let ends = sight.report.month_ends()?;
        let link = Link::within(&sight.scope);
        let cells = sight.pen();
        let number = |pen: Pen<'_>, minor: i64, day: Option<chrono::NaiveDate>| {
            let number = Number {
                is_nothing: false,
                ..pen.money(minor)
            };
            match day {
                Some(day) => number.to(link.clone().until_end_of(day).href()),
                None => number,
            }
        };
        let known = sight.known_months();
        let months = sight
            .months()
            .zip(&ends)
            .enumerate()
            .map(|(place, (month, minor))| {
                if place < known {
                    number(cells, *minor, month.range().until.pred_opt())
                } else {
                    cells.number(0)
                }
            });
        Some(Self {
            name: "Money at month’s end".to_owned(),
            months: months.collect(),
            total: number(
                Pen::exact(sight.member),
                ends.last().copied()?,
                sight.report.year.range().until.pred_opt(),
            ),
            change: Number::default(),
        })
    }
}
