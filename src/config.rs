//! Typed settings, read once at the start. No other module reads the environment.

mod check;
mod mail;

use std::env::VarError;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;
use secrecy::{SecretSlice, SecretString};
use url::Url;

pub use mail::MailSettings;

/// The fewest bytes of `SECRET_KEY`.
pub const SECRET_KEY_BYTES_MIN: usize = 32;

/// Where the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// One's own machine: everything has a working default.
    Local,
    /// Reached by others: weak settings are refused.
    Production,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody.
    Open,
    /// Who was invited to a household.
    Invited,
    /// Nobody; accounts are made on the command line.
    Closed,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For programs.
    Json,
}

/// Everything that can be set.
#[derive(Clone)]
pub struct Config {
    /// `ENVIRONMENT`
    pub environment: Environment,
    /// `DATABASE_URL`; without one a private Postgres is kept in `data_dir`.
    pub database_url: Option<SecretString>,
    /// `DATABASE_POOL_MAX`: connections of this process.
    pub database_pool_max: u32,
    /// `DATABASE_PREPARED`: whether prepared statements are kept.
    pub database_prepared: bool,
    /// `REDIS_URL`: where several servers share kept answers; without one each process keeps its own.
    pub redis_url: Option<SecretString>,
    /// `DATA_DIR`
    pub data_dir: PathBuf,
    /// `HOST`
    pub host: String,
    /// `PORT`
    pub port: u16,
    /// `PUBLIC_URL`; without one the address listened on.
    pub public_url: Option<Url>,
    /// `SECRET_KEY`; without one a generated one is kept in `data_dir`.
    pub secret_key: Option<SecretSlice<u8>>,
    /// `SIGNUP`
    pub sign_up: SignUp,
    /// `TRUSTED_PROXIES`: whose word counts on where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
    /// `RATE_LIMIT`: whether tries are counted and limited.
    pub rate_limit: bool,
    /// `WORKERS`: threads that serve; without a number one a core.
    pub workers: Option<usize>,
    /// `JOBS`: whether `serve` also runs background jobs.
    pub jobs: bool,
    /// `SMTP_URL` and `MAIL_FROM`
    pub mail: MailSettings,
    /// `LOG_FORMAT`
    pub log_format: LogFormat,
    /// `RUST_LOG`
    pub log_filter: String,
    /// `BUDGET_PG_BIN`: where `initdb` and `postgres` are.
    pub pg_bin: Option<PathBuf>,
}

/// A setting that cannot be used. It names the variable and the remedy, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {complaint}")]
pub struct ConfigError {
    variable: &'static str,
    complaint: String,
}

impl Config {
    /// Reads the environment, after `.env` in the working folder where there is one.
    ///
    /// # Errors
    /// A sentence that names the variable, the shape of its value, and the remedy.
    pub fn from_environment() -> Result<Self, ConfigError> {
        match dotenvy::dotenv() {
            Ok(_) => {}
            Err(error) if error.not_found() => {}
            Err(error) => {
                return Err(ConfigError {
                    variable: ".env",
                    complaint: format!("the file cannot be read: {}.", without_values(&error)),
                });
            }
        }
        let unreadable = std::cell::Cell::new(None);
        let config = Self::from_lookup(|variable| match std::env::var(variable) {
            Ok(value) => Some(value),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => {
                unreadable.set(Some(variable.to_owned()));
                None
            }
        });
        match unreadable.into_inner() {
            Some(variable) => Err(ConfigError {
                variable: "environment",
                complaint: format!("the value of {variable} has to be UTF-8."),
            }),
            None => config,
        }
    }

    /// Reads settings from wherever `lookup` finds them; an empty value counts as unset.
    ///
    /// # Errors
    /// As [`Config::from_environment`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let read = Lookup(&lookup);
        let environment = read.word(
            "ENVIRONMENT",
            Environment::Local,
            &[
                ("local", Environment::Local),
                ("production", Environment::Production),
            ],
        )?;
        let config = Self {
            environment,
            database_url: read
                .text("DATABASE_URL")
                .map(|url| check::database_url(&url).map(|()| SecretString::from(url)))
                .transpose()?,
            database_pool_max: read
                .number("DATABASE_POOL_MAX", "a number from 1 to 1000", |number: &u32| {
                    (1..=1000).contains(number)
                })?
                .unwrap_or(16),
            database_prepared: read.word("DATABASE_PREPARED", true, &[("on", true), ("off", false)])?,
            redis_url: read
                .text("REDIS_URL")
                .map(|url| check::redis_url(&url).map(|()| SecretString::from(url)))
                .transpose()?,
            data_dir: PathBuf::from(read.text("DATA_DIR").unwrap_or_else(|| "./data".into())),
            host: read.text("HOST").unwrap_or_else(|| "127.0.0.1".into()),
            port: read
                .number("PORT", "a number from 0 to 65535", |_: &u16| true)?
                .unwrap_or(8080),
            public_url: read
                .text("PUBLIC_URL")
                .map(|url| check::public_url(&url))
                .transpose()?,
            secret_key: read.text("SECRET_KEY").map(check::secret_key).transpose()?,
            sign_up: read.word(
                "SIGNUP",
                SignUp::Open,
                &[
                    ("open", SignUp::Open),
                    ("invited", SignUp::Invited),
                    ("closed", SignUp::Closed),
                ],
            )?,
            trusted_proxies: check::trusted_proxies(&read.text("TRUSTED_PROXIES").unwrap_or_default())?,
            rate_limit: read.word("RATE_LIMIT", true, &[("on", true), ("off", false)])?,
            workers: read.number("WORKERS", "a number from 1 to 1000", |number: &usize| {
                (1..=1000).contains(number)
            })?,
            jobs: read.word("JOBS", true, &[("on", true), ("off", false)])?,
            mail: MailSettings::read(&read, environment)?,
            log_format: read.word(
                "LOG_FORMAT",
                LogFormat::Pretty,
                &[("pretty", LogFormat::Pretty), ("json", LogFormat::Json)],
            )?,
            log_filter: read.text("RUST_LOG").unwrap_or_else(|| "info".into()),
            pg_bin: read.text("BUDGET_PG_BIN").map(PathBuf::from),
        };
        config.refuse_weak_production()?;
        Ok(config)
    }

    /// Where people reach this program.
    #[must_use]
    pub fn public_origin(&self) -> String {
        self.public_url.as_ref().map_or_else(
            || format!("http://{}:{}", self.host, self.port),
            |url| url.origin().ascii_serialization(),
        )
    }

    /// Whether cookies may only travel over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url
            .as_ref()
            .is_some_and(|url| url.scheme() == "https")
    }

    fn refuse_weak_production(&self) -> Result<(), ConfigError> {
        if self.environment == Environment::Local {
            return Ok(());
        }
        let missing = |variable, remedy: &str| {
            Err(ConfigError {
                variable,
                complaint: format!("needed with ENVIRONMENT=production. {remedy}"),
            })
        };
        if self.secret_key.is_none() {
            return missing(
                "SECRET_KEY",
                "Set it to at least 32 random characters, such as the output of `openssl rand -base64 48`.",
            );
        }
        if self.database_url.is_none() {
            return missing(
                "DATABASE_URL",
                "Set it to the URL of a Postgres database, such as postgres://budget:…@db/budget.",
            );
        }
        if !self.rate_limit {
            return Err(ConfigError {
                variable: "RATE_LIMIT",
                complaint: "it is \"off\", but has to be on with ENVIRONMENT=production, or passwords can be guessed at leisure."
                    .into(),
            });
        }
        match &self.public_url {
            None => missing(
                "PUBLIC_URL",
                "Set it to the address that people type, such as https://budget.example.org.",
            ),
            Some(url) if url.scheme() != "https" => missing(
                "PUBLIC_URL",
                "It has to begin with https://, or passwords travel in the open.",
            ),
            Some(_) => Ok(()),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("environment", &self.environment)
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Reads single variables.
struct Lookup<'a, F: Fn(&str) -> Option<String>>(&'a F);

impl<F: Fn(&str) -> Option<String>> Lookup<'_, F> {
    fn text(&self, variable: &str) -> Option<String> {
        (self.0)(variable)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    fn number<T: FromStr>(
        &self,
        variable: &'static str,
        shape: &str,
        fits: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(variable) else {
            return Ok(None);
        };
        match text.parse().ok().filter(|number| fits(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(ConfigError {
                variable,
                complaint: format!("it is \"{text}\", but has to be {shape}."),
            }),
        }
    }

    fn word<T: Copy>(
        &self,
        variable: &'static str,
        default: T,
        words: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let Some(text) = self.text(variable) else {
            return Ok(default);
        };
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                ConfigError {
                    variable,
                    complaint: format!("it is \"{text}\", but has to be {}.", known.join(" or ")),
                }
            })
    }
}

/// What is wrong with `.env`, without showing the line: it may hold a secret.
fn without_values(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(..) => "a line is not of the form NAME='value'".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(set: &[(&str, &str)]) -> Result<Config, String> {
        let lookup = |variable: &str| {
            set.iter()
                .find(|(name, _)| *name == variable)
                .map(|(_, value)| (*value).to_owned())
        };
        Config::from_lookup(lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_has_a_working_default() {
        let config = config(&[]).unwrap();
        assert_eq!(
            (config.host.as_str(), config.port, config.database_pool_max),
            ("127.0.0.1", 8080, 16)
        );
        assert_eq!(config.public_origin(), "http://127.0.0.1:8080");
        assert!(!config.is_https());
        assert!(config.rate_limit && config.trusted_proxies.is_empty());
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let config = config(&[("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,,fd00::/8, ::1,")]).unwrap();
        let proxies: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8", "::1/128"]);
    }

    #[test]
    fn a_wrong_value_is_named_with_its_remedy() {
        let cases = [
            ("PORT", "eighty"),
            ("PORT", "65536"),
            ("DATABASE_POOL_MAX", "0"),
            ("DATABASE_PREPARED", "maybe"),
            ("ENVIRONMENT", "staging"),
            ("SIGNUP", "sometimes"),
            ("TRUSTED_PROXIES", "proxy"),
            ("TRUSTED_PROXIES", "10.0.0.1, 10.0.0.0/33"),
            ("RATE_LIMIT", "maybe"),
            ("JOBS", "sometimes"),
            ("LOG_FORMAT", "xml"),
            ("PUBLIC_URL", "budget.example.org"),
            ("PUBLIC_URL", "https://example.org/budget"),
            ("DATABASE_URL", "mysql://host/db"),
            ("REDIS_URL", "localhost:6379"),
            ("REDIS_URL", "http://localhost:6379"),
            ("REDIS_URL", "redis://"),
            ("REDIS_URL", "redis://localhost:port"),
            ("REDIS_URL", "redis://localhost/first"),
            ("REDIS_URL", "rediss://localhost/#insecure"),
            ("SECRET_KEY", "short"),
            ("WORKERS", "-1"),
        ];
        for (variable, value) in cases {
            let complaint = config(&[(variable, value)]).unwrap_err();
            assert!(complaint.starts_with(variable), "{variable}={value}: {complaint}");
            assert!(
                complaint.contains("has to be") || complaint.contains("has to have"),
                "{complaint}"
            );
        }
    }

    #[test]
    fn a_secret_never_shows_in_a_complaint() {
        let complaint = config(&[("SECRET_KEY", "hunter2")]).unwrap_err();
        assert!(!complaint.contains("hunter2"), "{complaint}");
        for variable in ["DATABASE_URL", "REDIS_URL"] {
            let complaint = config(&[(variable, "mysql://me:hunter2@host/db")]).unwrap_err();
            assert!(!complaint.contains("hunter2"), "{complaint}");
        }
        let config = config(&[("REDIS_URL", "redis://me:hunter2@host")]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn production_refuses_what_is_only_good_at_home() {
        let key = "k".repeat(32);
        let all = [
            ("ENVIRONMENT", "production"),
            ("SECRET_KEY", key.as_str()),
            ("DATABASE_URL", "postgres://db/budget"),
            ("PUBLIC_URL", "https://budget.example.org"),
        ];
        assert!(config(&all).is_ok());
        for missing in 1..all.len() {
            let mut some = all.to_vec();
            let (variable, _) = some.remove(missing);
            assert!(config(&some).unwrap_err().starts_with(variable));
        }
        let open = [
            all[0],
            all[1],
            all[2],
            ("PUBLIC_URL", "http://budget.example.org"),
        ];
        assert!(config(&open).unwrap_err().contains("https://"));
        let unlimited = [all[0], all[1], all[2], all[3], ("RATE_LIMIT", "off")];
        assert!(config(&unlimited).unwrap_err().starts_with("RATE_LIMIT"));
    }
}
