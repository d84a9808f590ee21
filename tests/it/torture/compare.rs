//! Everything that is stored, against the model: entries, names, and every sum.

use std::collections::BTreeMap;

use budget::ledger::Book;
use budget::ledger::history::Noun;
use budget::period::Month;
use budget::reports::distribution::Distribution;
use budget::reports::month::MonthSums;
use budget::schema::{balances, daily_totals, monthly_balances, monthly_cells, monthly_totals};
use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::run::Run;
use super::state::{Entry, State, Thing};
use super::stored;

/// By month and category: minor units, entries, lines.
type Months = BTreeMap<(NaiveDate, Uuid), (i64, i64, i64)>;
/// By month, category, location and bucket: minor units, lines.
type MonthlyCells = BTreeMap<(NaiveDate, Uuid, Uuid, Uuid), (i64, i64)>;
/// By day and category: minor units, lines.
type Days = BTreeMap<(NaiveDate, Uuid), (i64, i64)>;
/// By month, location and bucket: minor units, lines.
type Places = BTreeMap<(NaiveDate, Uuid, Uuid), (i64, i64)>;

fn sums(state: &State) -> (Months, MonthlyCells) {
    let (mut months, mut cells) = (Months::new(), MonthlyCells::new());
    for entry in state.entries.values() {
        let month = Month::of(entry.date).unwrap().first_day();
        let sum = months.entry((month, entry.category)).or_default();
        sum.1 += 1;
        for line in &entry.lines {
            sum.0 += line.amount;
            sum.2 += 1;
            let cell = (month, entry.category, line.location, line.bucket);
            let cell = cells.entry(cell).or_default();
            cell.0 += line.amount;
            cell.1 += 1;
        }
    }
    (months, cells)
}

impl Run<'_> {
    /// Compares all of it.
    pub fn compare_all(&mut self) {
        self.compare_entries();
        self.compare_things();
        self.compare_sums();
        self.compare_days_and_places();
        self.compare_reports();
        self.app.check();
    }

    fn compare_entries(&mut self) {
        let stored = stored::entries(&mut self.conn, self.owner.household);
        let known = self.model.state.entries.iter().map(|(id, entry)| {
            let key = entry.key.as_ref().map(|_| String::new());
            (*id, Entry { key, ..entry.clone() })
        });
        assert_eq!(stored, known.collect(), "{}", self.place());
    }

    fn compare_things(&mut self) {
        let stored = stored::things(&mut self.conn, self.owner.household);
        let known = self.model.state.things.iter().map(|(id, thing)| {
            let archived = thing.archived.map(|_| 0);
            (
                *id,
                Thing {
                    archived,
                    ..thing.clone()
                },
            )
        });
        assert_eq!(stored, known.collect(), "{}", self.place());
        let book = Book::load(&mut self.conn, self.owner.household).unwrap();
        let order: Vec<Uuid> = book.active_buckets().map(|one| one.id.uuid()).collect();
        assert_eq!(order, self.model.state.active(Noun::Bucket), "{}", self.place());
    }

    fn compare_sums(&mut self) {
        let household = self.owner.household;
        let (months, monthly) = sums(&self.model.state);
        let stored: Vec<(Uuid, Uuid, i64, i64)> = balances::table
            .filter(balances::household_id.eq(household))
            .filter(balances::postings_count.ne(0).or(balances::amount_minor.ne(0)))
            .select((
                balances::location_id,
                balances::bucket_id,
                balances::amount_minor,
                balances::postings_count,
            ))
            .load(&mut self.conn)
            .unwrap();
        let stored: BTreeMap<_, _> = stored
            .into_iter()
            .map(|(location, bucket, amount, lines)| ((location, bucket), (amount, lines)))
            .collect();
        assert_eq!(stored, self.model.state.cells(), "{}", self.place());
        let stored: Vec<(NaiveDate, Uuid, i64, i64, i64)> = monthly_totals::table
            .filter(monthly_totals::household_id.eq(household))
            .filter(
                monthly_totals::postings_count
                    .ne(0)
                    .or(monthly_totals::amount_minor.ne(0)),
            )
            .select((
                monthly_totals::month,
                monthly_totals::category_id,
                monthly_totals::amount_minor,
                monthly_totals::entries_count,
                monthly_totals::postings_count,
            ))
            .load(&mut self.conn)
            .unwrap();
        let stored: Months = stored
            .into_iter()
            .map(|(month, category, amount, entries, lines)| ((month, category), (amount, entries, lines)))
            .collect();
        assert_eq!(stored, months, "{}", self.place());
        let stored: Vec<(NaiveDate, Uuid, Uuid, Uuid, i64, i64)> = monthly_cells::table
            .filter(monthly_cells::household_id.eq(household))
            .filter(
                monthly_cells::postings_count
                    .ne(0)
                    .or(monthly_cells::amount_minor.ne(0)),
            )
            .select((
                monthly_cells::month,
                monthly_cells::category_id,
                monthly_cells::location_id,
                monthly_cells::bucket_id,
                monthly_cells::amount_minor,
                monthly_cells::postings_count,
            ))
            .load(&mut self.conn)
            .unwrap();
        let stored: MonthlyCells = stored
            .into_iter()
            .map(|(month, category, location, bucket, amount, lines)| {
                ((month, category, location, bucket), (amount, lines))
            })
            .collect();
        assert_eq!(stored, monthly, "{}", self.place());
    }

    /// The sums by day, and those of each cell by month.
    fn compare_days_and_places(&mut self) {
        let household = self.owner.household;
        let (mut days, mut places) = (Days::new(), Places::new());
        for entry in self.model.state.entries.values() {
            let month = Month::of(entry.date).unwrap().first_day();
            for line in &entry.lines {
                let day = days.entry((entry.date, entry.category)).or_default();
                day.0 += line.amount;
                day.1 += 1;
                let place = places.entry((month, line.location, line.bucket)).or_default();
                place.0 += line.amount;
                place.1 += 1;
            }
        }
        let stored: Vec<(NaiveDate, Uuid, i64, i64)> = daily_totals::table
            .filter(daily_totals::household_id.eq(household))
            .filter(
                daily_totals::postings_count
                    .ne(0)
                    .or(daily_totals::amount_minor.ne(0)),
            )
            .select((
                daily_totals::date,
                daily_totals::category_id,
                daily_totals::amount_minor,
                daily_totals::postings_count,
            ))
            .load(&mut self.conn)
            .unwrap();
        let stored: Days = stored
            .into_iter()
            .map(|(date, category, amount, lines)| ((date, category), (amount, lines)))
            .collect();
        assert_eq!(stored, days, "{}", self.place());
        let stored: Vec<(NaiveDate, Uuid, Uuid, i64, i64)> = monthly_balances::table
            .filter(monthly_balances::household_id.eq(household))
            .filter(
                monthly_balances::postings_count
                    .ne(0)
                    .or(monthly_balances::amount_minor.ne(0)),
            )
            .select((
                monthly_balances::month,
                monthly_balances::location_id,
                monthly_balances::bucket_id,
                monthly_balances::amount_minor,
                monthly_balances::postings_count,
            ))
            .load(&mut self.conn)
            .unwrap();
        let stored: Places = stored
            .into_iter()
            .map(|(month, location, bucket, amount, lines)| ((month, location, bucket), (amount, lines)))
            .collect();
        assert_eq!(stored, places, "{}", self.place());
    }

    /// What the pages show: the money at the end of a day, and a month.
    fn compare_reports(&mut self) {
        let household = self.owner.household;
        let day = self.some_day();
        let until = State {
            entries: self
                .model
                .state
                .entries
                .iter()
                .filter(|(_, entry)| entry.date <= day)
                .map(|(id, entry)| (*id, entry.clone()))
                .collect(),
            ..State::default()
        };
        let past = Distribution::at_end_of(&mut self.conn, household, day).unwrap();
        let cells = until.cells();
        let total: i64 = cells.values().map(|(amount, _)| amount).sum();
        assert_eq!(past.total(), total, "{}, {day}", self.place());
        for ((location, bucket), (amount, _)) in cells {
            let cell = budget::ledger::Cell {
                location: location.into(),
                bucket: bucket.into(),
            };
            assert_eq!(past.cell(cell), amount, "{}, {day}", self.place());
        }
        let month = Month::of(day).unwrap();
        let shown = MonthSums::load(&mut self.conn, household, month).unwrap();
        let shown: BTreeMap<Uuid, i64> = shown
            .by_category
            .into_iter()
            .map(|(id, amount)| (id.uuid(), amount))
            .collect();
        let (months, _) = sums(&self.model.state);
        let expected = months
            .iter()
            .filter(|((first, _), _)| *first == month.first_day());
        let expected = expected.map(|((_, category), (amount, ..))| (*category, *amount));
        assert_eq!(shown, expected.collect(), "{}, {month:?}", self.place());
    }
}
