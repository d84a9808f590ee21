//! What stands out in the history: years that are over and lost money, and the largest changes between the first and the last full year.

use super::Sight;
use crate::reports::unusual::changes;
use crate::web::pages::reports::finding::{Finding, change};
use crate::web::pages::reports::number::Than;

/// Years that lost money and get a line.
const LOSSES_MAX: usize = 3;
/// Changes that get a line.
const CHANGES_MAX: usize = 3;

pub(super) fn findings(sight: &Sight<'_>) -> Vec<Finding> {
    let mut found = losses(sight);
    found.extend(between_full_years(sight));
    found
}

/// `2023 lost 11,991.43.` The largest losses first.
fn losses(sight: &Sight<'_>) -> Vec<Finding> {
    let flows = &sight.report.flows;
    let mut lost: Vec<_> = sight
        .report
        .years
        .iter()
        .enumerate()
        .filter(|(_, year)| !sight.is_unfinished(**year))
        .map(|(place, year)| (flows.result(place), *year))
        .filter(|(result, _)| *result < 0)
        .collect();
    lost.sort_unstable();
    let line = |(result, year): (i64, crate::period::Year)| Finding {
        before: String::new(),
        name: year.to_string(),
        href: sight.asked.href(&super::super::year::path(year)),
        after: format!(" lost {}.", sight.pen().amount(result.saturating_neg())),
    };
    lost.into_iter().take(LOSSES_MAX).map(line).collect()
}

/// The largest changes between the first and the last full year.
fn between_full_years(sight: &Sight<'_>) -> Vec<Finding> {
    let full: Vec<usize> = sight.full_years().collect();
    let (Some(first), Some(last)) = (full.first(), full.last()) else {
        return Vec::new();
    };
    let year = |place: usize| sight.report.years.get(place).copied();
    let (Some(then), Some(now), true) = (year(*first), year(*last), first < last) else {
        return Vec::new();
    };
    let compared = Than {
        name: format!("{then}"),
        when: format!("in {then}"),
        is_known: true,
    };
    changes(&sight.report.flows, *last, *first)
        .into_iter()
        .take(CHANGES_MAX)
        .filter_map(|one| {
            let name = &sight.book.category(one.category)?.name;
            let href = sight.link().category(one.category).year(now).href();
            let mut finding = change(sight.pen(), name, href, one, &compared);
            finding.before = format!("{now}, ");
            Some(finding)
        })
        .collect()
}
