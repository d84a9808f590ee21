//! Names, percentages, order and imports, taken back.

use budget::ledger::merge::{self, Pair};
use budget::ledger::order::{self, Towards};
use budget::ledger::{LocationKind, Sign, bucket, category, location};
use budget::money::Percent;

use super::{blocked, checksum, newest, setting};
use crate::support::TestApp;

#[test]
fn a_name_goes_back_though_the_percentage_changed_since() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let fun = owner.bucket_id("Fun");
    let renamed = owner
        .write(|conn, member| bucket::edit(conn, member, fun, 1, "Joy", &[]))
        .unwrap()
        .unwrap();
    let seven = Percent::from_basis_points(700).unwrap();
    let lowered = owner
        .write(|conn, member| bucket::set_percentages(conn, member, &[(fun, seven)]))
        .unwrap()
        .unwrap();

    owner.undo(renamed).unwrap();
    let now = owner.book().bucket(fun).unwrap().clone();
    assert_eq!((now.name.as_str(), now.percent), ("Fun", seven));
    assert_eq!(now.version, 4, "an open form is told");

    let eight = Percent::from_basis_points(800).unwrap();
    owner
        .write(|conn, member| bucket::set_percentages(conn, member, &[(fun, eight)]))
        .unwrap();
    assert_eq!(
        blocked(owner.undo(lowered)),
        "The share of income was changed again since (Fun). Undo the later change first, under Activity."
    );
    owner.undo(newest(&owner)).unwrap();
    owner.undo(lowered).unwrap();
    assert_eq!(owner.book().bucket(fun).unwrap().percent.basis_points(), 1_000);
}

#[test]
fn what_was_added_and_used_stays() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.location("Box", LocationKind::Cash);
    let added = newest(&owner);
    owner.spent_from("2026-02-02", "10.00", "Groceries", ("Box", "Fun"));
    assert_eq!(
        blocked(owner.undo(added)),
        "Box has entries by now. Archive it under Set-up, Locations, or merge it into another."
    );
    owner.undo(newest(&owner)).unwrap();
    owner.undo(added).unwrap();
    assert!(owner.book().locations.iter().all(|one| one.name != "Box"));
    app.check();
}

#[test]
fn the_order_is_moved_past_neighbours_in_use() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let names = || -> Vec<String> {
        owner
            .book()
            .active_locations()
            .map(|one| one.name.clone())
            .collect()
    };
    let (bank, cash, card) = (
        owner.location_id("Bank"),
        owner.location_id("Cash"),
        owner.location_id("Card"),
    );
    let shift = |id, towards| owner.write(|conn, member| order::location(conn, member, id, towards));

    assert!(shift(bank, Towards::Earlier).unwrap().is_none());
    assert!(shift(card, Towards::Later).unwrap().is_none());
    let first = shift(card, Towards::Earlier).unwrap().unwrap();
    assert_eq!(names(), ["Bank", "Card", "Cash"]);
    owner
        .write(|conn, member| location::archive(conn, member, card))
        .unwrap();
    let second = shift(cash, Towards::Earlier).unwrap().unwrap();
    assert_eq!(names(), ["Cash", "Bank"]);
    assert_eq!(
        blocked(shift(card, Towards::Later)),
        "Card is archived, so it has no place in the order. Restore it first."
    );
    owner.undo(second).unwrap();
    assert_eq!(names(), ["Bank", "Cash"]);
    owner
        .write(|conn, member| location::restore(conn, member, card))
        .unwrap();
    assert_eq!(names(), ["Bank", "Card", "Cash"]);
    owner.undo(first).unwrap();
    assert_eq!(names(), ["Bank", "Cash", "Card"]);
}

#[test]
fn a_sign_goes_back_only_while_the_category_is_unused() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let gifts = owner.category("Gifts", Sign::Positive);
    let edited = owner
        .write(|conn, member| category::edit(conn, member, gifts, 1, "Gifts", Sign::Negative))
        .unwrap()
        .unwrap();
    let entry = owner.spent("2026-02-02", "10.00", "Gifts");
    assert_eq!(
        blocked(owner.undo(edited)),
        "Gifts has entries by now, so what it counts as is fixed."
    );
    owner.delete(entry);
    owner.undo(edited).unwrap();
    assert_eq!(owner.book().category(gifts).unwrap().sign, Sign::Positive);
    // The entry cannot come back into an income.
    assert!(
        blocked(owner.undo(newest_delete(&owner, entry)))
            .starts_with("What Gifts counts as was changed since.")
    );
}

fn newest_delete(
    owner: &crate::support::Owner<'_>,
    entry: budget::ids::TransactionId,
) -> budget::ids::ChangeId {
    use budget::schema::{change_items, changes};
    use diesel::prelude::*;
    change_items::table
        .inner_join(changes::table.on(changes::id.eq(change_items::change_id)))
        .filter(change_items::object_id.eq(entry.uuid()))
        .filter(changes::action.eq("transaction.delete"))
        .select(changes::id)
        .first(&mut owner.app.sql())
        .unwrap()
}

const FILE: &str = "date,description,amount,sign,category,location,bucket,to_location,to_bucket\n\
    2026-01-05,Pay,100.01,+,Wages,Giro,*,,\n\
    2026-01-06,Market,12.50,-,Food,Giro,Needs,,\n\
    2026-01-07,Move,5.00,=,Move,Giro,Needs,Purse,Needs\n";

#[test]
fn an_import_is_taken_back_as_a_whole_and_can_come_again() {
    let app = TestApp::new();
    let owner = app.household();
    let (empty, nothing) = (checksum(&owner), setting(&owner));
    crate::import::bring_in(&owner, FILE, "Needs=60,Rest=40");
    let (full, names) = (checksum(&owner), setting(&owner));
    let import = newest(&owner);

    let undo = owner.undo(import).unwrap();
    assert_eq!(
        (checksum(&owner), setting(&owner)),
        (empty.clone(), nothing.clone())
    );
    app.check();
    owner.undo(undo).unwrap();
    assert_eq!((checksum(&owner), setting(&owner)), (full.clone(), names.clone()));
    app.check();
    owner.undo(newest(&owner)).unwrap();
    crate::import::bring_in(&owner, FILE, "Needs=60,Rest=40");
    assert_eq!((checksum(&owner), setting(&owner)), (full, names));
    app.check();
}

#[test]
fn an_import_and_a_merge_after_it_come_apart_in_any_order() {
    let app = TestApp::new();
    let owner = app.household();
    crate::import::bring_in(&owner, FILE, "Needs=60,Rest=40");
    let (full, names) = (checksum(&owner), setting(&owner));
    let import = newest(&owner);
    let pair = Pair::Locations {
        source: owner.location_id("Purse"),
        target: owner.location_id("Giro"),
    };
    owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    // The transfer went with the merge. What is left goes, and comes back before the merge comes apart.
    let merge = newest(&owner);
    let undo = owner.undo(import).unwrap();
    assert_eq!(
        blocked(owner.undo(merge)),
        "Giro was deleted or merged since. Undo that first, under Activity."
    );
    owner.undo(undo).unwrap();
    owner.undo(merge).unwrap();
    assert_eq!((checksum(&owner), setting(&owner)), (full, names));
    app.check();
}

#[test]
fn an_import_leaves_what_is_used_by_now() {
    let app = TestApp::new();
    let owner = app.household();
    crate::import::bring_in(&owner, FILE, "Needs=60,Rest=40");
    let import = newest(&owner);
    let market = owner.spent_from("2026-03-01", "1.00", "Food", ("Giro", "Rest"));

    owner.undo(import).unwrap();

    // What is used by now stays: the entry made by hand keeps its category, location and bucket.
    assert_eq!(
        setting(&owner)
            .into_iter()
            .filter(|one| !one.contains("Transfer"))
            .collect::<Vec<_>>(),
        ["Giro bank false", "Rest 4000 false", "Food NEGATIVE false"]
    );
    owner.delete(market);
    app.check();
}

#[test]
fn an_import_stays_while_an_entry_of_it_is_changed() {
    let app = TestApp::new();
    let owner = app.household();
    crate::import::bring_in(&owner, FILE, "Needs=60,Rest=40");
    let import = newest(&owner);
    let pair = Pair::Categories {
        source: owner.category_id("Food"),
        target: owner.category("Meals", Sign::Negative),
    };
    owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    let full = checksum(&owner);
    assert_eq!(
        blocked(owner.undo(import)),
        "Market was changed since. Undo the later changes first, under Activity, or delete what is not wanted one by one."
    );
    assert_eq!(checksum(&owner), full, "all or nothing");
    owner.undo(newest(&owner)).unwrap();
    owner.undo(import).unwrap();
    app.check();
}
