//! [`Todays`]: the offer to divide a stored split anew, where the percentages of today are others than its own.

use std::collections::BTreeMap;

use super::values::is_complete;
use crate::households::Member;
use crate::ids::BucketId;
use crate::ledger::transaction::{Share, Snapshot};
use crate::ledger::{Book, rules};

/// What the form of such a split says.
pub(super) struct Todays {
    /// Whether today's percentages add up to 100, so that there is a choice.
    pub(super) can_choose: bool,
    pub(super) hint: String,
}

impl Todays {
    /// Nothing where it is no split, or one by the percentages of today.
    pub(super) fn of(member: &Member, book: &Book, stored: &Snapshot) -> Option<Self> {
        if stored.shares.is_empty() || by_bucket(&stored.shares) == by_bucket(&rules::current_shares(book)) {
            return None;
        }
        if !is_complete(book) {
            let percent = |points: u32| member.number_format.basis_points(points.into());
            let sum = book.percent_sum_bp();
            return Some(Self {
                can_choose: false,
                hint: format!(
                    "This keeps the percentages that it was divided by. To use today’s, they have to add up to 100%: {}% is missing.",
                    percent(10_000_u32.saturating_sub(sum))
                ),
            });
        }
        let staying: Vec<&str> = rules::divided_anew(book, Some(stored))
            .fixed
            .iter()
            .filter_map(|(_, line)| book.bucket(line.bucket))
            .map(|bucket| bucket.name.as_str())
            .collect();
        Some(Self {
            can_choose: true,
            hint: if staying.is_empty() {
                "Until you tick this, it keeps the percentages that it was divided by.".to_owned()
            } else {
                format!(
                    "Until you tick this, it keeps the percentages that it was divided by. What lies in {}, archived since, stays there.",
                    staying.join(" and ")
                )
            },
        })
    }
}

/// The percentages that count; the order of buckets makes no other split.
fn by_bucket(shares: &[Share]) -> BTreeMap<BucketId, u16> {
    shares
        .iter()
        .map(|share| (share.bucket, share.percent.basis_points()))
        .filter(|(_, points)| *points > 0)
        .collect()
}
