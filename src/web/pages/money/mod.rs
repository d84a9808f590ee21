//! Money now: where it is, and what it is for; the month so far; what was recorded last.

mod matrix;
mod month;
pub(in crate::web) mod panels;
mod trend;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use chrono::NaiveDate;

use super::frame::Frame;
use super::setup::{Recorded, Step, first_steps};
use super::shell::{Section, Shell};
use super::transactions::Latest;
use crate::ledger::Book;
use crate::period::Month;
use crate::reports::distribution::Distribution;
use crate::reports::month::MonthSums;
use crate::reports::trend::Trend;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::{State, htmx};

/// Months of the line beside the total.
const TREND_MONTHS: usize = 12;

#[derive(Template)]
#[template(path = "money/index.html")]
struct Index {
    shell: Shell,
    may_write: bool,
    total: trend::Total,
    matrix: Option<matrix::Matrix>,
    month: month::MonthSoFar,
    /// What a new household still has to do; empty once all is done.
    steps: Vec<Step>,
    list: Latest,
}

/// `GET /money`
///
/// # Errors
/// When the database fails.
pub async fn index(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let clock = state.clock.clone();
    let page = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let this_month = month_of(today)?;
            let book = Book::load(conn, member.household)?;
            let distribution = Distribution::now(conn, member.household)?;
            let sums = MonthSums::load(conn, member.household, this_month)?;
            let trend = Trend::load(conn, member.household, today, TREND_MONTHS, distribution.total())?;
            let list = Latest::load(conn, member, today, &book)?;
            let steps = first_steps(&book, recorded(&list));
            Ok::<_, Error>(Index {
                shell: frame.shell(member, Section::Money),
                may_write: member.role.may_write(),
                total: trend::Total::of(member, today, this_month, &distribution, &sums, &trend),
                matrix: matrix::Matrix::of(member, today, &book, &distribution, &sums),
                month: month::MonthSoFar::of(member, today, this_month, &book, &sums),
                steps: if steps.iter().all(|step| step.done) {
                    Vec::new()
                } else {
                    steps
                },
                list,
            })
            .map(|page| (page, frame))
        })
        .await?;
    let (page, frame) = page;
    frame.finish(&state, htmx::html(page.render()?))
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

fn month_of(today: NaiveDate) -> Result<Month, Error> {
    Month::of(today).map_err(|error| Error::internal(format!("the clock is wrong: {error}")))
}
