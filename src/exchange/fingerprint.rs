//! Fingerprints: what an entry says, in 16 bytes, so that an entry of a file and one of the ledger can be compared.
//!
//! [`Content`] is what a single row can say. [`Lines`] is any entry; where a single row can say the same, it has that row's fingerprint.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::rows::RowSign;
use crate::ledger::Kind;
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
        let mut print = Print::default();
        print.add(&self.date.to_string());
        print.add(self.description);
        print.add(&plain(self.amount.minor(), currency));
        print.add(self.sign.as_str());
        print.add(self.category);
        print.add(self.location);
        // A bucket that is called * is not a split.
        print.add(if self.bucket.is_some() { "in" } else { "split" });
        print.add(self.bucket.unwrap_or("*"));
        let (location, bucket) = self.to.unwrap_or_default();
        print.add(location);
        print.add(bucket);
        print.done()
    }
}

/// A posting: the keys of its location and its bucket, and its signed amount.
pub type Line<'a> = (&'a str, &'a str, Amount);

/// An entry with its postings. Names are keys, as in [`Content`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines<'a> {
    /// The day.
    pub date: NaiveDate,
    /// Trimmed.
    pub description: &'a str,
    /// What it is.
    pub kind: Kind,
    /// Why.
    pub category: &'a str,
    /// With whom, of a loan.
    pub counterparty: Option<&'a str>,
    /// Whether it is divided by shares; which shares these are does not count.
    pub split: bool,
    /// Its postings, in their order.
    pub postings: &'a [Line<'a>],
}

impl Lines<'_> {
    /// That of the row that records the same, where there is one; otherwise one that no single row has.
    #[must_use]
    pub fn fingerprint(&self, currency: Currency) -> Fingerprint {
        if let Some(content) = self.in_one_row() {
            return content.fingerprint(currency);
        }
        let mut print = Print::default();
        // A row's begins with its day.
        print.add("lines");
        print.add(&self.date.to_string());
        print.add(self.description);
        print.add(self.kind.as_str());
        print.add(self.category);
        print.add(self.counterparty.unwrap_or_default());
        print.add(if self.split { "split" } else { "whole" });
        for (location, bucket, amount) in self.postings {
            print.add(location);
            print.add(bucket);
            print.add(&plain(amount.minor(), currency));
        }
        print.done()
    }

    fn in_one_row(&self) -> Option<Content<'_>> {
        let sign = RowSign::of(self.kind);
        let ((location, bucket, amount), bucket_counts, to) = match (self.kind, self.postings) {
            (Kind::Income, [(location, bucket, _), more @ ..]) if self.split => {
                if more.iter().any(|(other, ..)| other != location) {
                    return None;
                }
                let sum: i128 = self
                    .postings
                    .iter()
                    .map(|(.., amount)| i128::from(amount.minor()))
                    .sum();
                let sum = Amount::from_minor(i64::try_from(sum).ok()?).ok()?;
                ((*location, *bucket, sum), false, None)
            }
            (Kind::Income | Kind::Expense, [only]) => (*only, true, None),
            (Kind::Transfer, [from, to] | [to, from]) if from.2.is_negative() && to.2 == -from.2 => {
                ((from.0, from.1, to.2), true, Some((to.0, to.1)))
            }
            _ => return None,
        };
        Some(Content {
            date: self.date,
            description: self.description,
            amount: sign.turn(amount),
            sign,
            category: self.category,
            location,
            bucket: bucket_counts.then_some(bucket),
            to,
        })
    }
}

/// A fingerprint in the making.
#[derive(Default)]
struct Print(Sha256);

impl Print {
    fn add(&mut self, part: &str) {
        self.0.update(part);
        self.0.update([SEPARATOR]);
    }

    fn done(self) -> Fingerprint {
        let mut fingerprint = Fingerprint::default();
        for (byte, hashed) in fingerprint.iter_mut().zip(self.0.finalize()) {
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

    fn lines<'a>(kind: Kind, lines: &'a [Line<'a>]) -> Lines<'a> {
        Lines {
            date: content().date,
            description: "Market",
            kind,
            category: "food",
            counterparty: None,
            split: false,
            postings: lines,
        }
    }

    fn amount(minor: i64) -> Amount {
        Amount::from_minor(minor).unwrap()
    }

    #[test]
    fn what_one_row_can_say_has_its_fingerprint() {
        let in_cash = [("cash", "fun", amount(1250))];
        assert_eq!(
            lines(Kind::Income, &in_cash).fingerprint(Currency::EUR),
            content().fingerprint(Currency::EUR)
        );
        let spent = Content {
            sign: RowSign::Expense,
            amount: amount(-1250),
            ..content()
        };
        assert_eq!(
            lines(Kind::Expense, &in_cash).fingerprint(Currency::EUR),
            spent.fingerprint(Currency::EUR)
        );
        let moved = Content {
            sign: RowSign::Transfer,
            to: Some(("bank", "fun")),
            ..content()
        };
        let there = [("cash", "fun", amount(-1250)), ("bank", "fun", amount(1250))];
        let turned = [there[1], there[0]];
        for both in [&there, &turned] {
            assert_eq!(
                lines(Kind::Transfer, both).fingerprint(Currency::EUR),
                moved.fingerprint(Currency::EUR)
            );
        }
        let parts = [("cash", "fun", amount(1000)), ("cash", "home", amount(250))];
        let split = Lines {
            split: true,
            ..lines(Kind::Income, &parts)
        };
        assert_eq!(
            split.fingerprint(Currency::EUR),
            Content {
                bucket: None,
                ..content()
            }
            .fingerprint(Currency::EUR)
        );
    }

    #[test]
    fn every_part_of_the_others_counts() {
        let one = [("cash", "fun", amount(1250))];
        let two = [("cash", "fun", amount(1000)), ("cash", "home", amount(250))];
        let turned = [two[1], two[0]];
        let apart = [two[0], ("bank", "home", amount(250))];
        let base = lines(Kind::Loan, &one);
        let variants = [
            base,
            lines(Kind::Adjustment, &one),
            lines(Kind::Transfer, &one),
            Lines {
                counterparty: Some("Kim"),
                ..base
            },
            Lines {
                description: "",
                ..base
            },
            Lines {
                category: "loan",
                ..base
            },
            lines(Kind::Loan, &two),
            lines(Kind::Loan, &turned),
            lines(Kind::Income, &two),
            lines(Kind::Income, &apart),
            Lines {
                split: true,
                ..lines(Kind::Income, &apart)
            },
        ];
        let different: HashSet<_> = variants
            .iter()
            .map(|one| one.fingerprint(Currency::EUR))
            .collect();
        assert_eq!(different.len(), variants.len());
        // Stored ones must be found by later versions too.
        let text = "lines\u{1f}2026-11-14\u{1f}Market\u{1f}loan\u{1f}food\u{1f}\u{1f}whole\u{1f}cash\u{1f}fun\u{1f}12.50\u{1f}";
        assert_eq!(base.fingerprint(Currency::EUR), Sha256::digest(text)[..16]);
    }
}
