//! The demo that a visitor makes on the front page, and leaves again.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Uuid as SqlUuid;
use diesel::{RunQueryDsl, sql_query};

use crate::support::{Browser, TestApp};

const BAR: &str = "This is a demo. Nothing here is kept once you leave.";
const BUTTON: &str = "Try it with demo data";

/// A visitor who made a demo.
#[track_caller]
fn visitor(app: &TestApp) -> Browser {
    let browser = app.browser();
    browser
        .submit("/", Some("/demo"), &[])
        .assert_status(303)
        .assert_location("/money");
    browser
}

#[test]
fn a_visitor_makes_a_demo_uses_it_and_leaves_nothing_behind() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-02", "1", "Rent");
    let before = app.fingerprint();

    let visitor = visitor(&app);
    assert_eq!(app.count("transactions"), 2001);
    assert_eq!(app.count("users WHERE is_demo"), 1);
    for path in [
        "/money",
        "/transactions",
        "/transactions/new",
        "/setup/buckets",
        "/more",
    ] {
        let page = visitor.get(path);
        page.assert_ok().assert_has(BAR).assert_has("Leave the demo");
        assert_eq!(
            page.attributes("form[action='/logout']", "action"),
            Vec::<String>::new(),
            "{path}"
        );
        owner.get(path).assert_ok().assert_lacks(BAR);
    }
    visitor.get("/").assert_status(303).assert_location("/money");
    let form = visitor.get("/transactions/new?kind=expense");
    let action = form.attributes("form.entry", "action");
    let first = |field: &str| {
        let values = form.attributes(&format!("select[name={field}] option[value]"), "value");
        values.into_iter().find(|value| !value.is_empty()).unwrap()
    };
    let (category, location, bucket) = (first("category"), first("location"), first("bucket"));
    let given = [
        ("amount", "12.50"),
        ("description", "Tried out"),
        ("category", category.as_str()),
        ("location", location.as_str()),
        ("bucket", bucket.as_str()),
    ];
    form.submit(Some(&action[0]), &given).assert_status(303);
    visitor
        .get("/transactions")
        .assert_has("Tried out")
        .assert_has("12.50");
    app.check();

    let second_tab = visitor.copy();
    let open_page = second_tab.get("/money");
    visitor
        .submit("/money", Some("/demo/leave"), &[])
        .assert_status(303)
        .assert_location("/");
    visitor.get("/").assert_ok().assert_has(BUTTON);
    assert_eq!(
        app.fingerprint(),
        before,
        "nothing is left, and nobody else was touched"
    );
    // The other tab, or the second half of a double click.
    open_page
        .submit(Some("/demo/leave"), &[])
        .assert_status(303)
        .assert_location("/");
    assert_eq!(app.fingerprint(), before);
}

#[test]
fn nobody_else_can_leave_a_demo_or_be_left() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-02", "1", "Rent");
    let _visitor = visitor(&app);
    let before = app.fingerprint();
    owner.post_with_token("/demo/leave", &[]).assert_status(404);
    owner
        .post_with_token("/demo", &[])
        .assert_status(303)
        .assert_location("/money");
    // A stranger has nothing to leave, and a form from elsewhere is none.
    app.browser()
        .post_with_token("/demo/leave", &[])
        .assert_status(303)
        .assert_location("/");
    app.browser().post("/demo", &[]).assert_status(403);
    app.browser().post("/demo/leave", &[]).assert_status(403);
    assert_eq!(app.fingerprint(), before);
    owner.get("/money").assert_ok();

    // Not even as the role of requests, past all handlers.
    let mut conn = app.as_role(owner.household);
    let refused = |conn: &mut diesel::PgConnection, what: &str| {
        conn.batch_execute("SAVEPOINT before").unwrap();
        let tried = conn.batch_execute(what);
        conn.batch_execute("ROLLBACK TO before").unwrap();
        assert!(tried.is_err(), "{what}");
    };
    refused(&mut conn, &format!("SELECT delete_demo('{}')", owner.household));
    refused(
        &mut conn,
        &format!("SELECT mark_demo('{}', '{}')", owner.user, owner.household),
    );
    refused(&mut conn, "UPDATE households SET is_demo = true");
    refused(&mut conn, "UPDATE users SET is_demo = true");
    let mut sql = app.sql();
    let marked = sql_query("UPDATE households SET is_demo = true WHERE id = $1")
        .bind::<SqlUuid, _>(owner.household.uuid())
        .execute(&mut sql)
        .unwrap();
    assert_eq!(marked, 1);
    // With half of the mark nothing happens either.
    owner.post_with_token("/demo/leave", &[]).assert_status(404);
    sql.batch_execute(
        "UPDATE households SET is_demo = false WHERE name <> ''; UPDATE users SET is_demo = true",
    )
    .unwrap();
    owner.post_with_token("/demo/leave", &[]).assert_status(404);
    assert_eq!(app.count("households"), 2);
}

#[test]
fn production_and_closed_houses_have_no_demos() {
    let secret = "s".repeat(32);
    let production = [
        ("ENVIRONMENT", "production"),
        ("SECRET_KEY", secret.as_str()),
        ("DATABASE_URL", "postgres://nowhere/budget"),
        ("PUBLIC_URL", "https://budget.example.org"),
    ];
    for settings in [&production[..], &[("SIGNUP", "closed")]] {
        let app = TestApp::with(settings);
        let browser = app.browser();
        browser.get("/").assert_ok().assert_lacks(BUTTON);
        for path in ["/demo", "/demo/leave"] {
            browser.get(path).assert_status(404);
            browser.post(path, &[]).assert_status(404);
            browser.post_with_token(path, &[]).assert_status(404);
        }
        assert_eq!(app.count("users"), 0);
    }
}

#[test]
fn old_demos_make_room_for_new_ones() {
    let app = TestApp::new();
    let _first = visitor(&app);
    app.sql()
        .batch_execute(
            "ALTER TABLE households DISABLE TRIGGER households_have_an_owner;
             INSERT INTO households (id, name, currency, is_demo) SELECT gen_random_uuid(), 'Household', 'EUR', true FROM generate_series(1, 23);
             ALTER TABLE households ENABLE TRIGGER households_have_an_owner",
        )
        .unwrap();
    let before = app.fingerprint();
    app.browser()
        .submit("/", Some("/demo"), &[])
        .assert_status(409)
        .assert_has("There are 24 demos already");
    assert_eq!(app.fingerprint(), before);
    // A day later the oldest go, a few at a time.
    app.sql()
        .batch_execute("UPDATE households SET created_at = now() - interval '25 hours'")
        .unwrap();
    let _second = visitor(&app);
    assert_eq!(app.count("households WHERE is_demo"), 22);
    while app.count("households WHERE created_at < now() - interval '1 day'") > 0 {
        let _next = visitor(&app);
    }
    assert_eq!(
        app.count("users"),
        app.count("households"),
        "their people went with them"
    );
}
