//! The [`Book`]: all names of a household in one query. Forms, lists and rules read it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{LocationKind, Sign};

use crate::ids::{BucketId, CategoryId, HouseholdId, LocationId};
use crate::money::Percent;
use crate::statement::{read_word, statement};

/// Where money is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Its identifier.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: LocationKind,
    /// Its place in the order, smaller first; ties by id.
    #[serde(default)]
    pub position: i32,
    /// Since when it takes no new postings.
    pub archived_at: Option<DateTime<Utc>>,
    /// Goes up with every edit.
    pub version: i32,
}

/// What money is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its identifier.
    pub id: BucketId,
    /// Its name.
    pub name: String,
    /// Its share of income.
    pub percent: Percent,
    /// Its place in the order, smaller first; ties by id.
    #[serde(default)]
    pub position: i32,
    /// Since when it takes no new postings.
    pub archived_at: Option<DateTime<Utc>>,
    /// Goes up with every edit.
    pub version: i32,
}

/// Why money moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its identifier.
    pub id: CategoryId,
    /// Its name.
    pub name: String,
    /// What it counts as.
    pub sign: Sign,
    /// Since when it takes no new postings.
    pub archived_at: Option<DateTime<Utc>>,
    /// Goes up with every edit.
    pub version: i32,
}

/// All locations, buckets and categories of a household, archived ones too, each in its order on pages.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// In their own order.
    pub locations: Vec<Location>,
    /// In their own order, which is also the order of left-over cents.
    pub buckets: Vec<Bucket>,
    /// By name.
    pub categories: Vec<Category>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    noun: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = Integer)]
    percent_bp: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    archived_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Integer)]
    position: i32,
}

impl Book {
    /// Reads the household's names.
    ///
    /// # Errors
    /// Only database failures.
    pub fn load(conn: &mut PgConnection, household: HouseholdId) -> QueryResult<Self> {
        let rows: Vec<Row> = statement(
            "SELECT 'location' AS noun, id, name, kind AS word, 0 AS percent_bp, archived_at, version, position, '' AS name_key FROM locations WHERE household_id = ?
             UNION ALL SELECT 'bucket', id, name, '', percent_bp, archived_at, version, position, '' FROM buckets WHERE household_id = ?
             UNION ALL SELECT 'category', id, name, sign, 0, archived_at, version, 0, name_key FROM categories WHERE household_id = ?
             ORDER BY position, name_key, id",
        )
        .bind::<SqlUuid, _>(household)
        .bind::<SqlUuid, _>(household)
        .bind::<SqlUuid, _>(household)
        .load(conn)?;
        let mut book = Self::default();
        for Row {
            noun,
            id,
            name,
            word,
            percent_bp,
            archived_at,
            version,
            position,
        } in rows
        {
            match noun.as_str() {
                "location" => book.locations.push(Location {
                    id: id.into(),
                    name,
                    kind: read_word(&word)?,
                    position,
                    archived_at,
                    version,
                }),
                "bucket" => book.buckets.push(Bucket {
                    id: id.into(),
                    name,
                    percent: read_percent(percent_bp)?,
                    position,
                    archived_at,
                    version,
                }),
                _ => book.categories.push(Category {
                    id: id.into(),
                    name,
                    sign: read_word(&word)?,
                    archived_at,
                    version,
                }),
            }
        }
        Ok(book)
    }

    /// The location with this id, archived or not.
    #[must_use]
    pub fn location(&self, id: LocationId) -> Option<&Location> {
        self.locations.iter().find(|location| location.id == id)
    }

    /// The bucket with this id, archived or not.
    #[must_use]
    pub fn bucket(&self, id: BucketId) -> Option<&Bucket> {
        self.buckets.iter().find(|bucket| bucket.id == id)
    }

    /// The category with this id, archived or not.
    #[must_use]
    pub fn category(&self, id: CategoryId) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// Locations in use.
    pub fn active_locations(&self) -> impl Iterator<Item = &Location> {
        self.locations
            .iter()
            .filter(|location| location.archived_at.is_none())
    }

    /// Buckets in use.
    pub fn active_buckets(&self) -> impl Iterator<Item = &Bucket> {
        self.buckets.iter().filter(|bucket| bucket.archived_at.is_none())
    }

    /// Categories in use that count as `sign`.
    pub fn active_categories(&self, sign: Sign) -> impl Iterator<Item = &Category> {
        self.categories
            .iter()
            .filter(move |category| category.archived_at.is_none() && category.sign == sign)
    }

    /// What the percentages of the buckets in use add up to, in basis points.
    #[must_use]
    pub fn percent_sum_bp(&self) -> u32 {
        self.active_buckets()
            .map(|bucket| u32::from(bucket.percent.basis_points()))
            .sum()
    }
}

/// A percentage as it is stored.
pub(super) fn read_percent(basis_points: i32) -> QueryResult<Percent> {
    Percent::from_basis_points(basis_points.into())
        .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}
