//! What the model says about names, percentages and the order.

use std::collections::BTreeMap;

use budget::ids::BucketId;
use budget::ledger::history::Noun;
use budget::ledger::order::Towards;
use uuid::Uuid;

use super::command::Told;
use super::model::Work;
use super::state::{Refusal, Thing};

impl Work<'_> {
    pub fn add_thing(
        &mut self,
        noun: Noun,
        name: &str,
        word: &'static str,
        percent: i64,
    ) -> Result<Told, Refusal> {
        self.may_be_called(noun, name, None)?;
        if self.state.percent_sum() + percent > 10_000 {
            return Err(Refusal::Invalid("more than 100 %"));
        }
        let position = match noun {
            Noun::Category => 0,
            _ => self.state.position_after_all(noun),
        };
        let id = self.next_id(noun.as_str());
        let thing = Thing {
            noun,
            name: name.trim().to_owned(),
            word,
            percent,
            position,
            archived: None,
            version: 1,
        };
        self.put_thing(id, Some(thing));
        Ok(Told::Nothing)
    }

    /// A new name, or another kind or sign.
    pub fn edit_thing(
        &mut self,
        noun: Noun,
        id: Uuid,
        version: i32,
        name: &str,
        word: &'static str,
    ) -> Result<Told, Refusal> {
        let mut thing = self.known(noun, id)?;
        if thing.version != version {
            return Err(Refusal::Stale);
        }
        self.may_be_called(noun, name, Some(id))?;
        if thing.name == name.trim() && thing.word == word {
            return Ok(Told::Nothing);
        }
        if noun == Noun::Category && thing.word != word && self.state.is_used(id) {
            return Err(Refusal::Invalid("the sign is fixed"));
        }
        name.trim().clone_into(&mut thing.name);
        thing.word = word;
        thing.version += 1;
        self.put_thing(id, Some(thing));
        Ok(Told::Nothing)
    }

    /// Whether a name can be given to something new, or to the thing with this id. What is archived may be called as another is.
    fn may_be_called(&self, noun: Noun, name: &str, id: Option<Uuid>) -> Result<(), Refusal> {
        let name = name.trim();
        let is_reserved = match noun {
            Noun::Location => name.to_lowercase() == "_total",
            Noun::Bucket => name.to_lowercase() == "_total" || name == "*",
            _ => false,
        };
        if name.is_empty() || name.chars().count() > 255 || is_reserved {
            return Err(Refusal::Invalid("no name"));
        }
        let is_archived = id.is_some_and(|id| self.state.is_archived(id));
        if !is_archived && self.state.is_taken(noun, name, id) {
            return Err(Refusal::Invalid("the name is taken"));
        }
        Ok(())
    }

    pub fn archive(&mut self, noun: Noun, id: Uuid) -> Result<Told, Refusal> {
        let mut thing = self.known(noun, id)?;
        if !thing.is_active() {
            return Err(Refusal::Blocked("archived already"));
        }
        if self.state.holds_money(id) {
            return Err(Refusal::Blocked("it holds money"));
        }
        thing.archived = Some(self.stamp());
        thing.percent = 0;
        thing.version += 1;
        self.put_thing(id, Some(thing));
        Ok(Told::Nothing)
    }

    pub fn restore(&mut self, noun: Noun, id: Uuid) -> Result<Told, Refusal> {
        let mut thing = self.known(noun, id)?;
        if thing.is_active() {
            return Err(Refusal::Blocked("in use already"));
        }
        if self.state.is_taken(noun, &thing.name, None) {
            return Err(Refusal::Invalid("the name is taken"));
        }
        thing.archived = None;
        thing.version += 1;
        self.put_thing(id, Some(thing));
        Ok(Told::Nothing)
    }

    pub fn remove(&mut self, noun: Noun, id: Uuid) -> Result<Told, Refusal> {
        self.known(noun, id)?;
        if self.state.is_used(id) {
            return Err(Refusal::Blocked("it has entries"));
        }
        self.put_thing(id, None);
        Ok(Told::Nothing)
    }

    /// The page asks first whether somebody's percentage would be overwritten unseen.
    pub fn percentages(&mut self, wanted: &[(BucketId, i64, i32)]) -> Result<Told, Refusal> {
        let is_unseen = wanted.iter().any(|(id, percent, version)| {
            let bucket = self.state.things.get(&id.uuid());
            bucket.is_some_and(|bucket| bucket.percent != *percent && bucket.version != *version)
        });
        if is_unseen {
            return Err(Refusal::Stale);
        }
        let wanted: Vec<_> = wanted.iter().map(|(id, percent, _)| (*id, *percent)).collect();
        for (id, bucket) in self.new_percentages(&wanted)? {
            self.put_thing(id, Some(bucket));
        }
        Ok(Told::Nothing)
    }

    /// The buckets whose percentages become others.
    fn new_percentages(&self, wanted: &[(BucketId, i64)]) -> Result<Vec<(Uuid, Thing)>, Refusal> {
        for (id, _) in wanted {
            if !self.known(Noun::Bucket, id.uuid())?.is_active() {
                return Err(Refusal::Blocked("an archived bucket takes no income"));
            }
        }
        let of = |id: Uuid| wanted.iter().find(|(wanted, _)| wanted.uuid() == id);
        let mut sum = 0;
        let mut changed = Vec::new();
        for id in self.state.active(Noun::Bucket) {
            let mut bucket = self.state.things[&id].clone();
            let percent = of(id).map_or(bucket.percent, |(_, percent)| *percent);
            sum += percent;
            if percent != bucket.percent {
                bucket.percent = percent;
                bucket.version += 1;
                changed.push((id, bucket));
            }
        }
        if sum > 10_000 {
            return Err(Refusal::Invalid("more than 100 %"));
        }
        Ok(changed)
    }

    /// A name and percentages in one step: one version more, whether one of both changes or both do.
    pub fn edit_bucket(
        &mut self,
        id: Uuid,
        version: i32,
        name: &str,
        percentages: &[(BucketId, i64)],
    ) -> Result<Told, Refusal> {
        let mut bucket = self.known(Noun::Bucket, id)?;
        if bucket.version != version {
            return Err(Refusal::Stale);
        }
        self.may_be_called(Noun::Bucket, name, Some(id))?;
        let mut changed: BTreeMap<Uuid, Thing> = self.new_percentages(percentages)?.into_iter().collect();
        if bucket.name != name.trim() {
            bucket.version += 1;
            let bucket = changed.entry(id).or_insert(bucket);
            name.trim().clone_into(&mut bucket.name);
        }
        for (id, bucket) in changed {
            self.put_thing(id, Some(bucket));
        }
        Ok(Told::Nothing)
    }

    /// Past the neighbour in use; then all are numbered from 1. Versions stay.
    pub fn shift(&mut self, noun: Noun, id: Uuid, towards: Towards) -> Result<Told, Refusal> {
        if !self.known(noun, id)?.is_active() {
            return Err(Refusal::Blocked("archived things have no place"));
        }
        let active = self.state.active(noun);
        let place = active.iter().position(|one| *one == id).unwrap();
        let neighbour = match towards {
            Towards::Earlier => place.checked_sub(1).map(|place| active[place]),
            Towards::Later => active.get(place + 1).copied(),
        };
        let Some(neighbour) = neighbour else {
            return Ok(Told::Nothing);
        };
        let mut all = self.state.ordered(noun);
        all.retain(|one| *one != id);
        let beside = all.iter().position(|one| *one == neighbour).unwrap();
        all.insert(beside + usize::from(towards == Towards::Later), id);
        for (position, id) in (1..).zip(all) {
            let mut thing = self.state.things[&id].clone();
            if thing.position != position {
                thing.position = position;
                self.put_thing(id, Some(thing));
            }
        }
        Ok(Told::Nothing)
    }
}
