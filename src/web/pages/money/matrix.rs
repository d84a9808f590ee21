//! The matrix: buckets down, locations across, and what of it is short.

use url::form_urlencoded::Serializer;

use super::sight::{Moment, Sight};
use crate::households::Member;
use crate::ledger::book::{Bucket, Location};
use crate::ledger::{Book, Cell};
use crate::money::plain;
use crate::reports::distribution::{Distribution, Stand};
use crate::web::pages::bar::width;
use crate::web::pages::number::Number;

/// The table as the page shows it; all numbers are text already.
pub(super) struct Matrix {
    pub(super) caption_day: String,
    /// `This month`, or `Since 1 Oct`.
    pub(super) month_head: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) total: Number,
    pub(super) month: Number,
    pub(super) note: Option<Note>,
}

/// A location.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) is_archived: bool,
    pub(super) total: Number,
    /// Nothing where a share would mislead.
    pub(super) share: Option<String>,
}

/// A bucket.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) is_archived: bool,
    /// From 1 to 10, for its colour.
    pub(super) series: usize,
    /// Its share of income now; nothing for a day, when it may have been another.
    pub(super) percent: Option<String>,
    pub(super) cells: Vec<CellView>,
    pub(super) total: Number,
    pub(super) share: Option<Share>,
    pub(super) month: Number,
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

/// Locations in use, and archived ones that hold something at the moment.
pub(super) fn shown_locations<'a>(book: &'a Book, money: &Distribution) -> Vec<&'a Location> {
    let holds = |one: &Location| money.cells().any(|(cell, _)| cell.location == one.id);
    let all = book.locations.iter();
    all.filter(|one| one.archived_at.is_none() || holds(one))
        .collect()
}

/// Buckets in use, and archived ones that hold something at the moment, each with its place in the order of all.
pub(super) fn shown_buckets<'a>(book: &'a Book, money: &Distribution) -> Vec<(usize, &'a Bucket)> {
    let holds = |one: &Bucket| money.cells().any(|(cell, _)| cell.bucket == one.id);
    let all = book.buckets.iter().enumerate();
    all.filter(|(_, one)| one.archived_at.is_none() || holds(one))
        .collect()
}

impl Matrix {
    /// The table, or nothing while there is no location or no bucket to show.
    pub(super) fn of(sight: Sight<'_>, book: &Book, stand: &Stand) -> Option<Self> {
        let Stand { money, month } = stand;
        let locations = shown_locations(book, money);
        let buckets = shown_buckets(book, money);
        if locations.is_empty() || buckets.is_empty() {
            return None;
        }
        let member = sight.member;
        let (pen, whole) = (sight.pen(), money.total());
        // A share of something that has negative parts says nothing.
        let bucket_shares = whole > 0 && buckets.iter().all(|(_, bucket)| money.of(bucket.id) >= 0);
        let location_shares = whole > 0 && locations.iter().all(|location| money.at(location.id) >= 0);
        let columns = locations.iter().map(|location| {
            let minor = money.at(location.id);
            Column {
                name: location.name.clone(),
                is_archived: location.archived_at.is_some(),
                total: pen
                    .number_of(minor, true)
                    .to(sight.link().location(location.id).href()),
                share: location_shares.then(|| member.number_format.share(minor, whole)),
            }
        });
        let rows = buckets.iter().map(|(place, bucket)| {
            let minor = money.of(bucket.id);
            Row {
                name: bucket.name.clone(),
                is_archived: bucket.archived_at.is_some(),
                series: place % 10 + 1,
                percent: (sight.moment.is_now() && bucket.archived_at.is_none())
                    .then(|| member.number_format.percent(bucket.percent)),
                cells: locations
                    .iter()
                    .map(|location| CellView::of(sight, money, location, bucket))
                    .collect(),
                total: pen
                    .number_of(minor, true)
                    .to(sight.link().bucket(bucket.id).href()),
                share: bucket_shares.then(|| Share {
                    text: member.number_format.share(minor, whole),
                    width: width(minor, whole),
                }),
                month: pen
                    .change(month.get(&bucket.id).copied().unwrap_or(0))
                    .to(sight.link_of_month().bucket(bucket.id).href()),
            }
        });
        let dates = member.dates(sight.today);
        Some(Self {
            caption_day: dates.long(sight.day()),
            month_head: match sight.moment {
                Moment::Now => "This month".to_owned(),
                Moment::EndOf(_) => format!("Since {}", dates.day(sight.month.first_day())),
            },
            columns: columns.collect(),
            rows: rows.collect(),
            total: pen.number_of(whole, true).to(sight.link().href()),
            month: pen.change(stand.added()).to(sight.link_of_month().href()),
            note: Note::of(sight, book, money),
        })
    }

    /// Whether shares by location are shown: then they make a whole.
    pub(super) fn has_location_shares(&self) -> bool {
        self.columns.iter().any(|column| column.share.is_some())
    }
}

impl CellView {
    fn of(sight: Sight<'_>, money: &Distribution, location: &Location, bucket: &Bucket) -> Self {
        let minor = money.cell(Cell {
            location: location.id,
            bucket: bucket.id,
        });
        Self {
            location: location.name.clone(),
            href: sight.link().location(location.id).bucket(bucket.id).href(),
            text: sight.pen().amount(minor),
            class: heat(minor, money.total()),
            is_empty: minor == 0,
        }
    }
}

impl Note {
    fn of(sight: Sight<'_>, book: &Book, money: &Distribution) -> Option<Self> {
        let member = sight.member;
        let short: Vec<(Cell, i64)> = money.short_cells().collect();
        let (cell, minor) = *short.iter().min_by_key(|(_, minor)| *minor)?;
        let (location, bucket) = (book.location(cell.location)?, book.bucket(cell.bucket)?);
        let missing = minor.checked_neg()?;
        let amount = sight.pen().amount(missing);
        let (is, are) = match sight.moment {
            Moment::Now => ("is", "are"),
            Moment::EndOf(_) => ("was", "were"),
        };
        Some(Self {
            what: format!("{} {is} {amount} short on {}.", bucket.name, location.name),
            more: match i64::try_from(short.len()).unwrap_or(i64::MAX) - 1 {
                ..=0 => None,
                1 => Some(format!("1 more cell {is} short.")),
                more => Some(format!(
                    "{} more cells {are} short.",
                    member.number_format.count(more)
                )),
            },
            cover: sight
                .moment
                .is_now()
                .then(|| Cover::of(member, book, money, cell, missing))
                .flatten(),
        })
    }
}

impl Cover {
    /// Moves money of the same bucket from elsewhere: it changes its place only, and what it is for stays.
    fn of(member: &Member, book: &Book, money: &Distribution, short: Cell, missing: i64) -> Option<Self> {
        let there = |other: &Location| {
            money.cell(Cell {
                location: other.id,
                bucket: short.bucket,
            })
        };
        let source = book
            .active_locations()
            .filter(|other| there(other) >= missing)
            .max_by_key(|other| there(other))?;
        let query = Serializer::new(String::new())
            .append_pair("kind", "transfer")
            .append_pair("amount", &typed(member, missing))
            .append_pair("from_location", &source.id.to_string())
            .append_pair("from_bucket", &short.bucket.to_string())
            .append_pair("to_location", &short.location.to_string())
            .append_pair("to_bucket", &short.bucket.to_string())
            .finish();
        Some(Self {
            label: format!("Cover it from {}", source.name),
            href: format!("/transactions/new?{query}"),
        })
    }
}

/// An amount as the person would type it into a form.
fn typed(member: &Member, minor: i64) -> String {
    plain(minor, member.currency).replace('.', member.number_format.decimal_mark().encode_utf8(&mut [0; 4]))
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
