//! The time axis: which periods are named, and where.

use super::Tick;
use super::canvas::{Canvas, Frame, Plane};
use super::ink::Ink;
use super::place::{centred, step};
use super::svg::px;
use super::text::{Anchor, Tone, width};

/// Steps of the time axis from one period to the next; fine enough that lines can cross zero in between.
pub(super) const PERIOD: i128 = 1_000;

/// Where the axis ends. One period alone is drawn as if it lasted.
pub(super) fn end(periods: usize) -> i128 {
    whole(periods.saturating_sub(1).max(1)) * PERIOD
}

/// A series along the axis, oldest first; one value alone lasts until the end.
pub(super) fn points(values: &[i64]) -> Vec<(i128, i128)> {
    let mut points: Vec<_> = (0..)
        .map(|place| place * PERIOD)
        .zip(values.iter().map(|value| i128::from(*value)))
        .collect();
    if let [(_, value)] = points.as_slice() {
        points.push((PERIOD, *value));
    }
    points
}

fn whole(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX / PERIOD)
}

/// A name, and from where to where on the drawing it counts.
struct Stretch<'a> {
    label: &'a str,
    from: i32,
    to: i32,
}

/// Writes the labels under the frame, and a line of `ink` where a label begins that names several periods.
pub(super) fn labels(canvas: &Canvas<'_>, plane: &Plane<'_>, frame: Frame, ticks: &[Tick], ink: Ink) {
    let named = ticks.iter().filter(|tick| tick.label.is_some()).count();
    let mut stretches = if named == ticks.len() {
        points_named(plane, ticks)
    } else {
        let stretches = stretches(plane, ticks);
        for stretch in &stretches {
            if stretch.from > frame.left {
                canvas.line((stretch.from, frame.top), (stretch.from, frame.bottom), ink);
            }
        }
        without_short_ends(stretches)
    };
    // What reaches beyond the frame may, up to the drawing's edge.
    let edges = (0, canvas.width());
    let placed: Vec<_> = stretches
        .drain(..)
        .map(|stretch| {
            let middle = i32::midpoint(stretch.from, stretch.to);
            (stretch.label, centred(stretch.label, Tone::Plain, middle, edges))
        })
        .collect();
    let extents: Vec<_> = placed.iter().map(|(_, (_, extent))| *extent).collect();
    let step = step(&extents, px(8));
    for (label, (middle, _)) in placed.iter().rev().step_by(step) {
        let at = (*middle, frame.bottom + px(20));
        canvas.text(label, at, Anchor::Middle, Tone::Plain);
    }
}

/// Each under its own point; one alone, which lasts until the end, under the middle.
fn points_named<'t>(plane: &Plane<'_>, ticks: &'t [Tick]) -> Vec<Stretch<'t>> {
    let lasting = if ticks.len() == 1 { PERIOD } else { 0 };
    (0..)
        .zip(ticks)
        .filter_map(|(place, tick)| {
            let x = plane.x(place * PERIOD);
            let label = tick.label.as_deref()?;
            Some(Stretch {
                label,
                from: x,
                to: plane.x(place * PERIOD + lasting),
            })
        })
        .collect()
}

/// Each from the end of the period before it until the next begins.
fn stretches<'t>(plane: &Plane<'_>, ticks: &'t [Tick]) -> Vec<Stretch<'t>> {
    let starts: Vec<(&str, i32)> = (0..)
        .zip(ticks)
        .filter_map(|(place, tick)| {
            let begins: i128 = place - 1;
            Some((tick.label.as_deref()?, plane.x(begins.max(0) * PERIOD)))
        })
        .collect();
    let ends = starts.iter().skip(1).map(|(_, x)| *x);
    let last = plane.x(end(ticks.len()));
    starts
        .iter()
        .zip(ends.chain([last]))
        .map(|((label, from), to)| Stretch {
            label,
            from: *from,
            to,
        })
        .collect()
}

/// A first or last stretch that is too short for its name goes without, rather than take the room of a whole one beside it.
fn without_short_ends(mut stretches: Vec<Stretch<'_>>) -> Vec<Stretch<'_>> {
    let short = |stretch: &Stretch<'_>| stretch.to - stretch.from < width(stretch.label, Tone::Plain);
    if stretches.len() > 1 && stretches.first().is_some_and(short) {
        stretches.remove(0);
    }
    if stretches.len() > 1 && stretches.last().is_some_and(short) {
        stretches.pop();
    }
    stretches
}
