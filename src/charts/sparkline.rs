//! The course of a number in the space of a word.

use plotters::element::Circle;
use plotters::series::{AreaSeries, LineSeries};

use super::canvas::{Frame, Sheet};
use super::ink::Ink;
use super::scale::Span;
use super::svg::px;
use super::{Words, time};

const SIZE: (i32, i32) = (200, 52);

/// A line through `values`, in minor units and oldest first, with its last point marked. It has no axis and one drawing for all screens. None
/// where there is nothing to compare: fewer than two values, or all the same.
#[must_use]
pub fn sparkline(words: &Words, values: &[i64]) -> Option<String> {
    let (low, high) = (*values.iter().min()?, *values.iter().max()?);
    if low == high {
        return None;
    }
    let frame = Frame {
        left: px(4),
        right: px(SIZE.0 - 6),
        top: px(5),
        bottom: px(SIZE.1 - 9),
    };
    let sheet = Sheet {
        words,
        width: None,
        full: false,
        size: SIZE,
        coarse: 1,
    };
    let span = Span {
        low: i128::from(low),
        high: i128::from(high),
    };
    Some(sheet.draw(|canvas| {
        let end = time::end(values.len());
        let plane = canvas.plane(frame, 0..end, span);
        let points = time::points(values);
        // The area reaches down to the edge of the drawing, below the lowest value.
        let whole = Frame {
            bottom: px(SIZE.1),
            ..frame
        };
        let below = canvas.plane(
            whole,
            0..end,
            Span {
                low: 0,
                high: i128::from(whole.bottom - whole.top),
            },
        );
        let under = points
            .iter()
            .map(|(x, value)| (*x, i128::from(whole.bottom - plane.y(*value))));
        for shape in AreaSeries::new(under, 0, Ink::Under) {
            below.draw(&shape);
        }
        for path in LineSeries::new(points.iter().copied(), Ink::Trend) {
            plane.draw(&path);
        }
        if let Some(last) = points.last() {
            plane.draw(&Circle::new(*last, px(4), Ink::Income.filled(0)));
        }
    }))
}
