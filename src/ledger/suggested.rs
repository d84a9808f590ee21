//! Several things at once for a household that begins: all or none, in one change.

use diesel::pg::PgConnection;

use super::book::{Bucket, Category, Location};
use super::history::{self, Item, Record};
use super::thing::Thing;
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
    let mut room = Room::of(&book);
    let mut items = Vec::new();
    for (place, one) in new.iter().enumerate() {
        let item = room
            .thing(member, one)
            .and_then(|thing| {
                thing.insert(conn, member.household)?;
                Item::thing(None, Some(&thing))
            })
            .map_err(refused(place))?;
        items.push(item);
    }
    let record = Record {
        action,
        summary,
        undoes: None,
    };
    history::record(conn, member, &record, &items).map_err(|error| refused(0)(error.into()))
}

/// What is taken already: the last places in the orders, and the percentages.
struct Room {
    last_location: i32,
    last_bucket: i32,
    sum_bp: u32,
}

impl Room {
    fn of(book: &Book) -> Self {
        Self {
            last_location: book.locations.iter().map(|one| one.position).max().unwrap_or(0),
            last_bucket: book.buckets.iter().map(|one| one.position).max().unwrap_or(0),
            sum_bp: book.percent_sum_bp(),
        }
    }

    /// The next thing, behind those that are there.
    fn thing(&mut self, member: &Member, new: &New) -> Result<Thing, LedgerError> {
        let required =
            |text: &str| name::required("name", text).map_err(|problem| LedgerError::Invalid(vec![problem]));
        Ok(match new {
            New::Location(text, kind) => {
                self.last_location += 1;
                Thing::Location(Location {
                    id: LocationId::new(),
                    name: required(text)?,
                    kind: *kind,
                    position: self.last_location,
                    archived_at: None,
                    version: FIRST_VERSION,
                })
            }
            New::Bucket(text, percent) => {
                if let Some(problem) = bucket::name_problem(text) {
                    return Err(LedgerError::Invalid(vec![problem]));
                }
                self.sum_bp += u32::from(percent.basis_points());
                bucket::check_sum(member, self.sum_bp)?;
                self.last_bucket += 1;
                Thing::Bucket(Bucket {
                    id: BucketId::new(),
                    name: required(text)?,
                    percent: *percent,
                    position: self.last_bucket,
                    archived_at: None,
                    version: FIRST_VERSION,
                })
            }
            New::Category(text, sign) => Thing::Category(Category {
                id: CategoryId::new(),
                name: required(text)?,
                sign: *sign,
                archived_at: None,
                version: FIRST_VERSION,
            }),
        })
    }
}
