//! What the model says about recording, editing and deleting entries.

use budget::ids::{CategoryId, TransactionId};
use budget::ledger::history::Noun;
use budget::ledger::{BucketChoice, Cell, Draft, Entry as Given, Kind, LoanDirection};
use uuid::Uuid;

use super::command::Told;
use super::model::Work;
use super::state::{Entry, Line, Refusal, Share, Thing, divide, sign_of};

/// Amounts stay below this.
const LIMIT: i64 = 1_000_000_000_000_000;

/// What a draft says of money, before it is an entry.
struct Money {
    category: Option<Uuid>,
    counterparty: Option<String>,
    refund_of: Option<Uuid>,
    amount: i64,
    lines: Vec<Line>,
    shares: Vec<Share>,
}

impl Money {
    fn in_one(cell: Cell, amount: i64, category: Option<Uuid>) -> Self {
        Self {
            category,
            counterparty: None,
            refund_of: None,
            amount,
            lines: vec![line(cell, amount)],
            shares: Vec::new(),
        }
    }
}

fn line(cell: Cell, amount: i64) -> Line {
    Line {
        location: cell.location.uuid(),
        bucket: cell.bucket.uuid(),
        amount,
    }
}

fn invalid<T>(why: &'static str) -> Result<T, Refusal> {
    Err(Refusal::Invalid(why))
}

impl Work<'_> {
    pub fn record(&mut self, draft: &Draft) -> Result<Told, Refusal> {
        let money = self.plan(draft, None)?;
        self.check_refund(draft, &money, None)?;
        let entry = self.assemble(draft, money, None)?;
        let id = self.next_id("transaction");
        self.put_entry(id, Some(entry.clone()));
        Ok(told(entry))
    }

    pub fn edit(&mut self, id: TransactionId, version: i32, draft: &Draft) -> Result<Told, Refusal> {
        let id = id.uuid();
        let stored = self.entry_at(id, Some(version))?;
        let money = self.plan(draft, Some(&stored))?;
        self.check_refund(draft, &money, Some((id, &stored)))?;
        self.check_archived(&stored.lines, &money.lines)?;
        let entry = self.assemble(draft, money, Some(&stored))?;
        self.check_written(Some(&stored), &entry)?;
        self.put_entry(id, Some(entry.clone()));
        Ok(told(entry))
    }

    pub fn delete(&mut self, id: TransactionId, version: Option<i32>) -> Result<Told, Refusal> {
        let id = id.uuid();
        let stored = self.entry_at(id, version)?;
        self.check_archived(&stored.lines, &[])?;
        // Its refunds stay, and give back nothing in particular.
        for refund in self.state.refunds_of(id) {
            let mut entry = self.state.entries[&refund].clone();
            entry.refund_of = None;
            entry.version += 1;
            self.put_entry(refund, Some(entry));
        }
        self.put_entry(id, None);
        Ok(told(stored))
    }

    fn entry_at(&self, id: Uuid, version: Option<i32>) -> Result<Entry, Refusal> {
        let stored = self.state.entries.get(&id).ok_or(Refusal::NotFound)?;
        if version.is_some_and(|version| version != stored.version) {
            return Err(Refusal::Stale);
        }
        Ok(stored.clone())
    }

    fn plan(&self, draft: &Draft, stored: Option<&Entry>) -> Result<Money, Refusal> {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        if draft.date < day("1900-01-01") || draft.date > day("2100-12-31") {
            return invalid("day");
        }
        if draft.description.trim().chars().count() > 255 {
            return invalid("description");
        }
        let sign = sign_of(draft.entry.kind()).as_str();
        let above_zero = |minor: i64| if minor > 0 { Ok(minor) } else { invalid("amount") };
        match &draft.entry {
            Given::Flow {
                refund,
                refund_of,
                amount,
                category,
                location,
                bucket,
                ..
            } => {
                let amount = above_zero(amount.minor())?;
                let comes_in = (draft.entry.kind() == Kind::Income) != *refund;
                let amount = if comes_in { amount } else { -amount };
                self.may_name(category.uuid(), sign, stored)?;
                self.may_stand(Noun::Location, location.uuid(), stored)?;
                let money = match bucket {
                    BucketChoice::One(bucket) => {
                        self.may_stand(Noun::Bucket, bucket.uuid(), stored)?;
                        let cell = Cell {
                            location: *location,
                            bucket: *bucket,
                        };
                        Money::in_one(cell, amount, Some(category.uuid()))
                    }
                    BucketChoice::Split | BucketChoice::SplitAnew => {
                        let anew = *bucket == BucketChoice::SplitAnew;
                        let (lines, shares) =
                            self.split(draft.entry.kind(), amount, location.uuid(), anew, stored)?;
                        Money {
                            category: Some(category.uuid()),
                            counterparty: None,
                            refund_of: None,
                            amount,
                            lines,
                            shares,
                        }
                    }
                };
                Ok(Money {
                    refund_of: refund_of.filter(|_| *refund).map(TransactionId::uuid),
                    ..money
                })
            }
            Given::Transfer {
                amount,
                from,
                to,
                category,
            } => {
                let amount = above_zero(amount.minor())?;
                let category = category.map(CategoryId::uuid);
                self.may_name_one(category, sign, stored)?;
                for cell in [from, to] {
                    self.may_stand_in(*cell, stored)?;
                }
                if from == to {
                    return invalid("moves nothing");
                }
                Ok(Money {
                    lines: vec![line(*from, -amount), line(*to, amount)],
                    ..Money::in_one(*to, amount, category)
                })
            }
            Given::Loan {
                direction,
                amount,
                counterparty,
                cell,
                category,
            } => {
                let amount = above_zero(amount.minor())?;
                let category = category.map(CategoryId::uuid);
                self.may_name_one(category, sign, stored)?;
                self.may_stand_in(*cell, stored)?;
                if counterparty.trim().is_empty() {
                    return invalid("counterparty");
                }
                let comes_in = matches!(direction, LoanDirection::Borrowed | LoanDirection::GotBack);
                let amount = if comes_in { amount } else { -amount };
                Ok(Money {
                    counterparty: Some(counterparty.trim().to_owned()),
                    ..Money::in_one(*cell, amount, category)
                })
            }
            Given::Adjustment {
                amount,
                cell,
                category,
            } => {
                if amount.is_zero() {
                    return invalid("amount");
                }
                let category = category.map(CategoryId::uuid);
                self.may_name_one(category, sign, stored)?;
                self.may_stand_in(*cell, stored)?;
                Ok(Money::in_one(*cell, amount.minor(), category))
            }
        }
    }

    /// Lines and shares of a split: new ones by the percentages of today, an edited one by those it was made with, unless it is made anew.
    fn split(
        &self,
        kind: Kind,
        amount: i64,
        location: Uuid,
        anew: bool,
        stored: Option<&Entry>,
    ) -> Result<(Vec<Line>, Vec<Share>), Refusal> {
        if kind != Kind::Income {
            return invalid("only income is split");
        }
        let stored = stored.filter(|stored| !stored.shares.is_empty());
        let kept = stored.filter(|_| !anew);
        let mut shares = match kept {
            Some(kept) => kept.shares.clone(),
            None if self.state.percent_sum() != 10_000 => return invalid("less than 100 %"),
            None => {
                let buckets = self.state.active(Noun::Bucket).into_iter();
                let mut shares: Vec<_> = buckets.map(|id| (id, self.state.things[&id].percent)).collect();
                shares.retain(|(_, percent)| *percent > 0);
                shares
            }
        };
        // What lies in an archived bucket stays when a split is made anew, and from then on: its bucket has a share of nothing.
        let is_fixed = |line: &Line| {
            if kept.is_some() {
                shares.contains(&(line.bucket, 0))
            } else {
                self.state.is_archived(line.bucket)
            }
        };
        let places = stored
            .into_iter()
            .flat_map(|stored| stored.lines.iter().enumerate());
        let fixed: Vec<(usize, Line)> = places
            .filter(|(_, line)| is_fixed(line))
            .map(|(place, line)| (place, *line))
            .collect();
        let rest = amount - fixed.iter().map(|(_, line)| line.amount).sum::<i64>();
        if rest.signum() != amount.signum() || rest.abs() >= LIMIT {
            return invalid("nothing is left beside what is archived");
        }
        let parts = divide(rest, &shares).into_iter();
        let mut lines: Vec<Line> = parts
            .map(|(bucket, amount)| Line {
                location,
                bucket,
                amount,
            })
            .collect();
        for (place, line) in fixed {
            if place > lines.len() {
                return invalid("nothing is left beside what is archived");
            }
            lines.insert(place, line);
            if shares.iter().all(|(bucket, _)| *bucket != line.bucket) {
                shares.push((line.bucket, 0));
            }
        }
        Ok((lines, shares))
    }

    fn may_stand_in(&self, cell: Cell, stored: Option<&Entry>) -> Result<(), Refusal> {
        self.may_stand(Noun::Location, cell.location.uuid(), stored)?;
        self.may_stand(Noun::Bucket, cell.bucket.uuid(), stored)
    }

    /// A location or bucket in use, or one that the entry stands in already.
    fn may_stand(&self, noun: Noun, id: Uuid, stored: Option<&Entry>) -> Result<(), Refusal> {
        let Some(thing) = self.state.thing(noun, id) else {
            return invalid("unknown location or bucket");
        };
        let lines = stored.map_or(&[][..], |stored| &stored.lines);
        if thing.is_active() || lines.iter().any(|line| line.location == id || line.bucket == id) {
            Ok(())
        } else {
            invalid("archived location or bucket")
        }
    }

    fn may_name_one(&self, id: Option<Uuid>, sign: &str, stored: Option<&Entry>) -> Result<(), Refusal> {
        id.map_or(Ok(()), |id| self.may_name(id, sign, stored))
    }

    /// A category of this sign, in use or the entry's own.
    fn may_name(&self, id: Uuid, sign: &str, stored: Option<&Entry>) -> Result<(), Refusal> {
        let Some(category) = self.state.thing(Noun::Category, id) else {
            return invalid("unknown category");
        };
        if !category.is_active() && stored.is_none_or(|stored| stored.category != id) {
            return invalid("archived category");
        }
        if category.word != sign {
            return invalid("category of another sign");
        }
        Ok(())
    }

    /// A refund gives back another entry of its kind that is no refund, and what is given back stays what it is.
    fn check_refund(
        &self,
        draft: &Draft,
        money: &Money,
        stored: Option<(Uuid, &Entry)>,
    ) -> Result<(), Refusal> {
        let kind = draft.entry.kind();
        if let Some(original) = money.refund_of {
            let is_itself = stored.is_some_and(|(id, _)| id == original);
            let found = self.state.entries.get(&original).filter(|_| !is_itself);
            let fits = found
                .is_some_and(|found| found.kind == kind && found.amount.signum() != money.amount.signum());
            if !fits {
                return invalid("refund of something else");
            }
        }
        if let Some((id, stored)) = stored
            && (stored.kind != kind || stored.amount.signum() != money.amount.signum())
            && !self.state.refunds_of(id).is_empty()
        {
            return invalid("it has refunds");
        }
        Ok(())
    }

    fn assemble(&mut self, draft: &Draft, money: Money, stored: Option<&Entry>) -> Result<Entry, Refusal> {
        let kind = draft.entry.kind();
        let category = match money.category {
            Some(category) => category,
            None => self.built_in(kind)?,
        };
        Ok(Entry {
            version: stored.map_or(1, |stored| stored.version + 1),
            date: draft.date,
            kind,
            description: draft.description.trim().to_owned(),
            category,
            counterparty: money.counterparty,
            refund_of: money.refund_of,
            amount: money.amount,
            lines: money.lines,
            shares: money.shares,
            key: stored.and_then(|stored| stored.key.clone()),
        })
    }

    /// The household's own category of a neutral kind, made when it is first needed.
    pub fn built_in(&mut self, kind: Kind) -> Result<Uuid, Refusal> {
        let name = match kind {
            Kind::Transfer => "Transfer",
            Kind::Loan => "Loan",
            _ => "Adjustment",
        };
        let sign = sign_of(kind).as_str();
        let mut categories =
            self.state.things.iter().filter(|(_, thing)| {
                thing.noun == Noun::Category && thing.is_active() && thing.is_called(name)
            });
        match categories.next() {
            Some((id, thing)) if thing.word == sign => Ok(*id),
            Some(_) => invalid("the built-in name is taken"),
            None => {
                let id = self.next_id("category");
                let made = Thing {
                    noun: Noun::Category,
                    name: name.to_owned(),
                    word: sign,
                    percent: 0,
                    position: 0,
                    archived: None,
                    version: 1,
                };
                self.put_thing(id, Some(made));
                Ok(id)
            }
        }
    }
}

/// What lists show of an entry.
fn told(mut entry: Entry) -> Told {
    entry.shares.clear();
    entry.key = None;
    Told::Entry(Box::new(entry))
}
