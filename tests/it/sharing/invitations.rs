//! Making, mailing and withdrawing invitations.

use super::{PATH, about, invite, join, path_of, rename, run_sql, sign_up_by};
use crate::support::{Page, TestApp, fields};

/// What every link says that is not good.
const GONE: &str = "This invitation is not good any more";

#[test]
fn an_invitation_is_mailed_with_the_link_of_the_public_address() {
    let app = TestApp::with(&[("PUBLIC_URL", "http://money.example.org")]);
    let ada = app.browser();
    let given = fields("ada@example.org");
    let send = |path: &str, given: &[(&str, &str)]| {
        let token = ada.csrf_token();
        let given = [given, &[("csrf_token", token.as_str())]].concat();
        // Whatever host a request names, links lead to the public one.
        let request = ada.request("POST", path).form(&given);
        request
            .header("Origin", "http://money.example.org")
            .header("X-Forwarded-Host", "evil.example")
            .header("Forwarded", "host=evil.example")
            .send()
    };
    send("/signup", &given).assert_status(303);
    let answer = send(
        "/household/invitations",
        &[("email", "Bo@example.org"), ("role", "member")],
    );
    answer.assert_status(303);
    let page = answer.follow();
    page.assert_has("Mailed to Bo@example.org");
    let link = page.attributes("#made_link", "value").remove(0);
    assert!(
        link.starts_with("http://money.example.org/invitations/"),
        "{link}"
    );

    assert_eq!(app.work(), 2, "the greeting of the sign-up, and the invitation");
    let mails = app.mails();
    let mail = mails.last().unwrap();
    assert_eq!(mail.message.to, "Bo@example.org");
    assert!(mail.text.contains(&link), "{}", mail.text);
    assert!(
        mail.text.contains("“Ada” invites you to the household"),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("read and write"), "{}", mail.text);
    assert!(!mail.text.contains("evil.example"));

    let offered = app.browser().get(&path_of(&link));
    offered
        .assert_ok()
        .assert_has("Join Household")
        .assert_has("Ada invites you");
    offered.assert_has("a member reads and writes");
}

#[test]
fn the_host_that_was_asked_does_not_matter() {
    let app = TestApp::new();
    let owner = app.household();
    invite(&owner, "", "reader");
    // The page is asked for under another name: its links stay.
    let usual = owner.get(PATH).attributes("input.link", "value");
    let asked = std::process::Command::new("curl")
        .args(["-s", "-H", "Host: evil.example", "-b"])
        .arg(format!("budget_session={}", super::session(&owner)))
        .arg(format!("http://{}{PATH}", app.address()))
        .output();
    if let Ok(asked) = asked {
        let body = String::from_utf8(asked.stdout).unwrap();
        assert!(
            body.contains(&usual[0]) && !body.contains("evil.example"),
            "{body}"
        );
    }
    assert!(
        usual[0].starts_with("http://127.0.0.1:8080/invitations/"),
        "{usual:?}"
    );
}

#[test]
fn a_link_can_be_copied_again_until_it_is_withdrawn() {
    let app = TestApp::new();
    let owner = app.household();
    let link = invite(&owner, "", "member");
    assert_eq!(app.work(), 0, "nothing to mail");
    let page = owner.get(PATH);
    page.assert_has("Whoever has the link").assert_has("until 6 Dec");
    let shown: Vec<String> = page.attributes("input.link", "value");
    assert_eq!(
        shown.iter().map(|one| path_of(one)).collect::<Vec<_>>(),
        std::slice::from_ref(&link)
    );
    assert_eq!(
        page.select("#made_link"),
        Vec::<String>::new(),
        "only after it was made"
    );

    let action = page.attributes("form[action$=withdraw]", "action").remove(0);
    page.submit(Some(&action), &[])
        .assert_status(303)
        .assert_location(PATH);
    owner
        .get(PATH)
        .assert_has("was withdrawn")
        .assert_lacks("Open invitations");
    app.browser().get(&link).assert_status(404).assert_has(GONE);
    owner.post_with_token(&action, &[]).assert_status(404);
}

#[test]
fn what_is_wrong_with_an_invitation_comes_back() {
    let app = TestApp::new();
    let owner = app.household();
    let before = app.fingerprint();
    let page = owner.submit(
        PATH,
        Some("/household/invitations"),
        &[("email", "bo at home"), ("role", "reader")],
    );
    page.assert_status(422)
        .assert_has("Type an e-mail address")
        .assert_has("Error: Household");
    assert_eq!(page.value("email"), "bo at home");
    let page = owner.post_with_token(
        "/household/invitations",
        &[("email", "bo@example.org"), ("role", "king")],
    );
    page.assert_status(422).assert_has("Choose a role from the list.");
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn the_same_form_sent_twice_is_one_invitation() {
    let app = TestApp::new();
    let owner = app.household();
    let page = owner.get(PATH);
    let given = [("email", "bo@example.org"), ("role", "reader")];
    let first = page.submit(Some("/household/invitations"), &given);
    let second = page.submit(Some("/household/invitations"), &given);
    first.assert_status(303);
    assert_eq!(first.location(), second.location());
    assert_eq!(app.count("invitations"), 1);
    assert_eq!(app.work(), 1);
}

#[test]
fn every_link_that_is_not_good_is_answered_alike() {
    let app = TestApp::new();
    let owner = app.household();
    let used = invite(&owner, "", "reader");
    sign_up_by(&app, &used, "bo@example.org", "Bo")
        .1
        .assert_status(303);
    let expired = invite(&owner, "", "reader");
    run_sql(&app, "UPDATE invitations SET expires_at = now()");
    let replaced = invite(&owner, "cy@example.org", "reader");
    let newer = invite(&owner, "CY@Example.org", "member");
    let good = app.browser().get(&newer);
    good.assert_ok().assert_has("a member reads and writes");
    let mut flipped = newer.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.push(last);
    let nonsense = "x".repeat(2000);
    let links = [
        used.as_str(),
        &expired,
        &replaced,
        &flipped,
        "/invitations/x",
        "/invitations/%00",
        "/invitations/%F0%9F%92%A9",
        &format!("/invitations/{nonsense}"),
        &format!("{newer}A"),
        "/invitations/00000000-0000-0000-0000-000000000000",
    ];
    let stranger = app.sign_up("stranger@example.org", "EUR");
    let before = app.fingerprint();
    let answer = app.browser().get(&used).body;
    assert!(answer.contains(GONE), "{answer}");
    for link in links {
        for browser in [&app.browser(), &stranger.browser] {
            let page = browser.get(link);
            page.assert_status(404);
            assert_eq!(page.body, answer, "{link}");
        }
        let page = stranger.post_with_token(link, &[]);
        page.assert_status(404);
        assert_eq!(page.body, answer, "POST {link}");
        let (_, page) = {
            let browser = app.browser();
            let token = link.strip_prefix("/invitations/").unwrap();
            let mut given = fields("new@example.org");
            given.push(("invitation", token));
            let page = browser.post_with_token("/signup", &given);
            let form = browser.get(&format!("/signup?invitation={token}"));
            form.assert_status(404);
            assert_eq!(form.body, answer, "sign-up {link}");
            (browser, page)
        };
        page.assert_status(404);
        assert_eq!(page.body, answer, "POST sign-up {link}");
    }
    assert_eq!(app.fingerprint(), before, "and nobody was made");
}

#[test]
fn guessing_is_limited_and_what_is_good_does_not_count() {
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    let owner = app.household();
    let link = invite(&owner, "", "reader");
    let visitor = app.browser();
    for _ in 0..40 {
        visitor.get(&link).assert_ok();
    }
    for _ in 0..30 {
        visitor.get("/invitations/guess").assert_status(404);
    }
    let refused = visitor.get(&link);
    refused.assert_status(429);
    assert!(refused.header("retry-after").is_some());
    owner.post_with_token(&link, &[]).assert_status(429);
    app.set_clock("2026-11-14T12:02:00Z");
    visitor.get(&link).assert_ok();
}

#[test]
fn nobody_sends_invitations_without_end() {
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    let owner = app.household();
    let send = || {
        let given = [("email", ""), ("role", "reader")];
        owner.post_with_token("/household/invitations", &given)
    };
    for _ in 0..20 {
        send().assert_status(303);
    }
    send().assert_status(429);
    assert_eq!(app.count("invitations"), 20);
}

#[test]
fn an_owner_who_has_to_go_takes_no_link_along() {
    let app = TestApp::new();
    let owner = app.household();
    let bo = owner.joined_by("bo@example.org", "Bo", "owner");
    let link = invite(&bo, "", "owner");
    let cy = owner.joined_by("cy@example.org", "Cy", "member");
    owner
        .post_with_token(&format!("{}/remove", about(&cy)), &[])
        .assert_status(303);
    app.browser().get(&link).assert_ok(); // no owner went
    let said = owner.post_with_token(&format!("{}/remove", about(&bo)), &[]);
    said.assert_status(303)
        .follow()
        .assert_has("Invitations that were open are withdrawn");
    let bo = bo.other_browser();
    bo.get(&link).assert_status(404);
    join_fails(&bo, &link);

    let dee = owner.joined_by("dee@example.org", "Dee", "owner");
    let link = invite(&dee, "", "owner");
    owner
        .post_with_token(&about(&dee), &[("role", "reader")])
        .assert_status(303);
    app.browser().get(&link).assert_status(404);
}

#[track_caller]
fn join_fails(browser: &crate::support::Browser, link: &str) {
    browser
        .post_with_token(link, &[])
        .assert_status(404)
        .assert_has(GONE);
}

#[test]
fn names_are_shown_as_they_are() {
    let app = TestApp::new();
    let owner = app.household();
    let name = "👩‍👩‍👧 \"O'Hara\" & <b>Söhne</b>";
    rename(&owner, name);
    run_sql(
        &app,
        "UPDATE users SET full_name = '<script>alert(1)</script> ''Ada'''",
    );
    is_text(owner.get(PATH).assert_has(name));
    let link = invite(&owner, "bo@example.org", "reader");
    let page = app.browser().get(&link);
    is_text(page.assert_ok());
    assert_eq!(page.select("h1"), [format!("Join {name}")]);
    app.work();
    let mail = app.mails().pop().unwrap();
    assert!(mail.text.contains("👩‍👩‍👧"), "{}", mail.text);
    let bo = app.sign_up("bo@example.org", "EUR");
    is_text(join(&bo, &link).assert_status(303).follow().assert_has(name));
    let listed = bo.get("/households");
    is_text(listed.assert_has(name));
    let step = owner.get("/household/delete");
    is_text(&step);
    assert_eq!(step.select("h1"), [format!("Delete {name}")]);
}

/// Nothing of a name became an element.
#[track_caller]
fn is_text(page: &Page) {
    assert!(
        !page.body.contains("<b>") && !page.body.contains("<script>"),
        "{}",
        page.body
    );
}
