//! Reports in a real browser: nothing to complain about, nothing to push sideways, and the filter with and without scripts.

use serde_json::Value;

use super::lived_in;
use crate::support::{Chromium, Owner, PASSWORD, Scripts, TestApp};

const PAGES: [&str; 3] = ["/reports/month/2026-11", "/reports/year/2026", "/reports/years"];

fn signed_in(app: &TestApp, owner: &Owner<'_>, scripts: Scripts) -> Chromium {
    let chromium = Chromium::start(scripts);
    chromium.open(&format!("http://{}/login", app.address()));
    chromium.fill("#email", &owner.email);
    chromium.fill("#password", PASSWORD);
    chromium.press("Log in");
    chromium.arrives_at("/money");
    chromium
}

/// The charts that show, by the ids of their titles.
fn charts(chromium: &Chromium) -> Vec<String> {
    let shown = chromium.run(
        "return [...document.querySelectorAll('svg.chart')].filter((one) => one.checkVisibility()).map((one) => one.querySelector('title').id)",
    );
    let ids = shown.as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[test]
fn reports_fit_every_width_and_show_one_drawing_of_each_chart() {
    let app = TestApp::new();
    let owner = lived_in(&app);
    let chromium = signed_in(&app, &owner, Scripts::On);
    for width in [320, 390, 768, 1280] {
        chromium.narrow(width);
        for path in PAGES {
            chromium.open(&format!("http://{}{path}", app.address()));
            assert_eq!(
                chromium.run("return document.documentElement.scrollWidth <= innerWidth"),
                Value::Bool(true),
                "{path} goes sideways at {width}"
            );
            let shown = charts(&chromium);
            let expected = if path == "/reports/years" { 3 } else { 1 };
            assert_eq!(shown.len(), expected, "{path} at {width}: {shown:?}");
            let ending = if width == 1280 { "-w-t" } else { "-n-t" };
            assert!(
                width == 768 || shown[0].ends_with(ending),
                "{path} at {width}: {shown:?}"
            );
        }
    }
    assert_eq!(chromium.complaints(), Vec::<String>::new());
}

#[test]
fn a_report_is_narrowed_down_with_and_without_scripts() {
    for scripts in [Scripts::On, Scripts::Off] {
        let app = TestApp::new();
        let owner = lived_in(&app);
        let chromium = signed_in(&app, &owner, scripts);
        chromium.open(&format!("http://{}/reports/month", app.address()));
        chromium.arrives_at("/reports/month/2026-11");
        chromium.press("Filter all locations, buckets and categories");
        chromium.press("Card");
        chromium.press("Show");
        chromium.sees("−190.00");
        assert!(chromium.path().contains("location="), "{}", chromium.path());
        chromium.press("Oct");
        chromium.sees("No entries in October 2026");
        chromium.press("Take the filter away");
        chromium.sees("October 2026");
        assert_eq!(chromium.complaints(), Vec::<String>::new());
    }
}
