//! Where the money lay over time, as pictures: by bucket and by location.

use super::Sight;
use crate::charts::{Series, Stack, Tick, Words, stacked};
use crate::reports::historical::Money;
use crate::web::pages::reports::number::{Number, Pen};
use crate::web::pages::reports::picture::Picture;

/// Bands of a picture; where there are more, the smallest are one together.
const BANDS_MAX: usize = 10;

/// A picture with its legend.
pub(super) struct Shown {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) chart: String,
    pub(super) legend: Vec<Key>,
    /// The numbers of the picture: the end of each quarter, and what each band held then.
    pub(super) quarters: Vec<(String, Vec<Number>)>,
}

/// A line of a legend.
pub(super) struct Key {
    pub(super) series: usize,
    pub(super) name: String,
    pub(super) amount: String,
}

/// Which picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Bucket,
    Location,
}

/// One band.
struct Band {
    name: String,
    colour: usize,
    values: Vec<i64>,
}

/// Both pictures; none where the scope is not about places.
pub(super) fn stacks(sight: &Sight<'_>) -> Vec<Shown> {
    let shown = [
        (By::Bucket, "by-bucket", "Money by bucket"),
        (By::Location, "by-location", "Money by location"),
    ];
    let shown = shown.into_iter().filter_map(|(by, id, title)| {
        let bands = bands(sight, by)?;
        let file = sight.asked.href(&format!("/reports/years/{id}.svg"));
        let legend = bands.iter().map(|band| Key {
            series: band.colour,
            name: band.name.clone(),
            amount: last_text(sight, band),
        });
        Some(Shown {
            id,
            title,
            legend: legend.collect(),
            quarters: quarters(sight, &bands),
            chart: draw(sight, by, &bands).figure(&file),
        })
    });
    shown.collect()
}

fn quarters(sight: &Sight<'_>, bands: &[Band]) -> Vec<(String, Vec<Number>)> {
    let Some(money) = sight.report.money.as_ref() else {
        return Vec::new();
    };
    let whole = Pen {
        member: sight.member,
        whole: true,
    };
    let rows = money.quarters.iter().enumerate().map(|(place, quarter)| {
        let at = |band: &Band| whole.money(band.values.get(place).copied().unwrap_or(0));
        (quarter.to_string(), bands.iter().map(at).collect())
    });
    rows.collect()
}

/// One of the pictures, for its file.
pub(super) fn picture(sight: &Sight<'_>, by: By) -> Option<Picture> {
    Some(draw(sight, by, &bands(sight, by)?))
}

fn draw(sight: &Sight<'_>, by: By, bands: &[Band]) -> Picture {
    let Some(money) = sight.report.money.as_ref() else {
        return Picture::default();
    };
    let noun = match by {
        By::Bucket => "bucket",
        By::Location => "location",
    };
    let periods = money.quarters.iter().map(|quarter| Tick {
        label: quarter.begins_a_year().then(|| quarter.year().to_string()),
    });
    let stack = Stack {
        periods: periods.collect(),
        series: bands
            .iter()
            .map(|band| Series {
                name: band.name.clone(),
                colour: band.colour,
                values: band.values.clone(),
                last_text: last_text(sight, band),
            })
            .collect(),
    };
    let words = Words {
        id: format!("by-{noun}"),
        title: format!("Money by {noun} at the end of each quarter{}", span(money)),
        description: description(sight, money, bands),
    };
    Picture::of(sight.member, |width, axis| stacked(&words, width, axis, &stack))
}

fn span(money: &Money) -> String {
    match (money.quarters.first(), money.quarters.last()) {
        (Some(first), Some(last)) => format!(", {} to {}", first.year(), last.year()),
        _ => String::new(),
    }
}

fn last_text(sight: &Sight<'_>, band: &Band) -> String {
    let whole = Pen {
        member: sight.member,
        whole: true,
    };
    whole.amount(band.values.last().copied().unwrap_or(0))
}

/// `All together 1,200 at the end of the first quarter, 10,940 at the end of the last. Most of it lies in Economy, 5,560. …`
fn description(sight: &Sight<'_>, money: &Money, bands: &[Band]) -> String {
    let whole = Pen {
        member: sight.member,
        whole: true,
    };
    let total = money.total();
    let (Some(first), Some(last)) = (total.first(), total.last()) else {
        return String::new();
    };
    let largest = bands
        .iter()
        .max_by_key(|band| band.values.last().copied().unwrap_or(i64::MIN))
        .map_or_else(String::new, |band| {
            format!(" Most of it lies in {}, {}.", band.name, last_text(sight, band))
        });
    format!(
        "All together {} at the end of the first quarter, {} at the end of the last.{largest} The numbers of each quarter stand under it.",
        whole.amount(*first),
        whole.amount(*last)
    )
}

/// The bands, in the order of set-up. Beyond ten, the largest come first, and those that ever held least are put together; each keeps the
/// colour of its place in set-up.
fn bands(sight: &Sight<'_>, by: By) -> Option<Vec<Band>> {
    let money = sight.report.money.as_ref()?;
    let named: Vec<(&str, Option<&Vec<i64>>)> = match by {
        By::Bucket => sight
            .book
            .buckets
            .iter()
            .map(|one| (one.name.as_str(), money.buckets.get(&one.id)))
            .collect(),
        By::Location => sight
            .book
            .locations
            .iter()
            .map(|one| (one.name.as_str(), money.locations.get(&one.id)))
            .collect(),
    };
    let mut bands: Vec<Band> = named
        .into_iter()
        .enumerate()
        .filter_map(|(place, (name, values))| {
            let values = values?.clone();
            values.iter().any(|minor| *minor != 0).then(|| Band {
                name: name.to_owned(),
                colour: place % BANDS_MAX + 1,
                values,
            })
        })
        .collect();
    if bands.len() > BANDS_MAX {
        bands.sort_by_key(|band| std::cmp::Reverse(reach(band)));
        let rest = bands.split_off(BANDS_MAX - 1);
        let mut values = vec![0_i64; money.quarters.len()];
        for band in &rest {
            for (sum, minor) in values.iter_mut().zip(&band.values) {
                *sum = sum.saturating_add(*minor);
            }
        }
        bands.push(Band {
            name: format!("{} more", rest.len()),
            colour: BANDS_MAX,
            values,
        });
    }
    (!bands.is_empty()).then_some(bands)
}

/// How much a band ever held, above or below zero.
fn reach(band: &Band) -> u64 {
    band.values
        .iter()
        .map(|minor| minor.unsigned_abs())
        .max()
        .unwrap_or(0)
}
