//! Dividing an income over the buckets: a new one by the percentages of today, an edited one by those that it was divided by, or anew.

use std::collections::BTreeSet;

use super::{Check, Money};
use crate::ids::{BucketId, CategoryId, LocationId};
use crate::ledger::transaction::{Line, Share, Snapshot};
use crate::ledger::{Book, Kind};
use crate::money::{Amount, Percent, Split, SplitPart};

/// How an income is divided.
///
/// What lies in a bucket that was archived since cannot change, so it may be *fixed*: it stays as it is, its bucket has a share of 0 %, and
/// only the rest follows the percentages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Division {
    /// Who gets how much of the rest, exactly 100 % together if it can be divided at all.
    pub shares: Vec<Share>,
    /// What stays where it is, with its place among the stored lines: Postgres lets no line of an archived bucket be written anew.
    pub fixed: Vec<(usize, Line)>,
}

impl Division {
    /// What the percentages are applied to: the amount without what is fixed. Nothing where that is out of range or leaves nothing over.
    #[must_use]
    pub fn rest(&self, amount: Amount) -> Option<Amount> {
        let fixed = self
            .fixed
            .iter()
            .fold(0_i64, |sum, (_, line)| sum.saturating_add(line.amount.minor()));
        let rest = Amount::from_minor(amount.minor().checked_sub(fixed)?).ok()?;
        let same_way = rest.is_negative() == amount.is_negative() && !rest.is_zero();
        (self.fixed.is_empty() || same_way).then_some(rest)
    }

    /// Each share with its part of the rest; nothing when the shares are not exactly 100 %, or nothing is left over.
    #[must_use]
    pub fn parts(&self, amount: Amount) -> Option<Vec<(Share, SplitPart)>> {
        let split = Split::new(self.shares.iter().map(|share| share.percent).collect()).ok()?;
        let parts = split.apply(self.rest(amount)?);
        Some(self.shares.iter().copied().zip(parts).collect())
    }

    /// The postings: a part of zero has none. Nothing where [`Division::parts`] says so, or where too few are left to fill the lines before
    /// one that is fixed.
    fn lines(&self, location: LocationId, amount: Amount) -> Option<Vec<Line>> {
        let parts = self.parts(amount)?;
        let divided = parts.iter().filter(|(_, part)| !part.amount.is_zero());
        let mut lines: Vec<Line> = divided
            .map(|(share, part)| Line {
                location,
                bucket: share.bucket,
                amount: part.amount,
            })
            .collect();
        for (place, line) in &self.fixed {
            if *place > lines.len() {
                return None;
            }
            lines.insert(*place, *line);
        }
        Some(lines)
    }

    /// The shares to be stored, with those of 0 % of what is fixed.
    fn stored_shares(&self) -> Vec<Share> {
        let mut shares = self.shares.clone();
        for (_, line) in &self.fixed {
            if shares.iter().all(|share| share.bucket != line.bucket) {
                shares.push(Share {
                    bucket: line.bucket,
                    percent: Percent::ZERO,
                });
            }
        }
        shares
    }
}

/// The shares that an income recorded today is split by: buckets in use that have a percentage, in their order.
#[must_use]
pub fn current_shares(book: &Book) -> Vec<Share> {
    book.active_buckets()
        .filter(|bucket| bucket.percent.basis_points() > 0)
        .map(|bucket| Share {
            bucket: bucket.id,
            percent: bucket.percent,
        })
        .collect()
}

/// How a stored split stays divided when its amount changes.
#[must_use]
pub fn kept_division(stored: &Snapshot) -> Division {
    // A merge may bring a share of 0 % and another one to the same bucket: it takes part then.
    let sharing: BTreeSet<BucketId> = stored
        .shares
        .iter()
        .filter(|share| share.percent.basis_points() > 0)
        .map(|share| share.bucket)
        .collect();
    Division {
        shares: stored.shares.clone(),
        fixed: placed(&stored.transaction.lines, |line| !sharing.contains(&line.bucket)),
    }
}

/// How an income is divided by the percentages of today: all of it when it is new, and without what lies in archived buckets when it is a
/// `stored` split.
#[must_use]
pub fn divided_anew(book: &Book, stored: Option<&Snapshot>) -> Division {
    let is_archived = |line: &Line| {
        book.bucket(line.bucket)
            .is_some_and(|bucket| bucket.archived_at.is_some())
    };
    let lines = stored
        .filter(|stored| !stored.shares.is_empty())
        .map_or(&[][..], |stored| stored.transaction.lines.as_slice());
    Division {
        shares: current_shares(book),
        fixed: placed(lines, is_archived),
    }
}

/// Whether an edit leaves a split as it is: only a changed amount, or another location, divides it again. Imported parts need not follow the
/// shares, and may lie at several locations.
fn stays_divided(stored: &Snapshot, location: LocationId, amount: Amount) -> bool {
    let lines = &stored.transaction.lines;
    !stored.shares.is_empty()
        && stored.transaction.amount == amount
        && lines.first().is_some_and(|first| first.location == location)
}

/// Some of the lines, with their places among all.
fn placed(lines: &[Line], wanted: impl Fn(&Line) -> bool) -> Vec<(usize, Line)> {
    lines
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, line)| wanted(line))
        .collect()
}

impl Check<'_> {
    /// An income over several buckets.
    pub(super) fn split(
        &mut self,
        kind: Kind,
        category: CategoryId,
        location: LocationId,
        amount: Amount,
        anew: bool,
    ) -> Money {
        if let Some(stored) = self.stored.filter(|_| !anew && kind == Kind::Income)
            && stays_divided(stored, location, amount)
        {
            return Money {
                category: Some(category),
                amount,
                lines: stored.transaction.lines.clone(),
                shares: stored.shares.clone(),
                ..Money::default()
            };
        }
        let division = self.division(kind, anew);
        let lines = division.lines(location, amount);
        if self.problems.is_empty() && lines.is_none() {
            self.problem(
                "amount",
                "Part of this entry lies in an archived bucket and stays there. Type a larger amount, or restore the bucket first.",
            );
        }
        Money {
            category: Some(category),
            amount,
            lines: lines.unwrap_or_default(),
            shares: division.stored_shares(),
            ..Money::default()
        }
    }

    /// What a split follows: an edit keeps the shares that it was made with, unless it is divided anew.
    fn division(&mut self, kind: Kind, anew: bool) -> Division {
        if kind != Kind::Income {
            self.problem("split", "Only income is split. Choose one bucket.");
            return Division::default();
        }
        if let Some(stored) = self.stored.filter(|stored| !anew && !stored.shares.is_empty()) {
            return kept_division(stored);
        }
        if self.book.percent_sum_bp() != 10_000 {
            self.problem("split", "The percentages of your buckets do not add up to 100% yet. Complete them under Set-up, Buckets, or choose one bucket.");
        }
        divided_anew(self.book, self.stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LocationId;

    fn amount(minor: i64) -> Amount {
        Amount::from_minor(minor).unwrap()
    }

    fn shares(of: &[(BucketId, i64)]) -> Vec<Share> {
        of.iter()
            .map(|(bucket, points)| Share {
                bucket: *bucket,
                percent: Percent::from_basis_points(*points).unwrap(),
            })
            .collect()
    }

    /// What was fixed in an archived bucket takes part once that was merged into another.
    #[test]
    fn a_bucket_with_any_share_takes_part() {
        let (one, two) = (BucketId::new(), BucketId::new());
        let location = LocationId::new();
        let line = |bucket, minor| Line {
            location,
            bucket,
            amount: amount(minor),
        };
        let stored = Snapshot {
            transaction: crate::ledger::transaction::Transaction {
                id: crate::ids::TransactionId::new(),
                date: chrono::NaiveDate::MIN,
                kind: Kind::Income,
                description: String::new(),
                category: CategoryId::new(),
                counterparty: None,
                refund_of: None,
                amount: amount(100),
                split: true,
                version: 1,
                lines: vec![line(one, 54), line(one, 10), line(two, 36)],
            },
            shares: shares(&[(one, 6000), (two, 4000), (one, 0)]),
            import_key: None,
        };
        assert!(stays_divided(&stored, location, amount(100)));
        assert!(!stays_divided(&stored, location, amount(101)));
        let division = kept_division(&stored);
        assert_eq!(division.fixed, []);
        let lines = division.lines(location, amount(200)).unwrap();
        assert_eq!(lines, [line(one, 120), line(two, 80)]);
    }

    #[test]
    fn what_is_fixed_keeps_its_place_and_the_rest_adds_up() {
        let (one, two, gone) = (BucketId::new(), BucketId::new(), BucketId::new());
        let location = LocationId::new();
        let fixed = Line {
            location: LocationId::new(),
            bucket: gone,
            amount: amount(10),
        };
        let division = Division {
            shares: shares(&[(one, 6000), (two, 4000)]),
            fixed: vec![(1, fixed)],
        };
        let lines = division.lines(location, amount(110)).unwrap();
        assert_eq!(
            lines.iter().map(|line| line.amount.minor()).collect::<Vec<_>>(),
            [60, 10, 40]
        );
        assert_eq!(lines[1], fixed);
        let stored = division.stored_shares();
        assert_eq!(stored.last().unwrap().percent, Percent::ZERO);
        // Nothing may be left over, or run the other way.
        for minor in [10, 5, -110] {
            let divided = division.lines(location, amount(minor));
            assert_eq!(divided.is_some(), minor < 0, "{minor}");
        }
        // With one cent there is one line, and none to fill the place before the fixed one.
        let late = Division {
            fixed: vec![(2, fixed)],
            ..division
        };
        assert_eq!(late.lines(location, amount(11)), None);
    }
}
