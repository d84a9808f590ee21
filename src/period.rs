//! Days, months and years of the ledger.
//!
//! A day is a calendar day without time or zone. The ledger takes the days from [`first_day`] to [`last_day`];
//! a [`Month`] and a [`Year`] lie wholly within them. How one person writes days is their [`DateFormat`], and what they read comes from
//! [`Dates`]. Which day is today is always handed in.

mod format;

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};
use thiserror::Error;

pub use format::{DateFormat, Dates, UnknownDateFormat, say_time};

/// 1900-01-01.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// 2100-12-31.
const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2100, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The first day the ledger takes, 1900-01-01.
#[must_use]
pub const fn first_day() -> NaiveDate {
    FIRST_DAY
}

/// The last day the ledger takes, 2100-12-31.
#[must_use]
pub const fn last_day() -> NaiveDate {
    LAST_DAY
}

/// What is wrong with a day, a month, a year or a range, in a sentence for the person who gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DayError {
    /// Not of the shape `YYYY-MM-DD`.
    #[error("Write the day as 2026-11-14")]
    Unreadable,
    /// The month has no such day, as on 30 February.
    #[error("{year:04}-{month:02}-{day:02} is not a day: {} {year} has {days} days", month_name(*month))]
    NoSuchDay {
        /// As given.
        year: i32,
        /// As given, 1 to 12.
        month: u32,
        /// As given.
        day: u32,
        /// How many days that month has.
        days: u32,
    },
    /// The year has no such month.
    #[error("There is no month {0}: months go from 01 to 12")]
    NoSuchMonth(u32),
    /// Before [`first_day`] or after [`last_day`].
    #[error("Choose a day from 1900-01-01 to 2100-12-31")]
    OutOfRange,
    /// No month between 1900-01 and 2100-12, or not of the shape `YYYY-MM`.
    #[error("Write the month as 2026-11, from 1900-01 to 2100-12")]
    Month,
    /// No year between 1900 and 2100.
    #[error("Write the year as 2026, from 1900 to 2100")]
    Year,
    /// A range that ends before it begins.
    #[error("Choose a last day that is not before the first")]
    Backwards,
}

/// At least one day, half-open: `from <= day < until`. Made by [`new`](DateRange::new) or [`through`](DateRange::through).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
}

impl DateRange {
    /// The days `from <= day < until`.
    ///
    /// # Errors
    /// [`DayError::Backwards`] if there is none.
    pub fn new(from: NaiveDate, until: NaiveDate) -> Result<Self, DayError> {
        if from < until {
            Ok(Self { from, until })
        } else {
            Err(DayError::Backwards)
        }
    }

    /// The days from `first` to `last`, both included: how people name a range.
    ///
    /// # Errors
    /// [`DayError::Backwards`] if `last` comes before `first`; [`DayError::OutOfRange`] at the end of the calendar.
    pub fn through(first: NaiveDate, last: NaiveDate) -> Result<Self, DayError> {
        let until = last.checked_add_days(Days::new(1)).ok_or(DayError::OutOfRange)?;
        Self::new(first, until)
    }

    /// The `count` months from the one of `first` on.
    fn of_months(first: NaiveDate, count: u32) -> Option<Self> {
        let until = first.checked_add_months(Months::new(count))?;
        (FIRST_DAY <= first && first <= LAST_DAY).then_some(Self { from: first, until })
    }

    /// Whether `day` is one of the days.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> i64 {
        self.until.signed_duration_since(self.from).num_days()
    }

    /// Whether it begins and ends with a month, so that sums by month can answer for it.
    #[must_use]
    pub fn is_whole_months(self) -> bool {
        self.from.day() == 1 && self.until.day() == 1
    }
}

/// A month from 1900-01 to 2100-12. Ordered by time; written `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(DateRange);

impl Month {
    /// The month with this number, 1 to 12.
    ///
    /// # Errors
    /// [`DayError::Month`] if there is no such month, or not in the ledger.
    pub fn new(year: i32, month: u32) -> Result<Self, DayError> {
        NaiveDate::from_ymd_opt(year, month, 1)
            .ok_or(DayError::Month)
            .and_then(Self::of)
    }

    /// The month in which `day` lies.
    ///
    /// # Errors
    /// [`DayError::Month`] before 1900 or after 2100.
    pub fn of(day: NaiveDate) -> Result<Self, DayError> {
        let first = day.with_day(1).ok_or(DayError::Month)?;
        DateRange::of_months(first, 1).map(Self).ok_or(DayError::Month)
    }

    /// Reads `2026-11` or `2026-1`, from an address or a form.
    ///
    /// # Errors
    /// [`DayError::Month`].
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let (year, month) = text.split_once('-').ok_or(DayError::Month)?;
        let year = digits(year, 4..=4).ok_or(DayError::Month)?;
        let month = digits(month, 1..=2).ok_or(DayError::Month)?;
        Self::new(year.cast_signed(), month)
    }

    /// The year it is in, such as 2026.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.from.year()
    }

    /// Its number in the year, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.from.month()
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.0.from
    }

    /// Its days.
    #[must_use]
    pub fn range(self) -> DateRange {
        self.0
    }

    /// How many days it has, 28 to 31.
    #[must_use]
    pub fn days(self) -> i64 {
        self.0.days()
    }

    /// The month after it; none after 2100-12.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        DateRange::of_months(self.0.until, 1).map(Self)
    }

    /// The month before it; none before 1900-01.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let first = self.0.from.checked_sub_months(Months::new(1))?;
        DateRange::of_months(first, 1).map(Self)
    }

    /// The same month of the year before; none before 1900-01.
    #[must_use]
    pub fn year_ago(self) -> Option<Self> {
        let first = self.0.from.checked_sub_months(Months::new(12))?;
        DateRange::of_months(first, 1).map(Self)
    }

    /// `Nov`, for heads of columns and axes.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        let name = self.name();
        name.get(..3).unwrap_or(name)
    }

    /// `November`.
    #[must_use]
    pub fn name(self) -> &'static str {
        month_name(self.month())
    }

    /// `November 2026`.
    #[must_use]
    pub fn label(self) -> String {
        format!("{} {}", self.name(), self.year())
    }
}

/// `2026-11`, as in addresses.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// A year from 1900 to 2100. Ordered by time; written `2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(DateRange);

impl Year {
    /// The year with this number.
    ///
    /// # Errors
    /// [`DayError::Year`] before 1900 or after 2100.
    pub fn new(year: i32) -> Result<Self, DayError> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or(DayError::Year)?;
        DateRange::of_months(first, 12).map(Self).ok_or(DayError::Year)
    }

    /// The year in which `day` lies.
    ///
    /// # Errors
    /// [`DayError::Year`] before 1900 or after 2100.
    pub fn of(day: NaiveDate) -> Result<Self, DayError> {
        Self::new(day.year())
    }

    /// Reads `2026`, from an address or a form.
    ///
    /// # Errors
    /// [`DayError::Year`].
    pub fn parse(text: &str) -> Result<Self, DayError> {
        digits(text, 4..=4)
            .ok_or(DayError::Year)
            .and_then(|year| Self::new(year.cast_signed()))
    }

    /// Its number, such as 2026.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0.from.year()
    }

    /// Its first day, 1 January.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.0.from
    }

    /// Its days.
    #[must_use]
    pub fn range(self) -> DateRange {
        self.0
    }

    /// Its twelve months, January first.
    pub fn months(self) -> impl Iterator<Item = Month> {
        let first = DateRange::of_months(self.0.from, 1).map(Month);
        std::iter::successors(first, |month| month.next()).take(12)
    }

    /// The year after it; none after 2100.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        DateRange::of_months(self.0.until, 12).map(Self)
    }

    /// The year before it; none before 1900.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let first = self.0.from.checked_sub_months(Months::new(12))?;
        DateRange::of_months(first, 12).map(Self)
    }
}

/// `2026`, as in addresses.
impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.number())
    }
}

/// Reads a day of the ledger written exactly as `2026-11-14`.
///
/// # Errors
/// [`DayError`] says what is wrong: the shape, the month, the day, or that the ledger doesn't reach that far.
pub fn parse_day(text: &str) -> Result<NaiveDate, DayError> {
    let mut parts = text.split('-');
    let mut part = |length| {
        parts
            .next()
            .and_then(|part| digits(part, length..=length))
            .ok_or(DayError::Unreadable)
    };
    let (year, month, day) = (part(4)?.cast_signed(), part(2)?, part(2)?);
    if parts.next().is_some() {
        return Err(DayError::Unreadable);
    }
    if !(FIRST_DAY.year()..=LAST_DAY.year()).contains(&year) {
        return Err(DayError::OutOfRange);
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(DayError::NoSuchMonth(month))?;
    let days = u32::from(first.num_days_in_month());
    first.with_day(day).ok_or(DayError::NoSuchDay {
        year,
        month,
        day,
        days,
    })
}

/// The English name of a month from 1 to 12.
fn month_name(month: u32) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

/// The number in `text` if that is nothing but ASCII digits, as many as `length` allows (at most 9).
fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    if !length.contains(&text.len()) {
        return None;
    }
    text.chars()
        .try_fold(0, |number, digit| Some(number * 10 + digit.to_digit(10)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn days_are_read_in_one_shape_only() {
        assert_eq!(parse_day("2026-11-14"), Ok(day(2026, 11, 14)));
        assert_eq!(parse_day("2024-02-29"), Ok(day(2024, 2, 29)));
        assert_eq!(parse_day("1900-01-01"), Ok(FIRST_DAY));
        assert_eq!(parse_day("2100-12-31"), Ok(LAST_DAY));
        let unreadable = [
            "",
            "2026-11",
            "2026-11-1",
            "2026-1-14",
            "26-11-14",
            "02026-11-14",
            "-2026-11-14",
            "+2026-11-14",
            "2026/11/14",
            "14.11.2026",
            "2026-11-14 ",
            " 2026-11-14",
            "2026-11-14-",
            "2026-11-14T00:00:00Z",
            "2026-11-1\u{664}",
            "20\u{662}-11-14",
            "2026-+1-14",
            "2026\0-11-14",
            "yesterday",
            "--",
            "20261114",
        ];
        for text in unreadable {
            assert_eq!(parse_day(text), Err(DayError::Unreadable), "{text:?}");
        }
    }

    #[test]
    fn days_that_do_not_exist_are_named() {
        let message = |text| parse_day(text).unwrap_err().to_string();
        assert_eq!(
            message("2026-02-30"),
            "2026-02-30 is not a day: February 2026 has 28 days"
        );
        assert_eq!(
            message("2026-02-29"),
            "2026-02-29 is not a day: February 2026 has 28 days"
        );
        assert_eq!(
            message("1900-02-29"),
            "1900-02-29 is not a day: February 1900 has 28 days"
        );
        assert_eq!(
            message("2024-02-30"),
            "2024-02-30 is not a day: February 2024 has 29 days"
        );
        assert_eq!(
            message("2026-11-31"),
            "2026-11-31 is not a day: November 2026 has 30 days"
        );
        assert_eq!(
            message("2026-12-00"),
            "2026-12-00 is not a day: December 2026 has 31 days"
        );
        assert_eq!(
            message("2026-13-01"),
            "There is no month 13: months go from 01 to 12"
        );
        assert_eq!(
            message("2026-00-01"),
            "There is no month 0: months go from 01 to 12"
        );
        assert_eq!(message("14.11.2026"), "Write the day as 2026-11-14");
        for text in [
            "1899-12-31",
            "2101-01-01",
            "0001-01-01",
            "0000-01-01",
            "9999-12-31",
        ] {
            assert_eq!(message(text), "Choose a day from 1900-01-01 to 2100-12-31");
        }
    }

    #[test]
    fn months_are_read_with_and_without_a_leading_zero() {
        assert_eq!(Month::parse("2026-11"), Month::new(2026, 11));
        assert_eq!(Month::parse("2026-1"), Month::new(2026, 1));
        assert_eq!(Month::parse("2026-01"), Month::new(2026, 1));
        let refused = [
            "",
            "2026",
            "2026-",
            "2026-0",
            "2026-13",
            "2026-001",
            "2026-11-14",
            "1899-12",
            "2101-01",
            "26-11",
            "2026-+1",
            " 2026-11",
            "2026-\u{661}",
            "-2026-11",
        ];
        for text in refused {
            assert_eq!(Month::parse(text), Err(DayError::Month), "{text:?}");
        }
        assert_eq!(
            DayError::Month.to_string(),
            "Write the month as 2026-11, from 1900-01 to 2100-12"
        );
    }

    #[test]
    fn a_month_knows_its_days_and_its_names() {
        let february = Month::new(2024, 2).unwrap();
        assert_eq!((february.days(), february.range().until), (29, day(2024, 3, 1)));
        assert_eq!(
            (february.to_string(), february.label()),
            ("2024-02".to_owned(), "February 2024".to_owned())
        );
        assert_eq!(Month::of(day(2024, 2, 29)), Ok(february));
        assert!(
            Month::of(day(1899, 12, 31)).is_err()
                && Month::of(NaiveDate::MAX).is_err()
                && Month::of(NaiveDate::MIN).is_err()
        );
        let names: Vec<&str> = Year::new(2026).unwrap().months().map(Month::name).collect();
        assert_eq!(names.len(), 12);
        for (month, name) in (1..).zip(names) {
            assert_eq!(day(2026, month, 1).format("%B").to_string(), name);
        }
    }

    #[test]
    fn months_and_years_end_where_the_ledger_ends() {
        let (first, last) = (Month::new(1900, 1).unwrap(), Month::new(2100, 12).unwrap());
        assert_eq!((first.previous(), last.next()), (None, None));
        assert_eq!(
            std::iter::successors(Some(first), |month| month.next()).count(),
            201 * 12
        );
        assert_eq!(
            std::iter::successors(Some(last), |month| month.previous()).count(),
            201 * 12
        );
        let (first, last) = (Year::new(1900).unwrap(), Year::new(2100).unwrap());
        assert_eq!((first.previous(), last.next()), (None, None));
        assert_eq!(last.range().until, day(2101, 1, 1));
        assert_eq!(
            std::iter::successors(Some(first), |year| year.next()).last(),
            Some(last)
        );
    }

    #[test]
    fn years_are_read_and_written_with_four_digits() {
        let year = Year::parse("2026").unwrap();
        assert_eq!((year.number(), year.to_string()), (2026, "2026".to_owned()));
        assert_eq!(Year::of(day(2026, 11, 14)), Ok(year));
        assert_eq!(
            (year.range().days(), year.previous()),
            (365, Year::new(2025).ok())
        );
        for text in [
            "",
            "26",
            "02026",
            "1899",
            "2101",
            "9999",
            "2026-",
            "\u{662}026",
            "+202",
        ] {
            assert_eq!(Year::parse(text), Err(DayError::Year), "{text:?}");
        }
    }

    #[test]
    fn ranges_have_a_first_day_and_an_end_that_is_outside() {
        let range = DateRange::through(day(2026, 1, 1), day(2026, 1, 31)).unwrap();
        assert_eq!(range, Month::new(2026, 1).unwrap().range());
        assert!(range.contains(day(2026, 1, 31)) && !range.contains(day(2026, 2, 1)));
        assert!(range.contains(range.from) && !range.contains(day(2025, 12, 31)));
        assert!(range.is_whole_months() && Year::new(2026).unwrap().range().is_whole_months());
        assert!(
            !DateRange::new(day(2026, 1, 1), day(2026, 1, 31))
                .unwrap()
                .is_whole_months()
        );
        assert!(
            !DateRange::new(day(2026, 1, 2), day(2026, 3, 1))
                .unwrap()
                .is_whole_months()
        );
        assert_eq!(
            DateRange::through(day(2026, 1, 1), day(2026, 1, 1))
                .unwrap()
                .days(),
            1
        );
        assert_eq!(
            DateRange::new(day(2026, 1, 1), day(2026, 1, 1)),
            Err(DayError::Backwards)
        );
        assert_eq!(
            DateRange::through(day(2026, 1, 2), day(2026, 1, 1)),
            Err(DayError::Backwards)
        );
        assert_eq!(
            DateRange::through(FIRST_DAY, NaiveDate::MAX),
            Err(DayError::OutOfRange)
        );
    }

    proptest! {
        #[test]
        fn every_day_is_read_back_and_in_its_month(offset in 0..73_414_u64) {
            let day = FIRST_DAY.checked_add_days(Days::new(offset)).unwrap();
            prop_assert_eq!(parse_day(&day.to_string()), Ok(day));
            let month = Month::of(day).unwrap();
            prop_assert!(month.range().contains(day) && Year::of(day).unwrap().range().contains(day));
            prop_assert_eq!(Month::parse(&month.to_string()), Ok(month));
            prop_assert_eq!(month.next().map_or(Some(month), Month::previous), Some(month));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), likely in "[-+0-9]{0,12}") {
            for input in [text, likely] {
                prop_assert!(parse_day(&input).is_ok_and(|day| day.to_string() == input) || parse_day(&input).is_err());
                prop_assert!(Month::parse(&input).is_err() || input.contains('-'));
                prop_assert!(Year::parse(&input).is_err() || input.len() == 4);
            }
        }
    }
}
