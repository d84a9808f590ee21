//! Drawing names, percentages, merges, and what is archived with its money.

use budget::ledger::history::Noun;
use budget::ledger::merge::Pair;
use budget::ledger::retire::Retire;
use budget::ledger::{LocationKind, Sign};
use uuid::Uuid;

use super::command::Command;
use super::draw::{Draw, NOUNS};

impl Draw<'_> {
    pub fn name(&mut self, noun: Noun) -> String {
        let names = match noun {
            Noun::Location => [
                "Giro", "giro", "Purse", "Box", "Safe", "Tin", "Jar", "Vault", "Chest", " Till ",
            ],
            Noun::Bucket => [
                "Needs",
                "needs",
                "Fun",
                "Gifts",
                "Future",
                "Trips",
                "Rainy day",
                "Tools",
                "Garden",
                " Pets",
            ],
            _ => [
                "Pay", "pay", "Food", "Rent", "Books", "Move", "Bonus", "Fees", "Tea", "Swap ",
            ],
        };
        match self.dice.roll(40) {
            0 => self
                .dice
                .pick(&["_Total", "*", "", " ", "Transfer", "Loan", "Adjustment"])
                .to_owned(),
            1 => "x".repeat(256),
            _ => self.dice.pick(&names).to_owned(),
        }
    }

    pub fn add(&mut self, noun: Noun) -> Command {
        let name = self.name(noun);
        match noun {
            Noun::Location => Command::AddLocation(name, self.dice.pick(LocationKind::ALL)),
            Noun::Bucket => {
                let left = 10_000 - self.model.state.percent_sum();
                let percent = match self.dice.roll(4) {
                    0 => 0,
                    1 => self.dice.number(10_001),
                    _ => self.dice.number(left + 1),
                };
                Command::AddBucket(name, percent)
            }
            _ => Command::AddCategory(name, self.dice.pick(Sign::ALL)),
        }
    }

    pub fn rename(&mut self) -> Command {
        let noun = self.dice.pick(&NOUNS);
        let id = self.thing(noun);
        let thing = self.model.state.thing(noun, id).cloned();
        let version = thing.as_ref().map_or(1, |thing| thing.version);
        let version = self.version(id, version);
        let name = match thing.as_ref().filter(|_| self.dice.once_in(3)) {
            Some(thing) => thing.name.clone(),
            None => self.name(noun),
        };
        let word = thing.filter(|_| !self.dice.once_in(3)).map(|thing| thing.word);
        match noun {
            Noun::Location => {
                let kind = word.map(|word| word.parse().unwrap());
                Command::EditLocation(
                    id,
                    version,
                    name,
                    kind.unwrap_or_else(|| self.dice.pick(LocationKind::ALL)),
                )
            }
            Noun::Bucket => {
                let percentages = match (self.dice.roll(3), self.percentages()) {
                    (0, Command::Percentages(wanted)) => wanted,
                    _ => Vec::new(),
                };
                let percentages = percentages.into_iter().map(|(id, percent, _)| (id, percent));
                Command::EditBucket(id, version, name, percentages.collect())
            }
            _ => {
                let sign = word.map(|word| word.parse().unwrap());
                Command::EditCategory(
                    id,
                    version,
                    name,
                    sign.unwrap_or_else(|| self.dice.pick(Sign::ALL)),
                )
            }
        }
    }

    /// Mostly 100 % in sum, in steps that leave remainders.
    pub fn percentages(&mut self) -> Command {
        let mut buckets = self.model.state.active(Noun::Bucket);
        let sum = match self.dice.roll(12) {
            0 => 10_001 + self.dice.number(500),
            1 => self.dice.number(10_000),
            _ => 10_000,
        };
        let mut cuts: Vec<i64> = (1..buckets.len()).map(|_| self.dice.number(10_000)).collect();
        cuts.extend([0, sum.min(10_000)]);
        cuts.sort_unstable();
        let mut parts: Vec<i64> = cuts.windows(2).map(|cut| cut[1] - cut[0]).collect();
        if let Some(last) = parts.last_mut()
            && sum > 10_000
        {
            *last = (*last + sum - 10_000).min(10_000);
        }
        if self.dice.once_in(12) {
            buckets.insert(0, self.thing(Noun::Bucket));
            parts.insert(0, 0);
        }
        let mut wanted = Vec::new();
        for (id, percent) in buckets.into_iter().zip(parts) {
            let now = self.model.state.things.get(&id).map_or(1, |thing| thing.version);
            let version = if self.dice.once_in(12) {
                self.version(id, now)
            } else {
                now
            };
            wanted.push((id.into(), percent, version));
        }
        Command::Percentages(wanted)
    }

    pub fn merge(&mut self, noun: Noun) -> Command {
        let (source, mut target) = (self.thing(noun), self.thing(noun));
        // An archived one is as good a source.
        let archived = self.all(noun, |id| self.model.state.is_archived(id));
        let source = if self.dice.once_in(4) && !archived.is_empty() {
            self.dice.pick(&archived)
        } else {
            source
        };
        let word = |id: &Uuid| self.model.state.things.get(id).map(|thing| thing.word);
        let fitting = self.all(noun, |id| {
            id != source && !self.model.state.is_archived(id) && word(&id) == word(&source)
        });
        if noun == Noun::Category && !fitting.is_empty() && !self.dice.once_in(6) {
            target = self.dice.pick(&fitting);
        }
        Command::Merge(match noun {
            Noun::Location => Pair::Locations {
                source: source.into(),
                target: target.into(),
            },
            Noun::Bucket => Pair::Buckets {
                source: source.into(),
                target: target.into(),
            },
            _ => Pair::Categories {
                source: source.into(),
                target: target.into(),
            },
        })
    }

    pub fn retire(&mut self) -> Command {
        let noun = self.dice.pick(&NOUNS[..2]);
        let (from, to) = (self.thing(noun), self.thing(noun));
        Command::Retire(match noun {
            Noun::Location => Retire::Location {
                from: from.into(),
                to: to.into(),
            },
            _ => Retire::Bucket {
                from: from.into(),
                to: to.into(),
            },
        })
    }
}
