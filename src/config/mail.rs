//! The settings of mail: where it goes out, and who it is from.

use secrecy::SecretString;
use url::{Host, Url};

use super::{Config, ConfigError, Environment, Lookup};

/// Where mail goes out, and who it is from.
#[derive(Clone, Default)]
pub struct MailSettings {
    /// `SMTP_URL`; without one mail is written to the log at home, and not sent in production.
    pub smtp_url: Option<SecretString>,
    /// `MAIL_FROM`: a mailbox. See [`Config::mail_from`].
    from: Option<String>,
}

impl MailSettings {
    pub(super) fn read<F: Fn(&str) -> Option<String>>(
        read: &Lookup<'_, F>,
        environment: Environment,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            smtp_url: read
                .text("SMTP_URL")
                .map(|url| check_smtp_url(&url, environment).map(|()| SecretString::from(url)))
                .transpose()?,
            from: read.text("MAIL_FROM").map(check_mailbox).transpose()?,
        })
    }
}

impl Config {
    /// Who mail is from, as a mailbox: without `MAIL_FROM`, `budget` at the domain of `PUBLIC_URL`, or at `localhost`.
    #[must_use]
    pub fn mail_from(&self) -> String {
        self.mail.from.clone().unwrap_or_else(|| {
            let domain = self.public_url.as_ref().and_then(Url::domain);
            format!("Budget <budget@{}>", domain.unwrap_or("localhost"))
        })
    }
}

/// What [`crate::mail`] can use; whether anybody answers there shows with the first mail.
fn check_smtp_url(text: &str, environment: Environment) -> Result<(), ConfigError> {
    let complain = |complaint: &str| {
        Err(ConfigError {
            variable: "SMTP_URL",
            complaint: complaint.to_owned(),
        })
    };
    let wrong = "it has to be the URL of an SMTP server, such as smtps://user:password@mail.example.org, or smtp://user:password@mail.example.org:587?tls=required for STARTTLS. Special letters in user and password are written as %40.";
    let Ok(url) = Url::parse(text) else {
        return complain(wrong);
    };
    let query = url.query().unwrap_or_default();
    let tls = match (url.scheme(), query) {
        ("smtps", "") | ("smtp", "tls=required") => true,
        ("smtp", "" | "tls=opportunistic") => false,
        _ => return complain(wrong),
    };
    let readable = url.fragment().is_none()
        && matches!(url.path(), "" | "/")
        && url.username().is_empty() == url.password().is_none();
    match url.host_str().map(Host::parse) {
        Some(Ok(host)) if readable => {
            if environment == Environment::Production && !tls && !is_own_machine(&host) {
                return complain(
                    "without TLS, mail and its password would travel in the open, so with ENVIRONMENT=production it has to be smtps://…, or smtp://…?tls=required for STARTTLS; without TLS only for a server on this machine.",
                );
            }
            Ok(())
        }
        _ => complain(wrong),
    }
}

fn is_own_machine(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn check_mailbox(text: String) -> Result<String, ConfigError> {
    if text.parse::<lettre::message::Mailbox>().is_ok() && !text.contains(char::is_control) {
        return Ok(text);
    }
    Err(ConfigError {
        variable: "MAIL_FROM",
        complaint: "it has to be one address, with or without a name: Budget <budget@example.org>."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

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
    fn a_wrong_value_is_named_with_its_remedy() {
        let cases = [
            ("SMTP_URL", "mail.example.org"),
            ("SMTP_URL", "mail.example.org:587"),
            ("SMTP_URL", "https://mail.example.org"),
            ("SMTP_URL", "smtp://"),
            ("SMTP_URL", "smtp://mail.example.org?tls=maybe"),
            ("SMTP_URL", "smtps://mail.example.org?tls=required"),
            ("SMTP_URL", "smtp://mail.example.org?tls=required&x=1"),
            ("SMTP_URL", "smtp://mail.example.org/#tls"),
            ("SMTP_URL", "smtp://mail.example.org/name"),
            ("SMTP_URL", "smtps://me@mail.example.org"),
            ("SMTP_URL", "smtps://:hunter2@mail.example.org"),
            ("SMTP_URL", "smtp://mail.example.org:port"),
            ("MAIL_FROM", "Budget"),
            ("MAIL_FROM", "budget@"),
            ("MAIL_FROM", "a@example.org, b@example.org"),
            ("MAIL_FROM", "Budget <budget@example.org>\nBcc: spy@example.org"),
            ("MAIL_FROM", "Budget <budget@exa mple.org>"),
        ];
        for (variable, value) in cases {
            let complaint = config(&[(variable, value)]).unwrap_err();
            assert!(
                complaint.starts_with(&format!("{variable}: it has to be ")),
                "{value}: {complaint}"
            );
            assert!(!complaint.contains("hunter2"), "{complaint}");
        }
    }

    #[test]
    fn good_values_are_taken_and_their_password_never_shows() {
        for url in [
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://me:hunter2@mail.example.org?tls=opportunistic",
            "smtp://me:hunter2@mail.example.org:587?tls=required",
            "smtps://me%40example.org:hunter2@mail.example.org/",
        ] {
            let config = config(&[("SMTP_URL", url)]).unwrap();
            assert_eq!(config.mail.smtp_url.as_ref().unwrap().expose_secret(), url);
            assert!(!format!("{config:?}").contains("hunter2"));
            assert!(crate::mail::Mailer::open(&config).is_ok(), "{url}");
        }
        for from in [
            "budget@example.org",
            "Budget <budget@example.org>",
            "Haushaltskasse für uns <budget@example.org>",
        ] {
            let config = config(&[("MAIL_FROM", from)]).unwrap();
            assert_eq!(config.mail_from(), from);
            assert!(crate::mail::Mailer::open(&config).is_ok(), "{from}");
        }
    }

    #[test]
    fn mail_is_from_where_people_go() {
        for (url, from) in [
            ("", "Budget <budget@localhost>"),
            ("https://money.example.org", "Budget <budget@money.example.org>"),
            ("http://192.0.2.7:8080", "Budget <budget@localhost>"),
        ] {
            let config = config(&[("PUBLIC_URL", url)]).unwrap();
            assert_eq!(config.mail_from(), from);
            assert!(crate::mail::Mailer::open(&config).is_ok(), "{url}");
        }
    }

    #[test]
    fn production_sends_no_mail_in_the_open() {
        let key = "k".repeat(32);
        let open = |url| {
            config(&[
                ("ENVIRONMENT", "production"),
                ("SECRET_KEY", key.as_str()),
                ("DATABASE_URL", "postgres://db/budget"),
                ("PUBLIC_URL", "https://budget.example.org"),
                ("SMTP_URL", url),
            ])
        };
        for url in [
            "smtp://me:hunter2@mail.example.org",
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://10.0.0.1",
            "smtp://localhost.example.org",
        ] {
            let complaint = open(url).unwrap_err();
            assert!(
                complaint.starts_with("SMTP_URL: without TLS") && complaint.contains("smtps://"),
                "{complaint}"
            );
            assert!(!complaint.contains("hunter2"), "{complaint}");
        }
        for url in [
            "smtp://localhost:25",
            "smtp://127.0.0.1",
            "smtp://[::1]",
            "smtps://mail.example.org",
            "smtp://mail.example.org?tls=required",
        ] {
            assert!(open(url).is_ok(), "{url}");
        }
    }
}
