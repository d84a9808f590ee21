//! Percentages asked for with an import, as in `Home=60,Fun=40`.

use std::str::FromStr;

use crate::ledger::name;
use crate::money::{NumberFormat, Percent};

/// Buckets and what each gets of an income, in their order; at most 100 % in sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Percentages(Vec<(String, Percent)>);

impl Percentages {
    /// Names and percentages, in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[(String, Percent)] {
        &self.0
    }
}

/// What is wrong with a list of percentages, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PercentagesError(String);

impl FromStr for Percentages {
    type Err = PercentagesError;

    /// Reads `Home=60,Fun=40`. A name cannot hold a comma here.
    fn from_str(text: &str) -> Result<Self, PercentagesError> {
        let mut read: Vec<(String, Percent)> = Vec::new();
        for part in text.split(',') {
            let (bucket, percent) = part.rsplit_once('=').ok_or_else(|| {
                PercentagesError(format!(
                    "write each bucket with its percentage, as in Home=60,Fun=40, not {part:?}"
                ))
            })?;
            let bucket = name::required("bucket", bucket)
                .map_err(|problem| PercentagesError(format!("{part:?}: {}", problem.message)))?;
            let percent = Percent::parse(percent, NumberFormat::CommaPoint)
                .map_err(|error| PercentagesError(format!("{bucket}: {error}")))?;
            if read
                .iter()
                .any(|(other, _)| other.to_lowercase() == bucket.to_lowercase())
            {
                return Err(PercentagesError(format!("{bucket} is there twice")));
            }
            read.push((bucket, percent));
        }
        let sum = read
            .iter()
            .map(|(_, percent)| u32::from(percent.basis_points()))
            .sum();
        match too_much(sum) {
            Some(sentence) => Err(PercentagesError(sentence)),
            None => Ok(Self(read)),
        }
    }
}

/// The sentence for a sum of basis points above 100 %.
pub(super) fn too_much(sum_bp: u32) -> Option<String> {
    let excess_bp = sum_bp.checked_sub(10_000).filter(|excess| *excess > 0)?;
    let say = |basis_points: u32| NumberFormat::CommaPoint.basis_points(basis_points.into());
    Some(format!(
        "The percentages add up to {}%: {}% is too much",
        say(sum_bp),
        say(excess_bp)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, u16)>, String> {
        text.parse::<Percentages>()
            .map(|percentages| {
                percentages
                    .as_slice()
                    .iter()
                    .map(|(name, percent)| (name.clone(), percent.basis_points()))
                    .collect()
            })
            .map_err(|error| error.to_string())
    }

    #[test]
    fn buckets_keep_their_order_and_exact_percentages() {
        let wanted = [("Home", 6000), ("Long-term Savings", 1250), ("a=b", 0)];
        let wanted: Vec<_> = wanted.map(|(name, bp)| (name.to_owned(), bp)).into();
        assert_eq!(read("Home=60, Long-term Savings = 12.5 %,a=b=0"), Ok(wanted));
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let refused = [
            (
                "",
                "write each bucket with its percentage, as in Home=60,Fun=40, not \"\"",
            ),
            (
                "Home",
                "write each bucket with its percentage, as in Home=60,Fun=40, not \"Home\"",
            ),
            (
                "Home=60,",
                "write each bucket with its percentage, as in Home=60,Fun=40, not \"\"",
            ),
            ("=60", "\"=60\": Type a name."),
            ("Home=", "Home: Type a percentage, such as 12.5"),
            (
                "Home=x",
                "Home: Write the percentage with the digits 0 to 9, such as 12.5",
            ),
            (
                "Home=33.333",
                "Home: A percentage has at most 2 decimals: write 33.33 or 33.34, not 33.333",
            ),
            ("Home=-1", "Home: A percentage is from 0 to 100"),
            ("Home=50,HOME=50", "HOME is there twice"),
            (
                "Home=60,Fun=40.01",
                "The percentages add up to 100.01%: 0.01% is too much",
            ),
        ];
        for (text, sentence) in refused {
            assert_eq!(read(text), Err(sentence.to_owned()), "{text:?}");
        }
    }
}
