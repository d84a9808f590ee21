//! The form in place of a row: it answers the row alone, and the list brings the message.

use budget::ids::TransactionId;
use budget::ledger::LoanDirection;

use crate::support::{Browser, Page, TestApp};

/// Sends the form of a row as htmx would, with these fields in place of its own.
#[track_caller]
fn save(browser: &Browser, row: &Page, fields: &[(&str, &str)]) -> Page {
    let action = row.attributes("form", "hx-post").remove(0);
    let names = row.attributes("form [name]", "name");
    let mut sent: Vec<(String, String)> = Vec::new();
    for name in names {
        let given = fields.iter().find(|(field, _)| *field == name);
        let value = given.map_or_else(|| row.value(&name), |(_, value)| (*value).to_owned());
        sent.push((name, value));
    }
    let pairs: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser
        .request("POST", &action)
        .header("HX-Request", "true")
        .form(&pairs)
        .send()
}

fn form(browser: &Browser, id: TransactionId) -> Page {
    let page = browser.fragment(&format!("/transactions/{id}"));
    page.assert_ok().assert_lacks("<html");
    in_table(page)
}

/// A bare row is none to a parser of whole pages.
fn in_table(mut page: Page) -> Page {
    page.body = format!("<table><tbody>{}</tbody></table>", page.body);
    page
}

#[test]
fn a_row_is_corrected_in_its_place() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.spent("2026-11-03", "12.50", "Groceries");
    let row = form(&owner, id);
    assert_eq!(row.attributes("tr", "id"), [format!("tx-{id}")]);
    assert_eq!(row.value("amount"), "12.50");

    let saved = save(&owner, &row, &[("amount", "21.50")]);

    saved.assert_ok().assert_has("−21.50").assert_lacks("hx-swap-oob");
    assert_eq!(saved.header("hx-trigger"), Some("money-changed"));
    assert!(saved.body.trim_start().starts_with("<tr"), "{}", saved.body);
    let list = owner.fragment("/transactions");
    assert_eq!(list.select(".toast p"), ["Changed Groceries, −21.50."]);
    assert_eq!(list.select("tr.is-new th a"), ["Groceries"]);
    assert!(
        owner.fragment("/transactions").select(".toast").is_empty(),
        "told once"
    );
    // Without htmx the same address is a page.
    owner.get(&format!("/transactions/{id}")).assert_has("<html");
}

#[test]
fn what_the_row_does_not_show_stays() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let split = owner.earned("2026-11-01", "100.01", "Salary");
    let loan = owner.loan("2026-11-02", LoanDirection::Lent, "5", "Bo", ("Bank", "Fun"));
    let transfer = owner.moved("2026-11-02", "5", ("Bank", "Fun"), ("Card", "Fun"));
    let adjusted = owner.adjusted("2026-11-02", "-3.50", ("Bank", "Fun"));
    for id in [split, loan, transfer, adjusted] {
        save(&owner, &form(&owner, id), &[("description", "Another")]).assert_ok();
        let history = owner.get(&format!("/transactions/{id}"));
        let told = &history.select(".log li:first-child details tbody tr")[..];
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("Description "), "{told:?}");
    }
}

#[test]
fn a_wrong_field_comes_back_in_the_row() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.spent("2026-11-03", "12.50", "Groceries");
    let back = in_table(save(
        &owner,
        &form(&owner, id),
        &[("amount", "x"), ("description", "Typed")],
    ));
    back.assert_status(422);
    assert_eq!(back.value("amount"), "x");
    assert_eq!(back.value("description"), "Typed");
    let link = back.attributes(".error-summary[autofocus] a", "href").remove(0);
    assert_eq!(
        back.attributes(&format!("[id={:?}]", &link[1..]), "name"),
        ["amount"]
    );
    assert_eq!(back.header("hx-trigger"), None);
    save(&owner, &back, &[("amount", "1")]).assert_ok();
}

#[test]
fn of_two_people_at_one_row_one_wins_and_the_other_chooses() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let bo = owner.joined_by("bo@example.org", "Bo", "member");
    let id = owner.spent("2026-11-03", "12.50", "Groceries");
    let (first, second) = (form(&owner, id), form(&bo, id));
    save(&owner, &first, &[("amount", "20")]).assert_ok();
    let stale = in_table(save(&bo, &second, &[("amount", "30")]));
    stale
        .assert_status(422)
        .assert_has("Amount: stored now 20.00, you typed 30.00")
        .assert_has("Save mine over it");
    save(&bo, &stale, &[]).assert_ok().assert_has("−30.00");
    owner.delete(id);
    // What is gone has no row; the same form with another key, for the first one would only be answered again.
    save(&bo, &stale, &[("idempotency_key", "another")]).assert_status(404);
}

#[test]
fn a_row_is_shown_again_or_not_at_all() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let id = owner.spent_from("2026-11-03", "12.50", "Groceries", ("Card", "Fun"));
    let path = format!("/transactions/{id}/row");
    let row = owner.fragment(&path);
    row.assert_ok().assert_has("−12.50").assert_lacks("<form");
    owner
        .get(&path)
        .assert_status(303)
        .assert_location(&format!("/transactions/{id}"));
    // A list that loads itself again leaves an open form where it is.
    let list = owner.fragment(&format!("/transactions?open={id}"));
    assert_eq!(list.attributes("tr[hx-preserve]", "id"), [format!("tx-{id}")]);

    let other = app.sign_up("other@example.org", "EUR");
    for id in [id, TransactionId::new()] {
        other.fragment(&format!("/transactions/{id}")).assert_status(404);
        other
            .fragment(&format!("/transactions/{id}/row"))
            .assert_status(404);
    }
    let reader = owner.joined_by("reader@example.org", "Rea", "reader");
    reader.fragment(&format!("/transactions/{id}")).assert_status(403);
    reader.fragment(&path).assert_ok().assert_lacks("Edit ");
}
