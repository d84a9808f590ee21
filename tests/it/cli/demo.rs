//! `budget seed` and `budget clear`.

use super::Terminal;
use crate::support::{PASSWORD, TestApp};

/// The password that a command showed.
#[track_caller]
fn shown_password(out: &str) -> &str {
    out.lines()
        .find_map(|line| line.strip_prefix("Password, shown this once: "))
        .unwrap_or_else(|| panic!("no password: {out}"))
}

#[test]
fn a_demo_household_is_whole_and_can_be_logged_in_to() {
    let app = TestApp::new();
    let other = app.household();
    other.set_up();
    other.spent("2026-11-02", "1", "Rent");
    let terminal = Terminal::new(&app.database_url());
    let made = terminal.run(&["seed", "--transactions", "1500", "--years", "2"]);
    made.assert_code(0);
    assert!(made.out.starts_with("Made the household "), "{made:?}");
    assert!(made.err.ends_with("1500 of 1500 entries written\n"), "{made:?}");
    assert_eq!(app.count("transactions"), 1501);
    assert_eq!(
        app.count("households WHERE is_demo"),
        0,
        "it stays until somebody deletes it"
    );
    for (what, least) in [
        ("transactions WHERE split", 48),
        ("transactions WHERE refund_of IS NOT NULL", 1),
        ("transactions WHERE kind = 'loan'", 2),
        ("transactions WHERE kind = 'transfer'", 50),
        ("transactions WHERE kind = 'adjustment'", 9),
    ] {
        assert!(app.count(what) >= least, "{what}: {}", app.count(what));
    }
    assert_eq!(
        app.count(
            "transactions r JOIN transactions o ON o.id = r.refund_of AND o.amount_minor = -r.amount_minor"
        ),
        app.count("transactions WHERE refund_of IS NOT NULL"),
        "a refund gives back what its purchase cost"
    );
    assert_eq!(app.count("balances WHERE amount_minor < -4000"), 0);
    // The set-up is a change, and so is each year.
    assert_eq!(app.count("change_items WHERE noun = 'transaction'"), 1501);
    let changes = app.count("changes WHERE summary LIKE 'the demo, %'");
    assert!((3..=4).contains(&changes), "{changes}");

    let browser = app.browser();
    let given = [
        ("email", "demo@example.org"),
        ("password", shown_password(&made.out)),
    ];
    browser
        .submit("/login", None, &given)
        .assert_status(303)
        .assert_location("/money");
    browser
        .get("/money")
        .assert_ok()
        .assert_has("Necessities")
        .assert_lacks("This is a demo.");
    browser.get("/transactions").assert_ok().assert_has("1,500");
}

#[test]
fn the_same_numbers_make_the_same_household() {
    let app = TestApp::new();
    let terminal = Terminal::new(&app.database_url());
    let seed = |email: &str, number: &str| {
        let size = ["seed", "--transactions", "300", "--years", "1"];
        let which = ["--email", email, "--seed", number];
        terminal.run(&[&size[..], &which].concat()).assert_code(0);
    };
    seed("a@example.org", "7");
    seed("b@example.org", "7");
    seed("c@example.org", "8");
    let checked = terminal.run(&["check", "--checksum"]);
    let sums: Vec<_> = checked
        .assert_done()
        .out
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(household, _)| household.len() == 36)
        .map(|(_, checksum)| checksum)
        .collect();
    assert_eq!(sums.len(), 3, "{checked:?}");
    assert_eq!(sums[0], sums[1]);
    assert_ne!(sums[0], sums[2]);
}

#[test]
fn a_demo_that_cannot_be_made_changes_nothing() {
    let app = TestApp::new();
    app.household();
    let terminal = Terminal::new(&app.database_url());
    let before = app.fingerprint();
    terminal
        .run(&["seed", "--email", "HOME@example.org"])
        .assert_failed("There is a user with this e-mail already. Choose another one with --email.");
    terminal
        .run(&["seed", "--email", "nobody"])
        .assert_failed("--email: Type an e-mail address");
    for wrong in [
        ["--transactions", "0"],
        ["--transactions", "5000001"],
        ["--transactions", "many"],
        ["--years", "0"],
        ["--years", "51"],
    ] {
        let refused = terminal.run(&["seed", wrong[0], wrong[1]]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains(wrong[0]), "{refused:?}");
    }
    let production = Terminal::new(&app.database_url())
        .set("ENVIRONMENT", "production")
        .set("SECRET_KEY", &"s".repeat(32))
        .set("PUBLIC_URL", "https://budget.example.org");
    production.run(&["seed"]).assert_failed("Add --yes");
    assert_eq!(app.fingerprint(), before);
    production
        .run(&["seed", "--yes", "--transactions", "3", "--years", "1"])
        .assert_code(0);
    assert_eq!(app.count("transactions"), 3);
}

#[test]
fn clear_deletes_everything_except_superusers() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-01", "100", "Salary");
    let (access, _) = owner.tokens();
    let terminal = Terminal::new(&app.database_url());
    terminal
        .run_with_input(
            &[
                "user",
                "create",
                "--email",
                "boss@example.org",
                "--currency",
                "JPY",
                "--time-zone",
                "Asia/Tokyo",
                "--superuser",
                "--password-stdin",
            ],
            PASSWORD,
        )
        .assert_done();
    let given = [("email", "boss@example.org"), ("password", PASSWORD)];
    let boss = app.browser();
    boss.submit("/login", None, &given).assert_status(303);
    terminal
        .run(&["seed", "--transactions", "40", "--years", "1"])
        .assert_code(0);

    let before = app.fingerprint();
    terminal
        .run(&["clear"])
        .assert_failed("This deletes everything, and there is nobody to ask. Add --yes if it is meant.");
    assert_eq!(app.fingerprint(), before);

    let cleared = terminal.run(&["clear", "--yes"]);
    assert_eq!(
        cleared.assert_done().out,
        "Deleted 3 households with 41 entries, and 2 users.\n1 superuser is left, with an empty household each. They have to log in again.\n"
    );
    for table in [
        "transactions",
        "postings",
        "split_shares",
        "balances",
        "monthly_totals",
        "monthly_cells",
        "monthly_balances",
        "daily_totals",
        "changes",
        "change_items",
        "locations",
        "buckets",
        "categories",
        "sessions",
        "token_families",
        "refresh_tokens",
    ] {
        assert_eq!(app.count(table), 0, "{table}");
    }
    assert_eq!(
        (app.count("users"), app.count("households"), app.count("members")),
        (1, 1, 1)
    );
    owner.get("/money").assert_status(303);
    let asked = app
        .browser()
        .request("GET", "/api/locations/")
        .header("Authorization", &format!("Bearer {access}"))
        .send();
    asked.assert_status(401);

    // Whoever stays begins again.
    boss.get("/money").assert_status(303);
    let boss = app.browser();
    boss.submit("/login", None, &given)
        .assert_status(303)
        .assert_location("/money");
    boss.get("/money").assert_ok().assert_has("JPY");
    assert_eq!(app.count("households WHERE time_zone = 'Asia/Tokyo'"), 1);
    let again = terminal.run(&["clear", "--yes"]);
    assert!(
        again
            .assert_done()
            .out
            .starts_with("Deleted 1 household with 0 entries, and 0 users.")
    );
}
