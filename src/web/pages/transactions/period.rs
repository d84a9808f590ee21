//! The [`Period`] of the list: a month, a year, days of one's choice, or all time.

use chrono::NaiveDate;
use url::form_urlencoded::{Serializer, Target};

use super::choices::Choice;
use crate::period::{self, DateRange, Dates, DayError, Month, Year};
use crate::web::form::Fields;

const ALL: &str = "all";
const CUSTOM: &str = "custom";

/// Which days the list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Period {
    /// All of them.
    All,
    /// A month.
    Month(Month),
    /// A year.
    Year(Year),
    /// From one day to another, both included; each may be left open.
    Days {
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    },
}

impl Period {
    /// Reads the period of an address. One that makes no sense is left out, and a remark says so.
    pub(super) fn read(fields: &Fields, remarks: &mut Vec<String>) -> Self {
        Self::try_read(fields).unwrap_or_else(|(error, period)| {
            remarks.push(format!("The period was left out of the filter. {error}."));
            period
        })
    }

    fn try_read(fields: &Fields) -> Result<Self, (DayError, Self)> {
        let (text, from, to) = (fields.text("period"), fields.text("from"), fields.text("to"));
        let in_words = |error| (error, Self::All);
        match text {
            CUSTOM => Self::days(from, to).map_err(|error| (error, Self::Days { from: None, to: None })),
            "" if !from.is_empty() || !to.is_empty() => {
                Self::days(from, to).map_err(|error| (error, Self::Days { from: None, to: None }))
            }
            "" | ALL => Ok(Self::All),
            year if !year.contains('-') => Year::parse(year).map(Self::Year).map_err(in_words),
            month => Month::parse(month).map(Self::Month).map_err(in_words),
        }
    }

    fn days(from: &str, to: &str) -> Result<Self, DayError> {
        let day = |text: &str| match text {
            "" => Ok(None),
            text => period::parse_day(text).map(Some),
        };
        let days = Self::Days {
            from: day(from)?,
            to: day(to)?,
        };
        days.try_range()?;
        Ok(days)
    }

    fn try_range(&self) -> Result<Option<DateRange>, DayError> {
        match self {
            Self::All | Self::Days { from: None, to: None } => Ok(None),
            Self::Month(month) => Ok(Some(month.range())),
            Self::Year(year) => Ok(Some(year.range())),
            Self::Days { from, to } => {
                let (first, last) = (period::first_day(), period::last_day());
                DateRange::through(from.unwrap_or(first), to.unwrap_or(last)).map(Some)
            }
        }
    }

    /// Its days; nothing for all of them.
    pub(super) fn range(&self) -> Option<DateRange> {
        // Days that run backwards were refused when they were read.
        self.try_range().ok().flatten()
    }

    /// Adds it to an address; all time is not written.
    pub(super) fn write<T: Target>(&self, query: &mut Serializer<'_, T>) {
        match self {
            Self::All => {}
            Self::Days { from, to } => {
                query.append_pair("period", CUSTOM);
                for (name, day) in [("from", from), ("to", to)] {
                    if let Some(day) = day {
                        query.append_pair(name, &day.to_string());
                    }
                }
            }
            Self::Month(_) | Self::Year(_) => {
                query.append_pair("period", &self.value());
            }
        }
    }

    /// The value of its option.
    pub(super) fn value(&self) -> String {
        match self {
            Self::All => ALL.to_owned(),
            Self::Month(month) => month.to_string(),
            Self::Year(year) => year.to_string(),
            Self::Days { .. } => CUSTOM.to_owned(),
        }
    }

    /// The periods to choose from; this one is always among them.
    pub(super) fn choices(&self, dates: Dates) -> Vec<Choice> {
        let month = Month::of(dates.today()).ok();
        let year = Year::of(dates.today()).ok();
        let months = [month, month.and_then(Month::previous)];
        let years = [(year, "This year"), (year.and_then(Year::previous), "Last year")];
        let mut choices: Vec<Choice> = Vec::new();
        for month in months.into_iter().flatten() {
            choices.push(Choice::new(&month, month.label()));
        }
        for (year, label) in years {
            if let Some(year) = year {
                choices.push(Choice::new(&year, label));
            }
        }
        choices.push(Choice::new(&ALL, "All time"));
        choices.push(Choice::new(&CUSTOM, "Dates of my choice"));
        let value = self.value();
        if !choices.iter().any(|choice| choice.value == value) {
            let label = self.name(dates).unwrap_or_default();
            choices.insert(0, Choice { value, label });
        }
        choices
    }

    /// How people say it after "in"; nothing where there is nothing to say.
    fn name(&self, dates: Dates) -> Option<String> {
        let day = |day: NaiveDate| dates.day(day);
        match self {
            Self::All | Self::Days { from: None, to: None } => None,
            Self::Month(month) => Some(month.label()),
            Self::Year(year) => Some(year.to_string()),
            Self::Days {
                from: Some(from),
                to: Some(to),
            } if from == to => Some(day(*from)),
            Self::Days {
                from: Some(from),
                to: Some(to),
            } => Some(format!("{} to {}", day(*from), day(*to))),
            Self::Days {
                from: Some(from),
                to: None,
            } => Some(day(*from)),
            Self::Days {
                from: None,
                to: Some(to),
            } => Some(day(*to)),
        }
    }

    /// How people say it after a noun: `in November 2026`, `from 2 Jan to 4 Mar`; empty for all time.
    pub(super) fn words(&self, dates: Dates) -> String {
        let preposition = match self {
            Self::All => "",
            Self::Month(_) | Self::Year(_) => " in ",
            Self::Days {
                from: Some(from),
                to: Some(to),
            } if from == to => " on ",
            Self::Days { from: Some(_), .. } => " from ",
            Self::Days { from: None, .. } => " up to ",
        };
        let tail = match self {
            Self::Days {
                from: Some(_),
                to: None,
            } => " on",
            _ => "",
        };
        self.name(dates)
            .map_or_else(String::new, |name| format!("{preposition}{name}{tail}"))
    }

    /// The month or year before it.
    pub(super) fn previous(&self) -> Option<Self> {
        match self {
            Self::Month(month) => month.previous().map(Self::Month),
            Self::Year(year) => year.previous().map(Self::Year),
            Self::All | Self::Days { .. } => None,
        }
    }

    /// The month or year after it.
    pub(super) fn next(&self) -> Option<Self> {
        match self {
            Self::Month(month) => month.next().map(Self::Month),
            Self::Year(year) => year.next().map(Self::Year),
            Self::All | Self::Days { .. } => None,
        }
    }

    /// What stands on a link to it.
    pub(super) fn label(&self, dates: Dates) -> String {
        self.name(dates).unwrap_or_else(|| "All time".to_owned())
    }

    /// The days of one's choice, as date fields take them.
    pub(super) fn first_and_last(&self) -> (String, String) {
        let text = |day: &Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        match self {
            Self::Days { from, to } => (text(from), text(to)),
            Self::All | Self::Month(_) | Self::Year(_) => (String::new(), String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::DateFormat;

    fn read(query: &str) -> Period {
        Period::read(&Fields::parse(query.as_bytes()), &mut Vec::new())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_has_words() {
        let dates = Dates::new(DateFormat::DayMonth, day("2026-11-14"));
        for (query, words) in [
            ("", ""),
            ("period=2026-11", " in November 2026"),
            ("period=2025", " in 2025"),
            ("from=2026-01-02&to=2026-03-04", " from 2 Jan to 4 Mar"),
            ("from=2025-01-02", " from 2 Jan 2025 on"),
            ("to=2026-03-04", " up to 4 Mar"),
            ("from=2026-03-04&to=2026-03-04", " on 4 Mar"),
            ("period=custom", ""),
        ] {
            assert_eq!(read(query).words(dates), words, "{query}");
        }
    }

    #[test]
    fn days_include_both_ends_and_may_be_open() {
        let range = |query: &str| read(query).range().unwrap();
        assert_eq!(
            range("from=2026-01-02&to=2026-03-04"),
            DateRange::through(day("2026-01-02"), day("2026-03-04")).unwrap()
        );
        assert!(range("to=2026-03-04").contains(day("1900-01-01")));
        assert!(range("from=2026-03-04").contains(day("2100-12-31")));
        assert_eq!(read("period=custom").range(), None);
    }

    #[test]
    fn the_chosen_period_can_always_be_chosen() {
        let dates = Dates::new(DateFormat::DayMonth, day("2026-11-14"));
        for query in [
            "",
            "period=2026-11",
            "period=1999-03",
            "period=1900",
            "period=custom",
        ] {
            let period = read(query);
            let choices = period.choices(dates);
            assert!(
                choices.iter().any(|choice| choice.value == period.value()),
                "{query}"
            );
        }
        let labels: Vec<String> = Period::All
            .choices(dates)
            .into_iter()
            .map(|one| one.label)
            .collect();
        assert_eq!(
            labels,
            [
                "November 2026",
                "October 2026",
                "This year",
                "Last year",
                "All time",
                "Dates of my choice"
            ]
        );
    }
}
