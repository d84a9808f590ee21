//! `budget household invite`

use std::process::Command;

use super::{join, listed, path_of};
use crate::support::TestApp;

/// What the program answers to `household invite`, with the key of the app under test.
fn invite(app: &TestApp, id: &str, arguments: &[&str], smtp: Option<&str>) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_budget"));
    command
        .args(["household", "invite", id])
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", app.database_url())
        .env("PUBLIC_URL", "https://money.example.org")
        .env("SECRET_KEY", "\u{7}".repeat(32))
        .current_dir(folder.path());
    if let Some(smtp) = smtp {
        command.env("SMTP_URL", smtp);
    }
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn an_administrator_invites_without_mail_and_with_it() {
    let app = TestApp::new();
    let ada = app.household();
    let id = ada.household.to_string();
    let to_bo = ["--email", "bo@example.org", "--role", "reader"];
    let (code, first, err) = invite(&app, &id, &to_bo, None);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("nothing was mailed"), "{err}");
    assert!(
        first.starts_with("https://money.example.org/invitations/"),
        "{first}"
    );
    assert_eq!(app.work(), 0);

    let (code, second, err) = invite(&app, &id, &to_bo, Some("smtp://127.0.0.1:1"));
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("on its way to bo@example.org"), "{err}");
    app.set_clock("2100-01-01T00:00:00Z"); // a command knows no clock but the real one
    assert_eq!(app.work(), 1);
    let mail = app.mails().pop().unwrap();
    assert_eq!(mail.message.to, "bo@example.org");
    let token = path_of(second.trim());
    assert!(mail.text.contains(&token), "{}", mail.text);
    app.browser().get(&path_of(first.trim())).assert_status(404); // the newer one took its place

    let bo = app.sign_up("bo@example.org", "EUR");
    let page = bo.get(&token);
    page.assert_ok()
        .assert_has("You are invited to keep track of money together");
    join(&bo, &token).assert_status(303);
    assert_eq!(listed(&bo).len(), 2);
}

#[test]
fn what_is_wrong_is_said() {
    let app = TestApp::new();
    let ada = app.household();
    let id = ada.household.to_string();
    let nobody = budget::ids::HouseholdId::new().to_string();
    for (id, arguments, code, said) in [
        (
            &nobody,
            ["--email", "bo@example.org", "--role", "reader"],
            1,
            "no household",
        ),
        (
            &id,
            ["--email", "bo at home", "--role", "reader"],
            1,
            "--email: Type an e-mail address",
        ),
        (
            &id,
            ["--email", "bo@example.org", "--role", "king"],
            2,
            "owner, member, reader",
        ),
    ] {
        let (was, out, err) = invite(&app, id, &arguments, None);
        assert_eq!((was, out.as_str()), (Some(code), ""), "{err}");
        assert!(err.contains(said), "{err}");
    }
    assert_eq!(app.count("invitations"), 0);
}
