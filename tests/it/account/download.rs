//! Taking the data out over the web.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

use super::run;
use crate::import::{import, run as budget};
use crate::support::{Owner, TestApp};

const FILE: &str = "/data/export/budget.csv";

/// So many entries of all kinds that a file can bring.
fn furnish(owner: &Owner<'_>, entries: u32) {
    owner.set_up();
    let mut file = "date,description,amount,sign,category,location,bucket,to_location,to_bucket\n".to_owned();
    for number in 0..entries {
        let (month, day) = (number % 12 + 1, number % 28 + 1);
        let rest = match number % 10 {
            0 => "+,Salary,Bank,*,,",
            1 => "=,Transfer,Bank,Fun,Cash,",
            _ => "-,Groceries,Card,Necessities,,",
        };
        writeln!(
            file,
            "2025-{month:02}-{day:02},=Receipt 🧾 {number},{number}.01,{rest}"
        )
        .unwrap();
    }
    let done = format!("{entries} rows: {entries} new, 0 double.");
    import(owner, &file, &["--create"]).assert_done(&done);
}

/// What `budget export` writes.
fn by_command(owner: &Owner<'_>) -> String {
    let said = budget(
        owner.app,
        &["export", "--user", &owner.email, "--format", "csv"],
        b"",
    );
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    said.out
}

#[test]
fn the_file_is_the_one_of_the_command_byte_for_byte() {
    let app = TestApp::new();
    let owner = app.household();
    let empty = owner.get(FILE);
    assert_eq!(empty.assert_ok().body, by_command(&owner));
    furnish(&owner, 5000);
    let page = owner.get("/data/export");
    page.assert_ok().assert_has("5,000 entries");
    assert_eq!(page.attributes("a[download]", "href"), [FILE]);
    let file = owner.get(FILE);
    file.assert_ok();
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(
        file.header("content-disposition"),
        Some("attachment; filename=\"budget-2026-11-14.csv\"")
    );
    assert_eq!(file.header("cache-control"), Some("no-store"));
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        file.header("content-length"),
        None,
        "it is written while it is read"
    );
    assert!(file.body == by_command(&owner), "the files differ");
    assert!(file.body.lines().count() > 5000);

    let head = owner.request("HEAD", FILE).send();
    head.assert_ok();
    assert_eq!(head.body, "");
    assert!(head.header("content-disposition").is_some());
}

#[test]
fn readers_export_and_nobody_else_gets_it() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    owner.spent("2026-11-10", "5", "Groceries");
    let reader = owner.joined_by("reader@example.org", "Rita", "reader");
    let stranger = app.sign_up("stranger@example.org", "EUR");
    assert_eq!(reader.get(FILE).assert_ok().body, owner.get(FILE).body);
    assert!(!stranger.get(FILE).assert_ok().body.contains("Groceries"));
    app.browser()
        .get(FILE)
        .assert_status(303)
        .assert_location("/login?next=%2Fdata%2Fexport%2Fbudget.csv");
    // The day of the name is the household's.
    run(&app, "UPDATE households SET time_zone = 'Pacific/Kiritimati'");
    let name = owner.get(FILE).header("content-disposition").unwrap().to_owned();
    assert!(name.contains("budget-2026-11-15.csv"), "{name}");
}

/// Asks for the file as a browser that packs nothing, and hands over the connection.
fn begin(owner: &Owner<'_>) -> TcpStream {
    let mut stream = TcpStream::connect(owner.address()).unwrap();
    let cookie = owner.cookie("budget_session").unwrap();
    let head = format!(
        "GET {FILE} HTTP/1.1\r\nHost: {}\r\nCookie: budget_session={cookie}\r\nConnection: close\r\n\r\n",
        owner.address()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn what_fails_in_the_middle_is_no_whole_file() {
    let app = TestApp::new();
    let owner = app.household();
    furnish(&owner, 5000);
    let mut whole = Vec::new();
    begin(&owner).read_to_end(&mut whole).unwrap();
    assert!(
        whole.ends_with(b"0\r\n\r\n"),
        "the end of what is written bit by bit"
    );
    // An entry of the last batch that cannot be read.
    run(
        &app,
        "ALTER TABLE transactions DISABLE TRIGGER USER;
         DO $$ DECLARE one TEXT; BEGIN
            FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = 'transactions'::regclass AND contype IN ('c', 'f') LOOP
                EXECUTE format('ALTER TABLE transactions DROP CONSTRAINT %I', one);
            END LOOP;
         END $$;",
    );
    run(
        &app,
        "UPDATE transactions SET kind = 'riddle' WHERE id = (SELECT id FROM transactions WHERE kind = 'expense' ORDER BY date DESC, id DESC LIMIT 1)",
    );
    let mut broken = Vec::new();
    drop(begin(&owner).read_to_end(&mut broken)); // it may be reset
    assert!(broken.starts_with(b"HTTP/1.1 200"));
    assert!(broken.len() > 10_000 && broken.len() < whole.len());
    assert!(!broken.ends_with(b"0\r\n\r\n"), "it looks whole");
    run(
        &app,
        "UPDATE transactions SET kind = 'expense' WHERE kind = 'riddle'; ALTER TABLE transactions ENABLE TRIGGER USER",
    );
}

#[test]
fn who_leaves_or_stands_still_takes_no_turn_for_ever() {
    let app = TestApp::new();
    let owner = app.household();
    furnish(&owner, 3000);
    for _ in 0..12 {
        let mut stream = begin(&owner);
        let mut first = [0; 20];
        stream.read_exact(&mut first).unwrap();
        assert!(
            first.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&first)
        );
        drop(stream);
        wait_for_turns(&app);
    }
    assert_eq!(owner.get(FILE).assert_ok().body, by_command(&owner));

    // All turns taken, the next one is told to come again, and everything else goes on.
    let turns: Vec<_> = (0..4)
        .map(|_| {
            std::sync::Arc::clone(&app.state.exports)
                .try_acquire_owned()
                .unwrap()
        })
        .collect();
    let busy = owner.get(FILE);
    busy.assert_status(503);
    assert!(busy.header("retry-after").is_some());
    owner.get("/money").assert_ok();
    drop(turns);
    owner.get(FILE).assert_ok();
}

/// A download that was left gives its turn back soon.
fn wait_for_turns(app: &TestApp) {
    let started = std::time::Instant::now();
    while app.state.exports.available_permits() < 4 {
        assert!(started.elapsed().as_secs() < 10, "a turn was not given back");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
