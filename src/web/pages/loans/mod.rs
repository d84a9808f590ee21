//! Loans: who owes whom, with the way to record a repayment.

mod words;

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use chrono::NaiveDate;
use url::form_urlencoded::Serializer;

use super::frame::Frame;
use super::shell::{Section, Shell};
use crate::db::Connection;
use crate::households::Member;
use crate::ids::TransactionId;
use crate::ledger::loan::{self, Movement, Standing};
use crate::ledger::{Book, Kind};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::{State, htmx};

pub(super) use words::{foreseen, told};

/// Entries shown with each counterparty.
const ENTRIES_MAX: i32 = 5;

/// Settled counterparties shown.
const SETTLED_MAX: usize = 100;

#[derive(Template)]
#[template(path = "loans/index.html")]
struct Index {
    shell: Shell,
    may_write: bool,
    owed_to_us: String,
    owed_by_us: String,
    open: Vec<Account>,
    settled: Vec<Account>,
    /// How many more settled ones there are.
    settled_more: usize,
}

/// One counterparty.
struct Account {
    name: String,
    /// `Ann owes you 120.00`.
    sentence: String,
    since: String,
    latest: String,
    /// `3 entries`.
    entries: String,
    rows: Vec<Row>,
    /// How many entries are not among the rows.
    more: i64,
    repay_href: String,
}

/// One entry with a counterparty.
struct Row {
    id: TransactionId,
    when: String,
    title: String,
    amount: String,
}

/// `GET /loans`
///
/// # Errors
/// When the database fails.
pub async fn index(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let (page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            Index::load(conn, member, &frame, today).map(|page| (page, frame))
        })
        .await?;
    frame.finish(&state, htmx::html(page.render()?))
}

impl Index {
    fn load(conn: &mut Connection, member: &Member, frame: &Frame, today: NaiveDate) -> Result<Self, Error> {
        let book = Book::load(conn, member.household)?;
        let standings = loan::standings(conn, member.household)?;
        let (open, settled): (Vec<_>, Vec<_>) = standings
            .into_iter()
            .partition(|standing| standing.open_minor != 0);
        let keys: Vec<&str> = open.iter().map(|standing| standing.key.as_str()).collect();
        let mut movements: HashMap<String, Vec<Movement>> = HashMap::new();
        for (key, movement) in loan::latest(conn, member.household, &keys, ENTRIES_MAX)? {
            movements.entry(key).or_default().push(movement);
        }
        let sum = |wanted: fn(&i64) -> bool| {
            let open = open.iter().map(|standing| standing.open_minor);
            let sum = open.filter(wanted).fold(0_i64, i64::saturating_add);
            member.number_format.amount(sum.saturating_abs(), member.currency)
        };
        let account = |standing: &Standing, movements: &[Movement]| {
            Account::of(member, today, &book, standing, movements)
        };
        Ok(Self {
            shell: frame.shell(member, Section::Loans),
            may_write: member.role.may_write(),
            owed_to_us: sum(|minor| *minor > 0),
            owed_by_us: sum(|minor| *minor < 0),
            open: open
                .iter()
                .map(|one| account(one, movements.get(&one.key).map_or(&[], Vec::as_slice)))
                .collect(),
            settled_more: settled.len().saturating_sub(SETTLED_MAX),
            settled: settled
                .iter()
                .take(SETTLED_MAX)
                .map(|one| account(one, &[]))
                .collect(),
        })
    }

    fn is_empty(&self) -> bool {
        self.open.is_empty() && self.settled.is_empty()
    }
}

impl Account {
    fn of(
        member: &Member,
        today: NaiveDate,
        book: &Book,
        standing: &Standing,
        movements: &[Movement],
    ) -> Self {
        let rows: Vec<Row> = movements
            .iter()
            .map(|movement| Row::of(member, today, book, movement))
            .collect();
        Self {
            name: standing.name.clone(),
            sentence: words::standing(member, &standing.name, standing.open_minor),
            since: member.dates(today).day(standing.since),
            latest: member.dates(today).day(standing.latest),
            entries: match standing.entries {
                1 => "1 entry".to_owned(),
                many => format!("{} entries", member.number_format.count(many)),
            },
            more: standing
                .entries
                .saturating_sub(i64::try_from(rows.len()).unwrap_or(i64::MAX)),
            rows,
            repay_href: repay_href(member, book, standing),
        }
    }
}

impl Row {
    fn of(member: &Member, today: NaiveDate, book: &Book, movement: &Movement) -> Self {
        let title = if movement.description.is_empty() {
            book.category(movement.category)
                .map_or(Kind::Loan.label(), |category| category.name.as_str())
        } else {
            &movement.description
        };
        Self {
            id: movement.id,
            when: member.dates(today).day(movement.date),
            title: title.to_owned(),
            amount: member
                .number_format
                .signed(movement.amount_minor, member.currency),
        }
    }
}

/// The form of a repayment of all that is open, by the way that the latest money went; what is archived since is left to be chosen.
fn repay_href(member: &Member, book: &Book, standing: &Standing) -> String {
    let amount = member
        .number_format
        .amount(standing.open_minor.saturating_abs(), member.currency);
    let mut query = Serializer::new(String::new());
    query
        .append_pair("kind", Kind::Loan.as_str())
        .append_pair("direction", loan::repayment(standing.open_minor).as_str())
        .append_pair("counterparty", &standing.name)
        .append_pair("amount", &amount);
    let (location, bucket) = (standing.cell.location, standing.cell.bucket);
    if book.active_locations().any(|one| one.id == location) {
        query.append_pair("location", &location.to_string());
    }
    if book.active_buckets().any(|one| one.id == bucket) {
        query.append_pair("bucket", &bucket.to_string());
    }
    format!("/transactions/new?{}", query.finish())
}
