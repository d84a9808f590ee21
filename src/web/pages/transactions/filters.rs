//! The [`Filters`] of the list: all of its state, as it stands in the page's address.

use std::collections::BTreeSet;

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

/// What a select says whose several values stand in the fields beside it.
pub(super) const SEVERAL: &str = "several";

/// A field of the filter that takes several values: an address repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Kind,
    Category,
    Location,
    Bucket,
}

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
        let kinds = known(fields, Field::Kind, &mut remarks, |text| {
            text.parse::<Kind>().ok()
        });
        let categories = known(fields, Field::Category, &mut remarks, |text| {
            book.category(text.parse().ok()?).map(|one| one.id)
        });
        let locations = known(fields, Field::Location, &mut remarks, |text| {
            book.location(text.parse().ok()?).map(|one| one.id)
        });
        let buckets = known(fields, Field::Bucket, &mut remarks, |text| {
            book.bucket(text.parse().ok()?).map(|one| one.id)
        });
        Self {
            filter: Filter {
                words,
                range: period.range(),
                kinds,
                categories,
                locations,
                buckets,
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
        if !self.filter.words.is_empty() {
            query.append_pair("q", &self.q());
        }
        self.period.write(&mut query);
        for field in Field::ALL {
            for value in self.values(field) {
                query.append_pair(field.name(), &value);
            }
        }
        query.finish()
    }

    /// What a field is filtered for, as an address says it; none for all.
    pub(super) fn values(&self, field: Field) -> Vec<String> {
        fn texts<T: ToString>(values: &[T]) -> Vec<String> {
            values.iter().map(ToString::to_string).collect()
        }
        match field {
            Field::Kind => texts(&self.filter.kinds),
            Field::Category => texts(&self.filter.categories),
            Field::Location => texts(&self.filter.locations),
            Field::Bucket => texts(&self.filter.buckets),
        }
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

    /// The address of the same filters without one value of a field.
    pub(super) fn href_without(&self, field: Field, value: &str) -> String {
        fn take<T: ToString>(values: &mut Vec<T>, value: &str) {
            values.retain(|one| one.to_string() != value);
        }
        let mut other = self.clone();
        match field {
            Field::Kind => take(&mut other.filter.kinds, value),
            Field::Category => take(&mut other.filter.categories, value),
            Field::Location => take(&mut other.filter.locations, value),
            Field::Bucket => take(&mut other.filter.buckets, value),
        }
        address(&other.query())
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

impl Field {
    /// All of them, in the order in which an address says them.
    const ALL: [Self; 4] = [Self::Kind, Self::Category, Self::Location, Self::Bucket];

    /// Its name in addresses and forms, which is what people call one of its values.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Category => "category",
            Self::Location => "location",
            Self::Bucket => "bucket",
        }
    }

    /// The name of the hidden fields that keep several values while the select says [`SEVERAL`].
    pub(super) const fn several_name(self) -> &'static str {
        match self {
            Self::Kind => "several_kind",
            Self::Category => "several_category",
            Self::Location => "several_location",
            Self::Bucket => "several_bucket",
        }
    }

    /// What people call several of its values.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Kind => "kinds",
            Self::Category => "categories",
            Self::Location => "locations",
            Self::Bucket => "buckets",
        }
    }

    /// What was sent for it. The hidden fields count only while the select stands for them.
    fn sent(self, fields: &Fields) -> impl Iterator<Item = &str> {
        let own = || fields.all(self.name());
        let is_several = own().any(|text| text == SEVERAL);
        let kept = fields.all(self.several_name()).filter(move |_| is_several);
        own()
            .filter(|text| *text != SEVERAL)
            .chain(kept)
            .filter(|text| !text.is_empty())
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

/// The values of a field that there are, sorted and each once. Others are left out, with one remark.
fn known<T: Ord>(
    fields: &Fields,
    field: Field,
    remarks: &mut Vec<String>,
    find: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let (mut found, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    for text in field.sent(fields) {
        match find(text) {
            Some(value) => {
                found.insert(value);
            }
            None => {
                unknown.insert(text);
            }
        }
    }
    let (name, plural) = (field.name(), field.plural());
    match (unknown.len(), found.is_empty()) {
        (0, _) => {}
        (1, true) => remarks.push(format!(
            "The {name} was left out of the filter: there is none like it."
        )),
        (1, false) => remarks.push(format!(
            "One {name} was left out of the filter: there is none like it."
        )),
        (many, _) => remarks.push(format!(
            "{many} {plural} were left out of the filter: there are none like them."
        )),
    }
    found.into_iter().collect()
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
    use uuid::Uuid;

    use super::*;
    use crate::ids::CategoryId;
    use crate::ledger::book::{Bucket, Category, Location};
    use crate::ledger::{LocationKind, Sign};
    use crate::money::Percent;

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
            "period=custom&to=2026-11-14&kind=transfer&kind=loan&kind=adjustment",
            "before=2026-11-14_0193a5b0-0000-7000-8000-000000000001",
        ] {
            let filters = read(query);
            assert_eq!(filters.query_at(filters.page), query);
            assert!(filters.remarks.is_empty(), "{query}: {:?}", filters.remarks);
        }
    }

    /// The id that ends in this digit.
    fn id<T: From<Uuid>>(digit: u128) -> T {
        Uuid::from_u128(0x0193_a5b0_0000_7000_8000_0000_0000_0000 + digit).into()
    }

    /// A book whose categories 1 to 3, locations 4 and 5, and buckets 6 and 7 are there.
    fn book() -> Book {
        let category = |digit| Category {
            id: id(digit),
            name: format!("Category {digit}"),
            sign: Sign::Negative,
            archived_at: None,
            version: 1,
        };
        let location = |digit| Location {
            id: id(digit),
            name: format!("Location {digit}"),
            kind: LocationKind::Other,
            position: 1,
            archived_at: None,
            version: 1,
        };
        let bucket = |digit| Bucket {
            id: id(digit),
            name: format!("Bucket {digit}"),
            percent: Percent::ZERO,
            position: 1,
            archived_at: None,
            version: 1,
        };
        Book {
            categories: [1, 2, 3].map(category).into(),
            locations: [4, 5].map(location).into(),
            buckets: [6, 7].map(bucket).into(),
        }
    }

    /// Reads an address in which a digit stands for an id, and writes it in the same way.
    fn rewrite(query: &str) -> (String, Vec<String>) {
        const START: &str = "0193a5b0-0000-7000-8000-00000000000";
        let long = query.replace('#', START);
        let filters = Filters::read(&Fields::parse(long.as_bytes()), &book());
        (
            filters.query_at(filters.page).replace(START, "#"),
            filters.remarks,
        )
    }

    #[test]
    fn an_address_with_several_values_is_written_in_one_way() {
        for (query, written) in [
            ("category=#1", "category=#1"),
            ("category=#3&category=#1", "category=#1&category=#3"),
            ("category=#1&category=&category=#1", "category=#1"),
            (
                "bucket=#7&location=#5&kind=loan&bucket=#6&kind=transfer&location=#4&category=#2&category=#1&period=2026-11",
                "period=2026-11&kind=transfer&kind=loan&category=#1&category=#2&location=#4&location=#5&bucket=#6&bucket=#7",
            ),
            (
                "kind=loan&kind=transfer&period=custom&to=2026-11-14&page=last",
                "period=custom&to=2026-11-14&kind=transfer&kind=loan&page=last",
            ),
            // What the form keeps counts while its select says so.
            (
                "category=several&several_category=#2&several_category=#1&several_bucket=#6&bucket=",
                "category=#1&category=#2",
            ),
            (
                "category=#3&several_category=#2&several_category=#1",
                "category=#3",
            ),
            ("category=&several_category=#2", ""),
            ("category=several", ""),
        ] {
            let (found, remarks) = rewrite(query);
            assert_eq!(found, written, "{query}");
            assert!(remarks.is_empty(), "{query}: {remarks:?}");
            assert_eq!(rewrite(&found).0, written, "{query}, read again");
        }
    }

    #[test]
    fn one_remark_tells_what_of_a_field_is_left_out() {
        for (query, written, said) in [
            (
                "category=#1&category=#9",
                "category=#1",
                "One category was left out of the filter: there is none like it.",
            ),
            (
                "category=#9&category=#9",
                "",
                "The category was left out of the filter: there is none like it.",
            ),
            (
                "location=#1&location=#4&location=x",
                "location=#4",
                "2 locations were left out of the filter: there are none like them.",
            ),
            (
                "bucket=several&several_bucket=#4&several_bucket=#6",
                "bucket=#6",
                "One bucket was left out of the filter: there is none like it.",
            ),
        ] {
            assert_eq!(
                rewrite(query),
                (written.to_owned(), vec![said.to_owned()]),
                "{query}"
            );
        }
    }

    #[test]
    fn one_value_is_taken_away() {
        let query = "kind=loan&category=#1&category=#2".replace('#', "0193a5b0-0000-7000-8000-00000000000");
        let filters = Filters::read(&Fields::parse(query.as_bytes()), &book());
        let first = id::<CategoryId>(1).to_string();
        assert_eq!(
            filters.href_without(Field::Category, &first),
            format!("{PATH}?kind=loan&category={}", id::<CategoryId>(2))
        );
        assert_eq!(
            filters.href_without(Field::Bucket, &first),
            format!("{PATH}?{query}"),
            "it is no bucket"
        );
        assert_eq!(
            filters.href_without(Field::Kind, "loan"),
            format!("{PATH}?{}", query.trim_start_matches("kind=loan&"))
        );
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
            "location=x&location=x&location=",
            "kind=gift&kind=income%00",
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
