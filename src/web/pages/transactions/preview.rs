//! The [`Preview`]: what an entry would do, to the cent, before it is saved.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::cell_table::CellTable;
use super::filters::PATH;
use super::split_table::SplitTable;
use super::values::{Values, is_complete};
use crate::db::Connection;
use crate::households::Member;
use crate::ledger::loan::{self, Open};
use crate::ledger::transaction::queries;
use crate::ledger::transaction::{Line, Snapshot};
use crate::ledger::{Book, Cell, Kind, rules};
use crate::money::Amount;
use crate::reports::distribution::Distribution;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::htmx::{self, Wants};
use crate::web::pages::loans;

/// What an entry would do; at most one of these.
#[derive(Default)]
pub(super) struct Preview {
    /// What is needed to say more.
    pub(super) hint: Option<String>,
    pub(super) split: Option<SplitTable>,
    pub(super) cells: Option<CellTable>,
}

#[derive(Template)]
#[template(path = "transactions/_preview.html")]
struct Fragment {
    preview: Preview,
}

impl Preview {
    /// What these values would do, in place of what is `stored`.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn load(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        values: &Values,
        stored: Option<&Snapshot>,
    ) -> Result<Self, Error> {
        match values.kind {
            Kind::Income if values.split => Ok(Self::split(member, book, values, stored)),
            Kind::Transfer => Self::transfer(conn, member, book, values, stored),
            Kind::Loan => {
                let at = stored.map(|stored| (stored.transaction.date, stored.transaction.id));
                let open = loan::open(conn, member.household, &values.counterparty_name(), at)?;
                Ok(Self::loan(member, values, stored, open))
            }
            _ => Ok(Self::default()),
        }
    }

    fn hint(sentence: impl Into<String>) -> Self {
        Self {
            hint: Some(sentence.into()),
            ..Self::default()
        }
    }

    /// What would be open with the counterparty, where `open` is so without the entry.
    pub(super) fn loan(member: &Member, values: &Values, stored: Option<&Snapshot>, open: Open) -> Self {
        let name = values.counterparty_name();
        let Some(minor) = values.loan_minor(member).filter(|_| !name.is_empty()) else {
            return Self::hint("Say with whom and how much to see what is open then.");
        };
        let is_as_stored = stored.map(|stored| &stored.transaction).is_some_and(|stored| {
            stored.counterparty.as_deref() == Some(&name) && stored.amount.minor() == minor
        });
        if is_as_stored {
            return Self::default();
        }
        let before = open.others_minor;
        Self::hint(loans::foreseen(
            member,
            &name,
            before,
            before.saturating_sub(minor),
        ))
    }

    /// The parts of an income. One that was split before keeps its shares, unless it is divided anew.
    fn split(member: &Member, book: &Book, values: &Values, stored: Option<&Snapshot>) -> Self {
        let split_before = stored.filter(|stored| !stored.shares.is_empty());
        let division = match split_before {
            Some(stored) if !values.is_anew() => rules::kept_division(stored),
            _ if is_complete(book) => rules::divided_anew(book, stored),
            _ => return Self::default(),
        };
        if values.amount.trim().is_empty() {
            return Self::hint("Type an amount to see what each bucket gets.");
        }
        let amount = match values.read_amount(member) {
            Ok(amount) if amount.is_zero() || amount.is_negative() => {
                return Self::hint("Type an amount above zero to see what each bucket gets.");
            }
            Ok(amount) => {
                if values.refund {
                    -amount
                } else {
                    amount
                }
            }
            Err(sentence) => return Self::hint(sentence),
        };
        match SplitTable::of(
            member,
            book,
            &division,
            amount,
            split_before.filter(|_| values.is_anew()),
        ) {
            Some(split) => Self {
                split: Some(split),
                ..Self::default()
            },
            None => Self::hint(
                "Part of this entry lies in an archived bucket and stays there. Type a larger amount to see what the others get.",
            ),
        }
    }

    /// Both cells of a transfer, before and after.
    fn transfer(
        conn: &mut Connection,
        member: &Member,
        book: &Book,
        values: &Values,
        stored: Option<&Snapshot>,
    ) -> Result<Self, Error> {
        let (from, to) = values.cells();
        let known = |cell: Cell| book.location(cell.location).is_some() && book.bucket(cell.bucket).is_some();
        if !known(from) || !known(to) {
            return Ok(Self::hint("Choose both places to see them before and after."));
        }
        if from == to {
            return Ok(Self::hint(
                "This moves nothing: choose another location or another bucket.",
            ));
        }
        if values.amount.trim().is_empty() {
            return Ok(Self::hint("Type an amount to see both places before and after."));
        }
        let amount = match values.read_amount(member) {
            Ok(amount) if amount.is_zero() || amount.is_negative() => {
                return Ok(Self::hint(
                    "Type an amount above zero to see both places before and after.",
                ));
            }
            Ok(amount) => amount,
            Err(sentence) => return Ok(Self::hint(sentence)),
        };
        let money = Distribution::now(conn, member.household)?;
        let was = stored.map_or(&[][..], |stored| stored.transaction.lines.as_slice());
        let cells = CellTable::of(member, book, &money, was, &lines(from, to, amount));
        Ok(Self {
            cells: Some(cells),
            ..Self::default()
        })
    }
}

fn lines(from: Cell, to: Cell, amount: Amount) -> [Line; 2] {
    [(from, -amount), (to, amount)].map(|(cell, amount)| Line {
        location: cell.location,
        bucket: cell.bucket,
        amount,
    })
}

/// `GET /transactions/split-preview`: what each bucket would get.
///
/// # Errors
/// When the database fails.
pub async fn split_preview(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    preview(&request, &state, caller, wants, Kind::Income).await
}

/// `GET /transactions/transfer-preview`: both places before and after.
///
/// # Errors
/// When the database fails.
pub async fn transfer_preview(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    preview(&request, &state, caller, wants, Kind::Transfer).await
}

/// `GET /transactions/loan-preview`: what would be open with the counterparty.
///
/// # Errors
/// When the database fails.
pub async fn loan_preview(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    wants: Wants,
) -> Result<HttpResponse, Error> {
    preview(&request, &state, caller, wants, Kind::Loan).await
}

async fn preview(
    request: &HttpRequest,
    state: &State,
    caller: SignedIn,
    wants: Wants,
    kind: Kind,
) -> Result<HttpResponse, Error> {
    if wants == Wants::Page {
        return Ok(htmx::see_other(&format!("{PATH}/new?kind={kind}")));
    }
    let fields = Fields::parse(request.query_string().as_bytes());
    let preview = state
        .db
        .read(caller.caller, move |conn, member| {
            let book = Book::load(conn, member.household)?;
            let mut values = Values::sent(&fields);
            values.kind = kind;
            let stored = match fields.text("id").parse() {
                Ok(id) => queries::find(conn, member.household, id)?,
                Err(_) => None,
            };
            Preview::load(conn, member, &book, &values, stored.as_ref())
        })
        .await?;
    Ok(htmx::html(Fragment { preview }.render()?))
}
