//! Refunds and what they give back.

use budget::ids::TransactionId;
use budget::schema::transactions;
use diesel::prelude::*;

use super::{add, as_str, money, only, rows, set_up, toast, with_ids};
use crate::support::{Owner, Page, TestApp};

/// What the newest entry gives back.
fn linked(owner: &Owner<'_>) -> Option<TransactionId> {
    let (_, original): (TransactionId, Option<TransactionId>) = transactions::table
        .filter(transactions::household_id.eq(owner.household))
        .order(transactions::id.desc())
        .select((transactions::id, transactions::refund_of))
        .first(&mut owner.app.sql())
        .unwrap();
    original
}

/// Presses "Record refund" on the page of an entry.
#[track_caller]
fn refund_form(owner: &Owner<'_>, original: TransactionId) -> Page {
    let page = owner.get(&format!("/transactions/{original}"));
    let href = page.attributes(".refunds a.btn", "href").remove(0);
    owner.get(&href)
}

/// Gives back part of an entry.
#[track_caller]
fn give_back(owner: &Owner<'_>, original: TransactionId, amount: &str) -> Page {
    let form = refund_form(owner, original);
    form.submit(Some("/transactions"), &[("amount", amount)])
}

fn shoes(owner: &Owner<'_>) -> TransactionId {
    owner.spent_from("2026-11-05", "100.00", "Rent", ("Card", "Fun"))
}

#[test]
fn a_refund_is_recorded_from_what_it_gives_back() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let original = shoes(&owner);
    let path = format!("/transactions/{original}");

    let form = refund_form(&owner, original);
    for (field, value) in [
        ("amount", "100.00"),
        ("description", "Rent"),
        ("refund", "1"),
        ("refund_of", &original.to_string()),
        ("location", &owner.location_id("Card").to_string()),
        ("bucket", &owner.bucket_id("Fun").to_string()),
        ("category", &owner.category_id("Rent").to_string()),
    ] {
        assert_eq!(form.value(field), value, "{field}");
    }
    let list = form.submit(Some("/transactions"), &[("amount", "40")]).follow();
    assert_eq!(
        toast(&list),
        "Added Rent, +40.00. Refunded 40.00 of 100.00, 60.00 still owed back."
    );
    list.assert_has("Refunded 40.00 of 100.00, 60.00 still owed back.");
    assert_eq!(
        list.select("#tx-rows small.sub").len(),
        1,
        "only its original says so"
    );
    assert_eq!(linked(&owner), Some(original));

    let page = owner.get(&path);
    assert_eq!(
        page.select(".refunds .card-head p"),
        ["Refunded 40.00 of 100.00, 60.00 still owed back."]
    );
    let refund = page.attributes(".refunds li a", "href").remove(0);
    let page = owner.get(&refund);
    assert_eq!(page.select(".refunds h2"), ["Gives back"]);
    assert_eq!(
        page.attributes(".refunds li a", "href"),
        std::slice::from_ref(&path)
    );
    // An edit keeps it, also where only its amount changes.
    page.submit(None, &[("amount", "30")]).assert_status(303);
    assert_eq!(linked(&owner), Some(original));
    assert_eq!(refund_form(&owner, original).value("amount"), "70.00");

    // More than is left is taken, and said.
    let preview = format!(
        "/transactions/refund-choices?kind=expense&refund=1&refund_of={original}&amount=75&category={}",
        owner.category_id("Rent")
    );
    owner
        .fragment(&preview)
        .assert_has("Refunded 30.00 of 100.00, 70.00 still owed back. This is 5.00 more than is left.");
    let list = give_back(&owner, original, "75").follow();
    assert_eq!(
        toast(&list),
        "Added Rent, +75.00. Refunded 105.00 of 100.00, 5.00 more than there was."
    );
    // Unlinked in its form.
    owner
        .submit(&refund, None, &[("refund_of", "")])
        .assert_status(303);
    owner
        .get(&path)
        .assert_has("Refunded 75.00 of 100.00, 25.00 still owed back.");
}

#[test]
fn the_form_offers_recent_entries_of_the_category() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for day in 1..=20 {
        owner.spent(&format!("2026-10-{day:02}"), "10.00", "Groceries");
    }
    let original = shoes(&owner);
    let choices = |category: &str, refund: &str| {
        let path = format!(
            "/transactions/refund-choices?kind=expense&refund={refund}&category={}",
            owner.category_id(category)
        );
        owner.fragment(&path).select("option")
    };
    let offered = choices("Groceries", "1");
    assert_eq!(offered.len(), 13, "{offered:?}");
    assert_eq!(offered[0], "Nothing in particular");
    assert_eq!(offered[1], "20 Oct, Groceries, 10.00");
    assert_eq!(
        choices("Rent", "1"),
        ["Nothing in particular", "5 Nov, Rent, 100.00"]
    );
    assert!(choices("Rent", "").is_empty(), "no refund, nothing to give back");
    // What came back in full is not offered again.
    give_back(&owner, original, "100").assert_status(303);
    assert_eq!(choices("Rent", "1"), ["Nothing in particular"]);
    // Without a script the form comes again with the choices.
    let page = owner.get("/transactions/new?kind=expense");
    let sent = with_ids(
        &owner,
        &[
            ("amount", "5"),
            ("category", "Groceries"),
            ("refund", "1"),
            ("preview", "1"),
        ],
    );
    let again = page.submit(Some("/transactions"), &as_str(&sent));
    again.assert_ok();
    assert_eq!(again.select("#refund_of option").len(), 13);
}

#[test]
fn an_income_can_be_taken_back_in_part() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let salary = owner.earned("2026-11-05", "1000.00", "Salary");
    let form = refund_form(&owner, salary);
    assert_eq!(form.value("split"), "1");
    let list = form.submit(Some("/transactions"), &[("amount", "100")]).follow();
    assert_eq!(
        toast(&list),
        "Added Salary, −100.00. Taken back 100.00 of 1,000.00, 900.00 still yours."
    );
    assert_eq!(money(&owner, ("Bank", "Fun")), 9_000);
    for path in [format!("/transactions/{salary}"), "/transactions".to_owned()] {
        let taken = app.statements(|| drop(owner.get(&path)));
        assert!(taken <= 6, "{path}: {taken}");
    }
    let refund = owner
        .get(&format!("/transactions/{salary}"))
        .attributes(".refunds li a", "href")
        .remove(0);
    let taken = app.statements(|| drop(owner.get(&refund)));
    assert!(taken <= 6, "{taken}");
}

#[test]
fn what_does_not_fit_is_not_given_back() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    let original = shoes(&owner);
    let foreign = shoes(&other).to_string();
    let income = owner
        .earned_into("2026-11-05", "10", "Salary", ("Bank", "Fun"))
        .to_string();
    let moved = owner
        .moved("2026-11-05", "10", ("Bank", "Fun"), ("Card", "Fun"))
        .to_string();
    give_back(&owner, original, "10").assert_status(303);
    let refund = owner
        .get(&format!("/transactions/{original}"))
        .attributes(".refunds li a", "href")
        .remove(0);
    let refund_id = refund.rsplit('/').next().unwrap().to_owned();
    let before = rows(&owner);
    let gone = "What this gives back is not there any more.";
    for (refund_of, sentence) in [
        (foreign.as_str(), gone),
        ("0190a5c8-7d00-7000-8000-000000000000", gone),
        ("rubbish", gone),
        (&income, "What this gives back has to be an expense as well."),
        (&moved, "What this gives back has to be an expense as well."),
        (&refund_id, "That is a refund itself."),
    ] {
        let form = refund_form(&owner, original);
        let answer = form.submit(
            Some("/transactions"),
            &[("amount", "1"), ("refund_of", refund_of)],
        );
        answer.assert_status(422).assert_has(sentence);
        assert_eq!(answer.value("amount"), "1");
    }
    // Nor itself.
    let answer = owner.submit(&refund, None, &[("refund_of", &refund_id)]);
    answer
        .assert_status(422)
        .assert_has("An entry cannot give back itself.");
    assert_eq!(rows(&owner), before, "nothing was written");
    let hidden = owner.fragment(&format!(
        "/transactions/refund-choices?kind=expense&refund=1&refund_of={foreign}"
    ));
    hidden.assert_lacks(&foreign);
}

#[test]
fn what_has_refunds_stays_what_it_is() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let original = shoes(&owner);
    let path = format!("/transactions/{original}");
    give_back(&owner, original, "10").assert_status(303);

    let answer = owner.submit(&path, None, &[("refund", "1")]);
    answer
        .assert_status(422)
        .assert_has("A refund gives this entry back, so it stays an expense and no refund.");
    let income = owner.category_id("Salary").to_string();
    let answer = owner.submit(&path, None, &[("kind", "income"), ("category", &income)]);
    answer.assert_status(422).assert_has("so it stays an expense");
    // Everything else of it changes freely, also below what came back.
    owner.submit(&path, None, &[("amount", "5")]).assert_status(303);
    owner
        .get(&path)
        .assert_has("Refunded 10.00 of 5.00, 5.00 more than there was.");
}

#[test]
fn deleting_what_was_refunded_unlinks_and_undo_links_again() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let original = shoes(&owner);
    give_back(&owner, original, "10").assert_status(303);
    give_back(&owner, original, "20").assert_status(303);
    let path = format!("/transactions/{original}");
    let page = owner.get(&path);
    let old = owner.get(&page.attributes(".refunds li a", "href").remove(0));

    let list = page.submit(Some(&format!("{path}/delete")), &[]).follow();
    assert_eq!(
        toast(&list),
        "Deleted Rent, −100.00. Its 2 refunds stay, and give back nothing in particular."
    );
    assert_eq!(linked(&owner), None);
    assert_eq!(money(&owner, ("Card", "Fun")), 3_000);
    // Who had opened a refund before is told that it is another by now.
    old.submit(None, &[("amount", "11")]).assert_status(409);

    let undo = list.attributes(".toast form", "action").remove(0);
    let list = list.submit(Some(&undo), &[]).follow();
    assert_eq!(linked(&owner), Some(original));
    owner.get(&path).assert_has("Refunded 30.00 of 100.00");
    let redo = list.attributes(".toast form", "action").remove(0);
    list.submit(Some(&redo), &[]).assert_status(303);
    assert_eq!(linked(&owner), None);
    owner.get(&path).assert_status(404);
}

#[test]
fn undo_leaves_no_refund_without_what_it_gives_back() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let answer = add(&owner, "expense", &[("amount", "50"), ("category", "Rent")]);
    let added = answer.follow();
    let original = only(&owner);
    let refunded = give_back(&owner, original, "10").follow();
    let undo = added.attributes(".toast form", "action").remove(0);
    added
        .submit(Some(&undo), &[])
        .assert_status(409)
        .assert_has("refund");
    assert_eq!(rows(&owner).0, 2);

    // A refund whose original went after it comes back only after that.
    let undo_refund = refunded.attributes(".toast form", "action").remove(0);
    let undone = refunded.submit(Some(&undo_refund), &[]).follow();
    let path = format!("/transactions/{original}");
    let deleted = owner.submit(&path, Some(&format!("{path}/delete")), &[]).follow();
    let redo = undone.attributes(".toast form", "action").remove(0);
    undone.submit(Some(&redo), &[]).assert_status(409);
    let undo = deleted.attributes(".toast form", "action").remove(0);
    deleted.submit(Some(&undo), &[]).assert_status(303);
    undone
        .submit(Some(&redo), &[("idempotency_key", "another")])
        .assert_status(303);
    assert_eq!(linked(&owner), Some(original));
}

#[test]
fn a_reader_sees_what_came_back_and_records_nothing() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let original = shoes(&owner);
    give_back(&owner, original, "10").assert_status(303);
    crate::setup::set_role(&owner, "reader");
    let page = owner.get(&format!("/transactions/{original}"));
    page.assert_ok()
        .assert_has("Refunded 10.00 of 100.00")
        .assert_lacks("Record refund");
}
