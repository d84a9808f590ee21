//! Seals: HMAC-SHA-256 under the installation's key. Whoever sees one cannot make another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretSlice;
use sha2::Sha256;

/// How long a seal of bytes is.
pub const MARK_BYTES: usize = 32;

/// Makes and checks seals.
#[derive(Clone)]
pub struct Sealer {
    /// Keyed, and fed with nothing yet.
    keyed: Hmac<Sha256>,
}

impl Sealer {
    /// A sealer under a key that is derived from `secret` and used for nothing else.
    #[must_use]
    pub fn new(secret: &SecretSlice<u8>) -> Self {
        Self {
            keyed: Hmac::new(&super::secret::derive("seals", secret).into()),
        }
    }

    /// The seal of `text` for one purpose: a seal for another purpose differs.
    #[must_use]
    pub fn seal(&self, purpose: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mark(purpose, text.as_bytes()))
    }

    /// Whether `seal` is the seal of `text`, in time that does not depend on where they differ.
    #[must_use]
    pub fn is_seal(&self, purpose: &str, text: &str, seal: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(seal)
            .is_ok_and(|mark| self.is_mark(purpose, text.as_bytes(), &mark))
    }

    /// The seal of bytes for one purpose, as bytes.
    #[must_use]
    pub fn mark(&self, purpose: &str, bytes: &[u8]) -> [u8; MARK_BYTES] {
        self.mac(purpose, bytes).finalize().into_bytes().into()
    }

    /// Whether `mark` is the one of `bytes`, in time that does not depend on where they differ.
    #[must_use]
    pub fn is_mark(&self, purpose: &str, bytes: &[u8], mark: &[u8]) -> bool {
        self.mac(purpose, bytes).verify_slice(mark).is_ok()
    }

    fn mac(&self, purpose: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_fits_its_text_purpose_and_key_only() {
        let sealer = Sealer::new(&vec![1; 32].into());
        let seal = sealer.seal("csrf", "visitor");
        assert!(sealer.is_seal("csrf", "visitor", &seal));
        assert!(!sealer.is_seal("csrf", "another", &seal));
        assert!(!sealer.is_seal("flash", "visitor", &seal));
        assert!(!Sealer::new(&vec![2; 32].into()).is_seal("csrf", "visitor", &seal));
        assert!(!sealer.is_seal("csrf", "visitor", "no seal at all"));

        let mark = sealer.mark("kept", &[0, 255]);
        assert!(sealer.is_mark("kept", &[0, 255], &mark));
        assert!(!sealer.is_mark("kept", &[0, 254], &mark));
        assert!(!sealer.is_mark("lent", &[0, 255], &mark));
        assert!(!sealer.is_mark("kept", &[0, 255], &mark[..31]));
        assert!(!sealer.is_mark("kept", &[0, 255], &[]));
    }
}
