//! A number as it was typed, taken apart into digits. Amounts and percentages give it its value and its errors.

use super::{Currency, NumberFormat, plain};

/// The longest text, in characters, that is looked at. The largest amount has 21 with all its marks.
const LENGTH_MAX: usize = 40;

/// A sign and digits. Whether there are too many decimals is asked by [`Numeral::units`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Numeral {
    pub(super) negative: bool,
    /// ASCII digits without group marks, empty for `.5`.
    whole: String,
    /// ASCII digits after the decimal mark, perhaps none.
    fraction: String,
}

/// Which characters mean what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Notation {
    /// What a person types.
    Person(NumberFormat),
    /// What programs write: ASCII, a point, no groups.
    Plain,
}

/// Why a text is no numeral.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// Nothing but white space.
    Empty,
    /// Above [`LENGTH_MAX`].
    TooLong,
    /// A plus before the number.
    Plus,
    /// A decimal mark with nothing after it.
    Unfinished,
    /// Group marks that don't stand before every three digits.
    Grouping,
    /// Anything but digits and single marks.
    Unreadable,
}

/// Why a numeral is no whole number of units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Misfit {
    /// Beyond 64 bits.
    TooLarge,
    /// More decimals than there are; the two neighbours, the one nearer to zero first.
    TooFine { lower: i64, upper: i64 },
}

impl Notation {
    pub(super) fn decimal_mark(self) -> char {
        match self {
            Self::Person(format) => format.decimal_mark(),
            Self::Plain => '.',
        }
    }

    /// The name of the decimal mark in sentences.
    pub(super) fn mark_name(self) -> &'static str {
        match self.decimal_mark() {
            ',' => "comma",
            _ => "point",
        }
    }

    fn group_marks(self) -> &'static [char] {
        match self {
            Self::Person(format) => format.group_marks(),
            Self::Plain => &[],
        }
    }

    fn minus_signs(self) -> &'static [char] {
        match self {
            Self::Person(_) => &['-', '\u{2212}'],
            Self::Plain => &['-'],
        }
    }

    /// A number with every mark there is.
    pub(super) fn sample(self) -> String {
        match self {
            Self::Person(format) => format.sample(),
            Self::Plain => plain(123_456, Currency::EUR),
        }
    }

    /// An amount in this notation.
    pub(super) fn write(self, minor: i64, currency: Currency) -> String {
        match self {
            Self::Person(format) => format.amount(minor, currency),
            Self::Plain => plain(minor, currency),
        }
    }
}

impl Numeral {
    /// Takes `input` apart. White space around it is ignored, inside it is only a group mark where the format has one.
    pub(super) fn read(input: &str, notation: Notation) -> Result<Self, Fault> {
        let text = input.trim();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        if text.chars().count() > LENGTH_MAX {
            return Err(Fault::TooLong);
        }
        if text.starts_with('+') {
            return Err(Fault::Plus);
        }
        let unsigned = text.strip_prefix(notation.minus_signs());
        let negative = unsigned.is_some();
        let unsigned = unsigned.unwrap_or(text);
        if !unsigned.contains(|c: char| c.is_ascii_digit()) {
            return Err(Fault::Unreadable);
        }
        let (whole, fraction) = match unsigned.split_once(notation.decimal_mark()) {
            None => (unsigned, ""),
            Some((_, "")) => return Err(Fault::Unfinished),
            Some(parts) => parts,
        };
        if !is_digits(fraction) {
            return Err(Fault::Unreadable);
        }
        let whole = without_group_marks(whole, notation)?;
        Ok(Self {
            negative,
            whole,
            fraction: fraction.to_owned(),
        })
    }

    /// The value in units of which `10^decimals` make one, exact or not at all.
    pub(super) fn units(&self, decimals: u32) -> Result<i64, Misfit> {
        let decimals = decimals as usize;
        let zeros = std::iter::repeat(b'0');
        let magnitude = self
            .whole
            .bytes()
            .chain(self.fraction.bytes().chain(zeros).take(decimals))
            .try_fold(0_i64, |sum, digit| {
                sum.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
            })
            .ok_or(Misfit::TooLarge)?;
        let sign = if self.negative { -1 } else { 1 };
        if self.fraction.bytes().skip(decimals).all(|digit| digit == b'0') {
            return Ok(sign * magnitude);
        }
        let next = magnitude.checked_add(1).ok_or(Misfit::TooLarge)?;
        Err(Misfit::TooFine {
            lower: sign * magnitude,
            upper: sign * next,
        })
    }

    /// Whether the decimals look like a group of thousands: `1.500` may be one and a half, or, to people who write points between
    /// groups, fifteen hundred.
    pub(super) fn has_three_decimals(&self) -> bool {
        self.fraction.len() == 3 && !self.whole.is_empty()
    }

    /// What `input`, a fault in `notation`, would be in other number formats, if all that can read it agree.
    ///
    /// Only for the wording of an error: nobody's amount is ever taken from here.
    pub(super) fn units_elsewhere(input: &str, notation: Notation, decimals: u32) -> Option<i64> {
        let mut readings = NumberFormat::ALL
            .into_iter()
            .map(Notation::Person)
            .filter(|other| *other != notation)
            .filter_map(|other| Self::read(input, other).ok())
            .map(|numeral| numeral.units(decimals));
        let first = readings.next()?;
        readings.all(|reading| reading == first).then_some(first)?.ok()
    }
}

/// Digits in groups of three, the first of one to three not beginning with 0, or digits without any mark.
fn without_group_marks(whole: &str, notation: Notation) -> Result<String, Fault> {
    let groups: Vec<&str> = whole.split(notation.group_marks()).collect();
    if !groups.iter().all(|group| is_digits(group)) {
        return Err(Fault::Unreadable);
    }
    match groups.as_slice() {
        [_] => Ok(whole.to_owned()),
        [first, rest @ ..]
            if (1..=3).contains(&first.len())
                && !first.starts_with('0')
                && rest.iter().all(|group| group.len() == 3) =>
        {
            Ok(groups.concat())
        }
        _ => Err(Fault::Grouping),
    }
}

/// Nothing but `0` to `9`; also true of the empty text.
fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use NumberFormat::{CommaPoint, PointComma, SpaceComma};

    fn units(input: &str, format: NumberFormat) -> Result<Result<i64, Misfit>, Fault> {
        Numeral::read(input, Notation::Person(format)).map(|numeral| numeral.units(2))
    }

    #[test]
    fn groups_stand_before_every_three_digits() {
        for good in ["1,234.56", "1234.56", "12,345", "123,456", "1,234,567.00"] {
            assert!(matches!(units(good, CommaPoint), Ok(Ok(_))), "{good}");
        }
        for bad in [
            "1,23.4", "12,50", ",123", "1,234,56", "1234,567", "1,,234", "0,123", "01,234", "1,234,",
            "1, 234",
        ] {
            assert!(units(bad, CommaPoint).is_err(), "{bad}");
        }
        assert_eq!(units("12 345,60", SpaceComma), Ok(Ok(1_234_560)));
        assert_eq!(units("12  345,60", SpaceComma), Err(Fault::Grouping));
    }

    #[test]
    fn no_digit_is_dropped() {
        assert_eq!(
            units("1.005", CommaPoint),
            Ok(Err(Misfit::TooFine {
                lower: 100,
                upper: 101
            }))
        );
        assert_eq!(
            units("-1.005", CommaPoint),
            Ok(Err(Misfit::TooFine {
                lower: -100,
                upper: -101
            }))
        );
        assert_eq!(units("1.5000", CommaPoint), Ok(Ok(150)));
        assert_eq!(
            units("99999999999999999999", CommaPoint),
            Ok(Err(Misfit::TooLarge))
        );
        assert_eq!(
            units("00000000000000000000000000000000000001.5", CommaPoint),
            Ok(Ok(150))
        );
    }

    #[test]
    fn other_formats_are_asked_only_when_they_agree() {
        let elsewhere =
            |input, format, decimals| Numeral::units_elsewhere(input, Notation::Person(format), decimals);
        assert_eq!(elsewhere("12,50", CommaPoint, 2), Some(1250));
        assert_eq!(elsewhere("1.234,56", CommaPoint, 2), Some(123_456));
        assert_eq!(elsewhere("12.50", PointComma, 2), Some(1250));
        // Twelve thousand, or twelve and a bit?
        assert_eq!(elsewhere("12.345", SpaceComma, 2), None);
        assert_eq!(elsewhere("12.345", SpaceComma, 3), None);
        assert_eq!(elsewhere("abc", CommaPoint, 2), None);
        assert_eq!(
            Numeral::units_elsewhere("1,234.56", Notation::Plain, 2),
            Some(123_456)
        );
    }
}
