//! Fingerprints: what an entry says, in 16 bytes, so that a row of a file and an entry of the ledger can be compared.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::rows::RowSign;
use crate::money::{Amount, Currency, plain};

/// The first half of a SHA-256; stored as the `import_key` of what was imported.
pub type Fingerprint = [u8; 16];

/// Stands between the parts: a control character, which no name and no description can hold.
const SEPARATOR: u8 = 0x1f;

/// What an entry says. Names are keys: normalised, in lower case, as they must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content<'a> {
    /// The day.
    pub date: NaiveDate,
    /// Trimmed.
    pub description: &'a str,
    /// Below zero for a refund.
    pub amount: Amount,
    /// Income, expense or transfer.
    pub sign: RowSign,
    /// Why.
    pub category: &'a str,
    /// Where, or from where.
    pub location: &'a str,
    /// What for; nothing when it is split.
    pub bucket: Option<&'a str>,
    /// Location and bucket that a transfer goes to.
    pub to: Option<(&'a str, &'a str)>,
}

impl Content<'_> {
    /// Two entries have the same fingerprint if they say the same.
    #[must_use]
    pub fn fingerprint(&self, currency: Currency) -> Fingerprint {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            hash.update(part);
            hash.update([SEPARATOR]);
        };
        add(&self.date.to_string());
        add(self.description);
        add(&plain(self.amount.minor(), currency));
        add(self.sign.as_str());
        add(self.category);
        add(self.location);
        // A bucket that is called * is not a split.
        add(if self.bucket.is_some() { "in" } else { "split" });
        add(self.bucket.unwrap_or("*"));
        let (location, bucket) = self.to.unwrap_or_default();
        add(location);
        add(bucket);
        let mut fingerprint = Fingerprint::default();
        for (byte, hashed) in fingerprint.iter_mut().zip(hash.finalize()) {
            *byte = hashed;
        }
        fingerprint
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn content() -> Content<'static> {
        Content {
            date: NaiveDate::from_ymd_opt(2026, 11, 14).unwrap(),
            description: "Market",
            amount: Amount::from_minor(1250).unwrap(),
            sign: RowSign::Income,
            category: "food",
            location: "cash",
            bucket: Some("fun"),
            to: None,
        }
    }

    #[test]
    fn every_part_counts() {
        let base = content();
        let variants = [
            base,
            Content {
                date: NaiveDate::from_ymd_opt(2026, 11, 15).unwrap(),
                ..base
            },
            Content {
                description: "market",
                ..base
            },
            Content {
                description: "",
                ..base
            },
            Content {
                amount: Amount::from_minor(125).unwrap(),
                ..base
            },
            Content {
                amount: Amount::from_minor(-1250).unwrap(),
                ..base
            },
            Content {
                sign: RowSign::Expense,
                ..base
            },
            Content {
                category: "cash",
                location: "food",
                ..base
            },
            Content { bucket: None, ..base },
            Content {
                bucket: Some("*"),
                ..base
            },
            Content {
                to: Some(("cash", "fun")),
                ..base
            },
            Content {
                to: Some(("fun", "cash")),
                ..base
            },
        ];
        let different: HashSet<_> = variants
            .iter()
            .map(|one| one.fingerprint(Currency::EUR))
            .collect();
        assert_eq!(different.len(), variants.len());
        assert_eq!(
            content().fingerprint(Currency::EUR),
            base.fingerprint(Currency::EUR)
        );
    }

    /// Stored fingerprints must be found by later versions too.
    #[test]
    fn fingerprints_never_change() {
        let text =
            "2026-11-14\u{1f}Market\u{1f}12.50\u{1f}+\u{1f}food\u{1f}cash\u{1f}in\u{1f}fun\u{1f}\u{1f}\u{1f}";
        assert_eq!(content().fingerprint(Currency::EUR), Sha256::digest(text)[..16]);
    }
}
