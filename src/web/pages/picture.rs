//! A chart as a page holds it: once for screens with room and once for phones; and as a file of its own.

use crate::charts::{Axis, Width, standalone};
use crate::households::Member;

/// Both drawings of a chart; empty where there is nothing to draw.
#[derive(Debug, Clone, Default)]
pub(super) struct Picture {
    wide: Option<String>,
    narrow: Option<String>,
}

impl Picture {
    /// Draws both; `draw` is handed the width and how the axis is written.
    pub(super) fn of(member: &Member, draw: impl Fn(Width, &Axis<'_>) -> Option<String>) -> Self {
        let text = |minor| member.number_format.whole(minor, member.currency);
        let axis = Axis {
            unit: member.currency.minor_per_unit(),
            text: &text,
        };
        Self {
            wide: draw(Width::Wide, &axis),
            narrow: draw(Width::Narrow, &axis),
        }
    }

    /// The part of a page that shows it, with the way to its file; nothing where there is nothing to see.
    pub(super) fn figure(&self, file: &str) -> String {
        let href = escape(file);
        self.with(&format!(
            "<figcaption class=\"no-print\"><a href=\"{href}\">Picture (SVG)</a></figcaption>"
        ))
    }

    /// The same without a file.
    pub(super) fn bare_figure(&self) -> String {
        self.with("")
    }

    fn with(&self, caption: &str) -> String {
        match (&self.wide, &self.narrow) {
            (Some(wide), Some(narrow)) => {
                format!("<figure class=\"chart-lg\">{wide}{narrow}{caption}</figure>")
            }
            _ => String::new(),
        }
    }

    /// The picture as a file; nothing where there is nothing to see.
    pub(super) fn file(&self) -> Option<String> {
        self.wide.as_deref().map(standalone)
    }
}

/// Text as it may stand in an attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}
