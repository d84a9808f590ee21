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
        let (Some(wide), Some(narrow)) = (&self.wide, &self.narrow) else {
            return String::new();
        };
        let href = super::words::escape(file);
        format!(
            "<figure class=\"chart-lg\">{wide}{narrow}<figcaption class=\"no-print\"><a href=\"{href}\">Picture (SVG)</a></figcaption></figure>"
        )
    }

    /// The picture as a file; nothing where there is nothing to see.
    pub(super) fn file(&self) -> Option<String> {
        self.wide.as_deref().map(standalone)
    }
}
