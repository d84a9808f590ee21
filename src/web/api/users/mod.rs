//! People: signing up, and one's own account. A superuser sees everybody, and changes nobody but themselves.

mod change;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Serialize;

use super::Refusal;
use super::body::{Body, refuse};
use crate::auth::password;
use crate::config::SignUp;
use crate::db::Connection;
use crate::ids::UserId;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::ledger::Problem;
use crate::money::{Currency, NumberFormat};
use crate::period::DateFormat;
use crate::users::commands::{self, SignUpError};
use crate::users::event::{self, EventKind};
use crate::users::profile::{self, Profile};
use crate::users::{AccountProblem, NewAccount};
use crate::web::State;
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::extract::Bearer;

pub(in crate::web) use change::{edit, replace};

/// Members that a client may send back as it got them; they change nothing. The last ones are of the old API.
const READ_ONLY: &[&str] = &[
    "id",
    "is_active",
    "last_login",
    "created",
    "modified",
    "is_superuser",
    "is_staff",
    "user",
];

/// A person, without their password.
#[derive(Serialize)]
struct Shape {
    id: UserId,
    email: String,
    full_name: String,
    is_active: bool,
    last_login: Option<DateTime<Utc>>,
    created: DateTime<Utc>,
    modified: DateTime<Utc>,
}

impl From<Profile> for Shape {
    fn from(profile: Profile) -> Self {
        Self {
            id: profile.id,
            email: profile.email,
            full_name: profile.full_name,
            is_active: profile.is_active,
            last_login: profile.last_login_at,
            created: profile.created_at,
            modified: profile.updated_at,
        }
    }
}

/// `GET /api/users/`: oneself; to a superuser everybody.
///
/// # Errors
/// 401 without a good access token.
pub async fn index(state: Data<State>, caller: Bearer) -> Result<HttpResponse, Error> {
    let profiles = state
        .db
        .read(caller.0, |conn, _| Ok::<_, Error>(profile::visible(conn)?))
        .await?;
    let shapes: Vec<Shape> = profiles.into_iter().map(Shape::from).collect();
    Ok(HttpResponse::Ok().json(shapes))
}

/// `GET /api/users/{user}/`
///
/// # Errors
/// 401 without a good access token, 404 for somebody whom the caller may not see.
pub async fn show(state: Data<State>, caller: Bearer, user: Path<String>) -> Result<HttpResponse, Error> {
    let user: Option<UserId> = user.parse().ok();
    let shape = state
        .db
        .read(caller.0, move |conn, _| shape(conn, user.ok_or(Error::NotFound)?))
        .await?;
    Ok(HttpResponse::Ok().json(shape))
}

fn shape(conn: &mut Connection, user: UserId) -> Result<Shape, Error> {
    Ok(profile::of(conn, user)?.ok_or(Error::NotFound)?.into())
}

/// `POST /api/users/`: makes a person with a household of their own, in EUR and UTC. They log in over the API or on a page.
///
/// # Errors
/// 400 for wrong fields and an address that somebody has, 403 where strangers cannot sign up, 429 after too many tries.
pub async fn sign_up(state: Data<State>, client: Client, body: Body) -> Result<HttpResponse, Error> {
    if state.sign_up != SignUp::Open {
        return Err(Refusal::NoSignUp(state.sign_up).into());
    }
    body.only(&[&["email", "password", "full_name"], READ_ONLY])?;
    let account = read(&body)?;
    state.throttle.sign_up(&client).await?;
    let hash = state.passwords.hash(account.password.clone()).await?;
    let (origin, now) = (client.origin(), state.clock.now());
    let sign_up = move |conn: &mut Connection| {
        commands::sign_up(conn, &account, &hash).map_err(|error| match error {
            SignUpError::EmailTaken => taken(),
            SignUpError::Database(error) => error.into(),
        })
    };
    let shape = state
        .db
        .found(sign_up, move |conn, member| {
            event::note(conn, member.user, EventKind::SignedUp, "", &origin)?;
            queue::enqueue(conn, &Letter::ConfirmEmail { user: member.user }, now, None)?;
            shape(conn, member.user)
        })
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/users/{}/", shape.id)))
        .json(shape))
}

/// The account that a body asks for.
fn read(body: &Body) -> Result<NewAccount, Error> {
    let mut problems = Vec::new();
    let email = body.text("email", &mut problems).trim().to_owned();
    let password = SecretString::from(body.text("password", &mut problems));
    let full_name = body.optional("full_name", &mut problems).unwrap_or_default();
    refuse(problems)?;
    let account = NewAccount {
        full_name: full_name.trim().to_owned(),
        number_format: NumberFormat::default(),
        date_format: DateFormat::default(),
        currency: Currency::EUR,
        time_zone: Tz::UTC,
        password,
        email,
    };
    let mut problems: Vec<Problem> = account.problems().into_iter().map(problem).collect();
    problems.extend(weak(&account.password, &account.email));
    refuse(problems)?;
    Ok(account)
}

fn problem(problem: AccountProblem) -> Problem {
    Problem {
        field: problem.field,
        message: problem.message,
    }
}

/// What is wrong with a new password of whoever has this address.
fn weak(password: &SecretString, email: &str) -> Option<Problem> {
    let message = password::complaint(password, Some(email))?;
    Some(Problem {
        field: "password",
        message,
    })
}

/// Somebody has this address.
fn taken() -> Error {
    Error::Invalid(vec![Problem {
        field: "email",
        message: "A user with this email already exists.".into(),
    }])
}
