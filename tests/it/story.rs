//! How a household begins, in a real browser: with scripts and without.

mod live;

use budget::ledger::{LocationKind, Sign};
use budget::web::routes::ROUTES;

use crate::support::{Chromium, PASSWORD, Scripts, TestApp};

/// A person at a browser.
struct Person<'a> {
    app: &'a TestApp,
    chromium: Chromium,
}

impl Person<'_> {
    #[track_caller]
    fn open(&self, path: &str) {
        self.chromium
            .open(&format!("http://{}{path}", self.app.address()));
    }

    /// The number in the matrix, by the names of its bucket and its location.
    #[track_caller]
    fn cell(&self, bucket: &str, location: &str) -> String {
        let script = format!(
            "const table = document.querySelector('.matrix');
             const place = [...table.querySelectorAll('thead th')].findIndex(head => head.innerText === '{location}');
             const row = [...table.querySelectorAll('tbody tr')].find(row => row.querySelector('th').innerText.startsWith('{bucket}'));
             return row.children[place].innerText.trim()"
        );
        self.chromium.run(&script).as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn assert_quiet(&self) {
        assert_eq!(self.chromium.complaints(), Vec::<String>::new());
    }
}

fn person(app: &TestApp, scripts: Scripts) -> Person<'_> {
    Person {
        app,
        chromium: Chromium::start(scripts),
    }
}

/// From the landing page to money that is where it should be. What a page does by itself with scripts, a button does without.
fn a_household_begins(scripts: Scripts) {
    let app = TestApp::new();
    let ada = person(&app, scripts);
    let page = &ada.chromium;
    let preview = |button: &str| {
        if scripts == Scripts::Off {
            page.press(button);
        }
    };

    ada.open("/");
    page.press("Create account");
    page.arrives_at("/signup");
    page.fill("#email", "ada@example.org");
    page.fill("#password", PASSWORD);
    page.press("Create account");
    page.arrives_at("/money");
    page.sees("First steps");

    page.press("Add the places where your money is");
    page.press("Use these");
    page.sees("Added 4 locations.");
    page.press("Divide 100% of your income among buckets");
    page.press("Use these");
    page.sees("Added 5 buckets. All of your income has a bucket.");
    page.press("Add the categories that you earn and spend by");
    page.press("Use these");
    page.sees("Added 15 categories.");

    page.press("Money now");
    page.press("Income");
    page.fill("#amount", "1000.01");
    page.fill("#description", "Pay <b>November</b>");
    page.choose("category", "Salary");
    page.choose("location", "Main bank");
    preview("Show split");
    page.sees("1 cent was left after rounding. It went to Necessities");
    page.sees("500.01");
    page.press("Add income");
    page.sees("Pay <b>November</b>");

    ada.open("/transactions/new?kind=expense");
    page.fill("#amount", "40.50");
    page.choose("category", "Groceries");
    page.choose("location", "Main bank");
    page.choose("bucket", "Necessities");
    page.press("Add expense");
    page.sees("−40.50");

    ada.open("/transactions/new?kind=transfer");
    page.fill("#amount", "60");
    page.choose("from_location", "Main bank");
    page.choose("from_bucket", "Fun");
    page.choose("to_location", "Cash");
    page.choose("to_bucket", "Fun");
    preview("Show both places");
    page.reads("#split td.num:last-child", "40.00");
    page.press("Add transfer");
    page.sees("Added Transfer, 60.00.");

    let sums_are_right = || {
        ada.open("/money");
        page.reads(".total .sum", "959.51 EUR");
        for (bucket, location, amount) in [
            ("Necessities", "Main bank", "459.51"),
            ("Economy", "Main bank", "200.00"),
            ("Fun", "Main bank", "40.00"),
            ("Fun", "Cash", "60.00"),
        ] {
            assert_eq!(ada.cell(bucket, location), amount, "{bucket} at {location}");
        }
        assert!(ada.cell("Donation", "Cash").contains("nothing"));
    };
    sums_are_right();

    // A mistake, taken back from the message about it.
    page.press("Expense");
    page.fill("#amount", "9.99");
    page.choose("category", "Gifts and charity");
    page.choose("location", "Cash");
    page.choose("bucket", "Donation");
    page.press("Add expense");
    page.sees("−9.99");
    page.press("Undo");
    page.sees("Undone: ");
    page.sees_no("−9.99");
    sums_are_right();
    ada.assert_quiet();

    page.press("Log out");
    page.arrives_at("/");
    ada.open("/money");
    page.arrives_at("/login?next=%2Fmoney");
    ada.assert_quiet();
}

#[test]
fn a_household_begins_with_scripts() {
    a_household_begins(Scripts::On);
}

#[test]
fn a_household_begins_without_scripts() {
    a_household_begins(Scripts::Off);
}

#[test]
fn no_page_scrolls_sideways_on_a_small_telephone() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let long = "Donaudampfschifffahrtsgesellschaftskasse"; // 40 letters, and nowhere to break
    let location = owner.location(long, LocationKind::Bank);
    let bucket = owner.bucket(long, "0");
    owner.category(long, Sign::Negative);
    owner.earned_into("2026-11-01", "9999999999999.99", "Salary", (long, long));
    let entry = owner.spent_from("2026-11-02", "1234567890123.45", long, (long, long));
    owner.moved("2026-11-03", "8888888888888.88", (long, long), ("Bank", "Fun"));

    let phone = person(&app, Scripts::On);
    phone.chromium.narrow(320);
    phone.open("/login");
    phone.chromium.fill("#email", &owner.email);
    phone.chromium.fill("#password", PASSWORD);
    phone.chromium.press("Log in");
    phone.chromium.arrives_at("/money");
    let mut paths: Vec<String> = ROUTES
        .iter()
        .filter(|route| {
            route.method == "GET" && !route.path.contains('{') && !route.path.starts_with("/api/")
        })
        .map(|route| route.path.to_owned())
        .filter(|path| !["/livez", "/readyz"].contains(&path.as_str())) // plain text
        .collect();
    paths.extend(
        ["income", "expense", "transfer", "loan", "adjustment"]
            .map(|kind| format!("/transactions/new?kind={kind}")),
    );
    paths.extend([
        format!("/transactions/{entry}"),
        format!("/setup/locations?edit={location}"),
        format!("/setup/buckets?edit={bucket}"),
        format!("/setup/locations/{location}"),
        format!("/setup/buckets/{bucket}"),
        "/money?date=2026-11-02".to_owned(),
        "/no/such/page".to_owned(),
    ]);
    let wide = "const page = document.scrollingElement; if (page.scrollWidth <= 320) return [];
                return [page.scrollWidth, ...[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > 321).map(one => one.outerHTML.slice(0, 120))]";
    let mut breaches = Vec::new();
    for path in paths {
        phone.open(&path);
        let found = phone.chromium.run(wide);
        if found != serde_json::json!([]) {
            breaches.push(format!("{path}: {found:#}"));
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_keys_lead_to_a_new_entry_and_to_the_search() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let ada = person(&app, Scripts::On);
    let page = &ada.chromium;
    ada.open("/login");
    page.fill("#email", &owner.email);
    page.fill("#password", PASSWORD);
    page.type_keys("\u{e007}"); // Enter
    page.arrives_at("/money");
    page.type_keys("n");
    page.arrives_at("/transactions/new");
    page.fill("#amount", "12");
    page.type_keys("n"); // in a field it is a letter
    page.arrives_at("/transactions/new");
    ada.open("/money");
    page.type_keys("/");
    page.sees("Transactions");
    ada.assert_quiet();
}

#[test]
fn what_the_browser_complains_about_is_heard() {
    let app = TestApp::new();
    let ada = person(&app, Scripts::On);
    ada.open("/");
    ada.assert_quiet();
    ada.chromium
        .run("document.body.setAttribute('style', 'color: red'); console.error('so much for that')");
    let complaints = ada.chromium.complaints();
    assert!(
        complaints
            .iter()
            .any(|one| one.contains("Content Security Policy")),
        "{complaints:?}"
    );
    assert!(
        complaints.iter().any(|one| one.contains("so much for that")),
        "{complaints:?}"
    );
}
