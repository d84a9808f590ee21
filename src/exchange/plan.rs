//! From a row to what is to be stored of it. What makes an entry right is told by [`rules::plan`] alone, as for entries typed in.

use super::catalogue::Catalogue;
use super::rows::{Names, Row, RowSign};
use crate::ids::{CategoryId, TransactionId};
use crate::ledger::transaction::{Snapshot, Transaction};
use crate::ledger::{BucketChoice, Cell, Draft, Entry, FlowKind, Problem, Problems, Sign, rules};
use crate::money::Split;

/// What is to be stored of a row, without its fingerprint.
pub(super) fn plan(row: &Row, names: &Names, catalogue: &mut Catalogue) -> Result<Snapshot, Problems> {
    let (entry, category) = entry(row, names, catalogue)?;
    let draft = Draft {
        date: row.date,
        description: row.description.to_string(),
        entry,
    };
    let plan = rules::plan(&draft, &catalogue.book, None).map_err(|mut problems| {
        for problem in &mut problems {
            problem.field = column(problem.field);
        }
        problems
    })?;
    Ok(Snapshot {
        transaction: Transaction {
            id: TransactionId::new(),
            date: draft.date,
            kind: plan.kind,
            description: plan.description,
            category: plan.category.unwrap_or(category),
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

/// The column that a field of a form has in the file.
fn column(field: &'static str) -> &'static str {
    match field {
        "from_location" => "location",
        "from_bucket" | "split" => "bucket",
        other => other,
    }
}

fn entry(row: &Row, names: &Names, catalogue: &mut Catalogue) -> Result<(Entry, CategoryId), Problems> {
    let mut problems = Problems::new();
    let sign = match row.sign {
        RowSign::Income => Sign::Positive,
        RowSign::Expense => Sign::Negative,
        RowSign::Transfer => Sign::Neutral,
    };
    let category = note(
        "category",
        catalogue.category(names, row.category, sign),
        &mut problems,
    );
    let location = note("location", catalogue.location(names, row.location), &mut problems);
    let bucket = match row.bucket {
        Some(bucket) => note("bucket", catalogue.bucket(names, bucket), &mut problems).map(BucketChoice::One),
        None => note("bucket", can_split(catalogue), &mut problems),
    };
    let to = row.to.map(|(location, bucket)| {
        (
            note("to_location", catalogue.location(names, location), &mut problems),
            note("to_bucket", catalogue.bucket(names, bucket), &mut problems),
        )
    });
    let (Some(category), Some(location), Some(bucket)) = (category, location, bucket) else {
        return Err(problems);
    };
    let entry = match (to, bucket) {
        (None, bucket) => Entry::Flow {
            kind: if row.sign == RowSign::Income {
                FlowKind::Income
            } else {
                FlowKind::Expense
            },
            refund: row.amount.is_negative(),
            refund_of: None,
            amount: row.amount.abs(),
            category,
            location,
            bucket,
        },
        (Some((Some(to_location), Some(to_bucket))), BucketChoice::One(bucket)) => Entry::Transfer {
            amount: row.amount,
            from: Cell { location, bucket },
            to: Cell {
                location: to_location,
                bucket: to_bucket,
            },
            category: Some(category),
        },
        _ => return Err(problems),
    };
    Ok((entry, category))
}

/// Splitting needs exactly 100 %; otherwise a sentence with what is missing.
fn can_split(catalogue: &Catalogue) -> Result<BucketChoice, String> {
    let percentages = catalogue
        .book
        .active_buckets()
        .map(|bucket| bucket.percent)
        .collect();
    match Split::new(percentages) {
        Ok(_) => Ok(BucketChoice::Split),
        Err(error) => Err(format!(
            "{error}. Complete them with --buckets, or under Set-up, Buckets; or name a bucket."
        )),
    }
}

fn note<T>(field: &'static str, found: Result<T, String>, problems: &mut Problems) -> Option<T> {
    found
        .map_err(|message| problems.push(Problem { field, message }))
        .ok()
}
