//! What an average month of each year is like, over the months that are over.

use super::Sight;
use crate::ledger::Sign;
use crate::reports::unusual::magnitude;
use crate::web::pages::reports::number::{Number, Pen};

/// Expense categories that get a line.
const CATEGORIES_MAX: usize = 6;

/// The table; the columns are the years, then all of them together.
pub(super) struct Average {
    pub(super) rows: Vec<Row>,
    /// How many months are counted.
    pub(super) months: Vec<String>,
}

/// Income, expenses, result, or a category.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) is_result: bool,
    /// In minor units; nothing for a year in which no month is over.
    pub(super) minor: Vec<Option<i64>>,
    /// The same as the page shows it.
    pub(super) numbers: Vec<Number>,
}

impl Row {
    fn of(pen: Pen<'_>, name: &str, is_result: bool, minor: Vec<Option<i64>>) -> Self {
        let write = |minor| {
            if is_result {
                pen.result(minor)
            } else {
                pen.number(minor)
            }
        };
        let numbers = minor.iter().map(|one| one.map_or_else(|| pen.number(0), write));
        Self {
            name: name.to_owned(),
            is_result,
            numbers: numbers.collect(),
            minor,
        }
    }
}

impl Average {
    /// Nothing while no month is over.
    pub(super) fn of(sight: &Sight<'_>) -> Option<Self> {
        let report = sight.report;
        let all = report.all_months;
        if all == 0 {
            return None;
        }
        let flows = &report.finished;
        let row = |name: &str, is_result, of: &dyn Fn(usize) -> i64| {
            let average = |sum: i64, months: u32| (months > 0).then(|| divide(sum, i64::from(months)));
            let years = report
                .months
                .iter()
                .enumerate()
                .map(|(year, months)| average(of(year), *months));
            let averages = years.chain([average(report.over_all(of), all)]);
            Row::of(sight.cells(), name, is_result, averages.collect())
        };
        let mut rows = vec![
            row("Income", false, &|year| flows.income(year)),
            row("Expenses", false, &|year| flows.expense(year).saturating_neg()),
            row("Result", true, &|year| flows.result(year)),
        ];
        let largest = super::table::sorted(sight, Sign::Negative);
        rows.extend(largest.iter().take(CATEGORIES_MAX).map(|one| {
            let of = |year| {
                let line = flows.line(one.id);
                magnitude(Sign::Negative, line.map_or(0, |line| line.minor(year)))
            };
            row(one.name, false, &of)
        }));
        let count = |months: u32| sight.member.number_format.count(i64::from(months));
        Some(Self {
            rows,
            months: report
                .months
                .iter()
                .map(|months| count(*months))
                .chain([count(all)])
                .collect(),
        })
    }
}

/// `sum` divided by `number`, rounded half away from zero: averages are the only numbers of a report that are not exact.
pub(super) fn divide(sum: i64, number: i64) -> i64 {
    let (sum, number) = (i128::from(sum), i128::from(number.max(1)));
    let half = if sum < 0 { -number } else { number };
    i64::try_from((2 * sum + half) / (2 * number)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::divide;

    #[test]
    fn averages_round_half_away_from_zero() {
        for (sum, number, average) in [
            (10, 4, 3),
            (-10, 4, -3),
            (9, 4, 2),
            (-9, 4, -2),
            (0, 3, 0),
            (7, 1, 7),
            (i64::MAX, 1, i64::MAX),
            (i64::MIN, 1, i64::MIN),
            (5, 0, 5),
        ] {
            assert_eq!(divide(sum, number), average, "{sum} / {number}");
        }
    }
}
