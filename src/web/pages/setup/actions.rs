//! What can be asked of Set-up, written once for all three nouns: a write, then on to the next page with what was done and its Undo; or the
//! page again, with what was typed and why it was refused.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Data, Path, Query as FromQuery};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::leave::step::{self, Asking};
use super::leave::{Act, outcome};
use super::list::{Asked, ON_PAGE, Query, Sent};
use super::noun::{Named, Noun, Ordered, find, read_id};
use super::refusal::Refusal;
use super::thing;
use crate::db::{Connection, idempotency};
use crate::households::Member;
use crate::ids::ChangeId;
use crate::ledger::Book;
use crate::ledger::order::Towards;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::htmx::Wants;
use crate::web::pages::frame::Frame;
use crate::web::{State, htmx};

/// What was done, remembered with the form's key so that sending it again gives the same answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    text: String,
    undo: Option<ChangeId>,
}

impl Told {
    /// Says what was done; `undo` is missing where nothing was changed.
    pub(super) fn new(text: impl Into<String>, undo: impl Into<Option<ChangeId>>) -> Self {
        Self {
            text: text.into(),
            undo: undo.into(),
        }
    }
}

/// A form as it arrives: who sent it, and what the page around an answer needs.
pub(in crate::web) struct Sending {
    pub(super) state: Data<State>,
    pub(super) caller: SignedIn,
    pub(super) frame: Frame,
    pub(super) form: Form,
}

impl FromRequest for Sending {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let state = Data::<State>::from_request(request, payload);
        let caller = SignedIn::from_request(request, payload);
        let frame = Frame::from_request(request, payload);
        let form = Form::from_request(request, payload);
        Box::pin(async move {
            Ok(Self {
                state: state.await?,
                caller: caller.await?,
                frame: frame.await?,
                form: form.await?,
            })
        })
    }
}

impl Sending {
    /// Does `work` once, and leads on to `next`; or shows the page of `sent` again.
    pub(super) async fn write<N: Noun>(
        self,
        sent: Sent,
        next: &str,
        work: impl FnOnce(&mut Connection, &Member, &Fields) -> Result<Told, Refusal> + Send + 'static,
    ) -> Result<HttpResponse, Error> {
        match self.once(work).await {
            Ok(told) => done(&self.state, next, told),
            Err(refusal) => {
                let Form { fields, .. } = self.form;
                let on_page = fields.ticked(ON_PAGE);
                let asked = Asked::again(sent, fields, refusal)?;
                match asked.about().filter(|_| on_page) {
                    Some(id) => {
                        let id = read_id::<N>(id)?;
                        thing::show::<N>(&self.state, self.caller, self.frame, id, asked).await
                    }
                    None => N::list(&self.state, self.caller, self.frame, asked).await,
                }
            }
        }
    }

    /// [`Sending::write`] for a form about one thing. It leads back to the page that it stands on.
    async fn write_one<N: Noun>(
        self,
        id: &str,
        sent: fn(String) -> Sent,
        work: impl FnOnce(&mut Connection, &Member, &Of<'_, N>, &Fields) -> Result<Told, Refusal> + Send + 'static,
    ) -> Result<HttpResponse, Error> {
        let id = read_id::<N>(id)?;
        let next = if self.form.fields.ticked(ON_PAGE) {
            format!("{}/{id}", N::PATH)
        } else {
            N::PATH.to_owned()
        };
        self.write::<N>(sent(id.to_string()), &next, move |conn, member, fields| {
            let book = Book::load(conn, member.household)?;
            let named = find::<N>(&book, id)?;
            let of = Of {
                book: &book,
                id,
                named,
            };
            work(conn, member, &of, fields)
        })
        .await
    }

    /// Does `work` with the form, once.
    pub(super) async fn once(
        &self,
        work: impl FnOnce(&mut Connection, &Member, &Fields) -> Result<Told, Refusal> + Send + 'static,
    ) -> Result<Told, Refusal> {
        let Form { fields, attempt } = self.form.clone();
        self.state
            .db
            .write(self.caller.caller.clone(), move |conn, member| {
                idempotency::once(conn, member, attempt.as_ref(), |conn| work(conn, member, &fields))
            })
            .await
    }
}

/// The thing that a form is about, as it is stored.
struct Of<'a, N: Noun> {
    book: &'a Book,
    id: N::Id,
    named: Named<'a>,
}

/// After a write: on to a page, which tells what was done.
///
/// # Errors
/// When the message cannot be written.
pub(super) fn done(state: &State, next: &str, told: Told) -> Result<HttpResponse, Error> {
    let mut response = htmx::see_other(next);
    let flash = Flash {
        text: told.text,
        undo: told.undo,
    };
    flash.put(state, &mut response)?;
    Ok(response)
}

/// `GET /setup/NOUN`: the list.
///
/// # Errors
/// When the row that is to be open is not there, or the database fails.
pub(in crate::web) async fn index<N: Noun>(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    query: FromQuery<Query>,
) -> Result<HttpResponse, Error> {
    N::list(&state, caller, frame, Asked::by(query.into_inner())).await
}

/// `GET /setup/NOUN/{id}`: the page of one.
///
/// # Errors
/// When there is no such thing, or the database fails.
pub(in crate::web) async fn page<N: Noun>(
    state: Data<State>,
    caller: SignedIn,
    frame: Frame,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(&id)?;
    thing::show::<N>(&state, caller, frame, id, Asked::default()).await
}

/// `POST /setup/NOUN`: one more.
///
/// # Errors
/// When the caller may not write, or the database fails.
pub(in crate::web) async fn add<N: Noun>(request: Sending) -> Result<HttpResponse, Error> {
    request
        .write::<N>(Sent::Add, N::PATH, |conn, member, fields| {
            let change = N::add(conn, member, fields)?;
            Ok(Told::new(
                format!("Added {}.", fields.text("name").trim()),
                change,
            ))
        })
        .await
}

/// `POST /setup/NOUN/suggested`: the first ones of an empty household, all or none.
///
/// # Errors
/// When the caller may not write, or the database fails.
pub(in crate::web) async fn suggested<N: Noun>(request: Sending) -> Result<HttpResponse, Error> {
    request
        .write::<N>(Sent::Suggested, N::PATH, |conn, member, fields| {
            let (change, text) = N::suggested(conn, member, fields)?;
            Ok(Told::new(text, change))
        })
        .await
}

/// `POST /setup/NOUN/{id}`: another name, or whatever else the form has.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn edit<N: Noun>(request: Sending, id: Path<String>) -> Result<HttpResponse, Error> {
    request
        .write_one::<N>(&id, Sent::Edit, |conn, member, of, fields| {
            let change = N::edit(conn, member, of.book, of.id, fields)?;
            Ok(Told::new(
                format!("Saved {}.", fields.text("name").trim()),
                change,
            ))
        })
        .await
}

/// `POST /setup/NOUN/{id}/up`: one place up the list.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn up<N: Ordered>(
    request: Sending,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    shift::<N>(request, &id, Towards::Earlier).await
}

/// `POST /setup/NOUN/{id}/down`: one place down the list.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn down<N: Ordered>(
    request: Sending,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    shift::<N>(request, &id, Towards::Later).await
}

async fn shift<N: Ordered>(request: Sending, id: &str, towards: Towards) -> Result<HttpResponse, Error> {
    request
        .write_one::<N>(id, Sent::Order, move |conn, member, of, _| {
            let name = of.named.name;
            let change = N::shift(conn, member, of.id, towards)?;
            let text = match (change, towards) {
                (Some(_), Towards::Earlier) => format!("Moved {name} up."),
                (Some(_), Towards::Later) => format!("Moved {name} down."),
                (None, Towards::Earlier) => format!("{name} is the first already."),
                (None, Towards::Later) => format!("{name} is the last already."),
            };
            Ok(Told::new(text, change))
        })
        .await
}

/// `POST /setup/NOUN/{id}/archive`: out of use; `move_to` names what takes its money.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn archive<N: Noun>(
    request: Sending,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    if !request.form.fields.text(Act::Archive.field()).is_empty() {
        return leave::<N>(request, &id, Act::Archive).await;
    }
    request
        .write_one::<N>(&id, Sent::Archive, |conn, member, of, _| {
            let change = N::archive(conn, member, of.id)?;
            Ok(Told::new(format!("Archived {}.", of.named.name), change))
        })
        .await
}

/// `POST /setup/NOUN/{id}/merge`: all of it becomes that of the one that `into` names.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn merge<N: Noun>(
    request: Sending,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    leave::<N>(request, &id, Act::Merge).await
}

/// `POST /setup/NOUN/{id}/delete`: away with it; `into` names what takes its place where it has entries.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn delete<N: Noun>(
    request: Sending,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    leave::<N>(request, &id, Act::Delete).await
}

/// Does what a step has shown, or shows the step again with what is in the way.
async fn leave<N: Noun>(request: Sending, id: &str, act: Act) -> Result<HttpResponse, Error> {
    let id = read_id::<N>(id)?;
    let clock = request.state.clock.clone();
    let written = request
        .once(move |conn, member, fields| {
            let book = Book::load(conn, member.household)?;
            outcome::check_version::<N>(&book, id, fields)?;
            let today = clock.today(member.time_zone);
            outcome::carry_out::<N>(conn, member, &book, id, (act, fields.text(act.field())), today)
        })
        .await;
    let Sending {
        state,
        caller,
        frame,
        form: Form { fields, .. },
    } = request;
    match written {
        Ok(told) if act == Act::Archive && fields.ticked(ON_PAGE) => {
            done(&state, &format!("{}/{id}", N::PATH), told)
        }
        Ok(told) => done(&state, N::PATH, told),
        Err(refusal) => {
            let asking = Asking {
                act,
                fields,
                refusal: Some(refusal),
            };
            step::show::<N>(&state, caller, frame, Wants::Page, id, asking).await
        }
    }
}

/// `POST /setup/NOUN/{id}/restore`: back into use.
///
/// # Errors
/// When there is no such thing, the caller may not write, or the database fails.
pub(in crate::web) async fn restore<N: Noun>(
    request: Sending,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    request
        .write_one::<N>(&id, Sent::Restore, |conn, member, of, _| {
            let name = of.named.name;
            let change = N::restore(conn, member, of.id).map_err(|error| Refusal::restoring(name, error))?;
            Ok(Told::new(N::told_restored(name), change))
        })
        .await
}
