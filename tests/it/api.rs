//! The JSON API: tokens, the three lists, money now, people, households.

mod households;
mod users;

use std::io::{Read, Write};
use std::net::TcpStream;

use budget::ledger::{LocationKind, Sign, bucket, category, location};
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::{Owner, PASSWORD, Page, TestApp};

/// A program with this person's access token.
struct Program<'a> {
    owner: &'a Owner<'a>,
    access: String,
}

impl Program<'_> {
    fn get(&self, path: &str) -> Page {
        let bearer = format!("Bearer {}", self.access);
        let browser = self.owner.app.browser();
        browser
            .request("GET", path)
            .header("Authorization", &bearer)
            .send()
    }

    /// The names in a list, in its order.
    #[track_caller]
    fn names(&self, path: &str) -> Vec<String> {
        let answer = self.get(path);
        answer.assert_ok();
        let list = answer.json();
        let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(name).collect()
    }
}

fn program<'a>(owner: &'a Owner<'a>) -> Program<'a> {
    let (access, _) = owner.tokens();
    Program { owner, access }
}

fn ask_for_token(app: &TestApp, body: &Value) -> Page {
    let browser = app.browser();
    browser
        .request("POST", "/api/token/")
        .json(body.to_string())
        .send()
}

#[track_caller]
fn assert_problem(page: &Page, status: u16) -> Value {
    page.assert_status(status);
    assert_eq!(page.header("content-type"), Some("application/problem+json"));
    let body = page.json();
    assert_eq!(body["type"], "about:blank");
    assert_eq!(body["status"], status);
    body
}

/// The body with names in the place of ids, one object a line.
fn readable(owner: &Owner<'_>, page: &Page) -> String {
    let book = owner.book();
    let mut ids: Vec<(String, &str)> = Vec::new();
    ids.extend(
        book.locations
            .iter()
            .map(|one| (one.id.to_string(), one.name.as_str())),
    );
    ids.extend(
        book.buckets
            .iter()
            .map(|one| (one.id.to_string(), one.name.as_str())),
    );
    ids.extend(
        book.categories
            .iter()
            .map(|one| (one.id.to_string(), one.name.as_str())),
    );
    let body = ids.iter().fold(page.body.clone(), |body, (id, name)| {
        body.replace(id, &format!("[id of {name}]"))
    });
    body.replace("},{", "},\n{")
}

#[test]
fn a_token_opens_the_api() {
    let app = TestApp::new();
    let owner = app.household();
    let body = json!({ "email": "HOME@example.org ", "password": PASSWORD });
    let answer = ask_for_token(&app, &body);
    answer.assert_ok();
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let tokens = answer.json();
    let tokens = tokens.as_object().unwrap();
    assert_eq!(tokens.keys().collect::<Vec<_>>(), ["access", "refresh"]);
    let (access, refresh) = (
        tokens["access"].as_str().unwrap(),
        tokens["refresh"].as_str().unwrap(),
    );

    let browser = app.browser();
    let ask = |header: &str| {
        browser
            .request("GET", "/api/locations/")
            .header("Authorization", header)
            .send()
    };
    for good in [
        format!("Bearer {access}"),
        format!("bearer {access}"),
        format!("Bearer  {access} "),
    ] {
        ask(&good).assert_ok();
    }
    for bad in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        access.to_owned(),
        format!("Basic {access}"),
        format!("Token {access}"),
        format!("Bearer {refresh}"),
        format!("Bearer {access}x"),
        format!("Bearer {}", &access[..access.len() - 1]),
        format!("Bearer {}.", access.rsplit_once('.').unwrap().0),
    ] {
        assert_problem(&ask(&bad), 401);
    }
    // Cookies count for pages only.
    assert_problem(&owner.get("/api/locations/"), 401);
    assert_eq!(app.count("sessions"), 1, "a token is no session");
    assert_eq!(
        app.count("refresh_tokens WHERE octet_length(secret_hash) = 32"),
        1
    );
}

#[test]
fn a_wrong_password_and_an_unknown_address_answer_the_same() {
    let app = TestApp::new();
    let owner = app.household();
    let wrong = assert_problem(
        &ask_for_token(
            &app,
            &json!({ "email": owner.email, "password": "not my password" }),
        ),
        401,
    );
    let unknown = json!({ "email": "nobody@example.org", "password": "not my password" });
    assert_eq!(assert_problem(&ask_for_token(&app, &unknown), 401), wrong);
    app.sql()
        .batch_execute("UPDATE users SET blocked_at = now()")
        .unwrap();
    let blocked = json!({ "email": owner.email, "password": PASSWORD });
    assert_eq!(assert_problem(&ask_for_token(&app, &blocked), 401), wrong);
    assert_eq!(app.count("token_families"), 0);
}

#[test]
fn fields_that_are_wrong_are_named() {
    let app = TestApp::new();
    for (body, email, password) in [
        (
            json!({}),
            Some("This field is required."),
            Some("This field is required."),
        ),
        (
            json!({ "email": null, "password": "" }),
            Some("This field is required."),
            Some("This field may not be blank."),
        ),
        (
            json!({ "email": 5, "password": ["x"] }),
            Some("Not a valid string."),
            Some("Not a valid string."),
        ),
        (
            json!({ "email": "home@example.org", "extra": 1 }),
            None,
            Some("This field is required."),
        ),
    ] {
        let problem = assert_problem(&ask_for_token(&app, &body), 400);
        let messages = |message: Option<&str>| message.map_or(Value::Null, |message| json!([message]));
        assert_eq!(problem["email"], messages(email), "{body}");
        assert_eq!(problem["password"], messages(password), "{body}");
    }
}

#[test]
fn what_is_no_json_object_is_refused() {
    let app = TestApp::new();
    let browser = app.browser();
    for body in [
        "",
        "{",
        "{\"email\": \"a\"",
        "[]",
        "\"text\"",
        "null",
        "email=a&password=b",
        "{\"email\": \"\\ud800\"}",
    ] {
        let answer = browser.request("POST", "/api/token/").json(body).send();
        let problem = assert_problem(&answer, 400);
        assert!(
            problem["detail"].as_str().unwrap().contains("JSON"),
            "{body}: {problem}"
        );
    }
    let good = json!({ "email": "home@example.org", "password": PASSWORD }).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
    ] {
        let request = browser
            .request("POST", "/api/token/")
            .header("Content-Type", content_type);
        assert_problem(&request.body(good.clone()).send(), 400);
    }
    let charset = browser
        .request("POST", "/api/token/")
        .header("Content-Type", "Application/JSON; charset=utf-8");
    assert_problem(&charset.body(good).send(), 401);
}

#[test]
fn a_body_may_have_a_megabyte_and_no_byte_more() {
    let app = TestApp::new();
    let status = |length: usize| {
        let frame = r#"{"email":"","password":""}"#.len();
        let body = format!(r#"{{"email":"{}","password":""}}"#, "x".repeat(length - frame));
        // By hand: the server may answer before everything was sent.
        let mut stream = TcpStream::connect(app.address()).unwrap();
        write!(stream, "POST /api/token/ HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n", app.address()).unwrap();
        let sent = stream.write_all(body.as_bytes());
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        assert!(!answer.is_empty(), "{sent:?} {read:?}");
        let answer = String::from_utf8(answer).unwrap();
        let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.contains("application/problem+json"))
    };
    assert_eq!(status(1024 * 1024), (400, true), "read, and found blank");
    assert_eq!(status(1024 * 1024 + 1), (413, true));
}

#[test]
fn a_token_is_good_for_a_quarter_of_an_hour() {
    let app = TestApp::new();
    let owner = app.household();
    let program = program(&owner);
    for (instant, status) in [
        ("2026-11-14T12:00:00Z", 200),
        ("2026-11-14T12:14:59Z", 200),
        ("2026-11-14T12:15:06Z", 401),
        ("2026-11-15T12:00:00Z", 401),
        ("2026-11-14T11:59:00Z", 401),
    ] {
        app.set_clock(instant);
        let answer = program.get("/api/buckets/");
        assert_eq!(answer.status, status, "{instant}");
    }
}

#[test]
fn a_token_ends_with_its_family_its_epoch_or_its_user() {
    let app = TestApp::new();
    for change in [
        "UPDATE token_families SET revoked_at = now()",
        "UPDATE users SET token_epoch = token_epoch + 1",
        "UPDATE users SET blocked_at = now()",
        "UPDATE households SET closed_at = now(); DELETE FROM members",
        "UPDATE households SET closed_at = now(); DELETE FROM users",
    ] {
        let owner = app.sign_up(&format!("{}@example.org", change.len()), "EUR");
        let program = program(&owner);
        program.get("/api/buckets/").assert_ok();
        app.sql().batch_execute(change).unwrap();
        assert_problem(&program.get("/api/buckets/"), 401);
    }
}

#[test]
fn a_token_of_another_installation_is_worth_nothing() {
    let (app, other) = (TestApp::new(), TestApp::new());
    let (owner, stranger) = (app.household(), other.household());
    // The same person by id, family and epoch, but signed with another key.
    let key = secrecy::SecretSlice::from(vec![8; 32]);
    let other_key = budget::auth::token::Tokens::new(&key);
    let (_, _) = owner.tokens();
    let family: uuid::Uuid = {
        use diesel::prelude::*;
        budget::schema::token_families::table
            .select(budget::schema::token_families::id)
            .first(&mut app.sql())
            .unwrap()
    };
    let forged = other_key
        .issue(owner.user, family, 0, app.state.clock.now())
        .unwrap();
    let mut program = program(&owner);
    program.access = forged;
    assert_problem(&program.get("/api/buckets/"), 401);
    // Signed with the right key, but of a family that is another's.
    let tokens = &app.state.tokens;
    program.access = tokens
        .issue(stranger.user, family, 0, app.state.clock.now())
        .unwrap();
    assert_problem(&program.get("/api/buckets/"), 401);
    program.access = tokens
        .issue(owner.user, family, 0, app.state.clock.now())
        .unwrap();
    program.get("/api/buckets/").assert_ok();
}

#[test]
fn the_lists_have_the_shape_that_programs_know() {
    let app = TestApp::new();
    let owner = app.household();
    let program = program(&owner);
    for path in ["/api/locations/", "/api/buckets/", "/api/categories/"] {
        let empty = program.get(path);
        assert_eq!((empty.status, empty.body.as_str()), (200, "[]"), "{path}");
    }
    owner.set_up();
    owner.location("Old card", LocationKind::Card);
    owner
        .write(|conn, member| location::archive(conn, member, owner.location_id("Old card")))
        .unwrap();
    owner
        .write(|conn, member| category::archive(conn, member, owner.category_id("Going out")))
        .unwrap();
    owner.category("Transfer", Sign::Neutral);
    insta::assert_snapshot!("locations", readable(&owner, &program.get("/api/locations/")));
    insta::assert_snapshot!("buckets", readable(&owner, &program.get("/api/buckets/")));
    insta::assert_snapshot!("categories", readable(&owner, &program.get("/api/categories/")));
    for path in ["/api/locations", "/api/buckets", "/api/categories"] {
        let (bare, slash) = (program.get(path), program.get(&format!("{path}/")));
        bare.assert_ok();
        assert_eq!(bare.body, slash.body);
    }
}

#[test]
fn percentages_are_plain_text_and_their_sum_has_a_word() {
    let app = TestApp::new();
    let owner = app.household();
    let program = program(&owner);
    for (name, percent) in [
        ("Half", "12.5"),
        ("Third", "33.33"),
        ("None", "0"),
        ("Rest", "54.17"),
    ] {
        owner.bucket(name, percent);
        let list = program.get("/api/buckets/").json();
        let newest = list.as_array().unwrap().last().unwrap().clone();
        assert_eq!(newest["allocation_percentage"], percent);
        let status = if name == "Rest" { "COMPLETE" } else { "INCOMPLETE" };
        assert!(
            list.as_array()
                .unwrap()
                .iter()
                .all(|one| one["allocation_status"] == status),
            "{list}"
        );
    }
    owner
        .write(|conn, member| bucket::archive(conn, member, owner.bucket_id("Half")))
        .unwrap();
    assert_eq!(
        program.get("/api/buckets/").json()[0]["allocation_status"],
        "INCOMPLETE"
    );
}

#[test]
fn lists_are_searched_ordered_and_filtered() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.category("Élan", Sign::Positive);
    owner.category("Transfer", Sign::Neutral);
    let program = program(&owner);
    for (path, names) in [
        ("/api/locations/", &["Bank", "Cash", "Card"][..]),
        ("/api/locations/?ordering=name", &["Bank", "Card", "Cash"]),
        ("/api/locations/?ordering=-name", &["Cash", "Card", "Bank"]),
        ("/api/locations/?ordering=colour", &["Bank", "Cash", "Card"]),
        ("/api/locations/?search=CA", &["Cash", "Card"]),
        ("/api/locations/?search=ca&ordering=name", &["Card", "Cash"]),
        ("/api/locations/?search=%25", &[]),
        ("/api/locations/?unknown=1", &["Bank", "Cash", "Card"]),
        (
            "/api/buckets/?search=o&ordering=-name",
            &["Education", "Economy", "Donation"],
        ),
        ("/api/buckets/?search=fun", &["Fun"]),
        ("/api/categories/?sign=POSITIVE", &["Salary", "Élan"]),
        (
            "/api/categories/?sign=NEGATIVE&search=o",
            &["Going out", "Groceries"],
        ),
        ("/api/categories/?sign=NEUTRAL", &["Transfer"]),
        ("/api/categories/?search=%C3%A9LAN", &["Élan"]),
    ] {
        assert_eq!(program.names(path), names, "{path}");
    }
    let problem = assert_problem(&program.get("/api/categories/?sign=positive"), 400);
    assert_eq!(problem["sign"], json!(["Choose POSITIVE, NEGATIVE or NEUTRAL."]));
    for nonsense in ["?sign=POSITIVE&sign=NEGATIVE", "?search=a&search=b"] {
        assert_problem(&program.get(&format!("/api/categories/{nonsense}")), 400);
    }
}

#[test]
fn money_now_is_exact_in_every_currency() {
    let app = TestApp::new();
    for (currency, income, expense, expected) in [
        (
            "EUR",
            "9999999999999.99",
            "0.10",
            r#"{"locations":{"Bank":9999999999999.99,"Cash":-0.10,"_total":9999999999999.89},"buckets":{"Fun":-0.10,"Rent":9999999999999.99,"_total":9999999999999.89},"balance":9999999999999.89}"#,
        ),
        (
            "JPY",
            "999999999999999",
            "1",
            r#"{"locations":{"Bank":999999999999999,"Cash":-1,"_total":999999999999998},"buckets":{"Fun":-1,"Rent":999999999999999,"_total":999999999999998},"balance":999999999999998}"#,
        ),
        (
            "KWD",
            "0.005",
            "0.1",
            r#"{"locations":{"Bank":0.005,"Cash":-0.100,"_total":-0.095},"buckets":{"Fun":-0.100,"Rent":0.005,"_total":-0.095},"balance":-0.095}"#,
        ),
    ] {
        let owner = app.sign_up(&format!("{currency}@example.org"), currency);
        owner.location("Bank", LocationKind::Bank);
        owner.location("Cash", LocationKind::Cash);
        owner.bucket("Rent", "50");
        owner.bucket("Fun", "50");
        owner.category("Salary", Sign::Positive);
        owner.category("Going out", Sign::Negative);
        owner.earned_into("2026-11-01", income, "Salary", ("Bank", "Rent"));
        owner.spent_from("2026-11-02", expense, "Going out", ("Cash", "Fun"));
        let answer = program(&owner).get("/api/analytics-current/");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.body, expected);
    }
}

#[test]
fn money_of_a_past_day_ends_with_that_day() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-09-30", "100", "Salary");
    owner.spent("2026-10-31", "30", "Rent");
    owner.spent("2026-11-01", "7.50", "Rent");
    owner.spent("2026-12-24", "20", "Rent");
    let program = program(&owner);
    for (query, balance) in [
        ("", "42.50"),
        ("?date=", "42.50"),
        ("?date=2026-09-29", "0.00"),
        ("?date=2026-09-30", "100.00"),
        ("?date=2026-10-30", "100.00"),
        ("?date=2026-10-31", "70.00"),
        ("?date=2026-11-01", "62.50"),
        ("?date=2026-12-23", "62.50"),
        ("?date=2026-12-24", "42.50"),
        ("?date=1900-01-01", "0.00"),
        ("?date=2100-12-31", "42.50"),
    ] {
        for path in ["/api/analytics-current/", "/api/analytics-current"] {
            let answer = program.get(&format!("{path}{query}"));
            answer.assert_ok();
            let end = format!("\"balance\":{balance}}}");
            assert!(answer.body.ends_with(&end), "{query}: {}", answer.body);
            assert!(
                answer
                    .body
                    .contains(&format!("\"_total\":{balance}}},\"buckets\"")),
                "{}",
                answer.body
            );
        }
    }
    for date in [
        "2026-13-01",
        "2026-02-30",
        "1899-12-31",
        "2101-01-01",
        "14.11.2026",
        "2026-1-1",
        "yesterday",
        "%D9%A2%D9%A0%D9%A2%D9%A6-01-01",
        "2026-11-14T00:00:00Z",
    ] {
        let problem = assert_problem(&program.get(&format!("/api/analytics-current/?date={date}")), 400);
        let messages = problem["date"].as_array().unwrap();
        assert!(
            messages.len() == 1 && messages[0].is_string(),
            "{date}: {problem}"
        );
    }
}

#[test]
fn what_is_archived_is_told_only_of_days_when_it_held_money() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let cell = ("Cash", "Fun");
    owner.adjusted("2026-10-01", "5", cell);
    owner.moved("2026-10-10", "5", cell, ("Bank", "Economy"));
    owner
        .write(|conn, member| location::archive(conn, member, owner.location_id("Cash")))
        .unwrap();
    owner
        .write(|conn, member| bucket::archive(conn, member, owner.bucket_id("Fun")))
        .unwrap();
    let program = program(&owner);
    let now = program.get("/api/analytics-current/").json();
    assert_eq!(
        now["locations"],
        json!({ "Bank": 5.0, "Card": 0.0, "_total": 5.0 })
    );
    assert!(now["buckets"].get("Fun").is_none(), "{now}");
    let then = program.get("/api/analytics-current/?date=2026-10-05").json();
    assert_eq!(
        then["locations"],
        json!({ "Bank": 0.0, "Card": 0.0, "Cash": 5.0, "_total": 5.0 })
    );
    assert_eq!(then["buckets"]["Fun"], 5.0);
    // Another of the same name counts together with it.
    owner.location("Cash", LocationKind::Cash);
    let then = program.get("/api/analytics-current/?date=2026-10-05").json();
    assert_eq!(then["locations"]["Cash"], 5.0);
}

#[test]
fn each_answer_costs_few_statements() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let program = program(&owner);
    for (path, most) in [
        ("/api/locations/", 2),
        ("/api/buckets/", 2),
        ("/api/categories/", 2),
        ("/api/analytics-current/", 4),
        ("/api/analytics-current/?date=2026-10-05", 4),
    ] {
        let sent = app.statements(|| drop(program.get(path)));
        assert!((1..=most).contains(&sent), "{path}: {sent}");
    }
}

#[test]
fn programs_of_two_people_see_their_own_things_only() {
    let app = TestApp::new();
    let (mine, theirs) = (app.household(), app.sign_up("other@example.org", "EUR"));
    mine.set_up();
    mine.earned("2026-11-01", "100", "Salary");
    theirs.location("Piggy bank", LocationKind::Other);
    let program = program(&theirs);
    assert_eq!(program.names("/api/locations/"), ["Piggy bank"]);
    assert_eq!(program.names("/api/categories/"), Vec::<String>::new());
    assert_eq!(
        program.get("/api/analytics-current/").body,
        r#"{"locations":{"Piggy bank":0.00,"_total":0.00},"buckets":{"_total":0.00},"balance":0.00}"#
    );
}
