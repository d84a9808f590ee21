//! Words that several reports say, on pages and in files.

use super::head::{Empty, Way};
use super::which::Around;
use crate::households::Member;
use crate::ledger::Sign;
use crate::period::{DateRange, Month, Year};
use crate::web::pages::reports::number::Pen;

/// What stands beside the result, in words: what adds up to nothing is counted, everything else is added up. Each part is a name, a sum, a
/// number of entries where it is known, and whether there are any.
pub(super) fn beside<'a>(
    member: &Member,
    parts: impl Iterator<Item = (&'a str, i64, i64, bool)>,
) -> Option<String> {
    let pen = Pen::exact(member);
    let said: Vec<String> = parts
        .filter(|(.., is_there)| *is_there)
        .map(|(name, minor, entries, _)| match (minor, entries) {
            (0, 1) => format!("{name} (1 entry)"),
            (0, 2..) => format!("{name} ({} entries)", member.number_format.count(entries)),
            (0, _) => name.to_owned(),
            (minor, _) => format!("{name} {}", pen.signed(minor)),
        })
        .collect();
    (!said.is_empty()).then(|| format!("Not in the result: {}.", said.join(", ")))
}

/// A report without entries: `ways` lead to the nearest ones with some.
pub(super) fn empty(around: &Around<'_>, what: &str, path: &str, mut ways: Vec<Way>, plural: &str) -> Empty {
    let scope = &around.scope;
    let text = match (ways.is_empty(), scope.is_everything()) {
        (true, true) => "A report comes with the first entry.".to_owned(),
        (true, false) => "Nothing fits the filter at any time.".to_owned(),
        (false, true) => format!("These are the nearest {plural} with entries."),
        (false, false) => format!("These are the nearest {plural} in which something fits the filter."),
    };
    if !scope.is_everything() {
        ways.push(Way {
            label: "Take the filter away".to_owned(),
            href: path.to_owned(),
        });
    } else if ways.is_empty() && around.member.role.may_write() {
        ways.push(Way {
            label: "Add the first entry".to_owned(),
            href: "/transactions/new".to_owned(),
        });
    }
    Empty {
        title: format!("No entries in {what}"),
        text,
        ways,
    }
}

/// `Best month December, +1,704.52; lowest August, −375.43.`
pub(super) fn best_and_worst(pen: Pen<'_>, noun: &str, results: &[(String, i64)]) -> String {
    let best = results.iter().max_by_key(|(_, minor)| *minor);
    let worst = results.iter().min_by_key(|(_, minor)| *minor);
    match (best, worst) {
        (Some(best), Some(worst)) if best.1 != worst.1 => format!(
            "Best {noun} {}, {}; lowest {}, {}.",
            best.0,
            pen.signed(best.1),
            worst.0,
            pen.signed(worst.1)
        ),
        (Some((name, minor)), _) => format!("{name}: {}.", pen.signed(*minor)),
        _ => String::new(),
    }
}

/// The word of a category's kind in a file.
pub(super) fn kind(sign: Sign) -> &'static str {
    match sign {
        Sign::Positive => "income",
        Sign::Negative => "expense",
        Sign::Neutral => "beside",
    }
}

/// The head of a column: `2026-10`, `2025`, or `2026-10-01 to 2026-10-14`.
pub(super) fn span(range: DateRange) -> String {
    if let Ok(month) = Month::of(range.from)
        && month.range() == range
    {
        return month.to_string();
    }
    if let Ok(year) = Year::of(range.from)
        && year.range() == range
    {
        return year.to_string();
    }
    let last = range.until.pred_opt().unwrap_or(range.until);
    format!("{} to {last}", range.from)
}
