//! How a person writes numbers, and minor units written that way.
//!
//! For people minus is U+2212, whole digits are grouped by three, and amounts show all decimals of their
//! currency. Reading is in [`Amount::parse`](super::Amount::parse).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::percent::points_as_percent;
use super::{Currency, Percent};

/// The minus sign of text for people (U+2212), as wide as a plus.
const MINUS: &str = "\u{2212}";

/// Written where there is no number to show (a share of nothing).
const NOTHING: &str = "\u{2013}";

/// Which marks a person uses in numbers. Stored by its [id](NumberFormat::as_str).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum NumberFormat {
    /// `1,234.56`
    #[default]
    CommaPoint,
    /// `1.234,56`
    PointComma,
    /// `1 234,56`, written with narrow no-break spaces (U+202F); any space that keyboards and programs give is read.
    SpaceComma,
    /// `1’234.56`, written with U+2019; the straight apostrophe is read too.
    ApostrophePoint,
}

/// The stored id of a number format is none of [`NumberFormat::ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("Choose one of the number formats in the list")]
pub struct UnknownNumberFormat;

impl NumberFormat {
    /// Every format, in the order in which to offer them.
    pub const ALL: [Self; 4] = [
        Self::CommaPoint,
        Self::PointComma,
        Self::SpaceComma,
        Self::ApostrophePoint,
    ];

    /// The stored id, such as `comma_point`; [`FromStr`] reads it back.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CommaPoint => "comma_point",
            Self::PointComma => "point_comma",
            Self::SpaceComma => "space_comma",
            Self::ApostrophePoint => "apostrophe_point",
        }
    }

    /// A number with every mark, such as `1,234.56`, to choose the format by.
    #[must_use]
    pub fn sample(self) -> String {
        self.amount(123_456, Currency::EUR)
    }

    /// The character between whole units and decimals.
    #[must_use]
    pub fn decimal_mark(self) -> char {
        match self {
            Self::CommaPoint | Self::ApostrophePoint => '.',
            Self::PointComma | Self::SpaceComma => ',',
        }
    }

    /// The characters read between groups of three digits.
    pub(super) fn group_marks(self) -> &'static [char] {
        match self {
            Self::CommaPoint => &[','],
            Self::PointComma => &['.'],
            Self::SpaceComma => &['\u{202f}', '\u{a0}', ' '],
            Self::ApostrophePoint => &['\u{2019}', '\''],
        }
    }

    /// The character written between groups of three digits.
    fn group_mark(self) -> char {
        match self {
            Self::CommaPoint => ',',
            Self::PointComma => '.',
            Self::SpaceComma => '\u{202f}',
            Self::ApostrophePoint => '\u{2019}',
        }
    }

    /// An amount of `minor` units with all decimals of the currency: `1,234.56`, `−0.05`.
    ///
    /// [`Amount::parse`](super::Amount::parse) in the same format gives the amount back.
    #[must_use]
    pub fn amount(self, minor: i64, currency: Currency) -> String {
        let minus = if minor < 0 { MINUS } else { "" };
        format!("{minus}{}", self.magnitude(minor, currency))
    }

    /// Like [`amount`](Self::amount) with a sign on both sides of zero: `+1,420.00`, `−12.50`, `0.00`.
    #[must_use]
    pub fn signed(self, minor: i64, currency: Currency) -> String {
        let plus = if minor > 0 { "+" } else { "" };
        format!("{plus}{}", self.amount(minor, currency))
    }

    /// An amount in whole units of the currency, for reports: 1,234.50 is `1,235`, −0.49 is `0`.
    ///
    /// Rounds half away from zero. Add up first and round last: this is text, not a number to go on with.
    #[must_use]
    pub fn whole(self, minor: i64, currency: Currency) -> String {
        let per_unit = currency.minor_per_unit().unsigned_abs();
        let units = (minor.unsigned_abs() + per_unit / 2) / per_unit;
        let minus = if minor < 0 && units > 0 { MINUS } else { "" };
        format!("{minus}{}", self.grouped(u128::from(units)))
    }

    /// A percentage as a number without the sign `%` and without needless zeros: `12.5`, `33`.
    ///
    /// [`Percent::parse`] in the same format gives it back.
    #[must_use]
    pub fn percent(self, percent: Percent) -> String {
        self.basis_points(percent.basis_points().into())
    }

    /// Basis points as a percentage, like [`percent`](Self::percent) but without its limit: sums of percentages may pass 100.
    #[must_use]
    pub fn basis_points(self, points: u64) -> String {
        points_as_percent(points).replace('.', self.decimal_mark().encode_utf8(&mut [0; 4]))
    }

    /// A number of things, with groups: `12,345`.
    #[must_use]
    pub fn count(self, count: i64) -> String {
        let minus = if count < 0 { MINUS } else { "" };
        format!("{minus}{}", self.grouped(u128::from(count.unsigned_abs())))
    }

    /// What `part` is of `whole` (both in minor units), in percent with one decimal: `35.1%`.
    ///
    /// Computed in integers, half away from zero. Of a `whole` of 0 nothing can be said: `–`.
    #[must_use]
    pub fn share(self, part: i64, whole: i64) -> String {
        let (size, of) = (u128::from(part.unsigned_abs()), u128::from(whole.unsigned_abs()));
        // Tenths of a percent, with a half added before cutting: (1000 · size) / of + 1/2.
        let Some(tenths) = (2000 * size + of).checked_div(2 * of) else {
            return NOTHING.to_owned();
        };
        let minus = if (part < 0) != (whole < 0) && tenths > 0 {
            MINUS
        } else {
            ""
        };
        format!(
            "{minus}{}{}{}%",
            self.grouped(tenths / 10),
            self.decimal_mark(),
            tenths % 10
        )
    }

    /// [`share`](Self::share) in whole percent: `35%`, half away from zero.
    #[must_use]
    pub fn share_whole(self, part: i64, whole: i64) -> String {
        let (size, of) = (u128::from(part.unsigned_abs()), u128::from(whole.unsigned_abs()));
        let Some(percent) = (200 * size + of).checked_div(2 * of) else {
            return NOTHING.to_owned();
        };
        let minus = if (part < 0) != (whole < 0) && percent > 0 {
            MINUS
        } else {
            ""
        };
        format!("{minus}{}%", self.grouped(percent))
    }

    /// The amount without its sign.
    fn magnitude(self, minor: i64, currency: Currency) -> String {
        let (units, rest) = units_and_rest(minor, currency);
        let units = self.grouped(u128::from(units));
        match currency.decimals() as usize {
            0 => units,
            width => format!("{units}{}{rest:0width$}", self.decimal_mark()),
        }
    }

    /// A whole number with a mark before every three digits from the right.
    fn grouped(self, number: u128) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() * 2);
        for (position, digit) in digits.char_indices() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                text.push(self.group_mark());
            }
            text.push(digit);
        }
        text
    }
}

/// An amount of `minor` units for programs: ASCII, a point, no groups, as in `-1234.56`. For CSV and the API.
///
/// [`Amount::parse_plain`](super::Amount::parse_plain) reads it back.
#[must_use]
pub fn plain(minor: i64, currency: Currency) -> String {
    let minus = if minor < 0 { "-" } else { "" };
    let (units, rest) = units_and_rest(minor, currency);
    match currency.decimals() as usize {
        0 => format!("{minus}{units}"),
        width => format!("{minus}{units}.{rest:0width$}"),
    }
}

/// Whole units and the minor units beyond them, both without sign.
fn units_and_rest(minor: i64, currency: Currency) -> (u64, u64) {
    let per_unit = currency.minor_per_unit().unsigned_abs();
    (minor.unsigned_abs() / per_unit, minor.unsigned_abs() % per_unit)
}

impl fmt::Display for NumberFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for NumberFormat {
    type Err = UnknownNumberFormat;

    fn from_str(id: &str) -> Result<Self, UnknownNumberFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == id)
            .ok_or(UnknownNumberFormat)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use NumberFormat::{ApostrophePoint, CommaPoint, PointComma, SpaceComma};

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).unwrap()
    }

    #[test]
    fn amounts_have_groups_and_all_decimals_of_the_currency() {
        let cases = [
            (CommaPoint, 123_456_789, "EUR", "1,234,567.89"),
            (PointComma, 123_456, "EUR", "1.234,56"),
            (SpaceComma, 123_456, "EUR", "1\u{202f}234,56"),
            (ApostrophePoint, 123_456, "CHF", "1\u{2019}234.56"),
            (CommaPoint, -5, "EUR", "\u{2212}0.05"),
            (CommaPoint, 0, "EUR", "0.00"),
            (CommaPoint, 99_999, "EUR", "999.99"),
            (CommaPoint, 100_000, "EUR", "1,000.00"),
            (CommaPoint, 1_234_567, "JPY", "1,234,567"),
            (PointComma, -1_234_567, "KWD", "\u{2212}1.234,567"),
            (CommaPoint, i64::MIN, "EUR", "\u{2212}92,233,720,368,547,758.08"),
            (CommaPoint, i64::MAX, "JPY", "9,223,372,036,854,775,807"),
        ];
        for (format, minor, code, text) in cases {
            assert_eq!(format.amount(minor, currency(code)), text);
        }
    }

    #[test]
    fn signs_stand_on_both_sides_of_zero_but_not_on_zero() {
        assert_eq!(CommaPoint.signed(142_000, Currency::EUR), "+1,420.00");
        assert_eq!(CommaPoint.signed(-1250, Currency::EUR), "\u{2212}12.50");
        assert_eq!(CommaPoint.signed(0, Currency::EUR), "0.00");
    }

    #[test]
    fn whole_units_round_half_away_from_zero() {
        let cases = [
            (0, "0"),
            (49, "0"),
            (50, "1"),
            (149, "1"),
            (150, "2"),
            (250, "3"),
            (-49, "0"),
            (-50, "\u{2212}1"),
            (-250, "\u{2212}3"),
            (123_456_750, "1,234,568"),
            (i64::MIN, "\u{2212}92,233,720,368,547,758"),
        ];
        for (minor, text) in cases {
            assert_eq!(CommaPoint.whole(minor, Currency::EUR), text, "{minor}");
        }
        assert_eq!(PointComma.whole(1_234_499, currency("KWD")), "1.234");
        assert_eq!(
            CommaPoint.whole(i64::MAX, currency("JPY")),
            "9,223,372,036,854,775,807"
        );
    }

    #[test]
    fn percentages_and_counts_use_the_marks_too() {
        let percent = Percent::from_basis_points(1250).unwrap();
        assert_eq!(CommaPoint.percent(percent), "12.5");
        assert_eq!(PointComma.percent(percent), "12,5");
        assert_eq!(SpaceComma.percent(Percent::FULL), "100");
        assert_eq!(PointComma.count(12_345), "12.345");
        assert_eq!(CommaPoint.count(i64::MIN), "\u{2212}9,223,372,036,854,775,808");
    }

    #[test]
    fn shares_are_exact_to_one_decimal() {
        let cases = [
            (351, 1000, "35.1%"),
            (1, 3, "33.3%"),
            (2, 3, "66.7%"),
            (1, 1, "100.0%"),
            (0, 5, "0.0%"),
            (1, 2000, "0.1%"),
            (1, 2001, "0.0%"),
            (-1, 2001, "0.0%"),
            (-1, 8, "\u{2212}12.5%"),
            (-1, -8, "12.5%"),
            (1, -8, "\u{2212}12.5%"),
            (0, 0, "\u{2013}"),
            (7, 0, "\u{2013}"),
            (100, 1, "10,000.0%"),
            (i64::MIN, 1, "\u{2212}922,337,203,685,477,580,800.0%"),
            (i64::MIN, i64::MIN, "100.0%"),
        ];
        for (part, whole, text) in cases {
            assert_eq!(CommaPoint.share(part, whole), text, "{part} of {whole}");
        }
        assert_eq!(SpaceComma.share(1, 3), "33,3%");
    }

    #[test]
    fn whole_shares_round_half_away_from_zero() {
        let cases = [
            (351, 1000, "35%"),
            (355, 1000, "36%"),
            (1, 3, "33%"),
            (-1, 8, "\u{2212}13%"),
            (-1, 2001, "0%"),
            (7, 0, "\u{2013}"),
            (i64::MAX, i64::MAX, "100%"),
        ];
        for (part, whole, text) in cases {
            assert_eq!(CommaPoint.share_whole(part, whole), text, "{part} of {whole}");
        }
    }

    #[test]
    fn plain_text_is_for_programs() {
        assert_eq!(plain(-123_456, Currency::EUR), "-1234.56");
        assert_eq!(plain(5, Currency::EUR), "0.05");
        assert_eq!(plain(-1234, currency("JPY")), "-1234");
        assert_eq!(plain(i64::MIN, currency("KWD")), "-9223372036854775.808");
    }

    #[test]
    fn ids_are_read_back_and_nothing_else() {
        for format in NumberFormat::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
            assert_eq!(format.to_string(), format.as_str());
        }
        assert_eq!("CommaPoint".parse::<NumberFormat>(), Err(UnknownNumberFormat));
        assert_eq!(NumberFormat::default(), CommaPoint);
    }

    proptest! {
        #[test]
        fn every_number_can_be_written(minor in any::<i64>(), whole in any::<i64>()) {
            for format in NumberFormat::ALL {
                for code in ["EUR", "JPY", "KWD"] {
                    let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
                    let written = digits(format.amount(minor, currency(code)));
                    prop_assert_eq!(written.parse::<u64>().unwrap(), minor.unsigned_abs());
                    prop_assert_eq!(digits(plain(minor, currency(code))), written);
                    prop_assert_eq!(format.whole(minor, currency(code)).contains('\u{2212}'), i128::from(minor) * 2 <= -i128::from(currency(code).minor_per_unit()));
                }
                prop_assert!(format.share(minor, whole).ends_with('%') || whole == 0);
            }
        }
    }
}
