//! Locations, buckets and categories of a demo household, and from an [`Event`] to the [`Draft`] that the ledger's rules take.

use super::event::{Event, Place, Purpose, Reason, Spot, What};
use crate::ids::{BucketId, CategoryId, LocationId, TransactionId};
use crate::ledger::book::{Bucket, Category, Location};
use crate::ledger::bulk::Additions;
use crate::ledger::{Book, BucketChoice, Cell, Draft, Entry, FlowKind, Kind, LocationKind, Sign};
use crate::money::{Amount, AmountError, Percent};

/// Purposes with their shares of pay, in percent: 100 in sum.
pub(super) const PURPOSES: [(Purpose, i64); 5] = [
    (Purpose::Necessities, 58),
    (Purpose::Economy, 12),
    (Purpose::Education, 8),
    (Purpose::Fun, 17),
    (Purpose::Donation, 5),
];

const PLACES: [(Place, &str, LocationKind); 4] = [
    (Place::Bank, "Main bank", LocationKind::Bank),
    (Place::Savings, "Savings", LocationKind::Savings),
    (Place::Card, "Card", LocationKind::Card),
    (Place::Cash, "Cash", LocationKind::Cash),
];

const REASONS: [(Reason, &str, Sign); 18] = [
    (Reason::Salary, "Salary", Sign::Positive),
    (Reason::Bonus, "Bonus", Sign::Positive),
    (Reason::SideWork, "Side work", Sign::Positive),
    (Reason::Interest, "Interest", Sign::Positive),
    (Reason::TaxRefund, "Tax refund", Sign::Positive),
    (Reason::Housing, "Housing", Sign::Negative),
    (Reason::Groceries, "Groceries", Sign::Negative),
    (Reason::Utilities, "Utilities", Sign::Negative),
    (Reason::Transport, "Transport", Sign::Negative),
    (Reason::Health, "Health", Sign::Negative),
    (Reason::Clothes, "Clothes", Sign::Negative),
    (Reason::Insurance, "Insurance", Sign::Negative),
    (Reason::HomeAndRepairs, "Home and repairs", Sign::Negative),
    (Reason::GoingOut, "Going out", Sign::Negative),
    (Reason::Holidays, "Holidays", Sign::Negative),
    (Reason::Subscriptions, "Subscriptions", Sign::Negative),
    (Reason::CoursesAndBooks, "Courses and books", Sign::Negative),
    (Reason::GiftsAndCharity, "Gifts and charity", Sign::Negative),
];

const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Necessities => "Necessities",
        Purpose::Economy => "Economy",
        Purpose::Education => "Education",
        Purpose::Fun => "Fun",
        Purpose::Donation => "Donation",
    }
}

/// Which way money goes.
#[derive(Clone, Copy)]
enum Way {
    Income,
    Expense,
    /// Back, of the purchase that was stored under this id, where it is known.
    Refund(Option<TransactionId>),
}

/// The names with their ids, as they will be in the household.
pub(super) struct SetUp {
    /// For the rules.
    pub(super) book: Book,
    places: Vec<(Place, LocationId)>,
    purposes: Vec<(Purpose, BucketId)>,
    reasons: Vec<(Reason, CategoryId)>,
    neutral: Vec<(Kind, CategoryId)>,
}

impl SetUp {
    pub(super) fn new() -> Self {
        let mut set_up = Self {
            book: Book::default(),
            places: Vec::new(),
            purposes: Vec::new(),
            reasons: Vec::new(),
            neutral: Vec::new(),
        };
        for (position, (place, name, kind)) in (1..).zip(PLACES) {
            let id = LocationId::new();
            set_up.places.push((place, id));
            set_up.book.locations.push(Location {
                id,
                name: name.to_owned(),
                kind,
                position,
                archived_at: None,
                version: 1,
            });
        }
        for (position, (purpose, percent)) in (1..).zip(PURPOSES) {
            let id = BucketId::new();
            set_up.purposes.push((purpose, id));
            set_up.book.buckets.push(Bucket {
                id,
                name: purpose_name(purpose).to_owned(),
                percent: Percent::from_basis_points(percent * 100).unwrap_or(Percent::ZERO),
                position,
                archived_at: None,
                version: 1,
            });
        }
        for (reason, name, sign) in REASONS {
            let id = set_up.category(name, sign);
            set_up.reasons.push((reason, id));
        }
        for kind in [Kind::Transfer, Kind::Loan, Kind::Adjustment] {
            let id = set_up.category(kind.label(), kind.sign());
            set_up.neutral.push((kind, id));
        }
        set_up
    }

    fn category(&mut self, name: &str, sign: Sign) -> CategoryId {
        let id = CategoryId::new();
        self.book.categories.push(Category {
            id,
            name: name.to_owned(),
            sign,
            archived_at: None,
            version: 1,
        });
        id
    }

    /// What has to be stored before the first entry.
    pub(super) fn additions(&self) -> Additions {
        Additions {
            locations: self.book.locations.clone(),
            buckets: self.book.buckets.clone(),
            categories: self.book.categories.clone(),
            percentages: Vec::new(),
        }
    }

    /// An event as somebody would record it; a refund names the purchase that was stored as `original`.
    ///
    /// # Errors
    /// When its amount is out of range.
    pub(super) fn draft(&self, event: &Event, original: Option<TransactionId>) -> Result<Draft, AmountError> {
        let amount = Amount::from_minor(event.minor)?;
        let entry = match event.what {
            What::Pay(reason) => Entry::Flow {
                kind: FlowKind::Income,
                refund: false,
                refund_of: None,
                amount,
                category: self.reason(reason),
                location: self.place(Place::Bank),
                bucket: BucketChoice::Split,
            },
            What::Income(reason, spot) => self.flow(Way::Income, amount, reason, spot),
            What::Expense { reason, spot, .. } => self.flow(Way::Expense, amount, reason, spot),
            What::Refund { reason, spot, .. } => self.flow(Way::Refund(original), amount, reason, spot),
            What::Transfer(from, to) => Entry::Transfer {
                amount,
                from: self.cell(from),
                to: self.cell(to),
                category: Some(self.neutral(Kind::Transfer)),
            },
            What::Loan(direction, counterparty, spot) => Entry::Loan {
                direction,
                amount,
                counterparty: counterparty.to_owned(),
                cell: self.cell(spot),
                category: Some(self.neutral(Kind::Loan)),
            },
            What::Opening(spot) => Entry::Adjustment {
                amount,
                cell: self.cell(spot),
                category: Some(self.neutral(Kind::Adjustment)),
            },
        };
        Ok(Draft {
            date: event.date,
            description: event.description.clone().into_owned(),
            entry,
        })
    }

    fn flow(&self, way: Way, amount: Amount, reason: Reason, spot: Spot) -> Entry {
        let Cell { location, bucket } = self.cell(spot);
        let (kind, refund, refund_of) = match way {
            Way::Income => (FlowKind::Income, false, None),
            Way::Expense => (FlowKind::Expense, false, None),
            Way::Refund(original) => (FlowKind::Expense, true, original),
        };
        Entry::Flow {
            kind,
            refund,
            refund_of,
            amount,
            category: self.reason(reason),
            location,
            bucket: BucketChoice::One(bucket),
        }
    }

    fn cell(&self, (place, purpose): Spot) -> Cell {
        Cell {
            location: self.place(place),
            bucket: find(&self.purposes, purpose),
        }
    }

    fn place(&self, place: Place) -> LocationId {
        find(&self.places, place)
    }

    fn reason(&self, reason: Reason) -> CategoryId {
        find(&self.reasons, reason)
    }

    fn neutral(&self, kind: Kind) -> CategoryId {
        find(&self.neutral, kind)
    }
}

/// The id of a word. All words are listed above; a word that is not would get an id that the rules refuse.
fn find<Word: Copy + PartialEq, Id: Copy + Default>(all: &[(Word, Id)], word: Word) -> Id {
    all.iter()
        .find(|(known, _)| *known == word)
        .map_or_else(Id::default, |(_, id)| *id)
}
