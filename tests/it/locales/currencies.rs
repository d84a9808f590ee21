//! Currencies with no, two and three decimals, from sign-up on: set up, record, edit, look, import.

use std::process::Command;

use budget::money::{Amount, Currency};

use super::pages_of;
use crate::support::{Owner, TestApp};

/// One currency, and one story told in it. The amounts are as people write them in `1,234.56`.
struct Story {
    currency: &'static str,
    income: &'static str,
    /// What the first of five buckets gets of the income.
    first_share: &'static str,
    left_over: &'static str,
    expense: &'static str,
    /// The expense after it was edited.
    edited: &'static str,
    total: &'static str,
    /// What is refused, and why.
    too_fine: (&'static str, &'static str),
    example: &'static str,
}

const STORIES: &[Story] = &[
    Story {
        currency: "JPY",
        income: "300,001",
        first_share: "+150,001",
        left_over: "1 JPY was left after rounding. It went to Necessities, the largest remainder.",
        expense: "1,500",
        edited: "1,250",
        total: "298,751 JPY",
        too_fine: ("12.5", "JPY has no decimals: write 12 or 13, not 12.5."),
        example: "Type an amount, such as 12.",
    },
    Story {
        currency: "EUR",
        income: "3,000.01",
        first_share: "+1,500.01",
        left_over: "1 cent was left after rounding. It went to Necessities, the largest remainder.",
        expense: "15.00",
        edited: "12.50",
        total: "2,987.51 EUR",
        too_fine: ("12.505", "EUR has 2 decimals: write 12.50 or 12.51, not 12.505."),
        example: "Type an amount, such as 12.50.",
    },
    Story {
        currency: "KWD",
        income: "3,000.001",
        first_share: "+1,500.001",
        left_over: "0.001 KWD was left after rounding. It went to Necessities, the largest remainder.",
        expense: "15.000",
        edited: "12.505",
        total: "2,987.496 KWD",
        too_fine: (
            "12.5055",
            "KWD has 3 decimals: write 12.505 or 12.506, not 12.5055.",
        ),
        example: "Type an amount, such as 12.500.",
    },
];

/// Sets up with what is suggested, as a new household does.
fn set_up(owner: &Owner<'_>) {
    for noun in ["locations", "buckets", "categories"] {
        let page = owner.get(&format!("/setup/{noun}"));
        page.submit(Some(&format!("/setup/{noun}/suggested")), &[])
            .assert_status(303);
    }
}

/// Amounts of a page that have other decimals than the currency; percentages may.
fn of_other_decimals(text: &str, decimals: usize) -> Vec<String> {
    text.split([' ', '\n'])
        .filter(|word| !word.contains('%'))
        .map(|word| word.trim_matches(|one: char| !one.is_ascii_digit()))
        .filter(|word| {
            let after = word.split_once('.').map(|(_, after)| after);
            word.chars().all(|one| one.is_ascii_digit() || ",.".contains(one))
                && after.is_some_and(|after| after.len() != decimals)
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_household_lives_with_the_decimals_of_its_currency() {
    for story in STORIES {
        let app = TestApp::new();
        let owner = app.sign_up("home@example.org", story.currency);
        let currency = Currency::from_code(story.currency).unwrap();
        set_up(&owner);
        let (salary, groceries) = (
            owner.category_id("Salary").to_string(),
            owner.category_id("Groceries").to_string(),
        );
        let bank = owner.location_id("Main bank").to_string();
        let bucket = owner.bucket_id("Necessities").to_string();

        // Amounts that cannot be: too fine, and none.
        let form = owner.get("/transactions/new?kind=income");
        let refuse = |typed: &str| {
            form.submit(
                Some("/transactions"),
                &[("amount", typed), ("category", &salary), ("location", &bank)],
            )
        };
        refuse(story.too_fine.0)
            .assert_status(422)
            .assert_has(story.too_fine.1);
        refuse("").assert_status(422).assert_has(story.example);

        // A split, seen before it is saved.
        let given = [
            ("amount", story.income),
            ("category", &salary),
            ("location", &bank),
        ];
        let preview = [&given[..], &[("preview", "1")]].concat();
        let seen = form.submit(Some("/transactions"), &preview);
        seen.assert_has(story.left_over).assert_has(story.first_share);
        form.submit(Some("/transactions"), &given)
            .assert_status(303)
            .follow()
            .assert_has(&format!("Added Salary, +{}.", story.income));

        // An expense, edited: the field holds what it reads back.
        owner
            .get("/transactions/new?kind=expense")
            .submit(
                Some("/transactions"),
                &[
                    ("amount", story.expense),
                    ("category", &groceries),
                    ("location", &bank),
                    ("bucket", &bucket),
                ],
            )
            .assert_status(303);
        let address = owner
            .get("/transactions?kind=expense")
            .attributes("table.tx th a", "href")[0]
            .clone();
        let entry = owner.get(&address);
        assert_eq!(entry.value("amount"), story.expense);
        let path = address.split('?').next().unwrap();
        entry
            .submit(Some(path), &[("amount", story.edited)])
            .assert_status(303);

        for path in pages_of(&owner) {
            let page = owner.get(&path);
            if page.location_if_any().is_none() {
                let wrong = of_other_decimals(&page.text(), currency.decimals() as usize);
                assert!(wrong.is_empty(), "{path} in {currency}: {wrong:?}");
            }
        }
        assert_eq!(owner.get("/money").select(".total .sum"), [story.total]);
        owner
            .get("/transactions")
            .assert_has(&format!("\u{2212}{}", story.edited));
    }
}

#[test]
fn a_file_brings_in_amounts_of_the_currency() {
    for (currency, good, bad, total) in [
        ("JPY", "1234", "1234.5", "1,234 JPY"),
        ("KWD", "1234.567", "1234.5678", "1,234.567 KWD"),
    ] {
        let app = TestApp::new();
        let owner = app.sign_up("home@example.org", currency);
        owner.set_up();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("in.csv");
        let import = |amount: &str| {
            let text = format!(
                "date,description,amount,sign,category,location,bucket,to_location,to_bucket\n2026-11-02,Pay,{amount},+,Salary,Bank,Fun,,\n"
            );
            std::fs::write(&file, text).unwrap();
            Command::new(env!("CARGO_BIN_EXE_budget"))
                .args(["import", "--user", &owner.email, "--format", "csv", "--file"])
                .arg(&file)
                .env_clear()
                .env("DATABASE_URL", app.database_url())
                .current_dir(folder.path())
                .output()
                .unwrap()
        };
        let refused = import(bad);
        let why = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && why.contains(bad), "{why}");
        let done = import(good);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(owner.get("/money").select(".total .sum"), [total]);
        let stored = Amount::parse_plain(good, Currency::from_code(currency).unwrap()).unwrap();
        assert_eq!(
            app.count(&format!("transactions WHERE amount_minor = {}", stored.minor())),
            1
        );
    }
}
