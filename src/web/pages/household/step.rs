//! The step before something that cannot be undone: what would happen, and the button that does it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::households::Member;
use crate::web::error::Error;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::{Section, Shell};
use crate::web::{State, htmx};

/// What a step says.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// The end of the breadcrumb: `Leave`
    pub(super) verb: &'static str,
    /// `Leave Home`
    pub(super) title: String,
    /// What happens.
    pub(super) sentences: Vec<String>,
    /// Links to what one may want to do before: address and label.
    pub(super) before: Vec<(&'static str, &'static str)>,
    /// The button; nothing where it cannot be done.
    pub(super) confirm: Option<Confirm>,
}

/// The form that does it.
#[derive(Debug, Default)]
pub(super) struct Confirm {
    pub(super) action: String,
    pub(super) button: String,
    /// What has to be typed first.
    pub(super) to_type: Option<String>,
    /// What was typed.
    pub(super) typed: String,
    pub(super) errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "household/step.html")]
struct Page {
    shell: Shell,
    failed: bool,
    step: Step,
}

impl Step {
    /// The page; with 422 where the form came back.
    ///
    /// # Errors
    /// When it cannot be rendered.
    pub(super) fn show(self, state: &State, frame: Frame, member: &Member) -> Result<HttpResponse, Error> {
        let failed = self.confirm.as_ref().is_some_and(|confirm| confirm.errors.any());
        let status = if failed {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let page = Page {
            shell: frame.shell(member, Section::Household),
            failed,
            step: self,
        };
        frame.finish(state, htmx::html_with(status, page.render()?))
    }
}
