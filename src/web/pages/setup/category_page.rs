//! The page of categories.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::categories::Categories;
use super::leave::Leave;
use super::list::{Asked, Sent};
use super::parts::{Archived, Choice, Summary, Tabs, choices, count_of, field_id};
use super::{categories, suggestions};
use crate::households::Member;
use crate::ids::CategoryId;
use crate::ledger::book::Category;
use crate::ledger::{Book, Sign, category};
use crate::period::Year;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::{Section, Shell};
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "setup/categories.html")]
struct Page {
    shell: Shell,
    failed: bool,
    tabs: Tabs,
    may_write: bool,
    summary: Option<Summary>,
    year: i32,
    groups: Vec<Group>,
    edit: Option<Edit>,
    suggested: Option<Suggested>,
    adding: Add,
    archived: Vec<Archived>,
    archived_label: String,
    archived_is_open: bool,
}

/// Categories in use that count as the same.
struct Group {
    label: &'static str,
    remark: &'static str,
    rows: Vec<Row>,
}

/// A category in use.
struct Row {
    id: String,
    name: String,
    /// Entries of this year, if there are any.
    entries: Option<String>,
    is_open: bool,
}

/// The form of the open row.
struct Edit {
    id: String,
    name: String,
    /// Empty when it has entries: what it counts as is fixed then.
    signs: Vec<Choice>,
    version: i32,
    key: String,
    errors: FieldErrors,
    leave: Leave,
}

/// The form that adds one.
struct Add {
    name: String,
    signs: Vec<Choice>,
    key: String,
    errors: FieldErrors,
}

/// The form with suggestions.
struct Suggested {
    groups: Vec<(&'static str, Vec<suggestions::Row>)>,
    key: String,
    errors: FieldErrors,
}

/// What the database knows about them.
struct Found {
    member: Member,
    today: NaiveDate,
    year: Year,
    book: Book,
    entries: BTreeMap<CategoryId, i64>,
    /// Of the row that is to be open.
    is_used: bool,
}

/// The page, with a row open or a form that comes back.
///
/// # Errors
/// When there is no category with the id that is asked for, or the database fails.
pub(super) async fn show(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    asked: Asked,
) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let open = match &asked.open {
        Some(id) => Some(id.parse::<CategoryId>().map_err(|_| Error::NotFound)?),
        None => None,
    };
    let found = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let year = Year::of(today).map_err(Error::internal)?;
            Ok::<_, Error>(Found {
                member: member.clone(),
                today,
                year,
                book: Book::load(conn, member.household)?,
                entries: category::entries_in(conn, member.household, year.range())?,
                is_used: match open {
                    Some(id) => category::is_used(conn, member.household, id)?,
                    None => false,
                },
            })
        })
        .await?;
    let open = match open {
        Some(id) => Some(found.book.category(id).ok_or(Error::NotFound)?),
        None => None,
    };
    let status = asked.status();
    let page = page(&found, &frame, &asked, open)?;
    frame.finish(state, htmx::html_with(status, page.render()?))
}

fn page(found: &Found, frame: &Frame, asked: &Asked, open: Option<&Category>) -> Result<Page, Error> {
    let Found { member, book, .. } = found;
    let may_write = member.role.may_write();
    let archived_is_open = asked.about_archived(open.is_some_and(|category| category.archived_at.is_some()));
    let open = open.filter(|category| may_write && category.archived_at.is_none());
    let archived: Vec<Archived> = book
        .categories
        .iter()
        .filter_map(|one| Archived::new(&one.id, &one.name, one.archived_at, member, found.today))
        .collect();
    let is_empty = [Sign::Positive, Sign::Negative]
        .iter()
        .all(|sign| book.active_categories(*sign).next().is_none());
    let offers = may_write && (is_empty || asked.sent == Some(Sent::Suggested));
    Ok(Page {
        shell: frame.shell(member, Section::Categories),
        failed: asked.failed(),
        tabs: Tabs::new(book, member, categories::PATH),
        may_write,
        summary: Summary::of(asked, open.map(|open| differences(open, &asked.typed))),
        year: found.year.number(),
        groups: Sign::ALL
            .iter()
            .map(|sign| group(found, *sign, open))
            .filter(|group| !group.rows.is_empty())
            .collect(),
        edit: open.map(|open| edit(found, open, asked)).transpose()?,
        suggested: offers.then(|| suggested(asked)),
        adding: Add {
            name: asked.text(&Sent::Add, "name", ""),
            signs: signs(&asked.text(&Sent::Add, "sign", Sign::Negative.as_str())),
            key: new_key(),
            errors: asked.errors_of(&Sent::Add),
        },
        archived_label: count_of(
            archived.len(),
            "archived category",
            "archived categories",
            member.number_format,
        ),
        archived_is_open,
        archived,
    })
}

fn group(found: &Found, sign: Sign, open: Option<&Category>) -> Group {
    let row = |category: &Category| Row {
        id: category.id.to_string(),
        name: category.name.clone(),
        entries: found
            .entries
            .get(&category.id)
            .map(|count| found.member.number_format.count(*count)),
        is_open: open.is_some_and(|open| open.id == category.id),
    };
    Group {
        label: sign.label(),
        remark: match sign {
            Sign::Positive => "counts as income",
            Sign::Negative => "counts as expense",
            Sign::Neutral => "moves money, never part of the result",
        },
        rows: found.book.active_categories(sign).map(row).collect(),
    }
}

fn edit(found: &Found, category: &Category, asked: &Asked) -> Result<Edit, Error> {
    let sent = Sent::Edit(asked.open.clone().unwrap_or_default());
    Ok(Edit {
        id: category.id.to_string(),
        name: asked.text(&sent, "name", &category.name),
        signs: if found.is_used {
            Vec::new()
        } else {
            signs(&asked.text(&sent, "sign", category.sign.as_str()))
        },
        version: category.version,
        key: new_key(),
        errors: asked.errors_of(&sent),
        leave: Leave::new::<Categories>(&found.book, category.id, &found.member, &[], None)?,
    })
}

/// What was typed and what it is now, where both differ.
pub(super) fn differences(category: &Category, typed: &Fields) -> Vec<(String, String)> {
    let mut points = Vec::new();
    let name = typed.text("name").trim();
    if name != category.name {
        let told = format!("The name is {} now, you typed {name}.", category.name);
        points.push((field_id("name"), told));
    }
    if let Ok(sign) = typed.text("sign").parse::<Sign>()
        && sign != category.sign
    {
        let (now, chosen) = (category.sign.label(), sign.label());
        points.push((
            field_id("sign"),
            format!("It counts as {now} now, you chose {chosen}."),
        ));
    }
    points
}

pub(super) fn signs(chosen: &str) -> Vec<Choice> {
    choices(Sign::ALL.iter().map(|sign| (sign.as_str(), sign.label())), chosen)
}

fn suggested(asked: &Asked) -> Suggested {
    let rows = suggestions::rows(asked, &suggestions::CATEGORIES, "sign_", ToString::to_string);
    let (income, expense) = rows
        .into_iter()
        .partition(|row: &suggestions::Row| row.extra == Sign::Positive.as_str());
    Suggested {
        groups: vec![
            (Sign::Positive.label(), income),
            (Sign::Negative.label(), expense),
        ],
        key: new_key(),
        errors: asked.errors_of(&Sent::Suggested),
    }
}
