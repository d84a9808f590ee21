//! The months with entries that are nearest to one without.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable, Uuid as SqlUuid};

use super::flows::bind_scope;
use super::scope::Scope;
use crate::ids::HouseholdId;
use crate::period::{DateRange, Month};
use crate::statement::statement;

/// The nearest months with entries before and after some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nearest {
    /// The last one before.
    pub before: Option<Month>,
    /// The first one after.
    pub after: Option<Month>,
}

macro_rules! nearest_sql {
    ($months:literal, $filter:literal) => {
        concat!(
            "WITH given AS (SELECT ?::uuid, ?::date, ?::date, ?::uuid[], ?::uuid[], ?::uuid[])
             SELECT (SELECT max(t.month) FROM ",
            $months,
            " t WHERE t.household_id = $1 AND t.month < $2 AND t.postings_count > 0",
            $filter,
            ") AS before, (SELECT min(t.month) FROM ",
            $months,
            " t WHERE t.household_id = $1 AND t.month >= $3 AND t.postings_count > 0",
            $filter,
            ") AS after"
        )
    };
}

const WHOLE: &str = nearest_sql!("monthly_totals", "");
const SCOPED: &str = nearest_sql!(
    "monthly_cells",
    " AND (cardinality($4) = 0 OR t.category_id = ANY ($4)) AND (cardinality($5) = 0 OR t.location_id = ANY ($5)) AND (cardinality($6) = 0 OR t.bucket_id = ANY ($6))"
);

impl Nearest {
    /// Looks for them around whole months.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        household: HouseholdId,
        scope: &Scope,
        range: DateRange,
    ) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Date>)]
            before: Option<NaiveDate>,
            #[diesel(sql_type = Nullable<Date>)]
            after: Option<NaiveDate>,
        }
        let text = if scope.is_everything() { WHOLE } else { SCOPED };
        let given = statement(text)
            .bind::<SqlUuid, _>(household)
            .bind::<Date, _>(range.from)
            .bind::<Date, _>(range.until);
        let row: Row = bind_scope(given, scope).get_result(conn)?;
        let month = |day: Option<NaiveDate>| day.and_then(|day| Month::of(day).ok());
        Ok(Self {
            before: month(row.before),
            after: month(row.after),
        })
    }
}
