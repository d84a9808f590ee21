//! Three households in a real browser: each signs up in its own language, and numbers and days are as it writes them from then on.

use crate::support::{Chromium, PASSWORD, Scripts, TestApp};

/// One person, and what they type and read. The clock of the server stands at noon UTC.
struct Person {
    languages: &'static str,
    currency: &'static str,
    time_zone: &'static str,
    /// The server's clock.
    now: &'static str,
    income: &'static str,
    left_over: &'static str,
    /// What the bucket with half of all income gets of it.
    half: &'static str,
    expense: &'static str,
    /// The same as the field has it afterwards.
    expense_held: &'static str,
    /// The expense after it was edited.
    edited: &'static str,
    total: &'static str,
    today: &'static str,
    since: &'static str,
    /// An amount in the marks of somebody else, and what is said about it.
    foreign: (&'static str, &'static str),
}

fn lives(person: &Person, scripts: Scripts) {
    let app = TestApp::new();
    app.set_clock(person.now);
    let page = Chromium::speaking(person.languages, scripts);
    let open = |path: &str| page.open(&format!("http://{}{path}", app.address()));
    let preview = |button: &str| {
        if scripts == Scripts::Off {
            page.press(button);
        }
    };

    open("/signup");
    page.fill("#email", "ada@example.org");
    page.fill("#password", PASSWORD);
    page.choose("currency", person.currency);
    page.choose("time_zone", person.time_zone);
    page.press("Create account");
    page.arrives_at("/money");
    for noun in ["locations", "buckets", "categories"] {
        open(&format!("/setup/{noun}"));
        page.press("Use these");
        page.sees("Added ");
    }

    open("/transactions/new?kind=income");
    page.fill("#amount", person.income);
    page.choose("category", "Salary");
    page.choose("location", "Main bank");
    preview("Show split");
    page.sees(person.left_over);
    page.sees(person.half);
    page.press("Add income");
    page.sees(&format!("Added Salary, +{}.", person.income));

    open("/transactions/new?kind=expense");
    page.choose("category", "Groceries");
    page.choose("location", "Main bank");
    page.fill("#amount", person.foreign.0);
    page.press("Add expense");
    page.sees(person.foreign.1);
    let refused = page.complaints(); // the browser tells of the form that was refused, and of nothing else
    assert!(
        refused.iter().all(|one| one.contains("a status of 422")),
        "{refused:#?}"
    );
    page.fill("#amount", person.expense);
    page.press("Add expense");
    page.sees(&format!("Added Groceries, \u{2212}{}.", person.expense_held));
    page.sees(person.today);

    page.press("Groceries");
    page.sees("Save");
    let held = page.run("return document.querySelector('#amount').value");
    assert_eq!(held, person.expense_held);
    page.fill("#amount", person.edited);
    page.press("Save");
    page.sees(&format!("\u{2212}{}", person.edited));

    open("/money");
    page.reads(".total .sum", person.total);
    page.sees(person.since);
    page.sees(person.today);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

const GERMAN: Person = Person {
    languages: "de-DE,de,en",
    currency: "EUR, Euro",
    time_zone: "Europe/Berlin",
    now: "2026-11-14T12:00:00Z",
    income: "3.000,01",
    left_over: "1 cent was left after rounding.",
    half: "+1.500,01",
    expense: "1234,5",
    expense_held: "1.234,50",
    edited: "1.034,50",
    total: "1.965,51 EUR",
    today: "14 Nov",
    since: "since 1 Nov.",
    foreign: (
        "1,234.50",
        "Write 1.234,50, not 1,234.50: numbers look like 1.234,56 here.",
    ),
};

const AMERICAN: Person = Person {
    languages: "en-US,en",
    currency: "USD, United States dollar",
    time_zone: "America/New York",
    now: "2026-11-14T12:00:00Z",
    income: "3,000.01",
    left_over: "1 cent was left after rounding.",
    half: "+1,500.01",
    expense: "1234.5",
    expense_held: "1,234.50",
    edited: "1,034.50",
    total: "1,965.51 USD",
    today: "Nov 14",
    since: "since Nov 1.",
    foreign: (
        "1.234,50",
        "Write 1,234.50, not 1.234,50: numbers look like 1,234.56 here.",
    ),
};

const JAPANESE: Person = Person {
    languages: "ja,en",
    currency: "JPY, Japanese yen",
    time_zone: "Asia/Tokyo",
    now: "2026-11-14T20:00:00Z", // it is the 15th in Tokyo
    income: "300,001",
    left_over: "1 JPY was left after rounding.",
    half: "+150,001",
    expense: "1500",
    expense_held: "1,500",
    edited: "1,250",
    total: "298,751 JPY",
    today: "2026-11-15",
    since: "since 2026-11-01.",
    foreign: ("1500.5", "JPY has no decimals: write 1,500 or 1,501, not 1500.5."),
};

#[test]
fn a_german_household() {
    lives(&GERMAN, Scripts::On);
}

#[test]
fn an_american_household() {
    lives(&AMERICAN, Scripts::On);
}

#[test]
fn a_household_in_yen_without_scripts() {
    lives(&JAPANESE, Scripts::Off);
}
