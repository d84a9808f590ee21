//! The [`Filters`] of the list: all of its state, as it stands in the page's address.

use chrono::NaiveDate;
use url::form_urlencoded::Serializer;

use super::period::Period;
use crate::ids::TransactionId;
use crate::ledger::transaction::queries::{Filter, Page};
use crate::ledger::{Book, Kind};
use crate::period;
use crate::web::form::Fields;

/// Where the list is.
pub(super) const PATH: &str = "/transactions";

/// Search words beyond this number are left out.
const WORDS_MAX: usize = 8;
/// What of a search word is longer than this is left out.
const WORD_CHARACTERS_MAX: usize = 64;

/// What the list shows. A value that makes no sense is left out, and `remarks` say so.
#[derive(Debug, Clone)]
pub(super) struct Filters {
    pub(super) filter: Filter,
    pub(super) period: Period,
    pub(super) page: Page,
    /// Whether the sums are counted however long it takes.
    pub(super) sums: bool,
    pub(super) remarks: Vec<String>,
}

impl Filters {
    /// Reads them from an address. Names that are not in `book` are left out.
    pub(super) fn read(fields: &Fields, book: &Book) -> Self {
        let mut remarks = Vec::new();
        let words = words(fields.text("q"), &mut remarks);
        let period = Period::read(fields, &mut remarks);
        let mut left_out = |what: &str| {
            remarks.push(format!(
                "The {what} was left out of the filter: there is none like it."
            ));
        };
        let kind = known(fields, "kind", &mut left_out, |text| text.parse::<Kind>().ok());
        let category = known(fields, "category", &mut left_out, |text| {
            book.category(text.parse().ok()?).map(|one| one.id)
        });
        let location = known(fields, "location", &mut left_out, |text| {
            book.location(text.parse().ok()?).map(|one| one.id)
        });
        let bucket = known(fields, "bucket", &mut left_out, |text| {
            book.bucket(text.parse().ok()?).map(|one| one.id)
        });
        Self {
            filter: Filter {
                words,
                range: period.range(),
                kind,
                category,
                location,
                bucket,
            },
            period,
            page: page(fields),
            sums: fields.ticked("sums"),
            remarks,
        }
    }

    /// The search as it stands in its field.
    pub(super) fn q(&self) -> String {
        self.filter.words.join(" ")
    }

    /// Whether anything beside the period narrows the list down.
    pub(super) fn beside_period(&self) -> bool {
        let all_time = Filter {
            range: None,
            ..self.filter.clone()
        };
        !all_time.is_empty()
    }

    /// The query of the same list, in one way of writing it, from its first page on; empty when it shows everything.
    pub(super) fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        let Filter {
            words,
            range: _,
            kind,
            category,
            location,
            bucket,
        } = &self.filter;
        if !words.is_empty() {
            query.append_pair("q", &self.q());
        }
        self.period.write(&mut query);
        if let Some(kind) = kind {
            query.append_pair("kind", kind.as_str());
        }
        if let Some(category) = category {
            query.append_pair("category", &category.to_string());
        }
        if let Some(location) = location {
            query.append_pair("location", &location.to_string());
        }
        if let Some(bucket) = bucket {
            query.append_pair("bucket", &bucket.to_string());
        }
        query.finish()
    }

    /// The query with its page.
    pub(super) fn query_at(&self, page: Page) -> String {
        let at = match page {
            Page::First => return self.query(),
            Page::After(date, id) => format!("after={date}_{id}"),
            Page::Before(date, id) => format!("before={date}_{id}"),
            Page::Last => "page=last".to_owned(),
        };
        match self.query() {
            query if query.is_empty() => at,
            query => format!("{query}&{at}"),
        }
    }

    /// The address of a page of the same list.
    pub(super) fn href(&self, page: Page) -> String {
        address(&self.query_at(page))
    }

    /// The address of the same filters in another period.
    pub(super) fn href_in(&self, period: Period) -> String {
        let other = Self {
            period,
            ..self.clone()
        };
        address(&other.query())
    }
}

/// The address of the list with this query.
pub(super) fn address(query: &str) -> String {
    if query.is_empty() {
        PATH.to_owned()
    } else {
        format!("{PATH}?{query}")
    }
}

/// The words of a search. Control characters separate words as white space does: no description has any.
fn words(q: &str, remarks: &mut Vec<String>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in q
        .split(|one: char| one.is_whitespace() || one.is_control())
        .filter(|word| !word.is_empty())
    {
        if words.len() == WORDS_MAX {
            remarks.push(format!("Only the first {WORDS_MAX} words were searched for."));
            break;
        }
        let beginning: String = word.chars().take(WORD_CHARACTERS_MAX).collect();
        if beginning.len() < word.len() {
            remarks.push(format!(
                "Of a word, only the first {WORD_CHARACTERS_MAX} characters were searched for."
            ));
        }
        words.push(beginning);
    }
    words
}

/// A value that is one of those that there are; one that is not, is left out.
fn known<T>(
    fields: &Fields,
    name: &str,
    left_out: &mut impl FnMut(&str),
    find: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = fields.text(name);
    if text.is_empty() {
        return None;
    }
    let found = find(text);
    if found.is_none() {
        left_out(name);
    }
    found
}

/// The page; one that cannot be read is the first.
fn page(fields: &Fields) -> Page {
    let edge = |name| -> Option<(NaiveDate, TransactionId)> {
        let (date, id) = fields.text(name).split_once('_')?;
        Some((period::parse_day(date).ok()?, id.parse().ok()?))
    };
    if let Some((date, id)) = edge("after") {
        Page::After(date, id)
    } else if let Some((date, id)) = edge("before") {
        Page::Before(date, id)
    } else if fields.text("page") == "last" {
        Page::Last
    } else {
        Page::First
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Filters {
        Filters::read(&Fields::parse(query.as_bytes()), &Book::default())
    }

    #[test]
    fn an_address_is_written_as_it_was_read() {
        for query in [
            "",
            "q=dentist+2025",
            "q=a%26b%3D%25",
            "period=2026-11",
            "q=rent&period=2026&kind=expense",
            "period=custom&from=2026-01-02&to=2026-03-04",
            "page=last",
            "kind=loan&after=2026-11-14_0193a5b0-0000-7000-8000-000000000001",
            "before=2026-11-14_0193a5b0-0000-7000-8000-000000000001",
        ] {
            let filters = read(query);
            assert_eq!(filters.query_at(filters.page), query);
            assert!(filters.remarks.is_empty(), "{query}: {:?}", filters.remarks);
        }
    }

    #[test]
    fn words_are_separated_and_bounded() {
        assert_eq!(read("q=+a%00b%0Ac++").filter.words, ["a", "b", "c"]);
        let many = read("q=1+2+3+4+5+6+7+8+9");
        assert_eq!(many.filter.words.len(), WORDS_MAX);
        assert_eq!(many.remarks.len(), 1);
        let long = read(&format!("q={}", "%C3%A9".repeat(65)));
        assert_eq!(long.q(), "é".repeat(WORD_CHARACTERS_MAX));
        assert_eq!(long.remarks.len(), 1);
    }

    #[test]
    fn what_makes_no_sense_is_left_out_and_said() {
        for query in [
            "kind=gift",
            "category=0193a5b0-0000-7000-8000-000000000001",
            "location=x",
            "bucket=%00",
            "period=2026-13",
            "period=soon",
            "period=custom&from=2026-02-30",
            "period=custom&from=2026-03-01&to=2026-02-01",
        ] {
            let filters = read(query);
            assert!(filters.filter.is_empty(), "{query}");
            assert_eq!(filters.remarks.len(), 1, "{query}: {:?}", filters.remarks);
        }
        for query in ["after=2026-02-30_x", "before=x", "page=7", "after=%00_%00"] {
            assert_eq!(read(query).page, Page::First, "{query}");
        }
    }
}
