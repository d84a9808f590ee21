//! Roles that change, people who are taken out or take over, and what each role sees.

use std::thread;

use budget::web::routes::{ROUTES, Who};
use uuid::Uuid;

use super::{PATH, about, events, invite, listed, rename, session};
use crate::support::{PASSWORD, TestApp};

#[test]
fn everybody_sees_who_is_in_it_and_only_owners_see_buttons() {
    let app = TestApp::new();
    let ada = app.household();
    ada.get(PATH)
        .assert_has("Only you")
        .assert_has("Share it with whom you share money");
    let bo = ada.joined_by("bo@example.org", "Bo", "member");
    let cy = ada.joined_by("cy@example.org", "Cy", "reader");
    let link = invite(&ada, "secret@example.org", "owner");
    for (browser, role) in [(&bo, "member"), (&cy, "reader")] {
        let page = browser.get(PATH);
        page.assert_ok()
            .assert_has("3 people")
            .assert_has("home@example.org")
            .assert_has("Since");
        page.assert_has(&format!("You are a {role}."));
        page.assert_lacks("secret@example.org")
            .assert_lacks(&link)
            .assert_lacks("Invite somebody");
        let forms = page.attributes("form[method=post]", "action");
        assert!(forms.iter().all(|action| action == "/logout"), "{forms:?}");
        assert!(
            page.attributes("a", "href")
                .contains(&"/household/leave".to_owned())
        );
        page.assert_lacks("/household/delete").assert_lacks("hand-over");
    }
    let page = ada.get(PATH);
    page.assert_has("secret@example.org")
        .assert_has("/household/delete");
    assert_eq!(
        page.select("tbody th"),
        [
            "Ada you home@example.org",
            "Bo bo@example.org",
            "Cy cy@example.org"
        ]
    );
}

#[test]
fn others_may_not_use_what_is_the_owners() {
    let app = TestApp::new();
    let ada = app.household();
    let bo = ada.joined_by("bo@example.org", "Bo", "member");
    let cy = ada.joined_by("cy@example.org", "Cy", "reader");
    invite(&ada, "", "owner");
    let before = app.fingerprint();
    for (person, other) in [(&bo, &cy), (&cy, &bo)] {
        for route in ROUTES
            .iter()
            .filter(|route| route.who == Who::Owner && !route.path.starts_with("/api/"))
        {
            let path = route.path.replace("{user}", &other.user.to_string());
            let path = path.replace("{id}", &Uuid::now_v7().to_string());
            let page = if route.method == "GET" {
                person.get(&path)
            } else {
                let given = [("role", "owner"), ("name", "Household"), ("time_zone", "UTC")];
                person.post_with_token(&path, &given)
            };
            page.assert_status(403).assert_has("Ask an owner");
        }
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn a_reader_finds_no_form_that_would_be_refused() {
    let app = TestApp::new();
    let ada = app.household();
    ada.set_up();
    ada.earned("2026-11-01", "100", "Salary");
    let rent = ada.spent("2026-11-02", "300", "Rent"); // more than is there: a note about it
    let cy = ada.joined_by("cy@example.org", "Cy", "reader");
    let pages = ROUTES
        .iter()
        .filter(|route| route.method == "GET" && matches!(route.who, Who::Reader | Who::User))
        .filter(|route| !route.path.contains('{') && !route.path.starts_with("/api/"))
        .map(|route| route.path.to_owned())
        .chain([
            format!("/transactions/{rent}"),
            "/reports/month/2026-11".to_owned(),
            format!("/setup/locations/{}", ada.location_id("Bank")),
            format!("/setup/buckets/{}", ada.bucket_id("Fun")),
            format!("/setup/categories/{}", ada.category_id("Rent")),
        ]);
    let mine = |who: Who| !matches!(who, Who::Member | Who::Owner);
    let may = |method: &str, path: &str| {
        let segments: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
        let matching = ROUTES.iter().filter(|route| {
            let pattern: Vec<&str> = route.path.split('/').collect();
            route.method == method
                && pattern.len() == segments.len()
                && pattern
                    .iter()
                    .zip(&segments)
                    .all(|(one, other)| one.starts_with('{') || one == other)
        });
        // The literal one is meant where two match.
        let route = matching.min_by_key(|route| route.path.contains('{'));
        route.is_none_or(|route| mine(route.who))
    };
    for path in pages {
        let page = cy.get(&path);
        assert!(page.status < 400, "{path}: {}", page.body);
        for (css, attribute, method) in [
            ("form[method=post]", "action", "POST"),
            ("button[formaction]", "formaction", "POST"),
            ("[hx-post]", "hx-post", "POST"),
            ("a[href^='/']", "href", "GET"),
        ] {
            // The fields of an entry stand there to be read, disabled and without a button.
            let is_entry = path == format!("/transactions/{rent}");
            if is_entry && css.starts_with("form") {
                assert_eq!(page.select("main fieldset[disabled]").len(), 1);
                assert_eq!(page.select("main form .btn-primary"), Vec::<String>::new());
                continue;
            }
            for target in page.attributes(css, attribute) {
                assert!(may(method, &target), "{path} offers a reader {method} {target}");
            }
        }
    }
}

#[test]
fn a_role_is_in_effect_at_once() {
    let app = TestApp::new();
    let ada = app.household();
    ada.set_up();
    let bo = ada.joined_by("bo@example.org", "Bo", "member");
    // The household is Bo's first one by now.
    super::run_sql(
        &app,
        &format!(
            "UPDATE members SET joined_at = now() - interval '1 year' WHERE user_id = '{}' AND household_id = '{}'",
            bo.user, ada.household
        ),
    );
    let (access, _) = bo.tokens();
    bo.get("/transactions/new").assert_ok();
    let said = ada.submit(PATH, Some(&about(&bo)), &[("role", "reader")]);
    said.assert_status(303)
        .follow()
        .assert_has("Bo is a reader now, and only looks.");
    bo.get("/money")
        .assert_status(303)
        .assert_location("/login?next=%2Fmoney");
    let bo_again = bo.other_browser();
    bo_again.get("/money").assert_ok();
    bo_again.get("/transactions/new").assert_status(403);
    bo_again
        .post_with_token("/setup/locations", &[("name", "Mine"), ("kind", "bank")])
        .assert_status(403);
    let bearer = format!("Bearer {access}");
    let read = app
        .browser()
        .request("GET", "/api/locations/")
        .header("Authorization", &bearer)
        .send();
    read.assert_ok();

    app.work();
    let mail = app.mails().pop().unwrap();
    assert_eq!(
        (mail.message.to.as_str(), mail.message.subject.as_str()),
        ("bo@example.org", "Your role was changed")
    );
    assert_eq!(
        events(&app, &bo).last().unwrap(),
        &("role_changed".to_owned(), "Household: member → reader".to_owned())
    );
    assert_eq!(
        app.count("security_events WHERE kind = 'role_changed' AND address <> ''"),
        0,
        "the owner's address is not Bo's business"
    );

    // Twice the same changes nothing, and tells nobody.
    ada.post_with_token(&about(&bo), &[("role", "reader")])
        .assert_status(303)
        .follow()
        .assert_has("has this role already");
    bo_again.get("/money").assert_ok();
    assert_eq!(app.work(), 0);
}

#[test]
fn who_changes_their_own_role_goes_on_under_a_new_secret() {
    let app = TestApp::new();
    let ada = app.household();
    let bo = ada.joined_by("bo@example.org", "Bo", "owner");
    let (before, stolen) = (session(&bo), bo.copy());
    let said = bo.submit(PATH, Some(&about(&bo)), &[("role", "member")]);
    said.assert_status(303)
        .follow()
        .assert_has("You are a member now: you read and write.");
    assert_ne!(session(&bo), before);
    stolen.get("/money").assert_status(303);
    bo.get("/household/delete").assert_status(403);
    assert_eq!(app.work(), 0, "no letter about what one did oneself");
    assert_eq!(
        events(&app, &bo),
        [("role_changed".to_owned(), "Household: owner → member".to_owned())]
    );
}

#[test]
fn a_household_is_never_without_an_owner() {
    let app = TestApp::new();
    let ada = app.household();
    ada.joined_by("bo@example.org", "Bo", "member");
    let before = app.fingerprint();
    let page = ada.get(PATH);
    let own = about(&ada);
    assert!(
        !page.attributes("form", "action").contains(&own),
        "no choice where there is none"
    );
    ada.post_with_token(&own, &[("role", "member")])
        .assert_status(409)
        .assert_has("Hand it over to somebody first, or delete it.");
    ada.post_with_token(&format!("{own}/remove"), &[])
        .assert_status(409)
        .assert_has("leave the household");
    let step = ada.get("/household/leave");
    step.assert_ok().assert_has("You are its only owner");
    assert_eq!(step.attributes("main form", "action"), Vec::<String>::new());
    ada.post_with_token("/household/leave", &[])
        .assert_status(409)
        .assert_has("Hand it over to somebody first, or delete it.");
    ada.get("/money").assert_ok();
    // The version of the ledger may rise with a refused try, nothing else changes.
    let mut after = app.fingerprint();
    let mut before = before;
    before.remove("households");
    after.remove("households");
    assert_eq!(after, before);
}

#[test]
fn of_two_owners_who_leave_at_once_one_stays() {
    for _ in 0..5 {
        let app = TestApp::new();
        let ada = app.household();
        let bo = ada.joined_by("bo@example.org", "Bo", "owner");
        ada.joined_by("cy@example.org", "Cy", "member");
        let tokens = [ada.csrf_token(), bo.csrf_token()];
        let mut statuses: Vec<u16> = thread::scope(|scope| {
            let running: Vec<_> = [&ada, &bo]
                .into_iter()
                .zip(&tokens)
                .map(|(one, token)| {
                    let browser = one.browser.clone();
                    scope.spawn(move || browser.post("/household/leave", &[("csrf_token", token)]).status)
                })
                .collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let owners = format!(
            "members WHERE household_id = '{}' AND role = 'owner'",
            ada.household
        );
        assert_eq!(app.count(&owners), 1);
    }
}

#[test]
fn handing_over_makes_an_owner_and_a_member() {
    let app = TestApp::new();
    let ada = app.household();
    rename(&ada, "Sea street");
    let bo = ada.joined_by("bo@example.org", "Bo", "reader");
    let step = ada.get(&format!("{}/hand-over", about(&bo)));
    step.assert_ok()
        .assert_has("Hand Sea street over to Bo")
        .assert_has("You become a member");
    ada.get(&format!("{}/hand-over", about(&ada))).assert_status(404);
    let (before, stolen) = (session(&ada), ada.copy());
    step.submit(None, &[])
        .assert_status(303)
        .follow()
        .assert_has("Bo is an owner now, and you are a member.");
    assert_ne!(session(&ada), before);
    stolen.get("/money").assert_status(303);
    bo.get("/money").assert_status(303); // a reader's session is no owner's
    ada.get("/household/delete").assert_status(403);
    ada.get("/transactions/new").assert_ok();
    app.work();
    let told: Vec<String> = app.mails().into_iter().map(|mail| mail.message.to).collect();
    assert_eq!(told, ["bo@example.org"]);
    assert_eq!(
        events(&app, &ada),
        [("role_changed".to_owned(), "Sea street: owner → member".to_owned())]
    );
    assert_eq!(
        events(&app, &bo),
        [("role_changed".to_owned(), "Sea street: reader → owner".to_owned())]
    );
}

#[test]
fn who_is_taken_out_is_a_stranger_at_once() {
    let app = TestApp::new();
    let ada = app.household();
    rename(&ada, "Sea street");
    ada.set_up();
    let rent = ada.spent("2026-11-02", "77.77", "Rent");
    let link = invite(&ada, "", "member");
    let (bo, _) = super::sign_up_by(&app, &link, "bo@example.org", "Bo");
    let bo_id = budget::users::queries::by_email(&mut app.sql(), "bo@example.org")
        .unwrap()
        .unwrap();
    let path = format!("/transactions/{rent}");
    bo.get(&path).assert_ok();
    ada.submit(PATH, Some(&format!("{PATH}/members/{bo_id}/remove")), &[])
        .assert_status(303)
        .follow()
        .assert_has("Bo is not in this household any more.");
    bo.get(&path).assert_status(303);

    // With no other household, there is a fresh one.
    let bo = app.browser();
    bo.submit(
        "/login",
        None,
        &[("email", "bo@example.org"), ("password", PASSWORD)],
    )
    .assert_status(303);
    let rows = listed(&bo);
    assert!(
        rows.len() == 1 && rows[0].starts_with("Household Owner"),
        "{rows:?}"
    );
    bo.get(&path).assert_status(404);
    bo.post_with_token(&format!("/households/{}/open", ada.household), &[])
        .assert_status(404);
    bo.get("/money").assert_lacks("77.77").assert_lacks("Sea street");
    app.work();
    let mail = app.mails().pop().unwrap();
    assert_eq!(
        (mail.message.to.as_str(), mail.message.subject.as_str()),
        ("bo@example.org", "You left a household")
    );
    assert_eq!(
        app.count("security_events WHERE kind = 'removed' AND detail = 'Sea street' AND address = ''"),
        1
    );

    // With another one, that one is shown.
    let cy = app.sign_up("cy@example.org", "JPY");
    let link = invite(&ada, "", "member");
    super::join(&cy, &link).assert_status(303);
    ada.post_with_token(&format!("{}/remove", about(&cy)), &[])
        .assert_status(303);
    let again = cy.other_browser();
    again.get("/money").assert_ok().assert_has("JPY");
    assert_eq!(listed(&again).len(), 1);
}

#[test]
fn people_and_invitations_of_others_are_answered_like_none() {
    let app = TestApp::new();
    let ada = app.household();
    let stranger = app.sign_up("stranger@example.org", "EUR");
    invite(&stranger, "", "owner");
    let page = stranger.get(PATH);
    let theirs = page.attributes("form[action$=withdraw]", "action").remove(0);
    let before = app.fingerprint();
    let none = Uuid::now_v7();
    let same = |foreign: &str, missing: &str| {
        let given = [("role", "member"), ("name", "X")];
        let foreign = ada.post_with_token(foreign, &given);
        let missing = ada.post_with_token(missing, &given);
        foreign.assert_status(404);
        assert_eq!((foreign.status, foreign.body), (missing.status, missing.body));
    };
    same(&theirs, &format!("/household/invitations/{none}/withdraw"));
    same(&about(&stranger), &format!("{PATH}/members/{none}"));
    same(
        &format!("{}/remove", about(&stranger)),
        &format!("{PATH}/members/{none}/remove"),
    );
    same(
        &format!("{}/hand-over", about(&stranger)),
        &format!("{PATH}/members/{none}/hand-over"),
    );
    same(
        &format!("/households/{}/open", stranger.household),
        &format!("/households/{none}/open"),
    );
    same(
        &format!("/households/{}/open", stranger.household),
        "/households/nonsense/open",
    );
    assert_eq!(app.fingerprint(), before);
    // A role that is none is no reason to tell who is there.
    ada.post_with_token(&about(&ada), &[("role", "king")])
        .assert_status(400);
    ada.post_with_token(&about(&stranger), &[("role", "king")])
        .assert_status(404);
}
