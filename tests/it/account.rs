//! The account: who gets in and how, what is mailed, what protects it, and how it ends.

mod deletion;
mod download;
mod log_in;
mod mail;
mod password;
mod security;
mod settings;
mod story;

use budget::mail::Sent;
use diesel::connection::SimpleConnection;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use totp_rs::Totp;

use crate::support::{Browser, Owner, PASSWORD, Page, TestApp, fields};

const EMAIL: &str = "home@example.org";
const ON: (&str, &str) = ("RATE_LIMIT", "on");
const NEW_PASSWORD: &str = "another long password";

/// Every form that asks for the current password.
const PASSWORD_FORMS: &[&str] = &[
    "/account/email",
    "/account/security/password",
    "/account/second-factor",
    "/account/second-factor/codes",
    "/account/second-factor/off",
    "/account/delete",
];

/// The second factor of somebody, as their app and their drawer hold it.
struct Factor {
    totp: Totp,
    codes: Vec<String>,
}

impl Factor {
    /// The code that the app shows so many steps after now.
    fn code(&self, app: &TestApp, steps: i64) -> String {
        let now = app.state.clock.now().timestamp() + 30 * steps;
        self.totp.generate(u64::try_from(now).unwrap()).to_string()
    }
}

/// The secret on the page that sets a second factor up.
#[track_caller]
fn totp(page: &Page) -> Totp {
    let uri = page.attributes("a[href^='otpauth:']", "href").remove(0);
    Totp::from_url(uri).unwrap()
}

/// Switches the second factor on, through its pages.
#[track_caller]
fn switch_on(owner: &Owner<'_>) -> Factor {
    let page = owner.submit("/account/second-factor", None, &[("password", PASSWORD)]);
    page.assert_ok();
    let totp = totp(&page);
    let mut factor = Factor {
        totp,
        codes: Vec::new(),
    };
    let code = factor.code(owner.app, 0);
    let done = page.submit(Some("/account/second-factor/enable"), &[("code", &code)]);
    done.assert_ok().assert_has("The second factor is on");
    factor.codes = done.select(".recovery code");
    assert_eq!(factor.codes.len(), 10);
    later(owner.app, 30);
    factor
}

/// Moves the app's clock on.
fn later(app: &TestApp, seconds: i64) {
    let clock = &app.state.clock;
    clock.set(clock.now() + chrono::TimeDelta::seconds(seconds));
}

/// Sends the log-in form.
fn log_in(browser: &Browser, email: &str, password: &str) -> Page {
    browser.submit("/login", None, &[("email", email), ("password", password)])
}

/// Gives the password, and is asked for a code.
#[track_caller]
fn ask_for_code(browser: &Browser) -> Page {
    let page = log_in(browser, EMAIL, PASSWORD);
    page.assert_ok().assert_has("Your code");
    browser.get("/money").assert_status(303);
    page
}

#[track_caller]
fn give(page: &Page, code: &str) -> Page {
    page.submit(Some("/login/code"), &[("code", code)])
}

/// Somebody who signed up, with the letter that greets them still in the queue.
#[track_caller]
fn sign_up(app: &TestApp, email: &str) -> Browser {
    let browser = app.browser();
    browser.submit("/signup", None, &fields(email)).assert_status(303);
    browser
}

/// The mails that are sent now.
fn mails(app: &TestApp) -> Vec<Sent> {
    let before = app.mails().len();
    app.work();
    app.mails().split_off(before)
}

/// The path of the link in the only mail that is sent now, which goes to this address.
#[track_caller]
fn link(app: &TestApp, to: &str) -> String {
    let mut mails = mails(app);
    assert_eq!(mails.len(), 1, "{mails:?}");
    let message = mails.remove(0).message;
    assert_eq!(message.to, to);
    let link = message.button.unwrap().link;
    link.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
}

/// Asks for a new password, and opens the mail.
#[track_caller]
fn reset_link(app: &TestApp) -> String {
    let asked = app.browser().submit("/password", None, &[("email", EMAIL)]);
    asked.assert_ok().assert_has("Look at your mail");
    link(app, EMAIL)
}

#[track_caller]
fn assert_gone(page: &Page) {
    page.assert_status(404)
        .assert_has("This link does not work any more");
}

/// The kinds of events of everybody, oldest first.
fn events(app: &TestApp) -> Vec<String> {
    lines(
        app,
        "SELECT kind || coalesce(' ' || nullif(detail, ''), '') AS line FROM security_events ORDER BY id",
    )
}

/// How often something happened.
fn times(app: &TestApp, kind: &str) -> usize {
    events(app).iter().filter(|one| *one == kind).count()
}

fn lines(app: &TestApp, query: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let rows: Vec<Line> = sql_query(query).load(&mut app.sql()).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

fn run(app: &TestApp, sql: &str) {
    app.sql().batch_execute(sql).unwrap();
}

#[track_caller]
fn assert_signed_out(browser: &Browser) {
    browser.get("/money").assert_status(303);
}

/// A page without what differs from one showing to the next.
fn without_tokens(page: &Page) -> String {
    let mut body = page.body.clone();
    for token in page.attributes("[name=csrf_token]", "value") {
        body = body.replace(&token, "TOKEN");
    }
    body
}
