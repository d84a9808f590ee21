//! People over the API: signing up, and who may see and change whom.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Browser, Owner, PASSWORD, Page, Program, TestApp, ask, log_in, problem, readable};

const NEW_PASSWORD: &str = "a better horse battery";

fn sign_up(browser: &Browser, body: &Value) -> Page {
    ask(browser, "/api/users/", body)
}

fn of(owner: &Owner<'_>) -> String {
    format!("/api/users/{}/", owner.user)
}

/// What people are, but for what differs by time.
fn people(app: &TestApp) -> String {
    let mut tables = app.fingerprint();
    let mut kept = String::new();
    for table in [
        "users",
        "members",
        "households",
        "token_families",
        "sessions",
        "one_time_links",
        "jobs",
    ] {
        kept += &tables.remove(table).unwrap();
    }
    kept
}

#[test]
fn somebody_signs_up_and_logs_in() {
    let app = TestApp::new();
    let browser = app.browser();
    let body = json!({ "email": " Ada@example.org ", "password": PASSWORD, "full_name": " Ada Lovelace " });
    let answer = sign_up(&browser, &body);
    answer.assert_status(201);
    insta::assert_snapshot!("signed_up", readable(&answer));
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    answer.assert_location(&format!("/api/users/{id}/"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(app.count("sessions"), 0);
    app.work();
    let mails = app.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].raw.contains("Ada@example.org") && mails[0].text.contains("/confirm/"));

    let tokens = log_in(&browser, "ada@EXAMPLE.org");
    tokens.assert_ok();
    let program = Program {
        browser,
        access: tokens.json()["access"].as_str().unwrap().to_owned(),
        refresh: tokens.json()["refresh"].as_str().unwrap().to_owned(),
    };
    let own = program.get(answer.location());
    own.assert_ok();
    assert_eq!(own.json()["id"], id);
    assert!(own.json()["last_login"].is_string());
    assert_eq!(program.get("/api/users/").json(), json!([own.json()]));
    insta::assert_snapshot!(
        "households_of_a_new_person",
        readable(&program.get("/api/households/"))
    );
    // Without a name, too, and without the slash.
    let body = json!({ "email": "b@example.org", "password": PASSWORD });
    let answer = ask(&app.browser(), "/api/users", &body);
    answer.assert_status(201);
    assert_eq!(answer.json()["full_name"], "");
}

#[test]
fn nobody_signs_up_to_be_more_than_others() {
    let app = TestApp::new();
    let body = json!({
        "email": "ada@example.org", "password": PASSWORD, "is_superuser": true, "is_staff": true, "is_active": false,
        "id": "00000000-0000-7000-8000-000000000000", "user": 1, "last_login": "2020-01-01T00:00:00Z", "created": null, "modified": 5,
    });
    let answer = sign_up(&app.browser(), &body);
    answer.assert_status(201);
    assert_eq!(answer.json()["is_active"], true);
    assert_ne!(answer.json()["id"], body["id"]);
    assert_eq!(
        app.count("users WHERE is_superuser OR blocked_at IS NOT NULL OR last_login_at IS NOT NULL"),
        0
    );
    for (field, value) in [
        ("role", json!("owner")),
        ("household", json!("x")),
        ("token_epoch", json!(5)),
        ("password_hash", json!("x")),
        ("is_demo", json!(true)),
        ("email_confirmed_at", json!("2020-01-01T00:00:00Z")),
        ("Email", json!("x")),
        ("status", json!(200)),
    ] {
        let before = people(&app);
        let mut body = json!({ "email": "b@example.org", "password": PASSWORD });
        body[field] = value;
        let said = problem(&sign_up(&app.browser(), &body), 400);
        if field != "status" {
            assert_eq!(said[field], json!(["This field is not known."]));
        }
        assert_eq!(people(&app), before);
    }
}

#[test]
fn wrong_fields_are_named() {
    let app = TestApp::new();
    let before = people(&app);
    let long = "x".repeat(300);
    for (body, field) in [
        (json!({ "password": PASSWORD }), "email"),
        (json!({ "email": "ada@example.org" }), "password"),
        (json!({ "email": "ada", "password": PASSWORD }), "email"),
        (
            json!({ "email": "a\u{0}@example.org", "password": PASSWORD }),
            "email",
        ),
        (
            json!({ "email": "a\n@example.org", "password": PASSWORD }),
            "email",
        ),
        (
            json!({ "email": format!("{long}@example.org"), "password": PASSWORD }),
            "email",
        ),
        (
            json!({ "email": "ada@example.org", "password": "short" }),
            "password",
        ),
        (
            json!({ "email": "ada@example.org", "password": "ada@example.org" }),
            "password",
        ),
        (
            json!({ "email": "ada@example.org", "password": "password123" }),
            "password",
        ),
        (
            json!({ "email": "ada@example.org", "password": long }),
            "password",
        ),
        (
            json!({ "email": "ada@example.org", "password": PASSWORD, "full_name": long }),
            "full_name",
        ),
        (
            json!({ "email": "ada@example.org", "password": PASSWORD, "full_name": "a\nb" }),
            "full_name",
        ),
        (
            json!({ "email": "ada@example.org", "password": PASSWORD, "full_name": null }),
            "full_name",
        ),
        (
            json!({ "email": "ada@example.org", "password": PASSWORD, "full_name": ["x"] }),
            "full_name",
        ),
    ] {
        let said = problem(&sign_up(&app.browser(), &body), 400);
        assert!(said[field].is_array(), "{body}: {said}");
        assert_eq!(said.as_object().unwrap().len(), 5, "{said}");
    }
    assert_eq!(people(&app), before);
}

#[test]
fn an_address_that_only_looks_different_is_taken() {
    let app = TestApp::new();
    app.household();
    let before = people(&app);
    for email in [
        "home@example.org",
        "HOME@Example.org",
        " home@example.org ",
        "ｈｏｍｅ@example.org",
        "home@ｅxample.org",
        "ho\u{2098}e@example.org",
    ] {
        let body = json!({ "email": email, "password": NEW_PASSWORD });
        let said = problem(&sign_up(&app.browser(), &body), 400);
        assert_eq!(
            said["email"],
            json!(["A user with this email already exists."]),
            "{email}"
        );
    }
    assert_eq!(people(&app), before);
    log_in(&app.browser(), "home@example.org").assert_ok(); // with the password of before
}

#[test]
fn who_may_sign_up_is_a_setting() {
    for (setting, words) in [("closed", "nobody can sign up"), ("invited", "invitation")] {
        let app = TestApp::with(&[("SIGNUP", setting)]);
        for body in [
            json!({ "email": "ada@example.org", "password": PASSWORD }),
            json!({}),
        ] {
            let said = problem(&sign_up(&app.browser(), &body), 403);
            assert!(said["detail"].as_str().unwrap().contains(words), "{said}");
        }
        assert_eq!(app.count("users"), 0);
    }
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    for number in 0..10 {
        let body = json!({ "email": format!("a{number}@example.org"), "password": PASSWORD });
        sign_up(&app.browser(), &body).assert_status(201);
    }
    let body = json!({ "email": "b@example.org", "password": PASSWORD });
    problem(&sign_up(&app.browser(), &body), 429);
}

#[test]
fn others_are_answered_like_nobody() {
    let app = TestApp::new();
    let (owner, other) = (app.household(), app.sign_up("other@example.org", "EUR"));
    owner.joined_by("partner@example.org", "Partner", "owner");
    let program = Program::of(&owner);
    assert_eq!(program.get("/api/users/").json().as_array().unwrap().len(), 1);
    let before = people(&app);
    let theirs = of(&other);
    let missing = format!("/api/users/{}/", Uuid::now_v7());
    let grave = json!({ "email": "mine@example.org", "full_name": "X", "password": NEW_PASSWORD, "current_password": PASSWORD });
    for body in [
        json!({}),
        json!({ "full_name": "X", "email": "x@example.org" }),
        grave,
    ] {
        for (method, path) in [("GET", ""), ("PUT", ""), ("PATCH", "")] {
            let (one, another) = (
                program.send(method, &(theirs.clone() + path), &body),
                program.send(method, &(missing.clone() + path), &body),
            );
            problem(&one, 404);
            assert_eq!(one.body, another.body, "{method} {body}");
        }
    }
    for nonsense in ["x", "0", "%00", "me", "..%2f..", "' OR true"] {
        let path = format!("/api/users/{}/", nonsense.replace(' ', "%20"));
        problem(&program.get(&path), 404);
    }
    // The id of somebody else in the body changes nothing about them.
    let body = json!({ "id": other.user.to_string(), "user": other.user.to_string(), "full_name": "Mine" });
    let answer = program.send("PATCH", &of(&owner), &body);
    answer.assert_ok();
    assert_eq!(answer.json()["id"], owner.user.to_string());
    assert_eq!(app.count("users WHERE full_name = 'Mine'"), 1);
    assert_ne!(people(&app), before);
}

#[test]
fn a_superuser_sees_everybody_and_changes_nobody() {
    let app = TestApp::new();
    let (owner, other) = (app.household(), app.sign_up("other@example.org", "EUR"));
    let program = Program::of(&owner);
    app.sql()
        .batch_execute(
            "UPDATE users SET is_superuser = true WHERE email = 'home@example.org';
             UPDATE users SET blocked_at = now() WHERE email = 'other@example.org';
             INSERT INTO users (id, email, password_hash, is_demo) VALUES (gen_random_uuid(), 'demo@example.org', 'none', true)",
        )
        .unwrap();
    let all = program.get("/api/users/");
    insta::assert_snapshot!("users_for_a_superuser", readable(&all));
    let theirs = program.get(&of(&other));
    theirs.assert_ok();
    assert_eq!(theirs.json()["is_active"], false);
    assert_eq!(all.json()[1], theirs.json());
    let before = people(&app);
    for (method, body) in [
        ("PATCH", json!({ "full_name": "X" })),
        ("PUT", json!({ "full_name": "X", "email": "other@example.org" })),
        (
            "PATCH",
            json!({ "password": NEW_PASSWORD, "current_password": PASSWORD }),
        ),
    ] {
        problem(&program.send(method, &of(&other), &body), 404);
    }
    // The money and the people of others stay theirs.
    problem(
        &program.get(&format!("/api/households/{}/", other.household)),
        404,
    );
    assert_eq!(people(&app), before);
    app.sql()
        .batch_execute("UPDATE users SET is_superuser = false")
        .unwrap();
    assert_eq!(program.get("/api/users/").json().as_array().unwrap().len(), 1);
    problem(&program.get(&of(&other)), 404);
}

#[test]
fn the_name_changes_at_once() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let answer = program.send("PATCH", &of(&owner), &json!({ "full_name": " Ada  King " }));
    answer.assert_ok();
    assert_eq!(answer.json()["full_name"], "Ada  King");
    assert!(answer.json()["modified"].as_str() > answer.json()["created"].as_str());
    // An object that comes back as it was got changes nothing.
    let whole = program.get(&of(&owner)).json();
    let answer = program.send("PUT", &of(&owner), &whole);
    answer.assert_ok();
    assert_eq!(answer.json()["email"], "home@example.org");
    let before = people(&app);
    program.send("PATCH", &of(&owner), &json!({})).assert_ok();
    assert_eq!(people(&app), before);
    for (body, fields) in [
        (json!({}), &["email", "full_name"][..]),
        (json!({ "email": "home@example.org" }), &["full_name"]),
        (json!({ "full_name": "X" }), &["email"]),
        (json!({ "email": "", "full_name": null }), &["email", "full_name"]),
    ] {
        let said = problem(&program.send("PUT", &of(&owner), &body), 400);
        for field in fields {
            assert!(said[field].is_array(), "{body}: {said}");
        }
    }
    for (body, field) in [
        (json!({ "fullname": "X" }), "fullname"),
        (json!({ "theme": "dark" }), "theme"),
        (json!({ "is_demo": true }), "is_demo"),
        (json!({ "full_name": "a\u{202e}\nb" }), "full_name"),
    ] {
        let said = problem(&program.send("PATCH", &of(&owner), &body), 400);
        assert!(said[field].is_array(), "{said}");
    }
    for (name, value) in [
        ("is_superuser", json!(true)),
        ("is_staff", json!(true)),
        ("is_active", json!(false)),
    ] {
        program
            .send("PATCH", &of(&owner), &json!({ name: value }))
            .assert_ok();
    }
    assert_eq!(people(&app), before);
    problem(&program.delete(&of(&owner)), 405);
    problem(
        &app.browser().request("PATCH", &of(&owner)).json("{}").send(),
        401,
    );
}

#[test]
fn a_new_password_needs_the_old_one_and_ends_every_log_in() {
    let app = TestApp::new();
    let owner = app.household();
    let (program, second) = (Program::of(&owner), Program::of(&owner));
    let before = people(&app);
    for (body, field) in [
        (json!({ "password": NEW_PASSWORD }), "current_password"),
        (
            json!({ "password": NEW_PASSWORD, "current_password": "" }),
            "current_password",
        ),
        (
            json!({ "password": NEW_PASSWORD, "current_password": null }),
            "current_password",
        ),
        (
            json!({ "password": NEW_PASSWORD, "current_password": "not my password" }),
            "current_password",
        ),
        (
            json!({ "password": NEW_PASSWORD, "current_password": NEW_PASSWORD, "full_name": "X" }),
            "current_password",
        ),
        (
            json!({ "password": "short", "current_password": PASSWORD }),
            "password",
        ),
        (
            json!({ "password": "home@example.org", "current_password": PASSWORD }),
            "password",
        ),
        (
            json!({ "password": "", "current_password": PASSWORD }),
            "password",
        ),
    ] {
        let said = problem(&program.send("PATCH", &of(&owner), &body), 400);
        assert!(said[field].is_array(), "{body}: {said}");
    }
    assert_eq!(people(&app), before);
    let body = json!({ "password": NEW_PASSWORD, "current_password": PASSWORD, "full_name": "Ada King" });
    let answer = program.send("PATCH", &of(&owner), &body);
    answer.assert_ok().assert_lacks(NEW_PASSWORD);
    assert_eq!(answer.json()["full_name"], "Ada King");
    program.assert_out();
    second.assert_out();
    owner.get("/money").assert_status(303);
    problem(&log_in(&app.browser(), &owner.email), 401);
    let again = json!({ "email": owner.email, "password": NEW_PASSWORD });
    ask(&app.browser(), "/api/token/", &again).assert_ok();
    app.work();
    let mails = app.mails();
    assert!(
        mails.last().unwrap().text.contains("password"),
        "{}",
        mails.last().unwrap().text
    );
    assert_eq!(app.count("security_events WHERE kind = 'password_changed'"), 1);
}

#[test]
fn guessing_the_current_password_is_limited() {
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    let owner = app.household();
    let program = Program::of(&owner);
    let body = |current: &str| json!({ "password": NEW_PASSWORD, "current_password": current });
    for _ in 0..5 {
        problem(&program.send("PATCH", &of(&owner), &body("not my password")), 400);
    }
    problem(&program.send("PATCH", &of(&owner), &body(PASSWORD)), 429);
    program.assert_in();
    assert_eq!(app.count("security_events WHERE kind = 'log_in_failed'"), 5);
}

#[test]
fn a_new_address_counts_once_it_is_confirmed() {
    let app = TestApp::new();
    let owner = app.household();
    app.sign_up("other@example.org", "EUR");
    app.work();
    let (program, mails) = (Program::of(&owner), app.mails().len());
    let change = |email: &str| json!({ "email": email, "current_password": PASSWORD });
    problem(
        &program.send("PATCH", &of(&owner), &json!({ "email": "new@example.org" })),
        400,
    );
    problem(&program.send("PATCH", &of(&owner), &change("nowhere")), 400);
    assert_eq!(app.count("one_time_links WHERE purpose = 'change_email'"), 0);
    // Whether somebody has an address is not told: nobody gets a letter.
    for taken in ["other@example.org", "OTHER@example.org"] {
        program.send("PATCH", &of(&owner), &change(taken)).assert_ok();
        app.work();
        assert_eq!(app.mails().len(), mails);
    }

    let body = json!({ "email": " new@example.org ", "full_name": "Ada", "current_password": PASSWORD });
    let answer = program.send("PUT", &of(&owner), &body);
    answer.assert_ok();
    assert_eq!(answer.json()["email"], "home@example.org");
    program.assert_in();
    log_in(&app.browser(), "home@example.org").assert_ok();
    problem(&log_in(&app.browser(), "new@example.org"), 401);
    app.work();
    let sent = app.mails();
    assert_eq!(sent.len(), mails + 1);
    assert!(sent[mails].raw.contains("new@example.org") && sent[mails].text.contains("/email/"));
    assert_eq!(
        app.count("security_events WHERE kind = 'email_change_asked' AND detail = 'new@example.org'"),
        1
    );
    // With a new password at once, the link stays good.
    let body =
        json!({ "email": "newer@example.org", "password": NEW_PASSWORD, "current_password": PASSWORD });
    program.send("PATCH", &of(&owner), &body).assert_ok();
    assert_eq!(
        app.count("one_time_links WHERE purpose = 'change_email' AND email = 'newer@example.org'"),
        1
    );
    program.assert_out();
}

#[test]
fn mails_to_new_addresses_are_limited() {
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    let owner = app.household();
    let program = Program::of(&owner);
    let change =
        |number: u32| json!({ "email": format!("a{number}@example.org"), "current_password": PASSWORD });
    for number in 0..3 {
        program.send("PATCH", &of(&owner), &change(number)).assert_ok();
    }
    problem(&program.send("PATCH", &of(&owner), &change(4)), 429);
}

#[test]
fn people_cost_few_statements() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let grave = json!({ "password": NEW_PASSWORD, "current_password": PASSWORD });
    for (most, method, path, body) in [
        (2, "GET", "/api/users/".to_owned(), json!({})),
        (2, "GET", of(&owner), json!({})),
        (4, "PATCH", of(&owner), json!({ "full_name": "X" })),
        (
            6,
            "POST",
            "/api/users/".to_owned(),
            json!({ "email": "b@example.org", "password": PASSWORD }),
        ),
        // It checks the password, and tells the person twice.
        (7, "PATCH", of(&owner), grave),
    ] {
        let sent = app.statements(|| {
            let answer = program.send(method, &path, &body);
            assert!(answer.status < 300, "{method} {path}: {}", answer.body);
        });
        assert!(sent <= most, "{method} {path}: {sent}");
    }
}
