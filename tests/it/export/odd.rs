//! A household with every entry that is hard to tell in a table.

use budget::ids::TransactionId;
use budget::ledger::merge::{self, Pair};
use budget::ledger::transaction::commands;
use budget::ledger::{
    BucketChoice, Draft, Entry, FlowKind, LoanDirection, LocationKind, Sign, bucket, category, location,
};
use budget::money::Percent;
use diesel::connection::SimpleConnection;

use crate::support::{Owner, date};
use crate::transactions::add;

/// Records a refund.
pub fn refund(
    owner: &Owner<'_>,
    day: &str,
    amount: &str,
    category: &str,
    cell: (&str, &str),
    refund_of: Option<TransactionId>,
    kind: FlowKind,
) -> TransactionId {
    let cell = owner.cell(cell);
    let entry = Entry::Flow {
        kind,
        refund: true,
        refund_of,
        amount: owner.amount(amount),
        category: owner.category_id(category),
        location: cell.location,
        bucket: BucketChoice::One(cell.bucket),
    };
    owner.add(day, "Given back", entry)
}

/// Fills the household.
pub fn fill(owner: &Owner<'_>) {
    owner.set_up();
    texts(owner);
    splits(owner);
    others(owner);
    archived(owner);
    merged(owner);
}

/// Text that a spreadsheet would carry out, through the pages.
fn texts(owner: &Owner<'_>) {
    owner.location("=Bank", LocationKind::Bank);
    owner.bucket("+", "0");
    owner.category("@home", Sign::Negative);
    owner.category("-", Sign::Positive);
    for text in [
        "",
        "=1+1",
        "@x",
        "+",
        "-",
        "=HYPERLINK(1)",
        "'=a mark of its own",
        "''",
        "'tis",
        "a;=1",
        "a; \"=1\"",
        "\"quoted\", and more",
        "＝1",
        "قهوة",
        "two  spaces",
        "*",
    ] {
        let fields = [
            ("amount", "1.01"),
            ("date", "2026-10-01"),
            ("description", text),
            ("category", "@home"),
            ("location", "=Bank"),
            ("bucket", "+"),
        ];
        add(owner, "expense", &fields).assert_status(303);
    }
    // Equal in everything.
    for _ in 0..3 {
        owner.spent("2026-10-02", "3", "Groceries");
    }
    owner.earned_into("2026-10-02", "2", "-", ("=Bank", "+"));
}

/// Splits that say different things about their shares.
fn splits(owner: &Owner<'_>) {
    let income = [("amount", "0.03"), ("category", "Salary"), ("location", "Bank")];
    add(owner, "income", &income).assert_status(303);
    add(
        owner,
        "income",
        &[("amount", "100.01"), ("category", "Salary"), ("refund", "1")],
    )
    .assert_status(303);
    // From now on it is divided otherwise.
    let mut percentages: Vec<_> = owner
        .book()
        .buckets
        .iter()
        .map(|one| (one.id, one.percent))
        .collect();
    let points = [3333, 3333, 3334, 0, 0, 0];
    for (one, points) in percentages.iter_mut().zip(points) {
        one.1 = Percent::from_basis_points(points).unwrap();
    }
    owner
        .write(|conn, member| bucket::set_percentages(conn, member, &percentages))
        .unwrap();
    owner.earned("2026-10-03", "1000", "Salary");
}

/// Transfers, loans, adjustments, refunds.
fn others(owner: &Owner<'_>) {
    owner.moved("2026-10-04", "5", ("Bank", "Fun"), ("Cash", "Fun"));
    owner.moved("2026-10-04", "5", ("Bank", "Fun"), ("Bank", "Economy"));
    owner.moved("2026-10-04", "5", ("=Bank", "+"), ("Card", "Donation"));
    for direction in LoanDirection::ALL {
        owner.loan("2026-10-05", *direction, "12.34", "=Kim; -1", ("Bank", "Fun"));
        owner.loan("2026-10-05", *direction, "12.34", "Kim", ("Bank", "Fun"));
    }
    owner.adjusted("2026-10-06", "7", ("Bank", "Fun"));
    owner.adjusted("2026-10-06", "-7", ("Cash", "Fun"));
    let original = owner.spent("2026-10-08", "50", "Groceries");
    let pay = owner.earned("2026-10-09", "50", "Salary");
    for (day, original) in [
        ("2026-10-07", Some(original)),
        ("2026-10-09", Some(original)),
        ("2026-10-09", None),
    ] {
        refund(
            owner,
            day,
            "5",
            "Rent",
            ("Cash", "Economy"),
            original,
            FlowKind::Expense,
        );
    }
    refund(
        owner,
        "2026-10-08",
        "5",
        "Salary",
        ("Bank", "Fun"),
        Some(pay),
        FlowKind::Income,
    );
}

/// Things that are no longer in use, and whose entries stay.
fn archived(owner: &Owner<'_>) {
    let bank = owner.location("Old bank", LocationKind::Bank);
    let fun = owner.bucket("Old fun", "0");
    let food = owner.category("Old food", Sign::Negative);
    owner.spent_from("2026-10-10", "4", "Old food", ("Old bank", "Old fun"));
    owner.moved("2026-10-11", "4", ("Bank", "Fun"), ("Old bank", "Old fun"));
    owner
        .write(|conn, member| location::archive(conn, member, bank))
        .unwrap();
    owner
        .write(|conn, member| bucket::archive(conn, member, fun))
        .unwrap();
    owner
        .write(|conn, member| category::archive(conn, member, food))
        .unwrap();
}

/// What merges leave: several lines in one cell, a bucket twice in one split; and what only other ledgers have.
fn merged(owner: &Owner<'_>) {
    owner.earned("2026-10-12", "10", "Salary");
    let pair = Pair::Buckets {
        source: owner.bucket_id("Economy"),
        target: owner.bucket_id("Necessities"),
    };
    owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    owner.location("Coins", LocationKind::Cash);
    owner.spent_from("2026-10-13", "1", "Rent", ("Coins", "Fun"));
    let pair = Pair::Locations {
        source: owner.location_id("Coins"),
        target: owner.location_id("Cash"),
    };
    owner
        .write(|conn, member| merge::merge(conn, member, pair))
        .unwrap();
    // A split whose lines lie at two locations, a transfer of two pairs that meet in one cell, one that begins with where it goes, and an
    // expense of several lines.
    let split = owner.earned("2026-10-14", "30", "Salary");
    let pairs = owner.moved("2026-10-15", "3", ("Bank", "Fun"), ("Cash", "Fun"));
    let turned = owner.moved("2026-10-16", "3", ("Bank", "Fun"), ("Cash", "Fun"));
    let spent = owner.spent("2026-10-17", "3", "Rent");
    let (bank, cash, fun) = (
        owner.location_id("Bank"),
        owner.location_id("Cash"),
        owner.bucket_id("Fun"),
    );
    let household = owner.household;
    let sql = format!(
        "BEGIN;
         UPDATE postings SET location_id = '{cash}' WHERE transaction_id = '{split}' AND line = 2;
         INSERT INTO postings (household_id, transaction_id, line, date, category_id, location_id, bucket_id, amount_minor)
         SELECT household_id, transaction_id, line + 2, date, category_id, location_id, '{fun}', amount_minor * 2
           FROM postings WHERE transaction_id = '{pairs}';
         UPDATE transactions SET amount_minor = 900 WHERE id = '{pairs}';
         UPDATE postings SET amount_minor = -amount_minor WHERE transaction_id = '{turned}';
         INSERT INTO postings (household_id, transaction_id, line, date, category_id, location_id, bucket_id, amount_minor)
         SELECT household_id, transaction_id, 2, date, category_id, '{bank}', bucket_id, -150 FROM postings WHERE transaction_id = '{spent}';
         UPDATE transactions SET amount_minor = -450 WHERE id = '{spent}' AND household_id = '{household}';
         COMMIT"
    );
    owner.app.sql().batch_execute(&sql).unwrap();
    // A split that was edited keeps its shares.
    let salary = owner.earned("2026-10-18", "1", "Salary");
    let draft = Draft {
        date: date("2026-10-18"),
        description: "Edited".to_owned(),
        entry: Entry::Flow {
            kind: FlowKind::Income,
            refund: false,
            refund_of: None,
            amount: owner.amount("2"),
            category: owner.category_id("Salary"),
            location: cash,
            bucket: BucketChoice::Split,
        },
    };
    owner
        .write(|conn, member| commands::edit(conn, member, salary, 1, &draft))
        .unwrap();
}
