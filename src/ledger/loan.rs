//! Loans, added up by counterparty: who owes whom, and since when.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::{Cell, LoanDirection};
use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId, TransactionId};
use crate::statement::statement;

/// All loans with one counterparty. Spellings that differ only in case, or in how their letters are encoded, are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What all spellings have in common.
    pub key: String,
    /// The spelling of the latest entry.
    pub name: String,
    /// Minor units: above zero they owe us, below zero we owe them, zero is settled.
    pub open_minor: i64,
    /// The day of the entry from which on it was open in this direction; of a settled one that of its latest entry.
    pub since: NaiveDate,
    /// The day of the latest entry.
    pub latest: NaiveDate,
    /// How many entries there are.
    pub entries: i64,
    /// Where the money of the latest entry was, and for what.
    pub cell: Cell,
}

/// One loan or repayment, as an account with its counterparty shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The transaction.
    pub id: TransactionId,
    /// Its day.
    pub date: NaiveDate,
    /// Its description; may be empty.
    pub description: String,
    /// Its category.
    pub category: CategoryId,
    /// Minor units: money in above zero, out below.
    pub amount_minor: i64,
}

/// What is open with a counterparty, but for one entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Open {
    /// All others together, like [`Standing::open_minor`].
    pub others_minor: i64,
    /// Those before it: of an earlier day, or recorded earlier on the same.
    pub before_minor: i64,
}

#[derive(QueryableByName)]
struct StandingRow {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    open_minor: i64,
    #[diesel(sql_type = Date)]
    since: NaiveDate,
    #[diesel(sql_type = Date)]
    latest: NaiveDate,
    #[diesel(sql_type = BigInt)]
    entries: i64,
    #[diesel(sql_type = SqlUuid)]
    location_id: LocationId,
    #[diesel(sql_type = SqlUuid)]
    bucket_id: BucketId,
}

/// Every counterparty there ever was: the largest open amounts first, then those that are settled, the latest first.
///
/// # Errors
/// Only database failures, or a sum beyond 64 bits.
pub fn standings(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<Vec<Standing>> {
    // `later` adds up from the newest entry, the way the index goes; what was open before an entry is the total without it. The newest
    // entry before which nothing was open, or it was open the other way, began what is open now.
    let rows: Vec<StandingRow> = statement(
        "WITH told AS (
             SELECT counterparty_key AS key, id, date, sum(amount_minor) OVER newest AS later,
                    sum(amount_minor) OVER (PARTITION BY counterparty_key) AS total, row_number() OVER newest AS place
               FROM transactions WHERE household_id = ? AND kind = 'loan'
             WINDOW newest AS (PARTITION BY counterparty_key ORDER BY date DESC, id DESC)),
         summed AS (
             SELECT key, (-max(total))::bigint AS open_minor, count(*) AS entries, max(date) AS latest,
                    coalesce(max(date) FILTER (WHERE sign(total - later) <> sign(total)), max(date)) AS since,
                    (array_agg(id) FILTER (WHERE place = 1))[1] AS last
               FROM told GROUP BY key)
         SELECT s.key, t.counterparty AS name, s.open_minor, s.since, s.latest, s.entries, p.location_id, p.bucket_id
           FROM summed s
           JOIN transactions t ON t.household_id = ? AND t.id = s.last
           JOIN postings p ON p.household_id = t.household_id AND p.transaction_id = t.id AND p.line = 1
          ORDER BY abs(s.open_minor) DESC, s.latest DESC, s.key",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(household)
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| Standing {
            key: row.key,
            name: row.name,
            open_minor: row.open_minor,
            since: row.since,
            latest: row.latest,
            entries: row.entries,
            cell: Cell {
                location: row.location_id,
                bucket: row.bucket_id,
            },
        })
        .collect())
}

/// The latest entries with each of these counterparties, newest first, at most `each_max` with one; told with the counterparty's key.
///
/// # Errors
/// Only database failures.
pub fn latest(
    conn: &mut PgConnection,
    household: HouseholdId,
    keys: &[&str],
    each_max: i32,
) -> QueryResult<Vec<(String, Movement)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        key: String,
        #[diesel(sql_type = SqlUuid)]
        id: TransactionId,
        #[diesel(sql_type = Date)]
        date: NaiveDate,
        #[diesel(sql_type = Text)]
        description: String,
        #[diesel(sql_type = SqlUuid)]
        category_id: CategoryId,
        #[diesel(sql_type = BigInt)]
        amount_minor: i64,
    }
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let rows: Vec<Row> = statement(
        "SELECT k.key, e.id, e.date, e.description, e.category_id, e.amount_minor
           FROM unnest(?) WITH ORDINALITY AS k (key, place)
          CROSS JOIN LATERAL (
                SELECT t.id, t.date, t.description, t.category_id, t.amount_minor FROM transactions t
                 WHERE t.household_id = ? AND t.kind = 'loan' AND t.counterparty_key = k.key
                 ORDER BY t.date DESC, t.id DESC LIMIT ?) e
          ORDER BY k.place, e.date DESC, e.id DESC",
    )
    .bind::<Array<Text>, _>(keys)
    .bind::<SqlUuid, _>(household)
    .bind::<Integer, _>(each_max)
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let movement = Movement {
                id: row.id,
                date: row.date,
                description: row.description,
                category: row.category_id,
                amount_minor: row.amount_minor,
            };
            (row.key, movement)
        })
        .collect())
}

/// What the form of a loan knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The names of the counterparties, each as it was spelt last, the latest first.
    pub names: Vec<String>,
    /// What is open with the one that the form names.
    pub open: Open,
}

/// The counterparties there are, at most `names_max`, together with what [`open`] says.
///
/// # Errors
/// Only database failures, or a sum beyond 64 bits.
pub fn known(
    conn: &mut PgConnection,
    household: HouseholdId,
    name: &str,
    but: Option<(NaiveDate, TransactionId)>,
    names_max: i32,
) -> QueryResult<Known> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Array<Text>)]
        names: Vec<String>,
        #[diesel(sql_type = BigInt)]
        others: i64,
        #[diesel(sql_type = BigInt)]
        before: i64,
    }
    let (date, id) = but.unzip();
    let id = id.map(TransactionId::uuid);
    let row: Row = statement(
        "SELECT ARRAY(SELECT l.name FROM (
                    SELECT DISTINCT ON (counterparty_key) counterparty AS name, date, id FROM transactions
                     WHERE household_id = ? AND kind = 'loan' ORDER BY counterparty_key, date DESC, id DESC) l
                  ORDER BY l.date DESC, l.id DESC LIMIT ?) AS names,
                coalesce(-sum(amount_minor) FILTER (WHERE id <> ?), 0)::bigint AS others,
                coalesce(-sum(amount_minor) FILTER (WHERE (date, id) < (?, ?)), 0)::bigint AS before
           FROM transactions WHERE household_id = ? AND kind = 'loan' AND counterparty_key = lower(normalize(?, NFKC))",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Integer, _>(names_max)
    .bind::<SqlUuid, _>(id.unwrap_or(Uuid::nil()))
    .bind::<Nullable<Date>, _>(date)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<SqlUuid, _>(household)
    .bind::<Text, _>(name.trim().to_owned())
    .get_result(conn)?;
    Ok(Known {
        names: row.names,
        open: Open {
            others_minor: row.others,
            before_minor: row.before,
        },
    })
}

/// What is open with the counterparty of this name, however it is spelt; without the entry `but`, of which the day and the id are given.
///
/// # Errors
/// Only database failures, or a sum beyond 64 bits.
pub fn open(
    conn: &mut PgConnection,
    household: HouseholdId,
    name: &str,
    but: Option<(NaiveDate, TransactionId)>,
) -> QueryResult<Open> {
    known(conn, household, name, but, 0).map(|known| known.open)
}

/// What a loan of this amount most likely was, where `open_minor` was open before it: money that comes in while they owe us is money got back.
#[must_use]
pub const fn likely_direction(amount_minor: i64, open_minor: i64) -> LoanDirection {
    match (amount_minor < 0, open_minor) {
        (true, ..0) => LoanDirection::PaidBack,
        (true, _) => LoanDirection::Lent,
        (false, 1..) => LoanDirection::GotBack,
        (false, _) => LoanDirection::Borrowed,
    }
}

/// The direction of a repayment of what is open, which is not zero.
#[must_use]
pub const fn repayment(open_minor: i64) -> LoanDirection {
    if open_minor > 0 {
        LoanDirection::GotBack
    } else {
        LoanDirection::PaidBack
    }
}
