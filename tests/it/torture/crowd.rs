//! The same commands by four people at once, each on a thread of their own. Nobody can say what comes of each; but it is done or refused,
//! every sum is right in the end, and from the newest change back everything can be undone.

use std::thread;

use budget::ids::ChangeId;

use super::dice::Dice;
use super::draw::{Draw, Foreign, Seen};
use super::ledger::{self, Person};
use super::run::{furnish, join};
use super::setting;
use super::stored;
use crate::support::{Owner, TestApp};

/// One person does this many things. Returns how many were done, and what went wrong.
fn play(app: &TestApp, person: Person, foreign: Foreign, seed: u64, operations: u64) -> (usize, Vec<String>) {
    let mut conn = app.sql();
    let mut dice = Dice::new(seed);
    let (mut seen, mut rows) = (Seen::new(), Vec::new());
    let (mut done, mut faults) = (0, Vec::new());
    for operation in 1..=operations {
        let picture = stored::picture(&mut conn, person.household);
        let mut draw = Draw {
            model: &picture,
            dice: &mut dice,
            seen: &mut seen,
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

/// Takes everything back, the newest change first. A change that was undone and done again goes by the one that did it again.
fn take_everything_back(owner: &Owner<'_>, place: &str) {
    let conn = &mut owner.app.sql();
    let changes = stored::picture(conn, owner.household).changes;
    let mut newest: Vec<ChangeId> = changes.iter().map(|change| change.id).collect();
    for (number, change) in changes.iter().enumerate().rev() {
        let mut undone = owner.undo(newest[number]);
        if undone.is_err() && remove_leftovers(owner) {
            undone = owner.undo(newest[number]);
        }
        if undone.is_err() {
            use diesel::prelude::*;
            use budget::schema::changes;
            let all: Vec<(String, String, Option<uuid::Uuid>, uuid::Uuid)> = changes::table.filter(changes::household_id.eq(owner.household)).order((changes::at, changes::id)).select((changes::action, changes::summary, changes::undoes, changes::id)).load(conn).unwrap();
            for (n, one) in all.iter().enumerate() { let p = all.iter().position(|x| Some(x.3) == one.2); println!("{n} {} {} {p:?}", one.0, one.1); }
        }
        let undo = undone.unwrap_or_else(|error| panic!("{place}, change {number}: {error}"));
        if let Some(again) = change.undoes {
            newest[again] = undo;
        }
    }
}

/// The household's own categories stay when the entry goes that they came with, and may have a name that is wanted back.
fn remove_leftovers(owner: &Owner<'_>) -> bool {
    let picture = stored::picture(&mut owner.app.sql(), owner.household);
    let unused = picture.state.things.iter().filter(|(id, thing)| {
        ["Transfer", "Loan", "Adjustment"].contains(&thing.name.as_str()) && !picture.state.is_used(**id)
    });
    let mut removed = false;
    for (id, _) in unused {
        let gone = owner.write(|conn, member| budget::ledger::category::delete(conn, member, (*id).into()));
        removed |= gone.is_ok();
    }
    removed
}

#[test]
fn four_at_once_are_answered_and_everything_can_be_taken_back() {
    let seed = setting("TORTURE_SEED").unwrap_or(1);
    let operations = setting("TORTURE_OPERATIONS").unwrap_or(400) / 4;
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

    take_everything_back(&owner, &format!("TORTURE_SEED={seed}"));

    let picture = stored::picture(&mut app.sql(), owner.household);
    assert!(picture.state.entries.is_empty(), "{:?}", picture.state.entries);
    let names: Vec<&str> = picture
        .state
        .things
        .values()
        .map(|thing| thing.name.as_str())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| ["Transfer", "Loan", "Adjustment"].contains(name)),
        "{names:?}"
    );
    app.check();
}
