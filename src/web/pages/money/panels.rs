//! The panels of the start page by themselves: each loads itself again when money changed, such as by an undo in a message.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::sight::{Moment, Money, PATH, Sight};
use super::{matrix, month, trend};
use crate::db::Connection;
use crate::ledger::Book;
use crate::reports::month::MonthSums;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
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
    at: String,
    is_now: bool,
    may_write: bool,
    total: Option<trend::Total>,
    matrix: Option<matrix::Matrix>,
    month: Option<month::MonthSoFar>,
    list: Option<Latest>,
}

/// `GET /partials/{panel}`: `total` or `matrix`, now or at the end of `date`; of now also `month` or `latest`. Whoever asks for a page gets
/// the one that they are on.
///
/// # Errors
/// [`Error::NotFound`] for another name, 400 for a day that is none; else when the database fails.
pub async fn show(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    wants: Wants,
    name: Path<String>,
) -> Result<HttpResponse, Error> {
    let name = name.into_inner();
    let moment = Moment::read(&Fields::parse(request.query_string().as_bytes()))
        .map_err(|error| Error::BadRequest(format!("{error}.")))?;
    let clock = state.clock.clone();
    let panel = state
        .db
        .read(caller.caller, move |conn, member| {
            let sight = Sight::new(member, clock.today(member.time_zone), moment)?;
            let panel = Panel {
                name,
                shell: frame.shell(member, Section::Money),
                at: moment.query(),
                is_now: moment.is_now(),
                may_write: moment.is_now() && member.role.may_write(),
                total: None,
                matrix: None,
                month: None,
                list: None,
            };
            panel.load(conn, sight)
        })
        .await?;
    Ok(match wants {
        Wants::Page => htmx::see_other(&moment.href(PATH)),
        Wants::Fragment => htmx::html(panel.render()?),
    })
}

impl Panel {
    fn load(mut self, conn: &mut Connection, sight: Sight<'_>) -> Result<Self, Error> {
        let household = sight.member.household;
        match (self.name.as_str(), sight.moment) {
            ("total", _) => {
                let money = Money::load(conn, sight)?;
                let trend = money.trend(conn, sight)?;
                self.total = Some(trend::Total::of(sight, &money.stand.money, &trend));
            }
            ("matrix", _) => {
                let book = Book::load(conn, household)?;
                let money = Money::load(conn, sight)?;
                self.matrix = matrix::Matrix::of(sight, &book, &money.stand);
            }
            ("month", Moment::Now) => {
                let book = Book::load(conn, household)?;
                let sums = MonthSums::load(conn, household, sight.month)?;
                self.month = Some(month::MonthSoFar::of(sight, &book, &sums));
            }
            ("latest", Moment::Now) => {
                let book = Book::load(conn, household)?;
                let list = Latest::load(conn, sight.member, sight.today, &book)?;
                self.list = Some(list).filter(|list| !list.rows.is_empty());
            }
            _ => return Err(Error::NotFound),
        }
        Ok(self)
    }
}
