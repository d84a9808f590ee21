//! The [`SplitTable`]: what each bucket gets of an income.

use crate::households::Member;
use crate::ids::BucketId;
use crate::ledger::Book;
use crate::ledger::rules::Division;
use crate::ledger::transaction::Snapshot;
use crate::money::Amount;

/// The parts of an income.
pub(super) struct SplitTable {
    pub(super) parts: Vec<Part>,
    /// What all get together as it is stored, where both are compared.
    pub(super) total_before: Option<String>,
    pub(super) total: String,
    pub(super) remark: Option<String>,
}

/// What one bucket gets.
pub(super) struct Part {
    pub(super) name: String,
    /// From 1 to 10, for its colour; nothing for an archived one.
    pub(super) series: Option<usize>,
    /// `50%`, or that it keeps what it has.
    pub(super) percent: String,
    /// What it has of the stored entry, where both are compared.
    pub(super) before: Option<String>,
    pub(super) amount: String,
}

impl SplitTable {
    /// The parts of `amount`, beside those of the `stored` entry where it is given; nothing when the shares are not exactly 100 %, or nothing
    /// is left for them beside what is fixed.
    pub(super) fn of(
        member: &Member,
        book: &Book,
        division: &Division,
        amount: Amount,
        stored: Option<&Snapshot>,
    ) -> Option<Self> {
        let given = division.parts(amount)?;
        let signed = |minor: i64| member.number_format.signed(minor, member.currency);
        let before = |bucket: BucketId| {
            let lines = stored?.transaction.lines.iter();
            let there = lines.filter(|line| line.bucket == bucket);
            Some(signed(
                there.fold(0_i64, |sum, line| sum.saturating_add(line.amount.minor())),
            ))
        };
        let row = |bucket: BucketId, percent: String, minor: i64| Part {
            name: name(book, bucket).to_owned(),
            series: series(book, bucket),
            percent,
            before: before(bucket),
            amount: signed(minor),
        };
        let stays = |bucket: BucketId| division.fixed.iter().any(|(_, line)| line.bucket == bucket);
        let mut parts: Vec<Part> = given
            .iter()
            .filter(|(share, _)| !stays(share.bucket))
            .map(|(share, part)| {
                let percent = member.number_format.percent(share.percent);
                row(share.bucket, format!("{percent}%"), part.amount.minor())
            })
            .collect();
        for (_, line) in &division.fixed {
            parts.push(row(line.bucket, "stays".to_owned(), line.amount.minor()));
        }
        // Who had a part and gets none any more.
        for share in stored.map_or(&[][..], |stored| stored.shares.as_slice()) {
            if !stays(share.bucket) && given.iter().all(|(new, _)| new.bucket != share.bucket) {
                parts.push(row(share.bucket, "0%".to_owned(), 0));
            }
        }
        let lucky: Vec<&str> = given
            .iter()
            .filter(|(_, part)| part.leftover)
            .map(|(share, _)| name(book, share.bucket))
            .collect();
        Some(Self {
            parts,
            total_before: stored.map(|stored| signed(stored.transaction.amount.minor())),
            total: signed(amount.minor()),
            remark: leftover_words(member, &lucky),
        })
    }
}

fn name(book: &Book, bucket: BucketId) -> &str {
    book.bucket(bucket).map_or("", |bucket| bucket.name.as_str())
}

/// The colour of a bucket, which goes by its place among those in use.
fn series(book: &Book, id: BucketId) -> Option<usize> {
    let place = book.active_buckets().position(|bucket| bucket.id == id)?;
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
