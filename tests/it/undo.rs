//! Taking back: set-up, order, merges, archiving with its money, imports; and doing it again.

mod again;
mod archived;
mod merging;
mod set_up;

use budget::ids::ChangeId;
use budget::ledger::{LedgerError, integrity};
use diesel::prelude::*;

use crate::support::Owner;

/// The checksum of the household's entries, without ids and versions.
fn checksum(owner: &Owner<'_>) -> String {
    let all = integrity::checksums(&mut owner.app.sql()).unwrap();
    all.into_iter()
        .find(|(household, _)| *household == owner.household)
        .unwrap()
        .1
}

/// Names, percentages and states in their order.
fn setting(owner: &Owner<'_>) -> Vec<String> {
    let book = owner.book();
    let locations = book
        .locations
        .iter()
        .map(|one| format!("{} {} {}", one.name, one.kind, one.archived_at.is_some()));
    let buckets = book.buckets.iter().map(|one| {
        let percent = one.percent.basis_points();
        format!("{} {percent} {}", one.name, one.archived_at.is_some())
    });
    let categories = book
        .categories
        .iter()
        .map(|one| format!("{} {} {}", one.name, one.sign, one.archived_at.is_some()));
    locations.chain(buckets).chain(categories).collect()
}

/// The newest change.
fn newest(owner: &Owner<'_>) -> ChangeId {
    use budget::schema::changes;
    changes::table
        .filter(changes::household_id.eq(owner.household))
        .order((changes::at.desc(), changes::id.desc()))
        .select(changes::id)
        .first(&mut owner.app.sql())
        .unwrap()
}

/// The sentence of a refusal.
#[track_caller]
fn blocked<T: std::fmt::Debug>(result: Result<T, LedgerError>) -> String {
    match result {
        Err(LedgerError::Blocked(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}
