//! Which day is today: the one of the household's time zone, wherever the server stands.

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel::{RunQueryDsl, sql_query};

use crate::support::{Owner, TestApp};

/// Where this household lives from now on.
fn set_time_zone(owner: &Owner<'_>, zone: &str) {
    sql_query("UPDATE households SET time_zone = $1 WHERE id = $2")
        .bind::<Text, _>(zone)
        .bind::<SqlUuid, _>(owner.household)
        .execute(&mut owner.app.sql())
        .unwrap();
}

#[test]
fn a_new_year_begins_where_the_household_is() {
    let app = TestApp::new();
    app.set_clock("2026-12-31T12:00:00Z");
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-12-31", "100", "Salary");
    owner.spent("2027-01-01", "30", "Rent");
    for (zone, day, month, days, periods, first, ahead) in [
        (
            "Pacific/Kiritimati", // 14 hours ahead: 2027 has begun
            "2027-01-01",
            "January so far",
            "1 of 31 days",
            ["January 2027", "December 2026"],
            ["1 Jan", "31 Dec 2026"],
            false,
        ),
        (
            "America/Los_Angeles",
            "2026-12-31",
            "December so far",
            "31 of 31 days",
            ["December 2026", "November 2026"],
            ["1 Jan 2027", "31 Dec"],
            true,
        ),
    ] {
        set_time_zone(&owner, zone);
        let money = owner.get("/money");
        money.assert_has(month).assert_has(days);
        assert_eq!(
            money.text().contains("1 entry lies ahead and is counted."),
            ahead,
            "{zone}"
        );
        assert_eq!(money.select("table.tx td.when"), first, "{zone}");
        let list = owner.get("/transactions");
        assert_eq!(list.select("#f-period option")[..2], periods, "{zone}");
        assert_eq!(list.select("table.tx td.when"), first, "{zone}");
        for kind in ["expense", "income", "transfer", "loan", "adjustment"] {
            let form = owner.get(&format!("/transactions/new?kind={kind}"));
            assert_eq!(form.value("date"), day, "{zone}");
        }
        let used = owner.get("/setup/locations").text();
        assert!(
            used.contains(if ahead { "31 Dec" } else { "1 Jan" }),
            "{zone}: {used}"
        );
    }
}
