//! The matrix: buckets down, locations across, and what of it is short.

use chrono::NaiveDate;
use url::form_urlencoded::Serializer;

use crate::households::Member;
use crate::ledger::book::{Bucket, Location};
use crate::ledger::{Book, Cell};
use crate::money::plain;
use crate::reports::distribution::Distribution;
use crate::reports::month::MonthSums;
use crate::web::pages::bar::width;

/// The table as the page shows it; all numbers are text already.
pub(super) struct Matrix {
    pub(super) caption_day: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) total: String,
    pub(super) month: String,
    pub(super) note: Option<Note>,
}

/// A location.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) total: String,
    /// Nothing where a share would mislead.
    pub(super) share: Option<String>,
}

/// A bucket.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) href: String,
    /// From 1 to 10, for its colour.
    pub(super) series: usize,
    pub(super) percent: String,
    pub(super) cells: Vec<CellView>,
    pub(super) total: String,
    pub(super) share: Option<Share>,
    pub(super) month: String,
}

/// A part of the whole, as text and as the width of a bar of 100.
pub(super) struct Share {
    pub(super) text: String,
    pub(super) width: String,
}

/// Money of one bucket at one location.
pub(super) struct CellView {
    pub(super) location: String,
    pub(super) href: String,
    pub(super) text: String,
    pub(super) class: &'static str,
    pub(super) is_empty: bool,
}

/// The worst of what is short, and the way to mend it.
pub(super) struct Note {
    pub(super) what: String,
    /// About the other cells that are short; nothing where there is none.
    pub(super) more: Option<String>,
    pub(super) cover: Option<Cover>,
}

/// A transfer that covers what is short, to be looked at before it is saved.
pub(super) struct Cover {
    pub(super) label: String,
    pub(super) href: String,
}

impl Matrix {
    /// The table, or nothing while there is no location or no bucket to show.
    pub(super) fn of(
        member: &Member,
        today: NaiveDate,
        book: &Book,
        money: &Distribution,
        month: &MonthSums,
    ) -> Option<Self> {
        let locations: Vec<&Location> = book.active_locations().collect();
        let buckets: Vec<&Bucket> = book.active_buckets().collect();
        if locations.is_empty() || buckets.is_empty() {
            return None;
        }
        let amount = |minor| member.number_format.amount(minor, member.currency);
        let whole = money.total();
        // A share of something that has negative parts says nothing.
        let bucket_shares = whole > 0 && buckets.iter().all(|bucket| money.of(bucket.id) >= 0);
        let location_shares = whole > 0 && locations.iter().all(|location| money.at(location.id) >= 0);
        let columns = locations
            .iter()
            .map(|location| {
                let minor = money.at(location.id);
                Column {
                    name: location.name.clone(),
                    href: format!("/transactions?location={}", location.id),
                    total: amount(minor),
                    share: location_shares.then(|| member.number_format.share(minor, whole)),
                }
            })
            .collect();
        let rows = buckets
            .iter()
            .enumerate()
            .map(|(index, bucket)| {
                let minor = money.of(bucket.id);
                Row {
                    name: bucket.name.clone(),
                    href: format!("/transactions?bucket={}", bucket.id),
                    series: index % 10 + 1,
                    percent: member.number_format.percent(bucket.percent),
                    cells: locations
                        .iter()
                        .map(|location| CellView::of(member, money, location, bucket))
                        .collect(),
                    total: amount(minor),
                    share: bucket_shares.then(|| Share {
                        text: member.number_format.share(minor, whole),
                        width: width(minor, whole),
                    }),
                    month: signed_or_dash(member, month.by_bucket.get(&bucket.id).copied().unwrap_or(0)),
                }
            })
            .collect();
        Some(Self {
            caption_day: member.date_format.long(today),
            columns,
            rows,
            total: amount(whole),
            month: signed_or_dash(member, month.change()),
            note: Note::of(member, book, money),
        })
    }

    /// Whether shares by location are shown: then they make a whole.
    pub(super) fn has_location_shares(&self) -> bool {
        self.columns.iter().any(|column| column.share.is_some())
    }
}

impl CellView {
    fn of(member: &Member, money: &Distribution, location: &Location, bucket: &Bucket) -> Self {
        let minor = money.cell(Cell {
            location: location.id,
            bucket: bucket.id,
        });
        Self {
            location: location.name.clone(),
            href: format!("/transactions?location={}&bucket={}", location.id, bucket.id),
            text: member.number_format.amount(minor, member.currency),
            class: heat(minor, money.total()),
            is_empty: minor == 0,
        }
    }
}

impl Note {
    fn of(member: &Member, book: &Book, money: &Distribution) -> Option<Self> {
        let short: Vec<(Cell, i64)> = money.short_cells().collect();
        let (cell, minor) = *short.iter().min_by_key(|(_, minor)| *minor)?;
        let (location, bucket) = (book.location(cell.location)?, book.bucket(cell.bucket)?);
        let missing = minor.checked_neg()?;
        let amount = member.number_format.amount(missing, member.currency);
        // Money of the same bucket elsewhere: it changes its place only, and what it is for stays.
        let source = book
            .active_locations()
            .map(|other| {
                (
                    other,
                    money.cell(Cell {
                        location: other.id,
                        bucket: bucket.id,
                    }),
                )
            })
            .filter(|(_, there)| *there >= missing)
            .max_by_key(|(_, there)| *there);
        let cover = source.map(|(other, _)| {
            let query = Serializer::new(String::new())
                .append_pair("kind", "transfer")
                .append_pair("amount", &typed(member, missing))
                .append_pair("from_location", &other.id.to_string())
                .append_pair("from_bucket", &bucket.id.to_string())
                .append_pair("to_location", &location.id.to_string())
                .append_pair("to_bucket", &bucket.id.to_string())
                .finish();
            Cover {
                label: format!("Cover it from {}", other.name),
                href: format!("/transactions/new?{query}"),
            }
        });
        Some(Self {
            what: format!("{} is {amount} short on {}.", bucket.name, location.name),
            more: match i64::try_from(short.len()).unwrap_or(i64::MAX) - 1 {
                ..=0 => None,
                1 => Some("1 more cell is short.".to_owned()),
                more => Some(format!(
                    "{} more cells are short.",
                    member.number_format.count(more)
                )),
            },
            cover,
        })
    }
}

/// An amount as the person would type it into a form.
fn typed(member: &Member, minor: i64) -> String {
    plain(minor, member.currency).replace('.', member.number_format.decimal_mark().encode_utf8(&mut [0; 4]))
}

fn signed_or_dash(member: &Member, minor: i64) -> String {
    if minor == 0 {
        "–".to_owned()
    } else {
        member.number_format.signed(minor, member.currency)
    }
}

/// How deep a cell is tinted: by its share of all money, in steps of 1, 3, 8 and 30 %.
fn heat(minor: i64, whole: i64) -> &'static str {
    if minor < 0 {
        return "heat-neg amount short";
    }
    let (part, whole) = (i128::from(minor) * 100, i128::from(whole.max(1)));
    match part {
        _ if part < whole => "heat-1",
        _ if part < 3 * whole => "heat-2",
        _ if part < 8 * whole => "heat-3",
        _ if part < 30 * whole => "heat-4",
        _ => "heat-5",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_follows_the_share() {
        assert_eq!(heat(-1, 1000), "heat-neg amount short");
        assert_eq!(heat(9, 1000), "heat-1");
        assert_eq!(heat(10, 1000), "heat-2");
        assert_eq!(heat(79, 1000), "heat-3");
        assert_eq!(heat(80, 1000), "heat-4");
        assert_eq!(heat(300, 1000), "heat-5");
        assert_eq!(heat(5, -1000), "heat-5");
    }
}
