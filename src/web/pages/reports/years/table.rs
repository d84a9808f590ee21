//! Categories by year, with totals, shares, the result and what was kept.

use super::Sight;
use crate::ledger::{Kind, Sign};
use crate::reports::unusual::{Rule, magnitude};
use crate::web::pages::reports::links::RESULT;
use crate::web::pages::reports::number::{Number, Pen, Style};
use crate::web::pages::reports::ranked::{Ranked, ranked};

/// An expense of a year is marked when it is this part of what a full year takes above its own average.
const MARGIN_PART: i64 = 50;

/// The table.
pub(super) struct Table {
    pub(super) groups: Vec<Group>,
    pub(super) result: Row,
    pub(super) kept: Row,
    /// The rule by which cells are marked, in words; nothing without a full year.
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
    pub(super) years: Vec<Number>,
    pub(super) total: Number,
    /// Of all years; nothing where a part is below zero.
    pub(super) share: String,
}

/// The categories of a sign, the largest first; ties by name.
pub(super) fn sorted<'a>(sight: &Sight<'a>, sign: Sign) -> Vec<Ranked<'a>> {
    let shown: Vec<usize> = (0..sight.report.years.len()).collect();
    ranked(sight, &sight.report.flows, sign, &(0..shown.len()), &shown)
}

impl Table {
    pub(super) fn of(sight: &Sight<'_>) -> Self {
        let rule = rule(sight);
        let groups = [
            (Sign::Positive, "Income", "All income", Kind::Income),
            (
                Sign::Negative,
                "Expenses, largest first",
                "All expenses",
                Kind::Expense,
            ),
            (Sign::Neutral, "Beside the result", "", Kind::Transfer), // without a total
        ];
        let groups = groups.into_iter().filter_map(|(sign, title, total, kind)| {
            let sums = sorted(sight, sign);
            let has_shares = sign != Sign::Neutral && sums.iter().all(|one| one.total >= 0);
            let whole = sums.iter().fold(0, |sum: i64, one| sum.saturating_add(one.total));
            let rows: Vec<Row> = sums
                .iter()
                .filter(|one| {
                    sign != Sign::Neutral
                        || (0..sight.report.years.len()).any(|year| one.line.minor(year) != 0)
                })
                .map(|one| Row {
                    share: if has_shares && whole > 0 {
                        sight.member.number_format.share(one.total, whole)
                    } else {
                        String::new()
                    },
                    ..Row::of(sight, sign, one, rule)
                })
                .collect();
            (!rows.is_empty()).then(|| Group {
                title,
                rows,
                total: (sign != Sign::Neutral).then(|| Row {
                    share: if has_shares && whole > 0 {
                        "100%".to_owned()
                    } else {
                        String::new()
                    },
                    ..Row::sum(
                        sight,
                        total,
                        |year| magnitude(sign, sight.report.flows.of_sign(sign, year)),
                        Style::Amount,
                        &[kind],
                    )
                }),
            })
        });
        Self {
            groups: groups.collect(),
            result: Row::sum(
                sight,
                "Result",
                |year| sight.report.flows.result(year),
                Style::Result,
                &RESULT,
            ),
            kept: kept(sight),
            rule: rule.map(|rule| {
                format!(
                    "at least 2.5 times the average of the full years and {} above it, which is a fiftieth of what a full year takes",
                    sight.pen().amount(rule.margin_minor)
                )
            }),
        }
    }
}

/// The rule for marks; nothing without a full year.
fn rule(sight: &Sight<'_>) -> Option<Rule> {
    let full: Vec<usize> = sight.full_years().collect();
    let spent = full.iter().fold(0, |sum: i64, year| {
        sum.saturating_add(sight.report.flows.expense(*year))
    });
    let count = i64::from(sight.report.full_years);
    (count > 0).then(|| Rule::of(spent / count, MARGIN_PART))
}

fn kept(sight: &Sight<'_>) -> Row {
    let report = sight.report;
    let flows = &report.flows;
    let years = (0..report.years.len()).map(|year| sight.pen().kept(flows.result(year), flows.income(year)));
    Row {
        name: "Kept of income".to_owned(),
        years: years.collect(),
        total: sight.pen().kept(
            report.over_all(|year| flows.result(year)),
            report.over_all(|year| flows.income(year)),
        ),
        share: String::new(),
    }
}

impl Row {
    fn of(sight: &Sight<'_>, sign: Sign, sums: &Ranked<'_>, rule: Option<Rule>) -> Self {
        let link = sight.link().category(sums.id);
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
        let full: Vec<usize> = sight.full_years().collect();
        let usual = full.iter().fold(0, |sum: i64, year| {
            sum.saturating_add(magnitude(sign, sums.line.minor(*year)))
        });
        let full_years = sight.report.full_years;
        let years = sight.report.years.iter().enumerate().map(|(place, year)| {
            let minor = magnitude(sign, sums.line.minor(place));
            let is_marked =
                sign == Sign::Negative && rule.is_some_and(|rule| rule.marks(minor, usual, full_years));
            write(sight.cells(), minor, sums.line.has_entries(place))
                .marked(is_marked)
                .to(link.clone().year(*year).href())
        });
        Self {
            name: sums.name.to_owned(),
            years: years.collect(),
            total: write(sight.pen(), sums.total, true).to(link.href()),
            share: String::new(),
        }
    }

    fn sum(sight: &Sight<'_>, name: &str, of: impl Fn(usize) -> i64, style: Style, kinds: &[Kind]) -> Self {
        let link = sight.link().kinds(kinds);
        let years = sight.report.years.iter().enumerate().map(|(place, year)| {
            sight
                .cells()
                .styled(style, of(place))
                .to(link.clone().year(*year).href())
        });
        Self {
            name: name.to_owned(),
            years: years.collect(),
            total: sight
                .pen()
                .styled(style, sight.report.over_all(&of))
                .to(link.href()),
            share: String::new(),
        }
    }
}
