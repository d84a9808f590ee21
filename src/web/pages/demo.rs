//! A demo for a visitor: a made-up household of their own, without an account, gone when they leave.

use actix_session::SessionExt;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Tz;
use secrecy::SecretString;

use super::front::{START_PAGE, signed_in};
use crate::auth::secret;
use crate::db::Caller;
use crate::demo::{Shape, furnish, visits};
use crate::ids::UserId;
use crate::money::{Currency, NumberFormat};
use crate::period::DateFormat;
use crate::users::NewAccount;
use crate::users::commands::{self, SignUpError};
use crate::web::client::Client;
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::{State, htmx, session};

/// Entries of a demo: enough to look around in, and made within a second.
const TRANSACTIONS: u32 = 2000;
/// Years that they are spread over.
const YEARS: u32 = 3;
/// Every visitor gets the same household.
const SEED: u64 = 1;

/// `POST /demo`: makes a household with a person of its own, and logs this browser in.
///
/// # Errors
/// When there are too many demos already, or this client made many, or the database fails; nothing is made then.
pub async fn make(
    request: HttpRequest,
    state: Data<State>,
    client: Client,
    _: Form,
) -> Result<HttpResponse, Error> {
    if signed_in(&request, &state).await?.is_some() {
        return Ok(htmx::see_other(START_PAGE));
    }
    state.throttle.demo(&client).await?;
    let account = account(&request)?;
    let hash = state.passwords.hash(account.password.clone()).await?;
    let today = state.clock.today(account.time_zone);
    let shape = Shape::new(TRANSACTIONS, YEARS, SEED, today).map_err(Error::internal)?;
    let secret = secret::new_secret().map_err(Error::internal)?;
    let secret_hash = secret::hash(&secret);
    let origin = client.origin();
    state
        .db
        .found(
            move |conn| {
                if !visits::make_room(conn)? {
                    return Err(too_many());
                }
                let (user, household) =
                    commands::sign_up(conn, &account, &hash).map_err(|error| match error {
                        SignUpError::Database(error) => error.into(),
                        taken @ SignUpError::EmailTaken => Error::internal(taken),
                    })?;
                visits::mark(conn, user, household)?;
                Ok((user, household))
            },
            move |conn, member| {
                furnish(conn, member, shape, &mut |_| {})?;
                commands::start_session(conn, member.user, member.household, secret_hash, &origin)?;
                Ok::<_, Error>(())
            },
        )
        .await?;
    session::begin(&request.get_session(), &secret)?;
    Ok(htmx::see_other(START_PAGE))
}

/// `POST /demo/leave`: deletes the demo with its person, and leads back to the front page. Sent twice it does no more than once.
///
/// # Errors
/// [`Error::NotFound`] for somebody with a household of their own, who stays logged in; or when the database fails.
pub async fn leave(request: HttpRequest, state: Data<State>, _: Form) -> Result<HttpResponse, Error> {
    let session = request.get_session();
    if let Some(secret) = session::secret(&session) {
        let secret_hash = secret::hash(&secret);
        let left = state
            .db
            .public(move |conn| Ok::<_, Error>(visits::leave(conn, secret_hash)?))
            .await?;
        if !left {
            let caller = Caller::Session(secret_hash);
            match state.db.read(caller, |_, _| Ok::<_, Error>(())).await {
                Ok(()) => return Err(Error::NotFound),
                Err(Error::SignedOut) => {} // the demo is gone already
                Err(error) => return Err(error),
            }
        }
        session::end(&session);
    }
    Ok(htmx::see_other("/"))
}

/// Somebody who is nobody: nobody knows the password, and no mail reaches the address.
fn account(request: &HttpRequest) -> Result<NewAccount, Error> {
    let language = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    Ok(NewAccount {
        email: format!("{}@demo.invalid", UserId::new()),
        full_name: String::new(),
        password: SecretString::from(secret::new_secret().map_err(Error::internal)?),
        number_format: NumberFormat::for_language(language),
        date_format: DateFormat::for_language(language),
        currency: Currency::EUR,
        time_zone: Tz::UTC,
    })
}

fn too_many() -> Error {
    Error::Conflict(format!(
        "There are {} demos already, which is the most at once. Create an account instead, or come back tomorrow.",
        visits::VISITS_MAX
    ))
}
