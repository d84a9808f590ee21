//! What protects the account: password, second factor, the devices that are logged in, and what happened.
//!
//! Every change of the first two asks for the current password. A wrong one counts as at log-in.

pub(in crate::web) mod devices;
pub(in crate::web) mod password;
pub(in crate::web) mod second_factor;
mod words;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::{DateTime, Utc};

use super::account::refuse_demo;
use super::field_errors::FieldErrors;
use super::frame::Frame;
use super::shell::{Section, Shell};
use crate::db::Caller;
use crate::households::Member;
use crate::period::{Dates, say_time};
use crate::users::device::Device;
use crate::users::event::Event;
use crate::users::own::{self, Account};
use crate::users::{device, event};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::{State, htmx};

/// Where the page is.
pub(in crate::web::pages) const PATH: &str = "/account/security";
/// How many events the page shows.
const EVENTS_MAX: i32 = 50;

#[derive(Template)]
#[template(path = "account/security.html")]
struct Page {
    shell: Shell,
    email: String,
    password_errors: FieldErrors,
    factor: Factor,
    devices: Vec<DeviceLine>,
    events: Vec<EventLine>,
    failed: bool,
}

/// The card about the second factor.
struct Factor {
    /// Since when it is on.
    since: Option<String>,
    codes_left: i64,
    codes_errors: FieldErrors,
    off_errors: FieldErrors,
}

struct DeviceLine {
    id: String,
    name: String,
    about: String,
    is_own: bool,
}

struct EventLine {
    when: String,
    what: String,
    from: String,
}

/// What is wrong with the forms of the page that came back.
#[derive(Default)]
pub(super) struct Sent {
    password: FieldErrors,
    codes: FieldErrors,
    off: FieldErrors,
}

struct Found {
    member: Member,
    account: Account,
    devices: Vec<Device>,
    events: Vec<Event>,
}

/// `GET /account/security`
///
/// # Errors
/// [`Error::Conflict`] in a demo; or when the database fails.
pub async fn index(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    show(&state, caller.caller, frame, Sent::default()).await
}

/// The page; with 422 when a form came back.
pub(super) async fn show(
    state: &State,
    caller: Caller,
    frame: Frame,
    sent: Sent,
) -> Result<HttpResponse, Error> {
    let found = state
        .db
        .read(caller, |conn, member| {
            refuse_demo(member)?;
            Ok::<_, Error>(Found {
                member: member.clone(),
                account: own::account(conn)?,
                devices: device::mine(conn)?,
                events: event::mine(conn, EVENTS_MAX)?,
            })
        })
        .await?;
    let failed = sent.password.any() || sent.codes.any() || sent.off.any();
    let status = if failed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let member = &found.member;
    let when = When {
        dates: member.dates(state.clock.today(member.time_zone)),
        member,
    };
    let page = Page {
        shell: frame.shell(member, Section::Account),
        email: member.email.clone(),
        password_errors: sent.password,
        factor: Factor {
            since: found.account.second_factor_since.map(|since| when.day(since)),
            codes_left: found.account.recovery_codes,
            codes_errors: sent.codes,
            off_errors: sent.off,
        },
        devices: found.devices.iter().map(|one| when.device(one)).collect(),
        events: found.events.iter().map(|one| when.event(one)).collect(),
        failed,
    };
    frame.finish(state, htmx::html_with(status, page.render()?))
}

/// How this person reads moments: in the time zone of their household.
struct When<'a> {
    dates: Dates,
    member: &'a Member,
}

impl When<'_> {
    fn day(&self, at: DateTime<Utc>) -> String {
        self.dates
            .day(at.with_timezone(&self.member.time_zone).date_naive())
    }

    fn moment(&self, at: DateTime<Utc>) -> String {
        let time = at.with_timezone(&self.member.time_zone).time();
        format!("{}, {}", self.day(at), say_time(time))
    }

    fn device(&self, device: &Device) -> DeviceLine {
        let from = if device.address.is_empty() {
            String::new()
        } else {
            format!(" from {}", device.address)
        };
        DeviceLine {
            id: device.id.to_string(),
            name: name(device),
            about: format!(
                "Logged in {}{from}, last used {}",
                self.moment(device.created_at),
                self.moment(device.last_seen_at)
            ),
            is_own: self.member.session == Some(device.id),
        }
    }

    fn event(&self, event: &Event) -> EventLine {
        let origin = &event.origin;
        let parts = [origin.browser.as_str(), origin.address.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        EventLine {
            when: self.moment(event.at),
            what: words::sentence(event.kind, &event.detail),
            from: parts.join(", "),
        }
    }
}

/// What a device is called.
fn name(device: &Device) -> String {
    match (device.name.as_str(), device.is_program) {
        ("", false) => "A browser that did not say what it is".to_owned(),
        ("", true) => "A program that did not say what it is".to_owned(),
        (name, false) => name.to_owned(),
        (name, true) => format!("{name} (program)"),
    }
}
