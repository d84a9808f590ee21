//! The one big number, and the line of the last months beside it.

use super::sight::{Moment, Sight};
use crate::period::DateRange;
use crate::reports::distribution::Distribution;
use crate::reports::trend::Trend;
use crate::web::pages::links::{Link, Way};
use crate::web::pages::number::Number;

/// The total as the page shows it.
pub(super) struct Total {
    /// `Money now`, or `Money on 31 October 2026`.
    pub(super) title: String,
    pub(super) amount: Number,
    pub(super) change: Number,
    pub(super) since: String,
    /// How many months the line has; nothing while there is nothing to compare.
    pub(super) line: Option<(String, usize)>,
    /// Entries of days to come, which are counted.
    pub(super) ahead: Option<Ahead>,
    /// What else has to be said of the moment.
    pub(super) remark: Option<&'static str>,
}

/// `1 entry lies ahead and is counted.`, with a link to them.
pub(super) struct Ahead {
    pub(super) entries: Way,
    pub(super) rest: &'static str,
}

impl Total {
    pub(super) fn of(sight: Sight<'_>, money: &Distribution, trend: &Trend) -> Self {
        let member = sight.member;
        let dates = member.dates(sight.today);
        let pen = sight.pen();
        let change = Number {
            is_nothing: false,
            class: if trend.added > 0 { "amount in" } else { "amount" },
            ..pen.change(trend.added)
        };
        let ahead_of_today = matches!(sight.moment, Moment::EndOf(day) if day > sight.today);
        let line = sight.line(trend, &sight.when()).sparkline();
        Self {
            title: match sight.moment {
                Moment::Now => "Money now".to_owned(),
                Moment::EndOf(day) => format!("Money on {}", dates.long(day)),
            },
            amount: pen.number_of(money.total(), true).to(sight.link().href()),
            change: change.to(sight.link_since_first().href()),
            since: format!("since {}", dates.day(sight.month.first_day())),
            line: line.map(|line| (line, trend.month_ends.len())),
            ahead: Ahead::of(sight, trend.ahead),
            remark: match sight.moment {
                Moment::EndOf(_) if !trend.is_begun => Some("Nothing was recorded up to then."),
                Moment::EndOf(_) if ahead_of_today => Some("That day is still to come."),
                _ => None,
            },
        }
    }
}

impl Ahead {
    fn of(sight: Sight<'_>, entries: i64) -> Option<Self> {
        let (label, rest) = match entries {
            ..=0 => return None,
            1 => ("1 entry".to_owned(), "lies ahead and is counted."),
            many => (
                format!("{} entries", sight.member.number_format.count(many)),
                "lie ahead and are counted.",
            ),
        };
        let tomorrow = sight.today.succ_opt()?;
        let link = match sight.moment {
            Moment::Now => Link::to_all().since(tomorrow),
            Moment::EndOf(day) => Link::to_all().days(DateRange::through(tomorrow, day).ok()?),
        };
        Some(Self {
            entries: Way {
                label,
                href: link.href(),
            },
            rest,
        })
    }
}
