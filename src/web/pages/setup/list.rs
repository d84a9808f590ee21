//! What was asked of a list: which row is open, and which form comes back with what was typed.

use actix_web::http::StatusCode;
use serde::Deserialize;

use super::refusal::Refusal;
use crate::web::error::Error;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;

/// What the address of a list may carry: which row is open for changes.
#[derive(Debug, Default, Deserialize)]
pub struct Query {
    #[serde(default)]
    pub(super) edit: Option<String>,
}

/// A form of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) enum Sent {
    /// The one that adds.
    Add,
    /// The one with suggestions for an empty household.
    Suggested,
    /// The percentages of all buckets.
    Percentages,
    /// The open row of the thing with this id.
    Edit(String),
    /// The button that archives, in the open row.
    Archive(String),
    /// The buttons that move the thing with this id in the order.
    Order(String),
    /// The button that restores the thing with this id, in the list of archived ones or on its own page.
    Restore(String),
}

/// The field that a form on the page of one thing has: it comes back there, not in the list.
pub(super) const ON_PAGE: &str = "page";

/// What a page shows beside its list.
#[derive(Debug, Default)]
pub(in crate::web) struct Asked {
    /// The id of the row that is open.
    pub(super) open: Option<String>,
    /// The form that comes back.
    pub(super) sent: Option<Sent>,
    /// What was typed in it.
    pub(super) typed: Fields,
    /// What is wrong with it.
    pub(super) errors: FieldErrors,
    /// Whether somebody else changed the thing meanwhile.
    pub(super) stale: bool,
    /// What is in the way.
    pub(super) blocked: Option<String>,
}

impl Asked {
    /// The list as its address says.
    pub(super) fn by(query: Query) -> Self {
        Self {
            open: query.edit,
            ..Self::default()
        }
    }

    /// The list with a form that comes back.
    ///
    /// # Errors
    /// When no form can help.
    pub(super) fn again(sent: Sent, typed: Fields, refusal: Refusal) -> Result<Self, Error> {
        let open = match &sent {
            Sent::Edit(id) | Sent::Archive(id) => Some(id.clone()),
            Sent::Add | Sent::Suggested | Sent::Percentages | Sent::Order(_) | Sent::Restore(_) => None,
        };
        let mut asked = Self {
            open,
            sent: Some(sent),
            typed,
            ..Self::default()
        };
        match refusal {
            Refusal::Invalid(errors) => asked.errors = errors,
            Refusal::Stale => asked.stale = true,
            Refusal::Blocked(sentence) => asked.blocked = Some(sentence),
            Refusal::Failed(error) => return Err(error),
        }
        Ok(asked)
    }

    /// The status of the answer.
    pub(super) fn status(&self) -> StatusCode {
        if self.stale || self.blocked.is_some() {
            StatusCode::CONFLICT
        } else if self.sent.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        }
    }

    /// Whether the title says that something went wrong.
    pub(super) fn failed(&self) -> bool {
        self.sent.is_some()
    }

    /// Whether the list of archived ones is unfolded: one of them is what this is about.
    pub(super) fn about_archived(&self, open_is_archived: bool) -> bool {
        open_is_archived || matches!(self.sent, Some(Sent::Restore(_)))
    }

    /// The id of the one thing that the form is about.
    pub(super) fn about(&self) -> Option<&str> {
        match self.sent.as_ref()? {
            Sent::Edit(id) | Sent::Archive(id) | Sent::Order(id) | Sent::Restore(id) => Some(id),
            Sent::Add | Sent::Suggested | Sent::Percentages => None,
        }
    }

    /// What was typed in a field of the form that comes back, or what stands there otherwise.
    pub(super) fn text(&self, form: &Sent, field: &str, otherwise: &str) -> String {
        let typed = given(&self.typed, field).filter(|_| self.sent.as_ref() == Some(form));
        typed.unwrap_or(otherwise).to_owned()
    }

    /// What is wrong with `form`; nothing when it is another one that comes back.
    pub(super) fn errors_of(&self, form: &Sent) -> FieldErrors {
        if self.sent.as_ref() == Some(form) {
            self.errors.clone()
        } else {
            FieldErrors::default()
        }
    }
}

/// The first value of a field, if it was sent at all.
pub(super) fn given<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let mut fields = fields.iter();
    fields.find(|(field, _)| *field == name).map(|(_, value)| value)
}
