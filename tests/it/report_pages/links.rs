//! Every number of a report leads to a list of transactions whose sum is the number.

use std::collections::BTreeMap;

use budget::ledger::Sign;

use super::lived_in;
use crate::support::{Owner, Page, TestApp};

/// A number as it is written, in cents; nothing for what is no amount.
fn cents(text: &str) -> Option<i64> {
    let sign = if text.starts_with('−') { -1 } else { 1 };
    let digits = text.trim_start_matches(['+', '−']).replace(',', "");
    let (units, rest) = digits.split_once('.')?;
    if rest.len() != 2 {
        return None;
    }
    Some(sign * (units.parse::<i64>().ok()? * 100 + rest.parse::<i64>().ok()?))
}

/// The sums above a list, by their labels.
fn sums(page: &Page) -> BTreeMap<String, i64> {
    page.assert_ok();
    let (labels, numbers) = (page.select("dl.sums dt"), page.select("dl.sums dd"));
    let pairs = labels.into_iter().zip(numbers);
    pairs
        .filter_map(|(label, number)| {
            Some((label, cents(&number).or_else(|| (number == "0.00").then_some(0))?))
        })
        .collect()
}

/// Follows every number of a page, and says how many there were.
#[track_caller]
pub fn follow_all(owner: &Owner<'_>, path: &str) -> usize {
    let page = owner.get(path);
    page.assert_ok();
    let links = "a[href^='/transactions?']";
    let (hrefs, texts) = (page.attributes(links, "href"), page.select(links));
    let mut lists: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    let spent_on: Vec<String> = owner
        .book()
        .categories
        .iter()
        .filter(|one| one.sign == Sign::Negative)
        .map(|one| format!("category={}", one.id))
        .collect();
    let mut followed = 0;
    for (href, text) in hrefs.iter().zip(texts) {
        let Some(number) = cents(&text) else {
            continue; // a name
        };
        let sums = lists.entry(href.clone()).or_insert_with(|| {
            let list = owner.get(&format!("{href}&sums=1"));
            assert!(!list.body.contains("left out"), "{href}: {}", list.text());
            sums(&list)
        });
        let query = href.split_once('?').unwrap().1;
        let kinds: Vec<&str> = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("kind="))
            .collect();
        let of = |label: &str| sums.get(label).copied().unwrap_or(0);
        let result = of("Result");
        let moved = sums
            .get("Moved, with loans and adjustments")
            .copied()
            .unwrap_or(0);
        let sum = match kinds.as_slice() {
            ["income"] => of("Income"),
            ["expense"] => of("Expenses"),
            ["income", "expense"] => result,
            // "In all" stands there only where it says more than the others.
            [] => sums.get("In all").copied().unwrap_or(result + moved),
            _ => moved,
        };
        // Spending stands above zero on its own rows.
        let is_spending = kinds == ["expense"] || spent_on.iter().any(|id| query.contains(id));
        assert!(
            number == sum || (is_spending && number == -sum),
            "{path} says {text}, but {href} adds up to {sums:?}"
        );
        followed += 1;
    }
    followed
}

#[test]
fn each_number_is_the_sum_of_the_list_that_it_opens() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    assert!(follow_all(&owner, "/reports/month/2026-11") > 60);
    assert!(follow_all(&owner, "/reports/month/2026-10") > 40);
    assert!(follow_all(&owner, "/reports/month/2025-10") > 20);
    assert!(follow_all(&owner, "/reports/year/2026?cents=1") > 30);
    assert!(follow_all(&owner, "/reports/year/2025?cents=1") > 20);
    assert!(follow_all(&owner, "/reports/years") > 40);
}

#[test]
fn under_a_filter_too() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (bank, cash) = (owner.location_id("Bank"), owner.location_id("Cash"));
    let (fun, economy) = (owner.bucket_id("Fun"), owner.bucket_id("Economy"));
    let (groceries, rent) = (owner.category_id("Groceries"), owner.category_id("Rent"));

    for filter in [
        format!("location={bank}"),
        format!("location={bank}&location={cash}"),
        format!("bucket={fun}"),
        format!("bucket={fun}&bucket={economy}&location={bank}"),
        format!("category={groceries}"),
        format!("category={groceries}&category={rent}&location={bank}"),
    ] {
        for path in [
            "/reports/month/2026-11?",
            "/reports/month/2026-10?",
            "/reports/year/2026?cents=1&",
            "/reports/years?",
        ] {
            let followed = follow_all(&owner, &format!("{path}{filter}"));
            let is_empty = owner.get(&format!("{path}{filter}")).select(".empty-state").len() == 1;
            assert!(followed > 5 || is_empty, "{path}{filter}: {followed}");
        }
    }
    assert!(
        follow_all(
            &owner,
            &format!("/reports/month/2026-11?bucket={fun}&location={bank}")
        ) > 10
    );
}

#[test]
fn at_the_edges_of_the_calendar_too() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("1900-01-05", "100.00", "Salary");
    owner.spent("1900-01-31", "40.00", "Rent");
    owner.spent("1900-02-28", "10.00", "Rent");
    owner.earned("2100-12-31", "70.00", "Salary");
    owner.spent("2026-10-05", "5.00", "Rent");

    for path in [
        "/reports/month/1900-01",
        "/reports/month/1900-02",
        "/reports/month/2100-12",
        "/reports/year/1900?cents=1",
        "/reports/year/2100?cents=1",
        "/reports/years",
    ] {
        assert!(follow_all(&owner, path) > 10, "{path}");
        owner
            .get(path)
            .assert_lacks("against ,")
            .assert_lacks("recorded in .");
    }
}
