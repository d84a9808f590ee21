//! Random secrets for cookies and refresh tokens. The holder has the secret, the database only its hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256, Sha512};

/// Bytes of randomness in a secret: 256 bits.
const SECRET_BYTES: usize = 32;

/// The system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes: {0}")]
pub struct NoRandomness(String);

/// Random bytes from the operating system.
///
/// # Errors
/// When it has none to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| NoRandomness(error.to_string()))?;
    Ok(bytes)
}

/// A new secret: 43 characters that are safe in cookies and URLs.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_secret() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<SECRET_BYTES>()?))
}

/// What is stored of a secret. It is random, so a plain hash is enough.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The key for one use, from the installation's secret: what is signed for one use is worth nothing for another.
#[must_use]
pub fn derive(usage: &str, secret: &SecretSlice<u8>) -> [u8; 64] {
    Sha512::new()
        .chain_update(usage.as_bytes())
        .chain_update([0])
        .chain_update(secret.expose_secret())
        .finalize()
        .into()
}
