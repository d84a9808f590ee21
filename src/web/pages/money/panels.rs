//! The panels of the start page by themselves: each loads itself again when money changed, such as by an undo in a message.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::{TREND_MONTHS, matrix, month, month_of, trend};
use crate::db::Connection;
use crate::households::Member;
use crate::ledger::Book;
use crate::reports::distribution::Distribution;
use crate::reports::month::MonthSums;
use crate::reports::trend::Trend;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::htmx::{self, Wants};
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::{Section, Shell};
use crate::web::pages::transactions::Latest;

/// One of them; nothing of it while there is nothing to show.
#[derive(Template)]
#[template(path = "money/_panel.html")]
struct Panel {
    name: String,
    shell: Shell,
    may_write: bool,
    total: Option<trend::Total>,
    matrix: Option<matrix::Matrix>,
    month: Option<month::MonthSoFar>,
    list: Option<Latest>,
}

/// `GET /partials/{panel}`: `total`, `matrix`, `month` or `latest`. Whoever asks for a page gets the one that they are on.
///
/// # Errors
/// [`Error::NotFound`] for another name; else when the database fails.
pub async fn show(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    name: Path<String>,
) -> Result<HttpResponse, Error> {
    let name = name.into_inner();
    let clock = state.clock.clone();
    let panel = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let panel = Panel {
                name,
                shell: frame.shell(member, Section::Money),
                may_write: member.role.may_write(),
                total: None,
                matrix: None,
                month: None,
                list: None,
            };
            panel.load(conn, member, today)
        })
        .await?;
    Ok(match wants {
        Wants::Page => htmx::see_other("/money"),
        Wants::Fragment => htmx::html(panel.render()?),
    })
}

impl Panel {
    fn load(mut self, conn: &mut Connection, member: &Member, today: NaiveDate) -> Result<Self, Error> {
        let this_month = month_of(today)?;
        match self.name.as_str() {
            "total" => {
                let money = Distribution::now(conn, member.household)?;
                let sums = MonthSums::load(conn, member.household, this_month)?;
                let trend = Trend::load(conn, member.household, today, TREND_MONTHS, money.total())?;
                self.total = Some(trend::Total::of(member, today, this_month, &money, &sums, &trend));
            }
            "matrix" => {
                let book = Book::load(conn, member.household)?;
                let money = Distribution::now(conn, member.household)?;
                let sums = MonthSums::load(conn, member.household, this_month)?;
                self.matrix = matrix::Matrix::of(member, today, &book, &money, &sums);
            }
            "month" => {
                let book = Book::load(conn, member.household)?;
                let sums = MonthSums::load(conn, member.household, this_month)?;
                self.month = Some(month::MonthSoFar::of(member, today, this_month, &book, &sums));
            }
            "latest" => {
                let book = Book::load(conn, member.household)?;
                self.list =
                    Some(Latest::load(conn, member, today, &book)?).filter(|list| !list.rows.is_empty());
            }
            _ => return Err(Error::NotFound),
        }
        Ok(self)
    }
}
