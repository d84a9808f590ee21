//! Every address of the table, generated from it: who gets in, what a foreign form is worth, and that looking changes nothing.

use budget::web::routes::{ROUTES, Route, Who};
use diesel::connection::SimpleConnection;
use uuid::Uuid;

use crate::support::{Browser, Owner, Page, TestApp};

/// The address of a route with an id for each name in braces.
fn address(route: &Route, id: &str) -> String {
    let mut path = String::new();
    let mut rest = route.path;
    while let Some((before, after)) = rest.split_once('{') {
        path += before;
        path += id;
        rest = after.split_once('}').unwrap().1;
    }
    path + rest
}

fn nowhere(route: &Route) -> String {
    address(route, &Uuid::now_v7().to_string())
}

/// Whether whoever knows the address is let in by it.
fn has_secret_address(route: &Route) -> bool {
    route.path.contains("{token}")
}

fn routes(method: &str) -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(move |route| route.method == method)
}

fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/")
}

/// Forms of pages; the API takes no cookies, so no other site can make a browser use it.
fn forms() -> impl Iterator<Item = &'static Route> {
    routes("POST").filter(|route| !is_api(route))
}

fn with_something_of_everything(app: &TestApp) -> Owner<'_> {
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-01", "100", "Salary");
    owner.spent("2026-11-02", "1", "Rent");
    owner
}

#[track_caller]
fn assert_problem(page: &Page, status: u16) {
    page.assert_status(status);
    assert_eq!(page.header("content-type"), Some("application/problem+json"));
    let body = page.json();
    assert_eq!(body["status"], status, "{body}");
    assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
}

#[test]
fn the_table_is_whole() {
    assert!(ROUTES.len() > 10);
    for route in ROUTES {
        let methods: &[&str] = if is_api(route) {
            &["GET", "POST", "PUT", "PATCH", "DELETE"]
        } else {
            &["GET", "POST"]
        };
        assert!(methods.contains(&route.method), "{}", route.path);
        assert_eq!(route.changes, route.method != "GET", "{}", route.path);
        assert!(
            !route.changes || route.who != Who::Reader,
            "{}: a reader changes nothing of the household's",
            route.path
        );
        assert_eq!(
            is_api(route),
            route.path.ends_with('/') && route.path != "/",
            "{}",
            route.path
        );
    }
}

#[test]
fn visitors_are_sent_to_log_in() {
    let app = TestApp::new();
    let before = app.fingerprint();
    for route in ROUTES.iter().filter(|route| route.who != Who::Anyone) {
        let browser = app.browser();
        let path = nowhere(route);
        if is_api(route) {
            let answer = browser.request(route.method, &path).json("{}").send();
            assert_problem(&answer, 401);
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
        } else if route.method == "GET" {
            let page = browser.get(&format!("{path}?a=1&b=%C3%BC"));
            let next: String =
                url::form_urlencoded::byte_serialize(format!("{path}?a=1&b=%C3%BC").as_bytes()).collect();
            page.assert_status(303)
                .assert_location(&format!("/login?next={next}"));
            let fragment = browser.fragment(&path);
            fragment.assert_status(401);
            assert!(
                fragment
                    .header("hx-redirect")
                    .unwrap()
                    .starts_with("/login?next="),
                "{path}"
            );
        } else {
            let page = browser.post_with_token(&path, &[]);
            page.assert_status(303);
            let said = if path == "/logout" { "" } else { "&lost=1" };
            page.assert_location(&format!("/login?next=%2Fmoney{said}"));
        }
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn forms_from_elsewhere_are_refused() {
    let app = TestApp::new();
    let owner = with_something_of_everything(&app);
    let (stranger, visitor, other_browser) = (
        app.sign_up("stranger@example.org", "EUR"),
        app.browser(),
        owner.other_browser(),
    );
    let good = owner.csrf_token();
    let own_origin = format!("http://{}", app.address());
    let mut flipped = good.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.push(last);
    let tokens = [
        ("none", String::new()),
        ("nonsense", "nonsense".to_owned()),
        ("a changed one", flipped),
        ("a visitor's", visitor.csrf_token()),
        ("a stranger's", stranger.csrf_token()),
        (
            "one of the same person's other session",
            other_browser.csrf_token(),
        ),
    ];
    let before = app.fingerprint();
    for route in forms() {
        let path = nowhere(route);
        let send = |token: &str, headers: &[(&str, &str)]| {
            let fields = [("csrf_token", token), ("name", "X"), ("idempotency_key", "k")];
            let request = owner.request("POST", &path).form(&fields);
            let request = headers
                .iter()
                .fold(request, |request, (name, value)| request.header(name, value));
            request.send()
        };
        for (whose, token) in &tokens {
            let page = send(token, &[]);
            assert_eq!(page.status, 403, "{path} with {whose} token: {}", page.body);
            page.assert_has("This form is too old");
        }
        for headers in [
            &[("Sec-Fetch-Site", "cross-site")][..],
            &[("Sec-Fetch-Site", "same-site")],
            &[("Origin", "https://example.org")],
            &[("Origin", "null")],
            &[("Origin", "http://127.0.0.1")],
            &[("Origin", own_origin.as_str()), ("Sec-Fetch-Site", "cross-site")],
        ] {
            let page = send(&good, headers);
            assert_eq!(page.status, 403, "{path} with {headers:?}: {}", page.body);
        }
        // Another type of content would need no permission from the browser either.
        for content_type in [
            "text/plain",
            "application/json",
            "multipart/form-data; boundary=x",
        ] {
            let body = format!("csrf_token=&a={path}");
            let page = owner
                .request("POST", &path)
                .header("Content-Type", content_type)
                .body(body)
                .send();
            assert!(
                matches!(page.status, 400 | 403),
                "{path} as {content_type}: {}",
                page.status
            );
        }
    }
    assert_eq!(app.fingerprint(), before, "nothing was written");
    owner.get("/money").assert_ok(); // nor was anybody logged out

    // The same requests from our own pages are no foreign ones.
    for route in forms().filter(|route| route.path != "/logout") {
        for headers in [
            &[][..],
            &[("Origin", own_origin.as_str())],
            &[("Sec-Fetch-Site", "same-origin"), ("Origin", own_origin.as_str())],
        ] {
            let token = owner.csrf_token();
            let request = owner
                .request("POST", &nowhere(route))
                .form(&[("csrf_token", &token)]);
            let request = headers
                .iter()
                .fold(request, |request, (name, value)| request.header(name, value));
            let page = request.send();
            assert_ne!(page.status, 403, "{} with {headers:?}: {}", route.path, page.body);
        }
    }
}

#[test]
fn behind_a_public_address_only_that_origin_counts() {
    let app = TestApp::with(&[("PUBLIC_URL", "https://budget.example.org")]);
    let browser = app.browser();
    let token = browser.csrf_token();
    let send = |origin: &str| {
        let fields = [("csrf_token", token.as_str())];
        browser
            .request("POST", "/signup")
            .form(&fields)
            .header("Origin", origin)
            .send()
    };
    send("https://budget.example.org").assert_status(422);
    send(&format!("http://{}", app.address())).assert_status(403);
    send("https://budget.example.org.evil.example").assert_status(403);
    send("http://budget.example.org").assert_status(403);
}

#[test]
fn looking_changes_nothing() {
    let app = TestApp::new();
    let owner = with_something_of_everything(&app);
    let (access, _) = owner.tokens();
    let before = app.fingerprint();
    let visitor = app.browser();
    for route in routes("GET") {
        let path = nowhere(route);
        for method in ["GET", "HEAD"] {
            for browser in [&owner.browser, &visitor] {
                for headers in [&[][..], &[("HX-Request", "true")]] {
                    let bearer = format!("Bearer {access}");
                    let request = browser.request(method, &path).header("Authorization", &bearer);
                    let request = headers
                        .iter()
                        .fold(request, |request, (name, value)| request.header(name, value));
                    let page = request.send();
                    assert!(page.status < 500, "{method} {path}: {}", page.body);
                    assert!(
                        method == "GET" || page.body.is_empty(),
                        "{path} has a body for HEAD"
                    );
                }
            }
        }
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn a_reader_changes_nothing() {
    let app = TestApp::new();
    let owner = with_something_of_everything(&app);
    app.keep_owned();
    app.sql()
        .batch_execute("UPDATE members SET role = 'reader' WHERE user_id <> (SELECT id FROM users WHERE email LIKE 'keeper%')")
        .unwrap();
    let before = app.fingerprint();
    for route in forms().filter(|route| route.who == Who::Member) {
        let page = owner.post_with_token(&nowhere(route), &[]);
        assert_eq!(page.status, 403, "{}: {}", route.path, page.body);
        page.assert_has("You may only look");
    }
    assert_eq!(app.fingerprint(), before);
    for route in
        routes("GET").filter(|route| route.who == Who::Reader && !is_api(route) && !route.path.contains('{'))
    {
        let page = owner.get(route.path);
        assert!(page.status < 400, "{}: {}", route.path, page.body);
    }
}

#[test]
fn what_belongs_to_others_is_answered_like_what_is_not_there() {
    let app = TestApp::new();
    let owner = with_something_of_everything(&app);
    let other = app.sign_up("other@example.org", "EUR");
    other.set_up();
    let transaction = other.spent("2026-11-02", "77.77", "Rent");
    let change = other.delete(other.spent("2026-11-03", "1", "Rent"));
    let theirs = [
        other.location_id("Card").to_string(),
        other.bucket_id("Fun").to_string(),
        other.category_id("Rent").to_string(),
        transaction.to_string(),
        change.to_string(),
        other.household.to_string(),
        other.user.to_string(),
    ];
    let (access, _) = owner.tokens();
    let before = app.fingerprint();
    let ask = |browser: &Browser, route: &Route, id: &str| {
        let path = address(route, id);
        let page = if is_api(route) {
            let bearer = format!("Bearer {access}");
            browser
                .request(route.method, &path)
                .header("Authorization", &bearer)
                .send()
        } else if route.method == "GET" {
            browser.get(&path)
        } else {
            let fields = [
                ("version", "1"),
                ("name", "Mine now"),
                ("sign", "NEGATIVE"),
                ("kind", "bank"),
            ];
            browser.post_with_token(&path, &fields)
        };
        let mut body = page.body.replace(id, "ID");
        for token in page.attributes("[name=csrf_token], [name=idempotency_key]", "value") {
            body = body.replace(&token, "TOKEN");
        }
        (page.status, page.location_if_any(), body)
    };
    for route in ROUTES
        .iter()
        .filter(|route| route.path.contains('{') && route.who != Who::Anyone)
    {
        let missing = ask(&owner, route, &Uuid::now_v7().to_string());
        assert!(
            missing.0 == 404 || missing.0 == 422 || (is_api(route) && missing.0 == 400),
            "{} {}: {missing:?}",
            route.method,
            route.path
        );
        for id in &theirs {
            assert_eq!(ask(&owner, route, id), missing, "{} {}", route.method, route.path);
        }
        for nonsense in ["x", "0", "%00", "..%2f..", "' OR true", &"9".repeat(300)] {
            let nonsense: String = url::form_urlencoded::byte_serialize(nonsense.as_bytes()).collect();
            let (status, ..) = ask(&owner, route, &nonsense);
            assert!(
                (400..500).contains(&status),
                "{} {nonsense}: {status}",
                route.path
            );
        }
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn every_answer_carries_the_headers_that_protect_it() {
    let app = TestApp::new();
    let owner = with_something_of_everything(&app);
    let (access, _) = owner.tokens();
    let mut answers = vec![
        owner.get("/no/such/page"),
        owner.get("/api/no/such/page"),
        owner.get("/static/nothing.css"),
        owner.post("/money", &[]),
        owner.post("/login", &[]),
        owner.post_with_token("/login", &[]),
        owner.request("POST", "/api/token/").json("{").send(),
        owner.request("DELETE", "/").send(),
        owner.get("/login?next=%"),
        owner.get("/api/analytics-current/?date=x"),
    ];
    for route in routes("GET").filter(|route| !route.path.starts_with("/static/")) {
        let bearer = format!("Bearer {access}");
        let path = nowhere(route);
        answers.push(
            owner
                .request("GET", &path)
                .header("Authorization", &bearer)
                .send(),
        );
        answers.push(app.browser().get(&path));
    }
    for answer in &answers {
        let header = |name: &str| {
            answer
                .header(name)
                .unwrap_or_else(|| panic!("{} {}: no {name}", answer.status, answer.path))
        };
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(
                policy.split("; ").any(|one| one == part),
                "{}: {policy}",
                answer.path
            );
        }
        assert!(!policy.contains("unsafe-"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let is_secret = ROUTES
            .iter()
            .filter(|route| has_secret_address(route))
            .any(|route| {
                let before = route.path.split('{').next().unwrap();
                answer.path.starts_with(before)
            });
        let told = if is_secret { "strict-origin" } else { "same-origin" };
        assert_eq!(header("referrer-policy"), told, "{}", answer.path);
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert!(header("permissions-policy").contains("camera=()"));
        // Programs may keep what bears a tag, and have to ask each time; a page bears none.
        let is_tagged = answer.header("etag").is_some() && answer.path.starts_with("/api/");
        let kept = if is_tagged {
            "private, no-cache"
        } else {
            "no-store"
        };
        assert_eq!(header("cache-control"), kept, "{}", answer.path);
        assert_eq!(answer.header("strict-transport-security"), None, "not over http");
        assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none());
    }
    let secure = TestApp::with(&[("PUBLIC_URL", "https://budget.example.org")]);
    for path in ["/", "/no/such/page", "/money"] {
        let kept = secure.browser().get(path);
        let kept = kept.header("strict-transport-security").unwrap().to_owned();
        assert!(kept.starts_with("max-age=63072000"), "{kept}");
    }
}

#[test]
fn pages_have_nothing_inline() {
    let app = TestApp::new();
    let owner = with_something_of_everything(&app);
    for route in routes("GET").filter(|route| !is_api(route) && !route.path.contains('{')) {
        for page in [owner.get(route.path), app.browser().get(route.path)] {
            assert_eq!(page.select("style"), Vec::<String>::new(), "{}", route.path);
            assert_eq!(
                page.select("script:not([src])"),
                Vec::<String>::new(),
                "{}",
                route.path
            );
            assert_eq!(
                page.attributes("[style]", "style"),
                Vec::<String>::new(),
                "{}",
                route.path
            );
            for event in ["onclick", "onchange", "oninput", "onsubmit", "onload", "onerror"] {
                assert_eq!(
                    page.attributes(&format!("[{event}]"), event),
                    Vec::<String>::new(),
                    "{}",
                    route.path
                );
            }
            for (css, attribute) in [
                ("[src]", "src"),
                ("link[href]", "href"),
                ("form[action]", "action"),
            ] {
                for url in page.attributes(css, attribute) {
                    assert!(
                        url.starts_with('/') && !url.starts_with("//"),
                        "{}: {url}",
                        route.path
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_not_there_and_what_cannot_be_done_say_so() {
    let app = TestApp::new();
    let owner = app.household();
    owner
        .get("/no/such/page")
        .assert_status(404)
        .assert_has("This page does not exist");
    // A form about something that somebody else took away meanwhile.
    owner
        .post_with_token(
            "/setup/locations/01920000-0000-7000-8000-000000000000/archive",
            &[],
        )
        .assert_status(404)
        .assert_has("It was deleted or merged since you opened the page")
        .assert_has("/activity");
    assert_problem(&owner.get("/api/no/such/page"), 404);
    for (method, path, allowed) in [
        ("POST", "/money", "GET"),
        ("DELETE", "/login", "GET, POST"),
        ("PUT", "/signup", "GET, POST"),
    ] {
        let page = owner.request(method, path).form(&[]).send();
        page.assert_status(405).assert_has("This cannot be done here");
        assert!(
            page.header("allow")
                .is_none_or(|allow| allowed.split(", ").all(|one| allow.contains(one))),
            "{path}: {:?}",
            page.header("allow")
        );
    }
    for (method, path) in [
        ("GET", "/api/token/"),
        ("POST", "/api/locations/"),
        ("DELETE", "/api/buckets"),
    ] {
        assert_problem(&owner.request(method, path).json("{}").send(), 405);
    }
}

#[test]
fn assets_are_kept_for_ever_and_packed() {
    let app = TestApp::new();
    let page = app.browser().get("/");
    let mut assets = page.attributes("link[href]", "href");
    assets.extend(page.attributes("script[src]", "src"));
    assert!(assets.len() >= 3, "{assets:?}");
    for asset in assets {
        let answer = app.browser().get(&asset);
        answer.assert_ok();
        assert_eq!(
            answer.header("cache-control"),
            Some("public, max-age=31536000, immutable"),
            "{asset}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let tag = answer.header("etag").unwrap().to_owned();
        let again = app
            .browser()
            .request("GET", &asset)
            .header("If-None-Match", &tag)
            .send();
        again.assert_status(304);
    }
}
