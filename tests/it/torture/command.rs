//! What somebody does: the same value is carried out by the ledger and worked out by the model.

use budget::ids::{BucketId, ChangeId, LocationId, TransactionId};
use budget::ledger::history::Noun;
use budget::ledger::merge::Pair;
use budget::ledger::order::Towards;
use budget::ledger::retire::Retire;
use budget::ledger::{Draft, LocationKind, Sign};
use uuid::Uuid;

use super::import_rules::File;
use super::state::Entry;

/// A command, with everything that a form would send.
#[derive(Debug, Clone)]
pub enum Command {
    Record(Draft),
    Edit(TransactionId, i32, Draft),
    Delete(TransactionId, Option<i32>),
    AddLocation(String, LocationKind),
    /// Name and basis points.
    AddBucket(String, i64),
    AddCategory(String, Sign),
    EditLocation(Uuid, i32, String, LocationKind),
    /// With percentages, in basis points, that are set in the same step.
    EditBucket(Uuid, i32, String, Vec<(BucketId, i64)>),
    EditCategory(Uuid, i32, String, Sign),
    Archive(Noun, Uuid),
    Restore(Noun, Uuid),
    Remove(Noun, Uuid),
    /// Buckets, basis points, and the version that was seen of each.
    Percentages(Vec<(BucketId, i64, i32)>),
    Shift(Noun, Uuid, Towards),
    Merge(Pair),
    Retire(Retire),
    Import(File),
    Undo(ChangeId),
}

/// Location and bucket.
pub type Place = (LocationId, BucketId);

/// What the ledger answers when it did it.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Nothing,
    /// An entry as lists show it.
    Entry(Box<Entry>),
    /// Of a merge: entries moved, transfers gone, basis points.
    Effect(i64, i64, i64),
    /// Of an archiving: location and bucket from, the same to, minor units.
    Moves(Vec<(Place, Place, i64)>),
    /// Of an import: rows, and how many of them were new.
    Rows(usize, usize),
    /// Of an undo: what was done in the first place.
    Undone(String),
}

impl Command {
    /// What it is counted as.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Record(_) => "record",
            Self::Edit(..) => "edit",
            Self::Delete(..) => "delete",
            Self::AddLocation(..) | Self::AddBucket(..) | Self::AddCategory(..) => "add a name",
            Self::EditLocation(..) | Self::EditBucket(..) | Self::EditCategory(..) => "rename",
            Self::Archive(..) => "archive",
            Self::Restore(..) => "restore",
            Self::Remove(..) => "delete a name",
            Self::Percentages(_) => "percentages",
            Self::Shift(..) => "order",
            Self::Merge(_) => "merge",
            Self::Retire(_) => "archive with money",
            Self::Import(_) => "import",
            Self::Undo(_) => "undo",
        }
    }

    /// What the history calls it; of an undo that depends on what it takes back.
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Record(_) => "transaction.add",
            Self::Edit(..) => "transaction.edit",
            Self::Delete(..) => "transaction.delete",
            Self::AddLocation(..) => "location.add",
            Self::AddBucket(..) => "bucket.add",
            Self::AddCategory(..) => "category.add",
            Self::EditLocation(..) => "location.edit",
            Self::EditBucket(..) => "bucket.edit",
            Self::EditCategory(..) => "category.edit",
            Self::Archive(Noun::Location, _) | Self::Retire(Retire::Location { .. }) => "location.archive",
            Self::Archive(Noun::Bucket, _) | Self::Retire(Retire::Bucket { .. }) => "bucket.archive",
            Self::Archive(..) => "category.archive",
            Self::Restore(Noun::Location, _) => "location.restore",
            Self::Restore(Noun::Bucket, _) => "bucket.restore",
            Self::Restore(..) => "category.restore",
            Self::Remove(Noun::Location, _) => "location.delete",
            Self::Remove(Noun::Bucket, _) => "bucket.delete",
            Self::Remove(..) => "category.delete",
            Self::Percentages(_) => "bucket.percentages",
            Self::Shift(Noun::Location, ..) => "location.move",
            Self::Shift(..) => "bucket.move",
            Self::Merge(Pair::Locations { .. }) => "location.merge",
            Self::Merge(Pair::Buckets { .. }) => "bucket.merge",
            Self::Merge(Pair::Categories { .. }) => "category.merge",
            Self::Import(_) => "import",
            Self::Undo(_) => "undo",
        }
    }
}
