//! The attacks, by what they are after. `{names}` stand for the ids of [`super::world::World`].

use std::fmt::Write as _;

use super::Case;
use super::Guard::{self, Check, ForeignKey, Other, Policy, Privilege, Trigger, Unique, Unseen};

/// All of them.
pub fn all() -> Vec<Case> {
    [
        transactions(),
        refunds(),
        postings(),
        whole_transactions(),
        splits(),
        ranges_of_sums(),
        locations(),
        buckets(),
        categories(),
        archived_things(),
        people(),
        accounts(),
        sharing(),
        history(),
        jobs(),
        rights(),
        policies(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Guards that no statement of the role can reach, and why.
pub fn is_excused(guard: &str) -> bool {
    // The policy comes first: the household of a row is the one that the transaction was admitted to, so it exists.
    let household_exists = guard.ends_with("_household_id_fkey");
    // Only targets for foreign keys; the primary key, which they contain, is unique already.
    let target = guard.ends_with("_household_id_id_sign_key")
        || guard.ends_with("_household_id_id_date_category_id_key");
    // Written by definer functions only, which make the row pointed at in the same call, or take it from another foreign key.
    let made_together = [
        "members members_user_id_fkey",
        "refresh_tokens refresh_tokens_family_id_fkey",
        "sessions sessions_user_id_fkey",
        "security_events security_events_user_id_fkey",
    ]
    .contains(&guard);
    // These refuse nothing: they keep the sums, which `budget check` and every test hold against the postings.
    let keeps_sums = guard.starts_with("postings postings_")
        && (guard.ends_with("_roll_up") || guard.ends_with("_roll_up_days_and_places"));
    // This one refuses nothing either: it notes the time.
    let notes = guard == "households households_note_their_ledger_change";
    // Nor do these: they withdraw the links that a former owner has seen.
    let withdraws = guard.starts_with("members members_withdraw_links_on_");
    notes || withdraws || household_exists || target || made_together || keeps_sums
}

fn refused(name: &str, guard: Guard, sql: impl Into<String>) -> Case {
    Case {
        name: name.to_owned(),
        before: String::new(),
        admitted: true,
        sql: sql.into(),
        guard,
    }
}

impl Case {
    /// The owner does this first.
    fn after(mut self, before: &str) -> Self {
        before.clone_into(&mut self.before);
        self
    }
}

/// A transaction to be inserted: an adjustment of 500, unless said otherwise.
struct Entry {
    household: &'static str,
    id: &'static str,
    date: &'static str,
    kind: &'static str,
    category: &'static str,
    /// SQL, as are the next three.
    description: &'static str,
    counterparty: &'static str,
    refund_of: &'static str,
    import_key: &'static str,
    amount: i64,
    /// Location, bucket, amount.
    lines: Vec<(&'static str, &'static str, i64)>,
    /// Bucket, basis points; with any, it is a split.
    shares: Vec<(&'static str, i32)>,
}

const ADJUSTMENT: Entry = Entry {
    household: "{me}",
    id: "{new}",
    date: "2026-11-07",
    kind: "adjustment",
    category: "{neutral}",
    description: "''",
    counterparty: "NULL",
    refund_of: "NULL",
    import_key: "NULL",
    amount: 500,
    lines: Vec::new(),
    shares: Vec::new(),
};

impl Entry {
    /// With one posting of its whole amount.
    fn sql(mut self) -> String {
        self.lines = vec![("{bank}", "{fun}", self.amount)];
        self.sql_with_lines()
    }

    fn sql_with_lines(self) -> String {
        let Self {
            household,
            id,
            date,
            kind,
            category,
            description,
            counterparty,
            refund_of,
            import_key,
            amount,
            lines,
            shares,
        } = self;
        let split = !shares.is_empty();
        let mut sql = format!(
            "INSERT INTO transactions (household_id, id, date, kind, category_id, description, counterparty, refund_of, import_key, amount_minor, split)
             VALUES ('{household}', '{id}', '{date}', '{kind}', '{category}', {description}, {counterparty}, {refund_of}, {import_key}, {amount}, {split});"
        );
        for (position, (bucket, percent)) in (1..).zip(shares) {
            write!(sql, "INSERT INTO split_shares (household_id, transaction_id, position, bucket_id, percent_bp) VALUES ('{household}', '{id}', {position}, '{bucket}', {percent});").unwrap();
        }
        for (line, (location, bucket, amount)) in (1..).zip(lines) {
            sql.push_str(&posting(
                household,
                id,
                line,
                date,
                category,
                (location, bucket),
                amount,
            ));
        }
        sql
    }
}

fn posting(
    household: &str,
    transaction: &str,
    line: i32,
    date: &str,
    category: &str,
    (location, bucket): (&str, &str),
    amount: i64,
) -> String {
    format!(
        "INSERT INTO postings (household_id, transaction_id, line, date, category_id, location_id, bucket_id, amount_minor)
         VALUES ('{household}', '{transaction}', {line}, '{date}', '{category}', '{location}', '{bucket}', {amount});"
    )
}

fn transactions() -> Vec<Case> {
    let table = "transactions";
    let description = || Check(table, "transaction_description_is_text");
    let loan = Entry {
        kind: "loan",
        ..ADJUSTMENT
    };
    vec![
        refused(
            "a transaction of nothing",
            Check(table, "transaction_amount_is_not_zero"),
            Entry {
                amount: 0,
                lines: vec![("{bank}", "{fun}", 5), ("{cash}", "{fun}", -5)],
                ..ADJUSTMENT
            }
            .sql_with_lines(),
        ),
        refused(
            "an amount beyond all range",
            Check(table, "transaction_amount_is_in_range"),
            Entry {
                amount: 1_000_000_000_000_000,
                lines: vec![
                    ("{bank}", "{fun}", 500_000_000_000_000),
                    ("{cash}", "{fun}", 500_000_000_000_000),
                ],
                ..ADJUSTMENT
            }
            .sql_with_lines(),
        ),
        refused(
            "a day after all days",
            Check(table, "transaction_date_is_in_range"),
            Entry {
                date: "2101-01-01",
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "a day before all days",
            Check(table, "transaction_date_is_in_range"),
            "UPDATE transactions SET date = '1899-12-31' WHERE id = '{expense}'",
        ),
        refused(
            "an unknown kind",
            Check(table, "transaction_kind_is_known"),
            Entry {
                kind: "gift",
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "a line break in a description",
            description(),
            Entry {
                description: "E'two\\nlines'",
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "a line separator in a description",
            description(),
            Entry {
                description: "U&'two\\2028lines'",
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "a description of 256 characters",
            description(),
            Entry {
                description: "repeat('é', 256)",
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "spaces around a description",
            description(),
            "UPDATE transactions SET description = ' Rent' WHERE id = '{expense}'",
        ),
        refused(
            "a loan with nobody",
            Check(table, "transaction_loan_has_counterparty"),
            Entry { ..loan }.sql(),
        ),
        refused(
            "an expense with a counterparty",
            Check(table, "transaction_loan_has_counterparty"),
            "UPDATE transactions SET counterparty = 'Ada' WHERE id = '{expense}'",
        ),
        refused(
            "a loan with an empty name",
            Check(table, "transaction_counterparty_is_text"),
            "UPDATE transactions SET counterparty = '' WHERE id = '{loan}'",
        ),
        refused(
            "a split expense",
            Check(table, "transaction_split_is_income"),
            Entry {
                kind: "expense",
                category: "{rent}",
                amount: -500,
                shares: vec![("{fun}", 10_000)],
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "a fingerprint that is none",
            Check(table, "transaction_import_key_is_a_hash"),
            Entry {
                import_key: "'\\x0102'",
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "an expense in a category of income",
            ForeignKey(table, "transaction_category_has_its_sign"),
            Entry {
                kind: "expense",
                category: "{salary}",
                amount: -500,
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "another household's category",
            ForeignKey(table, "transaction_category_has_its_sign"),
            Entry {
                kind: "expense",
                category: "{their_category}",
                amount: -500,
                ..ADJUSTMENT
            }
            .sql(),
        ),
        refused(
            "another kind in the same category",
            ForeignKey(table, "transaction_category_has_its_sign"),
            "UPDATE transactions SET kind = 'income' WHERE id = '{expense}'",
        ),
        refused(
            "another sign of a used category",
            ForeignKey(table, "transaction_category_has_its_sign"),
            "UPDATE categories SET sign = 'NEUTRAL' WHERE id = '{rent}'",
        ),
        refused(
            "a used category deleted",
            ForeignKey(table, "transaction_category_has_its_sign"),
            "DELETE FROM categories WHERE id = '{rent}'",
        ),
        refused(
            "a sign that the kind does not have",
            Other(
                "column \"sign\" can only be updated to DEFAULT",
                "ALTER TABLE transactions ALTER sign DROP EXPRESSION",
            ),
            "UPDATE transactions SET sign = 'NEUTRAL', category_id = '{neutral}' WHERE id = '{expense}'",
        ),
        refused(
            "another currency under amounts",
            Trigger(
                "households",
                "households_keep_their_currency",
                "household_currency_is_fixed",
            ),
            "UPDATE households SET currency = 'JPY' WHERE id = '{me}'",
        ),
        refused(
            "a version that was there before",
            Trigger(
                "households",
                "households_keep_their_version_rising",
                "household_version_rises",
            ),
            "UPDATE households SET ledger_version = ledger_version - 1 WHERE id = '{me}'",
        ),
    ]
}

/// Each is a refund that would be stored, and a sum that would add up, but for one guard.
fn refunds() -> Vec<Case> {
    let table = "transactions";
    let original = || ForeignKey(table, "transaction_refund_has_its_original");
    let added = || Trigger(table, "refunds_added_fit", "refund_fits_its_original");
    let changed = || Trigger(table, "refunds_changed_fit", "refund_fits_its_original");
    // 5.00 of an expense, given back.
    let refund = |refund_of: &'static str| {
        Entry {
            kind: "expense",
            category: "{rent}",
            refund_of,
            ..ADJUSTMENT
        }
        .sql()
    };
    // 5.00 of an income, taken back.
    let taken_back = |refund_of: &'static str| {
        Entry {
            kind: "income",
            category: "{salary}",
            amount: -500,
            refund_of,
            ..ADJUSTMENT
        }
        .sql()
    };
    let turn = "UPDATE transactions SET amount_minor = -amount_minor WHERE id = '{expense}';
                UPDATE postings SET amount_minor = -amount_minor WHERE transaction_id = '{expense}'";
    vec![
        // The trigger would let it pass: both are income, and one goes in, the other out.
        refused(
            "an income that gives back what was taken back",
            Check(table, "transaction_refund_is_a_refund"),
            taken_back("NULL") + "UPDATE transactions SET refund_of = '{new}' WHERE id = '{plain_income}'",
        ),
        // The triggers look at a refund together with its original: without one they have nothing to say.
        refused("a refund of nothing that there is", original(), refund("'{new2}'")),
        refused("a refund of another household's expense", original(), refund("'{theirs}'")),
        refused(
            "an original deleted under its refund",
            original(),
            refund("'{expense}'") + "DELETE FROM transactions WHERE id = '{expense}'",
        ),
        refused("an expense given back by income", added(), taken_back("'{expense}'")),
        refused("an income given back by expense", added(), refund("'{plain_income}'")),
        refused("a refund of itself", added(), refund("'{new}'")),
        refused(
            "a refund moved to another kind of original",
            changed(),
            refund("NULL") + "UPDATE transactions SET refund_of = '{plain_income}' WHERE id = '{new}'",
        ),
        refused(
            "a refund that changes its kind",
            changed(),
            // Linked while both triggers look on, which is before the change.
            refund("'{expense}'")
                + "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
                   UPDATE transactions SET kind = 'income', category_id = '{salary}', amount_minor = -500 WHERE id = '{new}';
                   UPDATE postings SET amount_minor = -500 WHERE transaction_id = '{new}'",
        ),
        refused(
            "an original that becomes a refund under its own",
            changed(),
            refund("'{expense}'") + "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;" + turn,
        ),
    ]
}

fn postings() -> Vec<Case> {
    let table = "postings";
    let follows = || ForeignKey(table, "posting_follows_its_transaction");
    let with = |cell: (&'static str, &'static str)| {
        Entry {
            lines: vec![(cell.0, cell.1, 500)],
            ..ADJUSTMENT
        }
        .sql_with_lines()
    };
    // The adjustment is -100 on 6 November.
    let again = |line: i32, date: &str, category: &str| {
        posting(
            "{me}",
            "{adjustment}",
            line,
            date,
            category,
            ("{cash}", "{fun}"),
            -100,
        )
    };
    let delete = "DELETE FROM postings WHERE transaction_id = '{adjustment}';";
    vec![
        refused(
            "a posting of nothing",
            Check(table, "posting_amount_is_not_zero"),
            Entry {
                lines: vec![("{bank}", "{fun}", 500), ("{cash}", "{fun}", 0)],
                ..ADJUSTMENT
            }
            .sql_with_lines(),
        ),
        refused(
            "a posting beyond all range",
            Check(table, "posting_amount_is_in_range"),
            Entry {
                lines: vec![
                    ("{bank}", "{fun}", 1_000_000_000_000_000),
                    ("{cash}", "{fun}", -999_999_999_999_500),
                ],
                ..ADJUSTMENT
            }
            .sql_with_lines(),
        ),
        refused(
            "a line 0",
            Check(table, "posting_line_counts_from_one"),
            again(0, "2026-11-06", "{neutral_used}")
                + "UPDATE transactions SET amount_minor = -200 WHERE id = '{adjustment}'",
        ),
        refused(
            "a line twice",
            Unique(table, "postings_pkey"),
            again(1, "2026-11-06", "{neutral_used}")
                + "UPDATE transactions SET amount_minor = -200 WHERE id = '{adjustment}'",
        ),
        refused(
            "a posting of another household's transaction",
            follows(),
            posting(
                "{me}",
                "{theirs}",
                2,
                "2026-11-02",
                "{their_category}",
                ("{bank}", "{fun}"),
                5,
            ),
        ),
        refused(
            "a posting on another day than its transaction",
            follows(),
            delete.to_owned() + &again(1, "2026-11-07", "{neutral_used}"),
        ),
        refused(
            "a posting in another category than its transaction",
            follows(),
            delete.to_owned() + &again(1, "2026-11-06", "{unused_category}"),
        ),
        refused(
            "another household's location",
            ForeignKey(table, "posting_has_its_location"),
            with(("{their_location}", "{fun}")),
        ),
        refused(
            "a used location deleted",
            ForeignKey(table, "posting_has_its_location"),
            "DELETE FROM locations WHERE id = '{old_location}'",
        ),
        refused(
            "another household's bucket",
            ForeignKey(table, "posting_has_its_bucket"),
            with(("{bank}", "{their_bucket}")),
        ),
        refused(
            "a used bucket deleted",
            ForeignKey(table, "posting_has_its_bucket"),
            "DELETE FROM buckets WHERE id = '{old_bucket}'",
        ),
        refused(
            "money that is nowhere",
            Other(
                "null value in column \"location_id\" of relation \"postings\"",
                "ALTER TABLE postings ALTER location_id DROP NOT NULL",
            ),
            "UPDATE postings SET location_id = NULL WHERE transaction_id = '{expense}'",
        )
        .after("DROP TRIGGER postings_changed_roll_up ON postings; DROP TRIGGER postings_changed_roll_up_days_and_places ON postings"),
        refused(
            "money that is for nothing",
            Other(
                "null value in column \"bucket_id\" of relation \"postings\"",
                "ALTER TABLE postings ALTER bucket_id DROP NOT NULL",
            ),
            "UPDATE postings SET bucket_id = NULL WHERE transaction_id = '{expense}'",
        )
        .after("DROP TRIGGER postings_changed_roll_up ON postings; DROP TRIGGER postings_changed_roll_up_days_and_places ON postings"),
    ]
}

fn whole_transactions() -> Vec<Case> {
    let event = |rule| Trigger("transactions", "transactions_are_whole", rule);
    let line = |rule| Trigger("postings", "postings_are_whole", rule);
    vec![
        refused(
            "a transaction alone",
            event("transaction_has_postings"),
            ADJUSTMENT.sql_with_lines(),
        ),
        refused(
            "a transaction without its postings",
            line("transaction_has_postings"),
            "DELETE FROM postings WHERE transaction_id = '{expense}'",
        ),
        refused(
            "postings that do not begin with 1",
            line("transaction_has_postings"),
            "UPDATE postings SET line = 2 WHERE transaction_id = '{expense}'",
        ),
        refused(
            "a transaction of another amount than its postings",
            event("transaction_amount_is_its_postings"),
            "UPDATE transactions SET amount_minor = amount_minor - 1 WHERE id = '{expense}'",
        ),
        refused(
            "a posting of another amount than its transaction",
            line("transaction_amount_is_its_postings"),
            "UPDATE postings SET amount_minor = amount_minor - 1 WHERE transaction_id = '{expense}'",
        ),
        refused(
            "a posting too many",
            line("transaction_amount_is_its_postings"),
            posting(
                "{me}",
                "{expense}",
                2,
                "2026-11-02",
                "{rent}",
                ("{bank}", "{fun}"),
                -1,
            ),
        ),
        refused(
            "a transfer that brings more than it takes",
            line("transfer_adds_up_to_zero"),
            "UPDATE postings SET amount_minor = amount_minor + 1 WHERE transaction_id = '{transfer}' AND amount_minor > 0",
        ),
        refused(
            "a transfer that only takes",
            line("transfer_adds_up_to_zero"),
            "DELETE FROM postings WHERE transaction_id = '{transfer}' AND line = 2",
        ),
        refused(
            "a transfer of another amount than it moves",
            event("transaction_amount_is_its_postings"),
            "UPDATE transactions SET amount_minor = amount_minor + 1 WHERE id = '{transfer}'",
        ),
        refused(
            "a transfer that moves nothing",
            line("transfer_moves_something"),
            "UPDATE postings SET location_id = '{bank}' WHERE transaction_id = '{transfer}'",
        ),
        refused(
            "an adjustment that calls itself a transfer",
            event("transfer_adds_up_to_zero"),
            "UPDATE transactions SET kind = 'transfer' WHERE id = '{adjustment}'",
        ),
    ]
}

fn splits() -> Vec<Case> {
    let table = "split_shares";
    let full = |rule| Trigger(table, "split_shares_are_full", rule);
    let share = |transaction: &str, bucket: &str, percent: i32| {
        format!(
            "INSERT INTO split_shares (household_id, transaction_id, position, bucket_id, percent_bp)
             VALUES ('{{me}}', '{transaction}', 9, '{bucket}', {percent})"
        )
    };
    vec![
        refused(
            "a split without shares",
            Trigger("transactions", "transactions_split_fully", "split_adds_up_to_100"),
            "UPDATE transactions SET split = true WHERE id = '{plain_income}'",
        ),
        refused(
            "shares of what is no split any more",
            Trigger(
                "transactions",
                "transactions_end_their_split",
                "split_shares_belong_to_a_split",
            ),
            "UPDATE transactions SET split = false WHERE id = '{split}'",
        ),
        refused(
            "shares of less than 100 %",
            full("split_adds_up_to_100"),
            "UPDATE split_shares SET percent_bp = percent_bp - 1 WHERE transaction_id = '{split}' AND position = 1",
        ),
        refused(
            "shares of more than 100 %",
            full("split_adds_up_to_100"),
            share("{split}", "{fun}", 1),
        ),
        refused(
            "a split whose shares are gone",
            full("split_adds_up_to_100"),
            "DELETE FROM split_shares WHERE transaction_id = '{split}'",
        ),
        refused(
            "shares of what never was a split",
            full("split_shares_belong_to_a_split"),
            share("{plain_income}", "{fun}", 10_000),
        ),
        refused(
            "a share below nothing",
            Check(table, "split_share_is_a_percentage"),
            "UPDATE split_shares SET percent_bp = CASE position WHEN 1 THEN 6001 ELSE -1 END WHERE transaction_id = '{split}' AND position IN (1, 3)",
        ),
        refused(
            "a share at position 0",
            Check(table, "split_share_position_counts_from_one"),
            "UPDATE split_shares SET position = 0 WHERE transaction_id = '{split}' AND position = 1",
        ),
        refused(
            "a share of another household's transaction",
            ForeignKey(table, "split_share_has_its_transaction"),
            share("{their_split}", "{fun}", 10_000),
        ),
        refused(
            "another household's bucket in a share",
            ForeignKey(table, "split_share_has_its_bucket"),
            share("{split}", "{their_bucket}", 0),
        ),
    ]
}

/// Sums stay below 10^18, so that adding them up cannot overflow. Each heap is 6 * 10^17.
fn ranges_of_sums() -> Vec<Case> {
    let heap_of = |day: &str, category: &str, location: &str, sign: &str| {
        format!(
            "WITH made AS (INSERT INTO transactions (household_id, id, date, kind, category_id, amount_minor)
                SELECT '{{me}}', gen_random_uuid(), '{day}', 'adjustment', '{category}', {sign}999999999999999 FROM generate_series(1, 600) RETURNING id)
             INSERT INTO postings (household_id, transaction_id, line, date, category_id, location_id, bucket_id, amount_minor)
             SELECT '{{me}}', id, 1, '{day}', '{category}', '{location}', '{{fun}}', {sign}999999999999999 FROM made;"
        )
    };
    let heap = |month: &str, location: &str, sign: &str| {
        heap_of(&format!("{month}-15"), "{neutral}", location, sign)
    };
    vec![
        refused(
            "a balance beyond all range",
            Check("balances", "balance_is_in_range"),
            [heap("2026-10", "{bank}", ""), heap("2026-11", "{bank}", "")].concat(),
        ),
        refused(
            "a month beyond all range",
            Check("monthly_totals", "monthly_total_is_in_range"),
            [
                heap_of("2026-11-14", "{neutral}", "{bank}", ""),
                heap("2026-11", "{cash}", ""),
            ]
            .concat(),
        ),
        refused(
            "a cell of a month beyond all range",
            Check("monthly_cells", "monthly_cell_is_in_range"),
            [
                heap_of("2026-11-14", "{neutral_used}", "{bank}", "-"),
                heap_of("2026-11-13", "{neutral}", "{cash}", "-"),
                heap_of("2026-11-14", "{neutral}", "{bank}", ""),
                heap("2026-11", "{bank}", ""),
            ]
            .concat(),
        ),
        refused(
            "a cell of a month beyond all range, of two categories",
            Check("monthly_balances", "monthly_balance_is_in_range"),
            [
                heap("2026-10", "{bank}", "-"),
                heap("2026-11", "{bank}", ""),
                heap_of("2026-11-15", "{neutral_used}", "{bank}", ""),
            ]
            .concat(),
        ),
        refused(
            "a day beyond all range",
            Check("daily_totals", "daily_total_is_in_range"),
            [
                heap_of("2026-11-14", "{neutral}", "{bank}", "-"),
                heap("2026-11", "{bank}", ""),
                heap("2026-11", "{bank}", ""),
            ]
            .concat(),
        ),
    ]
}

fn insert_location(name: &str, kind: &str) -> String {
    format!(
        "INSERT INTO locations (household_id, id, name, kind, position) VALUES ('{{me}}', '{{new}}', {name}, '{kind}', 9)"
    )
}

fn insert_bucket(name: &str, percent: i32) -> String {
    format!(
        "INSERT INTO buckets (household_id, id, name, percent_bp, position) VALUES ('{{me}}', '{{new}}', {name}, {percent}, 9)"
    )
}

fn insert_category(name: &str, sign: &str) -> String {
    format!(
        "INSERT INTO categories (household_id, id, name, sign) VALUES ('{{me}}', '{{new}}', {name}, '{sign}')"
    )
}

/// Names that are none.
const NO_NAMES: [(&str, &str); 4] = [
    ("an empty name", "''"),
    ("spaces around a name", "' X'"),
    ("a tabulator in a name", "E'a\\tb'"),
    ("a name of 256 characters", "repeat('x', 256)"),
];

fn locations() -> Vec<Case> {
    let table = "locations";
    let unique = || Unique(table, "locations_name_is_unique");
    let total = || Check(table, "location_name_is_not_total");
    let mut cases = vec![
        refused(
            "a location called _total",
            total(),
            insert_location("'_Total'", "bank"),
        ),
        refused(
            "a location called _total in wide letters",
            total(),
            insert_location("'＿ｔｏｔａｌ'", "bank"),
        ),
        refused(
            "an unknown kind of location",
            Check(table, "location_kind_is_known"),
            insert_location("'X'", "piggy"),
        ),
        refused(
            "a second location of a name in other case",
            unique(),
            insert_location("'BANK'", "bank"),
        ),
        refused(
            "a second location of a name in wide letters",
            unique(),
            insert_location("'Ｂａｎｋ'", "bank"),
        ),
        refused(
            "a location restored under a name that is taken",
            unique(),
            "UPDATE locations SET archived_at = NULL WHERE id = '{old_location}'",
        )
        .after(&insert_location("'OLD'", "bank")),
        refused(
            "a key that is not the name's",
            Other(
                "column \"name_key\" can only be updated to DEFAULT",
                "ALTER TABLE locations ALTER name_key DROP EXPRESSION",
            ),
            "UPDATE locations SET name_key = 'x' WHERE id = '{unused_location}'",
        ),
    ];
    cases.extend(NO_NAMES.map(|(what, name)| {
        refused(
            &format!("location: {what}"),
            Check(table, "location_name_is_text"),
            insert_location(name, "bank"),
        )
    }));
    cases
}

fn buckets() -> Vec<Case> {
    let table = "buckets";
    let unique = || Unique(table, "buckets_name_is_unique");
    let total = || Check(table, "bucket_name_is_not_total");
    let sum = || Trigger(table, "buckets_fit_in_100", "buckets_fit_in_100");
    let mut cases = vec![
        refused("a bucket called _total", total(), insert_bucket("'_TOTAL'", 0)),
        refused(
            "a second bucket of a name in other case",
            unique(),
            insert_bucket("'FUN'", 0),
        ),
        refused(
            "a second bucket of a name in wide letters",
            unique(),
            insert_bucket("'Ｆｕｎ'", 0),
        ),
        refused(
            "a percentage below nothing",
            Check(table, "bucket_percent_is_a_percentage"),
            insert_bucket("'X'", -1),
        ),
        refused(
            "one more percent than there are",
            sum(),
            insert_bucket("'X'", 100),
        ),
        refused(
            "percentages raised beyond 100",
            sum(),
            "UPDATE buckets SET percent_bp = percent_bp + 1 WHERE id = '{fun}'",
        ),
        refused(
            "an archived bucket with a percentage",
            Check(table, "bucket_archived_has_no_percent"),
            "UPDATE buckets SET percent_bp = 1 WHERE id = '{old_bucket}'",
        ),
    ];
    cases.extend(NO_NAMES.map(|(what, name)| {
        refused(
            &format!("bucket: {what}"),
            Check(table, "bucket_name_is_text"),
            insert_bucket(name, 0),
        )
    }));
    cases
}

fn categories() -> Vec<Case> {
    let table = "categories";
    let unique = || Unique(table, "categories_name_is_unique");
    let mut cases = vec![
        refused(
            "a second category of a name in other case",
            unique(),
            insert_category("'RENT'", "NEGATIVE"),
        ),
        refused(
            "a second category of a name in wide letters",
            unique(),
            insert_category("'Ｒｅｎｔ'", "NEUTRAL"),
        ),
        refused(
            "an unknown sign",
            Check(table, "category_sign_is_known"),
            insert_category("'X'", "MAYBE"),
        ),
    ];
    cases.extend(NO_NAMES.map(|(what, name)| {
        refused(
            &format!("category: {what}"),
            Check(table, "category_name_is_text"),
            insert_category(name, "NEGATIVE"),
        )
    }));
    cases
}

/// Amounts come in pairs here that add up to zero: what is archived stays empty, and only the posting itself is wrong.
fn archived_things() -> Vec<Case> {
    let archived = "posting_is_not_on_an_archived_thing";
    let added = || Trigger("postings", "postings_added_are_active", archived);
    let changed = || Trigger("postings", "postings_changed_are_active", archived);
    let pair = |category: &'static str, cell: (&'static str, &'static str)| {
        let one = |id, amount| {
            Entry {
                id,
                category,
                amount,
                lines: vec![(cell.0, cell.1, amount)],
                ..ADJUSTMENT
            }
            .sql_with_lines()
        };
        one("{new}", 5) + &one("{new2}", -5)
    };
    let good_pair = pair("{neutral}", ("{bank}", "{fun}"));
    let empty = |table, trigger| Trigger(table, trigger, "archived_is_empty");
    vec![
        refused("postings at an archived location", added(), pair("{neutral}", ("{old_location}", "{fun}"))),
        refused("postings in an archived bucket", added(), pair("{neutral}", ("{bank}", "{old_bucket}"))),
        refused("postings in an archived category", added(), pair("{old_category}", ("{bank}", "{fun}"))),
        refused(
            "postings moved to an archived location",
            changed(),
            "UPDATE postings SET location_id = '{old_location}' WHERE transaction_id IN ('{new}', '{new2}')",
        )
        .after(&good_pair),
        refused(
            "postings moved to an archived bucket",
            changed(),
            "UPDATE postings SET bucket_id = '{old_bucket}' WHERE transaction_id IN ('{new}', '{new2}')",
        )
        .after(&good_pair),
        refused(
            "postings moved to an archived location as other lines",
            changed(),
            "UPDATE postings SET location_id = '{old_location}', line = line + 10 WHERE transaction_id = '{new}' AND line > 1",
        )
        .after(
            &Entry {
                lines: vec![
                    ("{bank}", "{fun}", 500),
                    ("{cash}", "{fun}", 5),
                    ("{cash}", "{fun}", -5),
                ],
                ..ADJUSTMENT
            }
            .sql_with_lines(),
        ),
        refused(
            "a transaction moved to an archived category",
            changed(),
            "UPDATE transactions SET category_id = '{old_category}' WHERE id = '{adjustment}'",
        ),
        refused(
            "amounts changed at an archived location",
            changed(),
            "UPDATE transactions SET amount_minor = 2 * amount_minor WHERE id IN ('{old_in}', '{old_out}');
             UPDATE postings SET amount_minor = 2 * amount_minor WHERE transaction_id IN ('{old_in}', '{old_out}')",
        ),
        refused(
            "a location archived with its money",
            empty("locations", "locations_archive_empty"),
            "UPDATE locations SET archived_at = now() WHERE id = '{bank}'",
        ),
        refused(
            "a bucket archived with its money",
            empty("buckets", "buckets_archive_empty"),
            "UPDATE buckets SET archived_at = now(), percent_bp = 0 WHERE id = '{fun}'",
        ),
        refused(
            "money that comes up at an archived location",
            empty("balances", "balances_of_archived_are_zero"),
            "DELETE FROM transactions WHERE id = '{old_out}'",
        ),
    ]
}

fn people() -> Vec<Case> {
    let sign_up = |email: &str, name: &str, format: &str, currency: &str| {
        format!(
            "SELECT sign_up('{{new}}', {email}, {name}, 'hash', '{format}', 'day_month', '{{new2}}', 'Household', '{currency}', 'UTC')"
        )
    };
    let good = "'new@example.org'";
    let start_session = |hash: &str, user: &str, household: &str| {
        format!(
            "SELECT start_session(gen_random_uuid(), '{hash}', '{user}', '{household}', interval '1 day', '', '');"
        )
    };
    vec![
        refused(
            "an address that is none",
            Check("users", "user_email_is_text"),
            sign_up("'somebody'", "''", "comma_point", "EUR"),
        ),
        refused(
            "an address with a space",
            Check("users", "user_email_is_text"),
            sign_up("'some body@example.org'", "''", "comma_point", "EUR"),
        ),
        refused(
            "a name with a line break",
            Check("users", "user_full_name_is_text"),
            sign_up(good, "E'A\\nB'", "comma_point", "EUR"),
        ),
        refused(
            "an unknown number format",
            Check("users", "user_number_format_is_known"),
            sign_up(good, "''", "roman", "EUR"),
        ),
        refused(
            "an unknown date format",
            Check("users", "user_date_format_is_known"),
            sign_up(good, "''", "comma_point", "EUR").replace("day_month", "julian"),
        ),
        refused(
            "an address that is taken, in other case",
            Unique("users", "users_email_is_unique"),
            sign_up("'HOME@Example.org'", "''", "comma_point", "EUR"),
        ),
        refused(
            "an address that is taken, in wide letters",
            Unique("users", "users_email_is_unique"),
            sign_up("'ｈｏｍｅ@example.org'", "''", "comma_point", "EUR"),
        ),
        refused(
            "a currency that is no code",
            Check("households", "household_currency_is_a_code"),
            sign_up(good, "''", "comma_point", "euro"),
        ),
        refused(
            "a household without a name",
            Check("households", "household_name_is_text"),
            "UPDATE households SET name = ' ' WHERE id = '{me}'",
        ),
        refused(
            "a household without a time zone",
            Check("households", "household_time_zone_is_text"),
            "UPDATE households SET time_zone = '' WHERE id = '{me}'",
        ),
        refused(
            "an unknown role",
            Check("members", "member_role_is_known"),
            "INSERT INTO members (household_id, user_id, role) VALUES ('{me}', '{their_user}', 'guest')",
        )
        .after("GRANT INSERT ON members TO budget_app"),
        refused(
            "a session in another's household",
            ForeignKey("sessions", "sessions_household_id_user_id_fkey"),
            start_session("\\x00", "{my_user}", "{other}"),
        ),
        refused(
            "a session with the secret of another",
            Unique("sessions", "sessions_secret_hash_key"),
            start_session("\\x00", "{my_user}", "{me}") + &start_session("\\x00", "{my_user}", "{me}"),
        ),
        refused(
            "tokens for nobody",
            ForeignKey("token_families", "token_families_user_id_fkey"),
            "SELECT start_token_family('{new}', '{new}', '\\x00', interval '1 day', '', '')",
        ),
    ]
}

/// As a person who entered the transaction.
fn entered(user: &str, sql: &str) -> String {
    format!("SELECT set_config('app.user_id', '{user}', true); {sql}")
}

fn accounts() -> Vec<Case> {
    let mine = |sql: &str| entered("{my_user}", sql);
    let session = |browser: &str, address: &str| {
        format!(
            "SELECT start_session('{{new}}', '\\x00', '{{my_user}}', '{{me}}', interval '1 day', {browser}, {address})"
        )
    };
    let program = |client: &str, address: &str| {
        format!(
            "SELECT start_token_family('{{new}}', '{{my_user}}', '\\x00', interval '1 day', {client}, {address})"
        )
    };
    let event = |user: &str, kind: &str, detail: &str, address: &str, browser: &str| {
        format!("SELECT note_security_event('{{new}}', '{user}', '{kind}', {detail}, {address}, {browser})")
    };
    let link = |id: &str, hash: &str, purpose: &str, user: &str| {
        format!(
            "INSERT INTO one_time_links (id, secret_hash, purpose, user_id, email, expires_at)
             VALUES ('{id}', '{hash}', '{purpose}', '{user}', 'home@example.org', now());"
        )
    };
    let links = "GRANT INSERT ON one_time_links TO budget_app";
    let (long, longer) = ("repeat('x', 101)", "repeat('x', 601)");
    vec![
        refused(
            "an unknown theme",
            Check("users", "user_theme_is_known"),
            mine("SELECT save_my_account('', 'comma_point', 'day_month', 'pink')"),
        ),
        refused(
            "a browser with a long name",
            Check("sessions", "session_browser_is_text"),
            session(long, "''"),
        ),
        refused(
            "a session from nowhere",
            Check("sessions", "session_address_is_text"),
            session("''", long),
        ),
        refused(
            "a program with a long name",
            Check("token_families", "token_family_client_is_text"),
            program(long, "''"),
        ),
        refused(
            "a program from nowhere",
            Check("token_families", "token_family_address_is_text"),
            program("''", long),
        ),
        refused(
            "an event of no kind",
            Check("security_events", "security_event_kind_is_a_word"),
            event("{my_user}", "Not a word", "''", "''", "''"),
        ),
        refused(
            "an event that is a story",
            Check("security_events", "security_event_detail_is_text"),
            event("{my_user}", "x", longer, "''", "''"),
        ),
        refused(
            "an event from nowhere",
            Check("security_events", "security_event_address_is_text"),
            event("{my_user}", "x", "''", long, "''"),
        ),
        refused(
            "an event of a browser with a long name",
            Check("security_events", "security_event_browser_is_text"),
            event("{my_user}", "x", "''", "''", long),
        ),
        refused(
            "a link for nothing",
            Check("one_time_links", "one_time_link_purpose_is_known"),
            link("{new}", "\\x00", "please", "{my_user}"),
        )
        .after(links),
        refused(
            "a link to nowhere",
            Check("one_time_links", "one_time_link_email_is_text"),
            mine("SELECT begin_email_change('{new}', '\\x00', 'x', interval '1 hour')"),
        ),
        refused(
            "a link for nobody",
            ForeignKey("one_time_links", "one_time_links_user_id_fkey"),
            link("{new}", "\\x00", "confirm_email", "{new}"),
        )
        .after(links),
        refused(
            "two links with one secret",
            Unique("one_time_links", "one_time_links_secret_hash_key"),
            link("{new}", "\\x00", "confirm_email", "{my_user}")
                + &link("{new2}", "\\x00", "confirm_email", "{their_user}"),
        )
        .after(links),
        refused(
            "an older link beside the newest",
            Unique("one_time_links", "one_time_link_is_the_newest"),
            link("{new}", "\\x00", "confirm_email", "{my_user}")
                + &link("{new2}", "\\x01", "confirm_email", "{my_user}"),
        )
        .after(links),
        refused(
            "a second factor of nobody",
            ForeignKey("second_factors", "second_factors_user_id_fkey"),
            entered("{new}", "SELECT begin_second_factor('\\x00')"),
        ),
        refused(
            "recovery codes without a second factor",
            ForeignKey("recovery_codes", "recovery_codes_user_id_fkey"),
            mine("SELECT set_my_recovery_codes(ARRAY['\\x00'::bytea])"),
        ),
    ]
}

fn sharing() -> Vec<Case> {
    let mine = |sql: &str| entered("{my_user}", sql);
    let invite = |id: &str, hash: &str, email: &str, role: &str| {
        format!("SELECT invite('{id}', '{hash}', {email}, '{role}', interval '1 day');")
    };
    vec![
        refused(
            "an invitation to a long address",
            Check("invitations", "invitation_email_is_text"),
            mine(&invite("{new}", "\\x00", "repeat('x', 256)", "reader")),
        ),
        refused(
            "an invitation as a guest",
            Check("invitations", "invitation_role_is_known"),
            mine(&invite("{new}", "\\x00", "''", "guest")),
        ),
        refused(
            "two invitations with one secret",
            Unique("invitations", "invitations_secret_hash_key"),
            mine(&(invite("{new}", "\\x00", "''", "reader") + &invite("{new2}", "\\x00", "''", "reader"))),
        ),
        refused(
            "an invitation by nobody we know",
            ForeignKey("invitations", "invitations_invited_by_fkey"),
            "INSERT INTO invitations (household_id, id, secret_hash, role, invited_by, expires_at)
             VALUES ('{me}', '{new}', '\\x00', 'reader', '{new}', now())",
        )
        .after("GRANT INSERT ON invitations TO budget_app"),
        refused(
            "an invitation by somebody who may only read",
            Other(
                "only an owner may do this",
                "UPDATE members SET role = 'owner' WHERE household_id = '{me}' AND user_id = '{their_user}'",
            ),
            entered("{their_user}", &invite("{new}", "\\x00", "''", "owner")),
        )
        .after("INSERT INTO members (household_id, user_id, role) VALUES ('{me}', '{their_user}', 'reader')"),
        refused(
            "a role given by somebody who may not",
            Other(
                "only an owner may do this",
                "UPDATE members SET role = 'owner' WHERE household_id = '{me}' AND user_id = '{their_user}'",
            ),
            entered(
                "{their_user}",
                "SELECT change_role('{their_user}', 'owner', NULL)",
            ),
        )
        .after("INSERT INTO members (household_id, user_id, role) VALUES ('{me}', '{their_user}', 'member')"),
        refused(
            "a household that its only owner leaves",
            Trigger("members", "members_leave_an_owner", "household_has_an_owner"),
            mine("SELECT leave_household(NULL, '\\x00')"),
        ),
        refused(
            "a household of nobody",
            Trigger("households", "households_have_an_owner", "household_has_an_owner"),
            "INSERT INTO households (id, name, currency) VALUES ('{new}', 'Empty', 'EUR')",
        )
        .after("ALTER TABLE households DISABLE ROW LEVEL SECURITY; GRANT INSERT ON households TO budget_app"),
    ]
}

fn history() -> Vec<Case> {
    let change = |id: &str, user: &str, action: &str, undoes: &str| {
        format!(
            "INSERT INTO changes (household_id, id, user_id, action, summary, undoes) VALUES ('{{me}}', '{id}', {user}, '{action}', '', {undoes});"
        )
    };
    let item = |change: &str, noun: &str| {
        format!(
            "INSERT INTO change_items (household_id, change_id, position, noun, object_id) VALUES ('{{me}}', '{change}', 99, '{noun}', '{{new}}')"
        )
    };
    let answer = |user: &str, key: &str| {
        format!(
            "INSERT INTO idempotency_keys (household_id, user_id, key, request_hash, answer) VALUES ('{{me}}', '{user}', '{key}', '\\x00', '1')"
        )
    };
    vec![
        refused(
            "a change that did nothing",
            Check("changes", "change_action_is_text"),
            change("{new}", "NULL", "", "NULL"),
        ),
        refused(
            "a change by nobody we know",
            ForeignKey("changes", "changes_user_id_fkey"),
            change("{new}", "'{new}'", "x", "NULL"),
        ),
        refused(
            "another household's change undone",
            ForeignKey("changes", "change_undoes_a_change"),
            change("{new}", "NULL", "undo", "'{their_change}'"),
        ),
        refused(
            "a change undone twice",
            Unique("changes", "change_is_undone_once"),
            change("{new}", "NULL", "undo", "'{my_change}'")
                + &change("{new2}", "NULL", "undo", "'{my_change}'"),
        ),
        refused(
            "an unknown noun",
            Check("change_items", "change_item_noun_is_known"),
            item("{my_change}", "verb"),
        ),
        refused(
            "something in another household's change",
            ForeignKey("change_items", "change_item_has_its_change"),
            item("{their_change}", "bucket"),
        ),
        refused(
            "an empty key",
            Check("idempotency_keys", "idempotency_key_is_text"),
            answer("{my_user}", ""),
        ),
        refused(
            "a key of nobody",
            ForeignKey("idempotency_keys", "idempotency_keys_user_id_fkey"),
            answer("{new}", "x"),
        ),
    ]
}

fn jobs() -> Vec<Case> {
    let enqueue = |kind: &str, payload: &str, key: &str| {
        format!("SELECT enqueue_job('{kind}', {payload}, now(), '{key}')")
    };
    // What is out of reach of the role without the function.
    let may = "GRANT INSERT ON jobs TO budget_app";
    let insert = |state: &str| {
        format!(
            "INSERT INTO jobs (kind, payload, run_at, unique_key, state) VALUES ('x', '1', now(), 'k', '{state}');"
        )
    };
    vec![
        refused(
            "a job without a kind",
            Check("jobs", "job_kind_is_a_word"),
            enqueue("", "'1'", "k"),
        ),
        refused(
            "a job as large as a film",
            Check("jobs", "job_payload_is_small"),
            enqueue("x", "to_jsonb(repeat('x', 70000))", "k"),
        ),
        refused(
            "a job with an empty key",
            Check("jobs", "job_unique_key_is_text"),
            enqueue("x", "'1'", ""),
        ),
        refused(
            "two jobs with one key",
            Unique("jobs", "jobs_unique_key"),
            insert("queued").repeat(2),
        )
        .after(may),
        refused(
            "a job that sleeps",
            Check("jobs", "job_state_is_known"),
            insert("asleep"),
        )
        .after(may),
        refused(
            "a job that nobody runs",
            Check("jobs", "job_is_locked_while_it_runs"),
            insert("running"),
        )
        .after(may),
        refused(
            "a job that never ended",
            Check("jobs", "job_ends_once"),
            insert("done"),
        )
        .after(may),
        refused(
            "a job run by a request",
            Privilege("UPDATE", "jobs"),
            "UPDATE jobs SET run_at = now()",
        ),
        refused(
            "a job that is gone",
            Privilege("DELETE", "jobs"),
            "DELETE FROM jobs",
        ),
    ]
}

fn rights() -> Vec<Case> {
    let mut cases = Vec::new();
    // Nobody rewrites history, and sums are made by triggers only.
    for (table, column) in [
        ("changes", "summary"),
        ("change_items", "noun"),
        ("balances", "amount_minor"),
        ("monthly_totals", "amount_minor"),
        ("monthly_cells", "amount_minor"),
        ("monthly_balances", "amount_minor"),
        ("daily_totals", "amount_minor"),
        ("members", "role"),
    ] {
        let update = format!("UPDATE {table} SET {column} = {column} WHERE household_id = '{{me}}'");
        cases.push(refused(
            &format!("an update of {table}"),
            Privilege("UPDATE", table),
            update,
        ));
        let delete = format!("DELETE FROM {table} WHERE household_id = '{{me}}'");
        let case = refused(
            &format!("a deletion from {table}"),
            Privilege("DELETE", table),
            delete,
        );
        // Undone changes are pointed at; none is here. A household that nobody is in any more is one that was deleted.
        let closed = "UPDATE households SET closed_at = now() WHERE id = '{me}'";
        cases.push(if table == "members" {
            case.after(closed)
        } else {
            case
        });
    }
    for (table, row) in [
        ("balances", "'{me}', '{new}', '{new}', 1, 1"),
        ("monthly_totals", "'{me}', '2026-11-01', '{new}', 1, 1, 1"),
        (
            "monthly_cells",
            "'{me}', '2026-11-01', '{new}', '{new}', '{new}', 1, 1",
        ),
        ("monthly_balances", "'{me}', '2026-11-01', '{new}', '{new}', 1, 1"),
        ("daily_totals", "'{me}', '2026-11-01', '{new}', 1, 1"),
        ("members", "'{me}', '{their_user}', 'owner'"),
    ] {
        let insert = format!("INSERT INTO {table} VALUES ({row})");
        cases.push(refused(
            &format!("a row of {table}"),
            Privilege("INSERT", table),
            insert,
        ));
    }
    for table in [
        "users",
        "sessions",
        "token_families",
        "refresh_tokens",
        "jobs",
        "__diesel_schema_migrations",
    ] {
        let read = format!("SELECT FROM {table}");
        cases.push(refused(
            &format!("a look at {table}"),
            Privilege("SELECT", table),
            read,
        ));
    }
    let update = "UPDATE users SET is_superuser = true WHERE id = '{my_user}'";
    cases.push(
        refused("power over all", Privilege("UPDATE", "users"), update)
            .after("GRANT SELECT ON users TO budget_app"),
    );
    cases.extend([
        refused(
            "a household of one's own making",
            Privilege("INSERT", "households"),
            "INSERT INTO households (id, name, currency) VALUES ('{me}', 'X', 'EUR') ON CONFLICT (id) DO NOTHING",
        ),
        refused(
            "a household deleted",
            Privilege("DELETE", "households"),
            "DELETE FROM households WHERE id = '{me}' AND false",
        ),
        refused(
            "a household with another id",
            Privilege("UPDATE", "households"),
            "UPDATE households SET id = id WHERE id = '{me}'",
        ),
        refused(
            "an answer changed afterwards",
            Privilege("UPDATE", "idempotency_keys"),
            "UPDATE idempotency_keys SET answer = '2'",
        ),
        refused("all postings at once", Privilege("TRUNCATE", "postings"), "TRUNCATE postings"),
        refused(
            "a table of one's own",
            Privilege("CREATE", "SCHEMA public"),
            "CREATE TABLE public.mine (id INT)",
        ),
        refused(
            "the triggers switched off",
            Other(
                "must be owner of table postings",
                "GRANT CREATE ON SCHEMA public TO budget_app; ALTER TABLE postings OWNER TO budget_app",
            ),
            "ALTER TABLE postings DISABLE TRIGGER postings_are_whole",
        ),
        refused(
            "the policy switched off",
            Other(
                "must be owner of table locations",
                "GRANT CREATE ON SCHEMA public TO budget_app; ALTER TABLE locations OWNER TO budget_app",
            ),
            "ALTER TABLE locations DISABLE ROW LEVEL SECURITY",
        ),
        refused(
            "an inner function called",
            Privilege("EXECUTE", "FUNCTION search_patterns(TEXT[])"),
            "SELECT search_patterns(ARRAY['x'])",
        ),
    ]);
    cases
}

/// Every table of a household, how a foreign row is made, and a column for an update that changes nothing.
const FENCED: &[(&str, &str, &str)] = &[
    ("households", "(id, name, currency) VALUES ('{new}', 'X', 'EUR')", "name"),
    ("members", "VALUES ('{other}', '{my_user}', 'owner')", "role"),
    ("locations", "(household_id, id, name, kind, position) VALUES ('{other}', '{new}', 'X', 'bank', 9)", "name"),
    ("buckets", "(household_id, id, name, percent_bp, position) VALUES ('{other}', '{new}', 'X', 0, 9)", "name"),
    ("categories", "(household_id, id, name, sign) VALUES ('{other}', '{new}', 'X', 'NEUTRAL')", "name"),
    (
        "transactions",
        "(household_id, id, date, kind, category_id, amount_minor) VALUES ('{other}', '{new}', '2026-11-07', 'expense', '{their_category}', -5);
         INSERT INTO postings VALUES ('{other}', '{new}', 1, '2026-11-07', '{their_category}', '{their_location}', '{their_bucket}', -5)",
        "description",
    ),
    ("split_shares", "VALUES ('{other}', '{their_split}', 9, '{their_bucket}', 0)", "percent_bp"),
    (
        "postings",
        "VALUES ('{other}', '{theirs}', 8, '2026-11-02', '{their_category}', '{their_location}', '{their_bucket}', 1),
                ('{other}', '{theirs}', 9, '2026-11-02', '{their_category}', '{their_location}', '{their_bucket}', -1)",
        "amount_minor",
    ),
    ("balances", "VALUES ('{other}', '{new}', '{new}', 1, 1)", "amount_minor"),
    ("monthly_totals", "VALUES ('{other}', '2026-11-01', '{new}', 1, 1, 1)", "amount_minor"),
    ("monthly_cells", "VALUES ('{other}', '2026-11-01', '{new}', '{new}', '{new}', 1, 1)", "amount_minor"),
    ("monthly_balances", "VALUES ('{other}', '2026-11-01', '{new}', '{new}', 1, 1)", "amount_minor"),
    ("daily_totals", "VALUES ('{other}', '2026-11-01', '{new}', 1, 1)", "amount_minor"),
    ("changes", "(household_id, id, action, summary) VALUES ('{other}', '{new}', 'x', '')", "summary"),
    (
        "change_items",
        "(household_id, change_id, position, noun, object_id) VALUES ('{other}', '{their_change}', 99, 'bucket', '{new}')",
        "noun",
    ),
    (
        "idempotency_keys",
        "(household_id, user_id, key, request_hash, answer) VALUES ('{other}', '{my_user}', 'x', '\\x00', '1')",
        "key",
    ),
];

/// The owner grants every right on the table first: only the policy is left.
fn policies() -> Vec<Case> {
    let mut cases = Vec::new();
    for (table, foreign_row, column) in FENCED {
        let key = if *table == "households" {
            "id"
        } else {
            "household_id"
        };
        let grant = format!("GRANT ALL ON {table} TO budget_app");
        let case =
            |name: &str, guard, sql: String| refused(&format!("{name} {table}"), guard, sql).after(&grant);
        cases.push(case(
            "a look at others'",
            Unseen(table),
            format!("SELECT FROM {table} WHERE {key} = '{{other}}'"),
        ));
        let mut alone = case(
            "a look, admitted to none, at",
            Unseen(table),
            format!("SELECT FROM {table}"),
        );
        alone.admitted = false;
        cases.push(alone);
        cases.push(case(
            "an update of others'",
            Unseen(table),
            format!("UPDATE {table} SET {column} = {column} WHERE {key} = '{{other}}'"),
        ));
        let mut insert = case(
            "a row for others in",
            Policy(table),
            format!("INSERT INTO {table} {foreign_row}"),
        );
        if *table == "transactions" {
            insert.before += "; ALTER TABLE postings DISABLE ROW LEVEL SECURITY";
        }
        if *table == "households" {
            insert.before += "; DROP TRIGGER households_have_an_owner ON households";
        }
        cases.push(insert);
    }
    for (table, thing) in [
        ("locations", "unused_location"),
        ("buckets", "unused_bucket"),
        ("categories", "unused_category"),
    ] {
        // The name is taken there.
        let give =
            format!("UPDATE {table} SET household_id = '{{other}}', name = 'Gift' WHERE id = '{{{thing}}}'");
        cases.push(refused(
            &format!("a gift to others in {table}"),
            Policy(table),
            give,
        ));
    }
    cases.push(refused(
        "another household's version",
        Unseen("households"),
        "UPDATE households SET ledger_version = ledger_version + 1000 WHERE id = '{other}'",
    ));
    cases.push(refused(
        "another household's transaction deleted",
        Unseen("transactions"),
        "DELETE FROM transactions WHERE id = '{theirs}'",
    ));
    cases
}
