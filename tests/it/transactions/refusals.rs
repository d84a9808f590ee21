//! What cannot be recorded: every bad input comes back with 422 and what was typed, and nothing is written.

use budget::ledger::{bucket, category, location};

use super::{add, as_str, rows, set_up, with_ids};
use crate::support::{Owner, TestApp};

/// A form of each kind, filled in well.
fn good(kind: &str) -> Vec<(&'static str, &'static str)> {
    let mut fields = vec![("amount", "10"), ("date", "2026-11-14"), ("description", "Words")];
    fields.extend_from_slice(match kind {
        "expense" => &[("category", "Rent"), ("location", "Bank"), ("bucket", "Fun")],
        "income" => &[
            ("category", "Salary"),
            ("location", "Bank"),
            ("bucket", "Fun"),
            ("split", ""),
        ],
        "transfer" => &[
            ("from_location", "Bank"),
            ("from_bucket", "Fun"),
            ("to_location", "Card"),
            ("to_bucket", "Fun"),
        ],
        "loan" => &[
            ("counterparty", "Anna"),
            ("direction", "lent"),
            ("location", "Bank"),
            ("bucket", "Fun"),
        ],
        _ => &[("location", "Bank"), ("bucket", "Fun")],
    });
    fields
}

const KINDS: [&str; 5] = ["expense", "income", "transfer", "loan", "adjustment"];

/// Sends a good form of `kind` with one field changed: it comes back with `says` at that field, and keeps everything.
#[track_caller]
fn refused(owner: &Owner<'_>, kind: &str, field: &'static str, value: &str, says: &str) {
    let before = rows(owner);
    let mut fields = with_ids(owner, &good(kind));
    fields.retain(|(name, _)| *name != field);
    fields.push((field, value.to_owned()));
    let given: Vec<(&str, &str)> = [("kind", kind)].into_iter().chain(as_str(&fields)).collect();

    let page = owner.post_with_token("/transactions", &given);

    page.assert_status(422).assert_has("<title>Error: ");
    let at_field = page.select(&format!("#{field}-error"));
    let summary = page.select(".error-summary li");
    assert!(
        at_field
            .iter()
            .chain(&summary)
            .any(|sentence| sentence.contains(says)),
        "{kind} {field}={value:?}: {at_field:?} {summary:?}"
    );
    assert!(
        page.attributes(".error-summary a", "href")
            .contains(&format!("#{field}")),
        "{kind} {field}={value:?}: the summary leads to the field"
    );
    assert_eq!(
        rows(owner),
        before,
        "{kind} {field}={value:?}: something was written"
    );
    for (name, kept) in &fields {
        // A browser could not send a choice that is none, and a form cannot show one.
        let is_choice = ["category", "location", "bucket", "direction", "split"]
            .iter()
            .any(|choice| name.ends_with(choice));
        if !is_choice {
            let shown = kept.replace('\0', "\u{fffd}");
            let now = page.value(name);
            assert!(
                now == *kept || now == shown,
                "{kind} {name}: {kept:?} became {now:?}"
            );
        }
    }
}

#[test]
fn a_good_form_of_each_kind_is_taken() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for kind in KINDS {
        let mut fields = good(kind);
        fields.retain(|(_, value)| !value.is_empty());
        let ids = with_ids(&owner, &fields);
        let given: Vec<(&str, &str)> = [("kind", kind)].into_iter().chain(as_str(&ids)).collect();
        owner.post_with_token("/transactions", &given).assert_status(303);
    }
    assert_eq!(rows(&owner).0, 5);
}

#[test]
fn amounts_are_read_exactly_or_refused() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let long = "1".repeat(10_000);
    for kind in KINDS {
        for (value, says) in [
            ("", "Type an amount"),
            ("   ", "Type an amount"),
            ("0", "Type an amount"),
            ("NaN", "digits 0 to 9"),
            ("inf", "digits 0 to 9"),
            ("1e308", "digits 0 to 9"),
            ("1_000", "digits 0 to 9"),
            ("٣", "digits 0 to 9"),
            ("+5", "A plus is not needed"),
            ("5.", "Write the decimals after the point"),
            ("1.005", "EUR has 2 decimals"),
            ("1.000", "decimals"),
            ("12,50", "Write 12.50, not 12,50"),
            ("1,23.4", "Group the digits by three"),
            ("10000000000000", "That is too much"),
            ("99999999999999999999", "That is too much"),
            ("1\0", "digits 0 to 9"),
            ("<script>", "digits 0 to 9"),
            (long.as_str(), "at most 40 characters"),
        ] {
            refused(&owner, kind, "amount", value, says);
        }
        if kind != "adjustment" {
            refused(&owner, kind, "amount", "-5", "above zero");
        }
    }
}

#[test]
fn days_are_days_of_the_calendar() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for kind in KINDS {
        for (value, says) in [
            ("", "Choose a day."),
            ("2026-02-30", "2026-02-30 is not a day: February 2026 has 28 days"),
            ("2026-13-01", "There is no month 13"),
            ("0001-01-01", "Choose a day from 1900-01-01 to 2100-12-31"),
            ("9999-12-31", "Choose a day from 1900-01-01 to 2100-12-31"),
            ("14.11.2026", "Write the day as 2026-11-14"),
            ("tomorrow", "Write the day as 2026-11-14"),
            ("2026-11-14T00:00", "Write the day as 2026-11-14"),
            ("2026-11-1\0", "Write the day as 2026-11-14"),
        ] {
            refused(&owner, kind, "date", value, says);
        }
    }
}

#[test]
fn words_are_bounded() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let (long, just_too_long) = ("x".repeat(10_000), "é".repeat(256));
    for kind in KINDS {
        refused(&owner, kind, "description", "a\0b", "control characters");
        refused(
            &owner,
            kind,
            "description",
            &long,
            "at most 255 characters; these are 10000",
        );
        refused(&owner, kind, "description", &just_too_long, "these are 256");
    }
    refused(&owner, "loan", "counterparty", "", "Say who lends or borrows.");
    refused(&owner, "loan", "counterparty", "  ", "Say who lends or borrows.");
    refused(&owner, "loan", "counterparty", "a\0b", "control characters");
    refused(&owner, "loan", "counterparty", &long, "at most 255 characters");
    refused(
        &owner,
        "loan",
        "direction",
        "",
        "Choose which way the money goes.",
    );
    refused(
        &owner,
        "loan",
        "direction",
        "stolen",
        "Choose which way the money goes.",
    );
    for kind in ["", "gift", "\0", "Expense"] {
        let before = rows(&owner);
        let page = owner.post_with_token("/transactions", &[("kind", kind), ("amount", "1")]);
        page.assert_status(422).assert_has("Choose what to record.");
        assert_eq!(rows(&owner), before);
    }
    // 255 characters, right to left and beyond the basic plane, come back as they were typed.
    let full = "مرحبا 😀 ".repeat(40).chars().take(254).collect::<String>() + "x";
    let fields = [("amount", "1"), ("category", "Rent"), ("description", &full)];
    add(&owner, "expense", &fields).assert_status(303);
    assert_eq!(super::titles(&owner.get("/transactions")), [full]);
}

#[test]
fn choices_are_the_households_own_and_in_use() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let stranger = app.sign_up("other@example.org", "EUR");
    stranger.set_up();
    owner.category("Gone", budget::ledger::Sign::Negative);
    owner.location("Old bank", budget::ledger::LocationKind::Bank);
    owner.bucket("Old bucket", "0");
    let (old_category, old_location, old_bucket) = (
        owner.category_id("Gone"),
        owner.location_id("Old bank"),
        owner.bucket_id("Old bucket"),
    );
    owner
        .write(|conn, member| {
            category::archive(conn, member, old_category)?;
            location::archive(conn, member, old_location)?;
            bucket::archive(conn, member, old_bucket)
        })
        .unwrap();
    let (theirs_category, theirs_location, theirs_bucket) = (
        stranger.category_id("Rent").to_string(),
        stranger.location_id("Bank").to_string(),
        stranger.bucket_id("Fun").to_string(),
    );
    let nobody = "00000000-0000-7000-8000-000000000000";
    let locations = [
        ("", "Choose one of your locations."),
        ("Bank", "Choose one of your locations."),
        (nobody, "Choose one of your locations."),
        ("\0", "Choose one of your locations."),
        (theirs_location.as_str(), "Choose one of your locations."),
        (&old_location.to_string(), "Old bank is archived"),
        (
            &owner.bucket_id("Fun").to_string(),
            "Choose one of your locations.",
        ),
    ]
    .map(|(value, says)| (value.to_owned(), says));
    let buckets = [
        ("", "Choose one of your buckets."),
        ("Fun", "Choose one of your buckets."),
        (nobody, "Choose one of your buckets."),
        (theirs_bucket.as_str(), "Choose one of your buckets."),
        (&old_bucket.to_string(), "Old bucket is archived"),
    ]
    .map(|(value, says)| (value.to_owned(), says));
    for (kind, location_fields, bucket_fields) in [
        ("expense", &["location"][..], &["bucket"][..]),
        ("income", &["location"], &["bucket"]),
        (
            "transfer",
            &["from_location", "to_location"],
            &["from_bucket", "to_bucket"],
        ),
        ("loan", &["location"], &["bucket"]),
        ("adjustment", &["location"], &["bucket"]),
    ] {
        for field in location_fields {
            for (value, says) in &locations {
                refused(&owner, kind, field, value, says);
            }
        }
        for field in bucket_fields {
            for (value, says) in &buckets {
                refused(&owner, kind, field, value, says);
            }
        }
    }
    let rent = owner.category_id("Rent").to_string();
    let salary = owner.category_id("Salary").to_string();
    for (value, says) in [
        ("", "Choose one of your categories."),
        ("Rent", "Choose one of your categories."),
        (nobody, "Choose one of your categories."),
        (&theirs_category, "Choose one of your categories."),
        (&old_category.to_string(), "Gone is archived"),
        (&salary, "Salary does not fit"),
    ] {
        refused(&owner, "expense", "category", value, says);
    }
    refused(&owner, "income", "category", &rent, "Rent does not fit");
    for kind in ["transfer", "loan", "adjustment"] {
        for value in [nobody, &theirs_category, &rent, "x"] {
            let says = if value == rent {
                "Rent does not fit"
            } else {
                "Choose one of your categories."
            };
            refused(&owner, kind, "category", value, says);
        }
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let app = TestApp::new();
    let owner = set_up(&app);

    let page = owner.post_with_token(
        "/transactions",
        &[
            ("kind", "loan"),
            ("amount", "x"),
            ("date", "x"),
            ("description", "a\0"),
            ("counterparty", ""),
            ("direction", "x"),
        ],
    );

    page.assert_status(422);
    assert_eq!(
        page.attributes(".error-summary a", "href"),
        [
            "#amount",
            "#date",
            "#direction",
            "#description",
            "#location",
            "#bucket",
            "#counterparty"
        ]
    );
    for field in [
        "amount",
        "date",
        "direction",
        "description",
        "location",
        "bucket",
        "counterparty",
    ] {
        assert_eq!(
            page.attributes(&format!("#{field}"), "aria-invalid"),
            ["true"],
            "{field}"
        );
        let described = page
            .attributes(&format!("#{field}"), "aria-describedby")
            .remove(0);
        assert!(described.contains(&format!("{field}-error")), "{described}");
    }
}

#[test]
fn a_transfer_that_moves_nothing_is_refused() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let bank = owner.location_id("Bank").to_string();
    refused(&owner, "transfer", "to_location", &bank, "This moves nothing");
}

#[test]
fn a_split_that_cannot_be_is_refused() {
    let app = TestApp::new();
    let owner = app.household();
    owner.location("Bank", budget::ledger::LocationKind::Bank);
    owner.bucket("Fun", "99.99");
    owner.category("Salary", budget::ledger::Sign::Positive);
    owner.category("Rent", budget::ledger::Sign::Negative);
    let before = rows(&owner);
    let fields = with_ids(
        &owner,
        &[
            ("amount", "1"),
            ("date", "2026-11-14"),
            ("category", "Salary"),
            ("location", "Bank"),
        ],
    );
    let given: Vec<(&str, &str)> = [("kind", "income"), ("split", "1")]
        .into_iter()
        .chain(as_str(&fields))
        .collect();
    let page = owner.post_with_token("/transactions", &given);
    page.assert_status(422)
        .assert_has("do not add up to 100% yet")
        .assert_has("0.01% is missing");
    assert_eq!(
        page.attributes("#add p a[href^='/setup']", "href"),
        ["/setup/buckets"]
    );
    // Expenses are not split, whatever a form says.
    let fields = with_ids(
        &owner,
        &[
            ("amount", "1"),
            ("date", "2026-11-14"),
            ("category", "Rent"),
            ("location", "Bank"),
        ],
    );
    let given: Vec<(&str, &str)> = [("kind", "expense"), ("split", "1")]
        .into_iter()
        .chain(as_str(&fields))
        .collect();
    owner
        .post_with_token("/transactions", &given)
        .assert_status(422)
        .assert_has("Only income is split.");
    assert_eq!(rows(&owner), before);
}

#[test]
fn a_sum_that_would_be_too_large_is_refused_and_said() {
    let app = TestApp::new();
    let owner = set_up(&app);
    // 10^15 cents are the limit of one amount, 10^18 that of a sum: a thousand of the largest.
    diesel::connection::SimpleConnection::batch_execute(
        &mut app.sql(),
        &format!(
            "BEGIN;
             INSERT INTO transactions (household_id, id, date, kind, category_id, amount_minor)
                 SELECT '{0}', gen_random_uuid(), '2026-11-01', 'expense', '{1}', -999999999999999 FROM generate_series(1, 1000);
             INSERT INTO postings (household_id, transaction_id, line, date, category_id, location_id, bucket_id, amount_minor)
                 SELECT household_id, id, 1, date, category_id, '{2}', '{3}', amount_minor FROM transactions;
             COMMIT",
            owner.household,
            owner.category_id("Rent"),
            owner.location_id("Bank"),
            owner.bucket_id("Fun"),
        ),
    )
    .unwrap();
    refused(
        &owner,
        "expense",
        "amount",
        "9,999,999,999,999.99",
        "a sum would become too large",
    );
    owner
        .get("/transactions")
        .assert_ok()
        .assert_has("1 to 50 of 1,000");
}

#[test]
fn a_form_that_is_not_ours_is_refused() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent("2026-11-05", "10.00", "Rent");
    let before = rows(&owner);
    for path in [
        "/transactions".to_owned(),
        format!("/transactions/{id}"),
        format!("/transactions/{id}/delete"),
        format!("/undo/{id}"),
    ] {
        owner.post(&path, &[("amount", "1")]).assert_status(403);
        owner.post(&path, &[("csrf_token", "x")]).assert_status(403);
        app.browser()
            .post(&path, &[])
            .assert_status(303)
            .assert_location("/login?next=%2Fmoney&lost=1");
    }
    app.browser()
        .get("/transactions")
        .assert_status(303)
        .assert_location("/login?next=%2Ftransactions");
    assert_eq!(rows(&owner), before);
}

#[test]
fn an_edit_is_refused_like_a_new_entry() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.spent("2026-11-05", "10.00", "Rent");
    let path = format!("/transactions/{id}");
    let before = rows(&owner);
    for (field, value, says) in [
        ("amount", "1.005", "EUR has 2 decimals"),
        ("date", "2026-02-30", "is not a day"),
        ("description", "a\0b", "control characters"),
        ("category", "", "Choose one of your categories."),
        ("location", "x", "Choose one of your locations."),
        ("bucket", "x", "Choose one of your buckets."),
    ] {
        let page = owner.submit(&path, None, &[(field, value)]);
        page.assert_status(422)
            .assert_has(says)
            .assert_has("<title>Error: ");
        assert_eq!(page.value("version"), "1");
    }
    assert_eq!(rows(&owner), before);
}
