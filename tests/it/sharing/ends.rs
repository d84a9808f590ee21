//! Leaving and deleting.

use super::{PATH, events, invite, listed, rename, session};
use crate::import::run;
use crate::support::TestApp;

#[test]
fn who_leaves_goes_on_elsewhere() {
    let app = TestApp::new();
    let ada = app.household();
    rename(&ada, "Sea street");
    let bo = ada.joined_by("bo@example.org", "Bo", "reader");
    let step = bo.get("/household/leave");
    step.assert_ok()
        .assert_has("You do not see Sea street any more.")
        .assert_has("You go on with Household.");
    let (before, stolen) = (session(&bo), bo.copy());
    step.submit(None, &[])
        .assert_status(303)
        .assert_location("/money");
    bo.get("/money").assert_ok().assert_has("You left Sea street.");
    assert_ne!(session(&bo), before);
    stolen.get("/money").assert_status(303);
    assert_eq!(listed(&bo).len(), 1);
    assert_eq!(events(&app, &bo), [("left".to_owned(), "Sea street".to_owned())]);
    ada.get(PATH).assert_has("Only you");
    ada.get("/household/leave")
        .assert_has("You are alone in it")
        .assert_has("/household/delete");

    let (cy, _) = super::sign_up_by(&app, &invite(&ada, "", "member"), "cy@example.org", "Cy");
    let step = cy.get("/household/leave");
    step.assert_has("a new household of your own, which is empty");
    step.submit(None, &[]).assert_status(303);
    cy.get("/money").assert_ok();
    let rows = listed(&cy);
    assert!(rows.len() == 1 && rows[0].contains("Owner"), "{rows:?}");
}

#[test]
fn a_deleted_household_is_gone_for_everybody_and_no_other_is() {
    let app = TestApp::new();
    let ada = app.household();
    rename(&ada, "Sea street");
    ada.set_up();
    ada.earned("2026-11-01", "1000", "Salary");
    ada.spent("2026-11-02", "77.77", "Rent");
    ada.moved("2026-11-03", "5", ("Bank", "Fun"), ("Cash", "Fun"));
    let bo = ada.joined_by("bo@example.org", "Bo", "member");
    let link = invite(&ada, "", "owner");
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    other.spent("2026-11-02", "1", "Rent");
    let kept = app.count(&format!("postings WHERE household_id = '{}'", other.household));

    let step = ada.get("/household/delete");
    step.assert_ok()
        .assert_has("Its 3 entries go")
        .assert_has("at once: Bo.")
        .assert_has("/data/export");
    let wrong = step.submit(None, &[("name", "Sea")]);
    wrong
        .assert_status(422)
        .assert_has("Type the name of the household")
        .assert_has("Error: Delete Sea street");
    assert_eq!(wrong.value("name"), "Sea");
    let (before, stolen) = (session(&ada), ada.copy());
    wrong
        .submit(Some("/household/delete"), &[("name", " sea  STREET ")])
        .assert_status(303)
        .assert_location("/money");
    ada.get("/money")
        .assert_ok()
        .assert_has("Sea street was deleted.")
        .assert_lacks("77.77");
    assert_ne!(session(&ada), before);
    stolen.get("/money").assert_status(303);
    bo.get("/money").assert_status(303);
    app.browser().get(&link).assert_status(404);
    assert_eq!(
        app.count("households WHERE closed_at IS NOT NULL"),
        1,
        "its rows are still there"
    );

    app.work();
    let told: Vec<String> = app.mails().into_iter().map(|mail| mail.message.to).collect();
    assert_eq!(told, ["bo@example.org"]);
    for table in [
        "households",
        "members",
        "locations",
        "buckets",
        "categories",
        "transactions",
        "postings",
        "split_shares",
        "changes",
        "change_items",
        "balances",
        "monthly_totals",
        "monthly_cells",
        "invitations",
        "idempotency_keys",
    ] {
        let column = if table == "households" {
            "id"
        } else {
            "household_id"
        };
        assert_eq!(
            app.count(&format!("{table} WHERE {column} = '{}'", ada.household)),
            0,
            "{table}"
        );
    }
    assert_eq!(
        app.count(&format!("postings WHERE household_id = '{}'", other.household)),
        kept
    );
    other.get("/money").assert_ok();
    let checked = run(&app, &["check"], b"");
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    assert_eq!(
        events(&app, &ada),
        [("household_deleted".to_owned(), "Sea street".to_owned())]
    );
    assert_eq!(
        events(&app, &bo),
        [("removed".to_owned(), "Sea street".to_owned())]
    );
    bo.other_browser().get("/money").assert_ok();
}

#[test]
fn somebody_who_signs_up_while_a_household_is_deleted_is_not_left_without_one() {
    for round in 0..5 {
        let app = TestApp::new();
        let ada = app.household();
        let link = invite(&ada, "", "member");
        let token = link.strip_prefix("/invitations/").unwrap();
        let email = format!("bo{round}@example.org");
        let visitor = app.browser();
        let csrf = visitor.csrf_token();
        let owners = ada.csrf_token();
        let joined = std::thread::scope(|scope| {
            let deleting = scope.spawn(|| {
                let given = [("name", "Household"), ("csrf_token", owners.as_str())];
                ada.browser.post("/household/delete", &given).assert_status(303);
            });
            let mut given = crate::support::fields(&email);
            given.extend([("invitation", token), ("csrf_token", csrf.as_str())]);
            let status = visitor.post("/signup", &given).status;
            deleting.join().unwrap();
            status
        });
        assert!(matches!(joined, 303 | 404), "{joined}");
        let homeless = "users u WHERE NOT EXISTS (SELECT FROM members m WHERE m.user_id = u.id)";
        assert_eq!(app.count(homeless), 0);
        app.work();
    }
}
