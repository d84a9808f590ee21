//! What stands out in a month, by rules that the page states.

use super::Sight;
use crate::reports::largest::Largest;
use crate::reports::monthly::Monthly;
use crate::reports::unusual::{Change, changes};
use crate::web::pages::reports::finding::{Finding, change, largest_expense};
use crate::web::pages::reports::links::Link;
use crate::web::pages::reports::number::{Pen, Than};

/// Changes against the month before that get a line.
const AGAINST_BEFORE: usize = 3;

/// The lines, the most important one first; empty where there is nothing to compare.
pub(super) fn findings(sight: &Sight<'_>, largest: Option<&Largest>) -> Vec<Finding> {
    let mut found = Vec::new();
    let against = |span, most| {
        let is_known = !sight.report.flows.is_empty(span);
        let all = if is_known {
            changes(&sight.report.flows, Monthly::NOW, span)
        } else {
            Vec::new()
        };
        all.into_iter().take(most).collect::<Vec<Change>>()
    };
    let recent = against(Monthly::BEFORE, AGAINST_BEFORE);
    let (before, year_ago) = (sight.than(Monthly::BEFORE), sight.than(Monthly::YEAR_AGO));
    for one in &recent {
        found.extend(line(sight, *one, &before));
    }
    let named = |one: &Change| recent.iter().any(|known| known.category == one.category);
    let long_ago = against(Monthly::YEAR_AGO, usize::MAX);
    if let Some(one) = long_ago.iter().find(|one| !named(one)) {
        found.extend(line(sight, *one, &year_ago));
    }
    found.extend(largest.map(|one| largest_expense(sight.member, sight.today, sight.book, one)));
    found
}

fn line(sight: &Sight<'_>, one: Change, than: &Than) -> Option<Finding> {
    let name = &sight.book.category(one.category)?.name;
    let href = Link::within(&sight.scope)
        .category(one.category)
        .month(sight.report.month)
        .href();
    Some(change(Pen::exact(sight.member), name, href, one, than))
}

/// The rule in words, as far as there is a past to compare with.
pub(super) fn rule(sight: &Sight<'_>) -> String {
    let names = [Monthly::BEFORE, Monthly::YEAR_AGO].map(|span| sight.than(span).name);
    match &names {
        [before, _] if before.is_empty() => "The largest single expense.".to_owned(),
        [before, year_ago] if year_ago.is_empty() => {
            format!("The three largest changes against {before}, and the largest single expense.")
        }
        [before, year_ago] => format!(
            "The three largest changes against {before}, the largest other one against {year_ago}, and the largest single expense."
        ),
    }
}
