//! What an owner decides about people, for pages and API alike: the change itself, what is noted in the account of the person it is about,
//! and the letter to them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::State;
use super::client::Client;
use super::error::Error;
use crate::auth::{link as secrets, secret};
use crate::db::{Connection, QueryError};
use crate::households::people::{self, PeopleError};
use crate::households::{Member, Role, invitation};
use crate::ids::UserId;
use crate::jobs::mail::Letter;
use crate::jobs::queue;
use crate::users::event::{self, EventKind, Origin};

/// When and from where it is done.
#[derive(Debug, Clone)]
pub(super) struct Act {
    now: DateTime<Utc>,
    origin: Origin,
}

impl Act {
    /// Of this client, now.
    pub(super) fn new(state: &State, client: &Client) -> Self {
        Self {
            now: state.clock.now(),
            origin: client.origin(),
        }
    }

    /// Where it came from, as the person `about` may see it: an owner's address is none of the others' business.
    fn origin_for(&self, about: UserId, owner: &Member) -> Origin {
        if about == owner.user {
            self.origin.clone()
        } else {
            Origin::default()
        }
    }
}

/// Gives somebody another role, and says which they had; the one that they have already is no change.
///
/// # Errors
/// As [`people::change_role`].
pub(super) fn change_role(
    conn: &mut Connection,
    owner: &Member,
    user: UserId,
    role: Role,
    act: &Act,
) -> Result<Role, PeopleError> {
    let before = people::change_role(conn, user, role, owner.session)?;
    if before != role {
        tell_of_role(conn, owner, user, (before, role), act)?;
    }
    Ok(before)
}

/// Makes somebody else an owner, who had the role `before`, and the owner a member.
///
/// # Errors
/// As [`people::hand_over`].
pub(super) fn hand_over(
    conn: &mut Connection,
    owner: &Member,
    user: UserId,
    before: Role,
    act: &Act,
) -> Result<(), PeopleError> {
    people::hand_over(conn, user, owner.session)?;
    if before != Role::Owner {
        tell_of_role(conn, owner, user, (before, Role::Owner), act)?;
    }
    Ok(tell_of_role(
        conn,
        owner,
        owner.user,
        (Role::Owner, Role::Member),
        act,
    )?)
}

/// Notes it in the account of the person, and writes to them unless it was they who did it.
fn tell_of_role(
    conn: &mut Connection,
    owner: &Member,
    user: UserId,
    (before, role): (Role, Role),
    act: &Act,
) -> Result<(), QueryError> {
    let detail = format!("{}: {before} → {role}", owner.household_name);
    let origin = act.origin_for(user, owner);
    event::note(conn, user, EventKind::RoleChanged, &detail, &origin)?;
    if user != owner.user {
        let letter = Letter::RoleChanged {
            user,
            household: owner.household_name.clone(),
            role: role.as_str().to_owned(),
        };
        queue::enqueue(conn, &letter, act.now, None)?;
    }
    Ok(())
}

/// Takes somebody out.
///
/// # Errors
/// As [`people::remove`].
pub(super) fn remove(
    conn: &mut Connection,
    owner: &Member,
    user: UserId,
    act: &Act,
) -> Result<(), PeopleError> {
    people::remove(conn, user)?;
    if user == owner.user {
        event::note(conn, user, EventKind::Left, &owner.household_name, &act.origin)?;
        return Ok(());
    }
    Ok(tell_removed(conn, owner, user, act)?)
}

/// Notes in somebody's account that they are in the household no more, and writes to them.
///
/// # Errors
/// Only database failures.
pub(super) fn tell_removed(
    conn: &mut Connection,
    owner: &Member,
    user: UserId,
    act: &Act,
) -> Result<(), QueryError> {
    let household = owner.household_name.clone();
    event::note(conn, user, EventKind::Removed, &household, &Origin::default())?;
    queue::enqueue(conn, &Letter::Removed { user, household }, act.now, None).map(drop)
}

/// An invitation that was not made yet.
#[derive(Debug, Clone)]
pub(super) struct NewInvitation {
    /// Its identifier, from which its link is made.
    pub(super) id: Uuid,
    secret_hash: [u8; 32],
    /// Where to mail the link; may be empty.
    pub(super) email: String,
    /// What whoever uses it may do.
    pub(super) role: Role,
}

impl NewInvitation {
    /// One with a link of its own.
    pub(super) fn new(state: &State, email: String, role: Role) -> Self {
        let id = Uuid::now_v7();
        let secret = secrets::secret(&state.sealer, invitation::PURPOSE, id);
        Self {
            id,
            secret_hash: secret::hash(&secret),
            email,
            role,
        }
    }

    /// Makes it, and mails its link where that is wanted.
    ///
    /// # Errors
    /// As [`invitation::make`].
    pub(super) fn make(&self, conn: &mut Connection, owner: &Member, act: &Act) -> Result<(), QueryError> {
        invitation::make(conn, self.id, self.secret_hash, &self.email, self.role)?;
        if !self.email.is_empty() {
            let letter = Letter::Invitation {
                household: owner.household,
                invitation: self.id,
            };
            queue::enqueue(conn, &letter, act.now, None)?;
        }
        Ok(())
    }
}

/// Why nothing changed, as an answer.
pub(super) fn refused(error: PeopleError) -> Error {
    match error {
        PeopleError::NotFound => Error::NotFound,
        PeopleError::LastOwner => Error::Conflict(
            "A household is never without an owner. Make somebody else an owner first.".into(),
        ),
        PeopleError::Database(error) => error.into(),
    }
}
