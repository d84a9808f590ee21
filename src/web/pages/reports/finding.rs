//! One line of what stands out.

use chrono::NaiveDate;

use super::number::{Pen, Than};
use crate::households::Member;
use crate::ledger::Book;
use crate::reports::largest::Largest;
use crate::reports::unusual::Change;

/// A sentence with a link in it.
pub(super) struct Finding {
    pub(super) before: String,
    pub(super) name: String,
    pub(super) href: String,
    pub(super) after: String,
}

/// How a category changed: `Groceries: 455.10 more than 2024 (5,667.85, was 5,212.75).`
pub(super) fn change(pen: Pen<'_>, name: &str, href: String, one: Change, than: &Than) -> Finding {
    let after = match (one.was, one.is) {
        (0, is) => format!(": {}, nothing {}.", pen.amount(is), than.when),
        (was, 0) => format!(": nothing, {} {}.", pen.amount(was), than.when),
        (was, is) => format!(
            ": {} ({}, was {}).",
            than.compare(pen, is, was),
            pen.amount(is),
            pen.amount(was)
        ),
    };
    Finding {
        before: String::new(),
        name: name.to_owned(),
        href,
        after,
    }
}

/// `The largest expense: Rent, 895.00 on 3 Oct.`
pub(super) fn largest_expense(member: &Member, today: NaiveDate, book: &Book, one: &Largest) -> Finding {
    let category = book.category(one.category_id);
    let name = if one.description.is_empty() {
        category.map_or("", |category| category.name.as_str())
    } else {
        &one.description
    };
    Finding {
        before: "The largest expense: ".to_owned(),
        name: name.to_owned(),
        href: format!("/transactions/{}", one.id),
        after: format!(
            ", {} on {}.",
            Pen::exact(member).amount(one.minor.saturating_neg()),
            member.dates(today).day(one.date)
        ),
    }
}
