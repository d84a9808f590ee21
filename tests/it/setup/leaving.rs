use std::thread;

use super::{changes, toast};
use crate::support::{Owner, Page, TestApp};

/// Presses Undo in the message on this page.
#[track_caller]
fn undo(page: &Page) -> Page {
    let action = page.attributes(".toast form", "action").remove(0);
    page.submit(Some(&action), &[])
}

fn with_entries(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up();
    owner.earned_into("2026-11-01", "100", "Salary", ("Bank", "Fun"));
    owner.spent_from("2026-11-02", "30", "Going out", ("Cash", "Fun"));
    owner.moved("2026-11-03", "20", ("Bank", "Fun"), ("Bank", "Necessities"));
    owner.moved("2026-11-03", "5", ("Bank", "Fun"), ("Cash", "Fun"));
    owner
}

#[test]
fn a_merge_is_shown_done_and_undone() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let (fun, necessities) = (owner.bucket_id("Fun"), owner.bucket_id("Necessities"));
    let path = format!("/setup/buckets/{fun}");
    let before = app.fingerprint();
    // Without JavaScript: the choice, the preview, the deed.
    let choice = owner.get(&path);
    choice.assert_has("Its money, its 10% and all its entries become the other’s. The name Fun goes away.");
    let preview = choice.submit(
        Some(&format!("{path}/merge")),
        &[("into", necessities.to_string().as_str())],
    );
    preview
        .assert_ok()
        .assert_has("3 entries move, 1 transfer vanishes")
        .assert_has("Necessities gets its 10% of income and has 60% then.");
    assert_eq!(
        preview.select(".outcome .btn-primary"),
        ["Merge Fun into Necessities"]
    );
    assert_eq!(app.fingerprint(), before, "looking changes nothing");
    let sent = preview.submit(Some(&format!("{path}/merge")), &[]);
    // The first form of that address is the choice itself.
    sent.assert_ok();
    let sent = confirm(&owner, &preview);
    sent.assert_status(303).assert_location("/setup/buckets");
    let list = sent.follow();
    list.assert_has("Merged Fun into Necessities: 3 entries moved, 1 transfer vanished.");
    let book = owner.book();
    assert!(book.bucket(fun).is_none());
    assert_eq!(book.bucket(necessities).unwrap().percent.to_string(), "60");
    owner.get(&path).assert_status(404);
    undo(&list).assert_status(303);
    assert_eq!(owner.book().bucket(fun).unwrap().name, "Fun");
    owner
        .get(&path)
        .assert_ok()
        .assert_has("Gets 10% of a split income");
    assert_eq!(
        owner.get(&path).select("#tx-rows tr").len(),
        4,
        "the transfer is back"
    );
}

/// Sends the form of the preview.
#[track_caller]
fn confirm(owner: &Owner<'_>, preview: &Page) -> Page {
    let action = preview.attributes("form.outcome", "action").remove(0);
    let fields: Vec<(String, String)> = preview
        .attributes("form.outcome input", "name")
        .into_iter()
        .zip(preview.attributes("form.outcome input", "value"))
        .filter(|(name, _)| name != "csrf_token")
        .collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    owner.post_with_token(&action, &fields)
}

#[test]
fn locations_and_categories_merge_too() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let (cash, bank) = (owner.location_id("Cash"), owner.location_id("Bank"));
    let preview = owner.get(&format!("/setup/locations/{cash}/merge?into={bank}"));
    preview.assert_has("1 entry moves, 1 transfer vanishes: it was only between the two.");
    let sent = confirm(&owner, &preview);
    assert_eq!(
        toast(&sent),
        "Merged Cash into Bank: 1 entry moved, 1 transfer vanished."
    );
    let (rent, out) = (owner.category_id("Rent"), owner.category_id("Going out"));
    let page = owner.get(&format!("/setup/categories/{out}/merge"));
    assert_eq!(
        page.select("#other option"),
        ["Groceries", "Rent"],
        "only those that count as the same"
    );
    let preview = page.submit(None, &[("into", rent.to_string().as_str())]);
    preview.assert_has("1 entry moves.");
    let list = confirm(&owner, &preview).follow();
    list.assert_has("Merged Going out into Rent: 1 entry moved.");
    undo(&list).assert_status(303);
    assert!(owner.book().category(out).is_some());
}

#[test]
fn htmx_gets_the_preview_alone() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let path = format!("/setup/buckets/{}", owner.bucket_id("Fun"));
    let into = owner.bucket_id("Economy");
    let page = owner.get(&path);
    assert_eq!(page.attributes("form#merge", "hx-get"), [format!("{path}/merge")]);
    assert_eq!(page.attributes("form#merge", "hx-target"), ["#step"]);
    let fragment = owner.fragment(&format!("{path}/merge?into={into}"));
    fragment
        .assert_ok()
        .assert_has("4 entries move")
        .assert_lacks("<html");
    assert_eq!(fragment.header("vary"), Some("HX-Request"));
    confirm(&owner, &fragment).assert_status(303);
    let gone = owner.fragment(&format!("{path}/merge?into={into}"));
    gone.assert_status(404);
    let itself = owner.fragment(&format!("/setup/buckets/{into}/merge?into={into}"));
    itself
        .assert_status(422)
        .assert_has("cannot be merged into itself");
}

#[test]
fn what_cannot_be_merged_says_why() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let stranger = app.sign_up("stranger@example.org", "EUR");
    stranger.set_up();
    let fun = owner.bucket_id("Fun");
    let merge = format!("/setup/buckets/{fun}/merge");
    let donation = owner.bucket_id("Donation");
    owner
        .post_with_token(&format!("/setup/buckets/{donation}/archive"), &[])
        .assert_status(303);
    let before = changes(&owner);
    for (into, status, told) in [
        (fun.to_string(), 422, "Fun cannot be merged into itself."),
        (
            stranger.bucket_id("Fun").to_string(),
            422,
            "Choose one of your buckets.",
        ),
        ("x".to_owned(), 422, "Choose one of your buckets."),
        (String::new(), 422, "Choose one of your buckets."),
        (
            donation.to_string(),
            409,
            "Donation is archived and takes nothing.",
        ),
    ] {
        for page in [
            owner.get(&format!("{merge}?into={into}")),
            owner.post_with_token(&merge, &[("into", into.as_str())]),
        ] {
            page.assert_status(status).assert_has(told);
            assert!(page.select(".outcome").is_empty(), "no button for {into}");
        }
    }
    let salary = owner.category_id("Salary");
    owner
        .post_with_token(
            &format!("/setup/categories/{salary}/merge"),
            &[("into", owner.category_id("Rent").to_string().as_str())],
        )
        .assert_status(422)
        .assert_has("do not count as the same");
    assert_eq!(changes(&owner), before);
}

#[test]
fn a_preview_of_what_changed_since_is_shown_again() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let fun = owner.bucket_id("Fun");
    let path = format!("/setup/buckets/{fun}");
    let economy = owner.bucket_id("Economy");
    let preview = owner.get(&format!("{path}/merge?into={economy}"));
    owner
        .submit(&path, Some(&path), &[("name", "Joy")])
        .assert_status(303);
    let again = confirm(&owner, &preview);
    again
        .assert_status(409)
        .assert_has("Somebody else changed Joy in the meantime. Nothing was done")
        .assert_has("4 entries move");
    confirm(&owner, &again).assert_status(303);
    assert!(owner.book().bucket(fun).is_none());
}

#[test]
fn two_windows_that_merge_at_once_merge_once() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let fun = owner.bucket_id("Fun");
    let targets = [owner.bucket_id("Economy"), owner.bucket_id("Education")];
    let previews = targets.map(|into| owner.get(&format!("/setup/buckets/{fun}/merge?into={into}")));
    let before = changes(&owner);
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let sent: Vec<_> = previews
            .iter()
            .map(|preview| scope.spawn(|| confirm(&owner, preview).status))
            .collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    assert_eq!(changes(&owner), before + 1);
    // The same window twice is one merge with one answer.
    let (cash, bank) = (owner.location_id("Cash"), owner.location_id("Bank"));
    let preview = owner.get(&format!("/setup/locations/{cash}/merge?into={bank}"));
    let first = toast(&confirm(&owner, &preview));
    assert_eq!(toast(&confirm(&owner, &preview)), first);
}

#[test]
fn archiving_moves_the_money_first() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let (cash, bank) = (owner.location_id("Cash"), owner.location_id("Bank"));
    owner.earned_into("2026-11-04", "9", "Salary", ("Cash", "Economy"));
    let path = format!("/setup/locations/{cash}");
    let page = owner.get(&path);
    page.assert_has("It holds amounts below zero, which are settled first.");
    let preview = page.submit(
        Some(&format!("{path}/archive")),
        &[("move_to", bank.to_string().as_str())],
    );
    preview
        .assert_ok()
        .assert_has("2 transfers are recorded today, then it is archived.");
    assert_eq!(
        preview.select(".moving tbody tr"),
        ["Cash, Economy Bank, Economy 9.00", "Bank, Fun Cash, Fun 25.00"]
    );
    let sent = confirm(&owner, &preview);
    sent.assert_status(303).assert_location(&path);
    let page = sent.follow();
    page.assert_has("Archived Cash. What it held is in Bank now.")
        .assert_has("No money there now.");
    assert_eq!(
        owner.get("/setup/locations").select("table tfoot td.num"),
        ["79.00"]
    );
    undo(&page).assert_status(303);
    let again = owner.get(&path);
    assert_eq!(
        again.select("[aria-labelledby=money-h] tbody tr"),
        ["Economy 9.00", "Fun −25.00"]
    );
    for (to, told) in [
        (cash.to_string(), "Choose another location."),
        ("nothing".to_owned(), "Choose one of your locations."),
    ] {
        owner
            .post_with_token(&format!("{path}/archive"), &[("move_to", to.as_str())])
            .assert_status(422)
            .assert_has(told);
    }
    let fun = owner.bucket_id("Fun");
    owner
        .get(&format!("/setup/buckets/{fun}"))
        .assert_has("It holds amounts below zero");
}

#[test]
fn what_was_never_used_is_deleted_at_once_and_comes_back() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let paths = [
        format!("/setup/locations/{}", owner.location_id("Card")),
        format!("/setup/buckets/{}", owner.bucket_id("Fun")),
        format!("/setup/categories/{}", owner.category_id("Rent")),
    ];
    for path in paths {
        let sent = owner.submit(&path, Some(&format!("{path}/delete")), &[]);
        sent.assert_status(303);
        let list = sent.follow();
        list.assert_has("Deleted ");
        owner.get(&path).assert_status(404);
        owner
            .post_with_token(&format!("{path}/delete"), &[])
            .assert_status(404);
        undo(&list).assert_status(303);
        owner.get(&path).assert_ok();
    }
}

#[test]
fn what_is_used_asks_for_what_takes_its_place() {
    let app = TestApp::new();
    let owner = with_entries(&app);
    let out = owner.category_id("Going out");
    let path = format!("/setup/categories/{out}");
    let page = owner.get(&path);
    page.assert_has("It has entries, so another category takes its place.");
    let step = owner.post_with_token(&format!("{path}/delete"), &[]);
    step.assert_status(409)
        .assert_has("Going out has entries. Choose what takes its place, or archive it.");
    let rent = owner.category_id("Rent").to_string();
    let preview = step.submit(Some(&format!("{path}/delete")), &[("into", rent.as_str())]);
    preview.assert_has("1 entry moves.");
    assert_eq!(
        preview.select(".outcome .btn-primary"),
        ["Delete Going out, keep its entries in Rent"]
    );
    let list = confirm(&owner, &preview).follow();
    list.assert_has("Deleted Going out, replaced by Rent: 1 entry moved.");
    undo(&list).assert_status(303);
    assert_eq!(owner.book().category(out).unwrap().name, "Going out");
}
