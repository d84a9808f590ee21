//! The report of a year by months.

mod chart;
mod files;
mod findings;
mod table;

use askama::Template;

use self::table::{Table, sorted};
use super::figures::figures;
use super::finding::Finding;
use super::head::{Empty, Filter, Head, Way};
use super::links::Link;
use super::number::{Figure, Pen, Than};
use super::rank::Ranking;
use super::which::Around;
use super::words;
use crate::db::Connection;
use crate::ledger::{Kind, Sign};
use crate::period::{Month, Year};
use crate::reports::largest;
use crate::reports::nearest::Nearest;
use crate::reports::yearly::Yearly;
use crate::web::error::Error;

/// Months of a year.
const MONTHS: usize = 12;

/// What the parts of the page look at: the year, and what every report is made from.
struct Sight<'a> {
    around: &'a Around<'a>,
    report: &'a Yearly,
}

impl<'a> std::ops::Deref for Sight<'a> {
    type Target = Around<'a>;

    fn deref(&self) -> &Around<'a> {
        self.around
    }
}

impl Sight<'_> {
    /// How the numbers of months are written.
    fn pen(&self) -> Pen<'_> {
        Pen {
            member: self.member,
            whole: self.is_rounded(),
        }
    }

    fn is_rounded(&self) -> bool {
        self.has_decimals() && !self.asked.cents
    }

    fn months(&self) -> impl Iterator<Item = Month> {
        self.report.year.months()
    }

    /// How many months there is something to say about: up to this one, or to the last one with entries ahead.
    fn known_months(&self) -> usize {
        let begun = self
            .months()
            .take_while(|month| month.first_day() <= self.today)
            .count();
        let with_entries = (0..MONTHS)
            .rev()
            .find(|month| !self.report.flows.is_empty(*month));
        begun.max(with_entries.map_or(0, |last| last + 1))
    }

    fn than(&self) -> Than {
        let is_known = !self.report.whole.is_empty(Yearly::PAST);
        let past = self.report.year.previous();
        match (self.report.past_until(), past) {
            (Some(day), _) => {
                let by = format!("by {}", self.member.dates(self.today).day(day));
                Than {
                    name: by.clone(),
                    when: by,
                    is_known,
                }
            }
            (None, past) => {
                // A year in which the ledger began midway is no whole one to compare with.
                let name = match (past, self.report.past_months) {
                    (None, _) => String::new(),
                    (Some(past), 1) => format!("the one month of {past}"),
                    (Some(past), months @ 2..12) => format!("the {months} months of {past}"),
                    (Some(past), _) => past.to_string(),
                };
                Than {
                    when: format!("in {name}"),
                    name,
                    is_known,
                }
            }
        }
    }
}

/// The address of a year's report.
pub(super) fn path(year: Year) -> String {
    format!("/reports/year/{year}")
}

#[derive(Template)]
#[template(path = "reports/year.html")]
struct Content {
    head: Head,
    empty: Option<Empty>,
    report: Option<Report>,
}

/// The year as the page shows it; all numbers are text already.
struct Report {
    currency: String,
    year: String,
    figures: Vec<Figure>,
    chart: String,
    expenses: Ranking,
    income: Ranking,
    findings: Vec<Finding>,
    /// `What changed against 2024`
    findings_title: String,
    beside: Option<String>,
    months: Vec<Way>,
    /// The head of the last column: `vs 2024`.
    versus: String,
    table: Table,
    /// Whether the numbers of months are whole units.
    is_rounded: bool,
    /// The way to all decimals or back; nothing where the currency has none.
    switch: Option<Way>,
}

/// What stands in the frame of the page.
///
/// # Errors
/// When the database fails.
pub(super) fn content(conn: &mut Connection, around: &Around<'_>, year: Year) -> Result<String, Error> {
    let Around { member, scope, .. } = around;
    let report = Yearly::load(conn, member.household, around.book, scope, year, around.today)?;
    let mut head = head(around, year);
    if report.is_empty() {
        let nearest = Nearest::load(conn, member.household, scope, year.range())?;
        head.csv = None;
        let content = Content {
            head,
            empty: Some(empty(around, year, nearest)),
            report: None,
        };
        return Ok(content.render()?);
    }
    // Under a filter it is looked for among the postings, and a whole year has too many of them for that.
    let largest = if scope.is_everything() {
        largest::load(conn, member.household, scope, year.range())?
    } else {
        None
    };
    let sight = Sight {
        around,
        report: &report,
    };
    let content = Content {
        head,
        empty: None,
        report: Some(Report::of(&sight, largest.as_ref())),
    };
    Ok(content.render()?)
}

/// A file of the year, by its name.
///
/// # Errors
/// [`Error::NotFound`] for a file that there is not; else when the database fails.
pub(super) fn file(
    conn: &mut Connection,
    around: &Around<'_>,
    year: Year,
    name: &str,
) -> Result<String, Error> {
    let household = around.member.household;
    let report = Yearly::load(conn, household, around.book, &around.scope, year, around.today)?;
    let sight = Sight {
        around,
        report: &report,
    };
    match name {
        "categories.csv" => Ok(files::categories(&sight)),
        "result.svg" => files::picture(&sight).ok_or(Error::NotFound),
        _ => Err(Error::NotFound),
    }
}

fn head(around: &Around<'_>, year: Year) -> Head {
    let way = |year: Year| Way {
        label: year.to_string(),
        href: around.asked.href(&path(year)),
    };
    Head {
        title: format!("Year {year}"),
        note: format!(
            "Profit and loss, all amounts in {}",
            around.member.currency.code()
        ),
        neighbours: "Year",
        previous: year.previous().map(way),
        current: Some(way(year)),
        next: year.next().map(way),
        csv: Some(around.asked.href(&format!("{}/categories.csv", path(year)))),
        filter: Filter::of(around, &path(year)),
        remarks: around.remarks.clone(),
    }
}

fn empty(around: &Around<'_>, year: Year, nearest: Nearest) -> Empty {
    let ways = [nearest.before, nearest.after]
        .into_iter()
        .flatten()
        .filter_map(|month| Year::new(month.year()).ok())
        .map(|year| Way {
            label: format!("Year {year}"),
            href: around.asked.href(&path(year)),
        });
    words::empty(around, &year.to_string(), &path(year), ways.collect(), "years")
}

impl Report {
    fn of(sight: &Sight<'_>, largest: Option<&largest::Largest>) -> Self {
        let (year, asked) = (sight.report.year, &sight.asked);
        let than = sight.than();
        let months = sight.months().map(|month| Way {
            label: month.short_name().to_owned(),
            href: asked.with_cents(false).href(&super::month::path(month)),
        });
        let link = |kinds: &[Kind]| Link::within(&sight.scope).kinds(kinds).year(year);
        let flows = &sight.report.whole;
        Self {
            currency: sight.member.currency.code().to_owned(),
            year: year.to_string(),
            figures: figures(
                Pen::exact(sight.member),
                flows,
                (Yearly::WHOLE, Yearly::PAST),
                &than,
                &link,
            ),
            chart: chart::picture(sight).figure(&asked.href(&format!("{}/result.svg", path(year)))),
            expenses: ranking(sight, Sign::Negative),
            income: ranking(sight, Sign::Positive),
            findings: findings::findings(sight, &than, largest),
            findings_title: match (than.is_known, year.previous(), sight.report.past_until()) {
                (true, Some(past), None) => format!("What changed against {past}"),
                (true, Some(past), Some(_)) => format!("What changed against the same days of {past}"),
                _ => "What stands out".to_owned(),
            },
            beside: words::beside(
                sight.member,
                sorted(sight, Sign::Neutral).iter().map(|one| {
                    let entries =
                        (0..MONTHS).fold(0, |sum: i64, month| sum.saturating_add(one.line.entries(month)));
                    let is_there = (0..MONTHS).any(|month| one.line.has_entries(month));
                    (one.name, one.total, entries, is_there)
                }),
            ),
            months: months.collect(),
            versus: match (year.previous(), sight.report.past_until()) {
                (_, Some(day)) => format!("vs to {}", sight.member.dates(sight.today).day(day)),
                (Some(past), None) => format!("vs {past}"),
                (None, None) => String::new(),
            },
            table: Table::of(sight),
            is_rounded: sight.is_rounded(),
            switch: sight.has_decimals().then(|| Way {
                label: sight.switch_label().to_owned(),
                href: asked.with_cents(!asked.cents).href(&path(year)),
            }),
        }
    }
}

fn ranking(sight: &Sight<'_>, sign: Sign) -> Ranking {
    let sums = sorted(sight, sign);
    let parts: Vec<_> = sums
        .iter()
        .filter(|one| one.total != 0)
        .map(|one| (one.id, one.name, one.total))
        .collect();
    let whole = parts
        .iter()
        .fold(0, |sum: i64, (.., minor)| sum.saturating_add(*minor));
    let link = Link::within(&sight.scope).year(sight.report.year);
    Ranking::of(Pen::exact(sight.member), &link, &parts, whole)
}
