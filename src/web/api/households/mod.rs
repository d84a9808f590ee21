//! Households: one's own, who is in them, and who is invited. The id in the address picks the household, as `X-Household` does elsewhere; one
//! that the caller is not in is answered like one that is not there.

mod invitations;
mod members;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::body::{Body, refuse};
use crate::db::{Caller, Connection};
use crate::households::commands::{self, Edit, EditError};
use crate::households::people::{self, Membership, Person};
use crate::households::{Member, Role};
use crate::ids::{HouseholdId, UserId};
use crate::ledger::{Problem, Problems, name};
use crate::money::Currency;
use crate::web::State;
use crate::web::error::Error;
use crate::web::extract::Bearer;

pub(in crate::web) use invitations::{invite, open, withdraw};
pub(in crate::web) use members::{change_role, remove};

/// Members of the object that a client may send back as it got them; they change nothing.
const READ_ONLY: &[&str] = &["id", "role", "is_current", "members", "members_count"];

/// A household that the caller is in.
#[derive(Serialize)]
struct Shape {
    id: HouseholdId,
    name: String,
    currency: String,
    time_zone: String,
    /// Of the caller.
    role: &'static str,
    /// Whether it is the one that other addresses show.
    is_current: bool,
    members_count: i64,
}

/// The same with who is in it.
#[derive(Serialize)]
struct WholeShape {
    #[serde(flatten)]
    household: Shape,
    members: Vec<PersonShape>,
}

#[derive(Serialize)]
struct PersonShape {
    id: UserId,
    email: String,
    full_name: String,
    role: &'static str,
    joined: DateTime<Utc>,
}

impl From<Person> for PersonShape {
    fn from(person: Person) -> Self {
        Self {
            id: person.user,
            email: person.email,
            full_name: person.full_name,
            role: person.role.as_str(),
            joined: person.joined_at,
        }
    }
}

impl Shape {
    fn new(membership: Membership, current: Option<HouseholdId>) -> Self {
        Self {
            is_current: current == Some(membership.household),
            id: membership.household,
            name: membership.name,
            currency: membership.currency,
            time_zone: membership.time_zone,
            role: membership.role.as_str(),
            members_count: membership.people,
        }
    }
}

/// A program, and the household in the address that it asks.
struct Inside {
    /// With that household.
    caller: Caller,
    /// As the program came: with the household of its header, if any.
    bare: Caller,
    /// What the header names.
    named: Option<HouseholdId>,
}

impl Inside {
    /// # Errors
    /// [`Error::NotFound`] for what is no id.
    fn new(bearer: Bearer, household: &str) -> Result<Self, Error> {
        let bare = bearer.0;
        let (caller, named) = match bare.clone() {
            Caller::Token {
                user,
                family,
                epoch,
                household: named,
            } => {
                let household = Some(household.parse().map_err(|_| Error::NotFound)?);
                let caller = Caller::Token {
                    user,
                    family,
                    epoch,
                    household,
                };
                (caller, named)
            }
            other => (other, None),
        };
        Ok(Self { caller, bare, named })
    }

    /// The same, where the refusal of a good token means that its person is not in this household.
    async fn tell<T>(&self, state: &State, answer: Result<T, Error>) -> Result<T, Error> {
        if !matches!(answer, Err(Error::SignedOut)) {
            return answer;
        }
        let is_good = state.db.read(self.bare.clone(), |_, _| Ok::<_, Error>(()));
        is_good.await?;
        Err(Error::NotFound)
    }

    async fn read<T, F>(&self, state: &State, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection, &Member) -> Result<T, Error> + Send + 'static,
    {
        let answer = state.db.read(self.caller.clone(), work).await;
        self.tell(state, answer).await
    }

    async fn own<T, F>(&self, state: &State, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection, &Member) -> Result<T, Error> + Send + 'static,
    {
        let answer = state.db.own(self.caller.clone(), work).await;
        self.tell(state, answer).await
    }
}

/// `GET /api/households/`: those of the caller, the oldest first.
///
/// # Errors
/// 401 without a good access token.
pub async fn index(state: Data<State>, caller: Bearer) -> Result<HttpResponse, Error> {
    let shapes = state
        .db
        .read(caller.0, |conn, member| {
            let current = Some(member.household);
            let all = people::memberships(conn)?.into_iter();
            Ok::<_, Error>(all.map(|one| Shape::new(one, current)).collect::<Vec<_>>())
        })
        .await?;
    Ok(HttpResponse::Ok().json(shapes))
}

/// `GET /api/households/{household}/`: with who is in it.
///
/// # Errors
/// 401 without a good access token, 404 for a household that the caller is not in.
pub async fn show(state: Data<State>, caller: Bearer, id: Path<String>) -> Result<HttpResponse, Error> {
    let inside = Inside::new(caller, &id)?;
    let named = inside.named;
    let shape = inside
        .read(&state, move |conn, member| whole(conn, member.household, named))
        .await?;
    Ok(HttpResponse::Ok().json(shape))
}

/// `household` with its people; without a household that a header names, the oldest is the current one.
fn whole(
    conn: &mut Connection,
    household: HouseholdId,
    named: Option<HouseholdId>,
) -> Result<WholeShape, Error> {
    let memberships = people::memberships(conn)?;
    let current = named.or_else(|| memberships.first().map(|oldest| oldest.household));
    let found = memberships.into_iter().find(|one| one.household == household);
    let members = people::all(conn)?.into_iter().map(PersonShape::from).collect();
    Ok(WholeShape {
        household: Shape::new(found.ok_or(Error::NotFound)?, current),
        members,
    })
}

/// `POST /api/households/`: another household, which the caller owns; without currency and time zone in EUR and UTC.
///
/// # Errors
/// 400 for wrong fields, 401 without a good access token.
pub async fn found(state: Data<State>, caller: Bearer, body: Body) -> Result<HttpResponse, Error> {
    body.only(&[&["name", "currency", "time_zone"], READ_ONLY])?;
    let mut problems = Vec::new();
    body.text("name", &mut problems);
    let Edit {
        name,
        currency,
        time_zone,
    } = read(&body, problems)?;
    let (currency, time_zone) = (currency.unwrap_or(Currency::EUR), time_zone.unwrap_or(Tz::UTC));
    // Whose token it is stands in it; whether it is good, the database says.
    if let Caller::Token { user, .. } = caller.0 {
        state.throttle.found(user).await?;
    }
    let shape = state
        .db
        .account(caller.0, move |conn, member| {
            let name = name.unwrap_or_default();
            let id = people::found_household(conn, &name, currency, time_zone)?;
            let made = people::memberships(conn)?
                .into_iter()
                .find(|one| one.household == id)
                .ok_or(Error::NotFound)?;
            let founder = PersonShape {
                id: member.user,
                email: member.email.clone(),
                full_name: member.full_name.clone(),
                role: made.role.as_str(),
                joined: made.joined_at,
            };
            Ok::<_, Error>(WholeShape {
                household: Shape::new(made, Some(member.household)),
                members: vec![founder],
            })
        })
        .await?;
    let location = format!("/api/households/{}/", shape.household.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(shape))
}

/// `PATCH /api/households/{household}/`: what is named of its name, currency and time zone. For owners.
///
/// # Errors
/// 400 for wrong fields, and for another currency once there were entries; 401, 403 for others than owners, 404.
pub async fn edit(
    state: Data<State>,
    caller: Bearer,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Error> {
    let inside = Inside::new(caller, &id)?;
    let named = inside.named;
    let shape = inside
        .own(&state, move |conn, member| {
            body.only(&[&["name", "currency", "time_zone"], READ_ONLY])?;
            let edit = read(&body, Vec::new())?;
            commands::edit(conn, member.household, &edit).map_err(refused)?;
            whole(conn, member.household, named)
        })
        .await?;
    Ok(HttpResponse::Ok().json(shape))
}

fn refused(error: EditError) -> Error {
    match error {
        EditError::NotFound => Error::NotFound,
        EditError::CurrencyFixed => Error::Invalid(vec![Problem {
            field: "currency",
            message: "It is fixed, for this household has had entries, whose amounts have its decimals."
                .into(),
        }]),
        EditError::Database(error) => error.into(),
    }
}

/// What a body says of a household.
fn read(body: &Body, mut problems: Problems) -> Result<Edit, Error> {
    let mut text = |field| body.optional(field, &mut problems);
    let (name, currency, time_zone) = (text("name"), text("currency"), text("time_zone"));
    refuse(problems)?;
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(Problem {
            field,
            message: message.to_owned(),
        });
    };
    let edit = Edit {
        name: name.and_then(|text| {
            let read = name::required("name", &text);
            read.map_err(|problem| wrong("name", &problem.message)).ok()
        }),
        currency: currency.and_then(|code| {
            let read = Currency::from_code(&code);
            read.map_err(|_| wrong("currency", "Not an ISO 4217 code such as EUR."))
                .ok()
        }),
        time_zone: time_zone.and_then(|zone| {
            let read = zone.parse::<Tz>();
            read.map_err(|_| wrong("time_zone", "Not a time zone such as Europe/Berlin."))
                .ok()
        }),
    };
    refuse(problems)?;
    Ok(edit)
}

/// The role that a body names.
fn role(body: &Body, problems: &mut Problems) -> Role {
    let named = body.text("role", problems);
    named.parse().unwrap_or_else(|_| {
        if !named.is_empty() {
            problems.push(Problem {
                field: "role",
                message: "Choose owner, member or reader.".into(),
            });
        }
        Role::Reader
    })
}
