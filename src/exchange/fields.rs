//! Every field of a row, read into what it means.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::formula;
use super::rows::{Exact, Money, NameId, Names, Part, Row, RowSign, Short};
use crate::ledger::{Kind, Problem, Problems, name};
use crate::money::{Amount, Currency, NumberFormat, Percent};
use crate::period;

const SPLIT_OF_NO_INCOME: &str = "Only income, with the sign +, is split by *. Name a bucket.";
const ONE_POSTING: &str =
    "Leave this empty: a row with an entry number is one posting, so a transfer has a row for each end.";

/// Reads one row and collects what is wrong with it.
pub(super) struct Reader<'a> {
    names: &'a mut Names,
    /// Whether text may carry marks against formulas.
    marked: bool,
    problems: Problems,
}

/// Where the money of a row lies, as it stands in the file.
#[derive(Clone, Copy)]
struct Places<'a> {
    location: Option<NameId>,
    bucket: &'a str,
    to_location: &'a str,
    to_bucket: &'a str,
}

impl<'a> Reader<'a> {
    /// A reader that keeps names in `names`; `marked` says whether text may carry marks against formulas.
    pub(super) fn new(names: &'a mut Names, marked: bool) -> Self {
        Self {
            names,
            marked,
            problems: Vec::new(),
        }
    }

    /// The row, unless something was wrong with it.
    pub(super) fn finish(self, row: Option<Row>) -> Result<Row, Problems> {
        match row {
            Some(row) if self.problems.is_empty() => Ok(row),
            _ => Err(self.problems),
        }
    }

    /// The row, if every field of it can be read; it counts only when there are no problems.
    pub(super) fn row(
        &mut self,
        line: u64,
        fields: [&str; 9],
        exact: [&str; 5],
        currency: Currency,
    ) -> Option<Row> {
        let [
            date,
            description,
            amount,
            sign,
            category,
            location,
            bucket,
            to_location,
            to_bucket,
        ] = fields;
        let [entry, kind, counterparty, share, refund_of] = exact;
        let date = self.date(date);
        let description = self.description(description);
        let amount = self.amount(amount, currency);
        let sign = self.sign(sign);
        let category = self.name("category", category);
        let places = Places {
            location: self.name("location", location),
            bucket,
            to_location,
            to_bucket,
        };
        let numbered = self.number("entry", entry).is_some();
        let kind = self.kind(kind, sign?);
        let counterparty = self.counterparty(counterparty, kind);
        let share = self.share(share, kind, numbered);
        let refund_of = self.refund_of(refund_of, kind);
        let money = if numbered || matches!(kind, Some(Kind::Loan | Kind::Adjustment)) {
            let part = self.exact(line, amount, kind, places, share);
            part.zip(kind).map(|(part, kind)| {
                Money::Exact(Box::new(Exact {
                    kind,
                    counterparty,
                    parts: vec![part],
                }))
            })
        } else {
            self.short(amount, sign?, places).map(Money::Short)
        };
        Some(Row {
            line,
            date: date?,
            description: description?.into(),
            category: category?,
            money: money?,
            refund_of,
        })
    }

    /// The money of a row that is a whole entry.
    fn short(&mut self, amount: Option<Amount>, sign: RowSign, places: Places<'_>) -> Option<Short> {
        let splits = places.bucket.trim() == "*";
        let bucket = if splits {
            None
        } else {
            self.name("bucket", places.bucket)
        };
        if splits && sign != RowSign::Income {
            self.say("bucket", SPLIT_OF_NO_INCOME);
        }
        let to = if sign == RowSign::Transfer {
            if amount.is_some_and(Amount::is_negative) {
                self.say(
                    "amount",
                    "What a transfer moves is above zero. Swap where it comes from and where it goes.",
                );
            }
            let to_location = self.target("to_location", places.to_location, places.location);
            let to_bucket = self.target("to_bucket", places.to_bucket, bucket);
            to_location.zip(to_bucket)
        } else {
            let reason = "Leave this empty: only a transfer, with the sign =, goes anywhere.";
            self.nothing("to_location", places.to_location, reason);
            self.nothing("to_bucket", places.to_bucket, reason);
            None
        };
        Some(Short {
            amount: amount?,
            sign,
            location: places.location?,
            bucket,
            to,
        })
    }

    /// The money of a row that is one posting or one share.
    fn exact(
        &mut self,
        line: u64,
        amount: Option<Amount>,
        kind: Option<Kind>,
        places: Places<'_>,
        share: Option<Percent>,
    ) -> Option<Part> {
        let bucket = if places.bucket.trim() == "*" {
            self.say(
                "bucket",
                "Only a row without an entry number is split by *. Name a bucket.",
            );
            None
        } else {
            self.name("bucket", places.bucket)
        };
        self.nothing("to_location", places.to_location, ONE_POSTING);
        self.nothing("to_bucket", places.to_bucket, ONE_POSTING);
        if share.is_none() && amount.is_some_and(Amount::is_zero) {
            self.say("amount", "Type an amount other than zero.");
        }
        Some(Part {
            line,
            location: places.location?,
            bucket: bucket?,
            amount: RowSign::of(kind?).turn(amount?),
            share,
        })
    }

    /// What the row is: what it says, or else what its sign says.
    fn kind(&mut self, text: &str, sign: RowSign) -> Option<Kind> {
        let kind = match text.trim().to_ascii_lowercase().as_str() {
            "" => Ok(match sign {
                RowSign::Income => Kind::Income,
                RowSign::Expense => Kind::Expense,
                RowSign::Transfer => Kind::Transfer,
            }),
            word => word.parse().map_err(|_| {
                problem(
                    "kind",
                    "Write income, expense, transfer, loan or adjustment, or leave it empty.",
                )
            }),
        };
        let kind = self.take(kind)?;
        if RowSign::of(kind) != sign {
            self.say(
                "kind",
                "This does not fit the sign: income has +, expense has -, the others have =.",
            );
        }
        Some(kind)
    }

    fn counterparty(&mut self, text: &str, kind: Option<Kind>) -> Option<Box<str>> {
        if kind == Some(Kind::Loan) {
            let text = self.unmarked(text);
            let with = self.take(name::optional("counterparty", &text))?;
            if with.is_empty() {
                self.say("counterparty", "Say who lends or borrows.");
            }
            return Some(with.into());
        }
        self.nothing("counterparty", text, "Leave this empty: only a loan has one.");
        None
    }

    fn share(&mut self, text: &str, kind: Option<Kind>, numbered: bool) -> Option<Percent> {
        if text.trim().is_empty() {
            return None;
        }
        if kind != Some(Kind::Income) || !numbered {
            self.say(
                "share",
                "Leave this empty: only an income with an entry number has shares.",
            );
            return None;
        }
        let share = Percent::parse(text, NumberFormat::CommaPoint);
        self.take(share.map_err(|error| problem("share", error.to_string())))
    }

    fn refund_of(&mut self, text: &str, kind: Option<Kind>) -> Option<u64> {
        let number = self.number("refund_of", text)?;
        if !matches!(kind, Some(Kind::Income | Kind::Expense)) {
            self.say(
                "refund_of",
                "Leave this empty: only an income or an expense gives anything back.",
            );
        }
        Some(number)
    }

    fn number(&mut self, column: &'static str, text: &str) -> Option<u64> {
        let number = number(text).map_err(|()| {
            problem(
                column,
                "Write the number of an entry, with the digits 0 to 9, or leave it empty.",
            )
        });
        self.take(number).flatten()
    }

    fn date(&mut self, text: &str) -> Option<NaiveDate> {
        let date = period::parse_day(text.trim()).map_err(|error| problem("date", error.to_string()));
        self.take(date)
    }

    fn amount(&mut self, text: &str, currency: Currency) -> Option<Amount> {
        let amount =
            Amount::parse_plain(text, currency).map_err(|error| problem("amount", error.to_string()));
        self.take(amount)
    }

    fn sign(&mut self, text: &str) -> Option<RowSign> {
        let sign = match text.trim() {
            "+" => Ok(RowSign::Income),
            "-" => Ok(RowSign::Expense),
            "=" => Ok(RowSign::Transfer),
            _ => Err(problem(
                "sign",
                "Write + for income, - for an expense, = for a transfer.",
            )),
        };
        self.take(sign)
    }

    /// A name that must be there.
    fn name(&mut self, column: &'static str, text: &str) -> Option<NameId> {
        let text = self.unmarked(text);
        let text = self.take(name::required(column, &text))?;
        Some(self.names.keep(text))
    }

    /// Where a transfer goes: the source, if nothing is said.
    fn target(&mut self, column: &'static str, text: &str, source: Option<NameId>) -> Option<NameId> {
        match text.trim() {
            "" => source,
            "*" => {
                self.say(column, SPLIT_OF_NO_INCOME);
                None
            }
            name => self.name(column, name),
        }
    }

    fn nothing(&mut self, column: &'static str, text: &str, reason: &str) {
        if !text.trim().is_empty() {
            self.say(column, reason);
        }
    }

    fn description(&mut self, text: &str) -> Option<String> {
        let text = self.unmarked(text);
        self.take(name::optional("description", &text))
    }

    fn unmarked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.marked {
            formula::unmark(text)
        } else {
            text.into()
        }
    }

    fn say(&mut self, column: &'static str, message: &str) {
        self.problems.push(problem(column, message));
    }

    fn take<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }
}

/// The number of an entry; nothing of an empty field.
pub(super) fn number(text: &str) -> Result<Option<u64>, ()> {
    const DIGITS_MAX: usize = 18;
    match text.trim() {
        "" => Ok(None),
        digits if digits.len() > DIGITS_MAX || !digits.bytes().all(|one| one.is_ascii_digit()) => Err(()),
        digits => digits.parse().map(Some).map_err(|_| ()),
    }
}

fn problem(field: &'static str, message: impl Into<String>) -> Problem {
    Problem {
        field,
        message: message.into(),
    }
}
