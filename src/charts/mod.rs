//! Charts, drawn on the server: series of money in, the text of an SVG out. Nothing is read, and the clock is not asked.
//!
//! * [`result()`]: income, expense and result of each month or year. [`stacked()`]: what makes up the whole, over time.
//! * [`steps()`]: spent so far, day by day. [`line()`]: money at the end of each period. [`sparkline()`]: the same, tiny.
//! * [`standalone()`] makes a file of a chart, with its own colours.
//!
//! Every chart says in words what it shows, scales with its place, and takes its colours from the classes of `static/app.css`, so it follows
//! the theme. Those with a [`Width`] are drawn once for each: the page holds both and shows one. Nothing to draw is `None`.
//!
//! Inside, `canvas` holds one drawing, made by plotters, and `svg` writes it down; `ink` names the classes, `text` writes words,
//! `scale` finds round values, `time` names periods, `place` keeps words apart. Positions are whole tenths of a pixel, so that no float is needed.

mod canvas;
mod ink;
mod line;
mod place;
mod result;
mod scale;
mod sparkline;
mod stacked;
mod standalone;
mod steps;
mod svg;
mod text;
mod time;

#[cfg(test)]
mod tests;

pub use line::{Line, line};
pub use result::{Bar, result};
pub use sparkline::sparkline;
pub use stacked::{Series, Stack, stacked};
pub use standalone::standalone;
pub use steps::{Note, Steps, steps};

/// What a chart says in words, for those who do not see it.
#[derive(Debug, Clone)]
pub struct Words {
    /// Makes the ids of title and description unique on the page; the same one serves both widths. Letters, digits and `-`.
    pub id: String,
    /// What is shown, such as "Profit and loss by month, 2025".
    pub title: String,
    /// The finding, not the shape.
    pub description: String,
}

/// Which of a chart's two drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// For screens with room; has the class `wide-only`.
    Wide,
    /// For phones, 326 pixels wide; has the class `narrow-only`.
    Narrow,
}

/// How values are written at an axis.
pub struct Axis<'a> {
    /// Minor units of one whole unit: 100 for EUR, 1 for JPY, 1000 for KWD. Below 1 counts as 1.
    pub unit: i64,
    /// A value, in minor units, as text: whole units with the reader's marks.
    pub text: &'a dyn Fn(i64) -> String,
}

/// One period on the time axis; its value is that of its end.
#[derive(Debug, Clone, Default)]
pub struct Tick {
    /// Where only some periods have a label, it names all from here until the next label, such as a year its months, and stands in their
    /// middle. Where all have one, each stands under its own point. Labels that would collide are left out.
    pub label: Option<String>,
}
