//! Whether the text of a setting can be used, and what to do where it cannot.

use std::net::IpAddr;

use ipnet::IpNet;
use secrecy::SecretSlice;
use url::Url;

use super::{ConfigError, SECRET_KEY_BYTES_MIN};

/// A Postgres that this build can speak to.
pub(super) fn database_url(url: &str) -> Result<(), ConfigError> {
    let complain = |complaint: &str| {
        Err(ConfigError {
            variable: "DATABASE_URL",
            complaint: complaint.into(),
        })
    };
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return complain(
            "it has to be the URL of a Postgres database, such as postgres://user:password@host:5432/budget.",
        );
    }
    let wants_tls = ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"]
        .iter()
        .any(|mode| url.contains(mode));
    if wants_tls && cfg!(feature = "bundled-libpq") {
        return complain(
            "it asks for TLS, which this binary was built without. Build with --no-default-features --features system-libpq.",
        );
    }
    Ok(())
}

/// What [`crate::cache`] can open; whether anybody answers there shows later, and stops nothing.
pub(super) fn redis_url(text: &str) -> Result<(), ConfigError> {
    let is_good = Url::parse(text).is_ok_and(|url| {
        let database = url.path().trim_start_matches('/');
        matches!(url.scheme(), "redis" | "rediss")
            && url.has_host()
            && (database.is_empty() || database.parse::<u16>().is_ok())
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if is_good {
        return Ok(());
    }
    Err(ConfigError {
        variable: "REDIS_URL",
        complaint: "it has to be the URL of a Redis server, such as redis://:password@host:6379/0, or rediss:// for TLS."
            .into(),
    })
}

/// An address without a path.
pub(super) fn public_url(text: &str) -> Result<Url, ConfigError> {
    match Url::parse(text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.path() == "/"
                && url.query().is_none() =>
        {
            Ok(url)
        }
        _ => {
            let complaint =
                "it has to be an address without a path, such as https://budget.example.org.".into();
            Err(ConfigError {
                variable: "PUBLIC_URL",
                complaint,
            })
        }
    }
}

/// Long enough to be a secret.
pub(super) fn secret_key(text: String) -> Result<SecretSlice<u8>, ConfigError> {
    if text.len() < SECRET_KEY_BYTES_MIN {
        let complaint = format!(
            "it has {} bytes, but has to have at least {SECRET_KEY_BYTES_MIN}; `openssl rand -base64 48` makes a good one.",
            text.len()
        );
        return Err(ConfigError {
            variable: "SECRET_KEY",
            complaint,
        });
    }
    Ok(text.into_bytes().into())
}

/// Addresses and networks, with commas between them.
pub(super) fn trusted_proxies(text: &str) -> Result<Vec<IpNet>, ConfigError> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| {
            let network = item.parse::<IpNet>().ok();
            network
                .or_else(|| item.parse::<IpAddr>().ok().map(|one| one.to_canonical().into()))
                .ok_or_else(|| ConfigError {
                    variable: "TRUSTED_PROXIES",
                    complaint: format!(
                        "\"{item}\" has to be an address or a network, such as 10.0.0.7 or 10.0.0.0/8; commas stand between several."
                    ),
                })
        })
        .collect()
}
