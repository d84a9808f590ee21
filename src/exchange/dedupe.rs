//! Doubles: entries of a file that the ledger has already.
//!
//! An entry of the ledger is known by what it says now, and an imported one also by the fingerprint that it came with, even after edits. It
//! stands for one entry of the file only: the n-th of equal ones is new if the ledger has fewer than n. So two equal rows are two entries,
//! and a second run adds nothing.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::{PgConnection, PgRowByRowLoadingMode};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Nullable, Text, Uuid as SqlUuid};

use super::fingerprint::{Fingerprint, Line, Lines};
use super::matching::Matching;
use super::names::Labels;
use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId, TransactionId};
use crate::money::{Amount, Currency};
use crate::statement::{read_word, statement};

/// Which entries of a file the ledger has, and which it lacks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    /// The places of those that it lacks.
    pub new: Vec<usize>,
    /// Those that it has and that were asked for by their places.
    pub known: HashMap<usize, TransactionId>,
}

/// Sorts the entries of a file by whether the ledger has them; of those whose places are `wanted` it tells which entries they are.
///
/// # Errors
/// Only database failures.
pub fn sort(
    conn: &mut PgConnection,
    household: HouseholdId,
    currency: Currency,
    labels: &Labels,
    file: &File<'_>,
) -> QueryResult<Sorted> {
    let mut matching = Matching::new(file.fingerprints);
    let Some(days) = file.days else {
        return Ok(Sorted::default());
    };
    read_entries(conn, household, currency, labels, days, &mut matching)?;
    read_elsewhere(conn, household, days, &mut matching)?;
    Ok(sort_out(file, matching))
}

/// What is asked about a file.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Of its entries, in their order.
    pub fingerprints: &'a [Fingerprint],
    /// Places of those whose entries in the ledger are wanted.
    pub wanted: &'a HashSet<usize>,
    /// The first and the last day.
    pub days: Option<(NaiveDate, NaiveDate)>,
}

fn sort_out(file: &File<'_>, matching: Matching) -> Sorted {
    let mut left = matching.settle();
    let mut sorted = Sorted::default();
    for (place, fingerprint) in file.fingerprints.iter().enumerate() {
        match left.get_mut(fingerprint).and_then(Vec::pop) {
            Some(entry) if file.wanted.contains(&place) => {
                sorted.known.insert(place, entry);
            }
            Some(_) => {}
            None => sorted.new.push(place),
        }
    }
    sorted
}

/// Imported entries on other days than those of the file: they may have been moved to any day since. It is a plain scan on purpose: with as
/// many keys as a file has, and a household of which Postgres has no statistics yet, a plan for fewer rows takes minutes.
fn read_elsewhere(
    conn: &mut PgConnection,
    household: HouseholdId,
    (first, last): (NaiveDate, NaiveDate),
    matching: &mut Matching,
) -> QueryResult<()> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        id: TransactionId,
        #[diesel(sql_type = Binary)]
        import_key: Vec<u8>,
    }
    let found = statement(
        "SELECT id, import_key FROM transactions WHERE household_id = ? AND import_key IS NOT NULL AND date NOT BETWEEN ? AND ?",
    )
    .bind::<SqlUuid, _>(household)
    .bind::<Date, _>(first)
    .bind::<Date, _>(last)
    .load_iter::<Found, PgRowByRowLoadingMode>(conn)?;
    for one in found {
        let one = one?;
        matching.add(one.id, None, one.import_key.try_into().ok());
    }
    Ok(())
}

/// One line of an entry, with what belongs to the whole repeated.
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
    #[diesel(sql_type = Nullable<Text>)]
    counterparty: Option<String>,
    #[diesel(sql_type = Bool)]
    split: bool,
    #[diesel(sql_type = Nullable<Binary>)]
    import_key: Option<Vec<u8>>,
    #[diesel(sql_type = SqlUuid)]
    location_id: LocationId,
    #[diesel(sql_type = SqlUuid)]
    bucket_id: BucketId,
    #[diesel(sql_type = BigInt)]
    amount_minor: i64,
}

/// Postings are looked up entry by entry: `OFFSET 0` keeps Postgres from joining all with all, which it would for a household that it takes
/// for a small one.
const ENTRIES: &str = "SELECT t.id, t.date, t.kind, t.description, t.category_id, t.counterparty, t.split, t.import_key,
        p.location_id, p.bucket_id, p.amount_minor
   FROM transactions t
  CROSS JOIN LATERAL (
        SELECT line, location_id, bucket_id, amount_minor
          FROM postings p WHERE p.household_id = t.household_id AND p.transaction_id = t.id ORDER BY line OFFSET 0) p
  WHERE t.household_id = ? AND t.date BETWEEN ? AND ?
  ORDER BY t.date DESC, t.id DESC, p.line";

fn read_entries(
    conn: &mut PgConnection,
    household: HouseholdId,
    currency: Currency,
    labels: &Labels,
    (first, last): (NaiveDate, NaiveDate),
    matching: &mut Matching,
) -> QueryResult<()> {
    let rows = statement(ENTRIES)
        .bind::<SqlUuid, _>(household)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last)
        .load_iter::<Row, PgRowByRowLoadingMode>(conn)?;
    let mut entry: Vec<Row> = Vec::new();
    let mut add = |entry: &[Row]| -> QueryResult<()> {
        if let Some(head) = entry.first() {
            let key = head.import_key.as_deref().and_then(|key| key.try_into().ok());
            matching.add(head.id, Some(fingerprint(head, entry, currency, labels)?), key);
        }
        Ok(())
    };
    for row in rows {
        let row = row?;
        if entry.last().is_some_and(|last| last.id != row.id) {
            add(&entry)?;
            entry.clear();
        }
        entry.push(row);
    }
    add(&entry)
}

/// The fingerprint of what an entry says now.
fn fingerprint(head: &Row, rows: &[Row], currency: Currency, labels: &Labels) -> QueryResult<Fingerprint> {
    let lines: Vec<Line<'_>> = rows
        .iter()
        .map(|row| {
            let amount = Amount::from_minor(row.amount_minor)
                .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
            Ok((
                labels.key(row.location_id.uuid()),
                labels.key(row.bucket_id.uuid()),
                amount,
            ))
        })
        .collect::<QueryResult<_>>()?;
    let entry = Lines {
        date: head.date,
        description: &head.description,
        kind: read_word(&head.kind)?,
        category: labels.key(head.category_id.uuid()),
        counterparty: head.counterparty.as_deref(),
        split: head.split,
        postings: &lines,
    };
    Ok(entry.fingerprint(currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_ones(fingerprints: &[Fingerprint], ledger: &[Fingerprint]) -> Vec<usize> {
        let mut matching = Matching::new(fingerprints);
        for fingerprint in ledger {
            matching.add(TransactionId::new(), Some(*fingerprint), None);
        }
        let wanted = HashSet::new();
        let file = File {
            fingerprints,
            wanted: &wanted,
            days: None,
        };
        sort_out(&file, matching).new
    }

    #[test]
    fn equal_entries_are_new_once_the_ledger_has_fewer() {
        let (a, b) = ([1; 16], [2; 16]);
        let rows = [a, b, a, a];
        assert_eq!(new_ones(&rows, &[]), [0, 1, 2, 3]);
        assert_eq!(new_ones(&rows, &[a]), [1, 2, 3]);
        assert_eq!(new_ones(&rows, &[a, a, b, b, b]), [3]);
        assert_eq!(new_ones(&rows, &[a, a, a, b]), [0; 0]);
    }
}
