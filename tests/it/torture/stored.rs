//! What is stored, read back in the model's words.

use std::collections::{BTreeMap, BTreeSet};

use budget::ids::{HouseholdId, TransactionId};
use budget::ledger::Book;
use budget::ledger::history::Noun;
use budget::ledger::transaction::{Transaction, queries};
use budget::schema::{changes, transactions};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{Change, Model};
use super::state::{Entry, Line, State, Thing};

/// An entry as lists show it.
pub fn shown(transaction: &Transaction) -> Entry {
    Entry {
        version: transaction.version,
        date: transaction.date,
        kind: transaction.kind,
        description: transaction.description.clone(),
        category: transaction.category.uuid(),
        counterparty: transaction.counterparty.clone(),
        refund_of: transaction.refund_of.map(TransactionId::uuid),
        amount: transaction.amount.minor(),
        lines: transaction
            .lines
            .iter()
            .map(|line| Line {
                location: line.location.uuid(),
                bucket: line.bucket.uuid(),
                amount: line.amount.minor(),
            })
            .collect(),
        shares: Vec::new(),
        key: None,
    }
}

/// All entries. Of what came with a file only that it did is told.
pub fn entries(conn: &mut PgConnection, household: HouseholdId) -> BTreeMap<Uuid, Entry> {
    let ids: Vec<TransactionId> = transactions::table
        .filter(transactions::household_id.eq(household))
        .select(transactions::id)
        .load(conn)
        .unwrap();
    let found = queries::find_all(conn, household, &ids).unwrap();
    found
        .into_iter()
        .map(|snapshot| {
            let mut entry = shown(&snapshot.transaction);
            let shares = snapshot.shares.iter();
            entry.shares = shares
                .map(|share| (share.bucket.uuid(), share.percent.basis_points().into()))
                .collect();
            entry.key = snapshot.import_key.map(|_| String::new());
            (snapshot.transaction.id.uuid(), entry)
        })
        .collect()
}

/// All names. Of what is archived only that it is, is told.
pub fn things(conn: &mut PgConnection, household: HouseholdId) -> BTreeMap<Uuid, Thing> {
    let book = Book::load(conn, household).unwrap();
    let archived = |at: Option<DateTime<Utc>>| at.map(|_| 0);
    let locations = book.locations.into_iter().map(|one| {
        let thing = Thing {
            noun: Noun::Location,
            name: one.name,
            word: one.kind.as_str(),
            percent: 0,
            position: one.position,
            archived: archived(one.archived_at),
            version: one.version,
        };
        (one.id.uuid(), thing)
    });
    let buckets = book.buckets.into_iter().map(|one| {
        let thing = Thing {
            noun: Noun::Bucket,
            name: one.name,
            word: "",
            percent: one.percent.basis_points().into(),
            position: one.position,
            archived: archived(one.archived_at),
            version: one.version,
        };
        (one.id.uuid(), thing)
    });
    let categories = book.categories.into_iter().map(|one| {
        let thing = Thing {
            noun: Noun::Category,
            name: one.name,
            word: one.sign.as_str(),
            percent: 0,
            position: 0,
            archived: archived(one.archived_at),
            version: one.version,
        };
        (one.id.uuid(), thing)
    });
    locations.chain(buckets).chain(categories).collect()
}

/// A household as somebody sees it who looks now, with what can be undone.
pub fn picture(conn: &mut PgConnection, household: HouseholdId) -> Model {
    let listed: Vec<(budget::ids::ChangeId, Option<budget::ids::ChangeId>)> = changes::table
        .filter(changes::household_id.eq(household))
        .order((changes::at, changes::id))
        .select((changes::id, changes::undoes))
        .load(conn)
        .unwrap();
    let places: BTreeMap<_, _> = (0..).zip(&listed).map(|(place, (id, _))| (*id, place)).collect();
    let undone: BTreeSet<_> = listed.iter().filter_map(|(_, undoes)| *undoes).collect();
    let changes = listed.iter().map(|(id, undoes)| Change {
        id: *id,
        action: "",
        undoes: undoes.map(|undone| places[&undone]),
        is_undone: undone.contains(id),
        items: Vec::new(),
    });
    Model {
        changes: changes.collect(),
        state: State {
            entries: entries(conn, household),
            things: things(conn, household),
        },
    }
}
