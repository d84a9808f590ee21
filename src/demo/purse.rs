//! What lies where while a demo is made, so that nobody spends what is not there.

use super::event::{Event, Place, Purpose, Spot, What};
use super::set_up::PURPOSES;

/// Minor units at every place, for every purpose.
#[derive(Debug, Default)]
pub(super) struct Purse([[i64; 5]; 4]);

impl Purse {
    pub(super) fn at(&self, (place, purpose): Spot) -> i64 {
        let purposes = self.0.get(place_index(place));
        purposes
            .and_then(|all| all.get(purpose_index(purpose)))
            .copied()
            .unwrap_or(0)
    }

    /// Takes an event into account.
    pub(super) fn follow(&mut self, event: &Event) {
        let minor = event.minor;
        match event.what {
            What::Pay(_) => {
                for (purpose, percent) in PURPOSES {
                    self.add((Place::Bank, purpose), minor * percent / 100);
                }
            }
            What::Income(_, spot) | What::Refund { spot, .. } | What::Opening(spot) => self.add(spot, minor),
            What::Expense { spot, .. } => self.add(spot, -minor),
            What::Transfer(from, to) => {
                self.add(from, -minor);
                self.add(to, minor);
            }
            What::Loan(direction, _, spot) => {
                self.add(spot, if direction.is_money_in() { minor } else { -minor });
            }
        }
    }

    fn add(&mut self, (place, purpose): Spot, minor: i64) {
        let purposes = self.0.get_mut(place_index(place));
        if let Some(kept) = purposes.and_then(|all| all.get_mut(purpose_index(purpose))) {
            *kept += minor;
        }
    }
}

const fn place_index(place: Place) -> usize {
    match place {
        Place::Bank => 0,
        Place::Savings => 1,
        Place::Card => 2,
        Place::Cash => 3,
    }
}

const fn purpose_index(purpose: Purpose) -> usize {
    match purpose {
        Purpose::Necessities => 0,
        Purpose::Economy => 1,
        Purpose::Education => 2,
        Purpose::Fun => 3,
        Purpose::Donation => 4,
    }
}
