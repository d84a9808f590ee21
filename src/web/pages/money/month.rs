//! The month so far: income, expenses, result, and where the spending went.

use chrono::{Datelike, NaiveDate};

use crate::households::Member;
use crate::ledger::book::Category;
use crate::ledger::{Book, Sign};
use crate::period::Month;
use crate::reports::month::MonthSums;
use crate::web::pages::bar::width;

/// Categories that get a line of their own.
const RANKED_MAX: usize = 7;

/// The month as the page shows it; all numbers are text already.
pub(super) struct MonthSoFar {
    pub(super) name: &'static str,
    pub(super) days: String,
    pub(super) href: String,
    pub(super) income: Figure,
    pub(super) expense: Figure,
    pub(super) result: Figure,
    /// Income by category.
    pub(super) earned: Vec<Ranked>,
    /// Spending by category.
    pub(super) spent: Vec<Ranked>,
    /// What changed the household's money beside income and expense.
    pub(super) beside: Option<String>,
}

/// A signed number and how it is coloured.
pub(super) struct Figure {
    pub(super) text: String,
    pub(super) class: &'static str,
}

/// One category's part, as text and as the width of a bar of 100.
pub(super) struct Ranked {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) amount: String,
    pub(super) width: String,
}

impl MonthSoFar {
    pub(super) fn of(member: &Member, today: NaiveDate, month: Month, book: &Book, sums: &MonthSums) -> Self {
        let beside = sums.of_sign(book, Sign::Neutral);
        Self {
            name: month.name(),
            days: format!("{} of {} days", today.day(), month.days()),
            href: format!("/transactions?period={month}"),
            income: Figure::of(member, sums.of_sign(book, Sign::Positive)),
            expense: Figure {
                class: "",
                ..Figure::of(member, sums.of_sign(book, Sign::Negative))
            },
            result: Figure::of(member, sums.result(book)),
            earned: ranked(member, month, book, sums, Sign::Positive),
            spent: ranked(member, month, book, sums, Sign::Negative),
            beside: (beside != 0).then(|| member.number_format.signed(beside, member.currency)),
        }
    }
}

impl Figure {
    fn of(member: &Member, minor: i64) -> Self {
        let class = match minor {
            1.. => "amount in",
            0 => "",
            _ => "amount short",
        };
        Self {
            text: member.number_format.signed(minor, member.currency),
            class,
        }
    }
}

/// Income or spending by category, the largest first. When there are many, the last line holds the rest together.
fn ranked(member: &Member, month: Month, book: &Book, sums: &MonthSums, sign: Sign) -> Vec<Ranked> {
    let (kind, factor) = if sign == Sign::Negative {
        ("expense", -1)
    } else {
        ("income", 1)
    };
    let mut parts: Vec<(&Category, i64)> = sums
        .by_category
        .iter()
        .filter_map(|(id, minor)| {
            Some((
                book.category(*id).filter(|category| category.sign == sign)?,
                minor.checked_mul(factor)?,
            ))
        })
        .filter(|(_, minor)| *minor > 0)
        .collect();
    parts.sort_by_key(|(_, minor)| std::cmp::Reverse(*minor));
    let largest = parts.first().map_or(0, |(_, minor)| *minor);
    let line = |name: String, filter: String, minor: i64| Ranked {
        name,
        href: format!("/transactions?{filter}&period={month}"),
        amount: member.number_format.amount(minor, member.currency),
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
        .map(|(category, minor)| line(category.name.clone(), format!("category={}", category.id), minor))
        .collect();
    if !rest.is_empty() {
        let count = i64::try_from(rest.len()).unwrap_or(i64::MAX);
        let names: Vec<&str> = rest.iter().map(|(category, _)| category.name.as_str()).collect();
        let sum = rest
            .iter()
            .fold(0, |sum: i64, (_, minor)| sum.saturating_add(*minor));
        lines.push(line(
            format!("{} more: {}", member.number_format.count(count), names.join(", ")),
            format!("kind={kind}"),
            sum,
        ));
    }
    lines
}
