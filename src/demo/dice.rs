//! Chance that comes out the same every time.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// Random numbers from a seed. `ChaCha8` is a standard, and what is made of its numbers stands here, so that no new version of a crate makes
/// another household of the same seed.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        for (place, byte) in key.iter_mut().zip(seed.to_le_bytes()) {
            *place = byte;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1);
        // The numbers asked for are so small that the rest does not favour any of them.
        let steps = self.0.next_u64().checked_rem(span).unwrap_or(0);
        low.saturating_add_unsigned(steps)
    }

    /// True in so many cases of a thousand.
    pub(super) fn chance(&mut self, permille: i64) -> bool {
        self.between(0, 999) < permille
    }

    /// One of these; the default of an empty list.
    pub(super) fn pick<T: Copy + Default>(&mut self, all: &[T]) -> T {
        let last = i64::try_from(all.len()).unwrap_or(i64::MAX).saturating_sub(1);
        let place = usize::try_from(self.between(0, last.max(0))).unwrap_or(0);
        all.get(place).copied().unwrap_or_default()
    }

    /// One of these, each as often as its weight says.
    pub(super) fn weighted<'a, T>(&mut self, all: &'a [T], weight: impl Fn(&T) -> i64) -> Option<&'a T> {
        let total: i64 = all.iter().map(&weight).sum();
        let mut left = self.between(0, (total - 1).max(0));
        all.iter().find(|one| {
            left -= weight(one);
            left < 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throws = |seed| {
            let mut dice = Dice::new(seed);
            (0..8).map(|_| dice.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(throws(1), throws(1));
        assert_ne!(throws(1), throws(2));
        // Written down, so that a new version of a crate cannot change it unseen.
        assert_eq!(throws(1), [4, 5, 1, 5, 5, 3, 1, 3]);
    }

    #[test]
    fn what_weighs_nothing_is_never_chosen() {
        let mut dice = Dice::new(7);
        let all = [("never", 0), ("seldom", 1), ("often", 9)];
        let often = (0..1000)
            .filter(|_| match dice.weighted(&all, |(_, weight)| *weight) {
                Some(("often", _)) => true,
                Some(("seldom", _)) => false,
                other => panic!("{other:?}"),
            })
            .count();
        assert!((850..950).contains(&often), "{often}");
        assert!((0..1000).all(|_| (2..=4).contains(&dice.between(2, 4))));
    }
}
