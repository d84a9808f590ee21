//! What the address of a report asks for, beside the period: its filter. Pages and API read it alike.

use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use url::form_urlencoded::Serializer;

use super::error::Error;
use super::form::Fields;
use crate::ids::{BucketId, CategoryId, LocationId};
use crate::ledger::Book;
use crate::reports::scope::Scope;

/// The filter as it stands in the address: ids that nobody looked up yet, each once and in one order, so that one filter has one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    categories: Vec<CategoryId>,
    locations: Vec<LocationId>,
    buckets: Vec<BucketId>,
    /// Fields with something that is no id at all.
    unreadable: Vec<&'static str>,
    /// Whether the sums of months are shown with all decimals.
    pub(super) cents: bool,
}

impl Asked {
    pub(super) fn read(fields: &Fields) -> Self {
        let mut unreadable = Vec::new();
        Self {
            categories: ids(fields, "category", &mut unreadable),
            locations: ids(fields, "location", &mut unreadable),
            buckets: ids(fields, "bucket", &mut unreadable),
            unreadable,
            cents: fields.ticked("cents"),
        }
    }

    /// The query of the same report; empty for everything. What is unreadable stays in it, for the answer tells of it.
    pub(super) fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        write(&mut query, "category", &self.categories);
        write(&mut query, "location", &self.locations);
        write(&mut query, "bucket", &self.buckets);
        for field in &self.unreadable {
            query.append_pair(field, "unreadable");
        }
        if self.cents {
            query.append_pair("cents", "1");
        }
        query.finish()
    }

    /// An address with this filter.
    pub(super) fn href(&self, path: &str) -> String {
        match self.query() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The filter without its categories, for money that lies somewhere: it is of no category.
    pub(super) fn of_places(self) -> Self {
        Self {
            categories: Vec::new(),
            unreadable: self
                .unreadable
                .into_iter()
                .filter(|field| *field != "category")
                .collect(),
            cents: false,
            ..self
        }
    }

    /// An address with this filter, at the end of a day.
    pub(super) fn href_at(&self, path: &str, day: Option<NaiveDate>) -> String {
        let Some(day) = day else {
            return self.href(path);
        };
        match self.query() {
            query if query.is_empty() => format!("{path}?date={day}"),
            query => format!("{path}?date={day}&{query}"),
        }
    }

    /// What stands before and after the name of a file in its address.
    pub(super) fn around(&self, path: &str) -> (String, String) {
        let query = self.query();
        let after = if query.is_empty() {
            String::new()
        } else {
            format!("?{query}")
        };
        (format!("{path}/"), after)
    }

    /// The scope that is meant, for files: there is no room for a remark.
    ///
    /// # Errors
    /// [`Error::NotFound`] where something in it is unknown.
    pub(super) fn known_scope(&self, book: &Book) -> Result<Scope, Error> {
        match self.scope(book) {
            (scope, unknown) if unknown.is_empty() => Ok(scope),
            _ => Err(Error::NotFound),
        }
    }

    /// The same with cents or without.
    pub(super) fn with_cents(&self, cents: bool) -> Self {
        Self {
            cents,
            ..self.clone()
        }
    }

    /// The scope that is meant, and the fields that name something unknown. A foreign id is as unknown as a missing one.
    pub(super) fn scope(&self, book: &Book) -> (Scope, Vec<&'static str>) {
        let scope = Scope {
            categories: known(&self.categories, |id| book.category(id).is_some()),
            locations: known(&self.locations, |id| book.location(id).is_some()),
            buckets: known(&self.buckets, |id| book.bucket(id).is_some()),
        };
        let mut unknown = self.unreadable.clone();
        for (field, is_unknown) in [
            ("category", scope.categories.len() < self.categories.len()),
            ("location", scope.locations.len() < self.locations.len()),
            ("bucket", scope.buckets.len() < self.buckets.len()),
        ] {
            if is_unknown && !unknown.contains(&field) {
                unknown.push(field);
            }
        }
        (scope, unknown)
    }

    /// The filter of a scope.
    pub(super) fn of(scope: &Scope, cents: bool) -> Self {
        Self {
            categories: scope.categories.clone(),
            locations: scope.locations.clone(),
            buckets: scope.buckets.clone(),
            unreadable: Vec::new(),
            cents,
        }
    }
}

/// A sentence for each field of a filter that was left out.
pub(super) fn remarks(unknown: &[&'static str]) -> Vec<String> {
    unknown
        .iter()
        .map(|field| format!("A {field} was left out of the filter: there is none like it."))
        .collect()
}

fn ids<Id: FromStr + Ord>(
    fields: &Fields,
    name: &'static str,
    unreadable: &mut Vec<&'static str>,
) -> Vec<Id> {
    let mut ids = Vec::new();
    for text in fields.all(name).filter(|text| !text.is_empty()) {
        match text.parse() {
            Ok(id) => ids.push(id),
            Err(_) if !unreadable.contains(&name) => unreadable.push(name),
            Err(_) => {}
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn known<Id: Copy>(ids: &[Id], is_known: impl Fn(Id) -> bool) -> Vec<Id> {
    ids.iter().copied().filter(|id| is_known(*id)).collect()
}

pub(super) fn write<Id: Display>(query: &mut Serializer<'_, String>, name: &str, ids: &[Id]) {
    for id in ids {
        query.append_pair(name, &id.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Asked {
        Asked::read(&Fields::parse(query.as_bytes()))
    }

    #[test]
    fn one_filter_has_one_address() {
        let one = "0193a5b0-0000-7000-8000-000000000001";
        let two = "0193a5b0-0000-7000-8000-000000000002";
        let plain = format!("category={one}&location={one}&location={two}&cents=1");
        for query in [
            plain.clone(),
            format!("cents=yes&location={two}&location={one}&location={two}&category={one}&x=1"),
            format!(
                "location=&location={}&location={one}&category={one}&cents=1",
                two.to_uppercase()
            ),
        ] {
            assert_eq!(read(&query).query(), plain, "{query}");
        }
        assert_eq!(read("").query(), "");
        assert_eq!(read("").href("/reports/month/2026-11"), "/reports/month/2026-11");
    }

    #[test]
    fn what_is_not_there_is_left_out_and_said() {
        let asked = read("category=x&category=y&bucket=0193a5b0-0000-7000-8000-000000000001");
        let (scope, unknown) = asked.scope(&Book::default());
        assert!(scope.is_everything());
        assert_eq!(unknown, ["category", "bucket"]);
        assert_eq!(remarks(&unknown).len(), 2);
    }
}
