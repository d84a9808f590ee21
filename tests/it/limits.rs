//! How often something may be tried, by whom, and whom that holds up.

use std::thread;

use budget::web::client::Client;
use redis::cmd;
use serde_json::json;

use crate::support::{Browser, Owner, PASSWORD, Page, RedisServer, TestApp, fields};

const EMAIL: &str = "home@example.org";
const WRONG: &str = "not my password";
const ON: (&str, &str) = ("RATE_LIMIT", "on");
/// With it, a test can be several clients.
const BEHIND_PROXY: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.1");

/// Sends the log-in form of this browser from an address.
fn log_in_from(browser: &Browser, address: &str, email: &str, password: &str) -> Page {
    let token = browser.get("/login").value("csrf_token");
    let form = [
        ("email", email),
        ("password", password),
        ("csrf_token", token.as_str()),
    ];
    browser
        .request("POST", "/login")
        .header("X-Forwarded-For", address)
        .form(&form)
        .send()
}

/// Sends the log-in form of a browser that was never here.
fn log_in(app: &TestApp, address: &str, email: &str, password: &str) -> Page {
    log_in_from(&app.browser(), address, email, password)
}

/// Asks for a token.
fn token(browser: &Browser, address: &str, email: &str, password: &str) -> Page {
    browser
        .request("POST", "/api/token/")
        .header("X-Forwarded-For", address)
        .json(json!({ "email": email, "password": password }).to_string())
        .send()
}

/// A page that says to come back in so many seconds.
#[track_caller]
fn assert_too_many(page: &Page, seconds: u64) {
    page.assert_status(429).assert_has("Too many tries");
    assert_eq!(page.header("retry-after"), Some(seconds.to_string().as_str()));
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

/// Uses up what one client may try for one account.
#[track_caller]
fn fail_five_times(app: &TestApp, address: &str, email: &str) {
    for _ in 0..5 {
        log_in(app, address, email, WRONG).assert_status(422);
    }
}

#[test]
fn the_sixth_wrong_password_within_a_minute_is_not_looked_at() {
    let app = TestApp::with(&[ON]);
    app.household();
    fail_five_times(&app, "", EMAIL);
    let browser = app.browser();
    let page = log_in_from(&browser, "", EMAIL, PASSWORD);
    assert_too_many(&page, 60);
    page.assert_has("Nothing was saved")
        .assert_has("Come back in 60 seconds");
    browser.get("/money").assert_status(303);

    app.set_clock("2026-11-14T12:00:59.5Z");
    assert_too_many(&log_in(&app, "", EMAIL, PASSWORD), 1);
    app.set_clock("2026-11-14T12:01:00Z");
    log_in(&app, "", EMAIL, PASSWORD).assert_status(303);
}

#[test]
fn programs_get_a_problem_and_share_the_count_with_pages() {
    let app = TestApp::with(&[ON]);
    app.household();
    let program = app.browser();
    for _ in 0..3 {
        token(&program, "", EMAIL, WRONG).assert_status(401);
    }
    for _ in 0..2 {
        log_in(&app, "", "HOME@example.org ", WRONG).assert_status(422);
    }
    let refused = token(&program, "", EMAIL, PASSWORD);
    assert_too_many(&refused, 60);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let problem = refused.json();
    assert_eq!(problem["status"], 429);
    assert!(
        problem["detail"].as_str().unwrap().contains("60 seconds"),
        "{problem}"
    );
    assert_too_many(&log_in(&app, "", EMAIL, PASSWORD), 60);
    assert_eq!(app.count("refresh_tokens"), 0);

    app.set_clock("2026-11-14T12:01:00Z");
    token(&program, "", EMAIL, PASSWORD).assert_ok();
}

#[test]
fn a_fragment_is_refused_as_well() {
    let app = TestApp::with(&[ON]);
    fail_five_times(&app, "", EMAIL);
    let browser = app.browser();
    let token = browser.get("/login").value("csrf_token");
    let form = [
        ("email", EMAIL),
        ("password", WRONG),
        ("csrf_token", token.as_str()),
    ];
    let request = browser.request("POST", "/login").header("HX-Request", "true");
    assert_too_many(&request.form(&form).send(), 60);
}

#[test]
fn the_right_password_does_not_count() {
    let app = TestApp::with(&[ON]);
    app.household();
    for _ in 0..4 {
        log_in(&app, "", EMAIL, WRONG).assert_status(422);
    }
    for _ in 0..8 {
        log_in(&app, "", EMAIL, PASSWORD).assert_status(303);
        token(&app.browser(), "", EMAIL, PASSWORD).assert_ok();
    }
    log_in(&app, "", EMAIL, WRONG).assert_status(422);
    assert_too_many(&log_in(&app, "", EMAIL, PASSWORD), 60);
}

#[test]
fn who_is_limited_at_one_address_logs_in_from_another() {
    let app = TestApp::with(&[ON, BEHIND_PROXY]);
    app.household();
    fail_five_times(&app, "192.0.2.1", EMAIL);
    assert_too_many(&log_in(&app, "192.0.2.1", EMAIL, PASSWORD), 60);
    log_in(&app, "192.0.2.2", EMAIL, PASSWORD).assert_status(303);
    // What the client itself put in front changes nothing.
    assert_too_many(&log_in(&app, "192.0.2.9, 192.0.2.1", EMAIL, PASSWORD), 60);
    assert_too_many(
        &log_in(&app, "192.0.2.9, 192.0.2.1:4711, 127.0.0.1", EMAIL, PASSWORD),
        60,
    );
    // Nor are others at that address held up.
    app.sign_up("other@example.org", "EUR");
    log_in(&app, "192.0.2.1", "other@example.org", PASSWORD).assert_status(303);
}

#[test]
fn a_forged_header_changes_nothing() {
    let app = TestApp::with(&[ON]);
    app.household();
    for number in 1..=5 {
        log_in(&app, &format!("192.0.2.{number}"), EMAIL, WRONG).assert_status(422);
    }
    assert_too_many(&log_in(&app, "192.0.2.6", EMAIL, PASSWORD), 60);
    // A proxy elsewhere is none of ours.
    let other = TestApp::with(&[ON, ("TRUSTED_PROXIES", "10.0.0.0/8")]);
    for number in 1..=5 {
        log_in(&other, &format!("192.0.2.{number}"), EMAIL, WRONG).assert_status(422);
    }
    assert_too_many(&log_in(&other, "192.0.2.6", EMAIL, WRONG), 60);
}

#[test]
fn one_network_of_ipv6_is_one_client() {
    let app = TestApp::with(&[ON, BEHIND_PROXY]);
    app.household();
    for number in 1..=5 {
        log_in(&app, &format!("2001:db8:1:2::{number}"), EMAIL, WRONG).assert_status(422);
    }
    assert_too_many(&log_in(&app, "[2001:db8:1:2:ffff::1]:4711", EMAIL, PASSWORD), 60);
    log_in(&app, "2001:db8:1:3::1", EMAIL, PASSWORD).assert_status(303);
}

#[test]
fn one_address_may_not_try_all_accounts() {
    let app = TestApp::with(&[ON, BEHIND_PROXY]);
    app.household();
    for number in 0..30 {
        let email = format!("person{number}@example.org");
        token(&app.browser(), "192.0.2.1", &email, WRONG).assert_status(401);
    }
    assert_too_many(&log_in(&app, "192.0.2.1", EMAIL, PASSWORD), 60);
    assert_too_many(&token(&app.browser(), "192.0.2.1", "new@example.org", WRONG), 60);
    log_in(&app, "192.0.2.2", EMAIL, PASSWORD).assert_status(303);
}

#[test]
fn known_and_unknown_addresses_are_limited_alike() {
    let app = TestApp::with(&[ON, BEHIND_PROXY]);
    app.household();
    let answers = |email: &str, address: &str| -> Vec<(u16, Option<String>)> {
        let answer = |_| {
            let page = log_in(&app, address, email, WRONG);
            (page.status, page.header("retry-after").map(str::to_owned))
        };
        (0..7).map(answer).collect()
    };
    assert_eq!(
        answers(EMAIL, "192.0.2.1"),
        answers("nobody@example.org", "192.0.2.2")
    );
}

/// Wrong passwords for one account from ten addresses: as many as are looked at in 15 minutes.
#[track_caller]
fn attack(app: &TestApp) {
    for number in 0..50 {
        token(
            &app.browser(),
            &format!("198.51.100.{}", number % 10),
            EMAIL,
            WRONG,
        )
        .assert_status(401);
    }
}

#[test]
fn a_stranger_who_holds_up_an_account_does_not_hold_up_its_owner() {
    let app = TestApp::with(&[ON, BEHIND_PROXY]);
    let owner = app.household();
    let device = owner.cookie("budget_device").unwrap();
    let other = app.sign_up("other@example.org", "EUR");
    owner.submit("/money", Some("/logout"), &[]).assert_status(303);
    assert_eq!(
        owner.cookie("budget_device").as_deref(),
        Some(device.as_str()),
        "it stays"
    );
    attack(&app);

    // A browser that was never here has to wait, from wherever it comes.
    assert_too_many(&log_in(&app, "192.0.2.1", EMAIL, PASSWORD), 15 * 60);
    // So does one with a cookie that is forged, cut, or of another account.
    let (name, seal) = device.rsplit_once('.').unwrap();
    let theirs = other.cookie("budget_device").unwrap();
    let (their_name, their_seal) = theirs.rsplit_once('.').unwrap();
    for forged in [
        name,
        &format!("{name}."),
        &format!("{name}.{their_seal}"),
        &format!("{their_name}.{seal}"),
        &theirs,
        &format!("{name}0.{seal}"),
    ] {
        let browser = app.browser();
        browser.set_cookie("budget_device", forged);
        assert_too_many(&log_in_from(&browser, "192.0.2.1", EMAIL, PASSWORD), 15 * 60);
    }
    // The owner's own browser does not, and neither does anybody else.
    log_in_from(&owner, "192.0.2.1", EMAIL, PASSWORD).assert_status(303);
    assert!(owner.cookie("budget_device").is_some());
    log_in(&app, "192.0.2.1", "other@example.org", PASSWORD).assert_status(303);

    app.set_clock("2026-11-14T12:15:00Z");
    log_in(&app, "192.0.2.1", EMAIL, PASSWORD).assert_status(303);
}

#[test]
fn a_stolen_cookie_of_an_earlier_log_in_gives_ten_tries() {
    let app = TestApp::with(&[ON, BEHIND_PROXY]);
    let owner = app.household();
    let thief = owner.copy();
    thief.submit("/money", Some("/logout"), &[]).assert_status(303);
    attack(&app);
    for number in 0..10 {
        log_in_from(&thief, &format!("203.0.113.{number}"), EMAIL, WRONG).assert_status(422);
    }
    assert_too_many(&log_in_from(&thief, "203.0.113.77", EMAIL, PASSWORD), 15 * 60);
    // After 400 days it is worth nothing.
    app.set_clock("2027-12-20T12:00:00Z");
    attack(&app);
    assert_too_many(&log_in_from(&thief, "203.0.113.77", EMAIL, PASSWORD), 15 * 60);
}

#[test]
fn of_fifty_at_once_five_are_looked_at() {
    let app = TestApp::with(&[ON]);
    app.household();
    let browser = app.browser();
    let form_token = browser.get("/login").value("csrf_token");
    let form = [
        ("email", EMAIL),
        ("password", WRONG),
        ("csrf_token", form_token.as_str()),
    ];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..50)
            .map(|_| scope.spawn(|| browser.post("/login", &form).status))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(422), count(429)), (5, 45), "{statuses:?}");
}

#[test]
fn one_client_signs_up_ten_times_in_ten_minutes() {
    let app = TestApp::with(&[ON, BEHIND_PROXY]);
    let sign_up = |address: &str, email: &str, password: &str| {
        let browser = app.browser();
        let form_token = browser.get("/signup").value("csrf_token");
        let mut form = fields(email);
        form.retain(|(field, _)| *field != "password");
        form.extend([("password", password), ("csrf_token", form_token.as_str())]);
        let request = browser
            .request("POST", "/signup")
            .header("X-Forwarded-For", address);
        request.form(&form).send()
    };
    for number in 0..10 {
        // A form with mistakes is no try.
        sign_up("192.0.2.1", EMAIL, "short").assert_status(422);
        sign_up("192.0.2.1", &format!("home{number}@example.org"), PASSWORD).assert_status(303);
    }
    assert_too_many(&sign_up("192.0.2.1", EMAIL, PASSWORD), 600);
    assert_eq!(app.count("users"), 10);
    sign_up("192.0.2.2", EMAIL, PASSWORD).assert_status(303);
    app.set_clock("2026-11-14T12:10:00Z");
    sign_up("192.0.2.1", "late@example.org", PASSWORD).assert_status(303);

    // Signing up again is no way around the limit of log-ins.
    for _ in 0..5 {
        sign_up("192.0.2.3", EMAIL, WRONG).assert_status(422);
    }
    assert_too_many(&sign_up("192.0.2.3", EMAIL, PASSWORD), 60);
    assert_too_many(&log_in(&app, "192.0.2.3", EMAIL, PASSWORD), 60);
}

#[actix_web::test]
async fn one_client_makes_ten_demos_in_ten_minutes() {
    let app = TestApp::with(&[ON]);
    let client = Client {
        address: "127.0.0.1".parse().unwrap(),
        browser: String::new(),
        device: None,
    };
    for _ in 0..10 {
        assert!(app.state.throttle.demo(&client).await.is_ok());
    }
    let before = app.fingerprint();
    assert_too_many(&app.browser().submit("/", Some("/demo"), &[]), 600);
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn a_proxy_says_that_the_page_came_by_https() {
    let send = |app: &TestApp, origin: &str, proto: &str| {
        let browser = app.browser();
        let form_token = browser.get("/login").value("csrf_token");
        let form = [
            ("email", EMAIL),
            ("password", WRONG),
            ("csrf_token", form_token.as_str()),
        ];
        let origin = format!("{origin}://{}", app.address());
        let request = browser.request("POST", "/login").header("Origin", &origin);
        request
            .header("X-Forwarded-Proto", proto)
            .form(&form)
            .send()
            .status
    };
    let behind = TestApp::with(&[BEHIND_PROXY]);
    assert_eq!(send(&behind, "https", "https"), 422);
    assert_eq!(send(&behind, "https", "http, HTTPS"), 422);
    assert_eq!(send(&behind, "http", "http"), 422);
    assert_eq!(send(&behind, "http", "https"), 403);
    assert_eq!(send(&behind, "https", "http"), 403);
    let alone = TestApp::new();
    assert_eq!(send(&alone, "https", "https"), 403, "nobody vouches for it");
    assert_eq!(send(&alone, "http", "https"), 422);
}

#[test]
fn servers_share_their_counts_through_redis_and_count_alone_without() {
    let mut redis = RedisServer::start();
    let url = redis.url();
    let settings = [ON, ("REDIS_URL", url.as_str())];
    let app = TestApp::with(&settings);
    let owner: Owner<'_> = app.household();
    let other = app.other_process(&settings);
    let (here, there) = (app.browser(), other.browser());
    for _ in 0..4 {
        token(&here, "", EMAIL, PASSWORD).assert_ok();
    }
    for _ in 0..3 {
        token(&here, "", EMAIL, WRONG).assert_status(401);
    }
    for _ in 0..2 {
        token(&there, "", EMAIL, WRONG).assert_status(401);
    }
    assert_too_many(&token(&here, "", EMAIL, PASSWORD), 60);
    assert_too_many(&token(&there, "", EMAIL, PASSWORD), 60);
    assert_told_nothing(&redis);
    // What others put there stops nobody, and counts nothing.
    let conn = &mut redis.connect();
    for (number, name) in redis.names().into_iter().enumerate() {
        cmd("DEL").arg(&name).exec(conn).unwrap();
        match number % 2 {
            0 => cmd("RPUSH").arg(&name).arg("x").exec(conn).unwrap(),
            _ => cmd("SET")
                .arg(&name)
                .arg("1795348800000 x -1 99999999999999999999")
                .exec(conn)
                .unwrap(),
        }
    }
    for browser in [&here, &there, &here, &there, &here] {
        token(browser, "", EMAIL, WRONG).assert_status(401);
    }
    assert_too_many(&token(&there, "", EMAIL, PASSWORD), 60);
    assert_eq!(app.state.cache.counts().errors, 0);

    redis.stop();
    for browser in [&here, &there] {
        for _ in 0..5 {
            token(browser, "", EMAIL, WRONG).assert_status(401);
        }
        assert_too_many(&token(browser, "", EMAIL, PASSWORD), 60);
    }
    app.set_clock("2026-11-14T12:01:00Z");
    for browser in [&here, &there] {
        token(browser, "", EMAIL, PASSWORD).assert_ok();
    }
    drop(owner);
}

/// Redis holds hashes and times, none for longer than a quarter of an hour.
#[track_caller]
fn assert_told_nothing(redis: &RedisServer) {
    let conn = &mut redis.connect();
    let names = redis.names();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        let hash = name.strip_prefix("budget:tries:").unwrap();
        assert_eq!(hash.len(), 43, "{name}");
        let times: String = cmd("GET").arg(&name).query(conn).unwrap();
        assert!(
            times.chars().all(|one| one.is_ascii_digit() || one == ' '),
            "{times}"
        );
        let ms: i64 = cmd("PTTL").arg(&name).query(conn).unwrap();
        assert!((1..=15 * 60 * 1000).contains(&ms), "{ms}");
    }
}

#[test]
fn where_limits_are_off_there_are_none() {
    let app = TestApp::new();
    for _ in 0..7 {
        log_in(&app, "", EMAIL, WRONG).assert_status(422);
    }
}
