//! The guide, the links that lead to it, and the first steps of a household.

use crate::setup::{set_number_format, set_role};
use crate::support::{Chromium, PASSWORD, Page, Scripts, TestApp};

/// Where the topics are.
fn topics(page: &Page) -> Vec<String> {
    page.attributes(".topics a", "href")
}

#[test]
fn anyone_may_read_every_topic() {
    let app = TestApp::new();
    let owner = app.household();
    let visitor = app.browser();
    for (browser, is_visitor) in [(&owner.browser, false), (&visitor, true)] {
        let index = browser.get("/guide");
        let all = topics(index.assert_ok());
        assert_eq!(all.len(), 8);
        for (place, path) in all.iter().enumerate() {
            let page = browser.get(path);
            let title = page.assert_ok().select("h1").remove(0);
            assert_eq!(page.select(".crumbs li"), ["Guide", title.as_str()]);
            assert_eq!(page.attributes(".crumbs a", "href"), ["/guide"]);
            assert!(page.select(".prose p").len() >= 2, "{path} says little");
            assert_eq!(
                page.select("nav[aria-label=Main] a[aria-current]").is_empty(),
                is_visitor
            );
            // From each on to the next, and from the last back to all.
            let onward = page.attributes(".guide > .form-actions a", "href").pop();
            assert_eq!(
                onward.as_deref(),
                Some(all.get(place + 1).map_or("/guide", String::as_str))
            );
        }
        browser.get("/guide/astrology").assert_status(404);
    }
    assert_eq!(app.statements(|| drop(owner.get("/guide/splitting"))), 1);
    assert_eq!(app.statements(|| drop(visitor.get("/guide/splitting"))), 0);
}

#[test]
fn each_link_of_the_guide_leads_to_a_page_that_the_reader_may_open() {
    let app = TestApp::new();
    let owner = app.household();
    for role in ["owner", "reader"] {
        set_role(&owner, role);
        let mut seen = 0;
        for path in topics(&owner.get("/guide")) {
            let topic = owner.get(&path);
            let links = topic.attributes("main a", "href");
            for link in &links {
                owner.get(link).assert_ok();
            }
            seen += links.len();
        }
        assert!(seen > 20, "{role}: only {seen} links");
    }
    assert!(
        topics(&owner.get("/guide"))
            .iter()
            .all(|path| owner.get(path).attributes("main a[href*=new]", "href").is_empty()),
        "readers record nothing"
    );
}

#[test]
fn a_session_that_ended_still_reads() {
    let app = TestApp::new();
    let owner = app.household();
    let again = owner.browser.copy();
    owner.submit("/money", Some("/logout"), &[]).assert_status(303);
    again
        .get("/guide/recording")
        .assert_ok()
        .assert_has("Log in")
        .assert_lacks("Log out");
}

#[test]
fn the_split_in_the_guide_is_what_the_form_makes_of_it() {
    let app = TestApp::new();
    for (currency, format, income, first, rest) in [
        ("EUR", "point_comma", "100,01", "50,01", "10,00"),
        ("JPY", "comma_point", "101", "51", "10"),
        ("KWD", "apostrophe_point", "100.001", "50.001", "10.000"),
    ] {
        let owner = app.sign_up(&format!("{currency}@example.org"), currency);
        owner.set_up();
        set_number_format(&owner, format);
        let guide = owner.get("/guide/splitting");
        guide.assert_has(&format!("An income of {income} {currency}"));
        let told = guide.select("tbody tr");
        assert!(told[0].ends_with(first) && told[4].ends_with(rest), "{told:?}");
        let form = owner.get("/transactions/new?kind=income");
        let previewed = form.submit(Some("/transactions"), &[("amount", income), ("preview", "1")]);
        let made = previewed.select("#split tbody tr");
        let unsigned: Vec<String> = made.iter().map(|row| row.replace('+', "")).collect();
        assert_eq!(told, unsigned, "{currency}");
    }
    let visitor = app.browser();
    let request = visitor
        .request("GET", "/guide/splitting")
        .header("Accept-Language", "de");
    request.send().assert_has("An income of 100,01 EUR");
}

#[test]
fn where_there_is_nothing_yet_the_guide_is_near() {
    let app = TestApp::new();
    let owner = app.household();
    for path in [
        "/money",
        "/transactions",
        "/transactions/new",
        "/setup/locations",
        "/setup/buckets",
        "/setup/categories",
    ] {
        let links = owner.get(path).attributes("main a[href^='/guide/']", "href");
        assert!(!links.is_empty(), "{path} does not lead to the guide");
        for link in links {
            owner.get(&link).assert_ok();
        }
    }
    owner.get("/more").assert_has("How to use it");
}

#[test]
fn steps_are_ticked_off_as_they_are_done() {
    let app = TestApp::new();
    let owner = app.household();
    let left = || owner.get("/money").select(".steps li:not(.done)");
    assert_eq!(left().len(), 5);
    owner.set_up();
    assert_eq!(
        left(),
        ["4Say how much is there today", "5Record your first entry"]
    );
    owner.adjusted("2026-11-01", "100", ("Bank", "Fun"));
    assert_eq!(left(), ["5Record your first entry"]);
    owner.spent("2026-11-02", "1", "Rent");
    assert!(left().is_empty());
    // Later balances are no beginning.
    for day in 3..12 {
        owner.adjusted(&format!("2026-11-{day:02}"), "1", ("Bank", "Fun"));
    }
    assert!(left().is_empty());
}

#[test]
fn the_first_steps_lead_through_on_a_telephone() {
    let app = TestApp::new();
    let owner = app.household();
    let page = Chromium::start(Scripts::On);
    page.narrow(390);
    let open = |path: &str| page.open(&format!("http://{}{path}", app.address()));
    open("/login");
    page.fill("#email", &owner.email);
    page.fill("#password", PASSWORD);
    page.press("Log in");
    page.arrives_at("/money");
    page.press("What each is about");
    page.arrives_at("/guide/first-steps");
    page.press("Open Money now");
    for step in [
        "Add the places where your money is",
        "Divide 100% of your income among buckets",
        "Add the categories that you earn and spend by",
    ] {
        open("/money");
        page.press(step);
        page.press("Use these");
        page.sees("Added ");
    }
    open("/money");
    page.press("Say how much is there today");
    page.fill("#amount", "250.00");
    page.press("Add adjustment");
    page.sees("+250.00");
    open("/money");
    page.press("Record your first entry");
    page.fill("#amount", "12.50");
    page.choose("category", "Groceries");
    page.press("Add expense");
    page.sees("\u{2212}12.50");
    open("/money");
    page.reads(".total .sum", "237.50 EUR");
    page.sees_no("First steps");
    assert_eq!(page.complaints(), Vec::<String>::new());
}
