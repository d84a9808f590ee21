//! Words in a drawing: how wide they are, how they are cut, and how they are written so that nobody's name becomes markup.

use std::borrow::Cow;
use std::convert::Infallible;
use std::iter::{Once, once};

use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::svg::{Svg, push_attribute};

/// The size of all text, in pixels; `static/app.css` says the same.
const SIZE: i32 = 12;

/// Which point of the text its place is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How loud a text is; the classes of `static/app.css`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Faint,
    Strong,
    /// Strong, and below zero.
    Negative,
}

impl Tone {
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Faint => Some("faint"),
            Self::Strong => Some("strong"),
            Self::Negative => Some("neg"),
        }
    }
}

/// A text at a place, in drawing units; its y is the base line.
pub(super) struct Label<'a> {
    text: Cow<'a, str>,
    at: BackendCoord,
    anchor: Anchor,
    tone: Tone,
    /// The text as it was, if it had to be cut.
    whole: Option<&'a str>,
}

impl<'a> Label<'a> {
    pub(super) fn new(text: &'a str, at: BackendCoord, anchor: Anchor, tone: Tone) -> Self {
        Self {
            text: Cow::Borrowed(text),
            at,
            anchor,
            tone,
            whole: None,
        }
    }

    /// The text is cut to this width, in drawing units; the whole then shows where the pointer rests on it.
    pub(super) fn cut(mut self, width_max: i32) -> Self {
        if let Cow::Borrowed(text) = self.text
            && width(text, self.tone) > width_max
        {
            self.whole = Some(text);
            self.text = Cow::Owned(cut(text, self.tone, width_max));
        }
        self
    }
}

impl<'l> PointCollection<'l, BackendCoord> for &'l Label<'_> {
    type Point = &'l BackendCoord;
    type IntoIter = Once<&'l BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        once(&self.at)
    }
}

impl Drawable<Svg<'_>> for Label<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        svg: &mut Svg<'_>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let out = svg.out();
        for (x, y) in points {
            out.push_str("<text");
            if let Some(class) = self.tone.class() {
                out.push_str(" class=\"");
                out.push_str(class);
                out.push('"');
            }
            match self.anchor {
                Anchor::Start => {}
                Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
                Anchor::End => out.push_str(" text-anchor=\"end\""),
            }
            push_attribute(out, "x", x);
            push_attribute(out, "y", y);
            out.push('>');
            if let Some(whole) = self.whole {
                out.push_str("<title>");
                push_escaped(out, whole);
                out.push_str("</title>");
            }
            push_escaped(out, &self.text);
            out.push_str("</text>");
        }
        Ok(())
    }
}

/// Writes text that reads back as it was, but for characters that XML has no place for: each becomes `U+FFFD`.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for one in text.chars() {
        match one {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other if other.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
}

/// How wide a text is at most, in drawing units. Measured by the widest of the system fonts that `static/app.css` can end at, so that what
/// fits here fits everywhere.
pub(super) fn width(text: &str, tone: Tone) -> i32 {
    // Nobody's label is longer than this, and so nothing overflows.
    let thousandths: i32 = text.chars().take(2_000).map(thousandths_of_em).sum();
    let width = thousandths.saturating_add(50) * SIZE / 100;
    match tone {
        Tone::Plain | Tone::Faint => width,
        Tone::Strong | Tone::Negative => width * 110 / 100,
    }
}

fn thousandths_of_em(one: char) -> i32 {
    match one {
        'i' | 'j' | 'l' | 'I' | 'J' | '\'' | '|' => 300,
        '.' | ',' | ':' | ';' | '!' | ' ' | '\u{a0}' | '\u{202f}' | '’' => 340,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' => 410,
        'c' | 's' | 'z' => 550,
        'k' | 'v' | 'x' | 'y' => 595,
        'w' | '+' | '−' | '<' | '>' | '=' | '~' | '#' | 'D' | 'G' | 'O' | 'Q' => 840,
        'm' | 'M' | 'W' | '@' | '%' | '…' | '—' => 1_000,
        'A'..='Z' => 755,
        ' '..='~' => 640,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{80}'..='\u{10ff}' => 720,
        _ => 1_050,
    }
}

/// The beginning of a text with `…`, at most this wide where anything of it can be.
fn cut(text: &str, tone: Tone, width_max: i32) -> String {
    let room = width_max - width("…", tone);
    let mut kept = String::new();
    for one in text.chars() {
        kept.push(one);
        if width(&kept, tone) > room {
            kept.pop();
            break;
        }
    }
    let mut kept = kept.trim_end().to_owned();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_holds_no_control_characters() {
        let mut out = String::new();
        push_escaped(&mut out, "<b>&\"'\u{0}\u{1b}\n\u{85}\u{ffff}é🏠");
        assert_eq!(out, "&lt;b&gt;&amp;&quot;'\u{fffd}\u{fffd} \u{fffd}\u{fffd}é🏠");
    }

    #[test]
    fn a_cut_text_fits() {
        let name = "Household and everything that goes with it";
        for width_max in [200, 400, 900, 1_500] {
            let short = cut(name, Tone::Plain, width_max);
            assert!(width(&short, Tone::Plain) <= width_max, "{short}");
            assert!(short.ends_with('…') && !short.contains(" …"), "{short}");
        }
        assert_eq!(cut("🏠🏠", Tone::Plain, 0), "…");
    }

    #[test]
    fn widths_grow_with_text_and_never_overflow() {
        assert!(width("1,000", Tone::Strong) > width("1,000", Tone::Plain));
        assert!(width(&"W".repeat(1_000_000), Tone::Strong) > 0);
    }
}
