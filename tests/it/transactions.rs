//! The pages of transactions: the list, recording, changing, taking back.

mod changing;
mod list;
mod loans;
mod recording;
mod refunds;
mod refusals;
mod several;
mod sums;
mod todays;

use budget::ids::TransactionId;
use budget::reports::distribution::Distribution;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::support::{Owner, Page, TestApp};

/// A household with the names of [`Owner::set_up`] and no entry.
fn set_up(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up();
    owner
}

/// Minor units in a cell.
#[track_caller]
fn money(owner: &Owner<'_>, cell: (&str, &str)) -> i64 {
    let all = Distribution::now(&mut owner.app.sql(), owner.household).unwrap();
    all.cell(owner.cell(cell))
}

/// Minor units in all cells.
fn all_money(owner: &Owner<'_>) -> i64 {
    Distribution::now(&mut owner.app.sql(), owner.household)
        .unwrap()
        .total()
}

/// Transactions and changes of the household.
fn rows(owner: &Owner<'_>) -> (i64, i64) {
    use budget::schema::{changes, transactions};
    let conn = &mut owner.app.sql();
    let entries = transactions::table
        .filter(transactions::household_id.eq(owner.household))
        .select(count_star())
        .first(conn)
        .unwrap();
    let written = changes::table
        .filter(changes::household_id.eq(owner.household))
        .select(count_star())
        .first(conn)
        .unwrap();
    (entries, written)
}

/// The id of the only transaction of the household.
#[track_caller]
fn only(owner: &Owner<'_>) -> TransactionId {
    use budget::schema::transactions;
    let all: Vec<TransactionId> = transactions::table
        .filter(transactions::household_id.eq(owner.household))
        .select(transactions::id)
        .load(&mut owner.app.sql())
        .unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

/// Fills in the form of a new entry and sends it. A field whose name ends in `category`, `location` or `bucket` is given by its name.
#[track_caller]
pub fn add(owner: &Owner<'_>, kind: &str, fields: &[(&str, &str)]) -> Page {
    let ids = with_ids(owner, fields);
    owner.submit(
        &format!("/transactions/new?kind={kind}"),
        Some("/transactions"),
        &as_str(&ids),
    )
}

/// Fields with the ids of what they name; what is no name stays as it is.
fn with_ids<'a>(owner: &Owner<'_>, fields: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    let book = owner.book();
    fields
        .iter()
        .map(|(field, value)| {
            let id = if field.ends_with("category") {
                let found = book.categories.iter().find(|one| one.name == *value);
                found.map(|one| one.id.to_string())
            } else if field.ends_with("location") {
                let found = book.locations.iter().find(|one| one.name == *value);
                found.map(|one| one.id.to_string())
            } else if field.ends_with("bucket") {
                let found = book.buckets.iter().find(|one| one.name == *value);
                found.map(|one| one.id.to_string())
            } else {
                None
            };
            (*field, id.unwrap_or_else(|| (*value).to_owned()))
        })
        .collect()
}

fn as_str<'a>(fields: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    fields
        .iter()
        .map(|(field, value)| (*field, value.as_str()))
        .collect()
}

/// The message on a page.
fn toast(page: &Page) -> String {
    page.select(".toasts .toast p").join(" | ")
}

/// The titles of the rows of a list.
fn titles(page: &Page) -> Vec<String> {
    page.select("#tx-rows th a")
}
