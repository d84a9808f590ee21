//! What Postgres itself refuses, whatever a program sends: hostile SQL as the role of requests.
//!
//! Each case is aimed at one guard. It is refused by that guard; and where the guard is taken away, it goes through. So no guard is there
//! for nothing, and none hides behind another.

mod cases;
mod world;

use std::collections::BTreeSet;

use budget::ledger::Sign;
use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use crate::support::{TestApp, TestDatabase};
use world::World;

/// What stands in the way.
enum Guard {
    /// A CHECK of a table.
    Check(&'static str, &'static str),
    /// A foreign key of a table.
    ForeignKey(&'static str, &'static str),
    /// A unique index or constraint of a table, by name.
    Unique(&'static str, &'static str),
    /// A trigger of a table, which names a rule.
    Trigger(&'static str, &'static str, &'static str),
    /// Something that the role was not given: `UPDATE` on `changes`.
    Privilege(&'static str, &'static str),
    /// The policy of a table: a new row may not be there.
    Policy(&'static str),
    /// The policy of a table: the rows are not seen.
    Unseen(&'static str),
    /// Anything else: what Postgres says, and how the owner takes it away.
    Other(&'static str, &'static str),
}

/// One attack.
struct Case {
    /// What must not be.
    name: String,
    /// Prepared by the owner, so that only the guard is left in the way.
    before: String,
    /// Whether a household admitted the transaction.
    admitted: bool,
    /// The attack: statements of the role.
    sql: String,
    guard: Guard,
}

impl Guard {
    fn removal(&self) -> String {
        match self {
            Self::Check(table, name) | Self::ForeignKey(table, name) => {
                format!("ALTER TABLE {table} DROP CONSTRAINT {name}")
            }
            Self::Unique(table, name) => format!(
                "DO $$ BEGIN
                    IF EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}') THEN ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE;
                    ELSE DROP INDEX {name}; END IF;
                 END $$"
            ),
            Self::Trigger(table, name, _) => format!("DROP TRIGGER {name} ON {table}"),
            Self::Privilege(privilege, thing) => format!("GRANT {privilege} ON {thing} TO budget_app"),
            Self::Policy(table) | Self::Unseen(table) => {
                format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
            }
            Self::Other(_, removal) => (*removal).to_owned(),
        }
    }

    /// Whether this is the guard's refusal.
    fn refused(&self, outcome: &QueryResult<usize>) -> bool {
        let (kind, message, constraint) = match (self, outcome) {
            (Self::Unseen(_), Ok(rows)) => return *rows == 0,
            (_, Err(DieselError::DatabaseError(kind, info))) => (
                kind,
                info.message().to_owned(),
                info.constraint_name().unwrap_or_default().to_owned(),
            ),
            _ => return false,
        };
        match self {
            Self::Check(_, name) | Self::Trigger(_, _, name) => {
                matches!(kind, DatabaseErrorKind::CheckViolation) && constraint == *name
            }
            Self::ForeignKey(_, name) => {
                matches!(kind, DatabaseErrorKind::ForeignKeyViolation) && constraint == *name
            }
            Self::Unique(_, name) => {
                matches!(kind, DatabaseErrorKind::UniqueViolation) && constraint == *name
            }
            Self::Privilege(_, thing) => {
                let (class, name) = thing.split_once(' ').unwrap_or(("TABLE", thing));
                let name = name.split('(').next().unwrap();
                message == format!("permission denied for {} {name}", class.to_lowercase())
            }
            Self::Policy(table) => {
                message == format!("new row violates row-level security policy for table \"{table}\"")
            }
            Self::Unseen(_) => false,
            Self::Other(said, _) => message.contains(said),
        }
    }

    /// Whether without the guard the attack succeeds.
    fn goes_through(&self, outcome: &QueryResult<usize>) -> bool {
        match (self, outcome) {
            (Self::Unseen(_), Ok(rows)) => *rows > 0,
            (_, outcome) => outcome.is_ok(),
        }
    }
}

/// Runs the attack in a transaction that is rolled back, after the owner did `preparation`.
fn attack(conn: &mut PgConnection, world: &World, case: &Case, preparation: &str) -> QueryResult<usize> {
    conn.batch_execute("BEGIN").unwrap();
    conn.batch_execute(&world.fill_in(&format!("SELECT 1; {preparation}")))
        .unwrap_or_else(|error| panic!("{}: the preparation failed: {error}", case.name));
    let household = if case.admitted { "{me}" } else { "" };
    let enter =
        format!("SET LOCAL ROLE budget_app; SELECT set_config('app.household_id', '{household}', true)");
    conn.batch_execute(&world.fill_in(&enter)).unwrap();
    let sql = world.fill_in(&case.sql);
    let outcome = if matches!(case.guard, Guard::Unseen(_)) {
        sql_query(sql).execute(conn)
    } else {
        conn.batch_execute(&sql).map(|()| 0)
    };
    let outcome = outcome.and_then(|rows| conn.batch_execute("SET CONSTRAINTS ALL IMMEDIATE").map(|()| rows));
    conn.batch_execute("ROLLBACK").unwrap();
    outcome
}

#[test]
fn every_attack_is_refused_by_its_guard_and_by_no_other() {
    let app = TestApp::new();
    let world = World::new(&app);
    let conn = &mut app.sql();
    let mut complaints = Vec::new();
    for case in cases::all() {
        let outcome = attack(conn, &world, &case, &case.before);
        if !case.guard.refused(&outcome) {
            complaints.push(format!("{}: not refused by its guard: {outcome:?}", case.name));
            continue;
        }
        let outcome = attack(
            conn,
            &world,
            &case,
            &format!("{}; {}", case.before, case.guard.removal()),
        );
        if !case.guard.goes_through(&outcome) {
            complaints.push(format!(
                "{}: something else is in the way too: {outcome:?}",
                case.name
            ));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn no_guard_is_without_an_attack() {
    let app = TestApp::new();
    let attacked: BTreeSet<String> = cases::all()
        .iter()
        .filter_map(|case| match case.guard {
            Guard::Check(table, name)
            | Guard::ForeignKey(table, name)
            | Guard::Unique(table, name)
            | Guard::Trigger(table, name, _) => Some(format!("{table} {name}")),
            Guard::Policy(table) => Some(format!("{table} own_household")),
            _ => None,
        })
        .collect();
    let conn = &mut app.sql();
    let guards = lines(
        conn,
        "SELECT format('%s %s', conrelid::regclass, conname) AS line FROM pg_constraint
          WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u')
         UNION SELECT format('%s %s', indrelid::regclass, indexrelid::regclass) FROM pg_index
          WHERE indisunique AND NOT indisprimary AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
         UNION SELECT format('%s %s', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal
         UNION SELECT format('%s %s', polrelid::regclass, polname) FROM pg_policy
         ORDER BY 1",
    );
    assert!(guards.len() > 60, "{guards:?}");
    let unattacked: Vec<_> = guards
        .iter()
        .filter(|guard| !attacked.contains(*guard) && !cases::is_excused(guard))
        .collect();
    assert!(unattacked.is_empty(), "{unattacked:#?}");
    let gone: Vec<_> = attacked
        .iter()
        .filter(|one| !guards.contains(one) && !one.ends_with("_pkey"))
        .collect();
    assert!(gone.is_empty(), "{gone:#?}");
}

#[test]
fn the_role_of_requests_has_these_rights_and_no_more() {
    let app = TestApp::new();
    let conn = &mut app.sql();
    let rights = lines(
        conn,
        "SELECT format('%s: %s', c.relname, string_agg(privilege, ', ' ORDER BY privilege)) AS line
           FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S') AND has_table_privilege('budget_app', c.oid, privilege)
          GROUP BY c.relname ORDER BY 1",
    );
    assert_eq!(
        rights,
        [
            "balances: SELECT",
            "buckets: DELETE, INSERT, SELECT, UPDATE",
            "categories: DELETE, INSERT, SELECT, UPDATE",
            "change_items: INSERT, SELECT",
            "changes: INSERT, SELECT",
            "daily_totals: SELECT",
            "households: SELECT",
            "idempotency_keys: DELETE, INSERT, SELECT",
            "locations: DELETE, INSERT, SELECT, UPDATE",
            "members: SELECT",
            "monthly_balances: SELECT",
            "monthly_cells: SELECT",
            "monthly_totals: SELECT",
            "postings: DELETE, INSERT, SELECT, UPDATE",
            "split_shares: DELETE, INSERT, SELECT, UPDATE",
            "transactions: DELETE, INSERT, SELECT, UPDATE",
        ]
    );
    let columns = lines(
        conn,
        "SELECT format('%s.%s', c.relname, a.attname) AS line
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND has_column_privilege('budget_app', c.oid, a.attnum, 'UPDATE') AND NOT has_table_privilege('budget_app', c.oid, 'UPDATE')
          ORDER BY 1",
    );
    assert_eq!(
        columns,
        [
            "households.currency",
            "households.ledger_version",
            "households.name",
            "households.time_zone",
        ]
    );
    let functions = lines(
        conn,
        "SELECT p.proname::text AS line FROM pg_proc p
          WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('budget_app', p.oid, 'EXECUTE')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1",
    );
    assert_eq!(
        functions,
        [
            "accept_invitation",
            "ask_my_deletion",
            "begin_email_change",
            "begin_second_factor",
            "change_email",
            "change_role",
            "confirm_email",
            "credentials_of",
            "current_household",
            "current_person",
            "drop_email_change",
            "drop_second_factor",
            "enable_second_factor",
            "end_household",
            "end_my_device",
            "end_my_other_devices",
            "end_session",
            "enqueue_job",
            "enter_household",
            "enter_session",
            "enter_token",
            "find_credentials",
            "find_invitation",
            "find_link",
            "find_transactions",
            "fold",
            "forget_old_demos",
            "found_household",
            "hand_over",
            "household_invitations",
            "household_members",
            "household_people",
            "invite",
            "is_demo",
            "largest_expense",
            "leave_demo",
            "leave_household",
            "ledger_changed_at",
            "mark_demo",
            "month_of",
            "my_account",
            "my_devices",
            "my_events",
            "my_households",
            "my_households_if_i_go",
            "my_password_hash",
            "my_second_factor",
            "note_security_event",
            "remove_member",
            "renew_my_session",
            "reset_password",
            "revoke_refresh_token",
            "rotate_refresh_token",
            "save_my_account",
            "set_my_password",
            "set_my_recovery_codes",
            "show_household",
            "sign_up",
            "sign_up_invited",
            "start_session",
            "start_token_family",
            "sum_transactions",
            "take_recovery_code",
            "take_second_factor_step",
            "touch_session",
            "visible_people",
            "withdraw_invitation",
        ]
    );
    let role = lines(
        conn,
        "SELECT format('superuser %s, bypasses policies %s, logs in %s, creates roles %s, creates databases %s; owns %s; member of %s',
                       rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb,
                       (SELECT count(*) FROM pg_class WHERE relowner = r.oid), (SELECT count(*) FROM pg_auth_members WHERE member = r.oid)) AS line
           FROM pg_roles r WHERE rolname = 'budget_app'",
    );
    assert_eq!(
        role,
        [
            "superuser f, bypasses policies f, logs in f, creates roles f, creates databases f; owns 0; member of 0",
        ]
    );
}

#[test]
fn every_table_of_a_household_is_fenced_in() {
    let app = TestApp::new();
    let conn = &mut app.sql();
    // A table that the role may touch has the policy, for every command, and it is switched on.
    let unfenced = lines(
        conn,
        "SELECT c.relname::text AS line FROM pg_class c
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND (has_any_column_privilege('budget_app', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') OR has_table_privilege('budget_app', c.oid, 'DELETE, TRUNCATE, TRIGGER'))
            AND NOT (c.relrowsecurity AND (SELECT count(*) = 1 AND bool_and(polcmd = '*' AND polpermissive AND polwithcheck IS NOT NULL) FROM pg_policy WHERE polrelid = c.oid))
          ORDER BY 1",
    );
    assert_eq!(unfenced, Vec::<String>::new());
    // The household leads every key, also those that point from one table to another.
    let loose = lines(
        conn,
        "SELECT format('%s %s', x.conrelid::regclass, x.conname) AS line FROM pg_constraint x
          WHERE x.connamespace = 'public'::regnamespace
            AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = x.conrelid AND attname = 'household_id')
            AND x.conrelid <> 'sessions'::regclass
            AND (x.contype = 'p' OR (x.contype = 'f' AND x.confrelid NOT IN ('households'::regclass, 'users'::regclass)))
            AND (SELECT attname FROM pg_attribute WHERE attrelid = x.conrelid AND attnum = x.conkey[1]) <> 'household_id'
          ORDER BY 1",
    );
    assert_eq!(loose, Vec::<String>::new());
    // Functions that run as the owner look for their tables nowhere but where they are.
    let wandering = lines(
        conn,
        "SELECT proname::text AS line FROM pg_proc p
          WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proconfig IS DISTINCT FROM ARRAY['search_path=public, pg_temp'] ORDER BY 1",
    );
    assert_eq!(wandering, Vec::<String>::new());
}

#[test]
fn search_stays_in_its_household() {
    let app = TestApp::new();
    let world = World::new(&app);
    let conn = &mut app.sql();
    let found = |conn: &mut PgConnection, household: &str, arguments: &str| {
        conn.batch_execute(&world.fill_in(&format!(
            "BEGIN; SET LOCAL ROLE budget_app; SELECT set_config('app.household_id', '{household}', true)"
        )))
        .unwrap();
        let query = format!(
            "SELECT find_transactions::text AS line FROM find_transactions({arguments}, NULL, NULL, true, 100)"
        );
        let ids = lines(conn, &world.fill_in(&query));
        let query = format!("SELECT (sum_transactions({arguments})).entries::text AS line");
        let counted = lines(conn, &world.fill_in(&query));
        assert_eq!(counted, [ids.len().to_string()], "{arguments}");
        conn.batch_execute("ROLLBACK").unwrap();
        ids.len()
    };
    for arguments in [
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL",
        "ARRAY['theirs'], NULL, NULL, NULL, NULL, NULL, NULL",
        "ARRAY['%'], NULL, NULL, NULL, ARRAY['{their_category}']::uuid[], NULL, NULL",
        "NULL, '2026-01-01', '2027-01-01', ARRAY['expense'], NULL, ARRAY['{their_location}']::uuid[], ARRAY['{their_bucket}']::uuid[]",
        "NULL, NULL, NULL, NULL, NULL, ARRAY['{their_location}']::uuid[], NULL",
        "NULL, NULL, NULL, NULL, NULL, NULL, ARRAY['{their_bucket}']::uuid[]",
        "ARRAY[''') OR true --'], NULL, NULL, NULL, NULL, NULL, NULL",
        // Several of each, in every way in which they are merged.
        "NULL, NULL, NULL, ARRAY['income', 'expense'], NULL, NULL, NULL",
        "NULL, NULL, NULL, NULL, ARRAY['{their_category}', '{their_category}', '{their_bucket}']::uuid[], NULL, NULL",
        "NULL, NULL, NULL, NULL, NULL, ARRAY['{their_location}', '{their_bucket}']::uuid[], NULL",
        "NULL, NULL, NULL, NULL, NULL, NULL, ARRAY['{their_bucket}', '{their_location}']::uuid[]",
        "NULL, NULL, NULL, NULL, NULL, ARRAY['{their_location}', '{their_bucket}']::uuid[], ARRAY['{their_bucket}', '{their_location}']::uuid[]",
        "NULL, NULL, NULL, ARRAY['expense', 'transfer'], ARRAY['{their_category}', '{their_bucket}']::uuid[], ARRAY['{their_location}']::uuid[], NULL",
        "ARRAY['theirs'], NULL, NULL, ARRAY['expense', 'loan'], ARRAY['{their_category}', '{their_bucket}']::uuid[], ARRAY['{their_location}', '{their_bucket}']::uuid[], NULL",
        // A kind that is none is only a word.
        "NULL, NULL, NULL, ARRAY[''' OR true --', 'their kind'], NULL, NULL, NULL",
        "NULL, NULL, NULL, ARRAY[''' OR true --', 'their kind'], NULL, ARRAY['{bank}']::uuid[], NULL",
        "NULL, NULL, NULL, ARRAY['their kind'], NULL, ARRAY['{bank}', '{their_location}']::uuid[], NULL",
        // An array with nothing in it that could be found, or of an unusual shape.
        "NULL, NULL, NULL, NULL, ARRAY[NULL, '{their_category}']::uuid[], NULL, NULL",
        "NULL, NULL, NULL, NULL, NULL, ARRAY[ARRAY['{their_location}'], ARRAY['{their_bucket}']]::uuid[], NULL",
        "NULL, NULL, NULL, NULL, NULL, NULL, '[7:8]={ {their_bucket}, {their_location} }'::uuid[]",
    ] {
        let ours = arguments.contains("their") || arguments.contains("--");
        assert_eq!(found(conn, "", arguments), 0, "without a household: {arguments}");
        if ours {
            assert_eq!(found(conn, "{me}", arguments), 0, "{arguments}");
        }
    }
    // To the others they answer, and each entry once: also where a value comes twice, or its array begins elsewhere.
    for (arguments, number) in [
        (
            "ARRAY['THEIRS'], NULL, NULL, NULL, NULL, ARRAY['{their_location}']::uuid[], NULL",
            1,
        ),
        (
            "NULL, NULL, NULL, NULL, ARRAY['{their_category}', '{their_category}', '{their_bucket}', NULL]::uuid[], NULL, NULL",
            1,
        ),
        (
            "NULL, NULL, NULL, ARRAY['expense', 'expense', 'loan'], '{}'::uuid[], '[7:8]={ {their_bucket}, {their_location} }'::uuid[], '{}'::uuid[]",
            1,
        ),
        (
            "NULL, NULL, NULL, NULL, NULL, ARRAY['{their_location}', '{their_location}']::uuid[], ARRAY['{their_bucket}', '{their_bucket}']::uuid[]",
            3,
        ),
        (
            "'{}'::text[], NULL, NULL, '{}'::text[], NULL, NULL, ARRAY['{their_bucket}', '{their_location}']::uuid[]",
            3,
        ),
    ] {
        assert_eq!(found(conn, "{other}", arguments), number, "{arguments}");
    }
    // A word that is a pattern finds itself only.
    assert_eq!(
        found(conn, "{other}", "ARRAY['%'], NULL, NULL, NULL, NULL, NULL, NULL"),
        0
    );
}

#[test]
fn the_largest_expense_stays_in_its_household() {
    let app = TestApp::new();
    let world = World::new(&app);
    let conn = &mut app.sql();
    let found = |conn: &mut PgConnection, household: &str, arguments: &str| {
        let enter = format!(
            "BEGIN; SET LOCAL ROLE budget_app; SELECT set_config('app.household_id', '{household}', true);
             CREATE TEMP TABLE transactions AS SELECT gen_random_uuid() AS id; CREATE TEMP TABLE postings AS SELECT 1 AS x"
        );
        conn.batch_execute(&world.fill_in(&enter)).unwrap();
        let query =
            format!("SELECT format('%s %s', id, amount_minor) AS line FROM largest_expense({arguments})");
        let found = lines(conn, &world.fill_in(&query));
        conn.batch_execute("ROLLBACK").unwrap();
        found
    };
    let (mine, theirs) = (world.fill_in("{expense} -4000"), world.fill_in("{theirs} -1200"));
    let month = "'2026-11-01', '2026-12-01'";
    let cut = "'2026-11-01', '2026-11-30'";
    for days in [
        month,
        cut,
        "'1900-01-01', '2101-01-01'",
        "'2026-11-02', '2026-11-03'",
    ] {
        // Everything there is, and what the filters of each household find in it.
        for (own, other, filters) in [
            (true, true, "NULL, NULL, NULL"),
            (
                true,
                false,
                "ARRAY['{rent}']::uuid[], ARRAY['{bank}']::uuid[], ARRAY['{necessities}']::uuid[]",
            ),
            (
                true,
                true,
                "ARRAY['{rent}', '{their_category}']::uuid[], NULL, NULL",
            ),
            (false, true, "ARRAY['{their_category}']::uuid[], NULL, NULL"),
            (false, true, "NULL, ARRAY['{their_location}']::uuid[], NULL"),
            (false, true, "NULL, NULL, ARRAY['{their_bucket}']::uuid[]"),
            (false, false, "'{}', NULL, NULL"),
            (false, false, "NULL, '{}', NULL"),
            (false, false, "NULL, NULL, '{}'"),
            (false, false, "ARRAY[NULL]::uuid[], NULL, NULL"),
        ] {
            let arguments = format!("{days}, {filters}");
            let wanted = |found: bool, line: &String| if found { vec![line.clone()] } else { vec![] };
            assert_eq!(
                found(conn, "", &arguments),
                Vec::<String>::new(),
                "without a household: {arguments}"
            );
            assert_eq!(found(conn, "{me}", &arguments), wanted(own, &mine), "{arguments}");
            assert_eq!(
                found(conn, "{other}", &arguments),
                wanted(other, &theirs),
                "{arguments}"
            );
            assert_eq!(
                found(conn, "{empty}", &arguments),
                Vec::<String>::new(),
                "{arguments}"
            );
        }
    }
    for days in [
        "NULL, NULL",
        "NULL, '2026-12-01'",
        "'2026-11-01', NULL",
        "'2026-12-01', '2026-11-01'",
        "'2026-11-01', '2026-11-01'",
        "'2026-12-01', '2027-01-01'",
        "'infinity', '-infinity'",
    ] {
        let arguments = format!("{days}, NULL, NULL, NULL");
        assert_eq!(
            found(conn, "{me}", &arguments),
            Vec::<String>::new(),
            "{arguments}"
        );
    }
    assert_eq!(
        found(conn, "{me}", "'-infinity', 'infinity', NULL, NULL, NULL"),
        [mine]
    );
}

#[test]
fn the_largest_expense_is_looked_up_in_its_index() {
    let database = TestDatabase::new();
    let conn = &mut database.connect();
    let household = "00000000-0000-7000-8000-000000000001";
    conn.batch_execute(&format!(
        "ALTER TABLE households DISABLE TRIGGER households_have_an_owner;
         INSERT INTO households (id, name, currency) VALUES ('{household}', 'X', 'EUR');
         INSERT INTO categories (household_id, id, name, sign) VALUES ('{household}', '{household}', 'X', 'NEGATIVE');
         ALTER TABLE transactions DISABLE TRIGGER USER;
         INSERT INTO transactions (household_id, id, date, kind, category_id, amount_minor)
         SELECT '{household}', gen_random_uuid(), '2017-01-01'::date + n % 3650, 'expense', '{household}', -1 - n FROM generate_series(1, 100000) n;
         ANALYZE transactions;
         BEGIN; SET LOCAL ROLE budget_app; SELECT set_config('app.household_id', '{household}', true)"
    ))
    .unwrap();
    // The last entry of the year: the 100,000th lies on the day 1450 days after 1 January 2017.
    let found = lines(
        conn,
        "SELECT amount_minor::text AS line FROM largest_expense('2020-01-01', '2021-01-01', NULL, NULL, NULL)",
    );
    assert_eq!(found, ["-100001"]);
    let looked = lines(
        conn,
        "SELECT format('%s scans of the index, %s entries of it; %s scans of the table, %s other scans of indexes',
                       pg_stat_get_xact_numscans(i.oid), pg_stat_get_xact_tuples_returned(i.oid), pg_stat_get_xact_numscans(t.oid),
                       (SELECT sum(pg_stat_get_xact_numscans(indexrelid)) FROM pg_index WHERE indrelid = t.oid AND indexrelid <> i.oid)) AS line
           FROM pg_class i, pg_class t WHERE i.relname = 'transactions_by_size' AND t.relname = 'transactions'",
    );
    assert_eq!(
        looked,
        ["12 scans of the index, 12 entries of it; 0 scans of the table, 0 other scans of indexes"]
    );
}

#[test]
fn percentages_stay_within_100_when_two_write_at_once() {
    let app = TestApp::new();
    let owner = app.household();
    owner.bucket("Necessities", "30");
    let insert = |name: &str| {
        format!(
            "INSERT INTO buckets (household_id, id, name, percent_bp, position) VALUES ('{}', gen_random_uuid(), '{name}', 4000, 9)",
            owner.household
        )
    };
    let (mut first, mut second) = (app.as_role(owner.household), app.as_role(owner.household));
    first.batch_execute(&insert("First")).unwrap();
    second.batch_execute(&insert("Second")).unwrap();
    // Each sees only its own 40 % beside the 30 %. The second has to wait for the first, and looks again.
    first.batch_execute("SET CONSTRAINTS ALL IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| second.batch_execute("SET CONSTRAINTS ALL IMMEDIATE"));
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(!waiting.is_finished(), "the second does not wait");
        first.batch_execute("COMMIT").unwrap();
        let refused = waiting.join().unwrap().unwrap_err();
        assert!(refused.to_string().contains("exceed 100"), "{refused}");
    });
}

#[test]
fn what_is_archived_stays_empty_when_two_write_at_once() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let card = owner.location_id("Card");
    let adjustments = owner.category("Adjusted", Sign::Neutral);
    let (household, bucket) = (owner.household, owner.bucket_id("Fun"));
    let (mut archiver, mut writer) = (app.as_role(household), app.as_role(household));
    archiver
        .batch_execute(&format!(
            "UPDATE locations SET archived_at = now() WHERE id = '{card}'"
        ))
        .unwrap();
    // The writer cannot see yet that the card is archived, nor the archiver that there will be money.
    writer
        .batch_execute(&format!(
            "INSERT INTO transactions (household_id, id, date, kind, category_id, amount_minor)
             VALUES ('{household}', '{household}', '2026-11-07', 'adjustment', '{adjustments}', 5);
             INSERT INTO postings VALUES ('{household}', '{household}', 1, '2026-11-07', '{adjustments}', '{card}', '{bucket}', 5);
             SET CONSTRAINTS ALL IMMEDIATE"
        ))
        .unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| archiver.batch_execute("SET CONSTRAINTS ALL IMMEDIATE"));
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(!waiting.is_finished(), "the archiver does not wait");
        writer.batch_execute("COMMIT").unwrap();
        let refused = waiting.join().unwrap().unwrap_err();
        assert!(refused.to_string().contains("holds no money"), "{refused}");
    });
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut PgConnection, query: &str) -> Vec<String> {
    let rows: Vec<Line> = sql_query(query).load(conn).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}
