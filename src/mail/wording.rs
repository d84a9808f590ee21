//! What every letter says. Nothing else in the program words a mail.
//!
//! Each tells what happened or what is wanted, why one gets it, and what to do if one did not ask. Names come from people, so they stand in
//! quotation marks in the text, cut to a decent length, and never in a subject. A button leads to a page, and what it is about is done there.

use super::message::{Button, Message, on_one_line};

/// The most characters of a name in a letter.
const NAME_MAX: usize = 60;

/// What one can do when somebody else seems to have had a hand in it.
const NOT_ME: &str = "If it was not you, somebody else may know your password. Choose a new one with “Forgot your password?” on the log-in page, and log out all devices in your account.";
/// Why one gets a letter about what was done to the account.
const TOLD_ALWAYS: &str =
    "You get this mail because it is about the safety of your account in Budget. It is sent each time.";

/// Asks whoever signed up to confirm that the address is theirs.
#[must_use]
pub fn confirm_email(to: &str, link: &str) -> Message {
    Message {
        paragraphs: vec![
            "Welcome to Budget. Please confirm that this is your address.".to_owned(),
            "The button opens a page, and you confirm it there.".to_owned(),
        ],
        button: Some(button("Confirm address", link)),
        ..letter(
            to,
            "Confirm your address",
            "You get this mail because somebody signed up for Budget with this address. If it was not you, ignore it: without a confirmation the address is of no use to them.",
        )
    }
}

/// Lets somebody choose a new password.
#[must_use]
pub fn reset_password(to: &str, link: &str) -> Message {
    Message {
        paragraphs: vec![
            "You can choose a new password for Budget. The button opens a page where you type it.".to_owned(),
            "The link works once and for a short time. Until you have chosen a new password, the old one stays.".to_owned(),
        ],
        button: Some(button("Choose a new password", link)),
        ..letter(
            to,
            "Choose a new password",
            "You get this mail because somebody asked for a new password for this address. If it was not you, ignore it: nothing has changed, and nobody can choose one without this mail.",
        )
    }
}

/// Asks somebody who wants to use another address whether that one is theirs; told to the new one.
#[must_use]
pub fn confirm_new_email(to: &str, link: &str) -> Message {
    Message {
        paragraphs: vec![
            "You want to use this address for Budget from now on. Please confirm that it is yours."
                .to_owned(),
            "The button opens a page, and you confirm it there. Until then you log in with the old address."
                .to_owned(),
        ],
        button: Some(button("Confirm new address", link)),
        ..letter(
            to,
            "Confirm your new address",
            "You get this mail because somebody typed this address into their account in Budget. If it was not you, ignore it: nothing changes without a confirmation.",
        )
    }
}

/// Tells the old address that it is not used any more. `new_masked` is the new one as [`masked`](super::masked) shows it.
#[must_use]
pub fn email_changed(to: &str, new_masked: &str) -> Message {
    Message {
        paragraphs: vec![
            format!(
                "The address of your account in Budget was changed to {}. From now on you log in with that one, and mail goes there.",
                on_one_line(new_masked, NAME_MAX)
            ),
            "If it was not you, ask whoever runs this Budget for help: this address does not lead into the account any more.".to_owned(),
        ],
        ..letter(to, "Your address was changed", TOLD_ALWAYS)
    }
}

/// Tells that the password was changed.
#[must_use]
pub fn password_changed(to: &str) -> Message {
    Message {
        paragraphs: vec![
            "The password of your account in Budget was changed.".to_owned(),
            format!("If it was you, there is nothing to do. {NOT_ME}"),
        ],
        ..letter(to, "Your password was changed", TOLD_ALWAYS)
    }
}

/// Tells that a log-in needs a second factor from now on.
#[must_use]
pub fn second_factor_on(to: &str) -> Message {
    Message {
        paragraphs: vec![
            "Your account in Budget is now protected by a second factor: beside the password, a log-in asks for a code.".to_owned(),
            "Keep your recovery codes where you find them without your phone.".to_owned(),
            format!("If it was you, there is nothing else to do. {NOT_ME}"),
        ],
        ..letter(to, "The second factor is on", TOLD_ALWAYS)
    }
}

/// Tells that a log-in needs no second factor any more.
#[must_use]
pub fn second_factor_off(to: &str) -> Message {
    Message {
        paragraphs: vec![
            "The second factor of your account in Budget was switched off. A log-in asks for the password only.".to_owned(),
            format!("If it was you, there is nothing to do. {NOT_ME}"),
        ],
        ..letter(to, "The second factor is off", TOLD_ALWAYS)
    }
}

/// Invites somebody into a household. `role` is what they may do there, in words: "read and write"; the link is good for so many days.
#[must_use]
pub fn invitation(to: &str, household: &str, invited_by: &str, role: &str, link: &str, days: i64) -> Message {
    let within = if days == 1 {
        "one day".to_owned()
    } else {
        format!("{days} days")
    };
    Message {
        paragraphs: vec![
            format!(
                "{} invites you to the household {} in Budget, where people keep track of their money together. There you may {}.",
                named(invited_by, "Somebody"),
                named(household, "of theirs"),
                on_one_line(role, NAME_MAX)
            ),
            format!(
                "The button opens a page, and you accept or decline there. The invitation is good for {within}."
            ),
        ],
        button: Some(button("Look at the invitation", link)),
        ..letter(
            to,
            "Invitation to a household in Budget",
            "You get this mail because somebody typed this address into an invitation. If you do not know them, ignore it: nothing happens, and the address is not kept for anything else.",
        )
    }
}

/// Tells a member that they may do something else from now on. `role` as in [`invitation`].
#[must_use]
pub fn role_changed(to: &str, household: &str, role: &str) -> Message {
    Message {
        paragraphs: vec![
            format!(
                "An owner of the household {} in Budget changed your role there. From now on you may {}.",
                named(household, "of yours"),
                on_one_line(role, NAME_MAX)
            ),
            "If you did not expect this, ask an owner of the household.".to_owned(),
        ],
        ..letter(
            to,
            "Your role was changed",
            "You get this mail because you are a member of this household.",
        )
    }
}

/// Tells somebody that they are no member any more.
#[must_use]
pub fn removed_from_household(to: &str, household: &str) -> Message {
    Message {
        paragraphs: vec![
            format!(
                "You are not a member of the household {} in Budget any more. What you recorded there stays with the household.",
                named(household, "of others")
            ),
            "Your account and your other households are as they were. If you did not expect this, ask an owner of the household.".to_owned(),
        ],
        ..letter(
            to,
            "You left a household",
            "You get this mail because you were a member of this household until now.",
        )
    }
}

/// Tells somebody whose account goes soon that they can still keep it. `day` is a day in words, such as "Fri 13 Nov 2026".
#[must_use]
pub fn account_will_be_deleted(to: &str, day: &str, link: &str) -> Message {
    Message {
        paragraphs: vec![
            format!(
                "Your account in Budget will be deleted on {}, with the households that only you belong to and all their entries.",
                on_one_line(day, NAME_MAX)
            ),
            "Until then you can change your mind. The button opens a page, and you keep your account there. Afterwards nobody can bring it back.".to_owned(),
        ],
        button: Some(button("Keep my account", link)),
        ..letter(
            to,
            "Your account will be deleted",
            "You get this mail because somebody who was logged in as you asked for it. If it was not you, keep your account and choose a new password.",
        )
    }
}

/// Tells that the account is gone.
#[must_use]
pub fn account_deleted(to: &str) -> Message {
    Message {
        paragraphs: vec![
            "Your account in Budget was deleted, with the households that only you belonged to and all their entries. Nobody can bring it back.".to_owned(),
            "Entries in households that you shared with others stay with these, without your name.".to_owned(),
        ],
        ..letter(
            to,
            "Your account was deleted",
            "You get this mail, the last one, because this was the address of the account. If you did not ask for it, tell whoever runs this Budget.",
        )
    }
}

/// A letter that says nothing yet.
fn letter(to: &str, subject: &str, closing: &str) -> Message {
    Message {
        to: to.to_owned(),
        subject: subject.to_owned(),
        greeting: None,
        paragraphs: Vec::new(),
        button: None,
        closing: closing.to_owned(),
    }
}

fn button(label: &str, link: &str) -> Button {
    Button {
        label: label.to_owned(),
        link: link.to_owned(),
    }
}

/// A name in quotation marks; other words where there is none.
fn named(name: &str, otherwise: &str) -> String {
    let name = on_one_line(name, NAME_MAX);
    if name.is_empty() {
        otherwise.to_owned()
    } else {
        format!("“{name}”")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: &str = "ada@example.org";
    const LINK: &str = "https://budget.example.org/x#secret";

    fn all(name: &str) -> Vec<Message> {
        vec![
            confirm_email(TO, LINK),
            reset_password(TO, LINK),
            confirm_new_email(TO, LINK),
            email_changed(TO, "a…@example.net"),
            password_changed(TO),
            second_factor_on(TO),
            second_factor_off(TO),
            invitation(TO, name, name, "read and write", LINK, 7),
            role_changed(TO, name, "read"),
            removed_from_household(TO, name),
            account_will_be_deleted(TO, "Fri 13 Nov 2026", LINK),
            account_deleted(TO),
        ]
    }

    #[test]
    fn every_letter_says_why_and_what_to_do_in_calm_words() {
        let letters = all("Home");
        let mut subjects: Vec<_> = letters.iter().map(|letter| letter.subject.clone()).collect();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), letters.len(), "each has a subject of its own");
        for letter in letters {
            let text = letter.text().unwrap();
            assert!(letter.closing.starts_with("You get this mail"), "{text}");
            assert!(
                [
                    "If you",
                    "If it was",
                    "It is sent each time",
                    "You get this mail because you"
                ]
                .iter()
                .any(|part| text.contains(part)),
                "{text}"
            );
            for word in ["!", "please click", "urgent", "dear"] {
                assert!(!text.to_lowercase().contains(word), "{word}: {text}");
            }
            assert_eq!(letter.button.is_some(), text.contains(LINK), "{text}");
            if letter.button.is_some() {
                assert!(text.contains("The button opens a page"), "{text}");
            }
            letter.html().unwrap();
        }
    }

    #[test]
    fn names_stay_out_of_subjects_and_within_bounds() {
        let nasty = format!("<b>x</b>\r\nBcc: spy@example.org {}", "long ".repeat(60));
        for letter in all(&nasty) {
            assert!(!letter.subject.contains("spy") && letter.subject.len() < 60);
            for paragraph in &letter.paragraphs {
                assert!(!paragraph.contains(['\r', '\n']) && paragraph.chars().count() < 400);
            }
            assert!(!letter.html().unwrap().contains("<b>"));
        }
        let nameless = invitation(TO, "Home", " ", "read", LINK, 1);
        assert!(
            nameless.paragraphs[0].starts_with("Somebody invites you to the household “Home”"),
            "{nameless:?}"
        );
        assert!(
            nameless.paragraphs[1].ends_with("good for one day."),
            "{nameless:?}"
        );
    }
}
