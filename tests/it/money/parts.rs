//! Money of one location or bucket over the last months, on its page of Set-up.

use budget::ledger::location;

use super::with_money;
use crate::report_pages::links::follow_all;
use crate::support::TestApp;

const ROWS: &str = "[aria-labelledby=trend-h] tbody tr";

#[test]
fn a_location_and_a_bucket_show_their_last_twelve_months() {
    let app = TestApp::new();
    let owner = with_money(&app);
    owner.adjusted("2025-06-01", "3.00", ("Card", "Fun")); // long before
    owner.spent_from("2026-11-28", "1.00", "Rent", ("Card", "Fun")); // ahead, in this month
    owner.spent_from("2026-12-01", "9.00", "Rent", ("Card", "Fun")); // ahead, in the next
    let (card, fun) = (owner.location_id("Card"), owner.bucket_id("Fun"));

    for (noun, of, last, before, first) in [
        ("location", format!("locations/{card}"), "−32.79", "3.00", "3.00"),
        ("bucket", format!("buckets/{fun}"), "47.21", "103.00", "3.00"),
    ] {
        let path = format!("/setup/{of}");
        let page = owner.get(&path);
        let rows = page.assert_ok().select(ROWS);
        assert_eq!(rows.len(), 12, "{noun}");
        assert_eq!(rows[0], format!("November 2026, so far {last}"));
        assert_eq!(rows[1], format!("October 2026 {before}"));
        assert_eq!(rows[11], format!("December 2025 {first}"));
        let id = of.split_once('/').unwrap().1;
        let links = page.attributes("[aria-labelledby=trend-h] tbody a", "href");
        assert_eq!(
            links[..2],
            [
                format!("/transactions?period=custom&to=2026-11-30&{noun}={id}"),
                format!("/transactions?period=custom&to=2026-10-31&{noun}={id}"),
            ]
        );
        assert!(follow_all(&owner, &path) > 12, "{noun}");
        assert_eq!(page.select(".chart-lg svg").len(), 2, "one for each width");
        let name = page.select("h1").remove(0);
        assert_eq!(
            page.select(".chart-lg svg title")[0],
            format!("Money at the end of each of the last 12 months, {name}")
        );
        let reports = page.attributes("[aria-labelledby=trend-h] .ways a", "href");
        assert_eq!(
            reports,
            [
                format!("/reports/month?{noun}={id}"),
                format!("/reports/year?{noun}={id}")
            ]
        );
        let report = owner.get(&reports[0]);
        report.assert_location(&format!("/reports/month/2026-11?{noun}={id}"));
        report.follow().assert_ok().assert_lacks("left out");
        owner
            .get(&reports[1])
            .assert_location(&format!("/reports/year/2026?{noun}={id}"));
    }
}

#[test]
fn an_unused_or_archived_one_has_a_line_too() {
    let app = TestApp::new();
    let owner = with_money(&app);
    let cash = owner.location_id("Cash");
    owner
        .write(|conn, member| location::archive(conn, member, cash))
        .unwrap();

    let page = owner.get(&format!("/setup/locations/{cash}"));

    let rows = page.assert_ok().select(ROWS);
    assert!(rows.iter().all(|row| row.ends_with("– nothing")), "{rows:?}");
    assert_eq!(rows.len(), 12);
}

#[test]
fn currencies_keep_their_decimals() {
    let app = TestApp::new();
    for (currency, amount, shown) in [("JPY", "1000", "1,000"), ("KWD", "1.005", "1.005")] {
        let owner = app.sign_up(&format!("{currency}@example.org"), currency);
        owner.set_up();
        owner.adjusted("2026-10-30", amount, ("Cash", "Fun"));
        let page = owner.get(&format!("/setup/buckets/{}", owner.bucket_id("Fun")));
        assert_eq!(page.select(ROWS)[1], format!("October 2026 {shown}"));
    }
}
