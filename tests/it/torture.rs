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
mod dice;
mod draw;
mod draw_entry;
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

use std::env;

use run::Run;

use crate::support::TestApp;

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn random_commands_come_to_what_a_simple_model_says() {
    let seed = setting("TORTURE_SEED").unwrap_or(1);
    let operations = setting("TORTURE_OPERATIONS").unwrap_or(2_000);
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
        println!("{command}: {end}: {times}");
    }
}
