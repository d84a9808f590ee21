//! Drawing commands: mostly sensible ones, some that must be refused.

use std::collections::BTreeMap;

use budget::ids::{ChangeId, TransactionId};
use budget::ledger::Sign;
use budget::ledger::history::Noun;
use budget::ledger::order::Towards;
use uuid::Uuid;

use super::command::Command;
use super::dice::Dice;
use super::import_rules::Row;
use super::model::{Item, Model};
use super::state::Line;

/// Ids of another household, which are as unknown as any.
#[derive(Debug, Clone, Copy)]
pub struct Foreign {
    pub location: Uuid,
    pub bucket: Uuid,
    pub category: Uuid,
    pub entry: Uuid,
    pub change: ChangeId,
}

/// The versions that somebody saw last.
pub type Seen = BTreeMap<Uuid, i32>;

/// What a command is drawn from.
pub struct Draw<'a> {
    pub model: &'a Model,
    pub dice: &'a mut Dice,
    pub seen: &'a mut Seen,
    pub foreign: Foreign,
    /// Rows of earlier files.
    pub rows: &'a mut Vec<Row>,
}

/// So many entries are enough: more are not recorded, but deleted.
const ENTRIES_MAX: usize = 150;

pub const NOUNS: [Noun; 3] = [Noun::Location, Noun::Bucket, Noun::Category];

impl Draw<'_> {
    pub fn command(&mut self) -> Command {
        let is_full = self.model.state.entries.len() > ENTRIES_MAX;
        for noun in NOUNS {
            let active = self.model.state.active(noun).len();
            if active < 3 && self.dice.once_in(3) {
                return self.add(noun);
            }
            if active > 7 && self.dice.once_in(8) {
                return self.merge(noun);
            }
        }
        for sign in Sign::ALL {
            if self.categories(*sign).is_empty() && self.dice.once_in(3) {
                return Command::AddCategory(self.name(Noun::Category), *sign);
            }
        }
        match self.dice.roll(100) {
            0..26 if !is_full => self.record(),
            0..26 => self.delete_old(),
            26..39 => self.edit(),
            39..43 => self.delete(),
            43..66 => self.undo(),
            66..69 => {
                let noun = self.dice.pick(&NOUNS);
                self.add(noun)
            }
            69..74 => self.rename(),
            74..77 => {
                let noun = self.dice.pick(&NOUNS);
                let id = self.unused_or_any(noun);
                Command::Archive(noun, id)
            }
            77..81 => {
                let noun = self.dice.pick(&NOUNS);
                let archived = self.all(noun, |id| self.model.state.is_archived(id));
                if archived.is_empty() && !self.dice.once_in(4) {
                    self.retire()
                } else if archived.is_empty() || self.dice.once_in(8) {
                    Command::Restore(noun, self.thing(noun))
                } else {
                    Command::Restore(noun, self.dice.pick(&archived))
                }
            }
            81..84 => {
                let noun = self.dice.pick(&NOUNS);
                let id = self.unused_or_any(noun);
                Command::Remove(noun, id)
            }
            84..88 => self.percentages(),
            88..91 => {
                let noun = self.dice.pick(&NOUNS[..2]);
                let towards = self.dice.pick(&[Towards::Earlier, Towards::Later]);
                Command::Shift(noun, self.thing(noun), towards)
            }
            91..94 => {
                let noun = self.dice.pick(&NOUNS);
                self.merge(noun)
            }
            94..97 => self.retire(),
            _ => Command::Import(self.file()),
        }
    }

    pub fn all(&self, noun: Noun, wanted: impl Fn(Uuid) -> bool) -> Vec<Uuid> {
        let mut all = self.model.state.ordered(noun);
        all.retain(|id| wanted(*id));
        all
    }

    /// Mostly one in use; sometimes an archived one, seldom a stranger's.
    pub fn thing(&mut self, noun: Noun) -> Uuid {
        let state = &self.model.state;
        let found = if self.dice.once_in(14) {
            state.ordered(noun)
        } else {
            state.active(noun)
        };
        if found.is_empty() || self.dice.once_in(80) {
            return match noun {
                Noun::Location => self.foreign.location,
                Noun::Bucket => self.foreign.bucket,
                _ => self.foreign.category,
            };
        }
        self.dice.pick(&found)
    }

    /// Those in use that count as `sign`.
    pub fn categories(&self, sign: Sign) -> Vec<Uuid> {
        let things = &self.model.state.things;
        self.all(Noun::Category, |id| {
            things[&id].word == sign.as_str() && things[&id].is_active()
        })
    }

    fn unused_or_any(&mut self, noun: Noun) -> Uuid {
        let unused = self.all(noun, |id| {
            !self.model.state.is_archived(id) && !self.model.state.holds_money(id)
        });
        if unused.is_empty() || self.dice.once_in(2) {
            self.thing(noun)
        } else {
            self.dice.pick(&unused)
        }
    }

    /// The version somebody would send: what they saw, which may be long ago, or what is there now.
    pub fn version(&mut self, id: Uuid, now: i32) -> i32 {
        if self.dice.once_in(3) {
            *self.seen.entry(id).or_insert(now)
        } else {
            self.seen.insert(id, now);
            now
        }
    }

    /// One of the newest entries, or any; seldom one that is gone or a stranger's.
    pub fn entry(&mut self) -> TransactionId {
        let all: Vec<Uuid> = self.model.state.entries.keys().rev().copied().collect();
        if self.dice.once_in(40) {
            let gone = self.model.changes.iter().rev().flat_map(|change| &change.items);
            let gone = gone.filter_map(|item| match item {
                Item::Entry { id, after: None, .. } => Some(*id),
                _ => None,
            });
            let gone: Vec<_> = gone.take(10).chain([self.foreign.entry]).collect();
            return self.dice.pick(&gone).into();
        }
        if all.is_empty() {
            return self.foreign.entry.into();
        }
        let most = if self.dice.once_in(2) { all.len() } else { 8 };
        self.dice.pick(&all[..most.min(all.len())]).into()
    }

    fn record(&mut self) -> Command {
        Command::Record(self.draft())
    }

    fn edit(&mut self) -> Command {
        let id = self.entry();
        let stored = self.model.state.entries.get(&id.uuid()).cloned();
        let version = stored.as_ref().map_or(1, |stored| stored.version);
        let version = self.version(id.uuid(), version);
        let draft = match stored {
            Some(stored) if !self.dice.once_in(3) => self.draft_of(&stored),
            _ => self.draft(),
        };
        Command::Edit(id, version, draft)
    }

    fn delete(&mut self) -> Command {
        let id = self.entry();
        let stored = self.model.state.entries.get(&id.uuid());
        let version = stored.map_or(1, |stored| stored.version);
        let version = self.version(id.uuid(), version);
        Command::Delete(id, (!self.dice.once_in(4)).then_some(version))
    }

    /// One of the entries that nothing archived holds fast.
    fn delete_old(&mut self) -> Command {
        let state = &self.model.state;
        let is_free = |line: &Line| !state.is_archived(line.location) && !state.is_archived(line.bucket);
        let entries = state
            .entries
            .iter()
            .filter(|(_, entry)| entry.lines.iter().all(is_free));
        let free: Vec<_> = entries.map(|(id, entry)| (*id, entry.version)).collect();
        if free.is_empty() {
            return self.delete();
        }
        let (id, version) = self.dice.pick(&free);
        Command::Delete(id.into(), Some(version))
    }

    /// Mostly something recent, by whomever it was.
    fn undo(&mut self) -> Command {
        let count = self.model.changes.len();
        if count == 0 || self.dice.once_in(100) {
            return Command::Undo(self.dice.pick(&[self.foreign.change, ChangeId::new()]));
        }
        let place = match self.dice.roll(8) {
            0 => self.dice.roll(count),
            1..3 => count - 1 - self.dice.roll(count.min(60)),
            _ => count - 1 - self.dice.roll(count.min(8)),
        };
        let change = &self.model.changes[place];
        if change.is_undone && !self.dice.once_in(4) {
            let open = self.model.changes.iter().rev().filter(|change| !change.is_undone);
            let open: Vec<_> = open.take(12).map(|change| change.id).collect();
            return Command::Undo(self.dice.pick(&open));
        }
        Command::Undo(change.id)
    }
}
