//! Carrying commands out in the real ledger, each in a write transaction of its own, as pages do.

use std::collections::BTreeMap;

use budget::db::{Caller, DbError};
use budget::exchange::ImportError;
use budget::exchange::import::{self, Options};
use budget::households::Member;
use budget::ids::{ChangeId, HouseholdId, UserId};
use budget::ledger::history::{self, Noun};
use budget::ledger::transaction::commands;
use budget::ledger::{Book, LedgerError, bucket, category, location, merge, order, retire};
use budget::money::Percent;
use budget::schema::{change_items, changes};
use diesel::prelude::*;
use uuid::Uuid;

use super::command::{Command, Told};
use super::model::Fresh;
use super::stored;
use crate::support::{TestApp, date};

/// The day on which money is moved out of what is archived.
pub const TODAY: &str = "2026-11-14";

/// A person in the household.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub user: UserId,
    pub household: HouseholdId,
}

/// Why nothing was written.
pub enum Refused {
    Ledger(LedgerError),
    Import(ImportError),
    Db(DbError),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<LedgerError> for Refused {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl Refused {
    /// The word that the model has for it, and the sentence. Anything else is no refusal but a fault, such as one told only at COMMIT: a
    /// page could not say it.
    pub fn word(&self) -> Result<(&'static str, String), String> {
        match self {
            Self::Ledger(LedgerError::NotFound(what)) => Ok(("not found", (*what).to_owned())),
            Self::Ledger(LedgerError::Stale) => Ok(("stale", String::new())),
            Self::Ledger(LedgerError::Invalid(problems)) => Ok(("invalid", format!("{problems:?}"))),
            Self::Ledger(LedgerError::Blocked(sentence)) => Ok(("blocked", sentence.clone())),
            Self::Import(ImportError::Rows { faults, .. }) => Ok(("invalid", faults.to_string())),
            Self::Db(DbError::ReadOnly) => Ok(("read only", String::new())),
            Self::Ledger(LedgerError::Database(error)) => Err(format!("database: {error:?}")),
            Self::Import(error) => Err(format!("import: {error}")),
            Self::Db(error) => Err(format!("at the door: {error:?}")),
        }
    }
}

/// What the ledger answered; no change where there was nothing to write.
pub struct Said {
    pub change: Option<ChangeId>,
    pub told: Told,
}

impl Said {
    fn only(change: Option<ChangeId>) -> Self {
        Self {
            change,
            told: Told::Nothing,
        }
    }
}

/// Runs a command of the domain as this person.
pub fn write<T>(
    app: &TestApp,
    person: Person,
    command: impl FnOnce(&mut PgConnection, &Member) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let caller = Caller::Trusted {
        user: person.user,
        household: Some(person.household),
    };
    app.db.write_now(&caller, command)
}

/// Carries a command out.
pub fn carry_out(app: &TestApp, person: Person, command: &Command) -> Result<Said, Refused> {
    write(app, person, |conn, member| match command {
        Command::Record(_) | Command::Edit(..) | Command::Delete(..) => entry(conn, member, command),
        Command::Merge(pair) => {
            let (change, effect) = merge::merge(conn, member, *pair)?;
            Ok(Said {
                change: Some(change),
                told: told_effect(&effect),
            })
        }
        Command::Retire(what) => {
            let (change, moves) = retire::retire(conn, member, *what, date(TODAY))?;
            Ok(Said {
                change: Some(change),
                told: told_moves(&moves),
            })
        }
        Command::Import(file) => {
            let options = Options {
                create: file.create,
                ..Options::default()
            };
            let import =
                import::prepare(conn, member, file.text().as_bytes(), &options).map_err(Refused::Import)?;
            let outcome = import.outcome();
            import
                .write(conn, member, "bank.csv", &mut |_| {})
                .map_err(Refused::Import)?;
            let wrote = outcome.new > 0 || !outcome.additions.is_empty();
            let change = wrote.then(|| newest_change(conn, member.household));
            Ok(Said {
                change,
                told: Told::Rows(outcome.rows, outcome.new),
            })
        }
        Command::Undo(change) => {
            let undone = history::undo(conn, member, *change)?;
            Ok(Said {
                change: Some(undone.change),
                told: Told::Undone(undone.action),
            })
        }
        _ => set_up(conn, member, command),
    })
}

fn entry(conn: &mut PgConnection, member: &Member, command: &Command) -> Result<Said, Refused> {
    let done = match command {
        Command::Record(draft) => commands::add(conn, member, draft)?,
        Command::Edit(id, version, draft) => commands::edit(conn, member, *id, *version, draft)?,
        Command::Delete(id, version) => commands::delete(conn, member, *id, *version)?,
        other => panic!("no entry: {other:?}"),
    };
    let shown = done.after.or(done.before).unwrap();
    Ok(Said {
        change: Some(done.change),
        told: Told::Entry(Box::new(stored::shown(&shown))),
    })
}

fn set_up(conn: &mut PgConnection, member: &Member, command: &Command) -> Result<Said, Refused> {
    let change = match command {
        Command::AddLocation(name, kind) => Some(location::add(conn, member, name, *kind)?.1),
        Command::AddBucket(name, percent) => {
            Some(bucket::add(conn, member, name, Percent::from_basis_points(*percent).unwrap())?.1)
        }
        Command::AddCategory(name, sign) => Some(category::add(conn, member, name, *sign)?.1),
        Command::EditLocation(id, version, name, kind) => {
            location::edit(conn, member, (*id).into(), *version, name, *kind)?
        }
        Command::EditBucket(id, version, name, percentages) => {
            let percentages: Vec<_> = percentages
                .iter()
                .map(|(id, points)| (*id, Percent::from_basis_points(*points).unwrap()))
                .collect();
            bucket::edit(conn, member, (*id).into(), *version, name, &percentages)?
        }
        Command::EditCategory(id, version, name, sign) => {
            category::edit(conn, member, (*id).into(), *version, name, *sign)?
        }
        Command::Archive(Noun::Location, id) => Some(location::archive(conn, member, (*id).into())?),
        Command::Archive(Noun::Bucket, id) => Some(bucket::archive(conn, member, (*id).into())?),
        Command::Archive(_, id) => Some(category::archive(conn, member, (*id).into())?),
        Command::Restore(Noun::Location, id) => Some(location::restore(conn, member, (*id).into())?),
        Command::Restore(Noun::Bucket, id) => Some(bucket::restore(conn, member, (*id).into())?),
        Command::Restore(_, id) => Some(category::restore(conn, member, (*id).into())?),
        Command::Remove(Noun::Location, id) => Some(location::delete(conn, member, (*id).into())?),
        Command::Remove(Noun::Bucket, id) => Some(bucket::delete(conn, member, (*id).into())?),
        Command::Remove(_, id) => Some(category::delete(conn, member, (*id).into())?),
        Command::Percentages(wanted) => percentages(conn, member, wanted)?,
        Command::Shift(Noun::Location, id, towards) => order::location(conn, member, (*id).into(), *towards)?,
        Command::Shift(_, id, towards) => order::bucket(conn, member, (*id).into(), *towards)?,
        other => panic!("no set-up: {other:?}"),
    };
    Ok(Said::only(change))
}

/// As the page does: nobody's percentage is overwritten unseen.
fn percentages(
    conn: &mut PgConnection,
    member: &Member,
    wanted: &[(budget::ids::BucketId, i64, i32)],
) -> Result<Option<ChangeId>, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let percent = |percent| Percent::from_basis_points(percent).unwrap();
    let seen: Vec<_> = wanted
        .iter()
        .map(|(id, points, version)| (*id, percent(*points), *version))
        .collect();
    if bucket::overwrites_unseen(&book, &seen) {
        return Err(LedgerError::Stale);
    }
    let wanted: Vec<_> = seen.into_iter().map(|(id, percent, _)| (id, percent)).collect();
    bucket::set_percentages(conn, member, &wanted)
}

/// What the ledger says beforehand about a merge, or about archiving with money.
pub fn preview(
    conn: &mut PgConnection,
    household: HouseholdId,
    command: &Command,
) -> Option<Result<Told, Refused>> {
    match command {
        Command::Merge(pair) => {
            let effect = merge::preview(conn, household, *pair);
            Some(effect.map(|effect| told_effect(&effect)).map_err(Into::into))
        }
        Command::Retire(what) => {
            let moves = retire::preview(conn, household, *what);
            Some(moves.map(|moves| told_moves(&moves)).map_err(Into::into))
        }
        _ => None,
    }
}

fn told_effect(effect: &merge::Effect) -> Told {
    Told::Effect(
        effect.entries,
        effect.vanishing,
        effect.percent.basis_points().into(),
    )
}

fn told_moves(moves: &[retire::Move]) -> Told {
    Told::Moves(
        moves
            .iter()
            .map(|one| {
                let (from, to) = (one.from, one.to);
                (
                    (from.location, from.bucket),
                    (to.location, to.bucket),
                    one.amount.minor(),
                )
            })
            .collect(),
    )
}

pub fn newest_change(conn: &mut PgConnection, household: HouseholdId) -> ChangeId {
    changes::table
        .filter(changes::household_id.eq(household))
        .order((changes::at.desc(), changes::id.desc()))
        .select(changes::id)
        .first(conn)
        .unwrap()
}

/// What the history tells of each thing: its noun, its id, and whether it was there before and after.
pub type Trace = (String, Uuid, bool, bool);

pub fn traces(conn: &mut PgConnection, household: HouseholdId, change: ChangeId) -> Vec<Trace> {
    change_items::table
        .filter(change_items::household_id.eq(household))
        .filter(change_items::change_id.eq(change))
        .order(change_items::position)
        .select((
            change_items::noun,
            change_items::object_id,
            change_items::before.is_not_null(),
            change_items::after.is_not_null(),
        ))
        .load(conn)
        .unwrap()
}

/// The ids that are new to the model, in the ledger's order.
pub fn fresh(traces: &[Trace], is_known: impl Fn(Uuid) -> bool) -> Fresh {
    let mut fresh: BTreeMap<&'static str, std::collections::VecDeque<Uuid>> = BTreeMap::new();
    for (noun, id, ..) in traces.iter().filter(|(_, id, ..)| !is_known(*id)) {
        let noun: Noun = noun.parse().unwrap();
        fresh.entry(noun.as_str()).or_default().push_back(*id);
    }
    Fresh(fresh)
}
