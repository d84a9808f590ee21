//! What an owner decides about the others: their role, that they go, that one of them takes over.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::step::{Confirm, Step};
use super::{PATH, Renewed, owner, owners_only, refuse_demo, roles, told};
use crate::db::Connection;
use crate::households::people::Person;
use crate::households::{Member, Role};
use crate::ids::UserId;
use crate::users::device;
use crate::web::State;
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::frame::Frame;
use crate::web::people::{self, Act};

/// Somebody in the household, by the id in an address.
fn person(conn: &mut Connection, id: Option<UserId>) -> Result<Person, Error> {
    let people = crate::households::people::all(conn)?;
    let found = people.into_iter().find(|one| Some(one.user) == id);
    found.ok_or(Error::NotFound)
}

/// What is added to the message where an owner lost the role: they knew all links.
fn about_links(was: Role) -> &'static str {
    if was == Role::Owner {
        " Invitations that were open are withdrawn, for an owner knows their links."
    } else {
        ""
    }
}

/// Lets the caller's session go on under another secret, for they have another role.
fn renew(conn: &mut Connection, member: &Member, renewed: &Renewed) -> Result<(), Error> {
    let session = member.session.ok_or(Error::SignedOut)?;
    if device::renew(conn, session, renewed.hash)? {
        Ok(())
    } else {
        Err(Error::SignedOut)
    }
}

/// `POST /household/members/{user}`: gives somebody another role, at once.
///
/// # Errors
/// [`Error::OwnersOnly`]; [`Error::NotFound`] for somebody who is not in the household; [`Error::Conflict`] where it would be without an
/// owner; when the database fails.
pub(in crate::web) async fn change_role(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    owner(&state, &caller).await?;
    let id = id.parse().ok();
    let role = form.fields.text("role").parse::<Role>();
    let renewed = Renewed::new()?;
    let act = Act::new(&state, &client);
    let (said, is_own, renewed) = state
        .db
        .own(caller.caller, move |conn, member| {
            let person = person(conn, id)?;
            let role = role.map_err(|_| Error::BadRequest("Choose a role from the list.".into()))?;
            let is_own = person.user == member.user;
            let before = people::change_role(conn, member, person.user, role, &act)?;
            if before == role {
                let said = format!("Nothing changed: {} has this role already.", person.name());
                return Ok::<_, Error>((said, false, renewed));
            }
            if is_own {
                renew(conn, member, &renewed)?;
                let said = format!("You are {} now: {}.", article(role), what_you_do(role));
                return Ok((said, true, renewed));
            }
            let said = format!(
                "{} is {} now, and {}.{}",
                person.name(),
                article(role),
                roles::means(role),
                about_links(before)
            );
            Ok((said, false, renewed))
        })
        .await?;
    if is_own {
        renewed.hand_out(&request)?;
    }
    told(&state, PATH, said)
}

const fn article(role: Role) -> &'static str {
    match role {
        Role::Owner => "an owner",
        Role::Member => "a member",
        Role::Reader => "a reader",
    }
}

const fn what_you_do(role: Role) -> &'static str {
    match role {
        Role::Owner => "you decide who is in the household",
        Role::Member => "you read and write",
        Role::Reader => "you only look",
    }
}

/// `POST /household/members/{user}/remove`: takes somebody out, at once.
///
/// # Errors
/// As [`change_role`]; [`Error::Conflict`] for oneself, who leaves instead.
pub(in crate::web) async fn remove(
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    id: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    owner(&state, &caller).await?;
    let id = id.parse().ok();
    let act = Act::new(&state, &client);
    let said = state
        .db
        .own(caller.caller, move |conn, member| {
            let person = person(conn, id)?;
            if person.user == member.user {
                return Err(Error::Conflict(
                    "This is you. To go yourself, leave the household.".into(),
                ));
            }
            people::remove(conn, member, person.user, &act)?;
            Ok::<_, Error>(format!(
                "{} is not in this household any more. What they recorded stays.{}",
                person.name(),
                about_links(person.role)
            ))
        })
        .await?;
    told(&state, PATH, said)
}

/// `GET /household/members/{user}/hand-over`: what handing over means.
///
/// # Errors
/// As [`hand_over`].
pub(in crate::web) async fn hand_over_step(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = id.parse().ok();
    let (step, member) = state
        .db
        .read(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            owners_only(member)?;
            let person = other(conn, member, id)?;
            let name = person.name();
            let step = Step {
                verb: "Hand over",
                title: format!("Hand {} over to {name}", member.household_name),
                sentences: vec![
                    format!("{name} becomes an owner, and decides from then on who is in the household, and whether it stays."),
                    "You become a member: you go on reading and writing, and an owner can make you one again.".to_owned(),
                ],
                confirm: Some(Confirm {
                    action: format!("{PATH}/members/{}/hand-over", person.user),
                    button: format!("Hand over to {name}"),
                    ..Confirm::default()
                }),
                ..Step::default()
            };
            Ok::<_, Error>((step, member.clone()))
        })
        .await?;
    step.show(&state, frame, &member)
}

/// `POST /household/members/{user}/hand-over`: makes somebody an owner, and the caller a member.
///
/// # Errors
/// [`Error::OwnersOnly`]; [`Error::NotFound`] for somebody who is not in the household, and for oneself; when the database fails.
pub(in crate::web) async fn hand_over(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    id: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    owner(&state, &caller).await?;
    let id = id.parse().ok();
    let renewed = Renewed::new()?;
    let act = Act::new(&state, &client);
    let (said, renewed) = state
        .db
        .own(caller.caller, move |conn, member| {
            let person = other(conn, member, id)?;
            people::hand_over(conn, member, person.user, person.role, &act)?;
            renew(conn, member, &renewed)?;
            let said = format!("{} is an owner now, and you are a member.", person.name());
            Ok::<_, Error>((said, renewed))
        })
        .await?;
    renewed.hand_out(&request)?;
    told(&state, PATH, said)
}

/// Somebody else in the household.
fn other(conn: &mut Connection, member: &Member, id: Option<UserId>) -> Result<Person, Error> {
    person(conn, id.filter(|id| *id != member.user))
}
