//! The last months of one category.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::ids::{CategoryId, HouseholdId};
use crate::period::Month;
use crate::schema::monthly_totals;

/// One month of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CategoryMonth {
    /// Which month.
    pub month: Month,
    /// How many entries it has.
    pub entries: i64,
    /// What they add up to, signed as postings are, in minor units.
    pub minor: i64,
}

/// The `months` months up to the one of `today`, newest first; months without entries too.
///
/// # Errors
/// Only database failures. A foreign category has no entries.
pub fn load(
    conn: &mut PgConnection,
    household: HouseholdId,
    category: CategoryId,
    today: NaiveDate,
    months: usize,
) -> QueryResult<Vec<CategoryMonth>> {
    let span: Vec<Month> = std::iter::successors(Month::of(today).ok(), |month| month.previous())
        .take(months)
        .collect();
    let (Some(last), Some(first)) = (span.first(), span.last()) else {
        return Ok(Vec::new());
    };
    let rows: Vec<(NaiveDate, i64, i64)> = monthly_totals::table
        .filter(monthly_totals::household_id.eq(household))
        .filter(monthly_totals::category_id.eq(category))
        .filter(monthly_totals::month.between(first.first_day(), last.first_day()))
        .select((
            monthly_totals::month,
            monthly_totals::entries_count,
            monthly_totals::amount_minor,
        ))
        .load(conn)?;
    let of = |month: Month| {
        let row = rows.iter().find(|(day, ..)| *day == month.first_day());
        row.map_or((0, 0), |(_, entries, minor)| (*entries, *minor))
    };
    Ok(span
        .into_iter()
        .map(|month| {
            let (entries, minor) = of(month);
            CategoryMonth {
                month,
                entries,
                minor,
            }
        })
        .collect())
}
