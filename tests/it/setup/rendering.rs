use budget::ledger::{LocationKind, Sign};

use super::long;
use crate::support::{Owner, TestApp};

const PATHS: [&str; 3] = ["/setup/locations", "/setup/buckets", "/setup/categories"];
/// SQL statements of a page, with the one that checks who asks.
const STATEMENTS_MAX: u64 = 6;

fn many(owner: &Owner<'_>, number: usize) {
    for n in 0..number {
        owner.location(&format!("Location {n}"), LocationKind::ALL[n % 6]);
        owner.bucket(&format!("Bucket {n}"), "0.5");
        owner.category(&format!("Category {n}"), Sign::ALL[n % 3]);
    }
}

#[test]
fn a_page_asks_the_database_little_however_much_there_is() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let open = |owner: &Owner<'_>| {
        [
            format!("/setup/locations?edit={}", owner.location_id("Bank")),
            format!("/setup/buckets?edit={}", owner.bucket_id("Fun")),
            format!("/setup/categories?edit={}", owner.category_id("Rent")),
        ]
    };
    let count = |owner: &Owner<'_>| -> Vec<u64> {
        let open = open(owner);
        let paths = PATHS.into_iter().chain(open.iter().map(String::as_str));
        paths
            .map(|path| {
                app.statements(|| {
                    owner.get(path).assert_ok();
                })
            })
            .collect()
    };
    count(&owner); // warm
    let few = count(&owner);
    assert!(few.iter().all(|number| *number <= STATEMENTS_MAX), "{few:?}");
    for day in 1..28 {
        owner.spent(&format!("2026-10-{day:02}"), "1", "Rent");
        owner.earned(&format!("2026-10-{day:02}"), "10", "Salary");
    }
    owner.submit("/setup/buckets", Some("/setup/buckets/percentages"), &[]);
    let zero = owner.bucket_id("Necessities");
    owner
        .post_with_token(
            "/setup/buckets/percentages",
            &[(&format!("allocation_percentage_{zero}"), "20")],
        )
        .assert_status(303);
    many(&owner, 40);
    assert_eq!(count(&owner), few, "statements grow with rows");
}

#[test]
fn names_of_any_length_and_script_are_shown_as_they_are() {
    let app = TestApp::new();
    let owner = app.household();
    let evil = "<script>alert(1)</script> & \"quotes\" 'n' {{ 7*7 }}";
    let right_to_left = "حساب التوفير";
    let longest = long(255);
    for name in [evil, right_to_left, "👩‍👩‍👧 family", &longest] {
        let path_and_extra = [
            (PATHS[0], ("kind", "bank")),
            (PATHS[1], ("allocation_percentage", "1")),
            (PATHS[2], ("sign", "POSITIVE")),
        ];
        for (path, extra) in path_and_extra {
            owner
                .post_with_token(path, &[("name", name), extra])
                .assert_status(303);
            let page = owner.get(path);
            page.assert_ok();
            assert!(!page.body.contains("<script>alert"), "markup gets through");
            assert!(
                page.select("main table th[scope=row]").contains(&name.to_owned()),
                "{name} is not on {path}"
            );
        }
    }
    let ids = [
        (PATHS[0], owner.location_id(evil).to_string()),
        (PATHS[1], owner.bucket_id(evil).to_string()),
        (PATHS[2], owner.category_id(evil).to_string()),
    ];
    for (path, id) in ids {
        let page = owner.get(&format!("{path}?edit={id}"));
        assert!(!page.body.contains("<script>alert"), "markup gets through");
        assert_eq!(page.attributes("#edit_name", "value"), [evil]);
        page.submit(Some(&format!("{path}/{id}/archive")), &[])
            .assert_status(303);
        owner.get(path).assert_has("1 archived");
    }
}

#[test]
fn no_character_is_too_strange_for_an_answer() {
    let app = TestApp::new();
    let owner = app.household();
    let strange = [
        "\u{200b}",
        "\u{feff}",
        "\u{ad}",
        "\u{202e}gnirts",
        "\u{e0001}",
        "\u{ffff}",
        "\u{fffd}",
        "\u{301}",
        "\u{a0}\u{3000}",
        "\u{2028}",
        "\u{85}",
        "\u{180e}",
        "\u{10ffff}",
        "ﷺ",
        "İ",
        "ß",
        "ﬃ",
        "\\",
        "%",
        "'",
        "$1",
        "{}",
        "a\u{0}",
    ];
    let long_when_normalised = "ﷺ".repeat(255);
    for name in strange.into_iter().chain([long_when_normalised.as_str()]) {
        for path in PATHS {
            let sent = owner.post_with_token(path, &[("name", name), ("sign", "NEGATIVE")]);
            assert!(
                matches!(sent.status, 303 | 422),
                "{} for {name:?} on {path}",
                sent.status
            );
        }
        for path in PATHS {
            owner.get(path).assert_ok();
        }
    }
}

#[test]
fn every_page_is_whole_with_many_rows_and_has_each_id_once() {
    let app = TestApp::new();
    let owner = app.household();
    many(&owner, 120);
    let open = [
        format!("/setup/locations?edit={}", owner.location_id("Location 3")),
        format!("/setup/buckets?edit={}", owner.bucket_id("Bucket 3")),
        format!("/setup/categories?edit={}", owner.category_id("Category 3")),
    ];
    for path in PATHS.into_iter().chain(open.iter().map(String::as_str)) {
        let page = owner.get(path);
        page.assert_ok();
        assert_eq!(
            page.select("nav[aria-label=Set-up] .count"),
            ["120", "120", "120"]
        );
        let rows = page.select("main table.setup th[scope=row]").len();
        assert!(rows >= 120, "{rows} rows on {path}");
        let mut ids = page.attributes("[id]", "id");
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id stands twice on {path}");
        assert_eq!(page.select("h1").len(), 1);
        for described in page.attributes("[aria-describedby]", "aria-describedby") {
            for id in described.split(' ') {
                assert!(ids.contains(&id.to_owned()), "#{id} is missing on {path}");
            }
        }
    }
    owner.get(PATHS[1]).assert_has("Sum 60%");
}

#[test]
fn amounts_have_the_currency_of_the_household() {
    let app = TestApp::new();
    let owner = app.sign_up("yen@example.org", "JPY");
    owner.set_up();
    owner.get(PATHS[1]).assert_has("An income of 1,000");
    owner.earned("2026-11-01", "1234", "Salary");
    owner.get(PATHS[0]).assert_has("1,234").assert_lacks("1,234.00");
    owner.get(PATHS[1]).assert_has("+617");
}
