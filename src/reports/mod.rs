//! Reports: what the ledger says. They read the rollups, so they cost the same however many transactions there are.

pub mod category_months;
pub mod days;
pub mod distribution;
pub mod flows;
pub mod historical;
pub mod largest;
pub mod month;
pub mod monthly;
pub mod nearest;
pub mod scope;
pub mod sums;
pub mod trend;
pub mod unusual;
pub mod yearly;
