//! What the model says about undo. A change is taken back if everything that it touched is as it left it, and nothing came to depend on it.

use budget::ids::ChangeId;
use budget::ledger::history::Noun;
use uuid::Uuid;

use super::command::Told;
use super::merge_rules::carried_out;
use super::model::{Change, Item, Moved, Work};
use super::state::{Entry, Refusal, Thing, sign_of};

/// A thing of the set-up, as a change wrote it down.
type Setting = (Uuid, Option<Thing>, Option<Thing>);

fn blocked<T>(why: &'static str) -> Result<T, Refusal> {
    Err(Refusal::Blocked(why))
}

/// Entries may need it: it was deleted or archived.
fn comes_first((_, before, after): &Setting) -> bool {
    before.as_ref().is_some_and(|before| {
        let after = after.as_ref();
        after.is_none_or(|after| before.is_active() && !after.is_active())
    })
}

impl Work<'_> {
    pub fn undo(&mut self, change: ChangeId) -> Result<Told, Refusal> {
        let found = self.model.changes.iter().position(|one| one.id == change);
        let place = found.ok_or(Refusal::NotFound)?;
        let change = &self.model.changes[place];
        if change.is_undone {
            return blocked("undone already");
        }
        let (mut settings, mut entries, mut imported, mut moves) = (vec![], vec![], vec![], vec![]);
        for item in change.items.clone() {
            match item {
                // The household's own category that came with the first transfer stays.
                Item::Thing { .. } if change.action.starts_with("transaction.") => {}
                Item::Thing { id, before, after } => settings.push((id, before, after)),
                Item::Entry { id, before, after } => entries.push((id, before, after)),
                Item::Imported(id) => imported.push(id),
                Item::Moved(one) => moves.push(one),
            }
        }
        let (first, last): (Vec<_>, Vec<_>) = settings.into_iter().partition(comes_first);
        let root = self.root(change);
        // What was archived when it was deleted takes back what is its own before it is archived again.
        let mut again = Vec::new();
        for setting in first {
            self.take_setting_back(setting, true)?;
            if let Some(Item::Thing {
                id,
                before: None,
                after: Some(after),
            }) = self.items.last()
                && !after.is_active()
            {
                again.push((*id, after.archived));
            }
        }
        for (id, _) in &again {
            self.state.things.get_mut(id).unwrap().archived = None;
        }
        self.all_there(&entries, &moves)?;
        let back = self.moves_back(&moves)?;
        for (id, before, after) in &entries {
            self.take_entry_back(*id, before.as_ref(), after.as_ref())?;
        }
        for id in &imported {
            self.take_out(*id, place)?;
        }
        let is_gone = |id: &Uuid| !self.state.entries.contains_key(id);
        let mut removed = entries.iter().map(|(id, ..)| id).chain(&imported);
        if removed.any(|id| is_gone(id) && !self.state.refunds_of(*id).is_empty()) {
            return blocked("a refund gives it back");
        }
        for (id, archived) in again {
            self.state.things.get_mut(&id).unwrap().archived = archived;
        }
        self.items.extend(back.into_iter().map(Item::Moved));
        for setting in last {
            // What came along with an import, or with the first transfer, stays if it is used by now.
            let thing = setting.1.as_ref().or(setting.2.as_ref()).unwrap();
            let came_along =
                root == "import" || (thing.noun == Noun::Category && !root.starts_with("category."));
            self.take_setting_back(setting, !came_along)?;
        }
        if self.items.is_empty() {
            return blocked("nothing is left of it");
        }
        Ok(Told::Undone(change.action.to_owned()))
    }

    /// What was done in the first place.
    fn root(&self, change: &Change) -> &'static str {
        match change.undoes {
            Some(place) => self.root(&self.model.changes[place]),
            None => change.action,
        }
    }

    fn take_setting_back(&mut self, (id, before, after): Setting, is_strict: bool) -> Result<(), Refusal> {
        match (before, after, self.state.things.get(&id).cloned()) {
            (None, Some(_), Some(_)) if self.state.is_used(id) => {
                if is_strict {
                    return blocked("what was added is used");
                }
            }
            (None, Some(_), Some(_)) => self.put_thing(id, None),
            (None, _, None) if !is_strict => {}
            (Some(mut before), None, None) => {
                self.name_is_free(id, &before)?;
                before.version += 1;
                self.put_thing(id, Some(before));
            }
            (Some(before), Some(after), Some(now)) => self.change_back(id, &before, &after, &now)?,
            (_, _, None) => return blocked("the thing is gone"),
            (_, None, Some(_)) => return blocked("it is there already"),
        }
        Ok(())
    }

    /// Only what the change changed goes back: a new name does not stand in the way of an old percentage.
    fn change_back(&mut self, id: Uuid, before: &Thing, after: &Thing, now: &Thing) -> Result<(), Refusal> {
        let mut target = now.clone();
        let mut is_other = false;
        macro_rules! back {
            ($field:ident) => {
                if before.$field != after.$field {
                    is_other |= now.$field != after.$field;
                    target.$field = before.$field.clone();
                }
            };
        }
        back!(name);
        back!(word);
        back!(percent);
        back!(position);
        back!(archived);
        if is_other {
            return blocked("the thing was changed again");
        }
        target.version += 1;
        self.name_is_free(id, &target)?;
        let is_archived_again = now.is_active() && !target.is_active();
        if is_archived_again && self.state.holds_money(id) {
            return blocked("it holds money by now");
        }
        if target.noun == Noun::Category && target.word != now.word && self.state.is_used(id) {
            return blocked("the sign is fixed by now");
        }
        if is_archived_again {
            // As archiving does: the percentage becomes free.
            target.percent = 0;
        } else if !target.is_active() && target.percent != 0 {
            return blocked("an archived bucket takes no income");
        }
        self.put_thing(id, Some(target));
        Ok(())
    }

    fn name_is_free(&self, id: Uuid, thing: &Thing) -> Result<(), Refusal> {
        if thing.is_active() && self.state.is_taken(thing.noun, &thing.name, Some(id)) {
            return blocked("the name was given to another");
        }
        Ok(())
    }

    /// What entries come back to must be there, and where things were moved to: otherwise they were moved on.
    fn all_there(
        &self,
        entries: &[(Uuid, Option<Entry>, Option<Entry>)],
        moves: &[Moved],
    ) -> Result<(), Refusal> {
        let mut needed = Vec::new();
        let returning = entries.iter().filter_map(|(_, before, _)| before.as_ref());
        for entry in returning.clone() {
            needed.push(entry.category);
            needed.extend(entry.lines.iter().flat_map(|line| [line.location, line.bucket]));
            needed.extend(entry.shares.iter().map(|(bucket, _)| *bucket));
        }
        for one in moves {
            let lines = one.lines.iter().flat_map(|(_, was, is)| [*was, *is]);
            needed.extend(lines.flat_map(|line| [line.location, line.bucket]));
            needed.extend(one.shares.iter().flat_map(|(_, was, is)| [was.0, is.0]));
            needed.extend(one.category.iter().flat_map(|(was, is)| [*was, *is]));
        }
        if needed.iter().any(|id| !self.state.things.contains_key(id)) {
            return blocked("something it names is gone");
        }
        let comes_back = |id| {
            let mut found = entries.iter();
            found.any(|(entry, before, _)| *entry == id && before.is_some())
        };
        let mut originals = returning.filter_map(|entry| entry.refund_of);
        if originals.any(|id| !self.state.entries.contains_key(&id) && !comes_back(id)) {
            return blocked("what the refund gives back is gone");
        }
        Ok(())
    }

    /// Moves back what is still where it was moved to; the lines and shares of a split together or not at all.
    fn moves_back(&mut self, moves: &[Moved]) -> Result<Vec<Moved>, Refusal> {
        let mut done = Vec::new();
        for one in moves {
            let Some(now) = self.state.entries.get(&one.id).cloned() else {
                continue;
            };
            let mut back = Moved {
                id: one.id,
                category: one
                    .category
                    .filter(|(_, is)| *is == now.category)
                    .map(|(was, is)| (is, was)),
                lines: Vec::new(),
                shares: Vec::new(),
            };
            for (place, was, is) in &one.lines {
                if now.lines.get(*place) == Some(is) {
                    back.lines.push((*place, *is, *was));
                }
            }
            for (place, was, is) in &one.shares {
                if now.shares.get(*place) == Some(is) {
                    back.shares.push((*place, *is, *was));
                }
            }
            let is_whole = back.lines.len() == one.lines.len() && back.shares.len() == one.shares.len();
            let is_nothing = back.lines.is_empty() && back.shares.is_empty() && back.category.is_none();
            if is_nothing || (!one.shares.is_empty() && !is_whole) {
                continue;
            }
            let entry = carried_out(&now, &back);
            if self.state.things[&entry.category].word != sign_of(entry.kind).as_str() {
                return blocked("the category counts as something else");
            }
            self.check_written(Some(&now), &entry)?;
            self.state.entries.insert(one.id, entry);
            done.push(back);
        }
        Ok(done)
    }

    /// The entry has to be what the change left, apart from its version.
    fn take_entry_back(
        &mut self,
        id: Uuid,
        before: Option<&Entry>,
        after: Option<&Entry>,
    ) -> Result<(), Refusal> {
        let now = self.state.entries.get(&id).cloned();
        let at_version = |entry: &Entry, version| Entry {
            version,
            ..entry.clone()
        };
        if now.as_ref().map(|now| at_version(now, 0)) != after.map(|after| at_version(after, 0)) {
            return blocked("the entry was changed again");
        }
        let lines = |entry: Option<&Entry>| entry.map(|entry| entry.lines.clone()).unwrap_or_default();
        self.check_archived(&lines(now.as_ref()), &lines(before))?;
        let newest = now.iter().chain(before).map(|entry| entry.version).max();
        let target = before.map(|before| at_version(before, newest.unwrap_or(0) + 1));
        if let Some(target) = &target {
            let category = &self.state.things[&target.category];
            let had_it = now.as_ref().is_some_and(|now| now.category == target.category);
            if !category.is_active() && !had_it {
                return blocked("the category is archived");
            }
            if category.word != sign_of(target.kind).as_str() {
                return blocked("the category counts as something else");
            }
            self.check_written(now.as_ref(), target)?;
        }
        self.put_entry(id, target);
        Ok(())
    }

    /// Takes out an entry that came with an import; what was deleted since is gone already.
    fn take_out(&mut self, id: Uuid, import: usize) -> Result<(), Refusal> {
        let Some(entry) = self.state.entries.get(&id).cloned() else {
            return Ok(());
        };
        // Changes that were taken back count for nothing.
        let changes = &self.model.changes;
        let later: Vec<usize> = (0..changes.len())
            .filter(|place| *place != import && changes[*place].touched(id))
            .collect();
        let mut standing = vec![true; changes.len()];
        let mut is_changed = false;
        for place in later.iter().rev().copied() {
            match changes[place].undoes.filter(|undone| later.contains(undone)) {
                _ if !standing[place] => {}
                Some(undone) => standing[undone] = false,
                None => is_changed = true,
            }
        }
        if is_changed {
            return blocked("an imported entry was changed");
        }
        self.check_archived(&entry.lines, &[])?;
        self.put_entry(id, None);
        Ok(())
    }
}
