use std::thread;

use super::{BAD_NAMES, assert_refused, changes, long, set_number_format, toast};
use crate::support::{Owner, TestApp};

const PATH: &str = "/setup/buckets";
const PERCENTAGES: &str = "/setup/buckets/percentages";

/// What is no percentage for somebody who writes 1,234.56.
const BAD_PERCENTAGES: &[&str] = &[
    "NaN", "nan", "inf", "-1", "−1", "+", "100.001", "100.01", "101", "1e2", "12,5", "0x10", "ten", "1 0",
    "٣", "12.345", "1%%", "\0",
];

fn field(owner: &Owner<'_>, name: &str) -> String {
    format!("allocation_percentage_{}", owner.bucket_id(name))
}

fn shares(owner: &Owner<'_>) -> Vec<String> {
    owner
        .book()
        .active_buckets()
        .map(|one| format!("{} {}", one.name, one.percent))
        .collect()
}

const AS_SET_UP: [&str; 5] = [
    "Necessities 50",
    "Economy 20",
    "Education 10",
    "Fun 10",
    "Donation 10",
];

#[test]
fn all_percentages_are_saved_together() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let (fun, economy) = (field(&owner, "Fun"), field(&owner, "Economy"));
    let sent = owner.submit(PATH, Some(PERCENTAGES), &[(&fun, "7.5"), (&economy, "22.50 %")]);
    sent.assert_status(303).assert_location(PATH);
    assert_eq!(toast(&sent), "Shares saved. All of your income has a bucket.");
    assert_eq!(
        shares(&owner),
        [
            "Necessities 50",
            "Economy 22.5",
            "Education 10",
            "Fun 7.5",
            "Donation 10"
        ]
    );
    owner
        .get(PATH)
        .assert_has("Sum 100%")
        .assert_has("Complete: all of your income has a bucket.");
    let before = changes(&owner);
    owner.submit(PATH, Some(PERCENTAGES), &[]).assert_status(303);
    assert_eq!(
        changes(&owner),
        before,
        "nothing was changed, so nothing is written down"
    );
}

#[test]
fn over_100_saves_nothing_and_names_what_to_take_away() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let (fun, economy) = (field(&owner, "Fun"), field(&owner, "Economy"));
    let page = owner.submit(PATH, Some(PERCENTAGES), &[(&fun, "15"), (&economy, "20.00")]);
    assert_refused(&page, &fun);
    page.assert_has("The shares add up to 105%. Nothing was saved.")
        .assert_has("Take away 5%, for instance from Fun")
        .assert_has("10 is the most that fits.")
        .assert_has("Sum 105%");
    assert_eq!(page.attributes(&format!("[id={fun:?}]"), "value"), ["15"]);
    assert_eq!(
        page.attributes(&format!("[id={fun:?}]"), "aria-invalid"),
        ["true"]
    );
    assert_eq!(
        page.attributes(&format!("[id={economy:?}]"), "value"),
        ["20.00"],
        "as typed"
    );
    assert_eq!(shares(&owner), AS_SET_UP);
    page.submit(Some(PERCENTAGES), &[(&fun, "10")]).assert_status(303);
}

#[test]
fn under_100_saves_and_says_what_is_missing() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let fun = field(&owner, "Fun");
    let sent = owner.submit(PATH, Some(PERCENTAGES), &[(&fun, "9")]);
    assert_eq!(toast(&sent), "Shares saved. 1% is missing: a split needs 100%.");
    let page = owner.get(PATH);
    page.assert_has("Sum 99%")
        .assert_has("1% is missing.")
        .assert_has("It saves. A split needs 100%, so give the last 1% to a bucket first.")
        .assert_lacks("An income of");
    let necessities = owner.bucket_id("Necessities").to_string();
    assert_eq!(page.select("button[name=give]"), ["Give the rest to Necessities"]);
    page.submit(Some(PERCENTAGES), &[("give", &necessities), (&fun, "8.5")])
        .assert_status(303);
    assert_eq!(
        shares(&owner),
        [
            "Necessities 51.5",
            "Economy 20",
            "Education 10",
            "Fun 8.5",
            "Donation 10"
        ]
    );
    owner.get(PATH).assert_has("An income of 1,000.00");
}

#[test]
fn bad_percentages_come_back_as_typed() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let before = changes(&owner);
    let fun = field(&owner, "Fun");
    for bad in BAD_PERCENTAGES.iter().chain(&[""]) {
        let page = owner.submit(PATH, Some(PERCENTAGES), &[(&fun, bad)]);
        assert_refused(&page, &fun);
        page.assert_has("Fun: ");
        if !bad.contains('\0') {
            assert_eq!(page.attributes(&format!("[id={fun:?}]"), "value"), [*bad]);
        }
    }
    for bad in BAD_PERCENTAGES {
        let page = owner.submit(PATH, None, &[("name", "Car"), ("allocation_percentage", bad)]);
        assert_refused(&page, "allocation_percentage");
        assert_eq!(page.attributes("#name", "value"), ["Car"]);
    }
    assert_eq!(shares(&owner), AS_SET_UP);
    assert_eq!(changes(&owner), before);
}

#[test]
fn percentages_are_read_as_the_person_writes_numbers() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    set_number_format(&owner, "point_comma");
    let (fun, economy) = (field(&owner, "Fun"), field(&owner, "Economy"));
    owner
        .submit(PATH, Some(PERCENTAGES), &[(&fun, "9,5"), (&economy, "20")])
        .assert_status(303);
    owner
        .get(PATH)
        .assert_has("Sum 99,5%")
        .assert_has("0,5% is missing.");
    let page = owner.submit(PATH, Some(PERCENTAGES), &[(&fun, "9.5")]);
    assert_refused(&page, &fun);
    page.assert_has("Write 9,5, not 9.5: numbers look like 1.234,56 here.");
}

#[test]
fn a_bucket_is_added_with_its_share() {
    let app = TestApp::new();
    let owner = app.household();
    let sent = owner.submit(PATH, None, &[("name", " Car "), ("allocation_percentage", "30")]);
    sent.assert_status(303).assert_location(PATH);
    assert_eq!(toast(&sent), "Added Car.");
    owner
        .post_with_token(PATH, &[("name", "House")])
        .assert_status(303);
    assert_eq!(shares(&owner), ["Car 30", "House 0"]);
    let page = owner.submit(PATH, None, &[("name", "Sea"), ("allocation_percentage", "70.01")]);
    assert_refused(&page, "allocation_percentage");
    page.assert_has("The shares add up to 100.01%. Take away 0.01%; nothing was saved.");
    let too_long = long(256);
    for name in BAD_NAMES
        .iter()
        .chain(&["car", "ＣＡＲ", "_total", "_Total", &too_long])
    {
        assert_refused(&owner.submit(PATH, None, &[("name", name)]), "name");
    }
    let page = owner.submit(PATH, None, &[("name", ""), ("allocation_percentage", "x")]);
    assert_eq!(
        page.attributes(".error-summary a", "href"),
        ["#name", "#allocation_percentage"],
        "all that is wrong is told at once"
    );
    assert_eq!(shares(&owner), ["Car 30", "House 0"]);
}

#[test]
fn the_open_row_saves_the_name_and_all_shares() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.bucket_id("Fun");
    let (fun, economy) = (field(&owner, "Fun"), field(&owner, "Economy"));
    let (page, action) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}"));
    let open = owner.get(&page);
    let typed = [("name", "Joy"), (fun.as_str(), "5"), (economy.as_str(), "25")];
    let sent = open.submit(Some(&action), &typed);
    sent.assert_status(303).assert_location(PATH);
    assert_eq!(toast(&sent), "Saved Joy.");
    assert_eq!(
        toast(&open.submit(Some(&action), &typed)),
        "Saved Joy.",
        "sent twice"
    );
    assert_eq!(
        shares(&owner),
        [
            "Necessities 50",
            "Economy 25",
            "Education 10",
            "Joy 5",
            "Donation 10"
        ]
    );
    let page_again = owner.submit(&page, Some(&action), &[("name", "economy"), (&fun, "4")]);
    assert_refused(&page_again, "edit_name");
    let page_again = owner.submit(&page, Some(&action), &[("name", ""), (&fun, "NaN")]);
    assert_refused(&page_again, "edit_name");
    assert_refused(&page_again, &fun);
    let page_again = owner.submit(&page, Some(&action), &[("name", "Fun"), (&fun, "6")]);
    assert_refused(&page_again, &fun);
    page_again.assert_has("The shares add up to 101%. Nothing was saved.");
    assert_eq!(page_again.attributes("#edit_name", "value"), ["Fun"]);
    assert_eq!(shares(&owner)[3], "Joy 5", "neither the name nor the shares");
    // A program that knows this bucket only.
    let version = owner.book().bucket(id).unwrap().version.to_string();
    let alone = [
        ("name", "Fun"),
        ("allocation_percentage", "4"),
        ("version", version.as_str()),
    ];
    owner.post_with_token(&action, &alone).assert_status(303);
    assert_eq!(shares(&owner)[3], "Fun 4");
}

#[test]
fn shares_that_somebody_else_changed_are_not_overwritten_unseen() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let (fun, economy) = (field(&owner, "Fun"), field(&owner, "Economy"));
    let mine = owner.get(PATH);
    owner
        .submit(PATH, Some(PERCENTAGES), &[(&fun, "5"), (&economy, "25")])
        .assert_status(303);
    let conflict = mine.submit(Some(PERCENTAGES), &[(&fun, "7")]);
    conflict
        .assert_status(409)
        .assert_has("Somebody else changed this in the meantime.")
        .assert_has("Fun has 5% now, your form says 7%.")
        .assert_has("Economy has 25% now, your form says 20%.");
    assert_eq!(shares(&owner)[3], "Fun 5");
    assert_eq!(conflict.attributes(&format!("[id={fun:?}]"), "value"), ["7"]);
    conflict.submit(Some(PERCENTAGES), &[]).assert_status(303);
    assert_eq!(shares(&owner)[1], "Economy 20");
    assert_eq!(shares(&owner)[3], "Fun 7");

    let id = owner.bucket_id("Fun");
    let (page, action) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}"));
    let mine = owner.get(&page);
    owner
        .submit(&page, Some(&action), &[("name", "Joy")])
        .assert_status(303);
    mine.submit(Some(&action), &[("name", "Play")])
        .assert_status(409)
        .assert_has("The name is Joy now, you typed Play.");
    // Archived meanwhile: its share cannot be saved, and the others wait.
    let mine = owner.get(PATH);
    owner
        .submit(&page, Some(&format!("{action}/archive")), &[])
        .assert_status(303);
    let blocked = mine.submit(Some(PERCENTAGES), &[(&economy, "27")]);
    blocked
        .assert_status(409)
        .assert_has("Joy was archived in the meantime");
    assert_eq!(blocked.attributes(&format!("[id={economy:?}]"), "value"), ["27"]);
    blocked.submit(Some(PERCENTAGES), &[]).assert_status(303);
    assert_eq!(shares(&owner)[1], "Economy 27");
}

#[test]
fn the_running_sum_follows_what_is_typed() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let (fun, economy) = (field(&owner, "Fun"), field(&owner, "Economy"));
    let sum = |typed: &[(&str, &str)]| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(typed)
            .finish();
        owner.fragment(&format!("{PATH}/sum?{query}"))
    };
    sum(&[]).assert_ok().assert_has("Sum 100%").assert_lacks("<html");
    let under = sum(&[(&fun, "9")]);
    under.assert_has("Sum 99%").assert_has("1% is missing.");
    assert_eq!(under.header("vary"), Some("HX-Request"));
    sum(&[(&fun, "15"), (&economy, "20.5")])
        .assert_ok()
        .assert_has("Sum 105.5%")
        .assert_has("5.5% too much");
    sum(&[(&fun, "NaN")])
        .assert_ok()
        .assert_has("Fun: Write the percentage with the digits 0 to 9, such as 12.5.");
    sum(&[("allocation_percentage_x", "<b>")])
        .assert_ok()
        .assert_has("Sum 100%");
    sum(&[
        ("use", "1"),
        ("share_1", "50"),
        ("share_2", "20"),
        ("name_1", "<i>"),
    ])
    .assert_has("Sum 50%")
    .assert_lacks("<i>");
    owner
        .get(&format!("{PATH}/sum?{fun}=9"))
        .assert_status(303)
        .assert_location(PATH);
    assert_eq!(shares(&owner), AS_SET_UP);
}

#[test]
fn an_archived_bucket_gives_up_its_share() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned_into("2026-11-01", "12.30", "Salary", ("Cash", "Fun"));
    let id = owner.bucket_id("Fun");
    let (page, archive) = (format!("{PATH}?edit={id}"), format!("{PATH}/{id}/archive"));
    let open = owner.get(&page);
    open.assert_has("It still holds 12.30, which moves first.")
        .assert_has("Move 12.30 to");
    owner.post_with_token(&archive, &[]).assert_status(409);
    owner.moved("2026-11-02", "12.30", ("Cash", "Fun"), ("Cash", "Economy"));
    owner
        .get(&page)
        .assert_has("Its 10% become free for other buckets.")
        .submit(Some(&archive), &[])
        .assert_status(303);
    let list = owner.get(PATH);
    list.assert_has("Sum 90%").assert_has("1 archived bucket");
    let sent = list.submit(Some(&format!("{PATH}/{id}/restore")), &[]);
    assert_eq!(toast(&sent), "Fun is in use again, with a share of 0%.");
    assert_eq!(shares(&owner)[3], "Fun 0");
}

#[test]
fn an_income_shows_what_the_shares_do() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner
        .get(PATH)
        .assert_has("An income of 1,000.00")
        .assert_has("+500.00");
    owner.earned("2026-11-05", "2840.01", "Salary");
    owner.earned_into("2026-11-06", "0.03", "Salary", ("Bank", "Economy")); // not split
    owner.earned("2026-11-15", "9999", "Salary"); // tomorrow
    let page = owner.get(PATH);
    page.assert_has("An income of 2,840.01")
        .assert_has("Your latest income, 5 Nov.");
    assert_eq!(
        page.select(".split tbody td:last-child"),
        ["+1,420.01", "+568.00", "+284.00", "+284.00", "+284.00"]
    );
}

#[test]
fn eight_writers_at_once_never_pass_100() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let fields: Vec<String> = ["Necessities", "Economy", "Education", "Fun", "Donation"]
        .iter()
        .map(|name| field(&owner, name))
        .collect();
    let empty: Vec<(&str, &str)> = fields.iter().map(|field| (field.as_str(), "0")).collect();
    owner.submit(PATH, Some(PERCENTAGES), &empty).assert_status(303);
    thread::scope(|scope| {
        for writer in 0..8 {
            let (browser, fields) = (owner.browser.clone(), &fields);
            scope.spawn(move || {
                let token = browser.csrf_token();
                for round in 0..4 {
                    let mine = &fields[(writer + round) % fields.len()];
                    let raised = browser.post(PERCENTAGES, &[("csrf_token", &token), (mine, "30")]);
                    assert!(matches!(raised.status, 303 | 422), "{}", raised.status);
                    let name = format!("{writer} {round}");
                    let added = [
                        ("csrf_token", token.as_str()),
                        ("name", &name),
                        ("allocation_percentage", "7"),
                    ];
                    let added = browser.post(PATH, &added);
                    assert!(matches!(added.status, 303 | 422), "{}", added.status);
                }
            });
        }
    });
    let sum = owner.book().percent_sum_bp();
    assert!((9_300..=10_000).contains(&sum), "{sum} basis points");
}
