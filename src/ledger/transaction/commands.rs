//! Writing transactions. Every command appends to the history; call them inside [`crate::ledger`]'s write transaction, never on their own.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::{Line, Share, Snapshot, Transaction, queries};
use crate::households::Member;
use crate::ids::{ChangeId, HouseholdId, TransactionId};
use crate::ledger::history::{self, Item, Record};
use crate::ledger::rules::{self, Plan};
use crate::ledger::{Book, Draft, LedgerError, category, refund};
use crate::schema::{postings, split_shares, transactions};

/// What a command did.
#[derive(Debug, Clone)]
pub struct Done {
    /// The change, by which it can be undone.
    pub change: ChangeId,
    /// What the transaction is called: its description, or else its category.
    pub title: String,
    /// The transaction as it was before, of an edit or deletion.
    pub before: Option<Transaction>,
    /// The transaction as it is now; nothing after a deletion.
    pub after: Option<Transaction>,
    /// How many refunds of a deleted entry now give back nothing in particular.
    pub unlinked: usize,
}

/// Records a transaction.
///
/// # Errors
/// [`LedgerError::Invalid`] with the fields that are wrong.
pub fn add(conn: &mut PgConnection, member: &Member, draft: &Draft) -> Result<Done, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let mut items = Vec::new();
    let snapshot = add_to(conn, member, &book, draft, &mut items)?;
    let title = snapshot.transaction.title(&book).to_owned();
    let change = history::record(
        conn,
        member,
        &Record {
            action: "transaction.add",
            summary: &title,
            undoes: None,
        },
        &items,
    )?;
    Ok(Done {
        change,
        title,
        before: None,
        after: Some(snapshot.transaction),
        unlinked: 0,
    })
}

/// Records a transaction as a part of a change that the caller writes down: what it made is added to `items`.
///
/// # Errors
/// [`LedgerError::Invalid`] with the fields that are wrong.
pub(in crate::ledger) fn add_to(
    conn: &mut PgConnection,
    member: &Member,
    book: &Book,
    draft: &Draft,
    items: &mut Vec<Item>,
) -> Result<Snapshot, LedgerError> {
    let plan = rules::plan(draft, book, None).map_err(LedgerError::Invalid)?;
    refund::check(conn, member.household, &plan, None)?;
    let snapshot = assemble(conn, member, draft, plan, TransactionId::new(), 1, None, items)?;
    insert(conn, member.household, &snapshot)?;
    items.push(Item::transaction(None, Some(&snapshot))?);
    Ok(snapshot)
}

/// Changes a transaction that was read at `version`.
///
/// # Errors
/// [`LedgerError::NotFound`], [`LedgerError::Stale`], [`LedgerError::Blocked`] by something archived, [`LedgerError::Invalid`].
pub fn edit(
    conn: &mut PgConnection,
    member: &Member,
    id: TransactionId,
    version: i32,
    draft: &Draft,
) -> Result<Done, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let before = queries::find(conn, member.household, id)?.ok_or(LedgerError::NotFound("transaction"))?;
    if before.transaction.version != version {
        return Err(LedgerError::Stale);
    }
    let plan = rules::plan(draft, &book, Some(&before)).map_err(LedgerError::Invalid)?;
    refund::check(conn, member.household, &plan, Some(&before))?;
    if let Some(sentence) = rules::archived_in_the_way(&book, &before.transaction.lines, &plan.lines) {
        let way_out = rules::way_out_of_archived(&book, draft, &before).unwrap_or_default();
        return Err(LedgerError::Blocked(sentence + way_out));
    }
    let mut items = Vec::new();
    let after = assemble(
        conn,
        member,
        draft,
        plan,
        id,
        version + 1,
        before.import_key,
        &mut items,
    )?;
    replace(conn, member.household, &before, &after)?;
    items.push(Item::transaction(Some(&before), Some(&after))?);
    let title = after.transaction.title(&book).to_owned();
    let change = history::record(
        conn,
        member,
        &Record {
            action: "transaction.edit",
            summary: &title,
            undoes: None,
        },
        &items,
    )?;
    Ok(Done {
        change,
        title,
        before: Some(before.transaction),
        after: Some(after.transaction),
        unlinked: 0,
    })
}

/// Deletes a transaction that was read at `version`; without one, whatever its version. Its refunds stay, and give back nothing in particular.
///
/// # Errors
/// [`LedgerError::NotFound`], [`LedgerError::Stale`], [`LedgerError::Blocked`] by something archived.
pub fn delete(
    conn: &mut PgConnection,
    member: &Member,
    id: TransactionId,
    version: Option<i32>,
) -> Result<Done, LedgerError> {
    let book = Book::load(conn, member.household)?;
    let before = queries::find(conn, member.household, id)?.ok_or(LedgerError::NotFound("transaction"))?;
    if version.is_some_and(|version| version != before.transaction.version) {
        return Err(LedgerError::Stale);
    }
    if let Some(sentence) = rules::archived_in_the_way(&book, &before.transaction.lines, &[]) {
        return Err(LedgerError::Blocked(sentence));
    }
    let mut items = Vec::new();
    refund::unlink(conn, member.household, id, &mut items)?;
    let unlinked = items.len();
    remove(conn, member.household, id)?;
    items.push(Item::transaction(Some(&before), None)?);
    let title = before.transaction.title(&book).to_owned();
    let change = history::record(
        conn,
        member,
        &Record {
            action: "transaction.delete",
            summary: &title,
            undoes: None,
        },
        &items,
    )?;
    Ok(Done {
        change,
        title,
        before: Some(before.transaction),
        after: None,
        unlinked,
    })
}

/// What a plan becomes; makes the household's built-in category when it is meant and missing.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a separate fact about the row to be"
)]
fn assemble(
    conn: &mut PgConnection,
    member: &Member,
    draft: &Draft,
    plan: Plan,
    id: TransactionId,
    version: i32,
    import_key: Option<[u8; 16]>,
    items: &mut Vec<Item>,
) -> Result<Snapshot, LedgerError> {
    let category = match plan.category {
        Some(category) => category,
        None => category::built_in(conn, member.household, plan.kind, items)?,
    };
    let transaction = Transaction {
        id,
        date: draft.date,
        kind: plan.kind,
        description: plan.description,
        category,
        counterparty: plan.counterparty,
        refund_of: plan.refund_of,
        amount: plan.amount,
        split: !plan.shares.is_empty(),
        version,
        lines: plan.lines,
    };
    Ok(Snapshot {
        transaction,
        shares: plan.shares,
        import_key,
    })
}

/// Stores a transaction that is not there.
pub(in crate::ledger) fn insert(
    conn: &mut PgConnection,
    household: HouseholdId,
    snapshot: &Snapshot,
) -> QueryResult<()> {
    let one = &snapshot.transaction;
    diesel::insert_into(transactions::table)
        .values((
            transactions::household_id.eq(household),
            transactions::id.eq(one.id),
            transactions::date.eq(one.date),
            transactions::kind.eq(one.kind.as_str()),
            transactions::description.eq(&one.description),
            transactions::category_id.eq(one.category),
            transactions::counterparty.eq(&one.counterparty),
            transactions::refund_of.eq(one.refund_of),
            transactions::amount_minor.eq(one.amount.minor()),
            transactions::split.eq(one.split),
            transactions::import_key.eq(snapshot.import_key.as_ref().map(|key| &key[..])),
            transactions::version.eq(one.version),
        ))
        .execute(conn)?;
    insert_shares(conn, household, one.id, &snapshot.shares)?;
    insert_lines(conn, household, one, one.lines.iter().enumerate())
}

/// Deletes a transaction; its postings and shares go with it.
pub(in crate::ledger) fn remove(
    conn: &mut PgConnection,
    household: HouseholdId,
    id: TransactionId,
) -> QueryResult<()> {
    diesel::delete(transactions::table.find((household, id)))
        .execute(conn)
        .map(drop)
}

/// Stores `after` in place of `before`. Lines that stay as they are, are not touched: an archived thing in them is not in the way then.
pub(in crate::ledger) fn replace(
    conn: &mut PgConnection,
    household: HouseholdId,
    before: &Snapshot,
    after: &Snapshot,
) -> QueryResult<()> {
    let (old, new) = (&before.transaction, &after.transaction);
    diesel::update(transactions::table.find((household, new.id)))
        .set((
            transactions::date.eq(new.date),
            transactions::kind.eq(new.kind.as_str()),
            transactions::description.eq(&new.description),
            transactions::category_id.eq(new.category),
            transactions::counterparty.eq(&new.counterparty),
            transactions::refund_of.eq(new.refund_of),
            transactions::amount_minor.eq(new.amount.minor()),
            transactions::split.eq(new.split),
            transactions::version.eq(new.version),
        ))
        .execute(conn)?;
    if before.shares != after.shares {
        diesel::delete(
            split_shares::table
                .filter(split_shares::household_id.eq(household))
                .filter(split_shares::transaction_id.eq(new.id)),
        )
        .execute(conn)?;
        insert_shares(conn, household, new.id, &after.shares)?;
    }
    let surplus: Vec<i16> = (new.lines.len()..old.lines.len())
        .map(line_number)
        .collect::<QueryResult<_>>()?;
    if !surplus.is_empty() {
        diesel::delete(
            postings::table
                .filter(postings::household_id.eq(household))
                .filter(postings::transaction_id.eq(new.id))
                .filter(postings::line.eq_any(surplus)),
        )
        .execute(conn)?;
    }
    for (index, (_, is)) in old
        .lines
        .iter()
        .zip(&new.lines)
        .enumerate()
        .filter(|(_, (was, is))| was != is)
    {
        diesel::update(postings::table.find((household, new.id, line_number(index)?)))
            .set((
                postings::location_id.eq(is.location),
                postings::bucket_id.eq(is.bucket),
                postings::amount_minor.eq(is.amount.minor()),
            ))
            .execute(conn)?;
    }
    insert_lines(
        conn,
        household,
        new,
        new.lines.iter().enumerate().skip(old.lines.len()),
    )
}

fn insert_shares(
    conn: &mut PgConnection,
    household: HouseholdId,
    id: TransactionId,
    shares: &[Share],
) -> QueryResult<()> {
    if shares.is_empty() {
        return Ok(());
    }
    let rows = shares
        .iter()
        .enumerate()
        .map(|(index, share)| {
            Ok((
                split_shares::household_id.eq(household),
                split_shares::transaction_id.eq(id),
                split_shares::position.eq(line_number(index)?),
                split_shares::bucket_id.eq(share.bucket),
                split_shares::percent_bp.eq(i32::from(share.percent.basis_points())),
            ))
        })
        .collect::<QueryResult<Vec<_>>>()?;
    diesel::insert_into(split_shares::table)
        .values(rows)
        .execute(conn)
        .map(drop)
}

fn insert_lines<'a>(
    conn: &mut PgConnection,
    household: HouseholdId,
    transaction: &Transaction,
    lines: impl Iterator<Item = (usize, &'a Line)>,
) -> QueryResult<()> {
    let rows = lines
        .map(|(index, line)| {
            Ok((
                postings::household_id.eq(household),
                postings::transaction_id.eq(transaction.id),
                postings::line.eq(line_number(index)?),
                postings::date.eq(transaction.date),
                postings::category_id.eq(transaction.category),
                postings::location_id.eq(line.location),
                postings::bucket_id.eq(line.bucket),
                postings::amount_minor.eq(line.amount.minor()),
            ))
        })
        .collect::<QueryResult<Vec<_>>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(postings::table)
        .values(rows)
        .execute(conn)
        .map(drop)
}

/// Lines and positions count from 1.
fn line_number(index: usize) -> QueryResult<i16> {
    i16::try_from(index + 1).map_err(|error| diesel::result::Error::QueryBuilderError(Box::new(error)))
}
