//! Where words can stand: apart from each other, off the lines, and inside the drawing. All in drawing units.

use plotters_backend::BackendCoord;

use super::svg::px;
use super::text::{Anchor, Tone, width};

/// The room that a line of text takes above and below its base line.
const ASCENT: i32 = px(11);
const DESCENT: i32 = px(4);

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Area {
    pub(super) fn of_text(text: &str, tone: Tone, spot: Spot) -> Self {
        let (left, right) = extent(width(text, tone), spot.at.0, spot.anchor);
        Self {
            left,
            right,
            top: spot.at.1 - ASCENT,
            bottom: spot.at.1 + DESCENT,
        }
    }

    fn holds(self, other: Self) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.left <= other.right
            && other.left <= self.right
            && self.top <= other.bottom
            && other.top <= self.bottom
    }

    fn is_crossed(self, (from, to): (BackendCoord, BackendCoord)) -> bool {
        let box_of_line = Self {
            left: from.0.min(to.0),
            right: from.0.max(to.0),
            top: from.1.min(to.1),
            bottom: from.1.max(to.1),
        };
        // All corners on one side of the line: it passes by.
        let side = |x: i32, y: i32| {
            let along = (i64::from(to.0 - from.0), i64::from(to.1 - from.1));
            let corner = (i64::from(x - from.0), i64::from(y - from.1));
            (along.0 * corner.1 - along.1 * corner.0).signum()
        };
        let sides = [
            side(self.left, self.top),
            side(self.right, self.top),
            side(self.left, self.bottom),
            side(self.right, self.bottom),
        ];
        let passes = sides.iter().all(|side| *side > 0) || sides.iter().all(|side| *side < 0);
        self.meets(box_of_line) && !passes
    }
}

/// From where to where a text of this width reaches.
fn extent(width: i32, x: i32, anchor: Anchor) -> (i32, i32) {
    match anchor {
        Anchor::Start => (x, x + width),
        Anchor::Middle => (x - width / 2, x + width - width / 2),
        Anchor::End => (x - width, x),
    }
}

/// The middle of a text that is centred at `x` but must stay between the edges, and where it then begins and ends.
pub(super) fn centred(text: &str, tone: Tone, x: i32, edges: (i32, i32)) -> (i32, (i32, i32)) {
    let half = width(text, tone) / 2 + 1;
    let middle = x.min(edges.1 - half).max(edges.0 + half);
    (middle, (middle - half, middle + half))
}

/// A place for a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) at: BackendCoord,
    pub(super) anchor: Anchor,
}

/// What is already there, and what must not be written over.
pub(super) struct Room {
    bounds: Area,
    lines: Vec<(BackendCoord, BackendCoord)>,
    /// Lines that a text had better not cross, but may.
    faint: Vec<(BackendCoord, BackendCoord)>,
    taken: Vec<Area>,
}

impl Room {
    pub(super) fn new(bounds: Area) -> Self {
        Self {
            bounds,
            lines: Vec::new(),
            faint: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// Keeps texts off the line through these points.
    pub(super) fn avoid(&mut self, points: &[BackendCoord]) {
        let nexts = points.iter().skip(1);
        self.lines
            .extend(points.iter().zip(nexts).map(|(from, to)| (*from, *to)));
    }

    /// Keeps texts off a line across the drawing, if there is another place.
    pub(super) fn rather_avoid(&mut self, y: i32) {
        let line = ((self.bounds.left, y), (self.bounds.right, y));
        self.faint.push(line);
    }

    /// Keeps texts off one that stands there anyway.
    pub(super) fn take(&mut self, text: &str, tone: Tone, spot: Spot) {
        self.taken.push(Area::of_text(text, tone, spot));
    }

    /// The first of the spots where a text is free of everything, or else of all that matters; it is taken then.
    pub(super) fn first(
        &mut self,
        text: &str,
        tone: Tone,
        spots: impl IntoIterator<Item = Spot>,
    ) -> Option<Spot> {
        let free: Vec<_> = spots
            .into_iter()
            .map(|spot| (spot, Area::of_text(text, tone, spot)))
            .filter(|(_, area)| self.is_free(*area))
            .collect();
        let clear = |area: Area| !self.faint.iter().any(|line| area.is_crossed(*line));
        let clearest = free.iter().find(|(_, area)| clear(*area));
        let (spot, area) = *clearest.or_else(|| free.first())?;
        self.taken.push(area);
        Some(spot)
    }

    fn is_free(&self, area: Area) -> bool {
        self.bounds.holds(area)
            && !self.taken.iter().any(|taken| taken.meets(area))
            && !self.lines.iter().any(|line| area.is_crossed(*line))
    }
}

/// The smallest step at which texts can follow one another without touching, counted from the last one, which always stays. Each has its
/// begin and end, in order.
pub(super) fn step(extents: &[(i32, i32)], gap: i32) -> usize {
    let fits = |step: usize| {
        let kept: Vec<_> = extents.iter().rev().step_by(step).collect();
        kept.iter()
            .zip(kept.iter().skip(1))
            .all(|(later, earlier)| earlier.1 + gap <= later.0)
    };
    (1..extents.len())
        .find(|step| fits(*step))
        .unwrap_or(extents.len().max(1))
}

/// As near as can be to where each wants to be, in the same order, at least `gap` apart and between the edges. Where there is too little room
/// for that, closer. `wishes` go up.
pub(super) fn spread(wishes: &[i32], gap: i32, (low, high): (i32, i32)) -> Vec<i32> {
    let gaps = i32::try_from(wishes.len())
        .unwrap_or(i32::MAX)
        .saturating_sub(1)
        .max(1);
    let gap = gap.min((high - low) / gaps);
    // Without the gaps it is a matter of putting neighbours that are in each other's way together at their mean.
    let mut groups: Vec<(i64, i64)> = Vec::new(); // sum and count
    for (place, wish) in (0_i64..).zip(wishes) {
        let mut group = (i64::from(*wish) - place * i64::from(gap), 1);
        while let Some(before) = groups.last().copied()
            && before.0 * group.1 > group.0 * before.1
        {
            groups.pop();
            group = (before.0 + group.0, before.1 + group.1);
        }
        groups.push(group);
    }
    let room = (i64::from(low), i64::from(high) - i64::from(gaps) * i64::from(gap));
    let mut places = Vec::with_capacity(wishes.len());
    for (sum, count) in groups {
        let at = sum.div_euclid(count).min(room.1).max(room.0);
        for _ in 0..count {
            let place = i64::try_from(places.len()).unwrap_or(i64::MAX);
            let whole = at.saturating_add(place.saturating_mul(i64::from(gap)));
            places.push(i32::try_from(whole).unwrap_or(high));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_keep_their_distance() {
        assert_eq!(spread(&[10, 50, 90], 20, (0, 100)), [10, 50, 90]);
        assert_eq!(spread(&[50, 50], 20, (0, 100)), [40, 60]);
        assert_eq!(spread(&[0, 0, 0], 20, (0, 100)), [0, 20, 40]);
        assert_eq!(spread(&[99, 100], 20, (0, 100)), [80, 100]);
        assert_eq!(spread(&[5; 5], 50, (0, 100)), [0, 25, 50, 75, 100]);
        assert_eq!(spread(&[], 20, (0, 100)), [0; 0]);
        assert_eq!(spread(&[400], 20, (0, 100)).len(), 1);
    }

    #[test]
    fn every_second_label_goes_where_all_would_touch() {
        let row = |count: i32, slot: i32, width: i32| -> Vec<_> {
            (0..count).map(|at| (at * slot, at * slot + width)).collect()
        };
        assert_eq!(step(&row(12, 70, 40), 8), 1);
        assert_eq!(step(&row(12, 30, 40), 8), 2);
        assert_eq!(step(&row(12, 10, 400), 8), 12);
        assert_eq!(step(&[], 8), 1);
    }

    #[test]
    fn a_text_finds_the_first_free_spot() {
        let bounds = Area {
            left: 0,
            top: 0,
            right: px(200),
            bottom: px(100),
        };
        let mut room = Room::new(bounds);
        room.avoid(&[(0, px(100)), (px(200), 0)]);
        let spot = |x, y| Spot {
            at: (px(x), px(y)),
            anchor: Anchor::Start,
        };
        let mut first = |spots: &[Spot]| {
            let found = room.first("Rent", Tone::Faint, spots.iter().copied());
            found.map(|spot| spot.at)
        };
        assert_eq!(
            first(&[spot(95, 50), spot(5, 5), spot(10, 30)]),
            Some((px(10), px(30)))
        );
        assert_eq!(first(&[spot(12, 32)]), None); // taken
        assert_eq!(first(&[spot(190, 90)]), None); // leaves the drawing
    }

    proptest! {
        #[test]
        fn spread_labels_stay_in_order_and_within(
            mut wishes in prop::collection::vec(-500..3_000_i32, 0..12), gap in 1..400_i32,
        ) {
            wishes.sort_unstable();
            let places = spread(&wishes, gap, (0, 2_500));
            prop_assert_eq!(places.len(), wishes.len());
            let closest = gap.min(2_500 / i32::try_from(places.len().max(2) - 1).unwrap());
            prop_assert!(places.windows(2).all(|two| two[1] - two[0] >= closest), "{places:?}");
            prop_assert!(places.iter().all(|place| (0..=2_500).contains(place)), "{places:?}");
        }
    }
}
