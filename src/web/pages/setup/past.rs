//! What changed when, in words: a line for each property of a thing that a change touched.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::noun::Noun;
use crate::households::Member;
use crate::ledger::activity::Names;
use crate::ledger::history::Moment;
use crate::period::say_time;

/// The most changes of one thing that its page shows.
pub(super) const MOMENTS_MAX: usize = 30;

/// One property that changed.
#[derive(Debug)]
pub(super) struct Line {
    /// When, and who did it; only at the first line of a change.
    pub(super) when: Option<(String, String)>,
    pub(super) what: String,
    /// What it was, where it was anything.
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

/// The lines of these changes, in their order.
pub(super) fn lines<N: Noun>(
    moments: &[Moment<N::Stored>],
    names: &Names,
    member: &Member,
    today: NaiveDate,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for moment in moments {
        let at = moment.at.with_timezone(&member.time_zone);
        let day = member.dates(today).day(at.date_naive());
        let who = match moment.by {
            Some(user) if user == member.user => "you".to_owned(),
            by => names.person(by).unwrap_or("somebody who left").to_owned(),
        };
        let mut when = Some((format!("{day}, {}", say_time(at.time())), who));
        let properties = |stored: &Option<N::Stored>| {
            let stored = stored.as_ref();
            stored.map_or_else(Vec::new, |one| N::properties(one, member))
        };
        for (what, from, to) in changed(
            &moment.action,
            &properties(&moment.before),
            &properties(&moment.after),
        ) {
            lines.push(Line {
                when: when.take(),
                what,
                from,
                to,
            });
        }
    }
    lines
}

type Change = (String, Option<String>, Option<String>);
type Properties = [(&'static str, String)];

/// What differs; nothing where only the order does.
fn changed(action: &str, before: &Properties, after: &Properties) -> Vec<Change> {
    let all = |properties: &Properties| {
        let values: Vec<_> = properties.iter().map(|(_, value)| value.as_str()).collect();
        Some(values.join(", "))
    };
    let what = match action.rsplit('.').next() {
        Some("undo") => "Undone",
        Some("redo") => "Done again",
        Some("merge") => "Merged",
        _ if before.is_empty() => "Added",
        _ if after.is_empty() => "Deleted",
        _ => "Changed",
    };
    if before.is_empty() {
        return vec![(what.to_owned(), None, all(after))];
    }
    if after.is_empty() {
        return vec![(what.to_owned(), all(before), None)];
    }
    let now: BTreeMap<_, _> = after.iter().map(|(name, value)| (*name, value)).collect();
    before
        .iter()
        .filter_map(|(name, was)| {
            let is = now.get(name).filter(|is| **is != was)?;
            Some(((*name).to_owned(), Some(was.clone()), Some((*is).clone())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(name: &str, share: &str) -> Vec<(&'static str, String)> {
        vec![("Name", name.to_owned()), ("Share", share.to_owned())]
    }

    #[test]
    fn only_what_differs_is_told() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            changed("bucket.edit", &bucket("Fun", "10%"), &bucket("Joy", "10%")),
            [("Name".to_owned(), some("Fun"), some("Joy"))]
        );
        assert_eq!(
            changed("bucket.add", &[], &bucket("Fun", "10%")),
            [("Added".to_owned(), None, some("Fun, 10%"))]
        );
        assert!(changed("bucket.move", &bucket("Fun", "10%"), &bucket("Fun", "10%")).is_empty());
    }
}
