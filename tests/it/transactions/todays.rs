//! Dividing a stored split anew, by the percentages of today.

use budget::ids::TransactionId;
use budget::ledger::{BucketChoice, Draft, Entry, FlowKind, bucket};
use budget::money::Percent;

use super::{as_str, money, set_up, toast, with_ids};
use crate::support::{Owner, TestApp, date};

fn percentages(owner: &Owner<'_>, percents: &[(&str, i64)]) {
    let percents: Vec<_> = percents
        .iter()
        .map(|(name, points)| {
            (
                owner.bucket_id(name),
                Percent::from_basis_points(*points).unwrap(),
            )
        })
        .collect();
    owner
        .write(|conn, member| bucket::set_percentages(conn, member, &percents))
        .unwrap();
}

/// Archives Fun, whose 10.00 of the split go to Economy, which gets its percentage.
fn archive_fun(owner: &Owner<'_>) {
    owner.moved("2026-11-06", "10.00", ("Bank", "Fun"), ("Bank", "Economy"));
    percentages(owner, &[("Fun", 0), ("Economy", 3000)]);
    let fun = owner.bucket_id("Fun");
    owner
        .write(|conn, member| bucket::archive(conn, member, fun))
        .unwrap();
}

fn path(id: TransactionId) -> String {
    format!("/transactions/{id}")
}

#[test]
fn todays_percentages_are_shown_beside_the_old_ones_before_they_count() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.earned("2026-11-05", "100.01", "Salary");
    assert!(
        owner.get(&path(id)).select("#todays_percentages").is_empty(),
        "they are today's"
    );
    percentages(&owner, &[("Necessities", 4000), ("Fun", 2000)]);

    let page = owner.get(&path(id));
    page.assert_has("Use today’s percentages");
    let old = owner.get(&path(id));
    let preview = owner.fragment(&format!(
        "/transactions/split-preview?amount=100.01&split=1&todays_percentages=1&id={id}"
    ));
    assert_eq!(
        preview.select("tbody tr"),
        [
            "Necessities +50.01 40% +40.01",
            "Economy +20.00 20% +20.00",
            "Education +10.00 10% +10.00",
            "Fun +10.00 20% +20.00",
            "Donation +10.00 10% +10.00"
        ]
    );
    assert_eq!(preview.select("tfoot td"), ["+100.01", "100%", "+100.01"]);
    assert_eq!(money(&owner, ("Bank", "Fun")), 1_000, "nothing is saved yet");

    // Without the tick an edit keeps what it has; with it, it is divided anew.
    page.submit(None, &[("amount", "200.00")]).assert_status(303);
    assert_eq!(money(&owner, ("Bank", "Fun")), 2_000);
    let list = owner
        .submit(&path(id), None, &[("todays_percentages", "1")])
        .follow();
    assert_eq!(money(&owner, ("Bank", "Fun")), 4_000);
    assert_eq!(toast(&list), "Changed Salary, +200.00.");
    assert!(owner.get(&path(id)).select("#todays_percentages").is_empty());
    let undo = list.attributes(".toast form", "action").remove(0);
    list.submit(Some(&undo), &[]).assert_status(303);
    assert_eq!(money(&owner, ("Bank", "Fun")), 2_000);
    // An old form is not saved over what came since.
    old.submit(None, &[("todays_percentages", "1")])
        .assert_status(409);
}

#[test]
fn todays_percentages_have_to_be_complete() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.earned("2026-11-05", "100.00", "Salary");
    percentages(&owner, &[("Fun", 500)]);
    let page = owner.get(&path(id));
    page.assert_has("they have to add up to 100%: 5% is missing");
    assert!(
        page.attributes("#todays_percentages a", "href")
            .contains(&"/setup/buckets".to_owned())
    );
    assert!(page.select("input#todays_percentages").is_empty());
    let token = page.value("csrf_token");
    let mut fields = with_ids(
        &owner,
        &[
            ("kind", "income"),
            ("amount", "100"),
            ("date", "2026-11-05"),
            ("category", "Salary"),
            ("location", "Bank"),
        ],
    );
    fields.extend([
        ("csrf_token", token),
        ("version", "1".to_owned()),
        ("split", "1".to_owned()),
        ("todays_percentages", "1".to_owned()),
    ]);
    let answer = owner.browser.post(&path(id), &as_str(&fields));
    answer.assert_status(422).assert_has("do not add up to 100% yet");
    assert_eq!(money(&owner, ("Bank", "Fun")), 1_000);
}

#[test]
fn a_split_with_an_archived_bucket_can_change_its_amount() {
    let app = TestApp::new();
    let owner = set_up(&app);
    let id = owner.earned("2026-11-05", "100.00", "Salary");
    archive_fun(&owner);

    let refused = owner.submit(&path(id), None, &[("amount", "200.00")]);
    refused
        .assert_status(409)
        .assert_has("Fun is archived and has to stay at zero.")
        .assert_has("Or tick “Use today’s percentages”");
    refused.assert_has("What lies in Fun, archived since, stays there.");
    assert_eq!(refused.value("amount"), "200.00");
    let preview = owner.fragment(&format!(
        "/transactions/split-preview?amount=200&split=1&todays_percentages=1&id={id}"
    ));
    assert_eq!(
        preview.select("tbody tr"),
        [
            "Necessities +50.00 50% +95.00",
            "Economy +20.00 30% +57.00",
            "Education +10.00 10% +19.00",
            "Donation +10.00 10% +19.00",
            "Fun +10.00 stays +10.00"
        ]
    );
    let list = refused.submit(None, &[("todays_percentages", "1")]).follow();
    assert_eq!(toast(&list), "Changed Salary, +200.00.");
    assert_eq!(money(&owner, ("Bank", "Fun")), 0);
    assert_eq!(money(&owner, ("Bank", "Economy")), 5_700 + 1_000);

    // From now on it changes like any other: what lies in Fun stays.
    owner
        .submit(&path(id), None, &[("amount", "110.00")])
        .assert_status(303);
    assert_eq!(money(&owner, ("Bank", "Necessities")), 5_000);
    let refused = owner.submit(&path(id), None, &[("amount", "9.99")]);
    refused
        .assert_status(422)
        .assert_has("Part of this entry lies in an archived bucket");
    let undo = list.attributes(".toast form", "action").remove(0);
    list.submit(Some(&undo), &[]).assert_status(409);
    // A page of it costs no more than others.
    let taken = app.statements(|| drop(owner.get(&path(id))));
    assert!(taken <= 6, "{taken}");
}

#[test]
fn a_new_split_has_nothing_to_keep() {
    let app = TestApp::new();
    let owner = app.sign_up("yen@example.org", "JPY");
    owner.set_up();
    let draft = Draft {
        date: date("2026-11-05"),
        description: String::new(),
        entry: Entry::Flow {
            kind: FlowKind::Income,
            refund: false,
            refund_of: None,
            amount: owner.amount("1001"),
            category: owner.category_id("Salary"),
            location: owner.location_id("Bank"),
            bucket: BucketChoice::SplitAnew,
        },
    };
    owner.record(&draft).unwrap();
    assert_eq!(money(&owner, ("Bank", "Necessities")), 501);
    assert_eq!(money(&owner, ("Bank", "Fun")), 100);
}
