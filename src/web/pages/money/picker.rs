//! The form that leads to another day, with the ways around the day that is shown, and the files of it.

use chrono::NaiveDate;

use super::sight::{Moment, PATH, Sight};
use crate::period::{Month, first_day, last_day};
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::links::Way;

/// What it offers.
pub(super) struct Picker {
    /// What stands in the field.
    pub(super) value: String,
    pub(super) min: String,
    pub(super) max: String,
    pub(super) errors: FieldErrors,
    /// From a day to the nearest end of a month before it.
    pub(super) previous: Option<Way>,
    /// From a day to the nearest end of a month after it.
    pub(super) next: Option<Way>,
    /// The report of the day's month.
    pub(super) report: Option<Way>,
    pub(super) csv: String,
    pub(super) svg: String,
}

impl Picker {
    /// `refused` is what was typed, and what is wrong with it.
    pub(super) fn of(sight: Sight<'_>, refused: Option<(String, String)>) -> Self {
        let mut errors = FieldErrors::default();
        let typed = refused.map(|(typed, message)| {
            errors.push("date", message);
            typed
        });
        let is_day = !sight.moment.is_now();
        Self {
            value: typed.unwrap_or_else(|| sight.day().to_string()),
            min: first_day().to_string(),
            max: last_day().to_string(),
            errors,
            previous: is_day.then(|| previous(sight)).flatten(),
            next: is_day.then(|| next(sight)).flatten(),
            report: is_day.then(|| report(sight.month)),
            csv: sight.moment.href(&format!("{PATH}/{}", super::files::MATRIX)),
            svg: sight.moment.href(&format!("{PATH}/{}", super::files::TREND)),
        }
    }
}

fn previous(sight: Sight<'_>) -> Option<Way> {
    sight.month.previous().and_then(end).map(|day| way(sight, day))
}

fn next(sight: Sight<'_>) -> Option<Way> {
    let own = end(sight.month).filter(|day| *day != sight.day());
    own.or_else(|| sight.month.next().and_then(end))
        .map(|day| way(sight, day))
}

fn end(month: Month) -> Option<NaiveDate> {
    month.range().until.pred_opt()
}

fn way(sight: Sight<'_>, day: NaiveDate) -> Way {
    Way {
        label: sight.member.dates(sight.today).day(day),
        href: Moment::EndOf(day).href(PATH),
    }
}

fn report(month: Month) -> Way {
    Way {
        label: format!("Report of {}", month.label()),
        href: format!("/reports/month/{month}"),
    }
}
