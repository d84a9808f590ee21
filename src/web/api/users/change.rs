//! Changing one's own account: the name at once, the password and the address only with the current password.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::Uuid;

use super::{READ_ONLY, problem, shape, weak};
use crate::auth::{link as secrets, secret};
use crate::db::Connection;
use crate::households::Member;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::ledger::{Problem, Problems};
use crate::users::event::{self, EventKind, Origin};
use crate::users::link::{self, Purpose};
use crate::users::{address_problem, own};
use crate::web::api::body::{Body, refuse};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::Bearer;
use crate::web::{State, credentials};

/// What may be sent; the current password beside it.
const WRITABLE: &[&str] = &["email", "full_name", "password", "current_password"];

/// `PUT /api/users/{user}/`: the address and the name, all of them.
///
/// # Errors
/// As [`edit`].
pub async fn replace(
    state: Data<State>,
    client: Client,
    caller: Bearer,
    user: Path<String>,
    body: Body,
) -> Result<HttpResponse, Error> {
    let mut problems = Vec::new();
    body.text("email", &mut problems);
    body.given("full_name", &mut problems);
    change(&state, &client, caller, &user, &body, problems).await
}

/// `PATCH /api/users/{user}/`: what is named. A new password ends every session and token of the person, the caller's too; a new address
/// counts once the link in the mail to it was opened.
///
/// # Errors
/// 400 for wrong fields, among them a wrong current password; 401 without a good access token; 404 for anybody else; 429 after too many
/// wrong passwords.
pub async fn edit(
    state: Data<State>,
    client: Client,
    caller: Bearer,
    user: Path<String>,
    body: Body,
) -> Result<HttpResponse, Error> {
    change(&state, &client, caller, &user, &body, Vec::new()).await
}

async fn change(
    state: &State,
    client: &Client,
    caller: Bearer,
    user: &str,
    body: &Body,
    problems: Problems,
) -> Result<HttpResponse, Error> {
    let member = state
        .db
        .read(caller.0.clone(), |_, member| Ok::<_, Error>(member.clone()))
        .await?;
    if user.parse().ok() != Some(member.user) {
        return Err(Error::NotFound);
    }
    body.only(&[WRITABLE, READ_ONLY])?;
    let wanted = Wanted::read(body, &member, problems)?;
    if wanted.is_grave() {
        prove(state, client, &member, wanted.current_password.clone()).await?;
    }
    if wanted.email.is_some() {
        state.throttle.confirm(member.user).await?;
    }
    let acts = Acts::prepare(state, client, wanted).await?;
    let shape = state
        .db
        .account(caller.0, move |conn, member| {
            acts.carry_out(conn, member)?;
            shape(conn, member.user)
        })
        .await?;
    Ok(HttpResponse::Ok().json(shape))
}

/// The caller has to know the current password: whoever found a token could take the account over otherwise.
async fn prove(state: &State, client: &Client, member: &Member, password: String) -> Result<(), Error> {
    let found = credentials::check(state, client, &member.email, password.into()).await?;
    if found.is_some_and(|found| found.user == member.user) {
        return Ok(());
    }
    Err(Error::Invalid(vec![Problem {
        field: "current_password",
        message: "This is not your current password.".into(),
    }]))
}

/// What is to be different; what is left out stays.
struct Wanted {
    full_name: Option<String>,
    email: Option<String>,
    password: Option<SecretString>,
    current_password: String,
}

impl Wanted {
    fn read(body: &Body, member: &Member, mut problems: Problems) -> Result<Self, Error> {
        let mut read = |field| body.optional(field, &mut problems);
        let (full_name, email, password) = (read("full_name"), read("email"), read("password"));
        let current_password = read("current_password").unwrap_or_default();
        refuse(problems)?;
        let email = email.map(|email| email.trim().to_owned());
        let wanted = Self {
            full_name: full_name.map(|name| name.trim().to_owned()),
            email: email.filter(|email| *email != member.email),
            password: password.map(SecretString::from),
            current_password,
        };
        refuse(wanted.problems(member))?;
        Ok(wanted)
    }

    fn problems(&self, member: &Member) -> Problems {
        let email = self.email.as_deref();
        let settings = self.full_name.clone().map(|name| settings(member, name));
        let mut problems: Problems = email
            .and_then(address_problem)
            .into_iter()
            .chain(settings.and_then(|settings| settings.problem()))
            .map(problem)
            .collect();
        let addresses = std::iter::once(member.email.as_str()).chain(email);
        let complaint = |password| addresses.clone().find_map(|email| weak(password, email));
        problems.extend(self.password.as_ref().and_then(complaint));
        if self.is_grave() && self.current_password.is_empty() {
            problems.push(Problem {
                field: "current_password",
                message: "This field is required to change the password or the email.".into(),
            });
        }
        problems
    }

    /// Whether it changes how the person logs in.
    const fn is_grave(&self) -> bool {
        self.email.is_some() || self.password.is_some()
    }
}

fn settings(member: &Member, full_name: String) -> own::Settings {
    own::Settings {
        full_name,
        number_format: member.number_format,
        date_format: member.date_format,
        theme: member.theme,
    }
}

/// A link to a new address.
struct NewAddress {
    email: String,
    link: Uuid,
    secret_hash: [u8; 32],
}

/// What is checked and ready to be written.
struct Acts {
    full_name: Option<String>,
    password_hash: Option<String>,
    address: Option<NewAddress>,
    now: DateTime<Utc>,
    origin: Origin,
}

impl Acts {
    async fn prepare(state: &State, client: &Client, wanted: Wanted) -> Result<Self, Error> {
        let password_hash = match wanted.password {
            Some(password) => Some(state.passwords.hash(password).await?),
            None => None,
        };
        let address = wanted.email.map(|email| {
            let link = Uuid::now_v7();
            let secret = secrets::secret(&state.sealer, Purpose::ChangeEmail.as_str(), link);
            NewAddress {
                email,
                link,
                secret_hash: secret::hash(&secret),
            }
        });
        Ok(Self {
            full_name: wanted.full_name,
            password_hash,
            address,
            now: state.clock.now(),
            origin: client.origin(),
        })
    }

    fn carry_out(self, conn: &mut Connection, member: &Member) -> Result<(), Error> {
        let user = member.user;
        if let Some(full_name) = self.full_name {
            own::save(conn, &settings(member, full_name))?;
        }
        if let Some(hash) = self.password_hash {
            own::set_password(conn, &hash, None)?;
            event::note(conn, user, EventKind::PasswordChanged, "", &self.origin)?;
            queue::enqueue(conn, &Letter::PasswordChanged { user }, self.now, None)?;
        }
        // After the password, which makes earlier links void.
        if let Some(address) = self.address {
            link::begin_email_change(conn, address.link, address.secret_hash, &address.email)?;
            event::note(
                conn,
                user,
                EventKind::EmailChangeAsked,
                &address.email,
                &self.origin,
            )?;
            let letter = Letter::ConfirmNewEmail {
                to: address.email,
                link: address.link,
            };
            queue::enqueue(conn, &letter, self.now, None)?;
        }
        Ok(())
    }
}
