use budget::ledger::LocationKind;

use super::{assert_refused, changes, set_role, toast};
use crate::support::{Owner, TestApp};

/// SQL statements of a page, with the one that checks who asks.
const STATEMENTS_MAX: u64 = 6;

fn pages(owner: &Owner<'_>) -> [String; 3] {
    [
        format!("/setup/locations/{}", owner.location_id("Bank")),
        format!("/setup/buckets/{}", owner.bucket_id("Fun")),
        format!("/setup/categories/{}", owner.category_id("Rent")),
    ]
}

#[test]
fn a_location_shows_what_its_money_is_for_and_its_latest_entries() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned_into("2026-11-01", "100", "Salary", ("Bank", "Fun"));
    owner.spent_from("2026-11-02", "30", "Rent", ("Bank", "Necessities"));
    owner.earned_into("2026-11-03", "7", "Salary", ("Cash", "Fun"));
    let id = owner.location_id("Bank");
    let fun = owner.bucket_id("Fun");
    let page = owner.get(&format!("/setup/locations/{id}"));
    page.assert_ok().assert_has("Bank account");
    assert_eq!(page.select("h1"), ["Bank"]);
    assert_eq!(
        page.select("[aria-labelledby=money-h] tr"),
        [
            "Bucket Money, EUR",
            "Necessities −30.00",
            "Fun 100.00",
            "Total 70.00"
        ]
    );
    let links = page.attributes("[aria-labelledby=money-h] a", "href");
    assert_eq!(links[1], format!("/transactions?location={id}&bucket={fun}"));
    assert_eq!(links[2], format!("/transactions?location={id}"));
    assert_eq!(page.select("#tx-rows th"), ["Rent", "Salary"]);
    assert_eq!(
        page.attributes(".crumbs a", "href"),
        ["/setup", "/setup/locations"]
    );
    for link in links {
        owner.get(&link).assert_ok();
    }
}

#[test]
fn a_bucket_shows_where_its_money_is_and_its_percentages_over_time() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned_into("2026-11-01", "12.30", "Salary", ("Cash", "Fun"));
    let id = owner.bucket_id("Fun");
    let path = format!("/setup/buckets/{id}");
    let share = format!("allocation_percentage_{id}");
    let sent = owner.submit(&path, Some(&path), &[("name", "Joy"), (&share, "8")]);
    sent.assert_status(303).assert_location(&path);
    assert_eq!(toast(&sent), "Saved Joy.");
    let page = owner.get(&path);
    page.assert_has("Gets 8% of a split income");
    assert_eq!(page.select("[aria-labelledby=money-h] tbody tr"), ["Cash 12.30"]);
    let past = page.select("table.past tbody tr");
    assert_eq!(past.len(), 3, "{past:?}");
    assert!(past[0].contains("by you Name Fun Joy"), "{past:?}");
    assert_eq!(past[1], "Share 10% 8%");
    assert!(past[2].ends_with("Added – nothing Fun, 10%, in use"), "{past:?}");
    // Both were one change, and are taken back as one.
    let list = owner
        .submit(&path, Some(&path), &[(&share, "9"), ("name", "Fun")])
        .follow();
    let undo = list.attributes(".toast form", "action").remove(0);
    list.submit(Some(&undo), &[]).assert_status(303);
    let stored = owner.book().bucket(id).unwrap().clone();
    assert_eq!(
        (stored.name.as_str(), stored.percent.to_string()),
        ("Joy", "8".to_owned())
    );
    owner.get(&path).assert_has("9%").assert_has("Joy");
}

#[test]
fn a_category_shows_its_last_twelve_months() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-01", "10", "Rent");
    owner.spent("2026-11-02", "20.50", "Rent");
    owner.spent("2025-12-31", "1", "Rent");
    owner.spent("2025-11-30", "99", "Rent"); // too old
    owner.spent("2026-12-01", "77", "Rent"); // still to come
    let id = owner.category_id("Rent");
    let page = owner.get(&format!("/setup/categories/{id}"));
    page.assert_has("Counts as expense");
    let rows = page.select("table.facts tbody tr");
    assert_eq!(rows.len(), 12);
    assert_eq!(rows[0], "November 2026 2 −30.50");
    assert_eq!(rows[1], "October 2026 – none – nothing");
    assert_eq!(rows[11], "December 2025 1 −1.00");
    assert_eq!(page.select("table.facts tfoot tr"), ["Together 3 −31.50"]);
    assert_eq!(
        page.attributes("#months-h + .ways a", "href"),
        [
            format!("/reports/month?category={id}"),
            format!("/reports/year?category={id}")
        ]
    );
    let link = page.attributes("table.facts a", "href").remove(0);
    assert_eq!(link, format!("/transactions?category={id}&period=2026-11"));
    assert_eq!(owner.get(&link).select("#tx-rows tr").len(), 2);
}

#[test]
fn what_is_refused_on_the_page_comes_back_on_the_page() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let [location, bucket, category] = pages(&owner);
    for path in [&location, &bucket, &category] {
        let page = owner.submit(path, Some(path), &[("name", " ")]);
        assert_refused(&page, "edit_name");
        assert_eq!(page.select(".crumbs li").len(), 3, "it is the page itself");
    }
    let share = format!("allocation_percentage_{}", owner.bucket_id("Fun"));
    let page = owner.submit(&bucket, Some(&bucket), &[(&share, "x")]);
    assert_refused(&page, &share);
    let page = owner.submit(&bucket, Some(&bucket), &[(&share, "11")]);
    page.assert_status(422)
        .assert_has("The shares add up to 101%. Take away 1%; nothing was saved.");
    assert_eq!(page.attributes(&format!("#{share}"), "value"), ["11"]);
    let page = owner.get(&location);
    owner
        .submit(
            &location,
            Some(&location),
            &[("name", "First bank"), ("kind", "savings")],
        )
        .assert_status(303);
    page.submit(Some(&location), &[("name", "Second bank")])
        .assert_status(409)
        .assert_has("The name is First bank now, you typed Second bank.");
    owner.get(&location).assert_has("Savings account");
}

#[test]
fn an_archived_thing_can_be_restored_on_its_page() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for path in pages(&owner) {
        let sent = owner.submit(&path, Some(&format!("{path}/archive")), &[]);
        sent.assert_status(303).assert_location(&path);
        let page = sent.follow();
        page.assert_has("archived").assert_lacks("edit_name");
        let sent = page.submit(Some(&format!("{path}/restore")), &[]);
        sent.assert_status(303).assert_location(&path);
        assert!(toast(&sent).contains("is in use again"));
        owner.get(&path).assert_has("edit_name");
    }
}

#[test]
fn a_reader_sees_the_pages_and_no_forms() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-01", "100", "Salary");
    let id = owner.location_id("Bank");
    owner
        .submit(
            &format!("/setup/locations/{id}"),
            Some(&format!("/setup/locations/{id}")),
            &[("name", "Main bank")],
        )
        .assert_status(303);
    let paths = [
        format!("/setup/locations/{id}"),
        format!("/setup/buckets/{}", owner.bucket_id("Fun")),
        format!("/setup/categories/{}", owner.category_id("Salary")),
    ];
    set_role(&owner, "reader");
    let before = changes(&owner);
    for path in &paths {
        let page = owner.get(path);
        page.assert_ok().assert_has("What changed when");
        assert_eq!(page.attributes("main form", "action"), [""; 0], "{path}");
        for step in ["merge", "delete"] {
            owner.get(&format!("{path}/{step}")).assert_status(403);
            owner
                .post_with_token(&format!("{path}/{step}"), &[])
                .assert_status(403);
        }
    }
    assert_eq!(changes(&owner), before);
}

#[test]
fn a_page_asks_the_database_little_however_much_there_is() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let count = |owner: &Owner<'_>| -> Vec<u64> {
        let [location, bucket, category] = pages(owner);
        let other = owner.location_id("Cash");
        [
            format!("{location}/merge?into={other}"),
            format!("{location}/archive?move_to={other}"),
            format!("{category}/delete?into={}", owner.category_id("Groceries")),
            location,
            bucket,
            category,
        ]
        .iter()
        .map(|path| {
            app.statements(|| {
                owner.get(path).assert_ok();
            })
        })
        .collect()
    };
    count(&owner); // warm
    let few = count(&owner);
    assert!(few.iter().all(|number| *number <= STATEMENTS_MAX), "{few:?}");
    for day in 1..28 {
        owner.spent(&format!("2026-10-{day:02}"), "1", "Rent");
        owner.earned(&format!("2026-10-{day:02}"), "10", "Salary");
    }
    for n in 0..20 {
        owner.location(&format!("Location {n}"), LocationKind::Other);
    }
    assert_eq!(count(&owner), few, "statements grow with rows");
}

#[test]
fn every_page_has_each_id_once_and_shows_names_as_they_are() {
    let app = TestApp::new();
    let owner = app.household();
    let evil = "<script>alert(1)</script> & \"quotes\" {{ 7*7 }}";
    owner.set_up();
    for path in pages(&owner) {
        owner
            .submit(&path, Some(&path), &[("name", evil)])
            .assert_status(303);
        for path in [path.clone(), format!("{path}/merge"), format!("{path}/delete")] {
            let page = owner.get(&path);
            page.assert_ok();
            assert!(!page.body.contains("<script>alert"), "markup gets through");
            let mut ids = page.attributes("[id]", "id");
            let all = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), all, "an id stands twice on {path}");
            assert_eq!(page.select("h1").len(), 1);
        }
    }
}
