//! What is archived stays at zero: no write may bring money there or take it away.

use std::collections::BTreeMap;

use crate::ledger::transaction::Line;
use crate::ledger::{Book, Cell};

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
