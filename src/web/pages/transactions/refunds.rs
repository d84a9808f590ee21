//! [`Refunds`]: what the page of an entry says about what came back of it, or about what it gives back.

use chrono::NaiveDate;
use url::form_urlencoded::Serializer;

use super::refund_choices::RefundChoices;
use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::ids::TransactionId;
use crate::ledger::refund::{self, Part};
use crate::ledger::transaction::{Snapshot, Transaction};
use crate::ledger::{Book, Kind};

/// How an entry and its refunds hang together.
pub(super) struct Refunds {
    /// `Refunded 40.00 of 100.00, 60.00 still owed back.`; of a refund, what it gives back and how much of that came back.
    pub(super) sentence: Option<String>,
    /// Whether it is a refund itself.
    pub(super) gives_back: bool,
    /// The refunds of the entry, or the entry that it gives back.
    pub(super) links: Vec<Link>,
    /// The form of another refund.
    pub(super) record_href: Option<String>,
}

/// The way to another entry.
pub(super) struct Link {
    pub(super) id: TransactionId,
    pub(super) title: String,
    pub(super) when: String,
    pub(super) amount: String,
}

impl Refunds {
    /// What is to be said about a stored entry, of whose form these are the `choices`; nothing about what cannot be given back.
    ///
    /// # Errors
    /// Only database failures.
    pub(super) fn load(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        today: NaiveDate,
        stored: &Snapshot,
        choices: Option<&RefundChoices>,
    ) -> Result<Option<Self>, QueryError> {
        let transaction = &stored.transaction;
        if !matches!(transaction.kind, Kind::Income | Kind::Expense) {
            return Ok(None);
        }
        let link = |part: &Part| Link {
            id: part.id,
            title: title(book, part).to_owned(),
            when: member.dates(today).day(part.date),
            amount: member.number_format.amount(part.amount_minor, member.currency),
        };
        if transaction.is_refund() {
            let Some(original) = transaction.refund_of else {
                return Ok(None);
            };
            let kind = transaction.kind;
            // Mostly the form knows it already, but for what this refund gives back itself.
            let known = choices
                .and_then(|choices| choices.chosen.clone())
                .filter(|part| part.id == original)
                .map(|part| Part {
                    refunded_minor: part
                        .refunded_minor
                        .saturating_add(transaction.amount.abs().minor()),
                    ..part
                });
            let found = match known {
                Some(part) => Some(part),
                None => refund::fitting(conn, member.household, kind, None, Some(original), None, 1)?.pop(),
            };
            return Ok(found.map(|part| Self {
                sentence: Some(standing(member, kind, part.amount_minor, part.refunded_minor)),
                gives_back: true,
                links: vec![link(&part)],
                record_href: None,
            }));
        }
        let refunds = refund::of(conn, member.household, transaction.id)?;
        let refunded = refunds
            .iter()
            .fold(0_i64, |sum, part| sum.saturating_add(part.amount_minor));
        let amount = transaction.amount.abs().minor();
        let may_write = member.role.may_write();
        Ok(Some(Self {
            sentence: (!refunds.is_empty()).then(|| standing(member, transaction.kind, amount, refunded)),
            gives_back: false,
            links: refunds.iter().map(link).collect(),
            record_href: may_write.then(|| record_href(member, book, transaction, amount - refunded)),
        }))
    }

    /// Whether there is anything to show but the way to a refund.
    pub(super) fn has_links(&self) -> bool {
        !self.links.is_empty()
    }
}

/// What such an entry is called: its description, or else its category.
pub(super) fn title<'a>(book: &'a Book, part: &'a Part) -> &'a str {
    if part.description.is_empty() {
        book.category(part.category)
            .map_or(part.kind.label(), |category| category.name.as_str())
    } else {
        &part.description
    }
}

/// How much of an entry came back: `Refunded 40.00 of 100.00, 60.00 still owed back.`
pub(super) fn standing(member: &Member, kind: Kind, amount_minor: i64, refunded_minor: i64) -> String {
    let text = |minor: i64| member.number_format.amount(minor, member.currency);
    let (amount, refunded) = (text(amount_minor), text(refunded_minor));
    let left = amount_minor.saturating_sub(refunded_minor);
    let (verb, of_the_rest) = if kind == Kind::Income {
        ("Taken back", "still yours")
    } else {
        ("Refunded", "still owed back")
    };
    match left {
        1.. => format!("{verb} {refunded} of {amount}, {} {of_the_rest}.", text(left)),
        0 => format!("{verb} in full: {amount}."),
        _ => format!(
            "{verb} {refunded} of {amount}, {} more than there was.",
            text(left.saturating_neg())
        ),
    }
}

/// The form of a refund of what is left of an entry, back to where it came from.
fn record_href(member: &Member, book: &Book, of: &Transaction, left_minor: i64) -> String {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("kind", of.kind.as_str())
        .append_pair("refund", "1")
        .append_pair("refund_of", &of.id.to_string())
        .append_pair("category", &of.category.to_string())
        .append_pair("description", &of.description);
    if left_minor > 0 {
        let left = member.number_format.amount(left_minor, member.currency);
        query.append_pair("amount", &left);
    }
    if let Some(line) = of.lines.first() {
        if book.active_locations().any(|one| one.id == line.location) {
            query.append_pair("location", &line.location.to_string());
        }
        if !of.split && book.active_buckets().any(|one| one.id == line.bucket) {
            query.append_pair("bucket", &line.bucket.to_string());
        }
    }
    if !of.split {
        query.append_pair("split", "0");
    }
    format!("/transactions/new?{}", query.finish())
}
