//! Spent so far, day by day, against the month before.

use plotters::element::Circle;
use plotters::series::{AreaSeries, LineSeries};
use plotters_backend::BackendCoord;

use super::canvas::{Canvas, Frame, Plane, Sheet, left_of, lines};
use super::ink::Ink;
use super::place::{Area, Room, Spot, centred, spread};
use super::scale::Span;
use super::svg::px;
use super::text::{Anchor, Label, Tone, width};
use super::{Axis, Width, Words};

/// Two months, day by day. Amounts are in minor units and cumulative: each holds all days before it. Refunds can make them fall.
#[derive(Debug, Clone)]
pub struct Steps {
    /// Days of the month; where one of the two has more, that counts.
    pub days: u32,
    /// This month; ends early while the month is not over.
    pub now: Vec<i64>,
    /// The month before; may be empty.
    pub before: Vec<i64>,
    /// This month's name and sum.
    pub now_text: String,
    /// The name and sum of the month before; where it is narrow, the page has a legend instead.
    pub before_text: String,
    /// Days and how they are written, in order; those that would collide are left out.
    pub day_labels: Vec<(u32, String)>,
    /// A remark on one day of this month.
    pub note: Option<Note>,
}

/// A remark beside the step of a day.
#[derive(Debug, Clone)]
pub struct Note {
    /// The day, from 1.
    pub day: u32,
    /// What it says, such as "Rent, 895.00". Left out where it finds no room.
    pub text: String,
}

const WIDE: (i32, i32) = (976, 250);
const NARROW: (i32, i32) = (326, 210);
/// The gap between two lines of text, in pixels.
const LEADING: i32 = 17;

/// This month as an area with a line, the month before as a dashed one. None where this month has no day yet and there is none before.
#[must_use]
pub fn steps(words: &Words, width: Width, axis: &Axis<'_>, steps: &Steps) -> Option<String> {
    if steps.now.is_empty() && steps.before.is_empty() {
        return None;
    }
    let values = steps.now.iter().chain(&steps.before);
    let span = Span::with_zero(values.map(|value| i128::from(*value)), axis.unit);
    let lines = lines(span, axis);
    let (size, top, right) = match width {
        Width::Wide => (WIDE, px(26), px(WIDE.0) - steps.column()),
        Width::Narrow => (NARROW, px(34), px(NARROW.0 - 8)),
    };
    let frame = Frame {
        left: left_of(&lines).max(px(12)),
        right,
        top,
        bottom: px(size.1) - px(if width == Width::Wide { 28 } else { 24 }),
    };
    let sheet = Sheet {
        words,
        width: Some(width),
        full: true,
        size,
        coarse: 1,
    };
    Some(sheet.draw(|canvas| {
        let plane = canvas.plane(frame, 0..steps.days() * 2, span);
        canvas.lines_across(&plane, frame, &lines);
        let zero = plane.y(0);
        canvas.line((frame.left, zero), (frame.right, zero), Ink::Axis);
        let (now, before) = (stairs(&steps.now), stairs(&steps.before));
        for path in LineSeries::new(before.clone(), Ink::Before) {
            plane.draw(&path);
        }
        for shape in AreaSeries::new(now.clone(), 0, Ink::SpentUnder).border_style(Ink::Spent) {
            plane.draw(&shape);
        }
        if let Some(last) = now.last() {
            plane.draw(&Circle::new(*last, px(4), Ink::Expense.filled(0)));
        }
        day_labels(canvas, &plane, frame, steps);
        let mut room = room(&plane, size, frame, &[&now, &before]);
        for (value, _) in &lines {
            room.rather_avoid(plane.y(i128::from(*value)));
        }
        let ends = Ends {
            now: now.last().map(|at| (plane.x(at.0), plane.y(at.1))),
            before: before.last().map(|at| (plane.x(at.0), plane.y(at.1))),
        };
        texts(canvas, &plane, frame, steps, &ends, room, width);
    }))
}

impl Steps {
    /// The days on the drawing.
    fn days(&self) -> i128 {
        let longest = self.now.len().max(self.before.len());
        i128::from(self.days)
            .max(i128::try_from(longest).unwrap_or(i128::MAX / 4))
            .max(1)
    }

    /// Whether this month ends where the drawing does.
    fn is_over(&self) -> bool {
        u32::try_from(self.now.len()).is_ok_and(|days| days >= self.days)
    }

    /// The room for the texts at the right of a wide drawing.
    fn column(&self) -> i32 {
        let (now, before) = (
            width(&self.now_text, Tone::Strong),
            width(&self.before_text, Tone::Faint),
        );
        now.max(before).clamp(px(8), px(200)) + px(10)
    }
}

/// Where the two lines end, in drawing units.
struct Ends {
    now: Option<BackendCoord>,
    before: Option<BackendCoord>,
}

/// A line that keeps its height until the middle of a day and has that day's from there; a day is two wide.
fn stairs(values: &[i64]) -> Vec<(i128, i128)> {
    if values.is_empty() {
        return Vec::new();
    }
    let mut points = vec![(0, 0)];
    let mut height = 0;
    let mut end = 0;
    for (day, value) in (0..).zip(values) {
        let middle = day * 2 + 1;
        points.push((middle, height));
        height = i128::from(*value);
        points.push((middle, height));
        end = middle + 1;
    }
    points.push((end, height));
    points
}

fn room(plane: &Plane<'_>, size: (i32, i32), frame: Frame, all: &[&[(i128, i128)]]) -> Room {
    let mut room = Room::new(Area {
        left: frame.left,
        top: 0,
        right: px(size.0),
        bottom: frame.bottom,
    });
    for points in all {
        room.avoid(&plane.places(points));
    }
    room.avoid(&[(frame.left, plane.y(0)), (frame.right, plane.y(0))]);
    room
}

fn day_labels(canvas: &Canvas<'_>, plane: &Plane<'_>, frame: Frame, steps: &Steps) {
    let mut free_from = 0;
    for (day, text) in &steps.day_labels {
        let day = i128::from(*day);
        if !(1..=steps.days()).contains(&day) {
            continue;
        }
        let x = plane.x(day * 2 - 1);
        let (middle, (begin, end)) = centred(text, Tone::Plain, x, (0, frame.right + px(8)));
        if begin >= free_from {
            let at = (middle, frame.bottom + px(20));
            canvas.text(text, at, Anchor::Middle, Tone::Plain);
            free_from = end + px(8);
        }
    }
}

fn texts(
    canvas: &Canvas<'_>,
    plane: &Plane<'_>,
    frame: Frame,
    steps: &Steps,
    ends: &Ends,
    mut room: Room,
    width: Width,
) {
    let narrow = width == Width::Narrow;
    let now = ends.now.filter(|_| narrow || !steps.is_over());
    if !narrow {
        let column_now = ends.now.filter(|_| now.is_none());
        column(canvas, frame, steps, &mut room, column_now, ends.before);
    }
    if let Some(end) = now {
        let (middle, _) = centred(&steps.now_text, Tone::Strong, end.0, (frame.left, frame.right));
        // Above all that is drawn there is always room.
        let on_top = Spot {
            at: (middle, px(12)),
            anchor: Anchor::Middle,
        };
        let spot = room.first(&steps.now_text, Tone::Strong, around(end));
        let spot = spot.unwrap_or(on_top);
        room.take(&steps.now_text, Tone::Strong, spot);
        canvas.text(&steps.now_text, spot.at, spot.anchor, Tone::Strong);
    }
    if let Some(note) = &steps.note {
        draw_note(canvas, plane, steps, note, &mut room);
    }
}

/// Spots for a text at the end of a line, the best first.
fn around((x, y): BackendCoord) -> Vec<Spot> {
    let spot = |dx: i32, dy: i32, anchor| Spot {
        at: (x + px(dx), y + px(dy)),
        anchor,
    };
    vec![
        spot(10, 4, Anchor::Start),
        spot(0, -9, Anchor::End),
        spot(10, 18, Anchor::Start),
        spot(10, -10, Anchor::Start),
        spot(-8, -26, Anchor::End),
        spot(0, -26, Anchor::Start),
        spot(10, 34, Anchor::Start),
        spot(0, 22, Anchor::End),
        spot(40, -8, Anchor::Start),
        spot(80, -8, Anchor::Start),
    ]
}

/// The texts of lines that end at the right, under each other in the order of their ends.
fn column(
    canvas: &Canvas<'_>,
    frame: Frame,
    steps: &Steps,
    room: &mut Room,
    now: Option<BackendCoord>,
    before: Option<BackendCoord>,
) {
    let mut rows: Vec<_> = [
        now.map(|end| (end.1, &steps.now_text, Tone::Strong)),
        before.map(|end| (end.1, &steps.before_text, Tone::Faint)),
    ]
    .into_iter()
    .flatten()
    .collect();
    rows.sort_by_key(|(y, _, _)| *y);
    let wishes: Vec<_> = rows.iter().map(|(y, _, _)| *y).collect();
    let places = spread(&wishes, px(LEADING), (px(12), frame.bottom));
    for ((_, text, tone), y) in rows.into_iter().zip(places) {
        let spot = Spot {
            at: (frame.right + px(10), y + px(4)),
            anchor: Anchor::Start,
        };
        room.take(text, tone, spot);
        let label = Label::new(text, spot.at, spot.anchor, tone);
        canvas.draw(&label.cut(px(WIDE.0) - frame.right - px(10)));
    }
}

/// The remark stands at the right of the day's step where it is free, else at its left.
fn draw_note(canvas: &Canvas<'_>, plane: &Plane<'_>, steps: &Steps, note: &Note, room: &mut Room) {
    let Some(index) = usize::try_from(note.day).ok().and_then(|day| day.checked_sub(1)) else {
        return;
    };
    let Some(after) = steps.now.get(index) else {
        return;
    };
    let before = index
        .checked_sub(1)
        .and_then(|index| steps.now.get(index))
        .unwrap_or(&0);
    let (low, high) = (plane.y(i128::from(*before)), plane.y(i128::from(*after)));
    let x = plane.x(i128::from(note.day) * 2 - 1);
    let heights = [4, 2, 6, 1, 7].map(|eighths| low + (high - low) * eighths / 8 + px(4));
    let right = heights.map(|y| Spot {
        at: (x + px(12), y),
        anchor: Anchor::Start,
    });
    let left = heights.map(|y| Spot {
        at: (x - px(12), y),
        anchor: Anchor::End,
    });
    if let Some(spot) = room.first(&note.text, Tone::Faint, right.into_iter().chain(left)) {
        canvas.text(&note.text, spot.at, spot.anchor, Tone::Faint);
    }
}
