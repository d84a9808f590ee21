//! Mail: what a message says, and how it leaves.
//!
//! All words are in [`wording`], their form in `templates/mail/`. Messages are sent by jobs, never while a request waits.

mod message;
mod transport;
pub mod wording;

pub use message::{Button, Message};
pub use transport::{MailError, Mailer, Sent};

/// An address as it may be shown to whoever reads the mail of another: `ada@example.org` as `a…@example.org`.
#[must_use]
pub fn masked(address: &str) -> String {
    let (name, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    if domain.is_empty() {
        format!("{first}…")
    } else {
        format!("{first}…@{domain}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_shows_its_first_letter_and_its_domain() {
        for (address, shown) in [
            ("ada@example.org", "a…@example.org"),
            ("\"odd@name\"@example.org", "\"…@example.org"),
            ("ä@example.org", "ä…@example.org"),
            ("nobody", "n…"),
            ("", "…"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }
}
