//! Money is never lost or bent by many writers at once.

use std::thread;

use budget::reports::distribution::Distribution;
use budget::schema::{households, transactions};
use diesel::prelude::*;

use crate::support::{Owner, TestApp};

#[test]
fn many_writers_at_once_lose_nothing() {
    const WRITERS: usize = 8;
    const WRITES: usize = 20;
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let other = app.sign_up("other@example.org", "JPY");
    other.set_up();
    let version = |owner: &Owner<'_>| -> i64 {
        households::table
            .find(owner.household)
            .select(households::ledger_version)
            .first(&mut app.sql())
            .unwrap()
    };
    let before = version(&owner);
    let cells = [("Bank", "Fun"), ("Cash", "Economy"), ("Card", "Necessities")];
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (owner, other) = (&owner, &other);
            scope.spawn(move || {
                for write in 0..WRITES {
                    // Each goes through the cells in another order, which would deadlock without the turn that writers take.
                    let from = cells[(writer + write) % 3];
                    let to = cells[(2 * writer + write + 1 + writer % 2) % 3];
                    match write % 4 {
                        0 => drop(owner.earned("2026-11-01", "100.01", "Salary")),
                        1 => drop(owner.spent_from("2026-10-02", "7", "Rent", from)),
                        2 if from != to => drop(owner.moved("2026-11-03", "1", from, to)),
                        2 => drop(owner.adjusted("2026-11-03", "1", from)),
                        _ => drop(owner.spent_from("2026-11-04", "3", "Groceries", to)),
                    }
                    if write % 5 == 0 {
                        other.earned("2026-11-01", "1000", "Salary");
                    }
                }
            });
        }
    });
    let count = |owner: &Owner<'_>| -> i64 {
        transactions::table
            .filter(transactions::household_id.eq(owner.household))
            .count()
            .get_result(&mut app.sql())
            .unwrap()
    };
    assert_eq!(count(&owner), 160);
    assert_eq!(count(&other), 32);
    assert!(version(&owner) >= before + 160, "every write is a new version");
    let adjusted: i64 = transactions::table
        .filter(transactions::household_id.eq(owner.household))
        .filter(transactions::kind.eq("adjustment"))
        .count()
        .get_result(&mut app.sql())
        .unwrap();
    let total = Distribution::now(&mut app.sql(), owner.household)
        .unwrap()
        .total();
    assert_eq!(total, 40 * (10_001 - 700 - 300) + 100 * adjusted);
}
