//! The page of the household.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::roles::{self, RoleChoice};
use super::settings::Settings;
use super::{refuse_demo, settings};
use crate::auth::seal::Sealer;
use crate::db::Connection;
use crate::households::invitation::{self, Invitation};
use crate::households::people::{self, Person};
use crate::households::{Member, Role};
use crate::jobs::links;
use crate::period::Dates;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Fields;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::{Frame, new_key};
use crate::web::pages::shell::{Section, Shell};
use crate::web::{State, htmx};

#[derive(Template)]
#[template(path = "household/index.html")]
struct Index {
    shell: Shell,
    failed: bool,
    is_owner: bool,
    /// What the reader of the page is.
    role: &'static str,
    alone: bool,
    people: Vec<PersonRow>,
    inviting: Inviting,
    /// The invitation that was just made.
    made: Option<InvitationRow>,
    invitations: Vec<InvitationRow>,
    settings: Settings,
}

/// Somebody in the household.
struct PersonRow {
    id: String,
    name: String,
    /// Empty where it is the name already.
    email: String,
    role: &'static str,
    since: String,
    is_me: bool,
    /// Roles to choose from; nothing for the only owner, who has to stay one.
    roles: Vec<RoleChoice>,
}

/// The form that invites.
struct Inviting {
    email: String,
    roles: Vec<RoleChoice>,
    key: String,
    errors: FieldErrors,
}

/// An invitation that nobody has used.
struct InvitationRow {
    id: String,
    /// Where it was mailed to; may be empty.
    email: String,
    role: &'static str,
    by: String,
    until: String,
    link: String,
}

/// What `/household?invited=` carries.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    invited: Option<Uuid>,
}

/// A form of the page that comes back.
#[derive(Debug, Default)]
pub(super) enum Again {
    /// None did.
    #[default]
    Nothing,
    /// The one that invites.
    Inviting(Fields, FieldErrors),
    /// The settings.
    Settings(Fields, FieldErrors),
}

/// `GET /household`
///
/// # Errors
/// [`Error::Conflict`] in a demo; when the database fails.
pub(in crate::web) async fn index(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
) -> Result<HttpResponse, Error> {
    // What is no id was nobody's invitation.
    let asked = Query::<Asked>::from_query(request.query_string())
        .map_or_else(|_| Asked::default(), Query::into_inner);
    show(&state, caller, frame, asked.invited, Again::Nothing).await
}

/// The page, with the invitation that was just made, or a form that comes back.
///
/// # Errors
/// As [`index`].
pub(super) async fn show(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    invited: Option<Uuid>,
    again: Again,
) -> Result<HttpResponse, Error> {
    let failed = !matches!(again, Again::Nothing);
    let (clock, origin, sealer) = (
        state.clock.clone(),
        state.links_origin.clone(),
        state.sealer.clone(),
    );
    let (index, frame) = state
        .db
        .read(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            let dates = member.dates(clock.today(member.time_zone));
            let around = Around {
                member,
                dates,
                origin: &origin,
                sealer: &sealer,
            };
            let index = around.index(conn, frame.shell(member, Section::Household), invited, again)?;
            Ok::<_, Error>((index, frame))
        })
        .await?;
    let status = if failed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    frame.finish(state, htmx::html_with(status, index.render()?))
}

/// Who looks at the page, and what its parts are made with.
struct Around<'a> {
    member: &'a Member,
    dates: Dates,
    origin: &'a str,
    sealer: &'a Sealer,
}

impl Around<'_> {
    fn index(
        &self,
        conn: &mut Connection,
        shell: Shell,
        invited: Option<Uuid>,
        again: Again,
    ) -> Result<Index, Error> {
        let is_owner = self.member.role == Role::Owner;
        let people = people::all(conn)?;
        let open = invitation::open(conn)?;
        let made = open.iter().find(|one| Some(one.id) == invited);
        let failed = !matches!(again, Again::Nothing);
        let (inviting, settings) = match again {
            Again::Nothing => (Inviting::fresh(), Settings::of(conn, self.member)?),
            Again::Inviting(fields, errors) => {
                (Inviting::again(&fields, errors), Settings::of(conn, self.member)?)
            }
            Again::Settings(fields, errors) => (
                Inviting::fresh(),
                settings::again(conn, self.member, &fields, errors)?,
            ),
        };
        Ok(Index {
            shell,
            failed,
            is_owner,
            role: roles::name(self.member.role),
            alone: people.len() == 1,
            made: made.map(|one| self.invitation(one)),
            invitations: open.iter().map(|one| self.invitation(one)).collect(),
            people: self.people(&people),
            inviting,
            settings,
        })
    }

    fn people(&self, people: &[Person]) -> Vec<PersonRow> {
        let owners = people.iter().filter(|one| one.role == Role::Owner).count();
        let row = |one: &Person| PersonRow {
            id: one.user.to_string(),
            name: one.name().to_owned(),
            email: if one.full_name.is_empty() {
                String::new()
            } else {
                one.email.clone()
            },
            role: roles::name(one.role),
            since: self.day(one.joined_at),
            is_me: one.user == self.member.user,
            roles: if one.role == Role::Owner && owners == 1 {
                Vec::new()
            } else {
                roles::choices(Some(one.role))
            },
        };
        people.iter().map(row).collect()
    }

    fn invitation(&self, one: &Invitation) -> InvitationRow {
        InvitationRow {
            id: one.id.to_string(),
            email: one.email.clone(),
            role: roles::name(one.role),
            by: one.invited_by.clone(),
            until: self.day(one.expires_at),
            link: links::invitation(self.origin, self.sealer, one.id),
        }
    }

    fn day(&self, moment: DateTime<Utc>) -> String {
        self.dates
            .day(moment.with_timezone(&self.member.time_zone).date_naive())
    }
}

impl Inviting {
    fn fresh() -> Self {
        Self {
            email: String::new(),
            roles: roles::choices(Some(Role::Member)),
            key: new_key(),
            errors: FieldErrors::default(),
        }
    }

    fn again(fields: &Fields, errors: FieldErrors) -> Self {
        Self {
            email: fields.text("email").to_owned(),
            roles: roles::choices(fields.text("role").parse().ok()),
            key: new_key(),
            errors,
        }
    }
}
