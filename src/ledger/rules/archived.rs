//! What is archived stays at zero: no write may bring money there or take it away.

use std::collections::BTreeMap;

use crate::ledger::transaction::{Line, Snapshot};
use crate::ledger::{Book, BucketChoice, Cell, Draft, Entry};

/// What an edit or a deletion changes in each cell; `after` is empty for a deletion.
#[must_use]
pub fn cell_changes(before: &[Line], after: &[Line]) -> Vec<(Cell, i128)> {
    let mut changes = BTreeMap::new();
    for (lines, factor) in [(before, -1), (after, 1)] {
        for line in lines {
            let cell = Cell {
                location: line.location,
                bucket: line.bucket,
            };
            *changes.entry(cell).or_insert(0) += factor * i128::from(line.amount.minor());
        }
    }
    changes.into_iter().filter(|(_, change)| *change != 0).collect()
}

/// The sentence for a write that would put money at an archived location or bucket, or take it away from there; nothing when it does not.
#[must_use]
pub fn archived_in_the_way(book: &Book, before: &[Line], after: &[Line]) -> Option<String> {
    for (cell, _) in cell_changes(before, after) {
        let location = book
            .location(cell.location)
            .filter(|location| location.archived_at.is_some());
        if let Some(location) = location {
            return Some(format!(
                "{} is archived and has to stay at zero. Restore it under Set-up, Locations first.",
                location.name
            ));
        }
        let bucket = book
            .bucket(cell.bucket)
            .filter(|bucket| bucket.archived_at.is_some());
        if let Some(bucket) = bucket {
            return Some(format!(
                "{} is archived and has to stay at zero. Restore it under Set-up, Buckets first.",
                bucket.name
            ));
        }
    }
    None
}

/// What else there is to do where an archived bucket is in the way of an edited split; nothing where dividing it anew would not help.
#[must_use]
pub fn way_out_of_archived(book: &Book, draft: &Draft, stored: &Snapshot) -> Option<&'static str> {
    let is_kept_split = matches!(
        draft.entry,
        Entry::Flow {
            bucket: BucketChoice::Split,
            ..
        }
    ) && !stored.shares.is_empty();
    let mut lines = stored.transaction.lines.iter();
    let stays_put = lines.all(|line| {
        book.location(line.location)
            .is_some_and(|location| location.archived_at.is_none())
    });
    (is_kept_split && stays_put).then_some(
        " Or tick “Use today’s percentages” on the page of the entry: what lies in an archived bucket stays there, and the rest is divided anew.",
    )
}
