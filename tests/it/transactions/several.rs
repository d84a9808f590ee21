//! A filter that takes several values of a field: what it finds, its pages and its sums against a naive filter over all entries, and how
//! the page keeps, shows and takes away the values.

use budget::ids::TransactionId;
use budget::ledger::transaction::queries::{self, Filter, Page as At};
use budget::ledger::transaction::sums::{self, Sums};
use budget::ledger::transaction::{Transaction, all};
use budget::ledger::{Kind, LoanDirection, LocationKind, Sign};
use budget::period::{DateRange, Month};
use budget::reports::distribution::Distribution;

use super::{set_up, titles};
use crate::support::{Owner, Page, TestApp, date};

/// What the sum of transfers, loans and adjustments is called.
const MOVED: &str = "Moved, with loans and adjustments";

/// The query of several values, each given by its field and its name.
fn query(owner: &Owner<'_>, values: &[(&str, &str)]) -> String {
    let value = |(field, name): &(&str, &str)| {
        let id = match *field {
            "category" => owner.category_id(name).to_string(),
            "location" => owner.location_id(name).to_string(),
            "bucket" => owner.bucket_id(name).to_string(),
            _ => (*name).to_owned(),
        };
        format!("{field}={id}")
    };
    values.iter().map(value).collect::<Vec<_>>().join("&")
}

/// The same values in the one way in which the app writes them.
fn written(owner: &Owner<'_>, values: &[(&str, &str)]) -> String {
    let page = owner
        .request("GET", &format!("/transactions?{}", query(owner, values)))
        .header("HX-Request", "true")
        .header("HX-Trigger", "filters")
        .send();
    page.header("hx-push-url").unwrap().to_owned()
}

fn amounts(owner: &Owner<'_>, values: &[(&str, &str)]) -> Vec<String> {
    owner
        .get(&format!("/transactions?{}", query(owner, values)))
        .select("#tx-rows .amount")
}

/// The labels and amounts above the list.
fn sums_of(page: &Page) -> Vec<(String, String)> {
    let labels = page.select("dl.sums dt");
    labels.into_iter().zip(page.select("dl.sums dd")).collect()
}

/// Entries of every kind on a few days, at every place: 120 of them, more than two pages.
fn many(owner: &Owner<'_>) {
    let locations = ["Bank", "Cash", "Card"];
    let buckets = ["Necessities", "Economy", "Fun"];
    for number in 0..120 {
        let day = format!("2026-{:02}-{:02}", 10 + number % 2, number % 7 + 1);
        let amount = format!("{}.{:02}", number + 1, number % 100);
        let here = (locations[number % 3], buckets[number / 3 % 3]);
        let there = (locations[(number + 1) % 3], buckets[number / 5 % 3]);
        match number % 10 {
            0 => drop(owner.earned(&day, &amount, "Salary")),
            1 => drop(owner.earned_into(&day, &amount, "Salary", here)),
            2 | 3 => drop(owner.moved(&day, &amount, here, there)),
            4 => drop(owner.loan(&day, LoanDirection::Borrowed, &amount, "Anna", here)),
            5 => drop(owner.adjusted(&day, &format!("-{amount}"), here)),
            6 => drop(owner.spent_from(&day, &amount, "Rent", here)),
            7 => drop(owner.spent_from(&day, &amount, "Going out", there)),
            _ => drop(owner.spent_from(&day, &amount, "Groceries", here)),
        }
    }
}

/// All entries of the household, newest first.
fn entries(owner: &Owner<'_>) -> Vec<Transaction> {
    let mut found = all::after(&mut owner.app.sql(), owner.household, None, 10_000).unwrap();
    found.reverse();
    found.into_iter().map(|one| one.transaction).collect()
}

/// What a filter is to find, written from its description and not from its code.
fn naive(entries: &[Transaction], filter: &Filter) -> Vec<Transaction> {
    fn among<T: PartialEq>(values: &[T], value: &T) -> bool {
        values.is_empty() || values.contains(value)
    }
    let fits = |one: &&Transaction| {
        filter.range.is_none_or(|range| range.contains(one.date))
            && among(&filter.kinds, &one.kind)
            && among(&filter.categories, &one.category)
            && filter
                .words
                .iter()
                .all(|word| one.description.to_lowercase().contains(word))
            && one
                .lines
                .iter()
                .any(|line| among(&filter.locations, &line.location) && among(&filter.buckets, &line.bucket))
    };
    entries.iter().filter(fits).cloned().collect()
}

/// The sums that a filter is to have: of income, of expense, and of the rest.
fn naive_sums(found: &[Transaction], filter: &Filter) -> Sums {
    let mut sums = Sums::default();
    for one in found {
        sums.entries += 1;
        for line in &one.lines {
            let is_here = (filter.locations.is_empty() || filter.locations.contains(&line.location))
                && (filter.buckets.is_empty() || filter.buckets.contains(&line.bucket));
            if is_here {
                match one.kind {
                    Kind::Income => sums.income_minor += line.amount.minor(),
                    Kind::Expense => sums.expense_minor += line.amount.minor(),
                    _ => sums.neutral_minor += line.amount.minor(),
                }
            }
        }
    }
    sums
}

/// Many combinations of none, one and several values of each field.
fn filters(owner: &Owner<'_>) -> Vec<Filter> {
    fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
        values.sort();
        values
    }
    let categories = |names: &[&str]| sorted(names.iter().map(|name| owner.category_id(name)).collect());
    let locations = |names: &[&str]| sorted(names.iter().map(|name| owner.location_id(name)).collect());
    let buckets = |names: &[&str]| sorted(names.iter().map(|name| owner.bucket_id(name)).collect());
    let everything = owner.book().categories.into_iter().map(|one| one.id).collect();
    let november = Month::parse("2026-11").unwrap().range();
    let mut filters = Vec::new();
    for kinds in [
        vec![],
        vec![Kind::Expense],
        vec![Kind::Transfer, Kind::Loan, Kind::Adjustment],
        vec![Kind::Transfer],
        vec![Kind::Transfer, Kind::Adjustment],
        vec![Kind::Expense, Kind::Transfer],
        vec![Kind::Expense, Kind::Income],
    ] {
        for categories in [
            vec![],
            categories(&["Groceries"]),
            categories(&["Groceries", "Rent", "Transfer"]),
            sorted(Clone::clone(&everything)),
        ] {
            for locations in [vec![], locations(&["Card"]), locations(&["Bank", "Cash"])] {
                for buckets in [vec![], buckets(&["Fun"]), buckets(&["Economy", "Necessities"])] {
                    filters.push(Filter {
                        kinds: kinds.clone(),
                        categories: categories.clone(),
                        locations: locations.clone(),
                        buckets,
                        // Searched and in a month every few times: each of these has its own way of being found.
                        words: if filters.len() % 5 == 4 {
                            vec!["o".to_owned()]
                        } else {
                            vec![]
                        },
                        range: (filters.len() % 3 == 2).then_some(november),
                    });
                }
            }
        }
    }
    filters
}

#[test]
fn several_values_find_what_has_one_of_each_field() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.spent_from("2026-11-03", "1.00", "Groceries", ("Cash", "Fun"));
    owner.spent_from("2026-11-02", "2.00", "Rent", ("Bank", "Necessities"));
    owner.earned_into("2026-11-01", "3.00", "Salary", ("Bank", "Fun"));
    owner.moved("2026-10-04", "4.00", ("Bank", "Fun"), ("Cash", "Economy"));
    owner.adjusted("2026-10-03", "5.00", ("Card", "Donation"));

    let (groceries, rent) = (("category", "Groceries"), ("category", "Rent"));
    let (bank, cash, card) = (("location", "Bank"), ("location", "Cash"), ("location", "Card"));
    let (fun, economy, education) = (("bucket", "Fun"), ("bucket", "Economy"), ("bucket", "Education"));
    assert_eq!(amounts(&owner, &[groceries, rent]), ["−1.00", "−2.00"]);
    assert_eq!(amounts(&owner, &[rent, groceries, bank]), ["−2.00"]);
    assert_eq!(
        amounts(&owner, &[bank, card]),
        ["−2.00", "+3.00", "moved 4.00", "+5.00"]
    );
    assert_eq!(
        amounts(&owner, &[fun, economy]),
        ["−1.00", "+3.00", "moved 4.00"],
        "an entry with a line in each comes once"
    );
    // Both must meet in one line: the transfer took from Fun at the bank, and brought to Economy in cash.
    assert_eq!(
        amounts(&owner, &[cash, card, fun, education]),
        ["−1.00"],
        "the transfer has no line in cash for fun"
    );
    assert_eq!(amounts(&owner, &[cash, card, economy, education]), ["moved 4.00"]);
    assert_eq!(
        amounts(&owner, &[("kind", "transfer"), ("kind", "adjustment")]),
        ["moved 4.00", "+5.00"]
    );
    assert_eq!(
        amounts(&owner, &[("kind", "transfer"), ("kind", "income"), fun]),
        ["+3.00", "moved 4.00"]
    );
    assert!(
        amounts(&owner, &[("kind", "transfer"), ("kind", "loan"), groceries, rent]).is_empty(),
        "no transfer has such a category"
    );
    // What lies where the filter looks is said where it is not the whole: both lines together are nothing.
    let page = owner.get(&format!("/transactions?{}", query(&owner, &[bank, cash])));
    assert_eq!(page.select("#tx-rows .num .sub"), ["0.00 here"]);
}

#[test]
fn what_several_values_find_is_what_a_naive_filter_finds() {
    let app = TestApp::new();
    let owner = set_up(&app);
    many(&owner);
    for name in ["Health", "Gifts", "Travel"] {
        owner.category(name, Sign::Negative); // many are looked for in another way than few
    }
    let entries = entries(&owner);
    let book = owner.book();
    let (mut compared, mut by_month, mut pages) = (0, 0, 0);
    for filter in filters(&owner) {
        let expected = naive(&entries, &filter);
        let ids = |found: &[Transaction]| found.iter().map(|one| one.id).collect::<Vec<_>>();
        let wanted = ids(&expected);
        let expected_sums = naive_sums(&expected, &filter);
        let (older, newer, counted, of_months) = owner
            .write(|conn, member| {
                let older = walk(
                    &mut |at| queries::list(conn, member.household, &filter, at, 13).unwrap(),
                    true,
                );
                let newer = walk(
                    &mut |at| queries::list(conn, member.household, &filter, at, 13).unwrap(),
                    false,
                );
                let counted = sums::count(conn, &filter).unwrap();
                let of_months = sums::from_months(conn, member.household, &book, &filter).unwrap();
                Ok((older, newer, counted, of_months))
            })
            .unwrap();
        assert_eq!(older, wanted, "towards older: {filter:?}");
        assert_eq!(newer, wanted, "towards newer: {filter:?}");
        assert_eq!(Sums::of(&expected, &filter), expected_sums, "{filter:?}");
        assert_eq!(counted, expected_sums, "{filter:?}");
        if let Some(of_months) = of_months {
            assert_eq!(of_months, expected_sums, "{filter:?}");
            by_month += 1;
        }
        compared += usize::from(!wanted.is_empty());
        pages += wanted.len().div_ceil(13);
    }
    assert!(compared > 100, "only {compared} filters found something");
    assert!(by_month > 5, "only {by_month} filters were answered by months");
    assert!(pages > 300, "only {pages} pages were seen");
}

/// The ids of all pages from one end to the other, newest first.
fn walk(list: &mut dyn FnMut(At) -> (Vec<Transaction>, bool), older: bool) -> Vec<TransactionId> {
    let mut ids = Vec::new();
    let mut at = if older { At::First } else { At::Last };
    loop {
        let (found, more) = list(at);
        let page = found.iter().map(|one| one.id);
        if older {
            ids.extend(page);
        } else {
            ids.splice(0..0, page);
        }
        let edge = if older { found.last() } else { found.first() };
        match edge {
            Some(edge) if more && older => at = At::After(edge.date, edge.id),
            Some(edge) if more => at = At::Before(edge.date, edge.id),
            _ => return ids,
        }
    }
}

#[test]
fn pages_of_several_values_keep_them_in_both_directions() {
    let app = TestApp::new();
    let owner = set_up(&app);
    many(&owner);
    let values = [
        ("location", "Bank"),
        ("location", "Cash"),
        ("bucket", "Necessities"),
        ("bucket", "Economy"),
        ("bucket", "Fun"),
    ];
    let start = written(&owner, &values);
    let follow = |start: &str, link: &str| {
        let mut page = owner.get(start);
        let mut hrefs = Vec::new();
        loop {
            page.assert_ok();
            hrefs.push(page.attributes("#tx-rows th a", "href"));
            match page.attributes(link, "href").first() {
                Some(href) => {
                    assert!(
                        href.starts_with(&start[..start.find("&page").unwrap_or(start.len())]),
                        "{href}"
                    );
                    page = owner.get(href);
                }
                None => return hrefs,
            }
        }
    };
    let entry = |href: &String| href.split('?').next().unwrap().to_owned();
    let down: Vec<_> = follow(&start, "a#tx-older").concat().iter().map(entry).collect();
    let mut up = follow(&format!("{start}&page=last"), "a#tx-newer");
    up.reverse();
    let up: Vec<_> = up.concat().iter().map(entry).collect();
    let filter = Filter {
        locations: vec![owner.location_id("Bank"), owner.location_id("Cash")],
        buckets: ["Necessities", "Economy", "Fun"]
            .map(|name| owner.bucket_id(name))
            .into(),
        ..Filter::default()
    };
    let wanted: Vec<_> = naive(&entries(&owner), &filter)
        .iter()
        .map(|one| format!("/transactions/{}", one.id))
        .collect();
    assert!(wanted.len() > 50, "more than one page");
    assert_eq!(down, wanted);
    assert_eq!(up, wanted);
}

#[test]
fn unknown_and_foreign_values_are_left_out_with_one_remark_a_field() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.spent("2026-11-01", "1.00", "Rent");
    owner.spent("2026-11-02", "2.00", "Groceries");
    let stranger = app.sign_up("other@example.org", "EUR");
    stranger.set_up();
    let (foreign, fun) = (stranger.bucket_id("Fun"), stranger.bucket_id("Fun"));
    let remarks = |query: &str| {
        let page = owner.get(&format!("/transactions?{query}"));
        page.assert_ok();
        (titles(&page), page.select("#tx-list .note p"))
    };
    let rent = owner.category_id("Rent");

    let (found, said) = remarks(&format!(
        "category={rent}&category={}",
        stranger.category_id("Rent")
    ));
    assert_eq!(found, ["Rent"]);
    assert_eq!(
        said,
        ["One category was left out of the filter: there is none like it."]
    );
    let (found, said) = remarks(&format!(
        "category={rent}&category=x&category=%00&category=x&kind=gift"
    ));
    assert_eq!(found, ["Rent"]);
    assert_eq!(
        said,
        [
            "The kind was left out of the filter: there is none like it.",
            "2 categories were left out of the filter: there are none like them.",
        ]
    );
    // Nothing is left of the field: it does not narrow the list down.
    let (found, said) = remarks(&format!("bucket={foreign}&bucket={rent}&bucket={fun}"));
    assert_eq!(found, ["Groceries", "Rent"]);
    assert_eq!(
        said,
        ["2 buckets were left out of the filter: there are none like them."]
    );
    // The same value again is the same value.
    let page = owner.get(&format!(
        "/transactions?category={rent}&category={rent}&category="
    ));
    assert_eq!(titles(&page), ["Rent"]);
    assert_eq!(page.value("category"), rent.to_string());
    assert!(page.select(".chips").is_empty());
}

#[test]
fn the_form_keeps_several_values_until_another_is_chosen() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for category in ["Groceries", "Rent", "Going out"] {
        owner.spent_from("2026-11-01", "1.00", category, ("Bank", "Fun"));
    }
    let values = [
        ("kind", "income"),
        ("kind", "expense"),
        ("category", "Rent"),
        ("category", "Groceries"),
        ("category", "Going out"),
        ("location", "Bank"),
        ("bucket", "Fun"),
        ("bucket", "Economy"),
    ];
    let address = written(&owner, &values);
    let page = owner.get(&address);

    // Short names are shown, many values are counted; one value is chosen as it is.
    assert_eq!(page.select("#f-kind option[selected]"), ["2 kinds"]);
    assert_eq!(page.select("#f-category option[selected]"), ["3 categories"]);
    assert_eq!(page.select("#f-location option[selected]"), ["Bank"]);
    assert_eq!(page.select("#f-bucket option[selected]"), ["Economy, Fun"]);
    assert_eq!(page.attributes("details", "open").len(), 1);
    assert_eq!(page.attributes("[name=several_location]", "value").len(), 0);

    // Sent as it is, without scripts: the same list, and its links say it in the short way.
    let again = page.submit(Some("/transactions"), &[("q", "o")]);
    assert_eq!(titles(&again), ["Going out", "Groceries"]);
    let chips = again.attributes(".chip", "href");
    assert_eq!(chips.len(), 7);
    assert!(chips.iter().all(|href| !href.contains("several")), "{chips:?}");
    assert_eq!(again.select("#f-category option[selected]"), ["3 categories"]);

    // Another choice replaces them, and so does none.
    let rent = owner.category_id("Rent").to_string();
    let one = page.submit(Some("/transactions"), &[("category", &rent)]);
    assert_eq!(titles(&one), ["Rent"]);
    assert_eq!(one.select("#f-category option[selected]"), ["Rent"]);
    assert_eq!(one.attributes("[name=several_category]", "value").len(), 0);
    let all = page.submit(
        Some("/transactions"),
        &[("category", ""), ("kind", ""), ("bucket", "")],
    );
    assert_eq!(titles(&all).len(), 3);
    assert!(all.select(".chip").is_empty());

    // With htmx the form stays as it is; what it keeps does not come back by itself.
    let typed = |fields: &str| {
        let answer = owner
            .request("GET", &format!("/transactions?{fields}"))
            .header("HX-Request", "true")
            .header("HX-Trigger", "filters")
            .send();
        answer.header("hx-push-url").unwrap().to_owned()
    };
    let kept = page.attributes("[name=several_category]", "value");
    let kept = format!("&several_category={}", kept.join("&several_category="));
    assert_eq!(
        typed(&format!("category={rent}{kept}")),
        format!("/transactions?category={rent}")
    );
    let short = written(&owner, &values[2..5]);
    assert_eq!(typed(&format!("category=several{kept}")), short);
    assert_eq!(typed("category=several"), "/transactions");
}

#[test]
fn a_chip_takes_one_value_away() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.spent_from("2026-11-01", "1.00", "Rent", ("Bank", "Fun"));
    owner.spent_from("2026-11-02", "2.00", "Groceries", ("Bank", "Fun"));
    owner.spent_from("2026-11-03", "3.00", "Going out", ("Cash", "Fun"));
    let all = [
        ("category", "Rent"),
        ("category", "Groceries"),
        ("category", "Going out"),
        ("location", "Cash"),
        ("location", "Bank"),
        ("bucket", "Fun"),
    ];
    let page = owner.get(&format!("/transactions?period=2026-11&{}", query(&owner, &all)));

    assert_eq!(
        page.select(".chips .chip"),
        ["Going out", "Groceries", "Rent", "Bank", "Cash"],
        "of fields with several values, in the order of the form and its options"
    );
    let position = page
        .select(".chip")
        .iter()
        .position(|chip| chip == "Rent")
        .unwrap();
    assert_eq!(
        page.attributes(".chip", "aria-label")[position],
        "Rent: take this category out of the filter"
    );
    let href = page.attributes(".chip", "href").swap_remove(position);
    assert!(
        href.starts_with("/transactions?period=2026-11&category="),
        "{href}"
    );
    let page = owner.get(&href);
    assert_eq!(titles(&page), ["Going out", "Groceries"]);
    assert_eq!(page.select(".chip"), ["Going out", "Groceries", "Bank", "Cash"]);
    // One that is left needs no chip: the select says it.
    let href = page.attributes(".chip", "href").remove(1);
    let page = owner.get(&href);
    assert_eq!(titles(&page), ["Going out"]);
    assert_eq!(page.select(".chip"), ["Bank", "Cash"]);
    assert_eq!(page.select("#f-category option[selected]"), ["Going out"]);
}

#[test]
fn every_link_and_form_of_the_list_keeps_all_values() {
    let app = TestApp::new();
    let owner = set_up(&app);
    for _ in 0..51 {
        owner.spent("2026-11-01", "1.00", "Rent");
    }
    let entry = owner.spent("2026-11-02", "2.00", "Groceries");
    let values = [
        ("category", "Rent"),
        ("category", "Groceries"),
        ("location", "Bank"),
        ("location", "Cash"),
    ];
    let address = written(&owner, &values);
    let (_, kept) = address.split_once('?').unwrap();
    assert_eq!(
        kept.matches("category=").count() + kept.matches("location=").count(),
        4,
        "{kept}"
    );

    // The sums that come after the list, the list that loads itself again, and an entry that leads back.
    let page = owner.get(&address);
    let sums = page.attributes("[hx-trigger=load]", "hx-get").remove(0);
    assert_eq!(sums, format!("/transactions/sums?{kept}"));
    assert_eq!(
        owner.fragment(&sums).select("dl.sums dd")[..3],
        ["52", "0.00", "−53.00"]
    );
    assert_eq!(page.attributes("#tx-list", "hx-get"), [address.as_str()]);
    let edit = page
        .attributes("#tx-rows tr:first-child .row-menu", "href")
        .remove(0);
    let form = owner.get(&edit);
    assert_eq!(form.value("back"), kept);
    form.submit(None, &[("amount", "2.50")])
        .assert_status(303)
        .assert_location(&address);
    let form = owner.fragment(&edit);
    assert_eq!(form.value("back"), kept);
    let cancel = form.attributes("button[hx-get]", "hx-get").remove(0);
    let row = owner.fragment(&cancel);
    assert_eq!(row.attributes(".row-menu", "href"), [edit.as_str()]);

    // Undo leads to where it was asked.
    let change = owner.delete(entry);
    let undone = owner.post_with_token(&format!("/undo/{change}"), &[("back", &address)]);
    undone.assert_status(303).assert_location(&address);

    // Nothing there: a month without the filter's entries, its neighbours, and the ways out.
    let page = owner.get(&format!("/transactions?period=2026-10&{kept}"));
    page.assert_has("No entries in October 2026");
    assert_eq!(
        page.attributes("#tx-list .empty-state a", "href"),
        [address.as_str(), "/transactions"]
    );
    assert_eq!(
        page.select("#tx-list .empty-state a"),
        ["Show all time", "Take the filter away"]
    );
    assert_eq!(
        page.attributes("nav.pager a", "href"),
        [
            format!("/transactions?period=2026-09&{kept}"),
            format!("/transactions?period=2026-11&{kept}")
        ]
    );
    assert_eq!(page.select(".chip").len(), 4);
    let page = owner.get(&format!(
        "{address}&after=1900-01-01_00000000-0000-7000-8000-000000000000"
    ));
    assert_eq!(page.attributes("#tx-list .empty-state a", "href"), [address]);
}

#[test]
fn thirty_values_are_as_good_as_three() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let mut kept = Vec::new();
    for number in 0..31 {
        let (category, location) = (format!("Category {number:02}"), format!("Location {number:02}"));
        let category_id = owner.category(&category, Sign::Negative);
        let location_id = owner.location(&location, LocationKind::Other);
        for day in [1, 2] {
            owner.spent_from(
                &format!("2026-11-{day:02}"),
                "1.00",
                &category,
                (&location, "Fun"),
            );
        }
        if number != 7 {
            kept.push((category_id, location_id));
        }
    }
    let join = |parts: Vec<String>| parts.join("&");
    let categories = join(kept.iter().map(|(id, _)| format!("category={id}")).collect());
    let locations = join(kept.iter().map(|(_, id)| format!("location={id}")).collect());
    let buckets = join(
        ["Fun", "Economy", "Education", "Donation"]
            .map(|name| format!("bucket={}", owner.bucket_id(name)))
            .into(),
    );
    for query in [
        categories.clone(),
        locations.clone(),
        format!("{categories}&{locations}"),
        format!("{locations}&{buckets}"),
        format!("{categories}&{locations}&{buckets}&kind=expense&kind=loan"),
    ] {
        let page = owner.get(&format!("/transactions?{query}&sums=1"));
        page.assert_ok();
        assert_eq!(titles(&page).len(), 50);
        assert_eq!(page.select("dl.sums dd")[..3], ["60", "0.00", "−60.00"]);
        let mut all = titles(&page);
        let last = owner.get(&page.attributes("#tx-older", "href").remove(0));
        all.extend(titles(&last));
        all.sort();
        assert!(!all.contains(&"Category 07".to_owned()));
        all.dedup();
        assert_eq!(all.len(), 30, "two entries of each of thirty");
    }
    let page = owner.get(&format!("/transactions?{categories}"));
    assert_eq!(page.select("#f-category option[selected]"), ["30 categories"]);
    assert_eq!(page.select(".chip").len(), 30);
    let again = page.submit(Some("/transactions"), &[]);
    assert_eq!(again.select(".chip").len(), 30);
}

#[test]
fn the_sums_of_a_place_up_to_a_day_are_its_balance_of_that_day() {
    let app = TestApp::new();
    let owner = set_up(&app);
    many(&owner);
    let money =
        |day: &str| Distribution::at_end_of(&mut owner.app.sql(), owner.household, date(day)).unwrap();
    let read = |minor: i64| {
        owner
            .write(|_, member| Ok(member.number_format.signed(minor, member.currency)))
            .unwrap()
    };
    for day in ["2026-10-03", "2026-11-04", "2026-11-30"] {
        for (place, minor) in [
            (("location", "Cash"), money(day).at(owner.location_id("Cash"))),
            (("location", "Bank"), money(day).at(owner.location_id("Bank"))),
            (("bucket", "Fun"), money(day).of(owner.bucket_id("Fun"))),
        ] {
            let address = format!("/transactions?period=custom&to={day}&{}", query(&owner, &[place]));
            let page = owner.get(&format!("{address}&sums=1"));
            let all = sums_of(&page);
            assert_eq!(
                all.last().unwrap(),
                &("In all".to_owned(), read(minor)),
                "{address}: {all:?}"
            );
        }
        // Two places together, and a cell.
        let both = [("location", "Cash"), ("location", "Bank")];
        let page = owner.get(&format!(
            "/transactions?period=custom&to={day}&sums=1&{}",
            query(&owner, &both)
        ));
        let minor = money(day).at(owner.location_id("Cash")) + money(day).at(owner.location_id("Bank"));
        assert_eq!(sums_of(&page).last().unwrap().1, read(minor));
        let cell = [("location", "Cash"), ("bucket", "Fun")];
        let page = owner.get(&format!(
            "/transactions?period=custom&to={day}&sums=1&{}",
            query(&owner, &cell)
        ));
        assert_eq!(
            sums_of(&page).last().unwrap().1,
            read(money(day).cell(owner.cell(("Cash", "Fun"))))
        );
    }
    let filter = Filter {
        locations: vec![owner.location_id("Card")],
        range: Some(DateRange::through(date("1900-01-01"), date("2026-11-04")).unwrap()),
        ..Filter::default()
    };
    let found = naive(&entries(&owner), &filter);
    assert_eq!(
        Sums::of(&found, &filter).change_minor(),
        money("2026-11-04").at(owner.location_id("Card"))
    );
}

#[test]
fn what_moved_is_told_where_it_counts_and_nothing_is_told_twice() {
    let app = TestApp::new();
    let owner = set_up(&app);
    owner.earned_into("2026-11-01", "100.00", "Salary", ("Bank", "Fun"));
    owner.spent_from("2026-11-02", "30.00", "Rent", ("Bank", "Fun"));
    let told = |query: &str| {
        let page = owner.get(&format!("/transactions?{query}"));
        page.assert_ok();
        sums_of(&page)[4..]
            .iter()
            .map(|(label, amount)| format!("{label} {amount}"))
            .collect::<Vec<_>>()
    };
    let bank = query(&owner, &[("location", "Bank")]);
    // Nothing moved: of a place it is told, elsewhere not; the result is all there is.
    assert_eq!(told(""), [""; 0]);
    assert_eq!(told(&bank), [format!("{MOVED} 0.00")]);
    assert_eq!(told(&format!("{bank}&kind=expense")), [""; 0]);
    assert_eq!(told("kind=income&kind=expense"), [""; 0]);

    // A transfer counts where it left or came, and nowhere else.
    owner.moved("2026-11-03", "25.00", ("Bank", "Fun"), ("Cash", "Economy"));
    assert_eq!(told(""), [""; 0]);
    assert_eq!(
        told(&bank),
        [format!("{MOVED} −25.00"), "In all +45.00".to_owned()]
    );
    let cash = query(&owner, &[("location", "Cash")]);
    assert_eq!(
        told(&cash),
        [format!("{MOVED} +25.00")],
        "in all would say it again"
    );
    assert_eq!(told("kind=transfer"), [format!("{MOVED} 0.00")]);
    assert_eq!(
        told(&format!("kind=transfer&kind=loan&{bank}")),
        [format!("{MOVED} −25.00")]
    );

    // Loans and adjustments are in it, and change the money of the whole household.
    owner.loan(
        "2026-11-04",
        LoanDirection::Lent,
        "10.00",
        "Anna",
        ("Bank", "Fun"),
    );
    owner.adjusted("2026-11-05", "1.50", ("Cash", "Fun"));
    assert_eq!(told(""), [format!("{MOVED} −8.50"), "In all +61.50".to_owned()]);
    assert_eq!(
        told("period=2026"),
        [format!("{MOVED} −8.50"), "In all +61.50".to_owned()]
    );
    assert_eq!(
        told("kind=transfer&kind=loan&kind=adjustment"),
        [format!("{MOVED} −8.50")]
    );
    assert_eq!(
        told("kind=loan&kind=expense"),
        [format!("{MOVED} −10.00"), "In all −40.00".to_owned()]
    );
    assert_eq!(
        told(&bank),
        [format!("{MOVED} −35.00"), "In all +35.00".to_owned()]
    );
}
