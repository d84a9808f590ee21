//! What makes up the whole, over time: areas on top of each other.

use plotters::element::{PathElement, Polygon, Rectangle};

use super::canvas::{Canvas, Frame, Plane, Sheet, left_of, lines};
use super::ink::Ink;
use super::place::spread;
use super::scale::Span;
use super::svg::px;
use super::text::{Anchor, Label, Tone, width};
use super::time::{self, PERIOD};
use super::{Axis, Tick, Width, Words};

/// Areas over time.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Oldest first.
    pub periods: Vec<Tick>,
    /// From the axis outwards.
    pub series: Vec<Series>,
}

/// One area.
#[derive(Debug, Clone)]
pub struct Series {
    /// What it is, such as a bucket.
    pub name: String,
    /// Its colour, 1 to 10, the same as in legends.
    pub colour: usize,
    /// The value at the end of each period, in minor units; periods without one have zero.
    pub values: Vec<i64>,
    /// The last value as text.
    pub last_text: String,
}

/// Points of a line: moment and value.
type Edge = Vec<(i128, i128)>;

/// The values of all series at one moment.
struct Moment {
    at: i128,
    values: Vec<i128>,
}

const WIDE: (i32, i32) = (660, 290);
const NARROW: (i32, i32) = (326, 220);
/// The least and the most room for names and last values at the right, in pixels.
const NAMES: (i32, i32) = (120, 220);
/// The most room for a last value, in pixels.
const NUMBER_MAX: i32 = 84;
/// More points than this are drawn to whole pixels, which keeps the drawing small.
const FINE_MAX: usize = 1_700;

/// Areas from the axis up, values below zero from the axis down. Where it is wide each has its name and last value at the right, else the page
/// has a legend. None without series or periods.
#[must_use]
pub fn stacked(words: &Words, width: Width, axis: &Axis<'_>, stack: &Stack) -> Option<String> {
    if stack.periods.is_empty() || stack.series.is_empty() {
        return None;
    }
    let moments = with_crossings(moments(stack), stack.periods.len());
    let above = sums(&moments, |value| value.max(0));
    let below = sums(&moments, |value| value.min(0));
    let all = above.iter().chain(&below).flatten();
    let span = Span::with_zero(all.map(|(_, sum)| *sum), axis.unit);
    let lines = lines(span, axis);
    let (size, names) = match width {
        Width::Wide => (WIDE, column(&stack.series)),
        Width::Narrow => (NARROW, px(4)),
    };
    let frame = Frame {
        left: left_of(&lines),
        right: px(size.0) - names,
        top: px(10),
        bottom: px(size.1 - 26),
    };
    let count: usize = above.iter().chain(&below).map(Vec::len).sum();
    let sheet = Sheet {
        words,
        width: Some(width),
        full: false,
        size,
        coarse: if count > FINE_MAX { px(1) } else { 1 },
    };
    Some(sheet.draw(|canvas| {
        let plane = canvas.plane(frame, 0..time::end(stack.periods.len()), span);
        canvas.lines_across(&plane, frame, &lines);
        bands(&plane, &stack.series, &above, &below);
        time::labels(canvas, &plane, frame, &stack.periods, Ink::Tick);
        let zero = plane.y(0);
        canvas.line((frame.left, zero), (frame.right, zero), Ink::Axis);
        if width == Width::Wide {
            names_at_right(canvas, &plane, frame, &stack.series, (&above, &below));
        }
    }))
}

/// The room at the right for the names and last values of all.
fn column(all: &[Series]) -> i32 {
    let names = all.iter().map(|series| width(&series.name, Tone::Plain)).max();
    let all = px(18 + 16 + 10) + names.unwrap_or(0) + numbers(all);
    all.clamp(px(NAMES.0), px(NAMES.1))
}

/// The room for the last values of all.
fn numbers(all: &[Series]) -> i32 {
    let widest = all.iter().map(|series| width(&series.last_text, Tone::Strong));
    widest.max().unwrap_or(0).min(px(NUMBER_MAX))
}

fn moments(stack: &Stack) -> Vec<Moment> {
    let at = |place: usize| {
        let value = |series: &Series| series.values.get(place).copied().map_or(0, i128::from);
        stack.series.iter().map(value).collect::<Vec<_>>()
    };
    let mut moments: Vec<_> = (0..)
        .map(|place| place * PERIOD)
        .zip(0..stack.periods.len())
        .map(|(moment, place)| Moment {
            at: moment,
            values: at(place),
        })
        .collect();
    if moments.len() == 1 {
        moments.push(Moment {
            at: PERIOD,
            values: at(0),
        });
    }
    moments
}

/// Adds the moments at which a series crosses zero, where areas are wide enough to show it: until there it is above the axis, from there
/// below.
fn with_crossings(moments: Vec<Moment>, periods: usize) -> Vec<Moment> {
    const SEEN_MAX: usize = 60;
    if periods > SEEN_MAX {
        return moments;
    }
    let mut all: Vec<Moment> = Vec::with_capacity(moments.len());
    for next in moments {
        if let Some(last) = all.last() {
            let between = crossings(last, &next);
            all.extend(between);
        }
        all.push(next);
    }
    all
}

fn crossings(from: &Moment, to: &Moment) -> Vec<Moment> {
    let pairs = || from.values.iter().zip(&to.values);
    let mut places: Vec<i128> = pairs()
        .filter(|(before, after)| before.signum() * after.signum() < 0)
        .map(|(before, after)| PERIOD * before / (before - after))
        .collect();
    places.sort_unstable();
    places.dedup();
    places
        .into_iter()
        .map(|place| {
            let value = |(before, after): (&i128, &i128)| {
                let crosses = before.signum() * after.signum() < 0;
                if crosses && PERIOD * before / (before - after) == place {
                    0
                } else {
                    before + (after - before) * place / PERIOD
                }
            };
            Moment {
                at: from.at + place,
                values: pairs().map(value).collect(),
            }
        })
        .collect()
}

/// The outer edge of each series: its own part of the values upon the parts of those before it. Empty for a series without any part.
fn sums(moments: &[Moment], part: impl Fn(i128) -> i128) -> Vec<Edge> {
    let count = moments.first().map_or(0, |moment| moment.values.len());
    let mut edges = vec![Vec::with_capacity(moments.len()); count];
    let mut shown = vec![false; count];
    for moment in moments {
        let mut sum = 0;
        for ((value, edge), shown) in moment.values.iter().zip(&mut edges).zip(&mut shown) {
            sum += part(*value);
            *shown |= part(*value) != 0;
            edge.push((moment.at, sum));
        }
    }
    for (edge, _) in edges.iter_mut().zip(shown).filter(|(_, shown)| !shown) {
        edge.clear();
    }
    edges
}

/// From the outermost in, each over all before it: so each needs only its outer edge.
fn bands(plane: &Plane<'_>, series: &[Series], above: &[Edge], below: &[Edge]) {
    for side in [above, below] {
        for (series, edge) in series.iter().zip(side).rev() {
            if let (Some((first, _)), Some((last, _))) = (edge.first(), edge.last()) {
                let mut points = edge.clone();
                points.extend([(*last, 0), (*first, 0)]);
                plane.draw(&Polygon::new(points, Ink::band(series.colour)));
            }
        }
    }
}

/// Names and last values beside the end of each area, from the top down, with a line to each.
fn names_at_right(
    canvas: &Canvas<'_>,
    plane: &Plane<'_>,
    frame: Frame,
    all: &[Series],
    (above, below): (&[Edge], &[Edge]),
) {
    let mut upper = middles(plane, all, above, |value| value >= 0);
    upper.reverse();
    let labelled: Vec<_> = upper
        .into_iter()
        .chain(middles(plane, all, below, |value| value < 0))
        .collect();
    let wishes: Vec<_> = labelled.iter().map(|(_, middle)| *middle).collect();
    let places = spread(&wishes, px(17), (frame.top, frame.bottom));
    let numbers = numbers(all);
    let right = px(WIDE.0);
    for ((series, middle), y) in labelled.into_iter().zip(places) {
        let (from, to) = ((frame.right + px(2), middle), (frame.right + px(14), y));
        canvas.draw(&PathElement::new(vec![from, to], Ink::Lead));
        let left = frame.right + px(18);
        let swatch = [(left, y - px(5)), (left + px(10), y + px(5))];
        canvas.draw(&Rectangle::new(swatch, Ink::swatch(series.colour).filled(2)));
        let left = left + px(16);
        let base_line = y + px(4);
        let name = Label::new(&series.name, (left, base_line), Anchor::Start, Tone::Plain);
        canvas.draw(&name.cut(right - numbers - px(10) - left));
        let number = Label::new(&series.last_text, (right, base_line), Anchor::End, Tone::Strong);
        canvas.draw(&number.cut(numbers));
    }
}

/// Those series whose last value is on this side, and the middle of each one's last edge, in drawing units.
fn middles<'s>(
    plane: &Plane<'_>,
    all: &'s [Series],
    edges: &[Edge],
    here: impl Fn(i64) -> bool,
) -> Vec<(&'s Series, i32)> {
    let mut inner = 0;
    let mut found = Vec::new();
    for (series, edge) in all.iter().zip(edges) {
        let outer = edge.last().map_or(inner, |(_, sum)| *sum);
        if here(series.last()) {
            found.push((series, i32::midpoint(plane.y(inner), plane.y(outer))));
        }
        inner = outer;
    }
    found
}

impl Series {
    /// Its value at the end of the last period.
    fn last(&self) -> i64 {
        self.values.last().copied().unwrap_or(0)
    }
}
