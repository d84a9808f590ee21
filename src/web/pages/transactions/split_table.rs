//! The [`SplitTable`]: what each bucket gets of an income.

use crate::households::Member;
use crate::ledger::Book;
use crate::ledger::transaction::Share;
use crate::money::{Amount, Split, SplitPart};

/// The parts of an income.
pub(super) struct SplitTable {
    pub(super) parts: Vec<Part>,
    pub(super) total: String,
    pub(super) remark: Option<String>,
}

/// What one bucket gets.
pub(super) struct Part {
    pub(super) name: String,
    /// From 1 to 10, for its colour; nothing for an archived one.
    pub(super) series: Option<usize>,
    pub(super) percent: String,
    pub(super) amount: String,
}

impl SplitTable {
    /// The parts of `amount`; nothing when the shares are not exactly 100 %.
    pub(super) fn of(member: &Member, book: &Book, shares: &[Share], amount: Amount) -> Option<Self> {
        let split = Split::new(shares.iter().map(|share| share.percent).collect()).ok()?;
        let given: Vec<(&Share, SplitPart)> = shares.iter().zip(split.apply(amount)).collect();
        let name = |share: &Share| {
            book.bucket(share.bucket)
                .map_or("", |bucket| bucket.name.as_str())
        };
        let parts = given
            .iter()
            .map(|(share, part)| Part {
                name: name(share).to_owned(),
                series: series(book, share),
                percent: member.number_format.percent(share.percent),
                amount: member.number_format.signed(part.amount.minor(), member.currency),
            })
            .collect();
        let lucky: Vec<&str> = given
            .iter()
            .filter(|(_, part)| part.leftover)
            .map(|(share, _)| name(share))
            .collect();
        Some(Self {
            parts,
            total: member.number_format.signed(amount.minor(), member.currency),
            remark: leftover_words(member, &lucky),
        })
    }
}

/// The colour of a bucket, which goes by its place among those in use.
fn series(book: &Book, share: &Share) -> Option<usize> {
    let place = book
        .active_buckets()
        .position(|bucket| bucket.id == share.bucket)?;
    Some(place % 10 + 1)
}

/// Who got what was left over when the shares were cut to whole units.
fn leftover_words(member: &Member, names: &[&str]) -> Option<String> {
    let (last, others) = names.split_last()?;
    let many = !others.is_empty();
    let left = match (member.currency.code(), names.len()) {
        ("EUR" | "USD", 1) => "1 cent".to_owned(),
        ("EUR" | "USD", number) => format!("{number} cents"),
        (code, number) => {
            let minor = i64::try_from(number).unwrap_or_default();
            format!("{} {code}", member.number_format.amount(minor, member.currency))
        }
    };
    let who = if many {
        format!("{} and {last}", others.join(", "))
    } else {
        (*last).to_owned()
    };
    Some(format!(
        "{left} {} left after rounding. {} went to {who}, the largest {}.",
        if many { "were" } else { "was" },
        if many { "They" } else { "It" },
        if many { "remainders" } else { "remainder" },
    ))
}
