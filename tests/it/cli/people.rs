//! `budget user show`, `block`, `unblock`, `password` and `delete`.

use serde_json::Value;

use super::Terminal;
use crate::support::{PASSWORD, TestApp};

const NEW_PASSWORD: &str = "three green bottles on a wall";

#[test]
fn one_user_is_shown_for_people_and_for_programs() {
    let app = TestApp::new();
    let owner = app.household();
    let _tokens = owner.tokens();
    let terminal = Terminal::new(&app.database_url());
    let shown = terminal.run(&["user", "show", "HOME@example.org"]);
    shown.assert_done();
    for line in ["home@example.org", "Household (owner, ", "Second factor       no"] {
        assert!(shown.out.contains(line), "{line}: {}", shown.out);
    }
    let shown = terminal.run(&["user", "show", "home@example.org", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown.assert_done().out).unwrap();
    assert_eq!(shown["email"], "home@example.org");
    assert_eq!((&shown["sessions"], &shown["programs"]), (&1.into(), &1.into()));
    assert_eq!(shown["households"][0]["id"], owner.household.to_string());
    assert!(!shown.to_string().contains("argon2"), "{shown}");
    for act in ["show", "block", "unblock", "password"] {
        let refused = terminal.run(&["user", act, "nobody@example.org"]);
        refused.assert_failed("There is no user nobody@example.org.");
    }
}

#[test]
fn a_blocked_user_is_out_at_once_until_they_are_unblocked() {
    let app = TestApp::new();
    let owner = app.household();
    let (access, refresh) = owner.tokens();
    let terminal = Terminal::new(&app.database_url());
    let blocked = terminal.run(&["user", "block", "home@example.org"]);
    blocked.assert_done();
    assert!(blocked.out.starts_with("Blocked home@example.org"), "{blocked:?}");
    owner.get("/money").assert_status(303);
    let ask = |path: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        app.browser()
            .request("GET", path)
            .header("Authorization", &bearer)
            .send()
    };
    ask("/api/buckets/", &access).assert_status(401);
    let log_in = |password: &str| {
        let given = [("email", "home@example.org"), ("password", password)];
        app.browser().submit("/login", None, &given)
    };
    log_in(PASSWORD).assert_status(422);
    assert_eq!(
        terminal.run(&["user", "block", "home@example.org"]).out,
        "home@example.org was blocked already.\n"
    );

    let unblocked = terminal.run(&["user", "unblock", "home@example.org"]);
    assert_eq!(
        unblocked.assert_done().out,
        "home@example.org may log in again.\n"
    );
    owner.get("/money").assert_status(303);
    ask("/api/buckets/", &access).assert_status(401);
    log_in(PASSWORD).assert_status(303);
    // What was revoked stays so.
    assert_eq!(
        app.count("token_families WHERE revoked_at IS NULL"),
        0,
        "{refresh:.4}"
    );
    assert_eq!(
        app.count("security_events WHERE kind IN ('blocked', 'unblocked')"),
        3
    );
}

#[test]
fn a_password_is_set_for_somebody_who_forgot_it() {
    let app = TestApp::new();
    let owner = app.household();
    let terminal = Terminal::new(&app.database_url());
    let short = terminal.run_with_input(
        &["user", "password", "home@example.org", "--password-stdin"],
        "short\n",
    );
    short.assert_failed("Use at least 10 characters.");
    owner.get("/money").assert_ok();
    let set = terminal.run_with_input(
        &["user", "password", "home@example.org", "--password-stdin"],
        &format!("{NEW_PASSWORD}\n"),
    );
    set.assert_done();
    assert!(!set.out.contains(NEW_PASSWORD), "{set:?}");
    owner.get("/money").assert_status(303);
    let log_in = |password: &str| {
        let given = [("email", "home@example.org"), ("password", password)];
        app.browser().submit("/login", None, &given)
    };
    log_in(PASSWORD).assert_status(422);
    log_in(NEW_PASSWORD).assert_status(303);

    let generated = terminal.run(&["user", "password", "home@example.org"]);
    let line = generated.assert_done().out.lines().last().unwrap().to_owned();
    log_in(line.rsplit_once(": ").unwrap().1).assert_status(303);
}

#[test]
fn a_link_is_printed_for_somebody_who_sets_it_themselves() {
    let app = TestApp::new();
    let _owner = app.household();
    let terminal = Terminal::new(&app.database_url())
        .set("PUBLIC_URL", "https://money.example.org")
        .set("SECRET_KEY", &"k".repeat(40));
    let printed = terminal.run(&["user", "password", "home@example.org", "--link"]);
    printed.assert_done();
    let link = printed.out.trim();
    let token = link
        .strip_prefix("https://money.example.org/password/reset/")
        .unwrap();
    assert_eq!(token.len(), 64, "{link}");
    // Only its hash is kept, and a newer one takes its place.
    assert_eq!(app.count("one_time_links WHERE purpose = 'reset_password'"), 1);
    terminal
        .run(&["user", "password", "home@example.org", "--link"])
        .assert_done();
    assert_eq!(app.count("one_time_links WHERE purpose = 'reset_password'"), 1);
}

#[test]
fn a_deleted_user_leaves_what_is_shared_to_the_others() {
    let app = TestApp::new();
    let ada = app.household();
    ada.set_up();
    ada.spent("2026-11-02", "5", "Rent");
    let bo = ada.joined_by("bo@example.org", "Bo", "reader");
    let terminal = Terminal::new(&app.database_url());
    let asked = terminal.run(&["user", "delete", "home@example.org"]);
    asked.assert_failed("there is nobody to ask");
    let deleted = terminal.run(&["user", "delete", "home@example.org", "--yes"]);
    assert_eq!(deleted.assert_done().out, "Deleted home@example.org.\n");
    // Bo owns it now, with every entry.
    bo.get("/money").assert_ok();
    assert_eq!(app.count("members WHERE role = 'owner'"), 2);
    assert_eq!(app.count("transactions"), 1);
    let deleted = terminal.run(&["user", "delete", "bo@example.org", "--yes"]);
    assert_eq!(
        deleted.assert_done().out,
        "Deleted bo@example.org and 2 households that only they were in.\n"
    );
    for table in [
        "users",
        "households",
        "members",
        "transactions",
        "postings",
        "changes",
    ] {
        assert_eq!(app.count(table), 0, "{table}");
    }
}
