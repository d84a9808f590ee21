//! The line under the shares: their running sum, and what it means.

use askama::Template;

use super::shares::{FULL, Typed};
use crate::money::NumberFormat;

/// The running sum: `Sum 99%`, what that means, and a bar of the shares.
#[derive(Debug, Template)]
#[template(path = "setup/_sum.html")]
pub(super) struct SumLine {
    sum: String,
    remark: Remark,
    /// What the bar is wide, in basis points: 100 %, or the sum where that is more.
    width: u64,
    /// The part of each share: its colour, where it begins, how wide it is.
    parts: Vec<(usize, u64, u64)>,
}

/// What a sum means.
#[derive(Debug)]
enum Remark {
    Complete,
    /// How much is missing.
    Missing(String),
    /// How much is too much.
    TooMuch(String),
    /// What cannot be read.
    Unreadable(String),
}

/// The gap between two parts of the bar, in basis points.
const GAP: u64 = 50;
/// How many colours the parts of a bar have.
const COLOURS: usize = 10;

impl SumLine {
    pub(super) fn new(typed: &[Typed], format: NumberFormat) -> Self {
        let mut parts = Vec::new();
        let mut sum = 0;
        for (colour, share) in (0..).zip(typed) {
            let points = share
                .percent
                .as_ref()
                .map_or(0, |percent| u64::from(percent.basis_points()));
            if points > 0 {
                parts.push((colour_of(colour), sum, points.saturating_sub(GAP).max(1)));
            }
            sum += points;
        }
        let unreadable = typed
            .iter()
            .find_map(|share| share.percent.as_ref().err().map(|message| (&share.name, message)));
        let remark = match unreadable {
            Some((name, message)) => Remark::Unreadable(format!("{name}: {message}")),
            None if sum == FULL => Remark::Complete,
            None if sum < FULL => Remark::Missing(format.basis_points(FULL - sum)),
            None => Remark::TooMuch(format.basis_points(sum - FULL)),
        };
        Self {
            sum: format.basis_points(sum),
            remark,
            width: sum.max(FULL),
            parts,
        }
    }
}

/// The number of the colour of the bucket at this place in the order.
pub(super) fn colour_of(place: usize) -> usize {
    place % COLOURS + 1
}
