//! A new account: what signing up needs, checked.

use chrono_tz::Tz;
use secrecy::SecretString;

use crate::money::{Currency, NumberFormat};
use crate::period::DateFormat;

/// The most characters of an e-mail address, a name, or the name of a household.
const CHARACTERS_MAX: usize = 255;

/// One thing that is wrong with a sign-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountProblem {
    /// The field it is about.
    pub field: &'static str,
    /// A sentence for the person who filled it in.
    pub message: String,
}

/// What somebody gives to sign up. Their household is born with it.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// How they log in.
    pub email: String,
    /// May be empty.
    pub full_name: String,
    /// At least ten characters; checked by `auth::password`.
    pub password: SecretString,
    /// How they read and write numbers.
    pub number_format: NumberFormat,
    /// How they read days.
    pub date_format: DateFormat,
    /// The household's currency.
    pub currency: Currency,
    /// The household's time zone.
    pub time_zone: Tz,
}

impl NewAccount {
    /// What is wrong with it, but for the password.
    #[must_use]
    pub fn problems(&self) -> Vec<AccountProblem> {
        let problems = [address_problem(&self.email), name_problem(&self.full_name)];
        problems.into_iter().flatten().collect()
    }

    /// What the household is called until somebody renames it.
    #[must_use]
    pub fn household_name(&self) -> String {
        "Household".to_owned()
    }
}

/// What is wrong with an e-mail address.
#[must_use]
pub fn address_problem(email: &str) -> Option<AccountProblem> {
    (!is_address(email)).then(|| AccountProblem {
        field: "email",
        message: "Type an e-mail address, such as home@example.org.".into(),
    })
}

/// What is wrong with a person's name.
pub(super) fn name_problem(full_name: &str) -> Option<AccountProblem> {
    let is_good = is_text(full_name) && full_name == full_name.trim();
    (!is_good).then(|| AccountProblem {
        field: "full_name",
        message: format!("Use at most {CHARACTERS_MAX} characters, without line breaks."),
    })
}

/// Whether this can be an e-mail address: something, an @, something, and no white space. Only a mail can tell more.
fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    is_text(text)
        && !text.chars().any(char::is_whitespace)
        && parts.is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.starts_with('.') && !domain.ends_with('.')
        })
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= CHARACTERS_MAX
        && !text
            .chars()
            .any(|one| one.is_control() || matches!(one, '\u{2028}' | '\u{2029}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["home@example.org", "a@b", "mária+budget@пример.рф"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "home",
            "@example.org",
            "home@",
            "a b@example.org",
            "home@example.org\n",
            "home@.org",
            &format!("{}@b", "a".repeat(254)),
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
