//! Spending day by day, as a picture.

use chrono::Datelike;

use super::Sight;
use crate::charts::{Note, Steps, Words, steps};
use crate::reports::days::{Days, so_far};
use crate::reports::largest::Largest;
use crate::web::pages::reports::number::Pen;
use crate::web::pages::reports::picture::Picture;

/// Days that are named at the axis: weeks from the first.
const LABELLED: [u32; 5] = [1, 8, 15, 22, 29];
/// The largest expense is named where it is at least this part of the month.
const NOTED_PART: i64 = 5;

pub(super) fn picture(sight: &Sight<'_>, days: &Days, largest: Option<&Largest>) -> Picture {
    let month = sight.report.month;
    let pen = Pen::exact(sight.member);
    let whole = Pen {
        member: sight.member,
        whole: true,
    };
    // Days to come are not drawn, unless something is recorded for them already.
    let last = days
        .now
        .iter()
        .rposition(|spent| *spent != 0)
        .map_or(0, |last| last + 1);
    let begun = match sight.report.so_far {
        Some(today) => usize::try_from(today.day()).unwrap_or(0).max(last),
        None if month.first_day() > sight.today => last,
        None => days.now.len(),
    };
    let now = so_far(days.now.get(..begun).unwrap_or(&days.now));
    let before = so_far(&days.before);
    let (sum, then) = (
        now.last().copied().unwrap_or(0),
        before.last().copied().unwrap_or(0),
    );
    let name_before = month.previous().map_or("", crate::period::Month::name);
    let note = largest.filter(|one| sum > 0 && one.minor.saturating_neg().saturating_mul(NOTED_PART) >= sum);
    let description = match note.or(largest) {
        Some(one) => format!(
            "{} was spent in {}, {} in {name_before}. The largest expense was {} on {}.",
            pen.amount(sum),
            month.label(),
            pen.amount(then),
            pen.amount(one.minor.saturating_neg()),
            sight.dates().day(one.date),
        ),
        None => format!(
            "{} was spent in {}, {} in {name_before}.",
            pen.amount(sum),
            month.label(),
            pen.amount(then),
        ),
    };
    let words = Words {
        id: "days".to_owned(),
        title: format!(
            "Spent so far, day by day, {} against {name_before}",
            month.label()
        ),
        description,
    };
    let note = note.map(|one| Note {
        day: one.date.day(),
        text: format!(
            "{}, {}",
            title(sight, one),
            whole.amount(one.minor.saturating_neg())
        ),
    });
    let drawn = Steps {
        days: u32::try_from(month.days()).unwrap_or(31),
        now_text: format!("{} {}", month.name(), whole.amount(sum)),
        before_text: format!("{name_before} {}", whole.amount(then)),
        now,
        before,
        day_labels: LABELLED.iter().map(|day| (*day, day.to_string())).collect(),
        note,
    };
    Picture::of(sight.member, |width, axis| steps(&words, width, axis, &drawn))
}

/// What the expense is called; a long name is cut, for there is little room.
fn title(sight: &Sight<'_>, one: &Largest) -> String {
    const CHARACTERS_MAX: usize = 24;
    let name = if one.description.is_empty() {
        sight
            .book
            .category(one.category_id)
            .map_or("", |category| category.name.as_str())
    } else {
        &one.description
    };
    match name.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or(name).trim_end()),
        None => name.to_owned(),
    }
}
