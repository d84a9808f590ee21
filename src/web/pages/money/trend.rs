//! The one big number, and the line of the last months beside it.

use chrono::NaiveDate;

use crate::households::Member;
use crate::period::Month;
use crate::reports::distribution::Distribution;
use crate::reports::month::MonthSums;
use crate::reports::trend::Trend;

/// The line's box, in tenths of a pixel of its drawing: 200 × 52 with a margin.
const LEFT: i128 = 40;
const RIGHT: i128 = 1940;
const TOP: i128 = 46;
const BOTTOM: i128 = 427;

/// The total as the page shows it.
pub(super) struct Total {
    pub(super) amount: String,
    pub(super) change: String,
    pub(super) change_class: &'static str,
    pub(super) since: String,
    /// Entries of days to come, which are counted.
    pub(super) ahead: Option<String>,
    /// Nothing while there is nothing to compare.
    pub(super) line: Option<Line>,
}

/// A line of months.
pub(super) struct Line {
    pub(super) title: String,
    pub(super) points: String,
    pub(super) last_x: String,
    pub(super) last_y: String,
}

impl Total {
    pub(super) fn of(
        member: &Member,
        today: NaiveDate,
        month: Month,
        money: &Distribution,
        sums: &MonthSums,
        trend: &Trend,
    ) -> Self {
        let change = sums.change();
        let ahead = (trend.ahead > 0).then(|| match trend.ahead {
            1 => "1 entry lies ahead and is counted.".to_owned(),
            many => format!(
                "{} entries lie ahead and are counted.",
                member.number_format.count(many)
            ),
        });
        Self {
            amount: member.number_format.amount(money.total(), member.currency),
            change: member.number_format.signed(change, member.currency),
            change_class: if change > 0 { "amount in" } else { "amount" },
            since: format!("since {}", member.dates(today).day(month.first_day())),
            ahead,
            line: Line::of(member, &trend.month_ends),
        }
    }
}

impl Line {
    fn of(member: &Member, ends: &[(Month, i64)]) -> Option<Self> {
        let lowest = ends.iter().min_by_key(|(_, minor)| *minor)?;
        let highest = ends.iter().max_by_key(|(_, minor)| *minor)?;
        if ends.len() < 2 || lowest.1 == highest.1 {
            return None;
        }
        let (points, last) = points(&ends.iter().map(|(_, minor)| *minor).collect::<Vec<_>>())?;
        let name = |end: &(Month, i64)| {
            let when = if Some(end) == ends.last() {
                "now".to_owned()
            } else {
                format!("in {}", end.0.label())
            };
            format!("{} {when}", member.number_format.whole(end.1, member.currency))
        };
        let title = format!(
            "Money at the end of each of the last {} months: lowest {}, highest {}",
            ends.len(),
            name(lowest),
            name(highest)
        );
        Some(Self {
            title,
            points,
            last_x: tenths(last.0),
            last_y: tenths(last.1),
        })
    }
}

/// The points of a line through `values`, oldest first, and the last one; worked out in whole tenths of a pixel.
fn points(values: &[i64]) -> Option<(String, (i128, i128))> {
    let (lowest, highest) = (
        i128::from(*values.iter().min()?),
        i128::from(*values.iter().max()?),
    );
    let steps = i128::try_from(values.len()).ok()? - 1;
    if steps < 1 || lowest == highest {
        return None;
    }
    let mut last = (LEFT, BOTTOM);
    let mut text = Vec::with_capacity(values.len());
    for (step, value) in (0..).zip(values) {
        let x = LEFT + (RIGHT - LEFT) * step / steps;
        let y = BOTTOM - (BOTTOM - TOP) * (i128::from(*value) - lowest) / (highest - lowest);
        last = (x, y);
        text.push(format!("{},{}", tenths(x), tenths(y)));
    }
    Some((text.join(" "), last))
}

fn tenths(number: i128) -> String {
    format!("{}.{}", number / 10, number % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_runs_from_edge_to_edge() {
        let (line, last) = points(&[0, 50, 100]).unwrap();
        assert_eq!(line, "4.0,42.7 99.0,23.7 194.0,4.6");
        assert_eq!(last, (1940, 46));
        assert!(points(&[7]).is_none());
        assert!(points(&[7, 7]).is_none());
        assert!(points(&[i64::MIN, i64::MAX]).is_some());
    }
}
