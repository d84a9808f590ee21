//! How often something may be tried: the table of all limits, and the [`Throttle`] that holds them.
//!
//! A try is counted *before* the password or code is looked at, and given back when it was right: so fifty that come at once are not all
//! looked at, and only failures count. Limits count by client (an address, or of IPv6 a network), by account, or both. An account is the
//! address that was typed, whether anybody has it or not, so that the answer tells nothing.

use chrono::{DateTime, TimeDelta, Utc};
use icu_normalizer::ComposingNormalizerBorrowed;

use super::client::Client;
use super::device::Device;
use super::error::Error;
use crate::cache::{Bound, Cache, Counted};
use crate::clock::Clock;
use crate::ids::UserId;

/// Something that may be tried only so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Wrong passwords of one client for one account: 5 in a minute.
    LogInHere,
    /// Wrong passwords of one client for all accounts: 30 in a minute.
    LogInClient,
    /// Wrong passwords for one account from everywhere: 50 in 15 minutes. A browser of an earlier log-in is not counted here.
    LogInAccount,
    /// Wrong passwords in one browser of an earlier log-in: 10 in 15 minutes.
    LogInDevice,
    /// Accounts that one client makes or tries to make: 10 in 10 minutes.
    SignUp,
    /// Demos that one client makes: 10 in 10 minutes.
    Demo,
    /// Mails for a new password that one client asks for: 5 in 15 minutes.
    ResetClient,
    /// Mails for a new password to one account: 3 in 15 minutes.
    ResetAccount,
    /// Mails that confirm an address, to one account: 3 in 15 minutes.
    Confirm,
    /// Refresh tokens of one client that are none: 30 in a minute.
    Refresh,
    /// Wrong codes of one client for one account, whose password it knows: 5 in a minute.
    CodeHere,
    /// Wrong codes for one account from everywhere: 20 in 15 minutes. A browser of an earlier log-in is not counted here.
    CodeAccount,
    /// Wrong codes in one browser of an earlier log-in: 10 in 15 minutes.
    CodeDevice,
    /// Households that one person founds: 10 in an hour.
    Found,
    /// Invitations that one person sends: 20 in an hour.
    Invite,
    /// Invitations that one client opens: 30 in a minute.
    Invitation,
}

impl Limit {
    /// The name to count under, how many tries, and the minutes of the span. No span is longer than an hour, and none of those that
    /// others can use up for somebody is longer than a quarter of an hour.
    const fn row(self) -> (&'static str, usize, i64) {
        match self {
            Self::LogInHere => ("log-in here", 5, 1),
            Self::LogInClient => ("log-in client", 30, 1),
            Self::LogInAccount => ("log-in account", 50, 15),
            Self::LogInDevice => ("log-in device", 10, 15),
            Self::SignUp => ("sign-up", 10, 10),
            Self::Demo => ("demo", 10, 10),
            Self::ResetClient => ("reset client", 5, 15),
            Self::ResetAccount => ("reset account", 3, 15),
            Self::Confirm => ("confirm", 3, 15),
            Self::Refresh => ("refresh", 30, 1),
            Self::CodeHere => ("code here", 5, 1),
            Self::CodeAccount => ("code account", 20, 15),
            Self::CodeDevice => ("code device", 10, 15),
            Self::Found => ("found", 10, 60),
            Self::Invite => ("invite", 20, 60),
            Self::Invitation => ("invitation", 30, 1),
        }
    }
}

/// Counts tries, and refuses one too many. Cloning shares it.
#[derive(Clone)]
pub struct Throttle {
    /// Whether anything is limited at all.
    on: bool,
    cache: Cache,
    clock: Clock,
}

/// A try that was counted. Whoever forgives it says that it was none.
pub struct Try {
    cache: Cache,
    counted: Option<Counted>,
}

impl Try {
    /// It went well, or could not be looked at: it does not count.
    pub async fn forgive(self) {
        if let Some(counted) = self.counted {
            self.cache.give_back(counted).await;
        }
    }
}

impl Throttle {
    /// Counts in `cache`, by `clock`; not `on`, nothing is limited.
    #[must_use]
    pub const fn new(on: bool, cache: Cache, clock: Clock) -> Self {
        Self { on, cache, clock }
    }

    /// A password for the account with this address, on a page or for a token. `device` is given when this browser was logged in to
    /// *that* account before. Forgive it when the password is right.
    ///
    /// # Errors
    /// [`Error::TooMany`]; so for all others.
    pub async fn log_in(&self, client: &Client, email: &str, device: Option<&Device>) -> Result<Try, Error> {
        let (network, account) = (client.network(), account(email));
        let whole = match device {
            Some(device) => (Limit::LogInDevice, vec![device.name.as_str()]),
            None => (Limit::LogInAccount, vec![account.as_str()]),
        };
        self.take(&[
            (Limit::LogInHere, vec![&network, &account]),
            (Limit::LogInClient, vec![&network]),
            whole,
        ])
        .await
    }

    /// An account that somebody wants to make.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn sign_up(&self, client: &Client) -> Result<Try, Error> {
        self.take(&[(Limit::SignUp, vec![&client.network()])]).await
    }

    /// A demo.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn demo(&self, client: &Client) -> Result<Try, Error> {
        self.take(&[(Limit::Demo, vec![&client.network()])]).await
    }

    /// A mail for a new password, to whoever has this address, if anybody.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn reset(&self, client: &Client, email: &str) -> Result<Try, Error> {
        self.take(&[
            (Limit::ResetClient, vec![&client.network()]),
            (Limit::ResetAccount, vec![&account(email)]),
        ])
        .await
    }

    /// A mail that confirms an address, for this person.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn confirm(&self, user: UserId) -> Result<Try, Error> {
        self.take(&[(Limit::Confirm, vec![&user.to_string()])]).await
    }

    /// A refresh token. Forgive it when it is one of ours.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn refresh(&self, client: &Client) -> Result<Try, Error> {
        self.take(&[(Limit::Refresh, vec![&client.network()])]).await
    }

    /// A code of a second factor, or a recovery code, of this person, who gave the right password. A browser that was logged in to their
    /// account before has a count of its own. Forgive it when the code is right.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn code(&self, client: &Client, user: UserId) -> Result<Try, Error> {
        let device = client.device.as_ref().filter(|device| device.user == user);
        let (network, user) = (client.network(), user.to_string());
        let whole = match device {
            Some(device) => (Limit::CodeDevice, vec![device.name.as_str()]),
            None => (Limit::CodeAccount, vec![user.as_str()]),
        };
        self.take(&[(Limit::CodeHere, vec![&network, &user]), whole])
            .await
    }

    /// A household that this person founds.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn found(&self, user: UserId) -> Result<Try, Error> {
        self.take(&[(Limit::Found, vec![&user.to_string()])]).await
    }

    /// An invitation that this person sends.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn invite(&self, user: UserId) -> Result<Try, Error> {
        self.take(&[(Limit::Invite, vec![&user.to_string()])]).await
    }

    /// The link of an invitation. Forgive it when there is such an invitation.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub async fn invitation(&self, client: &Client) -> Result<Try, Error> {
        self.take(&[(Limit::Invitation, vec![&client.network()])]).await
    }

    /// Counts one try under all of these limits, each for what its parts name, or under none of them.
    ///
    /// # Errors
    /// [`Error::TooMany`] with the seconds until the next one is taken.
    pub async fn take(&self, limits: &[(Limit, Vec<&str>)]) -> Result<Try, Error> {
        let cache = self.cache.clone();
        if !self.on {
            return Ok(Try { cache, counted: None });
        }
        let bounds: Vec<Bound> = limits.iter().map(|(limit, of)| self.bound(*limit, of)).collect();
        let now: DateTime<Utc> = self.clock.now();
        match self.cache.count(&bounds, now).await {
            Ok(counted) => Ok(Try {
                cache,
                counted: Some(counted),
            }),
            Err(full) => {
                let whole = full.wait.num_seconds();
                let begun = i64::from(full.wait > TimeDelta::seconds(whole));
                Err(Error::TooMany {
                    retry_after_seconds: u64::try_from(whole + begun).unwrap_or(1),
                })
            }
        }
    }

    fn bound(&self, limit: Limit, of: &[&str]) -> Bound {
        let (name, most, minutes) = limit.row();
        let parts: Vec<&str> = std::iter::once(name).chain(of.iter().copied()).collect();
        self.cache.bound(&parts, most, TimeDelta::minutes(minutes))
    }
}

/// The account with this address, as the database tells addresses apart: normalised (NFKC) and in lower case. Letter by letter, for the
/// database knows no last sigma; two spellings of one account must never have two counts, while two accounts may share one.
fn account(email: &str) -> String {
    let email = email.replace('\0', "");
    let normal = ComposingNormalizerBorrowed::new_nfkc().normalize(email.trim());
    normal
        .chars()
        .filter_map(|one| one.to_lowercase().next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::seal::Sealer;
    use crate::config::Config;

    #[test]
    fn one_account_has_one_name() {
        for (typed, wanted) in [
            ("Home@Example.ORG", "home@example.org"),
            (" home@example.org\n", "home@example.org"),
            ("ho\0me@example.org", "home@example.org"),
            ("ｈｏｍｅ@example.org", "home@example.org"),
            ("\u{212a}ai@example.org", "kai@example.org"), // the sign for kelvin
            ("İvan@example.org", "ivan@example.org"),
            ("ΟΔΟΣ@example.org", "οδοσ@example.org"),
            ("mu\u{308}ller@example.org", "müller@example.org"),
        ] {
            assert_eq!(account(typed), wanted, "{typed}");
        }
        assert_ne!(account("home@example.org"), account("home+1@example.org"));
    }

    #[actix_web::test]
    async fn each_limit_takes_as_many_as_it_says() {
        let noon = DateTime::from_timestamp(1_795_348_800, 0).unwrap();
        let clock = Clock::fixed(noon);
        let config = Config::from_lookup(|_| None).unwrap();
        let cache = Cache::open(&config, Sealer::new(&vec![1; 32].into()));
        let throttle = Throttle::new(true, cache.clone(), clock.clone());
        for (limit, most, minutes) in [
            (Limit::LogInHere, 5, 1),
            (Limit::LogInClient, 30, 1),
            (Limit::LogInAccount, 50, 15),
            (Limit::LogInDevice, 10, 15),
            (Limit::SignUp, 10, 10),
            (Limit::Demo, 10, 10),
            (Limit::ResetClient, 5, 15),
            (Limit::ResetAccount, 3, 15),
            (Limit::Confirm, 3, 15),
            (Limit::Refresh, 30, 1),
            (Limit::CodeHere, 5, 1),
            (Limit::CodeAccount, 20, 15),
            (Limit::CodeDevice, 10, 15),
            (Limit::Found, 10, 60),
            (Limit::Invite, 20, 60),
            (Limit::Invitation, 30, 1),
        ] {
            clock.set(noon);
            let take = || async { throttle.take(&[(limit, vec!["x"])]).await };
            if let Ok(one) = take().await {
                one.forgive().await;
            }
            for _ in 0..most {
                assert!(take().await.is_ok(), "{limit:?}");
            }
            let Err(Error::TooMany { retry_after_seconds }) = take().await else {
                panic!("{limit:?} took one more");
            };
            assert_eq!(retry_after_seconds, minutes * 60, "{limit:?}");
            clock.set(noon + TimeDelta::seconds(i64::try_from(retry_after_seconds).unwrap()));
            assert!(take().await.is_ok(), "{limit:?}");
        }
        let off = Throttle::new(false, cache, clock);
        let user = UserId::new();
        for _ in 0..100 {
            assert!(off.confirm(user).await.is_ok());
        }
    }
}
