//! The matrix as a table, and the trend as a picture, to download.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use super::matrix::{shown_buckets, shown_locations};
use super::sight::{Moment, Money, PATH, Sight};
use crate::db::Connection;
use crate::exchange::{Field, Table};
use crate::households::Member;
use crate::ledger::{Book, Cell};
use crate::reports::distribution::Distribution;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::file::File;

/// The names of the files.
pub(super) const MATRIX: &str = "matrix.csv";
pub(super) const TREND: &str = "trend.svg";

/// `GET /money/{file}`: now, or at the end of `date`.
///
/// # Errors
/// [`Error::NotFound`] for a file that there is not, 400 for a day that is none; else when the database fails.
pub async fn file(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    named: Path<String>,
) -> Result<HttpResponse, Error> {
    let name = named.into_inner();
    if ![MATRIX, TREND].contains(&name.as_str()) {
        return Err(Error::NotFound);
    }
    let moment = Moment::read(&Fields::parse(request.query_string().as_bytes()))
        .map_err(|error| Error::BadRequest(format!("{error}.")))?;
    let of = match moment {
        Moment::Now => "money".to_owned(),
        Moment::EndOf(day) => format!("money-{day}"),
    };
    let what = moment.href(&format!("{PATH}/{name}"));
    File::new(&name, &of)?
        .answer(&request, &state, caller, what, move |conn, member, today| {
            make(conn, member, today, moment, &name)
        })
        .await
}

fn make(
    conn: &mut Connection,
    member: &Member,
    today: NaiveDate,
    moment: Moment,
    name: &str,
) -> Result<String, Error> {
    let sight = Sight::new(member, today, moment)?;
    let money = Money::load(conn, sight)?;
    if name == MATRIX {
        let book = Book::load(conn, member.household)?;
        return Ok(matrix(member, &book, &money.stand.money));
    }
    let trend = money.trend(conn, sight)?;
    let picture = sight.line(&trend, &sight.when()).picture();
    picture.file().ok_or(Error::NotFound)
}

/// Buckets down, locations across, with the totals of both.
fn matrix(member: &Member, book: &Book, money: &Distribution) -> String {
    let locations = shown_locations(book, money);
    let name = |name: &str, is_archived: bool| {
        if is_archived {
            format!("{name} (archived)")
        } else {
            name.to_owned()
        }
    };
    let mut table = Table::new(member.currency);
    let heads: Vec<String> = locations
        .iter()
        .map(|one| name(&one.name, one.archived_at.is_some()))
        .collect();
    let heads = heads.iter().map(|head| Field::Text(head));
    table.row(
        [Field::Text("bucket")]
            .into_iter()
            .chain(heads)
            .chain([Field::Text("total")]),
    );
    for (_, bucket) in shown_buckets(book, money) {
        let label = name(&bucket.name, bucket.archived_at.is_some());
        let cells = locations.iter().map(|location| {
            Field::Minor(money.cell(Cell {
                location: location.id,
                bucket: bucket.id,
            }))
        });
        table.row(
            [Field::Text(&label)]
                .into_iter()
                .chain(cells)
                .chain([Field::Minor(money.of(bucket.id))]),
        );
    }
    let totals = locations.iter().map(|one| Field::Minor(money.at(one.id)));
    table.row(
        [Field::Text("total")]
            .into_iter()
            .chain(totals)
            .chain([Field::Minor(money.total())]),
    );
    table.finish()
}
