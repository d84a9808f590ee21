//! The [`Names`] of whom and what the history tells: people, and things of which some are long gone.

use std::collections::{BTreeMap, BTreeSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::{Change, What};
use crate::households::Member;
use crate::ids::{BucketId, CategoryId, LocationId, UserId};
use crate::ledger::Book;
use crate::ledger::transaction::Snapshot;
use crate::statement::statement;

/// Who and what is called how.
#[derive(Debug, Clone)]
pub struct Names {
    /// What is there.
    pub book: Book,
    /// What is not there any more, by the last name that it had.
    gone: BTreeMap<Uuid, String>,
    /// Members of the household: their name, or else their address.
    people: BTreeMap<UserId, String>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

impl Names {
    /// Reads the names that `changes` need beside those of the book.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(
        conn: &mut PgConnection,
        member: &Member,
        book: Book,
        changes: &[Change],
    ) -> QueryResult<Self> {
        let unknown = unknown(&book, changes);
        let rows: Vec<Row> = statement(
            "(SELECT DISTINCT ON (object_id) 'gone' AS what, object_id AS id, coalesce(before ->> 'name', after ->> 'name') AS name
                FROM change_items
               WHERE household_id = ? AND object_id = ANY(?) AND noun IN ('location', 'bucket', 'category')
               ORDER BY object_id, change_id DESC)
              UNION ALL
             SELECT 'person', user_id, name FROM household_people()",
        )
        .bind::<SqlUuid, _>(member.household)
        .bind::<Array<SqlUuid>, _>(unknown)
        .load(conn)?;
        let mut names = Self {
            book,
            gone: BTreeMap::new(),
            people: BTreeMap::new(),
        };
        for Row { what, id, name } in rows {
            match (what.as_str(), name) {
                ("gone", Some(name)) => drop(names.gone.insert(id, name)),
                ("person", Some(name)) => drop(names.people.insert(id.into(), name)),
                _ => {}
            }
        }
        Ok(names)
    }

    /// Who somebody is: their name, or else their address.
    #[must_use]
    pub fn person(&self, id: Option<UserId>) -> Option<&str> {
        self.people.get(&id?).map(String::as_str)
    }

    /// The members of the household, by name.
    #[must_use]
    pub fn people(&self) -> Vec<(UserId, &str)> {
        let mut people: Vec<_> = self
            .people
            .iter()
            .map(|(id, name)| (*id, name.as_str()))
            .collect();
        people.sort_by_key(|(_, name)| name.to_lowercase());
        people
    }

    /// What a location is or was called.
    #[must_use]
    pub fn location(&self, id: LocationId) -> &str {
        let found = self.book.location(id).map(|one| one.name.as_str());
        found.unwrap_or_else(|| self.gone(id.uuid()))
    }

    /// What a bucket is or was called.
    #[must_use]
    pub fn bucket(&self, id: BucketId) -> &str {
        let found = self.book.bucket(id).map(|one| one.name.as_str());
        found.unwrap_or_else(|| self.gone(id.uuid()))
    }

    /// What a category is or was called.
    #[must_use]
    pub fn category(&self, id: CategoryId) -> &str {
        let found = self.book.category(id).map(|one| one.name.as_str());
        found.unwrap_or_else(|| self.gone(id.uuid()))
    }

    fn gone(&self, id: Uuid) -> &str {
        self.gone.get(&id).map_or("something deleted", String::as_str)
    }
}

/// The ids that changes name and the book does not know.
fn unknown(book: &Book, changes: &[Change]) -> Vec<Uuid> {
    let mut ids: BTreeSet<Uuid> = BTreeSet::new();
    let snapshot = |one: &Snapshot, ids: &mut BTreeSet<Uuid>| {
        ids.insert(one.transaction.category.uuid());
        for line in &one.transaction.lines {
            ids.extend([line.location.uuid(), line.bucket.uuid()]);
        }
        ids.extend(one.shares.iter().map(|share| share.bucket.uuid()));
    };
    for item in changes.iter().flat_map(|change| &change.items) {
        match &item.what {
            What::Transaction(sides) => {
                for one in sides.before.iter().chain(&sides.after) {
                    snapshot(one, &mut ids);
                }
            }
            What::Moved(sides) => {
                for one in sides.before.iter().chain(&sides.after) {
                    ids.extend(one.category.map(CategoryId::uuid));
                    for line in &one.lines {
                        ids.extend([line.location.uuid(), line.bucket.uuid()]);
                    }
                    ids.extend(one.shares.iter().map(|share| share.bucket.uuid()));
                }
            }
            What::Location(_) | What::Bucket(_) | What::Category(_) => {}
        }
    }
    let known = |id: &Uuid| {
        book.location((*id).into()).is_some()
            || book.bucket((*id).into()).is_some()
            || book.category((*id).into()).is_some()
    };
    ids.into_iter().filter(|id| !known(id)).collect()
}
