//! A life, day by day: what has its day, what comes back from before, and what is bought in between.

#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "whole units, then cents, as prices are written"
)]

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use chrono::{Datelike, Days, NaiveDate};

use super::dice::Dice;
use super::event::{Event, Place, Purpose, Reason, Spot, What};
use super::everyday::{self, Thing};
use super::purse::Purse;
use super::shape::Shape;

/// Things bought in a month by a couple beside all that has its day: the more are written down, the smaller they are.
const EVERYDAY_PACE: i64 = 57;
/// What has its day, in a month.
const FIXED_PACE: i64 = 25;
/// How far the card may be short for fun, in minor units: somebody notices in the end.
const SHORT_MAX: i64 = 40_00;

/// What happens from the first to the last day, in its order: as many events as the shape has transactions.
pub struct Life {
    pub(super) shape: Shape,
    pub(super) dice: Dice,
    pub(super) purse: Purse,
    day: NaiveDate,
    /// What happened on days that were lived, and was not told yet.
    told_next: VecDeque<Event>,
    /// What will come of what happened.
    later: BTreeMap<NaiveDate, Vec<Event>>,
    made: i64,
    returns: u32,
}

impl Iterator for Life {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.told_next.is_empty() && self.day <= self.shape.last_day() {
            self.live(self.day);
            self.day = self.day.succ_opt()?;
        }
        self.told_next.pop_front()
    }
}

impl Life {
    /// The life of this shape.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let mut life = Self {
            shape,
            dice: Dice::new(shape.seed()),
            purse: Purse::default(),
            day: shape.first_day(),
            told_next: VecDeque::new(),
            later: BTreeMap::new(),
            made: 0,
            returns: 0,
        };
        life.open();
        life
    }

    /// What was there on the first day.
    fn open(&mut self) {
        let openings = [
            ((Place::Bank, Purpose::Necessities), 1_480_35),
            ((Place::Savings, Purpose::Economy), 3_850_00),
            ((Place::Cash, Purpose::Necessities), 64_20),
            ((Place::Card, Purpose::Necessities), 121_90),
            ((Place::Bank, Purpose::Fun), 236_14),
            ((Place::Bank, Purpose::Education), 162_00),
            ((Place::Bank, Purpose::Donation), 88_50),
            ((Place::Cash, Purpose::Fun), 35_00),
            ((Place::Card, Purpose::Fun), 57_75),
        ];
        let couples = self.shape.couples();
        // The smallest demos keep some room for life itself.
        let most = usize::try_from(self.shape.transactions() / 8 + 1).unwrap_or(usize::MAX);
        for (spot, minor) in openings.into_iter().take(most) {
            self.record(self.day, "Opening balance", minor * couples, What::Opening(spot));
        }
    }

    fn live(&mut self, day: NaiveDate) {
        for event in self.later.remove(&day).unwrap_or_default() {
            self.come_back(event);
        }
        self.keep_the_calendar(day);
        self.spend_the_day(day);
    }

    /// What is bought until the day has its share of all entries.
    fn spend_the_day(&mut self, day: NaiveDate) {
        let stray = (self.shape.pace() / 30).max(1);
        let due = self.shape.due(day) + self.dice.between(-stray, stray);
        let due = if day == self.shape.last_day() {
            self.shape.transactions()
        } else {
            due
        };
        while self.made < due {
            let bought = (0..4).any(|_| self.buy(day));
            if !bought && !self.earn_aside(day) {
                return;
            }
        }
    }

    /// Buys one everyday thing, if there is money for it.
    fn buy(&mut self, day: NaiveDate) -> bool {
        let Some(thing) = everyday::choose(&mut self.dice, day) else {
            return false;
        };
        let everyday = (self.shape.pace() - FIXED_PACE * self.shape.couples()).max(1);
        let smaller = (EVERYDAY_PACE * self.shape.couples() * 1000 / everyday).clamp(350, 1000);
        let december = if day.month() == 12 { 1080 } else { 1000 };
        let level = self.prices(day) * smaller / 1000 * december / 1000;
        let minor = thing.price(&mut self.dice, level);
        let spot = (thing.place(&mut self.dice), thing.purpose);
        let words = self.dice.pick(thing.words);
        if !self.bring(day, spot, minor, false) {
            return false;
        }
        let returned_as = self.will_return(day, thing, minor, spot, words);
        let what = What::Expense {
            reason: thing.reason,
            spot,
            returned_as,
        };
        self.record(day, words, minor, what)
    }

    /// Whether a thing will be given back, and under which number: then the refund is on its way.
    fn will_return(
        &mut self,
        day: NaiveDate,
        thing: &Thing,
        minor: i64,
        spot: Spot,
        words: &'static str,
    ) -> Option<u32> {
        let after = Days::new(self.dice.between(3, 16).unsigned_abs());
        if !self.dice.chance(thing.returned_permille) {
            return None;
        }
        let date = day
            .checked_add_days(after)
            .filter(|date| *date < self.shape.last_day())?;
        self.returns += 1;
        let of = Some(self.returns);
        self.expect(Event {
            date,
            description: Cow::Owned(format!("{words}, given back")),
            minor,
            what: What::Refund {
                reason: thing.reason,
                spot,
                of,
            },
        });
        of
    }

    /// When nothing can be bought any more, somebody works some hours.
    fn earn_aside(&mut self, day: NaiveDate) -> bool {
        let minor = self.dice.between(60, 180) * 100;
        self.record(day, "Some hours of work", minor, What::Pay(Reason::SideWork))
    }

    /// Lets something happen later.
    pub(super) fn expect(&mut self, event: Event) {
        self.later.entry(event.date).or_default().push(event);
    }

    /// What was expected happens.
    fn come_back(&mut self, event: Event) {
        let enough = match event.what {
            What::Expense { spot, .. } => self.bring(event.date, spot, event.minor, true),
            What::Loan(direction, _, spot) if !direction.is_money_in() => {
                self.bring(event.date, spot, event.minor, true)
            }
            _ => true,
        };
        if enough {
            self.record(event.date, event.description, event.minor, event.what);
        }
    }

    /// Pays for something, if the money can be brought where it is needed.
    pub(super) fn pay(
        &mut self,
        day: NaiveDate,
        words: &'static str,
        minor: i64,
        reason: Reason,
        spot: Spot,
    ) -> bool {
        let what = What::Expense {
            reason,
            spot,
            returned_as: None,
        };
        self.bring(day, spot, minor, true) && self.record(day, words, minor, what)
    }

    /// Sees to it that there is as much as that in a spot: from the bank, and what must be paid from the savings too.
    fn bring(&mut self, day: NaiveDate, spot: Spot, minor: i64, must: bool) -> bool {
        let (place, purpose) = spot;
        let may_be_short = if spot == (Place::Card, Purpose::Fun) {
            SHORT_MAX
        } else {
            0
        };
        let missing = minor - self.purse.at(spot);
        if missing <= may_be_short {
            return true;
        }
        let couples = self.shape.couples();
        let (usual, words) = match place {
            Place::Bank => return must && self.take_from_savings(day, purpose, missing),
            Place::Savings => return false,
            Place::Card => ((150_00 * couples).min(1_000_00), "Card top-up"),
            Place::Cash => ((80_00 * couples).min(400_00), "Cash machine"),
        };
        let bank = (Place::Bank, purpose);
        let least = up_to(missing, 10_00);
        let amount = up_to(missing.max(usual), 50_00);
        let amount = if self.purse.at(bank) >= amount {
            amount
        } else {
            least
        };
        let short = amount - self.purse.at(bank);
        if short > 0 && !(must && self.take_from_savings(day, purpose, short)) {
            return false;
        }
        self.record(day, words, amount, What::Transfer(bank, spot))
    }

    /// Takes what is missing at the bank from the savings, if they have it.
    fn take_from_savings(&mut self, day: NaiveDate, purpose: Purpose, missing: i64) -> bool {
        let savings = (Place::Savings, Purpose::Economy);
        let amount = up_to(missing, 50_00);
        self.purse.at(savings) >= amount
            && self.record(
                day,
                "From savings",
                amount,
                What::Transfer(savings, (Place::Bank, purpose)),
            )
    }

    /// Prices on a day, in thousandths of today's: two percent a year.
    pub(super) fn prices(&self, day: NaiveDate) -> i64 {
        (1000 - 20 * self.years_before(day)).max(300)
    }

    /// How many years a day lies back.
    pub(super) fn years_before(&self, day: NaiveDate) -> i64 {
        i64::from(self.shape.last_day().year() - day.year())
    }

    /// Whether something that has its day can still be written down, for somebody who writes down so little.
    pub(super) fn has_room(&self, day: NaiveDate, from_pace: i64) -> bool {
        let pace = self.shape.pace();
        pace >= from_pace && self.made <= self.shape.due(day) + pace / 2 + 5
    }

    /// Writes an event down, unless there are enough. The last day keeps something for itself.
    pub(super) fn record(
        &mut self,
        date: NaiveDate,
        description: impl Into<Cow<'static, str>>,
        minor: i64,
        what: What,
    ) -> bool {
        let kept = if date < self.shape.last_day() && self.shape.transactions() > 20 {
            2
        } else {
            0
        };
        if minor <= 0 || self.made >= self.shape.transactions() - kept {
            return false;
        }
        let event = Event {
            date,
            description: description.into(),
            minor,
            what,
        };
        self.purse.follow(&event);
        self.told_next.push_back(event);
        self.made += 1;
        true
    }
}

/// The next multiple of `step`.
fn up_to(minor: i64, step: i64) -> i64 {
    (minor + step - 1) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(transactions: u32, years: u32, seed: u64) -> Life {
        let today = "2026-11-22".parse().unwrap();
        Life::new(Shape::new(transactions, years, seed, today).unwrap())
    }

    /// All spots.
    fn spots() -> impl Iterator<Item = Spot> {
        use Purpose::{Donation, Economy, Education, Fun, Necessities};
        [Place::Bank, Place::Savings, Place::Card, Place::Cash]
            .into_iter()
            .flat_map(|place| {
                [Necessities, Economy, Education, Fun, Donation].map(move |purpose| (place, purpose))
            })
    }

    #[test]
    fn the_same_shape_is_the_same_life() {
        let events = |seed| life(700, 2, seed).collect::<Vec<_>>();
        assert_eq!(events(1), events(1));
        assert_ne!(events(1), events(2));
    }

    #[test]
    fn every_size_is_exact_ends_today_and_spends_only_what_is_there() {
        for (transactions, years, seed) in [
            (1, 10, 1),
            (5, 1, 1),
            (25, 50, 3),
            (100, 1, 2),
            (1_000, 10, 1),
            (2_000, 3, 4),
            (10_000, 10, 1),
            (10_000, 10, 9),
            (60_000, 2, 1),
        ] {
            let life = life(transactions, years, seed);
            let (first, last) = (life.shape.first_day(), life.shape.last_day());
            let mut purse = Purse::default();
            let mut day = first;
            let mut purchases = BTreeMap::new();
            let mut count = 0;
            for event in life {
                count += 1;
                assert!(event.minor > 0 && (day..=last).contains(&event.date), "{event:?}");
                day = event.date;
                purse.follow(&event);
                match event.what {
                    What::Expense {
                        returned_as: Some(of),
                        ..
                    } => drop(purchases.insert(of, event.minor)),
                    What::Refund { of: Some(of), .. } => {
                        assert_eq!(purchases.remove(&of), Some(event.minor), "{event:?}");
                    }
                    _ => {}
                }
                for spot in spots() {
                    assert!(
                        purse.at(spot) >= -SHORT_MAX,
                        "{spot:?} {} after {event:?}",
                        purse.at(spot)
                    );
                }
            }
            assert_eq!(count, transactions, "over {years} years");
            assert!(transactions < 25 || day == last, "{transactions} end {day}");
        }
    }

    #[test]
    fn a_usual_demo_has_something_of_everything() {
        let events: Vec<Event> = life(10_000, 10, 1).collect();
        let count = |is: fn(&What) -> bool| events.iter().filter(|event| is(&event.what)).count();
        assert_eq!(count(|what| matches!(what, What::Pay(Reason::Salary))), 240);
        assert_eq!(
            count(|what| matches!(
                what,
                What::Expense {
                    reason: Reason::Housing,
                    ..
                }
            )),
            120
        );
        assert!(count(|what| matches!(what, What::Refund { of: Some(_), .. })) > 20);
        assert!(count(|what| matches!(what, What::Transfer(..))) > 500);
        assert!(count(|what| matches!(what, What::Loan(..))) > 20);
        assert!(
            count(|what| matches!(
                what,
                What::Expense {
                    reason: Reason::Holidays,
                    ..
                }
            )) > 100
        );
        assert_eq!(count(|what| matches!(what, What::Opening(_))), 9);
    }
}
