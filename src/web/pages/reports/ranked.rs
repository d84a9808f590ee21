//! Categories of one sign, ready for a table: the largest first.

use std::ops::Range;

use super::which::Around;
use crate::ids::CategoryId;
use crate::ledger::Sign;
use crate::reports::flows::{Flows, Line};
use crate::reports::unusual::magnitude;

/// A category with its sums.
pub(super) struct Ranked<'a> {
    pub(super) id: CategoryId,
    pub(super) name: &'a str,
    pub(super) line: &'a Line,
    /// What it adds up to in the spans by which it is ranked, as a magnitude.
    pub(super) total: i64,
}

impl Ranked<'_> {
    /// What it adds up to in a span, as a magnitude.
    pub(super) fn of(&self, span: usize) -> i64 {
        magnitude(self.line.sign, self.line.minor(span))
    }
}

/// The categories of a sign that have entries in one of the spans that are shown, ranked by what they add up to in `spans`; ties by name.
pub(super) fn ranked<'a>(
    around: &Around<'a>,
    flows: &'a Flows,
    sign: Sign,
    spans: &Range<usize>,
    shown: &[usize],
) -> Vec<Ranked<'a>> {
    let is_shown = |line: &Line| shown.iter().any(|span| line.has_entries(*span));
    let mut found: Vec<Ranked<'a>> = flows
        .lines()
        .filter(|(_, line)| line.sign == sign && is_shown(line))
        .filter_map(|(id, line)| {
            Some(Ranked {
                id,
                name: &around.book.category(id)?.name,
                line,
                total: magnitude(sign, line.over(spans.clone())),
            })
        })
        .collect();
    found.sort_by(|one, other| (other.total, one.name).cmp(&(one.total, other.name)));
    found
}
