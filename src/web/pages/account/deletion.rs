//! Deleting the account: what goes with it, a fortnight to change one's mind, and what stands in the way.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::TimeDelta;

use super::email::WRONG_PASSWORD;
use super::{PATH, done, refuse_demo};
use crate::db::Caller;
use crate::households::{Member, Role, people};
use crate::jobs::deletion::DeleteAccount;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::users::event::{self, EventKind};
use crate::users::own;
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;
use crate::web::pages::shell::{Section, Shell};
use crate::web::{State, credentials, htmx};

/// How long somebody may change their mind.
const DAYS: i64 = 14;

#[derive(Template)]
#[template(path = "account/delete.html")]
struct Page {
    shell: Shell,
    email: String,
    /// Households that go with the account, and how many entries each holds.
    going: Vec<(String, String)>,
    /// Households that stay with the others who are in them.
    staying: Vec<String>,
    /// Households that would be without an owner.
    in_the_way: Vec<String>,
    days: i64,
    /// The day on which the account goes, when that was asked for already.
    goes_on: Option<String>,
    errors: FieldErrors,
}

/// What becomes of a person's households.
#[derive(Default)]
struct Fate {
    going: Vec<(String, i64)>,
    staying: Vec<String>,
    in_the_way: Vec<String>,
}

/// `GET /account/delete`
///
/// # Errors
/// [`Error::Conflict`] in a demo; or when the database fails.
pub async fn form(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let (member, fate) = look(&state, caller.caller).await?;
    show(&state, frame, &member, fate, FieldErrors::default())
}

fn show(
    state: &State,
    frame: Frame,
    member: &Member,
    fate: Fate,
    errors: FieldErrors,
) -> Result<HttpResponse, Error> {
    let status = if errors.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let counted = |(name, entries): (String, i64)| {
        let count = member.number_format.count(entries);
        let noun = if entries == 1 { "entry" } else { "entries" };
        (name, format!("{count} {noun}"))
    };
    let shell = frame.shell(member, Section::Account);
    let page = Page {
        email: member.email.clone(),
        going: fate.going.into_iter().map(counted).collect(),
        staying: fate.staying,
        in_the_way: fate.in_the_way,
        days: DAYS,
        goes_on: shell.goes_on.clone(),
        shell,
        errors,
    };
    frame.finish(state, htmx::html_with(status, page.render()?))
}

/// The person, and what becomes of their households.
async fn look(state: &State, caller: Caller) -> Result<(Member, Fate), Error> {
    let (member, households) = state
        .db
        .read(caller, |conn, member| {
            refuse_demo(member)?;
            Ok::<_, Error>((member.clone(), people::if_i_go(conn)?))
        })
        .await?;
    let mut fate = Fate::default();
    for one in households {
        if one.people == 1 {
            fate.going.push((one.name, one.entries));
        } else if one.owners == 1 && one.role == Role::Owner {
            fate.in_the_way.push(one.name);
        } else {
            fate.staying.push(one.name);
        }
    }
    Ok((member, fate))
}

/// `POST /account/delete`
///
/// # Errors
/// [`Error::TooMany`] after too many wrong passwords; [`Error::Conflict`] in a demo; or when the database fails.
pub async fn ask(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let (member, fate) = look(&state, caller.caller.clone()).await?;
    if member.delete_after.is_some() {
        return done(&state, PATH, "This was asked for already.");
    }
    let mut errors = FieldErrors::default();
    if fate.in_the_way.is_empty() {
        if !credentials::are_own(&state, &client, &member, form.fields.text("password")).await? {
            errors.push("password", WRONG_PASSWORD);
        }
    } else {
        errors.push(
            "in-the-way",
            "Some households would be without an owner. Hand them over or delete them first.",
        );
    }
    if errors.any() {
        return show(&state, frame, &member, fate, errors);
    }
    let (now, user, origin) = (state.clock.now(), member.user, client.origin());
    let moment = now + TimeDelta::days(DAYS);
    state
        .db
        .account(caller.caller, move |conn, _| {
            own::ask_deletion(conn, Some(moment))?;
            let key = format!("delete account {user} {}", moment.timestamp_millis());
            queue::enqueue(conn, &DeleteAccount { user }, moment, Some(&key))?;
            queue::enqueue(conn, &Letter::DeletionAsked { user }, now, None)?;
            Ok::<_, Error>(event::note(conn, user, EventKind::DeletionAsked, "", &origin)?)
        })
        .await?;
    done(&state, PATH, "Asked for. Until then you can change your mind.")
}

/// `POST /account/keep`: the account stays after all.
///
/// # Errors
/// [`Error::Conflict`] in a demo; or when the database fails.
pub async fn keep(
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    _: Form,
) -> Result<HttpResponse, Error> {
    let origin = client.origin();
    state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            if member.delete_after.is_some() {
                own::ask_deletion(conn, None)?;
                event::note(conn, member.user, EventKind::DeletionCancelled, "", &origin)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    done(&state, PATH, "Your account stays.")
}
