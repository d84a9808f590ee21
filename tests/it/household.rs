//! `budget household`: what it shows, and what it changes.

use budget::households::queries::overviews;
use budget::ids::HouseholdId;
use serde_json::{Value, json};

use crate::import::run;
use crate::support::{Owner, TestApp};

fn show(owner: &Owner<'_>) -> Value {
    let id = owner.household.to_string();
    let said = run(owner.app, &["household", "show", &id, "--format", "json"], b"");
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn a_household_is_shown_with_what_it_holds() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-10", "100", "Salary");
    owner.spent("2026-11-14", "5", "Groceries");
    owner.spent("2026-10-14", "5", "Groceries");
    let other = app.sign_up("other@example.org", "JPY");
    diesel::RunQueryDsl::execute(
        diesel::sql_query("INSERT INTO members (household_id, user_id, role) VALUES ($1, $2, 'reader')")
            .bind::<diesel::sql_types::Uuid, _>(owner.household)
            .bind::<diesel::sql_types::Uuid, _>(other.user),
        &mut app.sql(),
    )
    .unwrap();

    let shown = show(&owner);
    let version = shown["ledger_version"].as_i64().unwrap();
    assert!(version >= 15, "{version}");
    assert_eq!(
        shown,
        json!({
            "id": owner.household.to_string(),
            "name": "Household",
            "currency": "EUR",
            "time_zone": "UTC",
            "members": [
                { "email": "home@example.org", "role": "owner" },
                { "email": "other@example.org", "role": "reader" }
            ],
            "locations": 3,
            "buckets": 5,
            "categories": 4,
            "entries": 3,
            "first_day": "2026-10-14",
            "last_day": "2026-11-14",
            "ledger_version": version,
        })
    );
    let empty = show(&other);
    assert_eq!(
        (&empty["entries"], &empty["first_day"]),
        (&json!(0), &Value::Null)
    );

    let id = owner.household.to_string();
    let table = run(&app, &["household", "show", &id], b"");
    for words in [
        "home@example.org (owner), other@example.org (reader)",
        "2026-10-14",
        "EUR",
    ] {
        assert!(table.out.contains(words), "{}", table.out);
    }
    let list = run(&app, &["household", "list"], b"").out;
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 3, "{list}");
    assert!(lines[1].contains(&id) && lines[2].contains("JPY"), "{list}");
    let json = run(&app, &["household", "list", "--format", "json"], b"").out;
    let all: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(all, json!([shown, empty]));

    let nobody = HouseholdId::new().to_string();
    run(&app, &["household", "show", &nobody], b"").assert_failed(&format!(
        "There is no household {nobody}. `budget household list` shows all."
    ));
    assert_eq!(run(&app, &["household", "show", "home"], b"").code, Some(2));
}

#[test]
fn settings_change_until_there_are_entries() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.household.to_string();
    let edit = |more: &[&str]| run(&app, &[&["household", "edit", &id], more].concat(), b"");
    let before = show(&owner);
    let said = edit(&[
        "--name",
        " Our home ",
        "--currency",
        "JPY",
        "--time-zone",
        "Europe/Berlin",
    ]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(
        said.out.contains("Our home") && said.out.contains("Europe/Berlin"),
        "{}",
        said.out
    );
    let after = show(&owner);
    assert_eq!(
        [&after["name"], &after["currency"], &after["time_zone"]],
        ["Our home", "JPY", "Europe/Berlin"]
    );
    // What is kept under a version shows the old settings.
    assert!(after["ledger_version"].as_i64() > before["ledger_version"].as_i64());

    let untouched = app.fingerprint();
    for (arguments, wanted) in [
        (["--currency", "XYZ"], "--currency XYZ: "),
        (
            ["--time-zone", "Mars/Base"],
            "--time-zone Mars/Base: no such zone; write it as Europe/Berlin",
        ),
        (["--name", "  "], "--name: Type a name."),
        (
            ["--name", "a\nb"],
            "--name: Take out the line breaks and control characters.",
        ),
    ] {
        edit(&arguments).assert_failed(wanted);
        assert_eq!(app.fingerprint(), untouched);
    }
    assert_eq!(edit(&[]).code, Some(2));
    let nobody = HouseholdId::new().to_string();
    run(&app, &["household", "edit", &nobody, "--name", "Home"], b"")
        .assert_failed(&format!("There is no household {nobody}."));

    let entry = owner.spent("2026-11-14", "500", "Groceries");
    let fixed = "--currency: it is fixed, for this household has had entries";
    edit(&["--currency", "EUR"]).assert_failed(fixed);
    // The one that it has is no change, and the rest may change.
    assert_eq!(edit(&["--currency", "JPY", "--name", "Home"]).code, Some(0));
    // Undo could bring the entry back, with the wrong decimals.
    owner.delete(entry);
    edit(&["--currency", "EUR"]).assert_failed(fixed);
    let all = overviews(&mut app.sql(), Some(owner.household)).unwrap();
    assert_eq!((all[0].currency.as_str(), all[0].name.as_str()), ("JPY", "Home"));
}
