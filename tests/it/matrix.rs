//! The route matrix: every address of `budget routes`, asked by everybody, with every id swapped.
//!
//! An entry says what a good request of a route looks like, and where ids stand in it: in the path, the query, the form or the object. The
//! tests are made from that. Who may not come in is told so and changes nothing; who may is not refused; and the owner of another household,
//! who puts in an id of this one, gets byte for byte what an id that never was would give. A route without an entry fails.

mod entries;
mod world;

use std::collections::BTreeMap;
use std::process::Command;

use budget::ids::HouseholdId;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Browser, Page, TestApp};
use entries::{Entry, entry_of};
use world::World;

/// A route as the program tells it.
struct Route {
    method: String,
    path: String,
    who: String,
    changes: bool,
}

impl Route {
    fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What `budget routes --format json` prints.
fn routes() -> Vec<Route> {
    let output = Command::new(env!("CARGO_BIN_EXE_budget"))
        .args(["routes", "--format", "json"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(printed.len() > 150);
    let text = |route: &Value, member: &str| route[member].as_str().unwrap().to_owned();
    let route = |route: &Value| Route {
        method: text(route, "method"),
        path: text(route, "path"),
        who: text(route, "who"),
        changes: route["changes"].as_bool().unwrap(),
    };
    printed.iter().map(route).collect()
}

/// Somebody who asks: with a browser for pages, and a token for programs.
struct Asker {
    name: &'static str,
    browser: Browser,
    access: Option<String>,
}

impl Asker {
    /// Sends the entry's request with these ids.
    fn ask(&self, route: &Route, entry: &Entry, ids: &BTreeMap<&str, String>) -> Page {
        let path = filled(&entry.address(route), ids);
        let request = self.browser.request(&route.method, &path);
        if route.is_api() {
            let request = match &self.access {
                Some(access) => request.header("Authorization", &format!("Bearer {access}")),
                None => request,
            };
            return if route.changes && route.method != "DELETE" {
                request.json(filled(entry.body, ids)).send()
            } else {
                request.send()
            };
        }
        if !route.changes {
            let is_part = ["-preview", "-choices", "/sums", "/sum", "/row", "/{panel}"]
                .iter()
                .any(|end| route.path.ends_with(end));
            let request = if is_part {
                request.header("HX-Request", "true")
            } else {
                request
            };
            return request.send();
        }
        let body = filled(entry.body, ids);
        let token = self.browser.csrf_token();
        let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        fields.push(("csrf_token".to_owned(), token));
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        request.form(&fields).send()
    }
}

/// Puts ids in the place of `<names>`.
fn filled(text: &str, ids: &BTreeMap<&str, String>) -> String {
    let filled = ids.iter().fold(text.to_owned(), |text, (name, id)| {
        text.replace(&format!("<{name}>"), id)
    });
    assert!(!filled.contains('<'), "no such id: {filled}");
    filled
}

/// Whether somebody was told to log in first; perhaps on the page that an address only leads on to.
fn sent_away(page: &Page) -> bool {
    match page.location_if_any() {
        Some(to) if to.starts_with("/login?next=") => true,
        Some(to) if page.status == 303 && to != "/" => sent_away(&page.follow()),
        _ => page.status == 401,
    }
}

/// Status, where it leads, and body.
type Bare = (u16, Option<String>, String);

/// An answer without what differs from one showing to the next, and without the id that was asked for.
fn bare(page: &Page, id: &str) -> Bare {
    let mut body = page.body.replace(id, "ID");
    if page
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
    {
        for token in page.attributes("[name=csrf_token], [name=idempotency_key]", "value") {
            body = body.replace(&token, "TOKEN");
        }
    }
    let location = page.location_if_any().map(|location| location.replace(id, "ID"));
    (page.status, location, body)
}

/// The lines in which two answers differ, for whoever reads the failure.
fn differences(one: &Bare, other: &Bare) -> Vec<(String, String)> {
    let heads = (
        format!("{} {:?}", one.0, one.1),
        format!("{} {:?}", other.0, other.1),
    );
    let lines = one.2.lines().zip(other.2.lines());
    std::iter::once(heads)
        .chain(lines.map(|(one, other)| (one.to_owned(), other.to_owned())))
        .filter(|(one, other)| one != other)
        .take(5)
        .collect()
}

/// A hash of all rows of one household.
fn rows_of(app: &TestApp, household: HouseholdId) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let conn = &mut app.sql();
    let tables: Vec<Line> = sql_query(
        "SELECT c.relname::text AS line FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'household_id'
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1",
    )
    .load(conn)
    .unwrap();
    let hash = |Line { line: table }: Line| {
        let query = format!(
            "SELECT '{table} ' || md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS line FROM {table} t WHERE household_id = '{household}'"
        );
        let found: Line = sql_query(query).get_result(conn).unwrap();
        found.line
    };
    tables.into_iter().map(hash).collect()
}

#[test]
fn every_route_has_an_entry_and_every_entry_a_route() {
    let routes = routes();
    let without: Vec<String> = routes
        .iter()
        .filter(|route| entry_of(&route.name()).is_none())
        .map(Route::name)
        .collect();
    assert!(
        without.is_empty(),
        "say in tests/it/matrix/entries.rs what these ask for: {without:#?}"
    );
    for entry in entries::ALL {
        assert!(
            routes.iter().any(|route| route.name() == entry.route),
            "{} is no route",
            entry.route
        );
    }
    // A variable part of a path is an id of something, unless the entry says what it is instead.
    for route in &routes {
        let entry = entry_of(&route.name()).unwrap();
        let variables = route.path.matches('{').count();
        assert_eq!(variables, entry.parts.len(), "{}", entry.route);
    }
}

#[test]
fn who_is_not_let_in_is_told_so_and_changes_nothing() {
    let app = TestApp::new();
    let world = World::new(&app);
    let ids = world.theirs();
    let before = app.fingerprint();
    for route in routes().iter().filter(|route| route.who != "anyone") {
        let entry = entry_of(&route.name()).unwrap();
        for asker in [&world.anonymous, &world.blocked] {
            if route.path == "/logout" && asker.access.is_some() {
                continue; // leaving is not refused
            }
            let page = asker.ask(route, entry, &ids);
            assert!(
                sent_away(&page),
                "{} by {}: {} {}",
                entry.route,
                asker.name,
                page.status,
                page.body
            );
        }
        let refused: &[&Asker] = match route.who.as_str() {
            "owner" => &[&world.member, &world.reader],
            "member" => &[&world.reader],
            _ => &[],
        };
        for asker in refused {
            let page = asker.ask(route, entry, &ids);
            assert_eq!(
                page.status, 403,
                "{} by {}: {}",
                entry.route, asker.name, page.body
            );
        }
    }
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn who_is_let_in_is_not_refused() {
    let app = TestApp::new();
    let world = World::new(&app);
    for route in routes() {
        let entry = entry_of(&route.name()).unwrap();
        let allowed: &[&Asker] = match route.who.as_str() {
            "owner" => &[&world.owner],
            "member" => &[&world.owner, &world.member],
            "anyone" => &[
                &world.owner,
                &world.member,
                &world.reader,
                &world.anonymous,
                &world.blocked,
            ],
            _ => &[&world.owner, &world.member, &world.reader],
        };
        if entry.ends_the_session {
            continue; // each of these is tried by its own tests
        }
        for asker in allowed {
            // Nothing is there under these ids, so the same may be asked by the next.
            let page = asker.ask(&route, entry, &world.missing());
            let is_log_in = route.is_api() && route.who == "anyone" && page.status == 401;
            assert!(
                page.status < 500 && page.status != 403 && (is_log_in || !sent_away(&page)),
                "{} by {}: {} {}",
                entry.route,
                asker.name,
                page.status,
                page.body
            );
        }
    }
}

#[test]
fn an_id_of_another_household_is_one_that_never_was() {
    let app = TestApp::new();
    let world = World::new(&app);
    let (mine, theirs) = (world.mine(), world.theirs());
    let before = rows_of(&app, world.household);
    let mut swapped = 0;
    for route in routes().iter().filter(|route| route.who != "anyone") {
        let entry = entry_of(&route.name()).unwrap();
        if entry.ends_the_session {
            continue;
        }
        for name in entry.ids(route) {
            let ask = |id: &str| {
                let mut ids = mine.clone();
                *ids.get_mut(name.as_str()).unwrap() = id.to_owned();
                bare(&world.other.ask(route, entry, &ids), id)
            };
            let never = Uuid::now_v7().to_string();
            let missing = ask(&never);
            assert!(
                missing.0 < 500 && !(route.changes && missing.0 == 403),
                "{} with a missing {name}: {missing:?}",
                entry.route
            );
            let foreign = ask(&theirs[name.as_str()]);
            assert!(
                foreign == missing,
                "{} with a foreign {name}: {:#?}",
                entry.route,
                differences(&foreign, &missing)
            );
            swapped += 1;
        }
    }
    assert!(swapped > 100, "{swapped}");
    assert_eq!(rows_of(&app, world.household), before);
}
