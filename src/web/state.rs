//! What every handler may use.

use std::sync::Arc;

use ipnet::IpNet;
use secrecy::SecretSlice;
use tokio::sync::Semaphore;

use super::throttle::Throttle;
use crate::auth::password::Passwords;
use crate::auth::seal::Sealer;
use crate::auth::token::Tokens;
use crate::auth::vault::Vault;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::config::{Config, Environment, SignUp};
use crate::db::Db;

/// Exports that are written at once; the next one is told to come again.
const EXPORTS_AT_ONCE: usize = 4;

/// What every handler may use. Cloning shares it.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// Answers that were made before.
    pub cache: Cache,
    /// Holds the limits.
    pub throttle: Throttle,
    /// The time.
    pub clock: Clock,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Seals form tokens and messages.
    pub sealer: Sealer,
    /// Locks the secrets of second factors.
    pub vault: Vault,
    /// Makes and reads access tokens.
    pub tokens: Tokens,
    /// Who may sign up.
    pub sign_up: SignUp,
    /// Whether a visitor may make a demo household: at home only, and where strangers may sign up.
    pub demos: bool,
    /// Whose word counts on where a request comes from.
    pub proxies: Arc<[IpNet]>,
    /// The origin that forms must come from; without one, the host that was asked.
    pub origin: Option<Arc<str>>,
    /// The origin that links begin with which are handed to people; never the host that was asked.
    pub links_origin: Arc<str>,
    /// Whether cookies may only travel over TLS.
    pub https: bool,
    /// Turns of exports: each holds a connection for as long as its reader takes.
    pub exports: Arc<Semaphore>,
}

impl State {
    /// Puts the pieces together.
    #[must_use]
    pub fn new(config: &Config, secret_key: &SecretSlice<u8>, db: Db, clock: Clock) -> Self {
        let sealer = Sealer::new(secret_key);
        let cache = Cache::open(config, sealer.clone());
        Self {
            db,
            throttle: Throttle::new(config.rate_limit, cache.clone(), clock.clone()),
            cache,
            clock,
            passwords: Passwords::default(),
            sealer,
            vault: Vault::new(secret_key),
            tokens: Tokens::new(secret_key),
            sign_up: config.sign_up,
            demos: config.environment == Environment::Local && config.sign_up == SignUp::Open,
            proxies: config.trusted_proxies.as_slice().into(),
            origin: config.public_url.is_some().then(|| config.public_origin().into()),
            links_origin: config.public_origin().into(),
            https: config.is_https(),
            exports: Arc::new(Semaphore::new(EXPORTS_AT_ONCE)),
        }
    }
}
