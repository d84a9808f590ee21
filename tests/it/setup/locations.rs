use budget::ledger::LocationKind;
use budget::schema::changes;
use diesel::prelude::*;

use super::{BAD_NAMES, assert_refused, changes, long, toast};
use crate::support::{Owner, TestApp};

const PATH: &str = "/setup/locations";

fn names(owner: &Owner<'_>) -> Vec<String> {
    owner
        .book()
        .active_locations()
        .map(|one| one.name.clone())
        .collect()
}

#[test]
fn a_location_is_added_at_the_end() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let sent = owner.submit(PATH, None, &[("name", "  Second bank "), ("kind", "savings")]);
    sent.assert_status(303).assert_location(PATH);
    assert_eq!(toast(&sent), "Added Second bank.");
    assert_eq!(names(&owner), ["Bank", "Cash", "Card", "Second bank"]);
    assert_eq!(owner.book().locations[3].kind, LocationKind::Savings);
    let page = owner.get(PATH);
    assert_eq!(
        page.select("table th[scope=row]"),
        ["Bank", "Cash", "Card", "Second bank", "All locations"]
    );
    page.assert_has("Savings account");
    assert!(page.select("#toasts .toast").is_empty(), "it is told once");
}

#[test]
fn bad_names_come_back_with_what_was_typed_and_write_nothing() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let before = changes(&owner);
    let (just_too_long, taken) = (long(256), ["bank", "BANK", " Bank ", "Ｂａｎｋ", "ＢＡＮＫ"]);
    let reserved = ["_total", "_TOTAL", "＿ｔｏｔａｌ"];
    let all = BAD_NAMES
        .iter()
        .chain(&taken)
        .chain(&reserved)
        .copied()
        .chain([just_too_long.as_str()]);
    for name in all {
        let page = owner.submit(PATH, None, &[("name", name), ("kind", "cash")]);
        assert_refused(&page, "name");
        assert_eq!(page.attributes("#name", "aria-invalid"), ["true"], "{name:?}");
        if !name.contains('\0') {
            assert_eq!(page.attributes("#name", "value"), [name], "{name:?}");
        }
        assert_eq!(page.attributes("#kind option[selected]", "value"), ["cash"]);
    }
    assert_eq!(names(&owner), ["Bank", "Cash", "Card"]);
    assert_eq!(changes(&owner), before, "something was written");
    let longest = long(255);
    owner.submit(PATH, None, &[("name", &longest)]).assert_status(303);
    owner.get(PATH).assert_ok().assert_has(&longest);
}

#[test]
fn a_kind_is_chosen_from_the_list() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let page = owner.submit(PATH, None, &[("name", "Jar"), ("kind", "jar")]);
    assert_refused(&page, "kind");
    // A program that knows no kinds.
    owner.post_with_token(PATH, &[("name", "Jar")]).assert_status(303);
    assert_eq!(owner.book().locations[3].kind, LocationKind::Other);
}

#[test]
fn a_form_sent_twice_adds_once() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let page = owner.get(PATH);
    for _ in 0..2 {
        let sent = page.submit(None, &[("name", "Jar"), ("kind", "cash")]);
        sent.assert_status(303).assert_location(PATH);
        assert_eq!(toast(&sent), "Added Jar.");
    }
    page.submit(None, &[("name", "Another jar"), ("kind", "cash")])
        .assert_status(422);
    assert_eq!(names(&owner), ["Bank", "Cash", "Card", "Jar"]);
}

#[test]
fn the_open_row_renames_and_changes_the_kind() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.location_id("Cash");
    let (page, action) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}"));
    owner.get(&page).assert_has("Close without saving");
    let sent = owner.submit(&page, Some(&action), &[("name", "Purse"), ("kind", "wallet")]);
    sent.assert_status(303).assert_location(PATH);
    assert_eq!(toast(&sent), "Saved Purse.");
    assert_eq!(names(&owner), ["Bank", "Purse", "Card"]);
    let before = changes(&owner);
    owner.submit(&page, Some(&action), &[]).assert_status(303);
    assert_eq!(
        changes(&owner),
        before,
        "nothing was changed, so nothing is written down"
    );
    for (name, field) in [("", "edit_name"), ("card", "edit_name"), ("_total", "edit_name")] {
        assert_refused(&owner.submit(&page, Some(&action), &[("name", name)]), field);
    }
    assert_refused(
        &owner.submit(&page, Some(&action), &[("kind", "jar")]),
        "edit_kind",
    );
    // Only its case: the name is its own.
    owner
        .submit(&page, Some(&action), &[("name", "PURSE")])
        .assert_status(303);
    // A program that knows no kinds leaves it as it is.
    let version = owner.book().location(id).unwrap().version.to_string();
    owner
        .post_with_token(&action, &[("name", "Pocket"), ("version", &version)])
        .assert_status(303);
    let stored = owner.book().location(id).unwrap().clone();
    assert_eq!(
        (stored.name.as_str(), stored.kind),
        ("Pocket", LocationKind::Wallet)
    );
}

#[test]
fn what_somebody_else_changed_meanwhile_is_not_overwritten_unseen() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.location_id("Cash");
    let (page, action) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}"));
    let mine = owner.get(&page);
    owner
        .submit(&page, Some(&action), &[("name", "Purse"), ("kind", "wallet")])
        .assert_status(303);
    let conflict = mine.submit(Some(&action), &[("name", "Notes and coins")]);
    conflict
        .assert_status(409)
        .assert_has("Somebody else changed this in the meantime. Nothing was saved yet")
        .assert_has("The name is Purse now, you typed Notes and coins.")
        .assert_has("The kind is Digital wallet now, you chose Cash.");
    assert_eq!(conflict.attributes("#edit_name", "value"), ["Notes and coins"]);
    assert_eq!(names(&owner), ["Bank", "Purse", "Card"]);
    // Now they know, and may insist.
    conflict.submit(Some(&action), &[]).assert_status(303);
    assert_eq!(names(&owner), ["Bank", "Notes and coins", "Card"]);
    // Without a version nobody can tell what was seen.
    owner
        .post_with_token(&action, &[("name", "Blind")])
        .assert_status(409);
    // Archived meanwhile: the row is gone.
    let mine = owner.get(&page);
    owner
        .submit(&page, Some(&format!("{action}/archive")), &[])
        .assert_status(303);
    mine.submit(Some(&action), &[("name", "Too late")])
        .assert_status(409)
        .assert_has("This was archived in the meantime. Nothing was saved.");
}

#[test]
fn a_location_is_archived_when_it_holds_nothing() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned_into("2026-11-01", "100", "Salary", ("Cash", "Fun"));
    owner.spent_from("2026-11-02", "30", "Rent", ("Cash", "Necessities"));
    let id = owner.location_id("Cash");
    let (page, archive) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}/archive"));
    owner
        .get(&page)
        .assert_has("It holds amounts below zero, which are settled first.");
    let refused = owner.post_with_token(&archive, &[]);
    refused.assert_status(409).assert_has("Cash still holds money.");
    assert_eq!(
        refused.select("table .is-open .act .btn"),
        ["Save"],
        "the row stays open"
    );
    assert_eq!(names(&owner), ["Bank", "Cash", "Card"]);

    owner.moved("2026-11-03", "70", ("Cash", "Fun"), ("Bank", "Fun"));
    // 30 of Fun and −30 of Necessities: nothing together, and yet something.
    owner.post_with_token(&archive, &[]).assert_status(409);

    owner.moved("2026-11-03", "30", ("Cash", "Fun"), ("Cash", "Necessities"));
    let sent = owner.submit(&page, Some(&archive), &[]);
    sent.assert_status(303).assert_location(PATH);
    assert_eq!(toast(&sent), "Archived Cash.");
    assert_eq!(names(&owner), ["Bank", "Card"]);
    let list = owner.get(PATH);
    assert_eq!(list.select(".fold summary"), ["1 archived location"]);
    assert_eq!(list.select("details strong"), ["Cash"]);
    list.assert_has("70.00");
    let archived = owner.get(&page);
    archived.assert_ok().assert_lacks("edit_name");
    assert_eq!(archived.attributes("details", "open").len(), 1);
    owner.post_with_token(&archive, &[]).assert_status(409);
}

#[test]
fn an_archived_location_comes_back_unless_its_name_was_given_away() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.location_id("Cash");
    let restore = format!("{PATH}/{id}/restore");
    owner.post_with_token(&restore, &[]).assert_status(409);
    owner
        .submit(
            &format!("{PATH}?edit={id}"),
            Some(&format!("{PATH}/{id}/archive")),
            &[],
        )
        .assert_status(303);
    owner.submit(PATH, None, &[("name", "CASH")]).assert_status(303);
    let page = owner.submit(PATH, Some(&restore), &[]);
    page.assert_status(422)
        .assert_has("Another one is called Cash now. Rename that one first, then restore this one.");
    assert_eq!(page.attributes("details", "open").len(), 1);
    let other = owner.location_id("CASH");
    owner
        .submit(
            &format!("{PATH}?edit={other}"),
            Some(&format!("{PATH}/{other}")),
            &[("name", "Purse")],
        )
        .assert_status(303);
    let list = owner.get(PATH);
    let sent = list.submit(Some(&restore), &[]);
    sent.assert_status(303);
    assert_eq!(toast(&sent), "Cash is in use again.");
    assert_eq!(toast(&list.submit(Some(&restore), &[])), "Cash is in use again.");
    assert_eq!(names(&owner), ["Bank", "Cash", "Card", "Purse"]);
}

#[test]
fn money_and_last_use_stand_beside_each_name() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-01", "100", "Salary");
    let late = owner.spent("2026-11-12", "10", "Rent");
    owner.spent("2026-12-24", "5", "Rent"); // still to come
    owner.spent_from("2025-03-01", "20", "Rent", ("Card", "Fun"));
    let cells = || owner.get(PATH).select("table tbody td.num");
    assert_eq!(
        cells(),
        ["85.00", "12 Nov", "– nothing", "– never", "−20.00", "1 Mar 2025"]
    );
    owner.delete(late);
    assert_eq!(
        cells(),
        ["95.00", "1 Nov", "– nothing", "– never", "−20.00", "1 Mar 2025"]
    );
    assert_eq!(owner.get(PATH).select("table tfoot td.num"), ["75.00"]);
    let id = owner.location_id("Bank");
    let links = owner.get(PATH).attributes("table tbody td.num a", "href");
    assert_eq!(links[0], format!("/transactions?location={id}"));
}

#[test]
fn a_location_is_added_with_what_is_there_already() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let page = owner.get(PATH);
    assert_eq!(page.value("opening_date"), "2026-11-14");
    let fun = owner.bucket_id("Fun").to_string();
    for (fields, sentence) in [
        (
            vec![("name", "Savings"), ("opening_amount", "1.005")],
            "opening_amount-error",
        ),
        (
            vec![("name", "Savings"), ("opening_amount", "0")],
            "Type an amount other than zero.",
        ),
        (
            vec![("name", "Bank"), ("opening_amount", "5")],
            "There is a location of this name already.",
        ),
        (
            vec![("name", "Savings"), ("opening_amount", "5"), ("opening_date", "")],
            "opening_date-error",
        ),
        (
            vec![
                ("name", "Savings"),
                ("opening_amount", "5"),
                ("opening_bucket", "0190a5c8-7d00-7000-8000-000000000000"),
            ],
            "Choose one of your buckets.",
        ),
    ] {
        let answer = page.submit(Some(PATH), &fields);
        answer.assert_status(422).assert_has(sentence);
        assert_eq!(
            answer.value("opening_amount"),
            fields[1].1,
            "what was typed is kept"
        );
        assert_eq!(names(&owner), ["Bank", "Cash", "Card"]);
    }

    let fields = [
        ("name", "Savings"),
        ("opening_amount", "-1,234.50"),
        ("opening_bucket", fun.as_str()),
        ("opening_date", "2026-01-01"),
    ];
    page.submit(Some(PATH), &fields).assert_status(303);
    assert_eq!(names(&owner), ["Bank", "Cash", "Card", "Savings"]);
    owner.get(PATH).assert_has("−1,234.50");
    let list = owner.get("/transactions");
    list.assert_has("Opening balance").assert_has("1 Jan");

    // One undo takes both back, and one more brings both again.
    let change = changes::table
        .filter(changes::household_id.eq(owner.household))
        .order((changes::at.desc(), changes::id.desc()))
        .select(changes::id)
        .first(&mut app.sql())
        .unwrap();
    let undone = owner.undo(change).unwrap();
    assert_eq!(names(&owner), ["Bank", "Cash", "Card"]);
    owner.get("/transactions").assert_lacks("Opening balance");
    owner.undo(undone).unwrap();
    owner.get(PATH).assert_has("−1,234.50");
    // Without an amount the other fields mean nothing.
    let page = owner.get(PATH);
    page.submit(Some(PATH), &[("name", "Safe"), ("opening_date", "")])
        .assert_status(303);
    assert_eq!(names(&owner).last().unwrap(), "Safe");
}
