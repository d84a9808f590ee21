//! The [`CellTable`]: what a transfer changes, before and after.

use crate::households::Member;
use crate::ledger::transaction::Line;
use crate::ledger::{Book, Cell, rules};
use crate::reports::distribution::Distribution;

/// The cells that a transfer changes.
pub(super) struct CellTable {
    /// What the cells have in common: the name of a bucket or of a location.
    pub(super) head: String,
    pub(super) rows: Vec<BeforeAfter>,
    /// What a transfer cannot change, where it is all there is.
    pub(super) both: Option<String>,
    pub(super) remark: Option<String>,
}

/// The money of one cell.
pub(super) struct BeforeAfter {
    pub(super) name: String,
    pub(super) before: Balance,
    pub(super) after: Balance,
}

/// An amount that is short below zero.
pub(super) struct Balance {
    pub(super) text: String,
    pub(super) is_short: bool,
}

impl CellTable {
    /// What the cells of `was` and `is` hold now, and with `is` in place of `was`.
    pub(super) fn of(member: &Member, book: &Book, money: &Distribution, was: &[Line], is: &[Line]) -> Self {
        let changes = rules::cell_changes(was, is);
        let mut cells: Vec<Cell> = Vec::new();
        for line in is.iter().chain(was) {
            let cell = Cell {
                location: line.location,
                bucket: line.bucket,
            };
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        let naming = Naming::of(book, &cells);
        let mut short: Option<(Cell, i64)> = None;
        let (mut sum_before, mut sum_after) = (0_i64, 0_i64);
        let mut rows = Vec::new();
        for cell in &cells {
            let before = money.cell(*cell);
            let change = changes
                .iter()
                .find(|(changed, _)| changed == cell)
                .map_or(0, |(_, change)| *change);
            let after = i64::try_from(i128::from(before) + change).unwrap_or(before);
            if after < 0 && after < before && short.is_none() {
                short = Some((*cell, after));
            }
            sum_before = sum_before.saturating_add(before);
            sum_after = sum_after.saturating_add(after);
            rows.push(BeforeAfter {
                name: naming.name(book, *cell),
                before: Balance::of(member, before),
                after: Balance::of(member, after),
            });
        }
        let amount = |minor| member.number_format.amount(minor, member.currency);
        Self {
            head: naming.head,
            both: (rows.len() == 2 && sum_before == sum_after).then(|| amount(sum_before)),
            rows,
            remark: short.map(|(cell, minor)| {
                let bucket = book.bucket(cell.bucket).map_or("", |bucket| bucket.name.as_str());
                let location = book
                    .location(cell.location)
                    .map_or("", |location| location.name.as_str());
                format!(
                    "{bucket} would be {} short on {location}.",
                    amount(minor.saturating_neg())
                )
            }),
        }
    }
}

impl Balance {
    fn of(member: &Member, minor: i64) -> Self {
        Self {
            text: member.number_format.amount(minor, member.currency),
            is_short: minor < 0,
        }
    }
}

/// How cells are told apart: what all have in common stands in the head, once.
struct Naming {
    head: String,
    by_location: bool,
    by_bucket: bool,
}

impl Naming {
    fn of(book: &Book, cells: &[Cell]) -> Self {
        let first = cells.first();
        let same_bucket = cells
            .iter()
            .all(|cell| first.is_some_and(|first| first.bucket == cell.bucket));
        let same_location = cells
            .iter()
            .all(|cell| first.is_some_and(|first| first.location == cell.location));
        let head = match first {
            Some(cell) if same_bucket => book.bucket(cell.bucket).map(|bucket| bucket.name.clone()),
            Some(cell) if same_location => book.location(cell.location).map(|location| location.name.clone()),
            _ => None,
        };
        Self {
            head: head.unwrap_or_else(|| "Place".to_owned()),
            by_location: !same_location || same_bucket,
            by_bucket: !same_bucket,
        }
    }

    fn name(&self, book: &Book, cell: Cell) -> String {
        let location = book
            .location(cell.location)
            .filter(|_| self.by_location)
            .map(|one| one.name.as_str());
        let bucket = book
            .bucket(cell.bucket)
            .filter(|_| self.by_bucket)
            .map(|one| one.name.as_str());
        bucket.into_iter().chain(location).collect::<Vec<_>>().join(", ")
    }
}
