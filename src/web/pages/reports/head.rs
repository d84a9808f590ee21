//! The head of a report: its name, the way to its neighbours, and its filter.

use super::which::Around;
use crate::reports::scope::Scope;
use crate::web::asked::Asked;
pub(super) use crate::web::pages::links::Way;

/// What stands above the report.
pub(super) struct Head {
    pub(super) title: String,
    pub(super) note: String,
    /// `Month` or `Year`, of what there are neighbours.
    pub(super) neighbours: &'static str,
    pub(super) previous: Option<Way>,
    pub(super) current: Option<Way>,
    pub(super) next: Option<Way>,
    /// The table as a file; nothing while there is none.
    pub(super) csv: Option<String>,
    pub(super) filter: Filter,
    pub(super) remarks: Vec<String>,
}

/// The form that narrows a report down.
pub(super) struct Filter {
    pub(super) action: String,
    pub(super) groups: Vec<Group>,
    /// What is chosen, each with the way to take it away.
    pub(super) chips: Vec<Way>,
    pub(super) cents: bool,
}

/// Locations, buckets or categories to choose from.
pub(super) struct Group {
    pub(super) legend: &'static str,
    pub(super) name: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// One of them.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_on: bool,
}

/// Nothing under a report's head: what to say, and where to go.
pub(super) struct Empty {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) ways: Vec<Way>,
}

impl Filter {
    pub(super) fn of(around: &Around<'_>, path: &str) -> Self {
        let Around {
            book, scope, asked, ..
        } = around;
        let choice = |id: String, name: &str, is_archived: bool, is_on: bool| Choice {
            value: id,
            label: if is_archived {
                format!("{name} (archived)")
            } else {
                name.to_owned()
            },
            is_on,
        };
        let locations = book.locations.iter().map(|one| {
            let is_on = scope.locations.contains(&one.id);
            choice(one.id.to_string(), &one.name, one.archived_at.is_some(), is_on)
        });
        let buckets = book.buckets.iter().map(|one| {
            let is_on = scope.buckets.contains(&one.id);
            choice(one.id.to_string(), &one.name, one.archived_at.is_some(), is_on)
        });
        let categories = book.categories.iter().map(|one| {
            let is_on = scope.categories.contains(&one.id);
            choice(one.id.to_string(), &one.name, one.archived_at.is_some(), is_on)
        });
        let group = |legend, name, choices| Group {
            legend,
            name,
            choices,
        };
        let groups = vec![
            group("Locations", "location", locations.collect()),
            group("Buckets", "bucket", buckets.collect()),
            group("Categories", "category", categories.collect()),
        ];
        let chips = groups
            .iter()
            .flat_map(|group| group.choices.iter().filter(|choice| choice.is_on))
            .map(|choice| Way {
                label: choice.label.clone(),
                href: without(scope, &choice.value, asked.cents).href(path),
            });
        Self {
            action: path.to_owned(),
            chips: chips.collect(),
            cents: asked.cents,
            groups,
        }
    }

    /// Whether anything is chosen.
    pub(super) fn is_active(&self) -> bool {
        !self.chips.is_empty()
    }
}

/// The filter without one of its values.
fn without(scope: &Scope, id: &str, cents: bool) -> Asked {
    let mut rest = scope.clone();
    rest.categories.retain(|one| one.to_string() != id);
    rest.locations.retain(|one| one.to_string() != id);
    rest.buckets.retain(|one| one.to_string() != id);
    Asked::of(&rest, cents)
}
