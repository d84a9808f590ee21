//! A [`Line`]: one change as pages tell it. The list of changes and the history of one entry share it, with its template.

use chrono::{DateTime, NaiveDate, Utc};

use super::fields::{Difference, Say};
use crate::households::Member;
use crate::ids::{TransactionId, UserId};
use crate::ledger::activity::{Change, Item, Names, What};
use crate::period::say_time;
use crate::web::pages::frame::new_key;

/// Where a change is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web::pages) enum Scope {
    /// Among all changes of the household.
    Household,
    /// On the page of one entry.
    Entry,
}

/// One change; everything is text already.
#[derive(Debug)]
pub(in crate::web::pages) struct Line {
    pub(in crate::web::pages) id: String,
    pub(in crate::web::pages) what: String,
    pub(in crate::web::pages) who: String,
    pub(in crate::web::pages) when: String,
    /// The entry that it is about, when that is there.
    pub(in crate::web::pages) entry: Option<String>,
    /// What it was and what it became, thing by thing.
    pub(in crate::web::pages) things: Vec<Thing>,
    /// What is not told of it.
    pub(in crate::web::pages) more: Option<String>,
    /// Who took it back, and when.
    pub(in crate::web::pages) undone: Option<String>,
    /// For the button that takes it back.
    pub(in crate::web::pages) undo_key: Option<String>,
    /// The same change among all, where it touched more than what this page is about.
    pub(in crate::web::pages) whole: Option<String>,
}

/// One thing that a change touched.
#[derive(Debug)]
pub(in crate::web::pages) struct Thing {
    /// Nothing where the sentence above says it.
    pub(in crate::web::pages) title: Option<String>,
    pub(in crate::web::pages) has_before: bool,
    pub(in crate::web::pages) has_after: bool,
    pub(in crate::web::pages) differences: Vec<Difference>,
}

impl Line {
    pub(in crate::web::pages) fn of(
        member: &Member,
        names: &Names,
        today: NaiveDate,
        change: &Change,
        scope: Scope,
    ) -> Self {
        let say = Say { member, names, today };
        let things = say.things(change);
        let rest = change.counts.all() - i64::try_from(things.len()).unwrap_or_default();
        let stays_here = scope == Scope::Household || !change.touches_others;
        Self {
            id: change.id.to_string(),
            what: say.sentence(change, scope),
            who: say.who(change.by),
            when: say.when(change.at, scope),
            entry: entry(change).filter(|_| scope == Scope::Household),
            more: (rest > 0 && !things.is_empty())
                .then(|| format!("and {} more", member.number_format.count(rest))),
            things,
            undone: change.undone.map(|undone| {
                let day = local(member, undone.at).date_naive();
                format!(
                    "Undone by {}, {}",
                    say.who(undone.by),
                    member.dates(today).day(day)
                )
            }),
            undo_key: (member.role.may_write() && change.undone.is_none() && stays_here).then(new_key),
            whole: (!stays_here).then(|| format!("/activity?all=1&from={}", change.id)),
        }
    }
}

impl Line {
    /// Whether anything was there before as well as after.
    pub(in crate::web::pages) fn has_both(&self) -> bool {
        self.things
            .iter()
            .any(|thing| thing.has_before && thing.has_after)
    }
}

impl Say<'_> {
    fn who(&self, person: Option<UserId>) -> String {
        self.names
            .person(person)
            .unwrap_or("somebody who left")
            .to_owned()
    }

    fn when(&self, at: DateTime<Utc>, scope: Scope) -> String {
        let at = local(self.member, at);
        let time = say_time(at.time());
        match scope {
            Scope::Household => time, // under its day
            Scope::Entry => format!(
                "{}, {time}",
                self.member.dates(self.today).weekday(at.date_naive())
            ),
        }
    }

    /// What is known of the things that were touched. Of what came with an import, only that it came.
    fn things(&self, change: &Change) -> Vec<Thing> {
        // The undo of a change tells its own before and after, not those of the change.
        let things = change.items.iter().map(|item| {
            let differences = self.differences(&item.what, false);
            Thing {
                title: self.thing_title(item).filter(|_| change.counts.all() > 1),
                has_before: differences.iter().any(|one| one.before.is_some()),
                has_after: differences.iter().any(|one| one.after.is_some()),
                differences,
            }
        });
        things.filter(|thing| !thing.differences.is_empty()).collect()
    }

    fn thing_title(&self, item: &Item) -> Option<String> {
        Some(match &item.what {
            What::Transaction(sides) => {
                let one = sides.after.as_ref().or(sides.before.as_ref())?;
                self.title(one).to_owned()
            }
            What::Moved(_) => "An entry".to_owned(),
            What::Location(sides) => {
                format!(
                    "Location {}",
                    sides.after.as_ref().or(sides.before.as_ref())?.name
                )
            }
            What::Bucket(sides) => {
                format!("Bucket {}", sides.after.as_ref().or(sides.before.as_ref())?.name)
            }
            What::Category(sides) => {
                format!(
                    "Category {}",
                    sides.after.as_ref().or(sides.before.as_ref())?.name
                )
            }
        })
    }
}

/// The address of the only entry that a change is about, if that entry is there.
fn entry(change: &Change) -> Option<String> {
    let counts = change.counts;
    if counts.transactions + counts.moved != 1 {
        return None;
    }
    let item = change.items.iter().find(|item| item.is_there)?;
    Some(format!("/transactions/{}", TransactionId::from(item.object)))
}

/// An instant in the household's time zone.
pub(super) fn local(member: &Member, at: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
    at.with_timezone(&member.time_zone)
}
