//! Reports: what the ledger says. They read the rollups, so they cost the same however many transactions there are.

pub mod category_months;
pub mod distribution;
pub mod month;
pub mod trend;
