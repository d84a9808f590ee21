//! Locations: where money is.

use actix_web::HttpResponse;
use chrono::NaiveDate;

use super::list::{Asked, Sent, given};
use super::noun::{Named, Noun, Ordered};
use super::parts::in_use;
use super::refusal::Refusal;
use super::thing::{Beside, Facts, MoneyTable};
use super::trend::MoneyTrend;
use super::{location_page, opening, suggestions};
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ids::{ChangeId, LocationId};
use crate::ledger::merge::Pair;
use crate::ledger::order::{self, Towards};
use crate::ledger::retire::Retire;
use crate::ledger::suggested::New;
use crate::ledger::transaction::queries::Filter;
use crate::ledger::{Book, Cell, LedgerError, LocationKind, book, history, location};
use crate::reports::trend::{Part, PartTrend};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::frame::Frame;
use crate::web::pages::links::Link;
use crate::web::pages::month_ends::MONTHS;
use crate::web::pages::shell::Section;

/// Where the list is.
pub(super) const PATH: &str = "/setup/locations";
const UNKNOWN_KIND: &str = "Choose a kind from the list.";

/// Where money is.
#[derive(Debug)]
pub(in crate::web) struct Locations;

impl Noun for Locations {
    type Id = LocationId;
    type Stored = book::Location;

    const PATH: &'static str = PATH;
    const ONE: &'static str = "location";
    const ALL: &'static str = "Locations";
    const NOUN: history::Noun = history::Noun::Location;
    const SECTION: Section = Section::Locations;

    fn find(book: &Book, id: LocationId) -> Option<Named<'_>> {
        book.location(id).map(|one| Named {
            name: &one.name,
            version: one.version,
            archived_at: one.archived_at,
        })
    }

    fn add(conn: &mut Connection, member: &Member, fields: &Fields) -> Result<ChangeId, Refusal> {
        // Programs that know no kinds leave it out.
        let kind = match fields.text("kind") {
            "" => LocationKind::Other,
            word => read_kind(word)?,
        };
        let opening = opening::read(fields, member)?;
        let name = fields.text("name");
        let (_, change) = location::add_with_opening(conn, member, name, kind, opening)?;
        Ok(change)
    }

    fn suggested(
        conn: &mut Connection,
        member: &Member,
        fields: &Fields,
    ) -> Result<(ChangeId, String), Refusal> {
        let kind = |suggested: &LocationKind, typed: Option<&str>| match typed {
            Some(word) => word.parse().map_err(|_| UNKNOWN_KIND.to_owned()),
            None => Ok(*suggested),
        };
        let wanted = suggestions::read(fields, &suggestions::LOCATIONS, "kind_", kind)?;
        let words = ("location.add", "location", "locations");
        suggestions::add(conn, member, words, &wanted, New::Location)
    }

    fn edit(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        id: LocationId,
        fields: &Fields,
    ) -> Result<Option<ChangeId>, Refusal> {
        let stored = book.location(id).ok_or(LedgerError::NotFound("location"))?;
        let kind = given(fields, "kind").map_or(Ok(stored.kind), read_kind)?;
        // A version that cannot be read is no version at all: 0 is nobody's.
        let version = fields.text("version").parse().unwrap_or(0);
        Ok(location::edit(
            conn,
            member,
            id,
            version,
            fields.text("name"),
            kind,
        )?)
    }

    fn archive(conn: &mut Connection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
        location::archive(conn, member, id)
    }

    fn restore(conn: &mut Connection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
        location::restore(conn, member, id)
    }

    fn delete(conn: &mut Connection, member: &Member, id: LocationId) -> Result<ChangeId, LedgerError> {
        location::delete(conn, member, id)
    }

    fn pair(source: LocationId, target: LocationId) -> Pair {
        Pair::Locations { source, target }
    }

    fn retire(from: LocationId, to: LocationId) -> Option<Retire> {
        Some(Retire::Location { from, to })
    }

    fn others(book: &Book, id: LocationId) -> Vec<(LocationId, &str)> {
        book.active_locations()
            .filter(|one| one.id != id)
            .map(|one| (one.id, one.name.as_str()))
            .collect()
    }

    fn handed_over(_: &Book, _: LocationId, _: &Member) -> String {
        "Its money and all its entries".to_owned()
    }

    fn facts(
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        book: &Book,
        id: LocationId,
    ) -> Result<Facts, QueryError> {
        let over_time = PartTrend::load(conn, member.household, Part::Location(id), today, MONTHS)?;
        let money = &over_time.money;
        let row = |bucket: &book::Bucket| {
            let minor = money.cell(Cell {
                location: id,
                bucket: bucket.id,
            });
            let href = format!("/transactions?location={id}&bucket={}", bucket.id);
            (bucket.name.clone(), href, minor)
        };
        Ok(Facts {
            about: book.location(id).map_or("", |one| one.kind.label()).to_owned(),
            filter: Filter {
                locations: vec![id],
                ..Filter::default()
            },
            query: format!("location={id}"),
            money: Some(MoneyTable::new(
                ("What the money there is for", "Bucket"),
                book.buckets.iter().map(row),
                member,
            )),
            trend: Some(MoneyTrend::of(
                member,
                today,
                book.location(id).map_or("", |one| one.name.as_str()),
                &over_time.month_ends,
                &Link::to_all().location(id),
            )),
            months: None,
        })
    }

    fn beside(book: &Book, id: LocationId, _: &Member, asked: &Asked, _: bool) -> Option<Beside> {
        let kind = book.location(id)?.kind.as_str();
        let kind = asked.text(&Sent::Edit(id.to_string()), "kind", kind);
        Some(Beside::Choice("kind", "Kind", location_page::kinds(&kind)))
    }

    fn properties(stored: &book::Location, _: &Member) -> Vec<(&'static str, String)> {
        vec![
            ("Name", stored.name.clone()),
            ("Kind", stored.kind.label().to_owned()),
            ("Use", in_use(stored.archived_at)),
        ]
    }

    fn differences(book: &Book, id: LocationId, fields: &Fields, _: &Member) -> Vec<(String, String)> {
        let stored = book.location(id);
        stored.map_or_else(Vec::new, |one| location_page::differences(one, fields))
    }

    async fn list(
        state: &State,
        caller: SignedIn,
        frame: Frame,
        asked: Asked,
    ) -> Result<HttpResponse, Error> {
        location_page::show(state, caller, frame, asked).await
    }
}

impl Ordered for Locations {
    fn shift(
        conn: &mut Connection,
        member: &Member,
        id: LocationId,
        towards: Towards,
    ) -> Result<Option<ChangeId>, LedgerError> {
        order::location(conn, member, id, towards)
    }
}

fn read_kind(word: &str) -> Result<LocationKind, LedgerError> {
    word.parse()
        .map_err(|_| LedgerError::invalid("kind", UNKNOWN_KIND))
}
