//! One drawing: its frame of words, and planes on which values have their place.

use std::ops::Range;

use plotters::coord::CoordTranslate;
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordi128;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Drawable, PathElement, PointCollection};
use plotters_backend::BackendCoord;

use super::ink::Ink;
use super::scale::{LINES_MAX, Span};
use super::svg::{Svg, push_px, px};
use super::text::{Anchor, Label, Tone, push_escaped, width};
use super::{Axis, Width, Words};

/// The part of a drawing where values are, in drawing units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) top: i32,
    pub(super) bottom: i32,
}

/// What a picture is, beside what is on it.
pub(super) struct Sheet<'a> {
    pub(super) words: &'a Words,
    /// None: it has one drawing for all.
    pub(super) width: Option<Width>,
    /// Whether its wide drawing is made for the whole width of a page, not for a part of it.
    pub(super) full: bool,
    /// In pixels.
    pub(super) size: (i32, i32),
    /// Points of lines are rounded to multiples of this, in drawing units.
    pub(super) coarse: i32,
}

/// Where shapes and words go.
pub(super) struct Canvas<'a> {
    area: DrawingArea<Svg<'a>, Shift>,
}

/// A part of the canvas where a shape says in values where it is: across and up, in whatever units each has.
pub(super) struct Plane<'a> {
    area: DrawingArea<Svg<'a>, Cartesian2d<RangedCoordi128, RangedCoordi128>>,
}

impl Sheet<'_> {
    /// The text of an SVG with what `paint` draws.
    pub(super) fn draw(&self, paint: impl FnOnce(&Canvas<'_>)) -> String {
        let mut out = String::with_capacity(16_384);
        self.open(&mut out);
        let size = (px(self.size.0), px(self.size.1));
        paint(&Canvas {
            area: Svg::new(&mut out, size, self.coarse).into_drawing_area(),
        });
        out.push_str("</svg>");
        out
    }

    fn open(&self, out: &mut String) {
        let (class, suffix) = match self.width {
            Some(Width::Wide) if self.full => ("chart wide-only full", "-w"),
            Some(Width::Narrow) if self.full => ("chart narrow-only full", "-n"),
            Some(Width::Wide) => ("chart wide-only", "-w"),
            Some(Width::Narrow) => ("chart narrow-only", "-n"),
            None => ("chart", ""),
        };
        let id: String = self.words.id.chars().filter(|one| !one.is_whitespace()).collect();
        out.push_str("<svg class=\"");
        out.push_str(class);
        out.push_str("\" viewBox=\"0 0 ");
        push_px(out, px(self.size.0));
        out.push(' ');
        push_px(out, px(self.size.1));
        out.push_str("\" role=\"img\" aria-labelledby=\"");
        let push_id = |out: &mut String, ending: &str| {
            push_escaped(out, &id);
            out.push_str(suffix);
            out.push_str(ending);
        };
        push_id(out, "-t ");
        push_id(out, "-d");
        out.push_str("\"><title id=\"");
        push_id(out, "-t");
        out.push_str("\">");
        push_escaped(out, &self.words.title);
        out.push_str("</title><desc id=\"");
        push_id(out, "-d");
        out.push_str("\">");
        push_escaped(out, &self.words.description);
        out.push_str("</desc>");
    }
}

impl<'a> Canvas<'a> {
    /// The frame, with values from `x.start` at its left to `x.end` at its right, and from `y.low` at its foot to `y.high` at its top.
    pub(super) fn plane(&self, frame: Frame, x: Range<i128>, y: Span) -> Plane<'a> {
        let across = x.start..x.end.max(x.start + 1);
        let up = y.low..y.high.max(y.low + 1);
        Plane {
            area: self
                .area
                .apply_coord_spec(Cartesian2d::<RangedCoordi128, RangedCoordi128>::new(
                    across,
                    up,
                    (frame.left..frame.right, frame.bottom..frame.top),
                )),
        }
    }

    /// The drawing's width, in drawing units.
    pub(super) fn width(&self) -> i32 {
        let (width, _) = self.area.dim_in_pixel();
        i32::try_from(width).unwrap_or(i32::MAX)
    }

    pub(super) fn draw<E>(&self, element: &E)
    where
        for<'e> &'e E: PointCollection<'e, BackendCoord>,
        E: Drawable<Svg<'a>>,
    {
        put(&self.area, element);
    }

    pub(super) fn text(&self, text: &str, at: BackendCoord, anchor: Anchor, tone: Tone) {
        self.draw(&Label::new(text, at, anchor, tone));
    }

    pub(super) fn line(&self, from: BackendCoord, to: BackendCoord, ink: Ink) {
        self.draw(&PathElement::new(vec![from, to], ink));
    }

    /// Lines across the frame at round values, each with its text at the left.
    pub(super) fn lines_across(&self, plane: &Plane<'_>, frame: Frame, lines: &[(i64, String)]) {
        for (value, text) in lines {
            let y = plane.y(i128::from(*value));
            self.line((frame.left, y), (frame.right, y), Ink::Grid);
            self.text(text, (frame.left - px(8), y + px(4)), Anchor::End, Tone::Faint);
        }
    }
}

impl<'a> Plane<'a> {
    pub(super) fn draw<E>(&self, element: &E)
    where
        for<'e> &'e E: PointCollection<'e, (i128, i128)>,
        E: Drawable<Svg<'a>>,
    {
        put(&self.area, element);
    }

    /// Where a value is, in drawing units from the left.
    pub(super) fn x(&self, value: i128) -> i32 {
        self.area.map_coordinate(&(value, 0)).0
    }

    /// Where a value is, in drawing units from the top.
    pub(super) fn y(&self, value: i128) -> i32 {
        self.area.map_coordinate(&(0, value)).1
    }

    /// Where points are, in drawing units.
    pub(super) fn places(&self, points: &[(i128, i128)]) -> Vec<BackendCoord> {
        points
            .iter()
            .map(|point| self.area.map_coordinate(point))
            .collect()
    }
}

fn put<'a, C, E>(area: &DrawingArea<Svg<'a>, C>, element: &E)
where
    C: CoordTranslate,
    for<'e> &'e E: PointCollection<'e, C::From>,
    E: Drawable<Svg<'a>>,
{
    if area.draw(element).is_err() {
        unreachable!("the pen writes to memory, and no shape draws another while it is drawn");
    }
}

/// The round values of an axis with their texts.
pub(super) fn lines(span: Span, axis: &Axis<'_>) -> Vec<(i64, String)> {
    few_lines(span, axis, LINES_MAX)
}

/// The same, but at most `lines_max`.
pub(super) fn few_lines(span: Span, axis: &Axis<'_>, lines_max: i128) -> Vec<(i64, String)> {
    let values = span.lines(axis.unit, lines_max);
    values
        .into_iter()
        .map(|value| (value, (axis.text)(value)))
        .collect()
}

/// As wide as the text of any amount can be.
const AXIS_TEXT_MAX: i32 = px(170);

/// The room that texts at the left of a frame need, with the gap to it.
pub(super) fn left_of(lines: &[(i64, String)]) -> i32 {
    let widest = lines.iter().map(|(_, text)| width(text, Tone::Faint)).max();
    widest.map_or(0, |widest| widest.min(AXIS_TEXT_MAX) + px(8))
}
