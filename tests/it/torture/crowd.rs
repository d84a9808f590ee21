//! The same commands by four people at once, each on a thread of their own. Nobody can say what comes of each; but it is done or refused,
//! every sum is right in the end, and most of it goes back from the newest change on.

use std::thread;

use budget::ids::ChangeId;

use super::command::Command;
use super::dice::Dice;
use super::draw::{Draw, Foreign, Seen};
use super::ledger::{self, Person};
use super::run::{furnish, join};
use super::stored;
use super::{operations, setting};
use crate::support::TestApp;

/// One person does this many things. Returns how many were done, and what went wrong.
fn play(app: &TestApp, person: Person, foreign: Foreign, seed: u64, operations: u64) -> (usize, Vec<String>) {
    let mut conn = app.sql();
    let mut dice = Dice::new(seed);
    let (mut versions, mut rows) = (Seen::new(), Vec::new());
    let (mut done, mut faults) = (0, Vec::new());
    for operation in 1..=operations {
        let picture = stored::picture(&mut conn, person.household);
        let mut draw = Draw {
            model: &picture,
            dice: &mut dice,
            seen: &mut versions,
            foreign,
            rows: &mut rows,
        };
        let command = draw.command();
        match ledger::carry_out(app, person, &command) {
            Ok(said) => done += usize::from(said.change.is_some()),
            Err(refused) => {
                if let Err(error) = refused.word() {
                    faults.push(format!("{seed}, operation {operation}: {command:?}: {error}"));
                }
            }
        }
    }
    (done, faults)
}

/// Takes back what can be, the newest change first; a change that was undone and done again goes by the one that did it again. Not all of
/// it goes: what was deleted from something archived comes back only once that is restored. Returns how many went, of how many.
fn take_everything_back(app: &TestApp, person: Person) -> (usize, usize) {
    let changes = stored::picture(&mut app.sql(), person.household).changes;
    let mut newest: Vec<ChangeId> = changes.iter().map(|change| change.id).collect();
    let mut done = 0;
    for (place, change) in changes.iter().enumerate().rev() {
        match ledger::carry_out(app, person, &Command::Undo(newest[place])) {
            Ok(said) => {
                done += 1;
                if let Some(again) = change.undoes {
                    newest[again] = said.change.unwrap();
                }
            }
            Err(refused) => assert_eq!(
                refused.word().map(|(word, _)| word),
                Ok("blocked"),
                "change {place}"
            ),
        }
    }
    (done, changes.len())
}

#[test]
fn four_at_once_are_answered_and_their_changes_go_back() {
    let seed = setting("TORTURE_SEED").unwrap_or(1);
    let operations = operations(400).min(4_000) / 4;
    let app = TestApp::new();
    let owner = app.household();
    let neighbour = app.sign_up("next.door@example.org", "EUR");
    let foreign = furnish(&neighbour);
    let people = [
        owner.user,
        join(&app, &owner, "bo@example.org", "member"),
        join(&app, &owner, "cy@example.org", "member"),
        join(&app, &owner, "di@example.org", "member"),
    ];
    let played = thread::scope(|scope| {
        let threads: Vec<_> = (0..)
            .zip(people)
            .map(|(number, user)| {
                let person = Person {
                    user,
                    household: owner.household,
                };
                let (app, seed) = (&app, 4 * seed + number);
                scope.spawn(move || play(app, person, foreign, seed, operations))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    let faults: Vec<String> = played.iter().flat_map(|(_, faults)| faults.clone()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let done: usize = played.iter().map(|(done, _)| done).sum();
    assert!(
        done * 4 > usize::try_from(operations * 4).unwrap(),
        "only {done} were done"
    );
    app.check();

    let person = Person {
        user: owner.user,
        household: owner.household,
    };
    let (undone, of) = take_everything_back(&app, person);
    // One that stays keeps those that it depends on.
    assert!(undone * 5 > of, "only {undone} of {of} changes went back");
    app.check();
}
