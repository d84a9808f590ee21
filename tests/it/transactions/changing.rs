//! Changing and deleting entries, taking it back, and two people at one entry.

use budget::ledger::{BucketChoice, Cell, Entry, FlowKind, location};
use budget::money::Percent;

use super::{add, all_money, as_str, money, only, rows, set_up, titles, toast, with_ids};
use crate::support::{Owner, Page, TestApp};

/// Fills in the form of an entry and sends it.
#[track_caller]
fn change(owner: &Owner<'_>, path: &str, fields: &[(&str, &str)]) -> Page {
    owner.submit(path, None, &as_str(&with_ids(owner, fields)))
}

/// Presses Undo in the message of a page.
#[track_caller]
fn undo(page: &Page) -> Page {
    let action = page.attributes(".toast form", "action").remove(0);
    page.submit(Some(&action), &[])
}

/// An entry that is recorded and changed, and what one cell holds after each.
struct Case {
    kind: &'static str,
    fields: &'static [(&'static str, &'static str)],
    after_add: i64,
    changes: &'static [(&'static str, &'static str)],
    after_change: i64,
}

const CASES: &[Case] = &[
    Case {
        kind: "expense",
        fields: &[
            ("amount", "10"),
            ("category", "Rent"),
            ("location", "Card"),
            ("bucket", "Fun"),
        ],
        after_add: -1000,
        changes: &[("amount", "12"), ("category", "Groceries")],
        after_change: -1200,
    },
    Case {
        kind: "income",
        fields: &[
            ("amount", "10"),
            ("category", "Salary"),
            ("location", "Card"),
            ("split", ""),
            ("bucket", "Fun"),
        ],
        after_add: 1000,
        changes: &[("amount", "12"), ("refund", "1")],
        after_change: -1200,
    },
    Case {
        kind: "transfer",
        fields: &[
            ("amount", "10"),
            ("from_location", "Bank"),
            ("from_bucket", "Fun"),
            ("to_location", "Card"),
            ("to_bucket", "Fun"),
        ],
        after_add: 1000,
        changes: &[("amount", "12"), ("to_bucket", "Economy")],
        after_change: 0,
    },
    Case {
        kind: "loan",
        fields: &[
            ("amount", "10"),
            ("counterparty", "Anna"),
            ("direction", "lent"),
            ("location", "Card"),
            ("bucket", "Fun"),
        ],
        after_add: -1000,
        changes: &[("direction", "got_back"), ("counterparty", "Bo")],
        after_change: 1000,
    },
    Case {
        kind: "adjustment",
        fields: &[("amount", "10"), ("location", "Card"), ("bucket", "Fun")],
        after_add: 1000,
        changes: &[("amount", "-3.50")],
        after_change: -350,
    },
];

#[test]
fn every_kind_is_changed_deleted_and_brought_back() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let there = |minor: i64, what: &str| assert_eq!(money(&owner, ("Card", "Fun")), minor, "{what}");
    for Case {
        kind,
        fields,
        after_add,
        changes,
        after_change,
    } in CASES
    {
        add(&owner, kind, fields).assert_status(303);
        let path = format!("/transactions/{}", only(&owner));
        there(*after_add, kind);

        let changed = change(&owner, &path, changes);
        changed.assert_status(303).assert_location("/transactions");
        there(*after_change, kind);
        let list = changed.follow();
        assert!(toast(&list).starts_with("Changed "), "{}", toast(&list));
        assert_eq!(list.select("tr.is-new").len(), 1, "{kind}");

        let undone = undo(&list);
        undone.assert_status(303);
        there(*after_add, kind);
        undo(&undone.follow()).assert_status(303);
        there(*after_change, kind);

        let deleted = owner.submit(&path, Some(&format!("{path}/delete")), &[]);
        deleted.assert_status(303).assert_location("/transactions");
        assert_eq!((rows(&owner).0, all_money(&owner)), (0, 0), "{kind} deleted");
        let list = deleted.follow();
        assert!(toast(&list).starts_with("Deleted "), "{}", toast(&list));
        owner.get(&path).assert_status(404);
        undo(&list).assert_status(303);
        there(*after_change, kind);
        owner.get(&path).assert_ok();
        owner
            .submit(&path, Some(&format!("{path}/delete")), &[])
            .assert_status(303);
    }
}

#[test]
fn a_form_that_is_sent_as_it_came_changes_nothing() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let ids = [
        owner.spent_from("2026-11-01", "1234.56", "Rent", ("Card", "Fun")),
        owner.earned("2026-11-02", "100.01", "Salary"),
        owner.moved("2026-11-03", "5.00", ("Bank", "Fun"), ("Card", "Economy")),
        owner.loan(
            "2026-11-04",
            budget::ledger::LoanDirection::PaidBack,
            "6.00",
            "Anna",
            ("Cash", "Fun"),
        ),
        owner.adjusted("2026-11-05", "-7.00", ("Cash", "Fun")),
    ];
    let list = |page: &Page| page.select("#tx-rows tr");
    let before = list(&owner.get("/transactions"));
    for id in ids {
        let answer = owner.submit(&format!("/transactions/{id}"), None, &[]);
        answer.assert_status(303);
        assert_eq!(list(&answer.follow()), before);
    }
}

#[test]
fn a_split_keeps_its_shares_when_its_amount_changes() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.earned("2026-11-05", "100.00", "Salary");
    // The percentages change afterwards.
    let percents = [("Necessities", 1000), ("Economy", 6000)]
        .map(|(name, points)| (owner.bucket_id(name), Percent::from_basis_points(points).unwrap()));
    owner
        .write(|conn, member| budget::ledger::bucket::set_percentages(conn, member, &percents))
        .unwrap();
    let path = format!("/transactions/{id}");

    let page = owner.get(&path);
    assert_eq!(page.value("split"), "1");
    assert_eq!(
        page.select("#split tbody td:nth-child(2)"),
        ["50%", "20%", "10%", "10%", "10%"]
    );
    let preview = owner.fragment(&format!(
        "/transactions/split-preview?amount=347.33&split=1&id={id}"
    ));
    assert_eq!(preview.select("tbody td:last-child")[0], "+173.67");
    let fresh = owner.fragment("/transactions/split-preview?amount=100&split=1");
    assert_eq!(
        fresh.select("tbody td:last-child")[0],
        "+10.00",
        "a new one follows today's"
    );

    change(&owner, &path, &[("amount", "347.33"), ("location", "Cash")]).assert_status(303);
    assert_eq!(money(&owner, ("Cash", "Necessities")), 17_367);
    assert_eq!(money(&owner, ("Cash", "Economy")), 6_947);
    assert_eq!(money(&owner, ("Bank", "Necessities")), 0);

    // It can be taken together in one bucket, and divided again.
    change(&owner, &path, &[("split", ""), ("bucket", "Fun")]).assert_status(303);
    assert_eq!(money(&owner, ("Cash", "Fun")), 34_733);
    change(&owner, &path, &[("split", "1")]).assert_status(303);
    assert_eq!(
        money(&owner, ("Cash", "Economy")),
        20_840,
        "by today's percentages"
    );
}

#[test]
fn a_transfers_preview_counts_from_what_is_stored() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.adjusted("2026-11-01", "100.00", ("Bank", "Fun"));
    let id = owner.moved("2026-11-02", "40.00", ("Bank", "Fun"), ("Card", "Fun"));

    let page = owner.get(&format!("/transactions/{id}"));
    assert_eq!(
        page.select("#split tbody td"),
        ["60.00", "60.00", "40.00", "40.00"]
    );
    let preview = owner.fragment(&format!(
        "/transactions/transfer-preview?id={id}&amount=50&from_location={}&from_bucket={}&to_location={}&to_bucket={}",
        owner.location_id("Bank"),
        owner.bucket_id("Fun"),
        owner.location_id("Cash"),
        owner.bucket_id("Fun")
    ));
    assert_eq!(preview.select("tbody th"), ["Bank", "Cash", "Card"]);
    assert_eq!(
        preview.select("tbody td"),
        ["60.00", "50.00", "0.00", "50.00", "40.00", "0.00"]
    );
}

#[test]
fn two_people_at_one_entry_see_both_values_and_choose() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent_from("2026-11-05", "10.00", "Rent", ("Card", "Fun"));
    let path = format!("/transactions/{id}");
    let (mine, theirs) = (owner.get(&path), owner.get(&path));
    let cash = owner.location_id("Cash").to_string();
    theirs
        .submit(None, &[("amount", "11.00"), ("description", "Theirs")])
        .assert_status(303);

    let conflict = mine.submit(None, &[("amount", "12.00"), ("location", &cash)]);

    conflict
        .assert_status(409)
        .assert_has("somebody else changed this entry")
        .assert_has("<title>Error: ");
    assert_eq!(money(&owner, ("Card", "Fun")), -1100, "nothing was saved");
    assert_eq!(
        conflict.select("section[aria-labelledby=conflict-h] tbody tr"),
        ["Amount 11.00 12.00", "What Theirs Rent", "Location Card Cash"]
    );
    assert_eq!(conflict.value("amount"), "12.00", "what was typed is kept");
    assert_eq!(conflict.value("version"), "2");
    assert_eq!(
        conflict.attributes(".split + p a", "href"),
        [format!("{path}?back=")]
    );

    // Mine over it, with the version that both were shown.
    conflict.submit(None, &[]).assert_status(303);
    assert_eq!(money(&owner, ("Cash", "Fun")), -1200);
    assert_eq!(money(&owner, ("Card", "Fun")), 0);

    // A deletion of what was changed meanwhile is asked again.
    let old = owner.get(&path);
    change(&owner, &path, &[("amount", "13")]).assert_status(303);
    let asked = old.submit(Some(&format!("{path}/delete")), &[]);
    asked.assert_status(409).assert_has("Not deleted");
    assert_eq!(asked.value("amount"), "13.00");
    asked
        .submit(Some(&format!("{path}/delete")), &[])
        .assert_status(303);
    assert_eq!(rows(&owner).0, 0);
}

#[test]
fn a_form_that_comes_back_stays_on_what_it_was_typed_on() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent_from("2026-11-05", "10.00", "Rent", ("Card", "Fun"));
    let path = format!("/transactions/{id}");
    let mine = owner.get(&path);
    change(&owner, &path, &[("amount", "11.00")]).assert_status(303);

    // Neither a mistake in the form nor a look before saving is a way past what somebody else saved meanwhile.
    let mistaken = mine.submit(None, &[("date", "2026-02-30")]);
    mistaken.assert_status(422);
    assert_eq!(mistaken.value("version"), "1");
    mistaken
        .submit(None, &[("date", "2026-11-06")])
        .assert_status(409);
    let again = mistaken.submit(None, &[("date", "2026-02-30")]);
    assert_eq!(again.value("version"), "1");
    assert_eq!(money(&owner, ("Card", "Fun")), -1100);

    let moved = owner.moved("2026-11-05", "5.00", ("Card", "Fun"), ("Cash", "Fun"));
    let path = format!("/transactions/{moved}");
    let mut sent: Vec<(String, String)> = Vec::new();
    let mine = owner.get(&path);
    for name in [
        "csrf_token",
        "idempotency_key",
        "version",
        "date",
        "amount",
        "from_location",
        "from_bucket",
    ] {
        sent.push((name.to_owned(), mine.value(name)));
    }
    for name in ["to_location", "to_bucket", "kind"] {
        sent.push((name.to_owned(), mine.value(name)));
    }
    sent.push(("preview".to_owned(), "1".to_owned()));
    change(&owner, &path, &[("amount", "6.00")]).assert_status(303);
    let sent: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let looked_at = owner.post(&path, &sent);
    looked_at.assert_ok();
    assert_eq!(looked_at.value("version"), "1");
    looked_at.submit(None, &[]).assert_status(409);
}

#[test]
fn a_version_that_is_none_changes_nothing() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent("2026-11-05", "10.00", "Rent");
    let path = format!("/transactions/{id}");
    for version in ["", "x", "0", "-1", "99999999999999999999", "2"] {
        change(&owner, &path, &[("version", version), ("amount", "11")]).assert_status(409);
    }
    assert_eq!(all_money(&owner), -1000);
}

#[test]
fn entries_of_others_are_as_unknown_as_none() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent("2026-11-05", "10.00", "Rent");
    let stranger = app.sign_up("other@example.org", "EUR");
    stranger.set_up();
    stranger.spent("2026-11-05", "1.00", "Rent");
    let change = owner.delete(owner.spent("2026-11-06", "5.00", "Rent"));
    let nobody = "00000000-0000-7000-8000-000000000000";

    for id in [&id.to_string(), nobody, "x", "1", "%00", "new%2F"] {
        stranger.get(&format!("/transactions/{id}")).assert_status(404);
        let fields = [("kind", "expense"), ("amount", "1"), ("version", "1")];
        stranger
            .post_with_token(&format!("/transactions/{id}"), &fields)
            .assert_status(404);
        stranger
            .post_with_token(&format!("/transactions/{id}/delete"), &[("version", "1")])
            .assert_status(404);
    }
    for change in [&change.to_string(), nobody, "x"] {
        stranger
            .post_with_token(&format!("/undo/{change}"), &[])
            .assert_status(404);
    }
    // Their shares and cells are none of ours either.
    let preview = stranger.fragment(&format!("/transactions/split-preview?amount=10&split=1&id={id}"));
    preview.assert_ok().assert_has("+5.00");
    assert_eq!(all_money(&owner), -1000);
    assert_eq!(
        titles(&stranger.get(&format!("/transactions?change={change}"))).len(),
        1
    );
}

#[test]
fn the_list_that_one_came_from_is_where_one_returns_to() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.spent("2026-11-05", "10.00", "Rent");
    let list = owner.get("/transactions?q=rent&period=2026-11");
    let href = list.attributes("#tx-rows th a", "href").remove(0);

    let page = owner.get(&href);
    assert_eq!(
        page.attributes(".page-head a", "href"),
        ["/transactions?q=rent&period=2026-11"]
    );
    page.submit(None, &[("amount", "11")])
        .assert_status(303)
        .assert_location("/transactions?q=rent&period=2026-11");

    // It leads nowhere else, whatever it says.
    let path = format!("/transactions/{}", only(&owner));
    for back in [
        "https://example.org",
        "//example.org",
        "\\",
        "a\r\nSet-Cookie: x=1",
    ] {
        let answer = change(&owner, &path, &[("back", back)]);
        answer.assert_status(303);
        assert!(
            answer.location().starts_with("/transactions?"),
            "{}",
            answer.location()
        );
        assert!(
            answer
                .header("set-cookie")
                .is_some_and(|cookie| !cookie.starts_with("x="))
        );
    }
}

#[test]
fn undo_leads_back_and_says_what_is_in_the_way() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let list = add(
        &owner,
        "expense",
        &[
            ("amount", "5"),
            ("category", "Rent"),
            ("location", "Card"),
            ("bucket", "Fun"),
        ],
    )
    .follow();
    let action = list.attributes(".toast form", "action").remove(0);
    let token = list.value("csrf_token");
    let send = |action: &str, headers: &[(&str, &str)]| {
        let mut request = owner.request("POST", action);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.form(&[("csrf_token", &token)]).send()
    };
    let host = owner.address().to_owned();

    // Back to the page where the button stood, if it is ours.
    let answer = send(&action, &[("Referer", &format!("http://{host}/money?x=1"))]);
    answer.assert_status(303).assert_location("/money?x=1");
    let page = owner.get("/transactions");
    assert_eq!(toast(&page), "Undone: Rent.");
    assert_eq!(all_money(&owner), 0);
    let redo = page.attributes(".toast form", "action").remove(0);
    let answer = send(&redo, &[("Referer", "http://example.org/money")]);
    answer.assert_status(303).assert_location("/transactions");
    let page = answer.follow();
    assert_eq!(toast(&page), "Done again: Rent.");

    // For htmx the message comes alone, and the rest of the page is told.
    let again = page.attributes(".toast form", "action").remove(0);
    let answer = send(&again, &[("HX-Request", "true")]);
    answer.assert_ok().assert_lacks("<html");
    assert_eq!(answer.header("hx-trigger"), Some("money-changed"));
    assert_eq!(answer.select(".toast p"), ["Undone: Rent."]);
    let newest = answer.attributes(".toast form", "action").remove(0);

    // A change is undone once.
    let answer = send(&again, &[]);
    answer.assert_status(409).assert_has("This was undone already.");
    let answer = send(&again, &[("HX-Request", "true")]);
    answer
        .assert_status(422)
        .assert_has("Not undone. This was undone already.");
    assert!(answer.attributes(".toast form", "action").is_empty());

    // The entry would come back to a location that is archived now.
    let card = owner.location_id("Card");
    owner
        .write(|conn, member| location::archive(conn, member, card))
        .unwrap();
    send(&newest, &[])
        .assert_status(409)
        .assert_has("Card is archived");
    assert_eq!(all_money(&owner), 0);
}

#[test]
fn earlier_changes_can_be_undone_once_later_ones_were() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent_from("2026-11-05", "1.00", "Rent", ("Card", "Fun"));
    let path = format!("/transactions/{id}");
    let first = change(&owner, &path, &[("amount", "2")]).follow();
    let second = change(&owner, &path, &[("amount", "3")]).follow();

    undo(&first).assert_status(409);
    undo(&second).assert_status(303);
    assert_eq!(all_money(&owner), -200);
    undo(&first).assert_status(303);
    assert_eq!(all_money(&owner), -100);
}

#[test]
fn an_undo_sent_twice_is_one() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let list = add(&owner, "expense", &[("amount", "5"), ("category", "Rent")]).follow();
    for _ in 0..3 {
        let answer = undo(&list);
        answer.assert_status(303);
        assert_eq!(toast(&answer.follow()), "Undone: Rent.");
    }
    assert_eq!(rows(&owner), (0, rows(&owner).1));
    assert_eq!(all_money(&owner), 0);
}

#[test]
fn what_is_archived_stays_where_it_is_but_takes_nothing_new() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent_from("2026-11-05", "10.00", "Rent", ("Card", "Fun"));
    let Cell { location, bucket } = owner.cell(("Card", "Fun"));
    let refund = Entry::Flow {
        kind: FlowKind::Expense,
        refund: true,
        refund_of: None,
        amount: owner.amount("10.00"),
        category: owner.category_id("Rent"),
        location,
        bucket: BucketChoice::One(bucket),
    };
    owner.add("2026-11-06", "Back", refund);
    owner
        .write(|conn, member| location::archive(conn, member, location))
        .unwrap();
    let path = format!("/transactions/{id}");

    let page = owner.get(&path);
    assert!(
        page.select("#location option")
            .contains(&"Card (archived)".to_owned())
    );
    // Words and day may change; money may not.
    change(
        &owner,
        &path,
        &[("description", "Better words"), ("date", "2026-11-04")],
    )
    .assert_status(303);
    let refused = change(&owner, &path, &[("amount", "11")]);
    refused
        .assert_status(409)
        .assert_has("Card is archived and has to stay at zero");
    assert_eq!(refused.value("amount"), "11", "what was typed is kept");
    change(&owner, &path, &[("location", "Cash")])
        .assert_status(409)
        .assert_has("Card is archived");
    owner
        .submit(&path, Some(&format!("{path}/delete")), &[])
        .assert_status(409)
        .assert_has("Card is archived");
    assert_eq!(money(&owner, ("Card", "Fun")), 0);
}

#[test]
fn who_may_only_read_sees_no_buttons_and_changes_nothing() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent("2026-11-05", "10.00", "Rent");
    let list = owner.get("/transactions");
    let token = list.value("csrf_token");
    crate::setup::set_role(&owner, "reader");

    let list = owner.get("/transactions");
    assert_eq!(titles(&list), ["Rent"]);
    assert!(list.select("#add").is_empty());
    assert!(
        list.attributes("main a", "href")
            .iter()
            .all(|href| href != "/transactions/new")
    );
    let path = format!("/transactions/{id}");
    let page = owner.get(&path);
    page.assert_ok();
    assert!(page.select("main button").is_empty());
    assert_eq!(page.attributes("#add fieldset", "disabled").len(), 1);
    owner.get("/transactions/new").assert_status(403);
    let fields = [
        ("csrf_token", token.as_str()),
        ("kind", "expense"),
        ("amount", "1"),
        ("version", "1"),
    ];
    for target in [
        "/transactions",
        &path,
        &format!("{path}/delete"),
        "/undo/00000000-0000-7000-8000-000000000000",
    ] {
        owner.post(target, &fields).assert_status(403);
    }
    let preview = [
        ("csrf_token", token.as_str()),
        ("kind", "income"),
        ("preview", "1"),
    ];
    owner.post("/transactions", &preview).assert_status(403);
    assert_eq!(all_money(&owner), -1000);
}
