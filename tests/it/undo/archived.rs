//! What is archived, taken back and forth.

use budget::ledger::merge::{self, Pair};
use budget::ledger::{bucket, category, location};
use budget::money::Percent;

use super::{blocked, checksum, setting};
use crate::support::{Owner, TestApp};

fn percent(basis_points: i64) -> Percent {
    Percent::from_basis_points(basis_points).unwrap()
}

fn set_percent(owner: &Owner<'_>, id: budget::ids::BucketId, basis_points: i64) -> budget::ids::ChangeId {
    let wanted = [(id, percent(basis_points))];
    owner
        .write(|conn, member| bucket::set_percentages(conn, member, &wanted))
        .unwrap()
        .unwrap()
}

#[test]
fn a_bucket_that_goes_back_into_the_archive_leaves_its_percentage() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let fun = owner.bucket_id("Fun");
    owner
        .write(|conn, member| bucket::archive(conn, member, fun))
        .unwrap();
    let restored = owner
        .write(|conn, member| bucket::restore(conn, member, fun))
        .unwrap();
    set_percent(&owner, fun, 700);

    let undo = owner.undo(restored).unwrap();
    assert_eq!(owner.book().bucket(fun).unwrap().percent, Percent::ZERO);
    owner.undo(undo).unwrap();
    assert_eq!(owner.book().bucket(fun).unwrap().percent, percent(700));
}

#[test]
fn an_archived_bucket_gets_no_percentage_back() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let fun = owner.bucket_id("Fun");
    let lowered = set_percent(&owner, fun, 0);
    owner
        .write(|conn, member| bucket::archive(conn, member, fun))
        .unwrap();
    assert_eq!(
        blocked(owner.undo(lowered)),
        "Fun is archived, so it takes no income. Restore it under Set-up, Buckets first."
    );
    owner
        .write(|conn, member| bucket::restore(conn, member, fun))
        .unwrap();
    owner.undo(lowered).unwrap();
    assert_eq!(owner.book().bucket(fun).unwrap().percent, percent(1_000));
}

#[test]
fn what_was_archived_when_it_was_merged_comes_back_with_its_entries() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.moved("2026-02-01", "5.00", ("Bank", "Fun"), ("Card", "Fun"));
    owner.spent_from("2026-02-02", "5.00", "Going out", ("Card", "Fun"));
    let (card, out) = (owner.location_id("Card"), owner.category_id("Going out"));
    owner
        .write(|conn, member| location::archive(conn, member, card))
        .unwrap();
    owner
        .write(|conn, member| category::archive(conn, member, out))
        .unwrap();
    // The name is free by then, and given to another.
    owner.location("Card", budget::ledger::LocationKind::Card);
    let (before, names) = (checksum(&owner), setting(&owner));

    for pair in [
        Pair::Locations {
            source: card,
            target: owner.location_id("Bank"),
        },
        Pair::Categories {
            source: out,
            target: owner.category_id("Rent"),
        },
    ] {
        let (merged, _) = owner
            .write(|conn, member| merge::merge(conn, member, pair))
            .unwrap();
        assert_ne!(checksum(&owner), before);
        owner.undo(merged).unwrap();
        assert_eq!(
            (checksum(&owner), setting(&owner)),
            (before.clone(), names.clone())
        );
        app.check();
    }
}
