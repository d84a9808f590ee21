//! Money, now or at the end of any day: where it is, and what it is for; the month so far; what was recorded last.

mod files;
mod matrix;
mod month;
pub(in crate::web) mod panels;
mod picker;
mod sight;
mod trend;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use self::sight::{Moment, Money, Sight};
use super::frame::Frame;
use super::setup::{Recorded, Step, first_steps};
use super::shell::{Section, Shell};
use super::transactions::Latest;
use crate::db::Connection;
use crate::ledger::Book;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::{State, htmx};

pub(in crate::web) use files::file;

#[derive(Template)]
#[template(path = "money/index.html")]
struct Index {
    shell: Shell,
    /// `?date=2026-10-31`, with which the panels load themselves again; empty for now.
    at: String,
    is_now: bool,
    /// Whether something can be recorded here: only now, and not by readers.
    may_write: bool,
    total: trend::Total,
    matrix: Option<matrix::Matrix>,
    picker: picker::Picker,
    /// The month so far, while something was recorded; nothing for a day.
    month: Option<month::MonthSoFar>,
    /// What a new household still has to do; empty once all is done, and for a day.
    steps: Vec<Step>,
    list: Option<Latest>,
}

/// `GET /money`: now, or at the end of `date`. A day that is none comes back in its field, with the page of now.
///
/// # Errors
/// When the database fails.
pub async fn index(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
) -> Result<HttpResponse, Error> {
    let fields = Fields::parse(request.query_string().as_bytes());
    let (moment, refused) = match Moment::read(&fields) {
        Ok(moment) => (moment, None),
        Err(error) => {
            let typed = fields.text("date").to_owned();
            (Moment::Now, Some((typed, format!("{error}."))))
        }
    };
    let status = if refused.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let clock = state.clock.clone();
    let (page, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            let sight = Sight::new(member, clock.today(member.time_zone), moment)?;
            let shell = frame.shell(member, Section::Money);
            Index::load(conn, sight, shell, refused).map(|page| (page, frame))
        })
        .await?;
    frame.finish(&state, htmx::html_with(status, page.render()?))
}

impl Index {
    fn load(
        conn: &mut Connection,
        sight: Sight<'_>,
        shell: Shell,
        refused: Option<(String, String)>,
    ) -> Result<Self, Error> {
        let Sight { member, today, .. } = sight;
        let book = Book::load(conn, member.household)?;
        let money = Money::load(conn, sight)?;
        let trend = money.trend(conn, sight)?;
        let is_now = sight.moment.is_now();
        let list = is_now
            .then(|| Latest::load(conn, member, today, &book))
            .transpose()?;
        let steps = list
            .as_ref()
            .map_or_else(Vec::new, |list| first_steps(&book, recorded(list)));
        let list = list.filter(|list| !list.rows.is_empty());
        let sums = money.sums.as_ref().filter(|_| list.is_some());
        Ok(Self {
            shell,
            at: sight.moment.query(),
            is_now,
            may_write: is_now && member.role.may_write(),
            total: trend::Total::of(sight, &money.stand.money, &trend),
            matrix: matrix::Matrix::of(sight, &book, &money.stand),
            picker: picker::Picker::of(sight, refused),
            month: sums.map(|sums| month::MonthSoFar::of(sight, &book, sums)),
            steps: if steps.iter().all(|step| step.done) {
                Vec::new()
            } else {
                steps
            },
            list,
        })
    }
}

/// How far a household has come, seen from its latest entries: enough to say so as long as it has few.
fn recorded(list: &Latest) -> Recorded {
    if list.rows.is_empty() {
        Recorded::Nothing
    } else if list.only_adjustments {
        Recorded::Balances
    } else {
        Recorded::Entries
    }
}
