//! Looking households up. A request sees the one that it entered, and only the owner of the schema all of them.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use serde::Serialize;

use crate::ids::HouseholdId;
use crate::schema::change_items;
use crate::statement::statement;

/// A household with what it holds, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// Its identifier.
    pub id: HouseholdId,
    /// Its name.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// Who is in it, in order of arrival.
    pub members: Vec<MemberRow>,
    /// Archived ones too.
    pub locations: i64,
    /// Archived ones too.
    pub buckets: i64,
    /// Archived ones too.
    pub categories: i64,
    /// Transactions.
    pub entries: i64,
    /// The day of the earliest entry.
    pub first_day: Option<NaiveDate>,
    /// The day of the latest entry.
    pub last_day: Option<NaiveDate>,
    /// Goes up with every write.
    pub ledger_version: i64,
}

/// Somebody in a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, QueryableByName)]
pub struct MemberRow {
    #[diesel(sql_type = SqlUuid)]
    #[serde(skip)]
    household_id: HouseholdId,
    /// Their address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// What they may do: owner, member or reader.
    #[diesel(sql_type = Text)]
    pub role: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: HouseholdId,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = BigInt)]
    locations: i64,
    #[diesel(sql_type = BigInt)]
    buckets: i64,
    #[diesel(sql_type = BigInt)]
    categories: i64,
    #[diesel(sql_type = BigInt)]
    entries: i64,
    #[diesel(sql_type = Nullable<Date>)]
    first_day: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    last_day: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    ledger_version: i64,
}

/// All households, in order of arrival; or the one with this id, if there is one.
///
/// # Errors
/// Only database failures.
pub fn overviews(conn: &mut PgConnection, only: Option<HouseholdId>) -> QueryResult<Vec<Overview>> {
    // Entries are counted by their months, which are few.
    let rows: Vec<Row> = statement(
        "SELECT h.id, h.name, h.currency, h.time_zone, h.ledger_version,
                (SELECT count(*) FROM locations WHERE household_id = h.id) AS locations,
                (SELECT count(*) FROM buckets WHERE household_id = h.id) AS buckets,
                (SELECT count(*) FROM categories WHERE household_id = h.id) AS categories,
                (SELECT coalesce(sum(entries_count), 0)::bigint FROM monthly_totals WHERE household_id = h.id) AS entries,
                (SELECT min(date) FROM transactions WHERE household_id = h.id) AS first_day,
                (SELECT max(date) FROM transactions WHERE household_id = h.id) AS last_day
           FROM households h WHERE h.id = coalesce(?, h.id) ORDER BY h.created_at, h.id",
    )
    .bind::<Nullable<SqlUuid>, _>(only.map(HouseholdId::uuid))
    .load(conn)?;
    let members: Vec<MemberRow> = statement(
        "SELECT m.household_id, u.email, m.role FROM members m JOIN users u ON u.id = m.user_id
          WHERE m.household_id = coalesce(?, m.household_id) ORDER BY m.joined_at, u.id",
    )
    .bind::<Nullable<SqlUuid>, _>(only.map(HouseholdId::uuid))
    .load(conn)?;
    let with_members = |row: Row| Overview {
        members: members
            .iter()
            .filter(|member| member.household_id == row.id)
            .cloned()
            .collect(),
        id: row.id,
        name: row.name,
        currency: row.currency,
        time_zone: row.time_zone,
        locations: row.locations,
        buckets: row.buckets,
        categories: row.categories,
        entries: row.entries,
        first_day: row.first_day,
        last_day: row.last_day,
        ledger_version: row.ledger_version,
    };
    Ok(rows.into_iter().map(with_members).collect())
}

/// Whether a household has to keep its currency: it has had entries, and undo may bring them back.
///
/// # Errors
/// Only database failures.
pub fn currency_is_fixed(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        change_items::table
            .filter(change_items::household_id.eq(household))
            .filter(change_items::noun.eq_any(["transaction", "moved"])),
    ))
    .get_result(conn)
}

/// How many entries a household has, counted by their months, which are few.
///
/// # Errors
/// Only database failures.
pub fn entries_count(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        entries: i64,
    }
    let count: Count = statement(
        "SELECT coalesce(sum(entries_count), 0)::bigint AS entries FROM monthly_totals WHERE household_id = ?",
    )
    .bind::<SqlUuid, _>(household)
    .get_result(conn)?;
    Ok(count.entries)
}
