//! `budget export`: what an export holds, and that it imports back to the same ledger.

mod odd;
mod random;

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use budget::ledger::{FlowKind, LoanDirection, LocationKind, Sign, bucket, category, integrity, location};
use diesel::prelude::*;

use crate::import::{Said, import, run};
use crate::support::{Owner, TestApp};

const HEAD: &str = "date,description,amount,sign,category,location,bucket,to_location,to_bucket,entry,kind,counterparty,share,refund_of";

/// What an export to standard output says.
fn export(owner: &Owner<'_>) -> String {
    let said = run(
        owner.app,
        &["export", "--user", &owner.email, "--format", "csv"],
        b"",
    );
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    said.out
}

fn into_file(owner: &Owner<'_>, path: &Path, more: &[&str]) -> Said {
    let path = path.to_str().unwrap();
    let fixed = [
        "export",
        "--user",
        &owner.email,
        "--format",
        "csv",
        "--file",
        path,
    ];
    run(owner.app, &[&fixed, more].concat(), b"")
}

fn checksum(owner: &Owner<'_>) -> String {
    let all = integrity::checksums(&mut owner.app.sql()).unwrap();
    all.into_iter().find(|(id, _)| *id == owner.household).unwrap().1
}

/// The rows below the names of the columns.
fn rows(file: &str) -> Vec<&str> {
    let mut lines = file.lines();
    assert_eq!(lines.next(), Some(HEAD));
    lines.collect()
}

/// The export comes into another household as the same ledger, whose export is the same file; and whoever has the entries gets none twice.
#[track_caller]
fn assert_comes_back(owner: &Owner<'_>, email: &str, currency: &str) -> String {
    let file = export(owner);
    let entries = rows_to_entries(&file);
    let other = owner.app.sign_up(email, currency);
    let said = import(&other, &file, &["--create"]);
    let counted = |new: usize| {
        let rows = rows(&file).len();
        let shown = match (rows, entries) {
            (rows, entries) if rows == entries => format!("{rows} rows"),
            (rows, entries) => format!("{rows} rows of {entries} entries"),
        };
        format!("{shown}: {new} new, {} double.", entries - new)
    };
    said.assert_done(&counted(entries));
    assert_eq!(checksum(&other), checksum(owner), "{file}");
    assert_eq!(export(&other), file);
    owner.app.check();
    import(&other, &file, &["--create"]).assert_done(&counted(0));
    import(owner, &file, &[]).assert_done(&counted(0));
    file
}

fn rows_to_entries(file: &str) -> usize {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let mut numbers: Vec<String> = reader
        .records()
        .map(|record| record.unwrap()[9].to_owned())
        .collect();
    numbers.dedup();
    numbers.len()
}

// --- what it holds ----------------------------------------------------------------------------------------------------

#[test]
fn a_row_is_a_posting() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent_from("2026-11-10", "12.5", "Groceries", ("Cash", "Fun"));
    owner.earned("2026-11-11", "0.03", "Salary");
    owner.moved("2026-11-12", "50", ("Bank", "Fun"), ("Cash", "Economy"));
    owner.loan(
        "2026-11-13",
        LoanDirection::Lent,
        "1000",
        "Kim, \"K\"",
        ("Bank", "Fun"),
    );
    owner.adjusted("2026-11-14", "-0.5", ("Cash", "Fun"));
    let file = export(&owner);
    assert_eq!(
        rows(&file),
        [
            "2026-11-10,Groceries,12.50,-,Groceries,Cash,Fun,,,1,expense,,,",
            "2026-11-11,Salary,0.02,+,Salary,Bank,Necessities,,,2,income,,50,",
            "2026-11-11,Salary,0.01,+,Salary,Bank,Economy,,,2,income,,20,",
            "2026-11-11,Salary,0.00,+,Salary,Bank,Education,,,2,income,,10,",
            "2026-11-11,Salary,0.00,+,Salary,Bank,Fun,,,2,income,,10,",
            "2026-11-11,Salary,0.00,+,Salary,Bank,Donation,,,2,income,,10,",
            "2026-11-12,Moved,-50.00,=,Transfer,Bank,Fun,,,3,transfer,,,",
            "2026-11-12,Moved,50.00,=,Transfer,Cash,Economy,,,3,transfer,,,",
            "2026-11-13,Loan,-1000.00,=,Loan,Bank,Fun,,,4,loan,\"Kim, \"\"K\"\"\",,",
            "2026-11-14,Adjusted,-0.50,=,Adjustment,Cash,Fun,,,5,adjustment,,,",
        ]
    );
    assert_comes_back(&owner, "other@example.org", "EUR");
}

#[test]
fn every_odd_entry_comes_back() {
    let app = TestApp::new();
    let owner = app.household();
    odd::fill(&owner);
    let file = assert_comes_back(&owner, "other@example.org", "EUR");
    // What makes the household odd is really in the file.
    for part in [
        ",0.00,+,Salary,",
        ",'=Bank,",
        ",'+,",
        "'=HYPERLINK(1),",
        "''=a mark of its own,",
        ",Old bank,",
        ",Old fun,",
        ",Old food,",
        ",33.33,",
    ] {
        assert!(file.contains(part), "{part} is not in\n{file}");
    }
}

#[test]
fn the_decimals_are_those_of_the_currency() {
    let app = TestApp::new();
    for (currency, amount) in [("JPY", "1200"), ("KWD", "1.005")] {
        let owner = app.sign_up(&format!("{currency}@example.org"), currency);
        owner.set_up();
        owner.spent("2026-11-10", amount, "Groceries");
        owner.earned("2026-11-10", amount, "Salary");
        owner.moved("2026-11-10", amount, ("Bank", "Fun"), ("Cash", "Fun"));
        let file = assert_comes_back(&owner, &format!("{currency}2@example.org"), currency);
        assert!(file.contains(&format!(",Groceries,{amount},-,")), "{file}");
    }
}

#[test]
fn a_household_without_entries_is_a_file_without_rows() {
    let app = TestApp::new();
    let owner = app.household();
    let file = export(&owner);
    assert_eq!(file, format!("{HEAD}\n"));
    import(&owner, &file, &["--create"]).assert_done("0 rows: 0 new, 0 double.");
}

#[test]
fn text_is_no_formula_in_any_spreadsheet() {
    let app = TestApp::new();
    let owner = app.household();
    odd::fill(&owner);
    let file = export(&owner);
    // What is ours by form: the sign, and numbers.
    let is_ours = |cell: &str| matches!(cell, "+" | "-" | "=") || cell.parse::<f64>().is_ok();
    let starts = |cell: &str| {
        let cell = cell.trim_start_matches(|one: char| one == '"' || one.is_whitespace());
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
    };
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    for record in reader.records() {
        for cell in &record.unwrap() {
            assert!(!starts(cell) || is_ours(cell), "{cell}");
        }
    }
    // A program that separates by other marks must not find one either.
    for line in file.lines() {
        for cell in line.split([';', '\t']).skip(1) {
            assert!(!starts(cell), "{line}");
        }
    }
}

#[test]
fn things_of_the_same_name_stay_apart_where_they_must() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-01", "5", "Groceries");
    // The same name, used again: one thing in the file says the same.
    let old = owner.location("Purse", LocationKind::Wallet);
    owner.moved("2026-11-02", "5", ("Bank", "Fun"), ("Purse", "Fun"));
    owner.moved("2026-11-03", "5", ("Purse", "Fun"), ("Bank", "Fun"));
    owner
        .write(|conn, member| location::archive(conn, member, old))
        .unwrap();
    owner.location("Purse", LocationKind::Wallet);
    owner.moved("2026-11-04", "7", ("Bank", "Fun"), ("Cash", "Fun"));
    let file = assert_comes_back(&owner, "one@example.org", "EUR");
    assert!(!file.contains("(archived)"), "{file}");

    // A category of the same name that counts otherwise.
    let old = owner.category_id("Groceries");
    owner
        .write(|conn, member| category::archive(conn, member, old))
        .unwrap();
    owner.category("groceries", Sign::Positive);
    owner.earned("2026-11-05", "1", "groceries");
    let file = export(&owner);
    assert!(file.contains(",5.00,-,Groceries (archived),Bank,"), "{file}");
    assert!(file.contains(",0.50,+,groceries,Bank,"), "{file}");
    let other = app.sign_up("two@example.org", "EUR");
    import(&other, &file, &["--create"]).assert_done("12 rows of 5 entries: 5 new, 0 double.");
    assert_eq!(export(&other), file);
    import(&owner, &file, &[]).assert_done("12 rows of 5 entries: 0 new, 5 double.");

    // A transfer between the two would move nothing if they were one.
    let third = app.sign_up("three@example.org", "EUR");
    third.set_up();
    let old = third.location("Purse", LocationKind::Wallet);
    let tin = third.location("Tin", LocationKind::Wallet);
    third.moved("2026-11-02", "5", ("Tin", "Fun"), ("Purse", "Fun"));
    third.moved("2026-11-03", "5", ("Purse", "Fun"), ("Tin", "Fun"));
    third
        .write(|conn, member| location::archive(conn, member, old))
        .unwrap();
    third
        .write(|conn, member| location::edit(conn, member, tin, 1, "Purse", LocationKind::Wallet))
        .unwrap();
    let file = export(&third);
    assert!(file.contains(",-5.00,=,Transfer,Purse,Fun,"), "{file}");
    assert!(file.contains(",5.00,=,Transfer,Purse (archived),Fun,"), "{file}");
    let other = app.sign_up("four@example.org", "EUR");
    import(&other, &file, &["--create"]).assert_done("4 rows of 2 entries: 2 new, 0 double.");
    assert_eq!(export(&other), file);
    import(&third, &file, &[]).assert_done("4 rows of 2 entries: 0 new, 2 double.");
}

// --- doubles ----------------------------------------------------------------------------------------------------------

#[test]
fn both_forms_of_a_file_find_each_others_entries() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let plain = "date,description,amount,sign,category,location,bucket,to_location,to_bucket
2026-11-10,Market,12.50,-,Groceries,Cash,Fun,,
2026-11-10,Market,12.50,-,Groceries,Cash,Fun,,
2026-11-11,Pay,1000,+,Salary,Bank,*,,
2026-11-12,Move,50,=,Transfer,Bank,Fun,Cash,
";
    import(&owner, plain, &["--create"]).assert_done("4 rows: 4 new, 0 double.");
    let file = export(&owner);
    import(&owner, &file, &[]).assert_done("9 rows of 4 entries: 0 new, 4 double.");
    let other = app.sign_up("other@example.org", "EUR");
    import(&other, &file, &["--create"]).assert_done("9 rows of 4 entries: 4 new, 0 double.");
    import(
        &other,
        plain,
        &[
            "--buckets",
            "Necessities=50,Economy=20,Education=10,Fun=10,Donation=10",
        ],
    )
    .assert_done("4 rows: 0 new, 4 double.");
    // Two of three are there.
    let row = "2026-11-10,Market,12.50,-,Groceries,Cash,Fun,,";
    import(&other, format!("{plain}{row}\n"), &[]).assert_done("5 rows: 1 new, 4 double.");
}

#[test]
fn entries_edited_since_their_import_are_found_by_what_they_say_now() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let plain = "date,description,amount,sign,category,location,bucket,to_location,to_bucket
2026-11-10,Market,12.50,-,Groceries,Cash,Fun,,
2026-11-10,Market,12.50,-,Groceries,Cash,Fun,,
";
    import(&owner, plain, &[]).assert_done("2 rows: 2 new, 0 double.");
    let edited = "UPDATE transactions SET description = 'Fair', version = 2 WHERE id = (SELECT id FROM transactions ORDER BY id LIMIT 1)";
    diesel::sql_query(edited).execute(&mut app.sql()).unwrap();
    let id = owner.category_id("Groceries");
    owner
        .write(|conn, member| category::edit(conn, member, id, 1, "Food", Sign::Negative))
        .unwrap();
    let file = export(&owner);
    import(&owner, &file, &[]).assert_done("2 rows: 0 new, 2 double.");
    import(&owner, plain, &[]).assert_done("2 rows: 0 new, 2 double.");
}

#[test]
fn refunds_find_what_they_give_back() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let original = owner.spent_from("2026-11-12", "20", "Groceries", ("Cash", "Fun"));
    // Given back before it was bought: the original comes later in the file.
    odd::refund(
        &owner,
        "2026-11-10",
        "5",
        "Groceries",
        ("Cash", "Fun"),
        Some(original),
        FlowKind::Expense,
    );
    odd::refund(
        &owner,
        "2026-11-13",
        "5",
        "Groceries",
        ("Cash", "Fun"),
        None,
        FlowKind::Expense,
    );
    let file = assert_comes_back(&owner, "other@example.org", "EUR");
    let [early, later, alone] = rows(&file).try_into().unwrap();
    assert!(early.ends_with(",1,expense,,,2"), "{early}");
    assert!(later.ends_with(",2,expense,,,"), "{later}");
    assert!(alone.ends_with(",3,expense,,,"), "{alone}");

    // The original is there already, typed in; the refund is linked to it.
    let third = app.sign_up("third@example.org", "EUR");
    third.set_up();
    third.spent_from("2026-11-12", "20", "Groceries", ("Cash", "Fun"));
    import(&third, &file, &[]).assert_done("3 rows: 2 new, 1 double.");
    assert_eq!(checksum(&third), checksum(&owner));

    // It is there, but no expense any more.
    let fourth = app.sign_up("fourth@example.org", "EUR");
    fourth.set_up();
    import(&fourth, format!("{HEAD}\n{later}\n"), &[]).assert_done("1 row: 1 new, 0 double.");
    let turned =
        "WITH t AS (UPDATE transactions SET amount_minor = 2000 WHERE household_id = $1 RETURNING id)
                  UPDATE postings SET amount_minor = 2000 WHERE transaction_id IN (SELECT id FROM t)";
    diesel::sql_query(turned)
        .bind::<diesel::sql_types::Uuid, _>(fourth.household)
        .execute(&mut app.sql())
        .unwrap();
    import(&fourth, &file, &[])
        .assert_failed("line 2: refund_of: That entry is in the household already, and was changed since");
}

// --- what is refused --------------------------------------------------------------------------------------------------

#[test]
fn faulty_rows_of_the_exact_form_are_named() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.category("Moves", Sign::Neutral);
    let old = owner.bucket("Old fun", "0");
    owner
        .write(|conn, member| bucket::archive(conn, member, old))
        .unwrap();
    let number = "Write the number of an entry, with the digits 0 to 9, or leave it empty.";
    let cases: [(&[&str], &str); 28] = [
        (
            &["2026-11-14,a,1,-,Groceries,Bank,Fun,,,x,,,,"],
            &format!("line 2: entry: {number}"),
        ),
        (
            &["2026-11-14,a,1,-,Groceries,Bank,Fun,,,-1,,,,"],
            &format!("line 2: entry: {number}"),
        ),
        (
            &["2026-11-14,a,1,-,Groceries,Bank,Fun,,,1,spent,,,"],
            "line 2: kind: Write income, expense, transfer, loan or adjustment, or leave it empty.",
        ),
        (
            &["2026-11-14,a,1,-,Groceries,Bank,Fun,,,1,income,,,"],
            "line 2: kind: This does not fit the sign: income has +, expense has -, the others have =.",
        ),
        (
            &["2026-11-14,a,1,-,Groceries,Bank,Fun,,,1,,Kim,,"],
            "line 2: counterparty: Leave this empty: only a loan has one.",
        ),
        (
            &["2026-11-14,a,1,=,Moves,Bank,Fun,,,1,loan,,,"],
            "line 2: counterparty: Say who lends or borrows.",
        ),
        (
            &["2026-11-14,a,1,-,Groceries,Bank,Fun,,,1,,,100,"],
            "line 2: share: Leave this empty: only an income with an entry number has shares.",
        ),
        (
            &["2026-11-14,a,1,+,Salary,Bank,Fun,,,,,,100,"],
            "line 2: share: Leave this empty: only an income with an entry number has shares.",
        ),
        (
            &["2026-11-14,a,1,+,Salary,Bank,Fun,,,1,,,x,"],
            "line 2: share: Write the percentage with the digits 0 to 9, such as 12.5",
        ),
        (
            &["2026-11-14,a,1,+,Salary,Bank,Fun,,,1,,,101,"],
            "line 2: share: A percentage is from 0 to 100",
        ),
        (
            &["2026-11-14,a,1,+,Salary,Bank,*,,,1,,,,"],
            "line 2: bucket: Only a row without an entry number is split by *. Name a bucket.",
        ),
        (
            &["2026-11-14,a,0,+,Salary,Bank,Fun,,,1,,,,"],
            "line 2: amount: Type an amount other than zero.",
        ),
        (
            &["2026-11-14,a,1,=,Moves,Bank,Fun,Cash,,1,,,,"],
            "line 2: to_location: Leave this empty: a row with an entry number is one posting, so a transfer has a row for each end.",
        ),
        (
            &["2026-11-14,a,1,=,Moves,Bank,Fun,,,1,loan,Kim,,2"],
            "line 2: refund_of: Leave this empty: only an income or an expense gives anything back.",
        ),
        (
            &["2026-11-14,a,1,=,Moves,Bank,Old fun,,,1,adjustment,,,"],
            "line 2: bucket: Old fun is archived. Choose another bucket, or restore it first.",
        ),
        (
            &["2026-11-14,a,1,=,Moves,Bank,Funny,,,1,adjustment,,,"],
            "line 2: bucket: There is no bucket “Funny”. Add it under Set-up, or import with --create.",
        ),
        (
            &["2026-11-14,a,1,=,Salary,Bank,Fun,,,1,adjustment,,,"],
            "line 2: category: Salary does not fit: choose a category that counts as neither income nor expense.",
        ),
        // Several rows.
        (
            &[
                "2026-11-14,a,-1,=,Moves,Bank,Fun,,,1,,,,",
                "2026-11-15,a,1,=,Moves,Cash,Fun,,,1,,,,",
            ],
            "line 3: date: This is not what line 2 says, which has the same entry number.",
        ),
        (
            &[
                "2026-11-14,a,-1,=,Moves,Bank,Fun,,,1,,,,",
                "2026-11-14,a,1,=,Moves,Cash,Funny,,,1,,,,",
            ],
            "line 3: bucket: There is no bucket “Funny”.",
        ),
        (
            &[
                "2026-11-14,a,-1,=,Moves,Bank,Fun,,,1,,,,",
                "2026-11-14,a,2,=,Moves,Cash,Fun,,,1,,,,",
            ],
            "line 2: amount: What leaves must arrive: make the rows of this transfer add up to 0.",
        ),
        (
            &[
                "2026-11-14,a,-1,=,Moves,Bank,Fun,,,1,,,,",
                "2026-11-14,a,1,=,Moves,BANK,Fun,,,1,,,,",
            ],
            "line 2: amount: This moves nothing: choose another location or another bucket.",
        ),
        (
            &[
                "2026-11-14,a,1,-,Groceries,Bank,Fun,,,1,,,,",
                "2026-11-14,a,-1,-,Groceries,Cash,Fun,,,1,,,,",
            ],
            "line 2: amount: The rows of this entry add up to 0. Type amounts that add up to something else.",
        ),
        (
            &[
                "2026-11-14,a,1,+,Salary,Bank,Fun,,,1,,,60,",
                "2026-11-14,a,1,+,Salary,Bank,Economy,,,1,,,39,",
            ],
            "line 2: share: The percentages add up to 99%: 1% is missing. The rows of a split name every share, also those of which nothing came out.",
        ),
        (
            &[
                "2026-11-14,a,9999999999999,+,Salary,Bank,Fun,,,1,,,,",
                "2026-11-14,a,9999999999999,+,Salary,Cash,Fun,,,1,,,,",
            ],
            "line 2: amount: That is too much: an amount has at most 15 digits, decimals included",
        ),
        // Refunds.
        (
            &["2026-11-14,a,-1,-,Groceries,Bank,Fun,,,1,,,,7"],
            "line 2: refund_of: There is no entry 7 in this file.",
        ),
        (
            &[
                "2026-11-14,a,1,-,Groceries,Bank,Fun,,,1,,,,2",
                "2026-11-14,a,1,-,Groceries,Bank,Fun,,,2,,,,",
            ],
            "line 2: refund_of: Leave this empty: only a refund, whose amount is below zero, gives anything back.",
        ),
        (
            &[
                "2026-11-14,a,-1,-,Groceries,Bank,Fun,,,1,,,,2",
                "2026-11-14,Pay,1,+,Salary,Bank,Fun,,,2,,,,",
            ],
            "line 2: refund_of: Entry 2, “Pay”, is of another kind than its refund.",
        ),
        (
            &[
                "2026-11-14,a,-1,-,Groceries,Bank,Fun,,,1,,,,2",
                "2026-11-14,b,-1,-,Groceries,Bank,Fun,,,2,,,,",
            ],
            "line 2: refund_of: Entry 2, “b”, is a refund itself.",
        ),
    ];
    let before = app.fingerprint();
    for (rows, wanted) in cases {
        let said = import(&owner, format!("{HEAD}\n{}\n", rows.join("\n")), &[]);
        said.assert_failed(wanted);
        assert!(
            said.err.starts_with(&format!(
                "budget: Nothing was imported: 1 of {} rows are faulty.",
                rows.len()
            )),
            "{}",
            said.err
        );
        assert_eq!(app.fingerprint(), before, "{rows:?}");
    }
}

#[test]
fn loans_and_adjustments_can_be_written_by_hand() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let file = "date,description,amount,sign,category,location,bucket,to_location,to_bucket,kind,counterparty
2026-11-10,Opening,100,=,Adjustment,Bank,Fun,,,adjustment,
2026-11-11,For a bike,-40,=,Loan,Bank,Fun,,,Loan,Kim
2026-11-12,'=1+1,2,-,Groceries,Bank,Fun,,,,
2026-11-13,Move,10,=,Moves,Bank,Fun,Cash,,,
";
    import(&owner, file, &["--create"]).assert_done("4 rows: 4 new, 0 double.");
    owner
        .get("/transactions")
        .assert_ok()
        .assert_has("For a bike")
        .assert_has("=1+1")
        .assert_lacks("'=1+1");
    import(&owner, file, &[]).assert_done("4 rows: 0 new, 4 double.");
    assert_comes_back(&owner, "other@example.org", "EUR");
}

// --- where it goes, and who may ---------------------------------------------------------------------------------------

#[test]
fn a_file_appears_whole_and_replaces_no_other_unasked() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-10", "5", "Groceries");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("budget.csv");
    into_file(&owner, &path, &[]).assert_done(&format!("Wrote 1 entry in 1 row to {}.", path.display()));
    let written = fs::read_to_string(&path).unwrap();
    assert_eq!(written, export(&owner));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    owner.spent("2026-11-11", "5", "Groceries");
    into_file(&owner, &path, &[])
        .assert_failed("is there already. Choose another name, or replace it with --force.");
    assert_eq!(fs::read_to_string(&path).unwrap(), written);
    into_file(&owner, &path, &["--force"])
        .assert_done(&format!("Wrote 2 entries in 2 rows to {}.", path.display()));
    assert_eq!(fs::read_to_string(&path).unwrap(), export(&owner));

    into_file(&owner, folder.path(), &["--force"]).assert_failed("is no file that could be replaced.");
    into_file(&owner, &folder.path().join("no/where.csv"), &[]).assert_failed("No such file or directory");
    let household = app.sign_up("other@example.org", "EUR").household.to_string();
    let nothing = folder.path().join("nothing.csv");
    into_file(&owner, &nothing, &["--household", &household]).assert_failed(&format!(
        "is blocked, or is not a member of a household {household}."
    ));
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|one| one.unwrap().file_name())
        .collect();
    assert_eq!(left, ["budget.csv"]);
}

#[test]
fn readers_may_export_and_strangers_may_not() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-10", "5", "Groceries");
    let reader = app.sign_up("reader@example.org", "EUR");
    diesel::insert_into(budget::schema::members::table)
        .values((
            budget::schema::members::household_id.eq(owner.household),
            budget::schema::members::user_id.eq(reader.user),
            budget::schema::members::role.eq("reader"),
        ))
        .execute(&mut app.sql())
        .unwrap();
    let household = owner.household.to_string();
    let as_reader = [
        "export",
        "--user",
        "reader@example.org",
        "--format",
        "csv",
        "--household",
        &household,
    ];
    assert_eq!(run(&app, &as_reader, b"").out, export(&owner));
    let nobody = ["export", "--user", "no@example.org", "--format", "csv"];
    run(&app, &nobody, b"").assert_failed("There is no user no@example.org.");
    diesel::sql_query("UPDATE users SET blocked_at = now() WHERE email = 'reader@example.org'")
        .execute(&mut app.sql())
        .unwrap();
    run(&app, &as_reader, b"").assert_failed("reader@example.org is blocked, or is not a member");
}

#[test]
fn ten_thousand_entries_go_out_and_in_quickly_and_a_reader_may_leave() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let mut file = "date,description,amount,sign,category,location,bucket,to_location,to_bucket\n".to_owned();
    for number in 0..10_000 {
        let (month, day) = (number % 12 + 1, number % 28 + 1);
        let rest = match number % 10 {
            0 => "+,Salary,Bank,*,,",
            1 => "=,Transfer,Bank,Fun,Cash,",
            _ => "-,Groceries,Card,Necessities,,",
        };
        writeln!(
            file,
            "2025-{month:02}-{day:02},Receipt {number},{number}.01,{rest}"
        )
        .unwrap();
    }
    import(&owner, &file, &["--create"]).assert_done("10000 rows: 10000 new, 0 double.");
    let started = Instant::now();
    let exported = export(&owner);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    let other = app.sign_up("other@example.org", "EUR");
    import(&other, &exported, &["--create"]).assert_done("15000 rows of 10000 entries: 10000 new, 0 double.");
    assert_eq!(checksum(&other), checksum(&owner));

    let mut child = Command::new(env!("CARGO_BIN_EXE_budget"))
        .args(["export", "--user", &owner.email, "--format", "csv"])
        .env_clear()
        .env("DATABASE_URL", app.database_url())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), b"".as_slice())
    );
    assert_eq!(&first, b"date,descr");
}
