//! The vault: what has to be read again, such as the secret of a second factor, is stored encrypted under the installation's key.
//!
//! ChaCha20-Poly1305 with a random nonce in front. The purpose and the owner's id are authenticated with it, so that nobody can move what is
//! stored to another owner or use. A backup without `SECRET_KEY` gives nothing away; with another key nothing opens.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use secrecy::{SecretSlice, zeroize::Zeroize};
use uuid::Uuid;

use super::secret::{self, NoRandomness};

/// Bytes of the nonce. Random ones may repeat only after some 2^32 values, and each person stores a handful.
const NONCE_BYTES: usize = 12;

/// Why the vault did not do it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// It was locked under another key, for another owner or purpose, or is damaged.
    #[error("it does not open under this SECRET_KEY, or is damaged")]
    Closed,
    /// It could not be encrypted.
    #[error("it could not be encrypted")]
    Failed,
    /// The system gave no randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Locks and opens. Cloning shares the key.
#[derive(Clone)]
pub struct Vault {
    cipher: ChaCha20Poly1305,
}

impl Vault {
    /// A vault under a key that is derived from `secret` and used for nothing else.
    #[must_use]
    pub fn new(secret: &SecretSlice<u8>) -> Self {
        let mut derived = secret::derive("vault", secret);
        let mut key = Key::default();
        key.iter_mut()
            .zip(derived)
            .for_each(|(byte, of_key)| *byte = of_key);
        derived.zeroize();
        Self {
            cipher: ChaCha20Poly1305::new(&key),
        }
    }

    /// What to store of `plain`, which only this owner's row may open for this purpose.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn lock(&self, purpose: &str, owner: Uuid, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_BYTES] = secret::random_bytes()?;
        let payload = Payload {
            msg: plain,
            aad: &bound(purpose, owner),
        };
        let locked = self.cipher.encrypt(&Nonce::from(nonce), payload);
        let mut stored = nonce.to_vec();
        stored.extend(locked.map_err(|_| VaultError::Failed)?);
        Ok(stored)
    }

    /// What was locked.
    ///
    /// # Errors
    /// [`VaultError::Closed`].
    pub fn open(&self, purpose: &str, owner: Uuid, stored: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (nonce, locked) = stored
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(VaultError::Closed)?;
        let payload = Payload {
            msg: locked,
            aad: &bound(purpose, owner),
        };
        self.cipher
            .decrypt(&Nonce::from(*nonce), payload)
            .map_err(|_| VaultError::Closed)
    }
}

/// What is authenticated beside the content. The id has a fixed length, so purpose and id cannot run together.
fn bound(purpose: &str, owner: Uuid) -> Vec<u8> {
    let mut bytes = owner.as_bytes().to_vec();
    bytes.extend_from_slice(purpose.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: u8) -> Vault {
        Vault::new(&vec![byte; 32].into())
    }

    #[test]
    fn what_is_locked_opens_for_its_owner_and_purpose_under_its_key_only() {
        let owner = Uuid::now_v7();
        let stored = vault(1).lock("totp", owner, b"secret").unwrap();
        assert_eq!(vault(1).open("totp", owner, &stored).unwrap(), b"secret");
        assert!(!stored.windows(6).any(|part| part == b"secret"));
        for closed in [
            vault(2).open("totp", owner, &stored),
            vault(1).open("other", owner, &stored),
            vault(1).open("totp", Uuid::now_v7(), &stored),
        ] {
            assert!(matches!(closed, Err(VaultError::Closed)));
        }
    }

    #[test]
    fn the_same_content_is_never_stored_the_same_way() {
        let owner = Uuid::now_v7();
        let lock = || vault(1).lock("totp", owner, b"secret").unwrap();
        assert_ne!(lock(), lock());
    }

    #[test]
    fn damage_is_noticed() {
        let owner = Uuid::now_v7();
        let stored = vault(1).lock("totp", owner, b"").unwrap();
        assert_eq!(vault(1).open("totp", owner, &stored).unwrap(), b"");
        for place in 0..stored.len() {
            let mut damaged = stored.clone();
            damaged[place] ^= 1;
            assert!(vault(1).open("totp", owner, &damaged).is_err(), "{place}");
            assert!(vault(1).open("totp", owner, &stored[..place]).is_err(), "{place}");
        }
    }
}
