//! Categories ranked by what they took or brought.

use crate::ids::CategoryId;

use super::links::Link;
use super::number::Pen;
use crate::web::pages::bar::width;

/// Categories that get a line of their own, before the rest is put together.
const RANKED_MAX: usize = 12;

/// Categories that an address names at most: more than that make it longer than what proxies take.
const LINKED_MAX: usize = 50;

/// A ranking.
pub(super) struct Ranking {
    /// What all of them make together.
    pub(super) whole: String,
    pub(super) lines: Vec<Line>,
}

/// One category, or the rest of them.
pub(super) struct Line {
    pub(super) name: String,
    /// Nothing where its address would be longer than servers take.
    pub(super) href: Option<String>,
    pub(super) amount: String,
    /// Nothing where a part is below zero: shares would mislead.
    pub(super) share: Option<String>,
    pub(super) width: String,
}

impl Ranking {
    /// Ranks `parts`, sorted already, the largest first. The last line leads to all the rest at once.
    pub(super) fn of(pen: Pen<'_>, link: &Link, parts: &[(CategoryId, &str, i64)], whole: i64) -> Self {
        let has_shares = whole > 0 && parts.iter().all(|(_, _, minor)| *minor >= 0);
        let largest = parts.first().map_or(0, |(_, _, minor)| *minor);
        let write = |name: String, href: Option<String>, minor: i64| Line {
            name,
            href,
            amount: pen.amount(minor),
            share: has_shares.then(|| pen.member.number_format.share(minor, whole)),
            width: width(minor, largest),
        };
        let keep = if parts.len() > RANKED_MAX + 1 {
            RANKED_MAX
        } else {
            parts.len()
        };
        let (first, rest) = parts.split_at(keep);
        let mut lines: Vec<Line> = first
            .iter()
            .map(|(id, name, minor)| {
                write(
                    (*name).to_owned(),
                    Some(link.clone().category(*id).href()),
                    *minor,
                )
            })
            .collect();
        if !rest.is_empty() {
            let ids: Vec<CategoryId> = rest.iter().map(|(id, ..)| *id).collect();
            let sum = rest
                .iter()
                .fold(0, |sum: i64, (.., minor)| sum.saturating_add(*minor));
            lines.push(write(
                format!("{} more", rest.len()),
                if ids.len() <= LINKED_MAX {
                    Some(link.clone().categories(ids).href())
                } else {
                    None
                },
                sum,
            ));
        }
        Self {
            whole: pen.amount(whole),
            lines,
        }
    }
}
