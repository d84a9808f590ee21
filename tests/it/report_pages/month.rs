//! The report of a month.

use super::{lived_in, refund};
use crate::support::TestApp;

#[test]
fn the_figures_are_compared_with_the_same_days_of_the_month_before() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let page = owner.get("/reports/month/2026-11");

    page.assert_ok().assert_has("14 of 30 days, all amounts in EUR");
    assert_eq!(
        page.select(".figures dd"),
        [
            "+1,100.00 99.99 more than by 14 Oct",
            // 410 + 95.50 − 15.50 + 250 + 12.34; up to 14 October 400 + 30.
            "−752.34 322.34 more than by 14 Oct",
            "+347.66 222.35 less than by 14 Oct",
            "31.6% 57.0% by 14 Oct",
        ]
    );
    assert_eq!(
        page.select(".compare thead th"),
        [
            "Category",
            "Nov 2026",
            "Size",
            "To 14 Oct",
            "Change",
            "To 14 Nov 2025",
            "Change"
        ]
    );
}

#[test]
fn a_month_that_is_over_is_compared_with_whole_months() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let row = |page: &crate::support::Page, name: &str| -> Vec<String> {
        let names = page.select(".compare tbody tr:not(.group) th");
        let place = names.iter().position(|one| one == name).unwrap();
        let cells = page.select(".compare tbody tr:not(.group) td:not(.use)");
        cells[place * 5..place * 5 + 5].to_vec()
    };

    let page = owner.get("/reports/month/2026-10");

    page.assert_lacks("of 31 days");
    assert_eq!(
        row(&page, "Rent"),
        ["400.00", "– nothing", "+400.00", "300.00", "+100.00"]
    );
    assert_eq!(
        row(&page, "Groceries"),
        ["55.00", "– nothing", "+55.00", "20.00", "+35.00"]
    );
    assert_eq!(
        row(&page, "All expenses"),
        ["455.00", "– nothing", "+455.00", "320.00", "+135.00"]
    );
    assert_eq!(
        page.select(".compare tfoot td.num"),
        ["+545.01", "0.00", "+545.01", "+580.00", "−34.99"]
    );
    page.assert_has("nothing recorded in September")
        .assert_has("The largest expense: Rent, 400.00 on 1 Oct.");
    assert_eq!(
        page.select(".ledger dd"),
        ["1,080.00", "+1,000.01", "−455.00", "– nothing", "1,625.01"]
    );
}

#[test]
fn buckets_say_what_they_got_spent_moved_and_have_left() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let page = owner.get("/reports/month/2026-11");

    let buckets = page.select(".flow")[0].clone();
    assert!(
        // 10 % of 900, 1000.01 and 1100; 60 moved within Fun, 40 came from Economy.
        buckets.contains("Fun 190.00 +110.00 −250.00 227% +40.00 90.00"),
        "{buckets}"
    );
    assert!(
        buckets.contains("All buckets 1,625.01 +1,100.00 −752.34 68% −50.00 1,922.67"),
        "{buckets}"
    );
    page.assert_has("Fun spent 140.00 more than it got.")
        .assert_has("40.00 was moved there. 100.00 came from what was there before.");
    let locations = page.select(".flow")[1].clone();
    assert!(
        locations.contains("Card 0.00") || locations.contains("Card – nothing"),
        "{locations}"
    );
    assert!(locations.contains("−250.00 +60.00 −190.00"), "{locations}");
    assert!(
        locations.contains("All locations 1,625.01 +1,100.00 −752.34 −50.00 1,922.67"),
        "{locations}"
    );
    page.assert_has("Not in the result: Transfer (2 entries), Loan −50.00.");
}

#[test]
fn spending_is_told_by_the_day() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let page = owner.get("/reports/month/2026-11");

    assert_eq!(
        page.select(".days tbody tr"),
        [
            "Sun 1 Nov 410.00 410.00 400.00",
            "Tue 3 Nov 95.50 505.50 400.00",
            "Wed 4 Nov −15.50 490.00 400.00",
            "Fri 6 Nov 250.00 740.00 400.00",
            "Sat 28 Nov 12.34 752.34 455.00",
        ]
    );
    assert_eq!(page.attributes("svg.chart", "role"), ["img", "img"]);
    assert!(
        page.select("svg.chart desc")[0].contains("752.34 was spent in November 2026, 455.00 in October.")
    );
}

#[test]
fn what_is_far_above_the_usual_is_marked() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for month in 1..=9 {
        owner.spent(&format!("2026-0{month}-03"), "100.00", "Groceries");
        owner.spent(&format!("2026-0{month}-04"), "10.00", "Going out");
    }
    owner.spent("2026-10-03", "249.99", "Groceries");
    owner.spent("2026-10-04", "25.00", "Going out");

    let page = owner.get("/reports/month/2026-10");

    // A month takes 110.00: 5.50 above the usual are enough, 2.5 times it is 250.00 and 25.00.
    page.assert_has("2.5 times the category’s average of the 9 months before and 5.50 above it");
    assert_eq!(page.select("td.spike"), ["25.00"]);
    owner.spent("2026-10-05", "0.01", "Groceries");
    assert_eq!(
        owner.get("/reports/month/2026-10").select("td.spike"),
        ["250.00", "25.00"]
    );
}

#[test]
fn a_month_without_entries_leads_to_the_nearest_with_some() {
    let app = TestApp::new();
    let owner = lived_in(&app);

    let page = owner.get("/reports/month/2026-03");

    page.assert_ok().assert_has("No entries in March 2026");
    assert_eq!(page.select(".empty-state a"), ["October 2025", "October 2026"]);
    assert_eq!(
        page.attributes(".empty-state a", "href"),
        ["/reports/month/2025-10", "/reports/month/2026-10"]
    );
    let cash = owner.location_id("Cash");
    let filtered = owner.get(&format!("/reports/month/2026-11?location={cash}"));
    filtered.assert_has("No entries in November 2026");
    assert_eq!(
        filtered.attributes(".empty-state a", "href"),
        [
            format!("/reports/month/2026-10?location={cash}"),
            "/reports/month/2026-11".to_owned()
        ]
    );
}

#[test]
fn a_household_without_entries_is_told_what_to_do() {
    let app = TestApp::new();
    let owner = app.household();

    for path in ["/reports/month/2026-11", "/reports/year/2026", "/reports/years"] {
        let page = owner.get(path);
        page.assert_ok()
            .assert_has("A report comes with the first entry.");
        assert_eq!(
            page.attributes(".empty-state a", "href"),
            ["/transactions/new"],
            "{path}"
        );
    }
}

#[test]
fn a_filter_counts_only_what_lies_there_and_stays_in_the_address() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (card, fun) = (owner.location_id("Card"), owner.bucket_id("Fun"));

    let page = owner.get(&format!("/reports/month/2026-11?location={card}"));

    assert_eq!(
        page.select(".figures dd")[1],
        "−250.00 nothing recorded by 14 Oct"
    );
    assert_eq!(
        page.select(".ledger dd"),
        ["– nothing", "– nothing", "−250.00", "+60.00", "−190.00"]
    );
    assert_eq!(page.select(".chip"), ["Card , take it away"]);
    assert_eq!(page.attributes(".chip", "href"), ["/reports/month/2026-11"]);
    assert_eq!(
        page.attributes(".btn-group a", "href"),
        ["10", "11", "12"].map(|month| format!("/reports/month/2026-{month}?location={card}"))
    );
    // What the form sends is the same filter.
    let sent = page.submit(Some("/reports/month/2026-11"), &[("bucket", &fun.to_string())]);
    sent.assert_ok();
    assert_eq!(sent.select(".chip").len(), 2);
    // Categories are no place: what is left there cannot be said.
    let rent = owner.category_id("Rent");
    let of_rent = owner.get(&format!("/reports/month/2026-11?category={rent}"));
    of_rent.assert_lacks("Left, ");
    assert_eq!(of_rent.select(".ledger dd"), Vec::<String>::new());
}

#[test]
fn refunds_lower_a_category_also_below_zero() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-10-05", "10.00", "Groceries");
    refund(&owner, "2026-10-06", "25.00", None);

    let page = owner.get("/reports/month/2026-10");

    page.assert_ok();
    assert_eq!(page.select(".compare tbody .sum"), ["−15.00", "−15.00"]);
    assert_eq!(
        page.select(".figures dd")[1],
        "+15.00 nothing recorded in September"
    );
}
