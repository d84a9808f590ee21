//! Money of one location or bucket over the last months: a line, with its numbers.

use chrono::NaiveDate;

use super::parts::Money;
use crate::households::Member;
use crate::period::Month;
use crate::web::pages::links::Link;
use crate::web::pages::month_ends::MonthEnds;

/// The months as the page shows them.
#[derive(Debug)]
pub(super) struct MoneyTrend {
    /// An SVG, once for each width.
    pub(super) chart: String,
    /// The month, the entries behind its money, and the money at its end; newest first.
    pub(super) rows: Vec<(String, String, Money)>,
}

impl MoneyTrend {
    /// `ends` are oldest first; `link` leads to all entries of the part that is called `name`.
    pub(super) fn of(
        member: &Member,
        today: NaiveDate,
        name: &str,
        ends: &[(Month, i64)],
        link: &Link,
    ) -> Self {
        let last = ends.last().and_then(|(month, _)| end_of(*month));
        let last = last.map_or_else(String::new, |day| {
            format!("on {}, as far as it is recorded", member.dates(today).day(day))
        });
        let course = MonthEnds {
            member,
            ends,
            of: name,
            last: &last,
        };
        let row = |(month, minor): &(Month, i64)| {
            let href =
                end_of(*month).map_or_else(|| link.href(), |day| link.clone().until_end_of(day).href());
            let label = if month.range().contains(today) {
                format!("{}, so far", month.label())
            } else {
                month.label()
            };
            (label, href, Money::new(*minor, member))
        };
        Self {
            chart: course.picture().bare_figure(),
            rows: ends.iter().rev().map(row).collect(),
        }
    }
}

fn end_of(month: Month) -> Option<NaiveDate> {
    month.range().until.pred_opt()
}
