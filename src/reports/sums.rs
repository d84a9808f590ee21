//! The rows that the statements of reports answer with, and [`Places`]: sums by location and by bucket.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text, Uuid as SqlUuid};

use crate::ids::{BucketId, CategoryId, LocationId};
use crate::ledger::Sign;
use crate::statement::read_word;

/// One sum: which part of the report it belongs to, for whom, and how much. What a part does not need is empty.
#[derive(Debug, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = Text)]
    pub(super) part: String,
    /// The number of the span, or the year.
    #[diesel(sql_type = Integer)]
    pub(super) place: i32,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(super) category_id: Option<CategoryId>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(super) location_id: Option<LocationId>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(super) bucket_id: Option<BucketId>,
    #[diesel(sql_type = Nullable<Text>)]
    sign: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    pub(super) month: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    pub(super) minor: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) entries: i64,
}

impl Row {
    /// The span as an index.
    pub(super) fn span(&self) -> usize {
        usize::try_from(self.place).unwrap_or(usize::MAX)
    }

    /// The sign that the sum is about.
    pub(super) fn sign(&self) -> QueryResult<Option<Sign>> {
        self.sign.as_deref().map(read_word).transpose()
    }
}

/// What a location or bucket had, and what became of it; in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// What was there before; nothing where the report does not say.
    pub before: i64,
    /// Income, refunds taken off.
    pub got: i64,
    /// Expenses, refunds taken off: below zero where money was spent.
    pub spent: i64,
    /// Transfers, loans and adjustments.
    pub moved: i64,
}

impl Place {
    /// What is there at the end.
    #[must_use]
    pub fn left(self) -> i64 {
        self.before
            .saturating_add(self.got)
            .saturating_add(self.spent)
            .saturating_add(self.moved)
    }

    fn add(&mut self, sign: Sign, minor: i64) {
        let sum = match sign {
            Sign::Positive => &mut self.got,
            Sign::Negative => &mut self.spent,
            Sign::Neutral => &mut self.moved,
        };
        *sum = sum.saturating_add(minor);
    }
}

/// The same sums once by location and once by bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// By location.
    pub locations: BTreeMap<LocationId, Place>,
    /// By bucket.
    pub buckets: BTreeMap<BucketId, Place>,
}

impl Places {
    /// What was there before at the place of a row.
    pub(super) fn add_before(&mut self, row: &Row) {
        if let Some(place) = self.place(row) {
            place.before = place.before.saturating_add(row.minor);
        }
    }

    /// What happened at the place of a row.
    pub(super) fn add_flow(&mut self, row: &Row) -> QueryResult<()> {
        let sign = row.sign()?;
        if let (Some(sign), Some(place)) = (sign, self.place(row)) {
            place.add(sign, row.minor);
        }
        Ok(())
    }

    fn place(&mut self, row: &Row) -> Option<&mut Place> {
        match (row.location_id, row.bucket_id) {
            (Some(location), None) => Some(self.locations.entry(location).or_default()),
            (None, Some(bucket)) => Some(self.buckets.entry(bucket).or_default()),
            _ => None,
        }
    }

    /// All of it together, which is the same by location and by bucket.
    #[must_use]
    pub fn total(&self) -> Place {
        self.buckets.values().fold(Place::default(), |sum, place| Place {
            before: sum.before.saturating_add(place.before),
            got: sum.got.saturating_add(place.got),
            spent: sum.spent.saturating_add(place.spent),
            moved: sum.moved.saturating_add(place.moved),
        })
    }
}
