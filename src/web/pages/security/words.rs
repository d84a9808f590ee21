//! Security events in words, for the person whose account it is.

use crate::users::event::EventKind;

/// What happened, in a sentence without its full stop.
pub(super) fn sentence(kind: EventKind, detail: &str) -> String {
    let text = words(kind);
    if detail.is_empty() {
        text.to_owned()
    } else {
        format!("{text}: {detail}")
    }
}

const fn words(kind: EventKind) -> &'static str {
    match kind {
        EventKind::SignedUp => "The account was made",
        EventKind::LoggedIn => "Logged in",
        EventKind::LogInFailed => "A wrong password was typed",
        EventKind::CodeFailed => "The password was right, but the code was wrong",
        EventKind::LoggedOut => "Logged out",
        EventKind::DeviceEnded => "A device was logged out",
        EventKind::OtherDevicesEnded => "All other devices were logged out",
        EventKind::ResetAsked => "A link for a new password was asked for",
        EventKind::PasswordReset => "A new password was chosen by a link",
        EventKind::PasswordChanged => "The password was changed",
        EventKind::PasswordSet => "An administrator set the password",
        EventKind::EmailConfirmed => "The address was confirmed",
        EventKind::EmailChangeAsked => "Another address was given, to be confirmed",
        EventKind::EmailChanged => "The address was changed; before it was",
        EventKind::SecondFactorOn => "The second factor was switched on",
        EventKind::SecondFactorOff => "The second factor was switched off",
        EventKind::RecoveryCodeUsed => "A recovery code was used to log in",
        EventKind::RecoveryCodesMade => "New recovery codes were made",
        EventKind::TokenMade => "A program logged in",
        EventKind::TokenRevoked => "A program logged out",
        EventKind::TokenReused => "A program was logged out, because an old token of it was used again",
        EventKind::Joined => "Came into a household",
        EventKind::Left => "Left a household",
        EventKind::Removed => "An owner took you out of a household",
        EventKind::RoleChanged => "The role in a household was changed",
        EventKind::HouseholdDeleted => "A household was deleted",
        EventKind::DeletionAsked => "The account is to be deleted",
        EventKind::DeletionCancelled => "The account stays after all",
        EventKind::Blocked => "An administrator blocked the account",
        EventKind::Unblocked => "An administrator unblocked the account",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_words_of_its_own() {
        let mut all: Vec<_> = EventKind::ALL.iter().map(|kind| sentence(*kind, "")).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), EventKind::ALL.len());
        assert_eq!(
            sentence(EventKind::EmailChanged, "old@example.org"),
            "The address was changed; before it was: old@example.org"
        );
    }
}
