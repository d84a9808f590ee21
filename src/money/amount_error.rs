//! What can be wrong with an amount, in sentences that say what to do.

use thiserror::Error;

use super::Currency;
use super::numeral::{Fault, Notation, Numeral};

/// What is wrong with an amount, in a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Nothing was typed.
    #[error("Type an amount, such as {example}")]
    Empty {
        /// An amount of this currency in the person's number format.
        example: String,
    },
    /// More than 40 characters.
    #[error("Write the amount in at most 40 characters, such as {example}")]
    TooLong {
        /// As for [`Empty`](AmountError::Empty).
        example: String,
    },
    /// A plus before the number.
    #[error("A plus is not needed: write only the number, such as {example}")]
    Plus {
        /// As for [`Empty`](AmountError::Empty).
        example: String,
    },
    /// A decimal mark with nothing after it, as in `5.`.
    #[error("Write the decimals after the {mark}, or leave the {mark} out")]
    Unfinished {
        /// `point` or `comma`.
        mark: &'static str,
    },
    /// Group marks that don't stand before every three digits, as in `1,23.4`.
    #[error("Group the digits by three, as in {example}, or not at all")]
    Grouping {
        /// An amount with a group mark.
        example: String,
    },
    /// The marks are those of another number format, as in `12,50` where decimals follow a point.
    #[error("Write {suggestion}, not {given}: numbers look like {sample} here")]
    ForeignMarks {
        /// What was typed.
        given: String,
        /// What was probably meant, in the person's number format.
        suggestion: String,
        /// A number with every mark of the person's number format.
        sample: String,
    },
    /// Letters, exponents, foreign digits, two marks, …
    #[error("Write the amount with the digits 0 to 9, such as {example}")]
    Unreadable {
        /// As for [`Empty`](AmountError::Empty).
        example: String,
    },
    /// More decimals than the currency has, and not just zeros.
    #[error("{currency} has {}: write {lower} or {upper}, not {given}", decimals_of(*currency))]
    TooFine {
        /// The currency whose decimals count.
        currency: Currency,
        /// What was typed.
        given: String,
        /// The neighbour toward zero.
        lower: String,
        /// The neighbour away from zero.
        upper: String,
    },
    /// [`Amount::LIMIT_MINOR`](super::Amount::LIMIT_MINOR) or more, either way.
    #[error("That is too much: an amount has at most 15 digits, decimals included")]
    TooLarge,
}

impl AmountError {
    /// The error for a text that is no numeral.
    pub(super) fn new(fault: Fault, input: &str, currency: Currency, notation: Notation) -> Self {
        // 12.50 EUR, 12 JPY, 12.500 KWD.
        let example = notation.write(currency.minor_per_unit() * 25 / 2, currency);
        match fault {
            Fault::Empty => Self::Empty { example },
            Fault::TooLong => Self::TooLong { example },
            Fault::Plus => Self::Plus { example },
            Fault::Unfinished => Self::Unfinished {
                mark: notation.mark_name(),
            },
            Fault::Grouping | Fault::Unreadable => {
                if let Some(minor) = Numeral::units_elsewhere(input, notation, currency.decimals()) {
                    let suggestion = notation.write(minor, currency);
                    Self::ForeignMarks {
                        given: input.trim().to_owned(),
                        suggestion,
                        sample: notation.sample(),
                    }
                } else if fault == Fault::Grouping {
                    Self::Grouping {
                        example: notation.write(currency.minor_per_unit() * 1234, currency),
                    }
                } else {
                    Self::Unreadable { example }
                }
            }
        }
    }
}

/// The decimals of a currency in words. No currency has one alone.
fn decimals_of(currency: Currency) -> String {
    match currency.decimals() {
        0 => "no decimals".to_owned(),
        decimals => format!("{decimals} decimals"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Amount;
    use super::super::NumberFormat::{self, CommaPoint, PointComma, SpaceComma};
    use super::*;

    /// The sentence for a text that is refused.
    fn message(input: &str, code: &str, format: NumberFormat) -> String {
        let currency = Currency::from_code(code).unwrap();
        Amount::parse(input, currency, format).unwrap_err().to_string()
    }

    fn assert_refused(inputs: &[&str], sentence: &str) {
        for input in inputs {
            assert_eq!(message(input, "EUR", CommaPoint), sentence, "{input:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_number_gets_an_example() {
        let not_digits = [
            "NaN",
            "inf",
            "-Infinity",
            "1e308",
            "1E2",
            "1_000",
            "0x10",
            "\u{663}",
            "5\u{663}",
            "\u{ff11}",
            "½",
            "5\0",
            "\0",
            "1\u{200b}2",
            "1.2.3",
            "..5",
            ".",
            ",",
            "-",
            "--5",
            "5-",
            "(5)",
            "€5",
            "5 EUR",
            "twelve",
            "1/2",
            "50%",
        ];
        assert_refused(
            &not_digits,
            "Write the amount with the digits 0 to 9, such as 12.50",
        );
        assert_refused(&["", " ", "\u{a0}\n"], "Type an amount, such as 12.50");
        assert_refused(
            &["+5", " +1,234.56"],
            "A plus is not needed: write only the number, such as 12.50",
        );
        assert_refused(
            &["5.", "1,234."],
            "Write the decimals after the point, or leave the point out",
        );
        assert_refused(
            &["0".repeat(41).as_str()],
            "Write the amount in at most 40 characters, such as 12.50",
        );
    }

    #[test]
    fn groups_of_another_size_are_not_guessed() {
        let wrong = ["1,23.4", "0,123", "1,234,56", "1234,567", ",5,", "1,,234"];
        assert_refused(&wrong, "Group the digits by three, as in 1,234.00, or not at all");
    }

    #[test]
    fn amounts_out_of_range_are_refused() {
        let large = [
            "10000000000000",
            "-10,000,000,000,000.00",
            "9999999999999.999",
            "99999999999999999999999999",
        ];
        assert_refused(
            &large,
            "That is too much: an amount has at most 15 digits, decimals included",
        );
    }

    #[test]
    fn marks_of_another_format_get_a_suggestion() {
        let cases = [
            (
                "12,50",
                CommaPoint,
                "Write 12.50, not 12,50: numbers look like 1,234.56 here",
            ),
            (
                "1.234,56",
                CommaPoint,
                "Write 1,234.56, not 1.234,56: numbers look like 1,234.56 here",
            ),
            (
                "-1 234,5",
                CommaPoint,
                "Write \u{2212}1,234.50, not -1 234,5: numbers look like 1,234.56 here",
            ),
            (
                "1'234.50",
                CommaPoint,
                "Write 1,234.50, not 1'234.50: numbers look like 1,234.56 here",
            ),
            (
                "1.5",
                PointComma,
                "Write 1,50, not 1.5: numbers look like 1.234,56 here",
            ),
            (
                "12.50",
                SpaceComma,
                "Write 12,50, not 12.50: numbers look like 1\u{202f}234,56 here",
            ),
        ];
        for (input, format, sentence) in cases {
            assert_eq!(message(input, "EUR", format), sentence);
        }
        // Twelve thousand to some, twelve and a bit to others: no suggestion.
        assert_eq!(
            message("12.345", "KWD", SpaceComma),
            "Write the amount with the digits 0 to 9, such as 12,500"
        );
    }

    #[test]
    fn surplus_decimals_get_both_neighbours() {
        let cases = [
            (
                "1.005",
                "EUR",
                CommaPoint,
                "EUR has 2 decimals: write 1.00 or 1.01, not 1.005",
            ),
            (
                "-1,000.999",
                "EUR",
                CommaPoint,
                "EUR has 2 decimals: write \u{2212}1,000.99 or \u{2212}1,001.00, not -1,000.999",
            ),
            (
                "1.5",
                "JPY",
                CommaPoint,
                "JPY has no decimals: write 1 or 2, not 1.5",
            ),
            (
                ".5",
                "JPY",
                CommaPoint,
                "JPY has no decimals: write 0 or 1, not .5",
            ),
            (
                "1,2345",
                "KWD",
                PointComma,
                "KWD has 3 decimals: write 1,234 or 1,235, not 1,2345",
            ),
        ];
        for (input, code, format, sentence) in cases {
            assert_eq!(message(input, code, format), sentence);
        }
    }

    #[test]
    fn examples_follow_the_number_format_and_the_currency() {
        assert_eq!(message("", "EUR", PointComma), "Type an amount, such as 12,50");
        assert_eq!(message("", "JPY", CommaPoint), "Type an amount, such as 12");
        assert_eq!(message("", "KWD", CommaPoint), "Type an amount, such as 12.500");
        assert_eq!(
            message("5,", "EUR", SpaceComma),
            "Write the decimals after the comma, or leave the comma out"
        );
    }
}
