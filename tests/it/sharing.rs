//! Sharing a household: invitations, roles, people who come and go, and households that end.

mod browsers;
mod command_line;
mod ends;
mod households;
mod invitations;
mod joining;
mod members;

use diesel::connection::SimpleConnection;

use crate::support::{Browser, Owner, PASSWORD, Page, TestApp};

/// The page of the household.
const PATH: &str = "/household";

/// Invites by the form, and gives the path of the link on the page that follows.
#[track_caller]
fn invite(owner: &Browser, email: &str, role: &str) -> String {
    let sent = owner.submit(
        PATH,
        Some("/household/invitations"),
        &[("email", email), ("role", role)],
    );
    sent.assert_status(303);
    let page = sent.follow();
    let link = page.attributes("#made_link", "value");
    path_of(link.first().unwrap_or_else(|| panic!("no link: {}", page.body)))
}

/// The path of a whole link.
#[track_caller]
fn path_of(link: &str) -> String {
    let url = url::Url::parse(link).unwrap();
    assert!(url.path().starts_with("/invitations/"), "{link}");
    url.path().to_owned()
}

/// Presses the button of an invitation.
#[track_caller]
fn join(browser: &Browser, link: &str) -> Page {
    browser.submit(link, None, &[])
}

/// Signs up by an invitation in a new browser.
#[track_caller]
fn sign_up_by(app: &TestApp, link: &str, email: &str, name: &str) -> (Browser, Page) {
    let browser = app.browser();
    let token = link.strip_prefix("/invitations/").unwrap();
    let given = [("email", email), ("password", PASSWORD), ("full_name", name)];
    let page = browser.submit(&format!("/signup?invitation={token}"), Some("/signup"), &given);
    (browser, page)
}

/// The cookie of the session.
fn session(browser: &Browser) -> String {
    browser.cookie("budget_session").unwrap()
}

/// What `/households` lists: name, role, people, currency, and whether it is the open one.
fn listed(browser: &Browser) -> Vec<String> {
    let page = browser.get("/households");
    page.assert_ok();
    page.select("tbody tr")
}

/// The path of the forms about somebody.
fn about(person: &Owner<'_>) -> String {
    format!("{PATH}/members/{}", person.user)
}

/// Kinds and details of the events of somebody, oldest first; log-ins and sign-ups left out.
fn events(app: &TestApp, person: &Owner<'_>) -> Vec<(String, String)> {
    use diesel::prelude::*;
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        kind: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT kind, detail FROM security_events WHERE user_id = $1 AND kind NOT IN ('signed_up', 'logged_in') ORDER BY id",
    )
    .bind::<diesel::sql_types::Uuid, _>(person.user)
    .load(&mut app.sql())
    .unwrap();
    rows.into_iter().map(|row| (row.kind, row.detail)).collect()
}

/// Runs SQL as the owner of the schema.
#[track_caller]
fn run_sql(app: &TestApp, sql: &str) {
    app.sql().batch_execute(sql).unwrap();
}

/// Gives the household another name.
#[track_caller]
fn rename(owner: &Browser, name: &str) {
    owner
        .submit(PATH, Some(PATH), &[("name", name)])
        .assert_status(303)
        .assert_location(PATH);
}
