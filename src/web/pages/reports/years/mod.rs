//! The history by years.

mod average;
mod chart;
mod files;
mod findings;
mod money;
mod stacks;
mod table;

use askama::Template;
use chrono::Datelike;

use self::average::Average;
use self::money::Ends;
use self::stacks::Shown;
use self::table::Table;
use super::finding::Finding;
use super::head::{Empty, Filter, Head, Way};
use super::links::{Link, RESULT};
use super::number::{Figure, Number, Pen};
use super::which::Around;
use super::words;
use crate::db::Connection;
use crate::ledger::Kind;
use crate::period::Year;
use crate::reports::historical::Historical;
use crate::web::error::Error;

/// The address of the history.
pub(super) const PATH: &str = "/reports/years";

/// Years whose sums are shown with all decimals side by side.
const EXACT_YEARS_MAX: usize = 6;

/// What the parts of the page look at: the years, and what every report is made from.
struct Sight<'a> {
    around: &'a Around<'a>,
    report: &'a Historical,
}

impl<'a> std::ops::Deref for Sight<'a> {
    type Target = Around<'a>;

    fn deref(&self) -> &Around<'a> {
        self.around
    }
}

impl Sight<'_> {
    fn pen(&self) -> Pen<'_> {
        Pen::exact(self.member)
    }

    /// How the numbers of years are written: where there are many, in whole units, unless cents are asked for.
    fn cells(&self) -> Pen<'_> {
        Pen {
            member: self.member,
            whole: self.has_many_years() && !self.asked.cents,
        }
    }

    /// Whether so many years stand side by side that their cents would not fit.
    fn has_many_years(&self) -> bool {
        self.has_decimals() && self.report.years.len() > EXACT_YEARS_MAX
    }

    fn link(&self) -> Link {
        Link::within(&self.scope)
    }

    /// Whether a year is not over.
    fn is_unfinished(&self, year: Year) -> bool {
        year.range().until > self.today
    }

    /// `2025`, or `2026, not over`: entries of days to come are counted in it.
    fn label(&self, year: Year) -> String {
        if self.is_unfinished(year) {
            format!("{year}, not over")
        } else {
            year.to_string()
        }
    }

    /// The years that are over and in which the ledger was kept from the first month on: those that say what a full year is like.
    fn full_years(&self) -> impl Iterator<Item = usize> {
        (0..self.report.years.len()).filter(|place| self.report.months.get(*place) == Some(&12))
    }
}

#[derive(Template)]
#[template(path = "reports/years.html")]
struct Content {
    head: Head,
    empty: Option<Empty>,
    report: Option<Report>,
}

/// The history as the page shows it; all numbers are text already.
struct Report {
    currency: String,
    first: String,
    figures: Vec<Figure>,
    chart: String,
    /// Money by bucket and by location over time.
    stacks: Vec<Shown>,
    findings: Vec<Finding>,
    years: Vec<Way>,
    table: Table,
    average: Option<Average>,
    ends: Option<Ends>,
    /// The way to show cents or to hide them, where there are too many years to show them at once.
    cents: Option<Way>,
    /// Whether the numbers of years are whole units.
    is_rounded: bool,
    money_csv: String,
    quarters_csv: String,
    average_csv: String,
}

/// What stands in the frame of the page.
///
/// # Errors
/// When the database fails.
pub(super) fn content(conn: &mut Connection, around: &Around<'_>) -> Result<String, Error> {
    let household = around.member.household;
    let report = Historical::load(conn, household, around.book, &around.scope, around.today)?;
    let sight = Sight {
        around,
        report: &report,
    };
    let is_empty = report.years.is_empty();
    let head = Head {
        title: "All years".to_owned(),
        note: note(&sight),
        neighbours: "Years",
        previous: None,
        current: None,
        next: None,
        csv: (!is_empty).then(|| around.asked.href("/reports/years/categories.csv")),
        filter: Filter::of(around, PATH),
        remarks: around.remarks.clone(),
    };
    let content = Content {
        head,
        empty: is_empty.then(|| words::empty(around, "any year", PATH, Vec::new(), "years")),
        report: (!is_empty).then(|| Report::of(&sight)),
    };
    Ok(content.render()?)
}

/// A file of the history, by its name.
///
/// # Errors
/// [`Error::NotFound`] for a file that there is not; else when the database fails.
pub(super) fn file(conn: &mut Connection, around: &Around<'_>, name: &str) -> Result<String, Error> {
    let household = around.member.household;
    let report = Historical::load(conn, household, around.book, &around.scope, around.today)?;
    let sight = Sight {
        around,
        report: &report,
    };
    let file = match name {
        "categories.csv" => Some(files::categories(&sight)),
        "money.csv" => files::money(&sight),
        "quarters.csv" => files::quarters(&sight),
        "average.csv" => files::average(&sight),
        picture => files::picture(&sight, picture),
    };
    file.ok_or(Error::NotFound)
}

fn note(sight: &Sight<'_>) -> String {
    let currency = sight.member.currency.code();
    match (sight.report.years.first(), sight.report.years.last()) {
        (Some(first), Some(last)) if first != last => {
            format!("{first} to {last}, all amounts in {currency}")
        }
        (Some(only), _) => format!("{only}, all amounts in {currency}"),
        _ => format!("All amounts in {currency}"),
    }
}

impl Report {
    fn of(sight: &Sight<'_>) -> Self {
        let (report, asked) = (sight.report, &sight.asked);
        let years = report.years.iter().map(|year| Way {
            label: sight.label(*year),
            href: asked.href(&super::year::path(*year)),
        });
        Self {
            currency: sight.member.currency.code().to_owned(),
            first: report.years.first().map_or_else(String::new, ToString::to_string),
            figures: figures(sight),
            chart: chart::picture(sight).figure(&asked.href("/reports/years/result.svg")),
            stacks: stacks::stacks(sight),
            findings: findings::findings(sight),
            years: years.collect(),
            table: Table::of(sight),
            average: Average::of(sight),
            ends: Ends::of(sight),
            cents: sight.has_many_years().then(|| Way {
                label: sight.switch_label().to_owned(),
                href: asked.with_cents(!asked.cents).href(PATH),
            }),
            is_rounded: sight.cells().whole,
            money_csv: asked.href("/reports/years/money.csv"),
            quarters_csv: asked.href("/reports/years/quarters.csv"),
            average_csv: asked.href("/reports/years/average.csv"),
        }
    }
}

fn figures(sight: &Sight<'_>) -> Vec<Figure> {
    let report = sight.report;
    let flows = &report.flows;
    let pen = sight.pen();
    let (income, expense, result) = (
        report.over_all(|year| flows.income(year)),
        report.over_all(|year| flows.expense(year)),
        report.over_all(|year| flows.result(year)),
    );
    let number = report.years.len();
    let years = if number == 1 { "year" } else { "years" };
    let is_open = report.years.last().is_some_and(|year| sight.is_unfinished(*year));
    let figure = |label, number: Number, kinds: &[Kind], note| Figure {
        label,
        number: number.to(sight.link().kinds(kinds).href()),
        note,
    };
    let full: Vec<usize> = sight.full_years().collect();
    let spent = full
        .iter()
        .fold(0, |sum: i64, year| sum.saturating_sub(flows.expense(*year)));
    let gains = (0..number).filter(|year| flows.result(*year) > 0).count();
    vec![
        figure(
            "Income",
            pen.figure(income, true),
            &[Kind::Income],
            format!(
                "in {number} {years}{}",
                if is_open { ", the last one not over" } else { "" }
            ),
        ),
        figure(
            "Expenses",
            pen.figure(expense, false),
            &[Kind::Expense],
            match i64::from(report.full_years) {
                count @ 1.. => format!("{} in a full year", pen.amount(average::divide(spent, count))),
                _ => "no year is full yet".to_owned(),
            },
        ),
        figure(
            "Result",
            pen.figure(result, true),
            &RESULT,
            format!("{gains} of {number} {years} above zero"),
        ),
        Figure {
            label: "Kept of income",
            number: pen.kept(result, income),
            note: best(sight).unwrap_or_default(),
        },
    ]
}

/// `best year 2024, 26.3%`
fn best(sight: &Sight<'_>) -> Option<String> {
    let flows = &sight.report.flows;
    let with_income = sight
        .report
        .years
        .iter()
        .enumerate()
        .filter(|(place, year)| flows.income(*place) > 0 && !sight.is_unfinished(**year));
    // As fractions, compared without dividing.
    let (place, year) = with_income.max_by(|(one, _), (other, _)| {
        let side = |a: usize, b: usize| i128::from(flows.result(a)) * i128::from(flows.income(b));
        side(*one, *other).cmp(&side(*other, *one))
    })?;
    let kept = sight.pen().kept(flows.result(place), flows.income(place));
    (sight.report.years.len() > 1).then(|| format!("best year {}, {}", year.first_day().year(), kept.text))
}
