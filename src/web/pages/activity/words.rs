//! What a change did, in a sentence for people.

use super::fields::{Difference, Say};
use super::line::Scope;
use crate::ledger::activity::{Change, Turn, What};
use crate::ledger::book::Bucket;
use crate::ledger::transaction::Snapshot;
use crate::web::pages::transactions::signed_amount;

/// Differences that a sentence tells; the rest is counted.
const TOLD_MAX: usize = 6;

impl Say<'_> {
    /// `Changed Groceries: amount 12.50 to 21.50, day 3 Nov to 4 Nov`
    pub(super) fn sentence(&self, change: &Change, scope: Scope) -> String {
        let deed = match scope {
            Scope::Household => self.deed(change),
            Scope::Entry => self.deed_to_entry(change),
        };
        match change.turn {
            Turn::Done => deed,
            Turn::Undone => format!("Undid: {deed}"),
            Turn::Redone => format!("Did again: {deed}"),
        }
    }

    /// What was done to many, as far as it concerns one entry.
    fn deed_to_entry(&self, change: &Change) -> String {
        if change.deed == "import" {
            return format!("Imported from {}", change.summary);
        }
        if change.deed.starts_with("transaction.") {
            return self.deed(change);
        }
        // Of the many that it touched, only this one counts here.
        let alone = Change {
            counts: crate::ledger::activity::Counts::default(),
            ..change.clone()
        };
        self.deed(&alone)
    }

    fn deed(&self, change: &Change) -> String {
        let name = &change.summary;
        let (noun, verb) = change.deed.split_once('.').unwrap_or((&change.deed, ""));
        match (noun, verb) {
            ("transaction", _) => self.entry_deed(change, verb),
            ("bucket", "percentages") => self.percentages(change),
            ("import", _) => self.import(change),
            // The summary of several says how many of what.
            (_, "add") if Self::of_noun(change, noun) > 1 => format!("Added {name}"),
            (_, "add") => match Self::new_bucket(change) {
                Some(bucket) => format!("Added bucket {name} with {}", self.percent(bucket)),
                None => format!("Added {noun} {name}"),
            },
            (_, "edit") => self.edited(change, &format!("{noun} {name}")),
            (_, "archive") if change.counts.transactions > 0 => {
                format!("Archived {noun} {name} and moved its money away")
            }
            (_, "archive") => format!("Archived {noun} {name}"),
            (_, "restore") => format!("Restored {noun} {name}"),
            (_, "move") => format!("Changed the order: {noun} {name}"),
            (_, "merge") => format!("Merged {name}{}", self.effect(change)),
            (_, "delete") => format!("Deleted {noun} {name}{}", self.effect(change)),
            _ => format!("{name}{}", self.effect(change)),
        }
    }

    /// How many things of this noun a change touched.
    fn of_noun(change: &Change, noun: &str) -> i64 {
        match noun {
            "location" => change.counts.locations,
            "bucket" => change.counts.buckets,
            "category" => change.counts.categories,
            _ => 0,
        }
    }

    fn entry_deed(&self, change: &Change, verb: &str) -> String {
        let Some((before, after)) = Self::entry(change) else {
            return change.summary.clone();
        };
        let named = |one: &Snapshot| {
            let amount = signed_amount(self.member, &one.transaction);
            format!("{}, {amount}", self.title(one))
        };
        match (before, after) {
            (None, Some(after)) => format!("Added {}", named(after)),
            (Some(before), None) => format!("Deleted {}", named(before)),
            (_, Some(after)) if verb == "edit" => self.edited(change, self.title(after)),
            // A refund lost what it was linked to.
            (Some(_), Some(_)) if verb == "delete" => {
                format!("Deleted {}, which this gave back", change.summary)
            }
            _ => change.summary.clone(),
        }
    }

    /// The one entry that a change is about, the way it was done. A deletion touches the refunds of the entry as well.
    fn entry(change: &Change) -> Option<(Option<&Snapshot>, Option<&Snapshot>)> {
        let sides = || {
            change.items.iter().filter_map(|item| match &item.what {
                What::Transaction(sides) if change.turn == Turn::Undone => {
                    Some((sides.after.as_ref(), sides.before.as_ref()))
                }
                What::Transaction(sides) => Some((sides.before.as_ref(), sides.after.as_ref())),
                _ => None,
            })
        };
        sides()
            .find(|(before, after)| before.is_none() || after.is_none())
            .or_else(|| sides().next())
    }

    fn edited(&self, change: &Change, name: &str) -> String {
        let turned = change.turn == Turn::Undone;
        let own = change.items.iter().find(|item| match item.what {
            What::Transaction(_) => true,
            _ => !change.deed.starts_with("transaction."),
        });
        let mut all = own.map_or_else(Vec::new, |item| self.differences(&item.what, turned));
        // Parts follow the amount and the shares: they are told below.
        if all.len() > 1 {
            all.retain(|one| one.label != "Parts");
        }
        if all.is_empty() {
            return format!("Saved {name} as it was");
        }
        format!(
            "Changed {name}: {}",
            self.told(all.iter().map(Difference::words).collect())
        )
    }

    fn percentages(&self, change: &Change) -> String {
        let turned = change.turn == Turn::Undone;
        let told: Vec<String> = change
            .items
            .iter()
            .filter_map(|item| match &item.what {
                What::Bucket(sides) => {
                    let (before, after) = (sides.before.as_ref()?, sides.after.as_ref()?);
                    let (before, after) = if turned { (after, before) } else { (before, after) };
                    Some(format!(
                        "{} {} to {}",
                        after.name,
                        self.percent(before),
                        self.percent(after)
                    ))
                }
                _ => None,
            })
            .collect();
        let all = usize::try_from(change.counts.buckets)
            .unwrap_or_default()
            .max(told.len());
        format!("Set percentages: {}", self.first_of(told, all))
    }

    fn import(&self, change: &Change) -> String {
        let counts = change.counts;
        let mut also = Vec::new();
        for (number, one, many) in [
            (counts.locations, "location", "locations"),
            (counts.buckets, "bucket", "buckets"),
            (counts.categories, "category", "categories"),
        ] {
            if number > 0 {
                also.push(self.count(number, one, many));
            }
        }
        let entries = self.entries(counts.transactions);
        let with = if also.is_empty() {
            String::new()
        } else {
            format!(", with {}", also.join(", "))
        };
        format!("Imported {entries} from {}{with}", change.summary)
    }

    fn new_bucket(change: &Change) -> Option<&Bucket> {
        change.items.iter().find_map(|item| match &item.what {
            What::Bucket(sides) => sides.after.as_ref().or(sides.before.as_ref()),
            _ => None,
        })
    }

    /// `: 312 entries moved, 2 transfers taken away`
    fn effect(&self, change: &Change) -> String {
        let counts = change.counts;
        let mut parts = Vec::new();
        if counts.moved > 0 {
            parts.push(format!("{} moved", self.entries(counts.moved)));
        }
        if counts.transactions > 0
            && change
                .deed
                .split_once('.')
                .is_some_and(|(_, verb)| verb == "merge")
        {
            let transfers = self.count(counts.transactions, "transfer", "transfers");
            parts.push(format!("{transfers} between the two taken away"));
        } else if counts.transactions > 0 {
            parts.push(format!("{} changed", self.entries(counts.transactions)));
        }
        if parts.is_empty() {
            String::new()
        } else {
            format!(": {}", parts.join(", "))
        }
    }

    pub(super) fn entries(&self, number: i64) -> String {
        self.count(number, "entry", "entries")
    }

    fn count(&self, number: i64, one: &str, many: &str) -> String {
        if number == 1 {
            format!("1 {one}")
        } else {
            format!("{} {many}", self.member.number_format.count(number))
        }
    }

    fn told(&self, parts: Vec<String>) -> String {
        let all = parts.len();
        self.first_of(parts, all)
    }

    /// The first parts, and how many of `all` are not among them.
    fn first_of(&self, mut parts: Vec<String>, all: usize) -> String {
        parts.truncate(TOLD_MAX);
        let rest = all.saturating_sub(parts.len());
        let mut text = parts.join(", ");
        if rest > 0 {
            let rest = i64::try_from(rest).unwrap_or(i64::MAX);
            text = format!("{text} and {} more", self.member.number_format.count(rest));
        }
        text
    }
}
