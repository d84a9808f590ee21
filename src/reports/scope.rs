//! The [`Scope`] of a report: the part of the ledger that it looks at.

use crate::ids::{BucketId, CategoryId, LocationId};

/// Which postings count: those at one of the locations, in one of the buckets and of one of the categories. An empty list leaves its
/// question out, so the default counts all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Why.
    pub categories: Vec<CategoryId>,
    /// Where.
    pub locations: Vec<LocationId>,
    /// What for.
    pub buckets: Vec<BucketId>,
}

impl Scope {
    /// Whether it counts everything.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.categories.is_empty() && self.locations.is_empty() && self.buckets.is_empty()
    }

    /// Whether what it counts adds up to money that lies somewhere: the entries of some categories alone do not.
    #[must_use]
    pub fn holds_money(&self) -> bool {
        self.categories.is_empty()
    }

    /// Whether a place's money is part of it.
    #[must_use]
    pub fn has_location(&self, location: LocationId) -> bool {
        self.locations.is_empty() || self.locations.contains(&location)
    }

    /// Whether a bucket's money is part of it.
    #[must_use]
    pub fn has_bucket(&self, bucket: BucketId) -> bool {
        self.buckets.is_empty() || self.buckets.contains(&bucket)
    }
}
