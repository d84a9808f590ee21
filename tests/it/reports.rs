//! Reports: each number against plain adding up, at random and at the edges of the calendar.

mod compare;
mod edges;
pub mod made_household;
mod naive;
mod random;

use std::time::Instant;

use budget::ledger::Book;

use crate::support::TestApp;
use compare::Question;
use naive::Naive;
use random::Scribe;

const ROUNDS: usize = 5;
const COMMANDS: usize = 30;
const QUESTIONS: usize = 30;

/// `REPORTS_SEED=7` plays another game.
#[test]
fn every_number_of_every_report_is_what_the_entries_add_up_to() {
    let seed: u64 = std::env::var("REPORTS_SEED").map_or(1, |seed| seed.parse().unwrap());
    let app = TestApp::new();
    let people = [("eur", "EUR"), ("jpy", "JPY"), ("kwd", "KWD")]
        .map(|(name, currency)| app.sign_up(&format!("{name}@example.org"), currency));
    let began = Instant::now();
    let mut scribes: Vec<Scribe<'_>> = (0..)
        .zip(&people)
        .map(|(place, owner)| Scribe::new(owner, seed * 10 + place, place == 0))
        .collect();
    for round in 0..ROUNDS {
        for scribe in &mut scribes {
            (0..COMMANDS).for_each(|_| scribe.act());
            if round == ROUNDS / 2 {
                scribe.undo_the_last(COMMANDS / 2);
            }
            let household = scribe.owner.household;
            let naive = Naive::read(&mut app.sql(), household);
            assert!(naive.0.len() > COMMANDS * round / 3, "{} entries", naive.0.len());
            // As a request sees it, over one connection, so that plans are kept.
            let conn = &mut app.as_role(household);
            let book = Book::load(conn, household).unwrap();
            for _ in 0..QUESTIONS {
                let (today, day, scope) = (scribe.day(), scribe.day(), scribe.scope(&book));
                let today = if scribe.dice.once_in(3) { day } else { today };
                let question = Question {
                    household,
                    book: &book,
                    naive: &naive,
                    scope: &scope,
                    today,
                    place: format!("seed {seed}, round {round}, today {today}, {scope:?}"),
                };
                question.all(conn, day);
            }
        }
    }
    eprintln!(
        "{} questions in {:?}",
        ROUNDS * QUESTIONS * scribes.len(),
        began.elapsed()
    );
}
