//! First steps: what a new household still has to do before its money can be seen.

use crate::ledger::{Book, Sign};

/// Basis points of all income.
const FULL: u32 = 10_000;

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) struct Step {
    /// What to do, as a link's text.
    pub(in crate::web) label: &'static str,
    /// Where it is done.
    pub(in crate::web) href: &'static str,
    /// Whether it is done already.
    pub(in crate::web) done: bool,
}

/// How far the recording has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::web) enum Recorded {
    /// Not begun.
    Nothing,
    /// Adjustments only, such as opening balances.
    Balances,
    /// Money that came or went.
    Entries,
}

/// All first steps in their order, done ones too. Who begins with an entry, and not with opening balances, has nothing to tell of before.
pub(in crate::web) fn first_steps(book: &Book, recorded: Recorded) -> Vec<Step> {
    let categories = [Sign::Positive, Sign::Negative];
    vec![
        Step {
            label: "Add the places where your money is",
            href: super::locations::PATH,
            done: book.active_locations().next().is_some(),
        },
        Step {
            label: "Divide 100% of your income among buckets",
            href: super::buckets::PATH,
            done: book.percent_sum_bp() == FULL,
        },
        Step {
            label: "Add the categories that you earn and spend by",
            href: super::categories::PATH,
            done: categories
                .iter()
                .any(|sign| book.active_categories(*sign).next().is_some()),
        },
        Step {
            label: "Say how much is there today",
            href: "/transactions/new?kind=adjustment",
            done: recorded >= Recorded::Balances,
        },
        Step {
            label: "Record your first entry",
            href: "/transactions/new",
            done: recorded >= Recorded::Entries,
        },
    ]
}

/// The step of Set-up that comes next, seen from the page at `href`; nothing while that page's own step is still open.
pub(super) fn next_step(book: &Book, href: &str) -> Option<Step> {
    let steps = first_steps(book, Recorded::Entries);
    let own_done = steps.iter().all(|step| step.href != href || step.done);
    steps.into_iter().find(|step| own_done && !step.done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_household_has_everything_before_it() {
        let steps = first_steps(&Book::default(), Recorded::Nothing);
        assert_eq!(steps.len(), 5);
        assert!(steps.iter().all(|step| !step.done));
        assert_eq!(next_step(&Book::default(), "/setup/locations"), None);
        let elsewhere = next_step(&Book::default(), "/money").unwrap();
        assert_eq!(elsewhere.href, "/setup/locations");
    }
}
