//! What is kept of a report, and that an edit shows at once, however old its day is.

use budget::ledger::category;

use super::lived_in;
use crate::support::TestApp;

const PAGES: [&str; 4] = [
    "/reports/month/2026-11",
    "/reports/month/2025-10",
    "/reports/year/2026",
    "/reports/years",
];

#[test]
fn a_report_takes_six_statements_and_one_when_it_is_kept() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let fun = owner.bucket_id("Fun");
    for path in PAGES {
        for path in [path.to_owned(), format!("{path}?bucket={fun}")] {
            let first = app.statements(|| {
                owner.get(&path).assert_ok();
            });
            let second = app.statements(|| {
                owner.get(&path).assert_ok();
            });
            assert!(first <= 6, "{path} took {first} statements");
            assert_eq!(second, 1, "{path}: only the credential is checked again");
        }
    }
}

#[test]
fn an_edit_of_an_old_year_shows_at_once() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let old = owner.spent("2018-03-05", "77.00", "Rent");
    for path in ["/reports/month/2018-03", "/reports/year/2018", "/reports/years"] {
        owner.get(path).assert_has("77.00");
    }
    let file = owner.get("/reports/year/2018/categories.csv");
    let tag = file.header("etag").unwrap().to_owned();
    let again = owner
        .request("GET", "/reports/year/2018/categories.csv")
        .header("If-None-Match", &tag)
        .send();
    again.assert_status(304);
    assert_eq!(again.body, "");

    let change = owner.delete(old);

    owner
        .get("/reports/month/2018-03")
        .assert_has("No entries in March 2018");
    owner.get("/reports/years").assert_lacks("77.00");
    let now = owner
        .request("GET", "/reports/year/2018/categories.csv")
        .header("If-None-Match", &tag)
        .send();
    now.assert_ok().assert_lacks("77.00");
    owner.undo(change).unwrap();
    owner.get("/reports/year/2018").assert_has("77.00");
}

#[test]
fn a_new_name_shows_at_once() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    for path in PAGES {
        owner.get(path).assert_has("Rent").assert_lacks("Housing");
    }
    let rent = owner.category_id("Rent");
    let version = owner.book().category(rent).unwrap().version;

    owner
        .write(|conn, member| {
            category::edit(
                conn,
                member,
                rent,
                version,
                "Housing",
                budget::ledger::Sign::Negative,
            )
        })
        .unwrap();

    for path in PAGES {
        owner.get(path).assert_has("Housing");
    }
}

#[test]
fn readers_see_the_reports_and_others_their_own() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let reader = owner.joined_by("reader@example.org", "Grace", "reader");
    let other = app.sign_up("other@example.org", "EUR");
    for path in PAGES {
        let page = owner.get(path);
        page.assert_ok();
        let main = |page: &crate::support::Page| page.select("main").remove(0);
        assert_eq!(main(&page), main(&reader.get(path)), "{path}");
        other.get(path).assert_ok().assert_lacks("Salary");
        app.browser().get(path).assert_status(303);
    }
    let tag = owner
        .get("/reports/years/money.csv")
        .header("etag")
        .unwrap()
        .to_owned();
    app.browser()
        .request("GET", "/reports/years/money.csv")
        .header("If-None-Match", &tag)
        .send()
        .assert_status(303);
}

#[test]
fn money_pages_are_not_stored_and_files_are_asked_for_again() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    for path in PAGES {
        assert_eq!(owner.get(path).header("cache-control"), Some("no-store"));
    }
    for path in ["/reports/month/2026-11/days.svg", "/reports/years/money.csv"] {
        let file = owner.get(path);
        assert_eq!(file.header("cache-control"), Some("private, no-cache"));
        assert!(file.header("etag").is_some());
    }
}

#[test]
fn what_makes_no_sense_is_never_answered_from_what_does() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let (access, _) = owner.tokens();
    let ask = |path: &str| {
        app.browser()
            .request("GET", path)
            .header("Authorization", &format!("Bearer {access}"))
            .send()
    };
    let remark = "A category was left out of the filter";
    owner.get("/reports/month/2026-11").assert_lacks(remark);
    owner.get("/reports/month/2026-11?category=x").assert_has(remark);
    owner.get("/reports/month/2026-11").assert_lacks(remark);
    let file = owner.get("/reports/years/money.csv");
    file.assert_ok();
    let tag = file.header("etag").unwrap();
    for path in [
        "/reports/years/money.csv?location=x",
        "/reports/years/nothing.csv",
    ] {
        for known in [tag, "*"] {
            let again = owner.request("GET", path).header("If-None-Match", known).send();
            again.assert_status(404);
        }
    }
    ask("/api/analytics-yearly/2026/").assert_ok();
    ask("/api/analytics-yearly/2026/?bucket=x").assert_status(400);
    ask("/api/analytics-yearly/2026/").assert_ok();
}
