//! Writing a life into the ledger: the set-up is one change and every year one more. It goes in batches, so that memory stays flat.

use std::collections::HashMap;

use chrono::Datelike;
use diesel::pg::PgConnection;

use super::event::{Event, What};
use super::life::Life;
use super::set_up::SetUp;
use super::shape::Shape;
use crate::db::DbError;
use crate::households::Member;
use crate::ids::{ChangeId, TransactionId};
use crate::ledger::history::{self, Record};
use crate::ledger::transaction::{Snapshot, Transaction};
use crate::ledger::{LedgerError, bulk, rules};

/// Why a demo was not written. Nothing of it may be committed then.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The rules refused an entry: a fault of the demo.
    #[error("the demo has an entry that the rules refuse: {0}")]
    Refused(String),
    /// The ledger refused it, such as names that the household has already.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for DemoError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Writes the life of this shape into the household, which must be empty. Tells `progress` how many transactions are written so far.
///
/// # Errors
/// [`DemoError`]
pub fn furnish(
    conn: &mut PgConnection,
    member: &Member,
    shape: Shape,
    progress: &mut dyn FnMut(usize),
) -> Result<(), DemoError> {
    let set_up = SetUp::new();
    let items = bulk::add_to_set_up(conn, member.household, &set_up.additions())?;
    record(conn, member, "the demo, set-up", &items)?;
    let mut writer = Writer {
        conn,
        member,
        set_up,
        purchases: HashMap::new(),
        batch: Vec::new(),
        years: Vec::new(),
        written: 0,
    };
    for event in Life::new(shape) {
        writer.take(&event, progress)?;
    }
    writer.flush(progress)
}

/// A change that brings many things: as an import does.
fn record(
    conn: &mut PgConnection,
    member: &Member,
    summary: &str,
    items: &[history::Item],
) -> Result<ChangeId, DemoError> {
    let record = Record {
        action: "import",
        summary,
        undoes: None,
    };
    Ok(history::record(conn, member, &record, items)?)
}

/// The change of a year.
struct Year {
    number: i32,
    change: ChangeId,
    /// Transactions of it that are stored.
    written: usize,
    /// Transactions of it in the batch.
    waiting: usize,
}

struct Writer<'a> {
    conn: &'a mut PgConnection,
    member: &'a Member,
    set_up: SetUp,
    /// Under which id a purchase was stored that will be given back.
    purchases: HashMap<u32, TransactionId>,
    batch: Vec<Snapshot>,
    /// The years that the batch has something of, in their order.
    years: Vec<Year>,
    written: usize,
}

impl Writer<'_> {
    fn take(&mut self, event: &Event, progress: &mut dyn FnMut(usize)) -> Result<(), DemoError> {
        // A batch goes over the turn of the year: were the first one small, Postgres would plan its guards for a small table.
        if self.batch.len() >= bulk::BATCH_ROWS {
            self.flush(progress)?;
        }
        let number = event.date.year();
        if self.years.last().is_none_or(|year| year.number != number) {
            let change = record(self.conn, self.member, &format!("the demo, {number}"), &[])?;
            self.years.push(Year {
                number,
                change,
                written: 0,
                waiting: 0,
            });
        }
        let snapshot = self.plan(event)?;
        self.batch.push(snapshot);
        if let Some(year) = self.years.last_mut() {
            year.waiting += 1;
        }
        Ok(())
    }

    /// What is to be stored: the ledger's own rules say so, as for entries typed in.
    fn plan(&mut self, event: &Event) -> Result<Snapshot, DemoError> {
        let refused =
            |why: String| DemoError::Refused(format!("{}, {} {}", why, event.date, event.description));
        let original = match event.what {
            What::Refund { of: Some(of), .. } => self.purchases.remove(&of),
            _ => None,
        };
        let draft = self
            .set_up
            .draft(event, original)
            .map_err(|error| refused(error.to_string()))?;
        let plan = rules::plan(&draft, &self.set_up.book, None).map_err(|problems| {
            let messages: Vec<_> = problems.into_iter().map(|problem| problem.message).collect();
            refused(messages.join(" "))
        })?;
        let category = plan
            .category
            .ok_or_else(|| refused("it has no category".to_owned()))?;
        let id = TransactionId::new();
        if let What::Expense {
            returned_as: Some(number),
            ..
        } = event.what
        {
            self.purchases.insert(number, id);
        }
        Ok(Snapshot {
            transaction: Transaction {
                id,
                date: draft.date,
                kind: plan.kind,
                description: plan.description,
                category,
                counterparty: plan.counterparty,
                refund_of: plan.refund_of,
                amount: plan.amount,
                split: !plan.shares.is_empty(),
                version: 1,
                lines: plan.lines,
            },
            shares: plan.shares,
            import_key: None,
        })
    }

    fn flush(&mut self, progress: &mut dyn FnMut(usize)) -> Result<(), DemoError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let household = self.member.household;
        bulk::insert(self.conn, household, &self.batch)?;
        let mut rest = self.batch.as_slice();
        for year in &mut self.years {
            let (new, later) = rest.split_at(year.waiting.min(rest.len()));
            bulk::remember(self.conn, household, year.change, year.written, new)?;
            year.written += new.len();
            year.waiting = 0;
            rest = later;
        }
        self.years.drain(..self.years.len().saturating_sub(1));
        self.written += self.batch.len();
        self.batch.clear();
        progress(self.written);
        Ok(())
    }
}
