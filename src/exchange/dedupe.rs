//! Doubles: rows of a file that the ledger has already.
//!
//! What was imported is known by its stored fingerprint, also after edits; what was typed in, by the fingerprint of what it says. The n-th
//! of equal rows in a file is new only if the ledger has fewer than n: so two equal rows are two entries, and a second run adds nothing.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::{PgConnection, PgRowByRowLoadingMode};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Text, Uuid as SqlUuid};

use super::fingerprint::{Content, Fingerprint};
use super::rows::RowSign;
use crate::ids::{HouseholdId, TransactionId};
use crate::ledger::Kind;
use crate::money::{Amount, Currency};
use crate::statement::{read_word, statement};

/// How often the ledger has each fingerprint; those that it does not have are missing.
pub type Existing = HashMap<Fingerprint, u32>;

/// Which of `rows` the ledger does not have yet, by their places.
#[must_use]
pub fn new_rows(rows: &[Fingerprint], existing: &Existing) -> Vec<usize> {
    let mut left = existing.clone();
    rows.iter()
        .enumerate()
        .filter(|(_, fingerprint)| match left.get_mut(*fingerprint) {
            Some(number) if *number > 0 => {
                *number -= 1;
                false
            }
            _ => true,
        })
        .map(|(place, _)| place)
        .collect()
}

/// Counts the entries with one of these fingerprints: imported ones wherever they are now, others from `first` to `last`.
///
/// # Errors
/// Only database failures.
pub fn existing(
    conn: &mut PgConnection,
    household: HouseholdId,
    currency: Currency,
    rows: &[Fingerprint],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Existing> {
    let mut counts: Existing = rows.iter().map(|fingerprint| (*fingerprint, 0)).collect();
    count_imported(conn, household, &mut counts)?;
    count_typed_in(conn, household, currency, &mut counts, (first, last))?;
    counts.retain(|_, number| *number > 0);
    Ok(counts)
}

/// All that was imported is looked through, for an entry may have been moved to any day since. It is a plain scan on purpose: with as many
/// keys as a file has, and a household of which Postgres has no statistics yet, a plan for fewer rows takes minutes.
fn count_imported(conn: &mut PgConnection, household: HouseholdId, counts: &mut Existing) -> QueryResult<()> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Binary)]
        import_key: Vec<u8>,
    }
    let found =
        statement("SELECT import_key FROM transactions WHERE household_id = ? AND import_key IS NOT NULL")
            .bind::<SqlUuid, _>(household)
            .load_iter::<Found, PgRowByRowLoadingMode>(conn)?;
    for one in found {
        if let Some(number) = counts.get_mut(one?.import_key.as_slice()) {
            *number += 1;
        }
    }
    Ok(())
}

/// One line of an entry, with what belongs to the whole repeated.
#[derive(QueryableByName)]
struct TypedIn {
    #[diesel(sql_type = SqlUuid)]
    id: TransactionId,
    #[diesel(sql_type = Date)]
    date: NaiveDate,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = BigInt)]
    amount_minor: i64,
    #[diesel(sql_type = Bool)]
    split: bool,
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = Text)]
    location: String,
    #[diesel(sql_type = Text)]
    bucket: String,
    #[diesel(sql_type = BigInt)]
    line_minor: i64,
}

/// Postings are looked up entry by entry: `OFFSET 0` keeps Postgres from joining all with all, which it would for a household that it takes
/// for a small one.
const LINES_TYPED_IN: &str = "SELECT t.id, t.date, t.kind, t.description, t.amount_minor, t.split,
        (SELECT name_key FROM categories c WHERE c.household_id = t.household_id AND c.id = t.category_id) AS category,
        p.location, p.bucket, p.line_minor
   FROM transactions t
  CROSS JOIN LATERAL (
        SELECT line, amount_minor AS line_minor,
               (SELECT name_key FROM locations l WHERE l.household_id = p.household_id AND l.id = p.location_id) AS location,
               (SELECT name_key FROM buckets b WHERE b.household_id = p.household_id AND b.id = p.bucket_id) AS bucket
          FROM postings p WHERE p.household_id = t.household_id AND p.transaction_id = t.id OFFSET 0) p
  WHERE t.household_id = ? AND t.date BETWEEN ? AND ? AND t.import_key IS NULL AND t.kind IN ('income', 'expense', 'transfer')
  ORDER BY t.date DESC, t.id DESC, p.line";

fn count_typed_in(
    conn: &mut PgConnection,
    household: HouseholdId,
    currency: Currency,
    counts: &mut Existing,
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<()> {
    let lines = statement(LINES_TYPED_IN)
        .bind::<SqlUuid, _>(household)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last)
        .load_iter::<TypedIn, PgRowByRowLoadingMode>(conn)?;
    let mut entry: Vec<TypedIn> = Vec::new();
    let mut count = |entry: &[TypedIn]| -> QueryResult<()> {
        if let Some(fingerprint) = fingerprint(entry, currency)?
            && let Some(number) = counts.get_mut(&fingerprint)
        {
            *number += 1;
        }
        Ok(())
    };
    for line in lines {
        let line = line?;
        if entry.last().is_some_and(|last| last.id != line.id) {
            count(&entry)?;
            entry.clear();
        }
        entry.push(line);
    }
    count(&entry)
}

/// The fingerprint of the row that would record these lines; nothing where no row can.
fn fingerprint(lines: &[TypedIn], currency: Currency) -> QueryResult<Option<Fingerprint>> {
    let Some(head) = lines.first() else {
        return Ok(None);
    };
    let kind: Kind = read_word(&head.kind)?;
    let (from, bucket, to) = match (kind, lines) {
        (Kind::Income, lines) if head.split => {
            if lines.iter().any(|line| line.location != head.location) {
                return Ok(None);
            }
            (head, None, None)
        }
        (Kind::Income | Kind::Expense, [only]) => (only, Some(only.bucket.as_str()), None),
        (Kind::Transfer, [from, to]) if from.line_minor < 0 => (from, Some(from.bucket.as_str()), Some(to)),
        (Kind::Transfer, [to, from]) => (from, Some(from.bucket.as_str()), Some(to)),
        _ => return Ok(None),
    };
    let amount = Amount::from_minor(head.amount_minor)
        .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
    let (amount, sign) = match kind {
        Kind::Income => (amount, RowSign::Income),
        Kind::Expense => (-amount, RowSign::Expense),
        Kind::Transfer | Kind::Loan | Kind::Adjustment => (amount, RowSign::Transfer),
    };
    let content = Content {
        date: head.date,
        description: &head.description,
        amount,
        sign,
        category: &head.category,
        location: &from.location,
        bucket,
        to: to.map(|to| (to.location.as_str(), to.bucket.as_str())),
    };
    Ok(Some(content.fingerprint(currency)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_new_once_the_ledger_has_fewer() {
        let (a, b) = ([1; 16], [2; 16]);
        let rows = [a, b, a, a];
        assert_eq!(new_rows(&rows, &Existing::new()), [0, 1, 2, 3]);
        assert_eq!(new_rows(&rows, &Existing::from([(a, 1)])), [1, 2, 3]);
        assert_eq!(new_rows(&rows, &Existing::from([(a, 2), (b, 5)])), [3]);
        assert_eq!(new_rows(&rows, &Existing::from([(a, 3), (b, 1)])), [0; 0]);
    }
}
