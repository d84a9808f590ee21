use std::thread;

use super::{assert_refused, changes, toast};
use crate::support::TestApp;

#[test]
fn an_empty_household_is_told_what_each_list_is_for() {
    let app = TestApp::new();
    let owner = app.household();
    for (path, title) in [
        ("/setup/locations", "Where is your money?"),
        ("/setup/buckets", "What is your money for?"),
        ("/setup/categories", "Why does your money move?"),
    ] {
        let page = owner.get(path);
        page.assert_ok().assert_has(title).assert_has("Use these");
        assert_eq!(page.select("nav[aria-label=Set-up] .count"), ["0", "0", "0"]);
        assert_eq!(page.select("h1"), ["Set-up"]);
    }
    owner
        .get("/setup")
        .assert_status(303)
        .assert_location("/setup/buckets");
}

#[test]
fn the_suggestions_make_a_household_ready_in_three_clicks() {
    let app = TestApp::new();
    let owner = app.household();
    let take = |path: &str| owner.submit(path, Some(&format!("{path}/suggested")), &[]);

    let sent = take("/setup/locations");
    sent.assert_status(303).assert_location("/setup/locations");
    let list = sent.follow();
    list.assert_has("Added 4 locations.")
        .assert_has("Next:")
        .assert_has("Divide 100% of your income among buckets");
    assert_eq!(
        list.select("table tbody th, table tbody [data-label=Kind]"),
        [
            "Main bank",
            "Bank account",
            "Savings",
            "Savings account",
            "Card",
            "Card",
            "Cash",
            "Cash"
        ]
    );
    let list = take("/setup/buckets").follow();
    list.assert_has("Added 5 buckets. All of your income has a bucket.")
        .assert_has("Sum 100%")
        .assert_has("An income of 1,000.00")
        .assert_has("An example");
    let list = take("/setup/categories").follow();
    list.assert_has("Added 15 categories.").assert_lacks("Next:");
    assert_eq!(list.select("nav[aria-label=Set-up] .count"), ["4", "5", "15"]);
    for name in [
        "Salary",
        "Interest",
        "Going out",
        "Courses and books",
        "Gifts and charity",
    ] {
        list.assert_has(name);
    }
}

#[test]
fn suggestions_can_be_left_out_renamed_and_changed() {
    let app = TestApp::new();
    let owner = app.household();
    let path = "/setup/buckets";
    let page = owner.get(path);
    let given = [
        ("use", "1"),
        ("use", "2"),
        ("name_1", "Living"),
        ("share_1", "60.5"),
        ("share_2", "30"),
        ("share_5", "not even read"),
    ];
    let sent = page.submit(Some("/setup/buckets/suggested"), &given);
    assert_eq!(
        toast(&sent),
        "Added 2 buckets. 9.5% is missing: a split needs 100%."
    );
    let book = owner.book();
    let shares: Vec<_> = book
        .buckets
        .iter()
        .map(|one| format!("{} {}", one.name, one.percent))
        .collect();
    assert_eq!(shares, ["Living 60.5", "Economy 30"]);

    let path = "/setup/locations";
    let given = [("use", "4"), ("name_4", "Purse"), ("kind_4", "wallet")];
    owner
        .submit(path, Some("/setup/locations/suggested"), &given)
        .assert_status(303);
    let book = owner.book();
    assert_eq!(book.locations.len(), 1);
    assert_eq!(book.locations[0].name, "Purse");
    assert_eq!(book.locations[0].kind.as_str(), "wallet");
}

#[test]
fn suggestions_are_added_all_or_not_at_all() {
    let app = TestApp::new();
    let owner = app.household();
    let send =
        |given: &[(&str, &str)]| owner.submit("/setup/buckets", Some("/setup/buckets/suggested"), given);
    let page = send(&[("share_4", "15"), ("name_2", "Savings")]);
    assert_refused(&page, "share_4");
    page.assert_has("The shares add up to 105%. Nothing was saved. Take away 5%, for instance from Fun.");
    assert_eq!(page.attributes("#share_4", "value"), ["15"]);
    assert_eq!(page.attributes("#name_2", "value"), ["Savings"]);
    assert_refused(&send(&[("share_1", "NaN"), ("share_2", "101")]), "share_1");
    assert_refused(&send(&[("name_5", "FUN")]), "name_5");
    assert_refused(&send(&[("name_3", "_total")]), "name_3");
    assert_refused(&send(&[("name_3", " ")]), "name_3");
    let page = send(&[("use", "")]);
    assert_refused(&page, "use_1");
    page.assert_has("Tick at least one line");
    assert!(page.attributes("[name=use][checked]", "value").is_empty());
    assert!(owner.book().buckets.is_empty());
    assert_eq!(changes(&owner), 0);

    let path = "/setup/categories";
    let page = owner.submit(path, Some("/setup/categories/suggested"), &[("name_2", "salary")]);
    assert_refused(&page, "name_2");
    let page = owner.submit(
        "/setup/locations",
        Some("/setup/locations/suggested"),
        &[("kind_2", "jar")],
    );
    assert_refused(&page, "kind_2");
    assert_eq!(changes(&owner), 0);
}

#[test]
fn suggestions_sent_twice_are_added_once() {
    let app = TestApp::new();
    let owner = app.household();
    let page = owner.get("/setup/locations");
    let statuses: Vec<u16> = thread::scope(|scope| {
        let sent: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| page.submit(Some("/setup/locations/suggested"), &[]).status))
            .collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses, [303; 4]);
    assert_eq!(owner.book().locations.len(), 4);
    // A second window had the same page open: the names are taken, and the form comes back.
    let late = [("use", "1"), ("name_1", "Main bank")];
    let late = owner.post_with_token("/setup/locations/suggested", &late);
    assert_refused(&late, "name_1");
    assert_eq!(owner.book().locations.len(), 4);
}

#[test]
fn a_household_with_only_built_in_categories_still_gets_suggestions() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let other = app.sign_up("other@example.org", "EUR");
    other.location("Bank", budget::ledger::LocationKind::Bank);
    other.bucket("Fun", "0");
    other.bucket("Car", "0");
    other.moved("2026-11-01", "1", ("Bank", "Fun"), ("Bank", "Car"));
    let page = other.get("/setup/categories");
    page.assert_has("Use these").assert_has("Transfer");
    page.submit(Some("/setup/categories/suggested"), &[])
        .assert_status(303);
    assert_eq!(other.book().categories.len(), 16);
    owner.get("/setup/categories").assert_lacks("Use these");
}
