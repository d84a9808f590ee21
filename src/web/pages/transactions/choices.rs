//! What there is to choose from in selects: the names of the [`Book`], those in use first.

use std::fmt::Display;

use crate::ledger::book::Category;
use crate::ledger::{Book, Kind, LoanDirection, Sign};

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

impl Choice {
    pub(super) fn new(value: &impl Display, label: impl Into<String>) -> Self {
        Self {
            value: value.to_string(),
            label: label.into(),
        }
    }

    fn named(value: &impl Display, name: &str, archived: bool) -> Self {
        let tail = if archived { " (archived)" } else { "" };
        Self::new(value, format!("{name}{tail}"))
    }
}

/// Options under a heading.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// The kinds of entries, for the filter.
pub(super) fn kind_groups() -> Vec<Group> {
    vec![Group {
        label: "Kinds",
        choices: Kind::ALL
            .iter()
            .map(|kind| Choice::new(kind, kind.label()))
            .collect(),
    }]
}

/// Which way a loan can go.
pub(super) fn directions() -> Vec<Choice> {
    LoanDirection::ALL
        .iter()
        .map(|direction| Choice::new(&direction.as_str(), direction.label()))
        .collect()
}

/// Locations in use, and those of `also` that are archived.
pub(super) fn locations(book: &Book, also: &[&str]) -> Vec<Choice> {
    of(
        book.locations
            .iter()
            .map(|one| (one.id, &one.name, one.archived_at.is_some())),
        also,
    )
}

/// Buckets in use, and those of `also` that are archived.
pub(super) fn buckets(book: &Book, also: &[&str]) -> Vec<Choice> {
    of(
        book.buckets
            .iter()
            .map(|one| (one.id, &one.name, one.archived_at.is_some())),
        also,
    )
}

/// Categories in use that fit a kind, and `also` if it fits and is archived. What the household has for transfers, loans and adjustments by
/// itself is left out: it is what counts when none is chosen.
pub(super) fn categories(book: &Book, kind: Kind, also: &str) -> Vec<Choice> {
    let own_of = |one: &Category| {
        let is_neutral = one.sign == Sign::Neutral && one.archived_at.is_none();
        let named =
            |kind: &&Kind| kind.sign() == Sign::Neutral && one.name.eq_ignore_ascii_case(kind.label());
        Kind::ALL.iter().copied().find(|kind| is_neutral && named(&kind))
    };
    let fitting = book.categories.iter().filter(|one| {
        let left_out = match own_of(one) {
            Some(own) => own == kind || one.id.to_string() != also,
            None => false,
        };
        one.sign == kind.sign() && !left_out
    });
    of(
        fitting.map(|one| (one.id, &one.name, one.archived_at.is_some())),
        &[also],
    )
}

fn of<'a, I: Display>(all: impl Iterator<Item = (I, &'a String, bool)>, also: &[&str]) -> Vec<Choice> {
    all.map(|(id, name, archived)| (Choice::named(&id, name, archived), archived))
        .filter(|(choice, archived)| !archived || also.contains(&choice.value.as_str()))
        .map(|(choice, _)| choice)
        .collect()
}

/// All categories by what they count as, for the filter.
pub(super) fn category_groups(book: &Book) -> Vec<Group> {
    let in_use = [Sign::Negative, Sign::Positive, Sign::Neutral].map(|sign| Group {
        label: sign.label(),
        choices: book
            .active_categories(sign)
            .map(|one| Choice::new(&one.id, &one.name))
            .collect(),
    });
    let archived = book
        .categories
        .iter()
        .map(|one| (one.id, &one.name, one.archived_at));
    with_archived(in_use.into(), archived)
}

/// All locations, for the filter.
pub(super) fn location_groups(book: &Book) -> Vec<Group> {
    let in_use = Group {
        label: "In use",
        choices: locations(book, &[]),
    };
    let archived = book
        .locations
        .iter()
        .map(|one| (one.id, &one.name, one.archived_at));
    with_archived(vec![in_use], archived)
}

/// All buckets, for the filter.
pub(super) fn bucket_groups(book: &Book) -> Vec<Group> {
    let in_use = Group {
        label: "In use",
        choices: buckets(book, &[]),
    };
    let archived = book
        .buckets
        .iter()
        .map(|one| (one.id, &one.name, one.archived_at));
    with_archived(vec![in_use], archived)
}

fn with_archived<'a, I: Display, A>(
    mut groups: Vec<Group>,
    all: impl Iterator<Item = (I, &'a String, Option<A>)>,
) -> Vec<Group> {
    let archived = all
        .filter(|(_, _, archived_at)| archived_at.is_some())
        .map(|(id, name, _)| Choice::new(&id, name))
        .collect();
    groups.push(Group {
        label: "Archived",
        choices: archived,
    });
    groups.retain(|group| !group.choices.is_empty());
    groups
}
