//! What has its day: pay, rent and other bills, savings, holidays.

#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "whole units, then cents, as prices are written"
)]

use chrono::{Datelike, NaiveDate, Weekday};

use super::event::{Place, Purpose, Reason, Spot};

/// Something that has its day.
pub(super) struct Fixed {
    when: When,
    /// Only households that write down so many entries a month have it.
    pub(super) from_pace: i64,
    pub(super) words: &'static str,
    pub(super) act: Act,
}

enum When {
    Monthly(u32),
    Weekly(Weekday),
    Yearly(u32, u32),
}

/// What is done then. Amounts are minor units, as they are today.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Pay, divided over all purposes; raised every April.
    Pay(Reason, i64),
    /// The same every time, but for the years.
    Bill(Reason, Spot, i64),
    /// The rent goes up every third year only.
    Rent(i64),
    /// From a low to a high.
    About(Reason, Spot, i64, i64),
    /// Now and then, from a low to a high, divided.
    SideWork(i64, i64),
    /// What is for saving goes to the savings.
    Save,
    /// What is left over goes there too.
    LeftOver(Purpose),
    /// The bank pays for the savings.
    Interest,
    /// Money back, or some more to pay.
    Settlement,
    /// Something large, if the savings allow it.
    Large,
    /// Somebody asks for money, or is asked.
    Loan,
    /// Two weeks away.
    Holidays,
}

impl Act {
    /// Whether each couple of a large household has its own.
    pub(super) const fn is_for_each(self) -> bool {
        matches!(
            self,
            Self::Pay(..)
                | Self::Bill(..)
                | Self::Rent(_)
                | Self::About(..)
                | Self::SideWork(..)
                | Self::Holidays
        )
    }
}

/// What has its day on `day`.
pub(super) fn on(day: NaiveDate) -> impl Iterator<Item = &'static Fixed> {
    CALENDAR.iter().filter(move |fixed| match fixed.when {
        When::Monthly(date) => day.day() == date,
        When::Weekly(weekday) => day.weekday() == weekday,
        When::Yearly(month, date) => (day.month(), day.day()) == (month, date),
    })
}

const NEEDS: Spot = (Place::Bank, Purpose::Necessities);
const JOY: Spot = (Place::Bank, Purpose::Fun);
const CARE: Spot = (Place::Bank, Purpose::Donation);
const LEARNING: Spot = (Place::Bank, Purpose::Education);

const fn fixed(when: When, from_pace: i64, words: &'static str, act: Act) -> Fixed {
    Fixed {
        when,
        from_pace,
        words,
        act,
    }
}

/// In the order of a day.
const CALENDAR: [Fixed; 34] = [
    fixed(When::Monthly(1), 0, "Salary", Act::Pay(Reason::Salary, 2_214_36)),
    fixed(When::Monthly(27), 6, "Salary", Act::Pay(Reason::Salary, 1_561_80)),
    fixed(When::Monthly(1), 2, "Rent", Act::Rent(985_00)),
    fixed(
        When::Monthly(1),
        16,
        "Monthly travel pass",
        Act::Bill(Reason::Transport, NEEDS, 49_00),
    ),
    fixed(
        When::Monthly(3),
        10,
        "Electricity and heating",
        Act::Bill(Reason::Utilities, NEEDS, 118_00),
    ),
    fixed(
        When::Monthly(4),
        30,
        "Piano lessons",
        Act::Bill(Reason::CoursesAndBooks, LEARNING, 72_00),
    ),
    fixed(
        When::Monthly(5),
        14,
        "Internet",
        Act::Bill(Reason::Utilities, NEEDS, 34_95),
    ),
    fixed(
        When::Monthly(8),
        15,
        "Mobile phones",
        Act::Bill(Reason::Utilities, NEEDS, 27_98),
    ),
    fixed(
        When::Monthly(10),
        20,
        "Food bank, monthly",
        Act::Bill(Reason::GiftsAndCharity, CARE, 40_00),
    ),
    fixed(
        When::Monthly(12),
        20,
        "Films and music",
        Act::Bill(Reason::Subscriptions, JOY, 22_98),
    ),
    fixed(When::Monthly(14), 25, "", Act::Loan),
    fixed(
        When::Monthly(15),
        24,
        "Sports club",
        Act::Bill(Reason::Subscriptions, JOY, 31_00),
    ),
    fixed(When::Monthly(19), 30, "Side work", Act::SideWork(90_00, 420_00)),
    fixed(When::Monthly(28), 3, "To savings", Act::Save),
    fixed(
        When::Weekly(Weekday::Sat),
        9,
        "Weekly shopping",
        Act::About(
            Reason::Groceries,
            (Place::Card, Purpose::Necessities),
            52_00,
            118_00,
        ),
    ),
    fixed(
        When::Yearly(1, 6),
        5,
        "Left over last year",
        Act::LeftOver(Purpose::Education),
    ),
    fixed(
        When::Yearly(1, 6),
        5,
        "Left over last year",
        Act::LeftOver(Purpose::Fun),
    ),
    fixed(
        When::Yearly(1, 6),
        5,
        "Left over last year",
        Act::LeftOver(Purpose::Donation),
    ),
    fixed(
        When::Yearly(1, 6),
        5,
        "Left over last year",
        Act::LeftOver(Purpose::Necessities),
    ),
    fixed(
        When::Yearly(7, 6),
        12,
        "Left over",
        Act::LeftOver(Purpose::Necessities),
    ),
    fixed(
        When::Yearly(1, 15),
        12,
        "Liability insurance, the year",
        Act::Bill(Reason::Insurance, NEEDS, 64_20),
    ),
    fixed(
        When::Yearly(1, 22),
        12,
        "Car insurance, the year",
        Act::Bill(Reason::Insurance, NEEDS, 388_60),
    ),
    fixed(
        When::Yearly(4, 2),
        14,
        "Household insurance, the year",
        Act::Bill(Reason::Insurance, NEEDS, 121_75),
    ),
    fixed(
        When::Yearly(2, 20),
        14,
        "Heating costs, last year",
        Act::Settlement,
    ),
    fixed(
        When::Yearly(3, 9),
        20,
        "Train tickets for the summer",
        Act::Bill(Reason::Holidays, JOY, 318_00),
    ),
    fixed(When::Yearly(5, 14), 18, "", Act::Large),
    fixed(When::Yearly(8, 24), 18, "", Act::Large),
    fixed(When::Yearly(10, 9), 18, "", Act::Large),
    fixed(
        When::Yearly(6, 11),
        16,
        "Tax refund",
        Act::Pay(Reason::TaxRefund, 412_37),
    ),
    fixed(When::Yearly(7, 18), 14, "Holiday flat, two weeks", Act::Holidays),
    fixed(
        When::Yearly(9, 3),
        26,
        "Car inspection",
        Act::About(Reason::Transport, NEEDS, 140_00, 390_00),
    ),
    fixed(
        When::Yearly(11, 20),
        8,
        "Christmas bonus",
        Act::Pay(Reason::Bonus, 1_240_00),
    ),
    fixed(
        When::Yearly(12, 5),
        20,
        "Christmas appeal",
        Act::Bill(Reason::GiftsAndCharity, CARE, 100_00),
    ),
    fixed(When::Yearly(12, 31), 10, "Interest", Act::Interest),
];
