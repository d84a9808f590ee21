//! What the model says about merging two things, and about archiving one with its money.

use budget::ids::{BucketId, LocationId};
use budget::ledger::Kind;
use budget::ledger::history::Noun;
use budget::ledger::merge::Pair;
use budget::ledger::retire::Retire;
use chrono::NaiveDate;
use uuid::Uuid;

use super::command::Told;
use super::model::{Item, Moved, Work};
use super::state::{Entry, Line, Refusal, moves_nothing, names};

/// What is merged, by noun.
pub fn parts(pair: Pair) -> (Noun, Uuid, Uuid) {
    match pair {
        Pair::Locations { source, target } => (Noun::Location, source.uuid(), target.uuid()),
        Pair::Buckets { source, target } => (Noun::Bucket, source.uuid(), target.uuid()),
        Pair::Categories { source, target } => (Noun::Category, source.uuid(), target.uuid()),
    }
}

/// What a merge moves in an entry.
fn moved(id: Uuid, entry: &Entry, source: Uuid, target: Uuid) -> Moved {
    let turned = |id: Uuid| if id == source { target } else { id };
    let lines = entry.lines.iter().enumerate().filter_map(|(place, was)| {
        let is = Line {
            location: turned(was.location),
            bucket: turned(was.bucket),
            ..*was
        };
        (is != *was).then_some((place, *was, is))
    });
    let shares = entry
        .shares
        .iter()
        .enumerate()
        .filter(|(_, (bucket, _))| *bucket == source)
        .map(|(place, was)| (place, *was, (target, was.1)));
    Moved {
        id,
        category: (entry.category == source).then_some((source, target)),
        lines: lines.collect(),
        shares: shares.collect(),
    }
}

/// An entry after a move.
pub fn carried_out(entry: &Entry, moved: &Moved) -> Entry {
    let mut entry = entry.clone();
    for (place, _, is) in &moved.lines {
        entry.lines[*place] = *is;
    }
    for (place, _, is) in &moved.shares {
        entry.shares[*place] = *is;
    }
    if let Some((_, is)) = moved.category {
        entry.category = is;
    }
    entry.version += 1;
    entry
}

impl Work<'_> {
    pub fn merge(&mut self, pair: Pair) -> Result<Told, Refusal> {
        let (noun, source, target) = parts(pair);
        let from = self.known(noun, source)?;
        let Some(mut into) = self.state.thing(noun, target).cloned() else {
            return Err(Refusal::Invalid("merged into nothing"));
        };
        if source == target {
            return Err(Refusal::Invalid("merged into itself"));
        }
        if !into.is_active() {
            return Err(Refusal::Blocked("the target is archived"));
        }
        if noun == Noun::Category && from.word != into.word {
            return Err(Refusal::Invalid("merged into another sign"));
        }
        let concerned = self
            .state
            .entries
            .iter()
            .filter(|(_, entry)| names(entry, source));
        let (mut gone, mut moves) = (Vec::new(), Vec::new());
        for (id, entry) in concerned {
            let one = moved(*id, entry, source, target);
            if entry.kind == Kind::Transfer && moves_nothing(&carried_out(entry, &one).lines) {
                gone.push(*id);
            } else {
                moves.push(one);
            }
        }
        for id in &gone {
            self.put_entry(*id, None);
        }
        self.put_thing(source, None);
        if from.percent != 0 {
            into.percent += from.percent;
            into.version += 1;
            self.put_thing(target, Some(into));
        }
        let count = |number: usize| i64::try_from(number).unwrap();
        let told = Told::Effect(count(moves.len()), count(gone.len()), from.percent);
        for one in moves {
            let entry = carried_out(&self.state.entries[&one.id], &one);
            self.state.entries.insert(one.id, entry);
            self.items.push(Item::Moved(one));
        }
        Ok(told)
    }

    /// One transfer a cell, then it is archived.
    pub fn retire(&mut self, retire: Retire, today: NaiveDate) -> Result<Told, Refusal> {
        let (noun, from, to) = match retire {
            Retire::Location { from, to } => (Noun::Location, from.uuid(), to.uuid()),
            Retire::Bucket { from, to } => (Noun::Bucket, from.uuid(), to.uuid()),
        };
        let thing = self.known(noun, from)?;
        let target = self.state.thing(noun, to);
        if target.is_none_or(|target| from == to || !target.is_active()) {
            return Err(Refusal::Invalid("the money can go nowhere"));
        }
        if !thing.is_active() {
            return Err(Refusal::Blocked("archived already"));
        }
        let cells = self.state.cells();
        let other = if noun == Noun::Location {
            Noun::Bucket
        } else {
            Noun::Location
        };
        let mut moves = Vec::new();
        for id in self.state.ordered(other) {
            let cell = |end| {
                if noun == Noun::Location {
                    (end, id)
                } else {
                    (id, end)
                }
            };
            let held = cells.get(&cell(from)).map_or(0, |(amount, _)| *amount);
            if held.abs() >= 1_000_000_000_000_000 {
                return Err(Refusal::Blocked("more than a transfer can move"));
            }
            if held != 0 {
                let (out, into) = if held > 0 { (from, to) } else { (to, from) };
                moves.push((cell(out), cell(into), held.abs()));
            }
        }
        for ((out_location, out_bucket), (location, bucket), amount) in &moves {
            let category = self.built_in(Kind::Transfer)?;
            let out = Line {
                location: *out_location,
                bucket: *out_bucket,
                amount: -amount,
            };
            let into = Line {
                location: *location,
                bucket: *bucket,
                amount: *amount,
            };
            let entry = Entry {
                version: 1,
                date: today,
                kind: Kind::Transfer,
                description: format!("Moved out of {}", thing.name),
                category,
                counterparty: None,
                refund_of: None,
                amount: *amount,
                lines: vec![out, into],
                shares: Vec::new(),
                key: None,
            };
            let id = self.next_id("transaction");
            self.put_entry(id, Some(entry));
        }
        self.archive(noun, from)?;
        let typed = |(location, bucket)| (LocationId::from(location), BucketId::from(bucket));
        Ok(Told::Moves(
            moves
                .into_iter()
                .map(|(out, into, amount)| (typed(out), typed(into), amount))
                .collect(),
        ))
    }
}
