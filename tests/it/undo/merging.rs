//! Merges and archiving with the money, and taking them back.

use budget::ledger::merge::{self, Pair};
use budget::ledger::retire::{self, Retire};
use budget::ledger::transaction::{commands, queries};
use budget::ledger::{
    Draft, Entry, LedgerError, LoanDirection, LocationKind, Sign, bucket, category, location,
};

use super::{blocked, checksum, setting};
use crate::support::{Owner, TestApp, date};

fn locations(owner: &Owner<'_>, source: &str, target: &str) -> Pair {
    Pair::Locations {
        source: owner.location_id(source),
        target: owner.location_id(target),
    }
}

fn buckets(owner: &Owner<'_>, source: &str, target: &str) -> Pair {
    Pair::Buckets {
        source: owner.bucket_id(source),
        target: owner.bucket_id(target),
    }
}

fn categories(owner: &Owner<'_>, source: &str, target: &str) -> Pair {
    Pair::Categories {
        source: owner.category_id(source),
        target: owner.category_id(target),
    }
}

/// Entries of every kind.
fn fill(owner: &Owner<'_>) {
    owner.set_up();
    owner.earned("2026-01-01", "100.01", "Salary");
    owner.earned("2026-02-01", "0.03", "Salary");
    owner.spent_from("2026-02-02", "10.00", "Groceries", ("Cash", "Fun"));
    owner.spent_from("2026-02-03", "11.00", "Rent", ("Cash", "Economy"));
    owner.moved("2026-02-04", "5.00", ("Bank", "Fun"), ("Cash", "Fun"));
    owner.moved("2026-02-05", "6.00", ("Cash", "Economy"), ("Bank", "Fun"));
    owner.moved("2026-02-06", "7.00", ("Bank", "Economy"), ("Bank", "Fun"));
    owner.loan("2026-02-07", LoanDirection::Lent, "3.00", "Ann", ("Cash", "Fun"));
    owner.adjusted("2026-02-08", "-1.00", ("Card", "Fun"));
}

#[test]
fn merged_locations_keep_their_money_and_come_apart_again() {
    let app = TestApp::new();
    let owner = app.household();
    fill(&owner);
    let (before, names) = (checksum(&owner), setting(&owner));
    let pair = locations(&owner, "Cash", "Bank");

    let preview = merge::preview(&mut app.sql(), owner.household, pair).unwrap();
    let (change, effect) = owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();

    assert_eq!(preview, effect);
    assert_eq!((effect.entries, effect.vanishing), (4, 1));
    assert!(owner.book().locations.iter().all(|one| one.name != "Cash"));
    app.check();
    let merged = checksum(&owner);
    assert_ne!(before, merged);

    let undo = owner.undo(change).unwrap();
    assert_eq!(
        (checksum(&owner), setting(&owner)),
        (before.clone(), names.clone())
    );
    app.check();
    let redo = owner.undo(undo).unwrap();
    assert_eq!(checksum(&owner), merged);
    app.check();
    owner.undo(redo).unwrap();
    assert_eq!((checksum(&owner), setting(&owner)), (before, names));
    assert_eq!(blocked(owner.undo(redo)), "This was undone already.");
    app.check();
}

#[test]
fn merged_buckets_take_percentage_and_shares_along() {
    let app = TestApp::new();
    let owner = app.household();
    fill(&owner);
    let (before, names) = (checksum(&owner), setting(&owner));
    let split = owner.earned("2026-03-01", "100.00", "Salary");
    let pair = buckets(&owner, "Economy", "Fun");

    let (change, effect) = owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();

    assert_eq!(effect.percent.basis_points(), 2_000);
    assert_eq!(effect.vanishing, 1, "only the transfer within the bank");
    let fun = owner.bucket_id("Fun");
    assert_eq!(owner.book().bucket(fun).unwrap().percent.basis_points(), 3_000);
    let stored = queries::find(&mut app.sql(), owner.household, split)
        .unwrap()
        .unwrap();
    let shares: Vec<_> = stored
        .shares
        .iter()
        .map(|one| (one.bucket == fun, one.percent.basis_points()))
        .collect();
    assert_eq!(
        shares,
        [
            (false, 5_000),
            (true, 2_000),
            (false, 1_000),
            (true, 1_000),
            (false, 1_000)
        ]
    );
    app.check();

    owner.undo(change).unwrap();
    owner.delete(split);
    assert_eq!((checksum(&owner), setting(&owner)), (before, names));
    app.check();
}

#[test]
fn merged_categories_are_of_one_kind() {
    let app = TestApp::new();
    let owner = app.household();
    fill(&owner);
    let (before, names) = (checksum(&owner), setting(&owner));

    let foreign = categories(&owner, "Rent", "Salary");
    let refused = owner.write(|conn, member| merge::merge(conn, member, foreign));
    assert!(matches!(refused, Err(LedgerError::Invalid(_))), "{refused:?}");

    let pair = categories(&owner, "Rent", "Groceries");
    let (change, effect) = owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    assert_eq!((effect.entries, effect.vanishing), (1, 0));
    app.check();
    owner.undo(change).unwrap();
    assert_eq!((checksum(&owner), setting(&owner)), (before, names));
    app.check();
}

#[test]
fn only_what_is_still_there_goes_back() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let kept = owner.spent_from("2026-02-02", "10.00", "Groceries", ("Cash", "Fun"));
    let changed = owner.spent_from("2026-02-03", "11.00", "Groceries", ("Cash", "Fun"));
    let gone = owner.spent_from("2026-02-04", "12.00", "Groceries", ("Cash", "Fun"));
    let pair = locations(&owner, "Cash", "Bank");
    let (change, _) = owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    owner.delete(gone);
    let draft = Draft {
        date: date("2026-02-03"),
        description: String::new(),
        entry: Entry::Adjustment {
            amount: owner.amount("1"),
            cell: owner.cell(("Card", "Fun")),
            category: None,
        },
    };
    // A merge is an edit: who has the entry open from before is told.
    let stale = owner.write(|conn, member| commands::edit(conn, member, changed, 1, &draft));
    assert!(matches!(stale, Err(LedgerError::Stale)), "{stale:?}");
    owner
        .write(|conn, member| commands::edit(conn, member, changed, 2, &draft))
        .unwrap();

    owner.undo(change).unwrap();

    let at = |id| {
        queries::find(&mut app.sql(), owner.household, id)
            .unwrap()
            .unwrap()
            .transaction
            .lines[0]
            .location
    };
    assert_eq!(at(kept), owner.location_id("Cash"));
    assert_eq!(at(changed), owner.location_id("Card"));
    app.check();
}

#[test]
fn a_merge_is_refused_where_it_makes_no_sense() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    let merge = |pair| owner.write(|conn, member| merge::merge(conn, member, pair));

    let itself = merge(locations(&owner, "Cash", "Cash"));
    assert!(
        matches!(&itself, Err(LedgerError::Invalid(problems)) if problems[0].field == "into"),
        "{itself:?}"
    );
    let into_theirs = merge(Pair::Locations {
        source: owner.location_id("Cash"),
        target: other.location_id("Bank"),
    });
    assert!(
        matches!(&into_theirs, Err(LedgerError::Invalid(problems)) if problems[0].field == "into"),
        "{into_theirs:?}"
    );
    let theirs = merge(Pair::Buckets {
        source: other.bucket_id("Fun"),
        target: owner.bucket_id("Fun"),
    });
    assert!(matches!(theirs, Err(LedgerError::NotFound(_))), "{theirs:?}");
    let archived = owner.location_id("Card");
    owner
        .write(|conn, member| location::archive(conn, member, archived))
        .unwrap();
    assert_eq!(
        blocked(merge(locations(&owner, "Cash", "Card"))),
        "Card is archived and takes nothing. Restore it under Set-up, Locations first."
    );
    // Out of an archived one it goes.
    merge(locations(&owner, "Card", "Cash")).unwrap();
    // The second of two people merging at once.
    let pair = locations(&owner, "Cash", "Bank");
    merge(pair).unwrap();
    let again = merge(pair);
    assert!(matches!(again, Err(LedgerError::NotFound(_))), "{again:?}");
    app.check();
}

#[test]
fn merged_on_and_on_comes_apart_from_the_end() {
    let app = TestApp::new();
    let owner = app.household();
    fill(&owner);
    let before = checksum(&owner);
    let first = locations(&owner, "Cash", "Bank");
    let (first, _) = owner
        .write(|conn, member| merge::merge(conn, member, first))
        .unwrap();
    let second = locations(&owner, "Bank", "Card");
    let (second, _) = owner
        .write(|conn, member| merge::merge(conn, member, second))
        .unwrap();

    assert_eq!(
        blocked(owner.undo(first)),
        "Bank was deleted or merged since. Undo that first, under Activity."
    );
    owner.undo(second).unwrap();
    owner.undo(first).unwrap();
    assert_eq!(checksum(&owner), before);
    app.check();
}

#[test]
fn archiving_moves_the_money_first_and_back() {
    let app = TestApp::new();
    let owner = app.household();
    fill(&owner);
    let (before, names) = (checksum(&owner), setting(&owner));
    let cash = owner.location_id("Cash");
    assert_eq!(
        blocked(owner.write(|conn, member| location::archive(conn, member, cash))),
        "Cash still holds money. Choose where it goes, then archive it."
    );
    let retire = Retire::Location {
        from: cash,
        to: owner.location_id("Bank"),
    };

    let preview = retire::preview(&mut app.sql(), owner.household, retire).unwrap();
    let (change, moves) = owner
        .write(|conn, member| retire::retire(conn, member, retire, date("2026-11-22")))
        .unwrap();

    assert_eq!(preview, moves);
    // Economy is short by 17.00 there, Fun by 8.00: both are filled from the bank.
    assert_eq!(
        moves
            .iter()
            .map(|one| (one.to.location == cash, one.amount.minor()))
            .collect::<Vec<_>>(),
        [(true, 1_700), (true, 800)]
    );
    assert!(owner.book().location(cash).unwrap().archived_at.is_some());
    app.check();
    let undo = owner.undo(change).unwrap();
    let mut back = names.clone();
    back.sort();
    assert_eq!(
        (checksum(&owner), {
            let mut now = setting(&owner);
            now.sort();
            now
        }),
        (before, back)
    );
    owner.undo(undo).unwrap();
    assert!(owner.book().location(cash).unwrap().archived_at.is_some());
    app.check();

    let fun = Retire::Bucket {
        from: owner.bucket_id("Fun"),
        to: owner.bucket_id("Fun"),
    };
    let itself = owner.write(|conn, member| retire::retire(conn, member, fun, date("2026-11-22")));
    assert!(
        matches!(&itself, Err(LedgerError::Invalid(problems)) if problems[0].field == "move_to"),
        "{itself:?}"
    );
}

#[test]
fn an_archived_bucket_comes_back_with_its_percentage_if_that_is_free() {
    let app = TestApp::new();
    let owner = app.household();
    fill(&owner);
    let fun = owner.bucket_id("Fun");
    let retire = Retire::Bucket {
        from: fun,
        to: owner.bucket_id("Economy"),
    };
    let (change, _) = owner
        .write(|conn, member| retire::retire(conn, member, retire, date("2026-11-22")))
        .unwrap();
    let ten = owner.book().bucket(owner.bucket_id("Donation")).unwrap().percent;
    let (taker, added) = owner
        .write(|conn, member| bucket::add(conn, member, "Taker", ten))
        .unwrap();
    assert_eq!(
        blocked(owner.undo(change)),
        "The shares of income would add up to more than 100%. Lower another bucket's share under Set-up, Buckets first."
    );
    owner.undo(added).unwrap();
    assert!(owner.book().bucket(taker).is_none());
    owner.undo(change).unwrap();
    assert_eq!(owner.book().bucket(fun).unwrap().percent, ten);
    app.check();
}

#[test]
fn what_was_never_used_is_deleted_and_comes_back() {
    let app = TestApp::new();
    let owner = app.household();
    fill(&owner);
    let names = setting(&owner);
    let gift = owner.category("Gifts", Sign::Negative);
    let added = super::newest(&owner);
    let deleted = owner
        .write(|conn, member| category::delete(conn, member, gift))
        .unwrap();
    assert_eq!(setting(&owner), names);
    assert_eq!(
        blocked(owner.undo(added)),
        "Gifts was deleted or merged since. Undo that first, under Activity."
    );
    owner.undo(deleted).unwrap();
    assert_eq!(owner.category_id("Gifts"), gift);
    owner.undo(added).unwrap();
    assert_eq!(setting(&owner), names);

    let rent = owner.category_id("Rent");
    assert_eq!(
        blocked(owner.write(|conn, member| category::delete(conn, member, rent))),
        "Rent has entries. Choose what takes its place, or archive it."
    );
    let box_ = owner.location("Box", LocationKind::Cash);
    let deleted = owner
        .write(|conn, member| location::delete(conn, member, box_))
        .unwrap();
    owner.location("box", LocationKind::Cash);
    assert_eq!(
        blocked(owner.undo(deleted)),
        "The name Box was given to another since. Rename that one under Set-up, Locations first."
    );
    app.check();
}
