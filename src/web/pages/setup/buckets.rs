//! Buckets: what money is for, and how income is divided.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::actions::{Sending, Told};
use super::list::{Asked, Sent};
use super::noun::{Named, Noun, Ordered};
use super::parts::in_use;
use super::refusal::Refusal;
use super::sum::SumLine;
use super::thing::{Beside, Facts, MoneyTable};
use super::trend::MoneyTrend;
use super::{bucket_again, bucket_page, shares, suggestions};
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ids::{BucketId, ChangeId};
use crate::ledger::merge::Pair;
use crate::ledger::order::{self, Towards};
use crate::ledger::retire::Retire;
use crate::ledger::suggested::New;
use crate::ledger::transaction::queries::Filter;
use crate::ledger::{Book, Cell, LedgerError, book, bucket, history};
use crate::money::Percent;
use crate::reports::trend::{Part, PartTrend};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::htmx::Wants;
use crate::web::pages::frame::Frame;
use crate::web::pages::links::Link;
use crate::web::pages::month_ends::MONTHS;
use crate::web::pages::shell::Section;
use crate::web::{State, htmx};

/// Where the list is.
pub(super) const PATH: &str = "/setup/buckets";

/// What money is for.
#[derive(Debug)]
pub(in crate::web) struct Buckets;

impl Noun for Buckets {
    type Id = BucketId;
    type Stored = book::Bucket;

    const PATH: &'static str = PATH;
    const ONE: &'static str = "bucket";
    const ALL: &'static str = "Buckets";
    const NOUN: history::Noun = history::Noun::Bucket;
    const SECTION: Section = Section::Buckets;

    fn find(book: &Book, id: BucketId) -> Option<Named<'_>> {
        book.bucket(id).map(|one| Named {
            name: &one.name,
            version: one.version,
            archived_at: one.archived_at,
        })
    }

    fn add(conn: &mut Connection, member: &Member, fields: &Fields) -> Result<ChangeId, Refusal> {
        let name = fields.text("name");
        let percent = match fields.text("allocation_percentage") {
            "" => Ok(Percent::ZERO),
            text => shares::read_percent(text, member.number_format),
        };
        let percent = percent.map_err(|message| Refusal::named(name, "allocation_percentage", message))?;
        let (_, change) = bucket::add(conn, member, name, percent)?;
        Ok(change)
    }

    fn suggested(
        conn: &mut Connection,
        member: &Member,
        fields: &Fields,
    ) -> Result<(ChangeId, String), Refusal> {
        let format = member.number_format;
        let share = |suggested: &suggestions::Share, typed: Option<&str>| match typed {
            Some(text) => shares::read_percent(text, format),
            None => Ok(suggested.percent()),
        };
        let field = shares::SUGGESTED_FIELD;
        let wanted = suggestions::read(fields, &suggestions::BUCKETS, field, share)?;
        if let Some(over) = shares::over(&shares::typed_suggestions(fields, format), format) {
            let sentence = format!("{} {}.", over.title, over.advice);
            return Err(Refusal::field(over.field, sentence));
        }
        let words = ("bucket.add", "bucket", "buckets");
        let (change, told) = suggestions::add(conn, member, words, &wanted, New::Bucket)?;
        let book = Book::load(conn, member.household)?;
        Ok((change, format!("{told} {}", shares::told(&book, format))))
    }

    fn edit(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        id: BucketId,
        fields: &Fields,
    ) -> Result<Option<ChangeId>, Refusal> {
        let stored = book.bucket(id).ok_or(LedgerError::NotFound("bucket"))?;
        let name = fields.text("name");
        // A version that cannot be read is no version at all: 0 is nobody's.
        let version: i32 = fields.text("version").parse().unwrap_or(0);
        if version != stored.version && name.trim() != stored.name {
            return Err(Refusal::Stale);
        }
        let typed = shares::read(fields, book, member.number_format, Some(id))
            .map_err(|refusal| refusal.also_about_name(name))?;
        Ok(bucket::edit(conn, member, id, version, name, &typed)?)
    }

    fn archive(conn: &mut Connection, member: &Member, id: BucketId) -> Result<ChangeId, LedgerError> {
        bucket::archive(conn, member, id)
    }

    fn restore(conn: &mut Connection, member: &Member, id: BucketId) -> Result<ChangeId, LedgerError> {
        bucket::restore(conn, member, id)
    }

    fn delete(conn: &mut Connection, member: &Member, id: BucketId) -> Result<ChangeId, LedgerError> {
        bucket::delete(conn, member, id)
    }

    fn pair(source: BucketId, target: BucketId) -> Pair {
        Pair::Buckets { source, target }
    }

    fn retire(from: BucketId, to: BucketId) -> Option<Retire> {
        Some(Retire::Bucket { from, to })
    }

    fn others(book: &Book, id: BucketId) -> Vec<(BucketId, &str)> {
        book.active_buckets()
            .filter(|one| one.id != id)
            .map(|one| (one.id, one.name.as_str()))
            .collect()
    }

    fn handed_over(book: &Book, id: BucketId, member: &Member) -> String {
        match share(book, id, member) {
            Some(share) => format!("Its money, its {share} and all its entries"),
            None => "Its money and all its entries".to_owned(),
        }
    }

    fn freed(book: &Book, id: BucketId, member: &Member) -> String {
        let share = share(book, id, member);
        share.map_or_else(String::new, |share| {
            format!(" Its {share} become free for other buckets.")
        })
    }

    fn share_after(book: &Book, id: BucketId, gained: Percent, member: &Member) -> Option<String> {
        let bucket = book.bucket(id).filter(|_| gained != Percent::ZERO)?;
        let format = member.number_format;
        let sum = u64::from(bucket.percent.basis_points()) + u64::from(gained.basis_points());
        Some(format!(
            "{} gets its {}% of income and has {}% then.",
            bucket.name,
            format.percent(gained),
            format.basis_points(sum)
        ))
    }

    fn told_restored(name: &str) -> String {
        format!("{name} is in use again, with a share of 0%.")
    }

    fn facts(
        conn: &mut Connection,
        member: &Member,
        today: NaiveDate,
        book: &Book,
        id: BucketId,
    ) -> Result<Facts, QueryError> {
        let over_time = PartTrend::load(conn, member.household, Part::Bucket(id), today, MONTHS)?;
        let money = &over_time.money;
        let row = |location: &book::Location| {
            let minor = money.cell(Cell {
                location: location.id,
                bucket: id,
            });
            let href = format!("/transactions?location={}&bucket={id}", location.id);
            (location.name.clone(), href, minor)
        };
        let percent = book.bucket(id).map_or(Percent::ZERO, |one| one.percent);
        Ok(Facts {
            about: format!(
                "Gets {}% of a split income",
                member.number_format.percent(percent)
            ),
            filter: Filter {
                buckets: vec![id],
                ..Filter::default()
            },
            query: format!("bucket={id}"),
            money: Some(MoneyTable::new(
                ("Where its money is", "Location"),
                book.locations.iter().map(row),
                member,
            )),
            trend: Some(MoneyTrend::of(
                member,
                today,
                book.bucket(id).map_or("", |one| one.name.as_str()),
                &over_time.month_ends,
                &Link::to_all().bucket(id),
            )),
            months: None,
        })
    }

    fn beside(book: &Book, id: BucketId, member: &Member, asked: &Asked, _: bool) -> Option<Beside> {
        let bucket = book.bucket(id)?;
        let field = format!("{}{id}", shares::FIELD);
        let stored = member.number_format.percent(bucket.percent);
        Some(Beside::Share {
            percent: asked.text(&Sent::Edit(id.to_string()), &field, &stored),
            field,
            version_field: format!("{}{id}", shares::VERSION),
            version: bucket.version,
        })
    }

    fn properties(stored: &book::Bucket, member: &Member) -> Vec<(&'static str, String)> {
        vec![
            ("Name", stored.name.clone()),
            (
                "Share",
                format!("{}%", member.number_format.percent(stored.percent)),
            ),
            ("Use", in_use(stored.archived_at)),
        ]
    }

    fn differences(book: &Book, id: BucketId, fields: &Fields, member: &Member) -> Vec<(String, String)> {
        bucket_again::differences(book, book.bucket(id), fields, member)
    }

    async fn list(
        state: &State,
        caller: SignedIn,
        frame: Frame,
        asked: Asked,
    ) -> Result<HttpResponse, Error> {
        bucket_page::show(state, caller, frame, asked).await
    }
}

impl Ordered for Buckets {
    fn shift(
        conn: &mut Connection,
        member: &Member,
        id: BucketId,
        towards: Towards,
    ) -> Result<Option<ChangeId>, LedgerError> {
        order::bucket(conn, member, id, towards)
    }
}

/// `GET /setup/buckets/sum`: the running sum of the percentages that are being typed, in the list or among the suggestions.
///
/// # Errors
/// When the database fails.
pub(in crate::web) async fn sum(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    if wants == Wants::Page {
        return Ok(htmx::see_other(PATH));
    }
    let fields = Fields::parse(request.query_string().as_bytes());
    let line = state
        .db
        .read(caller.caller, move |conn, member| {
            let format = member.number_format;
            let typed = if fields.starting(shares::SUGGESTED_FIELD).next().is_some() {
                shares::typed_suggestions(&fields, format)
            } else {
                shares::typed(&fields, &Book::load(conn, member.household)?, format)
            };
            Ok::<_, Error>(SumLine::new(&typed, format))
        })
        .await?;
    Ok(htmx::html(line.render()?))
}

/// `POST /setup/buckets/percentages`: the shares of all buckets in use, all or none. `give` names one that gets what is left to 100 %.
///
/// # Errors
/// When there is no such bucket, the caller may not write, or the database fails.
pub(in crate::web) async fn percentages(request: Sending) -> Result<HttpResponse, Error> {
    request
        .write::<Buckets>(Sent::Percentages, PATH, |conn, member, fields| {
            let format = member.number_format;
            let book = Book::load(conn, member.household)?;
            let mut typed = shares::read(fields, &book, format, None)?;
            shares::give_rest(&book, &mut typed, fields.text("give"));
            let change = bucket::set_percentages(conn, member, &typed)?;
            let book = Book::load(conn, member.household)?;
            Ok(Told::new(
                format!("Shares saved. {}", shares::told(&book, format)),
                change,
            ))
        })
        .await
}

/// `10%`; nothing for a bucket without a share.
fn share(book: &Book, id: BucketId, member: &Member) -> Option<String> {
    let percent = book.bucket(id)?.percent;
    (percent != Percent::ZERO).then(|| format!("{}%", member.number_format.percent(percent)))
}
