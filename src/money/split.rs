//! Dividing an amount by percentages without losing a cent.

use std::cmp::{Ordering, Reverse};

use thiserror::Error;

use super::percent::points_as_percent;
use super::{Amount, Percent};

/// Percentages that add up to exactly 100, in the order of the buckets they stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split(Vec<Percent>);

/// What one share gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitPart {
    /// Whole minor units, with the sign of the divided amount; zero for a share too small.
    pub amount: Amount,
    /// Whether one of the minor units left over after cutting is in it.
    pub leftover: bool,
}

/// Why percentages are no [`Split`]. The sums are in basis points, as they can pass 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SplitError {
    /// They add up to less than 100 %.
    #[error("The percentages add up to {}%: {}% is missing", points_as_percent(*sum), points_as_percent(*missing))]
    Missing {
        /// What they add up to.
        sum: u64,
        /// What is missing to 10,000.
        missing: u64,
    },
    /// They add up to more than 100 %.
    #[error("The percentages add up to {}%: {}% is too much", points_as_percent(*sum), points_as_percent(*excess))]
    TooMuch {
        /// What they add up to.
        sum: u64,
        /// What is above 10,000.
        excess: u64,
    },
}

/// Basis points of the whole.
const FULL_POINTS: u64 = 10_000;

/// A part while it is being made, in minor units without sign.
struct Cut {
    minor: i64,
    /// What cutting took away, in ten-thousandths of a minor unit.
    lost: i64,
    leftover: bool,
}

impl Split {
    /// A split over `shares`, which may hold zeros.
    ///
    /// # Errors
    /// [`SplitError`] with the sum unless it is exactly 100 %.
    pub fn new(shares: Vec<Percent>) -> Result<Self, SplitError> {
        let sum: u64 = shares.iter().map(|share| u64::from(share.basis_points())).sum();
        match sum.cmp(&FULL_POINTS) {
            Ordering::Less => Err(SplitError::Missing {
                sum,
                missing: FULL_POINTS - sum,
            }),
            Ordering::Equal => Ok(Self(shares)),
            Ordering::Greater => Err(SplitError::TooMuch {
                sum,
                excess: sum - FULL_POINTS,
            }),
        }
    }

    /// The percentages, in their order.
    #[must_use]
    pub fn shares(&self) -> &[Percent] {
        &self.0
    }

    /// Divides `amount` into one part per share, in the order of the shares.
    ///
    /// Parts are whole minor units and **always add up to `amount`**: each share is cut toward zero, then the units
    /// left over go one each to the shares that lost the most, ties to the earlier share (largest-remainder method).
    /// A negative amount is divided like its opposite, so taking a split back gives the same parts with the sign
    /// turned. A share of 0 % never gets anything.
    ///
    /// # Panics
    /// Never: the assertion states what the arithmetic above it guarantees.
    #[must_use]
    pub fn apply(&self, amount: Amount) -> Vec<SplitPart> {
        let whole = amount.abs().minor();
        let mut cuts: Vec<Cut> = self.0.iter().map(|share| cut(whole, *share)).collect();
        let left = whole - cuts.iter().map(|cut| cut.minor).sum::<i64>();

        let mut by_loss: Vec<&mut Cut> = cuts.iter_mut().collect();
        by_loss.sort_by_key(|cut| Reverse(cut.lost)); // Stable: among equals the earlier share comes first.
        for (cut, _) in by_loss.into_iter().zip(0..left) {
            cut.minor += 1;
            cut.leftover = true;
        }

        let parts: Vec<SplitPart> = cuts
            .into_iter()
            .map(|cut| cut.into_part(amount.is_negative()))
            .collect();
        let sum: i64 = parts.iter().map(|part| part.amount.minor()).sum();
        assert_eq!(sum, amount.minor(), "the parts of a split add up to its amount");
        parts
    }
}

/// The share of `whole` minor units, cut toward zero.
///
/// `whole · points / 10,000`, with `whole` itself divided first: the product could pass 64 bits.
fn cut(whole: i64, share: Percent) -> Cut {
    let points = i64::from(share.basis_points());
    let rest = whole % 10_000 * points;
    Cut {
        minor: whole / 10_000 * points + rest / 10_000,
        lost: rest % 10_000,
        leftover: false,
    }
}

impl Cut {
    fn into_part(self, negative: bool) -> SplitPart {
        let amount = Amount::part(self.minor);
        SplitPart {
            amount: if negative { -amount } else { amount },
            leftover: self.leftover,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(points: &[i64]) -> Result<Split, SplitError> {
        Split::new(
            points
                .iter()
                .map(|points| Percent::from_basis_points(*points).unwrap())
                .collect(),
        )
    }

    fn parts(points: &[i64], minor: i64) -> Vec<i64> {
        let parts = split(points).unwrap().apply(Amount::from_minor(minor).unwrap());
        parts.iter().map(|part| part.amount.minor()).collect()
    }

    #[test]
    fn shares_must_add_up_to_100() {
        let message = |points: &[i64]| split(points).unwrap_err().to_string();
        assert_eq!(message(&[]), "The percentages add up to 0%: 100% is missing");
        assert_eq!(
            message(&[5000, 4900]),
            "The percentages add up to 99%: 1% is missing"
        );
        assert_eq!(
            message(&[9999]),
            "The percentages add up to 99.99%: 0.01% is missing"
        );
        assert_eq!(
            message(&[10_000, 550]),
            "The percentages add up to 105.5%: 5.5% is too much"
        );
        assert_eq!(
            split(&[5000, 5001]),
            Err(SplitError::TooMuch {
                sum: 10_001,
                excess: 1
            })
        );
        assert_eq!(
            split(&[0, 10_000]).unwrap().shares(),
            [Percent::ZERO, Percent::FULL]
        );
    }

    #[test]
    fn cents_left_over_go_to_the_largest_losses_then_to_the_earlier() {
        // The old app gave 2 + 2 + 2 here.
        assert_eq!(parts(&[3300, 3300, 3400], 5), [2, 1, 2]);
        assert_eq!(parts(&[5000, 5000], 1), [1, 0]);
        assert_eq!(parts(&[5000, 5000], -1), [-1, 0]);
        assert_eq!(parts(&[0, 3333, 3333, 3334], 10_001), [0, 3333, 3333, 3335]);
        assert_eq!(parts(&[2500, 2500, 2500, 2500], 7), [2, 2, 2, 1]);
        assert_eq!(parts(&[10_000], 12_345), [12_345]);
        assert_eq!(parts(&[5000, 5000], 0), [0, 0]);
        let marks = split(&[3300, 3300, 3400])
            .unwrap()
            .apply(Amount::from_minor(5).unwrap());
        assert_eq!(
            marks.iter().map(|part| part.leftover).collect::<Vec<_>>(),
            [true, false, true]
        );
    }

    /// Made by `split` of the test data's `expected.py`, an independent program.
    #[test]
    fn agrees_with_the_expected_values_of_the_test_data() {
        let shares = [4500, 1200, 1000, 1000, 800, 600, 500, 400];
        let cases: [(i64, [i64; 8]); 10] = [
            (1, [1, 0, 0, 0, 0, 0, 0, 0]),
            (5, [2, 1, 1, 1, 0, 0, 0, 0]),
            (10, [5, 1, 1, 1, 1, 1, 0, 0]),
            (13, [6, 2, 1, 1, 1, 1, 1, 0]),
            (99, [44, 12, 10, 10, 8, 6, 5, 4]),
            (101, [46, 12, 10, 10, 8, 6, 5, 4]),
            (10_001, [4501, 1200, 1000, 1000, 800, 600, 500, 400]),
            (
                284_000,
                [127_800, 34_080, 28_400, 28_400, 22_720, 17_040, 14_200, 11_360],
            ),
            (123_457, [55_556, 14_815, 12_346, 12_346, 9876, 7407, 6173, 4938]),
            (
                999_999_999_999_999,
                [
                    449_999_999_999_999,
                    120_000_000_000_000,
                    100_000_000_000_000,
                    100_000_000_000_000,
                    80_000_000_000_000,
                    60_000_000_000_000,
                    50_000_000_000_000,
                    40_000_000_000_000,
                ],
            ),
        ];
        for (minor, expected) in cases {
            assert_eq!(parts(&shares, minor), expected, "{minor}");
            assert_eq!(parts(&shares, -minor), expected.map(|part| -part), "-{minor}");
        }
    }

    /// Shares that add up to 10,000 basis points: the gaps between sorted cuts.
    fn any_shares() -> impl Strategy<Value = Vec<i64>> {
        prop::collection::vec(0..=10_000_i64, 0..20).prop_map(|mut cuts| {
            cuts.extend([0, 10_000]);
            cuts.sort_unstable();
            cuts.iter()
                .zip(cuts.iter().skip(1))
                .map(|(low, high)| high - low)
                .collect()
        })
    }

    /// Often small amounts, where rounding matters most.
    fn any_minor() -> impl Strategy<Value = i64> {
        prop_oneof![
            -1000..1000_i64,
            -100_000_000_000_000..=100_000_000_000_000_i64,
            Just(1 - Amount::LIMIT_MINOR)
        ]
    }

    proptest! {
        #[test]
        fn agrees_with_fractions_computed_the_long_way(shares in any_shares(), minor in any_minor()) {
            let found = split(&shares).unwrap().apply(Amount::from_minor(minor).unwrap());
            prop_assert_eq!(found.len(), shares.len());
            prop_assert_eq!(found.iter().map(|part| part.amount.minor()).sum::<i64>(), minor);

            // Numerators over 10,000, wide enough to need no tricks.
            let exact: Vec<i128> = shares.iter().map(|s| i128::from(*s) * i128::from(minor.abs())).collect();
            let lost: Vec<i128> = exact.iter().map(|numerator| numerator % 10_000).collect();
            let left = lost.iter().sum::<i128>() / 10_000;
            for (index, (part, numerator)) in found.iter().zip(&exact).enumerate() {
                let own = numerator % 10_000;
                let before = lost.iter().enumerate().filter(|(j, l)| **l > own || (**l == own && *j < index)).count();
                let leftover = i128::try_from(before).unwrap() < left;
                let size = numerator / 10_000 + i128::from(leftover);
                prop_assert_eq!(i128::from(part.amount.minor()), if minor < 0 { -size } else { size });
                prop_assert_eq!(part.leftover, leftover);
                // Within one unit of the exact share, and nothing for nothing.
                prop_assert!((size * 10_000 - numerator).abs() < 10_000);
                prop_assert!(*numerator != 0 || size == 0);
            }
        }
    }
}
