//! The page that the link of an invitation opens: what household, who invites, as what. Looking does nothing; a button does.

use actix_session::SessionExt;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::Frame;
use super::front::START_PAGE;
use super::household::{self, Renewed, told};
use crate::auth::{link, secret};
use crate::config::SignUp;
use crate::db::{Caller, Connection};
use crate::households::invitation::{self, Offer};
use crate::households::{Member, people};
use crate::ids::{HouseholdId, UserId};
use crate::users::NewAccount;
use crate::users::commands::{self, SignUpError};
use crate::users::event::{self, EventKind, Origin};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::form::Form;
use crate::web::{State, htmx, session};

#[derive(Template)]
#[template(path = "invitations/page.html")]
struct Page {
    csrf_token: String,
    token: String,
    household: String,
    /// Empty for the command line.
    invited_by: String,
    /// `Member`
    role: &'static str,
    /// `reads and writes`
    means: &'static str,
    visitor: Visitor,
    /// Whether an account can be made here.
    may_sign_up: bool,
}

/// Who looks at it.
enum Visitor {
    /// Nobody that we know.
    Stranger,
    /// Somebody who may join, under this name.
    Guest(String),
    /// Somebody who is in the household.
    Inside(String),
}

/// The answer to every link that is not good: used, withdrawn, too old, or none at all.
#[derive(Template)]
#[template(path = "invitations/gone.html")]
struct Gone;

/// The link of an invitation that is good for nothing, whyever.
///
/// # Errors
/// When the page cannot be rendered.
pub(super) fn gone() -> Result<HttpResponse, Error> {
    Ok(htmx::html_with(StatusCode::NOT_FOUND, Gone.render()?))
}

/// The hash of the secret in a link that we made; nothing for any other text.
pub(super) fn hash_of(state: &State, token: &str) -> Option<[u8; 32]> {
    link::read(&state.sealer, invitation::PURPOSE, token).map(|_| secret::hash(token))
}

/// What a link offers; nothing for one that is not good. Tries are counted.
///
/// # Errors
/// [`Error::TooMany`] after many that were not good; when the database fails.
pub(super) async fn find(state: &State, client: &Client, token: &str) -> Result<Option<Offer>, Error> {
    let tried = state.throttle.invitation(client).await?;
    let Some(hash) = hash_of(state, token) else {
        return Ok(None);
    };
    let found = state
        .db
        .public(move |conn| Ok::<_, Error>(invitation::find(conn, hash)?))
        .await?;
    match found {
        Some(offer) => {
            tried.forgive().await;
            Ok(Some(offer))
        }
        None => Ok(None),
    }
}

/// `GET /invitations/{token}`
///
/// # Errors
/// [`Error::TooMany`]; [`Error::Conflict`] in a demo; when the database fails.
pub async fn show(
    request: HttpRequest,
    state: Data<State>,
    frame: Frame,
    client: Client,
    token: Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(offer) = find(&state, &client, &token).await? else {
        return gone();
    };
    let visitor = visitor(&request, &state, &offer).await?;
    let page = Page {
        csrf_token: frame.csrf(),
        token: token.into_inner(),
        household: offer.household_name,
        invited_by: offer.invited_by,
        role: household::name(offer.role),
        means: household::means(offer.role),
        visitor,
        may_sign_up: state.sign_up != SignUp::Closed,
    };
    frame.finish(&state, htmx::html(page.render()?))
}

async fn visitor(request: &HttpRequest, state: &State, offer: &Offer) -> Result<Visitor, Error> {
    let Some(secret) = session::secret(&request.get_session()) else {
        return Ok(Visitor::Stranger);
    };
    let household = offer.household;
    let looked = state
        .db
        .read(Caller::Session(secret::hash(&secret)), move |conn, member| {
            refuse_demo(member)?;
            let mine = people::memberships(conn)?;
            let name = called(member);
            Ok(if mine.iter().any(|one| one.household == household) {
                Visitor::Inside(name)
            } else {
                Visitor::Guest(name)
            })
        })
        .await;
    match looked {
        Err(Error::SignedOut) => Ok(Visitor::Stranger),
        other => other,
    }
}

/// A demo has no account that could join.
fn refuse_demo(member: &Member) -> Result<(), Error> {
    if member.is_demo {
        return Err(Error::Conflict(
            "You are in a demo, which has no account. Leave the demo, then open the link again: you can log in or create an account there."
                .into(),
        ));
    }
    Ok(())
}

/// What somebody is called on the page: whoever has several accounts has to tell them apart.
fn called(member: &Member) -> String {
    if member.full_name.is_empty() {
        member.email.clone()
    } else {
        format!("{} ({})", member.full_name, member.email)
    }
}

/// What came of pressing the button.
enum Joined {
    Now(String),
    Before(String),
    Gone,
}

/// `POST /invitations/{token}`: lets the person in, and shows them the household.
///
/// # Errors
/// As [`show`]; [`Error::SignedOut`] for somebody who is not logged in.
pub async fn join(
    request: HttpRequest,
    state: Data<State>,
    caller: SignedIn,
    client: Client,
    token: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let tried = state.throttle.invitation(&client).await?;
    let hash = hash_of(&state, &token);
    let renewed = Renewed::new()?;
    let (secret_hash, origin) = (renewed.hash, client.origin());
    let joined = state
        .db
        .account(caller.caller, move |conn, member| {
            refuse_demo(member)?;
            let session = member.session.ok_or(Error::SignedOut)?;
            let Some((offer, joined)) = accept(conn, hash)? else {
                return Ok::<_, Error>(Joined::Gone);
            };
            if let Joined::Now(name) = &joined {
                event::note(conn, member.user, EventKind::Joined, name, &origin)?;
            }
            if people::show(conn, session, offer.household, secret_hash)? {
                Ok(joined)
            } else {
                Err(Error::SignedOut)
            }
        })
        .await?;
    let said = match joined {
        Joined::Gone => return gone(),
        Joined::Now(name) => format!("You are in {name} now."),
        Joined::Before(name) => {
            format!("You are in {name} already. The link is still good for somebody else.")
        }
    };
    tried.forgive().await;
    renewed.hand_out(&request)?;
    told(&state, START_PAGE, said)
}

/// Uses the link, unless the person is in already; nothing for one that is not good.
fn accept(conn: &mut Connection, hash: Option<[u8; 32]>) -> Result<Option<(Offer, Joined)>, Error> {
    let Some(hash) = hash else {
        return Ok(None);
    };
    let Some(offer) = invitation::find(conn, hash)? else {
        return Ok(None);
    };
    let name = offer.household_name.clone();
    let mine = people::memberships(conn)?;
    if mine.iter().any(|one| one.household == offer.household) {
        return Ok(Some((offer, Joined::Before(name))));
    }
    let accepted = invitation::accept(conn, hash)?;
    Ok(accepted.map(|_| (offer, Joined::Now(name))))
}

/// Makes an account that comes into the household of an invitation; nothing where that is not good.
///
/// # Errors
/// When the database fails; what else is in the way of an account is the inner result.
pub(super) fn sign_up(
    conn: &mut Connection,
    account: &NewAccount,
    password_hash: &str,
    invitation: Option<[u8; 32]>,
    origin: &Origin,
) -> Result<Result<Option<(UserId, HouseholdId)>, SignUpError>, Error> {
    let Some(hash) = invitation else {
        return Ok(Ok(None));
    };
    let offer = invitation::find(conn, hash)?;
    let made = commands::sign_up_invited(conn, account, password_hash, hash);
    if let (Ok(Some((user, _))), Some(offer)) = (&made, offer) {
        event::note(conn, *user, EventKind::Joined, &offer.household_name, origin)?;
    }
    Ok(made)
}
