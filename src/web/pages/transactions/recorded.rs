//! What a write answers: the change that can be undone, and a sentence about it. It is remembered with the form's key, so that sending a
//! form again gives the same answer.

use serde::{Deserialize, Serialize};

use super::row;
use crate::households::Member;
use crate::ids::ChangeId;
use crate::ledger::transaction::commands::Done;
use crate::web::flash::Flash;

/// What was done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Recorded {
    change: ChangeId,
    text: String,
}

impl Recorded {
    /// Says what a command did, and what that means for others: `Added Weekly shop, −64.35.`
    pub(super) fn new(verb: &str, member: &Member, done: &Done, aftermath: Option<&str>) -> Self {
        let amount = done
            .after
            .as_ref()
            .or(done.before.as_ref())
            .map_or_else(String::new, |one| format!(", {}", row::amount(member, one)));
        let text = format!("{verb} {}{amount}.", done.title);
        Self {
            change: done.change,
            text: match aftermath {
                Some(sentence) => format!("{text} {sentence}"),
                None => text,
            },
        }
    }

    /// Says something else about a change.
    pub(super) const fn saying(change: ChangeId, text: String) -> Self {
        Self { change, text }
    }

    pub(super) const fn change(&self) -> ChangeId {
        self.change
    }

    /// The message, with the way to take it back.
    pub(super) fn flash(self) -> Flash {
        Flash {
            text: self.text,
            undo: Some(self.change),
        }
    }
}
