//! The [`FilterForm`]: a select for each field of the filter, and a [`Chip`] for each value of a field that has several.
//!
//! A select chooses one value. Several come from a link; then its chosen option stands for them, and hidden fields keep them until another
//! option is chosen. The form says which, so it works with and without scripts.

use super::choices::{self, Choice, Group};
use super::filters::{Field, Filters, SEVERAL};
use crate::ledger::Book;
use crate::period::Dates;

/// Names of several values are shown instead of their number when they are together at most this long.
const NAMES_CHARACTERS_MAX: usize = 14;

/// The order in which the form asks.
const ORDER: [Field; 4] = [Field::Kind, Field::Category, Field::Bucket, Field::Location];

/// The filters as the page shows them.
pub(super) struct FilterForm {
    pub(super) q: String,
    pub(super) periods: Vec<Choice>,
    pub(super) period: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) selects: Vec<Select>,
}

/// What one field can be filtered for, and what it is.
pub(super) struct Select {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) groups: Vec<Group>,
    /// The chosen option; empty for all.
    pub(super) value: String,
    pub(super) several: Option<Several>,
}

/// Several values of one field.
pub(super) struct Several {
    /// Their names, or how many they are.
    pub(super) label: String,
    /// The name of the fields that keep them.
    pub(super) name: &'static str,
    pub(super) values: Vec<String>,
}

/// One value of a field that has several, with the way to the list without it.
pub(super) struct Chip {
    pub(super) label: String,
    pub(super) noun: &'static str,
    pub(super) href: String,
}

impl FilterForm {
    pub(super) fn of(filters: &Filters, book: &Book, dates: Dates) -> Self {
        let (from, to) = filters.period.first_and_last();
        Self {
            q: filters.q(),
            periods: filters.period.choices(dates),
            period: filters.period.value(),
            from,
            to,
            selects: ORDER.map(|field| Select::of(field, filters, book)).into(),
        }
    }

    /// Whether a filter is set that would be folded away.
    pub(super) fn is_open(&self) -> bool {
        self.selects.iter().any(|select| !select.value.is_empty())
    }
}

impl Select {
    fn of(field: Field, filters: &Filters, book: &Book) -> Self {
        let values = filters.values(field);
        let several = (values.len() > 1).then(|| {
            let names: Vec<String> = chosen(field, filters, book)
                .into_iter()
                .map(|choice| choice.label)
                .collect();
            let names = names.join(", ");
            Several {
                label: if names.chars().count() <= NAMES_CHARACTERS_MAX {
                    names
                } else {
                    format!("{} {}", values.len(), field.plural())
                },
                name: field.several_name(),
                values: values.clone(),
            }
        });
        Self {
            name: field.name(),
            label: match field {
                Field::Kind => "Kind",
                Field::Category => "Category",
                Field::Location => "Location",
                Field::Bucket => "Bucket",
            },
            groups: groups(field, book),
            value: match several {
                Some(_) => SEVERAL.to_owned(),
                None => values.into_iter().next().unwrap_or_default(),
            },
            several,
        }
    }
}

impl Chip {
    /// The chips of all fields that have several values, in the order in which the form asks for them.
    pub(super) fn all(filters: &Filters, book: &Book) -> Vec<Self> {
        let several = ORDER.into_iter().filter(|field| filters.values(*field).len() > 1);
        several
            .flat_map(|field| {
                chosen(field, filters, book).into_iter().map(move |choice| Self {
                    href: filters.href_without(field, &choice.value),
                    label: choice.label,
                    noun: field.name(),
                })
            })
            .collect()
    }
}

/// What a field is filtered for, by name and in the order of its select.
fn chosen(field: Field, filters: &Filters, book: &Book) -> Vec<Choice> {
    let values = filters.values(field);
    let choices = groups(field, book).into_iter().flat_map(|group| group.choices);
    choices.filter(|choice| values.contains(&choice.value)).collect()
}

fn groups(field: Field, book: &Book) -> Vec<Group> {
    match field {
        Field::Kind => choices::kind_groups(),
        Field::Category => choices::category_groups(book),
        Field::Location => choices::location_groups(book),
        Field::Bucket => choices::bucket_groups(book),
    }
}
