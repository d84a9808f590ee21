//! The [`Frame`]: what a page needs around itself, taken from the request before the database is asked.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::shell::{Section, Shell, Toast};
use crate::households::Member;
use crate::ids::ChangeId;
use crate::web::csrf::{self, FormToken};
use crate::web::error::Error;
use crate::web::flash::{self, Flash};
use crate::web::{State, form};

/// The token for the page's forms, and what was just done.
#[derive(Debug)]
pub(in crate::web) struct Frame {
    form_token: FormToken,
    flash: Option<Flash>,
}

impl FromRequest for Frame {
    type Error = Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(form::state(request).and_then(|state| {
            Ok(Self {
                form_token: csrf::token(request, state)?,
                flash: flash::read(request, state),
            })
        }))
    }
}

impl Frame {
    /// The token for the page's own forms.
    pub(in crate::web) fn csrf(&self) -> String {
        self.form_token.token.clone()
    }

    /// What stands around the page of a signed-in person.
    pub(in crate::web) fn shell(&self, member: &Member, section: Section) -> Shell {
        Shell {
            section,
            household: member.household_name.clone(),
            currency: member.currency.code().to_owned(),
            is_demo: member.is_demo,
            may_write: member.role.may_write(),
            csrf: self.csrf(),
            theme: member.theme.forced(),
            may_switch: member.households_count > 1,
            goes_on: member.delete_after.map(|moment| {
                member
                    .date_format
                    .long(moment.with_timezone(&member.time_zone).date_naive())
            }),
            toast: self.toast(),
        }
    }

    /// The change that the message on this page is about.
    pub(in crate::web) fn undoable(&self) -> Option<ChangeId> {
        self.flash.as_ref().and_then(|flash| flash.undo)
    }

    /// The message about what was just done; [`Frame::finish`] takes it away.
    pub(in crate::web) fn toast(&self) -> Option<Toast> {
        self.flash.clone().map(Flash::toast)
    }

    /// Sends the cookies that go with the page: a visitor's token, and the end of a message that was shown.
    ///
    /// # Errors
    /// When a cookie cannot be set.
    pub(in crate::web) fn finish(
        self,
        state: &State,
        mut response: HttpResponse,
    ) -> Result<HttpResponse, Error> {
        if let Some(cookie) = &self.form_token.cookie {
            response.add_cookie(cookie).map_err(Error::internal)?;
        }
        if self.flash.is_some() {
            flash::clear(state, &mut response)?;
        }
        Ok(response)
    }
}

/// A new idempotency key for a form.
pub(in crate::web) fn new_key() -> String {
    ChangeId::new().to_string()
}
