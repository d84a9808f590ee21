//! Two households that hold something of everything, and short names for what is in them.

use std::collections::BTreeMap;

use budget::db::Caller;
use budget::db::idempotency::{self, Attempt, KeyReused};
use budget::ledger::{
    BucketChoice, Draft, Entry, FlowKind, LoanDirection, LocationKind, Sign, bucket, category, location,
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::support::{Owner, TestApp, date};

pub struct World(BTreeMap<String, String>);

impl World {
    pub fn new(app: &TestApp) -> Self {
        let mut names = BTreeMap::new();
        let me = app.household();
        let other = app.sign_up("other@example.org", "EUR");
        for owner in [&me, &other] {
            owner.set_up();
            owner.earned("2026-11-01", "1000", "Salary");
            remember_an_answer(owner);
        }
        let mut name = |name: &str, id: &dyn ToString| names.insert(name.to_owned(), id.to_string());
        name("me", &me.household);
        name("my_user", &me.user);
        name("other", &other.household);
        name("bank", &me.location_id("Bank"));
        name("cash", &me.location_id("Cash"));
        name("fun", &me.bucket_id("Fun"));
        name("necessities", &me.bucket_id("Necessities"));
        name("salary", &me.category_id("Salary"));
        name("rent", &me.category_id("Rent"));
        name("unused_location", &me.location("Spare", LocationKind::Other));
        name("unused_bucket", &me.bucket("Spare", "0"));
        name("unused_category", &me.category("Spare", Sign::Neutral));
        name("neutral", &me.category("Moves", Sign::Neutral));

        name("expense", &me.spent("2026-11-02", "40", "Rent"));
        name(
            "plain_income",
            &me.earned_into("2026-11-02", "30", "Salary", ("Bank", "Fun")),
        );
        let tiny = me.earned("2026-11-03", "0.01", "Salary");
        name("split", &tiny);
        name(
            "transfer",
            &me.moved("2026-11-04", "5", ("Bank", "Fun"), ("Cash", "Fun")),
        );
        name(
            "loan",
            &me.loan("2026-11-05", LoanDirection::Borrowed, "7", "Ada", ("Cash", "Fun")),
        );
        name("adjustment", &me.adjusted("2026-11-06", "-1", ("Cash", "Fun")));
        name("neutral_used", &me.category_id("Adjustment"));

        // Archived, and empty because what was there went again.
        let old = ("Old", "Past");
        name("old_location", &me.location(old.0, LocationKind::Other));
        name("old_bucket", &me.bucket(old.1, "0"));
        name("old_category", &me.category("Gone", Sign::Neutral));
        name("old_in", &me.adjusted("2026-10-01", "5", old));
        name("old_out", &me.adjusted("2026-10-02", "-5", old));
        me.write(|conn, member| location::archive(conn, member, me.location_id("Old")))
            .unwrap();
        me.write(|conn, member| bucket::archive(conn, member, me.bucket_id("Past")))
            .unwrap();
        me.write(|conn, member| category::archive(conn, member, me.category_id("Gone")))
            .unwrap();

        let theirs = other.record(&Draft {
            date: date("2026-11-02"),
            description: "Theirs".to_owned(),
            entry: Entry::Flow {
                kind: FlowKind::Expense,
                refund: false,
                refund_of: None,
                amount: other.amount("12"),
                category: other.category_id("Rent"),
                location: other.location_id("Bank"),
                bucket: BucketChoice::One(other.bucket_id("Fun")),
            },
        });
        name("theirs", &theirs.unwrap().after.unwrap().id);
        name("their_split", &other.earned("2026-11-03", "50", "Salary"));
        name("their_location", &other.location_id("Bank"));
        name("their_bucket", &other.bucket_id("Fun"));
        name("their_category", &other.category_id("Rent"));
        name("my_change", &newest_change(&me));
        name("their_change", &newest_change(&other));

        let empty = app.sign_up("empty@example.org", "EUR");
        name("empty", &empty.household);
        name("their_user", &empty.user);
        name("new", &"00000000-0000-7000-8000-000000000001");
        name("new2", &"00000000-0000-7000-8000-000000000002");
        Self(names)
    }

    /// Puts ids in the place of `{names}`.
    pub fn fill_in(&self, sql: &str) -> String {
        let filled = self.0.iter().fold(sql.to_owned(), |sql, (name, id)| {
            sql.replace(&format!("{{{name}}}"), id)
        });
        assert!(!filled.contains("{my") && !filled.contains("{their"), "{filled}");
        filled
    }
}

/// Puts a row into `idempotency_keys`.
fn remember_an_answer(owner: &Owner<'_>) {
    #[derive(Debug)]
    struct Failed;
    impl From<budget::db::DbError> for Failed {
        fn from(_: budget::db::DbError) -> Self {
            Self
        }
    }
    impl From<KeyReused> for Failed {
        fn from(_: KeyReused) -> Self {
            Self
        }
    }
    let attempt = Attempt {
        key: "key".to_owned(),
        request_hash: [1; 32],
    };
    let caller = Caller::Trusted {
        user: owner.user,
        household: None,
    };
    owner
        .app
        .db
        .write_now(&caller, |conn, member| {
            idempotency::once(conn, member, Some(&attempt), |_| Ok::<_, Failed>(1))
        })
        .unwrap();
}

fn newest_change(owner: &Owner<'_>) -> budget::ids::ChangeId {
    use budget::schema::changes;
    changes::table
        .filter(changes::household_id.eq(owner.household))
        .order((changes::at.desc(), changes::id.desc()))
        .select(changes::id)
        .first(&mut owner.app.sql())
        .unwrap()
}
