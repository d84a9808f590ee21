//! What a shape is in the words of the stylesheet. plotters only knows colours, so each class travels as a colour that stands for it.

use plotters::style::{Color, RGBColor, ShapeStyle};
use plotters_backend::BackendColor;

/// One class or two of `static/app.css`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Grid,
    Axis,
    Tick,
    Lead,
    Income,
    IncomePart,
    Expense,
    ExpensePart,
    Net,
    NetLine,
    Trend,
    Under,
    Before,
    Spent,
    SpentUnder,
    /// An area in the colour of a series, 1 to 10.
    Band(u8),
    /// A patch in the colour of a series, 1 to 10.
    Swatch(u8),
}

/// Those without a number, in the order of the colours that stand for them.
const PLAIN: [(Ink, &str); 15] = [
    (Ink::Grid, "grid"),
    (Ink::Axis, "axis"),
    (Ink::Tick, "tick"),
    (Ink::Lead, "lead"),
    (Ink::Income, "in"),
    (Ink::IncomePart, "in part"),
    (Ink::Expense, "out"),
    (Ink::ExpensePart, "out part"),
    (Ink::Net, "net"),
    (Ink::NetLine, "netline"),
    (Ink::Trend, "trend"),
    (Ink::Under, "under"),
    (Ink::Before, "before"),
    (Ink::Spent, "spent"),
    (Ink::SpentUnder, "spent-under"),
];

const BAND: u8 = 100;
const SWATCH: u8 = 101;
const PLAIN_KIND: u8 = 102;

impl Ink {
    /// The area of a series; `colour` beyond 1 to 10 begins anew.
    pub(super) fn band(colour: usize) -> Self {
        Self::Band(one_of_ten(colour))
    }

    /// The patch of a series; `colour` beyond 1 to 10 begins anew.
    pub(super) fn swatch(colour: usize) -> Self {
        Self::Swatch(one_of_ten(colour))
    }

    /// A filled shape. Its corners, where it is a rectangle, are rounded by `radius` pixels.
    pub(super) fn filled(self, radius: u32) -> ShapeStyle {
        // A filled shape has no stroke here, so the width is free to carry the radius.
        self.colour().filled().stroke_width(radius)
    }

    fn colour(self) -> RGBColor {
        match self {
            Self::Band(number) => RGBColor(BAND, number, 0),
            Self::Swatch(number) => RGBColor(SWATCH, number, 0),
            plain => {
                let place = PLAIN.iter().position(|(ink, _)| *ink == plain);
                RGBColor(
                    PLAIN_KIND,
                    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(0),
                    0,
                )
            }
        }
    }
}

fn one_of_ten(colour: usize) -> u8 {
    u8::try_from(colour.saturating_sub(1) % 10 + 1).unwrap_or(1)
}

impl From<Ink> for ShapeStyle {
    fn from(ink: Ink) -> Self {
        ink.colour().into()
    }
}

/// Writes the classes that a colour stands for; nothing for one that stands for none.
pub(super) fn push_class(out: &mut String, colour: BackendColor) {
    match colour.rgb {
        (BAND, number, _) => {
            out.push_str("band f");
            out.push_str(&number.to_string());
        }
        (SWATCH, number, _) => {
            out.push('f');
            out.push_str(&number.to_string());
        }
        (PLAIN_KIND, place, _) => {
            if let Some((_, class)) = PLAIN.get(usize::from(place)) {
                out.push_str(class);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(ink: Ink) -> String {
        let mut out = String::new();
        push_class(&mut out, ink.colour().to_backend_color());
        out
    }

    #[test]
    fn each_ink_comes_back_as_its_class() {
        for (ink, expected) in PLAIN {
            assert_eq!(class(ink), expected);
        }
        assert_eq!(class(Ink::Net), "net");
        assert_eq!(class(Ink::band(10)), "band f10");
        assert_eq!(class(Ink::swatch(1)), "f1");
        assert_eq!(class(Ink::swatch(11)), "f1");
        assert_eq!(class(Ink::swatch(0)), "f1");
    }
}
