//! Things as fields in words, and the [`Difference`]s between what a thing was and what it became.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::households::Member;
use crate::ledger::Kind;
use crate::ledger::activity::{Names, Sides, What};
use crate::ledger::book::{Bucket, Category, Location};
use crate::ledger::moved::Moved;
use crate::ledger::transaction::{Line, Snapshot};
use crate::web::pages::transactions::signed_amount;

/// One fact about a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    label: &'static str,
    text: String,
}

/// A fact that is not what it was. Nothing on a side: the thing was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web::pages) struct Difference {
    pub(in crate::web::pages) label: &'static str,
    pub(in crate::web::pages) before: Option<String>,
    pub(in crate::web::pages) after: Option<String>,
}

impl Difference {
    /// `amount 12.50 to 21.50`
    pub(super) fn words(&self) -> String {
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        let label = self.label.to_lowercase();
        format!("{label} {} to {}", side(&self.before), side(&self.after))
    }
}

/// Says what things are.
pub(super) struct Say<'a> {
    pub(super) member: &'a Member,
    pub(super) names: &'a Names,
    pub(super) today: NaiveDate,
}

impl Say<'_> {
    /// How a thing differs; all its facts where one side is missing. With `turned` it is told as what an undo took back.
    pub(super) fn differences(&self, what: &What, turned: bool) -> Vec<Difference> {
        let (before, after) = match what {
            What::Transaction(sides) => self.each(sides, Self::transaction),
            What::Moved(sides) => self.each(sides, Self::moved),
            What::Location(sides) => self.each(sides, Self::location),
            What::Bucket(sides) => self.each(sides, Self::bucket),
            What::Category(sides) => self.each(sides, Self::category),
        };
        if turned {
            compare(after.as_ref(), before.as_ref())
        } else {
            compare(before.as_ref(), after.as_ref())
        }
    }

    /// What an entry is called.
    pub(super) fn title<'a>(&'a self, snapshot: &'a Snapshot) -> &'a str {
        if snapshot.transaction.description.is_empty() {
            self.names.category(snapshot.transaction.category)
        } else {
            &snapshot.transaction.description
        }
    }

    fn each<T>(
        &self,
        sides: &Sides<T>,
        fields: impl Fn(&Self, &T) -> Vec<Field>,
    ) -> (Option<Vec<Field>>, Option<Vec<Field>>) {
        let side = |one: &Option<T>| one.as_ref().map(|one| fields(self, one));
        (side(&sides.before), side(&sides.after))
    }

    fn transaction(&self, snapshot: &Snapshot) -> Vec<Field> {
        let one = &snapshot.transaction;
        // Income and expenses have no sign in their form either, and say so when they go the other way.
        let amount = match one.kind {
            Kind::Income | Kind::Expense => self.amount(one.amount.abs().minor()),
            Kind::Transfer | Kind::Loan | Kind::Adjustment => signed_amount(self.member, one),
        };
        let mut fields = vec![
            field("Amount", amount),
            field("Day", self.member.dates(self.today).day(one.date)),
            field("Description", or_nothing(&one.description)),
            field("Kind", one.kind.label()),
            field("Category", self.names.category(one.category)),
        ];
        if one.is_refund() {
            fields.push(field("Refund", "yes"));
        }
        if let Some(counterparty) = &one.counterparty {
            fields.push(field("With whom", counterparty));
        }
        if let Some((from, to)) = one.transfer_cells() {
            let place = |location, bucket| {
                format!("{}, {}", self.names.bucket(bucket), self.names.location(location))
            };
            fields.push(field("From", place(from.location, from.bucket)));
            fields.push(field("To", place(to.location, to.bucket)));
            return fields;
        }
        let locations: BTreeSet<&str> = one
            .lines
            .iter()
            .map(|line| self.names.location(line.location))
            .collect();
        fields.push(field("Location", joined(locations.into_iter())));
        match one.lines.as_slice() {
            [only] if !one.split => fields.push(field("Bucket", self.names.bucket(only.bucket))),
            lines => {
                let shares = snapshot.shares.iter().map(|share| {
                    let percent = self.member.number_format.percent(share.percent);
                    format!("{} {percent}%", self.names.bucket(share.bucket))
                });
                fields.push(field("Shares", or_nothing(&joined(shares))));
                fields.push(field("Parts", joined(lines.iter().map(|line| self.part(line)))));
            }
        }
        fields
    }

    fn part(&self, line: &Line) -> String {
        format!(
            "{} {}",
            self.names.bucket(line.bucket),
            self.amount(line.amount.minor())
        )
    }

    fn moved(&self, moved: &Moved) -> Vec<Field> {
        let mut fields = Vec::new();
        if let Some(category) = moved.category {
            fields.push(field("Category", self.names.category(category)));
        }
        if !moved.lines.is_empty() {
            let locations: BTreeSet<&str> = moved
                .lines
                .iter()
                .map(|line| self.names.location(line.location))
                .collect();
            let buckets: BTreeSet<&str> = moved
                .lines
                .iter()
                .map(|line| self.names.bucket(line.bucket))
                .collect();
            fields.push(field("Location", joined(locations.into_iter())));
            fields.push(field("Bucket", joined(buckets.into_iter())));
        }
        if !moved.shares.is_empty() {
            let shares = moved.shares.iter().map(|share| self.names.bucket(share.bucket));
            fields.push(field("Shares", joined(shares)));
        }
        fields
    }

    fn location(&self, location: &Location) -> Vec<Field> {
        let mut fields = vec![
            field("Name", &location.name),
            field("Kind", location.kind.label()),
            field(
                "Place in the list",
                self.member.number_format.count(location.position.into()),
            ),
        ];
        fields.extend(self.archived(location.archived_at));
        fields
    }

    fn bucket(&self, bucket: &Bucket) -> Vec<Field> {
        let mut fields = vec![
            field("Name", &bucket.name),
            field("Share of income", self.percent(bucket)),
            field(
                "Place in the list",
                self.member.number_format.count(bucket.position.into()),
            ),
        ];
        fields.extend(self.archived(bucket.archived_at));
        fields
    }

    fn category(&self, category: &Category) -> Vec<Field> {
        let mut fields = vec![
            field("Name", &category.name),
            field("Counts as", category.sign.label()),
        ];
        fields.extend(self.archived(category.archived_at));
        fields
    }

    /// A bucket's share, with its sign.
    pub(super) fn percent(&self, bucket: &Bucket) -> String {
        format!("{}%", self.member.number_format.percent(bucket.percent))
    }

    fn archived(&self, since: Option<chrono::DateTime<chrono::Utc>>) -> Option<Field> {
        let day = since?.with_timezone(&self.member.time_zone).date_naive();
        Some(field("Archived", self.member.dates(self.today).weekday(day)))
    }

    fn amount(&self, minor: i64) -> String {
        self.member.number_format.amount(minor, self.member.currency)
    }
}

fn field(label: &'static str, text: impl Into<String>) -> Field {
    Field {
        label,
        text: text.into(),
    }
}

fn or_nothing(text: &str) -> String {
    if text.is_empty() { "nothing" } else { text }.to_owned()
}

fn joined(parts: impl Iterator<Item = impl ToString>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(", ")
}

/// Fields that are not the same on both sides, in the order of the first side that has them.
fn compare(before: Option<&Vec<Field>>, after: Option<&Vec<Field>>) -> Vec<Difference> {
    let text = |side: Option<&Vec<Field>>, label: &str| {
        let fields = side?;
        let found = fields.iter().find(|field| field.label == label);
        Some(found.map_or_else(|| "–".to_owned(), |field| field.text.clone()))
    };
    let mut labels: Vec<&'static str> = Vec::new();
    for field in before.into_iter().chain(after).flatten() {
        if !labels.contains(&field.label) {
            labels.push(field.label);
        }
    }
    labels
        .into_iter()
        .map(|label| Difference {
            label,
            before: text(before, label),
            after: text(after, label),
        })
        .filter(|one| one.before != one.after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told_and_a_missing_fact_is_a_dash() {
        let before = vec![
            field("Amount", "12.50"),
            field("Day", "3 Nov"),
            field("Refund", "yes"),
        ];
        let after = vec![
            field("Amount", "21.50"),
            field("Day", "3 Nov"),
            field("With whom", "Bo"),
        ];
        let told: Vec<String> = compare(Some(&before), Some(&after))
            .iter()
            .map(Difference::words)
            .collect();
        assert_eq!(
            told,
            ["amount 12.50 to 21.50", "refund yes to –", "with whom – to Bo"]
        );
        assert_eq!(compare(Some(&before), Some(&before)), []);
    }

    #[test]
    fn a_thing_that_was_not_there_has_all_its_facts_on_one_side() {
        let after = vec![field("Name", "Cash"), field("Kind", "Cash")];
        let told = compare(None, Some(&after));
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|one| one.before.is_none() && one.after.is_some()));
        assert_eq!(compare(None, None), []);
    }
}
