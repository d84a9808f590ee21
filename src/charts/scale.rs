//! Which values an axis spans, and at which round ones a line is drawn.

/// The most lines across a chart, beside its axis.
const LINES_MAX: i128 = 4;

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
            return Self::with_zero(values, unit);
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

    /// Round values within, without zero: at most four, from low to high, all multiples of the smallest round step that allows it.
    pub(super) fn lines(self, unit: i64) -> Vec<i64> {
        let step = step(self, i128::from(unit.max(1)));
        let (first, last) = (self.low.div_euclid(step), self.high.div_euclid(step));
        (first..=last)
            .map(|times| times * step)
            .filter(|value| *value != 0 && (self.low..=self.high).contains(value))
            .filter_map(|value| i64::try_from(value).ok())
            .collect()
    }
}

/// The smallest of 1, 1½, 2, 2½ and 5 times a power of ten, in whole units, with few enough multiples in the span.
fn step(span: Span, unit: i128) -> i128 {
    let few = |step: i128| {
        let multiples = span.high.div_euclid(step) - (span.low - 1).div_euclid(step);
        let zero = i128::from(span.low <= 0 && 0 <= span.high);
        multiples - zero <= LINES_MAX
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
        Span { low, high }.lines(unit)
    }

    #[test]
    fn lines_are_at_round_values() {
        assert_eq!(
            lines(-3_129_00, 3_960_00, 100),
            [-3_000_00, -1_500_00, 1_500_00, 3_000_00]
        );
        assert_eq!(
            lines(0, 10_940_00, 100),
            [2_500_00, 5_000_00, 7_500_00, 10_000_00]
        );
        assert_eq!(lines(0, 2_214_60, 100), [1_000_00, 2_000_00]);
        assert_eq!(lines(0, 3_50, 100), [1_00, 2_00, 3_00]);
        assert_eq!(lines(0, 7_00, 100), [2_00, 4_00, 6_00]);
        assert_eq!(lines(7_200, 9_400, 1), [7_500, 8_000, 8_500, 9_000]);
        assert_eq!(lines(0, 99, 100), [0; 0]);
    }

    #[test]
    fn zero_is_there_where_it_is_near() {
        let near = |values: &[i128]| Span::near(values.iter().copied(), 100);
        assert_eq!(near(&[300_00, 900_00]).low, 0);
        assert_eq!(near(&[500_00, 900_00]).low, 433_34);
        assert_eq!(near(&[-50_00, 900_00]).low, -50_00);
        assert_eq!(near(&[-900_00, -500_00]).high, -433_34);
        assert_eq!(near(&[0, 0]), Span { low: 0, high: 100 });
        assert_eq!(
            near(&[700_00, 700_00]),
            Span {
                low: 699_50,
                high: 700_50
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
                let lines = span.lines(unit);
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
