use super::{changes, toast};
use crate::support::{Owner, Page, TestApp};

/// Presses a button that stands outside its form, as a browser would: with the form's token and its own key.
fn press(owner: &Owner<'_>, page: &Page, label: &str) -> Page {
    let button = format!("button[aria-label={label:?}]");
    let action = page.attributes(&button, "formaction").remove(0);
    let key = page.attributes(&button, "value").remove(0);
    assert_eq!(page.attributes(&button, "form"), ["order"]);
    owner.post_with_token(&action, &[("idempotency_key", key.as_str())])
}

#[test]
fn locations_and_buckets_move_up_and_down_and_back() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let locations = || -> Vec<String> { owner.book().locations.into_iter().map(|one| one.name).collect() };
    let sent = press(&owner, &owner.get("/setup/locations"), "Move Card up");
    sent.assert_status(303).assert_location("/setup/locations");
    let list = sent.follow();
    list.assert_has("Moved Card up.");
    assert_eq!(
        list.select("table tbody th"),
        ["Bank", "Card", "Cash"],
        "the page follows the order"
    );
    let undo = list.attributes(".toast form", "action").remove(0);
    list.submit(Some(&undo), &[]).assert_status(303);
    assert_eq!(locations(), ["Bank", "Cash", "Card"]);

    let sent = press(&owner, &owner.get("/setup/buckets"), "Move Necessities down");
    assert_eq!(toast(&sent), "Moved Necessities down.");
    assert_eq!(owner.book().buckets[0].name, "Economy");
    // The first bucket gets the cent that is left over.
    owner.earned("2026-11-01", "0.05", "Salary");
    assert_eq!(owner.book().buckets[1].name, "Necessities");
}

#[test]
fn at_the_end_of_the_order_nothing_moves() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let page = owner.get("/setup/buckets");
    assert_eq!(
        page.attributes(".move button[disabled]", "aria-label"),
        ["Move Necessities up", "Move Donation down"]
    );
    let before = changes(&owner);
    for (name, verb, told) in [
        ("Necessities", "up", "Necessities is the first already."),
        ("Donation", "down", "Donation is the last already."),
    ] {
        let path = format!("/setup/buckets/{}/{verb}", owner.bucket_id(name));
        let sent = owner.post_with_token(&path, &[]);
        let list = sent.follow();
        list.assert_has(told);
        assert!(list.select(".toast form").is_empty(), "there is nothing to undo");
    }
    assert_eq!(changes(&owner), before);
    let id = owner.bucket_id("Fun");
    owner
        .post_with_token(&format!("/setup/buckets/{id}/archive"), &[])
        .assert_status(303);
    owner
        .post_with_token(&format!("/setup/buckets/{id}/up"), &[])
        .assert_status(409)
        .assert_has("archived");
}

#[test]
fn a_double_click_moves_once() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let page = owner.get("/setup/locations");
    for _ in 0..2 {
        press(&owner, &page, "Move Card up").assert_status(303);
    }
    assert_eq!(owner.book().locations[1].name, "Card");
}
