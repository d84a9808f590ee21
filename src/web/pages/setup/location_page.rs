//! The page of locations.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::leave::Leave;
use super::list::{Asked, Sent};
use super::locations::Locations;
use super::opening::OpeningFields;
use super::parts::{Archived, Choice, Money, Place, Summary, Tabs, choices, count_of};
use super::{locations, suggestions};
use crate::households::Member;
use crate::ids::LocationId;
use crate::ledger::book::Location;
use crate::ledger::{Book, LocationKind, location};
use crate::reports::distribution::Distribution;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::{Section, Shell};
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "setup/locations.html")]
struct Page {
    shell: Shell,
    failed: bool,
    tabs: Tabs,
    may_write: bool,
    summary: Option<Summary>,
    rows: Vec<Row>,
    total: Money,
    edit: Option<Edit>,
    suggested: Option<Suggested>,
    adding: Add,
    archived: Vec<Archived>,
    archived_label: String,
    archived_is_open: bool,
}

/// A location in use.
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    money: Money,
    last_used: Option<String>,
    place: Place,
    is_open: bool,
}

/// The form of the open row.
struct Edit {
    id: String,
    name: String,
    kinds: Vec<Choice>,
    version: i32,
    key: String,
    errors: FieldErrors,
    leave: Leave,
}

/// The form that adds one.
struct Add {
    name: String,
    kinds: Vec<Choice>,
    opening: Option<OpeningFields>,
    key: String,
    errors: FieldErrors,
}

/// The form with suggestions.
struct Suggested {
    rows: Vec<(suggestions::Row, Vec<Choice>)>,
    key: String,
    errors: FieldErrors,
}

/// What the database knows about them.
struct Found {
    member: Member,
    today: NaiveDate,
    book: Book,
    money: Distribution,
    last_used: BTreeMap<LocationId, NaiveDate>,
}

/// The page, with a row open or a form that comes back.
///
/// # Errors
/// When there is no location with the id that is asked for, or the database fails.
pub(super) async fn show(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    asked: Asked,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let found = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            Ok::<_, Error>(Found {
                member: member.clone(),
                today,
                book: Book::load(conn, member.household)?,
                money: Distribution::now(conn, member.household)?,
                last_used: location::last_used(conn, member.household, today)?,
            })
        })
        .await?;
    let status = asked.status();
    let page = page(&found, &frame, &asked)?;
    frame.finish(state, htmx::html_with(status, page.render()?))
}

fn page(found: &Found, frame: &Frame, asked: &Asked) -> Result<Page, Error> {
    let Found {
        member,
        today,
        book,
        money,
        ..
    } = found;
    let may_write = member.role.may_write();
    let open = match &asked.open {
        Some(id) => {
            let id = id.parse().map_err(|_| Error::NotFound)?;
            Some(book.location(id).ok_or(Error::NotFound)?)
        }
        None => None,
    };
    let archived_is_open = asked.about_archived(open.is_some_and(|location| location.archived_at.is_some()));
    let open = open.filter(|location| may_write && location.archived_at.is_none());
    let archived: Vec<Archived> = book
        .locations
        .iter()
        .filter_map(|one| Archived::new(&one.id, &one.name, one.archived_at, member, *today))
        .collect();
    let is_empty = book.active_locations().next().is_none();
    let offers = may_write && (is_empty || asked.sent == Some(Sent::Suggested));
    Ok(Page {
        shell: frame.shell(member, Section::Locations),
        failed: asked.failed(),
        tabs: Tabs::new(book, member, locations::PATH),
        may_write,
        summary: Summary::of(asked, open.map(|open| differences(open, &asked.typed))),
        rows: book
            .active_locations()
            .zip(Place::all(book.active_locations().count()))
            .map(|(one, place)| row(found, one, place, open.is_some_and(|open| open.id == one.id)))
            .collect(),
        total: Money::new(money.total(), member),
        edit: open.map(|open| edit(found, open, asked)).transpose()?,
        suggested: offers.then(|| suggested(asked)),
        adding: Add {
            name: asked.text(&Sent::Add, "name", ""),
            kinds: kinds(&asked.text(&Sent::Add, "kind", LocationKind::Bank.as_str())),
            opening: OpeningFields::of(book, asked, found.today),
            key: new_key(),
            errors: asked.errors_of(&Sent::Add),
        },
        archived_label: count_of(
            archived.len(),
            "archived location",
            "archived locations",
            member.number_format,
        ),
        archived_is_open,
        archived,
    })
}

fn row(found: &Found, location: &Location, place: Place, is_open: bool) -> Row {
    Row {
        id: location.id.to_string(),
        name: location.name.clone(),
        kind: location.kind.label(),
        money: Money::new(found.money.at(location.id), &found.member),
        last_used: found
            .last_used
            .get(&location.id)
            .map(|day| found.member.dates(found.today).day(*day)),
        place,
        is_open,
    }
}

fn edit(found: &Found, location: &Location, asked: &Asked) -> Result<Edit, Error> {
    let id = location.id.to_string();
    let sent = Sent::Edit(asked.open.clone().unwrap_or_default());
    let cells = found
        .money
        .cells()
        .filter(|(cell, _)| cell.location == location.id);
    let cells: Vec<i64> = cells.map(|(_, minor)| minor).collect();
    Ok(Edit {
        id,
        name: asked.text(&sent, "name", &location.name),
        kinds: kinds(&asked.text(&sent, "kind", location.kind.as_str())),
        version: location.version,
        key: new_key(),
        errors: asked.errors_of(&sent),
        leave: Leave::new::<Locations>(&found.book, location.id, &found.member, &cells, None)?,
    })
}

/// What was typed and what it is now, where both differ.
pub(super) fn differences(location: &Location, typed: &Fields) -> Vec<(String, String)> {
    let mut points = Vec::new();
    let name = typed.text("name").trim();
    if name != location.name {
        let told = format!("The name is {} now, you typed {name}.", location.name);
        points.push(("edit_name".into(), told));
    }
    if let Ok(kind) = typed.text("kind").parse::<LocationKind>()
        && kind != location.kind
    {
        let (now, typed) = (location.kind.label(), kind.label());
        points.push((
            "edit_kind".into(),
            format!("The kind is {now} now, you chose {typed}."),
        ));
    }
    points
}

pub(super) fn kinds(chosen: &str) -> Vec<Choice> {
    choices(
        LocationKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())),
        chosen,
    )
}

fn suggested(asked: &Asked) -> Suggested {
    let rows = suggestions::rows(asked, &suggestions::LOCATIONS, "kind_", ToString::to_string);
    Suggested {
        rows: rows
            .into_iter()
            .map(|row| {
                let kinds = kinds(&row.extra);
                (row, kinds)
            })
            .collect(),
        key: new_key(),
        errors: asked.errors_of(&Sent::Suggested),
    }
}
