//! The parts that the three pages of Set-up are put together from, as `templates/setup/_parts.html` shows them.

use chrono::{DateTime, NaiveDate, Utc};

use super::list::{Asked, Sent};
use super::steps::{self, Step};
use super::{buckets, categories, locations};
use crate::households::Member;
use crate::ledger::Book;
use crate::money::NumberFormat;
use crate::web::pages::frame::new_key;

/// What to tell first on a page whose form came back: a sentence, and a link to each field it is about.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) title: String,
    /// Ids of fields, each with what is wrong there.
    pub(super) points: Vec<(String, String)>,
}

impl Summary {
    /// What is told above the list itself. `differences` are what stale fields hold now and what was typed; nothing when the thing has left the
    /// list. The forms that add tell their own troubles.
    pub(super) fn of(asked: &Asked, differences: Option<Vec<(String, String)>>) -> Option<Self> {
        let sent = asked.sent.as_ref()?;
        if asked.stale {
            let title = match &differences {
                None => "This was archived in the meantime. Nothing was saved.",
                Some(same) if same.is_empty() => "Somebody else saved the same in the meantime.",
                Some(_) => {
                    "Somebody else changed this in the meantime. Nothing was saved yet: save again to have yours."
                }
            };
            return Some(Self {
                title: title.to_owned(),
                points: differences.unwrap_or_default(),
            });
        }
        if let Some(sentence) = &asked.blocked {
            return Some(Self {
                title: sentence.clone(),
                points: Vec::new(),
            });
        }
        match sent {
            Sent::Add | Sent::Suggested => None,
            Sent::Restore(_) | Sent::Archive(_) | Sent::Order(_) => {
                asked.errors.iter().next().map(|error| Self {
                    title: error.message.clone(),
                    points: Vec::new(),
                })
            }
            Sent::Edit(_) | Sent::Percentages => Some(Self {
                title: "That did not work".to_owned(),
                points: asked
                    .errors
                    .iter()
                    .map(|error| (field_id(&error.field), error.message.clone()))
                    .collect(),
            }),
        }
    }
}

/// The id of a field of the open row: the form that adds has fields of the same names. Percentages have the bucket's id in theirs.
pub(super) fn field_id(field: &str) -> String {
    if field.starts_with("allocation_percentage_") {
        field.to_owned()
    } else if field == "allocation_percentage" {
        "sum".to_owned() // about all of them together
    } else {
        format!("edit_{field}")
    }
}

/// The tabs of Set-up.
#[derive(Debug)]
pub(super) struct Tabs {
    /// Each with its address, its name, how many are in use, and whether it is this page.
    pub(super) tabs: [(&'static str, &'static str, String, bool); 3],
    /// What a new household does next.
    pub(super) next: Option<Step>,
}

impl Tabs {
    /// The tabs above the page at `path`.
    pub(super) fn new(book: &Book, member: &Member, path: &'static str) -> Self {
        let active_categories = book.categories.iter().filter(|one| one.archived_at.is_none());
        let tab = |href: &'static str, name, number: usize| {
            let count = i64::try_from(number).unwrap_or(i64::MAX);
            (href, name, member.number_format.count(count), href == path)
        };
        Self {
            tabs: [
                tab(locations::PATH, "Locations", book.active_locations().count()),
                tab(buckets::PATH, "Buckets", book.active_buckets().count()),
                tab(categories::PATH, "Categories", active_categories.count()),
            ],
            next: steps::next_step(book, path).filter(|_| member.role.may_write()),
        }
    }
}

/// One that is archived.
#[derive(Debug)]
pub(super) struct Archived {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) since: String,
    pub(super) key: String,
}

impl Archived {
    /// Nothing for one that is in use.
    pub(super) fn new(
        id: &impl ToString,
        name: &str,
        archived_at: Option<DateTime<Utc>>,
        member: &Member,
        today: NaiveDate,
    ) -> Option<Self> {
        let day = archived_at?.with_timezone(&member.time_zone).date_naive();
        Some(Self {
            id: id.to_string(),
            name: name.to_owned(),
            since: member.dates(today).day(day),
            key: new_key(),
        })
    }
}

/// Whether something is in use, as a property of it.
pub(super) fn in_use(archived_at: Option<DateTime<Utc>>) -> String {
    if archived_at.is_some() {
        "archived"
    } else {
        "in use"
    }
    .to_owned()
}

/// An amount in a cell.
#[derive(Debug)]
pub(super) struct Money {
    pub(super) text: String,
    pub(super) is_zero: bool,
    pub(super) is_short: bool,
}

impl Money {
    pub(super) fn new(minor: i64, member: &Member) -> Self {
        Self {
            text: member.number_format.amount(minor, member.currency),
            is_zero: minor == 0,
            is_short: minor < 0,
        }
    }
}

/// The place of a row in an order, with the keys of its two buttons.
#[derive(Debug)]
pub(super) struct Place {
    /// Counted from 0.
    pub(super) number: usize,
    pub(super) is_last: bool,
    pub(super) up_key: String,
    pub(super) down_key: String,
}

impl Place {
    /// The places of so many rows.
    pub(super) fn all(rows: usize) -> impl Iterator<Item = Self> {
        (0..rows).map(move |number| Self {
            number,
            is_last: number + 1 == rows,
            up_key: new_key(),
            down_key: new_key(),
        })
    }
}

/// One option of a choice.
#[derive(Debug)]
pub(in crate::web) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) selected: bool,
}

/// Options of which the one with the value `chosen` is selected.
pub(super) fn choices(
    options: impl Iterator<Item = (&'static str, &'static str)>,
    chosen: &str,
) -> Vec<Choice> {
    options
        .map(|(value, label)| Choice {
            value,
            label,
            selected: value == chosen,
        })
        .collect()
}

/// `1 archived bucket`, `12 archived buckets`.
pub(super) fn count_of(number: usize, one: &str, several: &str, format: NumberFormat) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        let count = format.count(i64::try_from(number).unwrap_or(i64::MAX));
        format!("{count} {several}")
    }
}
