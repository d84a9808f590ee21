//! One run: four people in a household, its model, and the dice. After every command the ledger and the model must agree.

use std::collections::BTreeMap;

use budget::ids::UserId;
use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::command::{Command, Told};
use super::dice::Dice;
use super::draw::{Draw, Foreign, Seen};
use super::import_rules::Row;
use super::ledger::{self, Person, Refused, Said};
use super::model::{Change, Fresh, Item, Model, Work};
use super::state::Refusal;
use crate::support::{Owner, TestApp, date};

/// What came of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Done,
    NothingToWrite,
    Refused(Refusal),
}

/// How often each command came to each end.
pub type Tally = BTreeMap<(&'static str, End), usize>;

/// Who plays: what they may do, and which versions they saw.
struct Player {
    person: Person,
    may_write: bool,
    seen: Seen,
}

/// A household, its model, its people and the dice.
pub struct Run<'a> {
    pub app: &'a TestApp,
    pub owner: &'a Owner<'a>,
    pub neighbour: &'a Owner<'a>,
    pub conn: PgConnection,
    pub model: Model,
    pub dice: Dice,
    pub tally: Tally,
    seed: u64,
    step: usize,
    players: Vec<Player>,
    foreign: Foreign,
    rows: Vec<Row>,
    /// Checksums of the household and of the one beside it.
    checksums: (String, String),
}

/// Makes somebody who signed up a member of another's household.
pub fn join(app: &TestApp, owner: &Owner<'_>, email: &str, role: &str) -> UserId {
    let user = app.sign_up(email, "EUR").user;
    diesel::sql_query("INSERT INTO members (household_id, user_id, role) VALUES ($1, $2, $3)")
        .bind::<SqlUuid, _>(owner.household)
        .bind::<SqlUuid, _>(user)
        .bind::<Text, _>(role)
        .execute(&mut app.sql())
        .unwrap();
    user
}

/// Another household with something in it: nobody may touch it.
pub fn furnish(neighbour: &Owner<'_>) -> Foreign {
    neighbour.set_up();
    neighbour.earned("2026-10-01", "1000.01", "Salary");
    let entry = neighbour.spent("2026-10-02", "12.34", "Groceries");
    Foreign {
        location: neighbour.location_id("Bank").uuid(),
        bucket: neighbour.bucket_id("Fun").uuid(),
        category: neighbour.category_id("Groceries").uuid(),
        entry: entry.uuid(),
        change: ledger::newest_change(&mut neighbour.app.sql(), neighbour.household),
    }
}

impl<'a> Run<'a> {
    pub fn begin(owner: &'a Owner<'a>, neighbour: &'a Owner<'a>, seed: u64) -> Self {
        let app = owner.app;
        let mut players = vec![(owner.user, true)];
        for (email, role) in [
            ("bo@example.org", "member"),
            ("cy@example.org", "member"),
            ("di@example.org", "reader"),
        ] {
            players.push((join(app, owner, email, role), role != "reader"));
        }
        let players = players.into_iter().map(|(user, may_write)| Player {
            person: Person {
                user,
                household: owner.household,
            },
            may_write,
            seen: Seen::new(),
        });
        let mut run = Self {
            app,
            owner,
            neighbour,
            conn: app.sql(),
            model: Model::default(),
            dice: Dice::new(seed),
            tally: Tally::new(),
            seed,
            step: 0,
            players: players.collect(),
            foreign: furnish(neighbour),
            rows: Vec::new(),
            checksums: Default::default(),
        };
        run.checksums = run.checksums();
        run
    }

    /// Where it stands, for a message.
    pub fn place(&self) -> String {
        format!("TORTURE_SEED={}, operation {}", self.seed, self.step)
    }

    /// Somebody does something.
    pub fn step(&mut self) {
        self.step += 1;
        let who = match self.dice.roll(25) {
            0 => 3,
            other => other % 3,
        };
        let player = &mut self.players[who];
        let mut draw = Draw {
            model: &self.model,
            dice: &mut self.dice,
            seen: &mut player.seen,
            foreign: self.foreign,
            rows: &mut self.rows,
        };
        let command = draw.command();
        let (person, may_write) = (player.person, player.may_write);
        let preview = ledger::preview(&mut self.conn, person.household, &command);
        let said = ledger::carry_out(self.app, person, &command);
        let traces = match &said {
            Ok(Said {
                change: Some(change), ..
            }) => ledger::traces(&mut self.conn, person.household, *change),
            _ => Vec::new(),
        };
        let state = &self.model.state;
        let fresh = ledger::fresh(&traces, |id| {
            state.things.contains_key(&id) || state.entries.contains_key(&id) || self.was_there(id)
        });
        let expected = if may_write {
            apply(&self.model, &command, fresh)
        } else {
            Err(Refusal::ReadOnly)
        };
        self.compare_preview(&command, preview, &said);
        let end = self.compare(&command, said, expected, traces);
        *self.tally.entry((command.name(), end)).or_default() += 1;
        self.look_around(who);
    }

    /// Whether a thing or an entry with this id was there once.
    fn was_there(&self, id: Uuid) -> bool {
        self.model
            .changes
            .iter()
            .rev()
            .flat_map(|change| &change.items)
            .any(|item| match item {
                Item::Entry { id: one, .. } | Item::Thing { id: one, .. } | Item::Imported(one) => *one == id,
                Item::Moved(_) => false,
            })
    }

    /// Whoever did something sees a few entries and names as they are now.
    fn look_around(&mut self, who: usize) {
        let state = &self.model.state;
        let entries = state.entries.iter().map(|(id, entry)| (*id, entry.version));
        let things = state.things.iter().map(|(id, thing)| (*id, thing.version));
        let all: Vec<_> = entries.chain(things).collect();
        for _ in 0..4.min(all.len()) {
            let (id, version) = self.dice.pick(&all);
            self.players[who].seen.insert(id, version);
        }
    }

    /// What was said beforehand is what is done, or why it is not.
    fn compare_preview(
        &self,
        command: &Command,
        preview: Option<Result<Told, Refused>>,
        said: &Result<Said, Refused>,
    ) {
        let place = self.place();
        match (preview, said) {
            (Some(Ok(told)), Ok(said)) => assert_eq!(told, said.told, "{place}: {command:?}"),
            (Some(Err(_)), Ok(_)) => panic!("{place}: {command:?} was done, and its preview refused"),
            (Some(Err(refused)), Err(other)) if !matches!(other, Refused::Db(_)) => {
                assert_eq!(refused.word(), other.word(), "{place}: {command:?}");
            }
            _ => {}
        }
    }

    /// The answer is the one that the model worked out; then the model goes along. Says how it ended.
    fn compare(
        &mut self,
        command: &Command,
        said: Result<Said, Refused>,
        expected: Result<Step, Refusal>,
        traces: Vec<ledger::Trace>,
    ) -> End {
        let place = self.place();
        let checksums = self.checksums();
        let (said, step) = match (said, expected) {
            (Ok(said), Ok(step)) => (said, step),
            (Err(refused), Err(expected)) => {
                let (word, sentence) = refused
                    .word()
                    .unwrap_or_else(|error| panic!("{place}: {command:?}: {error}"));
                assert_eq!(
                    word,
                    expected.word(),
                    "{place}: {command:?}\n{sentence}\n{expected:?}"
                );
                assert_eq!(checksums, self.checksums, "{place}: {command:?} was refused");
                return End::Refused(expected);
            }
            (Ok(_), Err(expected)) => panic!("{place}: {command:?} was done, and should be {expected:?}"),
            (Err(refused), Ok(_)) => {
                panic!("{place}: {command:?} should be done, and is {:?}", refused.word())
            }
        };
        assert_eq!(said.told, step.told, "{place}: {command:?}");
        let mut expected: Vec<ledger::Trace> = step
            .items
            .iter()
            .map(Item::trace)
            .map(|(noun, id, before, after)| (noun.to_owned(), id, before, after))
            .collect();
        let mut traces = traces;
        traces.sort();
        expected.sort();
        assert_eq!(traces, expected, "{place}: the history of {command:?}");
        assert_eq!(
            said.change.is_some(),
            !step.items.is_empty(),
            "{place}: {command:?}"
        );
        assert_eq!(
            checksums.1, self.checksums.1,
            "{place}: {command:?} and the neighbour"
        );
        self.checksums = checksums;
        let Some(id) = said.change else {
            return End::NothingToWrite;
        };
        self.model.state = step.state;
        let undoes = match command {
            Command::Undo(undone) => self.model.changes.iter().position(|change| change.id == *undone),
            _ => None,
        };
        let mut action = command.action();
        if let Some(undone) = undoes {
            self.model.changes[undone].is_undone = true;
            if self.model.changes[undone].action == "undo" {
                action = "redo";
            }
        }
        self.model.changes.push(Change {
            id,
            action,
            undoes,
            is_undone: false,
            items: step.items,
        });
        End::Done
    }

    /// Of all that is stored of the two households.
    fn checksums(&mut self) -> (String, String) {
        let (own, other) = (self.owner.household, self.neighbour.household);
        (
            checksum(&mut self.conn, own.uuid()),
            checksum(&mut self.conn, other.uuid()),
        )
    }

    /// A day on which something may have happened, or not.
    pub fn some_day(&mut self) -> chrono::NaiveDate {
        date("2026-08-20") + chrono::Days::new(u64::try_from(self.dice.roll(120)).unwrap())
    }
}

/// What a command comes to.
struct Step {
    told: Told,
    state: super::state::State,
    items: Vec<Item>,
}

/// Works a command out on a copy of the model.
fn apply(model: &Model, command: &Command, fresh: Fresh) -> Result<Step, Refusal> {
    use budget::ledger::history::Noun;
    let mut work = Work::begin(model, fresh);
    let told = match command {
        Command::Record(draft) => work.record(draft),
        Command::Edit(id, version, draft) => work.edit(*id, *version, draft),
        Command::Delete(id, version) => work.delete(*id, *version),
        Command::AddLocation(name, kind) => work.add_thing(Noun::Location, name, kind.as_str(), 0),
        Command::AddBucket(name, percent) => work.add_thing(Noun::Bucket, name, "", *percent),
        Command::AddCategory(name, sign) => work.add_thing(Noun::Category, name, sign.as_str(), 0),
        Command::EditLocation(id, version, name, kind) => {
            work.edit_thing(Noun::Location, *id, *version, name, kind.as_str())
        }
        Command::EditBucket(id, version, name, percentages) => {
            work.edit_bucket(*id, *version, name, percentages)
        }
        Command::EditCategory(id, version, name, sign) => {
            work.edit_thing(Noun::Category, *id, *version, name, sign.as_str())
        }
        Command::Archive(noun, id) => work.archive(*noun, *id),
        Command::Restore(noun, id) => work.restore(*noun, *id),
        Command::Remove(noun, id) => work.remove(*noun, *id),
        Command::Percentages(wanted) => work.percentages(wanted),
        Command::Shift(noun, id, towards) => work.shift(*noun, *id, *towards),
        Command::Merge(pair) => work.merge(*pair),
        Command::Retire(retire) => work.retire(*retire, date(ledger::TODAY)),
        Command::Import(file) => work.import(file),
        Command::Undo(change) => work.undo(*change),
    }?;
    work.state.check()?;
    Ok(Step {
        told,
        state: work.state,
        items: work.items,
    })
}

/// The same while nothing is written to this household.
fn checksum(conn: &mut PgConnection, household: Uuid) -> String {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        checksum: String,
    }
    let tables = [
        "transactions",
        "postings",
        "split_shares",
        "locations",
        "buckets",
        "categories",
        "households",
    ];
    let sums: Vec<String> = tables
        .iter()
        .map(|table| {
            let id = if *table == "households" {
                "id"
            } else {
                "household_id"
            };
            format!("(SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {table} t WHERE {id} = $1)")
        })
        .chain(["(SELECT count(*) FROM changes WHERE household_id = $1)".to_owned()])
        .collect();
    let query = format!("SELECT concat_ws(' ', {}) AS checksum", sums.join(", "));
    let found: Found = diesel::sql_query(query)
        .bind::<SqlUuid, _>(household)
        .get_result(conn)
        .unwrap();
    found.checksum
}
