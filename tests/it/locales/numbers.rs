//! Numbers, whatever they count, in the marks of whoever reads them; and a form takes back what it was given.

use budget::ledger::transaction::commands;
use budget::ledger::{BucketChoice, Draft, Entry, FlowKind};
use budget::money::{Amount, Currency, NumberFormat};

use super::pages_of;
use crate::setup::set_number_format;
use crate::support::{Owner, Page, TestApp, date};

/// Amounts with every mark, odd percentages, more than a thousand entries, and a cell that is short.
fn with_large_numbers(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-10-31", "1234567.89", "Salary");
    owner.earned("2026-11-01", "7654321.01", "Salary");
    owner.moved("2026-11-02", "4321.09", ("Bank", "Fun"), ("Cash", "Fun"));
    owner.spent_from("2026-11-03", "98765.43", "Rent", ("Card", "Donation"));
    let cell = owner.cell(("Bank", "Necessities"));
    let draft = Draft {
        date: date("2026-11-20"), // ahead of today
        description: "Snack".to_owned(),
        entry: Entry::Flow {
            kind: FlowKind::Expense,
            refund: false,
            refund_of: None,
            amount: owner.amount("1000.25"),
            category: owner.category_id("Going out"),
            location: cell.location,
            bucket: BucketChoice::One(cell.bucket),
        },
    };
    owner
        .write(|conn, member| {
            for _ in 0..1_010 {
                commands::add(conn, member, &draft)?;
            }
            Ok(())
        })
        .unwrap();
    owner
}

/// Words of nothing but digits and the marks of numbers, with at least one of each.
fn marked_numbers(text: &str) -> Vec<String> {
    let is_mark = |one: char| ",.'\u{2019}\u{202f}\u{a0}".contains(one);
    text.split([' ', '\n'])
        .map(|word| word.trim_matches(|one: char| !one.is_ascii_digit()))
        .filter(|word| {
            word.chars().all(|one| one.is_ascii_digit() || is_mark(one)) && word.chars().any(is_mark)
        })
        .map(str::to_owned)
        .collect()
}

/// What people read, and what fields hold.
fn all_of(page: &Page) -> String {
    let mut all = page.text();
    for field in ["amount", "allocation_percentage"] {
        for value in page.attributes(&format!("input[name^={field}]"), "value") {
            all = format!("{all} {value}");
        }
    }
    all
}

#[test]
fn every_number_has_the_marks_of_its_reader() {
    let app = TestApp::new();
    let owner = with_large_numbers(&app);
    let bucket = owner.bucket_id("Economy");
    let mut paths = pages_of(&owner);
    paths.extend([
        "/transactions?sums=1&q=snack".to_owned(),
        "/transactions?location=".to_owned() + &owner.location_id("Bank").to_string(),
        format!("/setup/buckets?edit={bucket}"),
        format!("/setup/locations?edit={}", owner.location_id("Cash")),
    ]);
    for (format, ahead, total) in [
        (NumberFormat::CommaPoint, "1,010 entries", "7,779,870.97 EUR"),
        (NumberFormat::PointComma, "1.010 entries", "7.779.870,97 EUR"),
        (
            NumberFormat::SpaceComma,
            "1\u{202f}010 entries",
            "7\u{202f}779\u{202f}870,97 EUR",
        ),
        (
            NumberFormat::ApostrophePoint,
            "1\u{2019}010 entries",
            "7\u{2019}779\u{2019}870.97 EUR",
        ),
    ] {
        set_number_format(&owner, format.as_str());
        let mut seen = 0;
        for path in &paths {
            let page = owner.get(path);
            if page.location_if_any().is_some() {
                continue; // a part of a page, which leads to the whole
            }
            for number in marked_numbers(&all_of(page.assert_ok())) {
                let read = Amount::parse(&number, Currency::EUR, format);
                assert!(read.is_ok(), "{path} in {format}: {number}");
                seen += 1;
            }
        }
        assert!(seen > 250, "{format}: only {seen} numbers were seen");
        let money = owner.get("/money");
        money.assert_has(&format!("{ahead} lie ahead and are counted."));
        assert_eq!(money.select(".total .sum"), [total]);
    }
}

#[test]
fn a_form_takes_back_what_it_holds() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.bucket("Rest", "0");
    let entry = owner.earned("2026-11-01", "1234567.89", "Salary");
    let address = format!("/transactions/{entry}");
    for format in NumberFormat::ALL {
        set_number_format(&owner, format.as_str());
        let form = owner.get(&address);
        assert_eq!(form.value("amount"), format.amount(123_456_789, Currency::EUR));
        form.submit(Some(&address), &[("description", format.as_str())])
            .assert_status(303);
        assert_eq!(
            app.count("transactions WHERE amount_minor = 123456789"),
            1,
            "{format}"
        );
        let shares = owner.get("/setup/buckets");
        shares
            .submit(Some("/setup/buckets/percentages"), &[])
            .assert_status(303);
        assert_eq!(app.count("buckets WHERE percent_bp = 1000"), 3, "{format}");
    }
}

#[test]
fn any_space_that_keyboards_give_groups_digits() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let entry = owner.spent("2026-11-01", "1", "Rent");
    set_number_format(&owner, "space_comma");
    let address = format!("/transactions/{entry}");
    for (number, typed) in ["1 234,50", "1\u{a0}234,51", "1\u{202f}234,52", "\u{a0}1234,53 "]
        .into_iter()
        .enumerate()
    {
        owner
            .get(&address)
            .submit(Some(&address), &[("amount", typed)])
            .assert_status(303);
        let minor = 123_450 + number;
        assert_eq!(
            app.count(&format!("transactions WHERE amount_minor = -{minor}")),
            1,
            "{typed:?}"
        );
    }
    owner
        .get(&address)
        .submit(Some(&address), &[("amount", "1,234.50")])
        .assert_status(422)
        .assert_has("Write 1\u{202f}234,50, not 1,234.50: numbers look like 1\u{202f}234,56 here.");
}
