//! Each report of the ledger against the naive one, number for number.

use std::collections::BTreeMap;

use budget::ids::{BucketId, CategoryId, HouseholdId};
use budget::ledger::{Book, Cell};
use budget::period::{DateRange, Month, Year, last_day};
use budget::reports::days::Days;
use budget::reports::distribution::{Distribution, Stand};
use budget::reports::flows::Flows;
use budget::reports::historical::Historical;
use budget::reports::largest;
use budget::reports::monthly::Monthly;
use budget::reports::nearest::Nearest;
use budget::reports::scope::Scope;
use budget::reports::sums::Place;
use budget::reports::trend::{Part, PartTrend, Trend};
use budget::reports::yearly::Yearly;
use chrono::{Datelike, NaiveDate};
use diesel::PgConnection;

use super::naive::{self, Naive, Sums};

/// One question, and where it stands, for a message.
pub struct Question<'a> {
    pub household: HouseholdId,
    pub book: &'a Book,
    pub naive: &'a Naive,
    pub scope: &'a Scope,
    pub today: NaiveDate,
    pub place: String,
}

/// What a report says.
fn said(flows: &Flows) -> Sums {
    let spans = 0..flows.spans();
    let each = |number: &dyn Fn(usize) -> i64| -> Vec<i64> { spans.clone().map(number).collect() };
    let line = |(id, line): (CategoryId, &budget::reports::flows::Line)| {
        let number = |span| line.has_entries(span).then(|| line.minor(span));
        (id, (line.sign, spans.clone().map(number).collect()))
    };
    Sums {
        categories: flows.lines().map(line).collect(),
        income: each(&|span| flows.income(span)),
        expense: each(&|span| flows.expense(span)),
        beside: each(&|span| flows.beside(span)),
        result: each(&|span| flows.result(span)),
        change: each(&|span| flows.change(span)),
        empty: spans.clone().map(|span| flows.is_empty(span)).collect(),
    }
}

fn told(place: Place) -> naive::Place {
    [place.before, place.got, place.spent, place.moved, place.left()]
}

fn number_of(month: Month) -> naive::Month {
    naive::month_of(month.first_day())
}

/// How many entries a span has by category.
fn entries(flows: &Flows, span: usize) -> BTreeMap<CategoryId, i64> {
    let lines = flows.lines().map(|(id, line)| (id, line.entries(span)));
    lines.filter(|(_, entries)| *entries != 0).collect()
}

impl Question<'_> {
    pub fn monthly(&self, conn: &mut PgConnection, month: Month) {
        let place = format!("{}, {month}", self.place);
        let report = Monthly::load(conn, self.household, self.book, self.scope, month, self.today).unwrap();
        let number = number_of(month);
        let spans = naive::spans_of_month(number, self.today);
        assert_eq!(
            said(&report.flows),
            self.naive.sums(self.scope, &spans),
            "{place}"
        );
        for (span, days) in spans.iter().enumerate().filter(|(_, days)| days.end.day() == 1) {
            let known = if self.scope.is_everything() {
                self.naive.entries(days)
            } else {
                BTreeMap::new()
            };
            assert_eq!(entries(&report.flows, span), known, "{place}, span {span}");
        }
        let (locations, buckets) = self.naive.places(self.scope, number);
        let found = report.places.locations.iter().map(|(id, one)| (*id, told(*one)));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), locations, "{place}");
        let found = report.places.buckets.iter().map(|(id, one)| (*id, told(*one)));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), buckets, "{place}");
        let all = locations.values().fold([0; 5], |mut sum: naive::Place, one| {
            sum.iter_mut().zip(one).for_each(|(sum, part)| *sum += part);
            sum
        });
        assert_eq!(told(report.places.total()), all, "{place}");
        let so_far = (naive::month_of(self.today) == number).then_some(self.today);
        assert_eq!(
            (
                report.so_far,
                report.usual_months,
                report.is_empty(),
                report.month
            ),
            (
                so_far,
                self.naive.months_before(number),
                self.naive.sums(self.scope, &spans[..1]).empty[0],
                month
            ),
            "{place}"
        );
    }

    pub fn yearly(&self, conn: &mut PgConnection, year: Year) {
        let place = format!("{}, {year}", self.place);
        let report = Yearly::load(conn, self.household, self.book, self.scope, year, self.today).unwrap();
        let number = year.number();
        let spans = naive::spans_of_year(number, self.today);
        assert_eq!(
            said(&report.flows),
            self.naive.sums(self.scope, &spans),
            "{place}"
        );
        let january = naive::first_day(number * 12);
        let whole = [january..naive::first_day(number * 12 + 12), spans[12].clone()];
        assert_eq!(
            said(&report.whole),
            self.naive.sums(self.scope, &whole),
            "{place}"
        );
        if self.scope.is_everything() {
            let known = self.naive.entries(&whole[0]);
            assert_eq!(entries(&report.whole, Yearly::WHOLE), known, "{place}");
        }
        let ends = (1..=12).map(|month| {
            self.naive
                .money_before(self.scope, naive::first_day(number * 12 + month))
        });
        assert_eq!(report.month_ends(), ends.collect(), "{place}");
        assert_eq!(
            (
                report.money_before,
                report.so_far,
                report.usual_months,
                report.is_empty()
            ),
            (
                self.naive.money_before(self.scope, january),
                (self.today.year() == number).then_some(self.today),
                self.naive.months_begun(number, self.today),
                self.naive.sums(self.scope, &whole).empty[0],
            ),
            "{place}"
        );
    }

    pub fn historical(&self, conn: &mut PgConnection) {
        let place = &self.place;
        let report = Historical::load(conn, self.household, self.book, self.scope, self.today).unwrap();
        let years = self.naive.years(self.scope);
        let found: Vec<i32> = report.years.iter().map(|year| year.number()).collect();
        assert_eq!(found, years, "{place}");
        let whole = |year: &i32| naive::first_day(year * 12)..naive::first_day(year * 12 + 12);
        let spans: Vec<_> = years.iter().map(whole).collect();
        assert_eq!(
            said(&report.flows),
            self.naive.sums(self.scope, &spans),
            "{place}"
        );
        let this_month = naive::month(naive::month_of(self.today)).start;
        let over = |days: &naive::Days| days.start..days.end.min(this_month);
        let finished: Vec<_> = spans.iter().map(over).collect();
        assert_eq!(
            said(&report.finished),
            self.naive.sums(self.scope, &finished),
            "{place}"
        );
        let months = years.iter().map(|year| self.naive.months_over(*year, self.today));
        assert_eq!(report.months, months.collect::<Vec<_>>(), "{place}");
        assert_eq!(
            report.over_all(|year| report.flows.change(year)),
            self.naive.sums(self.scope, &spans).change.iter().sum::<i64>(),
            "{place}"
        );
        assert_eq!(
            report.money.is_some(),
            self.scope.categories.is_empty(),
            "{place}"
        );
        let Some(money) = report.money else {
            return;
        };
        let (quarters, locations, buckets) = self.naive.quarters(self.scope);
        let shown = money
            .quarters
            .iter()
            .map(|one| (one.begins_a_year(), one.to_string()));
        let known = quarters
            .iter()
            .map(|(year, part)| (*part == 0, format!("{year} Q{}", part + 1)));
        assert_eq!(shown.collect::<Vec<_>>(), known.collect::<Vec<_>>(), "{place}");
        assert_eq!(money.locations, locations, "{place}");
        assert_eq!(money.buckets, buckets, "{place}");
        let all = |place: usize| buckets.values().map(|line| line[place]).sum();
        let all: Vec<i64> = (0..quarters.len()).map(all).collect();
        assert_eq!(money.total(), all, "{place}");
        for year in &report.years {
            let end = money.end_of(*year).map(|quarter| money.total()[quarter]);
            let known = self
                .naive
                .money_before(self.scope, naive::first_day(year.number() * 12 + 12));
            assert_eq!(end, known, "{place}, {year}");
        }
    }

    pub fn days(&self, conn: &mut PgConnection, month: Month) {
        let found = Days::load(conn, self.household, self.scope, month).unwrap();
        let number = number_of(month);
        assert_eq!(
            (found.now, found.before),
            (
                self.naive.days(self.scope, number),
                self.naive.days(self.scope, number - 1)
            ),
            "{}, {month}",
            self.place
        );
    }

    /// In whole months, and in days that cut some.
    pub fn largest(&self, conn: &mut PgConnection, range: DateRange) {
        let place = format!("{}, {range:?}", self.place);
        let found = largest::load(conn, self.household, self.scope, range).unwrap();
        let known = self.naive.largest(self.scope, &(range.from..range.until));
        assert_eq!(
            found.as_ref().map(|found| (found.minor, found.date, found.id)),
            known,
            "{place}"
        );
        if let Some(found) = found {
            let fact = self.naive.0.iter().find(|fact| fact.id == found.id).unwrap();
            assert_eq!(
                (found.description.as_str(), found.category_id),
                (fact.description.as_str(), fact.category),
                "{place}"
            );
        }
    }

    pub fn nearest(&self, conn: &mut PgConnection, range: DateRange) {
        let found = Nearest::load(conn, self.household, self.scope, range).unwrap();
        assert_eq!(
            (found.before.map(number_of), found.after.map(number_of)),
            self.naive.nearest(self.scope, &(range.from..range.until)),
            "{}, {range:?}",
            self.place
        );
    }

    pub fn distribution(&self, conn: &mut PgConnection, day: NaiveDate) {
        let found = Distribution::at_end_of(conn, self.household, day).unwrap();
        let cells = found
            .cells()
            .map(|(cell, minor)| ((cell.location, cell.bucket), minor));
        assert_eq!(
            cells.collect::<BTreeMap<_, _>>(),
            self.naive.cells(day),
            "{}, {day}",
            self.place
        );
    }

    /// What the month of a day had brought to each bucket until then.
    pub fn stand(&self, conn: &mut PgConnection, day: NaiveDate) {
        let found = Stand::at_end_of(conn, self.household, day).unwrap();
        let first = naive::month(naive::month_of(day)).start;
        let mut known: BTreeMap<BucketId, i64> = BTreeMap::new();
        for ((_, bucket), minor) in self.naive.cells(day) {
            *known.entry(bucket).or_default() += minor;
        }
        for ((_, bucket), minor) in first
            .pred_opt()
            .map(|day| self.naive.cells(day))
            .unwrap_or_default()
        {
            *known.entry(bucket).or_default() -= minor;
        }
        known.retain(|_, minor| *minor != 0);
        assert_eq!(found.month, known, "{}, {day}", self.place);
        self.trend(conn, day, &found);
    }

    /// The months up to a day, and up to now.
    fn trend(&self, conn: &mut PgConnection, day: NaiveDate, stand: &Stand) {
        let place = format!("{}, {day}", self.place);
        let all = |day: NaiveDate| self.naive.cells(day).values().sum::<i64>();
        let ends = |last: NaiveDate, moment: NaiveDate| -> Vec<(naive::Month, i64)> {
            let months = (naive::month_of(last) - 11).max(naive::LEDGER.start)..naive::month_of(last);
            let earlier = months.map(|month| (month, all(naive::month(month).end.pred_opt().unwrap())));
            earlier.chain([(naive::month_of(last), all(moment))]).collect()
        };
        let counted = |from: NaiveDate, to: NaiveDate| {
            let days = self.naive.0.iter().map(|fact| fact.date);
            i64::try_from(days.filter(|date| *date > from && *date <= to).count()).unwrap()
        };
        let said = |trend: &Trend| -> Vec<(naive::Month, i64)> {
            let ends = trend.month_ends.iter();
            ends.map(|(month, minor)| (number_of(*month), *minor)).collect()
        };
        let before = |day: NaiveDate| {
            let first = naive::month(naive::month_of(day)).start;
            first.pred_opt().map_or(0, all)
        };
        let last = last_day();
        let past = Trend::at_end_of(conn, self.household, day, self.today, 12, stand).unwrap();
        assert_eq!(said(&past), ends(day, day), "{place}");
        assert_eq!(past.added, all(day) - before(day), "{place}");
        assert_eq!(past.ahead, counted(self.today, day), "{place}");
        assert_eq!(past.is_begun, counted(NaiveDate::MIN, day) > 0, "{place}");
        let now = Trend::now(conn, self.household, self.today, 12, all(last)).unwrap();
        assert_eq!(said(&now), ends(self.today, last), "{place}");
        assert_eq!(now.added, all(last) - before(self.today), "{place}");
        assert_eq!(now.ahead, counted(self.today, last), "{place}");
        self.parts(conn);
    }

    /// The months of a location and of a bucket.
    fn parts(&self, conn: &mut PgConnection) {
        let all = Distribution::now(conn, self.household).unwrap();
        let locations = self.book.locations.iter().map(|one| Part::Location(one.id));
        let buckets = self.book.buckets.iter().map(|one| Part::Bucket(one.id));
        for part in locations.take(2).chain(buckets.take(2)) {
            let (holds, scope): (&dyn Fn(Cell) -> bool, Scope) = match part {
                Part::Location(id) => (
                    &move |cell| cell.location == id,
                    Scope {
                        locations: vec![id],
                        ..Scope::default()
                    },
                ),
                Part::Bucket(id) => (
                    &move |cell| cell.bucket == id,
                    Scope {
                        buckets: vec![id],
                        ..Scope::default()
                    },
                ),
            };
            let found = PartTrend::load(conn, self.household, part, self.today, 12).unwrap();
            let known: Vec<(Cell, i64)> = all.cells().filter(|(cell, _)| holds(*cell)).collect();
            assert_eq!(
                found.money.cells().collect::<Vec<_>>(),
                known,
                "{}, {part:?}",
                self.place
            );
            for (month, minor) in found.month_ends {
                let until = naive::month(number_of(month)).end;
                let known = self.naive.money_before(&scope, until);
                assert_eq!(Some(minor), known, "{}, {part:?}, {month}", self.place);
            }
        }
    }

    /// Every report around a day.
    pub fn all(&self, conn: &mut PgConnection, day: NaiveDate) {
        let (month, year) = (Month::of(day).unwrap(), Year::of(day).unwrap());
        self.monthly(conn, month);
        self.yearly(conn, year);
        self.historical(conn);
        self.days(conn, month);
        for range in [month.range(), year.range()] {
            self.largest(conn, range);
            self.nearest(conn, range);
        }
        if let Ok(cut) = DateRange::new(month.first_day(), day) {
            self.largest(conn, cut);
        }
        self.distribution(conn, day);
        self.stand(conn, day);
    }
}
