//! A month by bucket and by location: what each had, got, spent and has left.

use super::Sight;
use crate::ids::{BucketId, LocationId};
use crate::ledger::Kind;
use crate::reports::sums::Place;
use crate::web::pages::bar::width;
use crate::web::pages::reports::links::{BESIDE, Link};
use crate::web::pages::reports::number::{Number, Pen};

/// The table.
pub(super) struct Places {
    pub(super) rows: Vec<Row>,
    pub(super) total: Row,
    /// About buckets that spent more than they got.
    pub(super) note: Option<Note>,
}

/// A bucket or location.
pub(super) struct Row {
    pub(super) name: String,
    /// From 1 to 10, for the colour of a bucket.
    pub(super) series: Option<usize>,
    pub(super) before: Number,
    pub(super) got: Number,
    pub(super) spent: Number,
    /// What it spent of what it got, as the width of a bar and as text; nothing where it got nothing.
    pub(super) used: Option<Used>,
    pub(super) moved: Number,
    pub(super) left: Number,
}

/// A part of what a bucket got.
pub(super) struct Used {
    pub(super) width: String,
    pub(super) text: String,
    pub(super) is_over: bool,
}

/// A remark under the table.
pub(super) struct Note {
    pub(super) what: String,
    pub(super) how: String,
}

impl Places {
    /// By bucket, in their order: those in use, and others that had or moved money.
    pub(super) fn buckets(sight: &Sight<'_>) -> Option<Self> {
        let sums = &sight.report.places.buckets;
        let shown: Vec<(BucketId, &str, usize, Place)> = sight
            .book
            .buckets
            .iter()
            .enumerate()
            .filter(|(_, one)| sight.scope.has_bucket(one.id))
            .map(|(place, one)| {
                (
                    one.id,
                    one.name.as_str(),
                    place,
                    sums.get(&one.id).copied().unwrap_or_default(),
                )
            })
            .filter(|(id, _, _, place)| {
                *place != Place::default()
                    || sight
                        .book
                        .bucket(*id)
                        .is_some_and(|one| one.archived_at.is_none())
            })
            .collect();
        let rows = shown.iter().map(|(id, name, place, sums)| Row {
            series: Some(place % 10 + 1),
            ..Row::of(sight, name, *sums, &Link::within(&sight.scope).bucket(*id))
        });
        (!shown.is_empty()).then(|| Self {
            rows: rows.collect(),
            total: Row::of(
                sight,
                "All buckets",
                sight.report.places.total(),
                &Link::within(&sight.scope),
            ),
            note: note(sight, shown.iter().map(|(_, name, _, sums)| (*name, *sums))),
        })
    }

    /// By location, likewise.
    pub(super) fn locations(sight: &Sight<'_>) -> Option<Self> {
        let sums = &sight.report.places.locations;
        let shown: Vec<(LocationId, &str, Place)> = sight
            .book
            .locations
            .iter()
            .filter(|one| sight.scope.has_location(one.id))
            .map(|one| {
                (
                    one.id,
                    one.name.as_str(),
                    sums.get(&one.id).copied().unwrap_or_default(),
                )
            })
            .filter(|(id, _, place)| {
                *place != Place::default()
                    || sight
                        .book
                        .location(*id)
                        .is_some_and(|one| one.archived_at.is_none())
            })
            .collect();
        let rows = shown
            .iter()
            .map(|(id, name, sums)| Row::of(sight, name, *sums, &Link::within(&sight.scope).location(*id)));
        (!shown.is_empty()).then(|| Self {
            rows: rows.collect(),
            total: Row::of(
                sight,
                "All locations",
                sight.report.places.total(),
                &Link::within(&sight.scope),
            ),
            note: None,
        })
    }
}

impl Row {
    fn of(sight: &Sight<'_>, name: &str, sums: Place, link: &Link) -> Self {
        let month = sight.report.month;
        let pen = Pen::exact(sight.member);
        let flow = |minor, kinds: &[Kind]| {
            pen.change(minor)
                .to(link.clone().kinds(kinds).month(month).href())
        };
        let until = |minor, day: Option<chrono::NaiveDate>| {
            let number = pen.money(minor);
            match day {
                Some(day) => number.to(link.clone().until_end_of(day).href()),
                None => number,
            }
        };
        Self {
            name: name.to_owned(),
            series: None,
            before: until(sums.before, month.first_day().pred_opt()),
            got: flow(sums.got, &[Kind::Income]),
            spent: flow(sums.spent, &[Kind::Expense]),
            used: Used::of(sight, sums),
            moved: flow(sums.moved, &BESIDE),
            left: until(sums.left(), month.range().until.pred_opt()),
        }
    }
}

impl Used {
    fn of(sight: &Sight<'_>, sums: Place) -> Option<Self> {
        let spent = sums.spent.saturating_neg().max(0);
        (sums.got > 0).then(|| Self {
            width: width(spent, sums.got),
            text: sight.member.number_format.share_whole(spent, sums.got),
            is_over: spent > sums.got,
        })
    }
}

/// What to say about the bucket that spent most beyond what it got, where money lies in it at all.
fn note<'a>(sight: &Sight<'_>, buckets: impl Iterator<Item = (&'a str, Place)>) -> Option<Note> {
    if !sight.scope.holds_money() {
        return None;
    }
    let over: Vec<(&str, Place, i64)> = buckets
        .map(|(name, sums)| (name, sums, sums.got.saturating_add(sums.spent).saturating_neg()))
        .filter(|(_, sums, over)| *over > 0 && sums.got > 0)
        .collect();
    let (name, sums, amount) = over.iter().max_by_key(|(_, _, amount)| *amount)?;
    let pen = Pen::exact(sight.member);
    // First what was moved there, then what was there before, as far as there was any.
    let moved = sums.moved.clamp(0, *amount);
    let rest = amount.saturating_sub(moved);
    let from_before = rest.min(sums.before.max(0));
    let mut how = Vec::new();
    if moved > 0 {
        how.push(format!("{} was moved there.", pen.amount(moved)));
    }
    if from_before > 0 {
        how.push(format!(
            "{} came from what was there before.",
            pen.amount(from_before)
        ));
    }
    if sums.left() < 0 {
        let when = if sight.report.so_far.is_some() {
            "It is"
        } else {
            "At the end of the month it was"
        };
        how.push(format!(
            "{when} {} short.",
            pen.amount(sums.left().saturating_neg())
        ));
    }
    match over.len() {
        ..=1 => {}
        2 => how.push("1 more bucket spent more than it got.".to_owned()),
        more => how.push(format!("{} more buckets spent more than they got.", more - 1)),
    }
    Some(Note {
        what: format!("{name} spent {} more than it got.", pen.amount(*amount)),
        how: how.join(" "),
    })
}
