//! Deleting a household, for everybody in it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::step::{Confirm, Step};
use super::{PATH, Renewed, owners_only, refuse_demo, told};
use crate::db::Connection;
use crate::households::{Member, people, queries};
use crate::jobs::deletion::DeleteHousehold;
use crate::jobs::queue;
use crate::users::event::{self, EventKind};
use crate::web::State;
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::pages::field_errors::FieldErrors;
use crate::web::pages::frame::Frame;
use crate::web::pages::front::START_PAGE;
use crate::web::people::{Act, tell_removed};

/// `GET /household/delete`: what goes.
///
/// # Errors
/// [`Error::OwnersOnly`]; [`Error::Conflict`] in a demo; when the database fails.
pub(in crate::web) async fn delete_step(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
) -> Result<HttpResponse, Error> {
    show(&state, caller, frame, String::new(), FieldErrors::default()).await
}

async fn show(
    state: &State,
    caller: SignedIn,
    frame: Frame,
    typed: String,
    errors: FieldErrors,
) -> Result<HttpResponse, Error> {
    let (step, member) = state
        .db
        .read(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            owners_only(member)?;
            Ok::<_, Error>((step(conn, member, typed, errors)?, member.clone()))
        })
        .await?;
    step.show(state, frame, &member)
}

fn step(conn: &mut Connection, member: &Member, typed: String, errors: FieldErrors) -> Result<Step, Error> {
    let name = &member.household_name;
    let entries = match queries::entries_count(conn, member.household)? {
        0 => "There are no entries in it.".to_owned(),
        1 => {
            "Its one entry goes, with locations, buckets, categories, and the history of changes.".to_owned()
        }
        many => {
            format!("Its {many} entries go, with locations, buckets, categories, and the history of changes.")
        }
    };
    let others: Vec<String> = people::all(conn)?
        .iter()
        .filter(|one| one.user != member.user)
        .map(|one| one.name().to_owned())
        .collect();
    let mut sentences = vec![entries];
    if !others.is_empty() {
        sentences.push(format!(
            "It goes for everybody in it, at once: {}. They get a mail, and keep their accounts and other households.",
            others.join(", ")
        ));
    }
    sentences.push("Nobody can bring it back.".to_owned());
    Ok(Step {
        verb: "Delete",
        title: format!("Delete {name}"),
        sentences,
        before: vec![("/data/export", "Export its entries first")],
        confirm: Some(Confirm {
            action: format!("{PATH}/delete"),
            button: "Delete for good".to_owned(),
            to_type: Some(name.clone()),
            typed,
            errors,
        }),
    })
}

/// `POST /household/delete`: nobody is in it from now on, and a job takes its rows away.
///
/// # Errors
/// As [`delete_step`].
pub(in crate::web) async fn delete(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    client: Client,
    form: Form,
) -> Result<HttpResponse, Error> {
    let typed = form.fields.text("name").to_owned();
    let owner = super::owner(&state, &caller).await?;
    if !reads_like(&typed, &owner.household_name) {
        let mut errors = FieldErrors::default();
        errors.push("name", "Type the name of the household as it stands above.");
        return show(&state, caller, frame, typed, errors).await;
    }
    let renewed = Renewed::new()?;
    let (hash, origin, now) = (renewed.hash, client.origin(), state.clock.now());
    let act = Act::new(&state, &client);
    let name = state
        .db
        .own(caller.caller, move |conn, member| {
            for other in people::all(conn)? {
                if other.user != member.user {
                    tell_removed(conn, member, other.user, &act)?;
                }
            }
            people::end(conn, member.session, hash)?;
            let job = DeleteHousehold {
                household: member.household,
            };
            queue::enqueue(conn, &job, now, None)?;
            let name = member.household_name.clone();
            event::note(conn, member.user, EventKind::HouseholdDeleted, &name, &origin)?;
            Ok::<_, Error>(name)
        })
        .await?;
    renewed.hand_out(&request)?;
    told(&state, START_PAGE, format!("{name} was deleted."))
}

/// Whether somebody typed this name, as a browser shows it: white space is one space.
fn reads_like(typed: &str, name: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(typed) == words(name)
}

#[cfg(test)]
mod tests {
    use super::reads_like;

    #[test]
    fn a_name_is_typed_as_it_is_seen() {
        assert!(reads_like(" home  sweet home ", "Home sweet  Home"));
        assert!(reads_like("🏠 Ünser", "🏠 Ünser"));
        assert!(!reads_like("", "Home"));
        assert!(!reads_like("Homes", "Home"));
    }
}
