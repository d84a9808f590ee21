//! The pen: a backend of plotters that writes short SVG with classes in place of colours.

use std::convert::Infallible;

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::ink::push_class;

/// Drawing units of a pixel. plotters counts in whole ones, and a line needs finer steps than pixels.
pub(super) const GRAINS: i32 = 10;

/// Whole pixels as drawing units.
pub(super) const fn px(pixels: i32) -> i32 {
    pixels * GRAINS
}

/// Writes shapes behind what `out` already holds. Nothing can go wrong: it is memory.
pub(super) struct Svg<'a> {
    out: &'a mut String,
    /// In drawing units.
    size: (i32, i32),
    /// Points of lines and areas are rounded to multiples of this, in drawing units.
    coarse: i32,
}

impl<'a> Svg<'a> {
    pub(super) fn new(out: &'a mut String, size: (i32, i32), coarse: i32) -> Self {
        Self {
            out,
            size,
            coarse: coarse.max(1),
        }
    }

    pub(super) fn out(&mut self) -> &mut String {
        self.out
    }

    fn class(&mut self, colour: BackendColor) {
        self.out.push_str(" class=\"");
        push_class(self.out, colour);
        self.out.push('"');
    }

    /// A path through `points`. What is so clear that nothing of it shows is left out: points that repeat the one before, and those in
    /// the middle of a straight line.
    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>, colour: BackendColor, closed: bool) {
        if colour.alpha <= 0.0 {
            return;
        }
        let coarse = self.coarse;
        let rounded = |value: i32| (value + coarse / 2).div_euclid(coarse) * coarse;
        let mut kept: Vec<BackendCoord> = Vec::new();
        for (x, y) in points {
            let next = (rounded(x), rounded(y));
            if let [.., before, last] = kept.as_slice()
                && goes_on(*before, *last, next)
            {
                kept.pop();
            }
            if kept.last() != Some(&next) {
                kept.push(next);
            }
        }
        let Some((first, rest)) = kept.split_first() else {
            return;
        };
        self.out.push_str("<path");
        self.class(colour);
        self.out.push_str(" d=\"M");
        push_pair(self.out, first.0, first.1);
        push_steps(self.out, *first, rest);
        self.out.push_str(if closed { "z\"/>" } else { "\"/>" });
    }
}

/// Whether `b` lies on the straight way from `a` on to `c`.
fn goes_on(a: BackendCoord, b: BackendCoord, c: BackendCoord) -> bool {
    let (first, second) = (
        (i64::from(b.0 - a.0), i64::from(b.1 - a.1)),
        (i64::from(c.0 - b.0), i64::from(c.1 - b.1)),
    );
    first.0 * second.1 == first.1 * second.0 && first.0 * second.0 + first.1 * second.1 >= 0
}

/// The way from point to point, each from the one before it, in as few letters as it takes.
fn push_steps(out: &mut String, first: BackendCoord, rest: &[BackendCoord]) {
    let mut at = first;
    let mut command = 'M';
    for next in rest {
        let (right, down) = (next.0 - at.0, next.1 - at.1);
        if down == 0 {
            out.push('h');
            push_px(out, right);
            command = 'h';
        } else if right == 0 {
            out.push('v');
            push_px(out, down);
            command = 'v';
        } else {
            if command != 'l' {
                out.push('l');
            } else if right > 0 {
                out.push(' ');
            }
            push_pair(out, right, down);
            command = 'l';
        }
        at = *next;
    }
}

fn push_pair(out: &mut String, x: i32, y: i32) {
    push_px(out, x);
    if y >= 0 {
        out.push(' ');
    }
    push_px(out, y);
}

/// A length in pixels, such as `12`, `.5` or `-3.4`.
pub(super) fn push_px(out: &mut String, grains: i32) {
    if grains < 0 {
        out.push('-');
    }
    let grains = grains.unsigned_abs();
    let (whole, tenths) = (grains / GRAINS.unsigned_abs(), grains % GRAINS.unsigned_abs());
    if whole > 0 || tenths == 0 {
        out.push_str(&whole.to_string());
    }
    if tenths > 0 {
        out.push('.');
        out.push_str(&tenths.to_string());
    }
}

/// ` name="12.5"`
pub(super) fn push_attribute(out: &mut String, name: &str, grains: i32) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    push_px(out, grains);
    out.push('"');
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.size.0.unsigned_abs(), self.size.1.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// No chart is made of pixels.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.path([from, to], style.color(), false);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        self.path(points, style.color(), false);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        self.path(points, style.color(), true);
        Ok(())
    }

    /// A rectangle that has no size is left out; the stroke's width is the radius of its corners.
    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        _: bool,
    ) -> Drawn {
        let (width, height) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
        if width == 0 || height == 0 {
            return Ok(());
        }
        self.out.push_str("<rect");
        self.class(style.color());
        push_attribute(self.out, "x", from.0.min(to.0));
        push_attribute(self.out, "y", from.1.min(to.1));
        push_attribute(self.out, "width", width);
        push_attribute(self.out, "height", height);
        if let Ok(radius @ 1..) = i32::try_from(style.stroke_width()) {
            push_attribute(self.out, "rx", px(radius));
        }
        self.out.push_str("/>");
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Drawn {
        self.out.push_str("<circle");
        self.class(style.color());
        push_attribute(self.out, "cx", centre.0);
        push_attribute(self.out, "cy", centre.1);
        push_attribute(self.out, "r", i32::try_from(radius).unwrap_or(0));
        self.out.push_str("/>");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(points: &[BackendCoord], coarse: i32) -> String {
        let mut out = String::new();
        let colour = BackendColor {
            rgb: (0, 0, 0),
            alpha: 1.0,
        };
        Svg::new(&mut out, (100, 100), coarse).path(points.iter().copied(), colour, false);
        out.replace("<path class=\"\" d=\"", "").replace("\"/>", "")
    }

    #[test]
    fn lengths_are_short() {
        let text = |grains| {
            let mut out = String::new();
            push_px(&mut out, grains);
            out
        };
        assert_eq!([0, 5, -5, 10, -123].map(text).join(" "), "0 .5 -.5 1 -12.3");
    }

    #[test]
    fn points_that_do_not_change_the_line_are_left_out() {
        assert_eq!(path(&[(0, 0), (10, 10), (20, 20), (30, 30)], 1), "M0 0l3 3");
        assert_eq!(path(&[(0, 0), (0, 0), (10, 0), (20, 0)], 1), "M0 0h2");
        assert_eq!(path(&[(0, 0), (10, 0), (0, 0)], 1), "M0 0h1h-1");
        assert_eq!(
            path(&[(0, 0), (10, 5), (25, 0), (20, 3)], 1),
            "M0 0l1 .5 1.5-.5-.5 .3"
        );
        assert_eq!(path(&[(0, 0), (14, 9), (26, 31)], 10), "M0 0l3 3");
        assert_eq!(path(&[(0, 0), (14, 9), (26, 41)], 10), "M0 0l1 1 2 3");
    }
}
