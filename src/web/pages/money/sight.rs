//! The [`Moment`] that the page shows, and what its parts look at.

use chrono::NaiveDate;

use crate::db::{Connection, QueryError};
use crate::households::Member;
use crate::period::{DateRange, DayError, Month, parse_day};
use crate::reports::distribution::{Distribution, Stand};
use crate::reports::month::MonthSums;
use crate::reports::trend::Trend;
use crate::web::error::Error;
use crate::web::form::Fields;
use crate::web::pages::links::Link;
use crate::web::pages::month_ends::{MONTHS, MonthEnds};
use crate::web::pages::number::Pen;

/// Where the page is.
pub(super) const PATH: &str = "/money";

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Now: every entry counts, also those of days to come.
    Now,
    /// The end of a day: only entries up to it count.
    EndOf(NaiveDate),
}

impl Moment {
    /// The day that `date` names; now when it is left empty.
    ///
    /// # Errors
    /// [`DayError`] for what is no day of the ledger.
    pub(super) fn read(fields: &Fields) -> Result<Self, DayError> {
        match fields.text("date").trim() {
            "" => Ok(Self::Now),
            text => parse_day(text).map(Self::EndOf),
        }
    }

    /// What stands after the address of a part of the page: `?date=2026-10-31`, or nothing.
    pub(super) fn query(self) -> String {
        match self {
            Self::Now => String::new(),
            Self::EndOf(day) => format!("?date={day}"),
        }
    }

    /// The address of a part of the page.
    pub(super) fn href(self, path: &str) -> String {
        format!("{path}{}", self.query())
    }

    pub(super) fn is_now(self) -> bool {
        self == Self::Now
    }
}

/// What the parts of the page look at.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) member: &'a Member,
    pub(super) today: NaiveDate,
    pub(super) moment: Moment,
    /// The month that the moment is in.
    pub(super) month: Month,
}

impl<'a> Sight<'a> {
    pub(super) fn new(member: &'a Member, today: NaiveDate, moment: Moment) -> Result<Self, Error> {
        let day = match moment {
            Moment::Now => today,
            Moment::EndOf(day) => day,
        };
        let month =
            Month::of(day).map_err(|error| Error::internal(format!("the clock is wrong: {error}")))?;
        Ok(Self {
            member,
            today,
            moment,
            month,
        })
    }

    pub(super) fn pen(self) -> Pen<'a> {
        Pen::exact(self.member)
    }

    /// The day at whose end it is.
    pub(super) fn day(self) -> NaiveDate {
        match self.moment {
            Moment::Now => self.today,
            Moment::EndOf(day) => day,
        }
    }

    /// The entries behind money that is there at the moment.
    pub(super) fn link(self) -> Link {
        match self.moment {
            Moment::Now => Link::to_all(),
            Moment::EndOf(day) => Link::to_all().until_end_of(day),
        }
    }

    /// The entries since the first of the month that count at the moment.
    pub(super) fn link_since_first(self) -> Link {
        let first = self.month.first_day();
        let days = match self.moment {
            Moment::Now => None,
            Moment::EndOf(day) => DateRange::through(first, day).ok(),
        };
        match days {
            Some(days) => Link::to_all().days(days),
            None => Link::to_all().since(first),
        }
    }

    /// The entries behind what the month brought, up to the moment or as a whole.
    pub(super) fn link_of_month(self) -> Link {
        match self.moment {
            Moment::Now => Link::to_all().month(self.month),
            Moment::EndOf(_) => self.link_since_first(),
        }
    }

    /// The trend as a line.
    pub(super) fn line<'b>(self, trend: &'b Trend, last: &'b str) -> MonthEnds<'b>
    where
        'a: 'b,
    {
        MonthEnds {
            member: self.member,
            ends: &trend.month_ends,
            of: "",
            last,
        }
    }

    /// How the moment is named in a sentence: `now`, `on 31 Oct`.
    pub(super) fn when(self) -> String {
        match self.moment {
            Moment::Now => "now".to_owned(),
            Moment::EndOf(day) => format!("on {}", self.member.dates(self.today).day(day)),
        }
    }
}

/// What the ledger says of the moment.
pub(super) struct Money {
    /// Money, and what the month added to each bucket: up to a day, or now all that is recorded for it.
    pub(super) stand: Stand,
    /// The sums of this month; nothing for a day.
    pub(super) sums: Option<MonthSums>,
}

impl Money {
    pub(super) fn load(conn: &mut Connection, sight: Sight<'_>) -> Result<Self, QueryError> {
        let household = sight.member.household;
        if let Moment::EndOf(day) = sight.moment {
            return Ok(Self {
                stand: Stand::at_end_of(conn, household, day)?,
                sums: None,
            });
        }
        let sums = MonthSums::load(conn, household, sight.month)?;
        Ok(Self {
            stand: Stand {
                money: Distribution::now(conn, household)?,
                month: sums.by_bucket.clone(),
            },
            sums: Some(sums),
        })
    }

    /// The trend up to the moment.
    pub(super) fn trend(&self, conn: &mut Connection, sight: Sight<'_>) -> Result<Trend, QueryError> {
        let (household, today, stand) = (sight.member.household, sight.today, &self.stand);
        match sight.moment {
            Moment::Now => Trend::now(conn, household, today, MONTHS, stand.money.total()),
            Moment::EndOf(day) => Trend::at_end_of(conn, household, day, today, MONTHS, stand),
        }
    }
}
