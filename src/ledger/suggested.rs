//! Several things at once for a household that begins: all or none, in one change.

use diesel::pg::PgConnection;

use super::book::{Bucket, Category, Location};
use super::bulk::{Additions, add_to_set_up};
use super::history::{self, Record};
use super::{Book, LedgerError, LocationKind, Sign, bucket, name};
use crate::households::Member;
use crate::ids::{BucketId, CategoryId, ChangeId, LocationId};
use crate::money::Percent;

/// The version of what was just made.
const FIRST_VERSION: i32 = 1;

/// One thing to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum New {
    /// A location, by its name.
    Location(String, LocationKind),
    /// A bucket, by its name.
    Bucket(String, Percent),
    /// A category, by its name.
    Category(String, Sign),
}

/// Which of them was refused, counted from 0, and why. Nothing was added.
#[derive(Debug)]
pub struct Refused {
    /// Its place in the list.
    pub place: usize,
    /// The reason.
    pub error: LedgerError,
}

/// Adds all of them, in their order. `action` and `summary` are what the history keeps: `location.add`, `4 locations`.
///
/// # Errors
/// The first that cannot be added: a name that is empty, too long or taken, or percentages over 100 in sum.
pub fn add(
    conn: &mut PgConnection,
    member: &Member,
    action: &'static str,
    summary: &str,
    new: &[New],
) -> Result<ChangeId, Refused> {
    let refused = |place: usize| move |error: LedgerError| Refused { place, error };
    let book = Book::load(conn, member.household).map_err(|error| refused(0)(error.into()))?;
    let mut sum_bp = book.percent_sum_bp();
    let mut items = Vec::new();
    for (place, one) in new.iter().enumerate() {
        let additions = additions(member, one, &mut sum_bp).map_err(refused(place))?;
        items.extend(add_to_set_up(conn, member.household, &additions).map_err(refused(place))?);
    }
    let record = Record {
        action,
        summary,
        undoes: None,
    };
    history::record(conn, member, &record, &items).map_err(|error| refused(0)(error.into()))
}

fn additions(member: &Member, new: &New, sum_bp: &mut u32) -> Result<Additions, LedgerError> {
    let mut additions = Additions::default();
    let required =
        |text: &str| name::required("name", text).map_err(|problem| LedgerError::Invalid(vec![problem]));
    match new {
        New::Location(text, kind) => additions.locations.push(Location {
            id: LocationId::new(),
            name: required(text)?,
            kind: *kind,
            archived_at: None,
            version: FIRST_VERSION,
        }),
        New::Bucket(text, percent) => {
            if let Some(problem) = bucket::name_problem(text) {
                return Err(LedgerError::Invalid(vec![problem]));
            }
            *sum_bp += u32::from(percent.basis_points());
            bucket::check_sum(member, *sum_bp)?;
            additions.buckets.push(Bucket {
                id: BucketId::new(),
                name: required(text)?,
                percent: *percent,
                archived_at: None,
                version: FIRST_VERSION,
            });
        }
        New::Category(text, sign) => additions.categories.push(Category {
            id: CategoryId::new(),
            name: required(text)?,
            sign: *sign,
            archived_at: None,
            version: FIRST_VERSION,
        }),
    }
    Ok(additions)
}
