//! Which entry of the ledger stands for which entry of a file, pure.
//!
//! An entry of the ledger has one fingerprint or two (what it says now, and what it said when it was imported), and stands for one entry of the
//! file with either. As many as possible get their place: whoever has a choice moves aside for others.

use std::collections::{HashMap, HashSet, VecDeque};

use super::fingerprint::Fingerprint;
use crate::ids::TransactionId;

/// The fingerprints of a file, and the entries of a ledger that have them.
#[derive(Debug, Default)]
pub(super) struct Matching {
    spots: HashMap<Fingerprint, Spot>,
    /// Entries with two fingerprints of the file.
    torn: Vec<Torn>,
    /// Fingerprints for which no more entries can be found.
    full: HashSet<Fingerprint>,
}

/// Room for entries of one fingerprint.
#[derive(Debug, Default)]
struct Spot {
    /// How many the file has.
    room: usize,
    /// Entries that have no other choice.
    fixed: Vec<TransactionId>,
    /// Places in `torn` of those who chose this one.
    chosen: Vec<usize>,
}

/// An entry with a choice.
#[derive(Debug)]
struct Torn {
    entry: TransactionId,
    choices: [Fingerprint; 2],
}

impl Torn {
    fn other(&self, than: Fingerprint) -> Fingerprint {
        let [one, other] = self.choices;
        if one == than { other } else { one }
    }
}

impl Matching {
    /// Room for what a file holds.
    pub(super) fn new(file: &[Fingerprint]) -> Self {
        let mut matching = Self::default();
        for fingerprint in file {
            matching.spots.entry(*fingerprint).or_default().room += 1;
        }
        matching
    }

    /// Adds an entry of the ledger.
    pub(super) fn add(
        &mut self,
        entry: TransactionId,
        now: Option<Fingerprint>,
        imported: Option<Fingerprint>,
    ) {
        let known = |one: &Fingerprint| self.spots.contains_key(one);
        let (now, imported) = (now.filter(known), imported.filter(known));
        match (now, imported) {
            (Some(now), Some(imported)) if now != imported => self.torn.push(Torn {
                entry,
                choices: [now, imported],
            }),
            (Some(only), _) | (None, Some(only)) => {
                if let Some(spot) = self.spots.get_mut(&only)
                    && spot.fixed.len() < spot.room
                {
                    spot.fixed.push(entry);
                }
            }
            (None, None) => {}
        }
    }

    /// Gives everybody a place, and returns who is where.
    pub(super) fn settle(mut self) -> HashMap<Fingerprint, Vec<TransactionId>> {
        for place in 0..self.torn.len() {
            self.seat(place);
        }
        let torn = &self.torn;
        let with_choice = |place: &usize| torn.get(*place).map(|torn| torn.entry);
        self.spots
            .into_iter()
            .map(|(fingerprint, mut spot)| {
                spot.fixed.extend(spot.chosen.iter().filter_map(with_choice));
                // They are taken from the end, those who came first at first.
                spot.fixed.reverse();
                (fingerprint, spot.fixed)
            })
            .collect()
    }

    /// Looks for room for one entry, along those who can move aside. What is searched in vain is full for good, and not searched again.
    fn seat(&mut self, place: usize) {
        let Some(choices) = self.torn.get(place).map(|torn| torn.choices) else {
            return;
        };
        // How each spot was reached: who would move there.
        let mut reached: HashMap<Fingerprint, usize> = HashMap::new();
        let mut next: VecDeque<Fingerprint> = VecDeque::new();
        for choice in choices {
            if !self.full.contains(&choice) {
                reached.insert(choice, place);
                next.push_back(choice);
            }
        }
        while let Some(at) = next.pop_front() {
            let Some(spot) = self.spots.get(&at) else { continue };
            if spot.fixed.len() + spot.chosen.len() < spot.room {
                self.move_along(at, place, &reached);
                return;
            }
            for mover in &spot.chosen {
                let Some(to) = self.torn.get(*mover).map(|torn| torn.other(at)) else {
                    continue;
                };
                if !self.full.contains(&to) && !reached.contains_key(&to) {
                    reached.insert(to, *mover);
                    next.push_back(to);
                }
            }
        }
        self.full.extend(reached.into_keys());
    }

    /// Moves everybody on the way to `free` one further, until `newcomer` has a spot.
    fn move_along(&mut self, free: Fingerprint, newcomer: usize, reached: &HashMap<Fingerprint, usize>) {
        let mut to = free;
        while let Some(mover) = reached.get(&to).copied() {
            if let Some(spot) = self.spots.get_mut(&to) {
                spot.chosen.push(mover);
            }
            let Some(from) = self.torn.get(mover).map(|torn| torn.other(to)) else {
                return;
            };
            if mover == newcomer {
                return;
            }
            if let Some(spot) = self.spots.get_mut(&from) {
                spot.chosen.retain(|one| *one != mover);
            }
            to = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many entries of the file are found.
    fn found(file: &[u8], ledger: &[(Option<u8>, Option<u8>)]) -> usize {
        let print = |one: &u8| [*one; 16];
        let file: Vec<Fingerprint> = file.iter().map(print).collect();
        let mut matching = Matching::new(&file);
        for (now, imported) in ledger {
            matching.add(
                TransactionId::new(),
                now.as_ref().map(print),
                imported.as_ref().map(print),
            );
        }
        let mut seen = HashSet::new();
        let mut number = 0;
        for (fingerprint, entries) in matching.settle() {
            let room = file.iter().filter(|one| **one == fingerprint).count();
            assert!(entries.len() <= room);
            for entry in entries {
                assert!(seen.insert(entry), "an entry stands for two");
                number += 1;
            }
        }
        number
    }

    /// The most that can be found, by trying everything.
    fn most(room: &[u8], ledger: &[(Option<u8>, Option<u8>)]) -> usize {
        let Some(((now, imported), rest)) = ledger.split_first() else {
            return 0;
        };
        let mut best = most(room, rest);
        for choice in [now, imported].into_iter().flatten() {
            if let Some(place) = room.iter().position(|one| one == choice) {
                let mut left = room.to_vec();
                left.remove(place);
                best = best.max(1 + most(&left, rest));
            }
        }
        best
    }

    #[test]
    fn edited_entries_are_found_by_both_files() {
        // Two equal rows were imported, and one of the entries was edited.
        let ledger = [(Some(2), Some(1)), (Some(1), Some(1))];
        assert_eq!(found(&[1, 1], &ledger), 2);
        assert_eq!(found(&[2, 1], &ledger), 2);
        assert_eq!(found(&[1, 1, 2], &ledger), 2);
    }

    proptest! {
        #[test]
        fn as_many_as_possible_are_found(
            file in prop::collection::vec(0..5_u8, 0..7),
            ledger in prop::collection::vec((prop::option::of(0..5_u8), prop::option::of(0..5_u8)), 0..7),
        ) {
            prop_assert_eq!(found(&file, &ledger), most(&file, &ledger));
        }
    }
}
