//! What happens when a thing leaves: shown before, done, and told afterwards.

use chrono::NaiveDate;

use super::super::actions::Told;
use super::super::list::given;
use super::super::noun::{Noun, find};
use super::super::parts::count_of;
use super::super::refusal::Refusal;
use super::Act;
use crate::db::Connection;
use crate::households::Member;
use crate::ledger::merge::{self, Effect};
use crate::ledger::retire::{self, Move};
use crate::ledger::{Book, Cell, LedgerError};
use crate::web::form::Fields;

/// What would happen.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) into: String,
    pub(super) sentences: Vec<String>,
    /// From where, to where, and how much.
    pub(super) moves: Vec<(String, String, String)>,
    pub(super) button: String,
}

/// The other one that a form names.
///
/// # Errors
/// On its field, when it is none that can be chosen.
fn read_other<N: Noun>(act: Act, text: &str) -> Result<N::Id, Refusal> {
    let told = || {
        Refusal::field(
            act.field(),
            format!("Choose one of your {}.", N::ALL.to_lowercase()),
        )
    };
    text.parse().map_err(|_| told())
}

/// What would happen.
///
/// # Errors
/// Why it cannot happen.
pub(super) fn preview<N: Noun>(
    conn: &mut Connection,
    member: &Member,
    book: &Book,
    id: N::Id,
    act: Act,
    into: &str,
) -> Result<Outcome, Refusal> {
    let other = read_other::<N>(act, into)?;
    let name = |id| N::find(book, id).map_or("", |named| named.name);
    let (from, to) = (name(id), name(other));
    let (sentences, moves) = match (act, N::retire(id, other)) {
        (Act::Archive, Some(retire)) => {
            let moves = retire::preview(conn, member.household, retire)?;
            let moves: Vec<_> = moves.iter().map(|one| say_move(one, book, member)).collect();
            let told = match moves.len() {
                0 => format!("{from} holds nothing, so nothing moves."),
                1 => "One transfer is recorded today, then it is archived.".to_owned(),
                many => format!("{many} transfers are recorded today, then it is archived."),
            };
            (vec![told], moves)
        }
        (Act::Archive, None) => (Vec::new(), Vec::new()),
        (Act::Merge | Act::Delete, _) => {
            let effect = merge::preview(conn, member.household, N::pair(id, other))?;
            let mut sentences = vec![format!("{}.", effect_words(&effect, member, Tense::Now))];
            sentences.extend(N::share_after(book, other, effect.percent, member));
            (sentences, Vec::new())
        }
    };
    Ok(Outcome {
        into: other.to_string(),
        button: match act {
            Act::Merge => format!("Merge {from} into {to}"),
            Act::Delete => format!("Delete {from}, keep its entries in {to}"),
            Act::Archive if moves.is_empty() => format!("Archive {from}"),
            Act::Archive => format!("Move it to {to}, archive {from}"),
        },
        sentences,
        moves,
    })
}

/// Does what the step is about, and says what was done.
///
/// # Errors
/// Why it was not done.
pub(in super::super) fn carry_out<N: Noun>(
    conn: &mut Connection,
    member: &Member,
    book: &Book,
    id: N::Id,
    (act, into): (Act, &str),
    today: NaiveDate,
) -> Result<Told, Refusal> {
    let from = find::<N>(book, id)?.name;
    if act == Act::Delete && into.is_empty() {
        return Ok(Told::new(
            format!("Deleted {from}."),
            N::delete(conn, member, id)?,
        ));
    }
    let other = read_other::<N>(act, into)?;
    let to = N::find(book, other).map_or("", |named| named.name);
    if act == Act::Archive {
        let retire = N::retire(id, other).ok_or(LedgerError::NotFound(N::ONE))?;
        let (change, moves) = retire::retire(conn, member, retire, today)?;
        let tail = match moves.len() {
            0 => String::new(),
            _ => format!(" What it held is in {to} now."),
        };
        return Ok(Told::new(format!("Archived {from}.{tail}"), change));
    }
    let (change, effect) = merge::merge(conn, member, N::pair(id, other))?;
    let words = effect_words(&effect, member, Tense::Past);
    let verb = if act == Act::Delete { "Deleted" } else { "Merged" };
    Ok(Told::new(
        format!(
            "{verb} {from}{} {to}: {words}.",
            if act == Act::Delete {
                ", replaced by"
            } else {
                " into"
            }
        ),
        change,
    ))
}

/// Whether something is going to happen, or has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tense {
    Now,
    Past,
}

/// `312 entries move, 2 transfers vanish`
fn effect_words(effect: &Effect, member: &Member, tense: Tense) -> String {
    let count = |number: i64, one, several| {
        let number = usize::try_from(number).unwrap_or_default();
        count_of(number, one, several, member.number_format)
    };
    let entries = count(effect.entries, "entry", "entries");
    let moved = match (tense, effect.entries) {
        (Tense::Now, 0) => "No entries move".to_owned(),
        (Tense::Now, 1) => format!("{entries} moves"),
        (Tense::Now, _) => format!("{entries} move"),
        (Tense::Past, 0) => "no entries moved".to_owned(),
        (Tense::Past, _) => format!("{entries} moved"),
    };
    if effect.vanishing == 0 {
        return moved;
    }
    let transfers = count(effect.vanishing, "transfer", "transfers");
    let vanish = match (tense, effect.vanishing) {
        (Tense::Now, 1) => "vanishes: it was only between the two",
        (Tense::Now, _) => "vanish: they were only between the two",
        (Tense::Past, _) => "vanished",
    };
    format!("{moved}, {transfers} {vanish}")
}

fn say_move(one: &Move, book: &Book, member: &Member) -> (String, String, String) {
    let say = |cell: Cell| {
        let location = book.location(cell.location).map_or("", |one| one.name.as_str());
        let bucket = book.bucket(cell.bucket).map_or("", |one| one.name.as_str());
        format!("{location}, {bucket}")
    };
    let amount = member.number_format.amount(one.amount.minor(), member.currency);
    (say(one.from), say(one.to), amount)
}

/// Refuses what was decided upon another state of the thing.
///
/// # Errors
/// [`Refusal::Stale`]; [`LedgerError::NotFound`] when it is gone.
pub(in super::super) fn check_version<N: Noun>(
    book: &Book,
    id: N::Id,
    fields: &Fields,
) -> Result<(), Refusal> {
    let stored = find::<N>(book, id)?.version;
    match given(fields, "version") {
        Some(version) if version.parse() != Ok(stored) => Err(Refusal::Stale),
        _ => Ok(()),
    }
}
