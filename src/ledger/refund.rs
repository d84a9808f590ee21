//! Refunds and what they give back: which entries there are to choose from, how much of one came back, and the rules that need the database.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::history::Item;
use super::rules::Plan;
use super::transaction::{Snapshot, commands, queries};
use super::{Kind, LedgerError};
use crate::ids::{CategoryId, HouseholdId, TransactionId};
use crate::schema::transactions;
use crate::statement::{read_word, statement};

/// An income or expense that can be given back, or a refund that does so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The transaction.
    pub id: TransactionId,
    /// Its day.
    pub date: NaiveDate,
    /// What it is.
    pub kind: Kind,
    /// Its description; may be empty.
    pub description: String,
    /// Its category.
    pub category: CategoryId,
    /// Minor units, never below zero: how much it is.
    pub amount_minor: i64,
    /// Minor units, never below zero: how much of it was given back so far. Of a refund 0.
    pub refunded_minor: i64,
}

impl Part {
    /// What is left to be given back; below zero where more came back than went.
    #[must_use]
    pub const fn left_minor(&self) -> i64 {
        self.amount_minor.saturating_sub(self.refunded_minor)
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: TransactionId,
    #[diesel(sql_type = Date)]
    date: NaiveDate,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = SqlUuid)]
    category_id: CategoryId,
    #[diesel(sql_type = BigInt)]
    amount_minor: i64,
    #[diesel(sql_type = BigInt)]
    refunded_minor: i64,
}

fn read(rows: Vec<Row>) -> QueryResult<Vec<Part>> {
    rows.into_iter()
        .map(|row| {
            Ok(Part {
                id: row.id,
                date: row.date,
                kind: read_word(&row.kind)?,
                description: row.description,
                category: row.category_id,
                amount_minor: row.amount_minor.saturating_abs(),
                refunded_minor: row.refunded_minor.saturating_abs(),
            })
        })
        .collect()
}

/// How far back entries are looked at for those that a refund can give back.
const RECENT_MAX: i32 = 60;

/// What a refund of this kind can give back: `chosen` first, if it fits, then recent entries of the category that are no refunds and did not
/// come back in full, newest first, at most `parts_max` together. What the refund `but` gives back itself is left out of the sums.
///
/// # Errors
/// Only database failures.
pub fn fitting(
    conn: &mut PgConnection,
    household: HouseholdId,
    kind: Kind,
    category: Option<CategoryId>,
    chosen: Option<TransactionId>,
    but: Option<TransactionId>,
    parts_max: i32,
) -> QueryResult<Vec<Part>> {
    let but = but.map_or(Uuid::nil(), TransactionId::uuid);
    let rows = statement(
        "WITH recent AS (
             SELECT id FROM transactions WHERE household_id = ? AND category_id = ? ORDER BY date DESC, id DESC LIMIT ?),
         wanted AS (SELECT id FROM recent UNION SELECT ?)
         SELECT o.id, o.date, o.kind, o.description, o.category_id, o.amount_minor, given.minor AS refunded_minor
           FROM wanted w
           JOIN transactions o ON o.household_id = ? AND o.id = w.id
          CROSS JOIN LATERAL (
                SELECT coalesce(sum(r.amount_minor), 0)::bigint AS minor FROM transactions r
                 WHERE r.household_id = o.household_id AND r.refund_of = o.id AND r.id <> ?) given
          WHERE o.kind = ? AND (o.amount_minor < 0) = (o.kind = 'expense') AND o.id <> ?
            AND (o.id = ? OR abs(given.minor) < abs(o.amount_minor))
          ORDER BY (o.id = ?) IS TRUE DESC, o.date DESC, o.id DESC LIMIT ?",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Nullable<SqlUuid>, _>(category.map(CategoryId::uuid))
    .bind::<Integer, _>(RECENT_MAX)
    .bind::<Nullable<SqlUuid>, _>(chosen.map(TransactionId::uuid))
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(but)
    .bind::<Text, _>(kind.as_str())
    .bind::<SqlUuid, _>(but)
    .bind::<Nullable<SqlUuid>, _>(chosen.map(TransactionId::uuid))
    .bind::<Nullable<SqlUuid>, _>(chosen.map(TransactionId::uuid))
    .bind::<Integer, _>(parts_max)
    .load(conn)?;
    read(rows)
}

/// The refunds of an entry, newest first.
///
/// # Errors
/// Only database failures.
pub fn of(
    conn: &mut PgConnection,
    household: HouseholdId,
    original: TransactionId,
) -> QueryResult<Vec<Part>> {
    let rows = statement(
        "SELECT id, date, kind, description, category_id, amount_minor, 0::bigint AS refunded_minor FROM transactions
          WHERE household_id = ? AND refund_of = ? ORDER BY date DESC, id DESC",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<SqlUuid, _>(original)
    .load(conn)?;
    read(rows)
}

/// How much of each of these entries was given back, in minor units, never below zero; an entry of which nothing was is left out.
///
/// # Errors
/// Only database failures, or a sum beyond 64 bits.
pub fn sums(
    conn: &mut PgConnection,
    household: HouseholdId,
    originals: &[TransactionId],
) -> QueryResult<BTreeMap<TransactionId, i64>> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = SqlUuid)]
        id: TransactionId,
        #[diesel(sql_type = BigInt)]
        minor: i64,
    }
    if originals.is_empty() {
        return Ok(BTreeMap::new());
    }
    let originals: Vec<Uuid> = originals.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Sum> = statement(
        "SELECT refund_of AS id, sum(amount_minor)::bigint AS minor FROM transactions
          WHERE household_id = ? AND refund_of = ANY(?) GROUP BY refund_of",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Array<SqlUuid>, _>(originals)
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.minor.saturating_abs()))
        .collect())
}

/// Looks at what a plan gives back, and at what gives back the entry that it changes.
///
/// # Errors
/// [`LedgerError::Invalid`] where the original is missing, of another kind or a refund itself, and where an entry that has refunds would
/// change its kind or become one.
pub(super) fn check(
    conn: &mut PgConnection,
    household: HouseholdId,
    plan: &Plan,
    stored: Option<&Snapshot>,
) -> Result<(), LedgerError> {
    if let Some(original) = plan.refund_of {
        check_original(conn, household, plan, original, stored)?;
    }
    let Some(stored) = stored.map(|stored| &stored.transaction) else {
        return Ok(());
    };
    let turns = plan.amount.is_negative() != stored.amount.is_negative();
    if plan.kind == stored.kind && !turns {
        return Ok(());
    }
    let refunds = of(conn, household, stored.id)?.len();
    if refunds == 0 {
        return Ok(());
    }
    let who = if refunds == 1 {
        "A refund gives".to_owned()
    } else {
        format!("{refunds} refunds give")
    };
    let what = stored.kind.label().to_lowercase();
    let field = if plan.kind == stored.kind {
        "refund"
    } else {
        "kind"
    };
    let message = format!(
        "{who} this entry back, so it stays an {what} and no refund. Open what gives it back and choose another entry there, then change this one."
    );
    Err(LedgerError::invalid(field, message))
}

fn check_original(
    conn: &mut PgConnection,
    household: HouseholdId,
    plan: &Plan,
    original: TransactionId,
    stored: Option<&Snapshot>,
) -> Result<(), LedgerError> {
    let refused = |message: String| Err(LedgerError::invalid("refund_of", message));
    if stored.is_some_and(|stored| stored.transaction.id == original) {
        return refused("An entry cannot give back itself. Choose the entry that came before it.".into());
    }
    let found: Option<(String, i64)> = transactions::table
        .find((household, original))
        .select((transactions::kind, transactions::amount_minor))
        .first(conn)
        .optional()?;
    let Some((kind, amount)) = found else {
        return refused(
            "What this gives back is not there any more. Choose another entry, or nothing in particular."
                .into(),
        );
    };
    let kind: Kind = read_word(&kind)?;
    if kind != plan.kind {
        return refused(format!(
            "What this gives back has to be an {} as well. Choose another entry, or nothing in particular.",
            plan.kind.label().to_lowercase()
        ));
    }
    if (amount < 0) == plan.amount.is_negative() {
        return refused("That is a refund itself. Choose the entry that it gives back.".into());
    }
    Ok(())
}

/// Makes the refunds of an entry give back nothing in particular, as when it goes; what became of each is added to `items`.
///
/// # Errors
/// Only database failures.
pub(super) fn unlink(
    conn: &mut PgConnection,
    household: HouseholdId,
    original: TransactionId,
    items: &mut Vec<Item>,
) -> Result<(), LedgerError> {
    let ids: Vec<TransactionId> = transactions::table
        .filter(transactions::household_id.eq(household))
        .filter(transactions::refund_of.eq(original))
        .order(transactions::id)
        .select(transactions::id)
        .load(conn)?;
    for id in ids {
        let Some(before) = queries::find(conn, household, id)? else {
            continue;
        };
        let mut after = before.clone();
        after.transaction.refund_of = None;
        after.transaction.version += 1;
        commands::replace(conn, household, &before, &after)?;
        items.push(Item::transaction(Some(&before), Some(&after))?);
    }
    Ok(())
}
