//! `src/schema.rs` says what the migrations make, and every migration can be taken back and applied again.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use budget::db::migrate;
use budget::ledger::{LoanDirection, integrity};
use diesel::sql_types::{Array, Nullable, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};

use crate::support::{TestApp, TestDatabase};

const SCHEMA: &str = include_str!("../../src/schema.rs");
const DIESELS_OWN: &str = "__diesel_schema_migrations";

#[test]
fn schema_rs_is_what_the_migrations_make() {
    let database = TestDatabase::new();
    let made = as_diesel_prints(&mut database.connect());
    // Table by table first: what differs is easier to see.
    let blocks = |text: &str| -> Vec<String> { text.split("\n\n").map(str::to_owned).collect() };
    for (written, made) in blocks(SCHEMA).iter().zip(&blocks(&made)) {
        assert_eq!(
            written, made,
            "src/schema.rs is old: see CONTRIBUTING.md, Migrations"
        );
    }
    assert_eq!(SCHEMA, made);
}

#[test]
fn down_to_nothing_and_up_again_is_the_same_schema() {
    let database = TestDatabase::new();
    let url = database.url();
    let before = catalog(&mut database.connect());
    let count = migrate::status(&url).unwrap().len();
    for _ in 0..count {
        assert!(migrate::down(&url).unwrap().is_some());
    }
    assert_eq!(migrate::down(&url).unwrap(), None);
    let mut conn = database.connect();
    let left: Vec<_> = catalog(&mut conn)
        .into_iter()
        .filter(|line| !line.contains(DIESELS_OWN))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    assert_eq!(
        lines(
            &mut conn,
            "SELECT rolname::text AS line FROM pg_roles WHERE rolname = 'budget_app'"
        ),
        ["budget_app"],
        "other databases may use the role"
    );

    let applied = migrate::up(&url).unwrap();
    assert_eq!(applied.len(), count);
    assert_same(&before, &catalog(&mut conn));
    assert_eq!(migrate::up(&url).unwrap(), Vec::<String>::new());
}

#[test]
fn each_migration_is_taken_back_and_applied_again_over_data() {
    let app = TestApp::new();
    record_something_of_everything(&app);
    let url = app.database_url();
    let mut conn = app.sql();
    let names: Vec<_> = migrate::status(&url)
        .unwrap()
        .into_iter()
        .map(|status| status.name)
        .collect();
    let mut steps = vec![catalog(&mut conn)];
    for name in names.iter().rev() {
        let before = catalog(&mut conn);
        assert_eq!(migrate::down(&url).unwrap().as_ref(), Some(name));
        steps.push(catalog(&mut conn));
        assert_eq!(run_only(&mut conn, name), 1, "{name} is applied again");
        assert_same(&before, &catalog(&mut conn));
        assert_eq!(migrate::down(&url).unwrap().as_ref(), Some(name));
        assert_same(steps.last().unwrap(), &catalog(&mut conn));
    }
    assert_eq!(migrate::up(&url).unwrap(), names);
    assert_same(&steps[0], &catalog(&mut conn));
}

#[test]
fn rollups_that_were_taken_back_are_filled_again() {
    let app = TestApp::new();
    record_something_of_everything(&app);
    let url = app.database_url();
    let mut conn = app.sql();
    let before = (integrity::checksums(&mut conn).unwrap(), rollups(&mut conn));
    assert!(before.1.len() > 10, "{before:?}");
    while migrate::down(&url)
        .unwrap()
        .is_some_and(|name| !name.contains("create_rollups"))
    {}
    migrate::up(&url).unwrap();
    assert_eq!(
        (integrity::checksums(&mut conn).unwrap(), rollups(&mut conn)),
        before
    );
    app.check();
}

fn record_something_of_everything(app: &TestApp) {
    let owner = app.household();
    owner.set_up();
    owner.earned("2026-10-31", "100.01", "Salary");
    owner.spent("2026-11-01", "40", "Rent");
    owner.moved("2026-11-02", "5", ("Bank", "Fun"), ("Cash", "Economy"));
    let cell = ("Cash", "Fun");
    owner.loan("2026-11-03", LoanDirection::Borrowed, "7.77", "Ada", cell);
    owner.adjusted("2026-11-04", "-1", cell);
    let gone = owner.spent("2026-09-05", "3", "Groceries");
    owner.delete(gone);
    let other = app.sign_up("other@example.org", "JPY");
    other.set_up();
    other.earned("2026-11-01", "1000", "Salary");
}

/// All rollup rows that count.
fn rollups(conn: &mut PgConnection) -> Vec<String> {
    lines(
        conn,
        "SELECT b::text AS line FROM balances b WHERE postings_count > 0
         UNION ALL SELECT m::text FROM monthly_totals m WHERE postings_count > 0
         UNION ALL SELECT c::text FROM monthly_cells c WHERE postings_count > 0
         UNION ALL SELECT p::text FROM monthly_balances p WHERE postings_count > 0
         UNION ALL SELECT d::text FROM daily_totals d WHERE postings_count > 0 ORDER BY 1",
    )
}

/// Applies one migration, whichever others wait.
fn run_only(conn: &mut PgConnection, name: &str) -> usize {
    use diesel_migrations::{FileBasedMigrations, MigrationHarness};
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let pending = conn
        .pending_migrations(FileBasedMigrations::from_path(folder).unwrap())
        .unwrap();
    let wanted = pending
        .iter()
        .filter(|migration| migration.name().to_string() == name);
    wanted
        .map(|migration| conn.run_migration(migration).unwrap())
        .count()
}

#[track_caller]
fn assert_same(before: &[String], after: &[String]) {
    let (before, after): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    let gone: Vec<_> = before.difference(&after).collect();
    let new: Vec<_> = after.difference(&before).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "gone: {gone:#?}\nnew: {new:#?}"
    );
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

/// Everything that the migrations make, one thing a line, with who may use it. What extensions brought stays out.
fn catalog(conn: &mut PgConnection) -> Vec<String> {
    lines(
        conn,
        "WITH ours AS (SELECT c.oid, c.relname, c.relkind, c.relacl, c.relrowsecurity FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace),
              functions AS (SELECT p.* FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'))
         SELECT format('%s %s %s %s', relkind, relname, relacl, relrowsecurity) AS line FROM ours
         UNION ALL SELECT format('column %s.%s %s %s %s %s', o.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl,
                                 pg_get_expr(d.adbin, d.adrelid))
                     FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
                     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         UNION ALL SELECT format('constraint %s %s %s', o.relname, conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c JOIN ours o ON o.oid = c.conrelid
         UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN ours o ON o.oid = i.indrelid
         UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN ours o ON o.oid = t.tgrelid WHERE NOT tgisinternal
         UNION ALL SELECT format('policy %s %s %s %s %s', o.relname, polname, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
                     FROM pg_policy p JOIN ours o ON o.oid = p.polrelid
         UNION ALL SELECT format('%s %s', proacl, pg_get_functiondef(oid)) FROM functions
         UNION ALL SELECT format('type %s %s', typname, typacl) FROM pg_type t WHERE typnamespace = 'public'::regnamespace
                      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid IN (t.oid, t.typelem) AND d.deptype = 'e')
         UNION ALL SELECT format('comment %s %s %s', o.relname, (SELECT attname FROM pg_attribute WHERE attrelid = o.oid AND attnum = objsubid), description) FROM pg_description d JOIN ours o ON o.oid = d.objoid AND classoid = 'pg_class'::regclass
         UNION ALL SELECT format('comment %s %s', f.oid::regprocedure, description) FROM pg_description d JOIN functions f ON f.oid = d.objoid AND classoid = 'pg_proc'::regclass
         UNION ALL SELECT 'schema ' || item::text FROM pg_namespace, unnest(nspacl) item WHERE nspname = 'public' AND item::text LIKE 'budget_app=%'
         ORDER BY 1",
    )
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    comment: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    key: Vec<String>,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    line: String,
    #[diesel(sql_type = Nullable<Text>)]
    comment: Option<String>,
}

/// The file as `diesel print-schema` writes it.
fn as_diesel_prints(conn: &mut PgConnection) -> String {
    let tables: Vec<Table> = sql_query(format!(
        "SELECT c.relname::text AS name, obj_description(c.oid, 'pg_class') AS comment,
                (SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (attnum, place), pg_attribute a
                  WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum) AS key
           FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '{DIESELS_OWN}'
          ORDER BY c.relname COLLATE \"C\""
    ))
    .load(conn)
    .unwrap();
    let columns: Vec<Column> = sql_query(
        "SELECT c.relname::text AS \"table\", col_description(c.oid, a.attnum) AS comment,
                format(CASE WHEN a.attnotnull THEN '%s -> %s,' ELSE '%s -> Nullable<%s>,' END, a.attname, initcap(t.typname)) AS line
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
          ORDER BY c.relname, a.attnum",
    )
    .load(conn)
    .unwrap();
    let joins = lines(
        conn,
        "SELECT format('diesel::joinable!(%s -> %s (%s));', f.conrelid::regclass, f.confrelid::regclass, a.attname) AS line
           FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
          WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace AND cardinality(f.conkey) = 1 ORDER BY 1",
    );

    let mut out = String::from("// @generated automatically by Diesel CLI.\n\n");
    for table in &tables {
        out.push_str("diesel::table! {\n");
        if let Some(comment) = &table.comment {
            writeln!(out, "    /// {comment}").unwrap();
        }
        writeln!(out, "    {} ({}) {{", table.name, table.key.join(", ")).unwrap();
        for column in columns.iter().filter(|column| column.table == table.name) {
            if let Some(comment) = &column.comment {
                writeln!(out, "        /// {comment}").unwrap();
            }
            writeln!(out, "        {}", column.line).unwrap();
        }
        out.push_str("    }\n}\n\n");
    }
    for join in joins {
        writeln!(out, "{join}").unwrap();
    }
    out.push_str("\ndiesel::allow_tables_to_appear_in_same_query!(\n");
    for table in &tables {
        writeln!(out, "    {},", table.name).unwrap();
    }
    out.push_str(");\n");
    out
}
