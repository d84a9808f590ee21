//! Money is never lost or bent: four people do random things to a household and take them back, and a simple model in memory says before
//! each what must come of it.
//!
//! ```text
//! dice ─ draw ─► command ─┬─ ledger ──► what happened ─┐
//!                         └─ model ───► what must ─────┴─► the same, or the test fails and names its seed
//! ```
//!
//! `TORTURE_SEED` and `TORTURE_OPERATIONS` choose another game; `just torture` plays long ones.

mod command;
mod compare;
mod crowd;
pub mod dice;
mod draw;
mod draw_entry;
mod draw_set_up;
mod entry_rules;
mod import_rules;
mod ledger;
mod merge_rules;
mod model;
mod run;
mod set_up_rules;
mod state;
mod stored;
mod undo_rules;

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use run::{End, Run, Tally};

use crate::support::TestApp;

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

/// So many, or as many as the environment says.
fn operations(otherwise: u64) -> u64 {
    setting("TORTURE_OPERATIONS").unwrap_or(otherwise)
}

/// The dice were not too kind: every command was done, and every way of refusing was met, more than now and then.
fn assert_varied(tally: &Tally, operations: u64) {
    let share = |of: u64| usize::try_from(operations / of).unwrap();
    let mut commands: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refusals: BTreeMap<&str, usize> = BTreeMap::new();
    let mut reasons: BTreeSet<(&str, &str)> = BTreeSet::new();
    for ((command, end), times) in tally {
        match end {
            End::Done => *commands.entry(command).or_default() += times,
            End::NothingToWrite => {}
            End::Refused(refusal) => {
                *refusals.entry(refusal.word()).or_default() += times;
                reasons.insert((command, refusal.why()));
            }
        }
    }
    let commands_count = 14;
    assert!(
        commands.len() == commands_count && commands.values().all(|times| *times >= share(500)),
        "{commands:?}"
    );
    assert!(
        refusals.len() == 5 && refusals.values().all(|times| *times >= share(200)),
        "{refusals:?}"
    );
    let of_undo = reasons.iter().filter(|(command, _)| *command == "undo").count();
    assert!(of_undo >= 12 && reasons.len() >= 60, "{reasons:?}");
}

#[test]
fn random_commands_come_to_what_a_simple_model_says() {
    let seed = setting("TORTURE_SEED").unwrap_or(1);
    let operations = operations(2_000);
    let app = TestApp::new();
    let owner = app.household();
    let neighbour = app.sign_up("next.door@example.org", "EUR");
    let mut run = Run::begin(&owner, &neighbour, seed);
    for operation in 1..=operations {
        run.step();
        if operation % 25 == 0 {
            run.compare_all();
        }
    }
    run.compare_all();
    for ((command, end), times) in &run.tally {
        println!("{command}: {end:?}: {times}");
    }
    if operations >= 2_000 {
        assert_varied(&run.tally, operations);
    }
}
