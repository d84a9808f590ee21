//! The page of one location, bucket or category: what it is, what it holds, what was recorded there last, and what became of it.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::leave::Leave;
use super::list::{Asked, Sent};
use super::noun::{Noun, find};
use super::parts::{Choice, Money, Summary};
use super::past::{self, Line, MOMENTS_MAX};
use super::trend::MoneyTrend;
use crate::households::Member;
use crate::ledger::activity::Names;
use crate::ledger::transaction::queries::Filter;
use crate::ledger::{Book, LedgerError, history};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::Shell;
use crate::web::pages::transactions::{Figure, Latest};
use crate::web::{State, htmx};

/// What the page of one thing knows beside what all three nouns have.
#[derive(Debug)]
pub(in crate::web) struct Facts {
    /// What it is, in a few words.
    pub(super) about: String,
    /// Its entries: as a filter, and as the query of their list.
    pub(super) filter: Filter,
    pub(super) query: String,
    pub(super) money: Option<MoneyTable>,
    pub(super) trend: Option<MoneyTrend>,
    pub(super) months: Option<Months>,
}

/// What a location holds by bucket, or a bucket by location.
#[derive(Debug)]
pub(super) struct MoneyTable {
    title: &'static str,
    /// What the rows are.
    head: &'static str,
    /// Name, entries' address, and amount of each that is not zero.
    rows: Vec<(String, String, Money)>,
    total: Money,
    /// The amounts of the rows, in minor units.
    cells: Vec<i64>,
}

impl MoneyTable {
    /// The rows with their names, their entries' addresses and their minor units; empty ones are left out.
    pub(super) fn new(
        (title, head): (&'static str, &'static str),
        rows: impl Iterator<Item = (String, String, i64)>,
        member: &Member,
    ) -> Self {
        let rows: Vec<_> = rows.filter(|(.., minor)| *minor != 0).collect();
        let cells: Vec<i64> = rows.iter().map(|(.., minor)| *minor).collect();
        let total = cells.iter().fold(0, |sum: i64, minor| sum.saturating_add(*minor));
        Self {
            title,
            head,
            rows: rows
                .into_iter()
                .map(|(name, href, minor)| (name, href, Money::new(minor, member)))
                .collect(),
            total: Money::new(total, member),
            cells,
        }
    }
}

/// The last months of a category.
#[derive(Debug)]
pub(super) struct Months {
    pub(super) rows: Vec<MonthRow>,
    pub(super) entries: String,
    pub(super) sum: Figure,
}

/// One month of a category; nothing where it has no entries.
#[derive(Debug)]
pub(super) struct MonthRow {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) found: Option<(String, Figure)>,
}

/// The field beside the name.
#[derive(Debug)]
pub(in crate::web) enum Beside {
    /// A choice, by the field's name and its label.
    Choice(&'static str, &'static str, Vec<Choice>),
    /// What it is for good.
    Fixed(&'static str, String),
    /// A bucket's share, with the version at which it was read.
    Share {
        field: String,
        percent: String,
        version_field: String,
        version: i32,
    },
}

#[derive(Template)]
#[template(path = "setup/thing.html")]
struct Page {
    shell: Shell,
    failed: bool,
    one: &'static str,
    all: &'static str,
    list_path: &'static str,
    path: String,
    name: String,
    archived_since: Option<String>,
    about: String,
    may_write: bool,
    summary: Option<Summary>,
    edit: Option<Edit>,
    leave: Option<Leave>,
    restore_key: String,
    /// Not `money`: that is a name of the shell's.
    held: Option<MoneyTable>,
    trend: Option<MoneyTrend>,
    months: Option<Months>,
    list: Latest,
    query: String,
    past: Vec<Line>,
    past_is_cut: bool,
}

/// The form that changes it; archived things have none.
struct Edit {
    name: String,
    version: i32,
    key: String,
    errors: FieldErrors,
    beside: Option<Beside>,
}

/// What the database knows about it.
struct Found<N: Noun> {
    member: Member,
    today: NaiveDate,
    names: Names,
    facts: Facts,
    list: Latest,
    moments: Vec<history::Moment<N::Stored>>,
    moments_are_cut: bool,
}

/// The page, perhaps with a form that comes back.
///
/// # Errors
/// When there is no such thing, or the database fails.
pub(super) async fn show<N: Noun>(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    id: N::Id,
    asked: Asked,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let found = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let book = Book::load(conn, member.household)?;
            if N::find(&book, id).is_none() {
                return Err(LedgerError::NotFound(N::ONE).into());
            }
            let facts = N::facts(conn, member, today, &book, id)?;
            let list = Latest::of(conn, member, today, &book, &facts.filter)?;
            let (moments, moments_are_cut) =
                history::of_one(conn, member.household, N::NOUN, id.into(), MOMENTS_MAX)?;
            Ok::<_, Error>(Found::<N> {
                member: member.clone(),
                today,
                names: Names::load(conn, member, book, &[])?,
                facts,
                list,
                moments,
                moments_are_cut,
            })
        })
        .await?;
    let status = asked.status();
    let page = page(found, &frame, id, &asked)?;
    frame.finish(state, htmx::html_with(status, page.render()?))
}

fn page<N: Noun>(found: Found<N>, frame: &Frame, id: N::Id, asked: &Asked) -> Result<Page, Error> {
    let Found {
        member,
        today,
        names,
        facts,
        list,
        moments,
        moments_are_cut,
    } = found;
    let book = &names.book;
    let named = find::<N>(book, id)?;
    let may_write = member.role.may_write();
    let edit = (may_write && named.archived_at.is_none()).then(|| {
        let sent = Sent::Edit(id.to_string());
        Edit {
            name: asked.text(&sent, "name", named.name),
            version: named.version,
            key: new_key(),
            errors: asked.errors_of(&sent),
            beside: N::beside(book, id, &member, asked, !list.rows.is_empty()),
        }
    });
    let cells = facts.money.as_ref().map_or(&[][..], |money| &money.cells);
    let leave = may_write
        .then(|| Leave::new::<N>(book, id, &member, cells, Some(!list.rows.is_empty())))
        .transpose()?;
    let differences = edit
        .is_some()
        .then(|| N::differences(book, id, &asked.typed, &member));
    Ok(Page {
        shell: frame.shell(&member, N::SECTION),
        failed: asked.failed(),
        one: N::ONE,
        all: N::ALL,
        list_path: N::PATH,
        path: format!("{}/{id}", N::PATH),
        name: named.name.to_owned(),
        archived_since: named.archived_at.map(|at| {
            member
                .dates(today)
                .day(at.with_timezone(&member.time_zone).date_naive())
        }),
        about: facts.about,
        may_write,
        summary: Summary::of(asked, differences),
        edit,
        leave,
        restore_key: new_key(),
        held: facts.money,
        trend: facts.trend,
        months: facts.months,
        list,
        query: facts.query,
        past: past::lines::<N>(&moments, &names, &member, today),
        past_is_cut: moments_are_cut,
    })
}
