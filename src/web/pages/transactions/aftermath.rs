//! What a message says about other entries: what is open with somebody after a loan, what is left of an expense after its refund.

use super::refunds;
use crate::db::Connection;
use crate::households::Member;
use crate::ledger::transaction::Transaction;
use crate::ledger::transaction::commands::Done;
use crate::ledger::{Kind, LedgerError, loan, refund};
use crate::web::pages::loans;

/// The sentence that follows the message about a command; nothing where there is nothing to add.
///
/// # Errors
/// Only database failures.
pub(super) fn sentence(
    conn: &mut Connection,
    member: &Member,
    done: &Done,
) -> Result<Option<String>, LedgerError> {
    match &done.after {
        Some(after) if after.kind == Kind::Loan => {
            of_a_loan(conn, member, done.before.as_ref(), after).map(Some)
        }
        Some(after) => of_a_refund(conn, member, after),
        None => Ok(match done.unlinked {
            0 => None,
            1 => Some("Its refund stays, and gives back nothing in particular.".to_owned()),
            many => Some(format!(
                "Its {many} refunds stay, and give back nothing in particular."
            )),
        }),
    }
}

fn of_a_loan(
    conn: &mut Connection,
    member: &Member,
    before: Option<&Transaction>,
    after: &Transaction,
) -> Result<String, LedgerError> {
    let name = after.counterparty.as_deref().unwrap_or_default();
    let now = loan::open(conn, member.household, name, Some((after.date, after.id)))?;
    // What was open before an edit counts the entry as it was, if it was with the same counterparty.
    let was = before
        .filter(|before| before.counterparty == after.counterparty)
        .map_or(0, |before| before.amount.minor());
    let (was_open, is_open) = (
        now.others_minor.saturating_sub(was),
        now.others_minor.saturating_sub(after.amount.minor()),
    );
    Ok(loans::told(member, name, was_open, is_open))
}

fn of_a_refund(
    conn: &mut Connection,
    member: &Member,
    after: &Transaction,
) -> Result<Option<String>, LedgerError> {
    let Some(original) = after.refund_of else {
        return Ok(None);
    };
    let found = refund::fitting(conn, member.household, after.kind, None, Some(original), None, 1)?;
    Ok(found
        .first()
        .map(|part| refunds::standing(member, part.kind, part.amount_minor, part.refunded_minor)))
}
