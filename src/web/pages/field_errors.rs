//! *Field errors*: what is wrong with a form that comes back with 422. `templates/_form.html` shows them in a summary
//! and once more at each field.

use std::borrow::Cow;

/// One message about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, which is its `id` on the page too, so that the summary can link to it.
    pub field: Cow<'static, str>,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
}

/// The messages about a form, in the order of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Adds a message. A field may have several; beside it only the first is shown.
    pub fn push(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
    }

    /// The first message about `field`.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// Whether anything is wrong.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// All messages, in the order they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a FieldErrors {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
