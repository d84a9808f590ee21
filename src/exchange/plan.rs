//! From an entry of a file to what is to be stored of it. What makes an entry right is told by [`rules`] alone, as for entries typed in.

use super::catalogue::Catalogue;
use super::fault::Fault;
use super::rows::{Exact, Money, Names, Row, RowSign, Short};
use crate::ids::{CategoryId, TransactionId};
use crate::ledger::rules::Plan;
use crate::ledger::transaction::{Line, Share, Snapshot, Transaction};
use crate::ledger::{BucketChoice, Cell, Draft, Entry, FlowKind, Problem, Problems, Sign, rules};
use crate::money::Split;

/// What is to be stored of an entry, without its fingerprint: under this id, as a refund of `original`.
pub(super) fn plan(
    row: &Row,
    names: &Names,
    catalogue: &mut Catalogue,
    id: TransactionId,
    original: Option<TransactionId>,
) -> Result<Snapshot, Fault> {
    let (plan, category) = match &row.money {
        Money::Short(short) => {
            short_plan(row, short, names, catalogue).map_err(|problems| Fault::of(row.line, &problems))?
        }
        Money::Exact(exact) => exact_plan(row, exact, names, catalogue)?,
    };
    Ok(Snapshot {
        transaction: Transaction {
            id,
            date: row.date,
            kind: plan.kind,
            description: plan.description,
            category: plan.category.unwrap_or(category),
            counterparty: plan.counterparty,
            refund_of: original,
            amount: plan.amount,
            split: !plan.shares.is_empty(),
            version: 1,
            lines: plan.lines,
        },
        shares: plan.shares,
        import_key: None,
    })
}

/// What follows from a single row.
fn short_plan(
    row: &Row,
    short: &Short,
    names: &Names,
    catalogue: &mut Catalogue,
) -> Result<(Plan, CategoryId), Problems> {
    let (entry, category) = entry(row, short, names, catalogue)?;
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
    Ok((plan, category))
}

/// What is said posting by posting. A fault names the first line that something is wrong with.
fn exact_plan(
    row: &Row,
    exact: &Exact,
    names: &Names,
    catalogue: &mut Catalogue,
) -> Result<(Plan, CategoryId), Fault> {
    let mut lines = Vec::new();
    let mut shares = Vec::new();
    let mut file_lines = Vec::new();
    let mut problems = Problems::new();
    let category = catalogue.category(names, row.category, exact.kind.sign());
    let category = note("category", category, &mut problems);
    let mut faulty = (!problems.is_empty()).then_some(row.line);
    for part in &exact.parts {
        let location = note(
            "location",
            catalogue.location(names, part.location),
            &mut problems,
        );
        let bucket = note("bucket", catalogue.bucket(names, part.bucket), &mut problems);
        let (Some(location), Some(bucket)) = (location, bucket) else {
            faulty = faulty.or(Some(part.line));
            break;
        };
        if let Some(percent) = part.share {
            shares.push(Share { bucket, percent });
        }
        if !part.amount.is_zero() {
            file_lines.push(part.line);
            lines.push(Line {
                location,
                bucket,
                amount: part.amount,
            });
        }
    }
    let (Some(category), None) = (category, faulty) else {
        return Err(Fault::of(faulty.unwrap_or(row.line), &problems));
    };
    let entry = rules::Exact {
        date: row.date,
        description: &row.description,
        kind: exact.kind,
        category,
        counterparty: exact.counterparty.as_deref(),
        lines,
        shares,
    };
    let plan = entry.plan(&catalogue.book).map_err(|(place, problems)| {
        let line = place.and_then(|place| file_lines.get(place).copied());
        Fault::of(line.unwrap_or(row.line), &problems)
    })?;
    Ok((plan, category))
}

/// The column that a field of a form has in the file.
fn column(field: &'static str) -> &'static str {
    match field {
        "from_location" => "location",
        "from_bucket" | "split" => "bucket",
        other => other,
    }
}

fn entry(
    row: &Row,
    short: &Short,
    names: &Names,
    catalogue: &mut Catalogue,
) -> Result<(Entry, CategoryId), Problems> {
    let mut problems = Problems::new();
    let sign = match short.sign {
        RowSign::Income => Sign::Positive,
        RowSign::Expense => Sign::Negative,
        RowSign::Transfer => Sign::Neutral,
    };
    let category = note(
        "category",
        catalogue.category(names, row.category, sign),
        &mut problems,
    );
    let location = note(
        "location",
        catalogue.location(names, short.location),
        &mut problems,
    );
    let bucket = match short.bucket {
        Some(bucket) => note("bucket", catalogue.bucket(names, bucket), &mut problems).map(BucketChoice::One),
        None => note("bucket", can_split(catalogue), &mut problems),
    };
    let to = short.to.map(|(location, bucket)| {
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
            kind: if short.sign == RowSign::Income {
                FlowKind::Income
            } else {
                FlowKind::Expense
            },
            refund: short.amount.is_negative(),
            refund_of: None,
            amount: short.amount.abs(),
            category,
            location,
            bucket,
        },
        (Some((Some(to_location), Some(to_bucket))), BucketChoice::One(bucket)) => Entry::Transfer {
            amount: short.amount,
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
