//! How messages leave: by SMTP, into the log at home, not at all, or into the memory of a test.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, SmtpTransport, Transport};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::Message;
use super::message::on_one_line;
use crate::config::{Config, Environment};

/// How long connecting, and each answer of the SMTP server, may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The most characters of a subject.
const SUBJECT_MAX: usize = 120;

/// Why a message was not sent. It names nobody.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// This is no address that mail can be sent to, now or later.
    #[error("the address is not one that mail can be sent to")]
    Address,
    /// The message could not be made.
    #[error("the message could not be put together")]
    Content,
    /// The SMTP server cannot be reached, or broke off.
    #[error("the SMTP server of SMTP_URL cannot be reached: {0}")]
    Away(&'static str),
    /// The SMTP server said no.
    #[error("the SMTP server of SMTP_URL refused the message with code {0}")]
    Refused(String),
}

/// `SMTP_URL` or `MAIL_FROM` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}: it cannot be used; .env.example shows its form.")]
pub struct UnusableSetting(&'static str);

/// A message as it left.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The message.
    pub message: Message,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// All of it, with its headers, as it goes over the wire.
    pub raw: String,
}

enum Way {
    Smtp(Box<SmtpTransport>),
    Log,
    Nowhere,
    Memory(Mutex<Vec<Sent>>),
}

/// Sends messages. Cloning shares it.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Arc<Way>,
}

impl Mailer {
    /// The mailer of these settings. Without `SMTP_URL` messages are written to the log at home, and go nowhere in production.
    ///
    /// # Errors
    /// [`UnusableSetting`], which [`Config`] rules out.
    pub fn open(config: &Config) -> Result<Self, UnusableSetting> {
        let way = match (&config.mail.smtp_url, config.environment) {
            (Some(url), _) => Way::Smtp(Box::new(smtp(url, config)?)),
            (None, Environment::Local) => Way::Log,
            (None, Environment::Production) => Way::Nowhere,
        };
        Self::with(config, way)
    }

    /// A mailer that only remembers, for tests: see [`Mailer::sent`].
    ///
    /// # Errors
    /// As [`Mailer::open`].
    pub fn remembering(config: &Config) -> Result<Self, UnusableSetting> {
        Self::with(config, Way::Memory(Mutex::default()))
    }

    fn with(config: &Config, way: Way) -> Result<Self, UnusableSetting> {
        let from = config.mail_from();
        Ok(Self {
            from: from.parse().map_err(|_| UnusableSetting("MAIL_FROM"))?,
            way: Arc::new(way),
        })
    }

    /// Sends a message, and waits until the SMTP server has taken it.
    ///
    /// # Errors
    /// [`MailError`]; the message may have left all the same when the server broke off at the end.
    pub fn send(&self, message: &Message, now: DateTime<Utc>) -> Result<(), MailError> {
        let text = message.text().map_err(|_| MailError::Content)?;
        let html = message.html().map_err(|_| MailError::Content)?;
        let letter = self.letter(message, &text, &html, now)?;
        match &*self.way {
            Way::Smtp(smtp) => smtp.send(&letter).map(drop).map_err(|error| complaint(&error)),
            Way::Log => {
                let (to, subject) = (&message.to, &message.subject);
                tracing::info!(
                    "a mail, shown here because SMTP_URL is not set\nTo: {to}\nSubject: {subject}\n\n{text}"
                );
                Ok(())
            }
            Way::Nowhere => {
                tracing::warn!("a mail was not sent, because SMTP_URL is not set");
                Ok(())
            }
            Way::Memory(sent) => {
                let raw = String::from_utf8_lossy(&letter.formatted()).into_owned();
                let message = message.clone();
                let copy = Sent {
                    message,
                    text,
                    html,
                    raw,
                };
                sent.lock().unwrap_or_else(PoisonError::into_inner).push(copy);
                Ok(())
            }
        }
    }

    /// What a remembering mailer has sent so far, oldest first; nothing for any other.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        match &*self.way {
            Way::Memory(sent) => sent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Way::Smtp(_) | Way::Log | Way::Nowhere => Vec::new(),
        }
    }

    /// The message with its headers. Addresses are parsed and the subject is one line, so nothing in them begins another header.
    fn letter(
        &self,
        message: &Message,
        text: &str,
        html: &str,
        now: DateTime<Utc>,
    ) -> Result<lettre::Message, MailError> {
        let id = format!("<{}@{}>", Uuid::now_v7(), self.from.email.domain());
        // Nobody's holiday notice should answer it.
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address(&message.to)?))
            .subject(on_one_line(&message.subject, SUBJECT_MAX))
            .date(now.into())
            .message_id(Some(id))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(
                text.to_owned(),
                html.to_owned(),
            ))
            .map_err(|_| MailError::Content)
    }
}

/// An address as mail needs it: a domain of other letters in its ASCII form.
fn address(text: &str) -> Result<Address, MailError> {
    let (name, domain) = text.rsplit_once('@').ok_or(MailError::Address)?;
    let strange = |one: char| one.is_control() || one.is_whitespace();
    if text.contains(strange) {
        return Err(MailError::Address);
    }
    let address = if domain.is_ascii() {
        Address::new(name, domain)
    } else {
        let domain = url::Host::parse(domain).map_err(|_| MailError::Address)?;
        Address::new(name, domain.to_string())
    };
    address.map_err(|_| MailError::Address)
}

fn smtp(url: &SecretString, config: &Config) -> Result<SmtpTransport, UnusableSetting> {
    let builder = SmtpTransport::from_url(url.expose_secret()).map_err(|_| UnusableSetting("SMTP_URL"))?;
    let builder = builder.timeout(Some(ANSWER_WITHIN));
    let own_name = config.public_url.as_ref().and_then(url::Url::domain);
    Ok(match own_name {
        Some(name) => builder.hello_name(ClientId::Domain(name.to_owned())).build(),
        None => builder.build(),
    })
}

/// What went wrong, without what the server said: that may quote the address.
fn complaint(error: &lettre::transport::smtp::Error) -> MailError {
    if let Some(code) = error.status() {
        MailError::Refused(code.to_string())
    } else if error.is_timeout() {
        MailError::Away("it did not answer in time")
    } else if error.is_tls() {
        MailError::Away("the TLS connection failed; is its certificate good, and is TLS on at that port?")
    } else if error.is_client() {
        MailError::Away("it does not offer what is needed, such as a way to log in, or STARTTLS")
    } else {
        MailError::Away("the connection failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn mailer() -> Mailer {
        let config = Config::from_lookup(|_| None).unwrap();
        Mailer::remembering(&config).unwrap()
    }

    fn message(to: &str, subject: &str) -> Message {
        Message {
            to: to.to_owned(),
            subject: subject.to_owned(),
            greeting: None,
            paragraphs: vec!["Grüße".to_owned()],
            button: None,
            closing: "Bye.".to_owned(),
        }
    }

    /// The lines of the head.
    fn head(raw: &str) -> Vec<&str> {
        raw.split("\r\n\r\n").next().unwrap().split("\r\n").collect()
    }

    #[test]
    fn nothing_that_people_write_begins_a_header() {
        for subject in [
            "Hello\r\nBcc: spy@example.org",
            "Hello\nBcc: spy@example.org",
            "Hello\rBcc: spy@example.org",
            "Hello\u{2028}Bcc: spy@example.org",
            "Grüße\r\nBcc: spy@example.org\r\n\r\nbody",
        ] {
            let mailer = mailer();
            mailer
                .send(&message("ada@example.org", subject), Clock::system().now())
                .unwrap();
            let raw = mailer.sent()[0].raw.clone();
            let names: Vec<_> = head(&raw)
                .iter()
                .filter(|line| !line.starts_with(' '))
                .map(|line| line.split(':').next().unwrap())
                .collect();
            assert!(!names.contains(&"Bcc"), "{raw}");
            assert_eq!(
                names,
                [
                    "From",
                    "To",
                    "Subject",
                    "Date",
                    "Message-ID",
                    "Auto-Submitted",
                    "MIME-Version",
                    "Content-Type"
                ],
                "{raw}"
            );
        }
        for address in [
            "ada@example.org\r\nBcc: spy@example.org",
            "ada@example.org\nBcc: spy@example.org",
            "ada\r\nBcc: spy@example.org",
            "ada@example.org, spy@example.org",
            "ada@example.org>, <spy@example.org",
            "Ada <ada@example.org>",
            "ada bcc@example.org",
            "ada@exa mple.org",
            "ada\u{2028}@example.org",
            "@example.org",
            "ada@",
            "ada",
            "",
        ] {
            let mailer = mailer();
            let refused = mailer.send(&message(address, "Hello"), Clock::system().now());
            assert!(
                matches!(refused, Err(MailError::Address)),
                "{address}: {refused:?}"
            );
            assert!(mailer.sent().is_empty());
        }
    }

    #[test]
    fn other_letters_travel_in_the_form_that_mail_needs() {
        let mailer = mailer();
        mailer
            .send(
                &message("ada@münchen.example", "Größe für Ada"),
                Clock::system().now(),
            )
            .unwrap();
        let raw = mailer.sent()[0].raw.clone();
        assert!(raw.contains("To: ada@xn--mnchen-3ya.example\r\n"), "{raw}");
        assert!(raw.contains("Subject: =?utf-8?b?"), "{raw}");
        assert!(raw.is_ascii(), "{raw}");
    }

    #[test]
    fn a_letter_has_both_parts_and_says_when_and_from_whom() {
        let mailer = mailer();
        let noon = "2026-11-14T12:00:00Z".parse().unwrap();
        mailer.send(&message("ada@example.org", "Hello"), noon).unwrap();
        let raw = mailer.sent()[0].raw.clone();
        for part in [
            "From: Budget <budget@localhost>\r\n",
            "Date: Sat, 14 Nov 2026 12:00:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(raw.contains(part), "{part}: {raw}");
        }
    }

    #[test]
    fn without_a_server_a_letter_is_shown_at_home_and_dropped_in_production() {
        let ways = |environment: &'static str| {
            let config = Config::from_lookup(move |variable| match variable {
                "ENVIRONMENT" => Some(environment.to_owned()),
                "SECRET_KEY" => Some("k".repeat(32)),
                "DATABASE_URL" => Some("postgres://db/budget".to_owned()),
                "PUBLIC_URL" => Some("https://budget.example.org".to_owned()),
                _ => None,
            });
            Mailer::open(&config.unwrap()).unwrap()
        };
        let (home, production) = (ways("local"), ways("production"));
        assert!(matches!(&*home.way, Way::Log));
        assert!(matches!(&*production.way, Way::Nowhere));
        assert_eq!(production.from.to_string(), "Budget <budget@budget.example.org>");
        for mailer in [home, production] {
            mailer
                .send(&message("ada@example.org", "Hello"), Clock::system().now())
                .unwrap();
        }
    }
}
