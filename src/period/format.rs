//! How days are said: a [`DateFormat`] is how one person writes them, [`Dates`] what that makes of a day as seen from today.
//!
//! This is the only place that turns a day into text for people. For programs, addresses and date fields a day is its
//! `Display`, `2026-11-14`. Months and years have names of their own, the same for everybody: `November 2026`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveTime};
use thiserror::Error;

use super::month_name;
use crate::language::preferred;

/// In which order a person writes day, month and year. Stored by its [id](DateFormat::as_str).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DateFormat {
    /// `13 Nov`, `13 November 2026`
    #[default]
    DayMonth,
    /// `Nov 13`, `November 13, 2026`
    MonthDay,
    /// `2026-11-13`
    Iso,
}

/// The stored id of a date format is none of [`DateFormat::ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("Choose one of the date formats in the list")]
pub struct UnknownDateFormat;

impl DateFormat {
    /// Every format, in the order in which to offer them.
    pub const ALL: [Self; 3] = [Self::DayMonth, Self::MonthDay, Self::Iso];

    /// The stored id, such as `day_month`; [`FromStr`] reads it back.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DayMonth => "day_month",
            Self::MonthDay => "month_day",
            Self::Iso => "iso",
        }
    }

    /// The format for an `Accept-Language` header, such as `en-US,en;q=0.9`: the heaviest language decides.
    #[must_use]
    pub fn for_language(accept_language: &str) -> Self {
        preferred(accept_language, usual).unwrap_or_default()
    }

    /// A whole day, always with its year: `13 November 2026`.
    #[must_use]
    pub fn long(self, day: NaiveDate) -> String {
        let (number, name, year) = (day.day(), month_name(day.month()), day.year());
        match self {
            Self::DayMonth => format!("{number} {name} {year}"),
            Self::MonthDay => format!("{name} {number}, {year}"),
            Self::Iso => day.to_string(),
        }
    }
}

/// How people who speak `language` in `region` write days; nothing for the wildcard and for what is no language.
fn usual(language: &str, region: Option<&str>) -> Option<DateFormat> {
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    Some(match (language, region) {
        // The United States and the places that write as they do, whatever the language.
        (_, Some("us" | "ph" | "as" | "gu" | "mp" | "pr" | "um" | "vi" | "fm" | "mh" | "pw"))
        | ("fil" | "haw", _) => DateFormat::MonthDay,
        ("en" | "fr" | "iu" | "moh", Some("ca"))
        | ("en", Some("se"))
        | (
            "af" | "bo" | "dz" | "eu" | "hu" | "ii" | "ja" | "ko" | "lt" | "mn" | "se" | "sv" | "ug" | "yue"
            | "zh",
            _,
        ) => DateFormat::Iso,
        _ => DateFormat::DayMonth,
    })
}

/// Days as one person reads them today: the year is said where it is not this one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dates {
    format: DateFormat,
    today: NaiveDate,
}

impl Dates {
    /// Days in `format`, seen from `today`.
    #[must_use]
    pub const fn new(format: DateFormat, today: NaiveDate) -> Self {
        Self { format, today }
    }

    /// The day they are seen from.
    #[must_use]
    pub const fn today(self) -> NaiveDate {
        self.today
    }

    /// A day as people say it: `14 Nov`, and `14 Nov 2025` when that is not this year; `Nov 14`, `Nov 14, 2025`; `2026-11-14`.
    #[must_use]
    pub fn day(self, day: NaiveDate) -> String {
        let is_this_year = day.year() == self.today.year();
        let (number, name, year) = (day.day(), short(month_name(day.month())), day.year());
        match self.format {
            DateFormat::DayMonth if is_this_year => format!("{number} {name}"),
            DateFormat::DayMonth => format!("{number} {name} {year}"),
            DateFormat::MonthDay if is_this_year => format!("{name} {number}"),
            DateFormat::MonthDay => format!("{name} {number}, {year}"),
            DateFormat::Iso => day.to_string(),
        }
    }

    /// [`day`](Self::day) with its weekday: `Fri 13 Nov`, `Fri, Nov 13`, `Fri 2026-11-13`.
    #[must_use]
    pub fn weekday(self, day: NaiveDate) -> String {
        let comma = if self.format == DateFormat::MonthDay {
            ","
        } else {
            ""
        };
        format!("{}{comma} {}", day.weekday(), self.day(day))
    }

    /// A whole day, always with its year: `13 November 2026`.
    #[must_use]
    pub fn long(self, day: NaiveDate) -> String {
        self.format.long(day)
    }
}

/// The time of a day, the same for everybody: `17:06`.
#[must_use]
pub fn say_time(at: NaiveTime) -> String {
    at.format("%H:%M").to_string()
}

/// The first three letters of a month's name.
fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DateFormat {
    type Err = UnknownDateFormat;

    fn from_str(id: &str) -> Result<Self, UnknownDateFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == id)
            .ok_or(UnknownDateFormat)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use DateFormat::{DayMonth, Iso, MonthDay};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_said_with_the_year_only_when_it_is_another() {
        let cases = [
            (DayMonth, "2026-11-13", "13 Nov", "Fri 13 Nov"),
            (DayMonth, "2025-03-01", "1 Mar 2025", "Sat 1 Mar 2025"),
            (MonthDay, "2026-11-13", "Nov 13", "Fri, Nov 13"),
            (MonthDay, "2025-03-01", "Mar 1, 2025", "Sat, Mar 1, 2025"),
            (Iso, "2026-11-13", "2026-11-13", "Fri 2026-11-13"),
            (Iso, "2025-03-01", "2025-03-01", "Sat 2025-03-01"),
        ];
        for (format, date, alone, with_weekday) in cases {
            let dates = Dates::new(format, day("2026-11-14"));
            assert_eq!(dates.day(day(date)), alone);
            assert_eq!(dates.weekday(day(date)), with_weekday);
        }
        let in_january = Dates::new(MonthDay, day("2027-01-01"));
        assert_eq!(in_january.day(day("2026-12-31")), "Dec 31, 2026");
    }

    #[test]
    fn whole_days_have_their_year() {
        assert_eq!(DayMonth.long(day("2026-11-13")), "13 November 2026");
        assert_eq!(MonthDay.long(day("2026-11-01")), "November 1, 2026");
        assert_eq!(Iso.long(day("1900-01-01")), "1900-01-01");
    }

    #[test]
    fn the_heaviest_language_decides() {
        let cases = [
            ("en-US,en;q=0.9", MonthDay),
            ("en-PH", MonthDay),
            ("es-US", MonthDay),
            ("fil", MonthDay),
            ("sv", Iso),
            ("sv-FI", Iso),
            ("lt-LT", Iso),
            ("ja", Iso),
            ("zh-Hant-TW", Iso),
            ("ko-KR,en-US;q=0.5", Iso),
            ("hu", Iso),
            ("en-CA,en;q=0.8", Iso),
            ("fr-CA", Iso),
            ("de-CA", DayMonth),
            ("fr", DayMonth),
            ("de-DE,de;q=0.9,en-US;q=0.8", DayMonth),
            ("en", DayMonth),
            ("en-GB,en-US;q=0.9", DayMonth),
            ("en-AU", DayMonth),
            ("tlh,en-US;q=0.5", DayMonth),
            ("*,en-US;q=0.5", MonthDay),
            ("en-US;q=0", DayMonth),
            ("", DayMonth),
        ];
        for (header, format) in cases {
            assert_eq!(DateFormat::for_language(header), format, "{header}");
        }
    }

    #[test]
    fn ids_are_read_back_and_nothing_else() {
        for format in DateFormat::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
            assert_eq!(format.to_string(), format.as_str());
        }
        assert_eq!("DayMonth".parse::<DateFormat>(), Err(UnknownDateFormat));
        assert_eq!(DateFormat::default(), DayMonth);
    }

    proptest! {
        #[test]
        fn every_day_has_its_own_words(one in 0..73_414_u64, other in 0..73_414_u64) {
            let nth = |offset| crate::period::first_day().checked_add_days(chrono::Days::new(offset)).unwrap();
            for format in DateFormat::ALL {
                let dates = Dates::new(format, nth(73_000));
                prop_assert_eq!(dates.day(nth(one)) == dates.day(nth(other)), one == other);
                prop_assert_eq!(dates.long(nth(one)) == dates.long(nth(other)), one == other);
            }
        }
    }
}
