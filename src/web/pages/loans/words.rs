//! What is open with somebody, in sentences.

use crate::households::Member;

/// Who owes whom how much: `Ann owes you 120.00`. Without its full stop.
pub(in crate::web::pages) fn standing(member: &Member, name: &str, open_minor: i64) -> String {
    let amount = size(member, open_minor);
    match open_minor {
        1.. => format!("{name} owes you {amount}"),
        0 => format!("Nothing is open with {name}"),
        _ => format!("You owe {name} {amount}"),
    }
}

/// What an entry would change: from what is open without it, to what would be open with it.
pub(in crate::web::pages) fn foreseen(member: &Member, name: &str, before: i64, after: i64) -> String {
    let now = standing(member, name, before);
    let will_be = size(member, after);
    match (before.signum(), after.signum()) {
        (0, 1) => format!("{name} will owe you {will_be}."),
        (0, -1) => format!("You will owe {name} {will_be}."),
        (_, 0) => format!("{now}; this settles it."),
        (1, -1) => format!(
            "{name} has {} to give back; after this you owe {name} {will_be}.",
            size(member, before)
        ),
        (-1, 1) => format!(
            "You have {} to give back to {name}; after this {name} owes you {will_be}.",
            size(member, before)
        ),
        _ => format!("{now}; after this it is {will_be}."),
    }
}

/// What an entry has changed.
pub(in crate::web::pages) fn told(member: &Member, name: &str, before: i64, after: i64) -> String {
    let is_now = size(member, after);
    match (before.signum(), after.signum()) {
        (1, -1) => format!(
            "{name} had {} to give back; now you owe {name} {is_now}.",
            size(member, before)
        ),
        (-1, 1) => format!(
            "You had {} to give back to {name}; now {name} owes you {is_now}.",
            size(member, before)
        ),
        (0, 0) => format!("{}.", standing(member, name, 0)),
        (_, 0) => format!("Nothing is open with {name} any more."),
        _ => format!("{} now.", standing(member, name, after)),
    }
}

fn size(member: &Member, minor: i64) -> String {
    member
        .number_format
        .amount(minor.saturating_abs(), member.currency)
}
