//! The report of a month.

mod categories;
mod chart;
mod files;
mod findings;
mod places;
mod spending;

use askama::Template;
use chrono::{Datelike, NaiveDate};

use self::categories::Categories;
use self::places::Places;
use self::spending::Spending;
use super::figures::figures;
use super::finding::Finding;
use super::head::{Empty, Filter, Head, Way};
use super::links::Link;
use super::number::{Figure, Number, Pen, Than};
use super::which::Around;
use super::words;
use crate::db::Connection;
use crate::ledger::Kind;
use crate::period::{Dates, Month};
use crate::reports::days::Days;
use crate::reports::largest;
use crate::reports::monthly::Monthly;
use crate::reports::nearest::Nearest;
use crate::web::asked::Asked;
use crate::web::error::Error;

/// What the parts of the page look at: the month, and what every report is made from.
struct Sight<'a> {
    around: &'a Around<'a>,
    report: &'a Monthly,
}

impl<'a> std::ops::Deref for Sight<'a> {
    type Target = Around<'a>;

    fn deref(&self) -> &Around<'a> {
        self.around
    }
}

impl Sight<'_> {
    fn dates(&self) -> Dates {
        self.member.dates(self.today)
    }

    /// A number of a span, which leads to its entries; a span before the calendar begins has none.
    fn number(&self, number: Number, link: &Link, span: usize) -> Number {
        let Some(range) = self.report.range(span) else {
            return Number {
                is_nothing: true,
                ..number
            };
        };
        let link = match Month::of(range.from) {
            Ok(month) if month.range() == range => link.clone().month(month),
            _ => link.clone().days(range),
        };
        number.to(link.href())
    }

    /// The last day of a span that is compared with, where the month is not over.
    fn compared_up_to(&self, span: usize) -> Option<NaiveDate> {
        self.report.so_far?;
        self.report.range(span)?.until.pred_opt()
    }

    fn than(&self, span: usize) -> Than {
        let is_known = !self.report.flows.is_empty(span);
        if let Some(day) = self.compared_up_to(span) {
            let by = format!("by {}", self.dates().day(day));
            return Than {
                name: by.clone(),
                when: by,
                is_known,
            };
        }
        let month = self
            .report
            .range(span)
            .and_then(|range| Month::of(range.from).ok());
        let name = month.map_or_else(String::new, |month| {
            if span == Monthly::YEAR_AGO {
                month.label()
            } else {
                month.name().to_owned()
            }
        });
        Than {
            when: format!("in {name}"),
            name,
            is_known,
        }
    }

    /// The head of a span's column: `Sep 2026`, or `To 14 Oct`.
    fn column(&self, span: usize) -> Column {
        let day = self.compared_up_to(span).filter(|_| span != Monthly::NOW);
        let month = self
            .report
            .range(span)
            .and_then(|range| Month::of(range.from).ok());
        let label = match (day, month) {
            (Some(day), _) => format!("To {}", self.dates().day(day)),
            (None, Some(month)) => format!("{} {}", month.short_name(), month.year()),
            (None, None) => String::new(),
        };
        Column { label, month }
    }
}

/// The head of a column, which leads to its month.
struct Column {
    label: String,
    month: Option<Month>,
}

impl Column {
    fn href(&self, asked: &Asked) -> Option<String> {
        self.month.map(|month| asked.href(&path(month)))
    }
}

/// The address of a month's report.
pub(super) fn path(month: Month) -> String {
    format!("/reports/month/{month}")
}

#[derive(Template)]
#[template(path = "reports/month.html")]
struct Content {
    head: Head,
    empty: Option<Empty>,
    report: Option<Report>,
}

/// The month as the page shows it; all numbers are text already.
struct Report {
    currency: String,
    month: &'static str,
    label: String,
    figures: Vec<Figure>,
    chart: String,
    spending: Spending,
    buckets: Option<Places>,
    locations: Option<Places>,
    /// Where the files of the month are, with the filter: what stands before and after the name.
    files: (String, String),
    /// Whether what was there before and what is left are part of the scope.
    holds_money: bool,
    /// The last day before the month, and its own last day.
    edges: (String, String),
    columns: Vec<(String, Option<String>)>,
    categories: Categories,
    findings: Vec<Finding>,
    findings_rule: String,
    beside: Option<String>,
    money: Option<Money>,
}

/// How the money went on from one month's end to the next.
struct Money {
    before: Number,
    income: Number,
    expense: Number,
    beside_label: &'static str,
    beside: Number,
    after: Number,
}

/// What stands in the frame of the page.
///
/// # Errors
/// When the database fails.
pub(super) fn content(conn: &mut Connection, around: &Around<'_>, month: Month) -> Result<String, Error> {
    let Around { member, scope, .. } = around;
    let report = Monthly::load(conn, member.household, around.book, scope, month, around.today)?;
    let mut head = head(around, month);
    if report.is_empty() {
        let nearest = Nearest::load(conn, member.household, scope, month.range())?;
        head.csv = None;
        let content = Content {
            head,
            empty: Some(empty(around, month, nearest)),
            report: None,
        };
        return Ok(content.render()?);
    }
    let days = Days::load(conn, member.household, scope, month)?;
    let largest = largest::load(conn, member.household, scope, month.range())?;
    let sight = Sight {
        around,
        report: &report,
    };
    let content = Content {
        head,
        empty: None,
        report: Some(Report::of(&sight, &days, largest.as_ref())),
    };
    Ok(content.render()?)
}

/// A file of the month, by its name.
///
/// # Errors
/// [`Error::NotFound`] for a file that there is not; else when the database fails.
pub(super) fn file(
    conn: &mut Connection,
    around: &Around<'_>,
    month: Month,
    name: &str,
) -> Result<String, Error> {
    let Around { member, scope, .. } = around;
    let report = Monthly::load(conn, member.household, around.book, scope, month, around.today)?;
    let sight = Sight {
        around,
        report: &report,
    };
    match name {
        "categories.csv" => Ok(files::categories(&sight)),
        "buckets.csv" => Ok(files::buckets(&sight)),
        "locations.csv" => Ok(files::locations(&sight)),
        "days.csv" => {
            let days = Days::load(conn, member.household, scope, month)?;
            Ok(files::days(&sight, &days))
        }
        "days.svg" => {
            let days = Days::load(conn, member.household, scope, month)?;
            let largest = largest::load(conn, member.household, scope, month.range())?;
            files::picture(&sight, &days, largest.as_ref()).ok_or(Error::NotFound)
        }
        _ => Err(Error::NotFound),
    }
}

fn head(around: &Around<'_>, month: Month) -> Head {
    let way = |month: Month, label: String| Way {
        label,
        href: around.asked.href(&path(month)),
    };
    let note = if month.range().contains(around.today) {
        format!("{} of {} days, ", around.today.day(), month.days())
    } else {
        String::new()
    };
    Head {
        title: month.label(),
        note: format!("{note}all amounts in {}", around.member.currency.code()),
        neighbours: "Month",
        previous: month
            .previous()
            .map(|month| way(month, month.short_name().to_owned())),
        current: Some(way(month, format!("{} {}", month.short_name(), month.year()))),
        next: month
            .next()
            .map(|month| way(month, month.short_name().to_owned())),
        csv: Some(around.asked.href(&format!("{}/categories.csv", path(month)))),
        filter: Filter::of(around, &path(month)),
        remarks: around.remarks.clone(),
    }
}

fn empty(around: &Around<'_>, month: Month, nearest: Nearest) -> Empty {
    let ways = [nearest.before, nearest.after].into_iter().flatten();
    let ways = ways.map(|month| Way {
        label: month.label(),
        href: around.asked.href(&path(month)),
    });
    words::empty(around, &month.label(), &path(month), ways.collect(), "months")
}

impl Report {
    fn of(sight: &Sight<'_>, days: &Days, largest: Option<&largest::Largest>) -> Self {
        let (month, asked) = (sight.report.month, &sight.asked);
        let edge = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| sight.dates().day(day));
        let columns = [Monthly::NOW, Monthly::BEFORE, Monthly::YEAR_AGO].map(|span| {
            let column = sight.column(span);
            let href = column.href(asked).filter(|_| span != Monthly::NOW);
            (column.label, href)
        });
        Self {
            currency: sight.member.currency.code().to_owned(),
            month: month.name(),
            label: month.label(),
            figures: figures(
                Pen::exact(sight.member),
                &sight.report.flows,
                (Monthly::NOW, Monthly::BEFORE),
                &sight.than(Monthly::BEFORE),
                &|kinds| Link::within(&sight.scope).kinds(kinds).month(month),
            ),
            chart: chart::picture(sight, days, largest)
                .figure(&asked.href(&format!("{}/days.svg", path(month)))),
            spending: Spending::of(sight, days),
            buckets: Places::buckets(sight),
            locations: Places::locations(sight),
            files: asked.around(&path(month)),
            holds_money: sight.scope.holds_money(),
            edges: (
                edge(month.first_day().pred_opt()),
                edge(month.range().until.pred_opt()),
            ),
            columns: columns.into(),
            categories: Categories::of(sight),
            findings: findings::findings(sight, largest),
            findings_rule: findings::rule(sight),
            beside: categories::beside(sight),
            money: Money::of(sight),
        }
    }
}

impl Money {
    fn of(sight: &Sight<'_>) -> Option<Self> {
        if !sight.scope.holds_money() {
            return None;
        }
        let sums = sight.report.places.total();
        let month = sight.report.month;
        let pen = Pen::exact(sight.member);
        let link = Link::within(&sight.scope);
        let until = |number: Number, day: Option<NaiveDate>| match day {
            Some(day) => number.to(link.clone().until_end_of(day).href()),
            None => number,
        };
        let within = |kind| link.clone().kinds(&[kind]).month(month).href();
        Some(Self {
            before: until(pen.money(sums.before), month.first_day().pred_opt()),
            income: pen.change(sums.got).to(within(Kind::Income)),
            expense: pen.change(sums.spent).to(within(Kind::Expense)),
            beside_label: if sight.scope.is_everything() {
                "Lent, borrowed, adjusted"
            } else {
                "Moved, lent, borrowed, adjusted"
            },
            beside: pen.change(sums.moved).to(categories::beside_link(sight)),
            after: until(pen.money(sums.left()), month.range().until.pred_opt()),
        })
    }
}
