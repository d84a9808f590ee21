//! Categories: why money moved.

use actix_web::HttpResponse;
use chrono::NaiveDate;

use super::list::{Asked, Sent, given};
use super::noun::{Named, Noun};
use super::parts::in_use;
use super::refusal::Refusal;
use super::thing::{Beside, Facts, MonthRow, Months};
use super::{category_page, suggestions};
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ids::{CategoryId, ChangeId};
use crate::ledger::merge::Pair;
use crate::ledger::retire::Retire;
use crate::ledger::suggested::New;
use crate::ledger::transaction::queries::Filter;
use crate::ledger::{Book, LedgerError, Sign, book, category, history};
use crate::reports::category_months::{self, CategoryMonth};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::frame::Frame;
use crate::web::pages::month_ends::MONTHS;
use crate::web::pages::shell::Section;
use crate::web::pages::transactions::Figure;

/// Where the list is.
pub(super) const PATH: &str = "/setup/categories";
const UNKNOWN_SIGN: &str = "Choose what it counts as: income, expense or neither.";

/// Why money moved.
#[derive(Debug)]
pub(in crate::web) struct Categories;

impl Noun for Categories {
    type Id = CategoryId;
    type Stored = book::Category;

    const PATH: &'static str = PATH;
    const ONE: &'static str = "category";
    const ALL: &'static str = "Categories";
    const NOUN: history::Noun = history::Noun::Category;
    const SECTION: Section = Section::Categories;

    fn find(book: &Book, id: CategoryId) -> Option<Named<'_>> {
        book.category(id).map(|one| Named {
            name: &one.name,
            version: one.version,
            archived_at: one.archived_at,
        })
    }

    fn add(conn: &mut Connection, member: &Member, fields: &Fields) -> Result<ChangeId, Refusal> {
        let name = fields.text("name");
        let sign =
            read_sign(fields.text("sign")).map_err(|refused| Refusal::from(refused).also_about_name(name))?;
        let (_, change) = category::add(conn, member, name, sign)?;
        Ok(change)
    }

    fn suggested(
        conn: &mut Connection,
        member: &Member,
        fields: &Fields,
    ) -> Result<(ChangeId, String), Refusal> {
        let sign = |suggested: &Sign, _: Option<&str>| Ok(*suggested);
        let wanted = suggestions::read(fields, &suggestions::CATEGORIES, "sign_", sign)?;
        let words = ("category.add", "category", "categories");
        suggestions::add(conn, member, words, &wanted, New::Category)
    }

    fn edit(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        id: CategoryId,
        fields: &Fields,
    ) -> Result<Option<ChangeId>, Refusal> {
        let stored = book.category(id).ok_or(LedgerError::NotFound("category"))?;
        let sign = given(fields, "sign").map_or(Ok(stored.sign), read_sign)?;
        // A version that cannot be read is no version at all: 0 is nobody's.
        let version = fields.text("version").parse().unwrap_or(0);
        Ok(category::edit(
            conn,
            member,
            id,
            version,
            fields.text("name"),
            sign,
        )?)
    }

    fn archive(conn: &mut Connection, member: &Member, id: CategoryId) -> Result<ChangeId, LedgerError> {
        category::archive(conn, member, id)
    }

    fn restore(conn: &mut Connection, member: &Member, id: CategoryId) -> Result<ChangeId, LedgerError> {
        category::restore(conn, member, id)
    }

    fn delete(conn: &mut Connection, member: &Member, id: CategoryId) -> Result<ChangeId, LedgerError> {
        category::delete(conn, member, id)
    }

    fn pair(source: CategoryId, target: CategoryId) -> Pair {
        Pair::Categories { source, target }
    }

    fn retire(_: CategoryId, _: CategoryId) -> Option<Retire> {
        None
    }

    fn others(book: &Book, id: CategoryId) -> Vec<(CategoryId, &str)> {
        let sign = book.category(id).map(|one| one.sign);
        let others = sign.into_iter().flat_map(|sign| book.active_categories(sign));
        others
            .filter(|one| one.id != id)
            .map(|one| (one.id, one.name.as_str()))
            .collect()
    }

    fn handed_over(_: &Book, _: CategoryId, _: &Member) -> String {
        "All its entries".to_owned()
    }

    fn facts(
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        book: &Book,
        id: CategoryId,
    ) -> Result<Facts, QueryError> {
        let months = category_months::load(conn, member.household, id, today, MONTHS)?;
        let about = match book.category(id).map(|one| one.sign) {
            Some(Sign::Positive) => "Counts as income",
            Some(Sign::Negative) => "Counts as expense",
            Some(Sign::Neutral) | None => "Moves money, never part of the result",
        };
        Ok(Facts {
            about: about.to_owned(),
            filter: Filter {
                categories: vec![id],
                ..Filter::default()
            },
            query: format!("category={id}"),
            money: None,
            trend: None,
            months: Some(months_of(member, id, &months)),
        })
    }

    fn beside(book: &Book, id: CategoryId, _: &Member, asked: &Asked, is_used: bool) -> Option<Beside> {
        let sign = book.category(id)?.sign;
        if is_used {
            return Some(Beside::Fixed("Counts as", sign.label().to_owned()));
        }
        let sign = asked.text(&Sent::Edit(id.to_string()), "sign", sign.as_str());
        Some(Beside::Choice("sign", "Counts as", category_page::signs(&sign)))
    }

    fn properties(stored: &book::Category, _: &Member) -> Vec<(&'static str, String)> {
        vec![
            ("Name", stored.name.clone()),
            ("Counts as", stored.sign.label().to_owned()),
            ("Use", in_use(stored.archived_at)),
        ]
    }

    fn differences(book: &Book, id: CategoryId, fields: &Fields, _: &Member) -> Vec<(String, String)> {
        let stored = book.category(id);
        stored.map_or_else(Vec::new, |one| category_page::differences(one, fields))
    }

    async fn list(
        state: &State,
        caller: SignedIn,
        frame: Frame,
        asked: Asked,
    ) -> Result<HttpResponse, Error> {
        category_page::show(state, caller, frame, asked).await
    }
}

fn months_of(member: &Member, id: CategoryId, months: &[CategoryMonth]) -> Months {
    let row = |one: &CategoryMonth| MonthRow {
        label: one.month.label(),
        href: format!("/transactions?category={id}&period={}", one.month),
        found: (one.entries > 0).then(|| {
            let entries = member.number_format.count(one.entries);
            (entries, Figure::sum(member, one.minor).plain())
        }),
    };
    let add =
        |of: fn(&CategoryMonth) -> i64| months.iter().fold(0, |sum: i64, one| sum.saturating_add(of(one)));
    Months {
        rows: months.iter().map(row).collect(),
        entries: member.number_format.count(add(|one| one.entries)),
        sum: Figure::sum(member, add(|one| one.minor)).plain(),
    }
}

fn read_sign(word: &str) -> Result<Sign, LedgerError> {
    word.parse()
        .map_err(|_| LedgerError::invalid("sign", UNKNOWN_SIGN))
}
