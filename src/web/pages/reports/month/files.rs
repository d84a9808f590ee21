//! The tables and the picture of a month as files.

use super::categories::sorted;
use super::spending::month_days;
use super::{Sight, chart};
use crate::exchange::{Field, Table};
use crate::ledger::Sign;
use crate::reports::days::{Days, so_far};
use crate::reports::largest::Largest;
use crate::reports::monthly::Monthly;
use crate::reports::sums::Place;
use crate::reports::unusual::magnitude;
use crate::web::pages::reports::words::{kind, span};

/// The spans that are columns.
const COLUMNS: [usize; 3] = [Monthly::NOW, Monthly::BEFORE, Monthly::YEAR_AGO];

/// By category, as on the page: spending is above zero.
pub(super) fn categories(sight: &Sight<'_>) -> String {
    let mut table = Table::new(sight.member.currency);
    let heads: Vec<String> = COLUMNS
        .iter()
        .map(|column| sight.report.range(*column).map_or_else(String::new, span))
        .collect();
    let heads = heads.iter().map(|head| Field::Text(head));
    table.row(
        [Field::Text("kind"), Field::Text("category")]
            .into_iter()
            .chain(heads),
    );
    for sign in [Sign::Positive, Sign::Negative, Sign::Neutral] {
        for one in sorted(sight, sign) {
            table.row([
                Field::Text(kind(sign)),
                Field::Text(one.name),
                Field::Minor(one.total),
                Field::Minor(one.of(Monthly::BEFORE)),
                Field::Minor(one.of(Monthly::YEAR_AGO)),
            ]);
        }
    }
    let flows = &sight.report.flows;
    let mut total = |name, of: &dyn Fn(usize) -> i64| {
        let sums = COLUMNS.iter().map(|column| Field::Minor(of(*column)));
        table.row([Field::Text("total"), Field::Text(name)].into_iter().chain(sums));
    };
    total("All income", &|column| flows.income(column));
    total("All expenses", &|column| {
        magnitude(Sign::Negative, flows.expense(column))
    });
    total("Result", &|column| flows.result(column));
    table.finish()
}

/// By bucket, signed as money comes and goes.
pub(super) fn buckets(sight: &Sight<'_>) -> String {
    let sums = &sight.report.places.buckets;
    let all = sight.book.buckets.iter();
    places(
        sight,
        "bucket",
        all.filter_map(|one| Some((one.name.as_str(), *sums.get(&one.id)?))),
    )
}

/// By location, likewise.
pub(super) fn locations(sight: &Sight<'_>) -> String {
    let sums = &sight.report.places.locations;
    let all = sight.book.locations.iter();
    places(
        sight,
        "location",
        all.filter_map(|one| Some((one.name.as_str(), *sums.get(&one.id)?))),
    )
}

fn places<'a>(sight: &Sight<'_>, noun: &str, all: impl Iterator<Item = (&'a str, Place)>) -> String {
    let holds_money = sight.scope.holds_money();
    let money = |minor| {
        if holds_money {
            Field::Minor(minor)
        } else {
            Field::Empty
        }
    };
    let mut table = Table::new(sight.member.currency);
    table.row([noun, "before", "got", "spent", "moved", "left"].map(Field::Text));
    let total = ("total", sight.report.places.total());
    for (name, sums) in all.chain([total]) {
        table.row([
            Field::Text(name),
            money(sums.before),
            Field::Minor(sums.got),
            Field::Minor(sums.spent),
            Field::Minor(sums.moved),
            money(sums.left()),
        ]);
    }
    table.finish()
}

/// Spending by day; every day of the month has a row.
pub(super) fn days(sight: &Sight<'_>, days: &Days) -> String {
    let mut table = Table::new(sight.member.currency);
    table.row(["date", "spent", "so_far", "month_before_so_far"].map(Field::Text));
    let before = so_far(&days.before);
    let sums = so_far(&days.now);
    for (place, day) in month_days(sight.report.month).enumerate() {
        let at = |line: &[i64]| Field::Minor(line.get(place).or(line.last()).copied().unwrap_or(0));
        let date = day.to_string();
        table.row([Field::Text(&date), at(&days.now), at(&sums), at(&before)]);
    }
    table.finish()
}

/// The picture.
pub(super) fn picture(sight: &Sight<'_>, days: &Days, largest: Option<&Largest>) -> Option<String> {
    chart::picture(sight, days, largest).file()
}
