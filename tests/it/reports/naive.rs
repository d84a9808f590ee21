//! Reports by plain adding up: written from what each report promises, and from nothing but the list of entries with their lines. A month
//! is a number here: years times twelve, and the months since January.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use budget::ids::{BucketId, CategoryId, HouseholdId, LocationId, TransactionId};
use budget::ledger::{Kind, Sign};
use budget::reports::scope::Scope;
use budget::schema::{postings, transactions};
use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

/// Days `start <= day < end`.
pub type Days = Range<NaiveDate>;
/// The number of a month.
pub type Month = i32;

/// One entry.
#[derive(Debug, Clone)]
pub struct Fact {
    pub id: TransactionId,
    pub date: NaiveDate,
    pub sign: Sign,
    pub is_expense: bool,
    pub category: CategoryId,
    pub description: String,
    pub lines: Vec<Line>,
}

/// One of its lines.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub location: LocationId,
    pub bucket: BucketId,
    pub minor: i64,
}

/// Sums by category for several spans of days, and the sums over categories; nothing where a category has no entries.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub categories: BTreeMap<CategoryId, (Sign, Vec<Option<i64>>)>,
    pub income: Vec<i64>,
    pub expense: Vec<i64>,
    pub beside: Vec<i64>,
    pub result: Vec<i64>,
    pub change: Vec<i64>,
    pub empty: Vec<bool>,
}

/// Before, got, spent, moved and left, of one place.
pub type Place = [i64; 5];

/// All entries of a household.
pub struct Naive(pub Vec<Fact>);

/// The number of a day's month.
pub fn month_of(day: NaiveDate) -> Month {
    day.year() * 12 + i32::try_from(day.month0()).unwrap()
}

/// The first day of a month; also of one beyond the ledger.
pub fn first_day(month: Month) -> NaiveDate {
    let number = u32::try_from(month.rem_euclid(12)).unwrap() + 1;
    NaiveDate::from_ymd_opt(month.div_euclid(12), number, 1).unwrap()
}

/// The days of a month.
pub fn month(month: Month) -> Days {
    first_day(month)..first_day(month + 1)
}

/// The days of a month up to the day with this number in it.
fn up_to(other: Month, day: u32) -> Days {
    let mut days = month(other);
    days.end = days
        .start
        .iter_days()
        .find(|one| *one == days.end || one.day() > day)
        .unwrap();
    days
}

/// The first and the last month that the ledger takes.
pub const LEDGER: Range<Month> = 1900 * 12..2101 * 12;

/// No days.
fn nothing() -> Days {
    first_day(0)..first_day(0)
}

/// A month to compare with; of one beyond the ledger nothing, and while the month is not over, the same days.
fn compared(other: Month, so_far: Option<NaiveDate>) -> Days {
    match so_far {
        _ if !LEDGER.contains(&other) => nothing(),
        Some(day) => up_to(other, day.day()),
        None => month(other),
    }
}

/// The spans of the report of a month: itself, the one before, a year ago, and the twelve before it.
pub fn spans_of_month(of: Month, today: NaiveDate) -> [Days; 4] {
    let so_far = (month_of(today) == of).then_some(today);
    [
        month(of),
        compared(of - 1, so_far),
        compared(of - 12, so_far),
        first_day((of - 12).max(LEDGER.start))..first_day(of),
    ]
}

/// The spans of the report of a year: its months, and the year before.
pub fn spans_of_year(year: i32, today: NaiveDate) -> Vec<Days> {
    let mut spans: Vec<Days> = (year * 12..year * 12 + 12).map(month).collect();
    let past = year - 1;
    spans.push(if past < 1900 {
        nothing()
    } else if today.year() == year {
        let end = up_to(month_of(today) - 12, today.day()).end;
        first_day(past * 12)..end
    } else {
        first_day(past * 12)..first_day(year * 12)
    });
    spans
}

fn counts<T: PartialEq>(list: &[T], one: &T) -> bool {
    list.is_empty() || list.contains(one)
}

impl Naive {
    /// The plain list.
    pub fn read(conn: &mut PgConnection, household: HouseholdId) -> Self {
        let found: Vec<(TransactionId, NaiveDate, String, CategoryId, String)> = transactions::table
            .filter(transactions::household_id.eq(household))
            .select((
                transactions::id,
                transactions::date,
                transactions::kind,
                transactions::category_id,
                transactions::description,
            ))
            .load(conn)
            .unwrap();
        let lines: Vec<(TransactionId, LocationId, BucketId, i64)> = postings::table
            .filter(postings::household_id.eq(household))
            .select((
                postings::transaction_id,
                postings::location_id,
                postings::bucket_id,
                postings::amount_minor,
            ))
            .load(conn)
            .unwrap();
        let fact = |(id, date, kind, category, description): (_, _, String, _, _)| {
            let kind: Kind = kind.parse().unwrap();
            let own = lines.iter().filter(|(of, ..)| *of == id);
            Fact {
                id,
                date,
                sign: match kind {
                    Kind::Income => Sign::Positive,
                    Kind::Expense => Sign::Negative,
                    Kind::Transfer | Kind::Loan | Kind::Adjustment => Sign::Neutral,
                },
                is_expense: kind == Kind::Expense,
                category,
                description,
                lines: own
                    .map(|(_, location, bucket, minor)| Line {
                        location: *location,
                        bucket: *bucket,
                        minor: *minor,
                    })
                    .collect(),
            }
        };
        Self(found.into_iter().map(fact).collect())
    }

    /// The lines that count, each with its entry.
    fn lines<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = (&'a Fact, Line)> {
        self.0
            .iter()
            .filter(|fact| counts(&scope.categories, &fact.category))
            .flat_map(|fact| fact.lines.iter().map(move |line| (fact, *line)))
            .filter(|(_, line)| {
                counts(&scope.locations, &line.location) && counts(&scope.buckets, &line.bucket)
            })
    }

    /// The ledger's first month.
    pub fn first_month(&self) -> Option<Month> {
        self.0.iter().map(|fact| month_of(fact.date)).min()
    }

    /// How many of these months are not before the ledger's first.
    fn kept(&self, months: impl Iterator<Item = Month>) -> u32 {
        let kept = months.filter(|month| self.first_month().is_some_and(|first| *month >= first));
        u32::try_from(kept.count()).unwrap()
    }

    pub fn sums(&self, scope: &Scope, spans: &[Days]) -> Sums {
        let mut sums = Sums {
            income: vec![0; spans.len()],
            expense: vec![0; spans.len()],
            beside: vec![0; spans.len()],
            result: vec![0; spans.len()],
            change: vec![0; spans.len()],
            empty: vec![true; spans.len()],
            ..Sums::default()
        };
        for (fact, line) in self.lines(scope) {
            for (place, days) in spans.iter().enumerate() {
                if !days.contains(&fact.date) {
                    continue;
                }
                let row = sums.categories.entry(fact.category);
                let (_, row) = row.or_insert_with(|| (fact.sign, vec![None; spans.len()]));
                row[place] = Some(row[place].unwrap_or(0) + line.minor);
                sums.empty[place] = false;
                sums.change[place] += line.minor;
                match fact.sign {
                    Sign::Positive => sums.income[place] += line.minor,
                    Sign::Negative => sums.expense[place] += line.minor,
                    Sign::Neutral => sums.beside[place] += line.minor,
                }
                if fact.sign != Sign::Neutral {
                    sums.result[place] += line.minor;
                }
            }
        }
        sums
    }

    /// How many entries each category has in some days.
    pub fn entries(&self, days: &Days) -> BTreeMap<CategoryId, i64> {
        let mut entries = BTreeMap::new();
        for fact in self.0.iter().filter(|fact| days.contains(&fact.date)) {
            *entries.entry(fact.category).or_default() += 1;
        }
        entries
    }

    /// How many of the twelve months before one the ledger was kept in.
    pub fn months_before(&self, month: Month) -> u32 {
        self.kept((month - 12..month).filter(|month| LEDGER.contains(month)))
    }

    /// How many months of a year have begun, from the ledger's first one on.
    pub fn months_begun(&self, year: i32, today: NaiveDate) -> u32 {
        self.kept((year * 12..year * 12 + 12).filter(|month| first_day(*month) <= today))
    }

    /// What each location and each bucket had before a month, and what became of it.
    pub fn places(
        &self,
        scope: &Scope,
        of: Month,
    ) -> (BTreeMap<LocationId, Place>, BTreeMap<BucketId, Place>) {
        let (mut locations, mut buckets) = (BTreeMap::new(), BTreeMap::new());
        for (fact, line) in self.lines(scope) {
            let part = match fact.sign {
                _ if fact.date < first_day(of) && scope.categories.is_empty() => 0,
                _ if month_of(fact.date) != of => continue,
                Sign::Positive => 1,
                Sign::Negative => 2,
                Sign::Neutral => 3,
            };
            let location: &mut Place = locations.entry(line.location).or_default();
            let bucket: &mut Place = buckets.entry(line.bucket).or_default();
            for place in [location, bucket] {
                place[part] += line.minor;
                place[4] += line.minor;
            }
        }
        (locations, buckets)
    }

    /// Money before a day, in the places of a scope; nothing where it asks for categories.
    pub fn money_before(&self, scope: &Scope, day: NaiveDate) -> Option<i64> {
        let before = self.lines(scope).filter(|(fact, _)| fact.date < day);
        scope
            .categories
            .is_empty()
            .then(|| before.map(|(_, line)| line.minor).sum())
    }

    /// The years with entries.
    pub fn years(&self, scope: &Scope) -> Vec<i32> {
        let years: BTreeSet<i32> = self.lines(scope).map(|(fact, _)| fact.date.year()).collect();
        years.into_iter().collect()
    }

    /// How many months of a year are over, from the ledger's first one on.
    pub fn months_over(&self, year: i32, today: NaiveDate) -> u32 {
        self.kept((year * 12..year * 12 + 12).filter(|month| *month < month_of(today)))
    }

    /// From the first quarter with entries to the last: its year and its number in it, and what lay in each location and bucket at its end.
    #[expect(clippy::type_complexity, reason = "said in words above")]
    pub fn quarters(
        &self,
        scope: &Scope,
    ) -> (
        Vec<(i32, i32)>,
        BTreeMap<LocationId, Vec<i64>>,
        BTreeMap<BucketId, Vec<i64>>,
    ) {
        let quarter = |fact: &Fact| month_of(fact.date) / 3;
        let all: Vec<_> = self.lines(scope).collect();
        let first = all.iter().map(|(fact, _)| quarter(fact)).min().unwrap_or(0);
        let end = all.iter().map(|(fact, _)| quarter(fact) + 1).max().unwrap_or(0);
        let quarters: Vec<i32> = (first..end).collect();
        let (mut locations, mut buckets) = (BTreeMap::new(), BTreeMap::new());
        for (fact, line) in all {
            let location = locations
                .entry(line.location)
                .or_insert_with(|| vec![0; quarters.len()]);
            let bucket = buckets
                .entry(line.bucket)
                .or_insert_with(|| vec![0; quarters.len()]);
            for (place, one) in quarters.iter().enumerate() {
                if *one >= quarter(fact) {
                    location[place] += line.minor;
                    bucket[place] += line.minor;
                }
            }
        }
        let named = quarters.iter().map(|one| (one / 4, one % 4)).collect();
        (named, locations, buckets)
    }

    /// What was spent on each day of a month: above zero where money was spent. Nothing of a month beyond the ledger.
    pub fn days(&self, scope: &Scope, of: Month) -> Vec<i64> {
        if !LEDGER.contains(&of) {
            return Vec::new();
        }
        let days = month(of).start.iter_days().take_while(|day| month_of(*day) == of);
        let spent = |day| {
            let lines = self
                .lines(scope)
                .filter(|(fact, _)| fact.is_expense && fact.date == day);
            lines.map(|(_, line)| -line.minor).sum()
        };
        days.map(spent).collect()
    }

    /// The expense that took most, by what lies in the scope: its amount, day and id. Of equal ones the earlier.
    pub fn largest(&self, scope: &Scope, days: &Days) -> Option<(i64, NaiveDate, TransactionId)> {
        let mut parts: BTreeMap<(NaiveDate, TransactionId), i64> = BTreeMap::new();
        for (fact, line) in self.lines(scope) {
            if fact.is_expense && days.contains(&fact.date) {
                *parts.entry((fact.date, fact.id)).or_default() += line.minor;
            }
        }
        let spent = parts.into_iter().filter(|(_, minor)| *minor < 0);
        spent.map(|((date, id), minor)| (minor, date, id)).min()
    }

    /// The last month with entries before some days, and the first one after.
    pub fn nearest(&self, scope: &Scope, days: &Days) -> (Option<Month>, Option<Month>) {
        let dates: Vec<NaiveDate> = self.lines(scope).map(|(fact, _)| fact.date).collect();
        let before = dates.iter().filter(|date| **date < days.start).max();
        let after = dates.iter().filter(|date| **date >= days.end).min();
        (before.copied().map(month_of), after.copied().map(month_of))
    }

    /// What lies in each cell at the end of a day, where that is not nothing.
    pub fn cells(&self, day: NaiveDate) -> BTreeMap<(LocationId, BucketId), i64> {
        let mut cells: BTreeMap<_, i64> = BTreeMap::new();
        for fact in self.0.iter().filter(|fact| fact.date <= day) {
            for line in &fact.lines {
                *cells.entry((line.location, line.bucket)).or_default() += line.minor;
            }
        }
        cells.retain(|_, minor| *minor != 0);
        cells
    }
}
