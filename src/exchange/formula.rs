//! Text that a spreadsheet would take for a formula, and the mark that keeps it text.
//!
//! Spreadsheets carry out what begins with `=`, `+`, `-` or `@`, and may also begin anew after a `;`, where that separates fields. A file
//! that this program wrote has a `'` before each such character, and reading it takes the mark off again. Text that has such marks already
//! gets one more, so every text comes back as it was.

use std::borrow::Cow;

/// Puts a mark before whatever a spreadsheet would carry out.
pub(super) fn mark(text: &str) -> Cow<'_, str> {
    let places = places(text);
    if places.is_empty() {
        return text.into();
    }
    let mut marked = String::with_capacity(text.len() + places.len());
    let mut rest = (0, text);
    for Place { at, .. } in places {
        let (before, after) = rest.1.split_at(at - rest.0);
        marked.push_str(before);
        marked.push('\'');
        rest = (at, after);
    }
    marked.push_str(rest.1);
    marked.into()
}

/// Takes the marks off that [`mark`] puts there.
pub(super) fn unmark(text: &str) -> Cow<'_, str> {
    let mut places = places(text);
    places.retain(|place| place.marked);
    if places.is_empty() {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = (0, text);
    for Place { at, .. } in places {
        let (before, after) = rest.1.split_at(at - rest.0);
        plain.push_str(before.strip_suffix('\'').unwrap_or(before));
        rest = (at, after);
    }
    plain.push_str(rest.1);
    plain.into()
}

/// Where a formula would begin.
struct Place {
    /// The byte at which its first character stands, behind all marks.
    at: usize,
    /// Whether there is a mark before it.
    marked: bool,
}

/// What stands before the first character that counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The beginning of a field, white space and quotes.
    Nothing,
    /// One mark or more.
    Marks,
    /// Other text.
    Text,
}

fn places(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let mut before = Before::Nothing;
    for (at, one) in text.char_indices() {
        before = match (before, one) {
            (_, ';') | (Before::Nothing, '"') => Before::Nothing,
            (Before::Nothing, one) if one.is_whitespace() => Before::Nothing,
            (Before::Nothing | Before::Marks, '\'') => Before::Marks,
            (Before::Nothing | Before::Marks, one) if begins_formula(one) => {
                found.push(Place {
                    at,
                    marked: before == Before::Marks,
                });
                Before::Text
            }
            _ => Before::Text,
        };
    }
    found
}

/// The wide forms count as the narrow ones where people write them.
const fn begins_formula(one: char) -> bool {
    matches!(one, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_marked_and_other_text_is_not() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("+", "'+"),
            ("-", "'-"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("\"=1", "\"'=1"),
            ("a; =1", "a; '=1"),
            ("a;\"'=1;@b", "a;\"''=1;'@b"),
            ("'tis 1+1", "'tis 1+1"),
            ("a=b-c", "a=b-c"),
            ("* milk", "* milk"),
            ("a;b", "a;b"),
            ("'", "'"),
            ("", ""),
        ];
        for (plain, marked) in cases {
            assert_eq!(mark(plain), marked);
            assert_eq!(unmark(marked), plain);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[=+@'\"; a＝é-]{0,12}") {
            let marked = mark(&text);
            prop_assert_eq!(unmark(&marked), text.as_str());
            prop_assert!(places(&marked).iter().all(|place| place.marked), "{}", marked);
        }
    }
}
