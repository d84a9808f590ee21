use super::{changes, set_role};
use crate::support::{Owner, TestApp};

/// Every address of Set-up that writes to one thing, with a form that would do.
fn writes(owner: &Owner<'_>) -> Vec<(String, Vec<(String, String)>)> {
    let book = owner.book();
    let things = [
        (
            "locations",
            book.locations[1].id.to_string(),
            book.locations[1].version,
            "kind",
            "cash",
        ),
        (
            "buckets",
            book.buckets[1].id.to_string(),
            book.buckets[1].version,
            "allocation_percentage",
            "1",
        ),
        (
            "categories",
            book.categories[1].id.to_string(),
            book.categories[1].version,
            "sign",
            "NEGATIVE",
        ),
    ];
    let mut all = Vec::new();
    for (noun, id, version, extra, value) in things {
        let fields = vec![
            ("name".to_owned(), "Taken over".to_owned()),
            ("version".to_owned(), version.to_string()),
            (extra.to_owned(), value.to_owned()),
        ];
        for verb in ["", "/archive", "/restore"] {
            all.push((format!("/setup/{noun}/{id}{verb}"), fields.clone()));
        }
    }
    all
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[test]
fn what_belongs_to_somebody_else_is_as_good_as_missing() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let stranger = app.sign_up("stranger@example.org", "EUR");
    stranger.set_up();
    let before = (changes(&owner), changes(&stranger));
    let nobody = "0190a5c8-7d00-7000-8000-000000000000";
    for (path, fields) in writes(&owner) {
        stranger
            .post_with_token(&path, &pairs(&fields))
            .assert_status(404)
            .assert_lacks("Bank");
        let mut parts: Vec<&str> = path.split('/').collect();
        for missing in [nobody, "1", "not-an-id", "%00"] {
            parts[3] = missing;
            owner
                .post_with_token(&parts.join("/"), &pairs(&fields))
                .assert_status(404);
        }
    }
    for (noun, id) in [
        ("locations", owner.location_id("Cash").to_string()),
        ("buckets", owner.bucket_id("Fun").to_string()),
        ("categories", owner.category_id("Rent").to_string()),
    ] {
        for id in [id.as_str(), nobody, "x"] {
            stranger
                .get(&format!("/setup/{noun}?edit={id}"))
                .assert_status(404);
        }
    }
    let foreign = format!("allocation_percentage_{}", owner.bucket_id("Fun"));
    for field in [
        foreign.as_str(),
        "allocation_percentage_x",
        "allocation_percentage_",
    ] {
        stranger
            .post_with_token("/setup/buckets/percentages", &[(field, "1")])
            .assert_status(404);
        stranger
            .fragment(&format!("/setup/buckets/sum?{field}=1"))
            .assert_ok()
            .assert_has("Sum 100%");
    }
    assert_eq!((changes(&owner), changes(&stranger)), before);
}

#[test]
fn a_reader_sees_everything_and_changes_nothing() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-11-01", "100", "Salary");
    let archived = owner.location("Old", budget::ledger::LocationKind::Other);
    owner
        .post_with_token(&format!("/setup/locations/{archived}/archive"), &[])
        .assert_status(303);
    set_role(&owner, "reader");
    let before = changes(&owner);
    for noun in ["locations", "buckets", "categories"] {
        let page = owner.get(&format!("/setup/{noun}"));
        page.assert_ok();
        assert_eq!(
            page.attributes("main form", "action"),
            [""; 0],
            "forms on the page of {noun}"
        );
        assert!(
            page.select("main button, main input, main a[href*=edit]")
                .is_empty()
        );
    }
    owner.get("/setup/locations").assert_has("1 archived location");
    owner
        .get("/setup/buckets")
        .assert_has("50%")
        .assert_has("Sum 100%");
    let id = owner.location_id("Bank");
    let page = owner.get(&format!("/setup/locations?edit={id}"));
    page.assert_ok().assert_lacks("edit_name");
    for (path, fields) in writes(&owner) {
        owner.post_with_token(&path, &pairs(&fields)).assert_status(403);
    }
    for noun in ["locations", "buckets", "categories"] {
        for path in [format!("/setup/{noun}"), format!("/setup/{noun}/suggested")] {
            owner
                .post_with_token(&path, &[("name", ""), ("use", "1")])
                .assert_status(403);
        }
    }
    owner
        .post_with_token(
            "/setup/buckets/percentages",
            &[("allocation_percentage_x", "NaN")],
        )
        .assert_status(403);
    assert_eq!(changes(&owner), before);
}

#[test]
fn a_reader_of_an_empty_household_is_told_whom_to_ask() {
    let app = TestApp::new();
    let owner = app.household();
    set_role(&owner, "reader");
    for noun in ["locations", "buckets", "categories"] {
        let page = owner.get(&format!("/setup/{noun}"));
        page.assert_ok()
            .assert_has("A member of the household can add them.")
            .assert_lacks("Use these");
    }
}

#[test]
fn a_form_from_elsewhere_changes_nothing() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let before = changes(&owner);
    let mut all = writes(&owner);
    for noun in ["locations", "buckets", "categories"] {
        for path in [format!("/setup/{noun}"), format!("/setup/{noun}/suggested")] {
            all.push((
                path,
                vec![("name".into(), "Evil".into()), ("use".into(), "1".into())],
            ));
        }
    }
    let stranger = app.sign_up("stranger@example.org", "EUR");
    let foreign_token = stranger.csrf_token();
    let token = owner.csrf_token();
    for (path, fields) in all {
        let mut fields = pairs(&fields);
        owner.post(&path, &fields).assert_status(403);
        fields.push(("csrf_token", &foreign_token));
        owner.post(&path, &fields).assert_status(403);
        fields.pop();
        fields.push(("csrf_token", &token));
        owner
            .request("POST", &path)
            .header("Sec-Fetch-Site", "cross-site")
            .form(&fields)
            .send()
            .assert_status(403);
    }
    assert_eq!(changes(&owner), before);
}

#[test]
fn somebody_signed_out_is_sent_to_log_in() {
    let app = TestApp::new();
    for path in [
        "/setup",
        "/setup/locations",
        "/setup/buckets",
        "/setup/categories",
        "/setup/buckets/sum",
    ] {
        let page = app.browser().get(path);
        page.assert_status(303);
        assert!(
            page.location().starts_with("/login?next=%2Fsetup"),
            "{}",
            page.location()
        );
    }
}
