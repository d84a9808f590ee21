//! Which values an axis spans, and at which round ones a line is drawn.

/// The most lines across a chart, beside its axis.
pub(super) const LINES_MAX: i128 = 4;

/// From the lowest to the highest value of an axis, in minor units; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) low: i128,
    pub(super) high: i128,
}

impl Span {
    /// Of all these values and zero. Where they are less than one whole unit, that: an axis cannot say less.
    pub(super) fn with_zero(values: impl IntoIterator<Item = i128>, unit: i64) -> Self {
        let (low, high) = values
            .into_iter()
            .fold((0, 0), |(low, high), value| (value.min(low), value.max(high)));
        if high - low >= i128::from(unit.max(1)) {
            Self { low, high }
        } else if high <= 0 && low < 0 {
            Self {
                low: -i128::from(unit.max(1)),
                high,
            }
        } else {
            Self {
                low,
                high: i128::from(unit.max(1)),
            }
        }
    }

    /// Of all these values; zero is with them if it is among them or so near that leaving it out would mislead more than it shows. There is
    /// some room left below and above otherwise.
    pub(super) fn near(values: impl IntoIterator<Item = i128> + Clone, unit: i64) -> Self {
        let lowest = values.clone().into_iter().min().unwrap_or(0);
        let highest = values.clone().into_iter().max().unwrap_or(0);
        let range = highest - lowest;
        if lowest <= range && highest >= -range {
            let span = Self::with_zero(values, unit);
            // The lowest value is named below its point.
            let room = if span.low < 0 {
                (span.high - span.low) / 8
            } else {
                0
            };
            return Self {
                low: span.low - room,
                high: span.high,
            };
        }
        let room = (range / 6).max(i128::from(unit.max(1)) / 2).max(1);
        let (low, high) = (lowest - room, highest + room);
        // Where zero is far, the room must not reach over it.
        if lowest > 0 {
            Self {
                low: low.max(0),
                high,
            }
        } else {
            Self {
                low,
                high: high.min(0),
            }
        }
    }

    /// Where the areas begin: at zero, or at the edge nearest to it.
    pub(super) fn base(self) -> i128 {
        0.clamp(self.low, self.high)
    }

    /// Round values within, without zero: at most `lines_max`, from low to high, all multiples of the smallest round step that allows it.
    pub(super) fn lines(self, unit: i64, lines_max: i128) -> Vec<i64> {
        let step = step(self, i128::from(unit.max(1)), lines_max.max(1));
        let (first, last) = (self.low.div_euclid(step), self.high.div_euclid(step));
        (first..=last)
            .map(|times| times * step)
            .filter(|value| *value != 0 && (self.low..=self.high).contains(value))
            .filter_map(|value| i64::try_from(value).ok())
            .collect()
    }
}

/// The smallest of 1, 1½, 2, 2½ and 5 times a power of ten, in whole units, with few enough multiples in the span.
fn step(span: Span, unit: i128, lines_max: i128) -> i128 {
    let few = |step: i128| {
        let multiples = span.high.div_euclid(step) - (span.low - 1).div_euclid(step);
        let zero = i128::from(span.low <= 0 && 0 <= span.high);
        multiples - zero <= lines_max
    };
    let mut power = unit;
    loop {
        let halves = power > unit; // one and a half units are not whole
        let candidates = [(2, true), (3, halves), (4, true), (5, halves), (10, true)];
        for (half_units, whole) in candidates {
            let step = power * half_units / 2;
            if whole && few(step) {
                return step;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(low: i128, high: i128, unit: i64) -> Vec<i64> {
        Span { low, high }.lines(unit, LINES_MAX)
    }

    #[test]
    fn lines_are_at_round_values() {
        assert_eq!(
            lines(-312_900, 396_000, 100),
            [-300_000, -150_000, 150_000, 300_000]
        );
        assert_eq!(lines(0, 1_094_000, 100), [250_000, 500_000, 750_000, 1_000_000]);
        assert_eq!(lines(0, 221_460, 100), [50_000, 100_000, 150_000, 200_000]);
        assert_eq!(lines(0, 350, 100), [100, 200, 300]);
        assert_eq!(lines(0, 700, 100), [200, 400, 600]);
        assert_eq!(lines(7_200, 9_400, 1), [7_500, 8_000, 8_500, 9_000]);
        assert_eq!(lines(0, 99, 100), [0; 0]);
    }

    #[test]
    fn zero_is_there_where_it_is_near() {
        let near = |values: &[i128]| Span::near(values.iter().copied(), 100);
        assert_eq!(near(&[30_000, 90_000]).low, 0);
        assert_eq!(near(&[50_000, 90_000]).low, 43_334);
        assert_eq!(near(&[-8_000, 88_000]).low, -20_000);
        assert_eq!(near(&[-90_000, -50_000]).high, -43_334);
        assert_eq!(near(&[0, 0]), Span { low: 0, high: 100 });
        assert_eq!(
            near(&[70_000, 70_000]),
            Span {
                low: 69_950,
                high: 70_050
            }
        );
    }

    proptest! {
        #[test]
        fn an_axis_has_few_lines_within_its_span(
            a in -10_000_000_000_000_000_000_i128..10_000_000_000_000_000_000,
            b in -10_000_000_000_000_000_000_i128..10_000_000_000_000_000_000,
            unit in prop::sample::select(vec![0_i64, 1, 10, 100, 1_000, 10_000]),
        ) {
            for span in [Span::with_zero([a, b], unit), Span::near([a, b], unit)] {
                prop_assert!(span.low < span.high);
                prop_assert!(span.low <= a.min(b) && a.max(b) <= span.high);
                let lines = span.lines(unit, LINES_MAX);
                prop_assert!(lines.len() <= 4, "{lines:?}");
                prop_assert!(lines.is_sorted());
                for line in lines {
                    prop_assert!((span.low..=span.high).contains(&i128::from(line)));
                    prop_assert_eq!(line % unit.max(1), 0);
                }
            }
        }
    }
}
