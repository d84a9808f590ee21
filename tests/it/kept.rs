//! Kept answers: never old, never somebody else's, and cheap.

mod redis;

use budget::ids::TransactionId;
use budget::ledger::merge::{self, Pair};
use budget::ledger::transaction::commands;
use budget::ledger::{BucketChoice, Draft, Entry, FlowKind, LocationKind, bucket, location};
use diesel::connection::SimpleConnection;

use crate::support::{Browser, Owner, Page, TestApp, date, shared_redis_url};

const NOW: &str = "/api/analytics-current/";
const OLD: &str = "/api/analytics-current/?date=2019-12-31";

/// The statements of an answer that is told to be the same still, of one that is kept, and of one that is made.
const ENTRY_ONLY: u64 = 1;
const MADE: u64 = 4;

/// A program with somebody's access token, at one of the servers.
struct Program {
    browser: Browser,
    bearer: String,
    household: String,
}

impl Program {
    fn of(owner: &Owner<'_>) -> Self {
        Self::at(owner.app.browser(), owner)
    }

    fn at(browser: Browser, owner: &Owner<'_>) -> Self {
        let (access, _) = owner.tokens();
        let bearer = format!("Bearer {access}");
        Self {
            browser,
            bearer,
            household: owner.household.to_string(),
        }
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = self.browser.request(method, path);
        request = request
            .header("Authorization", &self.bearer)
            .header("X-Household", &self.household);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send()
    }

    fn get(&self, path: &str) -> Page {
        self.ask("GET", path, &[])
    }

    /// What it says, which has to be an answer.
    #[track_caller]
    fn body(&self, path: &str) -> String {
        let answer = self.get(path);
        answer.assert_ok();
        answer.body
    }

    /// Asks for it, if it is not the one with this tag.
    fn get_unless(&self, path: &str, tag: &str) -> Page {
        self.ask("GET", path, &[("If-None-Match", tag)])
    }
}

fn tag(page: &Page) -> String {
    page.assert_ok();
    page.header("etag").unwrap().to_owned()
}

/// Every place in which answers are kept.
fn places() -> [Vec<(&'static str, String)>; 2] {
    [vec![], vec![("REDIS_URL", shared_redis_url())]]
}

fn app_with(variables: &[(&'static str, String)]) -> TestApp {
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    TestApp::with(&variables)
}

#[test]
fn an_answer_is_made_once_and_then_costs_one_statement() {
    for place in places() {
        let app = app_with(&place);
        let owner = app.household();
        owner.set_up().earned("2019-05-01", "100", "Salary");
        let program = Program::of(&owner);
        for path in [NOW, OLD] {
            let mut first = None;
            let made = app.statements(|| first = Some(program.get(path)));
            let first = first.unwrap();
            assert_eq!(made, MADE, "{path}");
            first.assert_ok().assert_has(r#""balance":100.00"#);

            let before = app.state.cache.counts();
            let kept = app.statements(|| assert_eq!(program.body(path), first.body));
            assert_eq!(kept, ENTRY_ONLY, "{path}");
            assert_eq!(app.state.cache.counts().hits, before.hits + 1);

            let before = app.state.cache.counts();
            let same = app.statements(|| {
                program.get_unless(path, &tag(&first)).assert_status(304);
            });
            assert_eq!(same, ENTRY_ONLY, "{path}");
            assert_eq!(
                app.state.cache.counts(),
                before,
                "nobody looks for what is not sent"
            );
        }
        // Both spellings and an empty day are the same question.
        for path in ["/api/analytics-current", "/api/analytics-current/?date="] {
            assert_eq!(
                app.statements(|| {
                    program.get(path).assert_ok();
                }),
                ENTRY_ONLY,
                "{path}"
            );
        }
        assert_eq!(app.state.cache.counts().errors, 0);
    }
}

#[test]
fn every_change_shows_at_once() {
    for place in places() {
        let app = app_with(&place);
        let owner = app.household();
        owner.set_up();
        let entry = owner.earned_into("2019-05-01", "100", "Salary", ("Bank", "Fun"));
        owner.earned("2026-05-01", "1000", "Salary");
        let program = Program::of(&owner);
        let mut seen = Seen::new(&app, &owner, &program);

        raise(&owner, entry, "250.50");
        seen.differs(OLD, r#""balance":250.50"#);
        seen.differs(NOW, r#""balance":1250.50"#);

        owner.spent_from("2020-01-01", "0.50", "Groceries", ("Cash", "Fun"));
        seen.same(OLD);
        seen.differs(NOW, r#""Cash":-0.50"#);

        let bank = owner.location_id("Bank");
        let renamed = owner
            .write(|conn, member| location::edit(conn, member, bank, 1, "Savings bank", LocationKind::Bank))
            .unwrap();
        seen.differs(OLD, r#""Savings bank":250.50"#);
        owner.undo(renamed.unwrap()).unwrap();
        seen.differs(OLD, r#""Bank":250.50"#);

        owner
            .write(|conn, member| location::archive(conn, member, owner.location_id("Card")))
            .unwrap();
        seen.differs(NOW, r#""locations":{"Bank":1250.50,"Cash":-0.50,"_total""#);
        owner
            .write(|conn, member| location::restore(conn, member, owner.location_id("Card")))
            .unwrap();
        seen.differs(NOW, r#""Card":0.00"#);

        let (source, target) = (owner.bucket_id("Fun"), owner.bucket_id("Donation"));
        let (merged, _) = owner
            .write(|conn, member| merge::merge(conn, member, Pair::Buckets { source, target }))
            .unwrap();
        seen.differs(OLD, r#""Donation":250.50"#);
        owner.undo(merged).unwrap();
        seen.differs(OLD, r#""Fun":250.50"#);

        let deleted = owner.delete(entry);
        seen.differs(OLD, r#""balance":0.00"#);
        owner.undo(deleted).unwrap();
        seen.differs(OLD, r#""balance":250.50"#);
        owner
            .write(|conn, member| bucket::edit(conn, member, owner.bucket_id("Economy"), 1, "Later", &[]))
            .unwrap();
        seen.differs(NOW, r#""Later":200.00"#);

        // Past every command, by hand: the triggers see to it.
        app.sql()
            .batch_execute(
                "BEGIN; UPDATE postings SET amount_minor = amount_minor + 1 WHERE date = '2019-05-01';
                 UPDATE transactions SET amount_minor = amount_minor + 1 WHERE date = '2019-05-01'; COMMIT",
            )
            .unwrap();
        seen.differs(OLD, r#""balance":250.51"#);
    }
}

/// What was seen last, by address; each look is held against a server that keeps nothing.
struct Seen<'a> {
    app: &'a TestApp,
    owner: &'a Owner<'a>,
    program: &'a Program,
    last: [(&'static str, Page); 2],
}

impl<'a> Seen<'a> {
    fn new(app: &'a TestApp, owner: &'a Owner<'a>, program: &'a Program) -> Self {
        let last = [NOW, OLD].map(|path| (path, program.get(path)));
        Self {
            app,
            owner,
            program,
            last,
        }
    }

    /// It says something else than before, which holds `text`, whether or not the asker has the answer of before.
    #[track_caller]
    fn differs(&mut self, path: &'static str, text: &str) {
        let before = self.look(path, text);
        let (_, now) = self.last.iter().find(|(known, _)| *known == path).unwrap();
        assert_ne!(before.body, now.body);
        assert_ne!(tag(&before), tag(now));
        assert_eq!(self.program.get_unless(path, &tag(&before)).body, now.body);
        self.program.get_unless(path, &tag(now)).assert_status(304);
    }

    /// It says what it said before.
    #[track_caller]
    fn same(&mut self, path: &'static str) {
        let before = self.look(path, "");
        assert_eq!(self.program.body(path), before.body);
    }

    /// Looks, twice, and gives what was seen before.
    #[track_caller]
    fn look(&mut self, path: &'static str, text: &str) -> Page {
        let now = self.program.get(path);
        now.assert_ok().assert_has(text);
        assert_eq!(self.program.body(path), now.body, "kept");
        let other = self.app.other_process(&[]);
        assert_eq!(
            Program::at(other.browser(), self.owner).body(path),
            now.body,
            "made anew"
        );
        let place = self.last.iter_mut().find(|(known, _)| *known == path).unwrap();
        std::mem::replace(&mut place.1, now)
    }
}

/// Changes the amount of an income in Bank and Fun.
#[track_caller]
fn raise(owner: &Owner<'_>, id: TransactionId, amount: &str) {
    let draft = Draft {
        date: date("2019-05-01"),
        description: "Salary".to_owned(),
        entry: Entry::Flow {
            kind: FlowKind::Income,
            refund: false,
            refund_of: None,
            amount: owner.amount(amount),
            category: owner.category_id("Salary"),
            location: owner.location_id("Bank"),
            bucket: BucketChoice::One(owner.bucket_id("Fun")),
        },
    };
    owner
        .write(|conn, member| commands::edit(conn, member, id, 1, &draft))
        .unwrap();
}

#[test]
fn nobody_gets_what_was_made_for_somebody_else() {
    for place in places() {
        let app = app_with(&place);
        let owner = app.household();
        owner.set_up().earned("2019-05-01", "100", "Salary");
        let stranger = app.sign_up("stranger@example.org", "EUR");
        let mine = Program::of(&owner).get(NOW);
        let theirs = Program::of(&stranger);
        let answer = theirs.get_unless(NOW, &tag(&mine));
        answer.assert_ok().assert_lacks("Bank");
        assert_eq!(
            answer.body,
            r#"{"locations":{"_total":0.00},"buckets":{"_total":0.00},"balance":0.00}"#
        );

        // In the same household: who reads numbers or days the same way and may do the same shares, and nobody else.
        let partner = owner.joined_by("partner@example.org", "Bo", "member");
        let program = Program::of(&partner);
        let ask = || app.statements(|| assert_eq!(program.body(NOW), mine.body));
        assert_eq!(ask(), ENTRY_ONLY, "the owner made it");
        for change in [
            "UPDATE users SET number_format = 'point_comma' WHERE email LIKE 'partner%'",
            "UPDATE users SET date_format = 'iso' WHERE email LIKE 'partner%'",
            "UPDATE members SET role = 'reader' WHERE role = 'member'",
            "UPDATE households SET time_zone = 'Europe/Kyiv'", // it is the same day there
            "UPDATE households SET time_zone = 'Pacific/Auckland'",
        ] {
            app.sql().batch_execute(change).unwrap();
            assert_eq!(ask(), MADE, "{change}");
            assert_eq!(ask(), ENTRY_ONLY, "{change}");
            program.get_unless(NOW, &tag(&mine)).assert_ok();
        }
        // A currency that changes before anything was recorded changes every figure.
        let before = theirs.get(NOW);
        let change = format!(
            "UPDATE households SET currency = 'KWD' WHERE id = '{}'",
            stranger.household
        );
        app.sql().batch_execute(&change).unwrap();
        theirs
            .get_unless(NOW, &tag(&before))
            .assert_ok()
            .assert_has("0.000");
    }
}

#[test]
fn another_day_is_another_answer() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let yesterday = Program::of(&owner).get(NOW);
    app.set_clock("2026-11-15T00:00:00Z");
    let program = Program::of(&owner);
    assert_eq!(
        app.statements(|| {
            program.get_unless(NOW, &tag(&yesterday)).assert_ok();
        }),
        MADE
    );
}

#[test]
fn who_may_not_come_in_any_more_learns_nothing() {
    for change in [
        "UPDATE token_families SET revoked_at = now()",
        "UPDATE users SET token_epoch = token_epoch + 1",
        "UPDATE users SET blocked_at = now()",
        "UPDATE households SET closed_at = now(); DELETE FROM members",
        "UPDATE households SET closed_at = now(); DELETE FROM users",
    ] {
        let app = TestApp::new();
        let owner = app.household();
        owner.set_up();
        let program = Program::of(&owner);
        let known = tag(&program.get(NOW));
        program.get_unless(NOW, &known).assert_status(304);
        app.sql().batch_execute(change).unwrap();
        for tag in [known.as_str(), "*", ""] {
            let answer = program.get_unless(NOW, tag);
            answer.assert_status(401);
            assert_eq!(answer.header("etag"), None, "{change}");
        }
    }
}

#[test]
fn who_has_the_answer_is_told_so_in_every_way_of_asking() {
    let app = TestApp::new();
    let owner = app.household();
    owner.set_up();
    let program = Program::of(&owner);
    let first = program.get(NOW);
    let known = tag(&first);
    let strong = known.strip_prefix("W/").unwrap();
    for same in [
        known.as_str(),
        strong,
        "*",
        &format!("\"other\", {known}"),
        &format!("  {strong} ,W/\"x\""),
    ] {
        for method in ["GET", "HEAD"] {
            for packing in ["identity", "gzip", "br"] {
                let answer = program.ask(
                    method,
                    NOW,
                    &[("If-None-Match", same), ("Accept-Encoding", packing)],
                );
                answer.assert_status(304);
                assert_eq!(answer.body, "");
                assert_eq!(answer.header("etag"), Some(known.as_str()));
                assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
                assert_eq!(answer.header("content-encoding"), None);
                assert!(varies_on(
                    &answer,
                    &["accept-encoding", "authorization", "cookie", "x-household"]
                ));
            }
        }
    }
    for other in [
        "",
        "\"other\"",
        "W/\"other\"",
        &strong[1..10],
        &format!("\"x{}", &strong[1..]),
        "**",
    ] {
        let answer = program.get_unless(NOW, other);
        answer.assert_ok();
        assert_eq!(answer.body, first.body, "{other}");
    }
    let old = program.get(OLD);
    assert_ne!(tag(&old), known, "another address");
    let head = program.ask("HEAD", NOW, &[]);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(tag(&head), known);
    assert_eq!(head.header("content-type"), Some("application/json"));
    assert!(varies_on(
        &head,
        &["accept-encoding", "authorization", "cookie", "x-household"]
    ));
    // The packed one says the same, so it bears the same tag: a weak one.
    for packing in ["gzip", "br"] {
        let packed = program.ask("HEAD", NOW, &[("Accept-Encoding", packing)]);
        assert_eq!(packed.header("content-encoding"), Some(packing));
        assert_eq!(tag(&packed), known);
    }
    // Whether there is a fault in the question is not hidden by an answer that is kept.
    program
        .get_unless("/api/analytics-current/?date=2026-02-30", "*")
        .assert_status(400);
}

fn varies_on(answer: &Page, names: &[&str]) -> bool {
    let all: Vec<String> = answer
        .headers
        .get_all("vary")
        .iter()
        .flat_map(|value| value.to_str().unwrap().split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    names.iter().all(|name| all.iter().any(|one| one == name))
}

#[test]
fn what_could_not_be_made_is_not_kept() {
    for place in places() {
        let app = app_with(&place);
        let owner = app.household();
        owner.set_up().earned("2019-05-01", "100", "Salary");
        let program = Program::of(&owner);
        app.sql()
            .batch_execute("ALTER TABLE balances RENAME TO elsewhere")
            .unwrap();
        for _ in 0..2 {
            let failed = program.get(NOW);
            failed.assert_status(500);
            assert_eq!(failed.header("etag"), None);
        }
        app.sql()
            .batch_execute("ALTER TABLE elsewhere RENAME TO balances")
            .unwrap();
        assert_eq!(
            app.statements(|| {
                program.get(NOW).assert_has(r#""balance":100.00"#);
            }),
            MADE
        );
    }
}

#[test]
fn a_version_that_comes_twice_is_told_from_the_first() {
    for place in places() {
        let app = app_with(&place);
        let owner = app.household();
        owner.set_up();
        let program = Program::of(&owner);
        // A backup is made here.
        let backup = version(&owner);
        let lost = owner.earned("2019-05-01", "100", "Salary");
        let first = program.get(NOW);
        first.assert_has(r#""balance":100.00"#);
        let reached = version(&owner);
        // It is put back, and the household goes on otherwise.
        owner.delete(lost);
        app.sql()
            .batch_execute(&format!(
                "BEGIN; ALTER TABLE households DISABLE TRIGGER USER;
                 UPDATE households SET ledger_version = {backup} WHERE id = '{}'; ALTER TABLE households ENABLE TRIGGER USER; COMMIT",
                owner.household
            ))
            .unwrap();
        owner.earned("2019-05-01", "7", "Salary");
        assert_eq!(version(&owner), reached, "the same number");
        program
            .get_unless(NOW, &tag(&first))
            .assert_ok()
            .assert_has(r#""balance":7.00"#);
    }
}

fn version(owner: &Owner<'_>) -> i64 {
    use budget::schema::households;
    use diesel::prelude::*;
    households::table
        .find(owner.household)
        .select(households::ledger_version)
        .first(&mut owner.app.sql())
        .unwrap()
}
