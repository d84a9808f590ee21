//! Households over the API: whose they are, who decides, and what others get to see.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Owner, Program, TestApp, problem, readable};

const ALL: &str = "/api/households/";

fn of(owner: &Owner<'_>) -> String {
    format!("{ALL}{}/", owner.household)
}

#[test]
fn households_have_this_shape() {
    let app = TestApp::new();
    let owner = app.household();
    owner.joined_by("ben@example.org", "Ben", "reader");
    let program = Program::of(&owner);
    insta::assert_snapshot!("households", readable(&program.get(ALL)));
    insta::assert_snapshot!("household", readable(&program.get(&of(&owner))));
    for path in [ALL.to_owned(), of(&owner)] {
        assert_eq!(
            program.get(path.trim_end_matches('/')).body,
            program.get(&path).body
        );
    }
}

#[test]
fn another_household_is_made_and_picked() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let body = json!({ "name": " Sea house ", "currency": "DKK", "time_zone": "Europe/Copenhagen" });
    let answer = program.send("POST", ALL, &body);
    answer.assert_status(201);
    insta::assert_snapshot!("founded", readable(&answer));
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let path = format!("{ALL}{id}/");
    answer.assert_location(&path);
    assert_eq!(program.get(&path).json(), answer.json());
    let current = |headers: &[(&str, &str)], path: &str| {
        let json = program.get_with(path, headers).json();
        match json {
            Value::Array(all) => all
                .iter()
                .filter(|one| one["is_current"] == true)
                .map(|one| one["name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
                .join(","),
            one => one["is_current"].to_string(),
        }
    };
    assert_eq!(current(&[], ALL), "Household");
    assert_eq!(current(&[("X-Household", &id)], ALL), "Sea house");
    assert_eq!(current(&[], &path), "false");
    assert_eq!(current(&[("X-Household", &id)], &path), "true");
    // The id in the path picks, whatever the header says; but what the header says has to be readable.
    let mine = owner.household.to_string();
    let picked = program.get_with(&path, &[("X-Household", &mine)]).json();
    assert_eq!(
        (&picked["name"], &picked["is_current"]),
        (&json!("Sea house"), &json!(false))
    );
    problem(&program.get_with(&path, &[("X-Household", "x")]), 400);

    let plain = program.send("POST", ALL, &json!({ "name": "X" })).json();
    assert_eq!([&plain["currency"], &plain["time_zone"]], ["EUR", "UTC"]);
    let count = app.count("households");
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": " \u{200b} " }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "name": "a\u{0}" }), "name"),
        (json!({ "name": "x".repeat(256) }), "name"),
        (json!({ "name": 5 }), "name"),
        (json!({ "name": "X", "currency": "XYZ" }), "currency"),
        (json!({ "name": "X", "currency": "eur " }), "currency"),
        (json!({ "name": "X", "time_zone": "Mars/Base" }), "time_zone"),
        (json!({ "name": "X", "ledger_version": 5 }), "ledger_version"),
        (json!({ "name": "X", "is_demo": true }), "is_demo"),
    ] {
        let said = problem(&program.send("POST", ALL, &body), 400);
        assert!(said[field].is_array(), "{body}: {said}");
    }
    assert_eq!(app.count("households"), count);
}

#[test]
fn a_household_of_others_is_answered_like_none() {
    let app = TestApp::new();
    let (owner, other) = (app.household(), app.sign_up("other@example.org", "EUR"));
    let (program, theirs) = (Program::of(&owner), Program::of(&other));
    let invitation = theirs
        .send(
            "POST",
            &format!("{}invitations/", of(&other)),
            &json!({ "role": "reader" }),
        )
        .json();
    let invitation = invitation["id"].as_str().unwrap();
    let before = app.fingerprint();
    let missing = format!("{ALL}{}/", Uuid::now_v7());
    for (method, rest, body) in [
        ("GET", String::new(), json!({})),
        ("PATCH", String::new(), json!({ "name": "Mine" })),
        (
            "PATCH",
            format!("members/{}/", other.user),
            json!({ "role": "reader" }),
        ),
        (
            "PATCH",
            format!("members/{}/", owner.user),
            json!({ "role": "owner" }),
        ),
        ("DELETE", format!("members/{}/", other.user), json!({})),
        ("GET", "invitations/".into(), json!({})),
        ("POST", "invitations/".into(), json!({ "role": "owner" })),
        ("DELETE", format!("invitations/{invitation}/"), json!({})),
    ] {
        let ask = |household: &str| {
            let answer = program.send(method, &format!("{household}{rest}"), &body);
            problem(&answer, 404);
            answer.body
        };
        assert_eq!(ask(&of(&other)), ask(&missing), "{method} {rest}");
        for nonsense in ["x", "0", "%00"] {
            assert_eq!(
                ask(&format!("{ALL}{nonsense}/")),
                ask(&missing),
                "{method} {rest}"
            );
        }
    }
    // Theirs under the id of mine.
    for path in [
        format!("{}members/{}/", of(&owner), other.user),
        format!("{}invitations/{invitation}/", of(&owner)),
    ] {
        let answer = program.delete(&path);
        problem(&answer, 404);
        let missing = format!(
            "{}{}/",
            path.rsplit_once('/')
                .unwrap()
                .0
                .rsplit_once('/')
                .unwrap()
                .0
                .to_owned()
                + "/",
            Uuid::now_v7()
        );
        assert_eq!(answer.body, program.delete(&missing).body);
    }
    let role = program.send(
        "PATCH",
        &format!("{}members/{}/", of(&owner), other.user),
        &json!({ "role": "reader" }),
    );
    problem(&role, 404);
    // Only the version of one's own household went up while it was looked for.
    let mut after = app.fingerprint();
    let mut before = before;
    before.remove("households");
    after.remove("households");
    assert_eq!(after, before);
    // With the header of another, nothing is there at all.
    let foreign = other.household.to_string();
    for path in [ALL, "/api/users/", "/api/locations/"] {
        problem(&program.get_with(path, &[("X-Household", &foreign)]), 401);
    }
    // A bad token is told before a household is looked for.
    let mut nobody = program.clone();
    nobody.access.push('x');
    problem(&nobody.get(&of(&owner)), 401);
    program.revoke().assert_ok();
    problem(&program.get(&of(&owner)), 401);
    problem(&program.get(&of(&other)), 401);
}

#[test]
fn roles_decide() {
    let app = TestApp::new();
    let owner = app.household();
    let (member, reader) = (
        owner.joined_by("member@example.org", "Member", "member"),
        owner.joined_by("reader@example.org", "Reader", "reader"),
    );
    let invitation = Program::of(&owner)
        .send(
            "POST",
            &format!("{}invitations/", of(&owner)),
            &json!({ "role": "reader" }),
        )
        .json();
    let invitation = invitation["id"].as_str().unwrap().to_owned();
    let before = app.fingerprint();
    for person in [&member, &reader] {
        let program = Program::of(person);
        for (method, rest, body) in [
            ("PATCH", String::new(), json!({ "name": "Mine" })),
            ("PATCH", String::new(), json!({ "nonsense": 1 })),
            (
                "PATCH",
                format!("members/{}/", person.user),
                json!({ "role": "owner" }),
            ),
            (
                "PATCH",
                format!("members/{}/", owner.user),
                json!({ "role": "reader" }),
            ),
            (
                "PATCH",
                format!("members/{}/", Uuid::now_v7()),
                json!({ "role": "reader" }),
            ),
            ("DELETE", format!("members/{}/", owner.user), json!({})),
            ("DELETE", format!("members/{}/", person.user), json!({})),
            ("GET", "invitations/".into(), json!({})),
            ("POST", "invitations/".into(), json!({ "role": "owner" })),
            ("DELETE", format!("invitations/{invitation}/"), json!({})),
        ] {
            let answer = program.send(method, &format!("{}{rest}", of(&owner)), &body);
            problem(&answer, 403);
        }
        // Everybody in it sees who is in it.
        let whole = program.get(&of(&owner)).json();
        assert_eq!(whole["members"].as_array().unwrap().len(), 3);
        let role = if person.user == member.user {
            "member"
        } else {
            "reader"
        };
        assert_eq!(whole["role"], role);
    }
    let mut after = app.fingerprint();
    for table in ["token_families", "refresh_tokens", "users", "security_events"] {
        after.remove(table);
    }
    for (table, hash) in after {
        assert_eq!(hash, before[&table], "{table}");
    }
    // A reader has a household of their own, and may make another.
    Program::of(&reader)
        .send("POST", ALL, &json!({ "name": "Mine" }))
        .assert_status(201);
}

#[test]
fn owners_change_the_household() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let body = json!({ "name": " Our home ", "time_zone": "Europe/Berlin", "currency": "JPY" });
    let answer = program.send("PATCH", &of(&owner), &body);
    answer.assert_ok();
    let home = answer.json();
    assert_eq!(
        [&home["name"], &home["time_zone"], &home["currency"]],
        ["Our home", "Europe/Berlin", "JPY"]
    );
    assert_eq!(program.get(&of(&owner)).json(), home);
    // What comes back as it was got changes nothing.
    assert_eq!(program.send("PATCH", &of(&owner), &home).json(), home);
    assert_eq!(program.send("PATCH", &of(&owner), &json!({})).json(), home);
    for (body, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": null }), "name"),
        (json!({ "currency": "Yen" }), "currency"),
        (json!({ "time_zone": "" }), "time_zone"),
        (json!({ "closed_at": null }), "closed_at"),
    ] {
        let said = problem(&program.send("PATCH", &of(&owner), &body), 400);
        assert!(said[field].is_array(), "{body}: {said}");
    }
    owner.set_up();
    owner.earned("2026-11-01", "100", "Salary");
    let said = problem(
        &program.send("PATCH", &of(&owner), &json!({ "currency": "EUR" })),
        400,
    );
    assert!(said["currency"][0].as_str().unwrap().contains("fixed"), "{said}");
    program
        .send(
            "PATCH",
            &of(&owner),
            &json!({ "currency": "JPY", "name": "Home" }),
        )
        .assert_ok();
}

#[test]
fn owners_decide_about_people() {
    let app = TestApp::new();
    let owner = app.household();
    let ben = owner.joined_by("ben@example.org", "Ben", "reader");
    let (program, bens) = (Program::of(&owner), Program::of(&ben));
    let path = |person: &Owner<'_>| format!("{}members/{}/", of(&owner), person.user);
    app.work();
    let mails = app.mails().len();
    let answer = program.send("PATCH", &path(&ben), &json!({ "role": "member" }));
    answer.assert_ok();
    insta::assert_snapshot!("member", readable(&answer));
    program
        .send("PATCH", &path(&ben), &json!({ "role": "member" }))
        .assert_ok(); // no change, no second letter
    assert_eq!(bens.get(&of(&owner)).json()["role"], "member");
    app.work();
    assert_eq!(app.mails().len(), mails + 1);
    assert_eq!(
        app.count("security_events WHERE kind = 'role_changed' AND detail = 'Household: reader → member'"),
        1
    );

    for (body, field) in [
        (json!({}), "role"),
        (json!({ "role": "king" }), "role"),
        (json!({ "role": "" }), "role"),
        (json!({ "role": "Owner" }), "role"),
        (json!({ "role": "owner", "is_superuser": true }), "is_superuser"),
    ] {
        let said = problem(&program.send("PATCH", &path(&ben), &body), 400);
        assert_eq!(said[field].as_array().unwrap().len(), 1, "{body}: {said}");
    }
    // A household is never without an owner.
    problem(
        &program.send("PATCH", &path(&owner), &json!({ "role": "member" })),
        409,
    );
    problem(&program.delete(&path(&owner)), 409);
    program
        .send("PATCH", &path(&ben), &json!({ "role": "owner" }))
        .assert_ok();
    bens.send("PATCH", &path(&owner), &json!({ "role": "reader" }))
        .assert_ok();
    problem(
        &program.send("PATCH", &path(&ben), &json!({ "role": "reader" })),
        403,
    );

    let removed = bens.delete(&path(&owner));
    removed.assert_status(204);
    assert_eq!(removed.body, "");
    problem(&bens.delete(&path(&owner)), 404);
    problem(&program.get(&of(&owner)), 404);
    // Who was taken out goes on with a household of their own.
    let left = program.get(ALL).json();
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["role"]),
        (1, &json!("owner"))
    );
    assert_ne!(left[0]["id"], owner.household.to_string());
    assert_eq!(
        app.count("security_events WHERE kind = 'removed' AND detail = 'Household'"),
        1
    );
    app.work();
    assert_eq!(app.mails().len(), mails + 4, "three roles and a removal");
}

#[test]
fn owners_invite() {
    let app = TestApp::with(&[("PUBLIC_URL", "http://budget.example.org")]);
    let owner = app.household();
    let program = Program::of(&owner);
    let path = format!("{}invitations/", of(&owner));
    app.work();
    let mails = app.mails().len();
    let bearer = format!("Bearer {}", program.access);
    let answer = program
        .browser
        .request("POST", &path)
        .header("Authorization", &bearer)
        .header("Host", "evil.example")
        .header("X-Forwarded-Host", "evil.example")
        .json(json!({ "email": " ben@example.org ", "role": "member" }).to_string())
        .send();
    answer.assert_status(201).assert_lacks("evil.example");
    insta::assert_snapshot!("invitation", readable(&answer));
    let made = answer.json();
    let id = made["id"].as_str().unwrap();
    answer.assert_location(&format!("{path}{id}/"));
    assert_eq!(program.get(&path).json(), json!([made]));
    app.work();
    assert_eq!(app.mails().len(), mails + 1);
    let link = made["link"].as_str().unwrap();
    assert!(link.starts_with("http://budget.example.org/invitations/"));
    assert!(app.mails()[mails].text.contains(link));
    // The link is what the database knows by its hash.
    let secret = link.rsplit_once('/').unwrap().1;
    let offer =
        budget::households::invitation::find(&mut app.sql(), budget::auth::secret::hash(secret)).unwrap();
    assert_eq!(offer.unwrap().household, owner.household);

    let quiet = program.send("POST", &path, &json!({ "role": "reader" }));
    quiet.assert_status(201);
    assert_eq!(quiet.json()["email"], "");
    app.work();
    assert_eq!(
        app.mails().len(),
        mails + 1,
        "without an address nothing is mailed"
    );
    for (body, field) in [
        (json!({}), "role"),
        (json!({ "role": "king" }), "role"),
        (json!({ "role": "reader", "email": "nowhere" }), "email"),
        (json!({ "role": "reader", "email": null }), "email"),
        (json!({ "role": "reader", "link": "http://evil.example" }), "link"),
        (
            json!({ "role": "reader", "household": Uuid::now_v7().to_string() }),
            "household",
        ),
    ] {
        let said = problem(&program.send("POST", &path, &body), 400);
        assert!(said[field].is_array(), "{body}: {said}");
    }
    program.delete(&format!("{path}{id}/")).assert_status(204);
    problem(&program.delete(&format!("{path}{id}/")), 404);
    assert_eq!(program.get(&path).json().as_array().unwrap().len(), 1);
    let gone =
        budget::households::invitation::find(&mut app.sql(), budget::auth::secret::hash(secret)).unwrap();
    assert_eq!(gone, None);
}

#[test]
fn invitations_are_limited() {
    let app = TestApp::with(&[("RATE_LIMIT", "on")]);
    let owner = app.household();
    let program = Program::of(&owner);
    let path = format!("{}invitations/", of(&owner));
    for _ in 0..20 {
        program
            .send("POST", &path, &json!({ "role": "reader" }))
            .assert_status(201);
    }
    problem(&program.send("POST", &path, &json!({ "role": "reader" })), 429);
}

#[test]
fn a_household_that_was_deleted_is_gone() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    program
        .send("POST", ALL, &json!({ "name": "Second" }))
        .assert_status(201);
    app.sql()
        .batch_execute(&format!(
            "UPDATE households SET closed_at = now() WHERE id = '{0}'; DELETE FROM members WHERE household_id = '{0}'",
            owner.household
        ))
        .unwrap();
    problem(&program.get(&of(&owner)), 404);
    assert_eq!(program.get(ALL).json()[0]["name"], "Second");
}

#[test]
fn households_cost_few_statements() {
    let app = TestApp::new();
    let owner = app.household();
    let ben = owner.joined_by("ben@example.org", "Ben", "reader");
    let program = Program::of(&owner);
    let member = format!("{}members/{}/", of(&owner), ben.user);
    let invitations = format!("{}invitations/", of(&owner));
    for (most, method, path, body) in [
        (2, "GET", ALL, json!({})),
        (3, "GET", &of(&owner), json!({})),
        (2, "GET", &invitations, json!({})),
        (3, "POST", ALL, json!({ "name": "Second" })),
        (6, "PATCH", &of(&owner), json!({ "name": "Home" })),
        (7, "PATCH", &member, json!({ "role": "member" })),
        (
            6,
            "POST",
            &invitations,
            json!({ "role": "reader", "email": "x@example.org" }),
        ),
        (6, "DELETE", &member, json!({})),
    ] {
        let sent = app.statements(|| {
            let answer = program.send(method, path, &body);
            assert!(answer.status < 300, "{method} {path}: {}", answer.body);
        });
        assert!(sent <= most, "{method} {path}: {sent}");
    }
}
