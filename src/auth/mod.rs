//! Proving who somebody is: passwords, secrets, access tokens, and seals that only this installation can make.

pub mod password;
pub mod seal;
pub mod secret;
pub mod token;
