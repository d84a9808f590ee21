//! Things of the same name, of which all but one are archived.

use budget::ledger::{LocationKind, location};

use super::{import, rows};
use crate::support::TestApp;

#[test]
fn a_name_means_the_thing_in_use() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let before = owner.location_id("Cash");
    owner
        .write(|conn, member| location::archive(conn, member, before))
        .unwrap();
    let now = owner.location("Cash", LocationKind::Cash);

    let file = rows(&["2026-02-01,Market,1.00,-,Groceries,Cash,Fun,,"]);
    import(&owner, file, &[]).assert_done("1 row: 1 new, 0 double.");

    let entry = super::called(&owner, "Market").remove(0);
    assert_eq!(entry.transaction.lines[0].location, now);
}
