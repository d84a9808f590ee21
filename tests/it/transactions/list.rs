//! The list: its rows, filters, search and pages.

use budget::ledger::{BucketChoice, Entry, FlowKind, LoanDirection, Sign, category, location};

use super::{set_up, titles};
use crate::support::{Owner, TestApp};

/// An expense with a description.
#[track_caller]
fn spent(owner: &Owner<'_>, day: &str, amount: &str, description: &str) {
    let cell = owner.cell(("Bank", "Necessities"));
    let flow = Entry::Flow {
        kind: FlowKind::Expense,
        refund: false,
        refund_of: None,
        amount: owner.amount(amount),
        category: owner.category_id("Groceries"),
        location: cell.location,
        bucket: BucketChoice::One(cell.bucket),
    };
    owner.add(day, description, flow);
}

#[test]
fn a_row_says_what_where_and_how_much() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.earned("2026-11-05", "2840.00", "Salary");
    owner.moved("2026-11-06", "150.00", ("Bank", "Fun"), ("Card", "Fun"));
    owner.moved("2026-11-07", "40.00", ("Bank", "Fun"), ("Bank", "Economy"));
    owner.loan(
        "2026-11-08",
        LoanDirection::Lent,
        "50.00",
        "Anna",
        ("Cash", "Fun"),
    );
    owner.adjusted("2026-11-09", "-3.00", ("Cash", "Necessities"));
    spent(&owner, "2025-11-10", "1234.50", "Old bill");

    let page = owner.get("/transactions");

    page.assert_ok();
    let rows = page.select("#tx-rows tr");
    assert_eq!(
        rows,
        [
            "9 Nov Adjusted Adjustment Necessities Cash 9 Nov · Adjustment · Cash −3.00 ",
            "8 Nov Loan LoanAnna Fun Cash 8 Nov · Loan · Anna · Cash −50.00 ",
            "7 Nov Moved Transfer Fun → Economy Bank 7 Nov · Transfer · Fun → Economy · Bank moved 40.00 ",
            "6 Nov Moved Transfer Fun Bank → Card 6 Nov · Transfer · Bank → Card moved 150.00 ",
            "5 Nov Salary Salary 5 buckets Bank 5 Nov · Salary · Bank +2,840.00 ",
            "10 Nov 2025 Old bill Groceries Necessities Bank 10 Nov 2025 · Groceries · Bank −1,234.50 ",
        ]
        .map(str::trim_end)
    );
    assert_eq!(
        page.select("#tx-rows .in"),
        ["+2,840.00"],
        "only income is coloured"
    );
    page.assert_has("All amounts in EUR");
}

#[test]
fn a_refund_is_marked_and_turned_round() {
    let app = TestApp::new();
    let owner = set_up(&app);
    super::add(
        &owner,
        "expense",
        &[
            ("amount", "19.99"),
            ("description", "Jacket"),
            ("category", "Groceries"),
            ("refund", "1"),
        ],
    )
    .assert_status(303);

    let page = owner.get("/transactions");

    assert_eq!(page.select("#tx-rows .tag"), ["refund"]);
    assert_eq!(page.select("#tx-rows .num"), ["+19.99"]);
    assert_eq!(page.select("dl.sums dd"), ["1", "0.00", "+19.99", "+19.99"]);
}

#[test]
fn pages_have_no_gaps_and_no_repeats() {
    let app = TestApp::new();
    let owner = set_up(&app);
    // 120 entries of four days, so that days alone do not put them in an order.
    for number in 0..120 {
        spent(
            &owner,
            &format!("2026-11-{:02}", number % 4 + 1),
            "1.00",
            &format!("n{number:03}"),
        );
    }
    let walk = |start: &str, link: &str| {
        let mut page = owner.get(start);
        let mut seen = titles(&page);
        let mut pages = 1;
        while let Some(href) = page.attributes(link, "href").first().cloned() {
            page = owner.get(&href);
            page.assert_ok();
            seen.extend(titles(&page));
            pages += 1;
        }
        assert_eq!(pages, 3, "{start}");
        seen
    };

    let downwards = walk("/transactions", "a#tx-older");
    let mut sorted = downwards.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((downwards.len(), sorted.len()), (120, 120));

    // Upwards each page still reads from the newest down.
    let mut upwards = walk("/transactions?page=last", "a#tx-newer");
    sorted = upwards.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((upwards.len(), sorted.len()), (120, 120));
    upwards.rotate_left(50);
    upwards.rotate_left(50);
    assert_eq!(
        upwards[..20],
        downwards[..20],
        "the last page upwards is the newest 20"
    );

    let first = owner.get("/transactions");
    first.assert_has("1 to 50 of 120").assert_has("No newer");
    let last = owner.get("/transactions?page=last");
    last.assert_has("71 to 120 of 120").assert_has("No older");
    assert_eq!(titles(&last), downwards[70..]);
    assert_eq!(
        first.attributes("#tx-oldest", "href"),
        ["/transactions?page=last"]
    );
    assert_eq!(last.attributes("#tx-newest", "href"), ["/transactions"]);
}

#[test]
fn pages_keep_the_filters() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for number in 0..60 {
        spent(&owner, "2026-11-01", "1.00", &format!("Café {number}"));
    }
    spent(&owner, "2026-11-02", "1.00", "Other");

    let page = owner.get("/transactions?q=caf%C3%A9&period=2026-11&kind=expense");
    let older = page.attributes("a#tx-older", "href").remove(0);
    assert!(
        older.starts_with("/transactions?q=caf%C3%A9&period=2026-11&kind=expense&after=2026-11-01_"),
        "{older}"
    );
    let page = owner.get(&older);
    assert_eq!(titles(&page).len(), 10);
    assert_eq!(page.value("q"), "café");
    assert_eq!(page.value("period"), "2026-11");
    assert_eq!(page.value("kind"), "expense");
    assert_eq!(page.attributes("details", "open").len(), 1);
}

#[test]
fn every_filter_finds_what_it_says() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.spent_from("2026-11-03", "1.00", "Groceries", ("Cash", "Fun"));
    owner.spent_from("2026-10-03", "2.00", "Rent", ("Bank", "Necessities"));
    owner.earned_into("2025-11-03", "3.00", "Salary", ("Bank", "Fun"));
    owner.moved("2026-11-04", "4.00", ("Bank", "Fun"), ("Cash", "Economy"));
    let amounts = |query: &str| {
        owner
            .get(&format!("/transactions?{query}"))
            .select("#tx-rows .amount")
    };
    let id = |noun: &str, name: &str| match noun {
        "category" => owner.category_id(name).to_string(),
        "location" => owner.location_id(name).to_string(),
        _ => owner.bucket_id(name).to_string(),
    };

    assert_eq!(amounts("period=2026-11"), ["moved 4.00", "−1.00"]);
    assert_eq!(amounts("period=2026-1").len(), 0);
    assert_eq!(amounts("period=2025"), ["+3.00"]);
    assert_eq!(amounts("period=all").len(), 4);
    assert_eq!(
        amounts("period=custom&from=2026-10-03&to=2026-11-03"),
        ["−1.00", "−2.00"]
    );
    assert_eq!(amounts("period=custom&to=2026-10-02"), ["+3.00"]);
    assert_eq!(amounts("from=2026-11-04"), ["moved 4.00"]);
    assert_eq!(amounts("kind=transfer"), ["moved 4.00"]);
    assert_eq!(amounts("kind=income"), ["+3.00"]);
    assert_eq!(
        amounts(&format!("category={}", id("category", "Rent"))),
        ["−2.00"]
    );
    assert_eq!(
        amounts(&format!("location={}", id("location", "Cash"))),
        ["moved 4.00", "−1.00"]
    );
    assert_eq!(
        amounts(&format!("bucket={}", id("bucket", "Fun"))),
        ["moved 4.00", "−1.00", "+3.00"]
    );
    // Both must meet in one line: the transfer took from Fun at the bank, and brought to Economy in cash.
    assert_eq!(
        amounts(&format!(
            "location={}&bucket={}",
            id("location", "Cash"),
            id("bucket", "Fun")
        )),
        ["−1.00"]
    );
    // What of an entry lies where the filter looks is said where it is not the whole.
    let page = owner.get(&format!("/transactions?location={}", id("location", "Cash")));
    assert_eq!(page.select("#tx-rows .num .sub"), ["+4.00 here"]);
}

#[test]
fn search_knows_no_case_and_no_accents_and_takes_every_character_as_it_is() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for text in [
        "Café au lait",
        "100% wool",
        "100 wool",
        "snake_case",
        "snakecase",
        r"C:\temp",
        "Straße",
        "İstanbul 😀",
    ] {
        spent(&owner, "2026-11-01", "1.00", text);
    }
    let found = |q: &str| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", q)
            .finish();
        let page = owner.get(&format!("/transactions?{query}"));
        page.assert_ok();
        titles(&page)
    };
    assert_eq!(found("CAFE lait"), ["Café au lait"]);
    assert_eq!(found("lait  ÇaFÉ"), ["Café au lait"]);
    assert_eq!(found("cafe noir").len(), 0, "every word must be there");
    assert_eq!(found("100%"), ["100% wool"]);
    assert_eq!(found("e_c"), ["snake_case"]);
    assert_eq!(found(r"\"), [r"C:\temp"]);
    assert_eq!(found("strasse"), ["Straße"]);
    assert_eq!(found("istanbul"), ["İstanbul 😀"]);
    assert_eq!(found("😀"), ["İstanbul 😀"]);
    assert_eq!(found("'; DROP TABLE transactions; --").len(), 0);
    assert_eq!(
        found("caf\0é").len(),
        1,
        "what no description has, separates words"
    );
    assert_eq!(found(&"x".repeat(10_000)).len(), 0);
    assert_eq!(found(&"wool ".repeat(20)).len(), 2);
}

#[test]
fn a_filter_that_makes_no_sense_is_left_out_and_said() {
    let app = TestApp::new();
    let owner = set_up(&app);
    spent(&owner, "2026-11-01", "1.00", "There");
    let stranger = app.sign_up("other@example.org", "EUR");
    stranger.set_up();
    for query in [
        format!("location={}", stranger.location_id("Bank")),
        format!("category={}", stranger.category_id("Rent")),
        format!("bucket={}", stranger.bucket_id("Fun")),
        "kind=gift".to_owned(),
        "period=2026-13".to_owned(),
        "period=1".to_owned(),
        "period=custom&from=2026-02-30".to_owned(),
        "period=custom&from=2026-12-01&to=2026-01-01".to_owned(),
        "bucket=%00%FF".to_owned(),
    ] {
        let page = owner.get(&format!("/transactions?{query}"));
        page.assert_ok();
        assert_eq!(titles(&page), ["There"], "{query}");
        assert_eq!(page.select("#tx-list .note").len(), 1, "{query}");
    }
    for query in [
        "after=x",
        "before=2026-11-01_",
        "page=9",
        "after=2026-02-30_1",
        "sums=1",
    ] {
        let page = owner.get(&format!("/transactions?{query}"));
        assert_eq!(titles(&page), ["There"], "{query}");
    }
}

#[test]
fn archived_names_are_still_shown_and_can_be_filtered_by() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.moved("2026-11-01", "5.00", ("Cash", "Fun"), ("Bank", "Fun"));
    owner.moved("2026-11-02", "5.00", ("Bank", "Fun"), ("Cash", "Fun"));
    let cash = owner.location_id("Cash");
    owner
        .write(|conn, member| location::archive(conn, member, cash))
        .unwrap();
    owner.category("Old", Sign::Negative);
    let old = owner.category_id("Old");
    owner
        .write(|conn, member| category::archive(conn, member, old))
        .unwrap();

    let page = owner.get(&format!("/transactions?location={cash}"));

    page.assert_has("Bank → Cash");
    assert_eq!(
        page.select("#f-location optgroup[label=Archived] option"),
        ["Cash"]
    );
    assert_eq!(
        page.select("#f-category optgroup[label=Archived] option"),
        ["Old"]
    );
    assert_eq!(page.value("location"), cash.to_string());
    // Nothing new goes there.
    assert!(!page.select("#add #location option").contains(&"Cash".to_owned()));
}

#[test]
fn an_empty_list_says_why_and_the_way_out() {
    let app = TestApp::new();
    let owner = app.household();
    let page = owner.get("/transactions");
    page.assert_has("Nothing recorded yet");
    assert_eq!(
        page.attributes("#tx-list .empty-state a", "href"),
        ["/transactions/new", "/guide/recording"]
    );

    owner.set_up();
    spent(&owner, "2026-11-01", "1.00", "There");
    let page = owner.get("/transactions?period=2026-10");
    page.assert_has("No entries in October 2026");
    assert_eq!(page.select("#tx-list .empty-state a"), ["Show all time"]);
    assert_eq!(
        page.attributes("#tx-list .empty-state a", "href"),
        ["/transactions"]
    );
    assert_eq!(
        page.attributes("nav.pager a", "href"),
        ["/transactions?period=2026-09", "/transactions?period=2026-11"]
    );

    let page = owner.get("/transactions?period=2026-11&q=nothing");
    assert_eq!(
        page.attributes("#tx-list .empty-state a", "href"),
        ["/transactions?q=nothing", "/transactions"]
    );
    let page = owner.get("/transactions?after=1900-01-01_00000000-0000-7000-8000-000000000000");
    page.assert_has("No more entries here");
}

#[test]
fn the_same_address_answers_the_page_or_the_list() {
    let app = TestApp::new();
    let owner = set_up(&app);
    spent(&owner, "2026-11-01", "1.00", "There");

    let page = owner.get("/transactions?period=2026-11");
    let list = owner.fragment("/transactions?period=2026-11");

    page.assert_has("<html").assert_has("id=\"tx-list\"");
    list.assert_ok()
        .assert_has("id=\"tx-list\"")
        .assert_lacks("<html");
    assert_eq!(titles(&list), ["There"]);
    assert_eq!(list.select("[hx-swap-oob]"), ["1 entry found"]);
    for answer in [&page, &list] {
        assert_eq!(answer.header("vary"), Some("HX-Request"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    // History wants the page.
    let restored = owner
        .request("GET", "/transactions")
        .header("HX-Request", "true")
        .header("HX-History-Restore-Request", "true")
        .send();
    restored.assert_has("<html");
    // The form's empty fields do not get into the address bar; a list that loads itself again leaves it alone.
    let typed = owner
        .request("GET", "/transactions?q=&period=2026-11&from=&to=&kind=&category=")
        .header("HX-Request", "true")
        .header("HX-Trigger", "filters")
        .send();
    assert_eq!(typed.header("hx-push-url"), Some("/transactions?period=2026-11"));
    assert_eq!(list.header("hx-push-url"), None);
}

#[test]
fn every_template_holds_long_names_and_many_rows() {
    let app = TestApp::new();
    let owner = app.household();
    let name = |letter: &str| format!("<{}>", letter.repeat(253));
    owner.location(&name("l"), budget::ledger::LocationKind::Other);
    owner.location(&name("m"), budget::ledger::LocationKind::Other);
    owner.bucket(&name("b"), "100");
    owner.bucket(&name("c"), "0");
    owner.category(&name("k"), Sign::Negative);
    owner.category(&name("i"), Sign::Positive);
    let (location, bucket, category) = (name("l"), name("b"), name("k"));
    for _ in 0..50 {
        owner.spent_from("2026-11-01", "9999999999999.99", &category, (&location, &bucket));
    }
    let (to_location, to_bucket) = (name("m"), name("c"));
    let moved = owner.moved(
        "2026-11-02",
        "1.00",
        (&location, &bucket),
        (&to_location, &to_bucket),
    );

    for path in [
        "/transactions",
        "/transactions?page=last",
        "/transactions/new?kind=expense",
        "/transactions/new?kind=income&amount=100.01",
        "/transactions/new?kind=transfer",
        "/transactions/new?kind=loan",
        "/transactions/new?kind=adjustment",
        &format!("/transactions/{moved}"),
    ] {
        let page = owner.get(path);
        page.assert_ok();
        assert!(
            !page.body.contains("<lll") && !page.body.contains("<bbb"),
            "{path}: unescaped"
        );
    }
}
