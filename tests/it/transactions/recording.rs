//! Recording: every kind through its form, what is shown before it is saved, and the same form sent many times.

use std::thread;

use budget::ledger::Sign;

use super::{add, all_money, as_str, money, only, rows, set_up, titles, toast, with_ids};
use crate::support::TestApp;

#[test]
fn an_expense_goes_out_of_its_cell() {
    let app = TestApp::new();
    let owner = set_up(&app);

    let answer = add(
        &owner,
        "expense",
        &[
            ("amount", "1,064.35"),
            ("date", "2026-11-13"),
            ("description", "  Weekly shop "),
            ("category", "Groceries"),
            ("location", "Card"),
            ("bucket", "Fun"),
        ],
    );

    answer.assert_status(303).assert_location("/transactions");
    let list = answer.follow();
    assert_eq!(toast(&list), "Added Weekly shop, −1,064.35.");
    assert_eq!(list.select("tr.is-new .when"), ["13 Nov"]);
    assert_eq!(money(&owner, ("Card", "Fun")), -106_435);
    assert_eq!(all_money(&owner), -106_435);
    // The message is told once.
    assert_eq!(toast(&owner.get("/transactions")), "");
}

#[test]
fn an_income_is_split_to_the_cent() {
    let app = TestApp::new();
    let owner = set_up(&app);

    add(
        &owner,
        "income",
        &[("amount", "347.33"), ("category", "Salary"), ("location", "Bank")],
    )
    .assert_status(303);

    let got = ["Necessities", "Economy", "Education", "Fun", "Donation"]
        .map(|bucket| money(&owner, ("Bank", bucket)));
    assert_eq!(got, [17_367, 6_947, 3_473, 3_473, 3_473]);
}

#[test]
fn an_income_can_go_into_one_bucket() {
    let app = TestApp::new();
    let owner = set_up(&app);

    add(
        &owner,
        "income",
        &[
            ("amount", "20"),
            ("category", "Salary"),
            ("split", ""),
            ("bucket", "Economy"),
        ],
    )
    .assert_status(303);

    assert_eq!(money(&owner, ("Bank", "Economy")), 2_000);
    assert_eq!(all_money(&owner), 2_000);
}

#[test]
fn refunds_turn_the_money_round() {
    let app = TestApp::new();
    let owner = set_up(&app);

    add(
        &owner,
        "expense",
        &[("amount", "5"), ("category", "Rent"), ("refund", "1")],
    )
    .assert_status(303);
    assert_eq!(money(&owner, ("Bank", "Necessities")), 500);
    let answer = add(
        &owner,
        "income",
        &[("amount", "100.01"), ("category", "Salary"), ("refund", "1")],
    );
    assert_eq!(toast(&answer.follow()), "Added Salary, −100.01.");
    assert_eq!(money(&owner, ("Bank", "Necessities")), 500 - 5_001);
    assert_eq!(money(&owner, ("Bank", "Fun")), -1_000);
}

#[test]
fn a_transfer_moves_between_cells() {
    let app = TestApp::new();
    let owner = set_up(&app);

    let answer = add(
        &owner,
        "transfer",
        &[
            ("amount", "30"),
            ("description", "Top up"),
            ("from_location", "Bank"),
            ("from_bucket", "Fun"),
            ("to_location", "Card"),
            ("to_bucket", "Economy"),
        ],
    );

    assert_eq!(toast(&answer.follow()), "Added Top up, 30.00.");
    assert_eq!(money(&owner, ("Bank", "Fun")), -3_000);
    assert_eq!(money(&owner, ("Card", "Economy")), 3_000);
    let category = owner
        .book()
        .categories
        .into_iter()
        .find(|one| one.sign == Sign::Neutral)
        .unwrap();
    assert_eq!(category.name, "Transfer", "made when it was needed");
}

#[test]
fn loans_go_four_ways() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for (direction, signed) in [
        ("lent", -100),
        ("got_back", 100),
        ("borrowed", 100),
        ("paid_back", -100),
    ] {
        let before = all_money(&owner);
        add(
            &owner,
            "loan",
            &[
                ("amount", "1"),
                ("counterparty", "Anna"),
                ("direction", direction),
                ("location", "Cash"),
            ],
        )
        .assert_status(303);
        assert_eq!(all_money(&owner) - before, signed, "{direction}");
    }
}

#[test]
fn an_adjustment_has_a_sign() {
    let app = TestApp::new();
    let owner = set_up(&app);

    add(
        &owner,
        "adjustment",
        &[("amount", "100"), ("location", "Cash"), ("bucket", "Fun")],
    )
    .assert_status(303);
    let answer = add(
        &owner,
        "adjustment",
        &[("amount", "−0.01"), ("location", "Cash"), ("bucket", "Fun")],
    );

    assert_eq!(toast(&answer.follow()), "Added Adjustment, −0.01.");
    assert_eq!(money(&owner, ("Cash", "Fun")), 9_999);
}

#[test]
fn a_new_form_begins_with_what_is_likely() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.category("Swap", Sign::Neutral);

    let page = owner.get("/transactions/new");
    assert_eq!(page.value("kind"), "expense");
    assert_eq!(page.value("date"), "2026-11-14");
    assert_eq!(page.value("location"), owner.location_id("Bank").to_string());
    assert_eq!(page.value("bucket"), owner.bucket_id("Necessities").to_string());
    assert_eq!(page.value("category"), "", "what it was is never guessed");
    assert_eq!(
        page.select("#category option"),
        ["Choose…", "Going out", "Groceries", "Rent"]
    );

    let page = owner.get("/transactions/new?kind=income");
    assert_eq!(
        page.value("category"),
        owner.category_id("Salary").to_string(),
        "there is no other"
    );
    assert_eq!(page.value("split"), "1");

    // An address can fill it in: this is how a cell that is short leads here.
    let page = owner.get(&format!(
        "/transactions/new?kind=transfer&amount=34.79&from_location={}&from_bucket={}&to_location={}&to_bucket={}&description=%3Cb%3E",
        owner.location_id("Bank"),
        owner.bucket_id("Fun"),
        owner.location_id("Card"),
        owner.bucket_id("Fun"),
    ));
    assert_eq!(page.value("amount"), "34.79");
    assert_eq!(page.value("from_location"), owner.location_id("Bank").to_string());
    assert_eq!(page.value("to_location"), owner.location_id("Card").to_string());
    assert_eq!(
        page.select("#split tbody td"),
        ["0.00", "−34.79", "0.00", "34.79"]
    );
    page.assert_has("Fun would be 34.79 short on Bank.")
        .assert_lacks("<b>");
    assert_eq!(page.select("#category option"), ["Transfer", "Swap"]);

    // The day is that of the household's zone.
    app.set_clock("2026-11-14T23:30:00Z");
    let berlin = app.browser();
    let mut given = crate::support::fields("berlin@example.org");
    given.retain(|(field, _)| *field != "time_zone");
    given.push(("time_zone", "Europe/Berlin"));
    berlin.submit("/signup", None, &given).assert_status(303);
    let page = berlin.get("/transactions");
    page.assert_has("You need a location first");
    assert_eq!(owner.get("/transactions/new").value("date"), "2026-11-14");
}

#[test]
fn what_is_needed_first_is_said() {
    let app = TestApp::new();
    let owner = app.household();
    let says = |path: &str, title: &str, href: &str| {
        let page = owner.get(path);
        page.assert_ok().assert_has(title);
        assert_eq!(page.attributes("#add .empty-state a.btn-primary", "href"), [href]);
    };
    says(
        "/transactions/new",
        "You need a location first",
        "/setup/locations",
    );
    says("/transactions", "You need a location first", "/setup/locations");
    owner.location("Bank", budget::ledger::LocationKind::Bank);
    says(
        "/transactions/new?kind=transfer",
        "You need a bucket first",
        "/setup/buckets",
    );
    owner.bucket("Fun", "99.5");
    says(
        "/transactions/new",
        "You need a category for expenses first",
        "/setup/categories",
    );
    says(
        "/transactions/new?kind=income",
        "You need a category for income first",
        "/setup/categories",
    );
    owner
        .get("/transactions/new?kind=adjustment")
        .assert_has("Add adjustment");

    // Without 100 % income is not split, and the form says what is missing.
    owner.category("Salary", Sign::Positive);
    let page = owner.get("/transactions/new?kind=income");
    page.assert_has("add up to 99.5%: 0.5% is missing");
    assert!(page.select("[name=split]").is_empty());
    add(&owner, "income", &[("amount", "5"), ("category", "Salary")]).assert_status(303);
    assert_eq!(money(&owner, ("Bank", "Fun")), 500);
}

#[test]
fn a_split_is_seen_before_it_is_saved() {
    let app = TestApp::new();
    let owner = set_up(&app);

    let preview = owner.fragment("/transactions/split-preview?amount=347.33&split=1");
    preview.assert_ok().assert_lacks("<html").assert_has(
        "2 cents were left after rounding. They went to Necessities and Economy, the largest remainders.",
    );
    assert_eq!(
        preview.select("tbody td:last-child"),
        ["+173.67", "+69.47", "+34.73", "+34.73", "+34.73"]
    );
    assert_eq!(preview.select("tfoot td"), ["100%", "+347.33"]);
    owner
        .fragment("/transactions/split-preview?amount=100.01&split=1")
        .assert_has("1 cent was left after rounding. It went to Necessities, the largest remainder.");
    let even = owner.fragment("/transactions/split-preview?amount=100&split=1&refund=1");
    even.assert_lacks("left after").assert_has("−50.00");
    assert_eq!(
        owner.fragment("/transactions/split-preview?amount=100").body,
        "",
        "not split"
    );
    for (amount, says) in [
        ("", "Type an amount to see what each bucket gets."),
        ("0", "Type an amount above zero to see what each bucket gets."),
        ("1.005", "EUR has 2 decimals: write 1.00 or 1.01, not 1.005."),
    ] {
        owner
            .fragment(&format!("/transactions/split-preview?amount={amount}&split=1"))
            .assert_ok()
            .assert_has(says);
    }

    // Without scripts a button shows it on the same form, and saves nothing.
    let before = rows(&owner);
    let fields = with_ids(
        &owner,
        &[("amount", "100.01"), ("description", "Kept"), ("preview", "1")],
    );
    let page = owner.submit(
        "/transactions/new?kind=income",
        Some("/transactions"),
        &as_str(&fields),
    );
    page.assert_ok().assert_has("1 cent was left").assert_has("<html");
    assert_eq!(page.value("description"), "Kept");
    assert_eq!(rows(&owner), before);
}

#[test]
fn a_transfer_is_seen_before_it_is_saved() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.adjusted("2026-11-01", "100.00", ("Bank", "Fun"));
    let path = |amount: &str, to: (&str, &str)| {
        format!(
            "/transactions/transfer-preview?amount={amount}&from_location={}&from_bucket={}&to_location={}&to_bucket={}",
            owner.location_id("Bank"),
            owner.bucket_id("Fun"),
            owner.location_id(to.0),
            owner.bucket_id(to.1)
        )
    };
    let heads =
        |preview: &crate::support::Page| (preview.select("thead th").remove(0), preview.select("tbody th"));

    let preview = owner.fragment(&path("40", ("Card", "Fun")));
    assert_eq!(
        heads(&preview),
        ("Fun".into(), vec!["Bank".into(), "Card".into()])
    );
    assert_eq!(preview.select("tbody td"), ["100.00", "60.00", "0.00", "40.00"]);
    assert_eq!(preview.select("tfoot td"), ["100.00", "100.00"]);
    let preview = owner.fragment(&path("40", ("Bank", "Economy")));
    assert_eq!(
        heads(&preview),
        ("Bank".into(), vec!["Fun".into(), "Economy".into()])
    );
    let preview = owner.fragment(&path("140", ("Card", "Economy")));
    assert_eq!(
        heads(&preview),
        ("Place".into(), vec!["Fun, Bank".into(), "Economy, Card".into()])
    );
    preview.assert_has("Fun would be 40.00 short on Bank.");
    assert_eq!(preview.select(".short"), ["−40.00"]);
    owner
        .fragment(&path("40", ("Bank", "Fun")))
        .assert_has("This moves nothing");
    owner
        .fragment("/transactions/transfer-preview?amount=40")
        .assert_has("Choose both places to see them before and after.");
    owner
        .get("/transactions/transfer-preview")
        .assert_status(303)
        .assert_location("/transactions/new?kind=transfer");
}

#[test]
fn another_entry_begins_where_the_last_one_was() {
    let app = TestApp::new();
    let owner = set_up(&app);

    let answer = add(
        &owner,
        "expense",
        &[
            ("amount", "3"),
            ("date", "2026-10-01"),
            ("category", "Rent"),
            ("location", "Card"),
            ("bucket", "Fun"),
            ("another", "1"),
        ],
    );

    answer.assert_status(303);
    let page = answer.follow();
    assert_eq!(toast(&page), "Added Rent, −3.00.");
    assert_eq!(page.value("date"), "2026-10-01");
    assert_eq!(page.value("location"), owner.location_id("Card").to_string());
    assert_eq!(page.value("bucket"), owner.bucket_id("Fun").to_string());
    assert_eq!(page.value("amount"), "");
    assert_eq!(page.value("category"), "");
}

#[test]
fn the_panel_answers_with_the_next_form_a_message_and_an_event() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let page = owner.get("/transactions");
    let category = owner.category_id("Rent").to_string();
    let key = page.attributes("#add [name=idempotency_key]", "value").remove(0);
    let place = owner.cell(("Card", "Fun"));
    let (location, bucket) = (place.location.to_string(), place.bucket.to_string());
    let csrf = page.value("csrf_token");
    let mut fields = vec![
        ("csrf_token", csrf.as_str()),
        ("idempotency_key", key.as_str()),
        ("kind", "expense"),
        ("panel", "1"),
        ("date", "2026-11-14"),
        ("amount", "x"),
        ("description", "Café"),
        ("category", &category),
        ("location", &location),
        ("bucket", &bucket),
    ];
    let send = |fields: &[(&str, &str)]| {
        owner
            .request("POST", "/transactions")
            .header("HX-Request", "true")
            .form(fields)
            .send()
    };

    let refused = send(&fields);
    refused.assert_status(422).assert_lacks("<html");
    assert_eq!(refused.value("amount"), "x");
    assert_eq!(refused.value("description"), "Café");
    assert_eq!(refused.attributes(".error-summary a", "href"), ["#amount"]);
    assert!(refused.header("hx-trigger").is_none());

    fields[5].1 = "12.50";
    let done = send(&fields);
    done.assert_ok().assert_lacks("<html");
    assert_eq!(done.header("hx-trigger"), Some("money-changed"));
    assert_eq!(done.value("amount"), "");
    assert_eq!(done.attributes("#add form.entry", "hx-post"), ["/transactions"]);
    assert_eq!(done.select("[hx-swap-oob] .toast p"), ["Added Café, −12.50."]);
    assert_ne!(done.value("idempotency_key"), key);
    // The list loads itself again, and marks what came.
    let change = done.value("change");
    let list = owner.fragment(&format!("/transactions?change={change}"));
    assert_eq!(list.select("tr.is-new th a"), ["Café"]);

    // Another kind, with what was typed so far.
    let tab = owner.fragment("/transactions/new?kind=transfer&panel=1&amount=7&description=So+far");
    tab.assert_ok().assert_lacks("<html").assert_has("Add transfer");
    assert_eq!(tab.value("amount"), "7");
    assert_eq!(tab.value("panel"), "1");
}

#[test]
fn fifty_equal_sends_make_one_entry_and_every_answer_names_it() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let page = owner.get("/transactions/new?kind=expense");
    let (token, key) = (page.value("csrf_token"), page.value("idempotency_key"));
    let category = owner.category_id("Rent").to_string();
    let (location, bucket) = (page.value("location"), page.value("bucket"));
    let fields = [
        ("csrf_token", token.as_str()),
        ("idempotency_key", key.as_str()),
        ("kind", "expense"),
        ("date", "2026-11-14"),
        ("amount", "895"),
        ("description", "Rent of November"),
        ("category", category.as_str()),
        ("location", location.as_str()),
        ("bucket", bucket.as_str()),
    ];

    let answers: Vec<(u16, String, Vec<String>)> = thread::scope(|scope| {
        let senders: Vec<_> = (0..50)
            .map(|_| {
                let browser = owner.browser.copy();
                scope.spawn(move || {
                    let sent = browser.post("/transactions", &fields);
                    let shown = sent.follow();
                    (
                        sent.status,
                        toast(&shown),
                        shown.attributes(".toast form", "action"),
                    )
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });

    let first = &answers[0];
    assert_eq!(
        (first.0, first.1.as_str()),
        (303, "Added Rent of November, −895.00.")
    );
    assert!(answers.iter().all(|answer| answer == first), "{answers:?}");
    only(&owner);
    assert_eq!(all_money(&owner), -89_500);

    // The same key with something else in the form is no second entry, but a refusal.
    let mut other = fields;
    other[4].1 = "896";
    owner
        .post("/transactions", &other)
        .assert_status(422)
        .assert_has("This was sent before, with other content");
    only(&owner);
}

#[test]
fn the_newest_of_a_day_comes_first() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for what in ["one", "two", "three"] {
        add(
            &owner,
            "expense",
            &[("amount", "1"), ("category", "Rent"), ("description", what)],
        )
        .assert_status(303);
    }
    assert_eq!(titles(&owner.get("/transactions")), ["three", "two", "one"]);
}
