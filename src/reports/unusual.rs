//! What stands out, by rules that the pages state.

use crate::ids::CategoryId;
use crate::ledger::Sign;

use super::flows::Flows;

/// The rule by which a sum is marked: it is at least two and a half times the usual one, and above it by at least `margin_minor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How much above the usual a sum has to be, in minor units.
    pub margin_minor: i64,
}

impl Rule {
    /// A margin of one `part`th of what is usually spent in all, so that a small household's marks are not a large one's.
    #[must_use]
    pub fn of(usual_spending_minor: i64, part: i64) -> Self {
        Self {
            margin_minor: (usual_spending_minor.saturating_abs() / part.max(1)).max(1),
        }
    }

    /// Whether a sum stands out against `total` in `number` periods. Both are magnitudes; the comparison is exact, without dividing.
    #[must_use]
    pub fn marks(self, sum: i64, total: i64, number: u32) -> bool {
        if number == 0 {
            return false;
        }
        let (sum, total, number) = (i128::from(sum), i128::from(total), i128::from(number));
        let margin = i128::from(self.margin_minor);
        sum > 0 && 2 * sum * number >= 5 * total && (sum - margin) * number >= total
    }
}

/// How a category changed from one span to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which category.
    pub category: CategoryId,
    /// What it counts as.
    pub sign: Sign,
    /// What it was, as a magnitude: above zero is income of an income, spending of an expense.
    pub was: i64,
    /// What it is.
    pub is: i64,
}

impl Change {
    /// By how much it grew.
    #[must_use]
    pub fn growth(self) -> i64 {
        self.is.saturating_sub(self.was)
    }
}

/// The changes of income and expense categories between two spans, the largest first; ties by category.
#[must_use]
pub fn changes(flows: &Flows, now: usize, before: usize) -> Vec<Change> {
    let mut found: Vec<Change> = flows
        .lines()
        .filter(|(_, line)| line.sign != Sign::Neutral)
        .map(|(category, line)| Change {
            category,
            sign: line.sign,
            was: magnitude(line.sign, line.minor(before)),
            is: magnitude(line.sign, line.minor(now)),
        })
        .filter(|change| change.growth() != 0)
        .collect();
    found.sort_by_key(|change| std::cmp::Reverse(change.growth().unsigned_abs()));
    found
}

/// A sum as people say it of an income or an expense: spending is above zero.
#[must_use]
pub fn magnitude(sign: Sign, minor: i64) -> i64 {
    match sign {
        Sign::Negative => minor.saturating_neg(),
        Sign::Positive | Sign::Neutral => minor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_stands_out_when_it_is_far_above_the_usual() {
        let rule = Rule { margin_minor: 100 };
        assert!(rule.marks(250, 1200, 12)); // usual 100: two and a half times, and 150 above
        assert!(!rule.marks(249, 1200, 12));
        assert!(rule.marks(150, 600, 12)); // three times, and just 100 above 50
        assert!(!rule.marks(149, 600, 12));
        assert!(rule.marks(150, 0, 12)); // never before
        assert!(!rule.marks(99, 0, 12));
        assert!(!rule.marks(0, 0, 12));
        assert!(!rule.marks(-500, 0, 12)); // a refund is not
        assert!(!rule.marks(500, 0, 0)); // without a past nothing is unusual
        assert!(rule.marks(i64::MAX, i64::MAX, 12));
    }

    #[test]
    fn the_margin_follows_what_is_spent() {
        assert_eq!(Rule::of(-200_000, 20).margin_minor, 10_000);
        assert_eq!(Rule::of(0, 20).margin_minor, 1);
        assert_eq!(Rule::of(i64::MIN, 1).margin_minor, i64::MAX);
    }
}
