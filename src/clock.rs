//! The time: the only place that asks the system for it, so that tests can stand still.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// Tells the time. Cloning shares it: a test that moves one copy moves all.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    fixed: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stands at `instant` until it is set again.
    #[must_use]
    pub fn fixed(instant: DateTime<Utc>) -> Self {
        Self {
            fixed: Some(Arc::new(Mutex::new(instant))),
        }
    }

    /// Sets a fixed clock; the system's clock is left alone.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Some(fixed) = &self.fixed {
            *fixed.lock().unwrap_or_else(PoisonError::into_inner) = instant;
        }
    }

    /// This instant.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system's clock"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        self.fixed.as_ref().map_or_else(Utc::now, |fixed| {
            *fixed.lock().unwrap_or_else(PoisonError::into_inner)
        })
    }

    /// The calendar day that it is in `zone` now.
    #[must_use]
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }
}
