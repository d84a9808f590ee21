//! Profit and loss: income, expense and result of each period.

use std::iter::once;

use plotters::element::{Circle, Rectangle};
use plotters::series::LineSeries;

use super::canvas::{Canvas, Frame, Plane, Sheet, few_lines, left_of, lines};
use super::ink::Ink;
use super::place::{centred, step};
use super::scale::{LINES_MAX, Span};
use super::svg::px;
use super::text::{Anchor, Label, Tone, width};
use super::{Axis, Width, Words};

/// One period. Amounts are in minor units; income and expense are magnitudes, which refunds can push below zero.
#[derive(Debug, Clone)]
pub struct Bar {
    /// The period, such as a month's short name or "2026, to 14 Nov"; short where it is narrow.
    pub label: String,
    /// What came in.
    pub income: i64,
    /// What went out, above zero.
    pub expense: i64,
    /// Income without expense.
    pub result: i64,
    /// The result as text, signed; empty where nothing is known yet, and then the line ends before it.
    pub result_text: String,
    /// Whether the period is not over, so that it is drawn paler.
    pub unfinished: bool,
}

/// A stretch of one measure, from where it begins to where it ends. Values above zero are income.
struct Piece {
    from: i128,
    to: i128,
    ink: Ink,
}

impl Bar {
    fn inks(&self) -> (Ink, Ink) {
        if self.unfinished {
            (Ink::IncomePart, Ink::ExpensePart)
        } else {
            (Ink::Income, Ink::Expense)
        }
    }

    /// Income up and expense down from zero. What a refund has turned round goes the other way, behind the other one where they meet, so the
    /// pieces above zero without those below are always the result.
    fn pieces(&self) -> [Piece; 2] {
        let (income, expense) = (i128::from(self.income), i128::from(self.expense));
        let (income_ink, expense_ink) = self.inks();
        let expense_from = if (income > 0) == (expense < 0) { income } else { 0 };
        [
            Piece {
                from: 0,
                to: income,
                ink: income_ink,
            },
            Piece {
                from: expense_from,
                to: expense_from - expense,
                ink: expense_ink,
            },
        ]
    }

    fn tone(&self) -> Tone {
        if self.result < 0 {
            Tone::Negative
        } else {
            Tone::Strong
        }
    }
}

/// Income up, expenses down, and the result as a line with a dot and a number; where it is narrow, two bars a row and the number at their right.
/// None without bars.
#[must_use]
pub fn result(words: &Words, width: Width, axis: &Axis<'_>, bars: &[Bar]) -> Option<String> {
    if bars.is_empty() {
        return None;
    }
    Some(match width {
        Width::Wide => wide(words, axis, bars),
        Width::Narrow => narrow(words, axis, bars),
    })
}

const WIDE: (i32, i32) = (976, 300);
/// The height of a few years, which are fewer than months.
const WIDE_LOW: i32 = 260;
const FEW: usize = 6;

fn wide(words: &Words, axis: &Axis<'_>, bars: &[Bar]) -> String {
    let height = if bars.len() <= FEW { WIDE_LOW } else { WIDE.1 };
    let count = i32::try_from(bars.len()).unwrap_or(i32::MAX);
    let values = bars.iter().flat_map(|bar| {
        let ends = bar.pieces().map(|piece| [piece.from, piece.to]);
        ends.into_iter().flatten().chain(once(i128::from(bar.result)))
    });
    let span = Span::with_zero(values, axis.unit);
    let lines: Vec<_> = lines(span, axis)
        .into_iter()
        .map(|(value, _)| (value, (axis.text)(value.saturating_abs())))
        .collect();
    let left = left_of(&lines);
    let frame = Frame {
        left,
        right: px(WIDE.0) - overhang(bars, (px(WIDE.0) - left) / count),
        top: px(16),
        bottom: px(height - 46),
    };
    let sheet = Sheet {
        words,
        width: Some(Width::Wide),
        full: true,
        size: (WIDE.0, height),
        coarse: 1,
    };
    sheet.draw(|canvas| {
        // Each period is two wide, so that its middle is a whole number.
        let plane = canvas.plane(frame, 0..i128::from(count) * 2, span);
        canvas.lines_across(&plane, frame, &lines);
        let slot = (frame.right - frame.left) / count;
        columns(canvas, &plane, slot, bars);
        labels(canvas, &plane, frame, bars);
        let zero = plane.y(0);
        canvas.line((frame.left, zero), (frame.right, zero), Ink::Axis);
        let known = |(_, bar): &(i128, &Bar)| !bar.result_text.is_empty();
        let results = || {
            let of_bars = middles().zip(bars).filter(known);
            of_bars.map(|(x, bar)| (x, i128::from(bar.result)))
        };
        for path in LineSeries::new(results(), Ink::NetLine) {
            plane.draw(&path);
        }
        let radius = if slot >= px(28) { px(5) } else { px(3) };
        for point in results() {
            plane.draw(&Circle::new(point, radius, Ink::Net.filled(0)));
        }
    })
}

/// By how much the texts under the last bar are wider than its place, on one side.
fn overhang(bars: &[Bar], slot: i32) -> i32 {
    let widest = bars.last().map_or(0, |bar| {
        width(&bar.label, Tone::Plain).max(width(&bar.result_text, bar.tone()))
    });
    ((widest - slot) / 2).clamp(0, px(60))
}

/// The middle of each period.
fn middles() -> impl Iterator<Item = i128> {
    (0..).map(|place| place * 2 + 1)
}

fn columns(canvas: &Canvas<'_>, plane: &Plane<'_>, slot: i32, bars: &[Bar]) {
    // Few bars leave more room between them; many need what there is.
    let share = match bars.len() {
        0..=FEW => 35,
        7..=16 => 44,
        _ => 62,
    };
    let half = (slot * share / 200).min(px(32)).max(px(1));
    let radius = if half >= px(5) { 2 } else { 1 };
    for (middle, bar) in middles().zip(bars) {
        let x = plane.x(middle);
        for piece in bar.pieces() {
            let (from, to) = (plane.y(piece.from), plane.y(piece.to));
            canvas.draw(&Rectangle::new(
                [(x - half, from), (x + half, to)],
                piece.ink.filled(radius),
            ));
        }
    }
}

/// The periods and their results under the bars, as many as have room.
fn labels(canvas: &Canvas<'_>, plane: &Plane<'_>, frame: Frame, bars: &[Bar]) {
    let edges = (0, canvas.width());
    let placed: Vec<_> = middles()
        .zip(bars)
        .map(|(middle, bar)| {
            let x = plane.x(middle);
            let label = centred(&bar.label, Tone::Plain, x, edges);
            let number = centred(&bar.result_text, bar.tone(), x, edges);
            (bar, label, number)
        })
        .collect();
    let label_extents: Vec<_> = placed.iter().map(|(_, label, _)| label.1).collect();
    let number_extents: Vec<_> = placed.iter().map(|(_, _, number)| number.1).collect();
    let label_step = step(&label_extents, px(6));
    // A number stands only under a period that is named.
    let number_step = step(&number_extents, px(6)).next_multiple_of(label_step);
    for (back, (bar, label, number)) in placed.iter().rev().enumerate() {
        if back % label_step == 0 {
            let at = (label.0, frame.bottom + px(22));
            canvas.text(&bar.label, at, Anchor::Middle, Tone::Plain);
        }
        if back % number_step == 0 {
            let at = (number.0, frame.bottom + px(40));
            canvas.text(&bar.result_text, at, Anchor::Middle, bar.tone());
        }
    }
}

const NARROW: i32 = 326;
/// Where the bars of the first row begin.
const HEAD: i32 = 16;

/// The measures of a row, in pixels.
#[derive(Clone, Copy)]
struct Row {
    height: i32,
    /// The height of each of its two bars.
    bar: i32,
    /// What is between these.
    gap: i32,
}

impl Row {
    fn of(count: usize) -> Self {
        let (height, bar, gap) = match count {
            0..=FEW => (38, 11, 2),
            7..=24 => (30, 8, 2),
            _ => (22, 6, 1),
        };
        Self { height, bar, gap }
    }
}

fn narrow(words: &Words, axis: &Axis<'_>, bars: &[Bar]) -> String {
    let row = Row::of(bars.len());
    let height = HEAD + row.height * i32::try_from(bars.len()).unwrap_or(1);
    let values = bars.iter().flat_map(|bar| [bar.income, bar.expense]);
    let span = Span::with_zero(values.map(i128::from), axis.unit);
    let widest = |widths: &mut dyn Iterator<Item = i32>| widths.max().unwrap_or(0);
    let names = widest(&mut bars.iter().map(|bar| width(&bar.label, Tone::Plain))).min(px(96));
    let numbers = widest(&mut bars.iter().map(|bar| width(&bar.result_text, bar.tone()))).min(px(110));
    let frame = Frame {
        left: names + px(8),
        right: px(NARROW) - numbers - px(10),
        top: px(HEAD),
        bottom: px(height),
    };
    let sheet = Sheet {
        words,
        width: Some(Width::Narrow),
        full: true,
        size: (NARROW, height),
        coarse: 1,
    };
    sheet.draw(|canvas| {
        let across = span.low..span.high;
        let plane = canvas.plane(frame, across, Span { low: 0, high: 1 });
        scale_on_top(canvas, &plane, frame, span, axis);
        let tops = (0..).map(|place| HEAD + row.height * place);
        for (top, bar) in tops.zip(bars) {
            draw_row(canvas, &plane, frame, row, top, bar);
        }
        let zero = plane.x(0);
        canvas.line((zero, frame.top), (zero, frame.bottom), Ink::Axis);
    })
}

/// Lines down the drawing with their texts on top, as many as these have room for.
fn scale_on_top(canvas: &Canvas<'_>, plane: &Plane<'_>, frame: Frame, span: Span, axis: &Axis<'_>) {
    let placed = |lines_max| -> Vec<_> {
        few_lines(span, axis, lines_max)
            .into_iter()
            .map(|(value, text)| {
                let x = plane.x(i128::from(value));
                let (middle, extent) = centred(&text, Tone::Faint, x, (0, px(NARROW)));
                (x, text, middle, extent)
            })
            .collect()
    };
    let apart = |lines: &Vec<(i32, String, i32, (i32, i32))>| {
        let extents: Vec<_> = lines.iter().map(|line| line.3).collect();
        step(&extents, px(8)) == 1
    };
    let fitting = (1..=LINES_MAX).rev().map(placed).find(apart);
    for (x, text, middle, _) in fitting.unwrap_or_default() {
        canvas.line((x, frame.top), (x, frame.bottom), Ink::Grid);
        canvas.text(&text, (middle, px(11)), Anchor::Middle, Tone::Faint);
    }
}

fn draw_row(canvas: &Canvas<'_>, plane: &Plane<'_>, frame: Frame, row: Row, top: i32, bar: &Bar) {
    let upper = top + (row.height - row.bar * 2 - row.gap) / 2;
    let lower = upper + row.bar + row.gap;
    let base_line = px(lower + 3);
    let name = Label::new(&bar.label, (0, base_line), Anchor::Start, Tone::Plain);
    canvas.draw(&name.cut(frame.left - px(8)));
    let zero = plane.x(0);
    let (income_ink, expense_ink) = bar.inks();
    for (amount, ink, top) in [(bar.income, income_ink, upper), (bar.expense, expense_ink, lower)] {
        let end = plane.x(i128::from(amount));
        let corners = [(zero, px(top)), (end, px(top + row.bar))];
        canvas.draw(&Rectangle::new(corners, ink.filled(0)));
    }
    let room = px(NARROW) - frame.right - px(10);
    let number = Label::new(&bar.result_text, (px(NARROW), base_line), Anchor::End, bar.tone());
    canvas.draw(&number.cut(room));
}
