//! The month so far: income, expenses, result, and where the spending went.

use chrono::Datelike;

use super::sight::Sight;
use crate::ids::CategoryId;
use crate::ledger::book::Category;
use crate::ledger::{Book, Kind, Sign};
use crate::reports::month::MonthSums;
use crate::web::pages::bar::width;
use crate::web::pages::links::{BESIDE, Link, RESULT, Way};
use crate::web::pages::number::Number;

/// Categories that get a line of their own.
const RANKED_MAX: usize = 7;

/// The month as the page shows it; all numbers are text already.
pub(super) struct MonthSoFar {
    pub(super) name: &'static str,
    pub(super) days: String,
    pub(super) href: String,
    /// Its report.
    pub(super) report: String,
    pub(super) income: Number,
    pub(super) expense: Number,
    pub(super) result: Number,
    /// Income by category.
    pub(super) earned: Ranking,
    /// Spending by category.
    pub(super) spent: Ranking,
    /// What changed the household's money beside income and expense.
    pub(super) beside: Option<Number>,
}

/// Categories of one kind.
pub(super) struct Ranking {
    /// Those with something, the largest first.
    pub(super) lines: Vec<Ranked>,
    /// Those of which at least as much came back: the category, and what to say after its name.
    pub(super) back: Vec<(Way, String)>,
}

/// One category's part, as text and as the width of a bar of 100.
pub(super) struct Ranked {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) amount: String,
    pub(super) width: String,
}

impl MonthSoFar {
    pub(super) fn of(sight: Sight<'_>, book: &Book, sums: &MonthSums) -> Self {
        let (pen, month) = (sight.pen(), sight.month);
        let link = |kinds: &[Kind]| Link::to_all().month(month).kinds(kinds).href();
        let beside = sums.of_sign(book, Sign::Neutral);
        Self {
            name: month.name(),
            days: format!("{} of {} days", sight.today.day(), month.days()),
            href: Link::to_all().month(month).href(),
            report: format!("/reports/month/{month}"),
            income: pen
                .figure(sums.of_sign(book, Sign::Positive), true)
                .to(link(&[Kind::Income])),
            expense: pen
                .figure(sums.of_sign(book, Sign::Negative), false)
                .to(link(&[Kind::Expense])),
            result: pen.figure(sums.result(book), true).to(link(&RESULT)),
            earned: Ranking::of(sight, book, sums, Sign::Positive),
            spent: Ranking::of(sight, book, sums, Sign::Negative),
            beside: (beside != 0).then(|| pen.change(beside).to(link(&BESIDE))),
        }
    }
}

impl Ranking {
    /// Whether nothing of the kind happened.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.back.is_empty()
    }

    fn of(sight: Sight<'_>, book: &Book, sums: &MonthSums, sign: Sign) -> Self {
        let factor = if sign == Sign::Negative { -1 } else { 1 };
        let parts = sums.by_category.iter().filter_map(|(id, minor)| {
            let category = book.category(*id).filter(|category| category.sign == sign)?;
            Some((category, minor.checked_mul(factor)?))
        });
        let (there, gone): (Vec<_>, Vec<_>) = parts.partition(|(_, minor)| *minor > 0);
        Self {
            lines: ranked(sight, there),
            back: gone
                .into_iter()
                .map(|(category, minor)| came_back(sight, category, minor))
                .collect(),
        }
    }
}

/// What to say of a category that refunds took to zero or below: `minor` is what was spent or earned.
fn came_back(sight: Sight<'_>, category: &Category, minor: i64) -> (Way, String) {
    let more = sight.pen().amount(minor.saturating_neg());
    let text = match (minor, category.sign) {
        (0, Sign::Negative) => ": all that was spent came back.".to_owned(),
        (0, _) => ": all that came in was paid back.".to_owned(),
        (_, Sign::Negative) => format!(": {more} more came back than was spent."),
        _ => format!(": {more} more was paid back than came in."),
    };
    let link = Link::to_all().month(sight.month).category(category.id);
    let way = Way {
        label: category.name.clone(),
        href: link.href(),
    };
    (way, text)
}

/// Categories with what was earned or spent, the largest first. When there are many, the last line holds the rest together.
fn ranked(sight: Sight<'_>, mut parts: Vec<(&Category, i64)>) -> Vec<Ranked> {
    parts.sort_by_key(|(_, minor)| std::cmp::Reverse(*minor));
    let largest = parts.first().map_or(0, |(_, minor)| *minor);
    let line = |name: String, categories: Vec<CategoryId>, minor: i64| Ranked {
        name,
        href: Link::to_all().month(sight.month).categories(categories).href(),
        amount: sight.pen().amount(minor),
        width: width(minor, largest),
    };
    let keep = if parts.len() > RANKED_MAX + 1 {
        RANKED_MAX
    } else {
        parts.len()
    };
    let rest = parts.split_off(keep);
    let mut lines: Vec<Ranked> = parts
        .into_iter()
        .map(|(category, minor)| line(category.name.clone(), vec![category.id], minor))
        .collect();
    if !rest.is_empty() {
        let count = i64::try_from(rest.len()).unwrap_or(i64::MAX);
        let names: Vec<&str> = rest.iter().map(|(category, _)| category.name.as_str()).collect();
        let sum = rest
            .iter()
            .fold(0, |sum: i64, (_, minor)| sum.saturating_add(*minor));
        lines.push(line(
            format!(
                "{} more: {}",
                sight.member.number_format.count(count),
                names.join(", ")
            ),
            rest.iter().map(|(category, _)| category.id).collect(),
            sum,
        ));
    }
    lines
}
