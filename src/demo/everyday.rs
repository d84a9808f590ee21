//! What is bought on any day: small things, each with the words people use for it.

use chrono::{Datelike, NaiveDate};

use super::dice::Dice;
use super::event::{Place, Purpose, Reason};

/// A thing that is bought now and then.
pub(super) struct Thing {
    pub(super) words: &'static [&'static str],
    pub(super) reason: Reason,
    pub(super) purpose: Purpose,
    /// How many of ten are paid with the card; the others in cash.
    by_card: i64,
    /// From this many minor units, today.
    low: i64,
    /// To this many.
    high: i64,
    ending: Ending,
    /// How often in ten months.
    often: i64,
    season: Season,
    /// How many of a thousand are given back.
    pub(super) returned_permille: i64,
}

/// How prices end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Whatever the scales say.
    Any,
    /// In tens, as on a menu.
    Tens,
    /// In whole units.
    Whole,
    /// Just under a whole unit.
    Nines,
}

/// When in the year.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Season {
    Always,
    Summer,
    Winter,
    /// Always, and much more before Christmas.
    Advent,
}

impl Thing {
    /// How often it is bought at that time of the year.
    fn weight(&self, month: u32) -> i64 {
        match (self.season, month) {
            (Season::Summer, 5..=9) | (Season::Winter, 1 | 2 | 11 | 12) => self.often * 2,
            (Season::Summer | Season::Winter, _) => 0,
            (Season::Advent, 12) => self.often * 6,
            _ => self.often,
        }
    }

    pub(super) fn place(&self, dice: &mut Dice) -> Place {
        if dice.chance(self.by_card * 100) {
            Place::Card
        } else {
            Place::Cash
        }
    }

    /// What it costs at a price level in thousandths of today's.
    pub(super) fn price(&self, dice: &mut Dice, level_permille: i64) -> i64 {
        let minor = dice.between(self.low, self.high) * level_permille / 1000;
        let units = minor / 100 * 100;
        let price = match self.ending {
            Ending::Any => minor,
            Ending::Tens => minor / 10 * 10,
            Ending::Whole => units,
            Ending::Nines => units + dice.pick(&[99, 99, 95, 90, 50]),
        };
        price.max(30)
    }
}

/// One of the things that people buy on such a day.
pub(super) fn choose(dice: &mut Dice, day: NaiveDate) -> Option<&'static Thing> {
    dice.weighted(THINGS, |thing| thing.weight(day.month()))
}

macro_rules! things {
    ($($reason:ident $purpose:ident $often:literal $card:literal $low:literal..$high:literal $ending:ident $season:ident $returned:literal [$($word:literal),+];)+) => {
        &[$(Thing {
            words: &[$($word),+],
            reason: Reason::$reason,
            purpose: Purpose::$purpose,
            by_card: $card,
            low: $low,
            high: $high,
            ending: Ending::$ending,
            often: $often,
            season: Season::$season,
            returned_permille: $returned,
        }),+]
    };
}

/// Reason, purpose, how often in ten months, by card in ten, price in minor units, how it ends, when, returned in a thousand, words.
const THINGS: &[Thing] = things![
    Groceries Necessities 60 1 240..780 Tens Always 0 ["Bakery", "Bakery", "Bread and rolls", "Bakery at the corner"];
    Groceries Necessities 70 7 620..2890 Any Always 0 ["Supermarket", "Supermarket", "Milk, bread, fruit", "Dinner ingredients", "Supermarket on the way home"];
    Groceries Necessities 20 0 700..2400 Tens Always 0 ["Market stall", "Vegetables from the market", "Cheese from the market"];
    Groceries Necessities 5 0 450..980 Tens Summer 0 ["Strawberries", "Cherries", "Fruit from the farm"];
    Health Necessities 12 8 380..2450 Any Always 0 ["Pharmacy", "Pharmacy", "Cold medicine"];
    Health Necessities 3 8 2500..9000 Whole Always 0 ["Dentist", "Physiotherapy", "New glasses, part"];
    Groceries Necessities 18 8 590..2450 Any Always 0 ["Drugstore", "Drugstore", "Washing powder and soap"];
    Transport Necessities 18 9 3600..7100 Any Always 0 ["Fuel", "Fuel", "Filling station"];
    Transport Necessities 25 3 290..640 Tens Always 0 ["Bus ticket", "Tram ticket", "Parking"];
    Clothes Necessities 9 9 1900..8900 Nines Always 120 ["Jumper", "Trousers", "Shirt", "Shoes", "Children's clothes"];
    Clothes Necessities 2 9 6500..16900 Nines Winter 140 ["Winter jacket", "Boots"];
    HomeAndRepairs Necessities 11 8 750..5900 Nines Always 60 ["Do-it-yourself shop", "Light bulbs and screws", "Kitchen things", "Bed linen"];
    Health Necessities 8 1 2200..4800 Whole Always 0 ["Hairdresser"];
    GoingOut Fun 75 4 280..540 Tens Always 0 ["Coffee", "Coffee", "Café", "Coffee and cake"];
    GoingOut Fun 38 7 890..1650 Tens Always 0 ["Lunch", "Lunch with colleagues", "Noodles", "Lunch out"];
    GoingOut Fun 17 9 2800..7400 Tens Always 0 ["Dinner out", "Pizza with friends", "Restaurant", "Dinner at the Italian's"];
    GoingOut Fun 12 6 950..2600 Tens Always 0 ["Cinema", "Museum", "Swimming pool"];
    GoingOut Fun 4 10 3200..8900 Nines Always 50 ["Concert tickets", "Theatre tickets"];
    GoingOut Fun 20 1 350..920 Tens Summer 0 ["Ice cream", "Ice cream for all", "Beer garden"];
    GoingOut Fun 9 1 500..1600 Tens Winter 0 ["Mulled wine", "Roasted chestnuts", "Skating"];
    GoingOut Fun 9 8 900..5400 Nines Always 70 ["Board game", "Wool and needles", "Paint and brushes", "Plants for the balcony"];
    CoursesAndBooks Education 15 8 990..3200 Nines Always 50 ["Book", "Two books", "Bookshop", "Travel guide"];
    CoursesAndBooks Education 9 2 320..890 Tens Always 0 ["Newspaper", "Magazine"];
    CoursesAndBooks Education 4 9 4500..19000 Whole Always 40 ["Evening class", "Online course", "Workshop", "First-aid course"];
    CoursesAndBooks Education 6 6 390..1990 Any Always 0 ["Stationery", "School things", "Notebooks"];
    GiftsAndCharity Donation 10 7 1200..5500 Nines Advent 40 ["Birthday present", "Present", "Flowers", "Gift voucher"];
    GiftsAndCharity Donation 8 0 200..1000 Whole Always 0 ["Street collection", "Busker", "Raffle for the school"];
    GiftsAndCharity Donation 3 10 2000..8000 Whole Advent 0 ["Donation", "Donation for the animal shelter", "Food bank"];
];
