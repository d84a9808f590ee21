//! `budget import`: what a file comes to, what is left out of it, and what is refused.

mod namesakes;
pub mod sample;

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use budget::ledger::transaction::{Snapshot, commands, queries};
use budget::ledger::{Draft, Entry, LocationKind, Sign, bucket, category, location};
use budget::schema::{
    balances, buckets, categories, change_items, changes, households, locations, monthly_totals, transactions,
};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::{Owner, TestApp, date};

const HEAD: &str = "date,description,amount,sign,category,location,bucket,to_location,to_bucket";

/// What a command said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    #[track_caller]
    pub fn assert_done(&self, first_line: &str) -> &Self {
        assert_eq!(
            (self.code, self.out.lines().next()),
            (Some(0), Some(first_line)),
            "{}",
            self.err
        );
        self
    }

    /// It failed, wrote nothing to standard output, and said this.
    #[track_caller]
    pub fn assert_failed(&self, wanted: &str) -> &Self {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{}", self.err);
        assert!(self.err.contains(wanted), "{wanted:?} is not in {:?}", self.err);
        self
    }
}

/// Runs `budget` beside the app.
pub fn run(app: &TestApp, arguments: &[&str], input: &[u8]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_budget"))
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", app.database_url())
        .env("RUST_LOG", "warn")
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads no input may be gone by now.
    drop(child.stdin.take().unwrap().write_all(input));
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Imports these bytes for a person, from a file.
pub fn import(owner: &Owner<'_>, file: impl AsRef<[u8]>, arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank.csv");
    fs::write(&path, file).unwrap();
    let path = path.to_str().unwrap();
    let fixed = [
        "import",
        "--user",
        &owner.email,
        "--format",
        "csv",
        "--file",
        path,
    ];
    run(owner.app, &[&fixed, arguments].concat(), b"")
}

/// Brings a file in, with all names that the household lacks and these percentages.
#[track_caller]
pub fn bring_in(owner: &Owner<'_>, file: &str, percentages: &str) {
    let said = import(owner, file, &["--create", "--buckets", percentages]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

/// A file of these rows.
fn rows(rows: &[&str]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

/// All that an import could have touched.
fn state(owner: &Owner<'_>) -> String {
    let mut conn = owner.app.sql();
    let version: i64 = households::table
        .find(owner.household)
        .select(households::ledger_version)
        .first(&mut conn)
        .unwrap();
    let entries = entries(owner);
    let changes: i64 = changes::table.count().get_result(&mut conn).unwrap();
    format!("{version} {entries} {changes} {:?}", owner.book())
}

fn entries(owner: &Owner<'_>) -> i64 {
    transactions::table
        .filter(transactions::household_id.eq(owner.household))
        .count()
        .get_result(&mut owner.app.sql())
        .unwrap()
}

/// What the household holds, as [`sample::expected`] says it.
fn held(owner: &Owner<'_>) -> Value {
    let mut conn = owner.app.sql();
    let mut all = json!({ "rows": entries(owner), "matrix": {}, "months": {} });
    let cells: Vec<(String, String, i64)> = balances::table
        .inner_join(locations::table.on(locations::id.eq(balances::location_id)))
        .inner_join(buckets::table.on(buckets::id.eq(balances::bucket_id)))
        .filter(balances::household_id.eq(owner.household))
        .filter(balances::postings_count.gt(0))
        .select((locations::name, buckets::name, balances::amount_minor))
        .load(&mut conn)
        .unwrap();
    for (location, bucket, minor) in cells {
        all["matrix"][location][bucket] = minor.into();
    }
    let months: Vec<(chrono::NaiveDate, String, i64)> = monthly_totals::table
        .inner_join(categories::table.on(categories::id.eq(monthly_totals::category_id)))
        .filter(monthly_totals::household_id.eq(owner.household))
        .filter(monthly_totals::postings_count.gt(0))
        .select((
            monthly_totals::month,
            categories::name,
            monthly_totals::amount_minor,
        ))
        .load(&mut conn)
        .unwrap();
    for (month, category, minor) in months {
        all["months"][month.format("%Y-%m").to_string()][category] = minor.into();
    }
    all
}

/// The ids of the entries with this description.
fn called(owner: &Owner<'_>, description: &str) -> Vec<Snapshot> {
    let mut conn = owner.app.sql();
    let ids: Vec<budget::ids::TransactionId> = transactions::table
        .filter(transactions::household_id.eq(owner.household))
        .filter(transactions::description.eq(description))
        .select(transactions::id)
        .load(&mut conn)
        .unwrap();
    ids.into_iter()
        .map(|id| queries::find(&mut conn, owner.household, id).unwrap().unwrap())
        .collect()
}

// --- what a file comes to ---------------------------------------------------------------------------------------------

/// `INSTA_UPDATE=always` writes the files anew.
#[test]
fn a_household_arrives_to_the_cent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let (csv_path, json_path) = (
        folder.join("household.csv"),
        folder.join("household.expected.json"),
    );
    let made = sample::csv();
    if env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&csv_path, &made).unwrap();
        let pretty = serde_json::to_string_pretty(&sample::expected(&made)).unwrap();
        fs::write(&json_path, pretty + "\n").unwrap();
    }
    let file = fs::read_to_string(&csv_path).unwrap();
    let wanted: Value = serde_json::from_str(&fs::read_to_string(&json_path).unwrap()).unwrap();
    assert_eq!(file, made, "tests/data/household.csv is not what sample.rs makes");
    assert_eq!(wanted, sample::expected(&file));

    let app = TestApp::new();
    let owner = app.household();
    let percentages = "Home=33.33,Kids=33.33,Später=33.24,Giving=0.1";
    let said = import(&owner, &file, &["--create", "--buckets", percentages]);
    said.assert_done("400 rows: 400 new, 0 double.");
    assert!(said.out.contains("Added 4 locations: "), "{}", said.out);
    assert!(
        said.out
            .contains("Added 4 buckets: Home 33.33%, Kids 33.33%, Später 33.24%, Giving 0.1%.\n"),
        "{}",
        said.out
    );
    assert!(said.out.contains("Added 7 categories: "), "{}", said.out);
    assert!(said.err.ends_with("400 of 400 entries written\n"), "{}", said.err);
    assert_eq!(held(&owner), wanted);
    app.check();

    import(&owner, &file, &["--create", "--buckets", percentages])
        .assert_done("400 rows: 0 new, 400 double.");
    import(&owner, &file, &[]).assert_done("400 rows: 0 new, 400 double.");
    assert_eq!(held(&owner), wanted);
}

#[test]
fn new_names_get_their_kinds_signs_and_order() {
    let app = TestApp::new();
    let owner = app.household();
    owner.location("Zuhause", LocationKind::Other);
    owner.bucket("Later", "20");
    let file = rows(&[
        "2026-11-14,,1,-,Food,Cash box,Fun,,",
        "2026-11-14,,1,+,Pay,Bank, LATER ,,",
        "2026-11-14,,1,=,Move,bank,Fun,Visa card,Home",
        "2026-11-14,,2,-,FOOD,ｃａｓｈ ｂｏｘ,Fun,,",
    ]);
    import(&owner, file, &["--create", "--buckets", "Home=50,Later=30"])
        .assert_done("4 rows: 4 new, 0 double.")
        .out
        .find("Changed bucket Later from 20% to 30%.")
        .unwrap();
    let book = owner.book();
    let kinds: Vec<_> = book
        .locations
        .iter()
        .map(|one| (one.name.as_str(), one.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("Zuhause", LocationKind::Other),
            ("Cash box", LocationKind::Cash),
            ("Bank", LocationKind::Bank),
            ("Visa card", LocationKind::Card)
        ]
    );
    let percents: Vec<_> = book
        .buckets
        .iter()
        .map(|one| (one.name.as_str(), one.percent.basis_points(), one.version))
        .collect();
    assert_eq!(percents, [("Later", 3000, 2), ("Home", 5000, 1), ("Fun", 0, 1)]);
    let signs: Vec<_> = book
        .categories
        .iter()
        .map(|one| (one.name.as_str(), one.sign))
        .collect();
    assert_eq!(
        signs,
        [
            ("Food", Sign::Negative),
            ("Move", Sign::Neutral),
            ("Pay", Sign::Positive)
        ]
    );
}

#[test]
fn a_file_is_one_change_with_the_ids_of_what_came() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let file = rows(&[
        "2026-11-13,One,10,-,Groceries,Bank,Fun,,",
        "2026-11-14,Two,0.05,+,Bonus,Bank,*,,",
    ]);
    import(&owner, file, &["--create"]).assert_done("2 rows: 2 new, 0 double.");
    let mut conn = app.sql();
    let (id, action, summary, user): (budget::ids::ChangeId, String, String, Option<budget::ids::UserId>) =
        changes::table
            .order((changes::at.desc(), changes::id.desc()))
            .select((changes::id, changes::action, changes::summary, changes::user_id))
            .first(&mut conn)
            .unwrap();
    assert_eq!(
        (action.as_str(), summary.as_str(), user),
        ("import", "bank.csv", Some(owner.user))
    );
    let items: Vec<(i32, String, bool, bool)> = change_items::table
        .filter(change_items::change_id.eq(id))
        .order(change_items::position)
        .select((
            change_items::position,
            change_items::noun,
            change_items::before.is_null(),
            change_items::after.is_null(),
        ))
        .load(&mut conn)
        .unwrap();
    assert_eq!(
        items,
        [
            (1, "category".to_owned(), true, false),
            (2, "transaction".to_owned(), true, true),
            (3, "transaction".to_owned(), true, true)
        ]
    );
    // A split keeps all its shares, also those whose part is nothing.
    let [split] = called(&owner, "Two").try_into().unwrap();
    let parts: Vec<_> = split
        .transaction
        .lines
        .iter()
        .map(|line| line.amount.minor())
        .collect();
    assert_eq!((parts, split.shares.len()), (vec![3, 1, 1], 5));
    // Ids are in the order of the rows, and lists show them so.
    let [one] = called(&owner, "One").try_into().unwrap();
    assert!(one.transaction.id < split.transaction.id);
    assert!(one.import_key.is_some());
}

#[test]
fn refunds_turn_the_sign_round() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let file = rows(&[
        "2026-11-14,Back,-10,-,Groceries,Bank,Fun,,",
        "2026-11-14,Taken back,-0.03,+,Salary,Bank,*,,",
    ]);
    import(&owner, file, &[]).assert_done("2 rows: 2 new, 0 double.");
    let held = held(&owner);
    assert_eq!(
        held["months"]["2026-11"],
        json!({ "Groceries": 1000, "Salary": -3 })
    );
    assert_eq!(
        held["matrix"]["Bank"],
        json!({ "Fun": 1000, "Necessities": -2, "Economy": -1 })
    );
    assert!(called(&owner, "Back")[0].transaction.is_refund());
}

#[test]
fn the_decimals_are_those_of_the_currency() {
    let app = TestApp::new();
    for (currency, amount, wrong, minor) in [("JPY", "1200", "1.5", 1200), ("KWD", "1.005", "1.0005", 1005)] {
        let owner = app.sign_up(&format!("{currency}@example.org"), currency);
        let row = |amount: &str| rows(&[&format!("2026-11-14,,{amount},-,Food,Cash,Fun,,")]);
        import(&owner, row(wrong), &["--create"]).assert_failed(&format!("line 2: amount: {currency} has "));
        import(&owner, row(amount), &["--create"]).assert_done("1 row: 1 new, 0 double.");
        assert_eq!(held(&owner)["matrix"]["Cash"]["Fun"], -minor);
    }
}

// --- doubles ----------------------------------------------------------------------------------------------------------

#[test]
fn a_file_that_overlaps_adds_only_the_rest() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let (coffee, bread) = (
        "2026-11-13,Coffee,3,-,Groceries,Cash,Fun,,",
        "2026-11-14,Bread,4,-,Groceries,Cash,Fun,,",
    );
    import(&owner, rows(&[coffee]), &[]).assert_done("1 row: 1 new, 0 double.");
    import(&owner, rows(&[coffee, bread]), &[]).assert_done("2 rows: 1 new, 1 double.");
    // Two coffees on one day are two entries; the first is there.
    import(&owner, rows(&[coffee, coffee, bread]), &[]).assert_done("3 rows: 1 new, 2 double.");
    import(&owner, rows(&[coffee, coffee, bread]), &[]).assert_done("3 rows: 0 new, 3 double.");
    // The same said in other words.
    let same = "2026-11-13, Coffee ,3.00,-,GROCERIES,cash,\u{ff26}un,,";
    import(&owner, rows(&[same]), &[]).assert_done("1 row: 0 new, 1 double.");
    assert_eq!(called(&owner, "Coffee").len(), 2);
}

#[test]
fn what_was_imported_is_known_after_edits_and_renames() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let file = rows(&["2026-11-14,Coffee,3,-,Groceries,Cash,Fun,,"]);
    import(&owner, &file, &[]).assert_done("1 row: 1 new, 0 double.");
    let [before] = called(&owner, "Coffee").try_into().unwrap();
    let line = before.transaction.lines[0];
    let moved = Draft {
        date: date("2031-01-01"),
        description: "Espresso".into(),
        entry: Entry::Adjustment {
            amount: owner.amount("7"),
            cell: budget::ledger::Cell {
                location: line.location,
                bucket: line.bucket,
            },
            category: None,
        },
    };
    owner
        .write(|conn, member| commands::edit(conn, member, before.transaction.id, 1, &moved))
        .unwrap();
    let id = owner.category_id("Groceries");
    owner
        .write(|conn, member| category::edit(conn, member, id, 1, "Food", Sign::Negative))
        .unwrap();
    // The file's category is unknown now, which matters to no row that is double.
    import(&owner, &file, &[]).assert_done("1 row: 0 new, 1 double.");
    import(&owner, &file, &["--create"]).assert_done("1 row: 0 new, 1 double.");
    assert!(owner.book().categories.iter().all(|one| one.name != "Groceries"));
    // What was deleted, comes again.
    owner.delete(before.transaction.id);
    import(&owner, &file, &["--create"]).assert_done("1 row: 1 new, 0 double.");
}

#[test]
fn what_was_typed_in_is_double_too() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent_from("2026-11-10", "12.50", "Groceries", ("Cash", "Fun"));
    owner.earned("2026-11-11", "1000", "Salary");
    owner.earned_into("2026-11-12", "5", "Salary", ("Bank", "Fun"));
    owner.moved("2026-11-13", "50", ("Bank", "Fun"), ("Cash", "Fun"));
    owner.adjusted("2026-11-13", "50", ("Cash", "Fun"));
    let file = rows(&[
        "2026-11-10,Groceries,12.5,-,Groceries,Cash,Fun,,",
        "2026-11-11,Salary,1000,+,Salary,Bank,*,,",
        "2026-11-12,Salary,5,+,Salary,Bank,Fun,,",
        "2026-11-13,Moved,50,=,Transfer,Bank,Fun,Cash,",
    ]);
    import(&owner, file, &[]).assert_done("4 rows: 0 new, 4 double.");
    let other = rows(&[
        "2026-11-10,Groceries,-12.5,-,Groceries,Cash,Fun,,",
        "2026-11-11,Salary,1000,+,Salary,Bank,Fun,,",
        "2026-11-12,Salary,5,+,Salary,Bank,*,,",
        "2026-11-13,Moved,50,=,Transfer,Cash,Fun,Bank,",
    ]);
    import(&owner, other, &[]).assert_done("4 rows: 4 new, 0 double.");
}

#[test]
fn another_households_entries_are_no_doubles() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    let file = rows(&["2026-11-14,Coffee,3,-,Groceries,Cash,Fun,,"]);
    other.spent_from("2026-11-14", "3", "Groceries", ("Cash", "Fun"));
    import(&other, &file, &[]).assert_done("1 row: 1 new, 0 double.");
    import(&owner, &file, &[]).assert_done("1 row: 1 new, 0 double.");
    assert_eq!((entries(&owner), entries(&other)), (1, 2));
}

// --- what is refused --------------------------------------------------------------------------------------------------

#[test]
fn a_faulty_row_keeps_all_others_out() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let old = owner.location("Old bank", LocationKind::Bank);
    owner
        .write(|conn, member| location::archive(conn, member, old))
        .unwrap();
    let old = owner.bucket("Old fun", "0");
    owner
        .write(|conn, member| bucket::archive(conn, member, old))
        .unwrap();
    let old = owner.category("Old food", Sign::Negative);
    owner
        .write(|conn, member| category::archive(conn, member, old))
        .unwrap();
    let other = app.sign_up("other@example.org", "EUR");
    other.location("Their bank", LocationKind::Bank);
    let long = "x".repeat(10_000);
    let add = "Add it under Set-up, or import with --create.";
    let cases = [
        // Each field empty, of the wrong type, too long, archived, unknown, foreign.
        (",a,1,-,Groceries,Bank,Fun,,", "date: Write the day as 2026-11-14".to_owned()),
        ("2026-02-30,a,1,-,Groceries,Bank,Fun,,", "date: 2026-02-30 is not a day: February 2026 has 28 days".into()),
        ("2101-01-01,a,1,-,Groceries,Bank,Fun,,", "date: Choose a day from 1900-01-01 to 2100-12-31".into()),
        (&format!("2026-11-14,{long},1,-,Groceries,Bank,Fun,,"), "description: Use at most 255 characters; these are 10000.".into()),
        ("2026-11-14,a\0b,1,-,Groceries,Bank,Fun,,", "description: Take out the line breaks and control characters.".into()),
        ("2026-11-14,\"a\nb\",1,-,Groceries,Bank,Fun,,", "description: Take out the line breaks and control characters.".into()),
        ("2026-11-14,a,,-,Groceries,Bank,Fun,,", "amount: Type an amount, such as 12.50".into()),
        ("2026-11-14,a,0,-,Groceries,Bank,Fun,,", "amount: Type an amount above zero.".into()),
        ("2026-11-14,a,-0.00,+,Salary,Bank,*,,", "amount: Type an amount above zero.".into()),
        ("2026-11-14,a,NaN,-,Groceries,Bank,Fun,,", "amount: Write the amount with the digits 0 to 9, such as 12.50".into()),
        ("2026-11-14,a,\u{663},-,Groceries,Bank,Fun,,", "amount: Write the amount with the digits 0 to 9, such as 12.50".into()),
        ("2026-11-14,a,1.005,-,Groceries,Bank,Fun,,", "amount: EUR has 2 decimals: write 1.00 or 1.01, not 1.005".into()),
        ("2026-11-14,a,\"1,234.50\",-,Groceries,Bank,Fun,,", "amount: Write 1234.50, not 1,234.50: numbers look like 1234.56 here".into()),
        ("2026-11-14,a,10000000000000,-,Groceries,Bank,Fun,,", "amount: That is too much: an amount has at most 15 digits, decimals included".into()),
        ("2026-11-14,a,1,,Groceries,Bank,Fun,,", "sign: Write + for income, - for an expense, = for a transfer.".into()),
        ("2026-11-14,a,1,-,,Bank,Fun,,", "category: Type a name.".into()),
        ("2026-11-14,a,1,-,Food,Bank,Fun,,", format!("category: There is no category “Food”. {add}")),
        ("2026-11-14,a,1,-,Old food,Bank,Fun,,", "category: Old food is archived. Choose another category, or restore it first.".into()),
        ("2026-11-14,a,1,+,Groceries,Bank,Fun,,", "category: Groceries does not fit: choose a category that counts as an income.".into()),
        ("2026-11-14,a,1,=,Groceries,Bank,Fun,Cash,", "category: Groceries does not fit: choose a category that counts as neither income nor expense.".into()),
        ("2026-11-14,a,1,-,Groceries,,Fun,,", "location: Type a name.".into()),
        (&format!("2026-11-14,a,1,-,Groceries,{long},Fun,,"), "location: Use at most 255 characters; these are 10000.".into()),
        ("2026-11-14,a,1,-,Groceries,Their bank,Fun,,", format!("location: There is no location “Their bank”. {add}")),
        ("2026-11-14,a,1,-,Groceries,old BANK,Fun,,", "location: Old bank is archived. Choose another location, or restore it first.".into()),
        ("2026-11-14,a,1,-,Groceries,_TOTAL,Fun,,", "location: _total is reserved for sums. Choose another name.".into()),
        ("2026-11-14,a,1,-,Groceries,Bank,Old fun,,", "bucket: Old fun is archived. Choose another bucket, or restore it first.".into()),
        ("2026-11-14,a,1,-,Groceries,Bank,Funny,,", format!("bucket: There is no bucket “Funny”. {add}")),
        ("2026-11-14,a,1,-,Groceries,Bank,*,,", "bucket: Only income, with the sign +, is split by *. Name a bucket.".into()),
        ("2026-11-14,a,1,=,Moves,Bank,Fun,bank,fun", "to_location: This moves nothing: choose another location or another bucket.".into()),
        ("2026-11-14,a,1,=,Moves,Bank,Fun,,", "to_location: This moves nothing: choose another location or another bucket.".into()),
        ("2026-11-14,a,-1,=,Moves,Bank,Fun,Cash,", "amount: What a transfer moves is above zero. Swap where it comes from and where it goes.".into()),
        ("2026-11-14,a,1,=,Moves,Bank,Fun,Moon,", format!("to_location: There is no location “Moon”. {add}")),
        ("2026-11-14,a,1,=,Moves,Bank,Fun,,Old fun", "to_bucket: Old fun is archived. Choose another bucket, or restore it first.".into()),
        ("2026-11-14,a,1,-,Groceries,Bank,Fun,Cash,", "to_location: Leave this empty: only a transfer, with the sign =, goes anywhere.".into()),
        // Not a row at all.
        ("2026-11-14,a,1,-,Groceries,Bank,Fun", "A row needs 9 fields, one for each column; this one has 7.".into()),
        ("2026-11-14,5\" nails,1,-,Groceries,Bank,Fun,,", "There is a quote in the middle of a field. Put the whole field in quotes and double those inside it.".into()),
        ("2026-11-14,\"a\" b,1,-,Groceries,Bank,Fun,,", "After a closing quote there must be a comma or the end of the line. Double the quotes inside a field.".into()),
        ("2026-11-14,\"a,1,-,Groceries,Bank,Fun,,", "A quote is opened here and never closed.".into()),
        (&"y".repeat(1_000_000), "A row needs 9 fields, one for each column; this one has 1.".into()),
        // Several at once.
        ("2026-11-14,a,1,-,Food,Moon,Fun,,", format!("category: There is no category “Food”. {add} · location: There is no location “Moon”. {add}")),
    ];
    owner.category("Moves", Sign::Neutral);
    let before = state(&owner);
    for (row, reason) in cases {
        let good = "2026-11-13,Good,1,-,Groceries,Bank,Fun,,";
        let said = import(&owner, rows(&[good, row, good]), &[]);
        said.assert_failed(&format!("\nline 3: {reason}\n"));
        assert!(
            said.err.starts_with("budget: Nothing was imported: 1 of "),
            "{}",
            said.err
        );
        assert_eq!(state(&owner), before, "{row:.80}");
    }
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    let app = TestApp::new();
    let owner = app.household();
    let before = state(&owner);
    let latin: &[u8] = &[HEAD.as_bytes(), b"\n2026-11-14,Caf\xe9,1,-,Food,Cash,Fun,,\n"].concat();
    let line_of_a_megabyte = "x".repeat(1_000_000);
    let cases: [(&[u8], &str); 9] = [
        (
            b"",
            "line 1: The file is empty. Its first line must name the columns: date,",
        ),
        (b"\n\n", "line 1: The file is empty."),
        (
            HEAD.as_bytes(),
            "line 2: There is no row below the names of the columns.",
        ),
        (b"date;amount\n1;2\n", "line 1: Put commas between the columns."),
        (
            b"date,amount,memo\n1,2,3\n",
            "line 1: Unknown columns: “memo”. Missing columns: description, sign, category, location, bucket, to_location, to_bucket.",
        ),
        (b"date,date\n", "line 1: The column “date” is there twice."),
        (b"\xff\xfed\0a\0", "line 1: The file is UTF-16. Save it as UTF-8."),
        (
            latin,
            "line 2: This line is not UTF-8 text. Save the file as UTF-8.",
        ),
        (
            line_of_a_megabyte.as_bytes(),
            "line 1: Unknown columns: “xxxxxxxxxx",
        ),
    ];
    for (file, wanted) in cases {
        let said = import(&owner, file, &["--create"]);
        said.assert_failed(&format!("budget: Nothing was imported. {wanted}"));
        assert!(said.err.len() < 1000, "{}", said.err);
        assert_eq!(state(&owner), before);
    }
}

#[test]
fn twenty_faulty_rows_are_told_and_the_others_counted() {
    let app = TestApp::new();
    let owner = app.household();
    let mut lines = vec!["2026-11-14,a,1,-,Food,Cash,Fun,,"; 15];
    lines.extend(["x,a,1,-,Food,Cash,Fun,,"; 15]);
    let said = import(&owner, rows(&lines), &[]);
    said.assert_failed("budget: Nothing was imported: 30 of 30 rows are faulty.\nline 2: category: There is no category “Food”.");
    assert!(said.err.contains("\nline 17: date: "), "{}", said.err);
    assert!(
        said.err
            .ends_with("\nline 21: date: Write the day as 2026-11-14\nand 10 more faulty rows\n"),
        "{}",
        said.err
    );
}

#[test]
fn swapped_columns_do_not_flood_the_set_up() {
    let app = TestApp::new();
    let owner = app.household();
    let before = state(&owner);
    let lines: Vec<String> = (0..1001)
        .map(|number| format!("2026-11-14,Food,1,-,Receipt {number},Cash,Fun,,"))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    import(&owner, rows(&lines), &["--create"])
        .assert_failed("line 1002: category: “Receipt 1000” would be category number 1001 to be added. Are two columns swapped?");
    assert_eq!(state(&owner), before);
}

#[test]
fn a_sum_out_of_range_is_refused() {
    let app = TestApp::new();
    let owner = app.household();
    let before = state(&owner);
    let line = "2026-11-14,Gold,9999999999999.99,+,Finds,Cave,Hoard,,";
    let said = import(&owner, rows(&[line; 1001]), &["--create"]);
    said.assert_failed(
        "Nothing was imported: 1 of 1001 rows are faulty.\nline 1002: amount: With this amount a sum would become too large to be kept exactly.",
    );
    assert_eq!(state(&owner), before);
    import(&owner, rows(&[line; 1000]), &["--create"]).assert_done("1000 rows: 1000 new, 0 double.");
}

/// A day and a cell of a month may pass their limit while their month and their balance do not.
#[test]
fn the_line_is_named_with_which_a_day_or_a_cell_of_a_month_passes_its_limit() {
    let app = TestApp::new();
    let owner = app.household();
    let heap = |day: &str, amount: &str, category: &str| {
        let line = format!("{day},Gold,{amount},+,{category},Cave,Hoard,,");
        vec![line; 600]
    };
    let (most, less) = ("9999999999999.99", "-9999999999999.99");
    let low = heap("2026-10-31", less, "Finds");
    let day_before = heap("2026-11-13", less, "Finds");
    let finds = heap("2026-11-14", most, "Finds");
    let gifts = heap("2026-11-14", most, "Gifts");
    let file = |heaps: &[&[String]]| {
        let lines = heaps.concat();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        rows(&lines)
    };
    import(&owner, file(&[&low]), &["--create"]).assert_done("600 rows: 600 new, 0 double.");
    let before = state(&owner);
    let day: [&[String]; 3] = [&day_before, &finds, &finds];
    let cell: [&[String]; 2] = [&finds, &gifts];
    for (heaps, line) in [(day.as_slice(), 1602), (cell.as_slice(), 1002)] {
        import(&owner, file(heaps), &["--create"]).assert_failed(&format!(
            "rows are faulty.\nline {line}: amount: With this amount a sum would become too large to be kept exactly."
        ));
        assert_eq!(state(&owner), before);
    }
    // What is there already counts, too: here only of that day.
    import(&owner, file(&[&day_before, &finds]), &["--create"]).assert_done("1200 rows: 1200 new, 0 double.");
    let more: Vec<String> = finds
        .iter()
        .map(|line| line.replace("Gold", "Silver").replace("Cave", "Box"))
        .collect();
    import(&owner, file(&[&more]), &["--create"])
        .assert_failed("rows are faulty.\nline 402: amount: With this amount a sum");
}

// --- percentages ------------------------------------------------------------------------------------------------------

#[test]
fn percentages_that_cannot_be_are_refused() {
    let app = TestApp::new();
    let owner = app.household();
    owner.bucket("Fun", "50");
    let old = owner.bucket("Old", "0");
    owner
        .write(|conn, member| bucket::archive(conn, member, old))
        .unwrap();
    let before = state(&owner);
    let file = rows(&["2026-11-14,Pay,1,+,Pay,Bank,*,,"]);
    let cases = [
        (
            "Home=60",
            "The percentages add up to 110%: 10% is too much, with the household's other buckets.",
        ),
        (
            "old=10",
            "Old is archived. Choose another bucket, or restore it first.",
        ),
        ("_Total=10", "_total is reserved for sums. Choose another name."),
        ("*=10", "* stands for a split in CSV files. Choose another name."),
        (
            "Home=40",
            "line 2: bucket: The percentages add up to 90%: 10% is missing. Complete them with --buckets, or under Set-up, Buckets; or name a bucket.",
        ),
    ];
    for (percentages, wanted) in cases {
        import(&owner, &file, &["--create", "--buckets", percentages]).assert_failed(wanted);
        assert_eq!(state(&owner), before);
    }
    for (percentages, wanted) in [
        ("Home=60,Fun=41", "The percentages add up to 101%: 1% is too much"),
        (
            "Home",
            "write each bucket with its percentage, as in Home=60,Fun=40",
        ),
        ("Home=sixty", "Home: Write the percentage with the digits 0 to 9"),
    ] {
        let said = import(&owner, &file, &["--buckets", percentages]);
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains(wanted), "{}", said.err);
    }
    import(&owner, &file, &["--create", "--buckets", "Home=50"]).assert_done("1 row: 1 new, 0 double.");
    // They are wanted, whatever the rows are.
    import(&owner, &file, &["--buckets", "Home=30,Fun=70"]).assert_done("1 row: 0 new, 1 double.");
    let percents: Vec<_> = owner
        .book()
        .buckets
        .iter()
        .map(|one| one.percent.basis_points())
        .collect();
    assert_eq!(percents, [7000, 0, 3000]);
}

// --- trying, and who may ----------------------------------------------------------------------------------------------

#[test]
fn a_dry_run_says_it_all_and_writes_nothing() {
    let app = TestApp::new();
    let owner = app.household();
    owner.bucket("Fun", "50");
    let before = state(&owner);
    let file = rows(&["2026-11-14,Pay,1,+,Pay,Bank,*,,"; 2]);
    let said = import(
        &owner,
        &file,
        &["--create", "--buckets", "Fun=60,Home=40", "--dry-run"],
    );
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (
            Some(0),
            "2 rows: 2 new, 0 double.\nWould add 1 location: Bank.\nWould add 1 bucket: Home 40%.\nWould add 1 category: Pay.\n\
             Would change bucket Fun from 50% to 60%.\nThis was a dry run: nothing was written.\n",
            ""
        )
    );
    import(&owner, &file, &["--dry-run"]).assert_failed("2 of 2 rows are faulty.");
    assert_eq!(state(&owner), before);
}

#[test]
fn the_file_may_come_through_a_pipe() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let arguments = [
        "import",
        "--user",
        " HOME@example.org",
        "--format",
        "csv",
        "--file",
        "-",
    ];
    let file = rows(&["2026-11-14,Coffee,3,-,Groceries,Cash,Fun,,"]);
    run(&app, &arguments, file.as_bytes()).assert_done("1 row: 1 new, 0 double.");
    let missing = [
        "import",
        "--user",
        "home@example.org",
        "--format",
        "csv",
        "--file",
        "none.csv",
    ];
    run(&app, &missing, b"").assert_failed("budget: none.csv: No such file or directory");
}

#[test]
fn only_members_who_may_write_import() {
    let app = TestApp::new();
    let owner = app.household();
    let other = app.sign_up("other@example.org", "EUR");
    let file = rows(&["2026-11-14,Coffee,3,-,Food,Cash,Fun,,"]);
    let household = other.household.to_string();
    import(&owner, &file, &["--create", "--household", &household]).assert_failed(&format!(
        "home@example.org is blocked, or is not a member of a household {household}."
    ));
    let nobody = [
        "import",
        "--user",
        "no@example.org",
        "--format",
        "csv",
        "--file",
        "-",
    ];
    run(&app, &nobody, file.as_bytes()).assert_failed("There is no user no@example.org.");
    let no_id = import(&owner, &file, &["--household", "mine"]);
    assert_eq!(no_id.code, Some(2), "{}", no_id.err);

    // A guest may read in their household, and imports into the own one, which is the older.
    diesel::insert_into(budget::schema::members::table)
        .values((
            budget::schema::members::household_id.eq(other.household),
            budget::schema::members::user_id.eq(owner.user),
            budget::schema::members::role.eq("reader"),
        ))
        .execute(&mut app.sql())
        .unwrap();
    import(&owner, &file, &["--create", "--household", &household])
        .assert_failed("may only read in this household.");
    import(&owner, &file, &["--create"]).assert_done("1 row: 1 new, 0 double.");
    assert_eq!((entries(&owner), entries(&other)), (1, 0));

    let block = "UPDATE users SET blocked_at = now() WHERE email = 'home@example.org'";
    diesel::sql_query(block).execute(&mut app.sql()).unwrap();
    import(&owner, &file, &[]).assert_failed("home@example.org is blocked, or has no household.");
}
