//! Amounts: whole minor units, read from text without ever rounding.

use std::ops::Neg;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::numeral::{Misfit, Notation, Numeral};
use super::{AmountError, Currency, NumberFormat};

/// An exact amount in minor units of one currency (cents for EUR), of less than [`Amount::LIMIT_MINOR`] either way.
///
/// The only ways in are [`parse`](Amount::parse), [`parse_plain`](Amount::parse_plain),
/// [`from_minor`](Amount::from_minor) and [`from_decimal`](Amount::from_decimal), so code that holds an
/// `Amount` never re-checks scale or range. The currency is that of the household and not kept here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Amount(i64);

impl From<Amount> for i64 {
    fn from(amount: Amount) -> Self {
        amount.0
    }
}

impl TryFrom<i64> for Amount {
    type Error = AmountError;

    fn try_from(minor: i64) -> Result<Self, AmountError> {
        Self::from_minor(minor)
    }
}

impl Amount {
    /// Every amount is nearer to zero than this many minor units (10^15: ten trillion euros).
    pub const LIMIT_MINOR: i64 = 1_000_000_000_000_000;

    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of `minor` units, from the database or from a computation.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] from [`Amount::LIMIT_MINOR`] on, either way.
    pub fn from_minor(minor: i64) -> Result<Self, AmountError> {
        if minor.unsigned_abs() < Self::LIMIT_MINOR.unsigned_abs() {
            Ok(Self(minor))
        } else {
            Err(AmountError::TooLarge)
        }
    }

    /// A part of an amount that is in range: needs no check of its own.
    pub(super) fn part(minor: i64) -> Self {
        debug_assert!(
            Self::from_minor(minor).is_ok(),
            "a part of an amount is smaller than the amount"
        );
        Self(minor)
    }

    /// Reads what a person typed in their number format. Never rounds: `1.005` EUR is an error, not `1.00`.
    ///
    /// * White space around it is ignored; a minus (`-` or `−`) may stand right before the first digit.
    /// * Digits are ASCII. Groups are optional, but then of exactly three digits, the first not beginning with 0.
    /// * Fewer decimals than the currency has are fine, and so are needless zeros: `1.5` and `1.5000` are `1.50` EUR. Only three decimals
    ///   are refused where there are fewer, for `1.500` is fifteen hundred to people who write points between groups.
    /// * `.5` is `0.50`; `5.` is refused, for something seems to be missing.
    /// * No second reading is guessed: `12,50` where decimals follow a point is an error that says how to write it.
    ///
    /// # Errors
    /// [`AmountError`] says in the person's words what is wrong.
    pub fn parse(input: &str, currency: Currency, format: NumberFormat) -> Result<Self, AmountError> {
        Self::read(input, currency, Notation::Person(format))
    }

    /// Reads what a program wrote, for CSV and the API: ASCII digits, a point, no groups, `-` for a minus.
    /// Otherwise like [`parse`](Amount::parse).
    ///
    /// # Errors
    /// [`AmountError`], with examples written the same way.
    pub fn parse_plain(input: &str, currency: Currency) -> Result<Self, AmountError> {
        Self::read(input, currency, Notation::Plain)
    }

    /// Takes over an exact decimal number of whole units: 12.5 is `12.50` EUR. Never rounds.
    ///
    /// # Errors
    /// [`AmountError::TooFine`] or [`AmountError::TooLarge`].
    pub fn from_decimal(decimal: Decimal, currency: Currency) -> Result<Self, AmountError> {
        // `Display` is exact: at most 29 digits, a point, no exponent.
        Self::parse_plain(&decimal.normalize().to_string(), currency)
    }

    /// The amount as an exact decimal number of whole units, with the currency's decimals.
    #[must_use]
    pub fn to_decimal(self, currency: Currency) -> Decimal {
        Decimal::new(self.0, currency.decimals())
    }

    /// Minor units, money in above zero, out below.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// The sum of two amounts of the same currency.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] if it is out of range.
    pub fn checked_add(self, other: Self) -> Result<Self, AmountError> {
        // Two amounts can't overflow an i64.
        Self::from_minor(self.0 + other.0)
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    fn read(input: &str, currency: Currency, notation: Notation) -> Result<Self, AmountError> {
        let numeral = Numeral::read(input, notation)
            .map_err(|fault| AmountError::new(fault, input, currency, notation))?;
        match numeral.units(currency.decimals()) {
            // Not guessed: the other reading is a thousand times as much.
            Ok(minor)
                if notation != Notation::Plain && currency.decimals() < 3 && numeral.has_three_decimals() =>
            {
                Err(AmountError::TooFine {
                    currency,
                    given: input.trim().to_owned(),
                    lower: notation.write(minor, currency),
                    upper: notation.write(minor.saturating_mul(1000), currency),
                })
            }
            Ok(minor) => Self::from_minor(minor),
            Err(Misfit::TooFine { lower, upper }) if Self::from_minor(upper).is_ok() => {
                Err(AmountError::TooFine {
                    currency,
                    given: input.trim().to_owned(),
                    lower: notation.write(lower, currency),
                    upper: notation.write(upper, currency),
                })
            }
            Err(Misfit::TooFine { .. } | Misfit::TooLarge) => Err(AmountError::TooLarge),
        }
    }
}

impl Neg for Amount {
    type Output = Self;

    /// The range is symmetric, so every amount has its opposite.
    fn neg(self) -> Self {
        Self(-self.0)
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

    fn eur(input: &str, format: NumberFormat) -> Result<i64, String> {
        Amount::parse(input, Currency::EUR, format)
            .map(Amount::minor)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_what_people_type() {
        let cases = [
            (CommaPoint, "12.50", 1250),
            (CommaPoint, " 12.5\t", 1250),
            (CommaPoint, "1,234.56", 123_456),
            (CommaPoint, "-0.05", -5),
            (CommaPoint, "\u{2212}7", -700),
            (CommaPoint, ".5", 50),
            (CommaPoint, "-.5", -50),
            (CommaPoint, "0", 0),
            (CommaPoint, "-0.00", 0),
            (CommaPoint, "007", 700),
            (CommaPoint, "1.5000", 150),
            (CommaPoint, "1,234", 123_400),
            (PointComma, "1.234", 123_400),
            (PointComma, "1.234,5", 123_450),
            (PointComma, ",05", 5),
            (SpaceComma, "1 234,56", 123_456),
            (SpaceComma, "1\u{a0}234,56", 123_456),
            (SpaceComma, "1\u{202f}234\u{202f}567,8", 123_456_780),
            (ApostrophePoint, "1'234.50", 123_450),
            (ApostrophePoint, "1\u{2019}234.50", 123_450),
            (CommaPoint, "9999999999999.99", 999_999_999_999_999),
            (CommaPoint, "-9,999,999,999,999.99", -999_999_999_999_999),
        ];
        for (format, input, minor) in cases {
            assert_eq!(eur(input, format), Ok(minor), "{input}");
        }
        assert_eq!(
            Amount::parse("1,234", currency("JPY"), CommaPoint).map(Amount::minor),
            Ok(1234)
        );
        assert_eq!(
            Amount::parse("1.005", currency("KWD"), CommaPoint).map(Amount::minor),
            Ok(1005)
        );
    }

    #[test]
    fn programs_write_a_point_and_no_groups() {
        let read = |input| {
            Amount::parse_plain(input, Currency::EUR)
                .map(Amount::minor)
                .map_err(|e| e.to_string())
        };
        assert_eq!(read("-1234.5"), Ok(-123_450));
        assert_eq!(read(" 12.50 "), Ok(1250));
        assert_eq!(
            read("1,234.56"),
            Err("Write 1234.56, not 1,234.56: numbers look like 1234.56 here".to_owned())
        );
        assert_eq!(
            read("12,50"),
            Err("Write 12.50, not 12,50: numbers look like 1234.56 here".to_owned())
        );
        assert_eq!(
            read("1.005"),
            Err("EUR has 2 decimals: write 1.00 or 1.01, not 1.005".to_owned())
        );
        for refused in ["1e2", "NaN", "1_000", "0x1", "\u{663}"] {
            let message = "Write the amount with the digits 0 to 9, such as 12.50".to_owned();
            assert_eq!(read(refused), Err(message), "{refused}");
        }
        assert!(read("+5").is_err() && read("\u{2212}5").is_err());
    }

    #[test]
    fn decimals_go_in_and_out_exactly() {
        let from =
            |text: &str, code| Amount::from_decimal(Decimal::from_str_exact(text).unwrap(), currency(code));
        assert_eq!(from("12.5", "EUR").unwrap().minor(), 1250);
        assert_eq!(from("-12.5000", "EUR").unwrap().minor(), -1250);
        assert_eq!(from("-0.00", "EUR"), Ok(Amount::ZERO));
        assert_eq!(
            from("1.005", "EUR").unwrap_err().to_string(),
            "EUR has 2 decimals: write 1.00 or 1.01, not 1.005"
        );
        assert_eq!(
            Amount::from_decimal(Decimal::MAX, Currency::EUR),
            Err(AmountError::TooLarge)
        );
        assert!(from("0.0000000000000000000000000001", "EUR").is_err());
        assert_eq!(Amount(1250).to_decimal(Currency::EUR).to_string(), "12.50");
        assert_eq!(Amount(1250).to_decimal(currency("JPY")).to_string(), "1250");
    }

    #[test]
    fn the_range_is_symmetric_and_kept() {
        let largest = Amount::from_minor(Amount::LIMIT_MINOR - 1).unwrap();
        assert_eq!(
            Amount::from_minor(Amount::LIMIT_MINOR),
            Err(AmountError::TooLarge)
        );
        assert_eq!(
            Amount::from_minor(-Amount::LIMIT_MINOR),
            Err(AmountError::TooLarge)
        );
        assert_eq!(Amount::from_minor(i64::MIN), Err(AmountError::TooLarge));
        assert_eq!(Amount::from_minor((-largest).minor()), Ok(-largest));
        assert_eq!((-largest).abs(), largest);
        assert_eq!(largest.checked_add(Amount(1)), Err(AmountError::TooLarge));
        assert_eq!(largest.checked_add(-largest), Ok(Amount::ZERO));
        assert!(Amount::ZERO.is_zero() && !Amount::ZERO.is_negative() && (-largest).is_negative());
    }

    const CODES: [&str; 3] = ["JPY", "EUR", "KWD"];

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor in 1 - Amount::LIMIT_MINOR..Amount::LIMIT_MINOR) {
            for money in CODES.map(currency) {
                for format in NumberFormat::ALL {
                    prop_assert_eq!(Amount::parse(&format.amount(minor, money), money, format), Ok(Amount(minor)));
                }
                prop_assert_eq!(Amount::parse_plain(&crate::money::plain(minor, money), money), Ok(Amount(minor)));
                prop_assert_eq!(Amount::from_decimal(Amount(minor).to_decimal(money), money), Ok(Amount(minor)));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), long in ".{0,80}") {
            for (input, money) in [&text, &long].into_iter().flat_map(|t| CODES.map(|code| (t, currency(code)))) {
                for format in NumberFormat::ALL {
                    if let Err(error) = Amount::parse(input, money, format) { prop_assert!(error.to_string().len() < 300); }
                }
                if let Err(error) = Amount::parse_plain(input, money) { prop_assert!(error.to_string().len() < 300); }
            }
        }

        /// Whatever is accepted has the value that an independent decimal parser sees in its digits.
        #[test]
        fn nothing_is_read_as_another_value(input in "-?[0-9]{0,4}([.,' ][0-9]{0,4}){0,3}") {
            for (format, money) in NumberFormat::ALL.into_iter().flat_map(|f| CODES.map(|code| (f, currency(code)))) {
                if let Ok(amount) = Amount::parse(&input, money, format) {
                    let clean: String = input.trim().chars().filter(|c| !format.group_marks().contains(c)).collect();
                    let clean = clean.replace(format.decimal_mark(), ".");
                    prop_assert_eq!(amount.to_decimal(money), Decimal::from_str_exact(&clean).unwrap(), "{}", input);
                }
            }
        }
    }
}
