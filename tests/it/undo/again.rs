//! What was taken back, done again after something else changed.

use budget::ledger::merge::{self, Pair};
use budget::ledger::{Sign, category};

use super::blocked;
use crate::support::TestApp;

#[test]
fn categories_are_merged_again_only_while_they_count_as_the_same() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-02-01", "10.00", "Groceries");
    let (rent, pair) = (
        owner.category_id("Rent"),
        Pair::Categories {
            source: owner.category_id("Groceries"),
            target: owner.category_id("Rent"),
        },
    );
    let (merged, _) = owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    let undo = owner.undo(merged).unwrap();
    let edited = owner
        .write(|conn, member| category::edit(conn, member, rent, 1, "Rent", Sign::Positive))
        .unwrap()
        .unwrap();

    assert_eq!(
        blocked(owner.undo(undo)),
        "What Rent counts as was changed since. Change it back under Set-up, Categories first."
    );
    owner.undo(edited).unwrap();
    owner.undo(undo).unwrap();
    app.check();
}
