//! Files of reports: what they are, and words that several tables share.

use crate::ledger::Sign;
use crate::period::{DateRange, Month, Year};

/// What kind of file a name stands for, by its ending.
pub(super) fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "csv" => Some("text/csv; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

/// The word of a category's kind in a file.
pub(super) fn kind(sign: Sign) -> &'static str {
    match sign {
        Sign::Positive => "income",
        Sign::Negative => "expense",
        Sign::Neutral => "beside",
    }
}

/// The head of a column: `2026-10`, `2025`, or `2026-10-01 to 2026-10-14`.
pub(super) fn span(range: DateRange) -> String {
    if let Ok(month) = Month::of(range.from)
        && month.range() == range
    {
        return month.to_string();
    }
    if let Ok(year) = Year::of(range.from)
        && year.range() == range
    {
        return year.to_string();
    }
    let last = range.until.pred_opt().unwrap_or(range.until);
    format!("{} to {last}", range.from)
}
