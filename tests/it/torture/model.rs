//! The model: a [`State`] and the changes that made it. A command is worked out on a copy ([`Work`]), which becomes the state if it goes well.

use std::collections::{BTreeMap, VecDeque};

use budget::ids::ChangeId;
use budget::ledger::history::Noun;
use uuid::Uuid;

use super::state::{Entry, Line, Refusal, Share, State, Thing};

/// What a change did to one thing.
#[derive(Debug, Clone)]
pub enum Item {
    Entry {
        id: Uuid,
        before: Option<Entry>,
        after: Option<Entry>,
    },
    /// Came with a file.
    Imported(Uuid),
    Thing {
        id: Uuid,
        before: Option<Thing>,
        after: Option<Thing>,
    },
    Moved(Moved),
}

/// What a merge moved in one entry: each part with where it was and where it is then.
#[derive(Debug, Clone)]
pub struct Moved {
    pub id: Uuid,
    pub category: Option<(Uuid, Uuid)>,
    pub lines: Vec<(usize, Line, Line)>,
    pub shares: Vec<(usize, Share, Share)>,
}

impl Item {
    /// The word and the id that the history has of it, and whether it knows it before and after.
    pub fn trace(&self) -> (&'static str, Uuid, bool, bool) {
        match self {
            Self::Entry { id, before, after } => ("transaction", *id, before.is_some(), after.is_some()),
            Self::Imported(id) => ("transaction", *id, false, false),
            Self::Thing { id, before, after } => {
                let noun = before.as_ref().or(after.as_ref()).unwrap().noun;
                (noun.as_str(), *id, before.is_some(), after.is_some())
            }
            Self::Moved(moved) => ("moved", moved.id, true, true),
        }
    }
}

/// A change, in the order of the history.
#[derive(Debug, Clone)]
pub struct Change {
    pub id: ChangeId,
    pub action: &'static str,
    /// The place of the change that it takes back.
    pub undoes: Option<usize>,
    pub is_undone: bool,
    pub items: Vec<Item>,
}

impl Change {
    /// Whether it touched this entry.
    pub fn touched(&self, entry: Uuid) -> bool {
        self.items.iter().any(|item| match item {
            Item::Entry { id, .. } | Item::Imported(id) => *id == entry,
            Item::Moved(moved) => moved.id == entry,
            Item::Thing { .. } => false,
        })
    }
}

/// A household in memory.
#[derive(Default)]
pub struct Model {
    pub state: State,
    pub changes: Vec<Change>,
}

/// Ids that the ledger gave out in a command, by noun, in its order.
#[derive(Debug, Default)]
pub struct Fresh(pub BTreeMap<&'static str, VecDeque<Uuid>>);

/// A command while it is worked out.
pub struct Work<'a> {
    pub model: &'a Model,
    pub state: State,
    pub items: Vec<Item>,
    pub fresh: Fresh,
}

impl<'a> Work<'a> {
    pub fn begin(model: &'a Model, fresh: Fresh) -> Self {
        Self {
            model,
            state: model.state.clone(),
            items: Vec::new(),
            fresh,
        }
    }

    /// The next new id; a nameless one where the ledger made none, which the comparison will show.
    pub fn next_id(&mut self, word: &'static str) -> Uuid {
        let ids = self.fresh.0.entry(word).or_default();
        ids.pop_front().unwrap_or_default()
    }

    /// A number for an archiving.
    pub fn stamp(&self) -> u64 {
        u64::try_from(self.model.changes.len()).unwrap()
    }

    /// Puts an entry in place of what is there, or takes it away.
    pub fn put_entry(&mut self, id: Uuid, after: Option<Entry>) {
        let before = match &after {
            Some(entry) => self.state.entries.insert(id, entry.clone()),
            None => self.state.entries.remove(&id),
        };
        self.items.push(Item::Entry { id, before, after });
    }

    /// Puts a thing in place of what is there, or takes it away.
    pub fn put_thing(&mut self, id: Uuid, after: Option<Thing>) {
        let before = match &after {
            Some(thing) => self.state.things.insert(id, thing.clone()),
            None => self.state.things.remove(&id),
        };
        self.items.push(Item::Thing { id, before, after });
    }

    /// A thing that must be there.
    pub fn known(&self, noun: Noun, id: Uuid) -> Result<Thing, Refusal> {
        self.state.thing(noun, id).cloned().ok_or(Refusal::NotFound)
    }

    /// The rule of lines on archived things, by the line: it may stay and it may go, but it is not written.
    pub fn check_written(&self, before: Option<&Entry>, after: &Entry) -> Result<(), Refusal> {
        for (place, line) in after.lines.iter().enumerate() {
            let stays = before.and_then(|before| before.lines.get(place));
            let blocked = match stays {
                None => [line.location, line.bucket, after.category]
                    .into_iter()
                    .any(|id| self.state.is_archived(id)),
                Some(was) => {
                    let differs = was.amount != line.amount;
                    ((differs || was.location != line.location) && self.state.is_archived(line.location))
                        || ((differs || was.bucket != line.bucket) && self.state.is_archived(line.bucket))
                        || (before.is_some_and(|before| before.category != after.category)
                            && self.state.is_archived(after.category))
                }
            };
            if blocked {
                return Err(Refusal::Blocked("a line would be written on something archived"));
            }
        }
        Ok(())
    }

    /// The rule of archived things by the entry: it brings no money there, and takes none away.
    pub fn check_archived(&self, before: &[Line], after: &[Line]) -> Result<(), Refusal> {
        let mut cells: BTreeMap<(Uuid, Uuid), i64> = BTreeMap::new();
        for line in before {
            *cells.entry((line.location, line.bucket)).or_default() -= line.amount;
        }
        for line in after {
            *cells.entry((line.location, line.bucket)).or_default() += line.amount;
        }
        let is_archived =
            |(location, bucket)| self.state.is_archived(location) || self.state.is_archived(bucket);
        if cells
            .into_iter()
            .any(|(cell, change)| change != 0 && is_archived(cell))
        {
            return Err(Refusal::Blocked("archived has to stay at zero"));
        }
        Ok(())
    }
}
