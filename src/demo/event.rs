//! What happens in a demo household, in its own words: places, purposes and reasons before they have ids.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::ledger::LoanDirection;

/// Where money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// The account that pay comes to.
    #[default]
    Bank,
    /// What is set aside.
    Savings,
    /// Paid with in shops; filled from the bank.
    Card,
    /// Notes and coins; filled from the bank.
    Cash,
}

/// What money is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// What cannot be left out.
    #[default]
    Necessities,
    /// Set aside.
    Economy,
    /// Learning.
    Education,
    /// Joy.
    Fun,
    /// Others.
    Donation,
}

/// Why money moves, apart from transfers, loans and adjustments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Salary,
    Bonus,
    SideWork,
    Interest,
    TaxRefund,
    Housing,
    Groceries,
    Utilities,
    Transport,
    Health,
    Clothes,
    Insurance,
    HomeAndRepairs,
    GoingOut,
    Holidays,
    Subscriptions,
    CoursesAndBooks,
    GiftsAndCharity,
}

/// A place in both dimensions.
pub type Spot = (Place, Purpose);

/// One thing that happens. Amounts are minor units above zero, unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub date: NaiveDate,
    /// What people would write.
    pub description: Cow<'static, str>,
    /// How much.
    pub minor: i64,
    /// What.
    pub what: What,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Pay, divided over all purposes.
    Pay(Reason),
    /// Other income, in one spot.
    Income(Reason, Spot),
    /// Something bought. Whether it is given back later is known at once.
    Expense {
        /// Why.
        reason: Reason,
        /// With which money.
        spot: Spot,
        /// The number under which a refund will name it.
        returned_as: Option<u32>,
    },
    /// Money that comes back from a purchase.
    Refund {
        /// Why it was bought.
        reason: Reason,
        /// Where the money comes back to.
        spot: Spot,
        /// The number of the purchase, where it was one.
        of: Option<u32>,
    },
    /// Money that changes its place.
    Transfer(Spot, Spot),
    /// Money lent or borrowed, or returned.
    Loan(LoanDirection, &'static str, Spot),
    /// What was there at the beginning.
    Opening(Spot),
}
