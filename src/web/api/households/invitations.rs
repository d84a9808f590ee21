//! Invitations into a household: for its owners.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Inside, role};
use crate::db::Connection;
use crate::households::invitation::{self, Invitation};
use crate::households::{Member, Role};
use crate::ids::HouseholdId;
use crate::jobs::links;
use crate::ledger::Problem;
use crate::users::address_problem;
use crate::web::State;
use crate::web::api::body::{Body, refuse};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::Bearer;
use crate::web::people::{Act, NewInvitation};

/// An invitation that nobody has used yet.
#[derive(Serialize)]
struct Shape {
    id: Uuid,
    email: String,
    role: &'static str,
    invited_by: String,
    created: DateTime<Utc>,
    expires: DateTime<Utc>,
    /// Whoever has it comes in.
    link: String,
}

impl Shape {
    fn new(state: &State, invitation: Invitation) -> Self {
        Self {
            link: links::invitation(&state.links_origin, &state.sealer, invitation.id),
            id: invitation.id,
            email: invitation.email,
            role: invitation.role.as_str(),
            invited_by: invitation.invited_by,
            created: invitation.created_at,
            expires: invitation.expires_at,
        }
    }
}

/// `GET /api/households/{household}/invitations/`: those that are open, with their links. For owners.
///
/// # Errors
/// 401, 403 for others than owners, 404.
pub async fn open(state: Data<State>, caller: Bearer, id: Path<String>) -> Result<HttpResponse, Error> {
    let inside = Inside::new(caller, &id)?;
    let open = inside
        .read(&state, |conn, member| {
            check_owner(member)?;
            Ok(invitation::open(conn)?)
        })
        .await?;
    let shapes: Vec<Shape> = open.into_iter().map(|one| Shape::new(&state, one)).collect();
    Ok(HttpResponse::Ok().json(shapes))
}

/// `POST /api/households/{household}/invitations/`: `{role}`, and `{email}` to have the link mailed, too. For owners.
///
/// # Errors
/// 400 for wrong fields, 401, 403 for others than owners, 404, 429 after too many.
pub async fn invite(
    state: Data<State>,
    client: Client,
    caller: Bearer,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Error> {
    let inside = Inside::new(caller, &id)?;
    let (user, household) = inside
        .read(&state, |_, member| {
            check_owner(member)?;
            Ok((member.user, member.household))
        })
        .await?;
    let (email, role) = read(&body)?;
    state.throttle.invite(user).await?;
    let new = NewInvitation::new(&state, email, role);
    let act = Act::new(&state, &client);
    let made = inside
        .own(&state, move |conn, owner| {
            new.make(conn, owner, &act)?;
            find(conn, new.id)
        })
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, address(household, made.id)))
        .json(Shape::new(&state, made)))
}

/// `DELETE /api/households/{household}/invitations/{invitation}/`: its link leads nowhere from then on. For owners.
///
/// # Errors
/// 401, 403 for others than owners, 404.
pub async fn withdraw(
    state: Data<State>,
    caller: Bearer,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (household, id) = path.into_inner();
    let inside = Inside::new(caller, &household)?;
    inside
        .own(&state, move |conn, _| {
            let id = id.parse().map_err(|_| Error::NotFound)?;
            if invitation::withdraw(conn, id)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn check_owner(member: &Member) -> Result<(), Error> {
    match member.role {
        Role::Owner => Ok(()),
        Role::Member | Role::Reader => Err(Error::OwnersOnly),
    }
}

fn read(body: &Body) -> Result<(String, Role), Error> {
    body.only(&[&["email", "role"]])?;
    let mut problems = Vec::new();
    let email = body.optional("email", &mut problems).unwrap_or_default();
    let email = email.trim().to_owned();
    if let Some(problem) = address_problem(&email).filter(|_| !email.is_empty()) {
        problems.push(Problem {
            field: problem.field,
            message: problem.message,
        });
    }
    let role = role(body, &mut problems);
    refuse(problems)?;
    Ok((email, role))
}

fn find(conn: &mut Connection, id: Uuid) -> Result<Invitation, Error> {
    let found = invitation::open(conn)?.into_iter().find(|one| one.id == id);
    found.ok_or_else(|| Error::internal("an invitation that was just made is not there"))
}

fn address(household: HouseholdId, id: Uuid) -> String {
    format!("/api/households/{household}/invitations/{id}/")
}
