//! [`Flows`]: what came in and went out by category, in several spans of days at once. They are the columns of a report.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use diesel::sql_types::{Array, Date, Integer, Uuid as SqlUuid};

use super::scope::Scope;
use crate::ids::{CategoryId, HouseholdId};
use crate::ledger::{Book, Sign};
use crate::period::{DateRange, Month};
use crate::statement::Statement;

/// Sums by category, each with one number for every span; in minor units, signed as postings are: money in above zero, out below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flows {
    spans: usize,
    lines: BTreeMap<CategoryId, Line>,
}

/// One category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it counts as.
    pub sign: Sign,
    /// What its entries add up to in each span; nothing where there are none.
    minor: Vec<Option<i64>>,
    /// How many entries it has in each span, where that is known.
    entries: Vec<i64>,
}

impl Line {
    /// What its entries add up to in a span.
    #[must_use]
    pub fn minor(&self, span: usize) -> i64 {
        self.minor.get(span).copied().flatten().unwrap_or(0)
    }

    /// Whether it has entries in a span, also some that add up to nothing.
    #[must_use]
    pub fn has_entries(&self, span: usize) -> bool {
        self.minor.get(span).copied().flatten().is_some()
    }

    /// How many entries it has in a span of whole months; 0 under a filter, which does not know.
    #[must_use]
    pub fn entries(&self, span: usize) -> i64 {
        self.entries.get(span).copied().unwrap_or(0)
    }

    /// What it adds up to in these spans.
    #[must_use]
    pub fn over(&self, spans: std::ops::Range<usize>) -> i64 {
        spans.fold(0, |sum: i64, span| sum.saturating_add(self.minor(span)))
    }
}

impl Flows {
    /// No entries in any of so many spans.
    #[must_use]
    pub fn new(spans: usize) -> Self {
        Self {
            spans,
            lines: BTreeMap::new(),
        }
    }

    /// Adds to one number. What is not in the book is left out: it came after the book was read, which one snapshot excludes.
    pub(super) fn add(&mut self, book: &Book, category: CategoryId, span: usize, minor: i64, entries: i64) {
        let Some(sign) = book.category(category).map(|category| category.sign) else {
            return;
        };
        let spans = self.spans;
        let line = self.lines.entry(category).or_insert_with(|| Line {
            sign,
            minor: vec![None; spans],
            entries: vec![0; spans],
        });
        if let (Some(sum), Some(count)) = (line.minor.get_mut(span), line.entries.get_mut(span)) {
            *sum = Some(sum.unwrap_or(0).saturating_add(minor));
            *count = count.saturating_add(entries);
        }
    }

    /// How many spans there are.
    #[must_use]
    pub fn spans(&self) -> usize {
        self.spans
    }

    /// All categories that have entries in any of the spans.
    pub fn lines(&self) -> impl Iterator<Item = (CategoryId, &Line)> {
        self.lines.iter().map(|(id, line)| (*id, line))
    }

    /// One category.
    #[must_use]
    pub fn line(&self, category: CategoryId) -> Option<&Line> {
        self.lines.get(&category)
    }

    /// Whether a span has no entries.
    #[must_use]
    pub fn is_empty(&self, span: usize) -> bool {
        !self.lines.values().any(|line| line.has_entries(span))
    }

    /// What all categories of a sign add up to in a span.
    #[must_use]
    pub fn of_sign(&self, sign: Sign, span: usize) -> i64 {
        self.lines
            .values()
            .filter(|line| line.sign == sign)
            .fold(0, |sum: i64, line| sum.saturating_add(line.minor(span)))
    }

    /// Income in a span, refunds taken off.
    #[must_use]
    pub fn income(&self, span: usize) -> i64 {
        self.of_sign(Sign::Positive, span)
    }

    /// Expenses in a span, refunds taken off: below zero where money was spent.
    #[must_use]
    pub fn expense(&self, span: usize) -> i64 {
        self.of_sign(Sign::Negative, span)
    }

    /// What transfers, loans and adjustments add up to in a span.
    #[must_use]
    pub fn beside(&self, span: usize) -> i64 {
        self.of_sign(Sign::Neutral, span)
    }

    /// Income and expense together: profit above zero, loss below.
    #[must_use]
    pub fn result(&self, span: usize) -> i64 {
        self.income(span).saturating_add(self.expense(span))
    }

    /// What a span added to the money.
    #[must_use]
    pub fn change(&self, span: usize) -> i64 {
        self.result(span).saturating_add(self.beside(span))
    }

    /// The same with some spans added up: each range becomes one.
    #[must_use]
    pub fn gather(&self, ranges: &[std::ops::Range<usize>]) -> Self {
        let lines = self.lines.iter().map(|(id, line)| {
            let sums = ranges.iter().map(|range| {
                let mut known = range
                    .clone()
                    .filter_map(|span| line.minor.get(span).copied().flatten());
                let first = known.next()?;
                Some(known.fold(first, i64::saturating_add))
            });
            let entries = ranges.iter().map(|range| {
                range
                    .clone()
                    .fold(0, |sum: i64, span| sum.saturating_add(line.entries(span)))
            });
            let gathered = Line {
                sign: line.sign,
                minor: sums.collect(),
                entries: entries.collect(),
            };
            (*id, gathered)
        });
        Self {
            spans: ranges.len(),
            lines: lines.collect(),
        }
    }
}

/// Spans as a statement takes them: whole months, which the sums by month answer for, and the days of a month that is cut through.
#[derive(Debug, Clone, Default)]
pub(super) struct Spans {
    months: Side,
    days: Side,
}

#[derive(Debug, Clone, Default)]
struct Side {
    places: Vec<i32>,
    from: Vec<NaiveDate>,
    until: Vec<NaiveDate>,
}

impl Side {
    fn push(&mut self, place: i32, range: DateRange) {
        self.places.push(place);
        self.from.push(range.from);
        self.until.push(range.until);
    }
}

impl Spans {
    /// Each range is a span; a range has to begin with a month.
    pub(super) fn of(ranges: &[DateRange]) -> Self {
        let mut spans = Self::default();
        for (place, range) in (0..).zip(ranges) {
            let cut = range.until.with_day(1).unwrap_or(range.until);
            if let Ok(months) = DateRange::new(range.from, cut) {
                spans.months.push(place, months);
            }
            let rest = cut.max(range.from);
            if let Ok(days) = DateRange::new(rest, range.until) {
                spans.days.push(place, days);
            }
        }
        spans
    }

    /// Gives a statement its first ten parameters: household, spans of months, spans of days, and the scope.
    pub(super) fn bind(self, statement: Statement, household: HouseholdId, scope: &Scope) -> Statement {
        let statement = statement
            .bind::<SqlUuid, _>(household)
            .bind::<Array<Integer>, _>(self.months.places)
            .bind::<Array<Date>, _>(self.months.from)
            .bind::<Array<Date>, _>(self.months.until)
            .bind::<Array<Integer>, _>(self.days.places)
            .bind::<Array<Date>, _>(self.days.from)
            .bind::<Array<Date>, _>(self.days.until);
        bind_scope(statement, scope)
    }
}

/// Gives a statement the scope as its next three parameters.
pub(super) fn bind_scope(statement: Statement, scope: &Scope) -> Statement {
    let categories: Vec<_> = scope.categories.iter().map(|id| id.uuid()).collect();
    let locations: Vec<_> = scope.locations.iter().map(|id| id.uuid()).collect();
    let buckets: Vec<_> = scope.buckets.iter().map(|id| id.uuid()).collect();
    statement
        .bind::<Array<SqlUuid>, _>(categories)
        .bind::<Array<SqlUuid>, _>(locations)
        .bind::<Array<SqlUuid>, _>(buckets)
}

/// The same days of another month, up to the one of `day`: to compare a month that is not over.
pub(super) fn up_to_same_day(month: Month, day: NaiveDate) -> DateRange {
    let days = u64::from(day.day());
    let until = month
        .first_day()
        .checked_add_days(chrono::Days::new(days))
        .unwrap_or(month.range().until)
        .min(month.range().until);
    DateRange {
        from: month.first_day(),
        until,
    }
}

/// Sums by category of each span, with the parameters of [`Spans::bind`] as `$1` to `$10`, and the ledger's first month. The columns are
/// those of [`super::sums::Row`].
macro_rules! flows_sql {
    ($months:literal, $days:literal, $entries:literal, $days_there:literal, $filter:literal) => {
        concat!(
            "WITH given AS (SELECT ?::uuid, ?::int[], ?::date[], ?::date[], ?::int[], ?::date[], ?::date[], ?::uuid[], ?::uuid[], ?::uuid[])
             SELECT 'category' AS part, s.place, t.category_id, NULL::uuid AS location_id, NULL::uuid AS bucket_id, NULL::text AS sign,
                    NULL::date AS month, sum(t.amount_minor)::bigint AS minor, ",
            $entries,
            " AS entries
               FROM unnest($2::int[], $3::date[], $4::date[]) s (place, since, until)
               JOIN ",
            $months,
            " t ON t.household_id = $1 AND t.month >= s.since AND t.month < s.until AND t.postings_count > 0",
            $filter,
            "
              GROUP BY 2, 3
             UNION ALL
             SELECT 'category', s.place, t.category_id, NULL, NULL, NULL, NULL, sum(t.amount_minor)::bigint, 0
               FROM unnest($5::int[], $6::date[], $7::date[]) s (place, since, until)
               JOIN ",
            $days,
            " t ON t.household_id = $1 AND t.date >= s.since AND t.date < s.until",
            $days_there,
            $filter,
            "
              GROUP BY 2, 3
             UNION ALL
             SELECT 'first', 0, NULL, NULL, NULL, NULL, (SELECT min(month) FROM monthly_totals WHERE household_id = $1 AND postings_count > 0), 0, 0"
        )
    };
}
pub(super) use flows_sql;

/// A statement over everything: it reads the narrow sums.
macro_rules! whole {
    ($sql:ident) => {
        $sql!(
            "monthly_totals",
            "daily_totals",
            "sum(t.entries_count)::bigint",
            " AND t.postings_count > 0",
            ""
        )
    };
}
pub(super) use whole;

/// The same statement within a scope, whose parameters stand at `$8` to `$10`: it reads the cells of months and the postings of days.
macro_rules! scoped {
    ($sql:ident) => {
        $sql!(
            "monthly_cells",
            "postings",
            "0::bigint",
            "",
            " AND (cardinality($8) = 0 OR t.category_id = ANY ($8)) AND (cardinality($9) = 0 OR t.location_id = ANY ($9)) AND (cardinality($10) = 0 OR t.bucket_id = ANY ($10))"
        )
    };
}
pub(super) use scoped;
