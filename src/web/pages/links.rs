//! Links from a number to exactly the transactions behind it: the list's sum is the number.

use chrono::NaiveDate;
use url::form_urlencoded::Serializer;

use crate::ids::{BucketId, CategoryId, LocationId};
use crate::ledger::Kind;
use crate::period::{DateRange, Month, Year};
use crate::reports::scope::Scope;
use crate::web::asked::write;

/// What is beside the result.
pub(super) const BESIDE: [Kind; 3] = [Kind::Transfer, Kind::Loan, Kind::Adjustment];
/// What makes the result.
pub(super) const RESULT: [Kind; 2] = [Kind::Income, Kind::Expense];

/// A link with a label.
pub(super) struct Way {
    pub(super) label: String,
    pub(super) href: String,
}

/// A list of transactions within the scope of what is shown.
#[derive(Debug, Clone)]
pub(super) struct Link {
    scope: Scope,
    kinds: Vec<Kind>,
    period: Vec<(&'static str, String)>,
}

impl Link {
    /// Everything in a scope.
    pub(super) fn within(scope: &Scope) -> Self {
        Self {
            scope: scope.clone(),
            kinds: Vec::new(),
            period: Vec::new(),
        }
    }

    /// Everything there is.
    pub(super) fn to_all() -> Self {
        Self::within(&Scope::default())
    }

    /// Only of a category.
    pub(super) fn category(self, id: CategoryId) -> Self {
        self.categories(vec![id])
    }

    /// Only of these categories.
    pub(super) fn categories(mut self, ids: Vec<CategoryId>) -> Self {
        self.scope.categories = ids;
        self
    }

    /// Only at a location.
    pub(super) fn location(mut self, id: LocationId) -> Self {
        self.scope.locations = vec![id];
        self
    }

    /// Only in a bucket.
    pub(super) fn bucket(mut self, id: BucketId) -> Self {
        self.scope.buckets = vec![id];
        self
    }

    /// Only of these kinds.
    pub(super) fn kinds(mut self, kinds: &[Kind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }

    /// Within a month.
    pub(super) fn month(mut self, month: Month) -> Self {
        self.period = vec![("period", month.to_string())];
        self
    }

    /// Within a year.
    pub(super) fn year(mut self, year: Year) -> Self {
        self.period = vec![("period", year.to_string())];
        self
    }

    /// Within some days.
    pub(super) fn days(mut self, range: DateRange) -> Self {
        let last = range.until.pred_opt().unwrap_or(range.until);
        self.period = vec![
            ("period", "custom".to_owned()),
            ("from", range.from.to_string()),
            ("to", last.to_string()),
        ];
        self
    }

    /// From a day on: what came since it began.
    pub(super) fn since(mut self, day: NaiveDate) -> Self {
        self.period = vec![("period", "custom".to_owned()), ("from", day.to_string())];
        self
    }

    /// Up to the end of a day: what was there then.
    pub(super) fn until_end_of(mut self, day: NaiveDate) -> Self {
        self.period = vec![("period", "custom".to_owned()), ("to", day.to_string())];
        self
    }

    /// The address.
    pub(super) fn href(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in &self.period {
            query.append_pair(name, value);
        }
        for kind in &self.kinds {
            query.append_pair("kind", kind.as_str());
        }
        write(&mut query, "category", &self.scope.categories);
        write(&mut query, "location", &self.scope.locations);
        write(&mut query, "bucket", &self.scope.buckets);
        match query.finish() {
            query if query.is_empty() => "/transactions".to_owned(),
            query => format!("/transactions?{query}"),
        }
    }
}
