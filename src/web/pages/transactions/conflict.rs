//! A [`Conflict`]: why a change could not be saved although all its fields are right, and what to choose from.

use chrono::NaiveDate;

use super::values::Values;
use crate::households::Member;
use crate::ledger::transaction::Snapshot;
use crate::ledger::{Book, Kind, LoanDirection};
use crate::period;

/// What is in the way.
pub(super) struct Conflict {
    pub(super) title: &'static str,
    pub(super) text: String,
    /// Whether the form holds other values than are stored, and may be saved over them.
    pub(super) has_choice: bool,
    pub(super) differences: Vec<Difference>,
}

/// A field that is not what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) label: &'static str,
    pub(super) theirs: String,
    pub(super) mine: String,
}

impl Conflict {
    /// Somebody else changed it since it was opened. Without `typed` it was to be deleted.
    pub(super) fn stale(
        member: &Member,
        book: &Book,
        today: NaiveDate,
        stored: &Snapshot,
        typed: Option<&Values>,
    ) -> Self {
        let say = Say { member, book, today };
        let Some(typed) = typed else {
            return Self {
                title: "Not deleted: somebody else changed this entry",
                text: "Below is what is stored now. Delete it once more if you still want to.".to_owned(),
                has_choice: false,
                differences: Vec::new(),
            };
        };
        let differences = say.differences(&Values::stored(member, stored), typed);
        Self {
            title: "Not saved: somebody else changed this entry",
            text: if differences.is_empty() {
                "It is now what you typed.".to_owned()
            } else {
                "It was changed since you opened it. Choose which values are to count.".to_owned()
            },
            has_choice: true,
            differences,
        }
    }

    /// Something archived would have to change.
    pub(super) fn blocked(sentence: &str) -> Self {
        Self {
            title: "Nothing was changed",
            text: sentence.to_owned(),
            has_choice: false,
            differences: Vec::new(),
        }
    }
}

/// What values are in words.
struct Say<'a> {
    member: &'a Member,
    book: &'a Book,
    today: NaiveDate,
}

impl Say<'_> {
    fn differences(&self, theirs: &Values, mine: &Values) -> Vec<Difference> {
        let (theirs, mine) = (self.fields(theirs), self.fields(mine));
        let mut labels: Vec<&'static str> = Vec::new();
        for (label, _) in theirs.iter().chain(&mine) {
            if !labels.contains(label) {
                labels.push(label);
            }
        }
        let value = |fields: &[(&'static str, String)], label: &str| {
            let found = fields.iter().find(|(of, _)| *of == label);
            found.map_or_else(|| "–".to_owned(), |(_, text)| text.clone())
        };
        labels
            .into_iter()
            .map(|label| Difference {
                label,
                theirs: value(&theirs, label),
                mine: value(&mine, label),
            })
            .filter(|difference| difference.theirs != difference.mine)
            .collect()
    }

    /// The fields that count for the kind, in the order of the form.
    fn fields(&self, values: &Values) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("Kind", values.kind.label().to_owned()),
            ("Amount", self.amount(values)),
            ("Date", self.day(&values.date)),
            ("What", or_dash(values.description.trim())),
            ("Category", self.category(values)),
        ];
        if values.kind == Kind::Transfer {
            fields.extend([
                ("From", self.place(&values.from_location, &values.from_bucket)),
                ("To", self.place(&values.to_location, &values.to_bucket)),
            ]);
            return fields;
        }
        fields.push(("Location", self.location(&values.location)));
        fields.push((
            "Bucket",
            if values.split {
                "Split by percentage".to_owned()
            } else {
                self.bucket(&values.bucket)
            },
        ));
        match values.kind {
            Kind::Loan => {
                let direction = values.direction.parse::<LoanDirection>();
                fields.push(("With whom", or_dash(values.counterparty.trim())));
                fields.push((
                    "What happens",
                    direction.map_or_else(|_| "–".to_owned(), |direction| direction.way().to_owned()),
                ));
            }
            Kind::Income | Kind::Expense => {
                fields.push((
                    "Refund",
                    match (values.refund, values.chosen_original()) {
                        (false, _) => "No",
                        (true, None) => "Yes",
                        (true, Some(_)) => "Yes, of another entry",
                    }
                    .to_owned(),
                ));
            }
            Kind::Transfer | Kind::Adjustment => {}
        }
        fields
    }

    fn amount(&self, values: &Values) -> String {
        values.read_amount(self.member).map_or_else(
            |_| values.amount.clone(),
            |amount| {
                self.member
                    .number_format
                    .amount(amount.minor(), self.member.currency)
            },
        )
    }

    fn day(&self, text: &str) -> String {
        period::parse_day(text).map_or_else(
            |_| text.to_owned(),
            |day| self.member.dates(self.today).weekday(day),
        )
    }

    fn category(&self, values: &Values) -> String {
        let found = values.category.parse().ok().and_then(|id| self.book.category(id));
        found.map_or_else(|| values.kind.label().to_owned(), |one| one.name.clone())
    }

    fn location(&self, id: &str) -> String {
        let found = id.parse().ok().and_then(|id| self.book.location(id));
        found.map_or_else(|| "–".to_owned(), |one| one.name.clone())
    }

    fn bucket(&self, id: &str) -> String {
        let found = id.parse().ok().and_then(|id| self.book.bucket(id));
        found.map_or_else(|| "–".to_owned(), |one| one.name.clone())
    }

    fn place(&self, location: &str, bucket: &str) -> String {
        format!("{}, {}", self.bucket(bucket), self.location(location))
    }
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "–" } else { text }.to_owned()
}
