//! Random ledgers come back.

use std::cell::Cell;

use budget::db::Caller;
use budget::exchange::{ExportError, ImportError, Options, export, import};
use budget::ledger::merge::{self, Pair};
use budget::ledger::transaction::commands;
use budget::ledger::{BucketChoice, Draft, Entry, FlowKind, LoanDirection, LocationKind, Sign};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::checksum;
use crate::support::{Owner, TestApp, date};

const LOCATIONS: [&str; 4] = ["Bank", "=Cash", "Card", "Later"];
const BUCKETS: [(&str, &str); 4] = [("Home", "33.33"), ("@", "33.33"), ("Fun", "33.34"), ("'-", "0")];
const TEXTS: [&str; 6] = ["", "=1", "'=1", "Bread; -1", "\"x\"", "Bread"];

/// Something that happens in a household, told by numbers.
#[derive(Debug, Clone)]
struct Step {
    what: u8,
    minor: i64,
    day: u8,
    text: usize,
    from: (usize, usize),
    to: (usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let cell = || (0..4_usize, 0..4_usize);
    (0..24_u8, 1..2000_i64, 1..5_u8, 0..TEXTS.len(), cell(), cell()).prop_map(
        |(what, minor, day, text, from, to)| Step {
            what,
            minor,
            day,
            text,
            from,
            to,
        },
    )
}

/// Takes a step; what the ledger refuses does not happen.
fn take(owner: &Owner<'_>, step: &Step, expenses: &mut Vec<budget::ids::TransactionId>) {
    let book = owner.book();
    let location = |place: usize| book.locations[place % book.locations.len()].id;
    let bucket = |place: usize| book.buckets[place % book.buckets.len()].id;
    let cell = |(one, other): (usize, usize)| budget::ledger::Cell {
        location: location(one),
        bucket: bucket(other),
    };
    let amount = budget::money::Amount::from_minor(step.minor).unwrap();
    let flow = |kind, refund, refund_of, category, bucket| Entry::Flow {
        kind,
        refund,
        refund_of,
        amount,
        category: book
            .categories
            .iter()
            .find(|one| one.name == category)
            .unwrap()
            .id,
        location: location(step.from.0),
        bucket,
    };
    let one = BucketChoice::One(bucket(step.from.1));
    let original = expenses.get(step.to.0).copied();
    let entry = match step.what {
        0..5 => flow(FlowKind::Expense, false, None, "Food", one),
        5..8 => flow(FlowKind::Expense, true, original, "Food", one),
        8..12 => flow(FlowKind::Income, step.what == 8, None, "Pay", BucketChoice::Split),
        12 => flow(FlowKind::Income, false, None, "Pay", one),
        13..17 => Entry::Transfer {
            amount,
            from: cell(step.from),
            to: cell(step.to),
            category: None,
        },
        17..19 => Entry::Loan {
            direction: LoanDirection::ALL[step.to.0],
            amount,
            counterparty: "@Kim".to_owned(),
            cell: cell(step.from),
            category: None,
        },
        19..22 => Entry::Adjustment {
            amount: if step.what == 19 { -amount } else { amount },
            cell: cell(step.from),
            category: None,
        },
        22 => {
            let pair = Pair::Buckets {
                source: bucket(step.from.1),
                target: bucket(step.to.1),
            };
            drop(owner.write(|conn, member| merge::merge(conn, member, pair)));
            return;
        }
        _ => {
            let pair = Pair::Locations {
                source: location(step.from.0),
                target: location(step.to.0),
            };
            // Transfers between the two vanish, and with them nothing that a refund names.
            drop(owner.write(|conn, member| merge::merge(conn, member, pair)));
            return;
        }
    };
    let draft = Draft {
        date: date(&format!("2026-11-{:02}", step.day)),
        description: TEXTS[step.text].to_owned(),
        entry,
    };
    if let Ok(done) = owner.write(|conn, member| commands::add(conn, member, &draft))
        && step.what < 5
    {
        expenses.push(done.after.unwrap().id);
    }
}

fn caller(owner: &Owner<'_>) -> Caller {
    Caller::Trusted {
        user: owner.user,
        household: Some(owner.household),
    }
}

fn exported(owner: &Owner<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let done: Result<_, ExportError> = owner.app.db.read_now(&caller(owner), |conn, member| {
        export::export(conn, member, &mut out)
    });
    done.unwrap();
    out
}

/// How many entries were new.
fn imported(owner: &Owner<'_>, file: &[u8]) -> usize {
    let options = Options {
        create: true,
        ..Options::default()
    };
    let done: Result<usize, ImportError> = owner.app.db.write_now(&caller(owner), |conn, member| {
        let import = import::prepare(conn, member, file, &options)?;
        let new = import.outcome().new;
        import.write(conn, member, "test", &mut |_| {})?;
        Ok(new)
    });
    done.unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(file)))
}

#[test]
fn random_ledgers_come_back() {
    let app = TestApp::new();
    let number = Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: 24,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = prop::collection::vec(step(), 0..25);
    let outcome = runner.run(&strategy, |steps| {
        number.set(number.get() + 1);
        let owner = app.sign_up(&format!("home{}@example.org", number.get()), "EUR");
        for name in LOCATIONS {
            owner.location(name, LocationKind::Bank);
        }
        for (name, percent) in BUCKETS {
            owner.bucket(name, percent);
        }
        owner.category("Food", Sign::Negative);
        owner.category("Pay", Sign::Positive);
        let mut expenses = Vec::new();
        for step in &steps {
            take(&owner, step, &mut expenses);
        }
        let file = exported(&owner);
        let other = app.sign_up(&format!("other{}@example.org", number.get()), "EUR");
        imported(&other, &file);
        prop_assert_eq!(checksum(&other), checksum(&owner));
        prop_assert_eq!(exported(&other), file.clone());
        prop_assert_eq!(imported(&other, &file), 0);
        prop_assert_eq!(imported(&owner, &file), 0);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
