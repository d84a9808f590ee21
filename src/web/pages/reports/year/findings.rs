//! What stands out in a year: the largest changes, months that lost money, and the largest single expense.

use super::Sight;
use crate::period::Month;
use crate::reports::largest::Largest;
use crate::reports::unusual::changes;
use crate::reports::yearly::Yearly;
use crate::web::pages::reports::finding::{Finding, change, largest_expense};
use crate::web::pages::reports::links::{Link, RESULT};
use crate::web::pages::reports::number::{Pen, Than};

/// Changes that get a line.
const CHANGES_MAX: usize = 4;
/// Months that are called by their name.
const NAMES_MAX: usize = 4;

pub(super) fn findings(sight: &Sight<'_>, than: &Than, largest: Option<&Largest>) -> Vec<Finding> {
    let mut found = Vec::new();
    if than.is_known {
        let largest = changes(&sight.report.whole, Yearly::WHOLE, Yearly::PAST);
        found.extend(largest.into_iter().take(CHANGES_MAX).filter_map(|one| {
            let name = &sight.book.category(one.category)?.name;
            let link = Link::within(&sight.scope).category(one.category);
            let href = link.year(sight.report.year).href();
            Some(change(Pen::exact(sight.member), name, href, one, than))
        }));
    }
    found.extend(losses(sight));
    found.extend(largest.map(|one| largest_expense(sight.member, sight.today, sight.book, one)));
    found
}

/// `2 of 12 months ended below zero: April, August.`
fn losses(sight: &Sight<'_>) -> Option<Finding> {
    let flows = &sight.report.flows;
    let is_over =
        |(place, month): &(usize, Month)| !flows.is_empty(*place) && month.range().until <= sight.today;
    let known = sight.months().enumerate().filter(is_over).count();
    let lost: Vec<&str> = sight
        .months()
        .enumerate()
        .filter(is_over)
        .filter(|(place, _)| flows.result(*place) < 0)
        .map(|(_, month)| month.name())
        .collect();
    let names = if lost.len() > NAMES_MAX {
        String::new()
    } else {
        format!(": {}", lost.join(", "))
    };
    let months = if known == 1 { "month" } else { "months" };
    (!lost.is_empty()).then(|| Finding {
        before: String::new(),
        name: format!("{} of {known} {months}", lost.len()),
        href: Link::within(&sight.scope)
            .kinds(&RESULT)
            .year(sight.report.year)
            .href(),
        after: format!(" ended below zero{names}."),
    })
}
