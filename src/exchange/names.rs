//! What a household's locations, buckets and categories are called in files.
//!
//! Mostly their names. But an archived thing frees its name, so two things may have the same one; where a file must tell them apart, the
//! archived one gets a word behind its name.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::ids::HouseholdId;
use crate::ledger::{Book, Sign};
use crate::statement::statement;

/// The most characters of a name.
const CHARACTERS_MAX: usize = 255;

/// What everything is called, by its id.
#[derive(Debug, Default)]
pub struct Labels(HashMap<Uuid, Label>);

#[derive(Debug)]
struct Label {
    text: String,
    key: String,
}

/// Something with a name.
#[derive(Clone, Copy)]
struct Named<'a> {
    id: Uuid,
    name: &'a str,
    archived: bool,
    /// Of a category.
    sign: Option<Sign>,
}

impl Labels {
    /// What the things of a household are called.
    ///
    /// # Errors
    /// Only database failures.
    pub fn of(conn: &mut PgConnection, household: HouseholdId, book: &Book) -> QueryResult<Self> {
        let locations = book.locations.iter().map(|one| Named {
            id: one.id.uuid(),
            name: &one.name,
            archived: one.archived_at.is_some(),
            sign: None,
        });
        let buckets = book.buckets.iter().map(|one| Named {
            id: one.id.uuid(),
            name: &one.name,
            archived: one.archived_at.is_some(),
            sign: None,
        });
        let categories = book.categories.iter().map(|one| Named {
            id: one.id.uuid(),
            name: &one.name,
            archived: one.archived_at.is_some(),
            sign: Some(one.sign),
        });
        let mut nouns: [Vec<Named<'_>>; 3] = [locations.collect(), buckets.collect(), categories.collect()];
        let texts = nouns.iter().flatten().map(|one| one.name.to_owned()).collect();
        let mut keys = keys(conn, texts)?.into_iter();
        let mut labels = Self::default();
        let mut later = Vec::new();
        for noun in &mut nouns {
            let mut keyed: Vec<_> = noun.drain(..).zip(keys.by_ref()).collect();
            // An active one has its name for itself.
            keyed.sort_by_key(|(one, _)| one.archived);
            later.push(labels.take(keyed));
        }
        if later.iter().all(Vec::is_empty) {
            return Ok(labels);
        }
        let apart = moves_between_namesakes(conn, household)?;
        for twins in later {
            labels.tell_apart(conn, twins, apart)?;
        }
        Ok(labels)
    }

    /// The name in a file.
    #[must_use]
    pub fn text(&self, id: Uuid) -> &str {
        self.0.get(&id).map_or("", |label| &label.text)
    }

    /// The name in a file as it is compared: normalised, in lower case.
    #[must_use]
    pub fn key(&self, id: Uuid) -> &str {
        self.0.get(&id).map_or("", |label| &label.key)
    }

    /// Gives each its name; of those with the same key the first. Returns the others with their namesakes.
    fn take<'a>(&mut self, named: Vec<(Named<'a>, String)>) -> Vec<(Named<'a>, Named<'a>, String)> {
        let mut first: HashMap<String, Named<'_>> = HashMap::new();
        let mut others = Vec::new();
        for (one, key) in named {
            if let Some(namesake) = first.get(&key) {
                others.push((one, *namesake, key));
                continue;
            }
            first.insert(key.clone(), one);
            self.insert(one.id, one.name.to_owned(), key);
        }
        others
    }

    /// Names those whose name another has: the same where a file that takes both for one says the same, otherwise with a word more.
    fn tell_apart(
        &mut self,
        conn: &mut PgConnection,
        twins: Vec<(Named<'_>, Named<'_>, String)>,
        apart: bool,
    ) -> QueryResult<()> {
        let mut taken: HashSet<String> = self.0.values().map(|label| label.key.clone()).collect();
        for (one, namesake, key) in twins {
            let same = one.name == namesake.name && one.sign == namesake.sign;
            if same && (one.sign.is_some() || !apart) {
                self.insert(one.id, one.name.to_owned(), key);
                continue;
            }
            for number in 1_u32.. {
                let word = if number == 1 {
                    " (archived)".to_owned()
                } else {
                    format!(" (archived {number})")
                };
                let room = CHARACTERS_MAX - word.len();
                let label: String = one.name.chars().take(room).chain(word.chars()).collect();
                let key = keys(conn, vec![label.clone()])?.pop().unwrap_or_default();
                if taken.insert(key.clone()) {
                    self.insert(one.id, label, key);
                    break;
                }
            }
        }
        Ok(())
    }

    fn insert(&mut self, id: Uuid, text: String, key: String) {
        self.0.insert(id, Label { text, key });
    }
}

/// Whether a transfer goes from one thing to another of the same name, and would move nothing if they were one.
fn moves_between_namesakes(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let found: Found = statement(
        "SELECT EXISTS (
            SELECT FROM transactions t WHERE t.household_id = ? AND t.kind = 'transfer' AND NOT EXISTS (
                SELECT FROM postings p
                  JOIN locations l ON l.household_id = p.household_id AND l.id = p.location_id
                  JOIN buckets b ON b.household_id = p.household_id AND b.id = p.bucket_id
                 WHERE p.household_id = t.household_id AND p.transaction_id = t.id
                 GROUP BY l.name_key, b.name_key HAVING sum(p.amount_minor) <> 0)) AS found",
    )
    .bind::<SqlUuid, _>(household)
    .get_result(conn)?;
    Ok(found.found)
}

/// Names as they must be unique. Postgres is asked, so that nothing is compared in two ways.
pub(super) fn keys(conn: &mut PgConnection, names: Vec<String>) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Key {
        #[diesel(sql_type = Text)]
        key: String,
    }
    let found: Vec<Key> = statement(
        "SELECT lower(normalize(name, NFKC)) AS key FROM unnest(?) WITH ORDINALITY AS given (name, place) ORDER BY place",
    )
    .bind::<Array<Text>, _>(names)
    .load(conn)?;
    Ok(found.into_iter().map(|found| found.key).collect())
}
