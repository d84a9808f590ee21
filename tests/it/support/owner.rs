//! Somebody with a household, and short words for what they record.

use std::ops::Deref;

use budget::db::{Caller, DbError};
use budget::households::Member;
use budget::ids::{BucketId, CategoryId, ChangeId, HouseholdId, LocationId, TransactionId, UserId};
use budget::ledger::transaction::commands::{self, Done};
use budget::ledger::{
    Book, BucketChoice, Cell, Draft, Entry, FlowKind, LedgerError, LoanDirection, LocationKind, Sign, bucket,
    category, history, location,
};
use budget::money::{Amount, Percent};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Browser, TestApp};

/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery";

/// Where money comes and goes, unless said otherwise.
const FIRST_CELL: (&str, &str) = ("Bank", "Necessities");

/// The fields of the sign-up form, filled in well.
pub fn fields(email: &str) -> Vec<(&str, &str)> {
    vec![
        ("email", email),
        ("password", PASSWORD),
        ("full_name", "Ada"),
        ("currency", "EUR"),
        ("time_zone", "UTC"),
    ]
}

/// A day, such as `2026-11-14`.
#[track_caller]
pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Somebody with a household of their own, in their browser.
pub struct Owner<'a> {
    /// Where they are.
    pub app: &'a TestApp,
    /// Their browser; an owner can be used like it.
    pub browser: Browser,
    /// Who they are.
    pub user: UserId,
    /// Their household.
    pub household: HouseholdId,
    /// How they log in.
    pub email: String,
}

impl Deref for Owner<'_> {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl<'a> Owner<'a> {
    #[track_caller]
    pub(super) fn sign_up(app: &'a TestApp, email: &str, currency: &str) -> Self {
        use budget::schema::members;
        let browser = app.browser();
        let mut given = fields(email);
        given.retain(|(field, _)| *field != "currency");
        given.push(("currency", currency));
        browser
            .submit("/signup", None, &given)
            .assert_status(303)
            .assert_location("/money");
        let mut conn = app.sql();
        let user = budget::users::queries::by_email(&mut conn, email)
            .unwrap()
            .unwrap();
        // The letter that greets them is not what tests are about: what waits in the queue is their own.
        diesel::sql_query("DELETE FROM jobs WHERE payload ->> 'letter' = 'confirm_email'")
            .execute(&mut conn)
            .unwrap();
        let household = members::table
            .filter(members::user_id.eq(user))
            .select(members::household_id)
            .first(&mut conn)
            .unwrap();
        Self {
            app,
            browser,
            user,
            household,
            email: email.to_owned(),
        }
    }

    /// The same person in another browser, logged in.
    #[track_caller]
    pub fn other_browser(&self) -> Browser {
        let browser = self.app.browser();
        let given = [("email", self.email.as_str()), ("password", PASSWORD)];
        browser
            .submit("/login", None, &given)
            .assert_status(303)
            .assert_location("/money");
        browser
    }

    /// Somebody else in this household, in a browser of their own.
    #[track_caller]
    pub fn joined_by(&self, email: &str, name: &str, role: &str) -> Owner<'a> {
        let mut other = self.app.sign_up(email, "EUR");
        let sql = format!(
            "UPDATE users SET full_name = '{name}' WHERE id = '{user}';
             INSERT INTO members (household_id, user_id, role) VALUES ('{household}', '{user}', '{role}');
             UPDATE sessions SET household_id = '{household}' WHERE user_id = '{user}';",
            user = other.user,
            household = self.household,
        );
        diesel::connection::SimpleConnection::batch_execute(&mut self.app.sql(), &sql).unwrap();
        other.household = self.household;
        other
    }

    /// Tokens of a program that this person logged in: for access, and to refresh it.
    #[track_caller]
    pub fn tokens(&self) -> (String, String) {
        let body = serde_json::json!({ "email": self.email, "password": PASSWORD });
        let answer = self
            .app
            .browser()
            .request("POST", "/api/token/")
            .json(body.to_string())
            .send();
        answer.assert_ok();
        let tokens = answer.json();
        let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
        (token("access"), token("refresh"))
    }

    /// Locations Bank, Cash, Card; buckets Necessities 50 %, Economy 20 %, Education, Fun and Donation 10 % each; categories Salary
    /// (income), Groceries, Rent and Going out (expense).
    pub fn set_up(&self) -> &Self {
        self.location("Bank", LocationKind::Bank);
        self.location("Cash", LocationKind::Cash);
        self.location("Card", LocationKind::Card);
        for (name, percent) in [
            ("Necessities", "50"),
            ("Economy", "20"),
            ("Education", "10"),
            ("Fun", "10"),
            ("Donation", "10"),
        ] {
            self.bucket(name, percent);
        }
        self.category("Salary", Sign::Positive);
        for name in ["Groceries", "Rent", "Going out"] {
            self.category(name, Sign::Negative);
        }
        self
    }

    /// Adds a location.
    #[track_caller]
    pub fn location(&self, name: &str, kind: LocationKind) -> LocationId {
        self.write(|conn, member| location::add(conn, member, name, kind))
            .unwrap()
            .0
    }

    /// Adds a bucket with a share of income in percent.
    #[track_caller]
    pub fn bucket(&self, name: &str, percent: &str) -> BucketId {
        self.write(|conn, member| {
            let percent = Percent::parse(percent, member.number_format).unwrap();
            bucket::add(conn, member, name, percent)
        })
        .unwrap()
        .0
    }

    /// Adds a category.
    #[track_caller]
    pub fn category(&self, name: &str, sign: Sign) -> CategoryId {
        self.write(|conn, member| category::add(conn, member, name, sign))
            .unwrap()
            .0
    }

    /// Records an expense from the first location and the first bucket.
    #[track_caller]
    pub fn spent(&self, day: &str, amount: &str, category: &str) -> TransactionId {
        self.spent_from(day, amount, category, FIRST_CELL)
    }

    /// Records an expense from a cell: the names of its location and its bucket.
    #[track_caller]
    pub fn spent_from(&self, day: &str, amount: &str, category: &str, cell: (&str, &str)) -> TransactionId {
        let cell = self.cell(cell);
        let flow = self.flow(
            FlowKind::Expense,
            amount,
            category,
            cell.location,
            BucketChoice::One(cell.bucket),
        );
        self.add(day, category, flow)
    }

    /// Records an income at the first location, split over the buckets.
    #[track_caller]
    pub fn earned(&self, day: &str, amount: &str, category: &str) -> TransactionId {
        let (location, _) = FIRST_CELL;
        let location = self.location_id(location);
        let flow = self.flow(FlowKind::Income, amount, category, location, BucketChoice::Split);
        self.add(day, category, flow)
    }

    /// Records an income in one cell.
    #[track_caller]
    pub fn earned_into(&self, day: &str, amount: &str, category: &str, cell: (&str, &str)) -> TransactionId {
        let cell = self.cell(cell);
        let flow = self.flow(
            FlowKind::Income,
            amount,
            category,
            cell.location,
            BucketChoice::One(cell.bucket),
        );
        self.add(day, category, flow)
    }

    /// Records a transfer from one cell to another.
    #[track_caller]
    pub fn moved(&self, day: &str, amount: &str, from: (&str, &str), to: (&str, &str)) -> TransactionId {
        let transfer = Entry::Transfer {
            amount: self.amount(amount),
            from: self.cell(from),
            to: self.cell(to),
            category: None,
        };
        self.add(day, "Moved", transfer)
    }

    /// Records a loan.
    #[track_caller]
    pub fn loan(
        &self,
        day: &str,
        direction: LoanDirection,
        amount: &str,
        counterparty: &str,
        cell: (&str, &str),
    ) -> TransactionId {
        let loan = Entry::Loan {
            direction,
            amount: self.amount(amount),
            counterparty: counterparty.to_owned(),
            cell: self.cell(cell),
            category: None,
        };
        self.add(day, "Loan", loan)
    }

    /// Records an adjustment; `amount` may have a sign.
    #[track_caller]
    pub fn adjusted(&self, day: &str, amount: &str, cell: (&str, &str)) -> TransactionId {
        let adjustment = Entry::Adjustment {
            amount: self.amount(amount),
            cell: self.cell(cell),
            category: None,
        };
        self.add(day, "Adjusted", adjustment)
    }

    /// Records whatever it is, with a description.
    #[track_caller]
    pub fn add(&self, day: &str, description: &str, entry: Entry) -> TransactionId {
        let draft = Draft {
            date: date(day),
            description: description.to_owned(),
            entry,
        };
        self.record(&draft).unwrap().after.unwrap().id
    }

    /// Records a draft.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn record(&self, draft: &Draft) -> Result<Done, LedgerError> {
        self.write(|conn, member| commands::add(conn, member, draft))
    }

    /// Deletes a transaction; the change can be undone.
    #[track_caller]
    pub fn delete(&self, id: TransactionId) -> ChangeId {
        self.write(|conn, member| commands::delete(conn, member, id, None))
            .unwrap()
            .change
    }

    /// Takes a change back.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn undo(&self, change: ChangeId) -> Result<ChangeId, LedgerError> {
        self.write(|conn, member| history::undo(conn, member, change))
            .map(|undone| undone.change)
    }

    /// All names of the household.
    pub fn book(&self) -> Book {
        Book::load(&mut self.app.sql(), self.household).unwrap()
    }

    /// An amount in the household's currency.
    #[track_caller]
    pub fn amount(&self, text: &str) -> Amount {
        let currency: String = budget::schema::households::table
            .find(self.household)
            .select(budget::schema::households::currency)
            .first(&mut self.app.sql())
            .unwrap();
        let currency = budget::money::Currency::from_code(&currency).unwrap();
        let unsigned = text.trim_start_matches('-');
        let amount = Amount::parse_plain(unsigned, currency).unwrap();
        if unsigned == text { amount } else { -amount }
    }

    /// The id of the location with this name.
    #[track_caller]
    pub fn location_id(&self, name: &str) -> LocationId {
        let found = self.book().locations.into_iter().find(|one| one.name == name);
        found.unwrap_or_else(|| panic!("no location {name}")).id
    }

    /// The id of the bucket with this name.
    #[track_caller]
    pub fn bucket_id(&self, name: &str) -> BucketId {
        let found = self.book().buckets.into_iter().find(|one| one.name == name);
        found.unwrap_or_else(|| panic!("no bucket {name}")).id
    }

    /// The id of the category with this name.
    #[track_caller]
    pub fn category_id(&self, name: &str) -> CategoryId {
        let found = self.book().categories.into_iter().find(|one| one.name == name);
        found.unwrap_or_else(|| panic!("no category {name}")).id
    }

    /// The cell at this location and in this bucket.
    #[track_caller]
    pub fn cell(&self, (location, bucket): (&str, &str)) -> Cell {
        Cell {
            location: self.location_id(location),
            bucket: self.bucket_id(bucket),
        }
    }

    /// Runs a command of the domain as this person.
    ///
    /// # Errors
    /// What the command says.
    pub fn write<T>(
        &self,
        command: impl FnOnce(&mut PgConnection, &Member) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let caller = Caller::Trusted {
            user: self.user,
            household: Some(self.household),
        };
        let written = self.app.db.write_now(&caller, |conn, member| {
            command(conn, member).map_err(Refused::Ledger)
        });
        match written {
            Ok(answer) => Ok(answer),
            Err(Refused::Ledger(error)) => Err(error),
            Err(Refused::Db(DbError::Diesel(error))) => Err(error.into()), // refused at COMMIT
            Err(Refused::Db(error)) => panic!("{error}"),
        }
    }

    #[track_caller]
    fn flow(
        &self,
        kind: FlowKind,
        amount: &str,
        category: &str,
        location: LocationId,
        bucket: BucketChoice,
    ) -> Entry {
        Entry::Flow {
            kind,
            refund: false,
            refund_of: None,
            amount: self.amount(amount),
            category: self.category_id(category),
            location,
            bucket,
        }
    }
}

/// Why a command wrote nothing.
enum Refused {
    Ledger(LedgerError),
    Db(DbError),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}
