//! [`MonthEnds`] as a line: beside a number, as a picture in a page, or as a file.

use super::number::Pen;
use super::picture::Picture;
use crate::charts::{Line, Tick, Words, line, sparkline};
use crate::households::Member;
use crate::period::Month;

/// Months that such a line has.
pub(super) const MONTHS: usize = 12;

/// Money at the end of each of the last months.
#[derive(Clone, Copy)]
pub(super) struct MonthEnds<'a> {
    pub(super) member: &'a Member,
    /// Oldest first, in minor units.
    pub(super) ends: &'a [(Month, i64)],
    /// What it is the money of, after a comma: `Bank`; empty for all of it.
    pub(super) of: &'a str,
    /// How the last end is named in a sentence: `now`, `on 31 Oct`.
    pub(super) last: &'a str,
}

impl MonthEnds<'_> {
    /// The course in the space of a word; nothing while there is nothing to compare.
    pub(super) fn sparkline(self) -> Option<String> {
        sparkline(&self.words("spark"), &self.values())
    }

    /// The picture with its axes.
    pub(super) fn picture(self) -> Picture {
        let whole = Pen {
            member: self.member,
            whole: true,
        };
        let text = |place: usize| {
            let end = self.ends.get(place);
            end.map_or_else(String::new, |(_, minor)| whole.amount(*minor))
        };
        let tick = |(month, _): &(Month, i64)| Tick {
            label: Some(month.short_name().to_owned()),
        };
        let drawn = Line {
            periods: self.ends.iter().map(tick).collect(),
            values: self.values(),
            text: &text,
        };
        let words = self.words("money-trend");
        Picture::of(self.member, |width, axis| line(&words, width, axis, &drawn))
    }

    fn values(self) -> Vec<i64> {
        self.ends.iter().map(|(_, minor)| *minor).collect()
    }

    fn words(self, id: &str) -> Words {
        let of = match self.of {
            "" => String::new(),
            of => format!(", {of}"),
        };
        Words {
            id: id.to_owned(),
            title: format!(
                "Money at the end of each of the last {} months{of}",
                self.ends.len()
            ),
            description: self.finding(),
        }
    }

    /// `Lowest 1,200 in March 2026, highest 1,940 now.`
    fn finding(self) -> String {
        let whole = Pen {
            member: self.member,
            whole: true,
        };
        let name = |end: &(Month, i64)| {
            let when = if Some(end) == self.ends.last() {
                self.last.to_owned()
            } else {
                format!("at the end of {}", end.0.label())
            };
            format!("{} {when}", whole.amount(end.1))
        };
        let lowest = self.ends.iter().min_by_key(|(_, minor)| *minor);
        let highest = self.ends.iter().max_by_key(|(_, minor)| *minor);
        match (lowest, highest) {
            (Some(lowest), Some(highest)) if lowest.1 != highest.1 => {
                format!("Lowest {}, highest {}.", name(lowest), name(highest))
            }
            (Some(same), _) => format!("{} all the time.", whole.amount(same.1)),
            _ => String::new(),
        }
    }
}
