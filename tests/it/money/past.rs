//! Money at the end of any day: as it was then, and nothing of what came after.

use budget::ledger::{LocationKind, bucket, location};

use super::with_money;
use crate::report_pages::links::follow_all;
use crate::setup::set_role;
use crate::support::TestApp;

const CELLS: &str = "table.matrix tbody td.cell";

#[test]
fn a_past_day_is_shown_as_it_was() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let page = owner.get("/money?date=2026-11-07");

    page.assert_ok()
        .assert_has("<title>Money on 7 November 2026 · Budget");
    assert_eq!(page.select("h1"), ["Money on 7 November 2026"]);
    assert_eq!(page.select(".total .sum"), ["1,060.01 EUR"]);
    page.assert_has("+60.01 since 1 Nov.");
    assert_eq!(
        page.select("table.matrix tfoot tr:first-child td.loc"),
        ["1,060.01", "0.00", "0.00"]
    );
    assert_eq!(
        page.select("table.matrix tbody tr:nth-child(4) td.cell"),
        ["110.00", "– nothing", "– nothing"],
        "before it was moved"
    );
    assert_eq!(page.select("table.matrix tfoot td.share").len(), 2);
    assert_eq!(
        page.select("table.matrix tfoot tr:nth-child(2) td.loc"),
        ["100.0%", "0.0%", "0.0%"]
    );
    assert_eq!(
        page.select("table.matrix td.month"),
        ["+10.01", "+20.00", "+10.00", "+10.00", "+10.00", "+60.01", ""]
    );
    for now in [
        "Record",
        "Latest transactions",
        "November so far",
        "Move money",
        "Cover it",
        "50%",
    ] {
        page.assert_lacks(now);
    }
    assert_eq!(
        page.attributes(".quickadd .ways:not(.files) a", "href"),
        [
            "/money?date=2026-10-31",
            "/money?date=2026-11-30",
            "/reports/month/2026-11"
        ]
    );
    assert_eq!(page.attributes(".day-form a", "href"), ["/money"]);
    assert_eq!(page.value("date"), "2026-11-07");

    // The next days, one by one.
    let fun = |day: &str| {
        owner
            .get(&format!("/money?date={day}"))
            .select("table.matrix tbody tr:nth-child(4) td.cell")
    };
    assert_eq!(fun("2026-11-08"), ["80.00", "– nothing", "30.00"]);
    assert_eq!(fun("2026-11-09"), ["80.00", "– nothing", "−34.79"]);
    owner
        .get("/money?date=2026-11-09")
        .assert_has("Fun was 34.79 short on Card.")
        .assert_lacks("Cover it");
}

#[test]
fn the_form_leads_to_a_day_without_any_script() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let past = owner.submit("/money", None, &[("date", "2026-10-31")]);

    past.assert_ok();
    assert_eq!(past.select(".total .sum"), ["1,000.00 EUR"]);
    assert_eq!(
        past.submit(None, &[("date", "")]).select("h1"),
        ["Money now"],
        "an empty day is now"
    );
}

#[test]
fn months_end_and_leap_days_count() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    for (day, amount) in [
        ("2024-01-31", "1000"),
        ("2024-02-01", "100"),
        ("2024-02-28", "10"),
        ("2024-02-29", "5"),
        ("2024-03-01", "1"),
        ("2100-12-31", "7"),
        ("1900-01-01", "0.50"),
    ] {
        owner.adjusted(day, amount, ("Cash", "Fun"));
    }

    for (day, total, added) in [
        ("1900-01-01", "0.50", "+0.50"),
        ("1900-01-02", "0.50", "+0.50"),
        ("1900-02-01", "0.50", "0.00"),
        ("2024-01-31", "1,000.50", "+1,000.00"),
        ("2024-02-01", "1,100.50", "+100.00"),
        ("2024-02-14", "1,100.50", "+100.00"),
        ("2024-02-15", "1,100.50", "+100.00"),
        ("2024-02-28", "1,110.50", "+110.00"),
        ("2024-02-29", "1,115.50", "+115.00"),
        ("2024-03-01", "1,116.50", "+1.00"),
        ("2024-03-31", "1,116.50", "+1.00"),
        ("2100-12-30", "1,116.50", "0.00"),
        ("2100-12-31", "1,123.50", "+7.00"),
    ] {
        let page = owner.get(&format!("/money?date={day}"));
        page.assert_ok();
        assert_eq!(page.select(".total .sum"), [format!("{total} EUR")], "{day}");
        assert_eq!(page.select(".total strong"), [added], "{day}");
    }
}

#[test]
fn what_is_archived_is_shown_on_days_when_it_held_money() {
    let app = TestApp::new();
    let owner = with_money(&app);
    let place = owner.location("Old bank", LocationKind::Bank);
    let purpose = owner.bucket("Holiday", "0");
    owner.earned_into("2026-10-20", "55.00", "Salary", ("Old bank", "Holiday"));
    owner.moved("2026-11-10", "55.00", ("Old bank", "Holiday"), ("Bank", "Fun"));
    owner
        .write(|conn, member| location::archive(conn, member, place))
        .unwrap();
    owner
        .write(|conn, member| bucket::archive(conn, member, purpose))
        .unwrap();

    let before = owner.get("/money?date=2026-11-09");
    let after = owner.get("/money?date=2026-11-10");

    before.assert_ok();
    assert_eq!(
        before.select("table.matrix thead th.loc"),
        ["Bank", "Cash", "Card", "Old bank archived"]
    );
    assert_eq!(
        before.select("table.matrix tbody th").last().unwrap(),
        "Holiday archived"
    );
    assert_eq!(
        before.select("table.matrix tbody tr:last-child td.cell"),
        ["– nothing", "– nothing", "– nothing", "55.00"]
    );
    assert_eq!(before.select("table.matrix tfoot td.all"), ["1,050.22"]);
    assert!(follow_all(&owner, "/money?date=2026-11-09") > 15);
    for page in [after, owner.get("/money"), owner.get("/money?date=2026-10-19")] {
        page.assert_ok();
        let names = page.select("table.matrix :is(thead, tbody) th").join(", ");
        assert!(
            !names.contains("Old bank") && !names.contains("Holiday"),
            "{names}"
        );
    }
}

#[test]
fn before_the_first_entry_there_is_nothing() {
    let app = TestApp::new();
    let owner = with_money(&app);

    let page = owner.get("/money?date=2020-02-29");

    page.assert_ok().assert_has("Nothing was recorded up to then.");
    assert_eq!(page.select(".total .sum"), ["0.00 EUR"]);
    assert!(page.select(CELLS).iter().all(|cell| cell == "– nothing"));
    assert_eq!(page.select(".total svg").len(), 0, "there is no line to draw");
    owner
        .get("/money?date=2026-10-05")
        .assert_lacks("Nothing was recorded");
    let fresh = app.sign_up("fresh@example.org", "EUR");
    fresh
        .get("/money?date=2020-02-29")
        .assert_ok()
        .assert_has("Nothing was recorded up to then.");
}

#[test]
fn a_day_to_come_counts_what_is_recorded_up_to_it() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.adjusted("2026-11-01", "200.00", ("Cash", "Fun"));
    owner.spent_from("2026-11-20", "20.00", "Groceries", ("Cash", "Fun"));
    owner.spent_from("2026-12-24", "50.00", "Groceries", ("Cash", "Fun"));

    for (path, total, added, says) in [
        (
            "/money",
            "130.00",
            "+130.00 since 1 Nov.",
            "2 entries lie ahead and are counted.",
        ),
        ("/money?date=2026-11-14", "200.00", "+200.00 since 1 Nov.", ""),
        (
            "/money?date=2026-11-30",
            "180.00",
            "+180.00 since 1 Nov.",
            "1 entry lies ahead and is counted.",
        ),
        (
            "/money?date=2026-12-31",
            "130.00",
            "−50.00 since 1 Dec.",
            "That day is still to come.",
        ),
    ] {
        let page = owner.get(path);
        assert_eq!(page.select(".total .sum"), [format!("{total} EUR")], "{path}");
        page.assert_has(added).assert_has(says);
        follow_all(&owner, path);
    }
    owner.get("/money?date=2026-11-14").assert_lacks("ahead");
}

#[test]
fn a_day_that_is_none_comes_back_in_its_field() {
    let app = TestApp::new();
    let owner = with_money(&app);

    for (typed, says) in [
        ("yesterday", "Write the day as 2026-11-14."),
        ("2026-02-30", "2026-02-30 is not a day"),
        ("2023-02-29", "February 2023 has 28 days"),
        ("2026-13-01", "There is no month 13"),
        ("1899-12-31", "Choose a day from 1900-01-01 to 2100-12-31."),
        ("2101-01-01", "Choose a day from 1900-01-01 to 2100-12-31."),
        ("%00", "Write the day as 2026-11-14."),
        ("%22%3E%3Cscript%3E", "Write the day as 2026-11-14."),
        ("2026-11-14T00%3A00", "Write the day as 2026-11-14."),
    ] {
        let page = owner.get(&format!("/money?date={typed}"));
        page.assert_status(422)
            .assert_has(says)
            .assert_has("<title>Error: Money now");
        assert_eq!(
            page.attributes(".error-summary[autofocus] a", "href"),
            ["#date"],
            "{typed}"
        );
        assert_eq!(page.select(".total .sum"), ["995.22 EUR"], "{typed}");
        assert!(!page.body.contains("<script>"));
        owner
            .fragment(&format!("/partials/total?date={typed}"))
            .assert_status(400);
        for file in ["matrix.csv", "trend.svg"] {
            owner
                .get(&format!("/money/{file}?date={typed}"))
                .assert_status(400);
        }
    }
    let fresh = app.sign_up("fresh@example.org", "EUR");
    fresh
        .get("/money?date=x")
        .assert_status(422)
        .assert_has("Write the day");
}

#[test]
fn readers_see_it_and_nobody_elses_money_is_in_it() {
    let app = TestApp::new();
    let owner = with_money(&app);
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    other.adjusted("2026-10-31", "77.00", ("Cash", "Fun"));

    set_role(&owner, "reader");

    let page = owner.get("/money?date=2026-10-31");
    page.assert_ok().assert_lacks("77.00");
    assert_eq!(page.select(".total .sum"), ["1,000.00 EUR"]);
    owner
        .get("/money?date=2026-11-09")
        .assert_has("Fun was 34.79 short on Card.");
    assert_eq!(
        other.get("/money?date=2026-10-31").select(".total .sum"),
        ["77.00 EUR"]
    );
}

#[test]
fn currencies_keep_their_decimals() {
    let app = TestApp::new();
    for (currency, amount, shown) in [("JPY", "1000", "1,000 JPY"), ("KWD", "1.005", "1.005 KWD")] {
        let owner = app.sign_up(&format!("{currency}@example.org"), currency);
        owner.set_up();
        owner.adjusted("2026-10-30", amount, ("Cash", "Fun"));
        owner.adjusted("2026-10-31", amount, ("Cash", "Economy"));
        assert_eq!(owner.get("/money?date=2026-10-30").select(".total .sum"), [shown]);
        assert_eq!(owner.get("/money?date=2026-10-29").select(CELLS).len(), 15);
    }
}

#[test]
fn every_number_of_a_past_day_leads_to_the_entries_up_to_it() {
    let app = TestApp::new();
    let owner = with_money(&app);
    owner.adjusted("2026-10-15", "12.34", ("Cash", "Fun"));
    owner.spent("2026-11-12", "3.21", "Groceries");

    for (day, numbers) in [
        ("2026-10-04", 0),
        ("2026-10-31", 15),
        ("2026-11-08", 15),
        ("2026-11-14", 15),
    ] {
        let followed = follow_all(&owner, &format!("/money?date={day}"));
        assert!(followed > numbers, "{day}: {followed}");
    }
    let page = owner.get("/money?date=2026-11-08");
    let (bank, fun) = (owner.location_id("Bank"), owner.bucket_id("Fun"));
    let cells = page.attributes("table.matrix tbody tr:nth-child(4) td.cell a", "href");
    assert_eq!(
        cells[0],
        format!("/transactions?period=custom&to=2026-11-08&location={bank}&bucket={fun}")
    );
    let rows = owner.get(&cells[0]).select("#tx-rows td.when");
    assert!(
        !rows.is_empty() && !rows.contains(&"9 Nov".to_owned()),
        "{rows:?}"
    );
    assert_eq!(
        page.attributes("table.matrix tfoot td.all a", "href"),
        ["/transactions?period=custom&to=2026-11-08"]
    );
    assert_eq!(
        page.attributes("table.matrix tfoot td.month a", "href"),
        ["/transactions?period=custom&from=2026-11-01&to=2026-11-08"]
    );
}

#[test]
fn the_panels_keep_the_day() {
    let app = TestApp::new();
    let owner = with_money(&app);

    for (name, shows) in [("total", "1,060.01"), ("matrix", "110.00")] {
        let path = format!("/partials/{name}?date=2026-11-07");
        let taken = app.statements(|| {
            let part = owner.fragment(&path);
            part.assert_ok().assert_has(shows).assert_lacks("<html");
            assert_eq!(part.attributes(&format!("#{name}"), "hx-get"), [path.as_str()]);
        });
        assert!(taken <= 6, "{taken} statements");
        owner
            .get(&path)
            .assert_status(303)
            .assert_location("/money?date=2026-11-07");
        let whole = owner.get("/money?date=2026-11-07");
        assert_eq!(whole.attributes(&format!("#{name}"), "hx-get"), [path.as_str()]);
    }
    for name in ["month", "latest"] {
        owner
            .fragment(&format!("/partials/{name}?date=2026-11-07"))
            .assert_status(404);
    }
}

#[test]
fn a_past_day_takes_four_statements_however_much_there_is() {
    let app = TestApp::new();
    let owner = with_money(&app);
    let count = || app.statements(|| drop(owner.get("/money?date=2026-11-07")));
    count(); // warm
    let few = count();
    for day in 1..=28 {
        owner.spent(&format!("2026-10-{day:02}"), "1.00", "Groceries");
    }
    assert_eq!((few, count()), (4, 4));
}
