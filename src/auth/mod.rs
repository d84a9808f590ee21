//! Proving who somebody is: passwords, second factors, secrets, access tokens, and seals that only this installation can make.

pub mod link;
pub mod password;
pub mod recovery;
pub mod seal;
pub mod secret;
pub mod token;
pub mod totp;
pub mod vault;
