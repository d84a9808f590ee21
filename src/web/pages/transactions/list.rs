//! The [`List`]: what the filters find, a page of it, with its sums.

use chrono::NaiveDate;
use url::form_urlencoded::byte_serialize;

use super::choices::Choice;
use super::entry_form::EntryForm;
use super::filter_form::Chip;
use super::filters::{Filters, PATH};
use super::refunds;
use super::row::{Figure, InPlace, Row};
use crate::db::Connection;
use crate::households::Member;
use crate::ids::TransactionId;
use crate::ledger::transaction::Transaction;
use crate::ledger::transaction::queries::{self, Filter, Page};
use crate::ledger::transaction::sums::{self, Sums};
use crate::ledger::{Book, Kind, Sign, refund};
use crate::period::Dates;
use crate::web::error::Error;

/// Transactions on a page.
const ROWS_MAX: i32 = 50;

/// A page of the list; everything is text already.
pub(super) struct List {
    /// Its own address.
    pub(super) href: String,
    /// What of its address an entry's page needs, to lead back to it.
    pub(super) back: String,
    pub(super) caption: String,
    /// The values of fields that have several.
    pub(super) chips: Vec<Chip>,
    pub(super) remarks: Vec<String>,
    pub(super) sums: SumsView,
    pub(super) rows: Vec<Row>,
    pub(super) empty: Option<Empty>,
    pub(super) pager: Option<Pager>,
    pub(super) neighbours: Option<Neighbours>,
    pub(super) may_write: bool,
    /// How much was found, in words, to be read out.
    pub(super) found: String,
}

/// What the filters find in all.
pub(super) struct SumsView {
    pub(super) known: Option<SumsLine>,
    /// The query by which the sums can be asked for.
    pub(super) query: String,
}

/// The sums in words.
pub(super) struct SumsLine {
    pub(super) found: String,
    pub(super) income: Figure,
    pub(super) expense: Figure,
    pub(super) result: Figure,
    /// Transfers, loans and adjustments, where the filter looks for them or finds some.
    pub(super) moved: Option<Figure>,
    /// The result and these together, where it says something new.
    pub(super) in_all: Option<Figure>,
}

/// What stands where there are no rows.
pub(super) struct Empty {
    pub(super) title: String,
    pub(super) text: &'static str,
    /// The ways out; the first one is the best.
    pub(super) links: Vec<Choice>,
}

/// Links to the other pages.
pub(super) struct Pager {
    pub(super) newer: Option<Ends>,
    pub(super) older: Option<Ends>,
    pub(super) middle: String,
}

/// The next page in a direction, and the last one.
pub(super) struct Ends {
    pub(super) next: String,
    pub(super) last: String,
}

/// The months or years around the one that is shown.
pub(super) struct Neighbours {
    pub(super) label: &'static str,
    pub(super) previous: Option<Choice>,
    pub(super) next: Option<Choice>,
    pub(super) middle: String,
}

impl SumsView {
    pub(super) fn of(member: &Member, filters: &Filters, sums: Option<Sums>) -> Self {
        Self {
            known: sums.map(|sums| SumsLine::of(member, &filters.filter, sums)),
            query: filters.query(),
        }
    }
}

impl SumsLine {
    fn of(member: &Member, filter: &Filter, sums: Sums) -> Self {
        let is_neutral = |kind: &Kind| kind.sign() == Sign::Neutral;
        let has_neutral = if filter.kinds.is_empty() {
            filter.has_place() // what moved from one place to another is seen only where one of them is
        } else {
            filter.kinds.iter().any(is_neutral)
        };
        let (result, neutral) = (sums.result_minor(), sums.neutral_minor);
        Self {
            found: member.number_format.count(sums.entries),
            income: Figure::sum(member, sums.income_minor),
            expense: Figure::sum(member, sums.expense_minor).plain(),
            result: Figure::sum(member, result),
            moved: (has_neutral || neutral != 0).then(|| Figure::sum(member, neutral).plain()),
            in_all: (result != 0 && neutral != 0).then(|| Figure::sum(member, sums.change_minor())),
        }
    }
}

/// What the list shows beside the filters' own state.
pub(super) struct Around<'a> {
    pub(super) today: NaiveDate,
    pub(super) book: &'a Book,
    /// The transaction to mark.
    pub(super) marked: Option<TransactionId>,
    /// Transactions with a form in the place of their row.
    pub(super) open: Vec<TransactionId>,
}

impl List {
    /// Reads a page of what `filters` find, with its sums unless they would take long.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn load(
        conn: &mut Connection,
        member: &Member,
        filters: Filters,
        around: &Around<'_>,
    ) -> Result<Self, Error> {
        let (found, more) = queries::list(conn, member.household, &filters.filter, filters.page, ROWS_MAX)?;
        let is_all = !more && matches!(filters.page, Page::First | Page::Last);
        let sums = if is_all {
            Some(Sums::of(&found, &filters.filter))
        } else if let Some(sums) = sums::from_months(conn, member.household, around.book, &filters.filter)? {
            Some(sums)
        } else if filters.sums {
            Some(sums::count(conn, &filters.filter)?)
        } else {
            None
        };
        let originals: Vec<TransactionId> = found
            .iter()
            .filter(|one| EntryForm::is_flow_kind(one.kind) && !one.is_refund())
            .map(|one| one.id)
            .collect();
        let refunded = refund::sums(conn, member.household, &originals)?;
        let may_write = member.role.may_write();
        let dates = member.dates(around.today);
        let rows = found
            .iter()
            .map(|one| Row {
                is_new: around.marked == Some(one.id),
                refunded: refunded
                    .get(&one.id)
                    .map(|minor| refunds::standing(member, one.kind, one.amount.abs().minor(), *minor)),
                form: if around.open.contains(&one.id) {
                    InPlace::Open
                } else {
                    InPlace::None
                },
                ..Row::of(member, around.today, around.book, &filters.filter, one)
            })
            .collect();
        let entries = sums.map(|sums| sums.entries);
        Ok(Self {
            href: filters.href(filters.page),
            back: back(&filters),
            caption: caption(&filters, dates),
            chips: Chip::all(&filters, around.book),
            sums: SumsView::of(member, &filters, sums),
            rows,
            empty: found.is_empty().then(|| Empty::of(&filters, dates, may_write)),
            pager: Pager::of(member, &filters, dates, &found, more, entries),
            neighbours: is_all
                .then(|| Neighbours::of(member, &filters, dates, found.len()))
                .flatten(),
            may_write,
            found: found_words(member, entries),
            remarks: filters.remarks,
        })
    }
}

/// The query by which an entry's page leads back; empty when the list shows everything.
fn back(filters: &Filters) -> String {
    back_query(&filters.query_at(filters.page))
}

/// The query of the list as an entry's page takes it.
pub(super) fn back_query(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let encoded: String = byte_serialize(query.as_bytes()).collect();
    format!("?back={encoded}")
}

fn caption(filters: &Filters, dates: Dates) -> String {
    let which = if filters.beside_period() { " found" } else { "" };
    format!("Transactions{which}{}, newest first", filters.period.words(dates))
}

fn found_words(member: &Member, entries: Option<i64>) -> String {
    match entries {
        Some(0) => "No entries found".to_owned(),
        Some(1) => "1 entry found".to_owned(),
        Some(many) => format!("{} entries found", member.number_format.count(many)),
        None => "Entries found".to_owned(),
    }
}

impl Empty {
    fn of(filters: &Filters, dates: Dates, may_write: bool) -> Self {
        if filters.page != Page::First {
            return Self {
                title: "No more entries here".to_owned(),
                text: "The list ends before this page.",
                links: vec![Choice::new(&filters.href(Page::First), "Show the newest")],
            };
        }
        if filters.filter.is_empty() {
            let add = Choice::new(&"/transactions/new", "Add the first entry");
            let guide = Choice::new(&"/guide/recording", "How to record an entry");
            return Self {
                title: "Nothing recorded yet".to_owned(),
                text: "What comes in, what goes out and what moves from one place to another is listed here, the newest first.",
                links: if may_write { vec![add, guide] } else { vec![guide] },
            };
        }
        let in_period = filters.period.range().is_some();
        let mut links = Vec::new();
        if in_period {
            links.push(Choice::new(
                &filters.href_in(super::period::Period::All),
                "Show all time",
            ));
        }
        if filters.beside_period() {
            links.push(Choice::new(&PATH, "Take the filter away"));
        }
        Self {
            title: format!("No entries{}", filters.period.words(dates)),
            text: if filters.beside_period() {
                "Nothing there fits the filter."
            } else {
                "Nothing was recorded in this time."
            },
            links,
        }
    }
}

impl Pager {
    fn of(
        member: &Member,
        filters: &Filters,
        dates: Dates,
        found: &[Transaction],
        more: bool,
        entries: Option<i64>,
    ) -> Option<Self> {
        let (first, last) = (found.first()?, found.last()?);
        let (has_newer, has_older) = match filters.page {
            Page::First => (false, more),
            Page::After(..) => (true, more),
            Page::Before(..) => (more, true),
            Page::Last => (more, false),
        };
        let newer = has_newer.then(|| Ends {
            next: filters.href(Page::Before(first.date, first.id)),
            last: filters.href(Page::First),
        });
        let older = has_older.then(|| Ends {
            next: filters.href(Page::After(last.date, last.id)),
            last: filters.href(Page::Last),
        });
        let shown = i64::try_from(found.len()).unwrap_or_default();
        let middle = match (filters.page, entries) {
            (Page::First, _) => numbers(member, 1, shown, entries),
            (Page::Last, Some(all)) => numbers(member, all - shown + 1, all, entries),
            _ => format!("{} to {}", dates.day(last.date), dates.day(first.date)),
        };
        (has_newer || has_older).then_some(Self { newer, older, middle })
    }
}

/// `1 to 50 of 1,234`
fn numbers(member: &Member, first: i64, last: i64, of: Option<i64>) -> String {
    let count = |number| member.number_format.count(number);
    let of = of.map_or_else(String::new, |all| format!(" of {}", count(all)));
    format!("{} to {}{of}", count(first), count(last))
}

impl Neighbours {
    /// The neighbours of a month or year that fits on one page.
    fn of(member: &Member, filters: &Filters, dates: Dates, shown: usize) -> Option<Self> {
        let link = |period: Option<super::period::Period>| {
            period.map(|period| Choice::new(&filters.href_in(period.clone()), period.label(dates)))
        };
        let (previous, next) = (filters.period.previous(), filters.period.next());
        if previous.is_none() && next.is_none() {
            return None;
        }
        let shown = i64::try_from(shown).unwrap_or_default();
        Some(Self {
            label: match filters.period {
                super::period::Period::Month(_) => "Months",
                _ => "Years",
            },
            previous: link(previous),
            next: link(next),
            middle: if shown == 0 {
                String::new()
            } else {
                numbers(member, 1, shown, Some(shown))
            },
        })
    }
}
