//! Roles in the words of the pages.

use crate::households::Role;

/// What a role is called.
pub(in crate::web::pages) const fn name(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Member => "Member",
        Role::Reader => "Reader",
    }
}

/// What whoever has it does, after a name: "Bo reads and writes".
pub(in crate::web::pages) const fn means(role: Role) -> &'static str {
    match role {
        Role::Owner => "reads and writes, and decides who is in it",
        Role::Member => "reads and writes",
        Role::Reader => "only looks",
    }
}

/// A role to choose.
#[derive(Debug, Clone)]
pub(super) struct RoleChoice {
    pub(super) value: &'static str,
    /// `Member`
    pub(super) name: &'static str,
    /// `reads and writes`
    pub(super) means: &'static str,
    pub(super) is_chosen: bool,
}

/// All roles, the least powerful first; this one is chosen.
pub(super) fn choices(chosen: Option<Role>) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        value: role.as_str(),
        name: name(role),
        means: means(role),
        is_chosen: chosen == Some(role),
    };
    Role::ALL.into_iter().rev().map(choice).collect()
}
