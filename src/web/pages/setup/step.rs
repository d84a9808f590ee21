//! The step before a thing leaves: what would happen, to the entry and to the cent, and the button that does it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::actions::Told;
use super::list::{ON_PAGE, given};
use super::noun::{Noun, find, read_id};
use super::parts::count_of;
use super::refusal::Refusal;
use crate::db::Connection;
use crate::households::Member;
use crate::ledger::merge::{self, Effect};
use crate::ledger::retire::{self, Move};
use crate::ledger::{Book, Cell, LedgerError};
use crate::money::Percent;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::htmx::{self, Wants};
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::Shell;

/// What the step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Its entries become another's.
    Merge,
    /// The same, asked for as a deletion.
    Delete,
    /// Its money becomes another's.
    Archive,
}

impl Act {
    /// The field that names the other.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Merge | Self::Delete => "into",
            Self::Archive => "move_to",
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Delete => "delete",
            Self::Archive => "archive",
        }
    }
}

#[derive(Template)]
#[template(path = "setup/step.html")]
struct Page {
    shell: Shell,
    one: &'static str,
    all: &'static str,
    list_path: &'static str,
    path: String,
    name: String,
    /// `Merge`
    verb: &'static str,
    /// `Merge Fun into another bucket`
    title: String,
    text: String,
    label: &'static str,
    /// Id and name of what can be chosen, and whether it is.
    others: Vec<(String, String, bool)>,
    step: Step,
}

/// The part that htmx asks for.
#[derive(Template)]
#[template(path = "setup/_step.html")]
struct Step {
    csrf: String,
    action: String,
    field: &'static str,
    version: i32,
    key: String,
    on_page: bool,
    /// Why it was not done, or cannot be.
    refused: Option<String>,
    outcome: Option<Outcome>,
}

/// What would happen.
#[derive(Debug)]
struct Outcome {
    into: String,
    sentences: Vec<String>,
    /// From where, to where, and how much.
    moves: Vec<(String, String, String)>,
    button: String,
}

/// What is asked of the step.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) act: Act,
    pub(super) fields: Fields,
    /// Why it was not done just now.
    pub(super) refusal: Option<Refusal>,
}

/// `GET /setup/NOUN/{id}/merge?into=`: what merging would do.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn merge_step<N: Noun>(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(&id)?;
    let asking = Asking::of(Act::Merge, &request);
    show::<N>(&state, caller, frame, wants, id, asking).await
}

/// `GET /setup/NOUN/{id}/delete?into=`: what deleting would do, with a replacement for what has entries.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn delete_step<N: Noun>(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(&id)?;
    let asking = Asking::of(Act::Delete, &request);
    show::<N>(&state, caller, frame, wants, id, asking).await
}

/// `GET /setup/NOUN/{id}/archive?move_to=`: where the money would go.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn archive_step<N: Noun>(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(&id)?;
    let asking = Asking::of(Act::Archive, &request);
    show::<N>(&state, caller, frame, wants, id, asking).await
}

impl Asking {
    fn of(act: Act, request: &HttpRequest) -> Self {
        Self {
            act,
            fields: Fields::parse(request.query_string().as_bytes()),
            refusal: None,
        }
    }
}

/// The step, or its page.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(super) async fn show<N: Noun>(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    id: N::Id,
    asking: Asking,
) -> Result<HttpResponse, Error> {
    let (status, page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            if !member.role.may_write() {
                return Err(Error::Forbidden);
            }
            let (status, page) = page::<N>(conn, member, &frame, id, asking)?;
            Ok((status, page, frame))
        })
        .await?;
    match wants {
        // Of the answers that refuse, htmx shows only this one.
        Wants::Fragment if status != StatusCode::OK => Ok(htmx::html_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            page.step.render()?,
        )),
        Wants::Fragment => Ok(htmx::html(page.step.render()?)),
        Wants::Page => frame.finish(state, htmx::html_with(status, page.render()?)),
    }
}

fn page<N: Noun>(
    conn: &mut Connection,
    member: &Member,
    frame: &Frame,
    id: N::Id,
    asking: Asking,
) -> Result<(StatusCode, Page), Error> {
    let Asking { act, fields, refusal } = asking;
    let book = Book::load(conn, member.household)?;
    let named = find::<N>(&book, id)?;
    let into = given(&fields, act.field());
    let outcome = match into {
        Some(into) => Some(outcome::<N>(conn, member, &book, id, act, into)),
        None => None,
    };
    let (outcome, prevented) = match outcome {
        Some(Ok(outcome)) => (Some(outcome), None),
        Some(Err(refusal)) => (None, Some(refusal)),
        None => (None, None),
    };
    // What was refused just now comes first; what stands in the way of the preview is most often the same.
    let (status, refused) = match refusal.or(prevented) {
        Some(refusal) => refusal.told(named.name)?,
        None => (StatusCode::OK, String::new()),
    };
    let path = format!("{}/{id}", N::PATH);
    let page = Page {
        shell: frame.shell(member, N::SECTION),
        one: N::ONE,
        all: N::ALL,
        list_path: N::PATH,
        name: named.name.to_owned(),
        verb: match act {
            Act::Merge => "Merge",
            Act::Delete => "Delete",
            Act::Archive => "Archive",
        },
        title: match act {
            Act::Merge => format!("Merge {} into another {}", named.name, N::ONE),
            Act::Delete => format!("Delete {}", named.name),
            Act::Archive => format!("Archive {}", named.name),
        },
        text: text::<N>(&book, id, member, act, named.name),
        label: match act {
            Act::Merge => "Merge into",
            Act::Delete => "What takes its place",
            Act::Archive => "Where its money goes",
        },
        others: N::others(&book, id)
            .into_iter()
            .map(|(id, name)| {
                let id = id.to_string();
                let is_chosen = Some(id.as_str()) == into;
                (id, name.to_owned(), is_chosen)
            })
            .collect(),
        step: Step {
            csrf: frame.csrf(),
            action: format!("{path}/{}", act.verb()),
            field: act.field(),
            version: named.version,
            key: new_key(),
            on_page: fields.ticked(ON_PAGE),
            refused: (!refused.is_empty()).then_some(refused),
            outcome,
        },
        path,
    };
    Ok((status, page))
}

/// What the act means, before anything is chosen.
fn text<N: Noun>(book: &Book, id: N::Id, member: &Member, act: Act, name: &str) -> String {
    let handed_over = N::handed_over(book, id, member);
    match act {
        Act::Merge => format!("{handed_over} become the other’s. The name {name} goes away."),
        Act::Delete => {
            format!(
                "What was recorded stays: {} become another’s.",
                lower_first(&handed_over)
            )
        }
        Act::Archive => format!(
            "It takes no more entries and leaves the lists. Its history stays. What it holds moves first.{}",
            N::freed(book, id, member)
        ),
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

/// The other one that a form names.
///
/// # Errors
/// On its field, when it is none that can be chosen.
pub(super) fn read_other<N: Noun>(act: Act, text: &str) -> Result<N::Id, Refusal> {
    let told = || {
        Refusal::field(
            act.field(),
            format!("Choose one of your {}.", N::ALL.to_lowercase()),
        )
    };
    text.parse().map_err(|_| told())
}

fn outcome<N: Noun>(
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
pub(super) fn carry_out<N: Noun>(
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
        let moved = match moves.len() {
            0 => String::new(),
            _ => format!(" What it held is in {to} now."),
        };
        return Ok(Told::new(format!("Archived {from}.{moved}"), change));
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
pub(super) enum Tense {
    Now,
    Past,
}

/// `312 entries move, 2 transfers vanish`
pub(super) fn effect_words(effect: &Effect, member: &Member, tense: Tense) -> String {
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

/// What a merge adds to the share of a bucket.
pub(super) fn share_words(name: &str, before: Percent, gained: Percent, member: &Member) -> Option<String> {
    if gained == Percent::ZERO {
        return None;
    }
    let format = member.number_format;
    let sum = u64::from(before.basis_points()) + u64::from(gained.basis_points());
    Some(format!(
        "{name} gets its {}% of income and has {}% then.",
        format.percent(gained),
        format.basis_points(sum)
    ))
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

impl Refusal {
    /// The status and the sentence of it, for a step about the thing called `name`.
    fn told(self, name: &str) -> Result<(StatusCode, String), Error> {
        match self {
            Self::Invalid(errors) => Ok((StatusCode::UNPROCESSABLE_ENTITY, first_of(&errors))),
            Self::Stale => Ok((
                StatusCode::CONFLICT,
                format!(
                    "Somebody else changed {name} in the meantime. Nothing was done: look again, then confirm."
                ),
            )),
            Self::Blocked(sentence) => Ok((StatusCode::CONFLICT, sentence)),
            Self::Failed(error) => Err(error),
        }
    }
}

fn first_of(errors: &FieldErrors) -> String {
    errors
        .iter()
        .next()
        .map_or_else(String::new, |error| error.message.clone())
}

/// Refuses what was decided upon another state of the thing.
///
/// # Errors
/// [`Refusal::Stale`]; [`LedgerError::NotFound`] when it is gone.
pub(super) fn check_version<N: Noun>(book: &Book, id: N::Id, fields: &Fields) -> Result<(), Refusal> {
    let stored = find::<N>(book, id)?.version;
    match given(fields, "version") {
        Some(version) if version.parse() != Ok(stored) => Err(Refusal::Stale),
        _ => Ok(()),
    }
}
