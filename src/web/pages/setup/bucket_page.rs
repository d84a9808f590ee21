//! The page of buckets.

use std::cmp::Reverse;

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::bucket_again::{differences, list_errors, list_fields, over_summary};
use super::buckets::Buckets;
use super::example::{Example, example};
use super::leave::Leave;
use super::list::{Asked, Sent, given};
use super::parts::{Archived, Money, Place, Summary, Tabs, count_of};
use super::shares;
use super::sum::{SumLine, colour_of};
use super::{buckets, suggestions};
use crate::households::Member;
use crate::ledger::book::Bucket;
use crate::ledger::{Book, bucket};
use crate::reports::distribution::Distribution;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::{Section, Shell};
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "setup/buckets.html")]
struct Page {
    shell: Shell,
    failed: bool,
    tabs: Tabs,
    may_write: bool,
    summary: Option<Summary>,
    rows: Vec<Row>,
    key: String,
    /// About the percentages, and the name in the open row.
    errors: FieldErrors,
    edit: Option<Edit>,
    sum: SumLine,
    /// Who could get what is missing to 100 %: id and name.
    give: Option<(String, String)>,
    suggested: Option<Suggested>,
    adding: Add,
    example: Option<Example>,
    archived: Vec<Archived>,
    archived_label: String,
    archived_is_open: bool,
}

/// A bucket in use.
struct Row {
    id: String,
    name: String,
    colour: usize,
    place: Place,
    /// What stands in the field of its percentage.
    percent: String,
    version: i32,
    money: Money,
    is_open: bool,
}

/// The open row, beside its percentage.
struct Edit {
    id: String,
    name: String,
    version: i32,
    leave: Leave,
}

/// The form that adds one.
struct Add {
    name: String,
    percent: String,
    hint: String,
    key: String,
    errors: FieldErrors,
}

/// The form with suggestions.
struct Suggested {
    rows: Vec<suggestions::Row>,
    sum: SumLine,
    key: String,
    errors: FieldErrors,
}

/// What the database knows about them.
struct Found {
    member: Member,
    today: NaiveDate,
    book: Book,
    money: Distribution,
    latest_income: Option<(NaiveDate, i64)>,
}

/// The page, with a row open or a form that comes back.
///
/// # Errors
/// When there is no bucket with the id that is asked for, or the database fails.
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
                latest_income: bucket::latest_income(conn, member.household, today)?,
            })
        })
        .await?;
    let status = asked.status();
    let page = page(&found, &frame, &asked)?;
    frame.finish(state, htmx::html_with(status, page.render()?))
}

fn page(found: &Found, frame: &Frame, asked: &Asked) -> Result<Page, Error> {
    let Found { member, book, .. } = found;
    let format = member.number_format;
    let may_write = member.role.may_write();
    let open = match &asked.open {
        Some(id) => {
            let id = id.parse().map_err(|_| Error::NotFound)?;
            Some(book.bucket(id).ok_or(Error::NotFound)?)
        }
        None => None,
    };
    let archived_is_open = asked.about_archived(open.is_some_and(|bucket| bucket.archived_at.is_some()));
    let open = open.filter(|bucket| may_write && bucket.archived_at.is_none());
    let fields = list_fields(asked);
    let typed = shares::typed(&fields, book, format);
    let over = shares::over(&typed, format).filter(|_| asked.errors.any());
    let archived: Vec<Archived> = book
        .buckets
        .iter()
        .filter_map(|one| Archived::new(&one.id, &one.name, one.archived_at, member, found.today))
        .collect();
    let is_empty = book.active_buckets().next().is_none();
    let offers = may_write && (is_empty || asked.sent == Some(Sent::Suggested));
    Ok(Page {
        shell: frame.shell(member, Section::Buckets),
        failed: asked.failed(),
        tabs: Tabs::new(book, member, buckets::PATH),
        may_write,
        summary: over.as_ref().map(over_summary).or_else(|| {
            let gone = matches!(asked.sent, Some(Sent::Edit(_))) && open.is_none();
            Summary::of(asked, (!gone).then(|| differences(book, open, &fields, member)))
        }),
        rows: Place::all(book.active_buckets().count())
            .zip(book.active_buckets())
            .map(|(place, one)| row(found, &fields, place, one, open))
            .collect(),
        key: new_key(),
        errors: list_errors(asked, over),
        edit: open.map(|open| edit(found, open, asked)).transpose()?,
        sum: SumLine::new(&typed, format),
        give: receiver(book),
        suggested: offers.then(|| suggested(asked, member)),
        adding: adding(asked, book, member),
        example: example(member, book, found.latest_income, found.today),
        archived_label: count_of(archived.len(), "archived bucket", "archived buckets", format),
        archived_is_open,
        archived,
    })
}

fn row(found: &Found, fields: &Fields, place: Place, bucket: &Bucket, open: Option<&Bucket>) -> Row {
    let stored = found.member.number_format.percent(bucket.percent);
    let typed = given(fields, &format!("{}{}", shares::FIELD, bucket.id));
    Row {
        id: bucket.id.to_string(),
        name: bucket.name.clone(),
        colour: colour_of(place.number),
        place,
        percent: typed.map_or(stored, str::to_owned),
        version: bucket.version,
        money: Money::new(found.money.of(bucket.id), &found.member),
        is_open: open.is_some_and(|open| open.id == bucket.id),
    }
}

fn edit(found: &Found, bucket: &Bucket, asked: &Asked) -> Result<Edit, Error> {
    let sent = Sent::Edit(asked.open.clone().unwrap_or_default());
    let cells = found.money.cells().filter(|(cell, _)| cell.bucket == bucket.id);
    let cells: Vec<i64> = cells.map(|(_, minor)| minor).collect();
    Ok(Edit {
        id: bucket.id.to_string(),
        name: asked.text(&sent, "name", &bucket.name),
        version: bucket.version,
        leave: Leave::new::<Buckets>(&found.book, bucket.id, &found.member, &cells, None)?,
    })
}

/// Who could get what is missing to 100 %: the largest, ties to the earlier.
fn receiver(book: &Book) -> Option<(String, String)> {
    if u64::from(book.percent_sum_bp()) >= shares::FULL {
        return None;
    }
    let largest = book
        .active_buckets()
        .min_by_key(|bucket| Reverse(bucket.percent))?;
    Some((largest.id.to_string(), largest.name.clone()))
}

fn adding(asked: &Asked, book: &Book, member: &Member) -> Add {
    let hint = match shares::FULL.checked_sub(book.percent_sum_bp().into()) {
        None | Some(0) => {
            "All 100% are given away. Start at 0 and fill it with a transfer, or lower another share first."
                .to_owned()
        }
        Some(free) => format!("{}% are free.", member.number_format.basis_points(free)),
    };
    Add {
        name: asked.text(&Sent::Add, "name", ""),
        percent: asked.text(&Sent::Add, "allocation_percentage", "0"),
        hint,
        key: new_key(),
        errors: asked.errors_of(&Sent::Add),
    }
}

fn suggested(asked: &Asked, member: &Member) -> Suggested {
    let format = member.number_format;
    let typed = if asked.sent == Some(Sent::Suggested) {
        shares::typed_suggestions(&asked.typed, format)
    } else {
        shares::suggested()
    };
    Suggested {
        rows: suggestions::rows(asked, &suggestions::BUCKETS, shares::SUGGESTED_FIELD, |share| {
            format.percent(share.percent())
        }),
        sum: SumLine::new(&typed, format),
        key: new_key(),
        errors: asked.errors_of(&Sent::Suggested),
    }
}
