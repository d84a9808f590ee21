//! Money at the end of each period: one line.

use plotters::element::Circle;
use plotters::series::AreaSeries;
use plotters_backend::BackendCoord;

use super::canvas::{Canvas, Frame, Sheet, left_of, lines};
use super::ink::Ink;
use super::place::{Area, Room, Spot};
use super::scale::Span;
use super::svg::px;
use super::text::{Anchor, Tone, width as width_of};
use super::{Axis, Tick, Width, Words, time};

/// One series.
pub struct Line<'a> {
    /// Oldest first.
    pub periods: Vec<Tick>,
    /// The value at the end of each period, in minor units.
    pub values: Vec<i64>,
    /// What is written beside the point at this index. Asked for the first, the last and the lowest.
    pub text: &'a dyn Fn(usize) -> String,
}

const WIDE: (i32, i32) = (660, 240);
const NARROW: (i32, i32) = (326, 190);

/// A line with the area to zero under it, its last point marked; the first and the lowest are named where there is room. Where all values are
/// far from zero, the axis begins near them and not at zero. None without values.
#[must_use]
pub fn line(words: &Words, width: Width, axis: &Axis<'_>, line: &Line<'_>) -> Option<String> {
    let count = line.values.len().min(line.periods.len());
    let (values, ticks) = (line.values.get(..count)?, line.periods.get(..count)?);
    let last_text = (line.text)(count.checked_sub(1)?);
    let span = Span::near(values.iter().map(|value| i128::from(*value)), axis.unit);
    let mut lines = lines(span, axis);
    if span.low < 0 && span.high > 0 {
        lines.push((0, (axis.text)(0)));
    }
    let (size, right) = match width {
        Width::Wide => (WIDE, width_of(&last_text, Tone::Strong).min(px(140)) + px(12)),
        Width::Narrow => (NARROW, px(8)),
    };
    let frame = Frame {
        left: left_of(&lines).max(px(12)),
        right: px(size.0) - right,
        top: px(if width == Width::Wide { 20 } else { 26 }),
        bottom: px(size.1 - 28),
    };
    let sheet = Sheet {
        words,
        width: Some(width),
        full: false,
        size,
        coarse: 1,
    };
    Some(sheet.draw(|canvas| {
        let plane = canvas.plane(frame, 0..time::end(count), span);
        canvas.lines_across(&plane, frame, &lines);
        time::labels(canvas, &plane, frame, ticks, Ink::Grid);
        let points = time::points(values);
        for shape in AreaSeries::new(points.clone(), span.base(), Ink::Under).border_style(Ink::Trend) {
            plane.draw(&shape);
        }
        if span.low <= 0 && span.high >= 0 {
            let zero = plane.y(0);
            canvas.line((frame.left, zero), (frame.right, zero), Ink::Axis);
        }
        let places = plane.places(&points);
        let mut room = Room::new(Area {
            left: frame.left,
            top: 0,
            right: px(size.0),
            bottom: frame.bottom,
        });
        room.avoid(&places);
        for (value, _) in &lines {
            room.rather_avoid(plane.y(i128::from(*value)));
        }
        if let Some(last) = places.last() {
            mark_last(canvas, &mut room, *last, &last_text, width);
        }
        mark_others(canvas, &mut room, &places, values, line.text);
    }))
}

fn mark_last(canvas: &Canvas<'_>, room: &mut Room, at: BackendCoord, text: &str, width: Width) {
    canvas.draw(&Circle::new(at, px(4), Ink::Income.filled(0)));
    let spots = match width {
        Width::Wide => vec![spot(at, 10, 4, Anchor::Start)],
        Width::Narrow => vec![
            spot(at, 4, -10, Anchor::End),
            spot(at, 4, 20, Anchor::End),
            spot(at, 4, -24, Anchor::End),
        ],
    };
    let first = spots.first().copied();
    if let Some(spot) = room.first(text, Tone::Strong, spots).or(first) {
        room.take(text, Tone::Strong, spot);
        canvas.text(text, spot.at, spot.anchor, Tone::Strong);
    }
}

/// The first and the lowest point, if they are others than the last and their texts find room.
fn mark_others(
    canvas: &Canvas<'_>,
    room: &mut Room,
    places: &[BackendCoord],
    values: &[i64],
    text: &dyn Fn(usize) -> String,
) {
    let last = values.len().saturating_sub(1);
    let lowest = (0..).zip(values).min_by_key(|(_, value)| **value);
    let lowest = lowest.map_or(0, |(index, _)| index);
    let mut marked: Vec<usize> = vec![lowest, 0];
    marked.dedup();
    if values.iter().all(|value| Some(value) == values.first()) {
        return; // the last says it all
    }
    for index in marked.into_iter().filter(|index| *index != last) {
        let Some(at) = places.get(index).copied() else {
            continue;
        };
        let text = text(index);
        let spots = [
            spot(at, 0, 20, Anchor::Middle),
            spot(at, 4, -10, Anchor::Start),
            spot(at, 4, 20, Anchor::Start),
            spot(at, 0, -10, Anchor::Middle),
            spot(at, -4, 20, Anchor::End),
            spot(at, -4, -10, Anchor::End),
            spot(at, 8, 4, Anchor::Start),
        ];
        if let Some(spot) = room.first(&text, Tone::Plain, spots) {
            canvas.draw(&Circle::new(at, px(3), Ink::Income.filled(0)));
            canvas.text(&text, spot.at, spot.anchor, Tone::Plain);
        }
    }
}

fn spot(at: BackendCoord, right: i32, down: i32, anchor: Anchor) -> Spot {
    Spot {
        at: (at.0 + px(right), at.1 + px(down)),
        anchor,
    }
}
