//! Percentages in basis points.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::NumberFormat;
use super::numeral::{Fault, Misfit, Notation, Numeral};

/// A percentage from 0 to 100 with two decimals, kept as basis points (hundredths of a percent).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Percent(u16);

impl From<Percent> for i64 {
    fn from(percent: Percent) -> Self {
        percent.0.into()
    }
}

impl TryFrom<i64> for Percent {
    type Error = PercentError;

    fn try_from(points: i64) -> Result<Self, PercentError> {
        Self::from_basis_points(points)
    }
}

/// What is wrong with a percentage, in a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PercentError {
    /// Nothing was typed.
    #[error("Type a percentage, such as {example}")]
    Empty {
        /// A percentage in the person's number format.
        example: String,
    },
    /// Anything but digits and one decimal mark.
    #[error("Write the percentage with the digits 0 to 9, such as {example}")]
    Unreadable {
        /// As for [`Empty`](PercentError::Empty).
        example: String,
    },
    /// The mark is that of another number format, as in `12,5` where decimals follow a point.
    #[error("Write {suggestion}, not {given}: numbers look like {sample} here")]
    ForeignMarks {
        /// What was typed.
        given: String,
        /// What was probably meant, in the person's number format.
        suggestion: String,
        /// A number with every mark of the person's number format.
        sample: String,
    },
    /// More than two decimals, and not just zeros.
    #[error("A percentage has at most 2 decimals: write {lower} or {upper}, not {given}")]
    TooFine {
        /// What was typed.
        given: String,
        /// The neighbour below.
        lower: String,
        /// The neighbour above.
        upper: String,
    },
    /// Below 0 or above 100.
    #[error("A percentage is from 0 to 100")]
    OutOfRange,
}

impl Percent {
    /// 0 %.
    pub const ZERO: Self = Self(0);

    /// 100 %.
    pub const FULL: Self = Self(10_000);

    /// A percentage of so many basis points: 1250 is 12.5 %.
    ///
    /// # Errors
    /// [`PercentError::OutOfRange`] below 0 or above 10,000.
    pub fn from_basis_points(points: i64) -> Result<Self, PercentError> {
        match u16::try_from(points) {
            Ok(points) if points <= Self::FULL.0 => Ok(Self(points)),
            _ => Err(PercentError::OutOfRange),
        }
    }

    /// Hundredths of a percent, from 0 to 10,000.
    #[must_use]
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// Reads what a person typed: `33`, `12.5`, `12.50 %`. Never rounds; for programs read [`NumberFormat::CommaPoint`].
    ///
    /// Like [`Amount::parse`](super::Amount::parse) it takes needless zeros and `.5`, and guesses no second reading.
    ///
    /// # Errors
    /// [`PercentError`] says in the person's words what is wrong.
    pub fn parse(input: &str, format: NumberFormat) -> Result<Self, PercentError> {
        let text = input.trim();
        let text = text.strip_suffix('%').unwrap_or(text).trim_end();
        let numeral =
            Numeral::read(text, Notation::Person(format)).map_err(|fault| explain(fault, text, format))?;
        if numeral.negative {
            return Err(PercentError::OutOfRange);
        }
        match numeral.units(2) {
            Ok(points) => Self::from_basis_points(points),
            Err(Misfit::TooFine { lower, upper }) => Err(PercentError::TooFine {
                given: text.to_owned(),
                lower: format.percent(Self::from_basis_points(lower)?),
                upper: format.percent(Self::from_basis_points(upper)?),
            }),
            Err(Misfit::TooLarge) => Err(PercentError::OutOfRange),
        }
    }

    /// The sum of two percentages.
    ///
    /// # Errors
    /// [`PercentError::OutOfRange`] above 100 %.
    pub fn checked_add(self, other: Self) -> Result<Self, PercentError> {
        Self::from_basis_points(i64::from(self.0) + i64::from(other.0))
    }
}

/// The number without the sign `%`, with a point and without needless zeros: `12.5`, `33`. The API's form.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&points_as_percent(u64::from(self.0)))
    }
}

/// Any number of basis points as a percentage: 12,500 is `125`.
pub(super) fn points_as_percent(points: u64) -> String {
    let (whole, rest) = (points / 100, points % 100);
    match rest {
        0 => whole.to_string(),
        _ if rest.is_multiple_of(10) => format!("{whole}.{}", rest / 10),
        _ => format!("{whole}.{rest:02}"),
    }
}

/// The error for a text that is no numeral.
fn explain(fault: Fault, text: &str, format: NumberFormat) -> PercentError {
    let example = format.percent(Percent(1250));
    let notation = Notation::Person(format);
    if fault == Fault::Empty {
        return PercentError::Empty { example };
    }
    match Numeral::units_elsewhere(text, notation, 2).map(Percent::from_basis_points) {
        Some(Ok(percent)) => PercentError::ForeignMarks {
            given: text.to_owned(),
            suggestion: format.percent(percent),
            sample: notation.sample(),
        },
        _ => PercentError::Unreadable { example },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use NumberFormat::{ApostrophePoint, CommaPoint, PointComma, SpaceComma};

    #[test]
    fn reads_what_people_type() {
        let cases = [
            ("33", CommaPoint, 3300),
            ("12.5", CommaPoint, 1250),
            ("12.50", ApostrophePoint, 1250),
            ("12.500", CommaPoint, 1250),
            (" 12,05 % ", PointComma, 1205),
            ("100%", SpaceComma, 10_000),
            ("100.00", CommaPoint, 10_000),
            ("0", CommaPoint, 0),
            (".5", CommaPoint, 50),
            ("33,33\u{202f}%", SpaceComma, 3333),
        ];
        for (input, format, points) in cases {
            assert_eq!(
                Percent::parse(input, format).map(Percent::basis_points),
                Ok(points),
                "{input}"
            );
        }
    }

    #[test]
    fn says_how_to_write_what_it_refuses() {
        let digits = "Write the percentage with the digits 0 to 9, such as 12.5";
        let range = "A percentage is from 0 to 100";
        let cases = [
            ("", "Type a percentage, such as 12.5"),
            (" % ", "Type a percentage, such as 12.5"),
            ("12,5", "Write 12.5, not 12,5: numbers look like 1,234.56 here"),
            (
                "33.333",
                "A percentage has at most 2 decimals: write 33.33 or 33.34, not 33.333",
            ),
            (
                "99.999%",
                "A percentage has at most 2 decimals: write 99.99 or 100, not 99.999",
            ),
            ("-5", range),
            ("-0", range),
            ("100.01", range),
            ("100.001", range),
            ("101", range),
            ("1,000", range),
            ("99999999999999999999999999", range),
            ("NaN", digits),
            ("inf", digits),
            ("1e1", digits),
            ("+5", digits),
            ("1_0", digits),
            ("\u{663}", digits),
            ("5%%", digits),
            ("%5", digits),
            ("5.", digits),
            (".", digits),
            ("1.2.3", digits),
            ("5\0", digits),
            ("999,5", digits),
        ];
        for (input, message) in cases {
            assert_eq!(
                Percent::parse(input, CommaPoint).unwrap_err().to_string(),
                message,
                "{input:?}"
            );
        }
        let foreign = Percent::parse("12.5", PointComma).unwrap_err().to_string();
        assert_eq!(foreign, "Write 12,5, not 12.5: numbers look like 1.234,56 here");
    }

    #[test]
    fn basis_points_stay_in_range() {
        for refused in [-1, 10_001, 65_536, 65_537, i64::MIN, i64::MAX] {
            assert_eq!(
                Percent::from_basis_points(refused),
                Err(PercentError::OutOfRange),
                "{refused}"
            );
        }
        assert_eq!(Percent::from_basis_points(0), Ok(Percent::ZERO));
        assert_eq!(Percent::FULL.checked_add(Percent::ZERO), Ok(Percent::FULL));
        assert_eq!(
            Percent::FULL.checked_add(Percent(1)),
            Err(PercentError::OutOfRange)
        );
    }

    #[test]
    fn needless_zeros_are_not_written() {
        for (points, text) in [
            (0, "0"),
            (5, "0.05"),
            (50, "0.5"),
            (1250, "12.5"),
            (1205, "12.05"),
            (10_000, "100"),
        ] {
            assert_eq!(Percent::from_basis_points(points).unwrap().to_string(), text);
        }
        assert_eq!(points_as_percent(12_345), "123.45");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(points in 0..=10_000_i64) {
            let percent = Percent::from_basis_points(points).unwrap();
            for format in NumberFormat::ALL {
                prop_assert_eq!(Percent::parse(&format.percent(percent), format), Ok(percent));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), likely in "[-+0-9.,' %e]{0,45}") {
            for format in NumberFormat::ALL {
                for input in [&text, &likely] {
                    if let Err(error) = Percent::parse(input, format) { prop_assert!(error.to_string().len() < 300); }
                }
            }
        }
    }
}
