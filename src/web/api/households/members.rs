//! Who is in a household, and what they may do there: decided by its owners.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::{Inside, PersonShape, role};
use crate::households::people as queries;
use crate::ids::UserId;
use crate::web::State;
use crate::web::api::body::{Body, refuse};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::Bearer;
use crate::web::people::{self, Act};

/// `PATCH /api/households/{household}/members/{user}/`: `{role}`. For owners.
///
/// # Errors
/// 400 for a role that is none; 401; 403 for others than owners; 404 for somebody who is not in it; 409 where no owner would be left.
pub async fn change_role(
    state: Data<State>,
    client: Client,
    caller: Bearer,
    path: Path<(String, String)>,
    body: Body,
) -> Result<HttpResponse, Error> {
    let (household, user) = path.into_inner();
    let inside = Inside::new(caller, &household)?;
    let act = Act::new(&state, &client);
    let person = inside
        .own(&state, move |conn, owner| {
            let user: UserId = user.parse().map_err(|_| Error::NotFound)?;
            body.only(&[&["role"], &["id", "email", "full_name", "joined"]])?;
            let mut problems = Vec::new();
            let role = role(&body, &mut problems);
            refuse(problems)?;
            people::change_role(conn, owner, user, role, &act).map_err(people::refused)?;
            let person = queries::all(conn)?.into_iter().find(|one| one.user == user);
            Ok(PersonShape::from(person.ok_or(Error::NotFound)?))
        })
        .await?;
    Ok(HttpResponse::Ok().json(person))
}

/// `DELETE /api/households/{household}/members/{user}/`. For owners.
///
/// # Errors
/// 401; 403 for others than owners; 404 for somebody who is not in it; 409 where no owner would be left.
pub async fn remove(
    state: Data<State>,
    client: Client,
    caller: Bearer,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (household, user) = path.into_inner();
    let inside = Inside::new(caller, &household)?;
    let act = Act::new(&state, &client);
    inside
        .own(&state, move |conn, owner| {
            let user: UserId = user.parse().map_err(|_| Error::NotFound)?;
            people::remove(conn, owner, user, &act).map_err(people::refused)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
