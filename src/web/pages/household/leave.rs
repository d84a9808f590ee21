//! Leaving a household that others go on with.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::step::{Confirm, Step};
use super::{PATH, Renewed, refuse_demo, told};
use crate::db::Connection;
use crate::households::people::{self, Person};
use crate::households::{Member, Role};
use crate::users::event::{self, EventKind};
use crate::web::State;
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::frame::Frame;
use crate::web::pages::front::START_PAGE;

/// `GET /household/leave`: what leaving means, or why it cannot be.
///
/// # Errors
/// [`Error::Conflict`] in a demo; when the database fails.
pub(in crate::web) async fn leave_step(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
) -> Result<HttpResponse, Error> {
    let (step, member) = state
        .db
        .read(caller.caller, |conn, member| {
            refuse_demo(member)?;
            Ok::<_, Error>((step(conn, member)?, member.clone()))
        })
        .await?;
    step.show(&state, frame, &member)
}

fn step(conn: &mut Connection, member: &Member) -> Result<Step, Error> {
    let people = people::all(conn)?;
    let name = &member.household_name;
    let is_owner = |one: &&Person| one.role == Role::Owner;
    let is_needed = member.role == Role::Owner && people.iter().filter(is_owner).count() == 1;
    let step = Step {
        verb: "Leave",
        title: format!("Leave {name}"),
        ..Step::default()
    };
    if people.len() == 1 {
        return Ok(Step {
            sentences: vec![
                "You are alone in it, so nobody would have it any more. Delete it instead, with everything in it."
                    .to_owned(),
            ],
            before: vec![("/household/delete", "Delete the household")],
            ..step
        });
    }
    if is_needed {
        return Ok(Step {
            sentences: vec![
                "You are its only owner, and a household is never without one. Hand it over to somebody first, or delete it for everybody."
                    .to_owned(),
            ],
            before: vec![
                (PATH, "Choose who takes over"),
                ("/household/delete", "Delete the household"),
            ],
            ..step
        });
    }
    let memberships = people::memberships(conn)?;
    let next = memberships.iter().find(|one| one.household != member.household);
    Ok(Step {
        sentences: vec![
            format!("You do not see {name} any more. What you recorded stays with it, under your name."),
            match next {
                Some(next) => format!("You go on with {}.", next.name),
                None => "You go on with a new household of your own, which is empty.".to_owned(),
            },
            "You can only come back by an invitation of an owner.".to_owned(),
        ],
        before: vec![("/data/export", "Export its entries first")],
        confirm: Some(Confirm {
            action: format!("{PATH}/leave"),
            button: format!("Leave {name}"),
            ..Confirm::default()
        }),
        ..step
    })
}

/// `POST /household/leave`: takes the caller out; their browser goes on with another household of theirs.
///
/// # Errors
/// [`Error::Conflict`] for the only owner, and in a demo; when the database fails.
pub(in crate::web) async fn leave(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    _: Form,
) -> Result<HttpResponse, Error> {
    let renewed = Renewed::new()?;
    let (hash, origin) = (renewed.hash, client.origin());
    let name = state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            people::leave(conn, member.session, hash)?;
            let name = member.household_name.clone();
            event::note(conn, member.user, EventKind::Left, &name, &origin)?;
            Ok::<_, Error>(name)
        })
        .await?;
    renewed.hand_out(&request)?;
    told(&state, START_PAGE, format!("You left {name}."))
}
