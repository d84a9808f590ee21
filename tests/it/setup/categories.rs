use budget::ledger::Sign;

use super::{BAD_NAMES, assert_refused, changes, long, toast};
use crate::support::{Owner, TestApp};

const PATH: &str = "/setup/categories";

fn sign_of(owner: &Owner<'_>, name: &str) -> Sign {
    let id = owner.category_id(name);
    owner.book().category(id).unwrap().sign
}

#[test]
fn categories_stand_by_what_they_count_as_in_words_of_people() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.moved("2026-11-01", "1", ("Bank", "Fun"), ("Cash", "Fun"));
    let page = owner.get(PATH);
    assert_eq!(
        page.select("table th[scope=rowgroup], table th[scope=row]"),
        [
            "Income counts as income",
            "Salary",
            "Expense counts as expense",
            "Going out",
            "Groceries",
            "Rent",
            "Neither moves money, never part of the result",
            "Transfer",
        ]
    );
    let text = page.text().to_lowercase();
    for word in ["positive", "negative", "neutral"] {
        assert!(!text.contains(word), "people read {word}");
    }
}

#[test]
fn entries_of_this_year_are_counted() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-01-01", "100", "Salary"); // five postings, one entry
    owner.spent("2026-11-12", "10", "Rent");
    owner.spent("2026-12-31", "10", "Rent");
    owner.spent("2025-12-31", "10", "Rent");
    owner.spent("2027-01-01", "10", "Rent");
    let page = owner.get(PATH);
    assert_eq!(page.select("table tbody td.num"), ["1", "– none", "– none", "2"]);
    let rent = owner.category_id("Rent");
    assert_eq!(
        page.attributes("table tbody td.num a", "href")[1],
        format!("/transactions?category={rent}&period=2026")
    );
    app.set_clock("2027-01-01T00:00:00Z");
    let page = owner.get(PATH);
    page.assert_has("Entries in 2027");
    assert_eq!(
        page.select("table tbody td.num"),
        ["– none", "– none", "– none", "1"]
    );
}

#[test]
fn a_category_is_added_and_bad_input_comes_back() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let sent = owner.submit(PATH, None, &[("name", " Pets "), ("sign", "NEGATIVE")]);
    sent.assert_status(303).assert_location(PATH);
    assert_eq!(toast(&sent), "Added Pets.");
    let before = changes(&owner);
    let too_long = long(256);
    for name in BAD_NAMES.iter().chain(&["pets", "ＰＥＴＳ", &too_long]) {
        assert_refused(&owner.submit(PATH, None, &[("name", name)]), "name");
    }
    for sign in ["", "positive", "INCOME", "Income"] {
        let page = owner.post_with_token(PATH, &[("name", "Garden"), ("sign", sign)]);
        assert_refused(&page, "sign");
        assert_eq!(page.attributes("#name", "value"), ["Garden"]);
    }
    let page = owner.post_with_token(PATH, &[]);
    assert_eq!(
        page.attributes(".error-summary a", "href"),
        ["#name", "#sign"],
        "all that is wrong is told at once"
    );
    assert_eq!(changes(&owner), before, "something was written");
    let page = owner.get(PATH);
    page.submit(None, &[("name", "Garden"), ("sign", "POSITIVE")])
        .assert_status(303);
    page.submit(None, &[("name", "Garden"), ("sign", "POSITIVE")])
        .assert_status(303);
    assert_eq!(changes(&owner), before + 1);
}

#[test]
fn what_a_category_counts_as_is_fixed_once_it_is_used() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.category_id("Rent");
    let (page, action) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}"));
    let open = owner.get(&page);
    assert_eq!(
        open.select("table .radios label"),
        ["Income", "Expense", "Neither"]
    );
    open.submit(Some(&action), &[("sign", "NEUTRAL"), ("name", "Rent lent")])
        .assert_status(303);
    assert_eq!(sign_of(&owner, "Rent lent"), Sign::Neutral);
    owner
        .submit(&page, Some(&action), &[("sign", "NEGATIVE"), ("name", "Rent")])
        .assert_status(303);
    assert_refused(
        &owner.submit(&page, Some(&action), &[("sign", "BAD")]),
        "edit_sign",
    );
    let before_use = owner.get(&page);
    owner.spent("2020-01-01", "10", "Rent");
    let refused = before_use.submit(Some(&action), &[("sign", "POSITIVE")]);
    refused
        .assert_status(422)
        .assert_has("Rent has entries, so what it counts as is fixed. Add another category instead.");
    let open = owner.get(&page);
    open.assert_has("It has entries, so this is fixed");
    assert!(open.select("table .radios").is_empty());
    open.submit(Some(&action), &[("name", "Home")]).assert_status(303);
    assert_eq!(sign_of(&owner, "Home"), Sign::Negative);
}

#[test]
fn a_stale_edit_shows_both() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.category_id("Rent");
    let (page, action) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}"));
    let mine = owner.get(&page);
    owner
        .submit(&page, Some(&action), &[("name", "Home"), ("sign", "NEUTRAL")])
        .assert_status(303);
    mine.submit(Some(&action), &[("name", "Flat")])
        .assert_status(409)
        .assert_has("The name is Home now, you typed Flat.")
        .assert_has("It counts as Neither now, you chose Expense.");
    assert_eq!(sign_of(&owner, "Home"), Sign::Neutral);
}

#[test]
fn a_used_category_can_be_archived_and_comes_back() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-01", "10", "Rent");
    let id = owner.category_id("Rent");
    let page = format!("{PATH}?edit={id}");
    owner
        .submit(&page, Some(&format!("{PATH}/{id}/archive")), &[])
        .assert_status(303);
    let list = owner.get(PATH);
    assert_eq!(list.select("details strong"), ["Rent"]);
    list.submit(Some(&format!("{PATH}/{id}/restore")), &[])
        .assert_status(303);
    assert!(owner.get(PATH).select("details").is_empty());
}
