//! The account of the person who is logged in: what they are called, how they read numbers and days, their address, their households.
//!
//! What protects it is on the page about [security](super::security).

pub(in crate::web) mod deletion;
pub(in crate::web) mod email;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::field_errors::FieldErrors;
use super::frame::Frame;
use super::shell::{Section, Shell};
use crate::db::Caller;
use crate::households::{Member, people};
use crate::money::NumberFormat;
use crate::period::DateFormat;
use crate::users::own::{self, Account, Settings};
use crate::users::{AccountProblem, Theme};
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::{State, htmx};

/// Where the page is.
pub(in crate::web::pages) const PATH: &str = "/account";

#[derive(Template)]
#[template(path = "account/index.html")]
struct Index {
    shell: Shell,
    email: String,
    settings: SettingsForm,
    mail: Mail,
    households: Vec<Household>,
    /// Since when log-ins ask for a code, in words.
    second_factor: Option<String>,
    /// The day on which the account goes.
    goes_on: Option<String>,
    failed: bool,
}

/// The form about name and formats.
struct SettingsForm {
    full_name: String,
    number_formats: Vec<Choice>,
    date_formats: Vec<Choice>,
    themes: Vec<Choice>,
    errors: FieldErrors,
}

/// The card about the address.
struct Mail {
    confirmed: bool,
    /// An address that waits to be confirmed.
    waiting: Option<String>,
    typed: String,
    errors: FieldErrors,
}

struct Household {
    name: String,
    about: String,
}

/// One option of a field.
struct Choice {
    value: &'static str,
    label: String,
    selected: bool,
}

/// Forms of the page that came back.
#[derive(Default)]
pub(super) struct Sent {
    settings: Option<(Fields, FieldErrors)>,
    email: Option<(String, FieldErrors)>,
}

/// What the database says.
struct Found {
    member: Member,
    account: Account,
    households: Vec<people::Membership>,
}

/// `GET /account`
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
                households: people::memberships(conn)?,
            })
        })
        .await?;
    let failed = sent.settings.is_some() || sent.email.is_some();
    let page = page(state, &frame, &found, sent, failed);
    let status = if failed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    frame.finish(state, htmx::html_with(status, page.render()?))
}

fn page(state: &State, frame: &Frame, found: &Found, sent: Sent, failed: bool) -> Index {
    let member = &found.member;
    let dates = member.dates(state.clock.today(member.time_zone));
    let (typed, errors) = sent.email.unwrap_or_default();
    let shell = frame.shell(member, Section::Account);
    Index {
        email: member.email.clone(),
        settings: settings_form(member, sent.settings),
        mail: Mail {
            confirmed: found.account.email_confirmed_at.is_some(),
            waiting: found.account.new_email.clone(),
            typed,
            errors,
        },
        households: found.households.iter().map(household).collect(),
        second_factor: found
            .account
            .second_factor_since
            .map(|since| dates.day(since.with_timezone(&member.time_zone).date_naive())),
        goes_on: shell.goes_on.clone(),
        shell,
        failed,
    }
}

fn household(membership: &people::Membership) -> Household {
    let role = match membership.role {
        crate::households::Role::Owner => "you own it",
        crate::households::Role::Member => "you read and write",
        crate::households::Role::Reader => "you read",
    };
    let others = membership.people - 1;
    let with = match others {
        0 => String::new(),
        1 => ", with one other person".to_owned(),
        others => format!(", with {others} others"),
    };
    Household {
        name: membership.name.clone(),
        about: format!("{}, {role}{with}", membership.currency),
    }
}

fn settings_form(member: &Member, sent: Option<(Fields, FieldErrors)>) -> SettingsForm {
    let (fields, errors) = match sent {
        Some((fields, errors)) => (Some(fields), errors),
        None => (None, FieldErrors::default()),
    };
    let or = |name: &str, stored: &str| {
        let typed = fields.as_ref().map(|fields| fields.text(name).to_owned());
        typed.unwrap_or_else(|| stored.to_owned())
    };
    let number_format = or("number_format", member.number_format.as_str());
    let date_format = or("date_format", member.date_format.as_str());
    let theme = or("theme", member.theme.as_str());
    let choice = |value: &'static str, label: String, chosen: &str| Choice {
        value,
        label,
        selected: value == chosen,
    };
    SettingsForm {
        full_name: or("full_name", &member.full_name),
        number_formats: NumberFormat::ALL
            .map(|format| choice(format.as_str(), format.sample(), &number_format))
            .into(),
        date_formats: DateFormat::ALL
            .map(|format| {
                let sample = format.long(crate::period::last_day());
                choice(format.as_str(), sample, &date_format)
            })
            .into(),
        themes: Theme::ALL
            .map(|one| choice(one.as_str(), label(one).to_owned(), &theme))
            .into(),
        errors,
    }
}

const fn label(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "As the device",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}

/// `POST /account`: name, formats and theme.
///
/// # Errors
/// [`Error::Conflict`] in a demo; or when the database fails.
pub async fn save(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    form: Form,
) -> Result<HttpResponse, Error> {
    let settings = match read(&form.fields) {
        Ok(settings) => settings,
        Err(errors) => {
            let sent = Sent {
                settings: Some((form.fields, errors)),
                ..Sent::default()
            };
            return show(&state, caller.caller, frame, sent).await;
        }
    };
    state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            Ok::<_, Error>(own::save(conn, &settings)?)
        })
        .await?;
    done(&state, PATH, "Saved.")
}

fn read(fields: &Fields) -> Result<Settings, FieldErrors> {
    let mut errors = FieldErrors::default();
    let (number_format, date_format) = (
        fields.text("number_format").parse::<NumberFormat>(),
        fields.text("date_format").parse::<DateFormat>(),
    );
    let theme = fields.text("theme").parse::<Theme>();
    let settings = Settings {
        full_name: fields.text("full_name").trim().to_owned(),
        number_format: number_format.unwrap_or_default(),
        date_format: date_format.unwrap_or_default(),
        theme: theme.unwrap_or_default(),
    };
    if let Some(AccountProblem { field, message }) = settings.problem() {
        errors.push(field, message);
    }
    if number_format.is_err() {
        errors.push("number_format", "Choose a format from the list.");
    }
    if date_format.is_err() {
        errors.push("date_format", "Choose a format from the list.");
    }
    if theme.is_err() {
        errors.push("theme", "Choose one of the three.");
    }
    if errors.any() { Err(errors) } else { Ok(settings) }
}

/// A demo has nobody to log in, so it has no account.
///
/// # Errors
/// [`Error::Conflict`] in a demo.
pub(in crate::web::pages) fn refuse_demo(member: &Member) -> Result<(), Error> {
    if member.is_demo {
        return Err(Error::Conflict(
            "This is a demo, which has no account. Leave it and create an account to have one.".to_owned(),
        ));
    }
    Ok(())
}

/// The person whose own account this is.
///
/// # Errors
/// [`Error::SignedOut`]; [`Error::Conflict`] in a demo.
pub(in crate::web::pages) async fn person(state: &State, caller: Caller) -> Result<Member, Error> {
    state
        .db
        .read(caller, |_, member| {
            refuse_demo(member)?;
            Ok::<_, Error>(member.clone())
        })
        .await
}

/// On to a page that says what was done.
pub(in crate::web::pages) fn done(state: &State, path: &str, text: &str) -> Result<HttpResponse, Error> {
    let mut response = htmx::see_other(path);
    let flash = Flash {
        text: text.to_owned(),
        undo: None,
    };
    flash.put(state, &mut response)?;
    Ok(response)
}
