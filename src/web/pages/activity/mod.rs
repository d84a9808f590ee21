//! Activity: who changed what and when, with a button that takes it back.
//!
//! [`fields`] tell things apart, [`words`] make sentences of it, a [`Line`] is one change on a page. The page of an entry has the lines of
//! its own history ([`History`]).

mod fields;
mod history;
mod line;
mod words;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use url::form_urlencoded::Serializer;

pub(in crate::web::pages) use history::History;
pub(in crate::web::pages) use line::{Line, Scope};

use super::frame::Frame;
use super::shell::{Section, Shell};
use crate::db::Connection;
use crate::households::Member;
use crate::ids::ChangeId;
use crate::ledger::Book;
use crate::ledger::activity::{self, Change, Filter, Names, Next, Subject};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::htmx::{self, Wants};

/// Where the list is.
pub(in crate::web::pages) const PATH: &str = "/activity";
/// Changes on a page.
const CHANGES_MAX: i32 = 30;
/// How far the page looks back before it is asked for more.
const DAYS_MAX: i64 = 30;

#[derive(Template)]
#[template(path = "activity/index.html")]
struct Index {
    shell: Shell,
    log: Log,
}

#[derive(Template)]
#[template(path = "activity/_log.html")]
struct Fragment {
    log: Log,
    csrf: String,
}

/// A page of changes; everything is text already.
struct Log {
    /// Its own address.
    href: String,
    persons: Vec<Choice>,
    subjects: Vec<Choice>,
    is_all: bool,
    days: Vec<Day>,
    empty: Option<&'static str>,
    newest: Option<String>,
    older: Option<(String, &'static str)>,
}

/// One option of a filter.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// The changes of a day.
struct Day {
    label: String,
    lines: Vec<Line>,
}

/// What an address asks for.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    filter: Filter,
    /// The first change of the page.
    from: Option<ChangeId>,
    /// Whether changes of any age are shown.
    all: bool,
}

impl Asked {
    /// What cannot be read is as good as not said.
    fn read(fields: &Fields) -> Self {
        Self {
            filter: Filter {
                person: fields.text("person").parse().ok(),
                subject: fields.text("about").parse().ok(),
            },
            from: fields.text("from").parse().ok(),
            all: fields.ticked("all"),
        }
    }

    fn href(self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(person) = self.filter.person {
            query.append_pair("person", &person.to_string());
        }
        if let Some(subject) = self.filter.subject {
            query.append_pair("about", subject.as_str());
        }
        if self.all {
            query.append_pair("all", "1");
        }
        if let Some(from) = self.from {
            query.append_pair("from", &from.to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            PATH.to_owned()
        } else {
            format!("{PATH}?{query}")
        }
    }
}

/// `GET /activity`: the page, or for htmx the list.
///
/// # Errors
/// When the database fails.
pub async fn index(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    let asked = Asked::read(&Fields::parse(request.query_string().as_bytes()));
    let now = state.clock.now();
    let (shell, log, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            let log = Log::load(conn, member, asked, now)?;
            Ok::<_, Error>((frame.shell(member, Section::Activity), log, frame))
        })
        .await?;
    match wants {
        Wants::Page => frame.finish(&state, htmx::html(Index { shell, log }.render()?)),
        Wants::Fragment => {
            let csrf = frame.csrf();
            Ok(htmx::html(Fragment { log, csrf }.render()?))
        }
    }
}

impl Log {
    fn load(conn: &mut Connection, member: &Member, asked: Asked, now: DateTime<Utc>) -> Result<Self, Error> {
        let since = now - TimeDelta::days(DAYS_MAX);
        let bound = (!asked.all).then_some(since);
        let (changes, next) = activity::page(
            conn,
            member.household,
            asked.filter,
            asked.from,
            bound,
            CHANGES_MAX,
        )?;
        let book = Book::load(conn, member.household)?;
        let names = Names::load(conn, member, book, &changes)?;
        let today = line::local(member, now).date_naive();
        Ok(Self {
            href: asked.href(),
            persons: persons(&names, asked.filter),
            subjects: subjects(asked.filter),
            is_all: asked.all,
            empty: changes.is_empty().then(|| empty(asked)),
            newest: asked.from.is_some().then(|| {
                Asked {
                    from: None,
                    all: false,
                    ..asked
                }
                .href()
            }),
            older: next.map(|next| older(asked, next, since)),
            days: by_day(member, &names, today, &changes),
        })
    }
}

fn by_day(member: &Member, names: &Names, today: NaiveDate, changes: &[Change]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for change in changes {
        let label = member
            .dates(today)
            .weekday(line::local(member, change.at).date_naive());
        let line = Line::of(member, names, today, change, Scope::Household);
        match days.last_mut() {
            Some(day) if day.label == label => day.lines.push(line),
            _ => days.push(Day {
                label,
                lines: vec![line],
            }),
        }
    }
    days
}

fn empty(asked: Asked) -> &'static str {
    match (asked.all, asked.filter == Filter::default()) {
        (false, true) => "No changes in 30 days",
        (false, false) => "No such changes in 30 days",
        (true, true) => "No changes here",
        (true, false) => "No such changes here",
    }
}

/// The address of the next page, and what it is called.
fn older(asked: Asked, next: Next, since: DateTime<Utc>) -> (String, &'static str) {
    let beyond = next.at < since;
    let page = Asked {
        from: Some(next.id),
        all: asked.all || beyond,
        ..asked
    };
    let label = if beyond && !asked.all {
        "Older than 30 days"
    } else {
        "Older"
    };
    (page.href(), label)
}

fn persons(names: &Names, filter: Filter) -> Vec<Choice> {
    let people = names.people().into_iter().map(|(id, name)| Choice {
        value: id.to_string(),
        label: name.to_owned(),
        is_chosen: filter.person == Some(id),
    });
    people.collect()
}

fn subjects(filter: Filter) -> Vec<Choice> {
    let label = |subject: Subject| match subject {
        Subject::Entries => "Entries",
        Subject::Imports => "Imports",
        Subject::Locations => "Locations",
        Subject::Buckets => "Buckets",
        Subject::Categories => "Categories",
    };
    let choice = |subject: &Subject| Choice {
        value: subject.as_str().to_owned(),
        label: label(*subject).to_owned(),
        is_chosen: filter.subject == Some(*subject),
    };
    Subject::ALL.iter().map(choice).collect()
}
