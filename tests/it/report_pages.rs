//! The pages of reports: what they say, where their numbers lead, what is kept of them, and their files.

mod analytics;
mod bad_input;
mod browser;
mod files;
mod kept;
pub mod links;
mod made_household;
mod month;
mod years;

use budget::ids::TransactionId;
use budget::ledger::{BucketChoice, Entry, FlowKind, LoanDirection};

use crate::support::{Owner, TestApp};

/// A household with something of everything in October and November 2026 and the year before. Today is Saturday, 14 November 2026.
fn lived_in(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up();
    owner.adjusted("2025-09-30", "500.00", ("Bank", "Economy"));
    owner.earned("2025-10-05", "900.00", "Salary");
    owner.spent("2025-10-06", "300.00", "Rent");
    owner.spent("2025-10-07", "20.00", "Groceries");
    owner.earned("2026-10-05", "1000.01", "Salary");
    owner.spent("2026-10-01", "400.00", "Rent");
    owner.spent("2026-10-12", "30.00", "Groceries");
    owner.spent_from("2026-10-20", "25.00", "Groceries", ("Cash", "Necessities"));
    owner.earned("2026-11-05", "1100.00", "Salary");
    owner.spent("2026-11-01", "410.00", "Rent");
    let lamp = owner.spent("2026-11-03", "95.50", "Groceries");
    refund(&owner, "2026-11-04", "15.50", Some(lamp));
    owner.spent_from("2026-11-06", "250.00", "Going out", ("Card", "Fun"));
    owner.moved("2026-11-07", "60.00", ("Bank", "Fun"), ("Card", "Fun"));
    owner.moved("2026-11-08", "40.00", ("Bank", "Economy"), ("Bank", "Fun"));
    owner.loan(
        "2026-11-09",
        LoanDirection::Lent,
        "50.00",
        "Ada",
        ("Bank", "Economy"),
    );
    owner.spent("2026-11-28", "12.34", "Groceries"); // ahead
    owner
}

/// Records that something spent on groceries came back.
fn refund(owner: &Owner<'_>, day: &str, amount: &str, of: Option<TransactionId>) {
    let entry = Entry::Flow {
        kind: FlowKind::Expense,
        refund: true,
        refund_of: of,
        amount: owner.amount(amount),
        category: owner.category_id("Groceries"),
        location: owner.location_id("Bank"),
        bucket: BucketChoice::One(owner.bucket_id("Necessities")),
    };
    owner.add(day, "Brought back", entry);
}
