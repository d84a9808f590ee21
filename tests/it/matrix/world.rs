//! A household with people of every role, another one with an owner, and ids of everything in both.

use std::collections::BTreeMap;

use budget::ids::HouseholdId;
use budget::schema::{changes, sessions};
use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use super::Asker;
use crate::support::{Owner, TestApp};

/// Names of ids, which entries put in angle brackets.
type Ids = BTreeMap<&'static str, String>;

pub struct World {
    /// The household that all but one belong to.
    pub household: HouseholdId,
    pub owner: Asker,
    pub member: Asker,
    pub reader: Asker,
    pub anonymous: Asker,
    /// A member who was blocked, with the cookie and the token of before.
    pub blocked: Asker,
    /// The owner of the other household.
    pub other: Asker,
    theirs: Ids,
    mine: Ids,
}

impl World {
    pub fn new(app: &TestApp) -> Self {
        let ada = app.household();
        let bo = ada.joined_by("bo@example.org", "Bo", "member");
        let cy = ada.joined_by("cy@example.org", "Cy", "reader");
        let di = ada.joined_by("di@example.org", "Di", "member");
        let eve = app.sign_up("eve@example.org", "EUR");
        let fay = eve.joined_by("fay@example.org", "Fay", "member");
        let theirs = furnish(&ada, &bo);
        let mine = furnish(&eve, &fay);
        let asker = |name: &'static str, owner: &Owner<'_>| Asker {
            name,
            browser: owner.browser.clone(),
            access: Some(token(owner)),
        };
        let world = Self {
            household: ada.household,
            owner: asker("the owner", &ada),
            member: asker("a member", &bo),
            reader: asker("a reader", &cy),
            blocked: asker("somebody blocked", &di),
            anonymous: Asker {
                name: "nobody",
                browser: app.browser(),
                access: None,
            },
            other: asker("the owner of another household", &eve),
            theirs,
            mine,
        };
        app.sql()
            .batch_execute("UPDATE users SET blocked_at = now() WHERE email = 'di@example.org'")
            .unwrap();
        world
    }

    /// Ids of the household.
    pub fn theirs(&self) -> Ids {
        self.theirs.clone()
    }

    /// Ids of the other household.
    pub fn mine(&self) -> Ids {
        self.mine.clone()
    }

    /// Ids of nothing.
    pub fn missing(&self) -> Ids {
        self.mine
            .keys()
            .map(|name| (*name, Uuid::now_v7().to_string()))
            .collect()
    }
}

/// A token for this person's own household: the oldest counts, and somebody who joined has one of their own.
fn token(owner: &Owner<'_>) -> String {
    let sql = format!(
        "DELETE FROM members WHERE user_id = '{user}' AND household_id <> '{household}';",
        user = owner.user,
        household = owner.household
    );
    let close = format!(
        "UPDATE households SET closed_at = now() WHERE id IN (SELECT household_id FROM members WHERE user_id = '{user}' AND household_id <> '{household}');",
        user = owner.user,
        household = owner.household
    );
    owner.app.sql().batch_execute(&(close + &sql)).unwrap();
    owner.tokens().0
}

/// Something of everything.
fn furnish(owner: &Owner<'_>, partner: &Owner<'_>) -> Ids {
    owner.set_up();
    let mut ids = Ids::new();
    let mut name = |name: &'static str, id: &dyn ToString| {
        ids.insert(name, id.to_string());
    };
    name("household", &owner.household);
    name("location", &owner.location_id("Cash"));
    name("bucket", &owner.bucket_id("Fun"));
    name("category", &owner.category_id("Groceries"));
    name("income", &owner.category_id("Salary"));
    name("spare_location", &owner.location_id("Card"));
    name("spare_bucket", &owner.bucket_id("Donation"));
    name("spare_category", &owner.category_id("Going out"));
    owner.earned("2026-11-01", "1000", "Salary");
    name("transaction", &owner.spent("2026-11-02", "40", "Rent"));
    name(
        "transfer",
        &owner.moved("2026-11-03", "5", ("Bank", "Fun"), ("Cash", "Fun")),
    );
    let gone = owner.spent("2026-11-04", "1", "Rent");
    owner.delete(gone);
    let conn = &mut owner.app.sql();
    let change: budget::ids::ChangeId = changes::table
        .filter(changes::household_id.eq(owner.household))
        .order((changes::at.desc(), changes::id.desc()))
        .select(changes::id)
        .first(conn)
        .unwrap();
    name("change", &change);
    name("member", &partner.user);
    name("user", &owner.user);
    let device: Uuid = sessions::table
        .filter(sessions::user_id.eq(partner.user))
        .select(sessions::id)
        .first(conn)
        .unwrap();
    name("device", &device);
    let invitation = Uuid::now_v7();
    let sql = format!(
        "INSERT INTO invitations (household_id, id, secret_hash, role, expires_at)
         VALUES ('{}', '{invitation}', uuid_send('{invitation}'), 'reader', now() + interval '1 day')",
        owner.household
    );
    conn.batch_execute(&sql).unwrap();
    name("invitation", &invitation);
    ids
}
