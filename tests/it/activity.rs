//! Activity, the history of one entry, undo from both, and rows that are corrected in their place.

mod rows;

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use budget::ids::ChangeId;
use budget::ledger::merge::{self, Pair};
use budget::ledger::{BucketChoice, Entry, FlowKind, LocationKind, location};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::support::{Owner, Page, TestApp};

/// The sentences of the changes on a page, newest first.
fn sentences(page: &Page) -> Vec<String> {
    page.select(".log li .what > p:first-child")
}

/// The newest change of a household.
fn newest(owner: &Owner<'_>) -> ChangeId {
    use budget::schema::changes;
    changes::table
        .filter(changes::household_id.eq(owner.household))
        .order((changes::at.desc(), changes::id.desc()))
        .select(changes::id)
        .first(&mut owner.app.sql())
        .unwrap()
}

/// Presses Undo beside the change whose sentence this is.
#[track_caller]
fn undo(page: &Page, sentence: &str) -> Page {
    let place = sentences(page).iter().position(|one| one == sentence);
    let place = place.unwrap_or_else(|| panic!("{sentence:?} is not among {:#?}", sentences(page)));
    let css = format!(".log:first-of-type li:nth-child({}) form", place + 1);
    let action = page.attributes(&css, "action").remove(0);
    page.submit(Some(&action), &[])
}

/// Imports these lines with the command line, as `bank.csv`.
#[track_caller]
fn import(owner: &Owner<'_>, file: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bank.csv"), file).unwrap();
    let arguments = [
        "import",
        "--user",
        &owner.email,
        "--format",
        "csv",
        "--file",
        "bank.csv",
        "--create",
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_budget"))
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", owner.app.database_url())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn lines_of(number: usize) -> String {
    let mut file = "date,description,amount,sign,category,location,bucket,to_location,to_bucket\n".to_owned();
    for index in 0..number {
        writeln!(file, "2026-10-01,Bought {index},1.00,-,Groceries,Bank,Fun,,").unwrap();
    }
    file
}

#[test]
fn each_change_is_told_with_who_and_what() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let entry = owner.spent("2026-11-03", "12.50", "Groceries");
    let path = format!("/transactions/{entry}");
    owner
        .submit(&path, None, &[("amount", "21.50"), ("date", "2026-11-04")])
        .assert_status(303);
    let (fun, economy) = (owner.bucket_id("Fun"), owner.bucket_id("Economy"));
    let (fun, economy) = (
        format!("allocation_percentage_{fun}"),
        format!("allocation_percentage_{economy}"),
    );
    owner
        .submit(
            "/setup/buckets",
            Some("/setup/buckets/percentages"),
            &[(&fun, "12"), (&economy, "18")],
        )
        .assert_status(303);
    owner.delete(entry);

    let mut page = None;
    let taken = app.statements(|| page = Some(owner.get("/activity")));
    let page = page.unwrap();

    page.assert_ok();
    assert!(taken <= 6, "{taken} statements");
    let told = sentences(&page);
    assert_eq!(
        told[..4],
        [
            "Deleted Groceries, −21.50",
            "Set percentages: Economy 20% to 18%, Fun 10% to 12%",
            "Changed Groceries: amount 12.50 to 21.50, day 3 Nov to 4 Nov",
            "Added Groceries, −12.50",
        ]
    );
    assert!(
        told.contains(&"Added bucket Fun with 10%".to_owned()),
        "{told:#?}"
    );
    assert!(told.contains(&"Added location Cash".to_owned()), "{told:#?}");
    assert!(page.select(".log li .what > p.muted")[0].starts_with("Ada · "));
    // What it was and what it became is folded out, with names for ids.
    assert_eq!(
        page.select(".log li:nth-child(3) details tbody tr"),
        ["Amount 12.50 21.50", "Day 3 Nov 4 Nov"]
    );
    assert!(
        page.select(".log li:first-child details tbody tr")
            .contains(&"Location Bank".to_owned())
    );
    // The menus lead here.
    assert_eq!(page.select(".side-foot a[aria-current=page]"), ["Activity"]);
    owner.get("/more").assert_has("href=\"/activity\"");
}

#[test]
fn several_at_once_and_what_a_deletion_unlinks_are_told_as_they_are() {
    let app = TestApp::new();
    let owner = app.household();
    let page = owner.get("/setup/categories");
    page.submit(Some("/setup/categories/suggested"), &[])
        .assert_status(303);
    assert_eq!(sentences(&owner.get("/activity")), ["Added 15 categories"]);
    owner.location("Bank", LocationKind::Bank);
    owner.bucket("Needs", "100");

    let shoes = owner.spent_from("2026-11-02", "100.00", "Clothes", ("Bank", "Needs"));
    let cell = owner.cell(("Bank", "Needs"));
    let refund = owner.add(
        "2026-11-03",
        "Sent back",
        Entry::Flow {
            kind: FlowKind::Expense,
            refund: true,
            refund_of: Some(shoes),
            amount: owner.amount("40.00"),
            category: owner.category_id("Clothes"),
            location: cell.location,
            bucket: BucketChoice::One(cell.bucket),
        },
    );
    owner.delete(shoes);
    assert_eq!(sentences(&owner.get("/activity"))[0], "Deleted Clothes, −100.00");
    assert_eq!(
        sentences(&owner.get(&format!("/transactions/{refund}")))[0],
        "Deleted Clothes, which this gave back"
    );
    app.check();
}

#[test]
fn a_fragment_is_the_list_alone() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let part = owner.fragment("/activity?about=buckets");
    part.assert_ok()
        .assert_lacks("<html")
        .assert_lacks("Added location");
    assert_eq!(
        part.attributes("#activity", "hx-get"),
        ["/activity?about=buckets"]
    );
}

#[test]
fn a_merge_is_counted_and_what_is_gone_keeps_its_name() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for day in 1..=25 {
        owner.spent_from(&format!("2026-11-{day:02}"), "1", "Rent", ("Cash", "Fun"));
    }
    owner.moved("2026-11-02", "5", ("Cash", "Fun"), ("Bank", "Fun"));
    let first = owner.spent_from("2026-10-01", "2", "Rent", ("Cash", "Fun"));
    let pair = Pair::Locations {
        source: owner.location_id("Cash"),
        target: owner.location_id("Bank"),
    };
    owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();

    let page = owner.get("/activity");

    let told = sentences(&page);
    assert_eq!(
        told[0],
        "Merged Cash into Bank: 26 entries moved, 1 transfer between the two taken away"
    );
    let things = page.select(".log li:first-child details table").len();
    assert!(things <= 20, "{things} of 28 things are told");
    assert!(page.select(".log li:first-child details > p")[0].starts_with("and "));
    assert!(
        page.select(".log li:nth-child(2) details tbody tr")
            .contains(&"Location Cash".to_owned()),
        "the name is from the history: {:?}",
        page.select(".log li:nth-child(2) details tbody tr")
    );

    // On the page of one of them.
    let history = owner.get(&format!("/transactions/{first}"));
    assert_eq!(
        sentences(&history),
        ["Merged Cash into Bank", "Added Rent, −2.00"]
    );
    assert_eq!(
        history.select(".log li:first-child details tbody tr"),
        ["Location Cash Bank"]
    );
    // To take the whole merge back belongs where the whole of it shows.
    let whole = history.attributes(".log li:first-child a", "href");
    assert_eq!(whole, [format!("/activity?all=1&from={}", newest(&owner))]);
    assert!(history.select(".log li:first-child form").is_empty());
    assert_eq!(sentences(&owner.get(&whole[0]))[0], told[0]);

    undo(&page, &told[0])
        .assert_status(303)
        .assert_location("/activity");
    let told = sentences(&owner.get("/activity"));
    assert_eq!(
        told[0],
        "Undid: Merged Cash into Bank: 26 entries moved, 1 transfer between the two taken away"
    );
}

#[test]
fn an_import_of_thousands_costs_no_more_than_one_of_few() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    import(&owner, &lines_of(2000));

    let mut page = None;
    let taken = app.statements(|| page = Some(owner.get("/activity")));
    let page = page.unwrap();

    assert!(taken <= 6, "{taken} statements");
    assert_eq!(sentences(&page)[0], "Imported 2,000 entries from bank.csv");
    assert!(page.body.len() < 100_000, "{} bytes", page.body.len());
    let entry = budget::schema::transactions::table
        .filter(budget::schema::transactions::household_id.eq(owner.household))
        .select(budget::schema::transactions::id)
        .first::<budget::ids::TransactionId>(&mut app.sql())
        .unwrap();
    let history = owner.get(&format!("/transactions/{entry}"));
    assert_eq!(sentences(&history), ["Imported from bank.csv"]);
    assert!(
        history.select(".log form").is_empty(),
        "2,000 entries do not go from here"
    );

    undo(&page, "Imported 2,000 entries from bank.csv").assert_status(303);
    let page = owner.get("/activity");
    assert_eq!(sentences(&page)[0], "Undid: Imported 2,000 entries from bank.csv");
    assert!(page.body.len() < 150_000, "{} bytes", page.body.len());
    assert_eq!(app.count("transactions"), 0);
    undo(&page, "Undid: Imported 2,000 entries from bank.csv").assert_status(303);
    assert_eq!(
        sentences(&owner.get("/activity"))[0],
        "Did again: Imported 2,000 entries from bank.csv"
    );
    assert_eq!(app.count("transactions"), 2000);
}

#[test]
fn an_undo_leads_back_and_can_be_undone_once() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-03", "12.50", "Groceries");
    let page = owner.get("/activity?about=entries");

    let undone = undo(&page, "Added Groceries, −12.50");
    undone
        .assert_status(303)
        .assert_location("/activity?about=entries");
    let after = undone.follow();
    assert_eq!(after.select(".toasts .toast p"), ["Undone: Groceries."]);
    assert_eq!(
        sentences(&after),
        ["Undid: Added Groceries, −12.50", "Added Groceries, −12.50"]
    );
    let by = &after.select(".log li:nth-child(2) > p")[0];
    assert!(by.starts_with("Undone by Ada, "), "{by}");
    assert!(after.select(".log li:nth-child(2) form").is_empty());

    // The page that was open before still has its button, without the key of the one that was pressed.
    let action = page.attributes(".log li:first-child form", "action").remove(0);
    let fields = [("back", "/activity?about=entries")];
    let again = owner.post_with_token(&action, &fields);
    again.assert_status(409).assert_has("This was undone already.");
    assert_eq!(
        again.attributes("main a.btn-primary, .gate a.btn-primary", "href"),
        ["/activity?about=entries"]
    );
    let token = owner.csrf_token();
    let toast = owner
        .request("POST", &action)
        .header("HX-Request", "true")
        .form(&[("csrf_token", &token)])
        .send();
    toast
        .assert_status(422)
        .assert_has("Not undone. This was undone already.");
    assert_eq!(toast.header("hx-trigger"), Some("money-changed"));

    undo(&after, "Undid: Added Groceries, −12.50").assert_status(303);
    assert_eq!(
        sentences(&owner.get("/activity?about=entries"))[0],
        "Did again: Added Groceries, −12.50"
    );
}

#[test]
fn an_undo_goes_nowhere_else_whatever_the_form_says() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for (back, leads_to) in [
        ("https://evil.example/", "/transactions"),
        ("//evil.example/", "/transactions"),
        ("/\\evil.example", "/transactions"),
        ("/money", "/money"),
        ("/undo/x", "/transactions"),
        ("", "/transactions"),
    ] {
        owner.spent("2026-11-03", "1", "Rent");
        let action = format!("/undo/{}", newest(&owner));
        owner
            .post_with_token(&action, &[("back", back)])
            .assert_status(303)
            .assert_location(leads_to);
    }
    // Set-up is looked at where it is.
    owner.location("Shed", LocationKind::Other);
    let action = format!("/undo/{}", newest(&owner));
    owner
        .post_with_token(&action, &[])
        .assert_status(303)
        .assert_location("/setup/locations");
}

#[test]
fn the_page_of_an_entry_has_its_history() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let entry = owner.spent("2026-11-03", "12.50", "Groceries");
    owner.spent("2026-11-03", "99", "Rent");
    let path = format!("/transactions/{entry}");
    owner
        .submit(&path, None, &[("description", "Market")])
        .assert_status(303);

    let page = owner.get(&path);
    assert_eq!(
        sentences(&page),
        [
            "Changed Market: description Groceries to Market",
            "Added Groceries, −12.50"
        ]
    );
    let undone = undo(&page, "Changed Market: description Groceries to Market");
    undone.assert_status(303);
    assert!(undone.location().starts_with(&path), "{}", undone.location());
    undone.follow().assert_ok().assert_has("Undid: Changed Market");

    // With the entry its page goes, but not what is known of it.
    undo(
        &owner.get(&path),
        "Undid: Changed Market: description Groceries to Market",
    )
    .assert_status(303);
    undo(
        &owner.get(&path),
        "Did again: Changed Market: description Groceries to Market",
    )
    .assert_status(303);
    let gone = undo(&owner.get(&path), "Added Groceries, −12.50");
    gone.assert_status(303).assert_location("/transactions");
    owner.get(&path).assert_status(404);
    assert_eq!(
        sentences(&owner.get("/activity"))[0],
        "Undid: Added Groceries, −12.50"
    );
}

#[test]
fn the_page_of_an_entry_stays_within_six_statements() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.location("Old", LocationKind::Other);
    let split = owner.earned("2026-11-01", "100.01", "Salary");
    let transfer = owner.moved("2026-11-02", "5", ("Old", "Fun"), ("Card", "Fun"));
    let loan = owner.loan(
        "2026-11-02",
        budget::ledger::LoanDirection::Lent,
        "5",
        "Bo",
        ("Bank", "Fun"),
    );
    let pair = Pair::Locations {
        source: owner.location_id("Old"),
        target: owner.location_id("Bank"),
    };
    owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    for entry in [split, transfer, loan] {
        let taken = app.statements(|| {
            owner.get(&format!("/transactions/{entry}")).assert_ok();
        });
        assert!(taken <= 6, "{taken} statements");
    }
}

#[test]
fn two_people_see_who_it_was() {
    let app = TestApp::new();
    let ada = app.household();
    ada.set_up();
    let bo = ada.joined_by("bo@example.org", "Bo", "member");
    let nameless = ada.joined_by("nameless@example.org", "", "member");
    ada.spent("2026-11-03", "1", "Rent");
    bo.spent("2026-11-03", "2", "Rent");
    nameless.spent("2026-11-03", "3", "Rent");
    let who = |page: &Page| -> Vec<String> {
        let all = page.select(".log li .what > p.muted").into_iter();
        all.map(|line| line.split(" · ").next().unwrap().to_owned())
            .collect()
    };
    let page = bo.get("/activity?about=entries");
    assert_eq!(who(&page), ["nameless@example.org", "Bo", "Ada"]);

    let only = ada.get(&format!("/activity?about=entries&person={}", bo.user));
    assert_eq!(sentences(&only), ["Added Rent, −2.00"]);

    // One takes back what the other did.
    undo(&page, "Added Rent, −1.00").assert_status(303);
    let page = ada.get("/activity?about=entries");
    assert_eq!(who(&page)[0], "Bo");
    assert!(page.select(".log li:last-child > p")[0].starts_with("Undone by Bo, "));

    // Somebody blocked has no way in; the others go on, and see what belongs to them.
    app.sql()
        .batch_execute("UPDATE users SET blocked_at = now() WHERE full_name = 'Bo'")
        .unwrap();
    let page = ada.get("/activity?about=entries");
    page.assert_ok();
    assert_eq!(who(&page)[0], "Bo");
    assert_eq!(who(&page)[3], "Ada");
    ada.get(&page.attributes(".log li:nth-child(2) a", "href")[0])
        .assert_ok();

    let leave = format!(
        "DELETE FROM members WHERE household_id = '{}' AND user_id IN (SELECT id FROM users WHERE full_name IN ('Bo', ''))",
        ada.household
    );
    app.sql().batch_execute(&leave).unwrap();
    let page = ada.get("/activity?about=entries");
    assert_eq!(
        who(&page),
        [
            "somebody who left",
            "somebody who left",
            "somebody who left",
            "Ada"
        ]
    );
    assert_eq!(page.select("#f-person option"), ["Everybody", "Ada"]);
}

#[test]
fn a_reader_sees_it_all_and_has_no_buttons() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let entry = owner.spent("2026-11-03", "1", "Rent");
    let reader = owner.joined_by("reader@example.org", "Rea", "reader");
    for path in ["/activity".to_owned(), format!("/transactions/{entry}")] {
        let page = reader.get(&path);
        page.assert_ok().assert_has("Added Rent, −1.00");
        assert!(page.select(".log form, .log button").is_empty(), "{path}");
    }
    let action = format!("/undo/{}", newest(&owner));
    reader.post_with_token(&action, &[]).assert_status(403);
}

#[test]
fn what_others_did_is_not_told() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    other.spent("2026-11-03", "77.77", "Rent");
    let foreign = newest(&other);
    for from in [foreign.to_string(), ChangeId::new().to_string()] {
        let page = owner.get(&format!("/activity?from={from}"));
        page.assert_ok().assert_lacks("77.77");
        assert!(sentences(&page).is_empty());
    }
    let page = owner.get(&format!("/activity?person={}", other.user));
    assert!(sentences(&page).is_empty());
    page.assert_has("No such changes in 30 days");
    // Nonsense is as good as nothing.
    let page = owner.get("/activity?from=x&person=%00&about=%27&all=");
    assert!(!sentences(&page).is_empty());
    let history = other.get("/activity?about=entries");
    assert_eq!(sentences(&history), ["Added Rent, −77.77"]);
    let action = format!("/undo/{foreign}");
    owner.post_with_token(&action, &[]).assert_status(404);
}

#[test]
fn older_changes_are_a_page_away_and_can_be_undone() {
    let app = TestApp::new();
    let owner = app.household();
    owner.get("/activity").assert_has("No changes in 30 days");
    for number in 1..=35 {
        owner.location(&format!("Place {number}"), LocationKind::Other);
    }
    let page = owner.get("/activity");
    assert_eq!(sentences(&page).len(), 30);
    assert_eq!(sentences(&page)[0], "Added location Place 35");
    assert_eq!(page.select(".pager a"), ["Older"]);
    let rest = owner.get(&page.attributes(".pager a", "href")[0]);
    assert_eq!(sentences(&rest).len(), 5);
    assert_eq!(sentences(&rest)[0], "Added location Place 5");
    assert_eq!(rest.select(".pager a"), ["Newest"]);

    app.set_clock("2099-01-01T12:00:00Z");
    let page = owner.get("/activity");
    assert!(sentences(&page).is_empty());
    page.assert_has("No changes in 30 days");
    assert_eq!(page.select(".pager a"), ["Older than 30 days"]);
    let old = owner.get(&page.attributes(".pager a", "href")[0]);
    assert_eq!(sentences(&old)[0], "Added location Place 35");
    undo(&old, "Added location Place 35").assert_status(303);
    assert_eq!(owner.book().locations.len(), 34);
}

#[test]
fn the_day_is_that_of_the_household() {
    let app = TestApp::new();
    let owner = app.household();
    owner
        .write(|conn, member| location::add(conn, member, "Shed", LocationKind::Other))
        .unwrap();
    let heading = |zone: &str| {
        app.sql()
            .batch_execute(&format!("UPDATE households SET time_zone = '{zone}'"))
            .unwrap();
        let page = owner.get("/activity?all=1");
        (
            page.select(".card-head h2").remove(0),
            page.select(".log li .what > p.muted").remove(0),
        )
    };
    // 25 hours apart: never the same day.
    assert_ne!(heading("Pacific/Kiritimati").0, heading("Pacific/Niue").0);
}

#[test]
fn long_names_and_markup_are_text() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let long = format!("<b>{}</b>", "é".repeat(240));
    owner.location(&long, LocationKind::Other);
    let bucket = owner.bucket("<i>x</i>", "0");
    owner.spent_from("2026-11-03", "1", "Rent", (&long, "<i>x</i>"));
    let page = owner.get("/activity");
    page.assert_ok();
    assert!(!page.body.contains("<b>é") && !page.body.contains("<i>x"));
    assert!(sentences(&page).contains(&format!("Added location {long}")));
    assert!(page.text().contains(&format!("Location {long}")));
    assert!(owner.book().bucket(bucket).is_some());
}

#[test]
fn the_panels_of_the_start_page_load_by_themselves() {
    let app = TestApp::new();
    let owner = app.household();
    owner
        .fragment("/partials/matrix")
        .assert_ok()
        .assert_has("id=\"matrix\"");
    owner.set_up();
    owner.earned("2026-11-05", "100", "Salary");
    for (name, shows) in [
        ("total", "100.00"),
        ("matrix", "All buckets"),
        ("month", "November so far"),
        ("latest", "Salary"),
    ] {
        let path = format!("/partials/{name}");
        let taken = app.statements(|| {
            let part = owner.fragment(&path);
            part.assert_ok().assert_has(shows).assert_lacks("<html");
            assert_eq!(part.attributes(&format!("#{name}"), "hx-get"), [path.as_str()]);
        });
        assert!(taken <= 6, "{taken} statements");
        owner.get(&path).assert_status(303).assert_location("/money");
        let whole = owner.get("/money");
        assert_eq!(whole.attributes(&format!("#{name}"), "hx-get"), [path.as_str()]);
    }
    owner.fragment("/partials/x").assert_status(404);
}
