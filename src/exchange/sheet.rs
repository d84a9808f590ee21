//! How an entry is written into a file, pure: one row for each posting, and for each share of a split of which nothing came out.

use std::collections::HashMap;

use super::columns::{COLUMNS, EXACT_COLUMNS};
use super::csv;
use super::formula::mark;
use super::names::Labels;
use super::rows::RowSign;
use crate::ids::TransactionId;
use crate::ledger::transaction::{Line, Share, Snapshot};
use crate::money::{Amount, Currency, NumberFormat, plain};

/// What rows are written with.
pub(super) struct Sheet {
    pub(super) currency: Currency,
    pub(super) labels: Labels,
    /// Of what refunds give back.
    pub(super) numbers: HashMap<TransactionId, i64>,
}

/// A row: a posting, a share, or both at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Posting(Line),
    Share(Share),
    Both(Line, Share),
}

/// Appends the names of the columns.
pub(super) fn write_head(out: &mut String) {
    csv::write(out, COLUMNS.into_iter().chain(EXACT_COLUMNS));
}

impl Sheet {
    /// Appends an entry, and returns how many rows it takes.
    pub(super) fn write(&self, out: &mut String, number: i64, entry: &Snapshot) -> usize {
        let one = &entry.transaction;
        let sign = RowSign::of(one.kind);
        let date = one.date.to_string();
        let description = mark(&one.description);
        let category = mark(self.labels.text(one.category.uuid()));
        let number = number.to_string();
        let counterparty = mark(one.counterparty.as_deref().unwrap_or_default());
        let original = one.refund_of.and_then(|id| self.numbers.get(&id));
        let original = original.map(ToString::to_string).unwrap_or_default();
        let parts = parts(&one.lines, &entry.shares);
        for part in &parts {
            let (line, share) = match *part {
                Part::Posting(line) => (line, None),
                Part::Both(line, share) => (line, Some(share)),
                Part::Share(share) => (nothing(&one.lines, share), Some(share)),
            };
            let amount = plain(sign.turn(line.amount).minor(), self.currency);
            let location = mark(self.labels.text(line.location.uuid()));
            let bucket = mark(self.labels.text(line.bucket.uuid()));
            let share = share.map(|share| NumberFormat::CommaPoint.percent(share.percent));
            csv::write(
                out,
                [
                    &date,
                    &*description,
                    &amount,
                    sign.as_str(),
                    &category,
                    &location,
                    &bucket,
                    "",
                    "",
                    &number,
                    one.kind.as_str(),
                    &counterparty,
                    share.as_deref().unwrap_or_default(),
                    &original,
                ],
            );
        }
        parts.len()
    }
}

/// Where a share of which nothing came out is told: where the others are.
fn nothing(lines: &[Line], share: Share) -> Line {
    let location = lines.first().map(|line| line.location).unwrap_or_default();
    Line {
        location,
        bucket: share.bucket,
        amount: Amount::ZERO,
    }
}

/// Puts each share beside the posting that came of it. Whatever happened to a split since it was made, all postings and all shares are in it,
/// each in their order.
fn parts(lines: &[Line], shares: &[Share]) -> Vec<Part> {
    let mut lines = lines.iter().copied().peekable();
    let mut parts = Vec::new();
    for share in shares.iter().copied() {
        let line = lines.next_if(|line| line.bucket == share.bucket);
        parts.push(line.map_or(Part::Share(share), |line| Part::Both(line, share)));
    }
    parts.extend(lines.map(Part::Posting));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BucketId, LocationId};
    use crate::money::Percent;

    #[test]
    fn postings_and_shares_keep_their_order() {
        let location = LocationId::new();
        let [a, b, c] = [BucketId::new(), BucketId::new(), BucketId::new()];
        let line = |bucket, minor| Line {
            location,
            bucket,
            amount: Amount::from_minor(minor).unwrap(),
        };
        let share = |bucket, points| Share {
            bucket,
            percent: Percent::from_basis_points(points).unwrap(),
        };
        let cases = [
            (vec![line(a, 5), line(b, 5)], vec![]),
            (vec![line(a, 5), line(b, 5)], vec![share(a, 5000), share(b, 5000)]),
            // Nothing for b.
            (
                vec![line(a, 1), line(c, 1)],
                vec![share(a, 5000), share(b, 1), share(c, 4999)],
            ),
            // b was merged into a; nothing for the first of them.
            (
                vec![line(a, 1), line(c, 1)],
                vec![share(a, 1), share(a, 4999), share(c, 5000)],
            ),
            // What no form makes.
            (
                vec![line(b, 1), line(a, 1), line(a, 1)],
                vec![share(a, 5000), share(c, 5000)],
            ),
        ];
        for (lines, shares) in cases {
            let parts = parts(&lines, &shares);
            let mut told = (Vec::new(), Vec::new());
            for part in parts {
                match part {
                    Part::Posting(line) => told.0.push(line),
                    Part::Share(share) => told.1.push(share),
                    Part::Both(line, share) => {
                        assert_eq!(line.bucket, share.bucket);
                        told.0.push(line);
                        told.1.push(share);
                    }
                }
            }
            assert_eq!(told, (lines, shares));
        }
    }
}
