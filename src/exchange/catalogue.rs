//! The *catalogue*: which location, bucket and category the names of a file mean, and those that an import adds.
//!
//! It changes nothing in the database: what is to be added stands in [`Additions`] until somebody writes it.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::{ImportError, quote};
use super::names::{Labels, keys};
use super::percentages::{Percentages, too_much};
use super::rows::{NameId, Names};
use crate::households::Member;
use crate::ids::{BucketId, CategoryId, LocationId};
use crate::ledger::book::{Bucket, Category, Location};
use crate::ledger::bulk::Additions;
use crate::ledger::{Book, LocationKind, Sign, bucket};
use crate::money::Percent;

/// More new names of one noun than this are a mistake, such as two columns swapped.
const ADDED_MAX: usize = 1000;

/// Sums are called this in reports and in the API.
const RESERVED: &str = "_total";

/// A household's names, and which of them those of a file mean.
pub struct Catalogue {
    /// The household's names, with those to be added.
    pub book: Book,
    /// What is to be added or changed.
    pub additions: Additions,
    /// What files call everything that is there already.
    pub labels: Labels,
    /// Of the file's names, in their order: as Postgres compares them.
    keys: Vec<String>,
    locations: HashMap<String, LocationId>,
    buckets: HashMap<String, BucketId>,
    categories: HashMap<String, CategoryId>,
    adding: bool,
}

impl Catalogue {
    /// Reads the household's names, and puts the percentages that were asked for among them. With `adding`, names that it lacks are added
    /// as they are looked up.
    ///
    /// # Errors
    /// [`ImportError::Percentages`], or the database's.
    pub fn load(
        conn: &mut PgConnection,
        member: &Member,
        names: &Names,
        percentages: &Percentages,
        adding: bool,
    ) -> Result<Self, ImportError> {
        let book = Book::load(conn, member.household)?;
        let labels = Labels::of(conn, member.household, &book)?;
        let mut catalogue = Self {
            locations: by_key(
                &labels,
                book.locations
                    .iter()
                    .map(|one| (one.id, one.id.uuid(), one.archived_at.is_some())),
            ),
            buckets: by_key(
                &labels,
                book.buckets
                    .iter()
                    .map(|one| (one.id, one.id.uuid(), one.archived_at.is_some())),
            ),
            categories: by_key(
                &labels,
                book.categories
                    .iter()
                    .map(|one| (one.id, one.id.uuid(), one.archived_at.is_some())),
            ),
            keys: keys(conn, names.texts().to_vec())?,
            labels,
            book,
            additions: Additions::default(),
            adding,
        };
        let wanted = percentages.as_slice();
        let wanted_keys = keys(conn, wanted.iter().map(|(name, _)| name.clone()).collect())?;
        for ((name, percent), key) in wanted.iter().zip(wanted_keys) {
            catalogue
                .set_percent(name, &key, *percent)
                .map_err(ImportError::Percentages)?;
        }
        match too_much(catalogue.book.percent_sum_bp()) {
            Some(sentence) => Err(ImportError::Percentages(format!(
                "{sentence}, with the household's other buckets."
            ))),
            None => Ok(catalogue),
        }
    }

    /// A name of the file as it must be unique: normalised, in lower case.
    #[must_use]
    pub fn key(&self, id: NameId) -> &str {
        id.of(&self.keys)
    }

    /// The location that a name means.
    ///
    /// # Errors
    /// A sentence.
    pub fn location(&mut self, names: &Names, id: NameId) -> Result<LocationId, String> {
        let key = id.of(&self.keys);
        if let Some(found) = self.locations.get(key) {
            return Ok(*found);
        }
        let name = id.of(names.texts());
        self.may_add("location", name, key, self.additions.locations.len())?;
        let location = Location {
            id: LocationId::new(),
            name: name.to_owned(),
            kind: kind_by_name(key),
            position: 0,
            archived_at: None,
            version: 1,
        };
        self.locations.insert(key.to_owned(), location.id);
        self.additions.locations.push(location.clone());
        self.book.locations.push(location.clone());
        Ok(location.id)
    }

    /// The bucket that a name means.
    ///
    /// # Errors
    /// A sentence.
    pub fn bucket(&mut self, names: &Names, id: NameId) -> Result<BucketId, String> {
        let key = id.of(&self.keys);
        if let Some(found) = self.buckets.get(key) {
            return Ok(*found);
        }
        let (name, key) = (id.of(names.texts()), key.to_owned());
        self.may_add("bucket", name, &key, self.additions.buckets.len())?;
        Ok(self.add_bucket(name, key, Percent::ZERO))
    }

    /// The category that a name means; a new one counts as `sign`.
    ///
    /// # Errors
    /// A sentence.
    pub fn category(&mut self, names: &Names, id: NameId, sign: Sign) -> Result<CategoryId, String> {
        let key = id.of(&self.keys);
        if let Some(found) = self.categories.get(key) {
            return Ok(*found);
        }
        let name = id.of(names.texts());
        self.may_add("category", name, "", self.additions.categories.len())?;
        let category = Category {
            id: CategoryId::new(),
            name: name.to_owned(),
            sign,
            archived_at: None,
            version: 1,
        };
        self.categories.insert(key.to_owned(), category.id);
        self.additions.categories.push(category.clone());
        self.book.categories.push(category.clone());
        Ok(category.id)
    }

    fn may_add(&self, noun: &str, name: &str, key: &str, added: usize) -> Result<(), String> {
        if key == RESERVED {
            return Err(format!("{RESERVED} is reserved for sums. Choose another name."));
        }
        if !self.adding {
            return Err(format!(
                "There is no {noun} {}. Add it under Set-up, or import with --create.",
                quote(name)
            ));
        }
        if added >= ADDED_MAX {
            return Err(format!(
                "{} would be {noun} number {} to be added. Are two columns swapped?",
                quote(name),
                added + 1
            ));
        }
        Ok(())
    }

    fn add_bucket(&mut self, name: &str, key: String, percent: Percent) -> BucketId {
        let bucket = Bucket {
            id: BucketId::new(),
            name: name.to_owned(),
            percent,
            position: 0,
            archived_at: None,
            version: 1,
        };
        self.buckets.insert(key, bucket.id);
        self.additions.buckets.push(bucket.clone());
        self.book.buckets.push(bucket.clone());
        bucket.id
    }

    /// Gives a bucket a percentage, and adds it if it is missing.
    fn set_percent(&mut self, name: &str, key: &str, percent: Percent) -> Result<(), String> {
        if key == RESERVED {
            return Err(format!("{RESERVED} is reserved for sums. Choose another name."));
        }
        let known = self.buckets.get(key).copied();
        if known.is_none()
            && let Some(problem) = bucket::name_problem(name)
        {
            return Err(problem.message);
        }
        let bucket = known.and_then(|id| self.book.buckets.iter_mut().find(|bucket| bucket.id == id));
        match bucket {
            None => {
                self.add_bucket(name, key.to_owned(), percent);
            }
            Some(bucket) if bucket.archived_at.is_some() => {
                return Err(format!(
                    "{} is archived. Choose another bucket, or restore it first.",
                    bucket.name
                ));
            }
            Some(bucket) if bucket.percent != percent => {
                let before = bucket.clone();
                bucket.percent = percent;
                bucket.version += 1;
                self.additions.percentages.push((before, bucket.clone()));
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// What names mean, by their keys; of each thing also whether it is archived. Of things that share a label the one in use counts, otherwise
/// the first in their order.
fn by_key<Id: Copy>(labels: &Labels, all: impl Iterator<Item = (Id, Uuid, bool)>) -> HashMap<String, Id> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(.., archived)| *archived);
    // Of those with the same key the last one stays.
    all.into_iter()
        .rev()
        .map(|(id, uuid, _)| (labels.key(uuid).to_owned(), id))
        .collect()
}

/// What a new location probably is, by the words in its name.
fn kind_by_name(key: &str) -> LocationKind {
    const WORDS: [(&str, LocationKind); 5] = [
        ("card", LocationKind::Card),
        ("saving", LocationKind::Savings),
        ("cash", LocationKind::Cash),
        ("wallet", LocationKind::Wallet),
        ("paypal", LocationKind::Wallet),
    ];
    WORDS
        .into_iter()
        .find(|(word, _)| key.contains(word))
        .map_or(LocationKind::Bank, |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_locations_are_what_their_names_say() {
        let kinds = [
            ("joint checking", LocationKind::Bank),
            ("savings account", LocationKind::Savings),
            ("cash", LocationKind::Cash),
            ("prepaid cash card", LocationKind::Card),
            ("my wallet", LocationKind::Wallet),
        ];
        for (key, kind) in kinds {
            assert_eq!(kind_by_name(key), kind, "{key}");
        }
    }
}
