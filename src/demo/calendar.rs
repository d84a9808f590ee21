//! What people do on the days of the calendar.

#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "whole units, then cents, as prices are written"
)]

use std::borrow::Cow;

use chrono::{Datelike, Days, NaiveDate};

use super::event::{Event, Place, Purpose, Reason, Spot, What};
use super::fixed::{self, Act};
use super::life::Life;
use crate::ledger::LoanDirection;

/// Money for saving.
const AT_BANK: Spot = (Place::Bank, Purpose::Economy);
const SAVINGS: Spot = (Place::Savings, Purpose::Economy);
/// With which money people lend, borrow and pay back.
const LENT_FROM: Spot = (Place::Bank, Purpose::Necessities);

/// What is bought seldom: words, reason, how much at least and at most, and what the savings must hold for it.
const LARGE: [(&str, Reason, i64, i64, i64); 9] = [
    (
        "Washing machine",
        Reason::HomeAndRepairs,
        429_00,
        689_00,
        2_500_00,
    ),
    ("Sofa", Reason::HomeAndRepairs, 780_00, 1_490_00, 4_000_00),
    ("Bicycle", Reason::Transport, 540_00, 1_290_00, 3_500_00),
    ("Laptop", Reason::HomeAndRepairs, 690_00, 1_390_00, 4_000_00),
    ("Car repair", Reason::Transport, 380_00, 1_250_00, 2_000_00),
    ("Telephone", Reason::HomeAndRepairs, 249_00, 599_00, 2_000_00),
    (
        "Painting the flat",
        Reason::HomeAndRepairs,
        310_00,
        720_00,
        2_500_00,
    ),
    (
        "Weekend in the mountains",
        Reason::Holidays,
        360_00,
        640_00,
        3_000_00,
    ),
    ("Used car", Reason::Transport, 6_400_00, 9_800_00, 18_000_00),
];

const FRIENDS: [&str; 5] = ["Robin", "Kim", "Noor", "Sascha", "Mika"];
const LENT: [&str; 5] = [
    "Until pay day",
    "For the deposit of a flat",
    "For a bicycle",
    "Share of the tickets",
    "For the move",
];
const AWAY: [&str; 7] = [
    "Restaurant by the sea",
    "Ice cream on the pier",
    "Boat trip",
    "Museum on holiday",
    "Picnic",
    "Bicycle hire",
    "Supermarket on holiday",
];

impl Life {
    /// What has its day.
    pub(super) fn keep_the_calendar(&mut self, day: NaiveDate) {
        for fixed in fixed::on(day) {
            let times = if fixed.act.is_for_each() {
                self.shape.couples()
            } else {
                1
            };
            for _ in 0..times {
                if self.has_room(day, fixed.from_pace) {
                    self.act(day, fixed.words, fixed.act);
                }
            }
        }
    }

    fn act(&mut self, day: NaiveDate, words: &'static str, act: Act) {
        match act {
            Act::Pay(reason, minor) => {
                let minor = minor * self.wages(day) / 1000;
                self.record(day, words, minor, What::Pay(reason));
            }
            Act::Bill(reason, spot, minor) => {
                // In steps of five cents: bills are rounded by whoever writes them.
                let minor = minor * self.prices(day) / 1000 / 5 * 5;
                self.pay(day, words, minor, reason, spot);
            }
            Act::Rent(minor) => {
                let years = (self.years_before(day) + 2) / 3 * 3;
                let minor = minor * (1000 - 20 * years).max(300) / 1000 / 5_00 * 5_00;
                self.pay(day, words, minor, Reason::Housing, LENT_FROM);
            }
            Act::About(reason, spot, low, high) => {
                let season = if day.month() == 12 { 1150 } else { 1000 };
                let minor = self.dice.between(low, high) * self.prices(day) / 1000 * season / 1000;
                self.pay(day, words, minor, reason, spot);
            }
            Act::SideWork(low, high) => {
                if self.dice.chance(550) {
                    let minor = self.dice.between(low, high) / 5_00 * 5_00;
                    self.record(day, words, minor, What::Pay(Reason::SideWork));
                }
            }
            Act::Save => {
                let minor = self.purse.at(AT_BANK) / 10_00 * 10_00;
                self.record(day, words, minor, What::Transfer(AT_BANK, SAVINGS));
            }
            Act::LeftOver(purpose) => self.put_aside(day, words, purpose),
            Act::Interest => {
                let minor = self.purse.at(SAVINGS) * 8 / 1000;
                self.record(day, words, minor, What::Income(Reason::Interest, SAVINGS));
            }
            Act::Settlement => self.settle(day, words),
            Act::Large => self.buy_something_large(day),
            Act::Loan => self.lend_or_borrow(day),
            Act::Holidays => self.go_away(day, words),
        }
    }

    /// Wages on a day, in thousandths of today's: raised every April. Who writes down little earns less, or the money would pile up.
    fn wages(&self, day: NaiveDate) -> i64 {
        let years = self.years_before(day) + i64::from(day.month() < 4);
        let pace = self.shape.pace() / self.shape.couples();
        (1000 - 25 * years).max(300) * (450 + 7 * pace).min(1000) / 1000
    }

    /// What nobody needed goes to the savings; some is kept for the next months.
    fn put_aside(&mut self, day: NaiveDate, words: &'static str, purpose: Purpose) {
        let kept = match purpose {
            Purpose::Necessities => 1_800_00,
            Purpose::Fun => 900_00,
            _ => 500_00,
        };
        let bank = (Place::Bank, purpose);
        let minor = (self.purse.at(bank) - kept * self.shape.couples()) / 50_00 * 50_00;
        if minor >= 100_00 {
            self.record(day, words, minor, What::Transfer(bank, SAVINGS));
        }
    }

    /// The heating was dearer or cheaper than thought.
    fn settle(&mut self, day: NaiveDate, words: &'static str) {
        let minor = self.dice.between(28_00, 190_00) * self.shape.couples();
        if self.dice.chance(450) {
            let back = What::Refund {
                reason: Reason::Utilities,
                spot: LENT_FROM,
                of: None,
            };
            self.record(day, words, minor, back);
        } else {
            self.pay(day, words, minor, Reason::Utilities, LENT_FROM);
        }
    }

    fn buy_something_large(&mut self, day: NaiveDate) {
        let saved = self.purse.at(SAVINGS);
        let couples = self.shape.couples();
        let possible: Vec<_> = LARGE
            .iter()
            .filter(|(.., needs)| saved >= needs * couples)
            .collect();
        let wanted = self.dice.chance(750);
        let Some((words, reason, low, high, _)) = self.dice.weighted(&possible, |_| 1).copied() else {
            return;
        };
        if wanted {
            let minor = self.dice.between(*low, *high) / 10_00 * 10_00 - 1_00;
            self.pay(day, words, minor, *reason, AT_BANK);
        }
    }

    /// A friend is short of money, or we are; most of it comes back in parts.
    fn lend_or_borrow(&mut self, day: NaiveDate) {
        if !self.dice.chance(170) {
            return;
        }
        let lend = self.dice.chance(750);
        let (minor, with, words, parts) = if lend {
            let words = self.dice.pick(&LENT);
            (
                self.dice.between(5, 40) * 10_00,
                self.dice.pick(&FRIENDS),
                words,
                self.dice.between(1, 3),
            )
        } else {
            (
                self.dice.between(6, 20) * 50_00,
                "Parents",
                "Until the bonus comes",
                self.dice.between(3, 6),
            )
        };
        let (begin, end) = if lend {
            (LoanDirection::Lent, LoanDirection::GotBack)
        } else {
            (LoanDirection::Borrowed, LoanDirection::PaidBack)
        };
        if lend && self.purse.at(LENT_FROM) < minor + 300_00 {
            return;
        }
        let forgotten = lend && self.dice.chance(80);
        let done = self.record(day, words, minor, What::Loan(begin, with, LENT_FROM));
        if !done || forgotten {
            return;
        }
        let part = minor / parts / 5_00 * 5_00;
        let mut date = day;
        for number in 1..=parts {
            let wait = if lend { self.dice.between(18, 55) } else { 30 };
            date = date
                .checked_add_days(Days::new(wait.unsigned_abs()))
                .unwrap_or(date);
            let last = number == parts;
            self.expect(Event {
                date,
                description: Cow::Borrowed(if last { "Paid back" } else { "A part paid back" }),
                minor: if last { minor - part * (parts - 1) } else { part },
                what: What::Loan(end, with, LENT_FROM),
            });
        }
    }

    /// Two weeks away, and what they cost day by day.
    fn go_away(&mut self, day: NaiveDate, words: &'static str) {
        let minor = self.dice.between(62, 94) * 10_00 * self.prices(day) / 1000 / 1_00 * 1_00;
        let fun = (Place::Bank, Purpose::Fun);
        if !self.pay(day, words, minor, Reason::Holidays, fun) || self.shape.pace() < 40 {
            return;
        }
        for number in 1..=13 {
            let Some(date) = day.checked_add_days(Days::new(number)) else {
                return;
            };
            let description = Cow::Borrowed(self.dice.pick(&AWAY));
            let minor = self.dice.between(90, 560) * 10 * self.prices(day) / 1000 / 10 * 10;
            let reason = Reason::Holidays;
            let spot = (Place::Card, Purpose::Fun);
            let returned_as = None;
            self.expect(Event {
                date,
                description,
                minor,
                what: What::Expense {
                    reason,
                    spot,
                    returned_as,
                },
            });
        }
    }
}
