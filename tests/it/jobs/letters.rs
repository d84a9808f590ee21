//! Letters: who gets them, and a real conversation with an SMTP server.

use std::net::TcpListener;

use budget::config::Config;
use budget::db::DbError;
use budget::ids::UserId;
use budget::jobs::mail::Letter;
use budget::jobs::queue;
use budget::jobs::registry::Registry;
use budget::jobs::worker::{Outcome, Settings, Worker};
use budget::mail::{Mailer, masked, wording};
use chrono::TimeDelta;
use diesel::connection::SimpleConnection;

use super::lines;
use crate::support::{SmtpSink, TestApp, free_port};

fn send(app: &TestApp, letter: &Letter) {
    let now = app.state.clock.now();
    app.db
        .system(|conn| Ok::<_, DbError>(queue::enqueue(conn, letter, now, None)?))
        .unwrap();
}

/// A worker that sends by SMTP.
fn worker(app: &TestApp, url: &str) -> Worker {
    let config = Config::from_lookup(|name| match name {
        "SMTP_URL" => Some(url.to_owned()),
        "MAIL_FROM" => Some("Haushaltskasse für uns <budget@example.org>".to_owned()),
        _ => None,
    })
    .unwrap();
    let mut context = app.jobs.clone();
    context.mailer = Mailer::open(&config).unwrap();
    Worker::new(context, Registry::of_the_app(), Settings::default())
}

#[test]
fn a_letter_reaches_its_user_where_they_are_by_then() {
    let app = TestApp::new();
    let owner = app.household();
    send(&app, &Letter::PasswordChanged { user: owner.user });
    app.sql()
        .batch_execute("UPDATE users SET email = 'moved@example.org'")
        .unwrap();
    assert_eq!(app.work(), 1);
    let mails = app.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].message, wording::password_changed("moved@example.org"));
    assert!(
        mails[0]
            .text
            .contains("The password of your account in Budget was changed.")
    );
    // Nobody is there, or nobody can be reached.
    send(&app, &Letter::PasswordChanged { user: UserId::new() });
    app.sql()
        .batch_execute("UPDATE users SET is_demo = true")
        .unwrap();
    send(&app, &Letter::PasswordChanged { user: owner.user });
    assert_eq!(app.work(), 2);
    assert_eq!(app.mails().len(), 1);
}

#[test]
fn letters_about_an_address_that_is_gone_carry_it() {
    let app = TestApp::new();
    let to = "old@example.org".to_owned();
    let new_masked = masked("new@example.net");
    send(
        &app,
        &Letter::EmailChanged {
            to: to.clone(),
            new_masked,
        },
    );
    send(&app, &Letter::AccountDeleted { to });
    assert_eq!(app.work(), 2);
    let mails = app.mails();
    assert!(
        mails[0].text.contains("was changed to n…@example.net."),
        "{:?}",
        mails[0]
    );
    assert!(!mails[0].raw.contains("new@example.net"));
    assert_eq!(mails[1].message.subject, "Your account was deleted");
    assert!(mails.iter().all(|mail| mail.message.to == "old@example.org"));
}

#[test]
fn a_letter_to_what_is_no_address_is_dead_at_once() {
    let app = TestApp::new();
    let to = "ada@example.org\r\nBcc: spy@example.org".to_owned();
    send(&app, &Letter::AccountDeleted { to });
    let worker = Worker::new(app.jobs.clone(), Registry::of_the_app(), Settings::default());
    assert_eq!(worker.work_off().unwrap(), [Outcome::Failed]);
    assert_eq!(
        app.complaints(),
        ["dead letter: the address is not one that mail can be sent to"]
    );
    assert!(app.mails().is_empty());
    app.forgive();
}

#[test]
fn a_letter_goes_out_by_smtp_in_two_faces() {
    let app = TestApp::new();
    let sink = SmtpSink::start();
    let new_masked = masked("österreich@example.net");
    let to = "ada@example.org".to_owned();
    send(
        &app,
        &Letter::EmailChanged {
            to,
            new_masked: new_masked.clone(),
        },
    );
    assert_eq!(worker(&app, &sink.url()).work_off().unwrap(), [Outcome::Done]);
    let letters = sink.letters();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(letter.from, "budget@example.org");
    assert_eq!(letter.to, ["ada@example.org"]);
    assert_eq!(letter.headers("To"), ["ada@example.org"]);
    assert_eq!(letter.headers("Subject"), ["Your address was changed"]);
    assert_eq!(letter.headers("Date"), ["Sat, 14 Nov 2026 12:00:00 +0000"]);
    assert_eq!(letter.headers("Auto-Submitted"), ["auto-generated"]);
    let from = letter.headers("From").join("");
    assert!(
        from.starts_with("=?utf-8?") && from.ends_with("<budget@example.org>"),
        "{from}"
    );
    let id = letter.headers("Message-ID").join("");
    assert!(id.ends_with("@example.org>"), "{id}");
    let message = wording::email_changed("ada@example.org", &new_masked);
    assert_eq!(
        letter.part("text/plain").trim_end(),
        message.text().unwrap().trim_end()
    );
    assert_eq!(
        letter.part("text/html").trim_end(),
        message.html().unwrap().trim_end()
    );
    assert!(letter.part("text/plain").contains("to ö…@example.net"));
}

#[test]
fn a_letter_waits_for_a_server_that_is_away() {
    let app = TestApp::new();
    let port = free_port();
    let to = "ada@example.org".to_owned();
    send(&app, &Letter::AccountDeleted { to });
    let worker = worker(&app, &format!("smtp://127.0.0.1:{port}"));
    for _ in 0..3 {
        assert_eq!(worker.work_off().unwrap(), [Outcome::Failed]);
        app.state
            .clock
            .set(app.state.clock.now() + TimeDelta::minutes(10));
    }
    assert_eq!(
        app.complaints(),
        ["queued letter: the SMTP server of SMTP_URL cannot be reached: the connection failed"]
    );
    let sink = SmtpSink::start_at(port);
    assert_eq!(worker.work_off().unwrap(), [Outcome::Done]);
    assert_eq!(worker.work_off().unwrap(), []);
    assert_eq!(sink.letters().len(), 1);
}

#[test]
fn what_a_server_says_about_an_address_stays_out_of_the_table() {
    let app = TestApp::new();
    let sink = SmtpSink::start();
    sink.refuse();
    let to = "ada@example.org".to_owned();
    send(&app, &Letter::AccountDeleted { to });
    assert_eq!(worker(&app, &sink.url()).work_off().unwrap(), [Outcome::Failed]);
    assert_eq!(
        lines(&app, "SELECT last_error AS line FROM jobs"),
        ["the SMTP server of SMTP_URL refused the message with code 550"]
    );
    app.forgive();
}

#[test]
fn a_server_without_tls_gets_no_letter_that_needs_it() {
    let app = TestApp::new();
    let sink = SmtpSink::start();
    let to = "ada@example.org".to_owned();
    send(&app, &Letter::AccountDeleted { to });
    let url = format!("{}?tls=required", sink.url().replace("127.0.0.1", "localhost"));
    assert_eq!(worker(&app, &url).work_off().unwrap(), [Outcome::Failed]);
    assert!(sink.letters().is_empty());
    let complaints = app.complaints();
    assert!(
        complaints[0].contains("it does not offer what is needed"),
        "{complaints:?}"
    );
    app.forgive();
}

#[test]
fn a_server_that_breaks_off_gets_the_letter_again() {
    let app = TestApp::new();
    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = rude.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || drop(rude.accept().unwrap()));
    let to = "ada@example.org".to_owned();
    send(&app, &Letter::AccountDeleted { to });
    let worker = worker(&app, &format!("smtp://127.0.0.1:{port}"));
    assert_eq!(worker.work_off().unwrap(), [Outcome::Failed]);
    thread.join().unwrap();
    let sink = SmtpSink::start_at(port);
    app.state.clock.set(app.state.clock.now() + TimeDelta::minutes(1));
    assert_eq!(worker.work_off().unwrap(), [Outcome::Done]);
    assert_eq!(sink.letters().len(), 1);
}
