//! Currencies of ISO 4217 in which a household can keep its money.
//!
//! The list, the decimals and most names come from the crate `iso_currency`.

use std::fmt;

use iso_currency::IntoEnumIterator;
use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

/// A currency that is, or was, money: it has coins or notes and a known number of decimals.
///
/// Metals, test codes and units of account (`XAU`, `XTS`, `XDR`) and fund codes (`CHE`, `UYI`)
/// are not among them. Serialized as its code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Currency(iso_currency::Currency);

/// Why a code is no [`Currency`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum CurrencyError {
    /// Not the code of a currency, or not in three capital letters.
    #[error("Choose a currency by its three capital letters, such as EUR")]
    UnknownCurrency,
}

impl Currency {
    /// The euro, which a household has until told otherwise.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);

    /// The currency with this alphabetic ISO 4217 code, in capital letters and nothing around them.
    ///
    /// Withdrawn currencies (`HRK`, `BGN`) are known too: old books stay readable, whatever a newer
    /// edition of the standard retires. [`Currency::all`] doesn't offer them.
    ///
    /// # Errors
    /// [`CurrencyError::UnknownCurrency`] for anything else.
    pub fn from_code(code: &str) -> Result<Self, CurrencyError> {
        iso_currency::Currency::from_code(code)
            .map(Self)
            .filter(|currency| currency.0.code() == code && currency.is_money())
            .ok_or(CurrencyError::UnknownCurrency)
    }

    /// The currencies to choose from: all that circulate today, sorted by code.
    pub fn all() -> impl Iterator<Item = Self> {
        let mut currencies: Vec<Self> = iso_currency::Currency::iter()
            .map(Self)
            .filter(|currency| currency.is_money() && currency.circulates())
            .collect();
        currencies.sort_by_key(|currency| currency.code());
        currencies.into_iter()
    }

    /// The three letters, such as `EUR`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals an amount has: 2 for EUR, 0 for JPY, 3 for KWD; never above 4.
    #[must_use]
    pub fn decimals(self) -> u32 {
        // Every `Currency` has an exponent: `is_money` asks for it.
        self.0.exponent().map_or(0, u32::from)
    }

    /// How many minor units make one whole unit: 100 for EUR, 1 for JPY, 1000 for KWD.
    #[must_use]
    pub fn minor_per_unit(self) -> i64 {
        10_i64.pow(self.decimals())
    }

    /// The English name, such as `Swiss franc`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.0 {
            // The crate's data has a slip or two names here.
            iso_currency::Currency::CNY => "Chinese yuan",
            iso_currency::Currency::SEK => "Swedish krona",
            iso_currency::Currency::VED => "Venezuelan digital bolívar",
            iso_currency::Currency::XCG => "Caribbean guilder",
            _ => self.0.name(),
        }
    }

    /// Money in the sense of this type: decimals are defined, and it is neither fund nor unit of account.
    fn is_money(self) -> bool {
        self.0.exponent().is_some() && !self.0.is_fund() && !self.0.is_special()
    }

    /// Not withdrawn. The crate takes `VES` for replaced by `VED`; ISO 4217 lists both, and people use `VES`.
    fn circulates(self) -> bool {
        self.0 == iso_currency::Currency::VES || self.0.is_superseded().is_none()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;

    fn try_from(code: String) -> Result<Self, CurrencyError> {
        Self::from_code(&code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_follow_iso_4217() {
        let known = [
            ("EUR", 2, 100),
            ("USD", 2, 100),
            ("JPY", 0, 1),
            ("KRW", 0, 1),
            ("KWD", 3, 1000),
        ];
        for (code, decimals, per_unit) in known {
            let currency = Currency::from_code(code).unwrap();
            assert_eq!(currency.decimals(), decimals, "{code}");
            assert_eq!(currency.minor_per_unit(), per_unit, "{code}");
            assert_eq!(currency.to_string(), code);
        }
    }

    #[test]
    fn only_exact_codes_of_money_are_known() {
        let refused = [
            "", "eur", "Eur", " EUR", "EUR ", "EURO", "EU", "€", "978", "AAA", "XAU", "XAG", "XXX", "XTS",
            "XDR", "XSU", "XAD", "CHE", "CHW", "CLF", "UYI", "USN", "EUR\0", "ЕUR",
        ];
        for code in refused {
            assert_eq!(
                Currency::from_code(code),
                Err(CurrencyError::UnknownCurrency),
                "{code:?}"
            );
        }
    }

    #[test]
    fn all_are_sorted_unique_and_readable_by_their_code() {
        let codes: Vec<&str> = Currency::all().map(Currency::code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        assert!(codes.len() > 140, "{}", codes.len());
        for currency in Currency::all() {
            assert_eq!(Currency::from_code(currency.code()), Ok(currency));
            assert!(currency.decimals() <= 4, "{currency}");
            assert!(!currency.name().is_empty(), "{currency}");
        }
        for code in ["CHF", "EUR", "GBP", "JPY", "USD", "VES", "XAF", "XOF"] {
            assert!(codes.contains(&code), "{code}");
        }
    }

    #[test]
    fn withdrawn_money_is_read_but_not_offered() {
        for code in ["HRK", "BGN"] {
            let currency = Currency::from_code(code).unwrap();
            assert!(Currency::all().all(|other| other != currency), "{code}");
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<String> = Currency::all()
            .map(|currency| currency.name().to_owned())
            .collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(Currency::EUR.name(), "Euro");
    }

    #[test]
    fn json_is_the_code() {
        assert_eq!(serde_json::to_string(&Currency::EUR).unwrap(), "\"EUR\"");
        assert_eq!(
            serde_json::from_str::<Currency>("\"EUR\"").unwrap(),
            Currency::EUR
        );
        let refused = serde_json::from_str::<Currency>("\"XAU\"")
            .unwrap_err()
            .to_string();
        assert!(
            refused.starts_with("Choose a currency by its three capital letters"),
            "{refused}"
        );
    }
}
