//! Loans: who owes whom, repayments, and what their form and their message say.

use budget::ledger::{LoanDirection, location};

use super::{add, money, only, rows, set_up, toast};
use crate::support::{Owner, TestApp};

const CELL: (&str, &str) = ("Bank", "Fun");

/// The sentence of each open account.
fn open(owner: &Owner<'_>) -> Vec<String> {
    owner.get("/loans").select(".loans .who")
}

#[test]
fn loans_are_added_up_by_counterparty() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner
        .get("/loans")
        .assert_ok()
        .assert_has("Nothing lent or borrowed");
    owner.loan("2025-03-01", LoanDirection::Lent, "50", "ANN", CELL);
    owner.loan("2025-04-01", LoanDirection::GotBack, "50", "ann", CELL);
    owner.loan("2026-05-02", LoanDirection::Lent, "100", "ann", CELL);
    owner.loan("2026-06-03", LoanDirection::Lent, "20", "Ann", CELL);
    owner.loan(
        "2026-07-04",
        LoanDirection::Borrowed,
        "300",
        "Ben",
        ("Cash", "Fun"),
    );
    owner.loan("2026-01-01", LoanDirection::Lent, "5", "Cyd", CELL);
    owner.loan("2026-02-01", LoanDirection::GotBack, "5", "Cyd", CELL);

    let page = owner.get("/loans");

    assert_eq!(
        page.select(".loans summary"),
        [
            "You owe Ben 300.00 since 4 Jul · 1 entry",
            "Ann owes you 120.00 since 2 May · 4 entries"
        ],
        "the debt of last year was settled"
    );
    assert_eq!(page.select(".sums dd"), ["120.00", "300.00"]);
    assert_eq!(page.select(".fold summary"), ["Settled (1)"]);
    assert_eq!(page.select(".fold li"), ["Cyd 2 entries, the last on 1 Feb"]);
    assert_eq!(
        page.select(".loans li:nth-child(2) ol li"),
        [
            "3 Jun Loan −20.00",
            "2 May Loan −100.00",
            "1 Apr 2025 Loan +50.00",
            "1 Mar 2025 Loan −50.00"
        ]
    );
}

#[test]
fn a_repayment_is_prefilled_from_its_row_and_can_be_taken_back() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.loan(
        "2026-06-03",
        LoanDirection::Lent,
        "1234.50",
        "Ann",
        ("Cash", "Economy"),
    );
    let href = owner.get("/loans").attributes(".loans a.btn", "href").remove(0);

    let form = owner.get(&href);

    form.assert_ok()
        .assert_has("Ann owes you 1,234.50; this settles it.");
    for (field, value) in [
        ("kind", "loan"),
        ("direction", "got_back"),
        ("counterparty", "Ann"),
        ("amount", "1,234.50"),
        ("location", &owner.location_id("Cash").to_string()),
        ("bucket", &owner.bucket_id("Economy").to_string()),
    ] {
        assert_eq!(form.value(field), value, "{field}");
    }
    assert_eq!(form.attributes("datalist option", "value"), ["Ann"]);
    let list = form.submit(Some("/transactions"), &[]).follow();
    assert_eq!(
        toast(&list),
        "Added Loan, +1,234.50. Nothing is open with Ann any more."
    );
    assert_eq!(open(&owner), Vec::<String>::new());
    assert_eq!(money(&owner, ("Cash", "Economy")), 0);

    let undo = list.attributes(".toast form", "action").remove(0);
    list.submit(Some(&undo), &[]).assert_status(303);
    assert_eq!(open(&owner), ["Ann owes you 1,234.50"]);

    // What we owe is paid back.
    owner.loan(
        "2026-06-04",
        LoanDirection::Borrowed,
        "2000",
        "Ann",
        ("Cash", "Economy"),
    );
    let href = owner.get("/loans").attributes(".loans a.btn", "href").remove(0);
    assert_eq!(owner.get(&href).value("direction"), "paid_back");
    assert_eq!(owner.get(&href).value("amount"), "765.50");
}

#[test]
fn more_than_is_open_turns_the_balance_and_says_so() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.loan("2026-06-03", LoanDirection::Lent, "20", "Ann", CELL);
    let preview = |query: &str| {
        let page = owner.fragment(&format!("/transactions/loan-preview?{query}"));
        page.select("p.hint").join(" ")
    };
    assert_eq!(
        preview("counterparty=ann&direction=got_back&amount=25"),
        "ann has 20.00 to give back; after this you owe ann 5.00."
    );
    assert_eq!(
        preview("counterparty=Ann&direction=got_back&amount=15"),
        "Ann owes you 20.00; after this it is 5.00."
    );
    assert_eq!(
        preview("counterparty=Bo&direction=borrowed&amount=15"),
        "You will owe Bo 15.00."
    );
    for nothing in [
        "",
        "counterparty=Ann&direction=got_back&amount=x",
        "counterparty=%00&direction=lent&amount=1",
    ] {
        assert!(preview(nothing).starts_with("Say with whom"), "{nothing}");
    }

    let fields = [
        ("amount", "25"),
        ("direction", "got_back"),
        ("counterparty", "Ann"),
    ];
    let answer = add(&owner, "loan", &fields);

    assert_eq!(
        toast(&answer.follow()),
        "Added Loan, +25.00. Ann had 20.00 to give back; now you owe Ann 5.00."
    );
    assert_eq!(open(&owner), ["You owe Ann 5.00"]);
    let since = owner.get("/loans").select(".loans summary .muted");
    assert_eq!(since, ["since 14 Nov · 2 entries"], "since it turned");
}

#[test]
fn a_stored_loan_is_named_by_what_was_open_before_it() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let entries = [
        ("2026-01-01", LoanDirection::Lent),
        ("2026-02-01", LoanDirection::GotBack),
        ("2026-03-01", LoanDirection::Borrowed),
        ("2026-04-01", LoanDirection::PaidBack),
    ]
    .map(|(day, direction)| (owner.loan(day, direction, "100", "Ann", CELL), direction));
    for (id, direction) in entries {
        let page = owner.get(&format!("/transactions/{id}"));
        assert_eq!(page.value("direction"), direction.as_str());
        page.submit(None, &[("amount", "100.00")]).assert_status(303);
    }
    assert_eq!(money(&owner, CELL), 0);
    // A change is foreseen without the entry itself.
    let (last, _) = entries[3];
    let preview = owner.fragment(&format!(
        "/transactions/loan-preview?id={last}&counterparty=Ann&direction=paid_back&amount=60"
    ));
    preview.assert_has("You owe Ann 100.00; after this it is 40.00.");
    let changed = owner.submit(&format!("/transactions/{last}"), None, &[("amount", "60")]);
    assert_eq!(
        toast(&changed.follow()),
        "Changed Loan, −60.00. You owe Ann 40.00 now."
    );
}

#[test]
fn many_counterparties_cost_no_more_statements() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let mut taken = Vec::new();
    let cell = owner.cell(CELL);
    for many in [1, 300] {
        owner
            .write(|conn, member| {
                for number in 0..many {
                    let draft = budget::ledger::Draft {
                        date: crate::support::date("2026-11-01"),
                        description: String::new(),
                        entry: budget::ledger::Entry::Loan {
                            direction: LoanDirection::Lent,
                            amount: budget::money::Amount::from_minor(100 + number).unwrap(),
                            counterparty: format!("Person {number}"),
                            cell,
                            category: None,
                        },
                    };
                    budget::ledger::transaction::commands::add(conn, member, &draft)?;
                }
                Ok(())
            })
            .unwrap();
        let mut page = None;
        taken.push(app.statements(|| page = Some(owner.get("/loans"))));
        let page = page.unwrap();
        assert_eq!(page.select(".loans > li").len(), usize::try_from(many).unwrap());
        assert!(page.body.len() < 600_000, "{}", page.body.len());
    }
    assert!(taken[0] <= 6, "{taken:?}");
    assert_eq!(taken[0], taken[1]);
    let id = owner.loan("2026-11-02", LoanDirection::Lent, "1", "Ann", CELL);
    for path in [
        format!("/transactions/{id}"),
        "/transactions/new?kind=loan&counterparty=Ann&amount=1&direction=lent".to_owned(),
    ] {
        let sent = app.statements(|| drop(owner.get(&path)));
        assert!(sent <= 6, "{path}: {sent}");
    }
}

#[test]
fn loans_stay_in_their_household_and_readers_only_look() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let other = app.sign_up("other@example.org", "JPY");
    other.set_up();
    owner.loan("2026-06-03", LoanDirection::Lent, "20", "Ann", CELL);
    other.loan("2026-06-03", LoanDirection::Borrowed, "1500", "Ann", CELL);

    assert_eq!(open(&owner), ["Ann owes you 20.00"]);
    assert_eq!(open(&other), ["You owe Ann 1,500"], "without decimals");
    let foreign = only(&owner);
    let preview =
        format!("/transactions/loan-preview?id={foreign}&counterparty=Ann&direction=paid_back&amount=2000");
    other
        .fragment(&preview)
        .assert_has("You have 1,500 to give back to Ann; after this Ann owes you 500.");

    crate::setup::set_role(&owner, "reader");
    let page = owner.get("/loans");
    page.assert_ok().assert_has("Ann owes you 20.00");
    page.assert_lacks("Record repayment")
        .assert_lacks("/transactions/new");
}

#[test]
fn a_repayment_is_offered_where_the_last_money_still_can_go() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.loan("2026-06-03", LoanDirection::Lent, "20", "Ann", ("Cash", "Fun"));
    owner.moved("2026-06-04", "20", ("Bank", "Fun"), ("Cash", "Fun"));
    let cash = owner.location_id("Cash");
    owner
        .write(|conn, member| location::archive(conn, member, cash))
        .unwrap();
    let href = owner.get("/loans").attributes(".loans a.btn", "href").remove(0);
    let form = owner.get(&href);
    assert_eq!(form.value("location"), owner.location_id("Bank").to_string());

    // Sent twice, it is recorded once.
    let before = rows(&owner).0;
    form.submit(Some("/transactions"), &[]).assert_status(303);
    form.submit(Some("/transactions"), &[]).assert_status(303);
    assert_eq!(rows(&owner).0, before + 1);
}
