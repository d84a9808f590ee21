//! The [`RefundChoices`]: what a refund can give back, and how much of it is left.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::choices::Choice;
use super::entry_form::EntryForm;
use super::filters::PATH;
use super::refunds;
use super::values::Values;
use crate::db::Connection;
use crate::households::Member;
use crate::ids::TransactionId;
use crate::ledger::refund::{self, Part};
use crate::ledger::{Book, Kind};
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::htmx::{self, Wants};
use crate::web::pages::field_errors::FieldErrors;

/// Entries to choose from.
const PARTS_MAX: i32 = 12;

/// What a refund can give back.
pub(super) struct RefundChoices {
    pub(super) choices: Vec<Choice>,
    /// The chosen one, without this refund in its sum.
    pub(super) chosen: Option<Part>,
    /// What would be left of the chosen one.
    pub(super) sentence: Option<String>,
}

#[derive(Template)]
#[template(path = "transactions/_refund_choices.html")]
struct Fragment {
    refunds: Option<RefundChoices>,
    value: String,
    errors: FieldErrors,
}

impl RefundChoices {
    /// The choices of an income or expense that is a refund; `id` is its own where it is stored.
    ///
    /// # Errors
    /// Only database failures.
    pub(super) fn load(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        today: NaiveDate,
        values: &Values,
        id: Option<TransactionId>,
    ) -> Result<Option<Self>, Error> {
        if !values.refund || !EntryForm::is_flow_kind(values.kind) {
            return Ok(None);
        }
        let chosen = values.chosen_original();
        let category = values.category.parse().ok();
        let parts = refund::fitting(
            conn,
            member.household,
            values.kind,
            category,
            chosen,
            id,
            PARTS_MAX,
        )?;
        let choices = parts
            .iter()
            .map(|part| Choice::new(&part.id, label(member, book, today, part)))
            .collect();
        let chosen = parts.into_iter().find(|part| Some(part.id) == chosen);
        Ok(Some(Self {
            choices,
            sentence: chosen.as_ref().map(|part| foreseen(member, part, values)),
            chosen,
        }))
    }
}

/// An entry among those to choose from: `14 Nov, Weekly shop, 64.35`.
fn label(member: &Member, book: &Book, today: NaiveDate, part: &Part) -> String {
    let amount = member.number_format.amount(part.amount_minor, member.currency);
    format!(
        "{}, {}, {amount}",
        member.dates(today).day(part.date),
        refunds::title(book, part)
    )
}

/// What of the chosen entry is left, and what this refund leaves of it.
fn foreseen(member: &Member, part: &Part, values: &Values) -> String {
    let before = refunds::standing(member, part.kind, part.amount_minor, part.refunded_minor);
    let Some(amount) = values
        .read_amount(member)
        .ok()
        .map(crate::money::Amount::minor)
        .filter(|minor| *minor > 0)
    else {
        return before;
    };
    let left = part.left_minor().saturating_sub(amount);
    let text = member
        .number_format
        .amount(left.saturating_abs(), member.currency);
    let after = match left {
        1.. => format!("After this, {text} is left."),
        0 => "After this, nothing is left.".to_owned(),
        _ => format!("This is {text} more than is left."),
    };
    format!("{before} {after}")
}

/// `GET /transactions/refund-choices`: what the refund of a form can give back; nothing while it is none.
///
/// # Errors
/// When the database fails.
pub async fn refund_choices(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    let fields = Fields::parse(request.query_string().as_bytes());
    let values = Values::sent(&fields);
    if wants == Wants::Page {
        let kind = if EntryForm::is_flow_kind(values.kind) {
            values.kind
        } else {
            Kind::Expense
        };
        return Ok(htmx::see_other(&format!("{PATH}/new?kind={kind}")));
    }
    let clock = state.clock.clone();
    let fragment = state
        .db
        .read(caller.caller, move |conn, member| {
            let today = clock.today(member.time_zone);
            let book = Book::load(conn, member.household)?;
            let id = fields.text("id").parse().ok();
            let refunds = RefundChoices::load(conn, member, &book, today, &values, id)?;
            Ok::<_, Error>(Fragment {
                refunds,
                value: values.refund_of,
                errors: FieldErrors::default(),
            })
        })
        .await?;
    Ok(htmx::html(fragment.render()?))
}
