//! The made household over HTTP: what programs get and what people read is, to the cent, what the file comes to.

use std::collections::BTreeMap;

use crate::reports::made_household::{Number, Report, What, arrive, compare};
use crate::support::{Owner, Page, TestApp};

/// Digits as they were sent, in cents: no float comes between.
fn cents(text: &str) -> i64 {
    let sign = if text.starts_with(['-', '−']) { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    assert!(text.contains('.'), "{text} has no decimals");
    sign * digits.parse::<i64>().unwrap()
}

/// The numbers of an answer by their paths, such as `monthly/3/balance/positive`.
fn digits(body: &str) -> BTreeMap<String, i64> {
    fn walk(path: &str, value: &serde_json::value::RawValue, found: &mut BTreeMap<String, i64>) {
        let text = value.get();
        if text.starts_with('{') {
            let members: BTreeMap<String, Box<serde_json::value::RawValue>> =
                serde_json::from_str(text).unwrap();
            for (name, member) in members {
                walk(&format!("{path}/{name}"), &member, found);
            }
        } else if text.contains('.') {
            found.insert(path.to_owned(), cents(text));
        }
    }
    let mut found = BTreeMap::new();
    walk("", serde_json::from_str(body).unwrap(), &mut found);
    found
}

/// The API as a front.
struct Programs<'a> {
    owner: &'a Owner<'a>,
    access: String,
    answers: BTreeMap<String, BTreeMap<String, i64>>,
}

impl Programs<'_> {
    fn number(&mut self, path: &str, place: &str) -> i64 {
        let answer = self.answers.entry(path.to_owned()).or_insert_with(|| {
            let bearer = format!("Bearer {}", self.access);
            let browser = self.owner.app.browser();
            let page = browser
                .request("GET", path)
                .header("Authorization", &bearer)
                .send();
            page.assert_ok();
            digits(&page.body)
        });
        *answer
            .get(place)
            .unwrap_or_else(|| panic!("{path} has no {place}: {answer:?}"))
    }

    fn answer(&mut self, number: &Number) -> Option<i64> {
        let (path, before) = match number.report {
            Report::Month(month) => (format!("/api/analytics-monthly/{month}/"), String::new()),
            Report::Year(year) => (format!("/api/analytics-yearly/{year}/"), "/summary".to_owned()),
            Report::MonthOfYear(month) => (
                format!("/api/analytics-yearly/{}/", month.year()),
                format!("/monthly/{}", month.month()),
            ),
            Report::YearOfHistory(year) => {
                ("/api/analytics-historical/".to_owned(), format!("/yearly/{year}"))
            }
            Report::EndOf(day) => {
                let What::Cell(location, bucket) = &number.what else {
                    return None;
                };
                let path = format!("/api/analytics-distribution/?date={day}");
                let place = format!("/distribution/{location}/{bucket}");
                return Some(self.number(&path, &place));
            }
        };
        match &number.what {
            What::Income => Some(self.number(&path, &format!("{before}/balance/positive"))),
            What::Expense => Some(-self.number(&path, &format!("{before}/balance/negative"))),
            What::Result => Some(self.number(&path, &format!("{before}/balance/_total"))), // nothing is lent
            What::Category(name) => {
                let category = self
                    .owner
                    .book()
                    .categories
                    .into_iter()
                    .find(|one| one.name == *name)
                    .unwrap();
                let (kind, sign) = match category.sign {
                    budget::ledger::Sign::Positive => ("positive", 1),
                    budget::ledger::Sign::Negative => ("negative", -1),
                    budget::ledger::Sign::Neutral => ("neutral", 1),
                };
                Some(sign * self.number(&path, &format!("{before}/{kind}_categories/{name}")))
            }
            _ => None,
        }
    }
}

#[test]
fn programs_get_every_number_to_the_cent() {
    let app = TestApp::new();
    let owner = app.household();
    arrive(&owner);
    let (access, _) = owner.tokens();
    let mut programs = Programs {
        owner: &owner,
        access,
        answers: BTreeMap::new(),
    };
    let shown = compare(|number| programs.answer(number));
    assert!(shown > 1_000, "only {shown} numbers were shown");
}

/// The pages as a front: rows of tables by their heads.
struct Pages<'a> {
    owner: &'a Owner<'a>,
    pages: BTreeMap<String, Page>,
}

impl Pages<'_> {
    fn page(&mut self, path: &str) -> &Page {
        self.pages.entry(path.to_owned()).or_insert_with(|| {
            let page = self.owner.get(path);
            page.assert_ok();
            page
        })
    }

    /// The cells of the row with this head; nothing where there is no such row.
    fn row(&mut self, path: &str, table: &str, head: &str) -> Option<Vec<String>> {
        let page = self.page(path);
        let heads = page.select(&format!("{table} tr:not(.group) > th:first-child"));
        let cells = page.select(&format!("{table} tr:not(.group) > td.num"));
        let rows = page.select(&format!("{table} tr:not(.group)")).len();
        let width = cells.len() / (rows - 1); // the head of the table has none
        let place = heads.iter().skip(1).position(|one| one == head)?;
        Some(cells[place * width..(place + 1) * width].to_vec())
    }

    fn answer(&mut self, number: &Number) -> Option<i64> {
        let read = |text: &String| {
            if text.starts_with('–') { 0 } else { cents(text) }
        };
        let (head, sign) = match &number.what {
            What::Income => ("All income".to_owned(), 1),
            What::Expense => ("All expenses".to_owned(), -1),
            What::Result => ("Result".to_owned(), 1),
            What::Category(name) => {
                let category = self
                    .owner
                    .book()
                    .categories
                    .into_iter()
                    .find(|one| one.name == *name)
                    .unwrap();
                let sign = if category.sign == budget::ledger::Sign::Negative {
                    -1
                } else {
                    1
                };
                (name.clone(), sign)
            }
            What::Bucket(name) | What::Location(name) => (name.clone(), 1),
            _ => return None,
        };
        let is_place = matches!(number.what, What::Bucket(_) | What::Location(_));
        match number.report {
            Report::Month(month) => {
                let path = format!("/reports/month/{month}");
                let table = if is_place { ".flow" } else { ".compare" };
                if is_place {
                    // Two tables stand there; the last cell of a row is what is left.
                    let rows = self.page(&path).select(&format!("{table} tbody tr"));
                    let row = rows.iter().find(|row| row.starts_with(&format!("{head} ")))?;
                    return Some(cents(row.split(' ').next_back().unwrap()));
                }
                let row = self.row(&path, table, &head)?;
                Some(sign * read(&row[0]))
            }
            Report::MonthOfYear(month) if !is_place => {
                let path = format!("/reports/year/{}?cents=1", month.year());
                let row = self.row(&path, ".report-table", &head)?;
                Some(sign * read(&row[usize::try_from(month.month()).unwrap() - 1]))
            }
            Report::Year(year) if !is_place => {
                let row = self.row(&format!("/reports/year/{year}?cents=1"), ".report-table", &head)?;
                Some(sign * read(&row[12]))
            }
            Report::YearOfHistory(year) => {
                let heads = self.page("/reports/years").select(".report-table.years thead th");
                let place = heads.iter().position(|one| *one == year.to_string()).unwrap() - 1;
                if is_place {
                    let rows = self.page("/reports/years").select(".report-table.ends tr");
                    let row = rows.iter().find(|row| row.starts_with(&format!("{head} ")))?;
                    let text = row.strip_prefix(&head).unwrap().replace("– nothing", "–");
                    let cell = text.split_whitespace().nth(place).unwrap().to_owned();
                    return Some(read(&cell));
                }
                let row = self.row("/reports/years", ".report-table.years", &head)?;
                Some(sign * read(&row[place]))
            }
            _ => None,
        }
    }
}

#[test]
fn people_read_every_number_to_the_cent() {
    let app = TestApp::new();
    let owner = app.household();
    arrive(&owner);
    let mut pages = Pages {
        owner: &owner,
        pages: BTreeMap::new(),
    };
    let shown = compare(|number| pages.answer(number));
    assert!(shown > 500, "only {shown} numbers were shown");
}
