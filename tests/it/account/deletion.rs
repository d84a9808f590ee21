//! The end of an account.

use super::{EMAIL, assert_signed_out, lines, log_in, mails, run, times};
use crate::support::{Owner, PASSWORD, Page, TestApp};

fn ask(owner: &Owner<'_>) -> Page {
    owner.submit("/account/delete", None, &[("password", PASSWORD)])
}

/// The clock, `days` after it stood at first, and a minute more.
fn after(app: &TestApp, days: u32) {
    app.set_clock(&format!("2026-11-{:02}T12:01:00Z", 14 + days));
}

#[test]
fn an_account_goes_after_a_fortnight() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-10", "5", "Groceries");
    owner.spent("2026-11-11", "5", "Groceries");
    let page = owner.get("/account/delete");
    page.assert_ok()
        .assert_has("Household, 2 entries")
        .assert_has("/data/export");
    ask(&owner)
        .assert_status(303)
        .assert_location("/account")
        .follow()
        .assert_has("Your account will be deleted on 28 November 2026.");
    owner
        .get("/money")
        .assert_has("Your account will be deleted on 28 November 2026.");
    let told = mails(&app);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].text.contains("28 November 2026") && told[0].text.contains("/account"),
        "{told:?}"
    );
    // Asking once more changes nothing.
    let again = owner.post_with_token("/account/delete", &[("password", PASSWORD)]);
    again.assert_status(303);
    owner
        .get("/account/delete")
        .assert_has("This was asked for")
        .assert_lacks("Are you sure?");
    assert_eq!(times(&app, "deletion_asked"), 1);

    after(&app, 13);
    app.work();
    owner.get("/money").assert_ok();
    after(&app, 14);
    app.work();
    assert_signed_out(&owner);
    log_in(&app.browser(), EMAIL, PASSWORD).assert_status(422);
    for table in [
        "users",
        "households",
        "transactions",
        "sessions",
        "security_events",
    ] {
        assert_eq!(app.count(table), 0, "{table}");
    }
    let last = app.mails().pop().unwrap().message;
    assert_eq!(
        (last.to.as_str(), last.subject.as_str()),
        (EMAIL, "Your account was deleted")
    );
    app.sign_up(EMAIL, "EUR").get("/money").assert_ok();
}

#[test]
fn who_keeps_it_has_it() {
    let app = TestApp::new();
    let owner = app.household();
    ask(&owner).assert_status(303);
    owner
        .submit("/money", Some("/account/keep"), &[])
        .assert_status(303)
        .follow()
        .assert_has("Your account stays.")
        .assert_lacks("will be deleted");
    owner.post_with_token("/account/keep", &[]).assert_status(303);
    assert_eq!(times(&app, "deletion_cancelled"), 1);
    // Asked for again two days later: the moment of the first counts no more.
    after(&app, 2);
    ask(&owner).assert_status(303);
    after(&app, 14);
    app.work();
    owner
        .get("/money")
        .assert_ok()
        .assert_has("Your account will be deleted on 30 November 2026.");
    after(&app, 16);
    app.work();
    assert_eq!(app.count("users"), 0);
}

#[test]
fn an_owner_of_others_hands_over_first() {
    let app = TestApp::new();
    let owner = app.household();
    let member = owner.joined_by("member@example.org", "Mia", "member");
    let refused = |page: &Page| {
        page.assert_has("You are the only owner of households that others are in.");
        assert_eq!(page.attributes("a.btn[href='/households']", "href").len(), 1);
        assert_eq!(
            page.attributes("form[action='/account/delete']", "action"),
            Vec::<String>::new()
        );
    };
    refused(owner.get("/account/delete").assert_ok());
    let sent = owner.post_with_token("/account/delete", &[("password", PASSWORD)]);
    refused(sent.assert_status(422));
    assert_eq!(app.count("users WHERE delete_after IS NOT NULL"), 0);
    assert_eq!(times(&app, "deletion_asked"), 0);
    // A member does not own it, and goes.
    member
        .get("/account/delete")
        .assert_has("These stay with the others")
        .assert_has("What goes");
    ask(&member).assert_status(303);
    // With a second owner it stays with them.
    run(
        &app,
        &format!(
            "UPDATE members SET role = 'owner' WHERE user_id = '{}'",
            member.user
        ),
    );
    ask(&owner).assert_status(303);
}

#[test]
fn a_household_that_others_joined_meanwhile_is_handed_on() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-10", "5", "Groceries");
    ask(&owner).assert_status(303);
    let reader = owner.joined_by("reader@example.org", "Rita", "reader");
    let member = owner.joined_by("member@example.org", "Mia", "member");
    after(&app, 14);
    app.work();
    assert_eq!(app.count("users"), 2);
    let query = format!(
        "SELECT u.email || ' ' || m.role AS line FROM members m JOIN users u ON u.id = m.user_id
          WHERE m.household_id = '{}' ORDER BY 1",
        owner.household
    );
    let roles = lines(&app, &query);
    assert_eq!(roles, ["member@example.org owner", "reader@example.org reader"]);
    member.get("/transactions?period=all").assert_has("Groceries");
    reader.get("/money").assert_ok();
}

#[test]
fn a_job_that_comes_again_or_too_early_deletes_nobody() {
    let app = TestApp::new();
    let owner = app.household();
    ask(&owner).assert_status(303);
    assert_eq!(
        lines(
            &app,
            "SELECT kind AS line FROM jobs WHERE kind = 'delete_account' AND unique_key IS NOT NULL"
        ),
        ["delete_account"]
    );
    run(&app, "UPDATE jobs SET run_at = run_at - interval '14 days'");
    app.work();
    owner.get("/money").assert_ok();
}
